//! What a case file expects, and in what the decree says otherwise.
//!
//! Owns the comparison alone. Next: `decree_cases.rs` has the file's language around it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::case_rows::{Given, NUMBER, many};
use super::compliance::Year;
use crate::compliance::decree::{Decree, Direction, Standing};
use crate::compliance::measure::{
    Figure, GroupRisk, Keep, Measuring, OutcomeResult, Part, Placed, ThresholdResult, end_of,
    results,
};
use crate::compliance::{Case, CaseKind, Surroundings, cases_of, teachers};
use crate::record::DayCount;

/// Where the one outcome stands in a decree of it alone.
const OUTCOME: usize = 0;

/// What is expected of one question.
pub(super) struct Expectations<'w> {
    pub expected: &'w [Expected],
    /// Whether every case that is made must be expected.
    pub is_all: bool,
    pub counts: Option<&'w BTreeMap<String, u64>>,
    pub excluded: Option<&'w BTreeMap<String, u64>>,
    pub unclear: Option<u64>,
    pub thresholds: &'w [ExpectedThreshold],
    pub status: Option<&'w str>,
}

/// What becomes of one case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    /// As `compliance cases` names it, a person by the number in the file.
    case: String,
    /// The numbers for which `#` stands in it, where it is several cases.
    of: Option<String>,
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
pub(super) struct ExpectedThreshold {
    name: String,
    numerator: u64,
    of: u64,
    figure: Option<String>,
    status: Option<String>,
    depends_on_unclear: Option<bool>,
    in_time_tolled: Option<u64>,
    in_time_tolled_of: Option<u64>,
    in_time_untolled: Option<u64>,
    in_time_untolled_of: Option<u64>,
    entered_late: Option<u64>,
    /// Of an outcome that compares groups; a group that is not named is not there.
    #[serde(rename = "group", default)]
    groups: Vec<ExpectedGroup>,
}

/// The risk of one group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedGroup {
    name: String,
    numerator: u64,
    of: u64,
    /// Its risk over that of everybody else, as it is printed; `not computed` where it is not.
    ratio: String,
}

impl Expectations<'_> {
    /// Everything in which the decree, of one outcome, says otherwise than the file.
    pub fn differences(&self, decree: &Decree, found: &Found) -> Vec<String> {
        let text = &decree.outcomes[OUTCOME].text;
        let mut told = Vec::new();
        let mut expected: BTreeSet<String> = BTreeSet::new();
        for it in self.expected {
            match it.cases() {
                Ok(cases) => {
                    cases
                        .iter()
                        .for_each(|case| it.compare(case, found, &mut told));
                    expected.extend(cases);
                }
                Err(what) => told.push(format!("case `{}`: {what}", it.case)),
            }
        }
        for (case, (word, _)) in found.placed.iter().filter(|_| self.is_all) {
            if word != "outside" && !expected.contains(case) {
                told.push(format!(
                    "case `{case}` is `{word}`, and the file does not name it"
                ));
            }
        }
        let tally = &found.part.outcomes[OUTCOME].whole;
        let mut compare = |what: &str, found: u64, said: u64| {
            if found != said {
                told.push(format!("{what}: {found}, the file says {said}"));
            }
        };
        if let Some(said) = self.counts {
            count(said, text.class_names().zip(&tally.classes), &mut compare);
        }
        if let Some(said) = self.excluded {
            let codes = text.exclusions.iter().map(|it| &*it.code);
            count(said, codes.zip(&tally.excluded), &mut compare);
        }
        if let Some(said) = self.unclear {
            compare("unclear cases", tally.unclear, said);
        }
        for it in self.thresholds {
            it.compare(found, &mut told);
        }
        let status = found.results[OUTCOME].status.word();
        if let Some(said) = self.status.filter(|said| *said != status) {
            told.push(format!("status is {status}, the file says {said}"));
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
    /// The cases that it is about.
    fn cases(&self) -> Result<Vec<String>, String> {
        let Some(of) = &self.of else {
            return Ok(vec![self.case.clone()]);
        };
        let of_each = |number: String| self.case.replace(NUMBER, &number);
        Ok(many(of)?.into_iter().map(of_each).collect())
    }

    fn compare(&self, case: &str, found: &Found, told: &mut Vec<String>) {
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
    fn compare(&self, found: &Found, told: &mut Vec<String>) {
        let name = &self.name;
        let result = &found.results[OUTCOME];
        let Some(place) = result.thresholds.iter().position(|it| it.name == *name) else {
            told.push(format!("the outcome has no threshold `{name}`"));
            return;
        };
        let threshold = &result.thresholds[place];
        let timeliness = &found.part.outcomes[OUTCOME].timeliness[place];
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
                "in_time_tolled_of",
                number(self.in_time_tolled_of),
                timeliness.tolled.of.to_string(),
            ),
            (
                "in_time_untolled",
                number(self.in_time_untolled),
                known(timeliness.untolled.known()),
            ),
            (
                "in_time_untolled_of",
                number(self.in_time_untolled_of),
                timeliness.untolled.of.to_string(),
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
        self.groups(threshold, found.directions[place], told);
    }

    fn groups(&self, found: &ThresholdResult, direction: Direction, told: &mut Vec<String>) {
        let name = &self.name;
        let word = |ratio: Option<Figure>| match ratio {
            Some(ratio) => ratio.shown(direction),
            None => "not computed".to_owned(),
        };
        let known = found.groups.iter().map(|it| {
            let GroupRisk { share, ratio, .. } = it;
            let risk = format!("{} of {}: {}", share.numerator, share.of, word(*ratio));
            (&*it.group, risk)
        });
        let known: BTreeMap<&str, String> = known.collect();
        let said = self.groups.iter().map(|it| {
            let risk = format!("{} of {}: {}", it.numerator, it.of, it.ratio);
            (&*it.name, risk)
        });
        let said: BTreeMap<&str, String> = said.collect();
        let groups: BTreeSet<&str> = known.keys().chain(said.keys()).copied().collect();
        for group in groups.into_iter().filter(|_| !self.groups.is_empty()) {
            let none = "no such group".to_owned();
            let known = known.get(group).unwrap_or(&none);
            let said = said.get(group).unwrap_or(&none);
            if known != said {
                told.push(format!(
                    "threshold `{name}`, group `{group}`: {known}; the file says {said}"
                ));
            }
        }
    }
}

/// What the decree makes of the rows.
pub(super) struct Found {
    placed: BTreeMap<String, (String, Option<Placed>)>,
    part: Part,
    results: Vec<OutcomeResult>,
    /// For each threshold of the outcome.
    directions: Vec<Direction>,
}

impl Found {
    /// Counted by a decree of one outcome; the year before as well, with which a target may
    /// compare.
    pub fn of(decree: &Decree, given: &Given, around: &Surroundings) -> Self {
        let part = counted(decree, given, around, Keep::Lists);
        let earlier = Year::beginning(decree, around.period.begins.year() - 1);
        let before = earlier.map(|year| {
            let before = Surroundings {
                period: year.period,
                count_day: year.count_day,
                study: None,
                tests: given.tests(decree, year.period),
                ..around.clone()
            };
            counted(decree, given, &before, Keep::Counts).outcomes
        });
        let measuring = Measuring::new(decree, around);
        let outcome = &decree.outcomes[OUTCOME];
        let place = |case: Case| {
            let placed = measuring.place(OUTCOME, &case);
            let word = match placed.as_ref().map(|it| it.standing) {
                None | Some(Standing::Outside) => "outside",
                Some(Standing::Unclear) => "unclear",
                Some(standing) => outcome.word(standing).unwrap_or_default(),
            };
            // A lawyer knows a child by the number in the file.
            let number = case
                .person
                .and_then(|id| Some((id, given.numbers.get(&id)?)));
            let name = match number {
                Some((id, number)) => case.id.replace(&id.to_string(), number),
                None => case.id.clone(),
            };
            (name, (word.to_owned(), placed))
        };
        let cases: Vec<Case> = match outcome.text.unit {
            CaseKind::Teacher => teachers(&given.setting, around),
            kind => {
                let records = given.records.values();
                records.flat_map(|it| cases_of(kind, it, around)).collect()
            }
        };
        let directions = outcome.text.thresholds.iter();
        let direction = outcome.text.direction;
        Self {
            placed: cases.into_iter().map(place).collect(),
            results: results(decree, &part.outcomes, before.as_deref(), around),
            part,
            directions: directions
                .map(|it| it.direction.unwrap_or(direction))
                .collect(),
        }
    }
}

fn counted(decree: &Decree, given: &Given, around: &Surroundings, keep: Keep) -> Part {
    let measuring = Measuring::new(decree, around);
    let mut part = measuring.nobody();
    for record in given.records.values() {
        measuring.person(record, keep, &mut part);
    }
    measuring.staff(&given.setting, keep, &mut part);
    for mut doubt in std::mem::take(&mut part.doubts) {
        let days: BTreeSet<_> = doubt.days().collect();
        for day in days {
            let then = end_of(day, &around.time_zone);
            let cases = match doubt.person {
                None => teachers(&given.setting.clone().recorded_by(then), around),
                Some(person) => {
                    let record = given.records[&person].clone().recorded_by(then);
                    cases_of(doubt.kind, &record, around)
                }
            };
            measuring.look(&mut doubt, day, &cases);
        }
        measuring.settle(&doubt, &mut part);
    }
    part
}
