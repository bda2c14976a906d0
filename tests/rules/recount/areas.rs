//! The rows of a-g, counted a second time.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use registrar::record::Credits;
use registrar::transcript::{Policy, Progress};

use super::{COLLEGE, COURSES, Of, Posting, SEMESTER, postings, record};
use crate::case::{POLICY, set};

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

/// What makes two postings of a number two courses: nothing, the school, the half of the year.
const SAME: [&str; 3] = ["number", "number_and_school", "number_and_semester"];

/// The settings that the counts depend on.
#[derive(Clone, Copy)]
struct Settings {
    college_is_a_year: bool,
    same: usize,
}

/// Which course of a number each posting is of, in the order of time. What is of no half of the
/// year is of the first one that is not passed yet.
fn told_apart(postings: &[&Posting], same: usize) -> Vec<usize> {
    let mut passed = [false; 2];
    let which = postings.iter().map(|one| match SAME[same] {
        "number" => 0,
        "number_and_school" => usize::from(one.elsewhere),
        _ => {
            let open = passed.iter().position(|passed| !passed).unwrap_or(0);
            let half = if one.term == 2 { open } else { one.term };
            passed[half] |= one.satisfies() == Some(true);
            half
        }
    });
    which.collect()
}

fn tried(postings: &[Posting], area: &Area, settings: Settings) -> Vec<Tried> {
    let mut courses = Vec::new();
    for of in COURSES.iter().filter(|of| of.area == area.code) {
        let of_it = postings.iter().filter(|one| {
            let counts = one.of().course == of.course && !one.is_early();
            counts && one.satisfies().is_some()
        });
        let mut of_it: Vec<&Posting> = of_it.collect();
        of_it.sort_by_key(|one| (one.grade, one.term, one.elsewhere));
        let which = told_apart(&of_it, settings.same);
        for course in 0..2 {
            let of_course = of_it.iter().zip(&which).filter(|(_, it)| **it == course);
            let mut attempts: BTreeMap<(i32, usize), (bool, i64)> = BTreeMap::new();
            for (one, _) in of_course {
                let attempt = attempts.entry((one.grade, one.term)).or_insert((true, 0));
                attempt.0 &= one.satisfies() == Some(true);
                attempt.1 += one.weight(settings.college_is_a_year);
            }
            let passed = attempts.values().filter(|(passed, _)| *passed);
            if !attempts.is_empty() {
                courses.push(Tried {
                    of,
                    passed: passed.map(|(_, weight)| *weight).max().unwrap_or(0),
                    tried: attempts
                        .values()
                        .map(|(_, weight)| *weight)
                        .max()
                        .unwrap_or(0),
                });
            }
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
        // Geometry must have been taken.
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
fn row(postings: &[Posting], area: &Area, settings: Settings) -> (Row, i64) {
    let all = tried(postings, area, settings);
    let in_progress = |sequence: Option<&str>| -> i64 {
        let under_way = postings.iter().filter(|one| {
            let of = one.of();
            let here = of.area == area.code && sequence.is_none_or(|it| it == of.sequence);
            here && one.mark().is_empty() && !one.is_early()
        });
        let size = |one: &Posting| match one.of().course {
            COLLEGE => one.weight(settings.college_is_a_year),
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

fn rows(postings: &[Posting], settings: Settings) -> Vec<Row> {
    let counted = AREAS.iter().map(|area| row(postings, area, settings));
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

proptest! {
    #[test]
    fn a_g_rows_are_counted_a_second_time(
        postings in postings(),
        college_is_a_year in any::<bool>(),
        same in 0..SAME.len()
    ) {
        let mut policy: toml::Value = toml::from_str(POLICY).expect("a policy");
        let satisfies = if college_is_a_year { "year" } else { "semester" };
        set(&mut policy, "ag.college_course.satisfies", satisfies.into());
        set(&mut policy, "repeats.same", SAME[same].into());
        let policy = toml::to_string(&policy).expect("a policy");
        let policy = Policy::parse(&policy).expect("a policy");
        let settings = Settings {
            college_is_a_year,
            same,
        };
        let progress = Progress::of(&policy, &record(&postings, "district-210"), "en");
        let areas = progress.college_preparation.expect("areas").areas;
        let found = areas.iter().map(|row| {
            let row = [row.earned, row.validated, row.surplus, row.in_progress, row.needed];
            row.map(Credits::thousandths)
        });
        prop_assert_eq!(found.collect::<Vec<_>>(), rows(&postings, settings));
    }
}
