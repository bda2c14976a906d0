//! Files that are signed correctly over a wrong form: the digest and the signature hold, so only
//! the check of that form can refuse them, and each must say its own reason.

use super::*;
use crate::seal::certificate::Issuer;
use crate::seal::cms;
use crate::seal::pack::{Place, table};
use crate::seal::sign::{Statement, sign};
use crate::seal::signer::{DocumentSigner, Root};
use crate::seal::suite::Suite;

#[test]
fn dates_have_one_spelling() {
    let text = "D:20260612080910Z";
    assert_eq!(pack::pdf_date(read_pdf_date(text).unwrap()), text);
    for other in [
        "D:20260612080910",
        "D:20260612080910+00'00",
        "20260612080910Z",
        "D:2026Z",
        "D:+20260612080910Z",
        "D:2026612080910Z",
        "D:20260612 80910Z",
        "D: 20260612080910Z",
        "D:20261312080910Z",
        "",
    ] {
        assert_eq!(read_pdf_date(other), None, "{other}");
    }
}

#[test]
fn what_is_no_pdf_or_unsigned_has_its_own_word() {
    let trust = TrustStore::default();
    let reason = |bytes: &[u8]| verify(bytes, &trust).verdict.first_failure();
    assert_eq!(reason(b""), Some((Fact::Readable, Reason::NotAPdf)));
    assert_eq!(
        reason(b"PK\x03\x04"),
        Some((Fact::Readable, Reason::NotAPdf))
    );
    assert_eq!(
        reason(b"%PDF-1.7\n%%EOF\n"),
        Some((Fact::Signed, Reason::Unsigned))
    );
    let behind = [&b"%PDF-1.4\n%%EOF\n"[..], &[b' '; 1000]].concat();
    assert_eq!(reason(&behind), Some((Fact::Signed, Reason::Unsigned)));
    let truncated = Some((Fact::NothingAddedSince, Reason::Truncated));
    assert_eq!(reason(b"%PDF-1.7\n1 0 obj\n"), truncated);
    let linearized = [&b"%PDF-1.7\n%%EOF\n"[..], &[b' '; 2000]].concat();
    assert_eq!(reason(&linearized), truncated);
    let foreign = b"%PDF-1.4\n/ByteRange\n%%EOF\n";
    assert_eq!(
        reason(foreign),
        Some((Fact::NothingAddedSince, Reason::ForeignForm))
    );
}

const PAGE: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/seal/files/page.pdf"
));

/// A signed page taken apart, to be put together wrongly and signed again with the same key.
struct Forger {
    signer: DocumentSigner,
    trust: TrustStore,
    /// Number and body of each object outside object streams but the index, in their order.
    objects: Vec<(u32, Vec<u8>)>,
    /// Index: object number.
    places: Vec<Place>,
    /// The index's dictionary, from `/W` to before `/Filter`.
    index: String,
}

impl Forger {
    fn new(suite: Suite) -> Self {
        let issuer = Issuer {
            organisation: "Lincoln Unified".into(),
            demo: false,
        };
        let now: Timestamp = "2026-06-12T08:00:00Z".parse().unwrap();
        let root = Root::generate(&issuer, suite, now).unwrap();
        let signer = root.document_signer(now).unwrap();
        let statement = Statement {
            reason: "Official transcript",
            signed_at: now,
        };
        let file = sign(PAGE, &signer, &statement).unwrap();
        let layout = Layout::read(&file).unwrap();
        let (places, mut plain): (Vec<_>, Vec<_>) = layout.everything();
        let index = plain.pop().unwrap();
        let head = String::from_utf8(file[index.body.clone()].to_vec()).unwrap();
        let (from, to) = (head.find("/W").unwrap(), head.find("/Filter").unwrap());
        let ends: Vec<usize> = plain.iter().skip(1).map(|next| next.start).collect();
        let objects = plain.iter().zip(ends.into_iter().chain([index.start]));
        let objects = objects.map(|(plain, end)| {
            let text = &file[plain.body.start..end];
            (
                plain.number,
                text.strip_suffix(b"\nendobj\n").unwrap().to_vec(),
            )
        });
        Self {
            objects: objects.collect(),
            places,
            index: head[from..to].to_owned(),
            trust: TrustStore::from_pem(&root.certificate().to_pem()).unwrap(),
            signer,
        }
    }

    /// Replaces text in the last object that holds it.
    fn replace(&mut self, from: &str, to: &str) {
        let holds = |body: &[u8]| contains(body, from.as_bytes());
        let mut objects = self.objects.iter_mut().rev();
        let (_, body) = objects.find(|(_, body)| holds(body)).expect(from);
        let at = body
            .windows(from.len())
            .position(|text| text == from.as_bytes());
        let at = at.unwrap();
        body.splice(at..at + from.len(), to.bytes());
    }

    /// Where an object with this text stands.
    fn position(&self, mark: &str) -> usize {
        let mut objects = self.objects.iter();
        let found = objects.rposition(|(_, body)| contains(body, mark.as_bytes()));
        found.expect(mark)
    }

    fn number(&self, mark: &str) -> u32 {
        self.objects[self.position(mark)].0
    }

    /// The file, its index and range right, signed by `by`.
    fn finish(&self, by: &DocumentSigner) -> Vec<u8> {
        let mut bytes = pack::HEADER.to_vec();
        let mut places = self.places.clone();
        for (number, body) in &self.objects {
            places[*number as usize] = Place::At(bytes.len());
            bytes.extend(format!("{number} 0 obj\n").bytes());
            bytes.extend(body);
            bytes.extend(b"\nendobj\n");
        }
        let (own, start) = (places.len() - 1, bytes.len());
        places[own] = Place::At(start);
        let packed = crate::seal::pack::deflate(&table(&places));
        let head = format!(
            "{own} 0 obj\n<</Type/XRef/Size {}{}/Filter/FlateDecode/Length {}>>\nstream\n",
            own + 1,
            self.index,
            packed.len()
        );
        bytes.extend(head.bytes());
        bytes.extend(packed);
        let last = format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n");
        bytes.extend(last.bytes());
        let mark = b"/Contents<";
        let place = bytes.windows(mark.len()).rposition(|text| text == mark);
        let gap = place.unwrap() + mark.len() - 1;
        let length = bytes[gap..].iter().position(|byte| *byte == b'>').unwrap();
        let end = gap + length + 1;
        let range = pack::byte_range(gap, end, bytes.len() - end);
        bytes[gap - range.len()..gap].copy_from_slice(range.as_bytes());
        let suite = by.certificate().key().suite();
        let digest = suite.digest(&[&bytes[..gap], &bytes[end..]]);
        let (certificate, key) = (self.signer.certificate(), &by.0.key);
        let container = cms::write(certificate, &digest, |message| key.sign(message)).unwrap();
        bytes[gap + 1..end - 1].fill(b'0');
        let digits = hex::encode(container);
        bytes[gap + 1..gap + 1 + digits.len()].copy_from_slice(digits.as_bytes());
        bytes
    }

    fn finding(&self) -> Option<(Fact, Reason)> {
        let verdict = verify(&self.finish(&self.signer), &self.trust).verdict;
        assert_eq!(verdict.is_valid(), verdict.first_failure().is_none());
        verdict.first_failure()
    }
}

/// Each text replaced in a file that is then signed anew: refused for this reason.
fn each_is(expected: Reason, changes: &[(&str, &str)]) {
    for (from, to) in changes {
        let mut forger = Forger::new(Suite::P256);
        forger.replace(from, to);
        let expected = Some((Fact::ChangesForbidden, expected));
        assert_eq!(forger.finding(), expected, "{from} to {to}");
    }
}

#[test]
fn a_file_that_is_only_put_together_again_stays_valid() {
    for suite in [Suite::P256, Suite::Ed25519] {
        assert_eq!(Forger::new(suite).finding(), None);
    }
}

#[test]
fn a_catalog_of_another_form_is_refused_though_it_is_signed() {
    each_is(
        Reason::Catalog,
        &[
            ("/Type/Catalog", "/Type/Katalog"),
            ("/Type/Catalog", "/Type/Catalog/OpenAction[0]"),
            ("/ExtensionLevel 2", "/ExtensionLevel 3"),
            (
                "/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 2>>>>",
                "",
            ),
        ],
    );
}

#[test]
fn a_signature_field_of_another_form_is_refused_though_it_is_signed() {
    each_is(
        Reason::SignatureField,
        &[
            ("/SigFlags 3", "/SigFlags 1"),
            ("/SigFlags 3", "/SigFlags 3/NeedAppearances true"),
            ("/Fields[", "/Fields[1 0 R "),
            ("/Type/Annot", "/Type/Annat"),
            ("/Subtype/Widget", "/Subtype/Stamp"),
            ("/FT/Sig", "/FT/Btn"),
            ("/T(Certification)", "/T(Approval)"),
            ("/F 132", "/F 4"),
            ("/F 132", "/F 134"),
            ("/Rect[0 0 0 0]", "/Rect[0 0 200 50]"),
            ("/Rect[0 0 0 0]", "/Rect[0 0 0]"),
            ("/FT/Sig", "/FT/Sig/Ff 1"),
            ("/Type/Annot/Subtype/Widget", "/Subtype/Widget/Type/Annot"),
        ],
    );
}

#[test]
fn a_signature_field_hangs_once_on_its_page() {
    let field_error = Some((Fact::ChangesForbidden, Reason::SignatureField));
    let field = Forger::new(Suite::P256).number("/FT/Sig");
    let own = format!("{field} 0 R");
    for (from, to) in [
        // A link hangs on the page before it.
        (format!(" {own}]"), "]".to_owned()),
        (format!(" {own}]"), format!(" {own} {own}]")),
        (format!(" {own}]"), " 1 0 R]".to_owned()),
        ("/Type/Page/".to_owned(), "/Type/Pige/".to_owned()),
        (format!("/Fields[{own}]"), "/Fields[]".to_owned()),
        (
            format!("/AcroForm<</Fields[{own}]/SigFlags 3>>"),
            String::new(),
        ),
    ] {
        let mut forger = Forger::new(Suite::P256);
        forger.replace(&from, &to);
        assert_eq!(forger.finding(), field_error, "{from} to {to}");
    }
    let mut forger = Forger::new(Suite::P256);
    let (page, catalog) = (forger.number("/Type/Page/"), forger.number("/Type/Catalog"));
    forger.replace(&format!("/P {page} 0 R"), &format!("/P {catalog} 0 R"));
    assert_eq!(forger.finding(), field_error, "on the catalog");
}

#[test]
fn a_signature_that_does_not_certify_is_refused_though_it_is_signed() {
    each_is(
        Reason::Certification,
        &[
            ("/P 1/V/1.2", "/P 2/V/1.2"),
            ("/P 1/V/1.2", "/P 3/V/1.2"),
            ("/P 1/V/1.2", "/P 1/V/1.3"),
            ("/P 1/V/1.2", "/V/1.2"),
            ("/TransformMethod/DocMDP", "/TransformMethod/FieldMDP"),
            ("/Type/SigRef", "/Type/SigRef/DigestMethod/MD5"),
            ("/Perms<</DocMDP", "/Perms<</UR3"),
            ("/Perms<</DocMDP", "/Perms<</UR3 1 0 R/DocMDP"),
        ],
    );
    let signature = Forger::new(Suite::P256).number("/Type/Sig/");
    let permission = format!("/Perms<</DocMDP {signature} 0 R>>");
    for other in ["", "/Perms<<>>", "/Perms<</DocMDP 1 0 R>>"] {
        let mut forger = Forger::new(Suite::P256);
        forger.replace(&permission, other);
        let expected = Some((Fact::ChangesForbidden, Reason::Certification));
        assert_eq!(forger.finding(), expected, "{other}");
    }
}

#[test]
fn a_signature_dictionary_of_another_form_is_refused_though_it_is_signed() {
    each_is(
        Reason::SignatureDictionary,
        &[
            ("/Type/Sig/", "/Type/DocTimeStamp/"),
            ("/Filter/Adobe.PPKLite", "/Filter/Adobe.PPKMS"),
            (
                "/SubFilter/ETSI.CAdES.detached",
                "/SubFilter/adbe.pkcs7.detached",
            ),
            ("/M(D:20260612080000Z)", "/M(D:20260612080000+00'00)"),
            ("/M(D:20260612080000Z)", "/M(D:20261312080000Z)"),
            ("/M(D:20260612080000Z)", ""),
            ("/Name(Lincoln Unified)", "/Name<FF>"),
            ("/Name(Lincoln Unified)", "/Name(Lincoln Unified)/Cert<00>"),
            ("/Reason(Official transcript)", "/Reason<1B5B324A>"),
            ("/Reason(Official transcript)", "/Reason()"),
            (
                "/Type/Sig/Filter/Adobe.PPKLite",
                "/Filter/Adobe.PPKLite/Type/Sig",
            ),
        ],
    );
}

#[test]
fn the_signature_is_the_documents_last_object() {
    let mut forger = Forger::new(Suite::P256);
    let last = forger.objects.len() - 1;
    assert_eq!(forger.position("/Type/Sig/"), last);
    forger.objects.swap(last - 1, last);
    let expected = Some((Fact::ChangesForbidden, Reason::SignatureDictionary));
    assert_eq!(forger.finding(), expected);
}

#[test]
fn another_key_under_the_signers_certificate_made_a_wrong_signature() {
    for suite in [Suite::P256, Suite::Ed25519] {
        let (forger, stranger) = (Forger::new(suite), Forger::new(suite));
        let verdict = verify(&forger.finish(&stranger.signer), &forger.trust).verdict;
        let expected = Some((Fact::SignatureValid, Reason::SignatureWrong));
        assert_eq!(verdict.first_failure(), expected);
        assert_eq!(verdict.outcome(Fact::DigestIntact), Outcome::Ok);
    }
}
