//! A certificate's names: built from values, and refused where they could mislead who reads them.
//!
//! A name in a certificate is a stranger's text until a pinned root vouches for it, and it reaches
//! terminals, web pages and logs. So what `issue` would not write is not read either: text is
//! UTF-8, short, and has no character that moves a cursor or turns the reading direction.

use const_oid::ObjectIdentifier;
use der::asn1::Utf8StringRef;
use der::{Any, Decode, Encode};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

/// The longest attribute of a name, in characters (X.520: `ub-common-name` and its likes).
const ATTRIBUTE_CHARS_MAX: usize = 64;
/// How many attributes a name has; Registrar writes three.
const ATTRIBUTES_MAX: usize = 8;

/// Whether a character can change how the text around it is shown: control characters (C0, C1 and
/// DEL), Unicode's bidirectional marks, embeddings, overrides and isolates, and its separators of
/// lines and paragraphs.
pub fn is_deceptive(character: char) -> bool {
    let code = u32::from(character);
    let turns = matches!(code, 0x061C | 0x200E..=0x200F | 0x202A..=0x202E | 0x2066..=0x2069);
    character.is_control() || turns || matches!(code, 0x2028..=0x2029)
}

/// A name built from values, never from text with separators that a value could contain.
pub fn build(entries: &[(ObjectIdentifier, &str)]) -> der::Result<Name> {
    let mut sequence = RdnSequence::default();
    for (oid, text) in entries {
        let value = Any::encode_from(&Utf8StringRef::new(text)?)?;
        let attribute = AttributeTypeAndValue { oid: *oid, value };
        sequence.push(RelativeDistinguishedName::try_from(vec![attribute])?);
    }
    Name::from_der(&sequence.to_der()?)
}

/// Whether a name may be shown: few attributes, all short UTF-8 text without deceptive characters.
pub fn is_presentable(name: &Name) -> bool {
    let presentable = |attribute: &AttributeTypeAndValue| {
        let text = attribute.value.decode_as::<Utf8StringRef<'_>>();
        text.is_ok_and(|text| {
            let text = text.as_str();
            text.chars().count() <= ATTRIBUTE_CHARS_MAX && !text.chars().any(is_deceptive)
        })
    };
    name.iter().count() <= ATTRIBUTES_MAX && name.iter().all(presentable)
}

#[cfg(test)]
mod tests {
    use const_oid::db::rfc4519;

    use super::*;

    fn organisation(text: &str) -> Name {
        build(&[(rfc4519::O, text)]).unwrap()
    }

    #[test]
    fn a_name_is_short_text_that_moves_nothing() {
        for plain in [
            "Lincoln, \"Abe\"; +#<>\\",
            "Zo\u{eb} \u{5d0}\u{628}",
            &"x".repeat(64),
        ] {
            assert!(is_presentable(&organisation(plain)), "{plain}");
        }
        for deceptive in [
            "\x1b[8A\x1b[J",
            "two\nlines",
            "\u{9b}2J",
            "\x7f",
            "\u{202e}fdp.",
            "\u{2066}a",
            "\u{200f}",
            "\u{61c}",
            "a\u{2028}b",
            &"x".repeat(65),
        ] {
            assert!(!is_presentable(&organisation(deceptive)), "{deceptive:?}");
        }
        let nine = [(rfc4519::O, "x"); 9];
        assert!(is_presentable(&build(&nine[..8]).unwrap()));
        assert!(!is_presentable(&build(&nine).unwrap()));
    }

    #[test]
    fn text_of_another_kind_than_utf_8_is_not_shown() {
        let value = Any::new(der::Tag::Ia5String, b"x".to_vec()).unwrap();
        let attribute = AttributeTypeAndValue {
            oid: rfc4519::O,
            value,
        };
        let mut sequence = RdnSequence::default();
        sequence.push(RelativeDistinguishedName::try_from(vec![attribute]).unwrap());
        let name = Name::from_der(&sequence.to_der().unwrap()).unwrap();
        assert!(!is_presentable(&name));
    }
}
