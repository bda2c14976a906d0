//! What is signed verifies, whole and packed; what was not signed by a trusted key does not.

use jiff::{SignedDuration, Timestamp};
use registrar::seal::{
    Attachment, FILE_BYTES_MAX, Fact, Issuer, Outcome, Reason, Root, SignError, Statement, Suite,
    TrustError, TrustStore, UnsignedError, sign, verify,
};

use crate::rendered::{ATTACHED, rendered, with_objects};
use crate::support::{PAGE, SIX_PAGES, SUITES};
use crate::{new_district, now};

#[test]
fn a_signed_file_verifies_with_every_fact_true() {
    for suite in SUITES {
        let district = new_district(suite);
        for pdf in [PAGE, SIX_PAGES, &rendered("A")] {
            let found = verify(&district.sign(pdf), &district.trust);
            assert!(
                found.verdict.is_valid(),
                "{suite}: {:?}",
                found.verdict.first_failure()
            );
            assert!(
                found
                    .verdict
                    .facts()
                    .all(|(_, outcome)| outcome == Outcome::Ok)
            );
            let by = found.verdict.signed_by.expect("a signer");
            assert_eq!(by.organisation.as_deref(), Some("Lincoln Unified"));
            assert_eq!(by.reason, "Official transcript");
            assert_eq!((by.signed_at, by.suite, by.demo), (now(), suite, false));
            assert_eq!(by.key_id, district.documents.certificate().key_id());
            assert_eq!(by.root_key_id, Some(district.root.certificate().key_id()));
        }
    }
}

#[test]
fn packing_makes_a_tagged_page_smaller_although_it_gains_a_signature() {
    let signed = new_district(Suite::P256).sign(PAGE);
    assert!(
        signed.len() * 10 < PAGE.len() * 6,
        "{} of {}",
        signed.len(),
        PAGE.len()
    );
}

#[test]
fn the_same_inputs_give_the_same_signed_bytes() {
    for suite in SUITES {
        let district = new_district(suite);
        assert_eq!(district.sign(PAGE), district.sign(PAGE));
    }
}

#[test]
fn attachments_come_out_as_they_went_in() {
    let district = new_district(Suite::P256);
    let found = verify(&district.sign(&rendered("A")), &district.trust);
    let expected = Attachment {
        name: "data.json".into(),
        media_type: "application/json".into(),
        description: "The data".into(),
        relationship: "Source".into(),
        modified: Some("D:20260612000000Z".into()),
        content: ATTACHED.into(),
    };
    assert_eq!(found.attachments, [expected]);
    let found = verify(&district.sign(PAGE), &district.trust);
    let [transcript] = found.attachments.as_slice() else {
        panic!("one attachment")
    };
    let data = registrar::seal::parse_data(&transcript.content).expect("JSON");
    assert_eq!(data["student"]["name"], "Zo\u{eb} Nu\u{f1}ez");
}

#[test]
fn an_unknown_issuer_is_another_word_than_invalid() {
    for suite in SUITES {
        let signed = new_district(suite).sign(PAGE);
        for trust in [TrustStore::default(), new_district(suite).trust] {
            let verdict = verify(&signed, &trust).verdict;
            assert!(!verdict.is_valid());
            assert!(verdict.is_of_unknown_issuer());
            let expected = Some((Fact::SignerTrusted, Reason::UnknownIssuer));
            assert_eq!(verdict.first_failure(), expected);
            assert_eq!(verdict.outcome(Fact::SignatureValid), Outcome::Ok);
            assert_eq!(
                verdict.outcome(Fact::KeyValidWhenSigned),
                Outcome::NotReached
            );
            assert_eq!(verdict.signed_by.expect("a signer").root_key_id, None);
        }
    }
}

#[test]
fn a_root_of_the_other_suite_does_not_vouch() {
    let signed = new_district(Suite::Ed25519).sign(PAGE);
    let other = new_district(Suite::P256);
    assert!(verify(&signed, &other.trust).verdict.is_of_unknown_issuer());
}

#[test]
fn a_key_signs_only_while_its_certificate_lasts() {
    let district = new_district(Suite::P256);
    let (from, to) = district.documents.certificate().validity();
    let second = SignedDuration::from_secs(1);
    let at = |signed_at: Timestamp| {
        sign(
            PAGE,
            &district.documents,
            &Statement {
                reason: "Test",
                signed_at,
            },
        )
    };
    assert!(
        verify(&at(from).unwrap(), &district.trust)
            .verdict
            .is_valid()
    );
    assert!(verify(&at(to).unwrap(), &district.trust).verdict.is_valid());
    for moment in [from - second, to + second] {
        assert!(matches!(at(moment), Err(SignError::KeyNotValid { .. })));
    }
}

#[test]
fn only_the_renderers_files_are_signed() {
    let district = new_district(Suite::P256);
    let statement = Statement {
        reason: "Test",
        signed_at: now(),
    };
    let refusal = |pdf: &[u8]| match sign(pdf, &district.documents, &statement) {
        Err(SignError::Unsigned(error)) => error,
        other => panic!("{other:?}"),
    };
    let signed = district.sign(PAGE);
    assert!(
        matches!(refusal(&signed), UnsignedError::Foreign(_)),
        "never signed twice"
    );
    assert!(matches!(refusal(b"not a PDF"), UnsignedError::Foreign(_)));
    assert!(matches!(
        refusal(&PAGE[..PAGE.len() / 2]),
        UnsignedError::Foreign(_)
    ));
    assert!(matches!(
        refusal(&vec![0; FILE_BYTES_MAX + 1]),
        UnsignedError::TooLarge(_)
    ));
    let revised = [PAGE, b"\n%%EOF\n"].concat();
    assert!(matches!(refusal(&revised), UnsignedError::Foreign(_)));
    let with_form = [
        "<</Type/Pages/Kids[2 0 R]>>",
        "<</Type/Page>>",
        "<<>>",
        "<</Type/Catalog/Pages 1 0 R/AcroForm<<>>>>",
    ];
    let with_form = with_objects(&with_form.map(str::to_owned));
    assert!(matches!(refusal(&with_form), UnsignedError::Foreign(_)));
}

#[test]
fn a_reason_is_one_short_line() {
    let district = new_district(Suite::P256);
    for reason in ["", "two\nlines", &"x".repeat(201)] {
        let statement = Statement {
            reason,
            signed_at: now(),
        };
        assert_eq!(
            sign(PAGE, &district.documents, &statement),
            Err(SignError::Reason)
        );
    }
    let statement = Statement {
        reason: "Bulletin (\u{e9}t\u{e9}) \\",
        signed_at: now(),
    };
    let signed = sign(PAGE, &district.documents, &statement).expect("signed");
    let by = verify(&signed, &district.trust)
        .verdict
        .signed_by
        .expect("a signer");
    assert_eq!(by.reason, statement.reason);
}

#[test]
fn a_demonstration_says_so_in_its_verdict() {
    let issuer = Issuer {
        organisation: "Lincoln Unified".into(),
        demo: true,
    };
    let root = Root::generate(&issuer, Suite::P256, now()).expect("a root");
    let signer = root.document_signer(now()).expect("a key");
    let statement = Statement {
        reason: "Test",
        signed_at: now(),
    };
    let signed = sign(PAGE, &signer, &statement).expect("signed");
    let trust = TrustStore::from_pem(&root.certificate().to_pem()).expect("trust");
    let by = verify(&signed, &trust).verdict.signed_by.expect("a signer");
    assert!(by.demo && by.subject.contains("DEMO"));
}

#[test]
fn only_roots_are_pinned() {
    let district = new_district(Suite::P256);
    let signer = district.documents.certificate().to_pem();
    let refused = TrustStore::from_pem(&signer);
    assert!(matches!(
        refused,
        Err(TrustError::NotARoot { position: 1, .. })
    ));
    assert!(matches!(
        TrustStore::from_pem("nothing"),
        Err(TrustError::Count(0))
    ));
    let broken = district.root.certificate().to_pem().replace("MII", "MIJ");
    assert!(matches!(
        TrustStore::from_pem(&broken),
        Err(TrustError::Unreadable { .. })
    ));
    let two = [&district, &new_district(Suite::Ed25519)];
    let text: String = two.map(|one| one.root.certificate().to_pem()).concat();
    assert_eq!(
        TrustStore::from_pem(&text)
            .expect("two roots")
            .roots()
            .len(),
        2
    );
}

#[test]
fn a_file_of_two_megabytes_is_signed_and_verified() {
    let district = new_district(Suite::P256);
    let content = "0 0 m ".repeat(50_000);
    let mut objects = vec![
        "<</Type/Pages/Kids[2 0 R]>>".to_owned(),
        "<</Type/Page/Parent 1 0 R>>".to_owned(),
        format!(
            "<</Length {}>>\nstream\n{content}\nendstream",
            content.len()
        ),
    ];
    objects.extend((4..20_000).map(|n| format!("<</Type/StructElem/S/TD/P {n} 0 R/K[{n}]>>")));
    objects.push("<</Title(Long)>>".to_owned());
    objects.push("<</Type/Catalog/Pages 1 0 R>>".to_owned());
    let pdf = with_objects(&objects);
    assert!(pdf.len() > 1_500_000);
    assert!(
        verify(&district.sign(&pdf), &district.trust)
            .verdict
            .is_valid()
    );
}

/// A renderer's file with this catalog and these further objects, numbered from 4.
fn with_catalog(catalog: &str, further: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        "<</Type/Pages/Kids[2 0 R]>>".to_owned(),
        "<</Type/Page/Parent 1 0 R>>".to_owned(),
        "[]".to_owned(),
    ];
    objects.extend(further.iter().map(|object| (*object).to_owned()));
    objects.push("<</Title(Test)>>".to_owned());
    objects.push(format!("<</Type/Catalog/Pages 1 0 R{catalog}>>"));
    with_objects(&objects)
}

#[test]
fn a_catalog_with_actions_or_scripts_is_refused_even_when_signed() {
    let district = new_district(Suite::P256);
    for entry in [
        "/OpenAction<</S/JavaScript/JS(x)>>",
        "/AA<<>>",
        "/DSS<<>>",
        "/URI<<>>",
        "/Collection<<>>",
        "/OCProperties<<>>",
        "/Requirements[]",
    ] {
        let signed = district.sign(&with_catalog(entry, &[]));
        let verdict = verify(&signed, &district.trust).verdict;
        let expected = Some((Fact::ChangesForbidden, Reason::Catalog));
        assert_eq!(verdict.first_failure(), expected, "{entry}");
    }
    let signed = district.sign(&with_catalog("/Lang(en)", &[]));
    assert!(verify(&signed, &district.trust).verdict.is_valid());
}

#[test]
fn attachments_that_two_readers_could_list_differently_are_refused() {
    let district = new_district(Suite::P256);
    let found = |catalog: &str, specification: &str, embedded: &str| {
        let signed = district.sign(&with_catalog(catalog, &[specification, embedded]));
        verify(&signed, &district.trust)
            .verdict
            .outcome(Fact::AttachmentsReadable)
    };
    let both = "/Names<</EmbeddedFiles<</Names[(a)4 0 R]>>>>/AF[4 0 R]";
    let named = "<</Type/Filespec/F(a)/UF(a)/EF<</F 5 0 R/UF 5 0 R>>/AFRelationship/Data>>";
    let file = "<</Type/EmbeddedFile/Subtype/text#2Fplain/Params<</Size 2>>/Length 2>>\n\
                stream\nhi\nendstream";
    assert_eq!(found(both, named, file), Outcome::Ok);
    let refused = Outcome::Failed(Reason::Attachments);
    for catalog in [
        "",
        "/AF[4 0 R]",
        "/Names<</EmbeddedFiles<</Names[(a)4 0 R]>>>>",
        "/Names<</EmbeddedFiles<</Names[(b)4 0 R]>>>>/AF[4 0 R]",
        "/Names<</EmbeddedFiles<</Names[(a)4 0 R(a)4 0 R]>>>>/AF[4 0 R 4 0 R]",
        "/Names<</EmbeddedFiles<</Kids[4 0 R]>>>>/AF[4 0 R]",
        "/Names<</EmbeddedFiles<</Names[(a)]>>>>/AF[4 0 R]",
    ] {
        assert_eq!(found(catalog, named, file), refused, "{catalog}");
    }
    for (from, to) in [
        ("/UF(a)", "/UF(b)"),
        ("/UF 5 0 R", "/UF 3 0 R"),
        ("/F 5 0 R/UF 5 0 R", "/F 99 0 R/UF 99 0 R"),
        ("/AFRelationship/Data", ""),
        ("/Type/Filespec", "/Type/Filespec/FS/URL"),
    ] {
        assert_eq!(found(both, &named.replace(from, to), file), refused, "{to}");
    }
    for (from, to) in [
        ("/Size 2", "/Size 3"),
        ("/Subtype/text#2Fplain", ""),
        (
            "/Subtype/text#2Fplain",
            "/Subtype/text#2Fplain/Filter/FlateDecode",
        ),
        (
            "/Subtype/text#2Fplain",
            "/Subtype/text#2Fplain/Filter/LZWDecode",
        ),
    ] {
        assert_eq!(found(both, named, &file.replace(from, to)), refused, "{to}");
    }
}

#[test]
fn words_of_the_file_format_in_a_title_or_page_are_only_words() {
    let district = new_district(Suite::P256);
    let words = "%%EOF startxref 0 xref trailer endobj 7 0 obj /ByteRange[0 1 2 3] /Contents<00>";
    let stream =
        format!("{words}\nendstream\nendobj\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n");
    let pdf = with_objects(&[
        "<</Type/Pages/Kids[2 0 R]>>".to_owned(),
        "<</Type/Page/Parent 1 0 R/Contents 3 0 R>>".to_owned(),
        format!("<</Length {}>>\nstream\n{stream}\nendstream", stream.len()),
        format!("<</Title({words})>>"),
        "<</Type/Catalog/Pages 1 0 R>>".to_owned(),
    ]);
    let verdict = verify(&district.sign(&pdf), &district.trust).verdict;
    assert!(verdict.is_valid(), "{:?}", verdict.first_failure());
}

#[test]
fn many_threads_sign_with_one_key_and_verify_with_one_store() {
    let district = new_district(Suite::P256);
    let alone = district.sign(PAGE);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                assert_eq!(district.sign(PAGE), alone);
                assert!(verify(&alone, &district.trust).verdict.is_valid());
            });
        }
    });
}
