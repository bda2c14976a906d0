//! Who looks like somebody else, once somebody has decided: names as they are now, people who were
//! found to be one or two.

use registrar::issue::{Examined, IssueError};
use registrar::record::*;
use registrar::store::{PAIRS_COMPARED_MAX, Store};

use crate::common::{self, on_both_databases};
use crate::desk;
use crate::school::*;

/// Somebody of this number, state id and name, born on the day of all.
pub fn called(number: &str, state_id: Option<&str>, given: &str, family: &str) -> Person {
    Person {
        legal_given: given.into(),
        legal_family: Some(family.into()),
        ..person(number, state_id)
    }
}

pub async fn send_people(store: &Store, source: &str, people: &[Person], day: &str) {
    let sent = Sent {
        people: people.to_vec(),
        marks: Vec::new(),
    };
    send(store, source, &sent, on(day)).await;
}

/// Who looks like whom, each by the number of who was asked about and of the other.
pub async fn alike(store: &Store, known: &str) -> Vec<(String, String)> {
    let known = on(known);
    let people = store.people_after(None, None, known).await;
    let people = people.expect("read").people;
    let found = store.look_alikes(&people, known).await.expect("asked");
    assert!(found.not_compared.is_empty());
    let rows = store.person_rows(&people, known).await.expect("read");
    let mut pairs = Vec::new();
    for it in found.found {
        let of_person = rows.iter().filter(|row| row.id == it.person);
        let number = of_person.map(|row| &*row.person.person).min();
        pairs.push((number.expect("a row").to_owned(), it.other_number));
    }
    pairs.sort();
    pairs
}

pub fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = pairs
        .iter()
        .map(|(one, other)| ((*one).into(), (*other).into()));
    owned.collect()
}

/// For how many people rows contradict each other: in their birth dates, and in their names, be
/// they two people's or not.
pub async fn contradictions(store: &Store, known: &str) -> (usize, usize) {
    let known = on(known);
    let people = store.people_after(None, None, known).await;
    let people = people.expect("read").people;
    let found = store.contradictions(&people, known).await.expect("asked");
    let count = |what: fn(&registrar::store::Contradiction) -> bool| {
        found.iter().filter(|it| what(it)).count()
    };
    (
        count(|it| it.birth_date),
        count(|it| it.name || it.given_names),
    )
}

on_both_databases!(
    one_name_that_two_systems_wrote_with_and_without_accents_is_one_name,
    |db| {
        let sis = [
            called("1", Some("9000000001"), "José", "Peña"),
            called("2", Some("9000000002"), "Ana", "Ruiz"),
        ];
        let charter = [
            called("c1", None, "JOSE", "PENA"),
            called("c2", Some("9000000009"), "Jose\u{301}", "Pen\u{303}a"),
            called("c3", Some("9000000002"), "ANA", "RUÍZ"),
            called("c4", Some("9000000004"), "Joseph", "Peña"),
        ];
        send_people(&db.store, "sis", &sis, "01-01").await;
        send_people(&db.store, "charter", &charter, "01-02").await;
        let expected = pairs(&[
            ("1", "c1"),
            ("1", "c2"),
            ("c1", "1"),
            ("c1", "c2"),
            ("c2", "1"),
            ("c2", "c1"),
        ]);
        assert_eq!(alike(&db.store, "01-03").await, expected);
        assert_eq!(contradictions(&db.store, "01-03").await, (0, 0));
    }
);

on_both_databases!(however_a_clerk_writes_a_name_it_is_one_name, |db| {
    let written = [
        (("Ana", "O'Brien"), ("ANA", "O\u{2019}Brien")),
        (("Eva", "O'Brien"), ("Eva", "O Brien")),
        (("Mary-Ann", "St. John"), ("Mary  Ann", "St John")),
        (("José", "García-López"), ("Jose", "Lopez Garcia")),
        (("Luz", "De la Cruz"), ("Luz", "Delacruz")),
        (("Luis", "Ruiz Jr."), ("Luis", "Ruiz")),
        (("Thu", "Đặng"), ("Thu", "Dang")),
    ];
    let mut expected = Vec::new();
    let (mut sis, mut charter) = (Vec::new(), Vec::new());
    for (number, (one, other)) in (1..).zip(written) {
        let (own, others) = (number.to_string(), format!("c{number}"));
        sis.push(called(&own, Some(&format!("900000000{own}")), one.0, one.1));
        charter.push(called(&others, None, other.0, other.1));
        expected.extend([(own.clone(), others.clone()), (others, own)]);
    }
    expected.sort();
    send_people(&db.store, "sis", &sis, "01-01").await;
    send_people(&db.store, "charter", &charter, "01-02").await;
    assert_eq!(alike(&db.store, "01-03").await, expected);
    // A database of before has no keys; it gets them when it is opened.
    forget_name_keys(&db.url).await;
    assert_eq!(alike(&db.store, "01-03").await, []);
    let store = Store::open_existing(&db.url).await.expect("it opens");
    assert_eq!(alike(&store, "01-03").await, expected);
});

/// Leaves a database as the migration to keys of names does.
async fn forget_name_keys(url: &str) {
    let statement = "UPDATE people SET name_key = NULL";
    if url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(url).await.expect("it opens");
        sqlx::query(statement)
            .execute(&pool)
            .await
            .expect("forgotten");
    } else {
        let pool = sqlx::PgPool::connect(url).await.expect("it opens");
        sqlx::query(statement)
            .execute(&pool)
            .await
            .expect("forgotten");
    }
}

on_both_databases!(
    twins_under_one_state_id_are_two_until_somebody_says_what_they_are,
    |db| {
        let sis = [
            called("1", Some("9000000001"), "Ana", "Ruiz"),
            called("2", Some("9000000002"), "Elizabeth", "Ruiz"),
            called("3", Some("9000000003"), "José", "Ruiz"),
        ];
        let charter = [
            called("c1", Some("9000000001"), "Luis", "Ruiz"),
            called("c2", Some("9000000002"), "Liz", "Ruiz"),
            called("c3", Some("9000000003"), "Pedro", "Ruiz"),
        ];
        send_people(&db.store, "sis", &sis, "01-01").await;
        send_people(&db.store, "charter", &charter, "01-02").await;
        let told = async || -> Vec<(String, &'static str)> {
            let found = codes(&db.store).await.into_iter();
            found.map(|(student, code, _)| (student, code)).collect()
        };
        let expected = |found: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
            let found = found
                .iter()
                .map(|(student, code)| ((*student).to_owned(), *code));
            found.collect()
        };
        let before = [
            ("1", "person_mixed"),
            ("2", "person_names"),
            ("3", "person_mixed"),
        ];
        assert_eq!(told().await, expected(&before));
        // One is two people, the other was called by a second name.
        landed(&decide(&db.store, &split(("charter", "c1")), on("01-06")).await);
        let one = merge(("sis", "3"), ("charter", "c3"));
        landed(&decide(&db.store, &one, on("01-07")).await);
        assert_eq!(told().await, expected(&[("2", "person_names")]));
        let ended = PersonLink {
            ended_by: Some("R. Varo".into()),
            ended_at: Some(on("01-08")),
            ended_reason: Some("twins after all".into()),
            ..one
        };
        landed(&decide(&db.store, &ended, on("01-08")).await);
        let after = [("2", "person_names"), ("3", "person_mixed")];
        assert_eq!(told().await, expected(&after));
    }
);

on_both_databases!(whom_a_decision_renamed_is_known_by_the_name_of_now, |db| {
    let sis = [
        called("1", Some("9000000001"), "Former", "Name"),
        called("2", Some("9000000002"), "Former", "Name"),
    ];
    let charter = [
        called("c1", Some("9000000001"), "Former", "Name"),
        called("c3", None, "IRIS", "SANDOVAL"),
    ];
    send_people(&db.store, "sis", &sis, "01-01").await;
    send_people(&db.store, "charter", &charter, "01-02").await;
    let before = pairs(&[("1", "2"), ("2", "1"), ("2", "c1")]);
    assert_eq!(alike(&db.store, "01-03").await, before);
    landed(&decide(&db.store, &name_change(("sis", "1")), on("01-06")).await);
    // The row of the other system tells the former name still.
    let after = pairs(&[("1", "c3"), ("c3", "1")]);
    assert_eq!(alike(&db.store, "01-07").await, after);
    let renamed = called("c1", Some("9000000001"), "Iris", "Sandoval");
    send_people(
        &db.store,
        "charter",
        &[renamed, charter[1].clone()],
        "01-08",
    )
    .await;
    assert_eq!(contradictions(&db.store, "01-09").await, (0, 0));
});

on_both_databases!(
    people_who_were_joined_or_parted_are_no_question_any_more,
    |db| {
        let sis = [
            called("1", Some("9000000001"), "Ana", "Ruiz"),
            called("2", Some("9000000002"), "Ana", "Ruiz"),
        ];
        let mut child = called("c2", Some("9000000002"), "Ana", "Ruiz");
        child.birth_date = jiff::civil::date(2009, 1, 1);
        let charter = [called("c1", Some("9000000001"), "Beatriz", "Ruiz"), child];
        send_people(&db.store, "sis", &sis, "01-01").await;
        send_people(&db.store, "charter", &charter, "01-02").await;
        assert_eq!(
            alike(&db.store, "01-03").await,
            pairs(&[("1", "2"), ("2", "1")])
        );
        assert_eq!(contradictions(&db.store, "01-03").await, (1, 1));
        // The row of another date of birth is somebody else's.
        landed(&decide(&db.store, &split(("charter", "c2")), on("01-06")).await);
        assert_eq!(contradictions(&db.store, "01-07").await, (0, 1));
        landed(&decide(&db.store, &merge(("sis", "1"), ("sis", "2")), on("01-08")).await);
        assert_eq!(alike(&db.store, "01-09").await, []);
        assert_eq!(
            contradictions(&db.store, "01-09").await,
            (0, 1),
            "of one state id still"
        );
        landed(&decide(&db.store, &split(("charter", "c1")), on("01-10")).await);
        assert_eq!(contradictions(&db.store, "01-11").await, (0, 0));
    }
);

on_both_databases!(a_row_that_was_split_off_is_not_asked_about_again, |db| {
    let same = |number| called(number, Some("9000000001"), "Ana", "Ruiz");
    send_people(&db.store, "sis", &[same("1")], "01-01").await;
    send_people(&db.store, "charter", &[same("c1")], "01-02").await;
    landed(&decide(&db.store, &split(("charter", "c1")), on("01-06")).await);
    let people = db.store.people_after(None, None, on("01-07")).await;
    assert_eq!(people.expect("read").people.len(), 2);
    assert_eq!(alike(&db.store, "01-07").await, []);
});

on_both_databases!(
    two_people_who_look_like_one_are_two_once_somebody_says_so,
    |db| {
        let sis = [
            called("1", Some("9000000001"), "José", "García"),
            called("2", Some("9000000002"), "José", "García"),
        ];
        send_people(&db.store, "sis", &sis, "01-01").await;
        send_people(
            &db.store,
            "charter",
            &[called("c1", None, "JOSE", "GARCIA")],
            "01-02",
        )
        .await;
        assert_eq!(alike(&db.store, "01-03").await.len(), 6);
        let distinct = PersonLink {
            event: "distinct-1-2".into(),
            link: LinkKind::Distinct,
            ..merge(("sis", "1"), ("sis", "2"))
        };
        landed(&decide(&db.store, &distinct, on("01-06")).await);
        // The third may still be either of them.
        let left = pairs(&[("1", "c1"), ("2", "c1"), ("c1", "1"), ("c1", "2")]);
        assert_eq!(alike(&db.store, "01-07").await, left);
        let people = db.store.people_after(None, None, on("01-07")).await;
        assert_eq!(
            people.expect("read").people.len(),
            3,
            "who they are stays as it is"
        );
        let ended = PersonLink {
            ended_by: Some("R. Varo".into()),
            ended_at: Some(on("01-08")),
            ended_reason: Some("one birth certificate after all".into()),
            ..distinct
        };
        landed(&decide(&db.store, &ended, on("01-08")).await);
        assert_eq!(alike(&db.store, "01-09").await.len(), 6);
    }
);

/// The codes that an audit of everybody finds about people and decisions, and about whom.
pub async fn codes(store: &Store) -> Vec<(String, &'static str, String)> {
    let mut found = Vec::new();
    let keep = |located: registrar::issue::Located| {
        let place = located.place.expect("a place");
        let finding = located.finding;
        if finding.code.starts_with("person_") || finding.code == "decision_without_effect" {
            let place = format!("{} {}", place.source, place.line);
            found.push((finding.student, finding.code, place));
        }
        Ok::<(), IssueError>(())
    };
    let everybody = Examined::Everybody { source: None };
    let examination = desk::examination(store).await;
    examination
        .findings(&everybody, keep)
        .await
        .expect("it runs");
    found.sort();
    found
}

on_both_databases!(
    an_audit_tells_who_looks_like_whom_with_the_lines_of_the_rows,
    |db| {
        let sis = [
            called("1", Some("9000000001"), "Ana", "Ruiz"),
            called("2", Some("9000000002"), "Ana", "Ruiz"),
            called("3", Some("9000000003"), "Carla", "Ruiz"),
        ];
        let mut child = called("c2", Some("9000000002"), "Ana", "Ruiz");
        child.birth_date = jiff::civil::date(2009, 1, 1);
        let charter = [called("c3", Some("9000000003"), "Beatriz", "Ruiz"), child];
        send_people(&db.store, "sis", &sis, "01-01").await;
        send_people(&db.store, "charter", &charter, "01-02").await;
        let found = codes(&db.store).await;
        let found: Vec<_> = found
            .iter()
            .map(|(student, code, place)| (&**student, *code, &**place))
            .collect();
        let expected = [
            ("1", "person_twice", "sis 2"),
            ("2", "person_mixed", "sis 3"),
            ("2", "person_twice", "sis 3"),
            ("3", "person_mixed", "sis 4"),
        ];
        assert_eq!(found, expected);
    }
);

/// A date of birth that stands for "unknown" is many people's: comparing them ends somewhere, and
/// who was not compared is told.
#[tokio::test(flavor = "multi_thread")]
async fn where_more_share_a_date_of_birth_than_are_compared_it_is_told() {
    let db = common::sqlite().await;
    let numbers = 100..450;
    let many = PAIRS_COMPARED_MAX < numbers.len() * (numbers.len() - 1);
    assert!(many, "these are more pairs than are compared");
    let called_so = |number: i32| called(&number.to_string(), None, "Ana", "Ruiz");
    let people: Vec<Person> = numbers.map(called_so).collect();
    send_people(&db.store, "sis", &people, "01-01").await;
    let known = on("01-02");
    let ids = db
        .store
        .people_after(None, None, known)
        .await
        .expect("read")
        .people;
    let found = db.store.look_alikes(&ids, known).await.expect("asked");
    assert_eq!(found.found.len(), PAIRS_COMPARED_MAX);
    assert!((1..ids.len()).contains(&found.not_compared.len()));
    let alone = db
        .store
        .look_alikes(&ids[ids.len() - 1..], known)
        .await
        .expect("asked");
    let others = ids.len() - 1;
    assert_eq!((alone.found.len(), alone.not_compared.len()), (others, 0));
    let told = codes(&db.store).await;
    let told = told.iter().filter(|it| it.1 == "person_not_compared");
    assert_eq!(told.count(), found.not_compared.len());
}
