//! Rows of special education are refused, held and corrected like any other.

use std::fs;

use registrar::intake::package::{Manifest, ManifestTable, Mode, Table};
use registrar::intake::{Options, Outcome, ProblemKind, Verdict};
use registrar::record::PersonId;
use registrar::record::support::{
    PlanSetting, ProviderKind, ServiceFrequency, ServiceLog, ServiceOutcome, ServicePromise,
    SupportPlan, SupportPlanKind,
};
use registrar::store::Store;

use crate::common::{self, on_both_databases};
use crate::small::{FIRST, SECOND, replace, write_catalogue};
use crate::small::{Package, SCHOOL, all_a, holding, manifest, mark, person, strict};
use crate::{NOW, import_at};

const SUPPORT: [Table; 3] = [
    Table::SupportPlans,
    Table::ServicePromises,
    Table::ServiceLogs,
];

fn with_support(exported_at: &str) -> Manifest {
    let mut manifest = manifest(exported_at, Mode::Full);
    let full = |table: Table| (table, ManifestTable::new(table, Mode::Full));
    manifest.tables.extend(SUPPORT.map(full));
    manifest
}

fn plan(person: &str) -> SupportPlan {
    SupportPlan {
        school: SCHOOL.into(),
        plan: format!("IEP-{person}"),
        person: person.into(),
        kind: SupportPlanKind::Iep,
        begins_on: "2025-11-14".parse().expect("a date"),
        ends_on: None,
        meeting: None,
        parent_consented_on: None,
        setting: Some(PlanSetting::RegularSchool),
        percent_outside: Some("18.5".parse().expect("a share")),
    }
}

fn promise(person: &str) -> ServicePromise {
    ServicePromise {
        school: SCHOOL.into(),
        promise: format!("S-{person}"),
        person: person.into(),
        plan: format!("IEP-{person}"),
        service: "415".into(),
        provider: ProviderKind::District,
        frequency: ServiceFrequency::Weekly,
        times: "2".parse().expect("a count"),
        minutes: "30".parse().expect("a count"),
        begins_on: "2025-11-17".parse().expect("a date"),
        ends_on: None,
        stopped_on: None,
        stop_reason: None,
    }
}

fn session(person: &str, day: &str) -> ServiceLog {
    ServiceLog {
        school: SCHOOL.into(),
        entry: format!("L-{person}-{day}"),
        person: person.into(),
        promise: format!("S-{person}"),
        session_on: day.parse().expect("a date"),
        minutes: Some("30".parse().expect("a count")),
        outcome: ServiceOutcome::Given,
        entered_at: None,
    }
}

/// Two hundred people, of whom the first twenty have a plan, a service and these sessions of it.
fn package(exported_at: &str, days: &[&str]) -> Package {
    Package::written(with_support(exported_at), |writer| {
        write_catalogue(writer);
        for number in 0..200 {
            writer.write(&person(number)).expect("written");
            let letter = all_a(number);
            writer.write(&mark(number, letter)).expect("written");
        }
        for number in 0..20 {
            let number = number.to_string();
            writer.write(&plan(&number)).expect("written");
            writer.write(&promise(&number)).expect("written");
            for day in days {
                writer.write(&session(&number, day)).expect("written");
            }
        }
    })
}

async fn import(store: &Store, package: &std::path::Path, options: &Options) -> Outcome {
    let outcome = import_at(store, package, options, NOW).await;
    outcome.expect("the database works")
}

/// The days of the sessions of this person that are recorded now.
async fn days(store: &Store, person: &str) -> Vec<String> {
    let known = store.recorded_instant(None).await.expect("read");
    let known = known.expect("something landed");
    let id = PersonId::from_local_id("aeries", person);
    let sent = store.support_setting(known).await.expect("read").sent;
    let records = store.support_records(&[id], &sent, known).await;
    let records = records.expect("read");
    let sessions = records[0].service_logs.iter();
    sessions.map(|it| it.row.session_on.to_string()).collect()
}

on_both_databases!(
    a_pupil_with_a_refused_session_keeps_what_was_known_until_it_is_corrected,
    |db| {
        let (before, after) = ("2025-11-19", "2025-11-26");
        let first = package(FIRST, &[before]);
        let landed = import(&db.store, first.path(), &strict()).await;
        assert!(matches!(landed.verdict, Verdict::Landed(_)), "{landed}");

        let spoiled = package(SECOND, &[before, after]).with(
            "service_logs.csv",
            "L-7-2025-11-26,7,S-7,2025-11-26,30,",
            "L-7-2025-11-26,7,S-7,2025-11-26,,",
        );
        let refused = import(&db.store, spoiled.path(), &strict()).await;
        assert_eq!(refused.verdict, Verdict::Refused);
        assert_eq!(refused.report.total(ProblemKind::RowContradiction), 1);

        let quarantine = spoiled.beside("quarantine");
        let held = import(&db.store, spoiled.path(), &holding(&quarantine)).await;
        assert!(matches!(held.verdict, Verdict::Landed(_)), "{held}");
        assert_eq!(held.held.map(|held| held.people), Some(1));
        assert_eq!(days(&db.store, "7").await, [before], "as it was known");
        assert_eq!(days(&db.store, "8").await, [before, after]);
        let known = db.store.recorded_instant(None).await.expect("read");
        let id = PersonId::from_local_id("aeries", "7");
        let records = db.store.records(&[id], known.expect("landed")).await;
        let records = records.expect("read");
        assert_eq!(records[0].held, [""; 0], "a transcript does not wait");

        let kept = fs::read_to_string(quarantine.join("service_logs.csv"));
        let kept = kept.expect("the sessions are kept");
        assert_eq!(
            kept.lines().count(),
            3,
            "a header and both sessions: {kept}"
        );
        let plans = fs::read_to_string(quarantine.join("support_plans.csv"));
        assert!(plans.expect("kept").contains("IEP-7"));
        let sessions = quarantine.join("service_logs.csv");
        replace(&sessions, "2025-11-26,,given", "2025-11-26,25,given");
        let corrected = import(&db.store, &quarantine, &strict()).await;
        assert!(
            matches!(corrected.verdict, Verdict::Landed(_)),
            "{corrected}"
        );
        assert_eq!(days(&db.store, "7").await, [before, after]);
        assert_eq!(db.store.held(10).await.expect("read").people, 0);
    }
);
