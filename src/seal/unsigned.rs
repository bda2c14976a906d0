//! Reads a PDF as the renderer writes it, just before it is packed and signed.
//!
//! The renderer's files are regular (ISO 32000-1, 7.5.4): one classic cross-reference section from
//! object 0, no gaps in the numbers, no object streams, one trailer. Anything else did not come
//! from the renderer and is refused; nothing is repaired. `pack` writes the signed form.

use super::object::{self, OBJECT_NUMBER_MAX, Object};

/// The largest file that is signed or verified, in bytes.
pub const FILE_BYTES_MAX: usize = 64 << 20;

/// Why a file cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsignedError {
    /// Larger than [`FILE_BYTES_MAX`].
    #[error("the PDF has {0} bytes; at most {FILE_BYTES_MAX} can be signed")]
    TooLarge(usize),
    /// Not the one form that the renderer writes.
    #[error(
        "this PDF was not written by Registrar's renderer: {0}\nhint: only files from `render` are \
         signed; a file that is signed already cannot be signed again"
    )]
    Foreign(&'static str),
    /// An object does not parse.
    #[error("object {number} of the rendered PDF is not well formed: {why}")]
    Object {
        /// The object's number.
        number: u32,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// A rendered file, taken apart.
pub struct Unsigned<'a> {
    /// Index: object number. Entry 0 is empty.
    bodies: Vec<&'a [u8]>,
    pub root: u32,
    pub info: Option<u32>,
    /// The file identifier's first, lasting part.
    pub identifier: Vec<u8>,
}

impl<'a> Unsigned<'a> {
    /// Takes `bytes` apart.
    ///
    /// # Errors
    /// [`UnsignedError::TooLarge`], and [`UnsignedError::Foreign`] for any other form of file.
    pub fn read(bytes: &'a [u8]) -> Result<Self, UnsignedError> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(UnsignedError::TooLarge(bytes.len()));
        }
        if !bytes.starts_with(b"%PDF-1.7\n") {
            return Err(UnsignedError::Foreign("it does not begin with %PDF-1.7"));
        }
        let (table_at, before_tail) = cross_reference_position(bytes)?;
        let table = &before_tail[table_at..];
        let (offsets, trailer) = read_table(table)?;
        let bodies = read_bodies(bytes, &offsets, table_at)?;
        let mut file = Self {
            bodies,
            root: 0,
            info: None,
            identifier: Vec::new(),
        };
        file.read_trailer(trailer)?;
        Ok(file)
    }

    /// How many object numbers are taken, the free entry 0 included.
    pub fn size(&self) -> u32 {
        u32::try_from(self.bodies.len()).expect("object numbers are bounded when read")
    }

    /// What stands between `N 0 obj` and `endobj`.
    pub fn body(&self, number: u32) -> Option<&'a [u8]> {
        self.bodies.get(usize::try_from(number).ok()?).copied()
    }

    pub fn is_stream(&self, number: u32) -> bool {
        self.body(number)
            .is_some_and(|body| body.ends_with(b"\nendstream"))
    }

    /// The parsed object; for a stream, its dictionary.
    pub fn object(&self, number: u32) -> Result<Object<'a>, UnsignedError> {
        let body = self
            .body(number)
            .ok_or(UnsignedError::Foreign("a reference leads nowhere"))?;
        object::parse(body)
            .map(|(object, _)| object)
            .map_err(|error| UnsignedError::Object {
                number,
                why: error.why,
            })
    }

    fn read_trailer(&mut self, trailer: &[u8]) -> Result<(), UnsignedError> {
        const BROKEN: UnsignedError = UnsignedError::Foreign("its trailer is not the renderer's");
        let (parsed, length) = object::parse(trailer).map_err(|_| BROKEN)?;
        let dictionary = parsed.dictionary().ok_or(BROKEN)?;
        let known: [&[u8]; 4] = [b"Size", b"Root", b"Info", b"ID"];
        if length != trailer.len() || dictionary.keys().any(|key| !known.contains(&key)) {
            return Err(BROKEN);
        }
        let size = dictionary.get(b"Size").and_then(Object::integer);
        let root = dictionary.get(b"Root").and_then(Object::reference);
        let identifier = match dictionary.get(b"ID").and_then(Object::array) {
            Some([first, _]) => first.text(),
            _ => None,
        };
        self.root = root
            .filter(|_| size == Some(i64::from(self.size())))
            .ok_or(BROKEN)?;
        self.info = dictionary.get(b"Info").and_then(Object::reference);
        self.identifier = identifier
            .filter(|id| id.len() <= 64)
            .ok_or(BROKEN)?
            .to_vec();
        Ok(())
    }
}

/// The offset of the cross-reference table, and the file without the lines after the trailer.
fn cross_reference_position(bytes: &[u8]) -> Result<(usize, &[u8]), UnsignedError> {
    const BROKEN: UnsignedError = UnsignedError::Foreign("its last lines are not the renderer's");
    let tail = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let tail = tail.strip_suffix(b"\n%%EOF").ok_or(BROKEN)?;
    let line = tail.iter().rposition(|byte| *byte == b'\n').ok_or(BROKEN)?;
    let offset = decimal(&tail[line + 1..]).ok_or(BROKEN)?;
    let before = tail[..line].strip_suffix(b"\nstartxref").ok_or(BROKEN)?;
    (offset < before.len())
        .then_some((offset, before))
        .ok_or(BROKEN)
}

/// Reads `xref`, one section from 0 in which every entry but the first is in use, and gives the
/// offsets and what follows `trailer`.
fn read_table(table: &[u8]) -> Result<(Vec<usize>, &[u8]), UnsignedError> {
    const BROKEN: UnsignedError =
        UnsignedError::Foreign("its cross-reference table is not one whole section");
    let rest = table.strip_prefix(b"xref\n0 ").ok_or(BROKEN)?;
    let line = rest.iter().position(|byte| *byte == b'\n').ok_or(BROKEN)?;
    let count = decimal(&rest[..line]).ok_or(BROKEN)?;
    let entries = rest[line + 1..]
        .strip_prefix(b"0000000000 65535 f\r\n")
        .ok_or(BROKEN)?;
    let bounded = (2..OBJECT_NUMBER_MAX as usize).contains(&count);
    if !bounded || entries.len() / 20 < count - 1 {
        return Err(BROKEN);
    }
    let (entries, trailer) = entries.split_at((count - 1) * 20);
    let offsets = entries.chunks_exact(20).map(|entry| {
        let digits = entry.strip_suffix(b" 00000 n\r\n")?;
        decimal(digits)
    });
    let offsets = offsets.collect::<Option<Vec<_>>>().ok_or(BROKEN)?;
    Ok((offsets, trailer.strip_prefix(b"trailer\n").ok_or(BROKEN)?))
}

/// The text of each object, by number.
fn read_bodies<'a>(
    bytes: &'a [u8],
    offsets: &[usize],
    end: usize,
) -> Result<Vec<&'a [u8]>, UnsignedError> {
    const BROKEN: UnsignedError = UnsignedError::Foreign("an object does not stand at its offset");
    let mut by_offset: Vec<(usize, usize)> = offsets
        .iter()
        .enumerate()
        .map(|(index, offset)| (*offset, index + 1))
        .collect();
    by_offset.sort_unstable();
    let mut bodies: Vec<&[u8]> = vec![&[]; offsets.len() + 1];
    let mut digits = itoa::Buffer::new();
    for (position, (start, number)) in by_offset.iter().enumerate() {
        let stop = by_offset.get(position + 1).map_or(end, |(next, _)| *next);
        let text = bytes.get(*start..stop).ok_or(BROKEN)?;
        let text = text
            .strip_prefix(digits.format(*number).as_bytes())
            .and_then(|text| text.strip_prefix(b" 0 obj\n"))
            .ok_or(BROKEN)?;
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        bodies[*number] = text.strip_suffix(b"\nendobj").ok_or(BROKEN)?;
    }
    Ok(bodies)
}

/// Plain decimal digits, at most ten.
pub fn decimal(digits: &[u8]) -> Option<usize> {
    let plain = (1..=10).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_are_refused_by_name() {
        for (bytes, why) in [
            (&b"hello"[..], "it does not begin with %PDF-1.7"),
            (b"%PDF-1.7\n", "its last lines are not the renderer's"),
            (
                b"%PDF-1.7\nxref\n\nstartxref\n9\n%%EOF",
                "its cross-reference table is not one whole section",
            ),
        ] {
            let found = Unsigned::read(bytes).err();
            assert_eq!(found, Some(UnsignedError::Foreign(why)));
        }
    }
}
