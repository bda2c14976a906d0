//! `by-hand.csv`: what the library says of each case, in the words of the table.

use registrar::compliance::calendar::DayKind;
use registrar::compliance::clock::{Clock, Due, DueBy, LeftOut, NotKnown, Started, WhyLeftOut};

use crate::given::{calendar, date, rule, table};

/// A result in the table's words; a comma would need quotes, so the table has semicolons.
fn words<T>(result: Result<T, NotKnown>, known: impl Fn(T) -> String) -> String {
    match result {
        Ok(value) => known(value),
        Err(why) => why.to_string().replace(',', ";"),
    }
}

fn due(due: Due) -> String {
    let by = match due.by {
        DueBy::Limit => "limit".to_owned(),
        DueBy::YearEnd {
            ended_on,
            resumed_on,
        } => format!("year end {ended_on} to {resumed_on}"),
        DueBy::Extension { instead_of } => format!("extension instead of {instead_of}"),
    };
    let moved = due.moved_from.map(|from| format!(" moved from {from}"));
    format!("{} {by}{}", due.on, moved.unwrap_or_default())
}

fn left_out(days: &LeftOut) -> String {
    let why = match days.why {
        WhyLeftOut::BetweenSessions => "between sessions".to_owned(),
        WhyLeftOut::LongVacation { schooldays } => format!("long vacation of {schooldays}"),
        WhyLeftOut::NotCounted(kind) => match kind {
            DayKind::Weekend => "weekend",
            DayKind::Holiday => "holiday",
            DayKind::PupilFree => "pupil-free",
            DayKind::Vacation => "vacation",
            DayKind::Closure => "closure",
            DayKind::SummerSession => "summer session",
            DayKind::BetweenSessions => "between sessions",
            DayKind::SchoolDay => "school day",
        }
        .to_owned(),
    };
    let name = days.name.as_ref().map(|name| format!(" ({name})"));
    format!(
        "{}..{} {why}{}",
        days.first,
        days.last,
        name.unwrap_or_default()
    )
}

#[test]
fn every_case_that_was_counted_by_hand_comes_out_so() {
    let calendar = calendar();
    let mut differences = Vec::new();
    let cases = table("by-hand.csv");
    assert!(cases.len() > 30);
    for case in &cases {
        let rule = rule(
            &case["unit"],
            &case["tolling"],
            &case["year_end"],
            &case["last_day"],
        );
        let clock = Clock::new(&calendar, rule);
        let given = |column: &str| {
            let text = &case[column];
            (!text.is_empty()).then(|| date(text))
        };
        let (start, end) = (date(&case["start"]), date(&case["end"]));
        let started = Started {
            on: start,
            referred_on: given("referral"),
            extended_to: given("extended_to"),
        };
        let limit = case["limit"].parse().expect("a limit");
        let told = clock.left_out(start, end).unwrap_or_default();
        let found = [
            ("due", words(clock.due(&started, limit), due)),
            (
                "days",
                words(clock.elapsed(start, end), |days| days.to_string()),
            ),
            (
                "untolled",
                words(clock.elapsed_untolled(start, end), |days| days.to_string()),
            ),
            (
                "left_out",
                told.iter().map(left_out).collect::<Vec<_>>().join("; "),
            ),
        ];
        for (column, found) in found {
            if case[column] != found {
                differences.push(format!(
                    "{}: {column}\n  by hand: {}\n  counted: {found}",
                    case["case"], case[column]
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
