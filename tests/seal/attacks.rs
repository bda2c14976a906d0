//! The published attack classes on signed PDF files, made on our own documents.
//!
//! Universal signature forgery (USF), signature wrapping (SWA), incremental saving (ISA), evil
//! annotations and sneaky signatures on certified documents (EAA, SSA), shadow documents, and the
//! gaps in between that other verifiers let pass: all refused, in both suites.

use registrar::seal::{Fact, Outcome, Reason, Statement, Suite, TrustStore, sign, verify};

use crate::issued::issued;
use crate::rendered::{ATTACHED, rendered};
use crate::support::{PAGE, SUITES};
use crate::target::{Target, find, number_after, rfind};
use crate::{new_district, now};

/// A dictionary with one more entry at its end.
fn with_entry(dictionary: &str, entry: &str) -> String {
    format!(
        "{}{entry}>>",
        dictionary.strip_suffix(">>").expect("a dictionary")
    )
}

#[test]
fn bytes_before_or_behind_the_file_are_refused() {
    for target in Target::each() {
        for more in [
            "\n",
            " ",
            "\0",
            "%",
            "%%EOF\n",
            "\n%%EOF\n",
            "1 0 obj\n<<>>\nendobj\n",
        ] {
            target.refuses(&format!("behind: {more:?}"), &target.appended(more));
            target.refuses(&format!("before: {more:?}"), &target.prepended(more));
        }
        let behind = target.appended("x");
        let (fact, reason) = (Fact::NothingAddedSince, Reason::BytesAfterEnd);
        target.refuses_because("behind", &behind, fact, reason);
        let before = target.prepended("%PDF-1.7\n");
        let (fact, reason) = (Fact::NothingAddedSince, Reason::ForeignForm);
        target.refuses_because("before", &before, fact, reason);
        let cut = &target.bytes[..target.bytes.len() - 3];
        target.refuses_because("cut", cut, Fact::NothingAddedSince, Reason::Truncated);
    }
}

#[test]
fn incremental_saving_is_refused() {
    for target in Target::each() {
        let (catalog, text) = target.catalog();
        let (page, page_text) = target.object_with("/Type/Page/");
        let free = target.size();
        let forged_content = (free, "<</Length 4>>\nstream\nq Q \nendstream".to_owned());
        let forged_page = (
            page,
            page_text.replace("/Contents ", &format!("/Contents {free} 0 R/Old ")),
        );
        let objects = [
            vec![forged_content.clone(), forged_page],
            vec![forged_content],
            vec![(catalog, text.clone())],
            vec![(
                catalog,
                with_entry(&text, "/OpenAction<</S/JavaScript/JS(x)>>"),
            )],
            vec![],
        ];
        for (index, objects) in objects.iter().enumerate() {
            for as_stream in [false, true] {
                let name = format!("update {index} as stream: {as_stream}");
                let forged = target.updated(objects, as_stream);
                let (fact, reason) = (Fact::NothingAddedSince, Reason::MoreThanOneRevision);
                target.refuses_because(&name, &forged, fact, reason);
            }
        }
        let body = format!("{catalog} 0 obj\n{text}\nendobj\n");
        target.refuses("update without index", &target.appended(&body));
        let at = target.bytes.len();
        let last_lines = format!("startxref\n{at}\n%%EOF\n");
        target.refuses(
            "update with last lines alone",
            &target.appended(&last_lines),
        );
        target.refuses(
            "without startxref",
            &target.appended(&format!("{body}%%EOF\n")),
        );
    }
}

#[test]
fn changes_to_a_certified_document_are_refused() {
    for target in Target::each() {
        let (catalog, text) = target.catalog();
        let (page, page_text) = target.object_with("/Type/Page/");
        let (field, field_text) = target.object_with("/FT/Sig");
        let free = target.size();
        let note = "<</Type/Annot/Subtype/FreeText/Rect[0 0 99 99]/Contents(A+)/DA(/F0 9 Tf)>>";
        let annotated = page_text.replace("/Annots[", &format!("/Annots[{free} 0 R "));
        let without_permission = {
            let at = text.find("/Perms").expect("permissions");
            let end = at + text[at..].find(">>").expect("an end") + 2;
            format!("{}{}", &text[..at], &text[end..])
        };
        let second = text.replace("/Fields[", &format!("/Fields[{free} 0 R "));
        let attacks: [(&str, Vec<(usize, String)>); 5] = [
            (
                "evil annotation",
                vec![(free, note.to_owned()), (page, annotated)],
            ),
            ("dropped certification", vec![(catalog, without_permission)]),
            (
                "sneaky signature",
                vec![(free, field_text.clone()), (catalog, second)],
            ),
            (
                "shown field",
                vec![(field, field_text.replace("[0 0 0 0]", "[9 9 99 99]"))],
            ),
            (
                "script",
                vec![(
                    catalog,
                    with_entry(&text, "/AA<</WC<</S/JavaScript/JS(x)>>>>"),
                )],
            ),
        ];
        for (name, objects) in attacks {
            target.refuses(name, &target.updated(&objects, false));
            target.refuses(name, &target.updated(&objects, true));
        }
    }
}

#[test]
fn a_signature_dictionary_without_its_meaning_is_refused() {
    for target in Target::each() {
        let at = rfind(&target.bytes, b"/ByteRange[").expect("a range");
        let end = at + find(&target.bytes[at..], b"]").expect("an end") + 1;
        let range = String::from_utf8_lossy(&target.bytes[at..end]).into_owned();
        let pad = |text: &str| format!("{text:<width$}", width = range.len());
        for forged in [
            "/ByteRange null",
            "/ByteRange[]",
            "/ByteRange[0 0 0 0]",
            "/ByteRange 5",
            "/ByteRange[0 -1 0 -1]",
            "/ByteRange[0 1]",
            "/ByteRange[0 9999999999 0 0]",
            "/Other 1",
        ] {
            target.refuses(forged, &target.replaced(&range, &pad(forged)));
            target.refuses(forged, &target.replaced(&range, forged));
        }
        let twice = format!("{range}{range}");
        target.refuses("two ranges", &target.replaced(&range, &twice));
        let start = rfind(&target.bytes, b"/Contents<").expect("a signature") + 9;
        for forged in ["<>", "<00>", "null", "()", "<0000000000000000>"] {
            let mut bytes = target.text();
            let stop = start + find(&bytes[start..], b">").expect("an end") + 1;
            bytes.splice(start..stop, forged.bytes());
            target.refuses(forged, &bytes);
            let mut padded = target.text();
            padded[start..stop].fill(b' ');
            padded[start..start + forged.len()].copy_from_slice(forged.as_bytes());
            target.refuses(&format!("padded {forged}"), &padded);
        }
        for (from, to) in [
            ("/Type/Sig/", "/Type/Sik/"),
            ("ETSI.CAdES.detached", "adbe.pkcs7.detached"),
            ("ETSI.CAdES.detached", "ETSI.RFC3161\0\0\0\0\0\0\0"),
            ("Adobe.PPKLite", "Adobe.PPKMS\0\0"),
            ("/P 1/V/1.2", "/P 3/V/1.2"),
            ("/TransformMethod/DocMDP", "/TransformMethod/FieldM"),
            ("/Perms<</DocMDP", "/Perms<</UR3   "),
            ("/M(D:20", "/M(D:19"),
            ("/SigFlags 3", "/SigFlags 0"),
            ("/F 132", "/F 130"),
        ] {
            target.refuses(&format!("{from} to {to}"), &target.replaced(from, to));
        }
    }
}

#[test]
fn a_gap_that_holds_more_than_the_signature_is_refused() {
    for target in Target::each() {
        let at = rfind(&target.bytes, b"/ByteRange[0 ").expect("a range") + 13;
        let digits = |offset: usize| {
            let text = String::from_utf8_lossy(&target.bytes[at + offset..at + offset + 10]);
            text.parse::<usize>().expect("a number")
        };
        let (start, end, length) = (digits(0), digits(11), digits(22));
        let with_range = |mut bytes: Vec<u8>, start: usize, end: usize, length: usize| {
            let text = format!("{start:010} {end:010} {length:010}");
            bytes[at..at + 32].copy_from_slice(text.as_bytes());
            bytes
        };
        for (name, start, end, length) in [
            ("wider to the left", start - 1, end, length),
            ("wider to the right", start, end + 1, length - 1),
            ("shorter at the end", start, end, length - 1),
            ("overlapping", start + 9, end, length),
            ("beyond the end", start, end, length + 1),
            ("nothing after", start, end, 0),
        ] {
            let forged = with_range(target.text(), start, end, length);
            target.refuses_because(name, &forged, Fact::WholeFileCovered, Reason::ByteRange);
        }
        // The second part moved down, and foreign objects in the space that this makes.
        let hidden = b">>\nendobj\n1 0 obj\n<</Type/Catalog>>\nendobj\n";
        let mut moved = target.bytes[..end].to_vec();
        moved.extend_from_slice(hidden);
        moved.extend_from_slice(&target.bytes[end..]);
        target.refuses("wrapped", &moved);
        let moved = with_range(moved, start, end + hidden.len(), length);
        target.refuses("wrapped with its range", &moved);
        let mut spaced = target.text();
        spaced.splice(end - 1..end - 1, *b"    ");
        target.refuses(
            "space in the gap",
            &with_range(spaced, start, end + 4, length),
        );
    }
}

#[test]
fn a_signature_has_one_spelling() {
    for target in Target::each() {
        let start = rfind(&target.bytes, b"/Contents<").expect("a signature") + 10;
        let end = start + find(&target.bytes[start..], b">").expect("an end");
        let letter = target.bytes[start..end]
            .iter()
            .position(|byte| byte.is_ascii_lowercase());
        let mut upper = target.text();
        upper[start + letter.expect("a letter")].make_ascii_uppercase();
        target.refuses("upper case", &upper);
        let mut all_upper = target.text();
        all_upper[start..end].make_ascii_uppercase();
        target.refuses("all upper case", &all_upper);
        let mut longer = target.text();
        longer.splice(end..end, *b"00");
        target.refuses("longer padding", &longer);
        let mut shifted = target.text();
        shifted[start..end].rotate_right(2);
        target.refuses("shifted", &shifted);
    }
}

#[test]
fn junk_in_the_padding_behind_a_signature_is_refused() {
    // A P-256 signature varies in length: a shorter one leaves padding.
    let district = new_district(Suite::P256);
    let mut tried = 0;
    for second in 0..200 {
        let signed_at = now() + jiff::SignedDuration::from_secs(second);
        let statement = Statement {
            reason: "Test",
            signed_at,
        };
        let signed = sign(PAGE, &district.documents, &statement).expect("signed");
        let end = rfind(&signed, b">>>\nendobj\n").expect("an end");
        if !signed[..end].ends_with(b"00") {
            continue;
        }
        let target = Target {
            bytes: signed,
            trust: district.trust.clone(),
        };
        for junk in [*b"01", *b"ff", *b"30"] {
            let mut forged = target.text();
            forged[end - 2..end].copy_from_slice(&junk);
            target.refuses("junk in the padding", &forged);
            tried += 1;
        }
    }
    assert!(tried > 0, "no signature of 200 was shorter than its place");
}

#[test]
fn another_certificate_beside_the_signature_is_refused() {
    // Two keys under one root: their containers differ, but have the same length for Ed25519.
    let district = new_district(Suite::Ed25519);
    let other = district.root.document_signer(now()).expect("another key");
    let (own, foreign) = (
        district.documents.certificate().der(),
        other.certificate().der(),
    );
    let target = Target {
        bytes: district.sign(PAGE),
        trust: district.trust.clone(),
    };
    assert_eq!(own.len(), foreign.len());
    let forged = target.replaced(&hex::encode(own), &hex::encode(foreign));
    let (fact, reason) = (Fact::SignatureValid, Reason::SignerCertificate);
    target.refuses_because("swapped certificate", &forged, fact, reason);
}

#[test]
fn a_signature_from_another_document_is_refused() {
    for suite in SUITES {
        let district = new_district(suite);
        let (left, right) = (rendered("Algebra A"), rendered("Algebra F"));
        // The same length of signature, so that nothing but the digest can tell.
        let sign_at = |pdf: &[u8], second: i64| {
            let signed_at = now() + jiff::SignedDuration::from_secs(second);
            let statement = Statement {
                reason: "Test",
                signed_at,
            };
            sign(pdf, &district.documents, &statement).expect("signed")
        };
        let (left, right) = (sign_at(&left, 0), sign_at(&right, 0));
        let start = rfind(&left, b"/Contents<").expect("a signature");
        let end = start + find(&left[start..], b">>>").expect("an end");
        let mut forged = right.clone();
        forged[start..end].copy_from_slice(&left[start..end]);
        let target = Target {
            bytes: right,
            trust: district.trust,
        };
        let (fact, reason) = (Fact::DigestIntact, Reason::DigestMismatch);
        target.refuses_because("transplanted signature", &forged, fact, reason);
        let verdict = verify(&forged, &target.trust).verdict;
        assert_eq!(
            verdict.outcome(Fact::SignatureValid),
            Outcome::Ok,
            "facts stay separate"
        );
    }
}

#[test]
fn a_signature_from_another_issued_transcript_is_refused() {
    for issued in issued() {
        let place = |bytes: &[u8]| {
            let start = rfind(bytes, b"/Contents<").expect("a signature");
            start..start + find(&bytes[start..], b">>>").expect("an end")
        };
        let [one, other, _] = &issued.files;
        let mut forged = one.clone();
        forged.splice(place(one), other[place(other)].iter().copied());
        let target = Target {
            bytes: one.clone(),
            trust: issued.trust.clone(),
        };
        target.refuses("a classmate's signature", &forged);
        // An Ed25519 signature has one length, so that nothing but the digest can tell.
        if issued.suite == Suite::Ed25519 {
            let (fact, reason) = (Fact::DigestIntact, Reason::DigestMismatch);
            target.refuses_because("a classmate's signature", &forged, fact, reason);
        }
    }
}

#[test]
fn a_strangers_signature_under_our_name_is_not_ours() {
    for suite in SUITES {
        let district = new_district(suite);
        let impostor = new_district(suite);
        let (own, other) = (
            district.root.certificate().subject(),
            impostor.root.certificate().subject(),
        );
        assert_eq!(own, other);
        let verdict = verify(&impostor.sign(PAGE), &district.trust).verdict;
        let expected = Some((Fact::SignerTrusted, Reason::UnknownIssuer));
        assert_eq!(verdict.first_failure(), expected);
    }
}

#[test]
fn swapped_content_and_attachments_are_refused() {
    for suite in SUITES {
        let district = new_district(suite);
        let bytes = district.sign(&rendered("Algebra A"));
        let target = Target {
            bytes,
            trust: district.trust,
        };
        let (fact, reason) = (Fact::DigestIntact, Reason::DigestMismatch);
        let forged = target.replaced("(Algebra A)", "(Algebra B)");
        target.refuses_because("content", &forged, fact, reason);
        let forged = target.replaced(ATTACHED, &ATTACHED.replace('A', "B"));
        target.refuses_because("attachment", &forged, fact, reason);
        let forged = target.replaced("(D:20260612000000Z)", "(D:20260613000000Z)");
        target.refuses_because("attachment's date", &forged, fact, reason);
    }
}

#[test]
fn doubled_hidden_and_moved_objects_are_refused() {
    for target in Target::each() {
        let (number, text) = target.catalog();
        let body = format!("{number} 0 obj\n{text}\nendobj\n");
        let signature = rfind(&target.bytes, b"\n<</Type/Sig/").expect("a signature");
        let before = rfind(&target.bytes[..signature], b"endobj\n").expect("an object") + 7;
        for (name, hidden) in [
            ("doubled catalog", body.as_str()),
            ("unreferenced object", "999 0 obj\n<<>>\nendobj\n"),
            ("space between objects", " "),
            ("comment between objects", "% nothing\n"),
            ("object of generation 1", "999 1 obj\n<<>>\nendobj\n"),
        ] {
            let mut forged = target.text();
            forged.splice(before..before, hidden.bytes());
            target.refuses(name, &forged);
        }
        let at = number_after(&target.bytes, "startxref\n");
        for elsewhere in [at - 1, at + 1, 0, 15, target.bytes.len(), 9_999_999_999] {
            let name = format!("index at {elsewhere}");
            let lines = (
                format!("startxref\n{at}\n"),
                format!("startxref\n{elsewhere}\n"),
            );
            let forged = target.replaced(&lines.0, &lines.1);
            target.refuses_because(
                &name,
                &forged,
                Fact::NothingAddedSince,
                Reason::CrossReference,
            );
        }
        let root = number_after(&target.bytes, "/Root ");
        let other = format!("/Root {} 0 R", root - 1);
        target.refuses(
            "another catalog",
            &target.replaced(&format!("/Root {root} 0 R"), &other),
        );
        for extra in ["/Prev 15", "/XRefStm 15", "/Encrypt 1 0 R", "/Index[0 1]"] {
            let forged = target.replaced("/Type/XRef", &format!("/Type/XRef{extra}"));
            let (fact, reason) = (Fact::NothingAddedSince, Reason::CrossReference);
            // The index moves nothing that it lists, so only its own form can tell.
            target.refuses_because(extra, &forged, fact, reason);
        }
    }
}

#[test]
fn an_unsigned_file_is_called_unsigned() {
    let trust = TrustStore::default();
    let verdict = verify(PAGE, &trust).verdict;
    assert_eq!(
        verdict.first_failure(),
        Some((Fact::Signed, Reason::Unsigned))
    );
}
