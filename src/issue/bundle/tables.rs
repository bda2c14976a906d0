//! What a bundle has beside cases: what was asked, schools, calendars, days, who is held, and how
//! to read it.

use std::collections::BTreeMap;
use std::iter;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::folder::Staged;
use super::{BundleError, BundleOrder, DECREE, FORMAT, REPORT, line};
use crate::compliance::decree::{Decree, OutcomeText};
use crate::compliance::measure::{EarlierYear, Tally};
use crate::issue::Compliance;
use crate::record::Pseudonyms;
use crate::store::HeldRow;

/// Rows of held people that a bundle lists.
pub(super) const HELD_ROWS_MAX: u32 = 1_000_000;

/// Years before the period and after the day of the report that `days.csv` covers: a clock of a
/// case runs within one childhood.
const YEARS_BEFORE: i16 = 30;
const YEARS_AFTER: i16 = 3;

const README: &str = include_str!("README.md");

pub(super) const SCHOOL_COLUMNS: [&str; 5] =
    ["school", "name", "kind", "charter", "local_district"];
pub(super) const CALENDAR_COLUMNS: [&str; 7] = [
    "school",
    "source",
    "kind",
    "begins_on",
    "ends_on",
    "name",
    "used",
];
pub(super) const DAY_COLUMNS: [&str; 3] = ["day", "number", "weekday"];
pub(super) const HELD_COLUMNS: [&str; 8] = [
    "source", "person", "since", "problem", "table", "import", "file", "line",
];

pub(super) const EARLIER_COLUMNS: [&str; 8] = [
    "begins_on",
    "ends_on",
    "outcome",
    "group",
    "counted",
    "class",
    "cases",
    "sum",
];

pub(super) fn write(
    compliance: &Compliance,
    order: &BundleOrder<'_>,
    held: &[HeldRow],
    people: u64,
    staged: &mut Staged,
) -> Result<(), BundleError> {
    staged.add("README.md", README.as_bytes())?;
    staged.add(DECREE, order.decree.as_bytes())?;
    staged.add(REPORT, &report(compliance, order, people))?;
    staged.add("schools.csv", &schools(compliance))?;
    staged.add("calendars.csv", &calendars(compliance))?;
    staged.add("days.csv", &days(compliance))?;
    let pseudonyms = &compliance.around.pseudonyms;
    staged.add("held.csv", &held_rows(held, pseudonyms)?)
}

/// What was asked, and of which records: a name and a value each.
fn report(compliance: &Compliance, order: &BundleOrder<'_>, people: u64) -> Vec<u8> {
    let (around, decree) = (&compliance.around, &compliance.decree);
    let study = |day: fn(&crate::compliance::Span) -> Date| {
        let day = around.study.as_ref().map(day);
        day.map(|it| it.to_string()).unwrap_or_default()
    };
    let zone = around.time_zone.iana_name().unwrap_or_default();
    let values = [
        ("format", FORMAT.to_owned()),
        ("program", env!("CARGO_PKG_VERSION").to_owned()),
        ("made_at", order.made_at.to_string()),
        ("decree", decree.text.id.clone()),
        ("decree_version", decree.text.version.clone()),
        ("decree_sha256", hex::encode(decree.digest)),
        ("as_of", around.as_of.to_string()),
        ("as_known", compliance.as_known().to_string()),
        ("period_begins", around.period.begins.to_string()),
        ("period_ends", around.period.ends.to_string()),
        ("count_day", around.count_day.to_string()),
        (
            "studies_known",
            compliance
                .studies_known
                .map_or_else(String::new, |it| it.to_string()),
        ),
        ("study_from", study(|it| it.begins)),
        ("study_to", study(|it| it.ends)),
        (
            "calendar_school",
            decree.text.calendar_school.clone().unwrap_or_default(),
        ),
        ("student_systems", around.systems.student.join(" ")),
        ("support_systems", around.systems.support.join(" ")),
        ("time_zone", zone.to_owned()),
        ("numbers_key", around.pseudonyms.key_name()),
        ("people", people.to_string()),
    ];
    let mut file = line(["name", "value"]);
    for (name, value) in values {
        file.extend(line([name, &value]));
    }
    file
}

/// What was counted of the years before, the nearest first, with which a year is compared: cases of
/// each standing, and what they add up to, in thousandths of a day or percent; after those of an
/// outcome that compares groups, those of each group.
pub(super) fn earlier_years<'a>(decree: &'a Decree, years: &'a [EarlierYear]) -> Vec<u8> {
    let mut file = line(EARLIER_COLUMNS);
    let of_year = |year: &'a EarlierYear| {
        let outcomes = decree.outcomes.iter().zip(&year.outcomes);
        outcomes.map(|(outcome, tally)| (year.period, outcome, tally))
    };
    for (period, outcome, tally) in years.iter().flat_map(of_year) {
        let days = [period.begins, period.ends].map(|it: Date| it.to_string());
        let groups = tally.groups.iter().map(|(word, group)| (&**word, group));
        for (group, tally) in iter::once(("", &tally.whole)).chain(groups) {
            for ([counted, class], cases, sum) in standings(&outcome.text, tally) {
                let (cases, sum) = (cases.to_string(), sum.to_string());
                let told = [&*outcome.text.id, group, counted, class, &cases, &sum];
                let days = days.iter().map(String::as_str);
                file.extend(line(days.chain(told)));
            }
        }
    }
    file
}

/// Whether and as what cases were counted, how many, and what they add up to.
fn standings<'t>(text: &'t OutcomeText, tally: &Tally) -> Vec<([&'t str; 2], u64, i128)> {
    let classes = text.class_names().zip(&tally.classes).zip(&tally.sums);
    let classes = classes.map(|((class, cases), sum)| (["yes", class], *cases, *sum));
    let excluded = text.exclusions.iter().zip(&tally.excluded);
    let excluded = excluded.map(|(it, cases)| (["excluded", &*it.code], *cases, 0));
    let unclear = (["unclear", ""], tally.unclear, tally.unclear_sum);
    classes.chain(excluded).chain([unclear]).collect()
}

fn schools(compliance: &Compliance) -> Vec<u8> {
    let mut file = line(SCHOOL_COLUMNS);
    for (code, school) in &compliance.around.schools {
        file.extend(line([
            code,
            &school.name,
            school.kind.code(),
            school.charter.code(),
            school.local_district.as_deref().unwrap_or_default(),
        ]));
    }
    file
}

/// Every row of a calendar; those of the source that the counts go by are used, where the school's
/// calendar can be read.
fn calendars(compliance: &Compliance) -> Vec<u8> {
    let rows = &compliance.setting.calendar_periods;
    let systems = &compliance.around.systems;
    let mut source_of: BTreeMap<&str, &str> = BTreeMap::new();
    for it in rows {
        let first = source_of.entry(&it.row.school).or_insert(&it.source);
        *first = systems
            .first_of([*first, &*it.source].into_iter())
            .unwrap_or(first);
    }
    let mut file = line(CALENDAR_COLUMNS);
    for it in rows {
        let school = &*it.row.school;
        let is_read = compliance.around.calendars.place(school).is_some();
        let used = is_read && source_of.get(school) == Some(&&*it.source);
        file.extend(line([
            school,
            &it.source,
            it.row.kind.code(),
            &it.row.begins_on.to_string(),
            &it.row.ends_on.to_string(),
            it.row.name.as_deref().unwrap_or_default(),
            if used { "yes" } else { "no" },
        ]));
    }
    file
}

/// Days with their numbers, so that the distance of two dates is a subtraction in every dialect.
fn days(compliance: &Compliance) -> Vec<u8> {
    let around = &compliance.around;
    let first = Date::new(around.period.begins.year() - YEARS_BEFORE, 1, 1);
    let last = Date::new(around.as_of.year() + YEARS_AFTER, 12, 31);
    let (Ok(first), Ok(last)) = (first, last) else {
        return line(DAY_COLUMNS);
    };
    let mut file = line(DAY_COLUMNS);
    let all = first.series(1.day()).take_while(|day| *day <= last);
    for (number, day) in (1_u64..).zip(all) {
        let weekday = day.weekday().since(Weekday::Monday) + 1;
        file.extend(line([
            day.to_string(),
            number.to_string(),
            weekday.to_string(),
        ]));
    }
    file
}

fn held_rows(held: &[HeldRow], pseudonyms: &Pseudonyms) -> Result<Vec<u8>, BundleError> {
    if held.len() >= HELD_ROWS_MAX as usize {
        return Err(BundleError::HeldTooMany(HELD_ROWS_MAX));
    }
    let mut file = line(HELD_COLUMNS);
    for row in held {
        file.extend(line([
            &*row.source,
            &pseudonyms.person(row.id),
            &row.since.to_string(),
            &row.problem,
            row.table.name(),
            &row.import.to_string(),
            row.file.as_deref().unwrap_or_default(),
            &row.line.map(|line| line.to_string()).unwrap_or_default(),
        ]));
    }
    Ok(file)
}
