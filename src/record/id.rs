//! Identities of 16 bytes, derived from what they stand for, so that two databases agree on them.

use std::fmt;

use sha2::{Digest, Sha256};

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

#[cfg(test)]
mod tests {
    use super::*;

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
