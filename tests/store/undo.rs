//! Taking an import back leaves no row that names what nobody knows.

use std::collections::BTreeSet;

use registrar::record::{ContentDigest, PersonId, RowKey};
use registrar::store::*;

use crate::common::{self, on_both_databases};
use crate::{at, rows};

/// What a small package of one source holds.
#[derive(Clone, Copy, Default)]
struct Package<'a> {
    source: &'a str,
    district: bool,
    school: bool,
    people: &'a [&'a str],
    /// State ids of its people, where they are others than `rows::person` gives.
    state_ids: &'a [&'a str],
    /// Whether rows that it lacks are withdrawn.
    full: bool,
}

fn staged<T: std::fmt::Debug>(source: &str, table: Table, key: &str, row: T) -> Staged<T> {
    Staged {
        provenance: Provenance {
            file: FileNumber(1),
            line: 2,
        },
        key: RowKey::new(source, table.name(), &[key]),
        content: ContentDigest::new(&[&format!("{row:?}")]),
        withdrawn: false,
        row,
    }
}

async fn import(store: &Store, day: i8, package: Package<'_>) -> i64 {
    let Package { source, full, .. } = package;
    let moment = at(&format!("2026-01-{day:02}T08:00:00Z"));
    let header = ImportHeader {
        source: source.into(),
        district: "1999999".into(),
        exported_at: moment,
        recorded_at: moment,
        allow_clock_behind: false,
    };
    let mut staging = store.stage(header).await.expect("staging begins");
    let file = staging.file(Table::People, "everything.csv");
    staging.file_read(file, [7; 32], 10, 1);
    for table in [Table::Schools, Table::People] {
        staging
            .scope(table, rows::SCHOOL, full)
            .await
            .expect("a scope");
    }
    let district = package
        .district
        .then(|| staged(source, Table::Districts, "d", rows::district()));
    let school = package
        .school
        .then(|| staged(source, Table::Schools, "s", rows::school()));
    let people = package.people.iter();
    let mut state_ids = package.state_ids.iter();
    let people = people.map(|number| {
        let mut row = rows::person(number);
        if let Some(state_id) = state_ids.next() {
            row.state_id = Some((*state_id).to_owned());
        }
        staged(source, Table::People, number, row)
    });
    for batch in [
        TableRows::Districts(district.into_iter().collect()),
        TableRows::Schools(school.into_iter().collect()),
        TableRows::People(people.collect()),
    ] {
        staging.rows(&batch).await.expect("staged");
    }
    assert_eq!(
        staging.findings(10).await.expect("checked"),
        Findings::default()
    );
    let plan = staging.plan().await.expect("a plan");
    let landed = staging.land(&plan, moment).await.expect("it lands");
    landed.import.expect("it says something new")
}

async fn undo(store: &Store, number: i64) -> Result<i64, UndoError> {
    store
        .undo_import(number, rows::TAKEN_BACK, at("2026-02-01T08:00:00Z"))
        .await
}

fn still_named(result: Result<i64, UndoError>) -> StillNamed {
    match result {
        Err(UndoError::StillNamed(named)) => named,
        other => panic!("{other:?}"),
    }
}

const REGISTRY: Package<'_> = Package {
    source: "registry",
    district: true,
    school: true,
    people: &[],
    state_ids: &[],
    full: false,
};
const CHARTER: Package<'_> = Package {
    source: "charter",
    district: false,
    school: false,
    people: &["1", "2", "3", "4"],
    state_ids: &[],
    full: false,
};

on_both_databases!(
    a_school_that_another_source_s_rows_name_cannot_be_taken_back,
    |db| {
        let registry = import(&db.store, 1, REGISTRY).await;
        let charter = import(&db.store, 2, CHARTER).await;
        let named = still_named(undo(&db.store, registry).await);
        let naming = NamingRows {
            to: Table::Schools,
            code: rows::SCHOOL.into(),
            table: Table::People,
            source: "charter".into(),
            import: charter,
            count: 4,
            first: ["1", "2", "3"].map(str::to_owned).into(),
        };
        assert_eq!(named.rows, [naming]);
        assert_eq!(
            named.to_string(),
            "import 1 stays: without it nobody knows 19999990000001, which rows that stand name\n  \
             19999990000001: people: 4 of source `charter` from import 2 (1, 2, 3, …)\n\
             hint: undo import 2 first"
        );
        assert_eq!(
            db.store.imports().await.expect("the list").len(),
            2,
            "nothing was changed"
        );
        let known = db
            .store
            .directory(at("2026-03-01T00:00:00Z"))
            .await
            .expect("read");
        assert!(known.schools.contains_key(rows::SCHOOL));

        undo(&db.store, charter)
            .await
            .expect("nothing stands on it");
        undo(&db.store, registry)
            .await
            .expect("now nothing stands on it");
    }
);

on_both_databases!(
    a_school_that_another_source_knows_too_can_be_taken_back,
    |db| {
        let registry = import(&db.store, 1, REGISTRY).await;
        let both = Package {
            district: true,
            school: true,
            ..CHARTER
        };
        import(&db.store, 2, both).await;
        undo(&db.store, registry)
            .await
            .expect("the charter knows its school itself");
    }
);

on_both_databases!(
    a_district_that_another_source_s_schools_name_cannot_be_taken_back,
    |db| {
        let district = import(
            &db.store,
            1,
            Package {
                school: false,
                ..REGISTRY
            },
        )
        .await;
        import(
            &db.store,
            2,
            Package {
                school: true,
                ..CHARTER
            },
        )
        .await;
        let named = still_named(undo(&db.store, district).await);
        assert_eq!(named.rows[0].code, "1999999");
        assert_eq!(named.rows[0].to, Table::Districts);
        assert_eq!(named.rows[0].table, Table::Schools);
        assert_eq!(named.rows[0].first, [rows::SCHOOL]);
    }
);

on_both_databases!(a_row_cannot_come_back_to_a_school_that_is_gone, |db| {
    import(&db.store, 1, REGISTRY).await;
    import(&db.store, 2, CHARTER).await;
    let emptied = import(
        &db.store,
        3,
        Package {
            people: &[],
            full: true,
            ..CHARTER
        },
    )
    .await;
    let gone = Package {
        district: true,
        school: false,
        full: true,
        ..REGISTRY
    };
    let gone = import(&db.store, 4, gone).await;
    let named = still_named(undo(&db.store, emptied).await);
    assert_eq!(named.rows[0].count, 4);
    let said = named.to_string();
    assert!(
        said.ends_with("hint: undo first the later import that withdrew it"),
        "{said}"
    );
    undo(&db.store, gone)
        .await
        .expect("the newest of its source");
    undo(&db.store, emptied)
        .await
        .expect("the school is there again");
});

on_both_databases!(
    who_would_be_one_without_the_correction_of_a_state_id_is_known_before_it_is_taken_back,
    |db| {
        import(&db.store, 1, REGISTRY).await;
        import(&db.store, 2, CHARTER).await;
        async fn sis(store: &Store, day: i8, state_id: &str) -> i64 {
            let package = Package {
                source: "sis",
                people: &["7"],
                state_ids: &[state_id],
                ..Package::default()
            };
            import(store, day, package).await
        }
        let others = rows::person("2").state_id.expect("a state id");
        let id = |state_id: &str| PersonId::derived(Some(state_id), "sis", "7");
        // A slip made one person of two children; the correction parted them.
        sis(&db.store, 3, &others).await;
        let correction = sis(&db.store, 4, "9000000777").await;
        let before = at("2026-02-01T08:00:00Z");
        let joined = db.store.joined_by_undoing(correction, before).await;
        let joined = joined.expect("it can be taken back");
        assert_eq!(joined, [BTreeSet::from([id(&others), id("9000000777")])]);
        // Asking changed nothing; and what moves a row to an id that nobody has joins nobody.
        let again = sis(&db.store, 5, "9000000778").await;
        let joined = db.store.joined_by_undoing(again, before).await;
        assert_eq!(joined.expect("it can be taken back"), []);
    }
);
