//! Lines of lists on their way into the order of their cases.
//!
//! Owns that order. People are read in the order of their own numbers, which a list must not show:
//! whoever has the numbers would tell the children by their places. So lines wait, packed, and come
//! out by the numbers of their cases, which a key makes.
//!
//! Never: a file, for nothing is written where nobody asked for it; nor a whole list unpacked.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// Into how many parts a list is cut by its cases' numbers; so many bits of a number say which.
const PARTS: usize = 1 << PART_BITS;
const PART_BITS: u32 = 6;
/// Bytes of a part that wait to be packed.
const WAITING_BYTES_MAX: usize = 16 << 10;

/// Lines of several lists.
pub(super) struct Spool {
    lists: Vec<Vec<Part>>,
}

/// The lines of some numbers.
#[derive(Clone, Default)]
struct Part {
    waiting: Vec<u8>,
    packed: Vec<Vec<u8>>,
}

impl Spool {
    /// Of so many lists without a line.
    pub fn of(lists: usize) -> Self {
        Self {
            lists: vec![vec![Part::default(); PARTS]; lists],
        }
    }

    /// Takes in lines, each led by the name of its case.
    pub fn push(&mut self, list: usize, lines: &[u8]) {
        for line in each_line(lines) {
            let part = number(line) >> (u128::BITS - PART_BITS);
            let part = &mut self.lists[list][usize::try_from(part).expect("less than the parts")];
            part.waiting.extend(line);
            if part.waiting.len() > WAITING_BYTES_MAX {
                part.pack();
            }
        }
    }

    /// Gives every line of every list in its order: those of a case as they came.
    ///
    /// # Errors
    /// What `each` answers.
    pub fn read<E>(self, mut each: impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        for (place, parts) in self.lists.into_iter().enumerate() {
            for part in parts {
                let lines = part.unpacked();
                let mut lines: Vec<&[u8]> = each_line(&lines).collect();
                lines.sort_by_cached_key(|line| number(line));
                lines.into_iter().try_for_each(|line| each(place, line))?;
            }
        }
        Ok(())
    }
}

impl Part {
    fn pack(&mut self) {
        let mut packing = DeflateEncoder::new(Vec::new(), Compression::fast());
        let packed = packing.write_all(&self.waiting);
        let packed = packed.and_then(|()| packing.finish());
        self.packed.push(packed.expect("a vector takes every byte"));
        self.waiting.clear();
    }

    fn unpacked(self) -> Vec<u8> {
        let mut lines = Vec::new();
        for packed in self.packed {
            let read = DeflateDecoder::new(&*packed).read_to_end(&mut lines);
            read.expect("it was packed here");
        }
        lines.extend(self.waiting);
        lines
    }
}

/// The lines of CSV, each with its end: a line may go on in a cell.
fn each_line(lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut is_quoted = false;
    lines.split_inclusive(move |byte| {
        is_quoted ^= *byte == b'"';
        *byte == b'\n' && !is_quoted
    })
}

/// By what a line is ordered: the number of its case, which stands behind the kind.
fn number(line: &[u8]) -> u128 {
    let case = line.split(|byte| *byte == b',').next().unwrap_or_default();
    let number = case.rsplit(|byte| *byte == b'/').next();
    let number = number.and_then(|it| str::from_utf8(it).ok());
    let number = number.and_then(|it| u128::from_str_radix(it, 16).ok());
    number.unwrap_or(u128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_out_by_the_numbers_of_their_cases_and_those_of_a_case_as_they_came() {
        let mut spool = Spool::of(2);
        let lines = b"meeting/0f,\"two\nlines\"\nmeeting/02,b\nmeeting/0f,\"a \"\"word\"\"\"\n";
        spool.push(1, lines);
        spool.push(0, b"pupil/ff,x\n");
        spool.push(1, b"meeting/01,a\n");
        let mut told = vec![String::new(); 2];
        let read = spool.read(|list, line| {
            told[list] += str::from_utf8(line).expect("text");
            Ok::<_, ()>(())
        });
        read.expect("read");
        assert_eq!(told[0], "pupil/ff,x\n");
        assert_eq!(
            told[1],
            "meeting/01,a\nmeeting/02,b\nmeeting/0f,\"two\nlines\"\nmeeting/0f,\"a \"\"word\"\"\"\n"
        );
    }

    #[test]
    fn every_line_of_a_long_list_comes_out_once_and_in_order() {
        let mut spool = Spool::of(1);
        let number = |place: u128| place.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let line = |place| format!("pupil/{:032x},{place:0>90}\n", number(place));
        let mut lines: Vec<String> = (0..40_000).map(line).collect();
        for some in lines.chunks(500) {
            spool.push(0, some.concat().as_bytes());
        }
        assert!(spool.lists[0].iter().all(|part| part.packed.len() > 1));
        let mut told = Vec::new();
        let read = spool.read(|_, line| {
            told.push(str::from_utf8(line).expect("text").to_owned());
            Ok::<_, ()>(())
        });
        read.expect("read");
        lines.sort_unstable();
        assert!(told == lines);
    }
}
