//! What a case says of a-g beside the figures, and what holds of these in every case.

use std::collections::BTreeMap;

use registrar::record::Credits;
use registrar::transcript::{AgOutcome, AreaProgress, Progress};

fn areas(progress: &Progress) -> &[AreaProgress] {
    let areas = progress.college_preparation.as_ref();
    areas.map_or(&[], |areas| &areas.areas)
}

/// Every figure of an area is the sum of lines that are told, and what an area has and needs comes
/// to what it asks for.
pub fn assert_that_they_add_up(rule: &str, progress: &Progress) {
    let mut over = Credits::ZERO;
    for row in areas(progress) {
        let sum = |counts: &dyn Fn(AgOutcome) -> bool| -> Credits {
            let marks = row.marks.iter().filter(|mark| counts(mark.outcome));
            marks.map(|mark| mark.credits).sum()
        };
        let elsewhere = row
            .marks
            .iter()
            .filter(|mark| mark.counts_in.is_some_and(|area| area != row.area));
        over = over + elsewhere.map(|mark| mark.credits).sum();
        let validated: Credits = row.validations.iter().map(|one| one.credits).sum();
        let sums = [
            sum(&|outcome| outcome == AgOutcome::Satisfies),
            sum(&|outcome| outcome == AgOutcome::InProgress),
            validated,
        ];
        let rows = [row.earned, row.in_progress, row.validated];
        assert_eq!(sums, rows, "{rule}: area {}", row.area);
        let reached = row.earned + row.validated + row.surplus + row.needed;
        let exact = reached == row.required || row.needed.is_zero();
        let exact = exact || !row.validated.is_zero();
        assert!(exact && reached >= row.required, "{rule}: {row:?}");
        let of: Credits = row.surplus_of.iter().map(|of| of.credits).sum();
        assert_eq!(of, row.surplus, "{rule}: area {}", row.area);
    }
    let surplus: Credits = areas(progress).iter().map(|row| row.surplus).sum();
    assert_eq!(surplus, over, "{rule}");
}

/// Each area's parts: `world_history: 10.00 of 10.00`.
pub fn parts(progress: &Progress) -> BTreeMap<String, Vec<String>> {
    let told = |row: &AreaProgress| {
        let parts = row.parts.iter();
        let told = parts.map(|part| format!("{part}: {} of {}", part.reached, part.required));
        (row.area.code().to_owned(), told.collect())
    };
    areas(progress).iter().map(told).collect()
}

/// What was validated in each area: `10.00 by 3, which validates …`.
pub fn validations(progress: &Progress) -> BTreeMap<String, Vec<String>> {
    let told = |row: &AreaProgress| {
        let all = row.validations.iter();
        let told = all.map(|one| format!("{}: {one} [{}]", one.credits, one.by.posting));
        (row.area.code().to_owned(), told.collect())
    };
    areas(progress).iter().map(told).collect()
}

/// What becomes of one posting: `5.00 satisfies; 5.00 more than the area asks for, in g`.
pub fn becomes(progress: &Progress, posting: &str) -> String {
    let mut told = Vec::new();
    for row in areas(progress) {
        for mark in row.marks.iter().filter(|mark| mark.name.posting == posting) {
            let elsewhere = mark.counts_in.filter(|area| *area != row.area);
            let elsewhere = elsewhere.map_or_else(String::new, |area| format!(", in {area}"));
            told.push(format!("{} {}{elsewhere}", mark.credits, mark.outcome));
        }
    }
    told.join("; ")
}
