//! `registrar policy`: what a document was issued by can be read years later.

use sha2::{Digest as _, Sha256};

use crate::program::{Desk, fixture};

#[test]
fn the_rules_of_an_issued_document_are_read_again_by_their_digest() {
    let desk = Desk::new();
    desk.done(&["import", &fixture("district/charters"), "--quiet"]);
    desk.keys();
    assert_eq!(desk.answer(0, &["policy", "list"]), serde_json::json!([]));
    let list = desk.answer(0, &["transcript", "preview", "--all", "--grade", "12"]);
    let student = list["made"][0]["student"].as_str().expect("a student");
    desk.done(&["transcript", "issue", "--student", student, "--out", "out"]);

    let kept = desk.answer(0, &["policy", "list"]);
    assert_eq!(kept.as_array().map(Vec::len), Some(1), "{kept}");
    let digest = kept[0]["digest"].as_str().expect("a digest").to_owned();
    assert_eq!(kept[0]["version"], "2026-27");
    let listed = desk.done(&["policy", "list"]);
    assert!(
        listed.starts_with(&digest) && listed.ends_with("2026-27\n"),
        "{listed}"
    );

    let text = desk.done(&["policy", "show", &digest]);
    let shipped = include_str!("../../report-templates/transcript/policy.toml");
    assert!(text == shipped, "byte for byte");
    assert_eq!(hex::encode(Sha256::digest(text.as_bytes())), digest);
    let by_beginning = desk.answer(0, &["policy", "show", &digest[..8].to_uppercase()]);
    assert_eq!(by_beginning["text"], shipped);

    let unknown = desk.fails(&["policy", "show", "no-such"]);
    assert!(
        unknown.contains("no document was issued under a policy `no-such`"),
        "{unknown}"
    );
    assert!(
        unknown.contains("hint: `registrar policy list`"),
        "{unknown}"
    );
}
