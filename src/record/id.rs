//! Identities of 16 bytes, derived from what they stand for, so that two databases agree on them;
//! and the numbers that stand for them where they leave the district ([`Pseudonyms`]).

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest, Sha256};

use super::RowName;

/// The first 16 bytes of SHA-256 over the parts, each led by its length, so that no two lists of
/// parts run together.
fn derive(kind: &str, parts: &[&str]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in std::iter::once(&kind).chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    id
}

macro_rules! id_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// The bytes, as the database keeps them.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

id_type! {
    /// One person, across schools and sources.
    PersonId
}
id_type! {
    /// One row of one table of one source, whatever its version.
    RowKey
}
id_type! {
    /// What a row says, without where it was read: equal digests are the same version.
    ContentDigest
}

impl PersonId {
    /// The person with this state id: the same in every school and source.
    pub fn from_state_id(state_id: &str) -> Self {
        Self(derive("person by state id", &[state_id]))
    }

    /// Whom a source's row is about, where no decision says otherwise: by the state's number where
    /// the row has one.
    pub fn derived(state_id: Option<&str>, source: &str, local_id: &str) -> Self {
        match state_id {
            Some(state_id) => Self::from_state_id(state_id),
            None => Self::from_local_id(source, local_id),
        }
    }

    /// A person whom only one source knows, by its own number.
    pub fn from_local_id(source: &str, local_id: &str) -> Self {
        Self(derive("person by local id", &[source, local_id]))
    }
}

impl RowKey {
    /// The row of `table` in `source` with these key columns.
    pub fn new(source: &str, table: &str, key: &[&str]) -> Self {
        let mut parts = vec![source, table];
        parts.extend_from_slice(key);
        Self(derive("row", &parts))
    }
}

impl ContentDigest {
    /// The digest of a row's cells in the order of its columns.
    pub fn new(cells: &[&str]) -> Self {
        Self(derive("content", cells))
    }
}

/// By what numbers people, cases and rows are told of in lists that leave the district.
///
/// A [`PersonId`] is derived from the state's number, and the numbers of rows are often made of a
/// child's own: whoever has the list of numbers could find each child. So what leaves is
/// HMAC-SHA256 (RFC 2104) of them under a key that the district keeps. Under the same key they are
/// the same in every run, so that a list of this year compares with one of the last.
#[derive(Clone, Default)]
pub struct Pseudonyms(Option<Hmac<Sha256>>);

impl Pseudonyms {
    /// Bytes of a key.
    pub const KEY_BYTES: usize = 32;

    /// Under a key.
    ///
    /// # Panics
    /// Never: a key of any length is one.
    pub fn by_key(key: &[u8; Self::KEY_BYTES]) -> Self {
        Self(Some(
            Hmac::new_from_slice(key).expect("a key of any length"),
        ))
    }

    /// The names as the records have them: for rows that somebody made up, as in case files.
    pub const fn plain() -> Self {
        Self(None)
    }

    fn of(&self, what: &str, parts: &[&str]) -> Option<String> {
        let mut mac = self.0.clone()?;
        for part in std::iter::once(&what).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(hex::encode(&mac.finalize().into_bytes()[..16]))
    }

    /// The number of a person.
    pub fn person(&self, person: PersonId) -> String {
        let plain = person.to_string();
        self.of("person", &[&plain]).unwrap_or(plain)
    }

    /// The name of a case, whose kind is left to be seen.
    pub fn case(&self, name: &str) -> String {
        let kind = name.split('/').next().unwrap_or_default();
        let number = self.of("case", &[name]);
        number.map_or_else(|| name.to_owned(), |number| format!("{kind}/{number}"))
    }

    /// The name of a row, by the table, and what names it there.
    pub fn row(&self, row: &RowName) -> String {
        let source = row.source.as_deref().unwrap_or_default();
        let parts = [source, row.table, &row.school, &row.person, &row.name];
        let number = self.of("row", &parts);
        number.unwrap_or_else(|| row.name.clone())
    }

    /// A number that a sending system gave, the same wherever one of its rows has it; `of` says of
    /// what it is one.
    pub fn number(&self, source: &str, of: &str, number: &str) -> String {
        let told = self.of("number", &[source, of, number]);
        told.filter(|_| !number.is_empty())
            .unwrap_or_else(|| number.to_owned())
    }

    /// What tells one key from another, and nothing of it.
    pub fn key_name(&self) -> String {
        self.of("key", &[]).unwrap_or_default()
    }
}

/// Never the key.
impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pseudonyms({})", self.key_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_leaves_the_district_follows_from_its_key_alone() {
        let mac = |key: &[u8], text: &[u8]| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
            mac.update(text);
            hex::encode(mac.finalize().into_bytes())
        };
        // RFC 4231, test case 2.
        assert_eq!(
            mac(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let (own, other) = (Pseudonyms::by_key(&[7; 32]), Pseudonyms::by_key(&[8; 32]));
        let child = PersonId::from_state_id("9000000001");
        let number = own.person(child);
        // By a second program (Python's `hmac`).
        assert_eq!(number, "f936a55d5a410107257167894f421490");
        assert_eq!(number, Pseudonyms::by_key(&[7; 32]).person(child));
        assert_ne!(number, other.person(child));
        assert_ne!(number, child.to_string());
        assert_ne!(own.key_name(), other.key_name());
        let case = own.case("evaluation/seds/9000001-E1");
        assert!(
            case.starts_with("evaluation/") && !case.contains("9000001"),
            "{case}"
        );
        assert_ne!(case, own.case("evaluation/seds/9000001-E2"));
        let row = RowName::new("people", "19", "9000001", "9000001");
        assert!(!own.row(&row).contains("9000001"));
        assert!(!format!("{own:?}").contains("07"), "{own:?}");
        let plain = Pseudonyms::plain();
        assert_eq!(plain.person(child), child.to_string());
        assert_eq!(plain.case("pupil/1/2025"), "pupil/1/2025");
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(
            RowKey::new("s", "marks", &["ab", "c"]),
            RowKey::new("s", "marks", &["a", "bc"])
        );
        assert_ne!(ContentDigest::new(&["a", ""]), ContentDigest::new(&["a"]));
    }

    #[test]
    fn a_state_id_is_the_same_person_in_every_source() {
        assert_eq!(
            PersonId::from_state_id("9000000001"),
            PersonId::from_state_id("9000000001")
        );
        assert_ne!(
            PersonId::from_local_id("a", "1"),
            PersonId::from_local_id("b", "1")
        );
    }
}
