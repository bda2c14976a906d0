//! What other rooms see of a person: characters without a glyph, and other people's rows.

use super::{Found, Subject};

/// What only fonts and other rows can tell of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Texts that cannot be printed, each with what to do.
    pub unprintable: Vec<(String, String)>,
    /// Other people of the same name and date of birth.
    pub namesakes: Vec<Namesake>,
    /// Whether the person was not compared with everybody of the same date of birth.
    pub not_compared: bool,
    /// Rows of the same person that contradict each other.
    pub differing: Vec<Differing>,
}

/// Another person of the same name and date of birth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namesake {
    /// The school that answers for the other person's row.
    pub school: String,
    /// The school's own number for the other person.
    pub person: String,
    /// The sending system that the other row came from.
    pub source: String,
}

/// Two sources that say different things of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// The sources.
    pub sources: [String; 2],
    /// Whether their dates of birth differ.
    pub birth_date: bool,
    /// Whether their legal names differ.
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
        let message = format!(
            "number {person} of school {school} in source {source} has the same name and date of \
             birth"
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

pub(super) fn birth_dates(subject: &Subject<'_>) -> Vec<Found> {
    differing(subject, |rows| rows.birth_date, "dates of birth")
}

pub(super) fn names(subject: &Subject<'_>) -> Vec<Found> {
    differing(subject, |rows| rows.name, "names")
}

fn differing(subject: &Subject<'_>, what: fn(&Differing) -> bool, words: &str) -> Vec<Found> {
    let rows = subject.beside.differing.iter().filter(|rows| what(rows));
    let found = rows.map(|rows| {
        let [one, other] = &rows.sources;
        let message = format!("sources {one} and {other} tell different {words} of one person");
        Found::new(subject.person_row(), message)
    });
    found.collect()
}
