//! What an import does to the records: all or nothing, nothing overwritten, nothing lost unasked.

use std::collections::BTreeSet;
use std::fs;

use registrar::host::Clock;
use registrar::intake::package::{Mode, Schools, Table, Writer};
use registrar::intake::{Options, Outcome, ProblemKind, Progress, Verdict, import};
use registrar::store::{Store, TableChange};

use crate::common::{self, on_both_databases};
use crate::small::{
    FIRST, Package, SCHOOL, SECOND, all_a, catalogue, holding, manifest, mark, person, replace,
    strict, write_catalogue,
};
use crate::{NOW, import_with};

/// What the outcome says of the marks: added, changed, withdrawn, unchanged.
fn marks(outcome: &Outcome) -> (u64, u64, u64, u64) {
    let plan = outcome
        .plan
        .as_ref()
        .unwrap_or_else(|| panic!("no plan: {outcome}"));
    let is_marks = |change: &&TableChange| change.table == Table::Marks;
    let change = plan
        .changes
        .iter()
        .find(is_marks)
        .expect("marks are in the package");
    (
        change.added,
        change.changed,
        change.withdrawn,
        change.unchanged,
    )
}

fn landed(outcome: &Outcome) -> bool {
    matches!(outcome.verdict, Verdict::Landed(_))
}

on_both_databases!(the_same_package_twice_changes_nothing, |db| {
    let package = Package::new(FIRST, 3, all_a);
    let first = import_with(&db.store, package.path(), &strict()).await;
    assert!(landed(&first), "{first}");
    assert_eq!(marks(&first), (3, 0, 0, 0));
    let again = import_with(&db.store, package.path(), &strict()).await;
    assert_eq!(again.verdict, Verdict::Unchanged, "{again}");
    assert_eq!(marks(&again), (0, 0, 0, 3));
    assert_eq!(db.store.imports().await.expect("the list").len(), 1);
});

on_both_databases!(a_newer_package_says_what_changed, |db| {
    let first = Package::new(FIRST, 100, all_a);
    assert!(landed(
        &import_with(&db.store, first.path(), &strict()).await
    ));
    let second = Package::new(SECOND, 99, |number| if number == 7 { "B" } else { "A" });
    let outcome = import_with(&db.store, second.path(), &strict()).await;
    assert!(landed(&outcome), "{outcome}");
    assert_eq!(marks(&outcome), (0, 1, 1, 98));
    let text = outcome.to_string();
    assert!(
        text.contains("marks: 0 added, 1 changed, 1 withdrawn, 98 unchanged"),
        "{text}"
    );
    assert_eq!(outcome.to_json()["verdict"], "landed");
});

on_both_databases!(more_than_two_percent_are_withdrawn_only_when_named, |db| {
    let first = Package::new(FIRST, 100, all_a);
    assert!(landed(
        &import_with(&db.store, first.path(), &strict()).await
    ));
    let second = Package::new(SECOND, 97, all_a);
    let refused = import_with(&db.store, second.path(), &strict()).await;
    assert_eq!(refused.verdict, Verdict::Refused);
    assert_eq!(
        refused.report.total(ProblemKind::WithdrawnMax),
        2,
        "{}",
        refused.report
    );
    let allow = |names: &[&str]| Options {
        allow_withdrawals: names.iter().map(|name| (*name).to_owned()).collect(),
        ..strict()
    };
    let only_marks = allow(&[&format!("marks:{SCHOOL}")]);
    let refused = import_with(&db.store, second.path(), &only_marks).await;
    assert_eq!(
        refused.report.total(ProblemKind::WithdrawnMax),
        1,
        "{}",
        refused.report
    );
    let outcome = import_with(&db.store, second.path(), &allow(&[SCHOOL])).await;
    assert!(landed(&outcome), "{outcome}");
    assert_eq!(marks(&outcome), (0, 0, 3, 97));
});

on_both_databases!(
    a_school_that_vanished_from_an_export_of_every_school_is_seen,
    |db| {
        const OTHER: &str = "19647331931476";
        let export = |exported_at, others: std::ops::Range<usize>, delta: bool| {
            let mut manifest = manifest(exported_at, Mode::Full);
            manifest.schools = Schools::Every;
            if delta {
                let marks = manifest.tables.get_mut(&Table::Marks).expect("marks");
                marks.schools.insert(OTHER.to_owned(), Mode::Delta);
            }
            Package::written(manifest, |writer| {
                write_catalogue(writer);
                let mut whole = catalogue();
                whole.school.school = OTHER.into();
                whole.term.school = OTHER.into();
                whole.course.school = OTHER.into();
                if !others.is_empty() {
                    writer.write(&whole.school).expect("written");
                    writer.write(&whole.term).expect("written");
                    writer.write(&whole.course).expect("written");
                }
                for number in (0..100).chain(others) {
                    let (mut person, mut mark) = (person(number), mark(number, "A"));
                    if number >= 100 {
                        person.school = OTHER.into();
                        mark.school = OTHER.into();
                    }
                    writer.write(&person).expect("written");
                    writer.write(&mark).expect("written");
                }
            })
        };
        let both = export(FIRST, 100..110, false);
        assert!(landed(
            &import_with(&db.store, both.path(), &strict()).await
        ));
        let one = export(SECOND, 0..0, false);
        let refused = import_with(&db.store, one.path(), &strict()).await;
        let report = &refused.report;
        assert_eq!(refused.verdict, Verdict::Refused);
        let tables = ["schools", "people", "terms", "courses", "marks"].len() as u64;
        assert_eq!(report.total(ProblemKind::WithdrawnMax), tables, "{report}");
        assert!(report.to_string().contains("10 of 10 rows"), "{report}");

        // A table that is a delta for the school keeps its rows, which then name what goes.
        let kept = export(SECOND, 0..0, true);
        let refused = import_with(&db.store, kept.path(), &strict()).await;
        let report = &refused.report;
        assert!(report.total(ProblemKind::StillReferenced) > 0, "{report}");

        let allowed = Options {
            allow_withdrawals: [OTHER.to_owned()].into(),
            ..strict()
        };
        let outcome = import_with(&db.store, one.path(), &allowed).await;
        assert!(landed(&outcome), "{outcome}");
        let marks = outcome.plan.as_ref().expect("a plan").changes.iter();
        let withdrawn: u64 = marks.map(|change| change.withdrawn).sum();
        assert_eq!(
            withdrawn,
            10 + 10 + 3,
            "people, marks, and the school's own rows"
        );
    }
);

on_both_databases!(an_older_export_lands_only_when_allowed, |db| {
    let newer = Package::new(SECOND, 2, all_a);
    assert!(landed(
        &import_with(&db.store, newer.path(), &strict()).await
    ));
    let older = Package::new(FIRST, 2, |_| "B");
    let refused = import_with(&db.store, older.path(), &strict()).await;
    assert_eq!(refused.verdict, Verdict::Refused);
    assert_eq!(
        refused.report.total(ProblemKind::OlderExport),
        1,
        "{}",
        refused.report
    );
    let allowed = Options {
        allow_older: true,
        ..strict()
    };
    assert!(landed(
        &import_with(&db.store, older.path(), &allowed).await
    ));
});

on_both_databases!(
    one_fault_refuses_the_package_and_a_dry_run_records_nothing,
    |db| {
        let package = Package::new(FIRST, 200, all_a).with("marks.csv", "P7,", "P7\u{202e},");
        let refused = import_with(&db.store, package.path(), &strict()).await;
        assert_eq!(refused.verdict, Verdict::Refused);
        let dry = Options {
            dry_run: true,
            ..strict()
        };
        let package = Package::new(FIRST, 200, all_a);
        let outcome = import_with(&db.store, package.path(), &dry).await;
        assert_eq!(outcome.verdict, Verdict::WouldLand, "{outcome}");
        assert_eq!(marks(&outcome), (200, 0, 0, 0));
        assert_eq!(db.store.imports().await.expect("the list"), []);
    }
);

on_both_databases!(
    a_held_person_keeps_the_earlier_record_and_comes_back_corrected,
    |db| {
        let first = Package::new(FIRST, 200, all_a);
        assert!(landed(
            &import_with(&db.store, first.path(), &strict()).await
        ));
        let second = Package::new(SECOND, 200, |_| "B").with("marks.csv", "P7,7,", "P7\u{202e},7,");
        let second = second.with("people.csv", "2008-03-09", "2008-02-30");
        let quarantine = second.beside("quarantine");
        let outcome = import_with(&db.store, second.path(), &holding(&quarantine)).await;
        assert!(landed(&outcome), "{outcome}");
        assert_eq!(
            outcome.held_people,
            BTreeSet::from(["0".to_owned(), "7".to_owned()])
        );
        assert_eq!(marks(&outcome), (0, 198, 0, 0));
        assert_eq!(outcome.report.total_of_all(), 3, "{}", outcome.report);

        let still_wrong = import_with(&db.store, &quarantine, &strict()).await;
        let report = &still_wrong.report;
        assert_eq!(report.total_of_all(), 2, "{report}");
        replace(&quarantine.join("marks.csv"), "P7\u{202e}", "P7");
        replace(&quarantine.join("people.csv"), "2008-02-30", "2008-03-09");
        let corrected = import_with(&db.store, &quarantine, &strict()).await;
        assert!(landed(&corrected), "{corrected}");
        assert_eq!(marks(&corrected), (0, 2, 0, 0));
    }
);

on_both_databases!(
    a_quarantine_keeps_the_columns_of_the_file_and_every_row_of_the_held,
    |db| {
        let first = Package::new(FIRST, 200, all_a);
        assert!(landed(
            &import_with(&db.store, first.path(), &strict()).await
        ));
        let delta = Package::written(manifest(SECOND, Mode::Delta), |_| {});
        let marks_file = delta.path().join("marks.csv");
        let row = |posting: &str, status: &str, kind: &str| {
            format!("{status},{kind},12,5,5,B,110101,2025-F,7,{posting},{SCHOOL}\n")
        };
        let header = "status,kind,grade_level,credit_earned,credit_attempted,mark,course,term,\
                  person,posting,school\n";
        let rows = [
            row("P7", "withdrawn", "regular"),
            row("N1", "", "regular"),
            row("N2", "current", "\"reg,ular\""),
        ];
        fs::write(&marks_file, format!("\u{feff}{header}{}", rows.concat())).expect("written");
        let quarantine = delta.beside("quarantine");
        let outcome = import_with(&db.store, delta.path(), &holding(&quarantine)).await;
        assert!(landed(&outcome), "{outcome}");
        assert_eq!(outcome.held_people, BTreeSet::from(["7".to_owned()]));

        let kept = fs::read_to_string(quarantine.join("marks.csv")).expect("it is there");
        let mut kept: Vec<&str> = kept.split_inclusive('\n').collect();
        assert_eq!(kept.remove(0), header);
        kept.sort_unstable();
        let current = row("N1", "current", "regular").replace(",5,5,", ",5.00,5.00,");
        let withdrawn = row("P7", "withdrawn", "regular").replace(",5,5,", ",5.00,5.00,");
        assert_eq!(kept, [rows[2].as_str(), &current, &withdrawn]);
        replace(&quarantine.join("marks.csv"), "\"reg,ular\"", "regular");
        let corrected = import_with(&db.store, &quarantine, &strict()).await;
        assert!(landed(&corrected), "{corrected}");
        assert_eq!(marks(&corrected), (2, 0, 1, 0));
    }
);

on_both_databases!(above_one_percent_held_nothing_lands, |db| {
    let mut package = Package::new(FIRST, 200, all_a);
    for posting in ["P3,", "P5,", "P7,"] {
        package = package.with("marks.csv", posting, "\u{202e},");
    }
    let quarantine = package.beside("quarantine");
    let outcome = import_with(&db.store, package.path(), &holding(&quarantine)).await;
    assert_eq!(outcome.verdict, Verdict::Refused);
    assert_eq!(
        outcome.report.total(ProblemKind::HeldPersonsMax),
        1,
        "{}",
        outcome.report
    );
    assert!(!quarantine.exists());
    assert_eq!(db.store.imports().await.expect("the list"), []);
});

on_both_databases!(a_fault_in_a_row_of_nobody_cannot_be_held, |db| {
    let quarantine = |package: &Package| holding(&package.beside("quarantine"));
    let term = Package::new(FIRST, 200, all_a).with("terms.csv", "2025-08-14", "2025-08-44");
    let outcome = import_with(&db.store, term.path(), &quarantine(&term)).await;
    assert_eq!(outcome.verdict, Verdict::Refused, "a term");
    let ragged = Package::new(FIRST, 200, all_a).with("marks.csv", "P7,", "P7,,");
    let outcome = import_with(&db.store, ragged.path(), &quarantine(&ragged)).await;
    assert_eq!(
        outcome.verdict,
        Verdict::Refused,
        "a row whose person cannot be trusted"
    );
    assert!(!ragged.beside("quarantine").exists());
});

on_both_databases!(a_refusal_after_holding_leaves_no_quarantine, |db| {
    let newer = Package::new(SECOND, 200, all_a);
    assert!(landed(
        &import_with(&db.store, newer.path(), &strict()).await
    ));
    let older = Package::new(FIRST, 200, |_| "B").with("marks.csv", "P7,", "\u{202e},");
    let quarantine = older.beside("quarantine");
    let outcome = import_with(&db.store, older.path(), &holding(&quarantine)).await;
    assert_eq!(
        outcome.report.total(ProblemKind::OlderExport),
        1,
        "{}",
        outcome.report
    );
    assert!(!quarantine.exists() && !older.beside("quarantine.partial").exists());
    assert_eq!(outcome.quarantine, None);
});

on_both_databases!(
    a_delta_changes_only_what_it_holds_and_takes_rows_back,
    |db| {
        let first = Package::new(FIRST, 100, all_a);
        assert!(landed(
            &import_with(&db.store, first.path(), &strict()).await
        ));
        let delta = Package::written(manifest(SECOND, Mode::Delta), |writer| {
            writer.write(&mark(3, "C")).expect("written");
            writer.withdraw(&mark(4, "A")).expect("written");
        });
        let outcome = import_with(&db.store, delta.path(), &strict()).await;
        assert!(landed(&outcome), "{outcome}");
        assert_eq!(marks(&outcome), (0, 1, 1, 0));
    }
);

on_both_databases!(two_sources_never_replace_each_other, |db| {
    let package = Package::new(FIRST, 3, all_a);
    assert!(landed(
        &import_with(&db.store, package.path(), &strict()).await
    ));
    let other = Options {
        source: Some("schoolmax".to_owned()),
        ..strict()
    };
    let outcome = import_with(&db.store, package.path(), &other).await;
    assert!(landed(&outcome), "{outcome}");
    assert_eq!(marks(&outcome), (3, 0, 0, 0));
    assert_eq!(outcome.source.as_deref(), Some("schoolmax"));
});

on_both_databases!(an_import_that_ends_midway_leaves_nothing, |db| {
    let package = Package::new(FIRST, 5_000, all_a);
    let store = db.store.clone();
    let path = package.path().to_owned();
    let now = NOW.parse().expect("an instant");
    let (reading, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let task = tokio::spawn(async move {
        let mut progress = |step: Progress<'_>| {
            if matches!(
                step,
                Progress::Reading {
                    file: "marks.csv",
                    ..
                }
            ) {
                reading.send(()).expect("someone listens");
            }
        };
        import(&store, &path, &strict(), Clock::Fixed(now), &mut progress)
            .await
            .map(|it| it.verdict)
    });
    begun.recv().await.expect("marks are staged");
    task.abort();
    assert!(task.await.is_err_and(|error| error.is_cancelled()));
    let another = Store::open(&db.url)
        .await
        .expect("another process could open it");
    assert_eq!(another.imports().await.expect("the list"), []);
    let outcome = import_with(&db.store, package.path(), &strict()).await;
    assert_eq!(
        marks(&outcome),
        (5_000, 0, 0, 0),
        "nothing of the first attempt is there"
    );
});

#[tokio::test]
async fn a_quarantine_folder_that_exists_is_an_error_before_anything_is_read() {
    let db = common::sqlite().await;
    let package = Package::new(FIRST, 1, all_a);
    let options = holding(package.path());
    let refused = import(
        &db.store,
        package.path(),
        &options,
        Clock::System,
        &mut |_| {},
    )
    .await;
    let error = refused.expect_err("the folder is there").to_string();
    assert!(
        error.contains("hint: name a folder that does not exist yet"),
        "{error}"
    );
}

#[test]
fn a_package_is_written_only_to_an_empty_folder_and_only_with_its_tables() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let mut manifest = manifest(FIRST, Mode::Full);
    manifest.tables.remove(&Table::Marks);
    let mut writer = Writer::create(temporary.path(), manifest.clone()).expect("it is empty");
    assert!(writer.write(&mark(1, "A")).is_err(), "marks are not named");
    drop(writer);
    assert!(
        !temporary.path().join("manifest.toml").exists(),
        "the manifest comes last"
    );
    let error = Writer::create(temporary.path(), manifest).expect_err("it is not empty");
    assert!(error.to_string().contains("is not empty"), "{error}");
}
