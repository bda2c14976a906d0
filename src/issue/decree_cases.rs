//! A case file beside a decree: rows in, what the decree makes of them out, for a lawyer to read.
//!
//! Owns the file's language: the rows, what is expected of them, and what is expected where the
//! same is asked otherwise (`also`: of fewer children, on another day, of tables never sent). Its
//! rows are read as a district's are (`case_rows.rs`), counted by the code that counts the
//! district, and compared by `case_expected.rs`. docs/case-files.md says it to authors.
//!
//! Never: a rule. Next: `compliance.rs` counts a district; `cli/compliance/check_decree.rs` runs
//! the files of a folder.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::case_expected::{Expectations, Expected, ExpectedThreshold, Found};
use super::case_rows::{Given, Rows, SOURCE, many};
use super::compliance::Year;
use crate::compliance::decree::{Decree, Measure, OutcomeText};
use crate::compliance::{Calendars, Span, Surroundings, Systems};
use crate::record::support::TablesSent;
use crate::record::{Pseudonyms, SchoolYear};
use crate::rules_file::{Place, Problems, at, read};
use crate::store::Table;

/// The value of `format` in this version.
pub const CASE_FORMAT: &str = "registrar-decree-case/1";
/// Bytes of one file.
pub const CASE_BYTES_MAX: usize = 256 * 1024;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    /// What it shows, in a sentence.
    title: String,
    /// The paragraph that says so.
    cites: String,
    outcome: String,
    as_of: Date,
    period_of: Option<String>,
    study: Option<Weeks>,
    /// The school and the person of rows that name none.
    school: Option<String>,
    person: Option<String>,
    /// Counts as if somebody had read every number and definition in its source, so that the file
    /// can show a verdict which the decree does not print yet.
    #[serde(default)]
    as_if_confirmed: bool,
    /// Tables that no source of the file ever sent: of any other, no row means that there is none.
    #[serde(default)]
    not_sent: Vec<String>,
    /// Sources that are special-education systems.
    #[serde(default)]
    special_education: Vec<String>,
    rows: Rows,
    #[serde(rename = "expect", default)]
    expected: Vec<Expected>,
    /// Counted cases by class; a class that is not named has none.
    counts: BTreeMap<String, u64>,
    /// Cases that are left out, by the reason's code.
    #[serde(default)]
    excluded: BTreeMap<String, u64>,
    #[serde(default)]
    unclear: u64,
    #[serde(rename = "threshold", default)]
    thresholds: Vec<ExpectedThreshold>,
    /// What the whole outcome comes to.
    status: Option<String>,
    #[serde(default)]
    also: Vec<Also>,
}

/// The same, asked otherwise: what it names is expected, and nothing is said of the rest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Also {
    title: String,
    /// Of these children alone, or of these members of the staff.
    only: Option<String>,
    as_if_confirmed: Option<bool>,
    as_of: Option<Date>,
    period_of: Option<String>,
    not_sent: Option<Vec<String>>,
    #[serde(rename = "expect", default)]
    expected: Vec<Expected>,
    counts: Option<BTreeMap<String, u64>>,
    excluded: Option<BTreeMap<String, u64>>,
    unclear: Option<u64>,
    #[serde(rename = "threshold", default)]
    thresholds: Vec<ExpectedThreshold>,
    status: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weeks {
    from: Date,
    to: Date,
}

/// What a case file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRun {
    /// What it shows.
    pub title: String,
    /// The paragraph that says so.
    pub cites: String,
    /// Where the decree says otherwise than the file; none where it passes.
    pub differences: Vec<String>,
}

/// Runs a case file under a decree, with the rows of the folder's calendar where it has one.
///
/// # Errors
/// Everything that is wrong with the file or the calendar, with line, column and hint.
pub fn run_case_file(
    decree: &Decree,
    (file, text): (&str, &str),
    calendar: Option<(&str, &str)>,
) -> Result<CaseRun, Vec<String>> {
    if text.len() > CASE_BYTES_MAX {
        let bytes = text.len();
        return Err(vec![format!(
            "{file}: the file has {bytes} bytes, {CASE_BYTES_MAX} at most\n  hint: show one rule \
             in one file"
        )]);
    }
    let written: Written = read(file, text)?;
    let mut told = Problems::default();
    let mut given = Given::default();
    let own = (written.school.as_deref(), written.person.as_deref());
    given.read(&written.rows, own, &mut told);
    written.check(&mut told);
    let asked = written.questions().into_iter();
    let asked: Vec<Asked> = asked
        .filter_map(|question| written.asked(decree, question, &mut told))
        .collect();
    let decree = written.decree(decree, &mut told);
    let mut wrong = match told.is_empty() {
        true => Vec::new(),
        false => told.told(file, text),
    };
    if let Some((calendar_file, calendar)) = calendar {
        let read = given.read_calendar(calendar_file, calendar);
        wrong.extend(read.err().unwrap_or_default());
    }
    let (calendars, faults) = Calendars::of(&given.setting, &Systems::default());
    wrong.extend(faults.iter().map(|fault| format!("{file}: {fault}")));
    let (Some(decree), true) = (decree, wrong.is_empty()) else {
        return Err(wrong);
    };
    let confirmed = confirmed(&decree);
    let differences = asked
        .into_iter()
        .flat_map(|asked| match asked.as_if_confirmed {
            true => asked.differences(&confirmed, &given, &calendars),
            false => asked.differences(&decree, &given, &calendars),
        });
    Ok(CaseRun {
        differences: differences.collect(),
        title: written.title.clone(),
        cites: written.cites.clone(),
    })
}

/// One question of a file: itself, or an `also`.
struct Question<'w> {
    /// Where it stands.
    place: Place,
    title: Option<&'w str>,
    only: Option<&'w str>,
    as_if_confirmed: bool,
    as_of: Date,
    period_of: Option<&'w str>,
    not_sent: &'w [String],
    expectations: Expectations<'w>,
}

/// The same, read.
struct Asked<'w> {
    title: Option<&'w str>,
    only: Option<Vec<String>>,
    as_if_confirmed: bool,
    /// But calendars and schools.
    around: Surroundings,
    expectations: Expectations<'w>,
}

impl Asked<'_> {
    /// In what a decree of the one outcome says otherwise.
    fn differences(self, decree: &Decree, given: &Given, calendars: &Calendars) -> Vec<String> {
        let around = Surroundings {
            calendars: calendars.clone(),
            schools: given.setting.directory.schools.clone(),
            tests: given.tests(decree, self.around.period),
            ..self.around
        };
        let found = match &self.only {
            None => Found::of(decree, given, &around),
            Some(named) => Found::of(decree, &given.of(named), &around),
        };
        let differences = self.expectations.differences(decree, &found).into_iter();
        let told = |it: String| match self.title {
            None => it,
            Some(title) => format!("{title}: {it}"),
        };
        differences.map(told).collect()
    }
}

impl Written {
    fn check(&self, told: &mut Problems) {
        if self.format != CASE_FORMAT {
            let what = format!("format is `{}`, not `{CASE_FORMAT}`", self.format);
            told.say(at("format"), what, "this program reads that format");
        }
        for (key, text) in [("title", &self.title), ("cites", &self.cites)] {
            if text.trim().is_empty() {
                let hint = "say what the file shows, and which paragraph says so";
                told.say(at(key), format!("`{key}` is empty"), hint);
            }
        }
    }

    fn questions(&self) -> Vec<Question<'_>> {
        let own = Question {
            place: Place::default(),
            title: None,
            only: None,
            as_if_confirmed: self.as_if_confirmed,
            as_of: self.as_of,
            period_of: self.period_of.as_deref(),
            not_sent: &self.not_sent,
            expectations: Expectations {
                expected: &self.expected,
                is_all: true,
                counts: Some(&self.counts),
                excluded: Some(&self.excluded),
                unclear: Some(self.unclear),
                thresholds: &self.thresholds,
                status: self.status.as_deref(),
            },
        };
        let also = self.also.iter().enumerate();
        let also = also.map(|(row, also)| Question {
            place: at("also").row(row),
            title: Some(&also.title),
            only: also.only.as_deref(),
            as_if_confirmed: also.as_if_confirmed.unwrap_or(self.as_if_confirmed),
            as_of: also.as_of.unwrap_or(self.as_of),
            period_of: also.period_of.as_deref().or(self.period_of.as_deref()),
            not_sent: also.not_sent.as_ref().unwrap_or(&self.not_sent),
            expectations: Expectations {
                expected: &also.expected,
                is_all: false,
                counts: also.counts.as_ref(),
                excluded: also.excluded.as_ref(),
                unclear: also.unclear,
                thresholds: &also.thresholds,
                status: also.status.as_deref(),
            },
        });
        [own].into_iter().chain(also).collect()
    }

    /// None where something is wrong with it.
    fn asked<'w>(
        &self,
        decree: &Decree,
        question: Question<'w>,
        told: &mut Problems,
    ) -> Option<Asked<'w>> {
        let Question {
            place,
            title,
            only,
            as_if_confirmed,
            as_of,
            period_of,
            not_sent,
            expectations,
        } = question;
        let only = match only.map(many).transpose() {
            Ok(only) => only,
            Err(what) => {
                let hint = "write it as \"1 to 17, 20\"";
                told.say(place.clone().key("only"), what, hint);
                None
            }
        };
        let around = self.around(decree, (&place, as_of, period_of), told)?;
        Some(Asked {
            title,
            only,
            as_if_confirmed,
            around: Surroundings {
                sent: self.sent(&place, not_sent, told),
                ..around
            },
            expectations,
        })
    }

    /// The decree with the outcome alone that the file is about.
    fn decree(&self, decree: &Decree, told: &mut Problems) -> Option<Decree> {
        let Some(outcome) = decree.outcome(&self.outcome) else {
            let ids: Vec<&str> = decree.outcomes.iter().map(|it| &*it.text.id).collect();
            let what = format!("the decree has no outcome `{}`", self.outcome);
            told.say(at("outcome"), what, format!("one of {}", ids.join(", ")));
            return None;
        };
        Some(Decree {
            outcomes: vec![outcome.clone()],
            ..decree.clone()
        })
    }

    /// What rows are counted against, but calendars, schools and what was sent.
    fn around(
        &self,
        decree: &Decree,
        (place, as_of, year): (&Place, Date, Option<&str>),
        told: &mut Problems,
    ) -> Option<Surroundings> {
        let year = match year {
            None => Year::around(decree, as_of),
            Some(year) => {
                let read: Result<SchoolYear, _> = year.parse();
                read.ok()
                    .and_then(|it| Year::beginning(decree, it.begins_in()))
            }
        };
        let Some(year) = year else {
            let what = "that is no year of the decree";
            told.say(place.clone().key("period_of"), what, "write it as 2025-26");
            return None;
        };
        let study = self.study.map(|Weeks { from, to }| Span {
            begins: from,
            ends: to,
        });
        Some(Surroundings {
            as_of,
            period: year.period,
            count_day: year.count_day,
            study,
            calendars: Calendars::default(),
            schools: BTreeMap::new(),
            systems: Systems::default(),
            time_zone: TimeZone::UTC,
            // Every row was watched from before it came.
            watched_since: self.sources().map(|it| (it, Timestamp::MIN)).collect(),
            sent: TablesSent::default(),
            tests: decree.tests(year.period),
            names_rows: false,
            pseudonyms: Pseudonyms::plain(),
        })
    }

    /// The tables that the sources sent, by their own word.
    fn sent(&self, place: &Place, not_sent: &[String], told: &mut Problems) -> TablesSent {
        for name in not_sent {
            if Table::named(name).is_none() {
                let what = format!("there is no table `{name}`");
                let place = place.clone().key("not_sent");
                told.say(place, what, "docs/package-format.md has them all");
            }
        }
        let mut sent = TablesSent::default();
        for source in self.sources() {
            let tables = Table::ALL.iter().map(|table| table.name());
            for table in tables.filter(|table| !not_sent.iter().any(|it| it == table)) {
                sent.add(&source, table);
            }
        }
        for source in &self.special_education {
            if !self.sources().any(|it| it == *source) {
                let what = format!("no row is of the source `{source}`");
                told.say(at("special_education"), what, "name one that a row names");
            }
            sent.add_special_education(source);
        }
        sent
    }

    fn sources(&self) -> impl Iterator<Item = String> {
        let rows = self.rows.values().flatten();
        let named = rows.filter_map(|row| row.get("source")?.as_str().map(str::to_owned));
        named.chain([SOURCE.to_owned()])
    }
}

/// A decree as if somebody had read all of it in its sources.
fn confirmed(decree: &Decree) -> Decree {
    let mut decree = decree.clone();
    for outcome in &mut decree.outcomes {
        confirm(&mut outcome.text);
    }
    decree
}

fn confirm(outcome: &mut OutcomeText) {
    outcome.source.confirmed = true;
    for exclusion in &mut outcome.exclusions {
        exclusion.source.confirmed = true;
    }
    if let Measure::RiskRatio {
        alternate: Some(risk),
        ..
    } = &mut outcome.measure
    {
        risk.source.confirmed = true;
    }
    for target in outcome.thresholds.iter_mut().flat_map(|it| &mut it.targets) {
        target.source.confirmed = true;
        if let Some(closed) = &mut target.closed_by {
            closed.source.confirmed = true;
        }
    }
}
