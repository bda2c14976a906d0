//! The special education of a district made from a seed: believable, and wrong where it may be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use registrar::compliance::{CaseKind, DiscrepancyKind, Value, cases_of, discrepancies, teachers};
use registrar::host::Clock;
use registrar::intake::{Options, Verdict, import, open};
use registrar::record::support::{
    Complaint, Disability, Dispute, Eligibility, Evaluation, EvaluationKind, Incident, MeetingKind,
    PlanMeeting, RecordsRequest, Referral, Removal, RemovalKind, SupportPlan, SupportPlanKind,
    SupportRecord,
};
use registrar::record::{CharterStatus, RowKey, YesNo};
use registrar::store::Store;
use registrar::synthetic::{PACKAGES, Plan, SEDS, SEDS_UPDATE, generate};

use super::reading::rows;
use super::systems::{self, District};

/// A district that several tests look at.
struct Made {
    folder: tempfile::TempDir,
    plan: Plan,
    district: District,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plan = Plan::new(3000, 3);
    generate(&plan, folder.path(), &mut |_| {}).expect("the plan can be carried out");
    let district = systems::read(folder.path(), &plan);
    Made {
        folder,
        plan,
        district,
    }
});

fn records() -> impl Iterator<Item = &'static SupportRecord> {
    MADE.district.records.values()
}

fn holds(begins: Date, ends: Option<Date>) -> bool {
    begins <= MADE.plan.as_of && ends.is_none_or(|end| end >= MADE.plan.as_of)
}

#[test]
fn about_twelve_of_a_hundred_students_have_a_plan() {
    let known =
        records().filter(|record| record.people.iter().any(|it| it.source != "marisol-seds"));
    let mut roll = 0;
    let mut with = BTreeMap::new();
    for record in known {
        roll += 1;
        let plans = record.support_plans.iter().map(|it| &it.row);
        for kind in plans
            .filter(|plan| {
                holds(
                    plan.begins_on,
                    plan.ends_on.filter(|end| *end < date(2026, 6, 1)),
                )
            })
            .map(|plan| plan.kind)
            .collect::<BTreeSet<_>>()
        {
            *with.entry(kind).or_insert(0) += 1;
        }
    }
    let share = |kind| with[&kind] * 1000 / roll;
    let iep = share(SupportPlanKind::Iep);
    assert!((110..=130).contains(&iep), "{iep} of a thousand of {roll}");
    assert!(
        (8..=25).contains(&share(SupportPlanKind::Section504)),
        "{with:?}"
    );
}

#[test]
fn a_specific_learning_disability_is_the_most_common_and_nearly_every_category_occurs() {
    let mut counts: BTreeMap<Disability, usize> = BTreeMap::new();
    for row in seds::<Eligibility>() {
        *counts.entry(row.disability).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let share = |disability| counts.get(&disability).copied().unwrap_or(0) * 100 / all;
    assert!(
        (25..45).contains(&share(Disability::SpecificLearningDisability)),
        "{counts:?}"
    );
    assert!(
        (15..32).contains(&share(Disability::SpeechOrLanguageImpairment)),
        "{counts:?}"
    );
    assert!((8..25).contains(&share(Disability::Autism)), "{counts:?}");
    assert!(counts.len() >= 9, "{counts:?}");
}

fn seds<R: registrar::intake::package::Row>() -> Vec<R> {
    rows(&open(&MADE.folder.path().join(SEDS)).expect("a package"))
}

fn update<R: registrar::intake::package::Row>() -> Vec<R> {
    rows(&open(&MADE.folder.path().join(SEDS_UPDATE)).expect("a package"))
}

#[tokio::test]
async fn an_import_refuses_nothing_of_any_package() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("registrar.db").display());
    let store = Store::open(&url).await.expect("a database");
    for package in PACKAGES {
        let clock = Clock::Fixed("2026-06-20T08:00:00Z".parse().expect("an instant"));
        let from = MADE.folder.path().join(package);
        let outcome = import(&store, &from, &Options::default(), clock, &mut |_| {}).await;
        let outcome = outcome.expect("the database answers");
        assert!(
            matches!(outcome.verdict, Verdict::Landed(_)),
            "{package}: {outcome}"
        );
    }
}

#[test]
fn every_kind_of_case_is_made_of_some_rows() {
    let District { around, shared, .. } = &MADE.district;
    for kind in CaseKind::ALL {
        let count = match kind {
            CaseKind::Teacher => teachers(shared, around).len(),
            kind => records().map(|it| cases_of(*kind, it, around).len()).sum(),
        };
        assert!(count > 10, "{}: {count}", kind.word());
    }
}

#[test]
fn the_id_of_a_case_names_one_case_of_the_district() {
    for kind in CaseKind::ALL {
        let mut ids = BTreeSet::new();
        for record in records() {
            for case in cases_of(*kind, record, &MADE.district.around) {
                assert!(ids.insert(case.id.clone()), "{} twice", case.id);
            }
        }
    }
}

#[test]
fn most_first_evaluations_are_in_time_some_late_and_some_never_finished() {
    let mut days = Vec::new();
    let (mut open, mut codes) = (0, BTreeSet::new());
    for row in seds::<Evaluation>() {
        let (EvaluationKind::Initial, Some(consent)) = (row.kind, row.consent_received_on) else {
            continue;
        };
        match row.meeting_held_on {
            Some(held) => days.push((held - consent).get_days()),
            None if row.outcome.is_none() && consent < date(2026, 3, 1) => open += 1,
            None => {}
        }
        codes.extend(row.delay_code);
    }
    let timely = days.iter().filter(|days| **days <= 60).count();
    // Consent before a recess or the summer has longer.
    assert!(
        (55..90).contains(&(timely * 100 / days.len())),
        "{timely} of {}",
        days.len()
    );
    assert!(open > 2, "{open} were never finished");
    assert!(codes.len() >= 3, "{codes:?}");
}

#[test]
fn young_children_come_from_part_c_and_some_pupils_with_consent_from_elsewhere() {
    let rows = seds::<Evaluation>();
    let count = |kind| rows.iter().filter(|row| row.kind == kind).count();
    // Of some 120 pupils of transitional kindergarten, eight in a hundred of whom have a plan.
    assert!(count(EvaluationKind::PartCToB) > 1);
    assert!(count(EvaluationKind::Reevaluation) > 100);
    let unreferred =
        |row: &&Evaluation| row.kind == EvaluationKind::Initial && row.referral.is_none();
    assert!(rows.iter().filter(unreferred).count() > 0);
    // Consent from elsewhere says so, and no other evaluation is without a referral.
    for row in rows.iter().filter(unreferred) {
        assert_eq!(row.consented_elsewhere, Some(YesNo::Yes));
    }
}

/// The words of a field in all cases of a kind, each with how often; nothing where unknown.
fn words(kind: CaseKind, field: &str) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for record in records() {
        for case in cases_of(kind, record, &MADE.district.around) {
            let word = case
                .get(field)
                .map_or("unknown".to_owned(), Value::to_string);
            *words.entry(word).or_default() += 1;
        }
    }
    words
}

#[test]
fn records_follow_most_pupils_and_the_clocks_of_some_vanish_in_the_move() {
    let clocks = words(CaseKind::Move, "open_clock");
    assert!(clocks["none"] > 40, "{clocks:?}");
    assert!(clocks["kept"] > 1 && clocks["vanished"] > 1, "{clocks:?}");
    for field in [
        "records_requested_on",
        "records_sent_on",
        "plan_visible_on",
        "interim_review_on",
    ] {
        let words = words(CaseKind::Move, field);
        let all: usize = words.values().sum();
        let unknown = words["unknown"] * 100 / all;
        assert!((2..50).contains(&unknown), "{field}: {unknown} % of {all}");
    }
    let District { around, .. } = &MADE.district;
    let schools = &around.schools;
    let into_charter = |school: &str| schools[school].charter != CharterStatus::None;
    let charters = words(CaseKind::Move, "school");
    assert!(
        charters.keys().any(|school| into_charter(school)),
        "{charters:?}"
    );
}

#[test]
fn the_systems_disagree_about_a_few_pupils_in_every_way() {
    let mut found: BTreeMap<DiscrepancyKind, usize> = BTreeMap::new();
    let mut pupils = 0;
    for record in records() {
        pupils += usize::from(!record.support_plans.is_empty());
        for discrepancy in discrepancies(record, &MADE.district.around) {
            *found.entry(discrepancy.kind).or_default() += 1;
        }
    }
    // Each school has one student system, so that of removals and tests none tells twice.
    let by_one = [DiscrepancyKind::Removal, DiscrepancyKind::Assessment];
    for kind in DiscrepancyKind::ALL {
        let count = found.get(kind).copied().unwrap_or(0);
        if by_one.contains(kind) {
            assert_eq!(count, 0, "{kind:?}");
            continue;
        }
        assert!(
            count > 0 && count * 100 < pupils * 9,
            "{kind:?}: {count} of {pupils}"
        );
    }
}

#[test]
fn the_second_export_brings_what_was_held_long_before_and_makes_some_late_meetings_timely() {
    let exported_on = date(2026, 5, 29);
    let before: BTreeMap<String, PlanMeeting> = seds::<PlanMeeting>()
        .into_iter()
        .map(|row| (row.meeting.clone(), row))
        .collect();
    assert!(
        before
            .values()
            .all(|row| row.held_on.is_none_or(|held| held <= exported_on))
    );
    let (mut late, mut changed) = (0, 0);
    for row in update::<PlanMeeting>() {
        let first = before.get(&row.meeting);
        let was_held = first.and_then(|row| row.held_on);
        let held_before = row.held_on.is_some_and(|held| held < exported_on);
        late += usize::from(held_before && was_held.is_none());
        let is_timely = row
            .held_on
            .zip(row.due_on)
            .is_some_and(|(held, due)| held <= due);
        changed +=
            usize::from(is_timely && was_held.zip(row.due_on).is_some_and(|(it, due)| it > due));
    }
    assert!(
        late > 5 && changed > 1,
        "{late} entered late, {changed} changed"
    );
    let plans: BTreeSet<String> = seds::<SupportPlan>()
        .into_iter()
        .map(|row| row.plan)
        .collect();
    let new = update::<SupportPlan>()
        .into_iter()
        .filter(|row| !plans.contains(&row.plan));
    assert!(new.filter(|row| row.begins_on < exported_on).count() > 5);
}

#[test]
fn what_one_export_tells_of_a_year_a_later_one_tells_too() {
    let plan = Plan {
        as_of: date(2026, 3, 2),
        ..MADE.plan.clone()
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    generate(&plan, folder.path(), &mut |_| {}).expect("the plan can be carried out");
    fn keys<R: registrar::intake::package::Row>(folder: &Path, package: &str) -> Vec<RowKey> {
        let package = open(&folder.join(package)).expect("a package");
        let rows = rows::<R>(&package).into_iter();
        rows.map(|row| row.digests("A").0).collect()
    }
    fn holds_all<R: registrar::intake::package::Row>(earlier: &Path, package: &str) {
        let then = keys::<R>(earlier, package);
        let now = keys::<R>(MADE.folder.path(), package);
        assert!(!then.is_empty() && then.len() <= now.len());
        let gone = then.iter().filter(|key| !now.contains(key)).count();
        assert_eq!(gone, 0, "{:?} of {package}, {} rows", R::TABLE, then.len());
    }
    holds_all::<Incident>(folder.path(), PACKAGES[0]);
    holds_all::<Removal>(folder.path(), PACKAGES[0]);
    holds_all::<Referral>(folder.path(), SEDS);
    holds_all::<Evaluation>(folder.path(), SEDS);
    holds_all::<Eligibility>(folder.path(), SEDS);
    holds_all::<RecordsRequest>(folder.path(), SEDS);
    holds_all::<Complaint>(folder.path(), SEDS);
    holds_all::<Dispute>(folder.path(), SEDS);
}

#[test]
fn pupils_with_plans_are_removed_more_often_and_some_for_more_than_ten_days() {
    let (mut with, mut without) = ((0, 0), (0, 0));
    let mut long = 0;
    for record in records() {
        let of = if record.support_plans.is_empty() {
            &mut without
        } else {
            &mut with
        };
        of.0 += 1;
        of.1 += usize::from(!record.removals.is_empty());
        let days: i64 = record
            .removals
            .iter()
            .map(|it| it.row.days.thousandths())
            .sum();
        long += usize::from(days > 10_000);
    }
    assert!(
        with.1 * without.0 > without.1 * with.0 * 5 / 4,
        "{with:?} {without:?}"
    );
    assert!(long > 1, "{long}");
    let removals = records().flat_map(|record| &record.removals);
    let kinds: BTreeSet<RemovalKind> = removals.map(|it| it.row.kind).collect();
    assert!(kinds.len() >= 3, "{kinds:?}");
}

#[test]
fn reviews_come_round_each_year_and_a_few_are_late() {
    let mut overdue = 0;
    let mut all = 0;
    for row in seds::<PlanMeeting>() {
        let review = matches!(row.kind, MeetingKind::Annual | MeetingKind::Triennial);
        let Some((due, held)) = row.due_on.zip(row.held_on).filter(|_| review) else {
            continue;
        };
        all += 1;
        overdue += usize::from(held > due);
    }
    assert!(all > 700, "{all}");
    assert!(
        (4..18).contains(&(overdue * 100 / all)),
        "{overdue} of {all}"
    );
}
