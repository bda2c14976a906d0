//! The rows of a plan and of a-g counted a second time, in plain integers and by other means.
//!
//! The engine sorts one posting after the other; here a row is a sum that is cut off at what it asks
//! for. A course has one number and one title here: what a repeat is has cases of its own.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use registrar::record::*;
use registrar::transcript::*;

use crate::case::{POLICY, directory, empty, request};
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
}

impl Posting {
    fn of(self) -> &'static Of {
        &COURSES[self.course]
    }

    /// A waiver, where none is asked to be told from the parts of a row.
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
    let how = (0..MARKS.len(), 0..CREDITS.len(), prop::bool::weighted(0.2));
    let posting =
        (what, how).prop_map(|((course, grade, term), (mark, credits, waived))| Posting {
            course,
            grade,
            term,
            // Half of all marks are good ones.
            mark,
            credits,
            waived,
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

/// What an area of the shipped policy asks for.
struct Area {
    code: &'static str,
    required: i64,
    /// The subjects of its parts, of ten credits each.
    parts: &'static [&'static [&'static str]],
    second_part: fn(&str) -> bool,
    levels: bool,
    one_sequence: bool,
}

const AREAS: [Area; 7] = [
    area(
        "a",
        20,
        &[&["world_history"], &["us_history", "government"]],
    ),
    area("b", 40, &[]),
    Area {
        second_part: |_| true,
        levels: true,
        ..area("c", 30, &[])
    },
    Area {
        second_part: |sequence| sequence == "chemistry",
        ..area("d", 20, &[&["biological_science"], &["physical_science"]])
    },
    Area {
        second_part: |_| true,
        levels: true,
        one_sequence: true,
        ..area("e", 20, &[])
    },
    area("f", 10, &[]),
    area("g", 10, &[]),
];

const fn area(
    code: &'static str,
    required: i64,
    parts: &'static [&'static [&'static str]],
) -> Area {
    Area {
        code,
        required: required * 1_000,
        parts,
        second_part: |_| false,
        levels: false,
        one_sequence: false,
    }
}

/// One course of an area: what was passed of it, and what was tried.
struct Tried {
    of: &'static Of,
    passed: i64,
    tried: i64,
}

fn tried(postings: &[Posting], area: &Area, college_is_a_year: bool) -> Vec<Tried> {
    let mut courses = Vec::new();
    for of in COURSES.iter().filter(|of| of.area == area.code) {
        let mut attempts: BTreeMap<(i32, usize), (bool, i64)> = BTreeMap::new();
        for one in postings.iter().filter(|one| one.of().course == of.course) {
            if let Some(satisfies) = one.satisfies().filter(|_| !one.is_early()) {
                let attempt = attempts.entry((one.grade, one.term)).or_insert((true, 0));
                attempt.0 &= satisfies;
                attempt.1 += one.weight(college_is_a_year);
            }
        }
        let most = |passed_only: bool| {
            let those = attempts
                .values()
                .filter(|(passed, _)| *passed || !passed_only);
            those.map(|(_, weight)| *weight).max().unwrap_or(0)
        };
        if !attempts.is_empty() {
            courses.push(Tried {
                of,
                passed: most(true),
                tried: most(false),
            });
        }
    }
    courses
}

/// What a passed second part makes good of a first one.
fn made_good(one: &Tried, courses: &[&Tried], area: &Area) -> i64 {
    let second = |other: &&&Tried| {
        let same = (other.of.sequence, other.of.level) == (one.of.sequence, one.of.level);
        same && other.of.part == "2" && other.passed > 0
    };
    let may = !one.of.sequence.is_empty() && (area.second_part)(one.of.sequence);
    let found = one.passed == 0 && one.of.part == "1" && courses.iter().any(|it| second(&it));
    i64::from(may && found) * one.tried
}

fn made_good_by_levels(courses: &[&Tried], area: &Area) -> i64 {
    let level = |one: &Tried| one.of.level.parse::<u32>().unwrap_or(0);
    let passed = courses.iter().filter(|one| one.passed > 0);
    let highest = passed.map(|one| level(one)).max().unwrap_or(0);
    let mut sum = 0;
    for below in 1..highest {
        let here: Vec<_> = courses.iter().filter(|one| level(one) == below).collect();
        // Geometry, and the second level of a language is asked of nobody.
        if area.code == "c" && below == 2 && here.is_empty() {
            continue;
        }
        let has = here
            .iter()
            .map(|one| one.passed + made_good(one, courses, area));
        sum += (2 * SEMESTER - has.sum::<i64>()).max(0);
    }
    sum
}

/// Earned, validated, surplus, in progress and needed.
type Row = [i64; 5];

/// A row, and what it leaves to the area that takes the surplus.
fn row(postings: &[Posting], area: &Area, college_is_a_year: bool) -> (Row, i64) {
    let all = tried(postings, area, college_is_a_year);
    let in_progress = |sequence: Option<&str>| -> i64 {
        let under_way = postings.iter().filter(|one| {
            let of = one.of();
            let here = of.area == area.code && sequence.is_none_or(|it| it == of.sequence);
            here && one.mark().is_empty() && !one.is_early()
        });
        let size = |one: &Posting| match one.of().course {
            COLLEGE => one.weight(college_is_a_year),
            _ => one.posted_credits(),
        };
        under_way.map(size).sum()
    };
    let of_sequence = |name: &str| -> (Vec<&Tried>, i64, i64) {
        let courses: Vec<&Tried> = all.iter().filter(|one| one.of.sequence == name).collect();
        let earned = courses.iter().map(|one| one.passed).sum();
        let parts: i64 = courses
            .iter()
            .map(|one| made_good(one, &courses, area))
            .sum();
        let levels = area.levels && !name.is_empty();
        let levels = if levels {
            made_good_by_levels(&courses, area)
        } else {
            0
        };
        (courses, earned, parts + levels)
    };
    let names: BTreeSet<&str> = COURSES.iter().map(|of| of.sequence).collect();
    let mut chosen: Vec<&str> = names.iter().copied().collect();
    let all_earned: i64 = all.iter().map(|one| one.passed).sum();
    let mut under_way = in_progress(None);
    if area.one_sequence {
        let (mut best, mut most) = ("", (0, 0));
        for name in &names {
            let (_, earned, validated) = of_sequence(name);
            let has = (earned + validated, in_progress(Some(name)));
            if has > most {
                (best, most) = (name, has);
            }
        }
        chosen = vec![best];
        under_way = in_progress(Some(best));
    }
    let (mut earned, mut validated) = (0, 0);
    // What there is for each part, and at last for none.
    let mut validated_in = vec![0; area.parts.len() + 1];
    let mut earned_in = validated_in.clone();
    for name in chosen {
        let (courses, has, covers) = of_sequence(name);
        earned += has;
        validated += covers;
        for one in &courses {
            let mut parts = area.parts.iter();
            let part = parts.position(|subjects| subjects.contains(&one.of.subject));
            let part = part.unwrap_or(area.parts.len());
            validated_in[part] += made_good(one, &courses, area);
            earned_in[part] += one.passed;
        }
    }
    let part = 2 * SEMESTER;
    let (mut used, mut open, mut covered) = (0, 0, 0);
    for place in 0..area.parts.len() {
        let by_validation = validated_in[place].min(part);
        let by_courses = earned_in[place].min(part - by_validation);
        covered += by_validation;
        used += by_courses;
        open += part - by_validation - by_courses;
    }
    let parts = part * i64::try_from(area.parts.len()).expect("few");
    let beside = (area.required - parts - (validated - covered)).max(0);
    let besides = (earned - used).min(beside);
    used += besides;
    let over = all_earned - used;
    let needed = open + beside - besides;
    ([used, validated, 0, under_way, needed], over)
}

fn rows(postings: &[Posting], college_is_a_year: bool) -> Vec<Row> {
    let counted = AREAS
        .iter()
        .map(|area| row(postings, area, college_is_a_year));
    let mut counted: Vec<(Row, i64)> = counted.collect();
    let (mut last, over) = counted.pop().expect("the area of the surplus");
    // What is over there stays there.
    last[0] += over;
    last[2] = counted.iter().map(|(_, over)| over).sum();
    last[4] = (last[4] - last[2]).max(0);
    let mut rows: Vec<Row> = counted.into_iter().map(|(row, _)| row).collect();
    rows.push(last);
    rows
}

/// A plan with everything that a row may ask for.
const PLAN: &str = r#"
[[plan]]
name = "recount"
label = { en = "Recount", es = "Recuento" }
source = "a plan of these tests"
[[plan.subject]]
label = { en = "English", es = "Inglés" }
credits = "20"
counts = ["english"]
[[plan.subject]]
label = { en = "History", es = "Historia" }
credits = "30"
counts = ["world_history", "us_history", "government"]
includes = [
    { credits = "10", subjects = ["world_history"] },
    { credits = "10", subjects = ["us_history"] },
    { credits = "5", subjects = ["government"] },
]
[[plan.subject]]
label = { en = "Mathematics", es = "Matemáticas" }
credits = "20"
counts = ["mathematics"]
includes = [{ credits = "10", sequence = "mathematics", level = 2 }]
[[plan.subject]]
label = { en = "Language", es = "Idioma" }
credits = "20"
counts = ["language"]
same_sequence = true
[[plan.subject]]
label = { en = "Surplus", es = "Excedente" }
credits = "15"
counts = ["college_preparatory_elective"]
takes_ag_surplus = true
[[plan.subject]]
label = { en = "Electives", es = "Optativas" }
credits = "40"
takes_the_rest = true
[[plan.limit]]
subjects = ["work_experience"]
credits = "10"
source = "a limit of these tests"
"#;

type Takes = fn(&Of) -> bool;
/// What each row takes as its own, how much it asks for, and its parts.
const ROWS: [(Takes, i64, &[(Takes, i64)]); 4] = [
    (|of| of.subject == "english", 20_000, &[]),
    (
        |of| matches!(of.subject, "world_history" | "us_history" | "government"),
        30_000,
        &[
            (|of| of.subject == "world_history", 10_000),
            (|of| of.subject == "us_history", 10_000),
            (|of| of.subject == "government", 5_000),
        ],
    ),
    (
        |of| of.subject == "mathematics",
        20_000,
        &[(|of| matches!(of.level, "2" | "3" | "5"), 10_000)],
    ),
    (|of| of.subject == "language", 20_000, &[]),
];

/// Required, earned, in progress and needed of each row of the plan, its parts filled in any order.
fn plan_rows(postings: &[Posting]) -> Vec<[i64; 4]> {
    let credits = |under_way: bool, takes: &dyn Fn(&Of) -> bool, area: bool| -> i64 {
        let those = postings.iter().filter(|one| {
            let of = one.of();
            takes(of) && of.area.is_empty() != area && one.mark().is_empty() == under_way
        });
        let size = |one: &Posting| match under_way {
            true => one.posted_credits(),
            false => one.earned(),
        };
        those.map(size).sum()
    };
    let both = |under_way: bool, takes: &dyn Fn(&Of) -> bool| {
        credits(under_way, takes, true) + credits(under_way, takes, false)
    };
    // The language with the most; of equals the first by name.
    let has = |name: &str| {
        let takes = |of: &Of| of.subject == "language" && of.sequence == name;
        (both(false, &takes), both(true, &takes))
    };
    let language = if has("spanish") > has("french") {
        "spanish"
    } else {
        "french"
    };
    let (mut found, mut over) = (Vec::new(), [0; 2]);
    for (number, (takes, required, parts)) in ROWS.iter().enumerate() {
        let own = |of: &Of| takes(of) && (number != 3 || of.sequence == language);
        let waived = postings
            .iter()
            .filter(|one| own(one.of()) && one.mark() == "X");
        let waived: i64 = waived.map(|one| one.posted_credits()).sum();
        let required = required - waived.min(*required);
        let (mut of_area, mut open) = (credits(false, &own, true), 0);
        let mut beside = credits(false, &own, false);
        let mut room = required;
        for (part, asked_for) in parts.iter() {
            let part = |of: &Of| own(of) && part(of);
            let there = [credits(false, &part, false), credits(false, &part, true)];
            let first = there[0].min(*asked_for);
            let second = there[1].min(asked_for - first);
            beside -= first;
            of_area -= second;
            room -= first + second;
            open += asked_for - first - second;
        }
        let first = beside.min(room);
        let second = of_area.min(room - first);
        room -= first + second;
        over[0] += of_area - second;
        let under_way = both(true, &own).min(room);
        // Work without an area goes before work that has one.
        over[1] += credits(true, &own, true).min(both(true, &own) - under_way);
        found.push([
            required,
            required - room,
            under_way,
            room.max(open.min(required)),
        ]);
    }
    let no_row = |of: &Of| {
        let own = ROWS
            .iter()
            .enumerate()
            .any(|(number, (takes, ..))| takes(of) && (number != 3 || of.sequence == language));
        !own
    };
    let mut room = 15_000;
    let mut surplus = [0; 2];
    for (stage, under_way) in [false, true].into_iter().enumerate() {
        surplus[stage] = (over[stage] + credits(under_way, &no_row, true)).min(room);
        room -= surplus[stage];
    }
    found.push([15_000, surplus[0], surplus[1], room + surplus[1]]);
    let work = |of: &Of| of.subject == "work_experience";
    let (earned, under_way) = (both(false, &work), both(true, &work));
    let lost = [
        (earned - 10_000).max(0),
        (under_way - (10_000 - earned).max(0)).max(0),
    ];
    let mut rest = [
        both(false, &|_| true) - lost[0],
        both(true, &|_| true) - lost[1],
    ];
    for row in &found {
        rest[0] -= row[1];
        rest[1] -= row[2];
    }
    found.push([40_000, rest[0], rest[1], (40_000 - rest[0]).max(0)]);
    found
}

proptest! {
    #[test]
    fn a_g_rows_are_counted_a_second_time(
        postings in postings(),
        college_is_a_year in any::<bool>()
    ) {
        let (year, semester) = ("satisfies = \"year\"", "satisfies = \"semester\"");
        prop_assert!(POLICY.contains(year));
        let policy = match college_is_a_year {
            true => POLICY.to_owned(),
            false => POLICY.replace(year, semester),
        };
        let policy = Policy::parse(&policy).expect("a policy");
        let progress = Progress::of(&policy, &record(&postings, "district-210"), "en");
        let areas = progress.college_preparation.expect("areas").areas;
        let found = areas.iter().map(|row| {
            let row = [row.earned, row.validated, row.surplus, row.in_progress, row.needed];
            row.map(Credits::thousandths)
        });
        prop_assert_eq!(found.collect::<Vec<_>>(), rows(&postings, college_is_a_year));
    }

    #[test]
    fn plan_rows_are_counted_a_second_time(postings in postings()) {
        let policy = Policy::parse(&format!("{POLICY}\n{PLAN}")).expect("a policy");
        let record = record(&postings, "recount");
        let made = assemble(&record, &directory(), &policy, &request()).expect("a transcript");
        let requirements = made.transcript.requirements.expect("a plan");
        let found = requirements.subjects.iter().map(|row| {
            let row = [row.required, row.earned, row.in_progress, row.needed];
            row.map(Credits::thousandths)
        });
        prop_assert_eq!(found.collect::<Vec<_>>(), plan_rows(&postings));
    }
}
