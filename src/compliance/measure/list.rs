//! A case as one line of its outcome's list: what the digest in a report is made of.
//!
//! CSV after RFC 4180 with LF: the case, the person, the standing, the reason, what the clock says,
//! then every field of the kind in its order; empty where the records do not say.

use super::deadline::{Deadline, Lateness};
use super::placing::Placed;
use crate::compliance::case::Case;
use crate::compliance::decree::{Outcome, Standing};
use crate::record::Pseudonyms;

/// The columns before the fields of the kind.
const COLUMNS: [&str; 9] = [
    "case",
    "person",
    "counted",
    "class",
    "reason",
    "days",
    "tolled_days",
    "untolled_days",
    "due_on",
];

/// The columns of a line of last days: one for each case and threshold that has one.
pub const LAST_DAY_COLUMNS: [&str; 8] = [
    "case",
    "school",
    "threshold",
    "due_on",
    "in_time",
    "tolled",
    "untolled",
    "entered",
];
/// What `entered` may say there, where the case is in time: that its rows stood by the last day,
/// that they came later, or that nobody can tell.
pub const ENTERED: [&str; 3] = ["in_time", "late", "unknown"];

/// The first line of an outcome's list.
pub fn list_heading(outcome: &Outcome) -> Vec<u8> {
    let fields = outcome.text.unit.fields().iter().map(|field| field.name);
    let mut line = Vec::new();
    for (place, name) in COLUMNS.into_iter().chain(fields).enumerate() {
        cell(&mut line, place, name);
    }
    line.push(b'\n');
    line
}

/// Writes a case behind the others.
pub(super) fn write(
    list: &mut Vec<u8>,
    (outcome, pseudonyms): (&Outcome, &Pseudonyms),
    (case, placed): (&Case, &Placed),
) {
    let person = case.person.map(|person| pseudonyms.person(person));
    let counted = match placed.standing {
        Standing::In(_) | Standing::Otherwise => "yes",
        Standing::Excluded(_) => "excluded",
        Standing::Unclear | Standing::Outside => "unclear",
    };
    let class = outcome.word(placed.standing).unwrap_or_default();
    let shown = |value: Option<String>| value.unwrap_or_default();
    let clock = &placed.clock;
    let days = clock.days.map(|it| it.to_string());
    let untolled = clock.untolled_days.map(|it| it.to_string());
    let tolled = placed.tolled_days.map(|it| it.to_string());
    let due_on = placed.due_on().map(|it| it.to_string());
    cell(list, 0, &case.id);
    cell(list, 1, &shown(person));
    cell(list, 2, counted);
    cell(list, 3, class);
    cell(list, 4, &placed.reason.to_string());
    cell(list, 5, &shown(days));
    cell(list, 6, &shown(tolled));
    cell(list, 7, &shown(untolled));
    cell(list, 8, &shown(due_on));
    for place in 0..case.kind.fields().len() {
        let value = case.value(place).map(ToString::to_string);
        cell(list, COLUMNS.len() + place, &shown(value));
    }
    list.push(b'\n');
}

/// Writes what the last day of a threshold makes of a case behind the others. By the readings of
/// the clock only counted cases are told.
pub(super) fn last_day(
    lines: &mut Vec<u8>,
    (case, school, threshold): (&str, &str, &str),
    (deadline, is_counted): (Deadline, bool),
    entered: Option<Lateness>,
) {
    let yes_no = |it: bool| if it { "yes" } else { "no" };
    let reading = |it: Option<bool>| it.filter(|_| is_counted).map_or("", yes_no);
    let [in_time, late, unknown] = ENTERED;
    let entered = entered.map_or("", |it| match it {
        Lateness::InTime => in_time,
        Lateness::Late => late,
        Lateness::Untold => unknown,
    });
    cell(lines, 0, case);
    cell(lines, 1, school);
    cell(lines, 2, threshold);
    cell(lines, 3, &deadline.on.to_string());
    cell(lines, 4, yes_no(deadline.is_met));
    cell(lines, 5, reading(deadline.tolled));
    cell(lines, 6, reading(deadline.untolled));
    cell(lines, 7, entered);
    lines.push(b'\n');
}

fn cell(line: &mut Vec<u8>, place: usize, text: &str) {
    if place > 0 {
        line.push(b',');
    }
    if text.contains(['"', ',', '\n', '\r']) {
        line.push(b'"');
        line.extend(text.replace('"', "\"\"").bytes());
        line.push(b'"');
    } else {
        line.extend(text.bytes());
    }
}
