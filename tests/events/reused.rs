//! A number that its source gave to another child: what was decided about the first is nothing that
//! was decided about the other, until somebody decides anew.

use jiff::civil::date;
use registrar::record::*;
use registrar::store::Store;

use crate::common::{self, on_both_databases};
use crate::links::postings;
use crate::resemblance::{called, codes, contradictions};
use crate::rows;
use crate::school::*;

/// The students of whom the audit says that a decision about their number is about another child.
pub async fn astray(store: &Store) -> Vec<String> {
    let found = codes(store).await.into_iter();
    let found = found.filter(|(_, code, _)| *code == "decision_without_effect");
    found.map(|(student, ..)| student).collect()
}

/// Another child, of another day of birth.
fn carlos(number: &str, state_id: Option<&str>) -> Person {
    Person {
        birth_date: date(2009, 3, 4),
        ..called(number, state_id, "Carlos", "Pérez")
    }
}

pub async fn send_rows(store: &Store, source: &str, people: Vec<Person>, day: &str) -> i64 {
    let mark = |person: &Person| {
        let number = &person.person;
        rows::mark(&format!("m-{number}"), number, "A")
    };
    let marks = people.iter().map(mark).collect();
    send(store, source, &Sent { people, marks }, on(day)).await
}

async fn withdraw(store: &Store, link: PersonLink, day: &str) {
    let ended = PersonLink {
        ended_by: Some("R. Varo".into()),
        ended_at: Some(on(day)),
        ended_reason: Some("the number is another child's now".into()),
        ..link
    };
    landed(&decide(store, &ended, on(day)).await);
}

/// Two state ids, first the one whose person has the lesser id.
fn by_person<'a>(one: &'a str, other: &'a str) -> [&'a str; 2] {
    let mut both = [one, other];
    both.sort_by_key(|it| PersonId::from_state_id(it));
    both
}

on_both_databases!(
    a_merge_joins_no_number_that_its_source_has_given_to_another_child,
    |db| {
        // Of the first pair the number that is given away has the greater id, of the second the
        // lesser one, and the merges name them in either order.
        let [keeps, gives] = by_person("9000000001", "9000000002");
        let [gives_too, keeps_too] = by_person("9000000003", "9000000004");
        let sis = vec![
            called("1", Some(keeps), "Ximena", "Rey"),
            called("2", Some(keeps_too), "Lucía", "Sol"),
        ];
        let charter = vec![
            called("c1", Some(gives), "Ximena", "Rey"),
            called("c2", Some(gives_too), "Lucía", "Sol"),
        ];
        send_rows(&db.store, "sis", sis, "01-01").await;
        send_rows(&db.store, "charter", charter, "01-02").await;
        let links = [
            merge(("sis", "1"), ("charter", "c1")),
            merge(("charter", "c2"), ("sis", "2")),
        ];
        landed(&decide(&db.store, &links[0], on("01-06")).await);
        landed(&decide(&db.store, &links[1], on("01-07")).await);
        assert_eq!(postings(&db.store, "1", "01-07").await, ["m-1", "m-c1"]);
        assert_eq!(postings(&db.store, "2", "01-07").await, ["m-2", "m-c2"]);
        let given_away = vec![
            carlos("c1", Some("9000000005")),
            carlos("c2", Some("9000000006")),
        ];
        let import = send_rows(&db.store, "charter", given_away.clone(), "01-08").await;
        for number in ["1", "2", "c1", "c2"] {
            let own = [format!("m-{number}")];
            assert_eq!(postings(&db.store, number, "01-08").await, own);
        }
        assert_eq!(astray(&db.store).await, ["1", "2", "c1", "c2"]);
        assert_eq!(
            postings(&db.store, "1", "01-07").await,
            ["m-1", "m-c1"],
            "as known"
        );
        // The export was a mistake.
        db.store
            .undo_import(import, rows::TAKEN_BACK, on("01-09"))
            .await
            .expect("it is the newest of its source");
        assert_eq!(postings(&db.store, "2", "01-09").await, ["m-2", "m-c2"]);
        assert_eq!(astray(&db.store).await, [""; 0]);
        // It was not: somebody decides anew, the other way for the second.
        send_rows(&db.store, "charter", given_away, "01-10").await;
        let [first, second] = links;
        withdraw(&db.store, first, "01-11").await;
        assert_eq!(astray(&db.store).await, ["2", "c2"]);
        let anew = PersonLink {
            recorded_at: on("01-12"),
            ..second
        };
        landed(&decide(&db.store, &anew, on("01-12")).await);
        assert_eq!(astray(&db.store).await, [""; 0]);
        assert_eq!(postings(&db.store, "1", "01-12").await, ["m-1"]);
        assert_eq!(postings(&db.store, "2", "01-12").await, ["m-2", "m-c2"]);
    }
);

on_both_databases!(
    a_row_that_was_corrected_is_the_same_child_and_its_decisions_hold,
    |db| {
        let numbers = ["c1", "c2", "c3", "c4"];
        let state_id = |place: usize| format!("900000001{place}");
        let sis = (0..4).map(|it| called(&it.to_string(), Some(&state_id(it)), "Ximena", "Rey"));
        send_rows(&db.store, "sis", sis.collect(), "01-01").await;
        let other_id = |number: &str| format!("90000000{}", number.replace('c', "2"));
        let mut charter = numbers.map(|it| called(it, Some(&other_id(it)), "Ximena", "Rey"));
        // One without a state id.
        charter[1].state_id = None;
        charter[3].state_id = None;
        send_rows(&db.store, "charter", charter.to_vec(), "01-02").await;
        for (place, number) in numbers.iter().enumerate() {
            let own = place.to_string();
            let link = merge(("sis", &own), ("charter", number));
            landed(&decide(&db.store, &link, on(&format!("01-0{}", place + 3))).await);
        }
        let renamed = NameChange {
            legal_given: "Iris".into(),
            ..name_change(("sis", "3"))
        };
        landed(&decide(&db.store, &renamed, on("01-07")).await);
        // Another day of birth under one state id; a state id that came later; a corrected one; the
        // name that a decision gave.
        charter[0].birth_date = date(2008, 5, 2);
        charter[1].state_id = Some(other_id("c2"));
        charter[2].state_id = Some("9000000099".into());
        charter[3].legal_given = "Iris".into();
        send_rows(&db.store, "charter", charter.to_vec(), "01-08").await;
        assert_eq!(astray(&db.store).await, [""; 0]);
        for (place, number) in numbers.iter().enumerate() {
            let both = [format!("m-{place}"), format!("m-{number}")];
            assert_eq!(postings(&db.store, number, "01-08").await, both);
        }
    }
);

on_both_databases!(
    without_a_state_id_another_day_of_birth_or_given_name_is_another_child,
    |db| {
        let sis = ["1", "2"].map(|it| called(it, Some(&format!("900000000{it}")), "Ximena", "Rey"));
        send_rows(&db.store, "sis", sis.to_vec(), "01-01").await;
        let charter = ["c1", "c2"].map(|it| called(it, None, "Ximena", "Rey"));
        send_rows(&db.store, "charter", charter.to_vec(), "01-02").await;
        landed(
            &decide(
                &db.store,
                &merge(("sis", "1"), ("charter", "c1")),
                on("01-06"),
            )
            .await,
        );
        landed(
            &decide(
                &db.store,
                &merge(("charter", "c2"), ("sis", "2")),
                on("01-07"),
            )
            .await,
        );
        let [mut one, mut two] = charter;
        one.birth_date = date(2009, 3, 4);
        two.legal_given = "Carlos".into();
        send_rows(&db.store, "charter", vec![one, two], "01-08").await;
        assert_eq!(astray(&db.store).await, ["1", "2", "c1", "c2"]);
        assert_eq!(postings(&db.store, "1", "01-08").await, ["m-1"]);
        assert_eq!(postings(&db.store, "2", "01-08").await, ["m-2"]);
    }
);

on_both_databases!(
    a_name_and_a_hold_stay_with_the_child_and_a_mark_with_nobody,
    |db| {
        // With a state id the first child is found again under another number; without one nobody
        // can be.
        let number = "1";
        for (day, state_id) in [("01", Some("9000000001")), ("02", None)] {
            let month = |rest: &str| format!("{day}-{rest}");
            let first = Sent {
                people: vec![called(number, state_id, "Xavier", "Núñez")],
                marks: vec![
                    mark_of_2020("p1", number, "B"),
                    mark_of_2020("p2", number, "B"),
                ],
            };
            let source = format!("sis-{day}");
            send(&db.store, &source, &first, on(&month("02"))).await;
            let event = |what: &str| format!("{what}-{day}");
            let renamed = NameChange {
                event: event("name"),
                ..name_change((&source, number))
            };
            let held = TranscriptHold {
                event: event("hold"),
                person_source: source.clone(),
                ..hold()
            };
            let changed = MarkChange {
                event: event("change"),
                person_source: source.clone(),
                posting: "p1".into(),
                ..mark_change("B", "A")
            };
            let passed = PassMark {
                event: event("pass"),
                person_source: source.clone(),
                ..pass_mark("p2")
            };
            landed(&decide(&db.store, &renamed, on(&month("06"))).await);
            landed(&decide(&db.store, &held, on(&month("07"))).await);
            landed(&decide(&db.store, &changed, on(&month("08"))).await);
            landed(&decide(&db.store, &passed, on(&month("09"))).await);
            let other_id = state_id.map(|_| "9000000009");
            let mut second = Sent {
                people: vec![carlos(number, other_id)],
                marks: first.marks,
            };
            second.people.extend(state_id.map(|_| Person {
                person: "7".into(),
                ..first.people[0].clone()
            }));
            send(&db.store, &source, &second, on(&month("10"))).await;
            let known = on(&month("11"));
            let of = async |query: &str| {
                let rows = db.store.people_after(None, Some(&source), known).await;
                let records = db.store.records(&rows.expect("read").people, known).await;
                let mut records = records.expect("read").into_iter();
                records.find(|it| it.person.person == query).expect("there")
            };
            let carlos = of(number).await;
            assert_eq!(carlos.person.legal_name(), "Carlos Pérez");
            assert_eq!(carlos.decisions.holds, []);
            assert_eq!(letters(&carlos), [("p1", "B"), ("p2", "B")]);
            assert_eq!(carlos.decisions.astray.len(), 4, "{:?}", carlos.decisions);
            if state_id.is_some() {
                let xavier = of("7").await;
                assert_eq!(xavier.person.legal_name(), "Iris Sandoval");
                assert_eq!(xavier.decisions.holds.len(), 1);
                assert!(xavier.decisions.astray.is_empty());
            }
        }
        assert_eq!(astray(&db.store).await.len(), 8);
    }
);

on_both_databases!(
    a_merge_of_two_rows_answers_nothing_about_a_third_but_through_a_chain,
    |db| {
        let of_one = |number, given| vec![called(number, Some("9000000001"), given, "Ruiz")];
        send_rows(&db.store, "a", of_one("a1", "Ximena"), "01-01").await;
        send_rows(&db.store, "b", of_one("b2", "Lucía"), "01-02").await;
        send_rows(&db.store, "c", of_one("c3", "Lucio"), "01-03").await;
        assert_eq!(contradictions(&db.store, "01-03").await, (0, 2));
        landed(&decide(&db.store, &merge(("b", "b2"), ("c", "c3")), on("01-06")).await);
        assert_eq!(contradictions(&db.store, "01-06").await, (0, 2));
        landed(&decide(&db.store, &merge(("a", "a1"), ("c", "c3")), on("01-07")).await);
        assert_eq!(contradictions(&db.store, "01-07").await, (0, 0));
        // What a row began to tell afterwards nobody has looked at.
        send_rows(&db.store, "b", of_one("b2", "Carlos"), "01-08").await;
        assert_eq!(contradictions(&db.store, "01-08").await, (0, 1));
    }
);

on_both_databases!(
    a_twin_under_one_state_id_stays_visible_when_the_sender_takes_the_new_name_over,
    |db| {
        let row = |number, id, given| called(number, Some(id), given, "Ruiz");
        let (one, two) = ("9000000001", "9000000002");
        // The row of the decision comes first by its source or last.
        let sis = vec![row("1", one, "Ximena"), row("2", two, "Lucio")];
        let charter = vec![row("c1", one, "Lucio"), row("c2", two, "Ximena")];
        send_rows(&db.store, "sis", sis.clone(), "01-01").await;
        send_rows(&db.store, "charter", charter.clone(), "01-02").await;
        assert_eq!(contradictions(&db.store, "01-02").await, (0, 2));
        landed(&decide(&db.store, &name_change(("sis", "1")), on("01-06")).await);
        let other = NameChange {
            event: "name-2".into(),
            ..name_change(("charter", "c2"))
        };
        landed(&decide(&db.store, &other, on("01-07")).await);
        assert_eq!(contradictions(&db.store, "01-07").await, (0, 2));
        let iris = |person: &Person| Person {
            legal_given: "Iris".into(),
            legal_family: Some("Sandoval".into()),
            ..person.clone()
        };
        send_rows(
            &db.store,
            "sis",
            vec![iris(&sis[0]), sis[1].clone()],
            "01-08",
        )
        .await;
        let taken_over = vec![charter[0].clone(), iris(&charter[1])];
        send_rows(&db.store, "charter", taken_over, "01-09").await;
        assert_eq!(contradictions(&db.store, "01-09").await, (0, 2));
        // Once the other row tells what the person was called, it is one person's.
        let as_before = vec![row("c1", one, "Ximena"), iris(&charter[1])];
        send_rows(&db.store, "charter", as_before, "01-10").await;
        assert_eq!(contradictions(&db.store, "01-10").await, (0, 1));
    }
);
