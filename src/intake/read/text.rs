//! A file's bytes as UTF-8, in blocks, with the digest of what was read.
//!
//! UTF-8, with or without a byte order mark, and UTF-16 with one are read. Anything else is refused
//! by its name. Bytes that are no text pass through and are found by `lines`, which knows where
//! they stand.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};
use sha2::{Digest, Sha256};

/// How much is read at once.
const BLOCK_BYTES: usize = 64 * 1024;

/// A byte that no UTF-8 text has: stands for what UTF-16 could not say.
const NOT_TEXT: u8 = 0xff;

/// A file that is being read.
pub struct Text<S> {
    source: S,
    digest: Sha256,
    bytes: u64,
    block: Vec<u8>,
    encoding: Encoding,
}

enum Encoding {
    Undetected,
    Utf8,
    Utf16(Box<Decoder>),
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// The operating system's reason.
    #[error("could not be read: {0}")]
    Io(#[from] io::Error),
    /// What the file is instead of a text that can be read.
    #[error("{0}")]
    Encoding(&'static str),
}

/// What the first bytes of other files are.
const OTHER_FILES: [(&[u8], &str); 8] = [
    (&[0xff, 0xfe, 0, 0], "looks like UTF-32"),
    (&[0, 0, 0xfe, 0xff], "looks like UTF-32"),
    (b"PK\x03\x04", "is a ZIP file or an Excel workbook, not CSV"),
    (
        &[0xd0, 0xcf, 0x11, 0xe0],
        "is an old Excel workbook, not CSV",
    ),
    (&[0x1f, 0x8b], "is compressed with gzip, not CSV"),
    (b"%PDF", "is a PDF, not CSV"),
    (b"{\\rtf", "is a rich text document, not CSV"),
    (b"SQLite format 3\0", "is a database, not CSV"),
];

impl<S: Read> Text<S> {
    pub fn new(source: S) -> Self {
        Self {
            source,
            digest: Sha256::new(),
            bytes: 0,
            block: vec![0; BLOCK_BYTES],
            encoding: Encoding::Undetected,
        }
    }

    /// Appends the next block to `out`. False when nothing is left.
    pub fn fill(&mut self, out: &mut Vec<u8>) -> Result<bool, TextError> {
        let read = self.read_block()?;
        self.digest.update(&self.block[..read]);
        self.bytes += read as u64;
        let mut begin = 0;
        if matches!(self.encoding, Encoding::Undetected) {
            (self.encoding, begin) = detect(&self.block[..read])?;
        }
        match &mut self.encoding {
            Encoding::Utf16(decoder) => decode(decoder, &self.block[begin..read], read == 0, out),
            _ => out.extend_from_slice(&self.block[begin..read]),
        }
        Ok(read > 0)
    }

    /// Fills the whole block where the file has so much, so that detection sees enough.
    fn read_block(&mut self) -> io::Result<usize> {
        let mut read = 0;
        while read < self.block.len() {
            match self.source.read(&mut self.block[read..]) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    /// SHA-256 of the bytes read so far, and how many.
    pub fn digest(&self) -> ([u8; 32], u64) {
        (self.digest.clone().finalize().into(), self.bytes)
    }

    /// Why this byte is no text here. `utf8_seen`: other lines hold good UTF-8 beyond ASCII.
    pub fn why_not_text(&self, byte: u8, utf8_seen: bool) -> String {
        if matches!(self.encoding, Encoding::Utf16(_)) {
            return "half a character of UTF-16: a lone surrogate, or the file is cut".to_owned();
        }
        if utf8_seen {
            return format!("a damaged character of UTF-8 (byte 0x{byte:02X})");
        }
        let name = match byte {
            0x81 | 0x8d | 0x8f | 0x90 | 0x9d => "Mac Roman or a DOS code page",
            _ => "Windows-1252",
        };
        format!("not UTF-8: looks like {name} (byte 0x{byte:02X})")
    }
}

/// The encoding by the first bytes, and how many of them are the byte order mark.
fn detect(block: &[u8]) -> Result<(Encoding, usize), TextError> {
    let other = OTHER_FILES
        .iter()
        .find(|(first, _)| block.starts_with(first));
    if let Some((_, what)) = other {
        return Err(TextError::Encoding(what));
    }
    let decoder = |encoding: &'static encoding_rs::Encoding| {
        Encoding::Utf16(Box::new(encoding.new_decoder_without_bom_handling()))
    };
    match block {
        [0xef, 0xbb, 0xbf, ..] => Ok((Encoding::Utf8, 3)),
        [0xff, 0xfe, ..] => Ok((decoder(UTF_16LE), 2)),
        [0xfe, 0xff, ..] => Ok((decoder(UTF_16BE), 2)),
        [0, 1..=255, 0, 1..=255, ..] | [1..=255, 0, 1..=255, 0, ..] => Err(TextError::Encoding(
            "looks like UTF-16 without a byte order mark",
        )),
        _ => Ok((Encoding::Utf8, 0)),
    }
}

/// Decodes UTF-16; each thing that is no character becomes [`NOT_TEXT`].
fn decode(decoder: &mut Decoder, mut block: &[u8], last: bool, out: &mut Vec<u8>) {
    let mut text = [0; 4096];
    loop {
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(block, &mut text, last);
        block = &block[read..];
        out.extend_from_slice(&text[..written]);
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => out.push(NOT_TEXT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut text = Text::new(bytes);
        let mut out = Vec::new();
        while text.fill(&mut out).map_err(|error| error.to_string())? {}
        assert_eq!(
            text.digest(),
            (Sha256::digest(bytes).into(), bytes.len() as u64)
        );
        Ok(out)
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units
            .flat_map(|unit: u16| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn every_encoding_that_is_read_gives_the_same_text() {
        let text = "name\nNguyễn 𐐷\n".repeat(9000);
        let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [
            text.clone().into_bytes(),
            bom,
            utf16(&text, true),
            utf16(&text, false),
        ] {
            assert_eq!(read(&bytes).as_deref(), Ok(text.as_bytes()));
        }
    }

    #[test]
    fn half_a_character_of_utf_16_is_no_text() {
        let lone = [0xff, 0xfe, b'a', 0, 0x00, 0xd8, b'b', 0];
        assert_eq!(read(&lone).as_deref(), Ok(&b"a\xffb"[..]));
        let odd = [0xff, 0xfe, b'a', 0, b'b'];
        assert_eq!(read(&odd).as_deref(), Ok(&b"a\xff"[..]));
    }

    #[test]
    fn other_files_are_refused_by_name() {
        for (bytes, what) in [
            (
                &b"PK\x03\x04rest"[..],
                "is a ZIP file or an Excel workbook, not CSV",
            ),
            (b"a\0b\0", "looks like UTF-16 without a byte order mark"),
            (b"\0a\0b", "looks like UTF-16 without a byte order mark"),
            (b"\xff\xfe\0\0a\0\0\0", "looks like UTF-32"),
        ] {
            assert_eq!(read(bytes), Err(what.to_owned()));
        }
    }
}
