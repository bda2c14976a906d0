//! The calendar of the fixtures, and rules by the words of their tables.

use std::path::PathBuf;

use jiff::civil::Date;
use registrar::compliance::calendar::{HolidaysInBreak, SchoolCalendar};
use registrar::compliance::clock::{
    ClockRule, DayUnit, LastDay, StandsStillFrom, Tolling, YearEnd, YearEndOf,
};
use registrar::record::support::CalendarPeriod;

pub fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/clocks")
        .join(name)
}

/// The rows of a table as columns and cells; lines of `#` are for its reader.
pub fn table(name: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(file(name))
        .expect("the table");
    reader
        .deserialize()
        .map(|row| row.expect("a row with every column"))
        .collect()
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

pub fn rows() -> Vec<CalendarPeriod> {
    table("calendar.csv")
        .iter()
        .map(|row| CalendarPeriod {
            school: "19999990100056".to_owned(),
            kind: row["kind"].parse().expect("a kind of period"),
            begins_on: date(&row["begins_on"]),
            ends_on: date(&row["ends_on"]),
            name: Some(row["name"].clone()).filter(|name| !name.is_empty()),
        })
        .collect()
}

pub fn calendar() -> SchoolCalendar {
    SchoolCalendar::new(&rows()).expect("a calendar")
}

pub fn plain(unit: DayUnit) -> ClockRule {
    ClockRule {
        unit,
        tolling: Tolling::None,
        year_end: None,
        last_day: LastDay::Stands,
    }
}

pub fn tolled(unit: DayUnit, holidays: HolidaysInBreak, from: StandsStillFrom) -> ClockRule {
    ClockRule {
        tolling: Tolling::BreaksOverFiveSchooldays { holidays, from },
        ..plain(unit)
    }
}

/// A rule from the cells of a table.
pub fn rule(unit: &str, tolling: &str, year_end: &str, last_day: &str) -> ClockRule {
    let word = |text: &str| serde_json::Value::String(text.to_owned());
    let tolling = match tolling.split_once('/') {
        None => serde_json::from_value(word(tolling)).expect("a word for tolling"),
        Some((from, holidays)) => Tolling::BreaksOverFiveSchooldays {
            from: serde_json::from_value(word(from)).expect("a word for the day"),
            holidays: serde_json::from_value(word(holidays)).expect("a word for holidays"),
        },
    };
    let year_end = (!year_end.is_empty()).then(|| {
        let parts: Vec<&str> = year_end.split(' ').collect();
        let of: YearEndOf = serde_json::from_value(word(parts[0])).expect("whose date");
        YearEnd {
            of,
            days_before: parts[1].parse().expect("days"),
            days_after: parts[2].parse().expect("days"),
            instead_of: None,
        }
    });
    ClockRule {
        unit: serde_json::from_value(word(unit)).expect("a unit"),
        tolling,
        year_end,
        last_day: serde_json::from_value(word(last_day)).expect("a word for the last day"),
    }
}
