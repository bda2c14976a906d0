//! The rows of a plan and of a-g counted a second time, in plain integers and by other means.
//!
//! The engine sorts one posting after the other; here a row is a sum that is cut off at what it
//! asks for. A course has one number and one title here: other repeats have cases of their own.

mod areas;
mod plan;

use std::collections::BTreeMap;

use proptest::prelude::*;
use registrar::record::*;

use crate::case::empty;
use crate::given::posted;

/// What of a course is asked here.
struct Of {
    course: &'static str,
    subject: &'static str,
    area: &'static str,
    sequence: &'static str,
    level: &'static str,
    part: &'static str,
}

const fn of(
    course: &'static str,
    subject: &'static str,
    area: &'static str,
    [sequence, level, part]: [&'static str; 3],
) -> Of {
    Of {
        course,
        subject,
        area,
        sequence,
        level,
        part,
    }
}

/// The college's course is the one of level 5.
const COURSES: [Of; 25] = [
    of("WH-1", "world_history", "a", ["", "", ""]),
    of("WH-2", "world_history", "", ["", "", ""]),
    of("US-1", "us_history", "a", ["", "", ""]),
    of("GOV", "government", "a", ["", "", ""]),
    of("ETH", "ethnic_studies", "a", ["", "", ""]),
    of("ENG", "english", "b", ["", "", ""]),
    of("JOU", "english", "", ["", "", ""]),
    of("ALG-A", "mathematics", "c", ["mathematics", "1", "1"]),
    of("ALG-B", "mathematics", "c", ["mathematics", "1", "2"]),
    of("GEO-A", "mathematics", "c", ["mathematics", "2", "1"]),
    of("GEO-B", "mathematics", "c", ["mathematics", "2", "2"]),
    of("ALG-2", "mathematics", "c", ["mathematics", "3", ""]),
    of(COLLEGE, "mathematics", "c", ["mathematics", "5", ""]),
    of("BUS", "mathematics", "", ["", "", ""]),
    of("BIO", "biological_science", "d", ["", "", ""]),
    of("CHE-A", "physical_science", "d", ["chemistry", "", "1"]),
    of("CHE-B", "physical_science", "d", ["chemistry", "", "2"]),
    of("PHY-A", "physical_science", "d", ["physics", "", "1"]),
    of("PHY-B", "physical_science", "d", ["physics", "", "2"]),
    of("SPA-1", "language", "e", ["spanish", "1", ""]),
    of("SPA-3", "language", "e", ["spanish", "3", ""]),
    of("FRE-1", "language", "e", ["french", "1", ""]),
    of("ART", "visual_performing_arts", "f", ["", "", ""]),
    of("PSY", "college_preparatory_elective", "g", ["", "", ""]),
    of("WORK", "work_experience", "", ["", "", ""]),
];
const COLLEGE: &str = "CALC";
const TERMS: [&str; 3] = ["fall", "spring", "summer after"];
/// In progress without one.
const MARKS: [&str; 8] = ["A", "C", "C-", "D", "F", "P", "W", ""];
const CREDITS: [&str; 3] = ["2.5", "5", "10"];
/// Of who entered in 2018-19; in 2020-21 a pass satisfies.
const YEAR_OF_PASSES: i32 = 11;
const SEMESTER: i64 = 5_000;

/// One posting, by its places in the lists.
#[derive(Clone, Copy, Debug)]
struct Posting {
    course: usize,
    grade: i32,
    term: usize,
    mark: usize,
    credits: usize,
    waived: bool,
    elsewhere: bool,
}

impl Posting {
    fn of(self) -> &'static Of {
        &COURSES[self.course]
    }

    /// Only English is waived: a waiver's share in the parts of a row depends on the order.
    fn mark(self) -> &'static str {
        let english = self.of().subject == "english";
        if self.waived && english {
            "X"
        } else {
            MARKS[self.mark]
        }
    }

    fn posted_credits(self) -> i64 {
        [2_500, 5_000, 10_000][self.credits]
    }

    fn earned(self) -> i64 {
        let passed = matches!(self.mark(), "A" | "C" | "C-" | "D" | "P");
        i64::from(passed) * self.posted_credits()
    }

    /// How it satisfies a-g, if it is of any account there.
    fn satisfies(self) -> Option<bool> {
        match self.mark() {
            "A" | "C" | "C-" => Some(true),
            "D" | "F" => Some(false),
            "P" if self.grade == YEAR_OF_PASSES => Some(true),
            _ => None,
        }
    }

    fn is_early(self) -> bool {
        self.grade == 8 && self.term != 2 && !matches!(self.of().area, "c" | "e")
    }

    /// The semesters that it is, told in credits.
    fn weight(self, college_is_a_year: bool) -> i64 {
        match self.of().course {
            COLLEGE if college_is_a_year => 2 * SEMESTER,
            COLLEGE => SEMESTER,
            _ => self.posted_credits(),
        }
    }
}

fn postings() -> impl Strategy<Value = Vec<Posting>> {
    let what = (0..COURSES.len(), 8..=12, 0..TERMS.len());
    let how = (
        0..MARKS.len(),
        0..CREDITS.len(),
        prop::bool::weighted(0.2),
        any::<bool>(),
    );
    let posting = (what, how).prop_map(|(what, how)| {
        let ((course, grade, term), (mark, credits, waived, elsewhere)) = (what, how);
        Posting {
            course,
            grade,
            term,
            mark,
            credits,
            waived,
            elsewhere,
        }
    });
    proptest::collection::vec(posting, 0..45)
}

fn record(postings: &[Posting], plan: &str) -> PersonRecord {
    let entered = SchoolYear::beginning(2018).expect("a year");
    let mut record = empty(GradeLevel::new(12).expect("a grade"));
    for (number, posting) in (100..).zip(postings) {
        let of = posting.of();
        let college = of.course == COLLEGE;
        let cells = [
            ("when", format!("{} {}", TERMS[posting.term], posting.grade)),
            ("course", of.course.into()),
            ("subject", of.subject.into()),
            ("area", of.area.into()),
            ("sequence", of.sequence.into()),
            ("level", of.level.into()),
            ("part", of.part.into()),
            ("honors", if college { "college" } else { "" }.into()),
            ("school", if posting.elsewhere { "T" } else { "S" }.into()),
            ("mark", posting.mark().into()),
            ("credits", CREDITS[posting.credits].into()),
            (
                "kind",
                if posting.mark().is_empty() {
                    "in_progress"
                } else {
                    ""
                }
                .into(),
            ),
        ];
        let line = cells.map(|(column, cell)| (String::from(column), cell));
        record
            .marks
            .push(posted(number, &BTreeMap::from(line), entered));
    }
    record.plan = Some(GraduationPlan {
        school: "S".into(),
        person: "1".into(),
        plan: plan.into(),
        entered_grade_9: entered,
    });
    record
}
