//! Cuts a text into rows, one at a time, and finds what is wrong with their shape.
//!
//! The csv crate forgives what it cannot understand: a quotation mark that is never closed swallows
//! the rest of the file, one in the middle of a cell is a letter. Here both are refused, so the
//! shape of a row is checked before the crate splits it. A row that cannot be delimited ends at its
//! first line break, so that the rows after it are still read.

use std::io::Read;
use std::ops::Range;

use super::text::{Text, TextError};

/// The longest cell, in bytes of UTF-8.
pub const CELL_BYTES_MAX: usize = 64 * 1024;

/// The longest row, in bytes of UTF-8.
pub const ROW_BYTES_MAX: usize = 256 * 1024;

/// Over how many lines one row may go.
pub const ROW_LINES_MAX: u64 = 64;

/// A row of a file, with its shape checked.
#[derive(Debug)]
pub struct RawRow<'a> {
    /// The physical line on which it begins, the first of the file being 1.
    pub line: u64,
    /// Its bytes without the line end; cut where the row is too long.
    pub bytes: &'a [u8],
    /// What is wrong with its shape; without it the bytes are UTF-8 and can be split.
    pub fault: Option<ShapeFault>,
}

/// What is wrong with the shape of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShapeFault {
    QuoteNotClosed,
    QuoteMisplaced,
    CarriageReturn,
    RowTooLong,
    /// The cell at this position, counted from 0.
    CellTooLong(usize),
    /// Why its bytes are no text.
    NotText(String),
}

/// The rows of a file.
pub struct Lines<S> {
    text: Text<S>,
    buffer: Vec<u8>,
    /// Where the next row begins in the buffer.
    next: usize,
    /// The physical line of the next row.
    line: u64,
    at_end: bool,
    utf8_seen: bool,
}

/// Where a row ends, and what was wrong on the way.
struct Scanned {
    /// The row without its line end, from where it begins.
    length: usize,
    /// With its line end.
    consumed: usize,
    /// How many line breaks are consumed.
    breaks: u64,
    fault: Option<ShapeFault>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Unquoted,
    Quoted,
    QuoteInQuoted,
    Return,
    Broken,
}

impl<S: Read> Lines<S> {
    pub fn new(source: S) -> Self {
        Self {
            text: Text::new(source),
            buffer: Vec::new(),
            next: 0,
            line: 1,
            at_end: false,
            utf8_seen: false,
        }
    }

    /// The next row that is not blank.
    ///
    /// # Errors
    /// Where the file cannot be read at all.
    pub fn row(&mut self) -> Result<Option<RawRow<'_>>, TextError> {
        let (line, range, fault) = loop {
            self.forget_rows();
            let scanned = self.scan()?;
            if scanned.consumed == 0 {
                return Ok(None);
            }
            let range = self.next..self.next + scanned.length;
            let line = self.line;
            self.next += scanned.consumed;
            self.line += scanned.breaks;
            if scanned.length > 0 {
                break (line, range, scanned.fault);
            }
        };
        let fault = fault.or_else(|| self.not_text(range.clone()));
        Ok(Some(RawRow {
            line,
            bytes: &self.buffer[range],
            fault,
        }))
    }

    /// SHA-256 of the bytes read so far, and how many: of the file, once no row is left.
    pub fn digest(&self) -> ([u8; 32], u64) {
        self.text.digest()
    }

    /// Gives back the room of rows already read.
    fn forget_rows(&mut self) {
        if self.next >= ROW_BYTES_MAX || self.next == self.buffer.len() {
            self.buffer.drain(..self.next);
            self.next = 0;
        }
    }

    fn not_text(&mut self, range: Range<usize>) -> Option<ShapeFault> {
        let bytes = &self.buffer[range];
        match std::str::from_utf8(bytes) {
            Ok(_) => {
                self.utf8_seen |= !bytes.is_ascii();
                None
            }
            Err(error) => {
                let byte = bytes[error.valid_up_to()];
                Some(ShapeFault::NotText(
                    self.text.why_not_text(byte, self.utf8_seen),
                ))
            }
        }
    }

    /// The byte at this distance from the row's begin; nothing at the end of the file.
    fn byte(&mut self, at: usize) -> Result<Option<u8>, TextError> {
        while !self.at_end && self.next + at >= self.buffer.len() {
            self.at_end = !self.text.fill(&mut self.buffer)?;
        }
        Ok(self.buffer.get(self.next + at).copied())
    }

    fn scan(&mut self) -> Result<Scanned, TextError> {
        let mut state = State::CellStart;
        let mut fault = None;
        let (mut at, mut breaks, mut first_break) = (0, 0, None);
        let (mut cell, mut cell_begin, mut long_cell) = (0, 0, None);
        while let Some(byte) = self.byte(at)? {
            if at >= ROW_BYTES_MAX || breaks >= ROW_LINES_MAX {
                break;
            }
            if at - cell_begin > CELL_BYTES_MAX {
                long_cell.get_or_insert(cell);
            }
            state = match (state, byte) {
                (State::Quoted, b'"') => State::QuoteInQuoted,
                (State::Quoted, _) => {
                    if byte == b'\n' {
                        first_break.get_or_insert(at);
                        breaks += 1;
                    }
                    State::Quoted
                }
                (State::CellStart | State::QuoteInQuoted, b'"') => State::Quoted,
                (_, b'\n') => {
                    let length = if state == State::Return { at - 1 } else { at };
                    let fault = fault.or(long_cell.map(ShapeFault::CellTooLong));
                    return Ok(Scanned {
                        length,
                        consumed: at + 1,
                        breaks: breaks + 1,
                        fault,
                    });
                }
                (State::Broken, _) => State::Broken,
                (State::Return, _) => {
                    fault = Some(ShapeFault::CarriageReturn);
                    State::Broken
                }
                (_, b'\r') => State::Return,
                (_, b',') => {
                    (cell, cell_begin) = (cell + 1, at + 1);
                    State::CellStart
                }
                (State::QuoteInQuoted, _) | (_, b'"') => {
                    fault = Some(ShapeFault::QuoteMisplaced);
                    State::Broken
                }
                _ => State::Unquoted,
            };
            at += 1;
        }
        self.scan_ended(state, (at, breaks, first_break), fault, long_cell)
    }

    /// A row that no line break ended: at the end of the file, or beyond a bound.
    fn scan_ended(
        &mut self,
        state: State,
        (at, inner_breaks, first_break): (usize, u64, Option<usize>),
        fault: Option<ShapeFault>,
        long_cell: Option<usize>,
    ) -> Result<Scanned, TextError> {
        let closed = state != State::Quoted;
        if let (false, Some(length)) = (closed, first_break) {
            let fault = Some(ShapeFault::QuoteNotClosed);
            return Ok(Scanned {
                length,
                consumed: length + 1,
                breaks: 1,
                fault,
            });
        }
        if self.byte(at)?.is_none() {
            let length = if state == State::Return { at - 1 } else { at };
            let fault = fault.or(long_cell.map(ShapeFault::CellTooLong));
            let fault = if closed {
                fault
            } else {
                Some(ShapeFault::QuoteNotClosed)
            };
            return Ok(Scanned {
                length,
                consumed: at,
                breaks: 0,
                fault,
            });
        }
        let too_long = long_cell.map_or(ShapeFault::RowTooLong, ShapeFault::CellTooLong);
        let ended = self.skip_line(at)?;
        Ok(Scanned {
            length: at,
            consumed: at + usize::from(ended),
            breaks: inner_breaks + u64::from(ended),
            fault: Some(fault.unwrap_or(too_long)),
        })
    }

    /// Drops what follows on a line that is too long, up to its line break, without keeping it.
    /// False where the file ends first.
    fn skip_line(&mut self, at: usize) -> Result<bool, TextError> {
        let keep = self.next + at;
        loop {
            let rest = &self.buffer[keep..];
            if let Some(found) = rest.iter().position(|byte| *byte == b'\n') {
                self.buffer.drain(keep..keep + found);
                return Ok(true);
            }
            self.buffer.truncate(keep);
            if self.at_end || !self.text.fill(&mut self.buffer)? {
                self.at_end = true;
                return Ok(false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Line, text and fault of every row.
    fn rows(text: impl AsRef<[u8]>) -> Vec<(u64, String, Option<ShapeFault>)> {
        let mut lines = Lines::new(text.as_ref());
        let mut rows = Vec::new();
        while let Some(row) = lines.row().expect("a slice can be read") {
            assert!(row.bytes.len() <= ROW_BYTES_MAX);
            rows.push((
                row.line,
                String::from_utf8_lossy(row.bytes).into_owned(),
                row.fault,
            ));
        }
        rows
    }

    fn good(line: u64, text: &str) -> (u64, String, Option<ShapeFault>) {
        (line, text.to_owned(), None)
    }

    fn bad(line: u64, text: &str, fault: ShapeFault) -> (u64, String, Option<ShapeFault>) {
        (line, text.to_owned(), Some(fault))
    }

    #[test]
    fn both_line_ends_are_read_and_blank_lines_count() {
        assert_eq!(
            rows("a,b\r\n1,2\n\n\r\n3,4"),
            [good(1, "a,b"), good(2, "1,2"), good(5, "3,4")]
        );
        assert_eq!(rows(""), []);
        assert_eq!(rows("\n\n"), []);
    }

    #[test]
    fn a_quoted_cell_may_hold_commas_quotes_and_line_breaks() {
        assert_eq!(
            rows("\"a,\"\"b\"\"\r\nc\",d\ne"),
            [good(1, "\"a,\"\"b\"\"\r\nc\",d"), good(3, "e")]
        );
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_costs_one_row() {
        let rest = "2,3\n".repeat(200);
        let found = rows(format!("a,\"b\n{rest}"));
        assert_eq!(found[0], bad(1, "a,\"b", ShapeFault::QuoteNotClosed));
        assert_eq!(found[1], good(2, "2,3"));
        assert_eq!(found.len(), 201);
        assert_eq!(
            rows("a\n\"b"),
            [good(1, "a"), bad(2, "\"b", ShapeFault::QuoteNotClosed)]
        );
    }

    #[test]
    fn a_quotation_mark_inside_a_cell_is_refused() {
        for text in ["5\" pipe,1", "\"a\"b,1", "\"a\" ,1"] {
            let found = rows(format!("{text}\nnext"));
            assert_eq!(found[0], bad(1, text, ShapeFault::QuoteMisplaced));
            assert_eq!(found[1], good(2, "next"));
        }
    }

    #[test]
    fn a_carriage_return_ends_no_line() {
        assert_eq!(
            rows("a\rb\nc"),
            [bad(1, "a\rb", ShapeFault::CarriageReturn), good(2, "c")]
        );
        assert_eq!(rows("a\r"), [good(1, "a")]);
    }

    #[test]
    fn what_is_too_long_is_cut_and_the_next_row_is_read() {
        let long = "x".repeat(10_000_000);
        let found = rows(format!("a,{long},b\nc,d\n"));
        assert_eq!(
            (found[0].0, &found[0].2),
            (1, &Some(ShapeFault::CellTooLong(1)))
        );
        assert_eq!(found[1], good(2, "c,d"));
        let many = "x,".repeat(200_000);
        let found = rows(format!("{many}\nc\n"));
        assert_eq!(
            (found[0].0, &found[0].2),
            (1, &Some(ShapeFault::RowTooLong))
        );
        assert_eq!(found[1], good(2, "c"));
        let found = rows(long);
        assert_eq!(found[0].2, Some(ShapeFault::CellTooLong(0)));
    }

    #[test]
    fn bytes_that_are_no_text_are_named() {
        let found = rows(b"a\nJos\xe9\n");
        let why = "not UTF-8: looks like Windows-1252 (byte 0xE9)".to_owned();
        assert_eq!(found[1].2, Some(ShapeFault::NotText(why)));
        let found = rows(b"Jos\xc3\xa9\nJos\xc3\n");
        let why = "a damaged character of UTF-8 (byte 0xC3)".to_owned();
        assert_eq!(found[1].2, Some(ShapeFault::NotText(why)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_lines_only_rise(bytes in prop::collection::vec(
            prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), any::<u8>()], 0..300,
        )) {
            let mut lines = Lines::new(bytes.as_slice());
            let mut last = 0;
            while let Ok(Some(row)) = lines.row() {
                prop_assert!(row.line > last);
                last = row.line;
            }
        }

        /// What the csv crate writes, it and we delimit alike.
        #[test]
        fn what_is_written_is_cut_where_it_was_written(
            cells in prop::collection::vec(
                prop::collection::vec("[a,\"\n\r é]{0,6}", 2..4), 0..20,
            ),
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &cells {
                writer.write_record(row).expect("memory can be written");
            }
            let text = writer.into_inner().expect("flushed");
            let found = rows(&text);
            prop_assert_eq!(found.len(), cells.len());
            prop_assert!(found.iter().all(|(_, _, fault)| fault.is_none()));
        }
    }
}
