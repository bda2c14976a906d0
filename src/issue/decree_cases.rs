//! A case file beside a decree: rows in, what the decree makes of them out, for a lawyer to read.
//!
//! Owns the file's language and the comparison. Its rows are read as a district's are
//! (`case_rows.rs`), and counted by the code that counts the district.
//!
//! Never: a rule. Next: `compliance.rs` counts a district; `cli/compliance/check_decree.rs` runs
//! the files of a folder.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::case_rows::{Given, Rows, SOURCE};
use super::compliance::Year;
use crate::compliance::decree::{Decree, Direction, Standing};
use crate::compliance::measure::{Keep, Measuring, OutcomeResult, Part, Placed, results};
use crate::compliance::{
    Calendars, Case, CaseKind, Span, Surroundings, Systems, cases_of, teachers,
};
use crate::record::support::TablesSent;
use crate::record::{DayCount, SchoolYear};
use crate::rules_file::{Problems, at, read};
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
    /// Tables that no source of the file ever sent: of any other, no row means that there is none.
    #[serde(default)]
    not_sent: Vec<String>,
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
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weeks {
    from: Date,
    to: Date,
}

/// What becomes of one case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// As `compliance cases` names it.
    case: String,
    /// The class or the exclusion's code; `unclear` or `outside`.
    class: String,
    reason: Option<String>,
    days: Option<String>,
    tolled_days: Option<String>,
    untolled_days: Option<String>,
    due_on: Option<String>,
}

/// What the counts of a threshold come to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedThreshold {
    name: String,
    numerator: u64,
    of: u64,
    figure: Option<String>,
    status: Option<String>,
    depends_on_unclear: Option<bool>,
    in_time_tolled: Option<u64>,
    in_time_untolled: Option<u64>,
    entered_late: Option<u64>,
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
    let around = written.around(decree, &mut told);
    let outcome = decree
        .outcomes
        .iter()
        .position(|it| it.text.id == written.outcome);
    if outcome.is_none() {
        let ids: Vec<&str> = decree.outcomes.iter().map(|it| &*it.text.id).collect();
        let what = format!("the decree has no outcome `{}`", written.outcome);
        told.say(at("outcome"), what, format!("one of {}", ids.join(", ")));
    }
    let mut wrong = match told.is_empty() {
        true => Vec::new(),
        false => told.told(file, text),
    };
    if let Some((calendar_file, calendar)) = calendar {
        wrong.extend(
            given
                .read_calendar(calendar_file, calendar)
                .err()
                .unwrap_or_default(),
        );
    }
    let (calendars, faults) = Calendars::of(&given.setting, &Systems::default());
    wrong.extend(faults.iter().map(|fault| format!("{file}: {fault}")));
    let (Some(outcome), Some(around), true) = (outcome, around, wrong.is_empty()) else {
        return Err(wrong);
    };
    let around = Surroundings {
        calendars,
        schools: given.setting.directory.schools.clone(),
        ..around
    };
    let found = Found::of(decree, outcome, &given, &around);
    Ok(CaseRun {
        title: written.title.clone(),
        cites: written.cites.clone(),
        differences: written.differences(decree, outcome, &found),
    })
}

impl Written {
    /// What the rows are counted against, but calendars and schools.
    fn around(&self, decree: &Decree, told: &mut Problems) -> Option<Surroundings> {
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
        let year = match &self.period_of {
            None => Year::around(decree, self.as_of),
            Some(year) => {
                let read: Result<SchoolYear, _> = year.parse();
                read.ok()
                    .and_then(|it| Year::beginning(decree, it.begins_in()))
            }
        };
        let Some(year) = year else {
            let what = "that is no year of the decree";
            told.say(at("period_of"), what, "write it as 2025-26");
            return None;
        };
        let study = self.study.map(|Weeks { from, to }| Span {
            begins: from,
            ends: to,
        });
        Some(Surroundings {
            as_of: self.as_of,
            period: year.period,
            count_day: year.count_day,
            study,
            calendars: Calendars::default(),
            schools: BTreeMap::new(),
            systems: Systems::default(),
            time_zone: TimeZone::UTC,
            // Every row was watched from before it came.
            watched_since: self.sources().map(|it| (it, Timestamp::MIN)).collect(),
            sent: self.sent(told),
            names_rows: false,
        })
    }

    /// The tables that the sources sent, by their own word.
    fn sent(&self, told: &mut Problems) -> TablesSent {
        for name in &self.not_sent {
            if Table::named(name).is_none() {
                let what = format!("there is no table `{name}`");
                told.say(at("not_sent"), what, "docs/package-format.md has them all");
            }
        }
        let mut sent = TablesSent::default();
        for source in self.sources() {
            let tables = Table::ALL.iter().map(|table| table.name());
            for table in tables.filter(|table| !self.not_sent.iter().any(|it| it == table)) {
                sent.add(&source, table);
            }
        }
        sent
    }

    fn sources(&self) -> impl Iterator<Item = String> {
        let rows = self.rows.values().flatten();
        let named = rows.filter_map(|row| row.get("source")?.as_str().map(str::to_owned));
        named.chain([SOURCE.to_owned()])
    }

    /// Everything in which the decree says otherwise than the file.
    fn differences(&self, decree: &Decree, outcome: usize, found: &Found) -> Vec<String> {
        let text = &decree.outcomes[outcome].text;
        let mut told = Vec::new();
        let mut expected: BTreeSet<&str> = BTreeSet::new();
        for it in &self.expected {
            expected.insert(&it.case);
            it.compare(found, &mut told);
        }
        for (case, (word, _)) in &found.placed {
            if word != "outside" && !expected.contains(&**case) {
                told.push(format!(
                    "case `{case}` is `{word}`, and the file does not name it"
                ));
            }
        }
        let tally = &found.part.outcomes[outcome].whole;
        let mut compare = |what: &str, found: u64, said: u64| {
            if found != said {
                told.push(format!("{what}: {found}, the file says {said}"));
            }
        };
        count(
            &self.counts,
            text.class_names().zip(&tally.classes),
            &mut compare,
        );
        let codes = text.exclusions.iter().map(|it| &*it.code);
        count(&self.excluded, codes.zip(&tally.excluded), &mut compare);
        compare("unclear cases", tally.unclear, self.unclear);
        for it in &self.thresholds {
            it.compare(found, outcome, &mut told);
        }
        told
    }
}

/// Compares counts by word; a word that the file does not name is said to have none.
fn count<'a>(
    said: &BTreeMap<String, u64>,
    found: impl Iterator<Item = (&'a str, &'a u64)>,
    compare: &mut impl FnMut(&str, u64, u64),
) {
    let found: BTreeMap<&str, u64> = found.map(|(word, count)| (word, *count)).collect();
    let words: BTreeSet<&str> = said
        .keys()
        .map(|it| &**it)
        .chain(found.keys().copied())
        .collect();
    for word in words {
        let count = |of: Option<&u64>| of.copied().unwrap_or(0);
        compare(
            &format!("cases of `{word}`"),
            count(found.get(word)),
            count(said.get(word)),
        );
    }
}

impl Expected {
    fn compare(&self, found: &Found, told: &mut Vec<String>) {
        let case = &self.case;
        let Some((word, placed)) = found.placed.get(case) else {
            let known: Vec<&str> = found.placed.keys().map(|it| &**it).collect();
            told.push(format!(
                "case `{case}` is made by no row; {}",
                known.join(", ")
            ));
            return;
        };
        let placed = placed.as_ref();
        let shown = |days: Option<String>| days.unwrap_or_else(|| "not known".to_owned());
        let pairs = [
            ("class", Some(&self.class), word.clone()),
            (
                "reason",
                self.reason.as_ref(),
                shown(placed.map(|it| it.reason.to_string())),
            ),
            (
                "days",
                self.days.as_ref(),
                shown(placed.and_then(|it| Some(whole(it.clock.days?)))),
            ),
            (
                "tolled_days",
                self.tolled_days.as_ref(),
                shown(placed.and_then(|it| Some(whole(it.tolled_days?)))),
            ),
            (
                "untolled_days",
                self.untolled_days.as_ref(),
                shown(placed.and_then(|it| Some(whole(it.clock.untolled_days?)))),
            ),
            (
                "due_on",
                self.due_on.as_ref(),
                shown(placed.and_then(|it| Some(it.due_on()?.to_string()))),
            ),
        ];
        for (what, said, found) in pairs {
            if said.is_some_and(|said| *said != found) {
                let said = said.map_or("", |it| &**it);
                told.push(format!(
                    "case `{case}`: {what} is `{found}`, the file says `{said}`"
                ));
            }
        }
    }
}

/// Days of a clock, which counts whole ones.
fn whole(days: DayCount) -> String {
    (days.thousandths() / 1000).to_string()
}

impl ExpectedThreshold {
    fn compare(&self, found: &Found, outcome: usize, told: &mut Vec<String>) {
        let name = &self.name;
        let result = &found.results[outcome];
        let Some(place) = result.thresholds.iter().position(|it| it.name == *name) else {
            told.push(format!("the outcome has no threshold `{name}`"));
            return;
        };
        let threshold = &result.thresholds[place];
        let timeliness = &found.part.outcomes[outcome].timeliness[place];
        let figure = threshold
            .share
            .figure
            .map(|it| it.shown(found.directions[place]));
        let known = |count: Option<u64>| count.map_or("none".to_owned(), |it| it.to_string());
        let number = |count: Option<u64>| count.map(|it| it.to_string());
        let pairs = [
            (
                "numerator",
                Some(self.numerator.to_string()),
                threshold.share.numerator.to_string(),
            ),
            (
                "of",
                Some(self.of.to_string()),
                threshold.share.of.to_string(),
            ),
            (
                "figure",
                self.figure.clone(),
                figure.unwrap_or_else(|| "no data".to_owned()),
            ),
            (
                "status",
                self.status.clone(),
                threshold.status.word().to_owned(),
            ),
            (
                "depends_on_unclear",
                self.depends_on_unclear.map(|it| it.to_string()),
                threshold.depends_on_unclear.to_string(),
            ),
            (
                "in_time_tolled",
                number(self.in_time_tolled),
                known(timeliness.tolled.known()),
            ),
            (
                "in_time_untolled",
                number(self.in_time_untolled),
                known(timeliness.untolled.known()),
            ),
            (
                "entered_late",
                number(self.entered_late),
                known(timeliness.entered_late.known()),
            ),
        ];
        for (what, said, found) in pairs {
            if said.as_ref().is_some_and(|said| *said != found) {
                let said = said.unwrap_or_default();
                told.push(format!(
                    "threshold `{name}`: {what} is {found}, the file says {said}"
                ));
            }
        }
    }
}

/// What the decree makes of the rows.
struct Found {
    placed: BTreeMap<String, (String, Option<Placed>)>,
    part: Part,
    results: Vec<OutcomeResult>,
    /// For each threshold of the outcome.
    directions: Vec<Direction>,
}

impl Found {
    fn of(decree: &Decree, outcome: usize, given: &Given, around: &Surroundings) -> Self {
        let measuring = Measuring::new(decree, around);
        let mut part = measuring.nobody();
        for record in given.records.values() {
            measuring.person(record, Keep::Counts, &mut part);
        }
        measuring.staff(&given.setting, Keep::Counts, &mut part);
        let kind = decree.outcomes[outcome].text.unit;
        let cases: Vec<Case> = match kind {
            CaseKind::Teacher => teachers(&given.setting, around),
            kind => {
                let records = given.records.values();
                records.flat_map(|it| cases_of(kind, it, around)).collect()
            }
        };
        let place = |case: Case| {
            let placed = measuring.place(outcome, &case);
            let word = match placed.as_ref().map(|it| it.standing) {
                None | Some(Standing::Outside) => "outside",
                Some(Standing::Unclear) => "unclear",
                Some(standing) => decree.outcomes[outcome].word(standing).unwrap_or_default(),
            };
            (case.id, (word.to_owned(), placed))
        };
        let text = &decree.outcomes[outcome].text;
        let directions = text.thresholds.iter();
        Self {
            placed: cases.into_iter().map(place).collect(),
            results: results(decree, &part.outcomes, None, around),
            part,
            directions: directions
                .map(|it| it.direction.unwrap_or(text.direction))
                .collect(),
        }
    }
}
