//! Every case gets one class, by the rules of the shipped decrees.

use jiff::civil::Date;
use registrar::compliance::decree::Decree;
use registrar::compliance::{Case, CaseView, ClockReading, ReportDates, Value};
use registrar::record::DayCount;

use crate::shipped::{CHANDA_SMITH, IDEA_PART_B, shipped};

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn days(days: i64) -> Option<DayCount> {
    Some(DayCount::from_thousandths(days * 1000))
}

/// A case of an outcome's kind with these fields, and what its clock says.
fn word(
    decree: &Decree,
    outcome: &str,
    fields: &[(&str, Value)],
    clock: ClockReading,
) -> Option<String> {
    let outcome = decree.outcome(outcome).expect("an outcome");
    let mut case = Case::new(outcome.text.unit, "a case".to_owned());
    for (name, value) in fields {
        case.set(name, value.clone());
    }
    let view = CaseView {
        case: &case,
        clock,
        dates: ReportDates {
            as_of: date("2026-06-30"),
            count_day: date("2025-10-01"),
            period_begins: date("2025-07-01"),
            period_ends: date("2026-06-30"),
        },
    };
    let standing = outcome.place(&view);
    Some(
        outcome
            .word(standing)
            .map_or_else(|| format!("{standing:?}"), str::to_owned),
    )
}

fn code(word: &'static str) -> Value {
    Value::Code(word)
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn the_sixty_days_fall_into_the_states_classes() {
    let decree = shipped(IDEA_PART_B);
    let initial = || ("kind", code("initial"));
    let consent = || ("consent_received_on", Value::Date(date("2026-01-12")));
    let held = || ("meeting_held_on", Value::Date(date("2026-03-13")));
    let ended = |so_far| ClockReading {
        days: days(so_far),
        untolled_days: days(so_far),
        days_so_far: days(so_far),
        ..ClockReading::default()
    };
    let running = |so_far| ClockReading {
        days_so_far: days(so_far),
        ..ClockReading::default()
    };
    for (fields, clock, expected) in [
        (vec![initial(), consent(), held()], ended(60), "timely"),
        (vec![initial(), consent(), held()], ended(61), "held_late"),
        (vec![initial(), consent()], running(60), "pending"),
        (vec![initial(), consent()], running(61), "overdue"),
        (
            vec![initial(), consent(), ("delay_code", text("90"))],
            running(61),
            "overdue",
        ),
        (
            vec![initial(), consent(), ("delay_code", text("20"))],
            running(61),
            "overdue_with_reason",
        ),
        // Held, and no calendar knows the days: that is neither in time nor late.
        (
            vec![initial(), consent(), held()],
            ClockReading::default(),
            "Unclear",
        ),
        (
            vec![
                initial(),
                consent(),
                held(),
                ("moved_in_after_consent", Value::Flag(true)),
                ("extended_to", Value::Date(date("2026-04-10"))),
            ],
            ended(90),
            "moved_in",
        ),
        // No day was agreed, so that the sixty days hold.
        (
            vec![
                initial(),
                consent(),
                held(),
                ("moved_in_after_consent", Value::Flag(true)),
            ],
            ended(90),
            "held_late",
        ),
        (
            vec![("kind", code("reevaluation")), consent()],
            running(61),
            "Outside",
        ),
    ] {
        let fields = [fields, vec![("stopped", Value::Flag(false))]].concat();
        let found = word(&decree, "B11", &fields, clock);
        assert_eq!(found.as_deref(), Some(expected), "{fields:?}");
    }
}

#[test]
fn a_child_is_not_left_out_by_a_date_that_nobody_recorded() {
    let decree = shipped(IDEA_PART_B);
    let birthday = ("third_birthday", Value::Date(date("2026-02-01")));
    let part_c = ("referred_by", code("part_c"));
    let on = |name, day: &str| (name, Value::Date(date(day)));
    for (more, expected) in [
        (vec![on("first_plan_on", "2026-02-01")], "by_birthday"),
        (vec![on("first_plan_on", "2026-02-02")], "later"),
        (vec![], "no_plan"),
        (vec![on("not_eligible_on", "2026-01-31")], "not_eligible"),
        (vec![on("not_eligible_on", "2026-02-01")], "no_plan"),
        (vec![on("consent_refused_on", "2026-01-01")], "refused"),
        // 90 days before is in time, 89 are fewer.
        (vec![on("part_c_referred_on", "2025-11-03")], "no_plan"),
        (
            vec![on("part_c_referred_on", "2025-11-04")],
            "late_referral",
        ),
    ] {
        let fields = [vec![birthday.clone(), part_c.clone()], more].concat();
        let found = word(&decree, "B12", &fields, ClockReading::default());
        assert_eq!(found.as_deref(), Some(expected), "{fields:?}");
    }
}

#[test]
fn every_part_of_a_transition_plan_must_be_there() {
    let decree = shipped(IDEA_PART_B);
    let yes = |name| (name, Value::Flag(true));
    let all = vec![
        yes("has_iep"),
        ("age", Value::Count(16)),
        yes("has_transition_plan"),
        yes("measurable_goals"),
        ("transition_update_due_on", Value::Date(date("2026-03-01"))),
        ("transition_assessed_on", Value::Date(date("2025-03-01"))),
        yes("transition_services"),
        yes("courses_of_study"),
        yes("annual_goals"),
        yes("pupil_invited"),
        ("agency_invited", code("not_applicable")),
    ];
    let found = |fields: &[(&str, Value)]| word(&decree, "B13", fields, ClockReading::default());
    assert_eq!(found(&all).as_deref(), Some("complete"));
    for (invited, expected) in [("yes", "complete"), ("no", "incomplete")] {
        let mut asked = all.clone();
        asked[10].1 = code(invited);
        assert_eq!(found(&asked).as_deref(), Some(expected));
    }
    for left_out in 3..all.len() {
        let mut fields = all.clone();
        let (name, _) = fields.remove(left_out);
        assert_eq!(
            found(&fields).as_deref(),
            Some("incomplete"),
            "without {name}"
        );
    }
    let mut old = all.clone();
    old[4].1 = Value::Date(date("2025-09-30"));
    assert_eq!(found(&old).as_deref(), Some("incomplete"));
}

#[test]
fn a_placement_that_is_not_recorded_is_not_counted() {
    let decree = shipped(CHANDA_SMITH);
    let percent = |text: &str| {
        (
            "percent_outside",
            Value::Percent(text.parse().expect("a share")),
        )
    };
    let regular = || ("setting", code("regular_school"));
    for (more, expected) in [
        (vec![regular(), percent("20.999")], "outside_0_20"),
        (vec![regular(), percent("21")], "outside_21_60"),
        (vec![regular(), percent("60")], "outside_21_60"),
        (vec![regular(), percent("60.001")], "outside_61_100"),
        (
            vec![("setting", code("separate_school")), percent("0")],
            "separate",
        ),
        (vec![percent("10")], "Unclear"),
        (vec![regular()], "Unclear"),
    ] {
        let about = vec![
            ("has_iep", Value::Flag(true)),
            ("age", Value::Count(6)),
            ("disability", code("specific_learning_disability")),
        ];
        let fields = [about, more].concat();
        let found = word(&decree, "6", &fields, ClockReading::default());
        assert_eq!(found.as_deref(), Some(expected), "{fields:?}");
        // The outcome beside it is about other pupils.
        let other = word(&decree, "7A", &fields, ClockReading::default());
        assert_eq!(other.as_deref(), Some("Outside"));
    }
}
