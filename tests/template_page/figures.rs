//! The figures of every sample, computed a second time from the marks that its page prints.

use registrar::record::{AwardKind, Credits, HonorsKind};
use registrar::template::Report;
use registrar::transcript::{CourseLine, Edition, Transcript};

use crate::samples::model;

fn samples() -> Vec<(String, Transcript)> {
    let mut samples = Vec::new();
    for name in Report::shipped_of("registrar-transcript") {
        let report = Report::shipped(&name).expect("it ships");
        for sample in report.samples().keys() {
            let model = model(&report, sample, "en", Edition::Official);
            samples.push((format!("{name}, {sample}"), model));
        }
    }
    samples
}

/// Credits as thousandths.
fn thousandths(credits: Credits) -> u64 {
    let text = credits.to_string();
    let (whole, part) = text.split_once('.').expect("decimals");
    format!("{whole}{part:0<3}").parse().expect("a number")
}

/// Grade points of a mark, none where it has none; a sign counts for nothing.
fn points(mark: &str) -> Option<u64> {
    match mark.trim_end_matches(['+', '-']) {
        "A" => Some(4),
        "B" => Some(3),
        "C" => Some(2),
        "D" => Some(1),
        "F" => Some(0),
        _ => None,
    }
}

/// One point more for an honors course with C or better.
fn weighted(course: &CourseLine) -> Option<u64> {
    let points = points(&course.mark)?;
    Some(points + u64::from(course.honors != HonorsKind::None && points > 1))
}

/// The average to four decimals, half rounded up; none where nothing counts.
fn average(model: &Transcript, points: impl Fn(&CourseLine) -> Option<u64>) -> Option<String> {
    let (mut sum, mut weight) = (0, 0);
    for course in model.terms.iter().flat_map(|term| &term.courses) {
        let credits = thousandths(course.credit_attempted);
        if let Some(points) = points(course) {
            sum += points * credits;
            weight += credits;
        }
    }
    let rounded = (sum * 20_000 + weight).checked_div(2 * weight)?;
    Some(format!("{}.{:04}", rounded / 10_000, rounded % 10_000))
}

#[test]
fn averages_and_sums_follow_from_the_marks_that_are_printed() {
    for (sample, model) in samples() {
        let printed = |name: &str| {
            let average = model.averages.iter().find(|average| average.name == name);
            average.expect("it is printed").value.clone()
        };
        let unweighted = average(&model, |course| points(&course.mark));
        assert_eq!(printed("unweighted"), unweighted, "{sample}");
        assert_eq!(printed("weighted"), average(&model, weighted), "{sample}");
        let courses = || model.terms.iter().flat_map(|term| &term.courses);
        let attempted: Credits = courses().map(|course| course.credit_attempted).sum();
        let earned: Credits = courses().map(|course| course.credit_earned).sum();
        assert_eq!(model.credits.attempted, attempted, "{sample}");
        assert_eq!(model.credits.earned, earned, "{sample}");
    }
}

#[test]
fn nobody_with_a_diploma_lacks_credits_and_who_lacks_none_has_them_all() {
    let mut graduates = 0;
    for (sample, model) in samples() {
        let Some(plan) = &model.requirements else {
            continue;
        };
        let needed: Credits = plan.subjects.iter().map(|subject| subject.needed).sum();
        assert_eq!(plan.total.needed, needed, "{sample}");
        for row in &plan.subjects {
            let missing = thousandths(row.required).saturating_sub(thousandths(row.earned));
            assert_eq!(
                thousandths(row.needed),
                missing,
                "{sample}: {}",
                row.subject
            );
        }
        if model
            .awards
            .iter()
            .any(|award| award.award == AwardKind::Diploma)
        {
            graduates += 1;
            assert!(needed.is_zero(), "{sample} lacks {needed}");
        }
    }
    assert!(graduates > 4);
}

/// Each year's course is of several terms of one year, at one place, of one area and kind.
#[test]
fn the_terms_of_a_years_course_are_found_and_nothing_else() {
    let report = Report::shipped("transcript").expect("it ships");
    let mid_year = model(&report, "mid-year", "en", Edition::Official);
    let posted = |title: &str| {
        let mut lines = mid_year.terms.iter().flat_map(|term| &term.courses);
        let line = lines.find(|line| line.title == title).expect(title);
        line.year_course.as_deref()
    };
    let ahead = |title: &str| {
        let line = mid_year
            .ahead
            .iter()
            .find(|line| line.title == title)
            .expect(title);
        (
            line.year_course.as_deref(),
            line.grade_level.number(),
            line.school_year.to_string(),
        )
    };
    assert_eq!(posted("English 9A"), Some("English 9"));
    assert_eq!(posted("Honors Physics A"), Some("Honors Physics"));
    assert_eq!(
        ahead("Honors Physics B"),
        (Some("Honors Physics"), 12, "2025-26".to_owned())
    );
    assert_eq!(posted("Health"), None, "one term");
    assert_eq!(ahead("Academic Decathlon").0, None);
    let three = model(&report, "three-schools", "en", Edition::Official);
    for term in three
        .terms
        .iter()
        .filter(|term| term.name.starts_with("Summer"))
    {
        assert!(
            term.courses.iter().all(|line| line.year_course.is_none()),
            "a summer is no term"
        );
    }
    let quarters = model(&report, "quarters", "en", Edition::Official);
    let lines = quarters.terms.iter().flat_map(|term| &term.courses);
    let algebra = lines.filter(|line| line.year_course.as_deref() == Some("Algebra 1"));
    assert_eq!(algebra.count(), 4, "two quarters of Algebra 1A, two of 1B");
}

/// What samples are for: the pages on which a template breaks.
#[test]
fn the_samples_are_the_edges_that_they_are_named_for() {
    let report = Report::shipped("transcript").expect("it ships");
    let sample = |name| model(&report, name, "en", Edition::Official);
    let courses =
        |model: &Transcript| -> usize { model.terms.iter().map(|term| term.courses.len()).sum() };
    assert_eq!(courses(&sample("full-page")), 56);
    let transferred = sample("three-schools");
    let mut schools: Vec<_> = transferred.terms.iter().map(|term| &term.school).collect();
    schools.sort();
    schools.dedup();
    assert_eq!(schools.len(), 3);
    let lines = transferred.terms.iter().flat_map(|term| &term.courses);
    let elsewhere = lines.filter(|course| course.honors == HonorsKind::College);
    assert_eq!(courses(&transferred) - elsewhere.count(), 45);
    let none = sample("no-average");
    assert!(none.averages.iter().all(|average| average.value.is_none()));
    let mut lines = none.terms.iter().flat_map(|term| &term.courses);
    assert!(lines.any(|course| course.credit_attempted.is_zero()));
    assert_eq!(sample("no-contact").district.contact, None);
    assert!(sample("newcomer").terms.is_empty());
    assert!(sample("demonstration").document.demonstration);
    let names = sample("names");
    assert!(names.student.name.len() > 200 && names.averages.len() == 7);
}
