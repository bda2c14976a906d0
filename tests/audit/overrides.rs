//! Errors stop an official transcript, unless a named person lets them pass for a time.

use jiff::ToSpan as _;
use registrar::host::Clock;
use registrar::intake::package::{Manifest, ManifestTable, Mode, Schools, Table, Writer};
use registrar::intake::{self, Options, Verdict};
use registrar::issue::{BatchOutcome, Office};
use registrar::record::PersonId;
use registrar::seal::Suite;
use registrar::store::{NewOverride, OverrideEnd, OverrideFor, Store};

use crate::common::{self, on_both_databases};
use crate::desk::{self, at};

/// Declares ten credits more than the marks come to.
const WRONG: &str = "9000025";
/// The moment of the desk's clock.
const NOW: &str = "2026-06-15T16:00:00Z";
const YESTERDAY: &str = "2026-06-14T16:00:00Z";
const KNOWN: &str = "2026-07-01T00:00:00Z";

fn granted(code: &str, holds_for: OverrideFor, expires_at: &str) -> NewOverride {
    NewOverride {
        code: code.into(),
        holds_for,
        reason: "The paper record was looked at.".into(),
        granted_by: "Leonora Carrington".into(),
        expires_at: at(expires_at),
    }
}

/// The student's batch, issued.
async fn issue(office: &Office, store: &Store, people: &[PersonId]) -> BatchOutcome {
    let batch = desk::batch(store, people.to_vec(), KNOWN).await;
    office.issue(&batch, |_| {}).await.expect("the batch runs")
}

on_both_databases!(
    an_error_stops_a_transcript_with_its_line_and_an_override_lets_it_pass_for_a_time,
    |db| {
        let store = &db.store;
        desk::district(store).await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut office = desk::office(store, folder.path(), Suite::P256, 1);
        let people = desk::students(store, &[WRONG]).await;
        let outcome = issue(&office, store, &people).await;
        assert_eq!((outcome.issued.len(), outcome.refused.len()), (0, 1));
        let [reason] = &outcome.refused[0].reasons[..] else {
            panic!("{:?}", outcome.refused);
        };
        let said = "total_differs: declares credit_earned 290.00; ours is 280.00 (totals.csv:";
        assert!(reason.starts_with(said), "{reason}");
        assert!(reason.contains("hint: "), "{reason}");

        // For somebody else, for another code, and no longer in force.
        let other = OverrideFor::Student(PersonId::from_state_id("9990000001"));
        let own = OverrideFor::Student(people[0]);
        for useless in [
            granted("total_differs", other, "2026-09-01T07:00:00Z"),
            granted("posting_twice", own.clone(), "2026-09-01T07:00:00Z"),
            granted("total_differs", own.clone(), NOW),
            granted(
                "total_differs",
                OverrideFor::School("19999990100082".into()),
                "2027-01-01T00:00:00Z",
            ),
        ] {
            store
                .grant_override(&useless, at(YESTERDAY))
                .await
                .expect("granted");
        }
        assert_eq!(issue(&office, store, &people).await.refused.len(), 1);

        let new = granted("total_differs", own, "2026-09-01T07:00:00Z");
        let number = store
            .grant_override(&new, at(YESTERDAY))
            .await
            .expect("granted");
        let outcome = issue(&office, store, &people).await;
        let [issued] = &outcome.issued[..] else {
            panic!("{outcome:?}");
        };
        let [overridden] = &issued.overrides[..] else {
            panic!("{issued:?}");
        };
        assert_eq!(
            (overridden.number, &*overridden.code),
            (number, "total_differs")
        );
        assert_eq!(overridden.by, "Leonora Carrington");
        assert_eq!(overridden.reason, new.reason);
        let row = store
            .issuance(issued.document_id)
            .await
            .expect("read")
            .expect("there");
        assert_eq!(row.intent.overrides, [number]);

        // Expired: on the first instant after its last day.
        office.clock = Clock::Fixed(at("2026-09-01T07:00:00Z"));
        assert_eq!(issue(&office, store, &people).await.refused.len(), 1);
        office.clock = Clock::Fixed(at("2026-09-01T07:00:00Z") - 1.microsecond());
        assert_eq!(issue(&office, store, &people).await.issued.len(), 1);
    }
);

#[tokio::test(flavor = "multi_thread")]
async fn a_school_may_let_one_code_pass_and_its_end_stops_what_is_not_issued_yet() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    // The second one is of another school.
    let people = desk::students(store, &[WRONG, "9000021"]).await;
    let school = OverrideFor::School(desk::IRONWOOD.into());
    let new = granted("total_differs", school, "2026-09-01T07:00:00Z");
    let number = store
        .grant_override(&new, at(YESTERDAY))
        .await
        .expect("granted");
    let batch = desk::batch(store, people.clone(), KNOWN).await;
    let first = office.issue(&batch, |_| {}).await.expect("the batch runs");
    assert_eq!(first.refused, []);
    let overrides: Vec<usize> = first.issued.iter().map(|it| it.overrides.len()).collect();
    assert_eq!(overrides, [1, 0], "who needs none records none");

    let end = OverrideEnd {
        by: "Remedios Varo".into(),
        reason: "The totals were corrected.".into(),
        at: at(YESTERDAY) + 1.hour(),
    };
    assert!(store.end_override(number, &end).await.expect("ended"));
    assert!(
        !store.end_override(number, &end).await.expect("read"),
        "once"
    );
    let resumed = office.resume(&batch, |_| {}).await.expect("it runs");
    assert_eq!(
        resumed, first,
        "what is issued stays issued, and says what let it pass"
    );
    let outcome = issue(&office, store, &people).await;
    assert_eq!((outcome.issued.len(), outcome.refused.len()), (1, 1));

    let listed = store.overrides().await.expect("read");
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].granted, &listed[0].ended), (&new, &Some(end)));
    assert!(!listed[0].is_in_force(at(NOW)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_names_the_override_in_force_when_it_was_made_and_not_when_it_was_intended() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut office = desk::office(store, folder.path(), Suite::P256, 1);
    let people = desk::students(store, &[WRONG]).await;
    let grant = async |holds_for| {
        let new = granted("total_differs", holds_for, "2026-09-01T07:00:00Z");
        let granted = store.grant_override(&new, at(YESTERDAY)).await;
        granted.expect("granted")
    };
    let first = grant(OverrideFor::Student(people[0])).await;
    let batch = desk::batch(store, people.clone(), KNOWN).await;
    desk::interrupted(&mut office, &batch).await;
    let end = OverrideEnd {
        by: "Remedios Varo".into(),
        reason: "It was a mistake.".into(),
        at: at(YESTERDAY) + 1.hour(),
    };
    assert!(store.end_override(first, &end).await.expect("ended"));
    let second = grant(OverrideFor::School(desk::IRONWOOD.into())).await;
    let resumed = office.resume(&batch, |_| {}).await.expect("it runs");
    let [issued] = &resumed.issued[..] else {
        panic!("{resumed:?}");
    };
    let named: Vec<i64> = issued.overrides.iter().map(|it| it.number).collect();
    assert_eq!(named, [second]);
    let row = store.issuance(issued.document_id).await.expect("read");
    assert_eq!(row.expect("there").intent.overrides, [second]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_that_is_granted_later_lets_a_resumed_batch_issue_the_rest() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    let people = desk::students(store, &[WRONG, "9000021"]).await;
    let batch = desk::batch(store, people.clone(), KNOWN).await;
    let first = office.issue(&batch, |_| {}).await.expect("the batch runs");
    assert_eq!((first.issued.len(), first.refused.len()), (1, 1));
    let own = OverrideFor::Student(people[0]);
    let new = granted("total_differs", own, "2026-09-01T07:00:00Z");
    store
        .grant_override(&new, at(YESTERDAY))
        .await
        .expect("granted");
    let resumed = office.resume(&batch, |_| {}).await.expect("it runs");
    assert_eq!((resumed.issued.len(), resumed.refused.len()), (2, 0));
    assert_eq!(resumed.issued[1], first.issued[0]);
}

/// A later export of the district with the first posting of a student under another title.
async fn retitle(store: &Store, person: &str, title: &str) {
    let known = at("2026-06-13T00:00:00Z");
    let people = desk::students(store, &[person]).await;
    let record = store.records(&people, known).await.expect("read").remove(0);
    let mut mark = record.marks[0].mark.clone();
    mark.title = Some(title.into());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("package");
    let delta = ManifestTable::new(Table::Marks, Mode::Delta);
    let manifest = Manifest {
        source: "marisol-central".into(),
        district: "1999999".into(),
        exported_at: at("2026-06-13T20:00:00Z"),
        schools: Schools::Named([record.person.school].into()),
        tables: [(Table::Marks, delta)].into_iter().collect(),
    };
    let mut writer = Writer::create(&path, manifest).expect("begun");
    writer.write(&mark).expect("written");
    writer.finish().expect("ended");
    let clock = Clock::Fixed(at("2026-06-13T21:00:00Z"));
    let outcome = intake::import(store, &path, &Options::default(), clock, &mut |_| {}).await;
    let outcome = outcome.expect("the import runs");
    assert!(matches!(outcome.verdict, Verdict::Landed(_)), "{outcome}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_let_a_disability_word_or_a_missing_glyph_pass() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    retitle(store, "9000001", "English 9 (SDC)").await;
    let people = desk::students(store, &["9000001", "9000024"]).await;
    // The command refuses to grant these; a row that says so all the same lets nothing pass.
    for code in ["disability_word", "glyph_missing"] {
        for person in &people {
            let own = OverrideFor::Student(*person);
            let new = granted(code, own, "2026-09-01T07:00:00Z");
            store
                .grant_override(&new, at(YESTERDAY))
                .await
                .expect("kept");
        }
    }
    let outcome = issue(&office, store, &people).await;
    assert_eq!((outcome.issued.len(), outcome.refused.len()), (0, 2));
    let said = &outcome.refused[0].reasons;
    assert!(
        said[0].starts_with("disability_word: the title of posting"),
        "{said:?}"
    );
    assert!(said[0].contains("(marks.csv:2, import 3)"), "{said:?}");
    let said = &outcome.refused[1].reasons;
    assert!(said[0].starts_with("student.name holds U+0641"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_every_finding_and_a_preview_is_not_stopped() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    retitle(store, WRONG, "Resource Specialist English").await;
    let people = desk::students(store, &[WRONG]).await;
    let outcome = issue(&office, store, &people).await;
    let codes: Vec<&str> = (outcome.refused[0].reasons.iter())
        .filter_map(|reason| reason.split(':').next())
        .collect();
    assert_eq!(codes, ["disability_word", "total_differs"]);
    let request = desk::request(registrar::transcript::Edition::Unofficial);
    let (_, policy) = desk::composed("en");
    let known = desk::batch(store, Vec::new(), KNOWN).await.recorded_at;
    let (made, refused) =
        desk::previews(store, &policy, &office.pool, &people, known, &request).await;
    assert_eq!((made.len(), refused), (1, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_no_catalogue_has_stops_everybody_where_the_district_says_so() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut office = desk::office(store, folder.path(), Suite::P256, 1);
    let people = desk::students(store, &["9000001"]).await;
    let misspelt = crate::case::POLICY.replacen("\"rotc\"]", "\"R.O.T.C.\"]", 1);
    let rules = |text: &str| registrar::transcript::Policy::parse(text).expect("a policy");
    office.policy = rules(&format!(
        "{misspelt}\n[audit.severity]\nname_unknown = \"error\"\n"
    ));
    let outcome = issue(&office, store, &people).await;
    let reason = &outcome.refused[0].reasons[0];
    assert!(
        reason.starts_with("name_unknown: policy.toml, line") && reason.contains("`R.O.T.C.`"),
        "{reason}"
    );
    office.policy = rules(&misspelt);
    let outcome = issue(&office, store, &people).await;
    assert_eq!((outcome.issued.len(), outcome.refused), (1, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_legend_that_discloses_stops_everybody() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut office = desk::office(store, folder.path(), Suite::P256, 1);
    let text = crate::case::POLICY.replacen("en = \"Passing\"", "en = \"Passing, SDC\"", 1);
    office.policy = registrar::transcript::Policy::parse(&text).expect("a policy");
    let people = desk::students(store, &["9000001"]).await;
    let outcome = issue(&office, store, &people).await;
    let reason = &outcome.refused[0].reasons[0];
    assert!(
        reason.starts_with("disability_in_legend: policy.toml: "),
        "{reason}"
    );
}
