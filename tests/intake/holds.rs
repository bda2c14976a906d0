//! Someone with a refused row is held until every such row is answered, and no longer.

use registrar::intake::package::{Manifest, Mode, Table, Writer};
use registrar::intake::{Options, ProblemKind, Verdict};
use registrar::record::{Mark, Person, PersonId};
use registrar::store::{Decided, Release, ReleaseError, Store};

use crate::common::{self, on_both_databases};
use crate::import_at;
use crate::small::{FIRST, Package, all_a, holding, manifest, mark, person, strict};

/// Instants of later exports.
const EXPORTS: [&str; 3] = [
    "2026-07-01T18:00:00Z",
    "2026-07-02T18:00:00Z",
    "2026-07-03T18:00:00Z",
];

/// Who takes imports back and lets people go, and why.
const TAKEN_BACK: Decided<'static> = Decided {
    by: "Ana Registrar",
    reason: "the school withdrew the row",
};

/// When all of them are imported.
const LATER: &str = "2026-07-06T08:00:00Z";

/// Imports it, and says whether it landed with so many people held.
async fn lands(store: &Store, package: &Package, options: &Options, held: u64) {
    let outcome = import_at(store, package.path(), options, LATER).await;
    let outcome = outcome.expect("the database works");
    assert!(matches!(outcome.verdict, Verdict::Landed(_)), "{outcome}");
    let people = outcome.held.map_or(0, |held| held.people);
    assert_eq!(people, held, "{outcome}");
}

async fn is_held(store: &Store, person: usize) -> bool {
    !why_held(store, person).await.is_empty()
}

async fn why_held(store: &Store, person: usize) -> Vec<String> {
    let known = store.recorded_instant(None).await.expect("read");
    let id = PersonId::from_local_id("aeries", &person.to_string());
    let records = store.records(&[id], known.expect("something landed")).await;
    let mut records = records.expect("read");
    records.pop().expect("the person is known").held
}

/// Two hundred people with a mark each.
async fn two_hundred(store: &Store) {
    lands(store, &Package::new(FIRST, 200, all_a), &strict(), 0).await;
}

/// A posting of a person under another number.
fn posting(person: usize, posting: &str, letter: &str) -> Mark {
    Mark {
        posting: posting.into(),
        ..mark(person, letter)
    }
}

fn delta(exported_at: &str, marks: &[Mark]) -> Package {
    Package::written(manifest(exported_at, Mode::Delta), |writer: &mut Writer| {
        for mark in marks {
            writer.write(mark).expect("written");
        }
    })
}

/// The mark's credits cannot be read; its key can.
fn spoiled(package: Package, posting: &str) -> Package {
    let row = package.path().join("marks.csv");
    let text = std::fs::read_to_string(&row).expect("it is there");
    let line = text
        .lines()
        .find(|line| line.contains(&format!(",{posting},")));
    let line = line
        .unwrap_or_else(|| panic!("{posting} is in {text}"))
        .to_owned();
    let broken = line.replacen("5.00", "1e308", 1);
    assert_ne!(line, broken);
    package.with("marks.csv", &line, &broken)
}

async fn hold_x2(store: &Store) {
    two_hundred(store).await;
    let refused = spoiled(delta(EXPORTS[0], &[posting(7, "X2", "F")]), "X2");
    lands(store, &refused, &holding(&refused.beside("quarantine")), 1).await;
    assert!(is_held(store, 7).await);
}

on_both_databases!(another_row_of_the_person_answers_nothing, |db| {
    hold_x2(&db.store).await;
    let unrelated = delta(EXPORTS[1], &[posting(7, "X3", "B")]);
    lands(&db.store, &unrelated, &strict(), 0).await;
    assert!(is_held(&db.store, 7).await, "X2 was not answered");
    let corrected = delta(EXPORTS[2], &[posting(7, "X2", "F")]);
    lands(&db.store, &corrected, &strict(), 0).await;
    assert!(!is_held(&db.store, 7).await);
});

on_both_databases!(a_full_table_without_the_row_answers_it, |db| {
    hold_x2(&db.store).await;
    lands(
        &db.store,
        &Package::new(EXPORTS[1], 200, all_a),
        &strict(),
        0,
    )
    .await;
    assert!(!is_held(&db.store, 7).await);
    db.store
        .undo_import(
            3,
            TAKEN_BACK,
            "2026-07-07T08:00:00Z".parse().expect("an instant"),
        )
        .await
        .expect("the newest can be undone");
    assert!(is_held(&db.store, 7).await, "the answer was taken back");
});

on_both_databases!(a_full_table_of_other_rows_answers_nothing, |db| {
    hold_x2(&db.store).await;
    let mut people = manifest(EXPORTS[1], Mode::Full);
    people
        .tables
        .retain(|table, _| *table == Table::Terms || *table == Table::Courses);
    let package = Package::written(people, |writer| {
        let whole = crate::small::catalogue();
        writer.write(&whole.term).expect("written");
        writer.write(&whole.course).expect("written");
    });
    lands(&db.store, &package, &strict(), 0).await;
    assert!(is_held(&db.store, 7).await, "it holds no marks");
});

on_both_databases!(every_refused_row_has_to_be_answered, |db| {
    two_hundred(&db.store).await;
    let marks = [posting(7, "X2", "F"), posting(7, "X3", "F")];
    let refused = spoiled(spoiled(delta(EXPORTS[0], &marks), "X2"), "X3");
    lands(&db.store, &refused, &holding(&refused.beside("q")), 1).await;
    lands(&db.store, &delta(EXPORTS[1], &marks[..1]), &strict(), 0).await;
    assert!(is_held(&db.store, 7).await, "X3 was not answered");
    lands(&db.store, &delta(EXPORTS[2], &marks[1..]), &strict(), 0).await;
    assert!(!is_held(&db.store, 7).await);
});

on_both_databases!(a_later_refusal_forgets_no_earlier_one, |db| {
    hold_x2(&db.store).await;
    let x3 = [posting(7, "X3", "F")];
    let refused = spoiled(delta(EXPORTS[1], &x3), "X3");
    lands(&db.store, &refused, &holding(&refused.beside("q")), 1).await;
    lands(&db.store, &delta(EXPORTS[2], &x3), &strict(), 0).await;
    assert!(is_held(&db.store, 7).await, "X2 was not answered");
});

on_both_databases!(a_row_that_was_held_back_has_to_come_again, |db| {
    two_hundred(&db.store).await;
    let both = [posting(7, "X2", "F"), posting(7, "X4", "B")];
    let refused = spoiled(delta(EXPORTS[0], &both), "X2");
    lands(&db.store, &refused, &holding(&refused.beside("q")), 1).await;
    lands(&db.store, &delta(EXPORTS[1], &both[..1]), &strict(), 0).await;
    assert!(is_held(&db.store, 7).await, "X4 never landed");
    lands(&db.store, &delta(EXPORTS[2], &both[1..]), &strict(), 0).await;
    assert!(!is_held(&db.store, 7).await);
});

on_both_databases!(a_withdrawal_that_was_held_back_has_to_come_again, |db| {
    two_hundred(&db.store).await;
    let full = |exported_at, rows: &[Mark]| {
        Package::written(manifest(exported_at, Mode::Full), |writer| {
            crate::small::write_catalogue(writer);
            for number in 0..200 {
                writer.write(&person(number)).expect("written");
            }
            for mark in (0..200).filter(|it| *it != 7).map(|it| mark(it, "A")) {
                writer.write(&mark).expect("written");
            }
            for mark in rows {
                writer.write(mark).expect("written");
            }
        })
    };
    let x2 = [posting(7, "X2", "F")];
    let refused = spoiled(full(EXPORTS[0], &x2), "X2");
    lands(&db.store, &refused, &holding(&refused.beside("q")), 1).await;
    lands(&db.store, &delta(EXPORTS[1], &x2), &strict(), 0).await;
    assert!(is_held(&db.store, 7).await, "P7 still stands");
    lands(&db.store, &full(EXPORTS[2], &x2), &strict(), 0).await;
    assert!(!is_held(&db.store, 7).await);
});

on_both_databases!(
    a_row_without_a_key_is_answered_by_a_full_table_alone,
    |db| {
        two_hundred(&db.store).await;
        let refused = delta(EXPORTS[0], &[posting(7, "X2", "F")]);
        let refused = refused.with("marks.csv", "X2", "X2\u{202e}");
        lands(&db.store, &refused, &holding(&refused.beside("q")), 1).await;
        let marks = [posting(7, "X2", "F")];
        lands(&db.store, &delta(EXPORTS[1], &marks), &strict(), 0).await;
        assert!(is_held(&db.store, 7).await, "nobody knows which row it was");
        lands(
            &db.store,
            &Package::new(EXPORTS[2], 200, all_a),
            &strict(),
            0,
        )
        .await;
        assert!(!is_held(&db.store, 7).await);
    }
);

on_both_databases!(a_person_with_a_name_may_let_someone_go, |db| {
    hold_x2(&db.store).await;
    let release = |person, source| Release {
        person,
        source,
        decided: Decided {
            by: "Ana Registrar",
            reason: "the course was never taken",
        },
    };
    let now = LATER.parse().expect("an instant");
    for (person, source) in [("8", None), ("7", Some("schoolmax"))] {
        let refused = db.store.release(release(person, source), now).await;
        assert!(
            matches!(refused, Err(ReleaseError::NotHeld(_))),
            "{refused:?}"
        );
    }
    assert!(is_held(&db.store, 7).await);
    let number = db
        .store
        .release(release("7", None), now)
        .await
        .expect("held");
    assert!(!is_held(&db.store, 7).await);
    let imports = db.store.imports().await.expect("the list");
    let newest = imports.last().expect("three");
    assert_eq!((newest.number, newest.kind.as_str()), (number, "release"));
});

on_both_databases!(a_row_without_a_key_may_be_let_go_by_hand_too, |db| {
    two_hundred(&db.store).await;
    let refused = delta(EXPORTS[0], &[posting(7, "X2", "F")]);
    let refused = refused.with("marks.csv", "X2", "X2\u{202e}");
    lands(&db.store, &refused, &holding(&refused.beside("q")), 1).await;
    let release = Release {
        person: "7",
        source: Some("aeries"),
        decided: TAKEN_BACK,
    };
    let now = LATER.parse().expect("an instant");
    db.store.release(release, now).await.expect("held");
    assert!(!is_held(&db.store, 7).await);
    let held = db.store.held(10).await.expect("the list");
    assert_eq!((held.people, held.rows), (0, Vec::new()));
});

/// The letters of a person's marks.
async fn letters(store: &Store, person: usize) -> Vec<String> {
    let known = store.recorded_instant(None).await.expect("read");
    let id = PersonId::from_local_id("aeries", &person.to_string());
    let records = store.records(&[id], known.expect("something landed")).await;
    let marks = records.expect("read").into_iter().flat_map(|it| it.marks);
    marks.filter_map(|it| it.mark.mark).collect()
}

on_both_databases!(a_posting_of_a_held_person_is_not_given_to_another, |db| {
    two_hundred(&db.store).await;
    // The posting of person 1 now names person 2, and person 3's goes on to person 4.
    let moved = [
        posting(1, "X1", "F"),
        posting(2, "P1", "B"),
        posting(3, "P2", "B"),
    ];
    let refused = spoiled(delta(EXPORTS[0], &moved), "X1");
    let options = holding(&refused.beside("q"));
    let too_many = import_at(&db.store, refused.path(), &options, LATER).await;
    let outcome = too_many.expect("the database works");
    assert_eq!(
        outcome.verdict,
        Verdict::Refused,
        "three of 200 are too many: {outcome}"
    );

    let refused = spoiled(delta(EXPORTS[0], &moved[..2]), "X1");
    lands(&db.store, &refused, &holding(&refused.beside("q")), 2).await;
    assert_eq!(
        letters(&db.store, 1).await,
        ["A"],
        "the earlier record is whole"
    );
    assert_eq!(letters(&db.store, 2).await, ["A"]);
    assert!(is_held(&db.store, 1).await && is_held(&db.store, 2).await);
    lands(&db.store, &delta(EXPORTS[1], &moved[..2]), &strict(), 0).await;
    assert_eq!(letters(&db.store, 1).await, ["F"]);
    assert_eq!(letters(&db.store, 2).await, ["B", "A"]);
    assert!(!is_held(&db.store, 1).await && !is_held(&db.store, 2).await);
});

on_both_databases!(a_posting_of_another_is_not_given_to_a_held_person, |db| {
    two_hundred(&db.store).await;
    let moved = [posting(1, "P2", "F")];
    let refused = spoiled(delta(EXPORTS[0], &moved), "P2");
    lands(&db.store, &refused, &holding(&refused.beside("q")), 2).await;
    assert!(is_held(&db.store, 1).await && is_held(&db.store, 2).await);
    assert_eq!(letters(&db.store, 2).await, ["A"]);
});

on_both_databases!(who_is_held_is_listed_with_the_import_and_the_row, |db| {
    hold_x2(&db.store).await;
    let why = "rows in marks of number 7 in source aeries did not land with import 2 (held since \
               2026-07-06)";
    assert_eq!(why_held(&db.store, 7).await, [why]);
    let unrelated = delta(EXPORTS[1], &[posting(7, "X3", "B")]);
    lands(&db.store, &unrelated, &strict(), 0).await;
    assert_eq!(why_held(&db.store, 7).await, [why], "not the last import");
    let held = db.store.held(10).await.expect("the list");
    assert_eq!((held.people, held.rows.len()), (1, 1));
    let row = &held.rows[0];
    assert_eq!((row.source.as_str(), row.person.as_str()), ("aeries", "7"));
    assert_eq!(
        (row.import, row.table, row.problem.as_str()),
        (2, Table::Marks, "number_invalid")
    );
    assert_eq!(
        (row.file.as_deref(), row.line),
        (Some("marks.csv"), Some(2))
    );
    assert!(row.since.to_string().starts_with("2026-07-06T08:00:00"));
});

on_both_databases!(what_stands_in_the_way_of_holding_is_told_row_by_row, |db| {
    two_hundred(&db.store).await;
    // The course is gone and nobody has it any more, but for person 7, whose mark is refused.
    let mut gone = manifest(EXPORTS[0], Mode::Full);
    gone.tables
        .retain(|table, _| *table == Table::Courses || *table == Table::Marks);
    let package = Package::written(gone, |writer| {
        let mut course = crate::small::catalogue().course;
        course.course = "999".into();
        writer.write(&course).expect("written");
        for number in 0..200 {
            let moved = Mark {
                course: "999".into(),
                ..mark(number, "A")
            };
            writer.write(&moved).expect("written");
        }
    });
    let package = spoiled(package, "P7");
    let options = holding(&package.beside("q"));
    let outcome = import_at(&db.store, package.path(), &options, LATER).await;
    let outcome = outcome.expect("the database works");
    assert_eq!(outcome.verdict, Verdict::Refused, "{outcome}");
    let problems = outcome.report.problems();
    let told = problems
        .iter()
        .find(|it| it.kind == ProblemKind::StillReferenced);
    let told = told.unwrap_or_else(|| panic!("{outcome}"));
    assert_eq!(
        (told.file.as_str(), told.column.as_deref()),
        ("courses.csv", Some("course"))
    );
    assert_eq!(told.value.as_deref(), Some("110101"));
    let hint = told.hint.as_deref().expect("a hint");
    assert!(hint.contains("keep it in the file"), "{hint}");
    assert!(
        outcome.to_string().contains("held: 1 of 200 people: 7"),
        "{outcome}"
    );

    // The hint works.
    let path = package.path().join("courses.csv");
    let mut text = std::fs::read_to_string(&path).expect("it is there");
    text.push_str(&format!(
        "{},110101,English 12,english,,none,,5,,,,,,\n",
        crate::small::SCHOOL
    ));
    std::fs::write(&path, text).expect("written");
    lands(&db.store, &package, &options, 1).await;
});

/// What everybody of 200 has in a source: a row with a state id, and a mark.
fn everybody(source: &str, exported_at: &str) -> Package {
    let manifest = Manifest {
        source: source.to_owned(),
        ..manifest(exported_at, Mode::Full)
    };
    Package::written(manifest, |writer: &mut Writer| {
        crate::small::write_catalogue(writer);
        for number in 0..200 {
            let person = Person {
                state_id: Some(state_id(number)),
                ..person(number)
            };
            writer.write(&person).expect("written");
            writer.write(&mark(number, "A")).expect("written");
        }
    })
}

fn state_id(number: usize) -> String {
    format!("{}", 9_000_000_000_usize + number)
}

async fn why_all_of_a_record_is_held(store: &Store, number: usize) -> Vec<String> {
    let known = store.recorded_instant(None).await.expect("read");
    let id = PersonId::from_state_id(&state_id(number));
    let records = store.records(&[id], known.expect("something landed")).await;
    records.expect("read").pop().expect("known").held
}

on_both_databases!(a_half_that_never_landed_holds_the_half_that_did, |db| {
    lands(&db.store, &everybody("aeries", FIRST), &strict(), 0).await;
    let mark_refused = spoiled(everybody("schoolmax", EXPORTS[0]), "P7");
    let quarantine = mark_refused.beside("quarantine");
    lands(&db.store, &mark_refused, &holding(&quarantine), 1).await;
    let held = why_all_of_a_record_is_held(&db.store, 7).await;
    assert!(!held.is_empty(), "half of 7 is not there");
    assert!(why_all_of_a_record_is_held(&db.store, 8).await.is_empty());

    let release = Release {
        person: "7",
        source: None,
        decided: TAKEN_BACK,
    };
    let now = LATER.parse().expect("an instant");
    db.store.release(release, now).await.expect("held");
    assert!(why_all_of_a_record_is_held(&db.store, 7).await.is_empty());
    let listed = db.store.imports().await.expect("the list");
    let newest = listed.last().expect("it is there");
    assert_eq!(newest.decided_by.as_deref(), Some(TAKEN_BACK.by));
    assert_eq!(newest.reason.as_deref(), Some(TAKEN_BACK.reason));
});

/// An export of the second source in which the row of person 7 is another one.
fn with_row_of_7(exported_at: &str, change: impl Fn(&str) -> String) -> Package {
    let package = everybody("schoolmax", exported_at);
    let text = std::fs::read_to_string(package.path().join("people.csv")).expect("read");
    let of_7 = format!(",{},", state_id(7));
    let row = text.lines().find(|row| row.contains(&of_7)).expect("7");
    let changed = change(row);
    assert_ne!(row, changed);
    package.with("people.csv", row, &changed)
}

fn without_a_date(row: &str) -> String {
    row.replacen("2008-03-09", "2008-02-30", 1)
}

async fn is_held_by(store: &Store, package: &Package, name: &str) -> bool {
    let quarantine = package.beside(name);
    lands(store, package, &holding(&quarantine), 1).await;
    !why_all_of_a_record_is_held(store, 7).await.is_empty()
}

on_both_databases!(a_later_refusal_without_the_state_id_frees_nobody, |db| {
    lands(&db.store, &everybody("aeries", FIRST), &strict(), 0).await;
    let first = with_row_of_7(EXPORTS[0], without_a_date);
    assert!(is_held_by(&db.store, &first, "first").await);
    let then = with_row_of_7(EXPORTS[1], |row| {
        without_a_date(row).replacen(&state_id(7), "", 1)
    });
    assert!(is_held_by(&db.store, &then, "then").await);

    let by_state_id = Release {
        person: &state_id(7),
        source: None,
        decided: TAKEN_BACK,
    };
    let now = LATER.parse().expect("an instant");
    db.store.release(by_state_id, now).await.expect("held");
    assert!(why_all_of_a_record_is_held(&db.store, 7).await.is_empty());
});

on_both_databases!(a_refused_row_of_a_person_says_whose_half_it_is, |db| {
    lands(&db.store, &everybody("aeries", FIRST), &strict(), 0).await;
    let refused = with_row_of_7(EXPORTS[0], |row| {
        row.replacen(&state_id(7), &format!(" {}", state_id(7)), 1)
    });
    assert!(is_held_by(&db.store, &refused, "quarantine").await);

    let corrected = everybody("schoolmax", EXPORTS[1]);
    lands(&db.store, &corrected, &strict(), 0).await;
    assert!(why_all_of_a_record_is_held(&db.store, 7).await.is_empty());
});
