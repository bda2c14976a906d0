//! What may be decided: references, the year of AB 104, and what one row may not say.

use std::collections::BTreeMap;

use registrar::host::Clock;
use registrar::intake::package::Row;
use registrar::intake::{
    Options, ProblemKind, Record, Verdict, Wrong, import, manifest_of, row_of,
};
use registrar::record::*;
use registrar::store::{Table, UndoError};

use crate::common::{self, on_both_databases};
use crate::rows;
use crate::school::*;

on_both_databases!(
    an_event_names_a_person_and_a_posting_that_the_records_know,
    |db| {
        both(&db.store).await;
        let nobody = PassMark {
            person: "7".into(),
            ..pass_mark("p1")
        };
        let outcome = decide(&db.store, &nobody, on("01-06")).await;
        assert_eq!(
            refused(&outcome),
            [
                (ProblemKind::UnknownPerson, "person".into(), "7".into()),
                (ProblemKind::UnknownPosting, "posting".into(), "p1".into()),
            ]
        );
        let unknown = [(
            ProblemKind::UnknownPosting,
            "posting".to_owned(),
            "p5".to_owned(),
        )];
        let of_another = decide(&db.store, &pass_mark("p5"), on("01-06")).await;
        assert_eq!(
            refused(&of_another)[0],
            unknown[0],
            "2's posting is not 1's"
        );
        let elsewhere = MarkChange {
            person_source: "charter".into(),
            ..mark_change("B", "A")
        };
        let outcome = decide(&db.store, &elsewhere, on("01-06")).await;
        assert_eq!(
            refused(&outcome).len(),
            2,
            "the other system numbers its students itself"
        );
        let with_nobody = merge(("sis", "1"), ("charter", "1"));
        let outcome = decide(&db.store, &with_nobody, on("01-06")).await;
        let other = (
            ProblemKind::UnknownPerson,
            "other_person".into(),
            "1".into(),
        );
        assert_eq!(refused(&outcome), [other]);
        let nowhere = TranscriptHold {
            school: "S9".into(),
            ..hold()
        };
        let outcome = decide(&db.store, &nowhere, on("01-06")).await;
        let school = (ProblemKind::UnknownSchool, "school".into(), "S9".into());
        assert_eq!(refused(&outcome), [school]);
        assert_eq!(
            db.store.imports().await.expect("the list").len(),
            2,
            "nothing was recorded"
        );
    }
);

on_both_databases!(
    pass_or_no_pass_is_for_marks_of_2020_21_alone_ed_code_49066_5,
    |db| {
        both(&db.store).await;
        let outcome = decide(&db.store, &pass_mark("p4"), on("01-06")).await;
        let late = (ProblemKind::Outside2020To21, "posting".into(), "p4".into());
        assert_eq!(refused(&outcome), [late]);
        assert!(
            outcome
                .to_string()
                .contains("Ed. Code 49066.5 is about 2020-21"),
            "{outcome}"
        );
        landed(&decide(&db.store, &pass_mark("p1"), on("01-06")).await);
    }
);

on_both_databases!(
    a_decision_that_is_recorded_again_is_another_version_and_the_newest_undoes,
    |db| {
        both(&db.store).await;
        landed(&decide(&db.store, &hold(), on("01-06")).await);
        let longer = TranscriptHold {
            ends_on: Some(jiff::civil::date(2026, 6, 1)),
            ..hold()
        };
        let second = landed(&decide(&db.store, &longer, on("01-07")).await);
        let ends = async |known| {
            let events = db
                .store
                .events(None, Some("hold-1"), known)
                .await
                .expect("read");
            let [only] = events.as_slice() else {
                panic!("{events:?}")
            };
            let Event::TranscriptHold(hold) = &only.event else {
                panic!("{only:?}")
            };
            hold.ends_on
        };
        assert_eq!(ends(on("01-06")).await, None, "as known before");
        assert_eq!(ends(on("01-08")).await, longer.ends_on);
        db.store
            .undo_import(second, rows::TAKEN_BACK, on("01-09"))
            .await
            .expect("it is the newest of its source");
        assert_eq!(ends(on("01-10")).await, None);
    }
);

on_both_databases!(a_decision_at_fault_refuses_its_package_hold_or_not, |db| {
    both(&db.store).await;
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = "format = \"registrar-package/1\"\nsource = \"registrar\"\n\
                    district = \"1999999\"\nexported_at = \"2026-01-06T08:00:00Z\"\n\
                    schools = [\"19999990000001\"]\n[tables.person_links]\nmode = \"delta\"\n";
    std::fs::write(folder.path().join("manifest.toml"), manifest).expect("written");
    let links = "school,event,link,person_source,person,other_source,other_person,ground,\
                 recorded_by,recorded_at\n\
                 19999990000001,1,merge,sis,1,sis,2,one certificate,V,2026-01-05T08:00:00Z\n\
                 19999990000001,2,merge,sis,1,sis,9,one certificate,V,2026-01-05T08:00:00Z\n";
    std::fs::write(folder.path().join("person_links.csv"), links).expect("written");
    let options = Options {
        hold: true,
        ..Options::default()
    };
    let clock = Clock::Fixed(on("01-06"));
    let outcome = import(&db.store, folder.path(), &options, clock, &mut |_| {}).await;
    let outcome = outcome.expect("it runs");
    assert_eq!(outcome.verdict, Verdict::Refused);
    assert_eq!((outcome.beyond_holding, outcome.held_people.len()), (1, 0));
    let problem = &outcome.report.problems()[0];
    assert_eq!(
        (problem.line, problem.value.as_deref()),
        (Some(3), Some("9"))
    );
});

on_both_databases!(an_import_stays_while_a_decision_names_its_school, |db| {
    let import = send(&db.store, "sis", &usual(), on("01-01")).await;
    let held = landed(&decide(&db.store, &hold(), on("01-06")).await);
    let stays = db
        .store
        .undo_import(import, rows::TAKEN_BACK, on("01-07"))
        .await;
    let Err(UndoError::StillNamed(named)) = stays else {
        panic!("{stays:?}")
    };
    assert_eq!(named.rows[0].table, Table::TranscriptHolds);
    assert_eq!(named.rows[0].first, ["hold-1"]);
    for number in [held, import] {
        let undone = db
            .store
            .undo_import(number, rows::TAKEN_BACK, on("01-08"))
            .await;
        undone.expect("nothing names it any more");
    }
});

#[test]
fn nobody_asked_for_a_pass_before_the_law_ed_code_49066_5() {
    for (day, wrong) in [("2021-06-30", &["requested_on"][..]), ("2021-07-01", &[])] {
        let asked = PassMark {
            requested_on: day.parse().expect("a day"),
            ..pass_mark("p1")
        };
        assert_eq!(contradictions(&asked), wrong, "{day}");
    }
}

/// The columns at which the cells of a row contradict each other.
fn contradictions<R: Row>(row: &R) -> Vec<&'static str> {
    let record = Record {
        source: "registrar",
        district: "1999999",
        dry_run: true,
    };
    let clock = Clock::Fixed(on("01-05"));
    let manifest = manifest_of::<R>(&record, SCHOOL, clock);
    let columns = R::definition().columns.iter().map(|column| column.name);
    let cells = row.cells().into_iter().map(|cell| cell.into_owned());
    let cells: BTreeMap<_, _> = columns.zip(cells).collect();
    match row_of::<R>(&cells, &manifest) {
        Ok(_) => Vec::new(),
        Err(Wrong::Together(found)) => found.iter().map(|found| found.column).collect(),
        Err(wrong) => panic!("{wrong:?}"),
    }
}

#[test]
fn the_teacher_is_heard_or_it_is_said_why_not_ed_code_49066() {
    let heard = mark_change("B", "A");
    assert_eq!(contradictions(&heard), [""; 0]);
    let not_heard = MarkChange {
        teacher_heard_on: None,
        teacher_statement: None,
        teacher_not_heard: Some("has left the district".into()),
        ..heard.clone()
    };
    assert_eq!(contradictions(&not_heard), [""; 0]);
    let neither = MarkChange {
        teacher_not_heard: None,
        ..not_heard.clone()
    };
    assert_eq!(contradictions(&neither), ["teacher_heard_on"]);
    let both = MarkChange {
        teacher_heard_on: heard.teacher_heard_on,
        ..not_heard.clone()
    };
    assert_eq!(contradictions(&both), ["teacher_heard_on"]);
    let silent = MarkChange {
        teacher_statement: heard.teacher_statement.clone(),
        ..not_heard
    };
    assert_eq!(contradictions(&silent), ["teacher_statement"]);
    let after = MarkChange {
        decided_on: jiff::civil::date(2026, 1, 2),
        ..heard.clone()
    };
    assert_eq!(contradictions(&after), ["teacher_heard_on"]);
    // Recorded on the fifth; the day after may have begun east of Greenwich.
    for (decided_on, wrong) in [(6, &[][..]), (7, &["decided_on"])] {
        let to_come = MarkChange {
            decided_on: jiff::civil::date(2026, 1, decided_on),
            ..heard.clone()
        };
        assert_eq!(contradictions(&to_come), wrong);
    }
    let same = MarkChange {
        to_mark: "B".into(),
        ..heard
    };
    assert_eq!(contradictions(&same), ["to_mark"]);
}

#[test]
fn a_mark_is_changed_and_a_transcript_withheld_on_the_laws_grounds_alone() {
    for ground in [
        "clerical_or_mechanical_mistake",
        "fraud",
        "bad_faith",
        "incompetency",
    ] {
        assert!(ground.parse::<MarkChangeGround>().is_ok(), "{ground}");
    }
    for ground in ["parent_request", "athletic_eligibility", "", "other"] {
        assert!(ground.parse::<MarkChangeGround>().is_err(), "{ground}");
        assert!(ground.parse::<HoldGround>().is_err(), "{ground}");
    }
    // Civ. Code 1788.93: a debt is no ground.
    for ground in ["unpaid_fee", "debt", "lunch_balance"] {
        assert!(ground.parse::<HoldGround>().is_err(), "{ground}");
    }
}

#[test]
fn nothing_is_withheld_from_a_homeless_or_foster_child_ed_code_49014() {
    assert_eq!(contradictions(&hold()), [""; 0]);
    let not_attested = TranscriptHold {
        not_homeless_or_foster: YesNo::No,
        ..hold()
    };
    assert_eq!(contradictions(&not_attested), ["not_homeless_or_foster"]);
}

#[test]
fn a_hold_comes_after_due_process_ed_code_48904() {
    let early = TranscriptHold {
        begins_on: jiff::civil::date(2026, 1, 1),
        ..hold()
    };
    assert_eq!(contradictions(&early), ["begins_on"]);
    let backwards = TranscriptHold {
        ends_on: Some(jiff::civil::date(2026, 1, 2)),
        ..hold()
    };
    assert_eq!(contradictions(&backwards), ["ends_on"]);
}

#[test]
fn a_merge_names_two_rows_and_a_split_one() {
    let (one, other) = (("sis", "1"), ("sis", "2"));
    assert_eq!(contradictions(&merge(one, other)), [""; 0]);
    assert_eq!(contradictions(&split(one)), [""; 0]);
    assert_eq!(contradictions(&merge(one, one)), ["other_person"]);
    let half = PersonLink {
        other_source: None,
        ..merge(one, other)
    };
    assert_eq!(contradictions(&half), ["other_person"]);
    let two = PersonLink {
        link: LinkKind::Split,
        ..merge(one, other)
    };
    assert_eq!(contradictions(&two), ["other_person"]);
}

#[test]
fn an_event_that_ended_says_who_ended_it_when_and_why() {
    let ended = |by: Option<&str>, at, why: Option<&str>| TranscriptHold {
        ended_by: by.map(str::to_owned),
        ended_at: at,
        ended_reason: why.map(str::to_owned),
        ..hold()
    };
    let (by, why) = (Some("R. Varo"), Some("returned"));
    assert_eq!(contradictions(&ended(by, Some(on("01-09")), why)), [""; 0]);
    assert_eq!(
        contradictions(&ended(by, Some(on("01-09")), None)),
        ["ended_by"]
    );
    assert_eq!(contradictions(&ended(None, None, why)), ["ended_by"]);
    assert_eq!(
        contradictions(&ended(by, Some(on("01-01")), why)),
        ["ended_at"]
    );
}
