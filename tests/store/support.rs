//! Tables of special education keep versions, are checked as sets, and hold nobody's transcript.

use jiff::civil::date;
use registrar::record::support::{BehaviourPlan, RecordsRequest, SupportPlan};
use registrar::record::*;
use registrar::store::*;

use crate::common::{self, on_both_databases};
use crate::pupil::{of_school, plan, pupil, session};
use crate::rows::{self, TAKEN_BACK, staged};
use crate::{at, header, stage};

pub const FIRST: &str = "2026-01-10T08:00:00Z";
pub const SECOND: &str = "2026-02-10T08:00:00Z";

pub fn place() -> Provenance {
    Provenance {
        file: FileNumber(1),
        line: 5,
    }
}

/// Two pupils, 7 and 8, with a row in every table, as one full package would bring them.
pub async fn staged_whole(store: &Store, exported_at: &str) -> Staging {
    let marks = [("1", "7", "A"), ("2", "8", "B")];
    let mut staging = stage(store, exported_at, &marks).await;
    let rows = [of_school(place(), "sis"), pupil(place(), "sis", "7")];
    for batch in rows.iter().flatten().chain(&pupil(place(), "sis", "8")) {
        staging.rows(batch).await.expect("staged");
    }
    staging
}

/// What a delta would be staged into.
pub async fn staged_delta(store: &Store, exported_at: &str) -> Staging {
    let mut staging = store.stage(header(exported_at)).await.expect("it begins");
    let file = staging.file(Table::SupportPlans, "support_plans.csv");
    staging.file_read(file, [7; 32], 10, 1);
    for table in Table::ALL {
        let scope = staging.scope(*table, rows::SCHOOL, false).await;
        scope.expect("a scope");
    }
    staging
}

pub async fn land_whole(store: &Store) {
    let mut staging = staged_whole(store, FIRST).await;
    let findings = staging.findings(50).await.expect("checked");
    assert_eq!(findings, Findings::default());
    let plan = staging.plan().await.expect("a plan");
    staging.land(&plan, at(FIRST)).await.expect("it lands");
}

fn of_support(plan: &Plan) -> Vec<(Table, [u64; 4])> {
    let changes = plan.changes.iter().filter(|it| it.table.is_support());
    let counts = |it: &TableChange| [it.added, it.changed, it.unchanged, it.withdrawn];
    changes.map(|it| (it.table, counts(it))).collect()
}

fn every_table(of_pupils: [u64; 4], of_school: [u64; 4]) -> Vec<(Table, [u64; 4])> {
    let shared = [
        Table::CalendarPeriods,
        Table::Staff,
        Table::StaffCredentials,
        Table::CensusCounts,
    ];
    let tables = Table::ALL.iter().filter(|table| table.is_support());
    let counts = |table: &Table| match shared.contains(table) {
        true => (*table, of_school),
        false => (*table, of_pupils),
    };
    tables.map(counts).collect()
}

on_both_databases!(every_table_keeps_what_it_was_told_before, |db| {
    let mut first = staged_whole(&db.store, FIRST).await;
    first.findings(10).await.expect("checked");
    let plan = first.plan().await.expect("a plan");
    assert_eq!(of_support(&plan), every_table([2, 0, 0, 0], [1, 0, 0, 0]));
    first.land(&plan, at(FIRST)).await.expect("it lands");

    let mut again = staged_whole(&db.store, FIRST).await;
    again.findings(10).await.expect("checked");
    let plan = again.plan().await.expect("a plan");
    assert!(plan.is_unchanged(), "{plan:?}");
    assert_eq!(of_support(&plan), every_table([0, 0, 2, 0], [0, 0, 1, 0]));

    let mut emptied = stage(&db.store, SECOND, &[("1", "7", "A"), ("2", "8", "B")]).await;
    let findings = emptied.findings(10).await.expect("checked");
    assert_eq!(findings, Findings::default(), "all of it goes together");
    let plan = emptied.plan().await.expect("a plan");
    assert_eq!(of_support(&plan), every_table([0, 0, 0, 2], [0, 0, 0, 1]));
    emptied.land(&plan, at(SECOND)).await.expect("it lands");

    let undone = db.store.undo_import(2, TAKEN_BACK, at(SECOND)).await;
    undone.expect("the newest of its source");
    let mut once_more = staged_whole(&db.store, "2026-03-10T08:00:00Z").await;
    once_more.findings(10).await.expect("checked");
    let plan = once_more.plan().await.expect("a plan");
    assert!(plan.is_unchanged(), "it holds again: {plan:?}");
});

/// What was found, each kind with its table, column and value.
fn told(findings: &Findings) -> Vec<(FindingKind, Table, &str, &str)> {
    let mut told: Vec<_> = findings.shown.iter().map(one).collect();
    told.sort();
    told
}

fn one(found: &Finding) -> (FindingKind, Table, &str, &str) {
    (found.kind, found.table, &found.column, &found.value)
}

on_both_databases!(what_names_nothing_of_its_person_is_found, |db| {
    // Pupil 8 has nothing of pupil 7's but the numbers.
    let mut staging = stage(&db.store, FIRST, &[("1", "7", "A"), ("2", "8", "B")]).await;
    for batch in pupil(place(), "sis", "7") {
        let all_but = [
            Table::Referrals,
            Table::SupportPlans,
            Table::PlanMeetings,
            Table::ServicePromises,
            Table::Incidents,
        ];
        if !all_but.contains(&batch.table()) {
            staging.rows(&batch).await.expect("staged");
        }
    }
    let mut others = plan("7");
    others.person = "8".into();
    let others = staged(Table::SupportPlans, FileNumber(1), 9, &["7"], others);
    let others = TableRows::SupportPlans(vec![others]);
    staging.rows(&others).await.expect("staged");
    let findings = staging.findings(50).await.expect("checked");
    let unknown = FindingKind::UnknownReference;
    assert_eq!(
        told(&findings),
        [
            (unknown, Table::Evaluations, "referral", "7"),
            (unknown, Table::SupportPlans, "meeting", "7"),
            (unknown, Table::TransitionPlans, "plan", "7"),
            (unknown, Table::BehaviourPlans, "plan", "7"),
            (unknown, Table::ParentNotices, "meeting", "7"),
            (unknown, Table::ServiceLogs, "promise", "7"),
            (unknown, Table::Removals, "incident", "7"),
        ]
    );
    assert_eq!(findings.not_personal, 0, "each person can be held");
    assert_eq!(findings.shown[0].provenance, Some(place()));
});

on_both_databases!(what_is_recorded_answers_a_delta_that_names_it, |db| {
    land_whole(&db.store).await;
    let mut staging = staged_delta(&db.store, SECOND).await;
    let mut of_eight = session("9");
    (of_eight.person, of_eight.promise) = ("8".into(), "8".into());
    let mut of_another = session("10");
    (of_another.person, of_another.promise) = ("8".into(), "7".into());
    let file = FileNumber(1);
    let logs = vec![
        staged(Table::ServiceLogs, file, 2, &["9"], of_eight),
        staged(Table::ServiceLogs, file, 3, &["10"], of_another),
    ];
    let logs = TableRows::ServiceLogs(logs);
    staging.rows(&logs).await.expect("staged");
    let findings = staging.findings(50).await.expect("checked");
    let unknown = FindingKind::UnknownReference;
    let expected = [(unknown, Table::ServiceLogs, "promise", "7")];
    assert_eq!(told(&findings), expected, "that promise is of pupil 7");
});

on_both_databases!(what_goes_may_not_be_named_by_what_stays, |db| {
    land_whole(&db.store).await;
    let mut staging = staged_delta(&db.store, SECOND).await;
    let named = [
        Table::Referrals,
        Table::SupportPlans,
        Table::PlanMeetings,
        Table::ServicePromises,
        Table::Incidents,
    ];
    for mut batch in pupil(place(), "sis", "7") {
        if named.contains(&batch.table()) {
            withdraw(&mut batch);
            staging.rows(&batch).await.expect("staged");
        }
    }
    let findings = staging.findings(50).await.expect("checked");
    let still = FindingKind::StillReferenced;
    assert_eq!(
        told(&findings),
        [
            (still, Table::Referrals, "referral", "7"),
            (still, Table::SupportPlans, "plan", "7"),
            (still, Table::SupportPlans, "plan", "7"),
            (still, Table::PlanMeetings, "meeting", "7"),
            (still, Table::ServicePromises, "promise", "7"),
            (still, Table::Incidents, "incident", "7"),
        ],
        "a plan by its two parts, whose promise goes too"
    );
});

fn withdraw(batch: &mut TableRows) {
    match batch {
        TableRows::Referrals(rows) => rows[0].withdrawn = true,
        TableRows::SupportPlans(rows) => rows[0].withdrawn = true,
        TableRows::PlanMeetings(rows) => rows[0].withdrawn = true,
        TableRows::ServicePromises(rows) => rows[0].withdrawn = true,
        TableRows::Incidents(rows) => rows[0].withdrawn = true,
        other => panic!("{other:?}"),
    }
}

/// The plan of pupil 7, sent again as pupil 8's.
fn passed_on() -> TableRows {
    let passed = SupportPlan {
        person: "8".into(),
        meeting: None,
        ..plan("7")
    };
    let file = FileNumber(1);
    TableRows::SupportPlans(vec![staged(Table::SupportPlans, file, 3, &["7"], passed)])
}

on_both_databases!(a_plan_may_not_leave_its_parts_with_another_person, |db| {
    land_whole(&db.store).await;
    let mut staging = staged_delta(&db.store, SECOND).await;
    staging.rows(&passed_on()).await.expect("staged");
    let findings = staging.findings(50).await.expect("checked");
    let still = FindingKind::StillReferenced;
    let expected = [(still, Table::SupportPlans, "plan", "7"); 3];
    assert_eq!(told(&findings), expected, "its two parts and its promise");
    assert!(findings.shown.iter().all(|it| it.provenance.is_some()));
});

on_both_databases!(a_row_that_passes_on_holds_both_people, |db| {
    land_whole(&db.store).await;
    let mut staging = staged_delta(&db.store, SECOND).await;
    staging.rows(&passed_on()).await.expect("staged");
    let refused = rows::refused(Table::Complaints, "7", Some("9"), 9);
    staging.refuse(&refused).await.expect("kept");
    let held = staging.hold().await.expect("held");
    assert_eq!(held.people, 2, "the plan was of the one who is held");
    let mut kept = Vec::new();
    let keep = |batch: TableRows| {
        kept.push(batch.table());
        Ok(())
    };
    staging.held_rows(keep).await.expect("their rows");
    assert_eq!(kept, [Table::SupportPlans], "for the quarantine");
});

on_both_databases!(a_hold_for_special_education_stops_no_transcript, |db| {
    land_whole(&db.store).await;
    for (exported_at, table, line) in [
        (SECOND, Table::Complaints, 9),
        ("2026-03-10T08:00:00Z", Table::Marks, 10),
    ] {
        let mut staging = staged_delta(&db.store, exported_at).await;
        let refused = rows::refused(table, "7", Some("9"), line);
        staging.refuse(&refused).await.expect("kept");
        staging.findings(50).await.expect("checked");
        staging.hold().await.expect("held");
        let plan = staging.plan().await.expect("a plan");
        let landed = staging.land(&plan, at(exported_at)).await;
        landed.expect("it lands");
        let people = [PersonId::from_state_id("9000000007")];
        let known = at("2026-04-01T00:00:00Z");
        let records = db.store.records(&people, known).await.expect("read");
        let told = records[0].held.join("\n");
        assert!(!told.contains("complaints"), "{told}");
        assert_eq!(!told.is_empty(), table == Table::Marks, "{told}");
    }
    assert_eq!(db.store.held(10).await.expect("read").rows.len(), 2);
});

on_both_databases!(the_next_export_answers_a_hold_by_the_row_s_key, |db| {
    land_whole(&db.store).await;
    let mut staging = staged_delta(&db.store, SECOND).await;
    let behaviour = Table::BehaviourPlans;
    let refused = rows::refused(behaviour, "7", Some("7"), 9);
    staging.refuse(&refused).await.expect("kept");
    staging.findings(50).await.expect("checked");
    staging.hold().await.expect("held");
    let plan = staging.plan().await.expect("a plan");
    staging.land(&plan, at(SECOND)).await.expect("it lands");
    assert_eq!(db.store.held(10).await.expect("read").people, 1);

    let mut staging = staged_delta(&db.store, "2026-03-10T08:00:00Z").await;
    let corrected = BehaviourPlan {
        school: rows::SCHOOL.into(),
        plan: "7".into(),
        person: "7".into(),
        considered_on: None,
        assessed_on: None,
        made_on: Some(date(2026, 1, 12)),
        reviewed_on: None,
    };
    let corrected = staged(behaviour, FileNumber(1), 2, &["7"], corrected);
    let corrected = TableRows::BehaviourPlans(vec![corrected]);
    staging.rows(&corrected).await.expect("staged");
    let findings = staging.findings(50).await.expect("checked");
    assert_eq!(findings, Findings::default());
    let plan = staging.plan().await.expect("a plan");
    let landed = staging.land(&plan, at(SECOND)).await;
    assert_eq!(landed.expect("it lands").changed, 1);
    assert_eq!(db.store.held(10).await.expect("read").people, 0);
});

/// Lands one row of `records_requests`, by which pupil 7's records are asked for from this school.
async fn ask(store: &Store, exported_at: &str, from_school: Option<&str>) -> i64 {
    let mut staging = staged_delta(store, exported_at).await;
    let request = RecordsRequest {
        school: rows::SCHOOL.into(),
        request: "R".into(),
        person: "7".into(),
        from_school: from_school.map(str::to_owned),
        requested_on: date(2026, 1, 5),
        sent_on: None,
        received_on: None,
        plan_visible_on: None,
        from_agency: None,
        to_agency: None,
        plan_there: None,
    };
    let request = staged(Table::RecordsRequests, FileNumber(1), 2, &["R"], request);
    let request = TableRows::RecordsRequests(vec![request]);
    staging.rows(&request).await.expect("staged");
    let findings = staging.findings(50).await.expect("checked");
    assert_eq!(findings, Findings::default());
    let plan = staging.plan().await.expect("a plan");
    let landed = staging.land(&plan, at(exported_at)).await;
    let import = landed.expect("it lands").import;
    import.expect("it says something new")
}

on_both_databases!(
    a_school_that_was_asked_for_records_cannot_be_taken_back,
    |db| {
        const ASKED: &str = "19999990000002";
        let undo = |import| {
            let store = &db.store;
            async move { store.undo_import(import, TAKEN_BACK, at(SECOND)).await }
        };
        land_whole(&db.store).await;
        let mut other = header("2026-01-11T08:00:00Z");
        other.source = "charter".into();
        let mut staging = db.store.stage(other).await.expect("it begins");
        let file = staging.file(Table::Schools, "schools.csv");
        staging.file_read(file, [7; 32], 10, 1);
        let mut school = staged(Table::Schools, file, 2, &["s"], rows::school());
        school.key = RowKey::new("charter", Table::Schools.name(), &["s"]);
        school.row.school = ASKED.into();
        let school = TableRows::Schools(vec![school]);
        staging.rows(&school).await.expect("staged");
        staging.findings(50).await.expect("checked");
        let plan = staging.plan().await.expect("a plan");
        let landed = staging.land(&plan, at("2026-01-11T08:00:00Z")).await;
        let known = landed.expect("it lands").import.expect("a school");

        ask(&db.store, "2026-01-12T08:00:00Z", None).await;
        let asked = ask(&db.store, "2026-01-13T08:00:00Z", Some(ASKED)).await;
        let Err(UndoError::StillNamed(named)) = undo(known).await else {
            panic!("the request names the school");
        };
        assert_eq!(named.rows.len(), 1, "{named}");
        assert_eq!(named.rows[0].table, Table::RecordsRequests);
        assert_eq!(named.rows[0].first, ["R"]);
        undo(asked)
            .await
            .expect("a school outside is named by nothing");
        undo(known).await.expect("nobody names it any more");
    }
);
