//! Cases in which a day, a term, a grade level or an enrolment contradicts another.

use jiff::civil::date;
use registrar::record::*;

use crate::cases::Case;
use crate::made_wrong::award;
use crate::record::{Semesters as _, grade, mark, total};

pub const CASES_OF_TIME: &[Case] = &[
    (
        "a posting of another grade than the enrolment's",
        |it| it.mark(1).mark.grade_level = grade(10),
        &[("grade_level_differs", "marks 2")],
    ),
    (
        "a lower grade than in an earlier year, at a time without an enrolment of that school",
        |it| {
            let year = SchoolYear::beginning(2024).expect("a year");
            let first = it.mark(0);
            first.mark.grade_level = grade(12);
            first.term.school_year = year;
            (first.term.begins_on, first.term.ends_on) = (date(2024, 8, 14), date(2024, 12, 19));
            it.record.enrolments.clear();
        },
        &[
            ("no_enrolment", "people 1"),
            ("mark_outside_enrolment", "marks 1"),
            ("mark_outside_enrolment", "marks 2"),
            ("grade_level_differs", "marks 2"),
        ],
    ),
    (
        "a summer course in the autumn",
        |it| it.mark(0).mark.kind = MarkKind::Summer,
        &[("summer_elsewhen", "marks 1")],
    ),
    (
        "work in progress in a term before one with marks",
        |it| {
            let ahead = it.mark(0);
            ahead.mark.kind = MarkKind::InProgress;
            (ahead.mark.mark, ahead.mark.credit_earned) = (None, Credits::ZERO);
            it.record.totals = vec![total("credit_earned", "5")];
        },
        &[("ahead_in_the_past", "marks 1")],
    ),
    (
        "a mark of a school where the student was not then",
        |it| it.record.enrolments[0].left_on = Some(date(2025, 12, 19)),
        &[("mark_outside_enrolment", "marks 2")],
    ),
    (
        "a mark before the first day of school",
        |it| it.record.enrolments[0].entered_on = date(2026, 1, 12),
        &[("mark_outside_enrolment", "marks 1")],
    ),
    (
        "marks of years of which no enrolment tells, each",
        |it| {
            it.record.enrolments[0].entered_on = date(2026, 6, 11);
            for posting in 3..=7 {
                let course = format!("ART-{posting}");
                let more = mark(&posting.to_string(), Term::fall(), &course, "A");
                it.record.marks.push(more);
            }
            it.record.totals = vec![total("credit_earned", "35")];
        },
        &[
            ("mark_outside_enrolment", "marks 1"),
            ("mark_outside_enrolment", "marks 2"),
            ("mark_outside_enrolment", "marks 3"),
            ("mark_outside_enrolment", "marks 4"),
            ("mark_outside_enrolment", "marks 5"),
            ("mark_outside_enrolment", "marks 6"),
            ("mark_outside_enrolment", "marks 7"),
        ],
    ),
    (
        "a course that was not offered any more",
        |it| it.mark(1).course.retired_on = Some(date(2025, 12, 31)),
        &[("course_retired", "marks 2")],
    ),
    (
        "an enrolment before the age of going to school",
        |it| {
            it.record.enrolments[0].grade_level = GradeLevel::new(1).expect("a grade");
            it.record.enrolments[0].entered_on = date(2009, 8, 15);
        },
        &[
            ("grade_level_differs", "marks 1"),
            ("grade_level_differs", "marks 2"),
            ("date_impossible", "enrolments 2009-08-15"),
        ],
    ),
    (
        "a freshman of seven",
        |it| it.record.person.birth_date = date(2015, 3, 9),
        &[("date_impossible", "enrolments 2022-08-15")],
    ),
    (
        "a freshman of 23, told once for all years",
        |it| {
            it.record.person.birth_date = date(1999, 8, 15);
            let mut again = it.record.enrolments[0].clone();
            it.record.enrolments[0].left_on = Some(date(2023, 6, 9));
            again.entered_on = date(2023, 8, 15);
            it.record.enrolments.push(again);
        },
        &[("date_impossible", "enrolments 2022-08-15")],
    ),
    (
        "one school entered twice and never left",
        |it| {
            let mut again = it.record.enrolments[0].clone();
            again.entered_on = date(2023, 8, 15);
            it.record.enrolments.push(again);
        },
        &[("date_impossible", "enrolments 2022-08-15")],
    ),
    (
        "a term that is not in its school year",
        |it| it.mark(1).term.school_year = SchoolYear::beginning(2052).expect("a year"),
        &[("date_impossible", "marks 2")],
    ),
    (
        "two marks in a term that is not in its school year",
        |it| {
            it.mark(1).term.school_year = SchoolYear::beginning(2052).expect("a year");
            let mut more = it.mark(1).clone();
            (more.mark.posting, more.mark.course) = ("3".into(), "ART".into());
            more.course.title = "Ceramics".into();
            it.record.marks.push(more);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("date_impossible", "marks 2")],
    ),
    (
        "a mark posted before its term began",
        |it| it.mark(1).mark.posted_at = "2025-06-10T20:00:00Z".parse().ok(),
        &[("date_impossible", "marks 2")],
    ),
    (
        "a mark posted after today",
        |it| it.mark(1).mark.posted_at = "2062-06-10T20:00:00Z".parse().ok(),
        &[("date_impossible", "marks 2")],
    ),
    (
        "a mark of a term to come",
        |it| it.on = date(2026, 1, 2),
        &[("date_impossible", "marks 2")],
    ),
    (
        "a diploma of tomorrow",
        |it| {
            it.record
                .awards
                .push(award(AwardKind::Diploma, date(2026, 6, 13)))
        },
        &[("date_impossible", "awards diploma")],
    ),
    (
        "a diploma of a child",
        |it| {
            it.record
                .awards
                .push(award(AwardKind::Diploma, date(2016, 6, 12)))
        },
        &[("date_impossible", "awards diploma")],
    ),
];
