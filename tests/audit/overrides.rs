//! Errors stop an official transcript, unless a named person lets them pass for a time.

use jiff::ToSpan as _;
use registrar::host::Clock;
use registrar::intake::package::{Manifest, ManifestTable, Mode, Schools, Table, Writer};
use registrar::intake::{self, Options, Verdict};
use registrar::issue::{BatchOutcome, Examined, IssueError, Located, Office, kept};
use registrar::record::{DeclaredTotal, PersonId};
use registrar::seal::Suite;
use registrar::store::{KeptFinding, NewOverride, OverrideEnd, OverrideFor, Store};

use crate::common::{self, on_both_databases};
use crate::desk::{self, at};

/// Declares ten credits more than the marks come to.
pub const WRONG: &str = "9000025";
/// The moment of the desk's clock.
const NOW: &str = "2026-06-15T16:00:00Z";
pub const YESTERDAY: &str = "2026-06-14T16:00:00Z";
const KNOWN: &str = "2026-07-01T00:00:00Z";

fn granted(code: &str, holds_for: OverrideFor, expires_at: &str) -> NewOverride {
    NewOverride {
        code: code.into(),
        holds_for,
        reason: "The paper record was looked at.".into(),
        granted_by: "Leonora Carrington".into(),
        expires_at: at(expires_at),
        findings: Vec::new(),
    }
}

/// What of a code stands against a student now.
pub async fn standing(store: &Store, person: PersonId, code: &str) -> Vec<KeptFinding> {
    let mut found = Vec::new();
    let keep = |located: Located| {
        if located.finding.code == code {
            found.push(kept(&located.finding));
        }
        Ok::<(), IssueError>(())
    };
    let who = Examined::People(vec![person]);
    let examined = desk::examination(store).await.findings(&who, keep).await;
    examined.expect("examined");
    found
}

/// Lets pass what of a code stands against a student now.
pub async fn grant_for(store: &Store, person: PersonId, code: &str) -> i64 {
    let own = OverrideFor::Student(person);
    let new = NewOverride {
        findings: standing(store, person, code).await,
        ..granted(code, own, "2026-09-01T07:00:00Z")
    };
    let number = store.grant_override(&new, at(YESTERDAY)).await;
    number.expect("granted")
}

/// The student's batch, issued.
pub async fn issue(office: &Office, store: &Store, people: &[PersonId]) -> BatchOutcome {
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

        let number = grant_for(store, people[0], "total_differs").await;
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
        assert_eq!(overridden.reason, "The paper record was looked at.");
        let stands = standing(store, people[0], "total_differs").await;
        assert_eq!((stands.len(), &overridden.findings), (1, &stands));
        let row = store
            .issuance(issued.document_id)
            .await
            .expect("read")
            .expect("there");
        let [passed] = &row.intent.overrides[..] else {
            panic!("{row:?}");
        };
        assert_eq!((passed.number, &passed.findings), (number, &stands));

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
    let first = grant_for(store, people[0], "total_differs").await;
    let batch = desk::batch(store, people.clone(), KNOWN).await;
    desk::interrupted(&mut office, &batch).await;
    let end = OverrideEnd {
        by: "Remedios Varo".into(),
        reason: "It was a mistake.".into(),
        at: at(YESTERDAY) + 1.hour(),
    };
    assert!(store.end_override(first, &end).await.expect("ended"));
    let school = OverrideFor::School(desk::IRONWOOD.into());
    let new = granted("total_differs", school, "2026-09-01T07:00:00Z");
    let second = store.grant_override(&new, at(YESTERDAY)).await;
    let second = second.expect("granted");
    let resumed = office.resume(&batch, |_| {}).await.expect("it runs");
    let [issued] = &resumed.issued[..] else {
        panic!("{resumed:?}");
    };
    let named: Vec<i64> = issued.overrides.iter().map(|it| it.number).collect();
    assert_eq!(named, [second]);
    let row = store.issuance(issued.document_id).await.expect("read");
    let passed = row.expect("there").intent.overrides;
    let named: Vec<i64> = passed.iter().map(|it| it.number).collect();
    assert_eq!(named, [second]);
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
    grant_for(store, people[0], "total_differs").await;
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
    let school = record.person.school;
    let write = |it: &mut Writer| it.write(&mark).expect("written");
    later(store, Table::Marks, school, "2026-06-13T20:00:00Z", write).await;
}

/// A later export of the district with one row of a school; gives the import's number.
pub async fn later(
    store: &Store,
    table: Table,
    school: String,
    exported_at: &str,
    write: impl FnOnce(&mut Writer),
) -> i64 {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("package");
    let delta = ManifestTable::new(table, Mode::Delta);
    let manifest = Manifest {
        source: "marisol-central".into(),
        district: "1999999".into(),
        exported_at: at(exported_at),
        schools: Schools::Named([school].into()),
        tables: [(table, delta)].into_iter().collect(),
    };
    let mut writer = Writer::create(&path, manifest).expect("begun");
    write(&mut writer);
    writer.finish().expect("ended");
    let clock = Clock::Fixed(at(exported_at) + 1.hour());
    let outcome = intake::import(store, &path, &Options::default(), clock, &mut |_| {}).await;
    let outcome = outcome.expect("the import runs");
    let Verdict::Landed(landed) = &outcome.verdict else {
        panic!("{outcome}");
    };
    landed.import.expect("it says something new")
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

/// A figure that the sending system declares of the student with the wrong credits.
async fn declare(store: &Store, figure: &str, value: &str, exported_at: &str) {
    let total = DeclaredTotal {
        school: desk::IRONWOOD.into(),
        person: WRONG.into(),
        figure: figure.into(),
        value: value.into(),
    };
    let school = desk::IRONWOOD.to_owned();
    let write = |it: &mut Writer| it.write(&total).expect("written");
    later(store, Table::Totals, school, exported_at, write).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_of_a_student_covers_what_was_looked_at_and_nothing_that_came_later() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    let people = desk::students(store, &[WRONG]).await;
    let number = grant_for(store, people[0], "total_differs").await;
    assert_eq!(issue(&office, store, &people).await.refused, []);

    // Another value of the same row, and the same row in another file on another line.
    declare(store, "credit_earned", "300.00", "2026-06-13T01:00:00Z").await;
    let refused = issue(&office, store, &people).await.refused;
    let [reason] = &refused[0].reasons[..] else {
        panic!("{refused:?}");
    };
    let came = format!("override {number} of 2026-06-14");
    assert!(reason.contains("declares credit_earned 300.00"), "{reason}");
    assert!(
        reason.contains(&came) && reason.contains("grant anew"),
        "{reason}"
    );
    declare(store, "credit_earned", "290.00", "2026-06-13T03:00:00Z").await;
    assert_eq!(issue(&office, store, &people).await.refused, []);

    // A second one beside it; what was looked at still passes.
    declare(store, "credit_attempted", "999.00", "2026-06-13T05:00:00Z").await;
    let refused = issue(&office, store, &people).await.refused;
    let [reason] = &refused[0].reasons[..] else {
        panic!("{refused:?}");
    };
    assert!(reason.contains("credit_attempted 999.00"), "{reason}");
    let mut told = Vec::new();
    let keep = |located: Located| {
        let passing = located.overridden.map(|row| row.number);
        told.push((passing, located.finding.hint.contains(&came)));
        Ok::<(), IssueError>(())
    };
    let who = Examined::People(people.clone());
    let counts = desk::examination(store).await.findings(&who, keep).await;
    let counts = counts.expect("examined");
    assert_eq!((counts.errors, counts.overridden), (1, 1));
    told.sort_unstable();
    assert_eq!(told, [(None, true), (Some(number), false)]);

    // Granted anew, each finding under the newest grant that was made for it.
    let anew = grant_for(store, people[0], "total_differs").await;
    let issued = issue(&office, store, &people).await.issued;
    let [overridden] = &issued[0].overrides[..] else {
        panic!("{issued:?}");
    };
    assert_eq!((overridden.number, overridden.findings.len()), (anew, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_of_a_school_is_a_rule_and_each_document_names_what_passed_under_it() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 1);
    let people = desk::students(store, &[WRONG]).await;
    let school = OverrideFor::School(desk::IRONWOOD.into());
    let new = granted("total_differs", school, "2026-09-01T07:00:00Z");
    let granted = store.grant_override(&new, at(YESTERDAY)).await;
    let number = granted.expect("granted");
    declare(store, "credit_attempted", "999.00", "2026-06-13T05:00:00Z").await;
    let stands = standing(store, people[0], "total_differs").await;
    assert_eq!(stands.len(), 2);
    let issued = issue(&office, store, &people).await.issued;
    let row = store.issuance(issued[0].document_id).await.expect("read");
    let passed = row.expect("there").intent.overrides;
    assert_eq!(passed.len(), 1);
    assert_eq!((passed[0].number, &passed[0].findings), (number, &stands));
}
