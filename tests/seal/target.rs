//! A signed file as an attacker holds it: its parts are found, replaced, doubled and added to.

use registrar::seal::{Fact, Reason, TrustStore, verify};

use crate::issued::issued;
use crate::new_district;
use crate::rendered::rendered;
use crate::support::{PAGE, SUITES};

/// A signed file and what an attacker finds in it.
pub struct Target {
    pub bytes: Vec<u8>,
    pub trust: TrustStore,
}

impl Target {
    /// In both suites: what the program issued on one, two and six pages, and two files of these
    /// tests.
    pub fn each() -> impl Iterator<Item = Self> {
        let made = SUITES.into_iter().flat_map(|suite| {
            let district = new_district(suite);
            [PAGE.to_vec(), rendered("Algebra A")].map(|pdf| Self {
                bytes: district.sign(&pdf),
                trust: district.trust.clone(),
            })
        });
        let issued = issued().iter().flat_map(|issued| {
            issued.files.iter().map(|file| Self {
                bytes: file.clone(),
                trust: issued.trust.clone(),
            })
        });
        made.chain(issued)
    }

    pub fn text(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// The file with the last `from` replaced; the lengths may differ.
    pub fn replaced(&self, from: &str, to: &str) -> Vec<u8> {
        let at = rfind(&self.bytes, from.as_bytes()).expect(from);
        let mut bytes = self.text();
        bytes.splice(at..at + from.len(), to.bytes());
        bytes
    }

    /// The file with `more` behind its end.
    pub fn appended(&self, more: &str) -> Vec<u8> {
        [self.bytes.as_slice(), more.as_bytes()].concat()
    }

    /// The file with `more` before its beginning.
    pub fn prepended(&self, more: &str) -> Vec<u8> {
        [more.as_bytes(), self.bytes.as_slice()].concat()
    }

    /// The catalog's object number and text.
    pub fn catalog(&self) -> (usize, String) {
        self.object_with("/Type/Catalog")
    }

    /// The last plain object that holds `mark`.
    pub fn object_with(&self, mark: &str) -> (usize, String) {
        let at = rfind(&self.bytes, mark.as_bytes()).expect(mark);
        let start = rfind(&self.bytes[..at], b" 0 obj\n").expect("an object");
        let line = rfind(&self.bytes[..start], b"\n").expect("a line") + 1;
        let number = String::from_utf8_lossy(&self.bytes[line..start])
            .parse()
            .expect("a number");
        let body = &self.bytes[start + b" 0 obj\n".len()..];
        let end = find(body, b"\nendobj").expect("an end");
        (number, String::from_utf8_lossy(&body[..end]).into_owned())
    }

    pub fn size(&self) -> usize {
        number_after(&self.bytes, "/Size ")
    }

    /// An incremental update (ISO 32000-1, 7.5.6) with these objects, in the classic form or as a
    /// cross-reference stream.
    pub fn updated(&self, objects: &[(usize, String)], as_stream: bool) -> Vec<u8> {
        let mut bytes = self.text();
        let mut entries = Vec::new();
        for (number, body) in objects {
            entries.push((*number, bytes.len()));
            bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
        }
        let previous = number_after(&self.bytes, "startxref\n");
        let root = number_after(&self.bytes, "/Root ");
        let highest = objects
            .iter()
            .map(|(number, _)| number + 2)
            .max()
            .unwrap_or(0);
        let size = self.size().max(highest);
        let at = bytes.len();
        if as_stream {
            let mut table = Vec::new();
            let mut index = String::new();
            for (number, offset) in &entries {
                index += &format!("{number} 1 ");
                table.extend(
                    [1].into_iter()
                        .chain((*offset as u32).to_be_bytes())
                        .chain([0, 0]),
                );
            }
            let head = format!(
                "{size} 0 obj\n<</Type/XRef/Size {}/W[1 4 2]/Index[{index}]/Root {root} 0 R/Prev \
                 {previous}/Length {}>>\nstream\n",
                size + 1,
                table.len()
            );
            bytes.extend(head.bytes());
            bytes.extend(table);
            bytes.extend(b"\nendstream\nendobj\n");
        } else {
            bytes.extend(b"xref\n0 0\n");
            for (number, offset) in &entries {
                bytes.extend(format!("{number} 1\n{offset:010} 00000 n\r\n").bytes());
            }
            let trailer = format!("trailer\n<</Size {size}/Root {root} 0 R/Prev {previous}>>\n");
            bytes.extend(trailer.bytes());
        }
        bytes.extend(format!("startxref\n{at}\n%%EOF\n").bytes());
        bytes
    }

    pub fn refuses(&self, name: &str, forged: &[u8]) {
        assert_ne!(forged, self.bytes, "{name}: the attack changes something");
        let verdict = verify(forged, &self.trust).verdict;
        assert!(!verdict.is_valid(), "{name} is accepted");
        assert!(
            !verdict.is_of_unknown_issuer(),
            "{name} is taken for a stranger's document"
        );
    }

    pub fn refuses_because(&self, name: &str, forged: &[u8], fact: Fact, reason: Reason) {
        self.refuses(name, forged);
        let verdict = verify(forged, &self.trust).verdict;
        assert_eq!(verdict.first_failure(), Some((fact, reason)), "{name}");
    }
}

pub fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

pub fn rfind(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .rposition(|window| window == needle)
}

pub fn number_after(bytes: &[u8], mark: &str) -> usize {
    let at = rfind(bytes, mark.as_bytes()).expect(mark) + mark.len();
    let digits = bytes[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    String::from_utf8_lossy(&bytes[at..at + digits])
        .parse()
        .expect("a number")
}
