//! JSON that has one exact meaning, and its one canonical spelling (RFC 8785).
//!
//! What canonical JSON cannot say exactly (fractions, integers beyond 2^53, a key twice) is refused
//! before anything is signed or believed. Of what is left, the canonical spelling is plain: sorted
//! members, no space, the escapes that `serde_json` writes; the tests hold it against a library
//! that knows all of RFC 8785, which took an eighth of a whole examination.
//!
//! Next: `proof` signs these bytes.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The largest JSON text that is parsed, in bytes.
pub const DATA_BYTES_MAX: usize = 64 << 20;
/// The largest integer that every JSON reader keeps exactly (RFC 7493, 2.2): 2^53 - 1.
const INTEGER_MAX: u64 = (1 << 53) - 1;
/// Why data cannot be signed or examined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// Longer than [`DATA_BYTES_MAX`].
    #[error("the data has {0} bytes; at most {DATA_BYTES_MAX} are examined")]
    TooLarge(usize),
    /// Not JSON, or JSON that has no one exact meaning.
    #[error(
        "the data is not exact JSON: {0}\nhint: each key once, whole numbers within 2^53, decimals \
         as text"
    )]
    Inexact(String),
    /// Only a JSON object can carry a proof.
    #[error("the data is not a JSON object")]
    NotAnObject,
    /// There is a proof already.
    #[error("the data carries a proof already")]
    ProvenAlready,
    /// The key's certificate does not cover the moment of signing.
    #[error(
        "data key {key_id} is not valid at {created}\nhint: check the clock, or make a new key \
         with `registrar key rotate`"
    )]
    KeyNotValid {
        /// The key's id.
        key_id: String,
        /// The moment asked for.
        created: Timestamp,
    },
}

/// Parses JSON in which every value is exact and every key occurs once.
///
/// # Errors
/// [`DataError::TooLarge`], [`DataError::Inexact`].
pub fn parse_data(text: &[u8]) -> Result<Value, DataError> {
    if text.len() > DATA_BYTES_MAX {
        return Err(DataError::TooLarge(text.len()));
    }
    let inexact = |error: serde_json::Error| DataError::Inexact(error.to_string());
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Exact.deserialize(&mut reader).map_err(inexact)?;
    reader.end().map_err(inexact)?;
    Ok(value)
}

/// An object's members, some of which may be left out without copying the rest.
pub(super) type Members<'a> = BTreeMap<&'a str, &'a Value>;

pub(super) fn borrowed(members: &Map<String, Value>) -> Members<'_> {
    members
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect()
}

/// The canonical spelling of an object.
///
/// # Errors
/// [`DataError::Inexact`], where a number has none.
pub(super) fn canonical(members: &Members<'_>) -> Result<Vec<u8>, DataError> {
    members.values().copied().try_for_each(require_exact)?;
    let sorted = Sorted(
        members
            .iter()
            .map(|(name, value)| (*name, *value))
            .collect(),
    );
    serde_json::to_vec(&sorted).map_err(|error| DataError::Inexact(error.to_string()))
}

/// Members to be written in canonical order.
struct Sorted<'a>(Vec<(&'a str, &'a Value)>);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = self.0.clone();
        // RFC 8785, 3.2.3: by UTF-16 code units, which is not the order of UTF-8.
        members
            .sort_unstable_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
        serializer.collect_map(
            members
                .into_iter()
                .map(|(name, value)| (name, Canonical(value))),
        )
    }
}

/// A value whose objects are written in canonical order.
struct Canonical<'a>(&'a Value);

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.as_str(), value));
                Sorted(members.collect()).serialize(serializer)
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Canonical)),
            plain => plain.serialize(serializer),
        }
    }
}

/// Refuses numbers that canonical JSON would round.
fn require_exact(value: &Value) -> Result<(), DataError> {
    match value {
        Value::Number(number) if exact_integer(number).is_none() => {
            Err(DataError::Inexact(INEXACT_NUMBER.to_owned()))
        }
        Value::Array(items) => items.iter().try_for_each(require_exact),
        Value::Object(members) => members.values().try_for_each(require_exact),
        _ => Ok(()),
    }
}

fn exact_integer(number: &serde_json::Number) -> Option<()> {
    let magnitude = number
        .as_i64()
        .map(i64::unsigned_abs)
        .or_else(|| number.as_u64())?;
    (magnitude <= INTEGER_MAX).then_some(())
}

const INEXACT_NUMBER: &str = "a number that is not a whole number within 2^53";

/// Builds a [`Value`] that refuses what `serde_json` would quietly change.
struct Exact;

impl<'de> DeserializeSeed<'de> for Exact {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Exact {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("exact JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > INTEGER_MAX {
            return Err(E::custom(INEXACT_NUMBER));
        }
        Ok(Value::from(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > INTEGER_MAX {
            return Err(E::custom(INEXACT_NUMBER));
        }
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, _value: f64) -> Result<Value, E> {
        Err(E::custom(INEXACT_NUMBER))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if members.contains_key(&key) {
                return Err(A::Error::custom("a key that occurs twice"));
            }
            members.insert(key, entries.next_value_seed(Self)?);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any value that is exact, with keys and text of any script.
    fn exact_value() -> impl Strategy<Value = Value> {
        let limit = INTEGER_MAX.cast_signed();
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-limit..=limit).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_canonical_spelling_is_that_of_rfc_8785(
            members in prop::collection::btree_map(any::<String>(), exact_value(), 0..8)
        ) {
            let members: Map<String, Value> = members.into_iter().collect();
            let ours = canonical(&borrowed(&members)).unwrap();
            prop_assert_eq!(ours, serde_json_canonicalizer::to_vec(&members).unwrap());
        }
    }

    #[test]
    fn keys_are_ordered_as_utf_16_and_controls_escaped_as_the_standard_says() {
        let text = "{\"\u{fb33}\":1,\"\u{1f600}\":2,\"a\":\"\\u0000\\u001f\\u007f\\b\\/\"}";
        let Value::Object(members) = parse_data(text.as_bytes()).unwrap() else {
            panic!("an object");
        };
        let expected = "{\"a\":\"\\u0000\\u001f\u{7f}\\b/\",\"\u{1f600}\":2,\"\u{fb33}\":1}";
        assert_eq!(canonical(&borrowed(&members)).unwrap(), expected.as_bytes());
    }

    #[test]
    fn json_without_one_exact_meaning_is_refused() {
        for text in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":{"b":1,"b":1}}"#,
            r#"{"a":1.0}"#,
            r#"{"a":-0}"#,
            r#"{"a":1e3}"#,
            r#"{"a":9007199254740992}"#,
            r#"{"a":-9007199254740992}"#,
            r#"{"a":18446744073709551616}"#,
            r#"{"a":1} x"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":1,}"#,
            "",
        ] {
            assert!(
                matches!(parse_data(text.as_bytes()), Err(DataError::Inexact(_))),
                "{text}"
            );
        }
        let deep = "[".repeat(100_000);
        assert!(parse_data(deep.as_bytes()).is_err());
        assert!(parse_data(br#"{"a":9007199254740991,"b":-9007199254740991,"c":null}"#).is_ok());
        let inexact = serde_json::json!({"gpa": 3.5});
        assert!(canonical(&borrowed(inexact.as_object().unwrap())).is_err());
    }
}
