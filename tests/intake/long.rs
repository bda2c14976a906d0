//! What takes long: `tests/run --long`.

use std::io::{self, Read};

use registrar::intake::package::{Manifest, ManifestTable, Mode, Schools, Table};
use registrar::intake::{Reading, TableReader};
use registrar::record::Mark;

const FILE_BYTES: usize = 200_000_000;

/// How much more memory reading may take, whatever the file's length.
const MEMORY_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Marks without end, one in a thousand spoilt, made while they are read.
struct Marks {
    row: Vec<u8>,
    read: usize,
    number: usize,
    given: usize,
}

impl Read for Marks {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.read == self.row.len() {
            if self.given >= FILE_BYTES {
                return Ok(0);
            }
            let quote = if self.number.is_multiple_of(1_000) {
                "\""
            } else {
                ""
            };
            self.row = format!(
                "S,{quote}{},7,2025-F,110101,regular,A,5,5,12\n",
                self.number
            )
            .into();
            (self.read, self.number) = (0, self.number + 1);
        }
        let length = out.len().min(self.row.len() - self.read);
        out[..length].copy_from_slice(&self.row[self.read..self.read + length]);
        self.read += length;
        self.given += length;
        Ok(length)
    }
}

/// The most memory that this process ever held, in bytes.
fn memory_peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells it");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .expect("it is there");
    let kilobytes: String = line.chars().filter(char::is_ascii_digit).collect();
    kilobytes.parse::<u64>().expect("a number") * 1024
}

#[test]
#[ignore = "long: reads 200 MB; tests/run --long runs it"]
fn a_huge_file_is_read_in_bounded_memory() {
    let manifest = Manifest {
        source: "aeries".to_owned(),
        district: "1964733".to_owned(),
        exported_at: "2026-06-12T18:00:00Z".parse().expect("an instant"),
        schools: Schools::Named(["S".to_owned()].into()),
        tables: [].into(),
    };
    let header = "school,posting,person,term,course,kind,mark,credit_attempted,credit_earned,\
                  grade_level\n";
    let source = Marks {
        row: header.into(),
        read: 0,
        number: 1,
        given: 0,
    };
    let table = ManifestTable::new(Table::Marks, Mode::Full);
    let mut reader = TableReader::<Mark, _>::new(&manifest, &table, source);
    let before = memory_peak();
    let (mut rows, mut refused) = (0u64, 0u64);
    while let Some(reading) = reader.read() {
        match reading {
            Reading::Row { .. } => rows += 1,
            Reading::Refused { .. } => refused += 1,
            Reading::File(problems) => panic!("{problems:?}"),
        }
    }
    let end = reader.end();
    assert_eq!(rows + refused, end.rows);
    assert!(end.bytes >= FILE_BYTES as u64);
    assert_eq!(refused, end.rows / 1_000);
    let grown = memory_peak() - before;
    assert!(grown <= MEMORY_BYTES_MAX, "memory grew by {grown} bytes");
}
