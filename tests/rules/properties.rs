//! What holds of every record.

use std::sync::LazyLock;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::select;
use registrar::record::*;
use registrar::transcript::*;

use crate::case::{directory, empty, request, set};

const POLICY: &str = include_str!("../../report-templates/transcript/policy.toml");

/// One posting, by places in the lists of what there may be.
#[derive(Clone, Copy, Debug)]
struct Posting {
    grade: i8,
    when: usize,
    course: usize,
    area: usize,
    honors: usize,
    mark: usize,
    half_credits: u8,
    title: usize,
    elsewhere: bool,
    kind: usize,
}

const MARKS: [&str; 12] = [
    "A", "A-", "B+", "B", "C", "C-", "D", "F", "P", "NP", "W", "I",
];
const KINDS: [MarkKind; 5] = [
    MarkKind::Regular,
    MarkKind::Transfer,
    MarkKind::DualEnrolment,
    MarkKind::Exam,
    MarkKind::InProgress,
];
const TERMS: [TermKind; 7] = [
    TermKind::Semester,
    TermKind::Semester,
    TermKind::Summer,
    TermKind::Year,
    TermKind::Quarter,
    TermKind::Quarter,
    TermKind::Trimester,
];
/// The place of the summer among the terms.
const SUMMER: usize = 2;
/// The catalogue's title, written otherwise, and others.
const TITLES: [Option<&str>; 4] = [
    None,
    Some("COURSE"),
    Some("Another course"),
    Some("A third"),
];

/// The day on which a term of this place begins.
fn begins(when: usize, year: i16) -> Date {
    match when {
        0 | 3 | 4 => date(year, 8, 14),
        1 => date(year + 1, 1, 10),
        SUMMER => date(year + 1, 6, 20),
        5 => date(year + 1, 3, 18),
        _ => date(year, 11, 13),
    }
}

fn postings() -> impl Strategy<Value = Vec<Posting>> {
    let course = (0usize..12, 0usize..4, 0usize..6, 0usize..TITLES.len());
    let time = (
        9i8..=12,
        0usize..TERMS.len(),
        any::<bool>(),
        0usize..KINDS.len(),
    );
    let posting = (course, time, 0usize..MARKS.len(), 0u8..=20);
    let posting = posting.prop_map(|(of, at, mark, half_credits)| {
        let ((course, area, honors, title), (grade, when, elsewhere, kind)) = (of, at);
        Posting {
            grade,
            when,
            course,
            area,
            honors,
            mark,
            half_credits,
            title,
            elsewhere,
            kind,
        }
    });
    proptest::collection::vec(posting, 0..30)
}

const REPEAT_RULES: [&str; 8] = [
    "{ rule = 'every_attempt_counts' }",
    "{ rule = 'highest_counts' }",
    "{ rule = 'latest_counts' }",
    "{ rule = 'lower_without_credit' }",
    "{ rule = 'failing_replaced' }",
    "{ rule = 'failing_replaced', replacements_max = 1, only_if_better = true }",
    "{ rule = 'failing_replaced', replaceable = 'failing', beyond = 'counts' }",
    "{ rule = 'failing_replaced', elsewhere = 'counts', after_satisfactory = 'counts' }",
];
const SAME: [&str; 3] = ["'number'", "'number_and_school'", "'number_and_semester'"];
const CAPS: [&str; 3] = [
    "[]",
    "[{ window = ['summer after 9', 'summer after 10'], courses_max = 2 }]",
    "[{ window = ['summer after 9', 'summer after 11'], courses_max = 1 }]",
];

/// A setting of the rules: its path, and its value in TOML.
type Setting = (&'static str, &'static str);

/// The shipped rules with other settings.
fn with(settings: &[Setting]) -> String {
    static SHIPPED: LazyLock<toml::Value> =
        LazyLock::new(|| toml::from_str(POLICY).expect("a policy"));
    let mut policy = SHIPPED.clone();
    for (path, value) in settings {
        let mut table: toml::Table = toml::from_str(&format!("it = {value}")).expect(value);
        set(&mut policy, path, table.remove("it").expect("a value"));
    }
    toml::to_string(&policy).expect("a policy")
}

/// Rules as districts have them.
fn rules() -> impl Strategy<Value = Vec<Setting>> {
    let repeats = (
        select(&REPEAT_RULES[..]),
        select(&REPEAT_RULES[..]),
        select(&SAME[..]),
        select(&["'as_posted'", "'once'"][..]),
    );
    let others = (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        select(&CAPS[..]),
    );
    (repeats, others).prop_map(
        |((rule, weighted, same, credit), (year, plus, pass, caps))| {
            let mut settings = vec![
                ("repeats.rule", rule),
                ("repeats.same", same),
                ("repeats.credit", credit),
                ("gpa.weighted.repeats", weighted),
                (
                    "gpa.unweighted.plus_and_minus",
                    if plus { "true" } else { "false" },
                ),
                (
                    "gpa.cal-grant.pass_replaces",
                    if pass { "true" } else { "false" },
                ),
                ("gpa.csu.bonus.cap", caps),
            ];
            if year {
                settings.push(("year_course.first_semester_becomes", "'D'"));
                settings.push(("year_course.source", "'San Diego Unified'"));
            }
            settings
        },
    )
}

fn recorded(number: usize, posting: Posting) -> RecordedMark {
    let grade_level = GradeLevel::new(posting.grade).expect("a grade");
    let year = 2013 + i16::from(posting.grade);
    let begins_on = begins(posting.when, year);
    let (term_kind, place) = (TERMS[posting.when], posting.course);
    let term = format!("{year}-{}", posting.when);
    let credits = Credits::from_thousandths(i64::from(posting.half_credits) * 500);
    let course = format!("C-{place}");
    let school = if posting.elsewhere { "T" } else { "S" };
    let summer = posting.when == SUMMER && KINDS[posting.kind] == MarkKind::Regular;
    let kind = if summer {
        MarkKind::Summer
    } else {
        KINDS[posting.kind]
    };
    let mark = kind.is_posted().then(|| MARKS[posting.mark].to_owned());
    RecordedMark {
        source: "t".into(),
        mark: Mark {
            school: school.into(),
            posting: format!("{number:03}"),
            person: "1".into(),
            term: term.clone(),
            course: course.clone(),
            title: TITLES[posting.title].map(str::to_owned),
            taken_at: None,
            kind,
            credit_earned: mark.as_ref().map_or(Credits::ZERO, |_| credits),
            mark,
            credit_attempted: credits,
            grade_level,
            posted_by: None,
            posted_at: None,
        },
        term: Term {
            school: school.into(),
            term: term.clone(),
            name: term,
            school_year: SchoolYear::beginning(year).expect("a year"),
            kind: term_kind,
            begins_on,
            ends_on: begins_on,
        },
        course: Course {
            school: school.into(),
            course,
            title: "Course".into(),
            subject: ["english", "mathematics", "language", "health"][place % 4].into(),
            ag_area: [None, Some(AgArea::B), Some(AgArea::C), Some(AgArea::G)][posting.area],
            honors: HonorsKind::ALL[posting.honors],
            state_course_code: None,
            credit_value: credits,
            sequence: (place % 4 != 0).then(|| format!("sequence-{}", place % 4)),
            level: Some((place / 4 + 1).to_string()),
            part: Some((place % 2 + 1).to_string()),
            repeatable: None,
            graduation_credit: None,
            retired_on: None,
        },
    }
}

fn record(marks: Vec<RecordedMark>) -> PersonRecord {
    let mut record = empty(GradeLevel::new(12).expect("a grade"));
    record.marks = marks;
    record.plan = Some(GraduationPlan {
        school: "S".into(),
        person: "1".into(),
        plan: "district-210".into(),
        entered_grade_9: SchoolYear::beginning(2022).expect("a year"),
    });
    record
}

fn assembled(policy: &str, marks: Vec<RecordedMark>) -> Assembled {
    let policy = Policy::parse(policy).expect("a policy");
    assemble(&record(marks), &directory(), &policy, &request()).expect("a transcript")
}

fn progress(policy: &str, marks: Vec<RecordedMark>) -> Progress {
    let policy = Policy::parse(policy).expect("a policy");
    Progress::of(&policy, &record(marks), "en")
}

fn traces(policy: &str, marks: Vec<RecordedMark>) -> Vec<AverageTrace> {
    assembled(policy, marks).traces
}

fn marks(postings: &[Posting]) -> Vec<RecordedMark> {
    let numbered = postings.iter().enumerate();
    numbered
        .map(|(number, posting)| recorded(number, *posting))
        .collect()
}

fn named<'a>(traces: &'a [AverageTrace], name: &str) -> &'a AverageTrace {
    traces.iter().find(|trace| trace.name == name).expect(name)
}

proptest! {
    #[test]
    fn the_order_of_the_record_changes_no_figure(
        rules in rules(),
        (postings, order) in postings().prop_flat_map(|postings| {
            let places: Vec<usize> = (0..postings.len()).collect();
            (Just(postings), Just(places).prop_shuffle())
        })
    ) {
        let policy = with(&rules);
        let marks = marks(&postings);
        let shuffled: Vec<_> = order.iter().map(|place| marks[*place].clone()).collect();
        prop_assert_eq!(progress(&policy, marks.clone()), progress(&policy, shuffled.clone()));
        let (one, other) = (assembled(&policy, marks), assembled(&policy, shuffled));
        prop_assert_eq!(one.traces, other.traces);
        prop_assert_eq!(one.transcript.credits, other.transcript.credits);
        prop_assert_eq!(one.transcript.requirements, other.transcript.requirements);
    }

    /// Credits have no size of their own: twice as many of them, and twice as many to a semester,
    /// are the same marks.
    #[test]
    fn the_size_of_a_credit_changes_no_average(rules in rules(), postings in postings()) {
        let marks = marks(&postings);
        let mut twice = marks.clone();
        for recorded in &mut twice {
            let mark = &mut recorded.mark;
            mark.credit_attempted = mark.credit_attempted + mark.credit_attempted;
            mark.credit_earned = mark.credit_earned + mark.credit_earned;
        }
        let mut policy: toml::Value = toml::from_str(&with(&rules)).expect("a policy");
        set(&mut policy, "credits_per_semester", "10".into());
        let policy = toml::to_string(&policy).expect("a policy");
        let values = |made: Assembled| -> Vec<Option<String>> {
            made.traces.into_iter().map(|trace| trace.value).collect()
        };
        prop_assert_eq!(values(assembled(&with(&rules), marks)), values(assembled(&policy, twice)));
    }

    /// No mark vanishes in favour of one that the average does not take either, a pass aside.
    #[test]
    fn what_replaces_a_mark_is_itself_taken(
        rules in rules(),
        postings in postings()
    ) {
        for trace in traces(&with(&rules), marks(&postings)) {
            for out in &trace.left_out {
                let LeftOutReason::Repeat { code, counts, .. } = &out.reason else { continue };
                if *code == RepeatCode::ReplacedNotCounted {
                    let taken = trace.taken.iter().any(|taken| taken.name.posting == *counts);
                    // A pass that replaces counts in no average itself.
                    let passed = |other: &LeftOutMark| {
                        other.name.posting == *counts && other.reason == LeftOutReason::NoPoints
                    };
                    let taken = taken || trace.left_out.iter().any(passed);
                    prop_assert!(taken, "{}: {:?}", trace.name, out);
                }
            }
        }
    }

    /// What is there and what is needed are together what is required, or more where a part of it
    /// is missing.
    #[test]
    fn nothing_is_both_missing_and_not_needed(
        rules in rules(),
        postings in postings()
    ) {
        let made = assembled(&with(&rules), marks(&postings));
        let requirements = made.transcript.requirements.expect("a plan");
        for row in requirements.subjects {
            prop_assert!(row.earned + row.needed >= row.required, "{row:?}");
        }
        let progress = progress(&with(&rules), marks(&postings));
        for row in progress.college_preparation.expect("areas").areas {
            let reached = row.earned + row.validated + row.surplus + row.needed;
            prop_assert!(reached >= row.required, "{row:?}");
        }
    }

    #[test]
    fn every_mark_is_taken_or_left_out_once(
        rules in rules(),
        postings in postings()
    ) {
        for trace in traces(&with(&rules), marks(&postings)) {
            let taken = trace.taken.iter().map(|one| &one.name.posting);
            let left_out = trace.left_out.iter().map(|one| &one.name.posting);
            let mut all: Vec<_> = taken.chain(left_out).collect();
            all.sort();
            all.dedup();
            prop_assert_eq!(all.len(), postings.len());
            prop_assert_eq!(trace.taken.len() + trace.left_out.len(), postings.len());
        }
    }

    #[test]
    fn a_capped_average_lies_between_the_unweighted_and_the_uncapped(
        rules in rules(),
        postings in postings()
    ) {
        let traces = traces(&with(&rules), marks(&postings));
        let sum = |name: &str| named(&traces, name).points_times_credits;
        prop_assert!(sum("uc-unweighted") <= sum("uc-capped"));
        prop_assert!(sum("uc-capped") <= sum("uc-weighted"));
        let credits = |name: &str| named(&traces, name).credit_counted;
        prop_assert_eq!(credits("uc-unweighted"), credits("uc-capped"));
        prop_assert_eq!(credits("uc-weighted"), credits("uc-capped"));
    }

    #[test]
    fn no_more_than_eight_semesters_earn_the_point_and_four_of_grade_10(
        rules in rules(),
        postings in postings()
    ) {
        let marks = marks(&postings);
        let traces = traces(&with(&rules), marks.clone());
        let trace = named(&traces, "uc-capped");
        let in_10 = |taken: &&TakenMark| {
            let number: usize = taken.name.posting.parse().expect("a number");
            let Posting { grade, when, .. } = postings[number];
            grade == 10 || (grade == 9 && when == SUMMER)
        };
        let total: Credits = trace.taken.iter().map(|taken| taken.bonus_credits).sum();
        let of_10 = trace.taken.iter().filter(in_10);
        let of_10: Credits = of_10.map(|taken| taken.bonus_credits).sum();
        prop_assert!(total <= Credits::from_thousandths(40_000), "{total}");
        prop_assert!(of_10 <= Credits::from_thousandths(20_000), "{of_10}");
    }

    /// The printed figure recounted from its trace, in plain integers.
    #[test]
    fn a_figure_is_recounted_from_its_trace(
        rules in rules(),
        postings in postings()
    ) {
        for trace in traces(&with(&rules), marks(&postings)) {
            let (mut points, mut credits) = (0i128, 0i128);
            for taken in &trace.taken {
                let weight = i128::from(taken.credits.thousandths());
                points += i128::from(taken.points.thousandths()) * weight;
                points += i128::from(taken.bonus.thousandths())
                    * i128::from(taken.bonus_credits.thousandths());
                credits += weight;
            }
            prop_assert_eq!(points, trace.points_times_credits);
            prop_assert_eq!(trace.value.is_none(), credits == 0);
            if let Some(value) = &trace.value {
                let decimals = value.split('.').nth(1).map_or(0, str::len);
                let unit = 10i128.pow(u32::try_from(decimals).expect("few"));
                let printed: i128 = value.replace('.', "").parse().expect("digits");
                let exact = points * unit;
                let off = exact - printed * credits * 1000;
                let whole = credits * 1000;
                let right = match trace.rounding {
                    Rounding::Truncate => (0..whole).contains(&off),
                    Rounding::HalfUp => -whole <= 2 * off && 2 * off < whole,
                };
                prop_assert!(right, "{value}");
            }
        }
    }

    /// A course that earns its credit once loses some of what was posted, and gains none.
    #[test]
    fn credit_that_is_earned_once_is_never_more_than_was_posted(
        rule in select(&REPEAT_RULES[..]),
        same in select(&SAME[..]),
        postings in postings()
    ) {
        let totals = |credit: &'static str| {
            let settings = [
                ("repeats.rule", rule),
                ("repeats.same", same),
                ("repeats.credit", credit),
            ];
            assembled(&with(&settings), marks(&postings)).transcript.credits
        };
        let (posted, once) = (totals("'as_posted'"), totals("'once'"));
        prop_assert!(once.earned <= posted.earned);
        prop_assert!(once.attempted <= posted.attempted);
        prop_assert_eq!(once.in_progress, posted.in_progress);
    }

    /// Whatever a cap counts, it takes from the bonus alone.
    #[test]
    fn a_cap_in_courses_takes_nothing_but_bonus(
        caps in select(&CAPS[1..]),
        same in select(&SAME[..]),
        postings in postings()
    ) {
        let csu = |caps: &'static str| {
            let policy = with(&[("repeats.same", same), ("gpa.csu.bonus.cap", caps)]);
            let traces = traces(&policy, marks(&postings));
            named(&traces, "csu").clone()
        };
        let (free, capped) = (csu("[]"), csu(caps));
        let points = |trace: &AverageTrace| -> i128 {
            let taken = trace.taken.iter();
            let products = taken.map(|taken| {
                i128::from(taken.points.thousandths()) * i128::from(taken.credits.thousandths())
            });
            products.sum()
        };
        prop_assert_eq!(points(&free), points(&capped));
        prop_assert_eq!(free.credit_counted, capped.credit_counted);
        prop_assert!(points(&capped) <= capped.points_times_credits);
        prop_assert!(capped.points_times_credits <= free.points_times_credits);
    }
}
