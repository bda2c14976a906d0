//! No changed bit, no lost tail, no added byte is accepted, and no input makes the verifier panic.

use std::sync::atomic::{AtomicUsize, Ordering};

use registrar::seal::{TrustStore, verify};

use crate::issued::issued;
use crate::new_district;
use crate::rendered::rendered;
use crate::support::{PAGE, SUITES};

/// Tries each change on the two cores at once and gives those after which the file is accepted.
fn accepted(
    signed: &[u8],
    trust: &TrustStore,
    changes: usize,
    change: impl Fn(usize, &mut Vec<u8>) + Sync,
) -> Vec<usize> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut accepted = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= changes {
                return accepted;
            }
            let mut bytes = signed.to_vec();
            change(index, &mut bytes);
            if bytes != signed && verify(&bytes, trust).verdict.is_valid() {
                accepted.push(index);
            }
        }
    };
    std::thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no panic"))
            .collect()
    })
}

#[test]
fn one_flipped_bit_in_any_byte_of_a_small_file_is_refused() {
    for suite in SUITES {
        let district = new_district(suite);
        let signed = district.sign(&rendered("Algebra A"));
        let flip = |byte: usize, bytes: &mut Vec<u8>| bytes[byte] ^= 1 << (byte * 5 % 8);
        assert_eq!(
            accepted(&signed, &district.trust, signed.len(), flip),
            [0; 0],
            "{suite}"
        );
    }
}

#[test]
fn one_flipped_bit_in_every_97th_byte_of_a_rendered_page_is_refused() {
    for suite in SUITES {
        let district = new_district(suite);
        let signed = district.sign(PAGE);
        let flip = |step: usize, bytes: &mut Vec<u8>| bytes[step * 97] ^= 1 << (step % 8);
        let steps = signed.len() / 97;
        assert_eq!(
            accepted(&signed, &district.trust, steps, flip),
            [0; 0],
            "{suite}"
        );
    }
}

#[test]
#[ignore = "long: `tests/run --long` flips every bit of a rendered page"]
fn every_flipped_bit_of_a_rendered_page_is_refused() {
    for suite in SUITES {
        let district = new_district(suite);
        let signed = district.sign(PAGE);
        let flip = |bit: usize, bytes: &mut Vec<u8>| bytes[bit / 8] ^= 1 << (bit % 8);
        let bits = signed.len() * 8;
        assert_eq!(
            accepted(&signed, &district.trust, bits, flip),
            [0; 0],
            "{suite}"
        );
    }
}

#[test]
fn one_flipped_bit_in_every_997th_byte_of_what_was_issued_is_refused() {
    for issued in issued() {
        for signed in &issued.files {
            let flip = |step: usize, bytes: &mut Vec<u8>| bytes[step * 997] ^= 1 << (step % 8);
            let steps = signed.len() / 997;
            assert_eq!(accepted(signed, &issued.trust, steps, flip), [0; 0]);
        }
    }
}

#[test]
#[ignore = "long: `tests/run --long` flips a bit in every 7th byte of what was issued"]
fn one_flipped_bit_in_every_7th_byte_of_what_was_issued_is_refused() {
    for issued in issued() {
        for signed in &issued.files {
            let flip = |step: usize, bytes: &mut Vec<u8>| bytes[step * 7] ^= 1 << (step * 5 % 8);
            let steps = signed.len() / 7;
            assert_eq!(accepted(signed, &issued.trust, steps, flip), [0; 0]);
        }
    }
}

#[test]
fn every_truncation_and_every_added_byte_is_refused() {
    for suite in SUITES {
        let district = new_district(suite);
        let signed = district.sign(&rendered("Algebra A"));
        let cut = |length: usize, bytes: &mut Vec<u8>| bytes.truncate(length);
        assert_eq!(
            accepted(&signed, &district.trust, signed.len(), cut),
            [0; 0],
            "{suite}"
        );
        let append = |byte: usize, bytes: &mut Vec<u8>| bytes.push(byte as u8);
        assert_eq!(
            accepted(&signed, &district.trust, 256, append),
            [0; 0],
            "{suite}"
        );
    }
}

/// A small generator (xorshift), so that a failure can be repeated from its seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

/// Several changes at once: overwritten, inserted, removed, copied and moved pieces.
fn mutate(seed: usize, bytes: &mut Vec<u8>) {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ (seed as u64 + 1));
    for _ in 0..=dice.throw(4) {
        let at = dice.throw(bytes.len());
        let length = dice.throw(40).min(bytes.len() - at);
        match dice.throw(6) {
            0 => bytes[at] = dice.throw(256) as u8,
            1 => bytes.insert(at, b"0123456789/<>[]() \n%R"[dice.throw(21)]),
            2 => drop(bytes.drain(at..at + length)),
            3 => {
                let piece = bytes[at..at + length].to_vec();
                let to = dice.throw(bytes.len());
                bytes.splice(to..to, piece);
            }
            4 => {
                let digit = bytes[at..].iter().position(u8::is_ascii_digit);
                if let Some(offset) = digit {
                    bytes[at + offset] = b'0' + dice.throw(10) as u8;
                }
            }
            _ => {
                const WORDS: [&[u8]; 8] = [
                    b"endobj",
                    b"stream\n",
                    b"<<",
                    b">>",
                    b"/Length 999999999",
                    b"9999999999",
                    b"/Prev 0",
                    b"\n%%EOF\n",
                ];
                bytes.splice(at..at, WORDS[dice.throw(8)].iter().copied());
            }
        }
    }
}

#[test]
fn random_damage_is_refused_without_panic() {
    for suite in SUITES {
        let district = new_district(suite);
        let signed = district.sign(&rendered("Algebra A"));
        assert_eq!(
            accepted(&signed, &district.trust, 5_000, mutate),
            [0; 0],
            "{suite}"
        );
    }
}

#[test]
#[ignore = "long: `tests/run --long` damages rendered pages a million times"]
fn random_damage_to_rendered_pages_is_refused_without_panic() {
    for suite in SUITES {
        let district = new_district(suite);
        let signed = district.sign(PAGE);
        assert_eq!(
            accepted(&signed, &district.trust, 500_000, mutate),
            [0; 0],
            "{suite}"
        );
    }
}

#[test]
fn bytes_that_were_never_a_pdf_do_not_panic() {
    let trust = TrustStore::default();
    let mut dice = Dice(42);
    for length in 0..500 {
        let noise: Vec<u8> = (0..length).map(|_| dice.throw(256) as u8).collect();
        assert!(!verify(&noise, &trust).verdict.is_valid());
        let headed = [b"%PDF-1.7\n%\xD2\xE5\xE7\xE9\n".as_slice(), &noise].concat();
        assert!(!verify(&headed, &trust).verdict.is_valid());
    }
}
