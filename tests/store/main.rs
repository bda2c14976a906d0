//! The store keeps versions, lands all or nothing, and is the same in both databases.

#[path = "../common/mod.rs"]
mod common;
mod finding;
mod holding;
mod issuances;
mod issuing;
mod opening;
mod pupil;
mod releases;
mod reports;
mod rows;
mod studies;
mod support;
mod support_reads;
mod systems;
mod undo;

use common::on_both_databases;
use jiff::Timestamp;
use registrar::record::*;
use registrar::store::*;
use rows::{TAKEN_BACK, staged};

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn header(exported_at: &str) -> ImportHeader {
    ImportHeader {
        source: "sis".into(),
        district: "1999999".into(),
        exported_at: at(exported_at),
        recorded_at: at(exported_at),
        allow_clock_behind: false,
    }
}

/// Lands what was staged, which nothing is wrong with.
async fn land_staged(mut staging: Staging) {
    let findings = staging.findings(10).await.expect("checks run");
    assert_eq!(findings, Findings::default());
    let plan = staging.plan().await.expect("a plan");
    let landed = staging.land(&plan, at("2000-01-01T00:00:00Z")).await;
    landed.expect("it lands");
}

/// Stages a whole small district whose students have these marks (posting, person, letter).
async fn stage(store: &Store, exported_at: &str, marks: &[(&str, &str, &str)]) -> Staging {
    let mut staging = store
        .stage(header(exported_at))
        .await
        .expect("staging begins");
    let file = staging.file(Table::Marks, "everything.csv");
    staging.file_read(file, [7; 32], 1000, 10);
    for table in Table::ALL {
        staging
            .scope(*table, rows::SCHOOL, true)
            .await
            .expect("a scope");
    }
    let mut people: Vec<&str> = marks.iter().map(|(_, person, _)| *person).collect();
    people.sort_unstable();
    people.dedup();
    let people_rows = people
        .iter()
        .zip(10..)
        .map(|(p, line)| staged(Table::People, file, line, &[p], rows::person(p)));
    let enrolment_rows = people
        .iter()
        .zip(40..)
        .map(|(p, line)| staged(Table::Enrolments, file, line, &[p], rows::enrolment(p)));
    let mark_rows = marks.iter().zip(70..).map(|((posting, p, letter), line)| {
        staged(
            Table::Marks,
            file,
            line,
            &[posting],
            rows::mark(posting, p, letter),
        )
    });
    for batch in [
        TableRows::Districts(vec![staged(
            Table::Districts,
            file,
            2,
            &["d"],
            rows::district(),
        )]),
        TableRows::Schools(vec![staged(
            Table::Schools,
            file,
            2,
            &["s"],
            rows::school(),
        )]),
        TableRows::People(people_rows.collect()),
        TableRows::Enrolments(enrolment_rows.collect()),
        TableRows::Terms(vec![staged(Table::Terms, file, 2, &["t"], rows::term())]),
        TableRows::Courses(vec![staged(
            Table::Courses,
            file,
            2,
            &["c"],
            rows::course(),
        )]),
        TableRows::Marks(mark_rows.collect()),
    ] {
        staging.rows(&batch).await.expect("rows are staged");
    }
    staging
}

async fn land(store: &Store, exported_at: &str, marks: &[(&str, &str, &str)]) -> Landed {
    let mut staging = stage(store, exported_at, marks).await;
    let findings = staging.findings(10).await.expect("checks run");
    assert_eq!(findings, Findings::default());
    let plan = staging.plan().await.expect("a plan");
    staging
        .land(&plan, at("2000-01-01T00:00:00Z"))
        .await
        .expect("it lands")
}

async fn letters(store: &Store, number: &str, known: &str) -> Vec<String> {
    let query = StudentQuery::Numbers(vec![number.into()]);
    let found = store
        .find_people(&query, &Scope::District, at(known))
        .await
        .expect("found");
    let records = store
        .records(&found.people, at(known))
        .await
        .expect("records");
    let marks = records.into_iter().flat_map(|record| record.marks);
    marks.filter_map(|recorded| recorded.mark.mark).collect()
}

on_both_databases!(
    a_correction_adds_a_version_and_the_old_one_stays_readable,
    |db| {
        let first = land(
            &db.store,
            "2026-01-10T08:00:00Z",
            &[("1", "7", "C"), ("2", "7", "B")],
        )
        .await;
        assert_eq!((first.added, first.changed, first.withdrawn), (8, 0, 0));
        let second = land(
            &db.store,
            "2026-02-10T08:00:00Z",
            &[("1", "7", "A"), ("2", "7", "B")],
        )
        .await;
        assert_eq!((second.added, second.changed, second.withdrawn), (0, 1, 0));
        assert_eq!(
            letters(&db.store, "7", "2026-01-20T00:00:00Z").await,
            ["C", "B"]
        );
        assert_eq!(
            letters(&db.store, "7", "2026-03-01T00:00:00Z").await,
            ["A", "B"]
        );
        assert_eq!(
            letters(&db.store, "7", "2025-12-01T00:00:00Z").await,
            Vec::<String>::new()
        );
    }
);

on_both_databases!(the_same_package_twice_changes_nothing, |db| {
    let marks = [("1", "7", "C")];
    land(&db.store, "2026-01-10T08:00:00Z", &marks).await;
    let again = land(&db.store, "2026-01-10T08:00:00Z", &marks).await;
    assert_eq!(
        again,
        Landed {
            import: None,
            added: 0,
            changed: 0,
            withdrawn: 0
        }
    );
    assert_eq!(db.store.imports().await.expect("imports").len(), 1);
});

on_both_databases!(
    a_row_absent_from_a_full_table_is_withdrawn_in_history,
    |db| {
        land(
            &db.store,
            "2026-01-10T08:00:00Z",
            &[("1", "7", "C"), ("2", "7", "B")],
        )
        .await;
        let landed = land(&db.store, "2026-02-10T08:00:00Z", &[("1", "7", "C")]).await;
        assert_eq!((landed.added, landed.changed, landed.withdrawn), (0, 0, 1));
        assert_eq!(letters(&db.store, "7", "2026-03-01T00:00:00Z").await, ["C"]);
        assert_eq!(
            letters(&db.store, "7", "2026-01-20T00:00:00Z").await,
            ["C", "B"]
        );
    }
);

on_both_databases!(
    an_import_that_is_taken_back_leaves_the_earlier_record,
    |db| {
        land(&db.store, "2026-01-10T08:00:00Z", &[("1", "7", "C")]).await;
        land(
            &db.store,
            "2026-02-10T08:00:00Z",
            &[("1", "7", "A"), ("2", "7", "B")],
        )
        .await;
        let undo = |number, day| db.store.undo_import(number, TAKEN_BACK, at(day));
        let early = undo(1, "2026-02-11T08:00:00Z").await;
        assert!(
            matches!(early, Err(UndoError::Later { later: 2 })),
            "{early:?}"
        );
        let undone = undo(2, "2026-02-11T08:00:00Z").await;
        undone.expect("the newest can be undone");
        assert_eq!(letters(&db.store, "7", "2026-03-01T00:00:00Z").await, ["C"]);
        assert_eq!(
            letters(&db.store, "7", "2026-02-10T12:00:00Z").await,
            ["A", "B"]
        );
        let again = undo(2, "2026-02-12T08:00:00Z").await;
        assert!(matches!(again, Err(UndoError::NotStanding(2))), "{again:?}");
    }
);

on_both_databases!(imports_are_taken_back_one_after_the_other, |db| {
    land(&db.store, "2026-01-10T08:00:00Z", &[("1", "7", "C")]).await;
    let marks = [("1", "7", "A"), ("2", "7", "A")];
    land(&db.store, "2026-02-10T08:00:00Z", &marks).await;
    land(&db.store, "2026-03-10T08:00:00Z", &[("1", "7", "B")]).await;
    let after = [(3, &["A", "A"][..]), (2, &["C"]), (1, &[])];
    for (number, letters_left) in after {
        let undone = db
            .store
            .undo_import(number, TAKEN_BACK, at("2026-04-01T08:00:00Z"));
        undone.await.expect("it is the newest that stands");
        let letters = letters(&db.store, "7", "2026-05-01T00:00:00Z").await;
        assert_eq!(
            letters, letters_left,
            "after import {number} was taken back"
        );
    }
});

on_both_databases!(
    an_import_that_is_dropped_before_landing_leaves_nothing,
    |db| {
        drop(stage(&db.store, "2026-01-10T08:00:00Z", &[("1", "7", "C")]).await);
        assert_eq!(db.store.imports().await.expect("imports"), []);
        assert_eq!(
            letters(&db.store, "7", "2026-03-01T00:00:00Z").await,
            Vec::<String>::new()
        );
    }
);

on_both_databases!(
    references_to_what_nobody_knows_are_found_with_their_line,
    |db| {
        let mut staging = stage(&db.store, "2026-01-10T08:00:00Z", &[("1", "7", "C")]).await;
        let file = FileNumber(1);
        let nobody = staged(Table::Marks, file, 91, &["9"], rows::mark("9", "404", "A"));
        let mut no_term = staged(Table::Marks, file, 92, &["10"], rows::mark("10", "7", "A"));
        no_term.row.term = "2031-F".into();
        let twice = staged(Table::Marks, file, 93, &["1"], rows::mark("1", "7", "A"));
        let batch = TableRows::Marks(vec![nobody, no_term, twice]);
        staging.rows(&batch).await.expect("rows are staged");
        let findings = staging.findings(10).await.expect("checks run");
        let seen: Vec<_> = findings
            .shown
            .iter()
            .map(|f| {
                (
                    f.kind,
                    f.provenance.map(|p| p.line),
                    f.column.as_str(),
                    f.value.as_str(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (FindingKind::UnknownPerson, Some(91), "person", "404"),
                (FindingKind::UnknownTerm, Some(92), "term", "2031-F"),
                (FindingKind::DuplicateKey, Some(93), "posting", "1"),
            ]
        );
        assert_eq!(findings.not_personal, 0);
    }
);

on_both_databases!(a_term_that_marks_still_name_cannot_vanish, |db| {
    land(&db.store, "2026-01-10T08:00:00Z", &[("1", "7", "C")]).await;
    let mut staging = db
        .store
        .stage(header("2026-02-10T08:00:00Z"))
        .await
        .expect("staging");
    staging
        .scope(Table::Terms, rows::SCHOOL, true)
        .await
        .expect("a scope");
    let findings = staging.findings(10).await.expect("checks run");
    assert_eq!(findings.totals.get(&FindingKind::StillReferenced), Some(&1));
    assert_eq!(findings.shown[0].value, "2025-F");
    assert_eq!(findings.not_personal, 1);
});

on_both_databases!(a_school_cannot_take_over_a_posting_of_another, |db| {
    land(&db.store, "2026-01-10T08:00:00Z", &[("1", "7", "C")]).await;
    let mut staging = db
        .store
        .stage(header("2026-02-10T08:00:00Z"))
        .await
        .expect("staging begins");
    let file = staging.file(Table::Marks, "marks.csv");
    let mut other = staged(Table::Marks, file, 2, &["1"], rows::mark("1", "7", "A"));
    other.row.school = "19999990000002".into();
    staging
        .scope(Table::Marks, "19999990000002", false)
        .await
        .expect("a scope");
    staging
        .rows(&TableRows::Marks(vec![other]))
        .await
        .expect("staged");
    let findings = staging.findings(10).await.expect("checks run");
    assert_eq!(findings.totals.get(&FindingKind::OtherSchoolsRow), Some(&1));
});

on_both_databases!(a_held_person_keeps_the_earlier_record_whole, |db| {
    land(
        &db.store,
        "2026-01-10T08:00:00Z",
        &[("1", "7", "C"), ("2", "8", "B")],
    )
    .await;
    let marks = [("1", "7", "A"), ("2", "8", "A")];
    let mut staging = stage(&db.store, "2026-02-10T08:00:00Z", &marks).await;
    let refused = rows::refused(Table::Marks, "7", Some("1"), 99);
    staging.refuse(&refused).await.expect("refused");
    staging.findings(10).await.expect("checks run");
    assert_eq!(
        staging.hold().await.expect("held"),
        Held {
            people: 1,
            people_total: 2
        }
    );
    let mut rows = 0;
    let count = |batch: TableRows| {
        rows += batch.len();
        Ok(())
    };
    staging.held_rows(count).await.expect("their rows");
    assert_eq!(rows, 3);
    let plan = staging.plan().await.expect("a plan");
    let landed = staging
        .land(&plan, at("2000-01-01T00:00:00Z"))
        .await
        .expect("it lands");
    assert_eq!((landed.added, landed.changed, landed.withdrawn), (0, 1, 0));
    let known = "2026-03-01T00:00:00Z";
    assert_eq!(letters(&db.store, "7", known).await, ["C"]);
    assert_eq!(letters(&db.store, "8", known).await, ["A"]);
    let everybody = StudentQuery::Everybody { grade_level: None };
    let found = db
        .store
        .find_people(&everybody, &Scope::District, at(known))
        .await
        .expect("found");
    let records = db
        .store
        .records(&found.people, at(known))
        .await
        .expect("records");
    let held: Vec<_> = records
        .iter()
        .map(|r| (r.person.person.as_str(), !r.held.is_empty()))
        .collect();
    assert_eq!(held, [("7", true), ("8", false)]);
    land(&db.store, "2026-03-10T08:00:00Z", &marks).await;
    let records = db
        .store
        .records(&found.people, at("2026-04-01T00:00:00Z"))
        .await
        .expect("records");
    assert!(
        records.iter().all(|record| record.held.is_empty()),
        "an accepted import releases them"
    );
});

on_both_databases!(who_is_outside_the_scope_looks_like_nobody, |db| {
    land(&db.store, "2026-01-10T08:00:00Z", &[("1", "7", "C")]).await;
    let known = at("2026-03-01T00:00:00Z");
    let query = StudentQuery::Everybody { grade_level: None };
    let other = Scope::Schools(vec!["19999990000002".into()]);
    assert_eq!(
        db.store
            .find_people(&query, &other, known)
            .await
            .expect("found")
            .people,
        []
    );
    let own = Scope::Schools(vec![rows::SCHOOL.into()]);
    assert_eq!(
        db.store
            .find_people(&query, &own, known)
            .await
            .expect("found")
            .people
            .len(),
        1
    );
});

on_both_databases!(a_person_in_two_sources_is_one_by_state_id, |db| {
    land(&db.store, "2026-01-10T08:00:00Z", &[("1", "7", "C")]).await;
    let mut charter = header("2026-01-11T08:00:00Z");
    charter.source = "charter".into();
    let mut staging = db.store.stage(charter).await.expect("staging");
    let file = staging.file(Table::People, "people.csv");
    staging.file_read(file, [8; 32], 10, 1);
    let key = |table: Table, key: &str| RowKey::new("charter", table.name(), &[key]);
    let mut person = staged(Table::People, file, 2, &["x"], rows::person("7"));
    person.key = key(Table::People, "x");
    person.row.person = "x".into();
    let mut enrolment = staged(Table::Enrolments, file, 2, &["x"], rows::enrolment("x"));
    enrolment.key = key(Table::Enrolments, "x");
    enrolment.row.entered_on = jiff::civil::date(2020, 8, 15);
    staging
        .rows(&TableRows::People(vec![person]))
        .await
        .expect("staged");
    staging
        .rows(&TableRows::Enrolments(vec![enrolment]))
        .await
        .expect("staged");
    let mut term = staged(Table::Terms, file, 2, &["t"], rows::term());
    term.key = key(Table::Terms, "t");
    let mut course = staged(Table::Courses, file, 2, &["c"], rows::course());
    course.key = key(Table::Courses, "c");
    let mut mark = staged(Table::Marks, file, 2, &["m"], rows::mark("m", "x", "D"));
    mark.key = key(Table::Marks, "m");
    for batch in [
        TableRows::Terms(vec![term]),
        TableRows::Courses(vec![course]),
        TableRows::Marks(vec![mark]),
    ] {
        staging.rows(&batch).await.expect("staged");
    }
    assert_eq!(
        staging.findings(10).await.expect("checks"),
        Findings::default()
    );
    let plan = staging.plan().await.expect("a plan");
    staging
        .land(&plan, at("2000-01-01T00:00:00Z"))
        .await
        .expect("it lands");
    let known = at("2026-03-01T00:00:00Z");
    let query = StudentQuery::Numbers(vec!["9000000007".into()]);
    let found = db
        .store
        .find_people(&query, &Scope::District, known)
        .await
        .expect("found");
    let records = db
        .store
        .records(&found.people, known)
        .await
        .expect("records");
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].enrolments.len(), 2);
    let marks = records[0].marks.iter();
    let letters: Vec<_> = marks.filter_map(|it| it.mark.mark.as_deref()).collect();
    assert_eq!(letters, ["C", "D"], "the marks of both sources");
    assert_eq!(
        records[0].person.person, "7",
        "the school of the latest enrolment names the person"
    );
});

#[tokio::test]
async fn every_sqlite_connection_is_durable_and_private() {
    let db = common::sqlite().await;
    let path = db.url.strip_prefix("sqlite:").expect("a file").to_owned();
    let settings = db.store.settings().await.expect("settings");
    assert_eq!(
        settings.len(),
        8 * 5,
        "five settings on each of eight connections"
    );
    for Setting { name, value, fault } in settings {
        assert_eq!(fault, None);
        let expected = match name {
            "journal_mode" => "wal",
            "synchronous" => "2",
            "foreign_keys" => "1",
            "busy_timeout" => "30000",
            "trusted_schema" => "0",
            other => panic!("an unexpected setting {other}"),
        };
        assert_eq!(value, expected, "{name}");
    }
    use std::os::unix::fs::PermissionsExt;
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{path}{suffix}");
        let mode = std::fs::metadata(&file)
            .expect("the file is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

on_both_databases!(
    a_database_is_opened_as_existing_only_once_it_is_registrars,
    |db| {
        Store::open_existing(&db.url).await.expect("it was made");
        let elsewhere = rows::empty_database(&db.url).await;
        let missing = Store::open_existing(&elsewhere).await;
        let error = missing.expect_err("nobody made it");
        assert!(matches!(error, StoreError::Missing { .. }), "{error}");
        assert!(error.to_string().contains("hint: "), "{error}");
        let again = Store::open_existing(&elsewhere).await;
        assert!(again.is_err(), "and reading made nothing");
    }
);

on_both_databases!(a_database_newer_than_the_program_is_refused, |db| {
    rows::record_a_later_migration(&db.url).await;
    let refused = Store::open(&db.url).await;
    assert!(
        matches!(refused, Err(StoreError::NewerDatabase { version: 9999 })),
        "{refused:?}"
    );
});

on_both_databases!(no_name_of_a_source_switches_a_check_off, |db| {
    let mut unnamed = header("2026-01-10T08:00:00Z");
    unnamed.source = String::new();
    let mut staging = db.store.stage(unnamed).await.expect("staging begins");
    let file = staging.file(Table::Marks, "marks.csv");
    let twice =
        [2, 3].map(|line| staged(Table::Marks, file, line, &["1"], rows::mark("1", "7", "A")));
    let school = staged(Table::Schools, file, 4, &["s"], rows::school());
    staging
        .rows(&TableRows::Marks(twice.into()))
        .await
        .expect("staged");
    staging
        .rows(&TableRows::Schools(vec![school]))
        .await
        .expect("staged");
    let mut elsewhere = staged(Table::Terms, file, 5, &["t"], rows::term());
    elsewhere.row.school = "19999990000002".into();
    staging
        .rows(&TableRows::Terms(vec![elsewhere]))
        .await
        .expect("staged");
    let findings = staging.findings(10).await.expect("checks run");
    for kind in [
        FindingKind::DuplicateKey,
        FindingKind::UnknownDistrict,
        FindingKind::UnknownSchool,
        FindingKind::UnknownPerson,
    ] {
        let is_told = findings.totals.contains_key(&kind);
        assert!(is_told, "{kind:?}: {findings:?}");
    }
});
