//! Writes a rendered PDF again as one packed, signable revision.
//!
//! Small objects go into object streams (ISO 32000-1, 7.5.7) and the cross-reference table becomes
//! a stream (7.5.8): the hundreds of structure elements of a tagged page shrink to a few kilobytes.
//! What the signature depends on stays in plain sight: the page that carries the signature widget,
//! the widget, the catalog and, last, the signature dictionary. `layout` reads this form back and
//! accepts no other; the constants here are the form that both share.
//!
//! Never: a second revision, a key, the clock. The same arguments give the same bytes.

use std::io::Write as _;
use std::ops::Range;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::object::{self, Dictionary, Object};
use super::unsigned::{Unsigned, UnsignedError};

/// How every signed file begins. The second line tells transfer programs that the file is binary,
/// and `layout` that it is ours: "Regi" with the high bits set.
pub const HEADER: &[u8] = b"%PDF-1.7\n%\xD2\xE5\xE7\xE9\n";
/// Bytes of one cross-reference entry: type, offset or stream number, generation or index.
pub const ENTRY_BYTES: usize = 1 + 4 + 2;
/// The extension that PAdES declares in a PDF 1.7 catalog (ETSI EN 319 142-1, 4.1).
pub const EXTENSIONS: &[u8] = b"<</ESIC<</BaseVersion/1.7/ExtensionLevel 2>>>>";
/// No changes are allowed after certification (ISO 32000-1, 12.8.2.2: P = 1).
pub const REFERENCE: &[u8] = b"[<</Type/SigRef/TransformMethod/DocMDP/TransformParams\
    <</Type/TransformParams/P 1/V/1.2>>>>]";
/// The name of the one signature field.
pub const FIELD_NAME: &[u8] = b"Certification";
/// Objects in one object stream: an index must fit two bytes, and readers unpack whole streams.
pub const OBJECTS_PER_STREAM_MAX: usize = 1000;
/// What an entry of an object stream's directory takes, as a rule.
const DIRECTORY_ENTRY_BYTES_USUAL: usize = 12;
/// Deflate's effort, measured: level 4 makes files 1.5 % smaller, level 6 another 1 %; level 1
/// makes them 10 % larger and signing a sixth quicker.
const COMPRESSION: u32 = 2;

/// What the signature dictionary says, apart from the signature.
pub struct Inscription<'a> {
    /// Who signs: the name in the certificate.
    pub name: &'a str,
    /// Why: for example "Official transcript".
    pub reason: &'a str,
    /// The claimed moment of signing, in whole seconds.
    pub signed_at: Timestamp,
}

/// A file that lacks only its signature.
pub struct Prepared {
    bytes: Vec<u8>,
    gap: Range<usize>,
}

impl Prepared {
    /// What is signed: everything before and after the `<…>` of the signature.
    pub fn signed_parts(&self) -> [&[u8]; 2] {
        [&self.bytes[..self.gap.start], &self.bytes[self.gap.end..]]
    }

    /// Puts the signature into its place; `None` when it does not fit.
    pub fn finish(mut self, signature: &[u8]) -> Option<Vec<u8>> {
        let place = self.bytes.get_mut(self.gap.start + 1..self.gap.end - 1)?;
        let digits = place.get_mut(..signature.len() * 2)?;
        hex::encode_to_slice(signature, digits).ok()?;
        Some(self.bytes)
    }
}

/// Packs `pdf` into one revision with room for a signature of `signature_bytes`.
///
/// # Errors
/// [`UnsignedError`] when `pdf` is not what the renderer writes.
pub fn prepare(
    pdf: &[u8],
    inscription: &Inscription<'_>,
    signature_bytes: usize,
) -> Result<Prepared, UnsignedError> {
    let file = Unsigned::read(pdf)?;
    let page = first_page(&file)?;
    let signature = file.size();
    let field = signature + 1;
    let mut writer = Writer::new(pdf.len(), field + 1);
    for number in 1..file.size() {
        let body = file.body(number).unwrap_or_default();
        if file.is_stream(number) {
            writer.plain(number, body);
        } else if number != page && number != file.root {
            writer.collect(number, body);
        }
    }
    writer.write_collected();
    writer.plain(page, &page_with_widget(&file, page, field)?);
    writer.plain(field, &field_body(inscription, page, signature));
    writer.plain(file.root, &certified_catalog(&file, field, signature)?);
    let gap = writer.signature(signature, inscription, signature_bytes);
    Ok(writer.finish(&file, gap))
}

/// The first page in reading order; the widget hangs there, invisible.
fn first_page(file: &Unsigned<'_>) -> Result<u32, UnsignedError> {
    const BROKEN: UnsignedError = UnsignedError::Foreign("its page tree has no first page");
    const DEPTH_MAX: usize = 32;
    let catalog = file.object(file.root)?;
    let catalog = catalog.dictionary().ok_or(BROKEN)?;
    let mut number = catalog
        .get(b"Pages")
        .and_then(Object::reference)
        .ok_or(BROKEN)?;
    for _ in 0..DEPTH_MAX {
        let node = file.object(number)?;
        let node = node.dictionary().ok_or(BROKEN)?;
        if node.has_type(b"Page") {
            return Ok(number);
        }
        let kids = node.get(b"Kids").and_then(Object::array).ok_or(BROKEN)?;
        number = kids.first().and_then(Object::reference).ok_or(BROKEN)?;
    }
    Err(BROKEN)
}

fn page_with_widget(file: &Unsigned<'_>, page: u32, field: u32) -> Result<Vec<u8>, UnsignedError> {
    const BROKEN: UnsignedError = UnsignedError::Foreign("its first page is not the renderer's");
    let Object::Dictionary(mut dictionary) = file.object(page)? else {
        return Err(BROKEN);
    };
    match dictionary.get_mut(b"Annots") {
        Some(Object::Array(annotations)) => annotations.push(Object::Reference(field)),
        Some(_) => return Err(BROKEN),
        None => dictionary.push(b"Annots", Object::Array(vec![Object::Reference(field)])),
    }
    // PDF/UA-1, 7.18.3: a page with annotations is tabbed through in structure order.
    match dictionary.get(b"Tabs") {
        Some(order) if order.is_name(b"S") => {}
        Some(_) => return Err(BROKEN),
        None => dictionary.push(b"Tabs", Object::Name(b"S")),
    }
    Ok(written(&dictionary))
}

/// A widget without area (so outside the crop box and without appearance, as PDF/A-3 6.3.3 and
/// PDF/UA-1 7.18.4 allow), printable and locked: flags 4 + 128.
fn field_body(inscription: &Inscription<'_>, page: u32, signature: u32) -> Vec<u8> {
    let mut field = Dictionary::default();
    field.push(b"Type", Object::Name(b"Annot"));
    field.push(b"Subtype", Object::Name(b"Widget"));
    field.push(b"FT", Object::Name(b"Sig"));
    field.push(b"T", Object::Text(FIELD_NAME.into()));
    let tooltip = format!("Certification signature of {}", inscription.name);
    field.push(b"TU", Object::Text(object::encode_text(&tooltip).into()));
    field.push(b"F", Object::Integer(132));
    field.push(b"Rect", Object::Array(vec![Object::Integer(0); 4]));
    field.push(b"P", Object::Reference(page));
    field.push(b"V", Object::Reference(signature));
    written(&field)
}

fn certified_catalog(
    file: &Unsigned<'_>,
    field: u32,
    signature: u32,
) -> Result<Vec<u8>, UnsignedError> {
    const BROKEN: UnsignedError = UnsignedError::Foreign("its catalog holds a form or a signature");
    let Object::Dictionary(mut catalog) = file.object(file.root)? else {
        return Err(BROKEN);
    };
    let taken: [&[u8]; 3] = [b"AcroForm", b"Perms", b"Extensions"];
    if catalog.keys().any(|key| taken.contains(&key)) {
        return Err(BROKEN);
    }
    let mut form = Dictionary::default();
    form.push(b"Fields", Object::Array(vec![Object::Reference(field)]));
    form.push(b"SigFlags", Object::Integer(3));
    catalog.push(b"AcroForm", Object::Dictionary(form));
    let mut permissions = Dictionary::default();
    permissions.push(b"DocMDP", Object::Reference(signature));
    catalog.push(b"Perms", Object::Dictionary(permissions));
    let (extensions, _) = object::parse(EXTENSIONS).expect("the constant is an object");
    catalog.push(b"Extensions", extensions);
    Ok(written(&catalog))
}

fn written(dictionary: &Dictionary<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    dictionary.write(&mut out);
    out
}

/// `D:YYYYMMDDHHmmSSZ` (ISO 32000-1, 7.9.4), in UTC.
pub fn pdf_date(moment: Timestamp) -> String {
    moment
        .to_zoned(TimeZone::UTC)
        .strftime("D:%Y%m%d%H%M%SZ")
        .to_string()
}

/// Where an object stands in a packed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: the entry 0.
    Free,
    /// Plain, at this offset.
    At(usize),
    /// In an object stream, the how-manieth.
    In { stream: u32, index: usize },
}

struct Writer<'a> {
    out: Vec<u8>,
    /// Index: object number.
    places: Vec<Place>,
    collected: Vec<(u32, &'a [u8])>,
}

impl<'a> Writer<'a> {
    fn new(capacity: usize, size: u32) -> Self {
        let mut out = Vec::with_capacity(capacity);
        out.extend_from_slice(HEADER);
        Self {
            out,
            places: vec![Place::Free; size as usize],
            collected: Vec::new(),
        }
    }

    fn begin(&mut self, number: u32) {
        self.places[number as usize] = Place::At(self.out.len());
        self.out
            .extend_from_slice(format!("{number} 0 obj\n").as_bytes());
    }

    fn plain(&mut self, number: u32, body: &[u8]) {
        self.begin(number);
        self.out.extend_from_slice(body);
        self.out.extend_from_slice(b"\nendobj\n");
    }

    fn collect(&mut self, number: u32, body: &'a [u8]) {
        self.collected.push((number, body));
    }

    /// Writes the collected objects into object streams, numbered after all others.
    fn write_collected(&mut self) {
        let collected = std::mem::take(&mut self.collected);
        for group in collected.chunks(OBJECTS_PER_STREAM_MAX) {
            let stream = self.places.len() as u32;
            self.places.push(Place::Free);
            let mut bodies = Vec::new();
            let mut offsets = Vec::with_capacity(group.len());
            for (index, (number, body)) in group.iter().enumerate() {
                self.places[*number as usize] = Place::In { stream, index };
                offsets.push((*number, bodies.len()));
                bodies.extend_from_slice(body);
                bodies.push(b'\n');
            }
            let mut content = object_stream_directory(&offsets);
            let first = content.len();
            content.extend_from_slice(&bodies);
            let packed = deflate(&content);
            let head = object_stream_head(group.len(), first, packed.len());
            self.begin(stream);
            self.stream(&head, &packed);
        }
    }

    fn stream(&mut self, head: &str, content: &[u8]) {
        self.out.extend_from_slice(head.as_bytes());
        self.out.extend_from_slice(b"\nstream\n");
        self.out.extend_from_slice(content);
        self.out.extend_from_slice(b"\nendstream\nendobj\n");
    }

    /// Writes the signature dictionary with an empty signature; gives the range of its `<…>`.
    fn signature(
        &mut self,
        number: u32,
        inscription: &Inscription<'_>,
        signature_bytes: usize,
    ) -> Range<usize> {
        self.begin(number);
        let mut dictionary = Dictionary::default();
        dictionary.push(b"Type", Object::Name(b"Sig"));
        dictionary.push(b"Filter", Object::Name(b"Adobe.PPKLite"));
        dictionary.push(b"SubFilter", Object::Name(b"ETSI.CAdES.detached"));
        let date = pdf_date(inscription.signed_at);
        dictionary.push(b"M", Object::Text(date.as_bytes().into()));
        let text = |text| Object::Text(object::encode_text(text).into());
        dictionary.push(b"Name", text(inscription.name));
        dictionary.push(b"Reason", text(inscription.reason));
        let (reference, _) = object::parse(REFERENCE).expect("the constant is an object");
        dictionary.push(b"Reference", reference);
        let head = written(&dictionary);
        self.out
            .extend_from_slice(&head[..head.len() - b">>".len()]);
        self.out.extend_from_slice(byte_range(0, 0, 0).as_bytes());
        let start = self.out.len();
        self.out.push(b'<');
        self.out.resize(start + 1 + 2 * signature_bytes, b'0');
        self.out.push(b'>');
        let gap = start..self.out.len();
        self.out.extend_from_slice(b">>\nendobj\n");
        gap
    }

    /// Writes the cross-reference stream and the last lines, and fills in the byte range.
    fn finish(mut self, file: &Unsigned<'_>, gap: Range<usize>) -> Prepared {
        let own = self.places.len() as u32;
        let start = self.out.len();
        self.places.push(Place::At(start));
        let changing = &Sha256::digest(&self.out)[..16];
        let packed = deflate(&table(&self.places));
        let info = file
            .info
            .map_or(String::new(), |number| format!("/Info {number} 0 R"));
        let head = format!(
            "<</Type/XRef/Size {}/W[1 4 2]/Root {} 0 R{info}/ID[<{}><{}>]/Filter/FlateDecode\
             /Length {}>>",
            own + 1,
            file.root,
            hex::encode_upper(&file.identifier),
            hex::encode_upper(changing),
            packed.len()
        );
        self.begin(own);
        self.stream(&head, &packed);
        self.out
            .extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        let range = byte_range(gap.start, gap.end, self.out.len() - gap.end);
        self.out[gap.start - range.len()..gap.start].copy_from_slice(range.as_bytes());
        Prepared {
            bytes: self.out,
            gap,
        }
    }
}

/// The last entries of a signature dictionary, always of the same length, up to the signature.
pub fn byte_range(gap_start: usize, gap_end: usize, after: usize) -> String {
    format!("/ByteRange[0 {gap_start:010} {gap_end:010} {after:010}]/Contents")
}

/// The dictionary of an object stream of `count` objects.
pub fn object_stream_head(count: usize, first: usize, packed_bytes: usize) -> String {
    format!("<</Type/ObjStm/N {count}/First {first}/Filter/FlateDecode/Length {packed_bytes}>>")
}

/// The directory before the objects of an object stream: number and offset of each.
pub fn object_stream_directory(offsets: &[(u32, usize)]) -> Vec<u8> {
    let mut digits = itoa::Buffer::new();
    let mut directory = Vec::with_capacity(offsets.len() * DIRECTORY_ENTRY_BYTES_USUAL);
    for (number, offset) in offsets {
        directory.extend_from_slice(digits.format(*number).as_bytes());
        directory.push(b' ');
        directory.extend_from_slice(digits.format(*offset).as_bytes());
        directory.push(b' ');
    }
    directory
}

/// The cross-reference entries (ISO 32000-1, table 18) of all places, before compression. Offsets
/// fit four bytes because files are bounded by [`FILE_BYTES_MAX`].
///
/// [`FILE_BYTES_MAX`]: super::unsigned::FILE_BYTES_MAX
pub fn table(places: &[Place]) -> Vec<u8> {
    let mut table = Vec::with_capacity(places.len() * ENTRY_BYTES);
    for place in places {
        let (kind, second, third) = match *place {
            Place::Free => (0u8, 0, u16::MAX),
            Place::At(offset) => (1, offset as u32, 0),
            Place::In { stream, index } => (2, stream, index as u16),
        };
        table.push(kind);
        table.extend_from_slice(&second.to_be_bytes());
        table.extend_from_slice(&third.to_be_bytes());
    }
    table
}

/// Compresses with the effort that all streams of a signed file have.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(COMPRESSION));
    encoder
        .write_all(bytes)
        .expect("writing to memory does not fail");
    encoder.finish().expect("writing to memory does not fail")
}
