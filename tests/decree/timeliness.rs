//! Who was in time by either reading of the law, and by rows of when: shown by case files.

use registrar::compliance::decree::{Decree, LIMIT_DAYS_MAX};
use registrar::issue::run_case_file;

const SMALL: &str = include_str!("files/small.toml");

const CALENDAR: &str = r#"
school = "19999990100017"
calendar_periods = [
  { kind = "regular_session", begins_on = "2025-08-14", ends_on = "2026-06-10" },
  { kind = "vacation", begins_on = "2025-12-22", ends_on = "2026-01-09" },
]
"#;

/// The small decree with thresholds by days and no limit of its clock.
fn decree() -> Decree {
    let more = "\n[[outcome.threshold]]\nname = \"longer\"\ndays = 90\nlabel = { en = \"90\", es = \
                \"90\" }\nnumerator = [\"timely\", \"late\"]\n";
    let text = SMALL.replacen(
        "[[outcome.threshold]]\nname = \"timely\"",
        "[[outcome.threshold]]\nname = \"timely\"\ndays = 60",
        1,
    );
    let text = text.replacen(CLOCK, &[CLOCK, BESIDE].concat(), 1);
    Decree::read("decree.toml", &(text + more)).unwrap_or_else(|it| panic!("{}", it.join("\n")))
}

/// What a case file comes to, after these of its texts were put in place of others.
fn run(decree: &Decree, text: &str) -> Vec<String> {
    let calendar = Some(("calendar.toml", CALENDAR));
    let run = run_case_file(decree, ("case.toml", text), calendar);
    run.unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")))
        .differences
}

const CLOCK: &str = r#"[outcome.clock]
from = "consent_received_on"
to = "meeting_held_on"
rule = { unit = "calendar", tolling = "none", last_day = "stands" }
"#;

/// Ed. Code 56344(a) without its end of the year.
const BESIDE: &str = r#"
[outcome.clock.beside]
source = { text = "Ed. Code 56344(a)", confirmed = true }
[outcome.clock.beside.rule]
unit = "calendar"
tolling = { breaks_over_five_schooldays = { holidays = "left_out", from = "first_free_day" } }
last_day = "stands"
"#;

const HEAD: &str = r#"
format = "registrar-decree-case/1"
title = "An evaluation over Winter Recess"
cites = "Ed. Code 56344(a), 56302.1"
outcome = "1"
as_of = "2026-06-30"
school = "19999990100017"
person = "1"
"#;

const ROW: &str = r#"
[[rows.evaluations]]
evaluation = "1"
kind = "initial"
consent_received_on = "2025-11-17"
meeting_held_on = "2026-02-06"
outcome = "eligible"
recorded_on = "2026-02-07"
"#;

#[test]
fn both_clocks_are_counted_whichever_the_rule_takes_and_for_each_threshold_by_its_own_days() {
    // 81 plain days, 60 where the clock stands still in a recess of 15 school days.
    let expected = r#"
[[expect]]
case = "evaluation/records/1"
class = "late"
days = "81"
tolled_days = "60"
untolled_days = "81"
due_on = "2026-01-16"
[counts]
late = 1
[[threshold]]
name = "timely"
numerator = 0
of = 1
in_time_tolled = 1
in_time_untolled = 0
[[threshold]]
name = "longer"
numerator = 1
of = 1
in_time_tolled = 1
in_time_untolled = 1
entered_late = 0
"#;
    assert_eq!(
        run(&decree(), &[HEAD, ROW, expected].concat()),
        Vec::<String>::new()
    );
}

#[test]
fn rows_that_came_after_the_day_they_satisfy_are_counted_for_the_thresholds_they_are_late_for() {
    // Held on the 40th day, told of on the 75th: late for 60 days, not for 90.
    let row = ROW
        .replace("2026-02-06", "2025-12-27")
        .replace("2026-02-07", "2026-01-31");
    let expected = r#"
[[expect]]
case = "evaluation/records/1"
class = "timely"
days = "40"
[counts]
timely = 1
[[threshold]]
name = "timely"
numerator = 1
of = 1
entered_late = 1
[[threshold]]
name = "longer"
numerator = 1
of = 1
entered_late = 0
"#;
    assert_eq!(
        run(&decree(), &[HEAD, &row, expected].concat()),
        Vec::<String>::new()
    );
}

#[test]
fn where_nothing_was_computed_there_is_nothing_and_never_a_nought() {
    // No meeting was held: neither clock has an end.
    let row = ROW.replace(
        "meeting_held_on = \"2026-02-06\"\noutcome = \"eligible\"\n",
        "",
    );
    let said = |count: &str| {
        let expected = format!(
            "[[expect]]\ncase = \"evaluation/records/1\"\nclass = \"late\"\ndays = \"not known\"\n\
             tolled_days = \"not known\"\n[counts]\nlate = 1\n[[threshold]]\nname = \"timely\"\n\
             numerator = 0\nof = 1\n{count}"
        );
        run(&decree(), &[HEAD, &row, &expected].concat())
    };
    assert_eq!(said(""), Vec::<String>::new());
    assert_eq!(
        said("in_time_tolled = 0\nin_time_untolled = 0\n"),
        [
            "threshold `timely`: in_time_tolled is none, the file says 0",
            "threshold `timely`: in_time_untolled is none, the file says 0",
        ]
    );
}

#[test]
fn a_share_by_days_needs_a_clock_and_more_than_no_days() {
    let text = SMALL.replacen(
        "name = \"timely\"\nlabel",
        "name = \"timely\"\ndays = 0\nlabel",
        1,
    );
    let wrong = Decree::read("decree.toml", &text)
        .expect_err("no days")
        .join("\n");
    assert!(
        wrong.contains("nothing is in time within no days"),
        "{wrong}"
    );
    let without = text
        .replacen("days = 0", "days = 60", 1)
        .replacen(CLOCK, "", 1)
        .replacen("clock.days <= days(60)", "meeting_held_on is known", 1);
    let wrong = Decree::read("decree.toml", &without)
        .expect_err("no clock")
        .join("\n");
    assert!(wrong.contains("`days` are of a clock"), "{wrong}");
}

#[test]
fn a_last_day_that_the_records_say_is_a_date_of_the_case_and_stands_in_for_a_clock() {
    let with = |due: &str| SMALL.replacen(CLOCK, due, 1);
    let without_clock = |due: &str| {
        let text = with(due).replacen("clock.days <= days(60)", "meeting_held_on is known", 1);
        Decree::read("decree.toml", &text).map_err(|wrong| wrong.join("\n"))
    };
    let due = "due = { on = \"extended_to\", done = \"meeting_held_on\" }\n";
    without_clock(due).expect("it reads");
    for (due, told) in [
        (
            "due = { on = \"outcome\", done = \"meeting_held_on\" }\n",
            "`outcome` is no date of a case `evaluation`",
        ),
        (
            "due = { on = \"extended_to\", done = \"extended_to\" }\n",
            "what is done on its last day always is in time",
        ),
    ] {
        let wrong = without_clock(due).expect_err(told);
        assert!(wrong.contains(told), "{wrong}");
    }
    let both = with(&[due, CLOCK].concat());
    let wrong = Decree::read("decree.toml", &both).expect_err("two last days");
    let wrong = wrong.join("\n");
    assert!(
        wrong.contains("the clock says the last day, and `due` another one"),
        "{wrong}"
    );
}

#[test]
fn a_consent_near_the_end_of_the_year_is_due_after_the_next_one_began() {
    // Ed. Code 56344(a): 30 days or fewer before the regular year ends, within 30 days of the next.
    let clock = r#"[outcome.clock]
from = "consent_received_on"
to = "meeting_held_on"
limit = 60

[outcome.clock.rule]
unit = "calendar"
tolling = "none"
year_end = { of = "start", days_before = 30, days_after = 30 }
last_day = "stands"
"#;
    let text = SMALL.replacen(CLOCK, clock, 1).replacen(
        "clock.days <= days(60)",
        "meeting_held_on <= clock.due_on",
        1,
    );
    let decree =
        Decree::read("decree.toml", &text).unwrap_or_else(|it| panic!("{}", it.join("\n")));
    let next = r#"  { kind = "regular_session", begins_on = "2026-08-13", ends_on = "2027-06-09" },
]"#;
    let calendar = CALENDAR.replacen("\n]", &["\n", next].concat(), 1);
    let case = r#"
format = "registrar-decree-case/1"
title = "The year ends on June 10"
cites = "Ed. Code 56344(a)"
outcome = "1"
as_of = "2026-09-30"
period_of = "2025-26"
school = "19999990100017"
expect = [
  { case = "evaluation/records/in-time", class = "timely", due_on = "2026-09-12" },
  { case = "evaluation/records/late", class = "late", due_on = "2026-09-12" },
  { case = "evaluation/records/31-days-before", class = "late", due_on = "2026-07-09" },
]
counts = { timely = 1, late = 2 }
rows.evaluations = [
  { person = "1", evaluation = "in-time", kind = "initial", consent_received_on = "2026-05-11",
    meeting_held_on = "2026-09-12" },
  { person = "2", evaluation = "late", kind = "initial", consent_received_on = "2026-05-11",
    meeting_held_on = "2026-09-13" },
  { person = "3", evaluation = "31-days-before", kind = "initial",
    consent_received_on = "2026-05-10", meeting_held_on = "2026-07-10" },
]
"#;
    let run = run_case_file(
        &decree,
        ("case.toml", case),
        Some(("calendar.toml", &calendar)),
    );
    let run = run.unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")));
    assert_eq!(run.differences, Vec::<String>::new());
}

#[test]
fn a_clock_without_another_reading_is_counted_as_it_stands_alone() {
    let text = SMALL.replacen(
        "name = \"timely\"\nlabel",
        "name = \"timely\"\ndays = 60\nlabel",
        1,
    );
    let decree =
        Decree::read("decree.toml", &text).unwrap_or_else(|it| panic!("{}", it.join("\n")));
    let expected = r#"
[[expect]]
case = "evaluation/records/1"
class = "late"
days = "81"
tolled_days = "not known"
untolled_days = "81"
[counts]
late = 1
[[threshold]]
name = "timely"
numerator = 0
of = 1
in_time_tolled_of = 0
in_time_untolled = 0
in_time_untolled_of = 1
"#;
    assert_eq!(
        run(&decree, &[HEAD, ROW, expected].concat()),
        Vec::<String>::new()
    );
}

/// What is told of the small decree with this in the place of its clock.
fn told(clock: &str) -> String {
    let text = SMALL.replacen(CLOCK, clock, 1);
    match Decree::read("decree.toml", &text) {
        Ok(_) => String::new(),
        Err(wrong) => wrong.join("\n"),
    }
}

#[test]
fn a_reading_beside_a_clock_is_the_other_one_counts_the_same_days_and_says_who_reads_it_so() {
    let with = |from: &str, to: &str| {
        assert!(BESIDE.contains(from), "{from}");
        told(&[CLOCK, &BESIDE.replacen(from, to, 1)].concat())
    };
    assert_eq!(with("calendar", "calendar"), "");
    let tolling = &BESIDE[BESIDE.find("tolling").expect("it")..];
    let tolling = tolling.lines().next().expect("a line");
    let year_end = "year_end = { of = \"referral\", days_before = 30, days_after = 30 }\nlast_day";
    for (from, to, what) in [
        (
            tolling,
            "tolling = \"none\"",
            "neither reading stands still in long vacations",
        ),
        (
            "\"calendar\"",
            "\"school\"",
            "the two readings count days of two kinds",
        ),
        ("Ed. Code 56344(a)", " ", "the source is empty"),
        (
            "last_day",
            year_end,
            "the end of the year is asked of a referral, and none is named",
        ),
        (
            "last_day",
            &year_end
                .replace("referral", "start")
                .replace("days_after = 30", "days_after = 367"),
            "367 days about the end of a year are too many",
        ),
        (
            "last_day",
            &year_end
                .replace("referral", "start")
                .replace(" }", ", instead_of = 61 }"),
            "the end of the year takes the place of 61 days that nothing has",
        ),
        ("[outcome.clock.beside.rule]\nunit", "unit", "missing"),
    ] {
        let wrong = with(from, to);
        assert!(
            wrong.contains(what) && wrong.contains("hint: "),
            "{what}: {wrong}"
        );
        assert!(wrong.starts_with("decree.toml:"), "{wrong}");
    }
    let stands_still = CLOCK.replacen(
        "tolling = \"none\"",
        "tolling = { breaks_over_five_schooldays = { holidays = \"left_out\", from = \
         \"first_free_day\" } }",
        1,
    );
    let wrong = told(&[&stands_still, BESIDE].concat());
    assert!(wrong.contains("both readings stand still"), "{wrong}");
}

#[test]
fn a_limit_of_a_thousand_million_days_is_refused_with_its_line() {
    let max = LIMIT_DAYS_MAX;
    for days in [max, max + 1, 1_000_000_000] {
        let limit = CLOCK.replacen("rule =", &format!("limit = {days}\nrule ="), 1);
        let wrong = told(&limit);
        let expected =
            format!("decree.toml:27:1: {days} days are too many\n  hint: write {max} at most");
        assert_eq!(wrong, if days > max { expected } else { String::new() });
    }
    let text = SMALL.replacen(
        "name = \"timely\"\nlabel",
        "name = \"timely\"\ndays = 1000000000\nlabel",
        1,
    );
    let wrong = Decree::read("decree.toml", &text).expect_err("so many");
    assert!(
        wrong.join("\n").contains("1000000000 days are too many"),
        "{wrong:?}"
    );
}
