//! What only looks like a finding: cases of which the audit says nothing.

use jiff::civil::date;
use registrar::record::*;

use crate::cases::MakeWrong;
use crate::made_wrong::*;
use crate::record::{Given, Semesters as _, credits, grade, mark, total};

/// What looks like a finding and is none.
const NO_FINDINGS: &[(&str, MakeWrong)] = &[
    ("the clean record", |_| {}),
    (
        "a mark changed by decision, under figures of before",
        changed,
    ),
    ("a mark changed by decision, under figures of after", |it| {
        changed(it);
        it.record.totals = vec![total("gpa:unweighted", "2.5")];
    }),
    ("two rows that were found to be of one person", |it| {
        let mut other = it.record.enrolments[0].clone();
        other.person = "2".into();
        it.record.enrolments.push(other);
    }),
    ("half a term's days with half of its credit", |it| {
        half_a_term(it, "2.5");
    }),
    (
        "a half of a course, failed, and a quarter of its other half",
        |it| half_then(it, "3"),
    ),
    (
        "a half of a course, failed, and a quarter of it where its student went amid the year",
        |it| {
            half_then(it, "2");
            let first = &mut it.mark(0).term;
            first.school_year = SchoolYear::beginning(2025).expect("a year");
            (first.begins_on, first.ends_on) = (date(2025, 8, 14), date(2025, 12, 19));
        },
    ),
    (
        "a half of a course, and a quarter of its other half",
        |it| {
            half_then(it, "3");
            it.mark(0).mark.mark = Some("C".into());
            it.mark(0).mark.credit_earned = credits("5");
            it.record.totals = vec![total("credit_earned", "7.5")];
        },
    ),
    ("a summer course in an intersession", |it| {
        it.mark(0).mark.kind = MarkKind::Summer;
        it.mark(0).term.kind = TermKind::Intersession;
    }),
    (
        "a student who is in a lower grade than the year before",
        |it| {
            let mut before = it.record.enrolments[0].clone();
            (before.entered_on, before.left_on) = (date(2024, 8, 12), Some(date(2025, 6, 10)));
            before.grade_level = grade(10);
            it.record.enrolments[0].entered_on = date(2025, 8, 12);
            it.record.enrolments.insert(0, before);
            let first = it.mark(0);
            first.mark.grade_level = grade(10);
            first.term.school_year = SchoolYear::beginning(2024).expect("a year");
            (first.term.begins_on, first.term.ends_on) = (date(2024, 8, 14), date(2024, 12, 19));
        },
    ),
    (
        "a grade to which the student was promoted amid the year",
        |it| {
            let mut promoted = it.record.enrolments[0].clone();
            promoted.entered_on = date(2026, 1, 12);
            promoted.grade_level = grade(10);
            it.record.enrolments[0].left_on = Some(date(2026, 1, 11));
            it.record.enrolments.push(promoted);
            it.mark(1).mark.grade_level = grade(10);
        },
    ),
    ("an average that both say there is none of", |it| {
        for place in [0, 1] {
            it.mark(place).mark.mark = Some("P".into());
        }
        it.record.totals = vec![total("gpa:unweighted", "N/A")];
    }),
    (
        "a year's course whose first part was taken elsewhere, and whose second posts all credit",
        |it| {
            year_course(it);
            for place in [0, 1] {
                let course = &mut it.mark(place).course;
                course.sequence = Some("english".into());
                course.level = Some("9".into());
            }
            it.mark(0).mark.taken_at = Some("Liceo Central".into());
            it.mark(0).mark.kind = MarkKind::Transfer;
        },
    ),
    ("figures with other zeros", |it| {
        it.record.totals = vec![
            total("credit_earned", "010.000"),
            total("gpa:unweighted", "3.50"),
        ];
    }),
    (
        "a year course that posts 0 and 10, known by its state code",
        |it| {
            year_course(it);
            it.mark(0).course.state_course_code = Some("9114".into());
            it.mark(1).course.state_course_code = Some("9114".into());
        },
    ),
    (
        "a year course that posts 0 and 10, known by its sequence",
        |it| {
            year_course(it);
            for place in [0, 1] {
                let course = &mut it.mark(place).course;
                course.sequence = Some("mathematics".into());
                course.level = Some("1".into());
            }
        },
    ),
    (
        "a year course that earns with its last part what the first attempted",
        |it| {
            it.mark(0).mark.credit_earned = credits("0");
            it.mark(1).mark.credit_earned = credits("10");
            it.mark(0).course.state_course_code = Some("9114".into());
            it.mark(1).course.state_course_code = Some("9114".into());
        },
    ),
    (
        "a college course of more credit than the catalogue's number for it",
        |it| {
            let marked = &mut it.mark(0).mark;
            marked.taken_at = Some("Valley College".into());
            marked.kind = MarkKind::DualEnrolment;
            (marked.credit_attempted, marked.credit_earned) = (credits("10"), credits("10"));
            it.record.totals = vec![total("credit_earned", "15")];
        },
    ),
    ("two parts of a course, at two schools amid a term", |it| {
        let part = elsewhere(it, "1.875");
        it.record.marks.push(part);
        it.mark(0).mark.credit_attempted = credits("3.125");
        it.mark(0).mark.credit_earned = credits("3.125");
        it.record.totals = vec![total("credit_earned", "10")];
    }),
    ("two equal parts of a course at one school", |it| {
        for place in [0, 1] {
            it.mark(place).mark.credit_attempted = credits("2.5");
            it.mark(place).mark.credit_earned = credits("2.5");
        }
        let part = it.record.marks[0].clone();
        it.record.marks.push(part);
        it.mark(2).mark.posting = "3".into();
        it.record.totals = vec![total("credit_earned", "7.5")];
    }),
    ("withdrawn, and taken up again in the same term", |it| {
        let mut withdrawn = mark("3", Term::fall(), "ENG-A", "W");
        withdrawn.mark.credit_attempted = Credits::ZERO;
        withdrawn.mark.credit_earned = Credits::ZERO;
        it.record.marks.push(withdrawn);
    }),
    (
        "a repeatable course twice in a term, with two marks",
        |it| {
            repeated(it);
            it.mark(2).mark.mark = Some("B".into());
            it.record.totals = vec![total("credit_earned", "15")];
        },
    ),
    ("a repeatable course in two terms, alike", |it| {
        repeated(it);
        it.mark(2).mark.term = "Spring 2026".into();
        it.mark(2).term = Term::spring();
        it.mark(2).mark.posted_at = None;
    }),
    ("two equal parts of a repeatable course", |it| {
        repeated(it);
        for place in [0, 2] {
            it.mark(place).mark.credit_attempted = credits("2.5");
            it.mark(place).mark.credit_earned = credits("2.5");
        }
        it.record.totals = vec![total("credit_earned", "10")];
    }),
    (
        "both halves of a year under one number, one beginning on the last day of the other",
        |it| {
            it.mark(1).mark.course = "ENG-A".into();
            it.mark(1).course = it.mark(0).course.clone();
            it.mark(0).term.ends_on = it.mark(1).term.begins_on;
            let (same, halves) = ("same = \"number\"", "same = \"number_and_semester\"");
            it.policy = it.policy.replace(same, halves);
        },
    ),
    (
        "two college courses under one number of the catalogue",
        |it| {
            for (posting, title) in [("3", "SOC 1"), ("4", "SOC 2")] {
                let mut college = mark(posting, Term::fall(), "COLLEGE", "A");
                college.mark.title = Some(title.into());
                college.mark.taken_at = Some("Valley College".into());
                college.mark.kind = MarkKind::DualEnrolment;
                it.record.marks.push(college);
            }
            it.record.totals = vec![total("credit_earned", "20")];
        },
    ),
    (
        "the two parts of a course in one term, under one title",
        |it| {
            let mut second = mark("3", Term::fall(), "ENG-A2", "A");
            second.course.title = "Course ENG-A".into();
            second.course.part = Some("2".into());
            it.record.marks.push(second);
            it.record.totals = vec![total("credit_earned", "15")];
        },
    ),
    (
        "a course whose credit was earned in the year after it was failed",
        |it| {
            it.mark(0).mark.credit_earned = Credits::ZERO;
            it.mark(0).mark.mark = Some("F".into());
            it.mark(1).mark.course = "ENG-A".into();
            it.mark(1).course.course = "ENG-A".into();
            it.record.totals = vec![total("credit_earned", "5")];
        },
    ),
    ("a course passed twice that earns its credit once", |it| {
        it.mark(1).mark.course = "ENG-A".into();
        it.mark(1).course.course = "ENG-A".into();
        let (posted, once) = ("credit = \"as_posted\"", "credit = \"once\"");
        it.policy = it.policy.replace(posted, once);
        it.record.totals = vec![total("credit_earned", "5")];
    }),
    (
        "an F in a course, and two that may repeat it named as one",
        |it| {
            failed_first(it);
            it.mark(1).course.title = "COURSE ENG-A".into();
            it.policy
                .push_str("\n[[repeats.equivalent]]\ncourses = [\"ENG-A\", \"ENG-B\"]\n");
        },
    ),
    ("an F made good, and a further course of its title", |it| {
        failed_first(it);
        it.mark(1).course = it.mark(0).course.clone();
        it.mark(1).mark.course = it.mark(0).mark.course.clone();
        let mut more = mark("3", Term::spring(), "ENG-A2", "A");
        (more.term.begins_on, more.term.kind) = (date(2026, 6, 8), TermKind::Summer);
        (more.term.ends_on, more.mark.posted_at) = (date(2026, 6, 11), None);
        more.mark.kind = MarkKind::Summer;
        more.course.title = "COURSE ENG-A".into();
        it.record.marks.push(more);
        it.record.totals = vec![total("credit_earned", "10")];
    }),
    ("a C, and another course of its title", |it| {
        it.mark(0).mark.mark = Some("C".into());
        it.mark(1).course.title = "COURSE ENG-A".into();
        it.record.totals = vec![total("credit_earned", "10")];
    }),
    (
        "marks of summer, transfer and college outside of any enrolment",
        |it| {
            it.record.enrolments[0].entered_on = date(2026, 2, 1);
            it.mark(0).mark.kind = MarkKind::Transfer;
            let mut summer = mark("3", Term::fall(), "ART", "A");
            summer.mark.kind = MarkKind::Summer;
            summer.term.kind = TermKind::Summer;
            it.record.marks.push(summer);
            it.record.totals = vec![total("credit_earned", "15")];
        },
    ),
    ("planned courses of a year to come", |it| {
        let mut planned = mark("3", Term::fall(), "ART", "A");
        planned.term.school_year = SchoolYear::beginning(2026).expect("a year");
        planned.term.begins_on = date(2026, 8, 13);
        planned.term.ends_on = date(2026, 12, 18);
        planned.mark.kind = MarkKind::Planned;
        planned.mark.mark = None;
        planned.mark.posted_at = None;
        planned.mark.credit_earned = Credits::ZERO;
        it.record.marks.push(planned);
    }),
    ("a course retired after its term began", |it| {
        it.mark(1).course.retired_on = Some(date(2026, 1, 12));
    }),
    ("one school after the other, and back again", |it| {
        it.record.enrolments[0].left_on = Some(date(2023, 6, 14));
        let mut again = it.record.enrolments[0].clone();
        (again.entered_on, again.left_on) = (date(2023, 6, 14), None);
        it.record.enrolments.push(again);
    }),
    ("a student of 22", |it| {
        it.record.person.birth_date = date(1999, 8, 16);
    }),
    ("a student of 23 where the district says 25", |it| {
        it.record.person.birth_date = date(1999, 8, 15);
        it.policy
            .push_str("\n[audit]\nstudent_age_years_max = 25\n");
    }),
    ("a student of fifty at an adult school", |it| {
        it.record.person.birth_date = date(1976, 2, 3);
        let school = it.directory.schools.get_mut("S").expect("the school");
        school.kind = SchoolKind::Adult;
    }),
    (
        "a student of fifty at a school that the district names",
        |it| {
            it.record.person.birth_date = date(1976, 2, 3);
            it.policy.push_str("\n[audit]\nadults_at = [\"S\"]\n");
        },
    ),
    ("a diploma decades later", |it| {
        it.record.person.birth_date = date(1999, 8, 16);
        let late = award(AwardKind::Diploma, date(2026, 6, 11));
        it.record.awards.push(late);
    }),
    ("a withdrawal posted before its term's end", |it| {
        it.mark(1).mark.posted_at = "2026-02-10T20:00:00Z".parse().ok();
    }),
    ("no declared figure, and nothing posted", |it| {
        it.record.totals.clear();
        it.record.marks.clear();
    }),
    ("a hold that is over", |it| {
        let over = hold(date(2026, 5, 21), Some(date(2026, 6, 11)));
        it.record.decisions.holds.push(over);
    }),
    ("a pass in place of a letter below the average", |it| {
        passed(it, 1);
    }),
    ("a general designation", |it| {
        it.mark(0).course.title = "Basic English 9, Level 1".into();
    }),
];

#[test]
fn what_only_looks_like_a_finding_is_none() {
    for (what, make) in NO_FINDINGS {
        let mut given = Given::clean();
        make(&mut given);
        assert_eq!(given.findings(), [], "{what}");
    }
}
