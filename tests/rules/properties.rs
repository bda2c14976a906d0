//! What holds of every record.

use jiff::civil::date;
use proptest::prelude::*;
use registrar::record::*;
use registrar::transcript::*;

use crate::case::{directory, empty, request};

const POLICY: &str = include_str!("../../report-templates/transcript/policy.toml");

/// One posting: grade, whether in summer, course, area, honors, mark, half credits.
type Posting = (i8, bool, u8, u8, u8, u8, u8);

fn postings() -> impl Strategy<Value = Vec<Posting>> {
    let posting = (
        9i8..=12,
        any::<bool>(),
        0u8..12,
        0u8..4,
        0u8..6,
        0u8..12,
        0u8..=20,
    );
    proptest::collection::vec(posting, 0..30)
}

const MARKS: [&str; 12] = [
    "A", "A-", "B+", "B", "C", "C-", "D", "F", "P", "NP", "W", "I",
];

fn recorded(number: usize, posting: Posting) -> RecordedMark {
    let (grade, summer, course, area, honors, mark, half_credits) = posting;
    let grade_level = GradeLevel::new(grade).expect("a grade");
    let year = 2013 + i16::from(grade);
    let term = format!("{year}-{}", if summer { "S" } else { "F" });
    let begins_on = if summer {
        date(year + 1, 6, 20)
    } else {
        date(year, 8, 14)
    };
    let credits = Credits::from_thousandths(i64::from(half_credits) * 500);
    let course_place = usize::from(course);
    let course = format!("C-{course}");
    RecordedMark {
        source: "t".into(),
        mark: Mark {
            school: "S".into(),
            posting: format!("{number:03}"),
            person: "1".into(),
            term: term.clone(),
            course: course.clone(),
            title: None,
            taken_at: None,
            kind: if summer {
                MarkKind::Summer
            } else {
                MarkKind::Regular
            },
            mark: Some(MARKS[usize::from(mark)].into()),
            credit_attempted: credits,
            credit_earned: credits,
            grade_level,
            posted_by: None,
            posted_at: None,
        },
        term: Term {
            school: "S".into(),
            term: term.clone(),
            name: term,
            school_year: SchoolYear::beginning(year).expect("a year"),
            kind: if summer {
                TermKind::Summer
            } else {
                TermKind::Semester
            },
            begins_on,
            ends_on: begins_on,
        },
        course: Course {
            school: "S".into(),
            course,
            title: "Course".into(),
            subject: ["english", "mathematics", "language", "health"][course_place % 4].into(),
            ag_area: [None, Some(AgArea::B), Some(AgArea::C), Some(AgArea::G)][usize::from(area)],
            honors: HonorsKind::ALL[usize::from(honors)],
            state_course_code: None,
            credit_value: credits,
            sequence: (course_place % 4 != 0).then(|| format!("sequence-{}", course_place % 4)),
            level: Some((course_place / 4 + 1).to_string()),
            part: Some((course_place % 2 + 1).to_string()),
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

fn progress(marks: Vec<RecordedMark>) -> Progress {
    let policy = Policy::parse(POLICY).expect("a policy");
    Progress::of(&policy, &record(marks), "en")
}

fn traces(marks: Vec<RecordedMark>) -> Vec<AverageTrace> {
    assembled(POLICY, marks).traces
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
        (postings, order) in postings().prop_flat_map(|postings| {
            let places: Vec<usize> = (0..postings.len()).collect();
            (Just(postings), Just(places).prop_shuffle())
        })
    ) {
        let marks = marks(&postings);
        let shuffled: Vec<_> = order.iter().map(|place| marks[*place].clone()).collect();
        prop_assert_eq!(progress(marks.clone()), progress(shuffled.clone()));
        let (one, other) = (assembled(POLICY, marks), assembled(POLICY, shuffled));
        prop_assert_eq!(one.traces, other.traces);
        prop_assert_eq!(one.transcript.credits, other.transcript.credits);
        prop_assert_eq!(one.transcript.requirements, other.transcript.requirements);
    }

    /// Credits have no size of their own: twice as many of them, and twice as many to a semester,
    /// are the same marks.
    #[test]
    fn the_size_of_a_credit_changes_no_average(postings in postings()) {
        let marks = marks(&postings);
        let mut twice = marks.clone();
        for recorded in &mut twice {
            let mark = &mut recorded.mark;
            mark.credit_attempted = mark.credit_attempted + mark.credit_attempted;
            mark.credit_earned = mark.credit_earned + mark.credit_earned;
        }
        let of_5 = "credits_per_semester = \"5\"";
        let policy = POLICY.replace(of_5, "credits_per_semester = \"10\"");
        assert_ne!(policy, POLICY);
        let values = |made: Assembled| -> Vec<Option<String>> {
            made.traces.into_iter().map(|trace| trace.value).collect()
        };
        prop_assert_eq!(values(assembled(POLICY, marks)), values(assembled(&policy, twice)));
    }

    /// No mark vanishes in favour of one that the average does not take either.
    #[test]
    fn what_replaces_a_mark_is_itself_taken(postings in postings()) {
        for trace in traces(marks(&postings)) {
            for out in &trace.left_out {
                let LeftOutReason::Repeat { code, counts } = &out.reason else { continue };
                if *code == RepeatCode::ReplacedNotCounted {
                    let taken = trace.taken.iter().any(|taken| taken.name.posting == *counts);
                    prop_assert!(taken, "{}: {:?}", trace.name, out);
                }
            }
        }
    }

    /// What is there and what is needed are together what is required, or more where a part of it
    /// is missing.
    #[test]
    fn nothing_is_both_missing_and_not_needed(postings in postings()) {
        let made = assembled(POLICY, marks(&postings));
        let requirements = made.transcript.requirements.expect("a plan");
        for row in requirements.subjects {
            prop_assert!(row.earned + row.needed >= row.required, "{row:?}");
        }
        let progress = progress(marks(&postings));
        for row in progress.college_preparation.expect("areas").areas {
            let reached = row.earned + row.validated + row.surplus + row.needed;
            prop_assert!(reached >= row.required, "{row:?}");
        }
    }

    #[test]
    fn every_mark_is_taken_or_left_out_once(postings in postings()) {
        for trace in traces(marks(&postings)) {
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
    fn a_capped_average_lies_between_the_unweighted_and_the_uncapped(postings in postings()) {
        let traces = traces(marks(&postings));
        let sum = |name: &str| named(&traces, name).points_times_credits;
        prop_assert!(sum("uc-unweighted") <= sum("uc-capped"));
        prop_assert!(sum("uc-capped") <= sum("uc-weighted"));
        let credits = |name: &str| named(&traces, name).credit_counted;
        prop_assert_eq!(credits("uc-unweighted"), credits("uc-capped"));
        prop_assert_eq!(credits("uc-weighted"), credits("uc-capped"));
    }

    #[test]
    fn no_more_than_eight_semesters_earn_the_point_and_four_of_grade_10(postings in postings()) {
        let marks = marks(&postings);
        let traces = traces(marks.clone());
        let trace = named(&traces, "uc-capped");
        let in_10 = |taken: &&TakenMark| {
            let number: usize = taken.name.posting.parse().expect("a number");
            let (grade, summer, ..) = postings[number];
            grade == 10 || (grade == 9 && summer)
        };
        let total: Credits = trace.taken.iter().map(|taken| taken.bonus_credits).sum();
        let of_10 = trace.taken.iter().filter(in_10);
        let of_10: Credits = of_10.map(|taken| taken.bonus_credits).sum();
        prop_assert!(total <= Credits::from_thousandths(40_000), "{total}");
        prop_assert!(of_10 <= Credits::from_thousandths(20_000), "{of_10}");
    }

    /// The printed figure recounted from its trace, in plain integers.
    #[test]
    fn a_figure_is_recounted_from_its_trace(postings in postings()) {
        for trace in traces(marks(&postings)) {
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
}
