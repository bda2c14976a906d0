//! Names of the policy that the district's records do not have.
//!
//! A subject that is spelt otherwise than in the catalogue counts nothing, and nothing else says
//! so: every student lacks the credits of its row. The text is read a second time, for its lines.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Check, Finding, Policy};
use crate::record::CatalogueNames;

/// Stands for every sequence of an area.
const EVERY: &str = "*";

/// What a name is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Subject,
    Sequence,
    Course,
    School,
    Source,
}

impl Kind {
    /// What the values of a key are, in a table of this name.
    fn of(table: &str, key: &str) -> Option<Self> {
        Some(match (table, key) {
            (_, "counts" | "subjects" | "subjects_left_out") => Self::Subject,
            (_, "sequence" | "second_part_validates") => Self::Sequence,
            ("equivalent", "courses") => Self::Course,
            (_, "schools") | ("audit", "adults_at") => Self::School,
            ("summer", "source") => Self::Source,
            _ => return None,
        })
    }

    fn known(self, names: &CatalogueNames) -> &BTreeSet<String> {
        match self {
            Self::Subject => &names.subjects,
            Self::Sequence => &names.sequences,
            Self::Course => &names.courses,
            Self::School => &names.schools,
            Self::Source => &names.sources,
        }
    }

    fn none_has(self) -> &'static str {
        match self {
            Self::Subject => "no course of the district has the subject",
            Self::Sequence => "no course of the district is of the sequence",
            Self::Course => "no course of the district has the number",
            Self::School => "no school of the records has the code",
            Self::Source => "no import came from the source",
        }
    }
}

/// The names of the policy that these catalogues do not have, each once with its lines, in their
/// order.
pub fn of_names(policy: &Policy, names: &CatalogueNames) -> Vec<Finding> {
    let check = Check::named("name_unknown").expect("it is in the list");
    let Some(severity) = policy.rules().audit.severity(check) else {
        return Vec::new();
    };
    let text = policy.text();
    let read = DeTable::parse(text).expect("a policy was read from this text");
    let mut places = BTreeMap::new();
    in_table("", read.get_ref(), &mut places);
    let unknown = places.into_iter().filter(|((kind, name), _)| {
        let every = *kind == Kind::Sequence && *name == EVERY;
        !every && !kind.known(names).contains(*name)
    });
    let mut unknown: Vec<_> = unknown
        .map(|(named, at)| (lines(text, &at), named))
        .collect();
    unknown.sort_unstable();
    let finding = |(lines, (kind, name)): (Vec<usize>, (Kind, &str))| {
        let line = if lines.len() == 1 { "line" } else { "lines" };
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let nearest = nearest(name, kind.known(names));
        let nearest = nearest.map_or_else(String::new, |it| format!("; the nearest is `{it}`"));
        Finding {
            code: check.code,
            severity,
            student: String::new(),
            school: String::new(),
            row: None,
            message: format!(
                "policy.toml, {line} {}: {} `{name}`{nearest}",
                lines.join(", "),
                kind.none_has()
            ),
            hint: Cow::Borrowed(check.hint),
        }
    };
    unknown.into_iter().map(finding).collect()
}

/// Where each name stands, by its first byte.
type Places<'a> = BTreeMap<(Kind, &'a str), BTreeSet<usize>>;

fn in_table<'a>(name: &str, table: &'a DeTable<'_>, places: &mut Places<'a>) {
    for (key, value) in table {
        let key = key.get_ref();
        match Kind::of(name, key) {
            Some(kind) => named(kind, value, places),
            None => below(key, value, places),
        }
    }
}

/// The tables below a key: one, or a list of them.
fn below<'a>(key: &str, value: &'a Spanned<DeValue<'_>>, places: &mut Places<'a>) {
    match value.get_ref() {
        DeValue::Table(table) => in_table(key, table, places),
        DeValue::Array(list) => {
            for value in list {
                below(key, value, places);
            }
        }
        _ => {}
    }
}

/// The names of a value: one, or a list of them.
fn named<'a>(kind: Kind, value: &'a Spanned<DeValue<'_>>, places: &mut Places<'a>) {
    match value.get_ref() {
        DeValue::String(name) => {
            let begins = value.span().start;
            places.entry((kind, name)).or_default().insert(begins);
        }
        DeValue::Array(list) => {
            for value in list {
                named(kind, value, places);
            }
        }
        _ => {}
    }
}

fn lines(text: &str, places: &BTreeSet<usize>) -> Vec<usize> {
    let line = |place: &usize| 1 + text[..*place].matches('\n').count();
    let lines: BTreeSet<usize> = places.iter().map(line).collect();
    lines.into_iter().collect()
}

/// The name that is near enough to have been meant.
fn nearest<'a>(written: &str, known: &'a BTreeSet<String>) -> Option<&'a String> {
    let steps = known.iter();
    let steps = steps.map(|known| (strsim::damerau_levenshtein(written, known), known));
    let (steps, nearest) = steps.min()?;
    (steps <= nearest.chars().count().div_ceil(3)).then_some(nearest)
}
