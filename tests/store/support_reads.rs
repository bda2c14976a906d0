//! What compliance is counted from is read as known, from every source, with when it became known.

use jiff::civil::date;
use registrar::record::support::{Disability, Eligibility, Recorded, SupportPlan, SupportRecord};
use registrar::record::*;
use registrar::store::*;

use crate::common::{self, on_both_databases};
use crate::pupil::{BEGINS, all_sent, of_school, plan, pupil, session};
use crate::rows::{self, TAKEN_BACK, staged};
use crate::support::{FIRST, SECOND, land_whole, place, staged_delta, staged_whole};
use crate::{at, header, stage};

const LATER: &str = "2026-06-01T00:00:00Z";

fn id(number: &str) -> PersonId {
    PersonId::from_state_id(&format!("9{number:0>9}"))
}

/// Everything that was sent about these people, as known at an instant.
async fn read_all(store: &Store, people: &[PersonId], known: &str) -> Vec<SupportRecord> {
    let sent = all_sent(&["sis", "special"]);
    let records = store.support_records(people, &sent, at(known));
    records.await.expect("read")
}

async fn read(store: &Store, number: &str, known: &str) -> SupportRecord {
    let mut records = read_all(store, &[id(number)], known).await;
    assert_eq!(records.len(), 1, "{number} at {known}");
    records.remove(0)
}

/// Lands a delta of one batch.
async fn change(store: &Store, exported_at: &str, batch: TableRows) -> i64 {
    let mut staging = staged_delta(store, exported_at).await;
    staging.rows(&batch).await.expect("staged");
    let findings = staging.findings(50).await.expect("checked");
    assert_eq!(findings, Findings::default());
    let plan = staging.plan().await.expect("a plan");
    let landed = staging.land(&plan, at(exported_at)).await;
    let import = landed.expect("it lands").import;
    import.expect("it says something new")
}

/// The only row, which was recorded with the first export.
fn only<T: Clone>(rows: &[Recorded<T>]) -> T {
    let [one] = rows else {
        panic!("{} rows", rows.len());
    };
    assert_eq!(one.source, "sis");
    assert_eq!(one.recorded_at, at(FIRST));
    one.row.clone()
}

on_both_databases!(every_row_of_a_pupil_is_read_and_nobody_else_s, |db| {
    land_whole(&db.store).await;
    let nobody = id("404");
    let asked = [id("8"), nobody, id("7"), id("8")];
    let records = read_all(&db.store, &asked, LATER).await;
    let ids: Vec<PersonId> = records.iter().map(|record| record.id).collect();
    assert_eq!(ids, [id("8"), id("7")], "in the order asked for, once");
    let record = &records[1];
    let person = only(&record.people);
    assert_eq!(
        (person.person.as_str(), person.birth_date),
        ("7", date(2008, 2, 29))
    );
    assert_eq!(person.state_id.as_deref(), Some("9000000007"));
    assert_eq!(only(&record.enrolments), rows::enrolment("7"));
    assert_eq!(only(&record.support_plans), plan("7"));
    assert_eq!(only(&record.service_logs), session("7"));
    let mut read = vec![
        only(&record.demographics).person,
        only(&record.residences).person,
        only(&record.attendance).person,
        only(&record.assessments).person,
        only(&record.referrals).person,
        only(&record.evaluations).person,
        only(&record.eligibilities).person,
        only(&record.transition_plans).person,
        only(&record.behaviour_plans).person,
        only(&record.plan_meetings).person,
        only(&record.parent_notices).person,
        only(&record.service_promises).person,
        only(&record.records_requests).person,
        only(&record.translation_requests).person,
        only(&record.complaints).person,
        only(&record.disputes).person,
        only(&record.incidents).person,
        only(&record.removals).person,
    ];
    read.dedup();
    assert_eq!(read, ["7"]);
    let before = read_all(&db.store, &asked, "2026-01-01T00:00:00Z").await;
    assert_eq!(before, [], "nobody was known then");
    // Of a table that is not asked for no row is read, and every other is.
    let plans = all_sent(&["sis"]).only(&["support_plans"].into());
    let read = db.store.support_records(&asked, &plans, at(LATER)).await;
    let less = &read.expect("read")[1];
    assert_eq!(less.support_plans, record.support_plans);
    assert_eq!(less.people, record.people);
    assert_eq!((less.enrolments.len(), less.service_logs.len()), (0, 0));
});

on_both_databases!(what_is_read_is_what_was_sent, |db| {
    land_whole(&db.store).await;
    let record = read(&db.store, "7", LATER).await;
    let staged_rows = pupil(place(), "sis", "7");
    macro_rules! the_same {
        ($($variant:ident => $field:ident,)+) => {
            for batch in &staged_rows {
                match batch {
                    $(TableRows::$variant(rows) => {
                        assert_eq!(only(&record.$field), rows[0].row);
                    })+
                    other => panic!("{other:?} is no row of a pupil"),
                }
            }
        };
    }
    the_same! {
        Demographics => demographics,
        Residences => residences,
        Attendance => attendance,
        Assessments => assessments,
        Referrals => referrals,
        Evaluations => evaluations,
        Eligibilities => eligibilities,
        SupportPlans => support_plans,
        TransitionPlans => transition_plans,
        BehaviourPlans => behaviour_plans,
        PlanMeetings => plan_meetings,
        ParentNotices => parent_notices,
        ServicePromises => service_promises,
        ServiceLogs => service_logs,
        RecordsRequests => records_requests,
        TranslationRequests => translation_requests,
        Complaints => complaints,
        Disputes => disputes,
        Incidents => incidents,
        Removals => removals,
    }
    let setting = db.store.support_setting(at(LATER)).await.expect("read");
    assert!(setting.directory.schools.contains_key(rows::SCHOOL));
    for batch in of_school(place(), "sis") {
        match batch {
            TableRows::CalendarPeriods(rows) => {
                assert_eq!(only(&setting.calendar_periods), rows[0].row);
            }
            TableRows::Staff(rows) => assert_eq!(only(&setting.staff), rows[0].row),
            TableRows::StaffCredentials(rows) => {
                assert_eq!(only(&setting.staff_credentials), rows[0].row);
            }
            TableRows::CensusCounts(rows) => {
                assert_eq!(only(&setting.census_counts), rows[0].row);
            }
            other => panic!("{other:?} is no row of a school"),
        }
    }
    let before = db.store.support_setting(at("2026-01-01T00:00:00Z")).await;
    assert_eq!(before.expect("read").staff, []);
});

/// Pupil 7's plan, which ended on this day.
fn ended() -> TableRows {
    let ended = SupportPlan {
        ends_on: Some(date(2026, 2, 6)),
        ..plan("7")
    };
    let file = FileNumber(1);
    TableRows::SupportPlans(vec![staged(Table::SupportPlans, file, 2, &["7"], ended)])
}

/// When the version was recorded, and whether it tells a last day.
async fn plan_known(store: &Store, known: &str) -> (String, bool) {
    let record = read(store, "7", known).await;
    let [plan] = record.support_plans.as_slice() else {
        panic!("{:?}", record.support_plans);
    };
    (plan.recorded_at.to_string(), plan.row.ends_on.is_some())
}

on_both_databases!(a_version_tells_since_when_it_is_known, |db| {
    land_whole(&db.store).await;
    let changed = change(&db.store, SECOND, ended()).await;
    let told = |version: &str, ends| (version.to_owned(), ends);
    assert_eq!(
        plan_known(&db.store, "2026-01-20T00:00:00Z").await,
        told(FIRST, false),
        "as it was known before"
    );
    assert_eq!(
        plan_known(&db.store, "2026-02-20T00:00:00Z").await,
        told(SECOND, true)
    );
    let undone = at("2026-03-01T08:00:00Z");
    let undo = db.store.undo_import(changed, TAKEN_BACK, undone).await;
    undo.expect("the newest of its source");
    assert_eq!(
        plan_known(&db.store, LATER).await,
        told("2026-03-01T08:00:00Z", false),
        "what an undoing brought back is said since then"
    );
    assert_eq!(
        plan_known(&db.store, "2026-02-20T00:00:00Z").await,
        told(SECOND, true),
        "as known then it still shows"
    );
});

on_both_databases!(
    a_row_that_went_and_came_again_is_known_since_it_came_again,
    |db| {
        land_whole(&db.store).await;
        let marks = [("1", "7", "A"), ("2", "8", "B")];
        let mut emptied = stage(&db.store, SECOND, &marks).await;
        emptied.findings(10).await.expect("checked");
        let plan = emptied.plan().await.expect("a plan");
        emptied.land(&plan, at(SECOND)).await.expect("it lands");
        let record = read(&db.store, "7", "2026-02-20T00:00:00Z").await;
        assert_eq!(record.support_plans, [], "it was withdrawn");
        assert_eq!(record.enrolments.len(), 1);

        let again = "2026-03-10T08:00:00Z";
        let mut back = staged_whole(&db.store, again).await;
        back.findings(10).await.expect("checked");
        let plan = back.plan().await.expect("a plan");
        back.land(&plan, at(again)).await.expect("it lands");
        let (version, _) = plan_known(&db.store, LATER).await;
        assert_eq!(version, again);
    }
);

on_both_databases!(two_systems_that_disagree_are_both_read, |db| {
    land_whole(&db.store).await;
    let mut special = header(SECOND);
    special.source = "special".into();
    let mut staging = db.store.stage(special).await.expect("it begins");
    let file = staging.file(Table::Eligibilities, "eligibilities.csv");
    staging.file_read(file, [7; 32], 10, 2);
    // The same child by the state id, under another number.
    let mut person = staged(Table::People, file, 2, &["S7"], rows::person("7"));
    person.row.person = "S7".into();
    let other = Eligibility {
        school: rows::SCHOOL.into(),
        person: "S7".into(),
        begins_on: BEGINS,
        ends_on: None,
        disability: Disability::Autism,
        second_disability: None,
        degree_of_support: None,
        ended: None,
    };
    let mut other = staged(Table::Eligibilities, file, 3, &["S7"], other);
    person.key = RowKey::new("special", Table::People.name(), &["S7"]);
    other.key = RowKey::new("special", Table::Eligibilities.name(), &["S7"]);
    for batch in [
        TableRows::People(vec![person]),
        TableRows::Eligibilities(vec![other]),
    ] {
        staging.rows(&batch).await.expect("staged");
    }
    let findings = staging.findings(10).await.expect("checked");
    assert_eq!(findings, Findings::default());
    let plan = staging.plan().await.expect("a plan");
    staging.land(&plan, at(SECOND)).await.expect("it lands");

    let record = read(&db.store, "7", LATER).await;
    let people = record.people.iter();
    let people: Vec<_> = people
        .map(|it| (it.source.as_str(), it.row.person.as_str()))
        .collect();
    assert_eq!(people, [("sis", "7"), ("special", "S7")]);
    let told = record.eligibilities.iter();
    let told: Vec<_> = told
        .map(|it| (it.source.as_str(), it.row.disability, it.recorded_at))
        .collect();
    assert_eq!(
        told,
        [
            ("special", Disability::Autism, at(SECOND)),
            ("sis", Disability::SpecificLearningDisability, at(FIRST)),
        ]
    );
});
