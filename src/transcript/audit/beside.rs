//! What other rooms see of a person: characters without a glyph, and other people's rows.

use super::{Found, Subject};

/// What only fonts and other rows can tell of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Texts that cannot be printed, each with what to do.
    pub unprintable: Vec<(String, String)>,
    /// Other people of the same name, or one that one person may bear, and date of birth.
    pub namesakes: Vec<Namesake>,
    /// Whether the person was not compared with everybody of the same date of birth.
    pub not_compared: bool,
    /// Rows of the same person that contradict each other.
    pub differing: Vec<Differing>,
}

/// Another person of the same name, or one that one person may bear, and date of birth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namesake {
    /// The school that answers for the other person's row.
    pub school: String,
    /// The school's own number for the other person.
    pub person: String,
    /// The sending system that the other row came from.
    pub source: String,
    /// Whether the names are not the same, and may be one person's.
    pub is_near: bool,
}

/// Two rows that say different things of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// The rows, each by its source and the source's number.
    pub rows: [(String, String); 2],
    /// Whether their dates of birth differ.
    pub birth_date: bool,
    /// Whether their given names are two people's.
    pub given_names: bool,
    /// Whether their legal names differ in a way in which one person's may.
    pub name: bool,
}

pub(super) fn glyphs(subject: &Subject<'_>) -> Vec<Found> {
    let found = subject.beside.unprintable.iter();
    found
        .map(|(message, hint)| Found {
            row: subject.person_row(),
            message: message.clone(),
            hint: Some(hint.clone()),
        })
        .collect()
}

pub(super) fn namesakes(subject: &Subject<'_>) -> Vec<Found> {
    let found = subject.beside.namesakes.iter().map(|other| {
        let (person, school, source) = (&other.person, &other.school, &other.source);
        let name = match other.is_near {
            true => "a name that the same person may bear, and the same",
            false => "the same name and",
        };
        let message = format!(
            "number {person} of school {school} in source {source} has {name} date of birth"
        );
        Found::new(subject.person_row(), message)
    });
    found.collect()
}

pub(super) fn not_compared(subject: &Subject<'_>) -> Vec<Found> {
    let message = "not compared with everybody of the same date of birth";
    let found = subject.beside.not_compared.then_some(message);
    let found = found.map(|message| Found::new(subject.person_row(), message.to_owned()));
    found.into_iter().collect()
}

/// Two people's rows, as far as anybody can see.
pub(super) fn mixed(subject: &Subject<'_>) -> Vec<Found> {
    let mut found = differing(
        subject,
        |rows| rows.birth_date,
        "dates of birth of one person",
    );
    let mut named = differing(
        subject,
        |rows| rows.given_names,
        "given names, as of two people",
    );
    let hint = "twins or two of a family: `registrar record split` parts them; one person: correct \
                the name in one of the sources, or `registrar record merge --although-different` \
                says so";
    named
        .iter_mut()
        .for_each(|found| found.hint = Some(hint.to_owned()));
    found.append(&mut named);
    found
}

pub(super) fn names(subject: &Subject<'_>) -> Vec<Found> {
    differing(subject, |rows| rows.name, "names of one person")
}

/// One finding for all rows: a state id that stands for "unknown" is many people's.
fn differing(subject: &Subject<'_>, what: fn(&Differing) -> bool, words: &str) -> Vec<Found> {
    let rows: Vec<_> = subject
        .beside
        .differing
        .iter()
        .filter(|rows| what(rows))
        .collect();
    let Some((first, more)) = rows.split_first() else {
        return Vec::new();
    };
    let [(source, number), (other, others)] = &first.rows;
    let mut message = format!(
        "number {number} of source {source} and number {others} of {other} tell different {words}"
    );
    match more.len() {
        0 => {}
        1 => message.push_str("; so does one more row"),
        more => message.push_str(&format!("; so do {more} more rows")),
    }
    vec![Found::new(subject.person_row(), message)]
}
