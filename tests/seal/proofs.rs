//! A data proof travels with its data and holds for nothing else.

use jiff::{SignedDuration, Timestamp};
use registrar::seal::{
    DataError, DataSigner, Outcome, ProofFact, Reason, TrustStore, parse_data, proof_of,
    verify_proof,
};
use serde_json::{Value, json};

use crate::support::SUITES;
use crate::{new_district, now};

fn transcript() -> Value {
    json!({
        "student": {"name": "Zo\u{eb} \u{1f393} <b>", "born": "2008-02-29"},
        "courses": [{"title": "Algebra", "credits": "5.0", "terms": 2}, null, true],
        "empty": {},
    })
}

/// The data with its proof beside its other members.
pub fn prove(data: &Value, signer: &DataSigner, at: Timestamp) -> Result<Value, DataError> {
    let proof = proof_of(data, signer, at)?;
    let mut proven = data.clone();
    proven["proof"] = proof;
    Ok(proven)
}

#[test]
fn data_with_a_proof_verifies_after_any_reordering() {
    for suite in SUITES {
        let district = new_district(suite);
        let proven = prove(&transcript(), &district.data, now()).expect("a proof");
        let text = serde_json::to_string_pretty(&proven).expect("text");
        let read = parse_data(text.as_bytes()).expect("exact JSON");
        let verdict = verify_proof(&read, &district.trust);
        assert!(verdict.is_valid(), "{suite}: {verdict:?}");
        let by = verdict.signed_by.expect("a signer");
        assert_eq!(by.organisation.as_deref(), Some("Lincoln Unified"));
        assert_eq!(by.root_key_id, Some(district.root.certificate().key_id()));
        let Value::Object(members) = read else {
            panic!("an object")
        };
        let reversed: Value = Value::Object(members.into_iter().rev().collect());
        assert!(verify_proof(&reversed, &district.trust).is_valid());
    }
}

#[test]
fn any_change_to_the_data_or_the_proof_is_seen() {
    let district = new_district(SUITES[0]);
    let proven = prove(&transcript(), &district.data, now()).expect("a proof");
    let changes: [(&str, Value); 9] = [
        ("/student/name", json!("Zo\u{eb}")),
        ("/student/born", json!("2008-02-28")),
        ("/courses/0/credits", json!("6.0")),
        ("/courses/0/terms", json!(3)),
        ("/courses/1", json!(false)),
        ("/empty", json!({"more": 1})),
        ("/proof/created", json!("2026-06-13T08:00:00Z")),
        ("/proof/proofPurpose", json!("authentication")),
        ("/proof/cryptosuite", json!("eddsa-rdfc-2022")),
    ];
    for (pointer, value) in changes {
        let mut changed = proven.clone();
        *changed.pointer_mut(pointer).expect(pointer) = value;
        let verdict = verify_proof(&changed, &district.trust);
        assert!(!verdict.outcome(ProofFact::DataIntact).is_ok(), "{pointer}");
    }
    let mut extended = proven.clone();
    extended["added"] = json!(1);
    let wrong = Outcome::Failed(Reason::ProofWrong);
    assert_eq!(
        verify_proof(&extended, &district.trust).outcome(ProofFact::DataIntact),
        wrong
    );
    let mut nonced = proven.clone();
    nonced["proof"]["nonce"] = json!("x");
    let format = Outcome::Failed(Reason::ProofFormat);
    assert_eq!(
        verify_proof(&nonced, &district.trust).outcome(ProofFact::DataIntact),
        format
    );
}

#[test]
fn a_proof_is_not_respelt() {
    let district = new_district(SUITES[0]);
    let proven = prove(&transcript(), &district.data, now()).expect("a proof");
    let value = proven["proof"]["proofValue"]
        .as_str()
        .expect("text")
        .to_owned();
    for other in [
        value.replacen('z', "f", 1),
        format!("{value}1"),
        "z1".into(),
        "z".into(),
        format!("z1{}", &value[1..]),
        "z".repeat(10_000),
    ] {
        let mut changed = proven.clone();
        changed["proof"]["proofValue"] = json!(other);
        assert!(!verify_proof(&changed, &district.trust).is_valid());
    }
}

#[test]
fn only_a_certified_data_key_is_trusted() {
    let district = new_district(SUITES[0]);
    let other = new_district(SUITES[0]);
    let proven = prove(&transcript(), &district.data, now()).expect("a proof");
    let outcome = |data: &Value, trust: &TrustStore| {
        verify_proof(data, trust).outcome(ProofFact::DataSignerTrusted)
    };
    assert_eq!(
        outcome(&proven, &other.trust),
        Outcome::Failed(Reason::UnknownIssuer)
    );
    // Another's certificate beside the proof vouches for nothing.
    let mut swapped = proven.clone();
    swapped["proof"]["certificate"] = json!(other.data.certificate().to_pem());
    assert_eq!(
        outcome(&swapped, &other.trust),
        Outcome::Failed(Reason::SignerCertificate)
    );
    let mut stripped = proven;
    stripped["proof"]
        .as_object_mut()
        .expect("a proof")
        .remove("certificate");
    assert!(!verify_proof(&stripped, &district.trust).is_valid());
}

#[test]
fn a_data_key_proves_only_while_it_is_valid_and_only_once() {
    let district = new_district(SUITES[0]);
    let (from, to) = district.data.certificate().validity();
    for moment in [
        from - SignedDuration::from_secs(1),
        to + SignedDuration::from_secs(1),
    ] {
        let refused = prove(&transcript(), &district.data, moment);
        assert!(matches!(refused, Err(DataError::KeyNotValid { .. })));
    }
    let proven = prove(&transcript(), &district.data, now()).expect("a proof");
    let again = prove(&proven, &district.data, now());
    assert_eq!(again, Err(DataError::ProvenAlready));
    assert_eq!(
        prove(&json!([1]), &district.data, now()),
        Err(DataError::NotAnObject)
    );
    let inexact = prove(&json!({"gpa": 3.5}), &district.data, now());
    assert!(matches!(inexact, Err(DataError::Inexact(_))));
}

#[test]
fn what_carries_no_proof_says_so() {
    let district = new_district(SUITES[0]);
    let outcome = |data: Value| verify_proof(&data, &district.trust).outcome(ProofFact::DataIntact);
    assert_eq!(outcome(transcript()), Outcome::Failed(Reason::ProofMissing));
    assert_eq!(
        outcome(json!("text")),
        Outcome::Failed(Reason::ProofMissing)
    );
    assert_eq!(
        outcome(json!({"proof": []})),
        Outcome::Failed(Reason::ProofFormat)
    );
    let verdict = verify_proof(&transcript(), &district.trust);
    let written = serde_json::to_value(&verdict).expect("JSON");
    assert_eq!(written["valid"], false);
    assert_eq!(written["facts"][0]["fact"], "data_intact");
    assert_eq!(written["facts"][0]["code"], "proof_missing");
}
