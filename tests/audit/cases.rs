//! One case a check at least: what it must find; what is wrong with a time stands in
//! `cases_of_time.rs`. What holds of each is in `each_case.rs`, what only looks like a case in
//! `sound.rs`.

use jiff::civil::date;
use registrar::record::*;
use registrar::transcript::audit::Namesake;

use crate::made_wrong::{
    accepted, award, changed, differing, elsewhere, failed_first, half_a_term, half_then, hold,
    passed, repeated,
};
use crate::record::{Given, Semesters as _, credits, mark, total};

pub type MakeWrong = fn(&mut Given);
/// A case: a clean record made wrong in one way, and what is found then.
pub type Case = (
    &'static str,
    MakeWrong,
    &'static [(&'static str, &'static str)],
);

pub const CASES: &[Case] = &[
    (
        "a declared figure that is another number",
        |it| it.record.totals[1] = total("credit_earned", "15"),
        &[("total_differs", "totals credit_earned")],
    ),
    (
        "a declared average with fewer decimals is another number",
        |it| {
            it.mark(1).mark.mark = Some("C".into());
            it.mark(0).mark.credit_attempted = credits("10");
            it.mark(0).mark.credit_earned = credits("10");
            it.mark(0).course.credit_value = credits("10");
            it.record.totals = vec![total("gpa:unweighted", "3.33")];
        },
        &[("total_differs", "totals gpa:unweighted")],
    ),
    (
        "a declared average where nothing counts",
        |it| {
            it.mark(0).mark.mark = Some("P".into());
            it.mark(1).mark.mark = Some("P".into());
        },
        &[("total_differs", "totals gpa:unweighted")],
    ),
    (
        "an average that the policy does not define",
        |it| it.record.totals.push(total("gpa:academic", "3.5")),
        &[("total_unknown", "totals gpa:academic")],
    ),
    (
        "no declared figure",
        |it| it.record.totals.clear(),
        &[("total_missing", "people 1")],
    ),
    (
        "credit with marks that stand for what was not completed",
        |it| {
            it.mark(0).mark.mark = Some("W".into());
            it.mark(1).mark.mark = Some("NP".into());
            it.record.totals = vec![total("credit_earned", "10")];
        },
        &[
            ("credit_without_pass", "marks 1"),
            ("credit_without_pass", "marks 2"),
        ],
    ),
    (
        "one posting twice",
        |it| {
            let again = mark("3", Term::fall(), "ENG-A", "A");
            it.record.marks.push(again);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("posting_twice", "marks 3")],
    ),
    (
        "one course with two marks",
        |it| {
            let again = mark("3", Term::fall(), "ENG-A", "C");
            it.record.marks.push(again);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("postings_conflict", "marks 3")],
    ),
    (
        "one posting twice, under two codes of one term",
        |it| {
            let mut again = mark("3", Term::fall(), "ENG-A", "A");
            (again.mark.term, again.term.term) = ("2025-1".into(), "2025-1".into());
            // The catalogue's title, which the posting gives itself.
            again.mark.title = Some("Course eng-a".into());
            it.record.marks.push(again);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("posting_twice", "marks 3")],
    ),
    (
        "a repeatable course twice in a term, alike in everything",
        repeated,
        &[("postings_alike", "marks 3")],
    ),
    (
        "a repeatable course three times in a term, twice by another system",
        |it| {
            repeated(it);
            let mut third = it.record.marks[2].clone();
            (third.source, third.mark.posting) = ("charter".into(), "1".into());
            third.mark.person = "2".into();
            it.record.marks.push(third);
            it.record.totals = vec![total("credit_earned", "20")];
        },
        &[("postings_alike", "marks 3")],
    ),
    (
        "one course under two numbers in a term",
        |it| {
            let mut again = mark("3", Term::fall(), "ENG-A2", "A");
            again.course.title = "COURSE ENG-A".into();
            it.record.marks.push(again);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("course_twice_in_term", "marks 3")],
    ),
    (
        "one course beside itself in progress",
        |it| {
            let mut again = mark("3", Term::fall(), "ENG-A", "A");
            again.mark.kind = MarkKind::InProgress;
            (again.mark.mark, again.mark.credit_earned) = (None, Credits::ZERO);
            it.record.marks.push(again);
        },
        &[
            ("course_twice_in_term", "marks 3"),
            ("ahead_in_the_past", "marks 3"),
        ],
    ),
    (
        "one course at two schools for more than it is worth",
        |it| {
            let other = elsewhere(it, "5");
            it.record.marks.push(other);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("course_twice_in_term", "marks 3")],
    ),
    (
        "one course from two systems that date its term apart by a day",
        |it| {
            let mut again = mark("3", Term::fall(), "ENG-A", "A");
            again.term.begins_on = date(2025, 8, 13);
            again.source = "charter".into();
            again.mark.person = "2".into();
            it.record.marks.push(again);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("course_twice_in_term", "marks 3")],
    ),
    (
        "one course under two numbers of one student",
        |it| {
            let mut again = mark("3", Term::fall(), "ENG-A", "A");
            again.source = "charter".into();
            again.mark.person = "2".into();
            it.record.marks.push(again);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("posting_twice", "marks 3")],
    ),
    (
        "one course from the school that taught it and from the one that accepted it",
        |it| {
            let mut other = elsewhere(it, "5");
            other.mark.course = "TRANSFER".into();
            other.mark.title = Some("COURSE ENG-A".into());
            other.mark.taken_at = Some("Alder Academy".into());
            other.mark.kind = MarkKind::Transfer;
            it.record.marks.push(other);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("course_twice_in_term", "marks 3")],
    ),
    (
        "one course from two systems, of which one accepted it by the school's name: two marks",
        |it| {
            let other = accepted(it, "B");
            it.record.marks.push(other);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("postings_conflict", "marks 3")],
    ),
    (
        "one course from two systems, of which one accepted it by the school's name: one mark",
        |it| {
            let other = accepted(it, "A");
            it.record.marks.push(other);
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("posting_twice", "marks 3")],
    ),
    (
        "an F, and the course under another number of the school",
        |it| {
            failed_first(it);
            it.mark(1).course.title = "COURSE ENG-A".into();
        },
        &[("repeat_unclear", "marks 2")],
    ),
    (
        "an F, and another title under the number of the first",
        |it| {
            failed_first(it);
            it.mark(1).course = it.mark(0).course.clone();
            it.mark(1).mark.course = it.mark(0).mark.course.clone();
            for (place, title) in [(0, "French one"), (1, "Français 1")] {
                it.mark(place).mark.title = Some(title.into());
            }
        },
        &[("repeat_unclear", "marks 2")],
    ),
    (
        "an F, and another course of the same step of its sequence",
        |it| {
            failed_first(it);
            for place in [0, 1] {
                let course = &mut it.mark(place).course;
                course.sequence = Some("english".into());
                course.level = Some("9".into());
            }
        },
        &[("repeat_unclear", "marks 2")],
    ),
    (
        "an F of a semester, and a quarter of that half in the next year",
        |it| half_then(it, "2"),
        &[("repeat_unclear", "marks 2")],
    ),
    (
        "a half of a course, and then a quarter of that half",
        |it| {
            half_then(it, "1");
            it.mark(0).mark.mark = Some("C".into());
            it.mark(0).mark.credit_earned = credits("5");
            it.record.totals = vec![total("credit_earned", "7.5")];
        },
        &[("credit_twice", "marks 2")],
    ),
    (
        "the same where a repeated course earns its credit once, for these are no attempts",
        |it| {
            half_then(it, "1");
            it.mark(0).mark.mark = Some("C".into());
            it.mark(0).mark.credit_earned = credits("5");
            it.record.totals = vec![total("credit_earned", "7.5")];
            let as_posted = "credit = \"as_posted\"";
            it.policy = it.policy.replacen(as_posted, "credit = \"once\"", 1);
        },
        &[("credit_twice", "marks 2")],
    ),
    (
        "a course that was passed twice",
        |it| {
            it.mark(1).mark.course = "ENG-A".into();
            it.mark(1).course.course = "ENG-A".into();
        },
        &[("credit_twice", "marks 2")],
    ),
    (
        "more earned than attempted",
        |it| {
            it.mark(0).mark.credit_attempted = credits("2.5");
            it.record.totals = vec![total("credit_earned", "10")];
        },
        &[("earned_above_attempted", "marks 1")],
    ),
    (
        "more earned than attempted, after an attempt of another year that earned nothing",
        |it| {
            let mut failed = mark("3", Term::fall(), "ENG-B", "F");
            failed.mark.credit_earned = Credits::ZERO;
            failed.term.school_year = SchoolYear::beginning(2024).expect("a year");
            failed.term.begins_on = date(2024, 8, 14);
            failed.term.ends_on = date(2024, 12, 19);
            failed.mark.posted_at = None;
            it.record.marks.push(failed);
            it.mark(1).mark.credit_attempted = credits("2.5");
            it.record.totals = vec![total("credit_earned", "10")];
        },
        &[("earned_above_attempted", "marks 2")],
    ),
    (
        "more earned than the course is worth",
        |it| {
            it.mark(0).mark.credit_attempted = credits("10");
            it.mark(0).mark.credit_earned = credits("10");
            it.record.totals = vec![total("credit_earned", "15")];
        },
        &[("earned_above_value", "marks 1")],
    ),
    (
        "a failing mark with credit",
        |it| {
            it.mark(1).mark.mark = Some("F".into());
            it.record.totals = vec![total("credit_earned", "10")];
        },
        &[("credit_without_pass", "marks 2")],
    ),
    (
        "a waived requirement with credit",
        |it| {
            it.mark(1).mark.mark = Some("X".into());
            it.record.totals = vec![total("credit_earned", "10")];
        },
        &[("credit_without_pass", "marks 2")],
    ),
    (
        "a diploma that two systems date apart",
        |it| {
            for (school, day) in [("T", date(2026, 6, 10)), ("S", date(2026, 6, 11))] {
                let mut diploma = award(AwardKind::Diploma, day);
                diploma.school = school.into();
                it.record.awards.push(diploma);
            }
        },
        &[("awards_differ", "awards diploma")],
    ),
    (
        "a plan that another system does not have so",
        |it| {
            let plan = |school: &str, plan: &str| GraduationPlan {
                school: school.into(),
                person: "1".into(),
                plan: plan.into(),
                entered_grade_9: SchoolYear::beginning(2025).expect("a year"),
            };
            it.record.plan = Some(plan("S", "district-210"));
            it.record.plans_otherwise = vec![plan("T", "state-minimum")];
        },
        &[("plans_differ", "plans state-minimum")],
    ),
    (
        "half a term's days with almost all of its credit",
        |it| half_a_term(it, "4"),
        &[("partial_credit_differs", "marks 1")],
    ),
    (
        "another person of the same name and date of birth",
        |it| {
            it.beside.namesakes.push(Namesake {
                school: "T".into(),
                person: "77".into(),
                source: "charter".into(),
                is_near: false,
            });
        },
        &[("person_twice", "people 1")],
    ),
    (
        "a date of birth of more people than are compared",
        |it| it.beside.not_compared = true,
        &[("person_not_compared", "people 1")],
    ),
    (
        "two dates of birth under one state id",
        |it| it.beside.differing.push(differing([true, false, false])),
        &[("person_mixed", "people 1")],
    ),
    (
        "given names of two people under one state id",
        |it| it.beside.differing.push(differing([false, true, false])),
        &[("person_mixed", "people 1")],
    ),
    (
        "two names under one state id",
        |it| it.beside.differing.push(differing([false, false, true])),
        &[("person_names", "people 1")],
    ),
    (
        "a posting's own title that names special education",
        |it| it.mark(0).mark.title = Some("Special Education English".into()),
        &[("disability_word", "marks 1")],
    ),
    (
        "a character without a glyph",
        |it| {
            let problem = (
                "student.name holds U+674E".into(),
                "give a printed name".into(),
            );
            it.beside.unprintable.push(problem);
        },
        &[("glyph_missing", "people 1")],
    ),
    (
        "rows that did not land",
        |it| it.record.held.push("rows in marks did not land".into()),
        &[("held", "people 1")],
    ),
    (
        "rows that did not land hide no other finding",
        |it| {
            it.record.held.push("rows in marks did not land".into());
            it.record.totals[1] = total("credit_earned", "15");
        },
        &[
            ("held", "people 1"),
            ("total_differs", "totals credit_earned"),
        ],
    ),
    (
        "a decision about a mark that the posting no longer carries",
        |it| {
            passed(it, 1);
            it.mark(1).mark.mark = Some("B".into());
            it.record.decisions.marks[0].applied = false;
        },
        &[("decision_without_effect", "marks 2")],
    ),
    (
        "a pass in place of a letter above the average",
        |it| passed(it, 0),
        &[("pass_lowers_average", "pass_marks P")],
    ),
    (
        "a mark that was changed to a waiver, without credit",
        |it| {
            changed(it);
            let x = "X".to_owned();
            it.record.decisions.marks[0].to_mark.clone_from(&x);
            it.record.decisions.marks[0].to_credit = Credits::ZERO;
            it.mark(0).mark.mark = Some(x);
            it.mark(0).mark.credit_earned = Credits::ZERO;
        },
        &[("mark_change_waives", "mark_changes M")],
    ),
    (
        "a former name in the note of a document",
        |it| {
            let row = RowName::new("name_changes", "S", "1", "N");
            it.record.decisions.former_names.push(row);
        },
        &[("former_name_kept", "name_changes N")],
    ),
    (
        "copies withheld",
        |it| it.record.decisions.holds.push(hold(date(2026, 6, 1), None)),
        &[("withheld", "people 1")],
    ),
    (
        "nobody's student",
        |it| {
            it.record.enrolments.clear();
            it.record.marks.clear();
            it.record.totals.clear();
        },
        &[("no_enrolment", "people 1")],
    ),
    (
        "a school that is not in the records",
        |it| it.directory.schools.clear(),
        &[("school_unknown", "people 1")],
    ),
    (
        "a posting of a course that its school does not have",
        |it| {
            it.record
                .faults
                .push("posting `9` names the course `X`".into())
        },
        &[("course_unknown", "people 1")],
    ),
    (
        "a mark that is not on the scale",
        |it| {
            it.mark(1).mark.mark = Some("E".into());
            it.record.totals.truncate(2);
        },
        &[("mark_not_on_scale", "marks 2")],
    ),
    (
        "a posted course without a mark",
        |it| {
            it.mark(1).mark.mark = None;
            it.record.totals.truncate(2);
        },
        &[("mark_not_on_scale", "marks 2")],
    ),
    (
        "a plan that the policy does not have",
        |it| {
            it.record.plan = Some(GraduationPlan {
                school: "S".into(),
                person: "1".into(),
                plan: "gold".into(),
                entered_grade_9: SchoolYear::beginning(2025).expect("a year"),
            });
        },
        &[("plan_unknown", "plans gold")],
    ),
];
