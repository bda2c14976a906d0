//! What a district made from a seed looks like.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jiff::civil::date;
use registrar::intake::open;
use registrar::record::{
    AgArea, AwardKind, CharterStatus, Credits, Enrolment, FulfilmentProgress, HonorsKind, Mark,
    MarkKind, Person, Ratio, SchoolKind,
};
use registrar::synthetic::vocabulary::{
    DECLARED_GPA_DECIMALS, DECLARED_GPA_ROUNDING, MARKS, NOT_PASSING, counts_in_average, figure,
    grade_points, plan, requirement, subject,
};
use registrar::synthetic::{
    CENTRAL, CHARTERS, PACKAGES, Plan, SEDS, SEDS_UPDATE, Summary, SyntheticError, generate,
};

use super::reading::{Records, assert_references, assert_unique, rows};

fn make(plan: &Plan) -> (tempfile::TempDir, Summary) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let summary = generate(plan, folder.path(), &mut |_| {}).expect("the plan can be carried out");
    (folder, summary)
}

/// Every file with its bytes.
pub fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for package in PACKAGES {
        for entry in fs::read_dir(folder.join(package)).expect("a package") {
            let path = entry.expect("an entry").path();
            let name = path
                .strip_prefix(folder)
                .expect("inside")
                .display()
                .to_string();
            files.insert(name, fs::read(&path).expect("a file"));
        }
    }
    files
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_another_seed_another_district() {
    let first = bytes(make(&Plan::new(300, 1)).0.path());
    assert_eq!(first, bytes(make(&Plan::new(300, 1)).0.path()));
    let other = bytes(make(&Plan::new(300, 2)).0.path());
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        other.keys().collect::<Vec<_>>()
    );
    for table in [
        "central/people.csv",
        "central/marks.csv",
        "central/schools.csv",
        "seds/support_plans.csv",
        "seds-update/plan_meetings.csv",
    ] {
        assert_ne!(first[table], other[table], "{table}");
    }
}

#[test]
fn a_plan_that_cannot_be_carried_out_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let refused = |plan: &Plan| {
        generate(plan, folder.path(), &mut |_| {}).expect_err("the plan cannot be carried out")
    };
    assert!(matches!(
        refused(&Plan::new(0, 1)),
        SyntheticError::Students(0)
    ));
    let mut plan = Plan::new(10, 1);
    plan.as_of = date(1800, 1, 1);
    assert!(matches!(refused(&plan), SyntheticError::AsOf(_)));
    plan = Plan::new(10, 1);
    plan.grade_weights = [0; 14];
    assert!(matches!(refused(&plan), SyntheticError::GradeWeights));
    assert_eq!(
        fs::read_dir(folder.path()).expect("the folder").count(),
        0,
        "nothing was written"
    );
    generate(&Plan::new(10, 1), folder.path(), &mut |_| {}).expect("a district");
    let again = refused(&Plan::new(10, 1)).to_string();
    assert!(again.contains("is not empty"), "{again}");
}

#[test]
fn every_row_is_read_back_without_a_problem_and_names_what_exists() {
    let (folder, summary) = make(&Plan::new(3000, 3));
    let mut read = 0;
    for source in [CENTRAL, CHARTERS] {
        let records = Records::read(&folder.path().join(source));
        assert_references(&records);
        let in_term = |mark: &Mark| {
            (
                mark.person.clone(),
                mark.school.clone(),
                mark.term.clone(),
                mark.course.clone(),
            )
        };
        let regular = records
            .marks
            .iter()
            .filter(|mark| mark.kind == MarkKind::Regular);
        assert_unique("courses of a term", regular.map(in_term));
        read += records.people.len() + records.marks.len() + records.enrolments.len();
        let own: BTreeSet<bool> = records
            .schools
            .iter()
            .map(|school| school.charter == CharterStatus::Independent)
            .collect();
        assert_eq!(
            own,
            BTreeSet::from([source == CHARTERS]),
            "each system has its own schools"
        );
    }
    for package in [SEDS, SEDS_UPDATE] {
        let package = open(&folder.path().join(package)).expect("a package");
        read += rows::<Person>(&package).len() + rows::<Enrolment>(&package).len();
    }
    let written = ["people", "marks", "enrolments"].map(|table| summary.rows[table]);
    assert_eq!(read as u64, written.iter().sum::<u64>());
}

#[test]
fn words_are_those_of_the_shared_vocabulary() {
    let (folder, _) = make(&Plan::new(2000, 4));
    for source in [CENTRAL, CHARTERS] {
        let records = Records::read(&folder.path().join(source));
        for course in &records.courses {
            assert!(
                subject::ALL.contains(&course.subject.as_str()),
                "{}",
                course.subject
            );
        }
        for row in &records.plans {
            assert!(plan::ALL.contains(&row.plan.as_str()), "{}", row.plan);
        }
        for row in &records.totals {
            assert!(figure::ALL.contains(&row.figure.as_str()), "{}", row.figure);
        }
        for mark in records.marks.iter().filter_map(|mark| mark.mark.as_deref()) {
            assert!(MARKS.iter().any(|(name, _)| *name == mark), "{mark}");
        }
    }
}

#[test]
fn a_failed_mark_earns_nothing_and_work_ahead_has_no_mark() {
    let (folder, _) = make(&Plan::new(3000, 5));
    let records = Records::read(&folder.path().join(CENTRAL));
    for mark in &records.marks {
        let ahead = matches!(mark.kind, MarkKind::InProgress | MarkKind::Planned);
        assert_eq!(mark.mark.is_none(), ahead, "{mark:?}");
        if mark
            .mark
            .as_deref()
            .is_none_or(|mark| NOT_PASSING.contains(&mark))
        {
            assert!(mark.credit_earned.is_zero(), "{mark:?}");
        }
        assert!(mark.credit_earned <= mark.credit_attempted, "{mark:?}");
    }
}

#[test]
fn algebra_1_posts_its_ten_credits_at_the_end_at_some_schools() {
    let (folder, _) = make(&Plan::new(2500, 6));
    let records = Records::read(&folder.path().join(CENTRAL));
    let courses = records.courses_by_number();
    let mut attempted = BTreeSet::new();
    for mark in records
        .marks
        .iter()
        .filter(|mark| mark.kind == MarkKind::Regular)
    {
        let course = courses[&(mark.school.as_str(), mark.course.as_str())];
        let posted = !matches!(mark.mark.as_deref(), Some("W" | "NM"));
        if posted
            && course.credit_value == Credits::from_thousandths(5000)
            && let Some(part) = course.title.strip_prefix("Algebra 1 ")
        {
            attempted.insert((part.to_owned(), mark.credit_attempted.to_string()));
        }
    }
    for expected in [("A", "0.00"), ("B", "10.00"), ("A", "5.00"), ("B", "5.00")] {
        let expected = (expected.0.to_owned(), expected.1.to_owned());
        assert!(
            attempted.contains(&expected),
            "{expected:?} in {attempted:?}"
        );
    }
}

/// Sums of a person's marks in thousandths: attempted, earned, points times credits, counted.
fn sums(marks: &[&Mark]) -> [i64; 4] {
    let mut sums = [0; 4];
    for mark in marks {
        let Some(letter) = &mark.mark else { continue };
        let attempted = mark.credit_attempted.thousandths();
        sums[0] += attempted;
        sums[1] += mark.credit_earned.thousandths();
        if let Some(points) = grade_points(letter)
            && counts_in_average(mark.grade_level)
        {
            sums[2] += points * attempted;
            sums[3] += attempted;
        }
    }
    sums
}

#[test]
fn declared_totals_are_right_but_for_the_few_that_are_wrong_on_purpose() {
    let (folder, summary) = make(&Plan::new(3000, 7));
    let central = Records::read(&folder.path().join(CENTRAL));
    let charters = Records::read(&folder.path().join(CHARTERS));
    let state_id = |records: &Records| -> BTreeMap<String, String> {
        let known = records.people.iter();
        known
            .map(|row| {
                let own = row.state_id.clone();
                (
                    row.person.clone(),
                    own.unwrap_or_else(|| row.person.clone()),
                )
            })
            .collect()
    };
    let ids: BTreeMap<String, String> = state_id(&central)
        .into_iter()
        .chain(state_id(&charters))
        .collect();
    let mut marks: BTreeMap<&str, Vec<&Mark>> = BTreeMap::new();
    for mark in central.marks.iter().chain(&charters.marks) {
        marks.entry(&ids[&mark.person]).or_default().push(mark);
    }
    let mut wrong = BTreeSet::new();
    let mut declared = 0;
    for total in central.totals.iter().chain(&charters.totals) {
        let id = ids[&total.person].as_str();
        let [attempted, earned, points, counted] = sums(&marks[id]);
        let ours = match total.figure.as_str() {
            figure::CREDIT_ATTEMPTED => Credits::from_thousandths(attempted).to_string(),
            figure::CREDIT_EARNED => Credits::from_thousandths(earned).to_string(),
            _ => Ratio::new(points.into(), i128::from(counted) * 1000)
                .expect("declared where something counts")
                .to_decimal(DECLARED_GPA_DECIMALS, DECLARED_GPA_ROUNDING),
        };
        declared += 1;
        if ours != total.value {
            wrong.insert(id);
        }
    }
    assert!(declared > 2000, "{declared}");
    assert_eq!(wrong.len() as u64, summary.wrong_totals);
    assert!((2..30).contains(&wrong.len()), "{}", wrong.len());
}

#[test]
fn the_usual_shares_of_everything_occur() {
    let (folder, _) = make(&Plan::new(5000, 8));
    let central = Records::read(&folder.path().join(CENTRAL));
    let areas: BTreeSet<AgArea> = central
        .courses
        .iter()
        .filter_map(|row| row.ag_area)
        .collect();
    assert_eq!(areas, AgArea::ALL.iter().copied().collect());
    let kinds: BTreeSet<SchoolKind> = central.schools.iter().map(|school| school.kind).collect();
    assert_eq!(kinds, SchoolKind::ALL.iter().copied().collect());
    let courses = central.courses_by_number();
    let of = |mark: &Mark| courses[&(mark.school.as_str(), mark.course.as_str())];
    let marks = central.marks.len();
    let share = |test: &dyn Fn(&Mark) -> bool| {
        central.marks.iter().filter(|mark| test(mark)).count() * 1000 / marks
    };
    let honors = |kind| share(&|mark| of(mark).honors == kind);
    let letter = |text: &'static str| share(&|mark| mark.mark.as_deref() == Some(text));
    for (what, per_mille, expected) in [
        ("AP", honors(HonorsKind::AdvancedPlacement), 25..120),
        (
            "UC-certified honors",
            honors(HonorsKind::UcCertified),
            5..60,
        ),
        ("school honors", honors(HonorsKind::School), 20..120),
        ("IB", honors(HonorsKind::InternationalBaccalaureate), 1..30),
        ("college", honors(HonorsKind::College), 1..20),
        ("F", letter("F"), 40..140),
        ("A", letter("A"), 120..350),
        ("W", letter("W"), 1..20),
        ("I", letter("I"), 1..20),
        ("P", letter("P"), 5..60),
        (
            "plus",
            share(&|mark| mark.mark.as_deref().is_some_and(|m| m.ends_with('+'))),
            30..250,
        ),
        (
            "summer",
            share(&|mark| mark.kind == MarkKind::Summer),
            8..50,
        ),
        (
            "transfer",
            share(&|mark| mark.kind == MarkKind::Transfer),
            20..120,
        ),
        (
            "planned",
            share(&|mark| mark.kind == MarkKind::Planned),
            30..150,
        ),
    ] {
        assert!(
            expected.contains(&per_mille),
            "{what}: {per_mille} of a thousand"
        );
    }
}

#[test]
fn students_repeat_courses_move_and_stand_in_two_sources() {
    let (folder, summary) = make(&Plan::new(4000, 12));
    let central = Records::read(&folder.path().join(CENTRAL));
    let repeated = |marks: &[&Mark]| {
        let posted = marks.iter().filter(|mark| mark.mark.is_some());
        let numbers: Vec<&str> = posted.map(|mark| mark.course.as_str()).collect();
        numbers.len() > numbers.iter().collect::<BTreeSet<_>>().len()
    };
    let by_person = central.marks_by_person();
    let repeaters = by_person.values().filter(|marks| repeated(marks)).count();
    let percent = repeaters * 100 / by_person.len();
    assert!((15..60).contains(&percent), "{percent} % repeat a course");
    for (what, count) in [
        ("in both sources", summary.in_both_sources),
        ("marks at several schools", summary.marks_at_several_schools),
        ("charter marks", summary.charter_marks),
        ("without state id", summary.without_state_id),
    ] {
        assert!(count > 20, "{what}: {count}");
    }
}

#[test]
fn most_seniors_graduate_and_some_are_at_the_edge() {
    let (folder, _) = make(&Plan::new(10_000, 9));
    let central = Records::read(&folder.path().join(CENTRAL));
    let count = |award| {
        central
            .awards
            .iter()
            .filter(|row| row.award == award)
            .count()
    };
    let diplomas = count(AwardKind::Diploma);
    let seniors: BTreeSet<&str> = central
        .enrolments
        .iter()
        .filter(|row| row.grade_level.number() == 12 && row.entered_on >= date(2025, 8, 1))
        .map(|row| row.person.as_str())
        .collect();
    let percent = diplomas * 100 / seniors.len();
    assert!(
        (70..97).contains(&percent),
        "{percent} % of {} graduate",
        seniors.len()
    );
    for award in AwardKind::ALL {
        assert!(count(*award) > 0, "{award}");
    }
    let marks = central.marks_by_person();
    let graduates: BTreeSet<&str> = central
        .awards
        .iter()
        .filter(|row| row.award == AwardKind::Diploma)
        .map(|row| row.person.as_str())
        .collect();
    let short = seniors.iter().filter(|person| !graduates.contains(*person));
    let near = short.filter(|person| {
        marks
            .get(*person)
            .is_some_and(|marks| sums(marks)[1] >= 190_000)
    });
    assert!(near.count() > 5, "seniors with 190 credits and no diploma");
}

#[test]
fn what_the_plan_asks_for_beside_courses_is_done_by_who_graduated_and_by_some_others() {
    let (folder, summary) = make(&Plan::new(2000, 9));
    let central = Records::read(&folder.path().join(CENTRAL));
    let on_plan = central
        .plans
        .iter()
        .filter(|row| row.plan == plan::DISTRICT);
    let on_plan: BTreeSet<&str> = on_plan.map(|row| row.person.as_str()).collect();
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen = BTreeMap::new();
    for row in &central.fulfilments {
        assert!(on_plan.contains(row.person.as_str()), "{row:?}");
        assert!(
            requirement::ALL.contains(&row.requirement.as_str()),
            "{row:?}"
        );
        *seen.entry(row.progress).or_insert(0) += 1;
        let is_done = row.progress != FulfilmentProgress::UnderWay;
        *done.entry(&row.person).or_default() += usize::from(is_done);
    }
    assert!(
        seen.len() == 3 && seen.values().all(|count| *count > 0),
        "{seen:?}"
    );
    assert!(
        summary.rows["fulfilments"] > central.fulfilments.len() as u64,
        "charters too"
    );
    let diplomas = central
        .awards
        .iter()
        .filter(|row| row.award == AwardKind::Diploma);
    for graduate in diplomas.filter(|row| on_plan.contains(row.person.as_str())) {
        assert_eq!(
            done[graduate.person.as_str()],
            requirement::ALL.len(),
            "{graduate:?}"
        );
    }
    let begun = on_plan
        .iter()
        .filter(|person| done.contains_key(*person))
        .count();
    assert!(begun < on_plan.len(), "somebody has not begun");
}

#[test]
fn in_november_the_fall_is_in_progress_and_nobody_has_graduated() {
    let mut plan = Plan::new(2000, 10);
    plan.as_of = date(2025, 11, 14);
    let (folder, summary) = make(&plan);
    let central = Records::read(&folder.path().join(CENTRAL));
    assert!(
        central
            .awards
            .iter()
            .all(|award| award.award == AwardKind::Equivalency)
    );
    assert!(summary.marks["in_progress"] > 1000 && summary.marks["planned"] > 1000);
    let after = |moment: jiff::Timestamp| moment.as_second() > 1_763_150_400;
    assert!(
        central
            .marks
            .iter()
            .filter_map(|mark| mark.posted_at)
            .all(|at| !after(at))
    );
    assert!(
        central
            .enrolments
            .iter()
            .all(|row| row.entered_on <= plan.as_of)
    );
}
