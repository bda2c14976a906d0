//! The strict verifier of signed PDF files.
//!
//! It accepts exactly what `sign` writes. Viewers call forged files valid because they repair and
//! guess; this one refuses whatever is not the known form, so that every byte of an accepted file
//! but the signature itself was signed, and the signature has one spelling. It never renders, never
//! reaches the network, never chooses an algorithm that the file proposes, and never panics.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::attachment::{self, Attachment};
use super::certificate::{Certificate, Purpose};
use super::cms::Container;
use super::layout::{Layout, contains};
use super::object::{self, Dictionary, Object, decode_text};
use super::pack::{self, EXTENSIONS, FIELD_NAME, REFERENCE};
use super::sign::is_reason;
use super::trust::TrustStore;
use super::unsigned::FILE_BYTES_MAX;
use super::verdict::{Fact, Outcome, Reason, SignedBy, Verdict};

/// What an examination found.
#[derive(Clone, Debug)]
pub struct Examination {
    /// Every fact, and who signed.
    pub verdict: Verdict,
    /// The attached files, where they could be read. Worth as much as the verdict: look at
    /// [`Verdict::is_valid`] first.
    pub attachments: Vec<Attachment>,
}

/// Examines a file against the pinned roots. Any bytes may be given.
pub fn verify(bytes: &[u8], trust: &TrustStore) -> Examination {
    let mut examination = Examination {
        verdict: Verdict::unreached(),
        attachments: Vec::new(),
    };
    // The error is recorded in the verdict where it arose; nothing is left to examine after it.
    let _: Result<(), Reason> = examine(bytes, trust, &mut examination);
    examination
}

fn examine(bytes: &[u8], trust: &TrustStore, found: &mut Examination) -> Result<(), Reason> {
    let verdict = &mut found.verdict;
    verdict.record(Fact::Readable, readable(bytes))?;
    let layout = Layout::read(bytes);
    let is_signed = layout.is_ok() || contains(bytes, b"/ByteRange");
    if !is_signed && !has_an_end(bytes) {
        // The signature stands last: nobody can say whether the part that is missing held one.
        return verdict.record(Fact::NothingAddedSince, Err(Reason::Truncated));
    }
    verdict.record(
        Fact::Signed,
        is_signed.then_some(()).ok_or(Reason::Unsigned),
    )?;
    let layout = verdict.record(Fact::NothingAddedSince, layout)?;
    let certified = verdict.record(Fact::ChangesForbidden, certification(&layout))?;
    let covered = signature_gap(bytes, &layout, certified.number);
    let gap = verdict.record(Fact::WholeFileCovered, covered)?;
    let container = read_container(bytes, &gap);
    let container = match container {
        Ok(container) => container,
        Err(reason) => return verdict.record(Fact::SignatureValid, Err(reason)),
    };
    let suite = trust.suite_for(container.signer());
    let content = suite.digest(&[&bytes[..gap.start], &bytes[gap.end..]]);
    let intact = container
        .message_digest()
        .is_some_and(|signed| signed == content);
    verdict.set(
        Fact::DigestIntact,
        intact.then_some(()).ok_or(Reason::DigestMismatch).into(),
    );
    verdict.set(
        Fact::SignatureValid,
        container.check_signature(suite).into(),
    );
    let signer = container.signer();
    let (trusted, valid) = trust.judge(signer, Purpose::Document, certified.signed_at);
    verdict.set(Fact::SignerTrusted, trusted);
    verdict.set(Fact::KeyValidWhenSigned, valid);
    let root = trust.issuer_of(signer).filter(|_| trusted == Outcome::Ok);
    verdict.signed_by = Some(SignedBy::new(
        signer,
        certified.signed_at,
        certified.reason,
        root,
    ));
    let attachments = attachment::read(&layout, &certified.catalog);
    found.attachments = verdict.record(Fact::AttachmentsReadable, attachments)?;
    Ok(())
}

fn readable(bytes: &[u8]) -> Result<(), Reason> {
    /// Where other readers still look for a PDF's first line.
    const HEADER_BYTES_MAX: usize = 1024;
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Reason::FileTooLarge);
    }
    let beginning = &bytes[..bytes.len().min(HEADER_BYTES_MAX)];
    contains(beginning, b"%PDF-")
        .then_some(())
        .ok_or(Reason::NotAPdf)
}

/// Whether the last line of a PDF stands where other readers look for it (ISO 32000-1, annex H,
/// note 18).
fn has_an_end(bytes: &[u8]) -> bool {
    const END_BYTES_MAX: usize = 1024;
    let end = &bytes[bytes.len().saturating_sub(END_BYTES_MAX)..];
    contains(end, b"%%EOF")
}

impl SignedBy {
    pub(super) fn new(
        signer: &Certificate,
        signed_at: Timestamp,
        reason: String,
        root: Option<&Certificate>,
    ) -> Self {
        Self {
            organisation: signer.organisation(),
            demo: signer.is_demo(),
            subject: signer.subject(),
            issuer: signer.issuer(),
            serial: signer.serial(),
            key_id: signer.key_id(),
            certificate_sha256: signer.fingerprint(),
            suite: signer.key().suite(),
            signed_at,
            reason,
            root_key_id: root.map(Certificate::key_id),
        }
    }
}

/// The signature dictionary's content, apart from range and signature.
struct Certified<'a> {
    catalog: Dictionary<'a>,
    number: u32,
    signed_at: Timestamp,
    reason: String,
}

/// Follows catalog, field and permission to the one signature, which must forbid every change.
fn certification<'a>(layout: &Layout<'a>) -> Result<Certified<'a>, Reason> {
    let catalog = layout
        .plain_dictionary(layout.root())
        .ok_or(Reason::Catalog)?;
    let field = catalog_field(&catalog)?;
    let signature = signature_of_field(layout, field).ok_or(Reason::SignatureField)?;
    let permissions = catalog.get(b"Perms").and_then(Object::dictionary);
    let certifying = permissions.and_then(|found| found.get(b"DocMDP")?.reference());
    if certifying != Some(signature) || permissions.map(Dictionary::len) != Some(1) {
        return Err(Reason::Certification);
    }
    if layout.last() != Some(signature) {
        return Err(Reason::SignatureDictionary);
    }
    let dictionary = layout
        .plain_dictionary(signature)
        .ok_or(Reason::SignatureDictionary)?;
    let (expected_reference, _) = object::parse(REFERENCE).map_err(|_| Reason::Certification)?;
    if dictionary.get(b"Reference") != Some(&expected_reference) {
        return Err(Reason::Certification);
    }
    let (signed_at, reason) = read_inscription(&dictionary).ok_or(Reason::SignatureDictionary)?;
    Ok(Certified {
        catalog,
        number: signature,
        signed_at,
        reason,
    })
}

/// The catalog's one form field. Only what the renderer and the signature need may stand in a
/// catalog: no actions, no scripts, no other permissions.
fn catalog_field(catalog: &Dictionary<'_>) -> Result<u32, Reason> {
    let known: [&[u8]; 18] = [
        b"Type",
        b"Pages",
        b"PageLabels",
        b"PageLayout",
        b"PageMode",
        b"Metadata",
        b"OutputIntents",
        b"Lang",
        b"StructTreeRoot",
        b"MarkInfo",
        b"ViewerPreferences",
        b"Outlines",
        b"Names",
        b"Dests",
        b"AF",
        b"AcroForm",
        b"Perms",
        b"Extensions",
    ];
    let (extensions, _) = object::parse(EXTENSIONS).map_err(|_| Reason::Catalog)?;
    let plain = catalog.keys().all(|key| known.contains(&key))
        && catalog.has_type(b"Catalog")
        && catalog.get(b"Extensions") == Some(&extensions);
    if !plain {
        return Err(Reason::Catalog);
    }
    let form = catalog.get(b"AcroForm").and_then(Object::dictionary);
    let form = form.ok_or(Reason::SignatureField)?;
    let flags = form.get(b"SigFlags").and_then(Object::integer);
    match form.get(b"Fields").and_then(Object::array) {
        Some([Object::Reference(field)]) if flags == Some(3) && form.len() == 2 => Ok(*field),
        _ => Err(Reason::SignatureField),
    }
}

/// The signature that the invisible field holds; the field must hang on exactly its page.
fn signature_of_field(layout: &Layout<'_>, number: u32) -> Option<u32> {
    let field = layout.plain_dictionary(number)?;
    let known: [&[u8]; 9] = [
        b"Type", b"Subtype", b"FT", b"T", b"TU", b"F", b"Rect", b"P", b"V",
    ];
    let no_area = [const { Object::Integer(0) }; 4];
    let well_formed = field.keys().eq(known)
        && field.has_type(b"Annot")
        && field.get(b"Subtype")?.is_name(b"Widget")
        && field.get(b"FT")?.is_name(b"Sig")
        && field.get(b"T")?.text()? == FIELD_NAME
        && field.get(b"F")?.integer()? == 132
        && field.get(b"Rect")?.array()? == no_area;
    let page = layout.plain_dictionary(field.get(b"P")?.reference()?)?;
    let annotations = page.get(b"Annots")?.array()?;
    let own = annotations
        .iter()
        .filter(|annotation| annotation.reference() == Some(number));
    let hangs_once = page.has_type(b"Page") && own.count() == 1;
    (well_formed && hangs_once).then(|| field.get(b"V")?.reference())?
}

/// The claimed time and the reason in a signature dictionary of the known form.
fn read_inscription(signature: &Dictionary<'_>) -> Option<(Timestamp, String)> {
    let known: [&[u8]; 9] = [
        b"Type",
        b"Filter",
        b"SubFilter",
        b"M",
        b"Name",
        b"Reason",
        b"Reference",
        b"ByteRange",
        b"Contents",
    ];
    let well_formed = signature.keys().eq(known)
        && signature.has_type(b"Sig")
        && signature.get(b"Filter")?.is_name(b"Adobe.PPKLite")
        && signature.get(b"SubFilter")?.is_name(b"ETSI.CAdES.detached");
    let date = std::str::from_utf8(signature.get(b"M")?.text()?).ok()?;
    let reason = decode_text(signature.get(b"Reason")?.text()?).filter(|text| is_reason(text))?;
    decode_text(signature.get(b"Name")?.text()?)?;
    well_formed.then(|| Some((read_pdf_date(date)?, reason)))?
}

/// `D:YYYYMMDDHHmmSSZ`, in no other spelling.
fn read_pdf_date(text: &str) -> Option<Timestamp> {
    let moment = DateTime::strptime("D:%Y%m%d%H%M%SZ", text).ok()?;
    let moment = moment.to_zoned(TimeZone::UTC).ok()?.timestamp();
    (pack::pdf_date(moment) == text).then_some(moment)
}

/// The range of `<…>` in the file, where the signature dictionary's text says that the signature
/// covers everything else, and the gap is the dictionary's last value and pure hexadecimal.
fn signature_gap(bytes: &[u8], layout: &Layout<'_>, number: u32) -> Result<Range<usize>, Reason> {
    let body = layout
        .plain(number)
        .map(|plain| plain.body.clone())
        .ok_or(Reason::ByteRange)?;
    let text = bytes.get(body.clone()).ok_or(Reason::ByteRange)?;
    let head = text.strip_suffix(b">>>").ok_or(Reason::SignatureContents)?;
    let digits = head
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let before = head[..head.len() - digits].strip_suffix(b"<");
    let before = before.ok_or(Reason::SignatureContents)?;
    let gap = body.start + before.len()..body.end - b">>".len();
    let expected = pack::byte_range(gap.start, gap.end, bytes.len() - gap.end);
    before
        .ends_with(expected.as_bytes())
        .then_some(gap)
        .ok_or(Reason::ByteRange)
}

fn read_container(bytes: &[u8], gap: &Range<usize>) -> Result<Container, Reason> {
    let digits = &bytes[gap.start + 1..gap.end - 1];
    if digits.iter().any(u8::is_ascii_uppercase) {
        return Err(Reason::SignatureContents);
    }
    let padded = hex::decode(digits).map_err(|_| Reason::SignatureContents)?;
    Container::read(&padded)
}

#[cfg(test)]
mod tests;
