//! What a rule says of a case, and what is told of a rule that does not read.

use std::fmt::Write;

use jiff::civil::Date;
use registrar::compliance::{
    Case, CaseKind, CaseView, ClockNames, ClockReading, Names, PREDICATE_BYTES_MAX, Predicate,
    ReportDates, Truth, Value,
};
use registrar::record::{DayCount, Percent};

const EVALUATION: Names = Names {
    kind: CaseKind::Evaluation,
    clock: ClockNames::Limited,
};

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn days(days: i64) -> DayCount {
    DayCount::from_thousandths(days * 1000)
}

fn dates() -> ReportDates {
    ReportDates {
        as_of: date("2026-06-30"),
        count_day: date("2025-12-01"),
        period_begins: date("2025-07-01"),
        period_ends: date("2026-06-30"),
    }
}

/// An initial evaluation, held on the 60th day, of which nothing else is known.
fn case() -> Case {
    let mut case = Case::new(CaseKind::Evaluation, "evaluation/1".to_owned());
    case.set("kind", Value::Code("initial"));
    case.set("consent_received_on", Value::Date(date("2026-01-12")));
    case.set("meeting_held_on", Value::Date(date("2026-03-13")));
    case.set("comprehensive", Value::Flag(false));
    case.set("grade", Value::Count(-1));
    case
}

fn clock() -> ClockReading {
    ClockReading {
        days: Some(days(60)),
        untolled_days: Some(days(60)),
        days_so_far: Some(days(60)),
        due_on: Some(date("2026-03-13")),
        late_by: Some(days(0)),
    }
}

fn read(text: &str, names: Names) -> Predicate {
    Predicate::read(text, names).unwrap_or_else(|wrong| panic!("`{text}`: {wrong:?}"))
}

fn asked(text: &str) -> Truth {
    let case = case();
    let view = CaseView {
        case: &case,
        clock: clock(),
        dates: dates(),
    };
    read(text, EVALUATION).evaluate(&view)
}

#[test]
fn a_rule_is_true_false_or_unknown_of_a_case() {
    for (text, truth) in [
        ("true", Truth::True),
        ("false", Truth::False),
        ("kind == \"initial\"", Truth::True),
        ("kind != \"initial\"", Truth::False),
        ("kind in [\"transfer\", \"initial\"]", Truth::True),
        ("kind not in [\"transfer\", \"initial\"]", Truth::False),
        ("clock.days <= days(60)", Truth::True),
        ("clock.days < days(60)", Truth::False),
        ("clock.days > days(59)", Truth::True),
        ("clock.days >= days(\"60.5\")", Truth::False),
        ("clock.late_by == days(0)", Truth::True),
        ("grade == -1", Truth::True),
        ("grade in [-1, 0]", Truth::True),
        ("comprehensive", Truth::False),
        ("not comprehensive", Truth::True),
        ("comprehensive == false", Truth::True),
        (
            "meeting_held_on - consent_received_on == days(60)",
            Truth::True,
        ),
        (
            "consent_received_on + days(60) >= meeting_held_on",
            Truth::True,
        ),
        (
            "days(59) + consent_received_on >= meeting_held_on",
            Truth::False,
        ),
        (
            "meeting_held_on - days(60) == consent_received_on",
            Truth::True,
        ),
        ("grade + 1 == 0", Truth::True),
        (
            "meeting_held_on <= period.ends and meeting_held_on >= period.begins",
            Truth::True,
        ),
        ("as_of == date(\"2026-06-30\")", Truth::True),
        // Of the rest nothing is known.
        ("report_on <= as_of", Truth::Unknown),
        ("not report_on <= as_of", Truth::Unknown),
        ("delay_code == \"90\"", Truth::Unknown),
        ("delay_code != \"90\"", Truth::Unknown),
        ("delay_code in [\"90\", \"40\"]", Truth::Unknown),
        ("delay_code not in [\"90\", \"40\"]", Truth::Unknown),
        ("environment_considered", Truth::Unknown),
        (
            "report_on - consent_received_on <= days(60)",
            Truth::Unknown,
        ),
        ("delay_code is not known", Truth::True),
        ("delay_code is known", Truth::False),
        (
            "meeting_held_on is known and report_on is not known",
            Truth::True,
        ),
    ] {
        assert_eq!(asked(text), truth, "{text}");
    }
}

#[test]
fn and_or_and_not_are_those_of_kleene() {
    let (yes, no, unknown) = ("as_of is known", "as_of is not known", "age == 5");
    let value = |text: &str| match text {
        _ if text == yes => Truth::True,
        _ if text == no => Truth::False,
        _ => Truth::Unknown,
    };
    for left in [yes, no, unknown] {
        for right in [yes, no, unknown] {
            let either = [value(left), value(right)];
            let and = if either.contains(&Truth::False) {
                Truth::False
            } else if either.contains(&Truth::Unknown) {
                Truth::Unknown
            } else {
                Truth::True
            };
            let or = if either.contains(&Truth::True) {
                Truth::True
            } else if either.contains(&Truth::Unknown) {
                Truth::Unknown
            } else {
                Truth::False
            };
            assert_eq!(asked(&format!("{left} and {right}")), and);
            assert_eq!(asked(&format!("{left} or {right}")), or);
        }
    }
}

#[test]
fn what_cannot_be_computed_is_unknown() {
    let names = Names {
        kind: CaseKind::Pupil,
        clock: ClockNames::None,
    };
    let mut case = Case::new(CaseKind::Pupil, "pupil/1".to_owned());
    case.set("suspensions", Value::Count(i64::MAX));
    case.set(
        "days_removed",
        Value::Days(DayCount::from_thousandths(1_500)),
    );
    case.set("plan_begins_on", Value::Date(Date::MAX));
    case.set(
        "percent_outside",
        Value::Percent("20.5".parse().expect("a share")),
    );
    let view = CaseView {
        case: &case,
        clock: ClockReading::default(),
        dates: dates(),
    };
    for (text, truth) in [
        ("suspensions + 1 > 0", Truth::Unknown),
        ("suspensions - 1 > 0", Truth::True),
        ("plan_begins_on + days(1) > as_of", Truth::Unknown),
        ("plan_begins_on - days(1) > as_of", Truth::True),
        // No day of the calendar is half a day later.
        ("as_of + days_removed > as_of", Truth::Unknown),
        ("days_removed == days(\"1.5\")", Truth::True),
        ("days_removed > days(1)", Truth::True),
        ("percent_outside > percent(20)", Truth::True),
        ("percent_outside <= percent(\"20.5\")", Truth::True),
        ("percent_outside < percent(\"20.5\")", Truth::False),
    ] {
        assert_eq!(read(text, names).evaluate(&view), truth, "{text}");
    }
    assert_eq!(Percent::ZERO.to_string(), "0.00");
}

#[test]
fn each_comparison_is_told_with_what_stands_on_its_sides() {
    let case = case();
    let view = CaseView {
        case: &case,
        clock: clock(),
        dates: dates(),
    };
    let rule = read(
        "kind == \"initial\" and not (clock.days > days(60) or report_on <= as_of) \
         and delay_code is not known",
        EVALUATION,
    );
    let mut told = format!("{rule}\n{:?}\n", rule.evaluate(&view));
    for weighed in rule.weigh(EVALUATION, &view) {
        write!(told, "  {}: {:?};", weighed.test, weighed.truth).expect("a text");
        for (name, value) in weighed.named {
            let value = value.map_or("not known".to_owned(), |value| value.to_string());
            write!(told, " {name} = {value}").expect("a text");
        }
        told.push('\n');
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_rule_is_written_in_one_way_which_reads_back() {
    for (text, written) in [
        ("(((kind=='initial')))", "kind == \"initial\""),
        (
            "kind == 'initial' and (grade in [1,2] and age<6)",
            "kind == \"initial\" and (grade in [1, 2] and age < 6)",
        ),
        (
            "comprehensive or\n  english_learner and\thas_iep",
            "comprehensive or (english_learner and has_iep)",
        ),
        ("not delay_code is known", "delay_code is not known"),
        ("not kind in ['initial']", "kind not in [\"initial\"]"),
        ("not age == 5", "not (age == 5)"),
        (
            "clock.days <= days(\"0.50\")",
            "clock.days <= days(\"0.50\")",
        ),
        ("clock.days <= days(\"60.0\")", "clock.days <= days(60)"),
        (
            "as_of - (report_on - period.begins) > date('2026-01-01')",
            "as_of - (report_on - period.begins) > date(\"2026-01-01\")",
        ),
        ("school == '\\\\ \"'", "school == \"\\\\ \\\"\""),
    ] {
        let rule = read(text, EVALUATION);
        assert_eq!(rule.to_string(), written);
        assert_eq!(read(written, EVALUATION), rule);
    }
}

/// Every mistake of every text, its bytes marked.
fn mistakes(texts: &[&str], names: Names) -> String {
    let mut told = String::new();
    for text in texts {
        let wrong = match Predicate::read(text, names) {
            Ok(rule) => panic!("this reads: {rule}"),
            Err(wrong) => wrong,
        };
        writeln!(told, "{text}").expect("a text");
        for mistake in wrong {
            let meant = text.get(mistake.at.clone()).expect("bytes of the text");
            writeln!(
                told,
                "  [{meant}] {}\n    hint: {}",
                mistake.what, mistake.hint
            )
            .expect("a text");
        }
    }
    told
}

#[test]
fn a_wrong_name_unit_or_type_is_told_when_the_rule_is_read() {
    let told = mistakes(
        &[
            "referal_on is known",
            "kind == \"inital\"",
            "kind == \"something\"",
            "kind in [\"initial\", \"inital\", 5]",
            "kind == initial",
            "clock.days <= 60",
            "clock.day <= days(60)",
            "age <= days(6)",
            "report_on <= \"2026-06-30\"",
            "report_on <= 20260630",
            "report_on <= date(\"2026-6-30\")",
            "report_on <= date(\"2026-02-30\")",
            "report_on <= date(2026)",
            "report_on",
            "kind",
            "kind < \"initial\"",
            "comprehensive > false",
            "comprehensive == \"yes\"",
            "grade == \"5\"",
            "grade == true",
            "clock.days <= days(-1)",
            "clock.days <= days(\"0.0001\")",
            "clock.days <= days(as_of)",
            "report_on + report_on > as_of",
            "report_on + days(\"0.5\") > as_of",
            "report_on + 5 > as_of",
            "kind + \"x\" == \"initial\"",
            "grade + age == \"x\"",
            "grade in age",
            "grade in []",
            "grade in [5, 5]",
            "grade in [age]",
            "5 in [5]",
            "\"a\" == \"a\"",
            "1 == 1",
            "kind == disability",
            "age == 5 and true",
            "5",
            "(age == 5) is known",
            "age is defined",
            "age is odd",
            "(age == 5) == true",
            "unknown_one == 1 and age == kind and unknown_two is known",
        ],
        EVALUATION,
    );
    insta::assert_snapshot!(told);
}

#[test]
fn the_clock_may_be_asked_only_where_there_is_one() {
    let without = Names {
        clock: ClockNames::None,
        ..EVALUATION
    };
    let open = Names {
        clock: ClockNames::Open,
        ..EVALUATION
    };
    let mut told = mistakes(
        &["clock.days <= days(60)", "clock.late_by == days(0)"],
        without,
    );
    told += &mistakes(&["clock.late_by == days(0)"], open);
    assert!(Predicate::read("clock.days <= days(60)", open).is_ok());
    insta::assert_snapshot!(told);
}

#[test]
fn what_no_rule_needs_is_refused_by_name() {
    let told = mistakes(
        &[
            "",
            "age ==",
            "age = 5",
            "age == 5 age == 6",
            "age == (5",
            "age / 0 == 1",
            "age // 0 == 1 or age % 0 == 1 or age * 2 == 1 or age ** 2 == 1",
            "age == 5.5",
            "age == 1e9",
            "age == 99999999999999999999",
            "age == 9223372036854775808",
            "age == none",
            "comprehensive == True",
            "kind ~ kind == \"a\"",
            "kind == \"ini\" \"tial\"",
            "kind | upper == \"INITIAL\"",
            "kind[0] == \"i\"",
            "kind[0:1] == \"i\"",
            "kind.len == 5",
            "kind.a.b == 5",
            "case.kind == \"initial\"",
            "{1: 2} == kind",
            "(1, 2) == kind",
            "age if comprehensive else grade == 5",
            "0 <= age <= 5",
            "- age == 5",
            "not not not comprehensive",
            "env(\"HOME\") == \"/root\"",
            "env.DATABASE_URL == \"x\"",
            "_secret is known",
            "self.key == \"x\"",
            "loop.index == 1",
            "date() == report_on",
            "date(\"2026-01-01\", \"2026-01-02\") == report_on",
            "date(text=\"2026-01-01\") == report_on",
            "range(5) == age",
            "age == 5 {% include \"x\" %}",
            "age == 5 # a remark",
            "age == `5`",
            "age == ５",
            "alter == \"größer\" und",
        ],
        EVALUATION,
    );
    insta::assert_snapshot!(told);
}

#[test]
fn a_rule_without_end_is_refused_before_it_is_parsed() {
    let long = "age == 5 or ".repeat(400_000) + "age == 5";
    let deep = "(".repeat(1_900) + "age == 5" + &")".repeat(1_900);
    let lists = "[".repeat(3_900);
    let negated = "not ".repeat(900) + "comprehensive";
    let signed = format!("age == {}5", "-".repeat(3_900));
    let wide = format!("age in [{}]", ["5"; 200].join(","));
    let many = vec!["age==5"; 300].join(" or ");
    for text in [&long, &deep, &lists, &negated, &signed, &wide, &many] {
        let wrong = Predicate::read(text, EVALUATION).expect_err("too much");
        assert_eq!(wrong.len(), 1, "{wrong:?}");
    }
    // What is as large as it may be reads, and is asked.
    let most = vec!["age == 5"; 125].join(" or ");
    assert!(most.len() < PREDICATE_BYTES_MAX);
    assert_eq!(asked(&most), Truth::Unknown);
    let deepest = "(".repeat(20) + "age == 5" + &")".repeat(20);
    assert_eq!(asked(&deepest), Truth::Unknown);
}
