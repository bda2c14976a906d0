//! Which source is a special-education system is known as everything else is: from an import on,
//! until another says otherwise, and as it was known at any earlier instant.

use registrar::record::{ContentDigest, RowKey, Scope};
use registrar::store::*;

use crate::common::{self, on_both_databases};
use crate::pupil::pupil;
use crate::rows::{self, TAKEN_BACK};
use crate::{at, land_staged};

const FIRST: &str = "2026-01-10T08:00:00Z";
const SECOND: &str = "2026-02-10T08:00:00Z";
const THIRD: &str = "2026-03-10T08:00:00Z";
const LATER: &str = "2026-12-01T00:00:00Z";

fn place() -> Provenance {
    Provenance {
        file: FileNumber(1),
        line: 2,
    }
}

fn row<T: std::fmt::Debug>(source: &str, table: Table, key: &str, row: T) -> Staged<T> {
    Staged {
        provenance: place(),
        key: RowKey::new(source, table.name(), &[key]),
        content: ContentDigest::new(&[&format!("{row:?}")]),
        withdrawn: false,
        row,
    }
}

/// A person of a source, whom nobody else knows.
fn person(source: &str, number: &str) -> TableRows {
    TableRows::People(vec![row(
        source,
        Table::People,
        number,
        rows::person(number),
    )])
}

/// The same with a row in every table of special education.
fn with_plan(source: &str, number: &str) -> Vec<TableRows> {
    [vec![person(source, number)], pupil(place(), source, number)].concat()
}

/// Lands a delta of one source.
async fn land(store: &Store, source: &str, when: &str, batches: &[TableRows]) -> i64 {
    let header = ImportHeader {
        source: source.into(),
        district: "1999999".into(),
        exported_at: at(when),
        recorded_at: at(when),
        allow_clock_behind: false,
    };
    let mut staging = store.stage(header).await.expect("it begins");
    let file = staging.file(Table::People, "everything.csv");
    staging.file_read(file, [7; 32], 10, 1);
    for table in Table::ALL {
        let scope = staging.scope(*table, rows::SCHOOL, false).await;
        scope.expect("a scope");
    }
    for batch in batches {
        staging.rows(batch).await.expect("staged");
    }
    land_staged(staging).await;
    let imports = store.imports().await.expect("imports");
    imports.last().expect("an import").number
}

/// Whether a transcript could be made of the person at an instant: whether a student system knows
/// them.
async fn is_found(store: &Store, number: &str, known: &str) -> bool {
    let query = StudentQuery::Numbers(vec![number.into()]);
    let found = store.find_people(&query, &Scope::District, at(known)).await;
    !found.expect("it answers").people.is_empty()
}

on_both_databases!(
    what_a_source_is_found_to_be_changes_no_reading_of_before,
    |db| {
        crate::land(&db.store, "2026-01-01T08:00:00Z", &[("1", "7", "A")]).await;
        land(&db.store, "seds", FIRST, &[person("seds", "501")]).await;
        assert!(
            is_found(&db.store, "501", FIRST).await,
            "it could be a student system"
        );
        let rows = pupil(place(), "seds", "501");
        let found_out = land(&db.store, "seds", SECOND, &rows).await;
        assert!(!is_found(&db.store, "501", SECOND).await, "it is none");
        assert!(is_found(&db.store, "501", FIRST).await, "as was known then");
        let undone = db.store.undo_import(found_out, TAKEN_BACK, at(THIRD)).await;
        undone.expect("it is taken back");
        assert!(
            is_found(&db.store, "501", LATER).await,
            "it says nothing of plans any more"
        );
        assert!(
            !is_found(&db.store, "501", SECOND).await,
            "as was known then"
        );
        assert!(
            is_found(&db.store, "7", LATER).await,
            "nobody else is concerned"
        );
    }
);

on_both_databases!(a_stray_term_course_or_mark_makes_no_student_system, |db| {
    crate::land(&db.store, "2026-01-01T08:00:00Z", &[("1", "7", "A")]).await;
    let people = [with_plan("seds", "501"), with_plan("seds", "502")].concat();
    land(&db.store, "seds", FIRST, &people).await;
    assert!(!is_found(&db.store, "501", FIRST).await);
    let stray = [
        TableRows::Terms(vec![row("seds", Table::Terms, "t", rows::term())]),
        TableRows::Courses(vec![row("seds", Table::Courses, "c", rows::course())]),
        TableRows::Marks(vec![row(
            "seds",
            Table::Marks,
            "9",
            rows::mark("9", "501", "A"),
        )]),
    ];
    land(&db.store, "seds", SECOND, &stray).await;
    assert!(!is_found(&db.store, "501", LATER).await);
    assert!(!is_found(&db.store, "502", LATER).await);
});

on_both_databases!(a_student_system_that_tells_of_a_plan_stays_one, |db| {
    let marks = [("1", "7", "A"), ("2", "8", "B"), ("3", "9", "C")];
    crate::land(&db.store, FIRST, &marks).await;
    land(&db.store, "sis", SECOND, &pupil(place(), "sis", "7")).await;
    assert!(is_found(&db.store, "7", LATER).await);
    // Nor does one of a school whose pupils all have plans.
    let rows = [pupil(place(), "sis", "8"), pupil(place(), "sis", "9")].concat();
    land(&db.store, "sis", THIRD, &rows).await;
    assert!(is_found(&db.store, "7", LATER).await);
});

on_both_databases!(an_undoing_finds_a_special_education_system_again, |db| {
    crate::land(&db.store, "2026-01-01T08:00:00Z", &[("1", "7", "A")]).await;
    land(&db.store, "seds", FIRST, &with_plan("seds", "501")).await;
    // Its only pupil has a mark: what it is has changed.
    let studies = [
        TableRows::Terms(vec![row("seds", Table::Terms, "t", rows::term())]),
        TableRows::Courses(vec![row("seds", Table::Courses, "c", rows::course())]),
        TableRows::Marks(vec![row(
            "seds",
            Table::Marks,
            "9",
            rows::mark("9", "501", "A"),
        )]),
    ];
    let import = land(&db.store, "seds", SECOND, &studies).await;
    assert!(is_found(&db.store, "501", SECOND).await);
    let undone = db.store.undo_import(import, TAKEN_BACK, at(THIRD)).await;
    undone.expect("it is taken back");
    assert!(!is_found(&db.store, "501", LATER).await);
});
