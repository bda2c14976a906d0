//! Whether the data inside fits its document: files that are signed correctly, data and all, and
//! still do not belong together.

use jiff::{SignedDuration, Timestamp};
use registrar::exchange::Document;
use registrar::seal::{DataSigner, Issuer, Root, Statement, Suite, TrustStore, sign};
use registrar::transcript::ATTACHMENT_NAME;
use registrar::verify::{Answer, Conclusion, FactLine, examine};
use serde_json::{Value, json};

use crate::issued::issued;
use crate::rendered::with_objects;
use crate::support::District;
use crate::{new_district, now};

const JSON: &str = "application/json";

/// The model inside an issued transcript, which lists itself as the only attachment.
fn model() -> Value {
    let found = registrar::seal::verify(&issued()[0].files[0], &issued()[0].trust);
    let mut attached = found.attachments.iter();
    let file = attached.find(|file| file.name == ATTACHMENT_NAME);
    let content = &file.expect("a transcript inside").content;
    let mut data = registrar::seal::parse_data(content).expect("JSON");
    data.as_object_mut().expect("an object").remove("proof");
    data["attachments"] = json!([entry(ATTACHMENT_NAME, JSON)]);
    data
}

fn entry(name: &str, media_type: &str) -> Value {
    let found = registrar::seal::verify(&issued()[0].files[0], &issued()[0].trust);
    let content = &found.attachments[0].content;
    let data = registrar::seal::parse_data(content).expect("JSON");
    let mut entry = data["attachments"][0].clone();
    assert!(entry.is_object(), "an issued transcript lists itself");
    entry["name"] = json!(name);
    entry["media_type"] = json!(media_type);
    entry
}

/// A rendered file with these attachments, by name, media type and content.
fn rendered_with(attachments: &[(&str, &str, String)]) -> Vec<u8> {
    let mut objects = vec![
        "<</Type/Pages/Count 1/Kids[2 0 R]>>".to_owned(),
        "<</Type/Page/MediaBox[0 0 612 792]/Parent 1 0 R>>".to_owned(),
    ];
    let (mut names, mut files) = (String::new(), String::new());
    for (name, media_type, content) in attachments {
        let (specification, embedded) = (objects.len() + 1, objects.len() + 2);
        objects.push(format!(
            "<</Type/Filespec/F({name})/UF({name})/EF<</F {embedded} 0 R/UF {embedded} 0 R>>\
             /AFRelationship/Source>>"
        ));
        objects.push(format!(
            "<</Length {}/Type/EmbeddedFile/Subtype/{}>>\nstream\n{content}\nendstream",
            content.len(),
            media_type.replace('/', "#2F")
        ));
        names += &format!("({name}){specification} 0 R");
        files += &format!("{specification} 0 R ");
    }
    objects.push("<</Title(Transcript)>>".to_owned());
    objects.push(format!(
        "<</Type/Catalog/Pages 1 0 R/Names<</EmbeddedFiles<</Names[{names}]>>>>/AF[{}]>>",
        files.trim_end()
    ));
    with_objects(&objects)
}

fn signed(district: &District, attachments: &[(&str, &str, String)]) -> Vec<u8> {
    let statement = Statement {
        reason: "Official transcript",
        signed_at: now(),
    };
    sign(&rendered_with(attachments), &district.documents, &statement).expect("signed")
}

fn proven(data: &Value, signer: &DataSigner, at: Timestamp) -> String {
    crate::proofs::prove(data, signer, at)
        .expect("a proof")
        .to_string()
}

/// The answer about a document that carries this text as its data.
fn about(district: &District, trust: &TrustStore, data: String) -> Answer {
    let file = signed(district, &[(ATTACHMENT_NAME, JSON, data)]);
    examine(&file, trust)
}

fn last(answer: &Answer) -> &FactLine {
    let line = answer.facts.last().expect("facts");
    assert_eq!(line.fact, "data_agrees");
    line
}

/// Every fact holds but the last, which fails for this reason.
fn only_disagrees(answer: &Answer, code: &str) {
    let line = last(answer);
    assert_eq!((line.outcome, line.code), ("failed", Some(code)));
    let (_, before) = answer.facts.split_last().expect("facts");
    let wrong = before.iter().find(|fact| fact.outcome != "ok");
    assert_eq!(wrong, None);
    refused(answer);
}

fn refused(answer: &Answer) {
    assert_eq!(answer.conclusion, Conclusion::Invalid);
    assert!(answer.document.is_none(), "nothing of it is repeated");
}

fn not_examined(answer: &Answer) {
    let line = last(answer);
    assert_eq!((line.outcome, line.code), ("not_reached", None));
    assert!(line.sentence.starts_with("Not examined: "));
    refused(answer);
}

#[test]
fn data_that_belongs_to_its_document_is_accepted_and_given() {
    let district = new_district(Suite::P256);
    let data = proven(&model(), &district.data, now());
    let answer = about(&district, &district.trust, data);
    assert_eq!(answer.conclusion, Conclusion::Valid, "{:?}", answer.facts);
    let document = answer.document.and_then(Document::into_transcript);
    let document = document.expect("what it says");
    assert_eq!(json!(document.document.id), model()["document"]["id"]);
}

#[test]
fn data_of_another_district_is_another_issuers() {
    let district = new_district(Suite::P256);
    let other = new_district(Suite::P256);
    let pem = [&district, &other].map(|one| one.root.certificate().to_pem());
    let trust = TrustStore::from_pem(&pem.concat()).expect("two roots");
    let data = proven(&model(), &other.data, now());
    // Both districts bear the same name and both are trusted: only their roots differ.
    only_disagrees(&about(&district, &trust, data.clone()), "other_issuer");
    // Where only the document's root is pinned, the data's signer is unknown as well.
    let answer = about(&district, &district.trust, data);
    assert_eq!(last(&answer).code, Some("other_issuer"));
    refused(&answer);
}

#[test]
fn data_under_another_name_is_another_issuers_even_if_nobody_is_known() {
    let district = new_district(Suite::P256);
    let named = Issuer {
        organisation: "Washington Unified".into(),
        demo: false,
    };
    let other = Root::generate(&named, Suite::P256, now()).expect("a root");
    let signer = other.data_signer(now()).expect("a data key");
    let data = proven(&model(), &signer, now());
    let answer = about(&district, &TrustStore::default(), data);
    assert_eq!(last(&answer).code, Some("other_issuer"));
    refused(&answer);
    let own = proven(&model(), &district.data, now());
    let answer = about(&district, &TrustStore::default(), own);
    assert_eq!(answer.conclusion, Conclusion::UnknownIssuer);
    assert!(answer.document.is_none());
}

#[test]
fn data_of_another_second_is_not_this_documents() {
    let district = new_district(Suite::P256);
    let second = SignedDuration::from_secs(1);
    for moment in [now() - second, now() + second] {
        let data = proven(&model(), &district.data, moment);
        only_disagrees(&about(&district, &district.trust, data), "other_moment");
    }
}

#[test]
fn an_attachment_that_the_data_does_not_list_is_seen() {
    let district = new_district(Suite::P256);
    let extra = ("note.txt", "text/plain", "Grade: A+".to_owned());
    let files = |data: &Value| {
        let data = proven(data, &district.data, now());
        [(ATTACHMENT_NAME, JSON, data), extra.clone()]
    };
    let answer = |files: &[(&str, &str, String)]| {
        let file = signed(&district, files);
        examine(&file, &district.trust)
    };
    only_disagrees(&answer(&files(&model())), "other_attachments");
    let mut listing = model();
    let (own, other) = (entry(ATTACHMENT_NAME, JSON), entry(extra.0, extra.1));
    listing["attachments"] = json!([own, other]);
    assert_eq!(answer(&files(&listing)).conclusion, Conclusion::Valid);
    only_disagrees(&answer(&files(&listing)[..1]), "other_attachments");
    listing["attachments"] = json!([own, entry(extra.0, "text/html")]);
    only_disagrees(&answer(&files(&listing)), "other_attachments");
    listing["attachments"] = json!([own, entry("note.TXT", extra.1)]);
    only_disagrees(&answer(&files(&listing)), "other_attachments");
}

#[test]
fn an_unofficial_copys_data_makes_no_official_document() {
    let district = new_district(Suite::P256);
    let mut unofficial = model();
    assert_eq!(unofficial["document"]["edition"], "official");
    unofficial["document"]["edition"] = json!("unofficial");
    let data = proven(&unofficial, &district.data, now());
    only_disagrees(&about(&district, &district.trust, data), "not_official");
}

#[test]
fn data_that_is_no_transcript_is_unreadable() {
    let district = new_district(Suite::P256);
    let mut other_format = model();
    other_format["format"] = json!("registrar-transcript/999");
    let mut more = model();
    more["surprise"] = json!(1);
    for data in [other_format, more, json!({ "hello": "world" })] {
        let data = proven(&data, &district.data, now());
        only_disagrees(&about(&district, &district.trust, data), "data_unreadable");
    }
    for broken in ["", "{", "{\"a\":1,\"a\":2}", "\u{feff}{}"] {
        let answer = about(&district, &district.trust, broken.to_owned());
        let line = last(&answer);
        assert_eq!(
            (line.outcome, line.code),
            ("failed", Some("data_unreadable"))
        );
        refused(&answer);
    }
}

#[test]
fn a_document_without_its_data_says_so() {
    let district = new_district(Suite::P256);
    let elsewhere = [("other.json", JSON, proven(&model(), &district.data, now()))];
    let file = signed(&district, &elsewhere);
    let answer = examine(&file, &district.trust);
    let line = last(&answer);
    assert_eq!((line.outcome, line.code), ("failed", Some("no_data")));
    refused(&answer);
    let proof = answer.facts.iter().find(|fact| fact.fact == "data_intact");
    assert_eq!(proof.expect("a line").outcome, "not_reached");
}

#[test]
fn data_that_names_no_signer_is_not_compared() {
    let district = new_district(Suite::P256);
    let answer = about(&district, &district.trust, model().to_string());
    let proof = answer.facts.iter().find(|fact| fact.fact == "data_intact");
    assert_eq!(proof.expect("a line").code, Some("proof_missing"));
    not_examined(&answer);
}

#[test]
fn attachments_that_two_readers_would_list_differently_are_not_looked_into() {
    let district = new_district(Suite::P256);
    let data = proven(&model(), &district.data, now());
    let hidden = String::from_utf8(rendered_with(&[(ATTACHMENT_NAME, JSON, data)]));
    let hidden = hidden.expect("text").replace("/AF[3 0 R]", "/AF[]     ");
    let statement = Statement {
        reason: "Official transcript",
        signed_at: now(),
    };
    let file = sign(hidden.as_bytes(), &district.documents, &statement).expect("signed");
    let answer = examine(&file, &district.trust);
    let failed = answer.facts.iter().find(|fact| fact.outcome == "failed");
    assert_eq!(failed.expect("a line").fact, "attachments_readable");
    not_examined(&answer);
}

#[test]
fn where_the_attachments_were_not_reached_nothing_is_said_of_the_data() {
    for issued in issued() {
        let file = &issued.files[0];
        let appended = [file.as_slice(), b"x"].concat();
        for changed in [
            appended.as_slice(),
            &file[..file.len() - 1],
            &file[..file.len() / 2],
            b"no PDF",
        ] {
            not_examined(&examine(changed, &issued.trust));
        }
    }
}

#[test]
fn a_signed_file_that_was_cut_is_truncated_not_unsigned() {
    for issued in issued() {
        let file = &issued.files[0];
        // At each place where a download may end, up to the last line.
        for end in (1024..file.len()).step_by(997).chain([file.len() - 1]) {
            let answer = examine(&file[..end], &issued.trust);
            let failed = answer.facts.iter().find(|fact| fact.outcome == "failed");
            let line = failed.expect("something is wrong");
            let expected = ("nothing_added_since", Some("truncated"));
            assert_eq!((line.fact, line.code), expected, "cut at {end}");
            assert_eq!(answer.conclusion, Conclusion::Invalid);
        }
    }
}
