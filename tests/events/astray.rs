//! Decisions whose number is another child's by now: each is told where it is listed, does nothing
//! to the other child, and hides nothing of it; and decisions whose import was taken back.

use jiff::civil::date;
use registrar::record::*;
use registrar::store::{RecordedEvent, Store};

use crate::common::{self, on_both_databases};
use crate::links::postings;
use crate::resemblance::{alike, called, pairs};
use crate::reused::{astray, send_rows};
use crate::rows;
use crate::school::*;

fn distinct(one: (&str, &str), other: (&str, &str)) -> PersonLink {
    PersonLink {
        event: "distinct-1".into(),
        link: LinkKind::Distinct,
        ..merge(one, other)
    }
}

async fn listed(store: &Store, number: Option<&str>, known: &str) -> Vec<RecordedEvent> {
    let person = match number {
        Some(number) => people(store, &[number], on(known)).await.pop(),
        None => None,
    };
    store.events(person, None, on(known)).await.expect("read")
}

on_both_databases!(
    two_who_were_found_to_be_two_are_a_question_again_once_one_number_is_another_childs,
    |db| {
        let sis = vec![called("1", Some("9000000001"), "José", "García")];
        let other = Person {
            birth_date: date(2009, 3, 4),
            ..called("c1", None, "Carlos", "Pérez")
        };
        send_rows(&db.store, "sis", sis, "01-01").await;
        send_rows(&db.store, "charter", vec![other], "01-02").await;
        let link = distinct(("sis", "1"), ("charter", "c1"));
        landed(&decide(&db.store, &link, on("01-06")).await);
        assert_eq!(astray(&db.store).await, [""; 0]);
        // Whoever has the number now may well be the first.
        let given = called("c1", None, "Jose", "Garcia");
        send_rows(&db.store, "charter", vec![given], "01-08").await;
        let both = pairs(&[("1", "c1"), ("c1", "1")]);
        assert_eq!(alike(&db.store, "01-08").await, both);
        assert_eq!(astray(&db.store).await, ["1", "c1"]);
        let events = listed(&db.store, Some("1"), "01-08").await;
        let why = "number c1 of source charter tells of another child than when this was decided: \
                   it does nothing";
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].astray.as_deref(), Some(why));
        // Decided anew, it is about who has the number now.
        let anew = PersonLink {
            recorded_at: on("01-09"),
            ..link
        };
        landed(&decide(&db.store, &anew, on("01-09")).await);
        assert_eq!(alike(&db.store, "01-09").await, []);
        assert_eq!(astray(&db.store).await, [""; 0]);
        assert_eq!(listed(&db.store, Some("1"), "01-09").await[0].astray, None);
    }
);

on_both_databases!(
    a_split_of_a_number_that_is_another_childs_hides_no_state_id,
    |db| {
        both(&db.store).await;
        landed(&decide(&db.store, &split(("charter", "c1")), on("01-05")).await);
        let state_id = async |known: &str| {
            let record = record(&db.store, "c1", on(known)).await;
            record.person.state_id
        };
        assert_eq!(state_id("01-06").await, None, "it is not that person");
        let given = Person {
            birth_date: date(2009, 3, 4),
            ..called("c1", Some("9000000009"), "Carlos", "Pérez")
        };
        send_rows(&db.store, "charter", vec![given], "01-08").await;
        assert_eq!(state_id("01-08").await.as_deref(), Some("9000000009"));
        let by_state = people(&db.store, &["9000000009", "c1"], on("01-08")).await;
        assert_eq!(by_state, [PersonId::from_state_id("9000000009")]);
        assert_eq!(state_id("01-06").await, None, "as known before");
        assert_eq!(astray(&db.store).await, ["c1"]);
    }
);

on_both_databases!(
    the_list_of_events_says_which_number_is_another_childs_and_what_became_of_it,
    |db| {
        let xavier = called("1", Some("9000000001"), "Xavier", "Núñez");
        send_rows(&db.store, "sis", vec![xavier.clone()], "01-01").await;
        landed(&decide(&db.store, &hold(), on("01-06")).await);
        let changed = MarkChange {
            posting: "m-1".into(),
            ..mark_change("A", "B")
        };
        landed(&decide(&db.store, &changed, on("01-07")).await);
        let without = listed(&db.store, Some("1"), "01-07").await;
        assert!(without.iter().all(|it| it.astray.is_none()), "{without:?}");
        let anew = Person {
            person: "7".into(),
            ..xavier
        };
        let carlos = Person {
            birth_date: date(2009, 3, 4),
            ..called("1", Some("9000000009"), "Carlos", "Pérez")
        };
        send_rows(&db.store, "sis", vec![carlos, anew], "01-08").await;
        let why = "number 1 of source sis tells of another child than when this was decided";
        let expected = [
            ("change-A-B", format!("{why}: it does nothing")),
            ("hold-1", format!("{why}: it stays with the child of then")),
        ];
        // The child of then has another number, and is told of the hold all the same.
        for number in [None, Some("1"), Some("7")] {
            let mut found = listed(&db.store, number, "01-08").await;
            found.sort_by_key(|it| it.event.number().to_owned());
            let told = found.iter().map(|it| {
                let why = it.astray.clone().unwrap_or_default();
                (it.event.number(), why)
            });
            assert_eq!(Vec::from_iter(told), expected, "{number:?}");
        }
        let holds = record(&db.store, "7", on("01-08")).await.decisions.holds;
        assert_eq!(holds.len(), 1);
        // What was released is over, whoever has the number.
        let released = TranscriptHold {
            ended_by: Some("R. Varo".into()),
            ended_at: Some(on("01-09")),
            ended_reason: Some("the book came back".into()),
            ..hold()
        };
        landed(&decide(&db.store, &released, on("01-09")).await);
        let found = listed(&db.store, Some("7"), "01-09").await;
        let hold = found.iter().find(|it| it.event.number() == "hold-1");
        let hold = hold.expect("it is listed");
        assert_eq!((&hold.astray, hold.undone_with), (&None, None));
        assert_eq!(hold.ending, hold.event.ending());
    }
);

on_both_databases!(
    under_one_state_id_another_name_and_birth_date_is_another_child_and_one_of_them_is_not,
    |db| {
        // Of each student of the charter school the state id stays: of the first nothing else
        // does, of the others the name, the date of birth, or the name that a decision gave.
        let numbers = ["c1", "c2", "c3", "c4", "c5"];
        let state_id = |place: usize| format!("900000001{place}");
        let called_so = |number: &str, place: usize| {
            called(number, Some(&format!("900000002{place}")), "Ximena", "Rey")
        };
        let sis = (0..5).map(|it| called(&it.to_string(), Some(&state_id(it)), "Ximena", "Rey"));
        send_rows(&db.store, "sis", sis.collect(), "01-01").await;
        let charter = (0..5).map(|place| called_so(numbers[place], place));
        let mut charter: Vec<Person> = charter.collect();
        send_rows(&db.store, "charter", charter.clone(), "01-02").await;
        for (place, number) in numbers.iter().enumerate() {
            let own = place.to_string();
            let link = merge(("sis", &own), ("charter", number));
            landed(&decide(&db.store, &link, on(&format!("01-0{}", place + 3))).await);
        }
        let renamed = NameChange {
            person: "c4".into(),
            ..name_change(("charter", "c4"))
        };
        landed(&decide(&db.store, &renamed, on("01-08")).await);
        let other_day = date(2009, 3, 4);
        charter[0] = Person {
            birth_date: other_day,
            legal_given: "Carlos".into(),
            legal_family: Some("Pérez".into()),
            ..charter[0].clone()
        };
        charter[1].birth_date = other_day;
        charter[2].legal_given = "Carlos".into();
        charter[3] = Person {
            birth_date: other_day,
            legal_given: "Iris".into(),
            legal_family: Some("Sandoval".into()),
            ..charter[3].clone()
        };
        // A given name that many bear, with another family name and another day.
        charter[4].birth_date = other_day;
        charter[4].legal_family = Some("Pérez".into());
        send_rows(&db.store, "charter", charter.clone(), "01-09").await;
        assert_eq!(astray(&db.store).await, ["0", "4", "c1", "c5"]);
        for (place, number) in numbers.iter().enumerate() {
            let (own, theirs) = (format!("m-{place}"), format!("m-{number}"));
            let expected = match place {
                0 | 4 => vec![theirs],
                _ => vec![own, theirs],
            };
            let found = postings(&db.store, number, "01-09").await;
            assert_eq!(found, expected, "{number}");
        }
        // A hold of then is none of the other child's either.
        let of_row = TranscriptHold {
            person_source: "charter".into(),
            person: "c2".into(),
            ..hold()
        };
        landed(&decide(&db.store, &of_row, on("01-10")).await);
        charter[1].legal_given = "Carlos".into();
        send_rows(&db.store, "charter", charter.clone(), "01-11").await;
        let holds = async |known: &str| {
            let record = record(&db.store, "c2", on(known)).await;
            record.decisions.holds.len()
        };
        assert_eq!(holds("01-11").await, 1, "a name alone");
        charter[1].birth_date = date(2010, 1, 1);
        send_rows(&db.store, "charter", charter, "01-12").await;
        assert_eq!(holds("01-12").await, 0);
        assert!(astray(&db.store).await.contains(&"c2".to_owned()));
    }
);

on_both_databases!(
    an_event_whose_import_was_taken_back_is_listed_with_who_and_why,
    |db| {
        both(&db.store).await;
        let first = landed(&decide(&db.store, &hold(), on("01-06")).await);
        let released = TranscriptHold {
            ended_by: Some("R. Varo".into()),
            ended_at: Some(on("01-07")),
            ended_reason: Some("the book came back".into()),
            ..hold()
        };
        let second = landed(&decide(&db.store, &released, on("01-07")).await);
        let only = async |number: Option<&str>, known: &str| {
            let mut found = listed(&db.store, number, known).await;
            assert_eq!(found.len(), 1, "{found:?}");
            found.remove(0)
        };
        let undo = async |import: i64, day: &str| {
            let undone = db.store.undo_import(import, rows::TAKEN_BACK, on(day));
            undone.await.expect("it is the newest of its source")
        };
        // Without its release the hold stands as before.
        undo(second, "01-08").await;
        let stands = only(Some("1"), "01-08").await;
        assert_eq!((stands.undone_with, stands.ending), (None, None));
        let undone_with = undo(first, "01-09").await;
        for number in [Some("1"), None] {
            let gone = only(number, "01-09").await;
            assert_eq!((gone.import, gone.undone_with), (first, Some(undone_with)));
            let ending = gone.ending.expect("who and why");
            let who = rows::TAKEN_BACK;
            assert_eq!((&*ending.by, &*ending.reason), (who.by, who.reason));
            assert_eq!((ending.at, gone.astray), (on("01-09"), None));
        }
        let holds = record(&db.store, "1", on("01-09")).await.decisions.holds;
        assert_eq!(holds, []);
        assert_eq!(listed(&db.store, Some("2"), "01-09").await, []);
        assert_eq!(only(None, "01-08").await.undone_with, None, "as known");
        // Recorded anew it stands, and the one before is no event of its own.
        landed(&decide(&db.store, &hold(), on("01-10")).await);
        assert_eq!(only(None, "01-10").await.undone_with, None);
    }
);
