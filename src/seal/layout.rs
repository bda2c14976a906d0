//! Reads a signed file back, strictly: the exact form that `pack` writes, and no other.
//!
//! From the header on, objects follow one another without a gap, up to one cross-reference stream
//! and the last lines; each object number occurs exactly once, plain or in one object stream; the
//! index is byte for byte what these places demand. So there is one revision, no unreferenced byte,
//! and no second way to read the file. Everything is bounded, nothing is repaired, nothing panics.

use std::io::Read as _;
use std::ops::Range;

use flate2::read::ZlibDecoder;

use super::object::{self, Dictionary, OBJECT_NUMBER_MAX, Object};
use super::pack::{self, ENTRY_BYTES, HEADER, OBJECTS_PER_STREAM_MAX, Place};
use super::unsigned::decimal;
use super::verdict::Reason;

/// What all object streams of a file may unpack to, in bytes.
pub const UNPACKED_BYTES_MAX: usize = 64 << 20;
/// The largest single object outside streams' contents, in bytes.
const OBJECT_BYTES_MAX: usize = 4 << 20;
/// The longest spelling of `N 0 obj`.
const OBJECT_LINE_BYTES_MAX: usize = 20;

/// A file of the one known form, taken apart.
pub struct Layout<'a> {
    bytes: &'a [u8],
    plain: Vec<Plain>,
    packed: Vec<Packed>,
    /// The unpacked object streams.
    unpacked: Vec<Vec<u8>>,
    /// Index: object number.
    finder: Vec<Found>,
    root: u32,
    file_specifications: usize,
}

/// An object that stands in the file itself.
#[derive(Clone, Debug)]
pub struct Plain {
    pub number: u32,
    /// Where `N 0 obj` begins.
    pub start: usize,
    /// The object's bytes; for a stream, its dictionary.
    pub body: Range<usize>,
    /// The content, where the object is a stream.
    pub stream: Option<Range<usize>>,
    kind: Kind,
}

/// What must be told apart while reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    ObjectStream,
    EmbeddedFile,
    FileSpecification,
    Other,
}

impl Kind {
    fn of(object: &Object<'_>) -> Self {
        match object
            .dictionary()
            .and_then(|dictionary| dictionary.get(b"Type")?.name())
        {
            Some(b"ObjStm") => Self::ObjectStream,
            Some(b"EmbeddedFile") => Self::EmbeddedFile,
            Some(b"Filespec") => Self::FileSpecification,
            _ => Self::Other,
        }
    }
}

struct Packed {
    number: u32,
    place: Place,
    /// Index in `unpacked`, and the object's bytes there.
    holder: usize,
    body: Range<usize>,
}

#[derive(Clone, Copy)]
enum Found {
    Nowhere,
    Plain(usize),
    Packed(usize),
}

impl<'a> Layout<'a> {
    /// Takes `bytes` apart.
    ///
    /// # Errors
    /// The [`Reason`] why the file is not one whole revision of the known form.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Reason> {
        if !bytes.starts_with(HEADER) {
            return Err(Reason::ForeignForm);
        }
        let (table_at, end) = ending(bytes)?;
        let plain = walk(bytes, end)?;
        let index = plain.last().filter(|last| last.start == table_at);
        let index = index.ok_or(Reason::CrossReference)?;
        let (root, table) = read_index(bytes, index)?;
        let mut layout = Self {
            bytes,
            plain,
            packed: Vec::new(),
            unpacked: Vec::new(),
            finder: Vec::new(),
            root,
            file_specifications: 0,
        };
        layout.unpack()?;
        layout.compare_with_index(&table)?;
        Ok(layout)
    }

    /// The place of each number, and the plain objects in their order with the index last.
    #[cfg(test)]
    pub fn everything(&self) -> (Vec<Place>, Vec<Plain>) {
        let mut places = vec![Place::Free; self.finder.len()];
        for packed in &self.packed {
            places[packed.number as usize] = packed.place;
        }
        (places, self.plain.clone())
    }

    /// The catalog's object number.
    pub fn root(&self) -> u32 {
        self.root
    }

    /// An object that is not in an object stream.
    pub fn plain(&self, number: u32) -> Option<&Plain> {
        match self.finder.get(number as usize)? {
            Found::Plain(index) => self.plain.get(*index),
            Found::Nowhere | Found::Packed(_) => None,
        }
    }

    /// The parsed object outside object streams; for a stream, its dictionary.
    pub fn plain_dictionary(&self, number: u32) -> Option<Dictionary<'a>> {
        let body = self.plain(number)?.body.clone();
        match object::parse(self.bytes.get(body)?).ok()?.0 {
            Object::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    /// The parsed object, wherever it stands; for a stream, its dictionary.
    pub fn object(&self, number: u32) -> Option<Object<'_>> {
        let text = match *self.finder.get(number as usize)? {
            Found::Nowhere => return None,
            Found::Plain(index) => self.bytes.get(self.plain.get(index)?.body.clone())?,
            Found::Packed(index) => {
                let packed = self.packed.get(index)?;
                self.unpacked.get(packed.holder)?.get(packed.body.clone())?
            }
        };
        Some(object::parse(text).ok()?.0)
    }

    /// The document's last object, before the cross-reference stream.
    pub fn last(&self) -> Option<u32> {
        self.plain
            .len()
            .checked_sub(2)
            .map(|index| self.plain[index].number)
    }

    /// How many file specifications the document holds, reachable or not.
    pub fn file_specifications(&self) -> usize {
        self.file_specifications
    }

    /// How many embedded files the document holds, reachable or not.
    pub fn embedded_files(&self) -> usize {
        self.plain
            .iter()
            .filter(|plain| plain.kind == Kind::EmbeddedFile)
            .count()
    }

    /// The unpacked content of a stream.
    pub fn stream_content(&self, number: u32, bytes_max: usize) -> Result<Vec<u8>, StreamError> {
        let dictionary = self.plain_dictionary(number).ok_or(StreamError::Broken)?;
        let range = self.plain(number).and_then(|plain| plain.stream.clone());
        let content = range
            .and_then(|range| self.bytes.get(range))
            .ok_or(StreamError::Broken)?;
        match dictionary.get(b"Filter") {
            None if content.len() <= bytes_max => Ok(content.to_vec()),
            None => Err(StreamError::TooLarge),
            Some(filter) if filter.is_name(b"FlateDecode") => inflate(content, bytes_max),
            Some(_) => Err(StreamError::Broken),
        }
    }

    /// Unpacks every object stream and parses every object in it.
    fn unpack(&mut self) -> Result<(), Reason> {
        let mut budget = UNPACKED_BYTES_MAX;
        for plain in &self.plain {
            if plain.kind == Kind::FileSpecification {
                self.file_specifications += 1;
            }
            let stream = plain
                .stream
                .clone()
                .filter(|_| plain.kind == Kind::ObjectStream);
            let Some(content) = stream.and_then(|range| self.bytes.get(range)) else {
                continue;
            };
            let unpacked = inflate(content, budget).map_err(|_| Reason::ObjectStream)?;
            budget -= unpacked.len();
            let holder = self.unpacked.len();
            let head = &self.bytes[plain.body.clone()];
            let objects = read_object_stream(head, content.len(), &unpacked);
            let objects = objects.ok_or(Reason::ObjectStream)?;
            for (index, (number, body, kind)) in objects.into_iter().enumerate() {
                if kind == Kind::FileSpecification {
                    self.file_specifications += 1;
                }
                let place = Place::In {
                    stream: plain.number,
                    index,
                };
                self.packed.push(Packed {
                    number,
                    place,
                    holder,
                    body,
                });
            }
            self.unpacked.push(unpacked);
        }
        Ok(())
    }

    /// Each number exactly once, and an index that says exactly where.
    fn compare_with_index(&mut self, table: &[u8]) -> Result<(), Reason> {
        let size = self.plain.len() + self.packed.len() + 1;
        let mut places = vec![Place::Free; size];
        let mut finder = vec![Found::Nowhere; size];
        let plain = self
            .plain
            .iter()
            .enumerate()
            .map(|(index, plain)| (plain.number, Place::At(plain.start), Found::Plain(index)));
        let packed = self
            .packed
            .iter()
            .enumerate()
            .map(|(index, packed)| (packed.number, packed.place, Found::Packed(index)));
        for (number, place, found) in plain.chain(packed) {
            let slot = places
                .get_mut(number as usize)
                .ok_or(Reason::CrossReference)?;
            if number == 0 || *slot != Place::Free {
                return Err(Reason::CrossReference);
            }
            *slot = place;
            finder[number as usize] = found;
        }
        if pack::table(&places) != table {
            return Err(Reason::CrossReference);
        }
        self.finder = finder;
        Ok(())
    }
}

/// The offset of the cross-reference stream, and where the objects end.
fn ending(bytes: &[u8]) -> Result<(usize, usize), Reason> {
    let Some(before) = bytes.strip_suffix(b"\n%%EOF\n") else {
        // Without its line end the last line itself was cut.
        let ended_once = contains(bytes, b"%%EOF\n");
        return Err(if ended_once {
            Reason::BytesAfterEnd
        } else {
            Reason::Truncated
        });
    };
    let parts = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .and_then(|line| {
            let end = before[..line].strip_suffix(b"startxref")?.len();
            Some((decimal(&before[line + 1..])?, end))
        });
    parts.ok_or(Reason::CrossReference)
}

/// Reads object after object from the header to `end`.
fn walk(bytes: &[u8], end: usize) -> Result<Vec<Plain>, Reason> {
    let mut plain = Vec::new();
    let mut at = HEADER.len();
    while at < end {
        let object = read_plain(&bytes[..end], at).ok_or_else(|| {
            // An object where the last lines of an earlier revision stand is the commonest attack.
            let rest = bytes.get(at..end).unwrap_or_default();
            let revised = rest.starts_with(b"startxref") || rest.starts_with(b"xref");
            if revised {
                Reason::MoreThanOneRevision
            } else {
                Reason::Objects
            }
        })?;
        at = object.1;
        plain.push(object.0);
        if plain.len() > OBJECT_NUMBER_MAX as usize {
            return Err(Reason::Objects);
        }
    }
    Ok(plain)
}

/// One object at `start`, and where the next begins.
fn read_plain(bytes: &[u8], start: usize) -> Option<(Plain, usize)> {
    let rest = bytes.get(start..)?;
    let line = rest
        .iter()
        .take(OBJECT_LINE_BYTES_MAX)
        .position(|byte| *byte == b'\n')?;
    let digits = rest[..line].strip_suffix(b" 0 obj")?;
    let number = u32::try_from(decimal(digits)?).ok()?;
    if digits.starts_with(b"0") || number > OBJECT_NUMBER_MAX {
        return None;
    }
    let body_at = start + line + 1;
    let text = &bytes[body_at..bytes.len().min(body_at + OBJECT_BYTES_MAX)];
    let (object, length) = object::parse(text).ok()?;
    let kind = Kind::of(&object);
    let body = body_at..body_at + length;
    let after = &bytes[body.end..];
    if after.starts_with(b"\nendobj\n") {
        let next = body.end + b"\nendobj\n".len();
        return Some((
            Plain {
                number,
                start,
                body,
                stream: None,
                kind,
            },
            next,
        ));
    }
    let length = object.dictionary()?.get(b"Length")?.integer()?;
    let content_at = body.end + b"\nstream\n".len();
    let content_end = content_at.checked_add(usize::try_from(length).ok()?)?;
    let closing = bytes.get(content_end..)?;
    const CLOSING: &[u8] = b"\nendstream\nendobj\n";
    let framed = after.starts_with(b"\nstream\n") && closing.starts_with(CLOSING);
    let plain = Plain {
        number,
        start,
        body,
        stream: Some(content_at..content_end),
        kind,
    };
    framed.then_some((plain, content_end + CLOSING.len()))
}

/// The catalog's number and the unpacked table of the cross-reference stream.
fn read_index(bytes: &[u8], index: &Plain) -> Result<(u32, Vec<u8>), Reason> {
    const BROKEN: Reason = Reason::CrossReference;
    let (parsed, _) = object::parse(&bytes[index.body.clone()]).map_err(|_| BROKEN)?;
    let dictionary = parsed.dictionary().ok_or(BROKEN)?;
    let known: [&[u8]; 8] = [
        b"Type", b"Size", b"W", b"Root", b"Info", b"ID", b"Filter", b"Length",
    ];
    let only_known = dictionary.keys().all(|key| known.contains(&key));
    let size = dictionary
        .get(b"Size")
        .and_then(Object::integer)
        .ok_or(BROKEN)?;
    let widths = [Object::Integer(1), Object::Integer(4), Object::Integer(2)];
    let well_formed = only_known
        && dictionary.has_type(b"XRef")
        && dictionary.get(b"W").and_then(Object::array) == Some(&widths[..])
        && dictionary
            .get(b"Filter")
            .is_some_and(|filter| filter.is_name(b"FlateDecode"));
    let bounded = (1..=i64::from(OBJECT_NUMBER_MAX) + 1).contains(&size);
    let root = dictionary.get(b"Root").and_then(Object::reference);
    let (true, true, Some(root), Some(content)) =
        (well_formed, bounded, root, index.stream.clone())
    else {
        return Err(BROKEN);
    };
    let table_bytes = size as usize * ENTRY_BYTES;
    let table = inflate(&bytes[content], table_bytes).map_err(|_| BROKEN)?;
    if table.len() != table_bytes {
        return Err(BROKEN);
    }
    Ok((root, table))
}

/// Number, bytes and kind of each object in an object stream, whose dictionary is `head`.
fn read_object_stream(
    head: &[u8],
    packed_bytes: usize,
    unpacked: &[u8],
) -> Option<Vec<(u32, Range<usize>, Kind)>> {
    let (offsets, first) = read_directory(head, packed_bytes, unpacked)?;
    read_packed(&offsets, first, unpacked)
}

/// The numbers and offsets in an object stream, and where its first object begins.
fn read_directory(
    head: &[u8],
    packed_bytes: usize,
    unpacked: &[u8],
) -> Option<(Vec<(u32, usize)>, usize)> {
    let (parsed, _) = object::parse(head).ok()?;
    let dictionary = parsed.dictionary()?;
    let count = usize::try_from(dictionary.get(b"N")?.integer()?).ok()?;
    let first = usize::try_from(dictionary.get(b"First")?.integer()?).ok()?;
    let expected = pack::object_stream_head(count, first, packed_bytes);
    if head != expected.as_bytes() || !(1..=OBJECTS_PER_STREAM_MAX).contains(&count) {
        return None;
    }
    let text = unpacked.get(..first)?;
    let mut fields = text.split(|byte| *byte == b' ');
    let mut offsets = Vec::with_capacity(count);
    for _ in 0..count {
        let number = u32::try_from(decimal(fields.next()?)?).ok()?;
        offsets.push((number, decimal(fields.next()?)?));
    }
    let canonical = pack::object_stream_directory(&offsets) == text;
    canonical.then_some((offsets, first))
}

/// The objects of an object stream: each one whole, one line end between, none left over.
fn read_packed(
    offsets: &[(u32, usize)],
    first: usize,
    unpacked: &[u8],
) -> Option<Vec<(u32, Range<usize>, Kind)>> {
    let bodies = unpacked.get(first..)?;
    let mut at = 0;
    let mut objects = Vec::with_capacity(offsets.len());
    for (number, offset) in offsets {
        let end = bodies.len().min(at + OBJECT_BYTES_MAX);
        let (object, length) = object::parse(&bodies[at..end]).ok()?;
        if *offset != at || bodies.get(at + length) != Some(&b'\n') {
            return None;
        }
        objects.push((*number, first + at..first + at + length, Kind::of(&object)));
        at += length + 1;
    }
    (at == bodies.len()).then_some(objects)
}

/// Why a stream cannot be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// Not zlib, or with bytes left over, or not a stream at all.
    Broken,
    /// More than the given limit.
    TooLarge,
}

/// Unpacks zlib data that must use up `packed` and give at most `bytes_max` bytes.
fn inflate(packed: &[u8], bytes_max: usize) -> Result<Vec<u8>, StreamError> {
    let mut decoder = ZlibDecoder::new(packed);
    let mut unpacked = Vec::with_capacity(packed.len().saturating_mul(4).min(bytes_max));
    let limit = u64::try_from(bytes_max)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let read = decoder.by_ref().take(limit).read_to_end(&mut unpacked);
    if unpacked.len() > bytes_max {
        return Err(StreamError::TooLarge);
    }
    let used_up = decoder.total_in() == packed.len() as u64;
    if read.is_err() || !used_up {
        return Err(StreamError::Broken);
    }
    Ok(unpacked)
}

/// Whether `needle` occurs in `bytes`.
pub fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests;
