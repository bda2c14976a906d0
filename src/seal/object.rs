//! PDF objects (ISO 32000-1, 7.3) in the one spelling that Registrar's own files use.
//!
//! The parser is strict, not forgiving: no comments, no name escapes in keys, no duplicate keys,
//! bounded nesting. What a lenient reader would repair, this one refuses, because two readers that
//! repair differently see two documents behind one signature. It never follows a reference: see
//! `layout` for files that are signed, `unsigned` for files that are about to be.

use std::borrow::Cow;

/// How deep arrays and dictionaries may nest inside one object.
const NESTING_MAX: usize = 24;
/// The highest object number a reference may name.
pub const OBJECT_NUMBER_MAX: u32 = 1_000_000;
/// From this many entries on, duplicate keys are looked for by sorting.
const LINEAR_SEARCH_ENTRIES_MAX: usize = 24;

/// One object; text and names borrow from the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    /// A number with a decimal point, as it is spelt: nothing here computes with it.
    Real(&'a [u8]),
    /// Without the slash and still escaped; see [`decode_name`].
    Name(&'a [u8]),
    /// The bytes of a string, unescaped.
    Text(Cow<'a, [u8]>),
    Array(Vec<Object<'a>>),
    Dictionary(Dictionary<'a>),
    /// An indirect reference; the generation is always 0.
    Reference(u32),
}

/// A dictionary in the order in which it is written; keys are unique.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dictionary<'a>(Vec<(&'a [u8], Object<'a>)>);

/// Why bytes are not an object, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Offset in the parsed slice.
    pub at: usize,
    pub why: &'static str,
}

impl<'a> Object<'a> {
    pub fn dictionary(&self) -> Option<&Dictionary<'a>> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    pub fn array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub fn reference(&self) -> Option<u32> {
        match self {
            Self::Reference(number) => Some(*number),
            _ => None,
        }
    }

    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub fn name(&self) -> Option<&'a [u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub fn is_name(&self, expected: &[u8]) -> bool {
        matches!(self, Self::Name(name) if *name == expected)
    }

    /// Writes the object in the spelling that [`parse`] reads.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Boolean(true) => out.extend_from_slice(b"true"),
            Self::Boolean(false) => out.extend_from_slice(b"false"),
            Self::Integer(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Self::Real(digits) => out.extend_from_slice(digits),
            Self::Name(name) => write_name(name, out),
            Self::Text(bytes) => write_text(bytes, out),
            Self::Reference(number) => out.extend_from_slice(format!("{number} 0 R").as_bytes()),
            Self::Dictionary(dictionary) => dictionary.write(out),
            Self::Array(items) => {
                out.push(b'[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        out.push(b' ');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
        }
    }
}

impl<'a> Dictionary<'a> {
    pub fn get(&self, key: &[u8]) -> Option<&Object<'a>> {
        self.0
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, key: &[u8]) -> Option<&mut Object<'a>> {
        self.0
            .iter_mut()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// Adds an entry at the end; the caller has looked that the key is new.
    pub fn push(&mut self, key: &'a [u8], value: Object<'a>) {
        self.0.push((key, value));
    }

    pub fn keys(&self) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().map(|(key, _)| *key)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn has_type(&self, expected: &[u8]) -> bool {
        self.get(b"Type")
            .is_some_and(|value| value.is_name(expected))
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<<");
        for (key, value) in &self.0 {
            write_name(key, out);
            let needs_space = !matches!(
                value,
                Object::Name(_) | Object::Text(_) | Object::Array(_) | Object::Dictionary(_)
            );
            if needs_space {
                out.push(b' ');
            }
            value.write(out);
        }
        out.extend_from_slice(b">>");
    }
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    out.extend_from_slice(name);
}

/// Visible ASCII as a literal string, everything else in hexadecimal.
fn write_text(bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        out.push(b'(');
        for byte in bytes {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(b')');
    } else {
        out.push(b'<');
        out.extend_from_slice(hex::encode_upper(bytes).as_bytes());
        out.push(b'>');
    }
}

/// A text string (ISO 32000-1, 7.9.2.2) for what a person reads: ASCII, or UTF-16 with its mark.
pub fn encode_text(text: &str) -> Vec<u8> {
    if text.is_ascii() {
        return text.as_bytes().to_vec();
    }
    let units = text.encode_utf16().flat_map(u16::to_be_bytes);
    [0xFE, 0xFF].into_iter().chain(units).collect()
}

/// The reverse of [`encode_text`]; `None` for any other encoding.
pub fn decode_text(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xFE, 0xFF, units @ ..] if units.len() % 2 == 0 => {
            let units = units
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).collect::<Result<_, _>>().ok()
        }
        ascii if ascii.is_ascii() => String::from_utf8(ascii.to_vec()).ok(),
        _ => None,
    }
}

/// A name with its `#xx` escapes resolved; `None` where an escape is broken or the name not ASCII.
pub fn decode_name(name: &[u8]) -> Option<String> {
    let mut decoded = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'#' {
            let digits = rest.get(..2)?;
            decoded.extend(hex::decode(digits).ok()?);
            rest = &rest[2..];
        } else {
            decoded.push(first);
        }
    }
    decoded
        .is_ascii()
        .then(|| String::from_utf8(decoded).ok())?
}

/// Parses one object at the start of `bytes`; gives it and the number of bytes it takes.
///
/// # Errors
/// A [`SyntaxError`] wherever the bytes leave the spelling described in the module's first lines.
pub fn parse(bytes: &[u8]) -> Result<(Object<'_>, usize), SyntaxError> {
    let mut parser = Parser { bytes, at: 0 };
    let object = parser.object(0)?;
    Ok((object, parser.at))
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    fn refuse<T>(&self, why: &'static str) -> Result<T, SyntaxError> {
        Err(SyntaxError { at: self.at, why })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, token: &[u8]) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n')) {
            self.at += 1;
        }
    }

    fn object(&mut self, depth: usize) -> Result<Object<'a>, SyntaxError> {
        if depth > NESTING_MAX {
            return self.refuse("nested too deep");
        }
        match self.peek() {
            Some(b'/') => self.name().map(Object::Name),
            Some(b'(') => self.literal().map(Object::Text),
            Some(b'[') => self.array(depth),
            Some(b'<') if self.rest().starts_with(b"<<") => self.dictionary(depth),
            Some(b'<') => self.hexadecimal().map(Object::Text),
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => self.number_or_reference(),
            Some(b't') => self.keyword(b"true", Object::Boolean(true)),
            Some(b'f') => self.keyword(b"false", Object::Boolean(false)),
            Some(b'n') => self.keyword(b"null", Object::Null),
            _ => self.refuse("no object starts here"),
        }
    }

    fn keyword(
        &mut self,
        word: &'static [u8],
        object: Object<'a>,
    ) -> Result<Object<'a>, SyntaxError> {
        if self.eat(word) && !self.peek().is_some_and(is_regular) {
            return Ok(object);
        }
        self.refuse("unknown word")
    }

    fn name(&mut self) -> Result<&'a [u8], SyntaxError> {
        self.at += 1;
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| is_regular(**byte)).count();
        if length == 0 {
            return self.refuse("an empty name");
        }
        self.at += length;
        Ok(&rest[..length])
    }

    fn number_or_reference(&mut self) -> Result<Object<'a>, SyntaxError> {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| is_regular(**byte)).count();
        let digits = &rest[..length];
        let unsigned = digits.strip_prefix(b"-").unwrap_or(digits);
        let points = unsigned.iter().filter(|byte| **byte == b'.').count();
        let all_digits = unsigned
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.');
        if !all_digits || points > 1 || unsigned.len() == points || length > 24 {
            return self.refuse("not a number");
        }
        self.at += length;
        if points == 1 {
            return Ok(Object::Real(digits));
        }
        // Digits only, and at most 24 of them: the text is ASCII.
        let value = std::str::from_utf8(digits)
            .ok()
            .and_then(|text| text.parse::<i64>().ok());
        let Some(value) = value else {
            return self.refuse("an integer out of range");
        };
        let rest = self.rest();
        if rest.starts_with(b" 0 R") && !rest.get(4).copied().is_some_and(is_regular) {
            self.at += 4;
            return match u32::try_from(value) {
                Ok(number) if (1..=OBJECT_NUMBER_MAX).contains(&number) => {
                    Ok(Object::Reference(number))
                }
                _ => self.refuse("a reference out of range"),
            };
        }
        Ok(Object::Integer(value))
    }

    fn literal(&mut self) -> Result<Cow<'a, [u8]>, SyntaxError> {
        self.at += 1;
        let start = self.at;
        let mut owned: Option<Vec<u8>> = None;
        let mut open = 1usize;
        while let Some(byte) = self.peek() {
            let here = self.at;
            self.at += 1;
            let value = match byte {
                b'\\' => {
                    owned.get_or_insert_with(|| self.bytes[start..here].to_vec());
                    self.escape()?
                }
                b')' if open == 1 => {
                    let plain = Cow::Borrowed(&self.bytes[start..here]);
                    return Ok(owned.map_or(plain, Cow::Owned));
                }
                b'(' | b')' => {
                    open = if byte == b'(' { open + 1 } else { open - 1 };
                    byte
                }
                b' '..=b'~' => byte,
                _ => return self.refuse("a string with a byte that is not visible ASCII"),
            };
            if let Some(owned) = &mut owned {
                owned.push(value);
            }
        }
        self.refuse("a string without an end")
    }

    fn escape(&mut self) -> Result<u8, SyntaxError> {
        let Some(byte) = self.peek() else {
            return self.refuse("a string without an end");
        };
        self.at += 1;
        match byte {
            b'n' => Ok(b'\n'),
            b'r' => Ok(b'\r'),
            b't' => Ok(b'\t'),
            b'b' => Ok(8),
            b'f' => Ok(12),
            b'(' | b')' | b'\\' => Ok(byte),
            b'0'..=b'3' => {
                let digits = self.rest().get(..2).unwrap_or_default();
                let [high @ b'0'..=b'7', low @ b'0'..=b'7'] = digits else {
                    return self.refuse("an octal escape without three digits");
                };
                self.at += 2;
                Ok((byte - b'0') << 6 | (high - b'0') << 3 | (low - b'0'))
            }
            _ => self.refuse("an unknown escape"),
        }
    }

    fn hexadecimal(&mut self) -> Result<Cow<'a, [u8]>, SyntaxError> {
        self.at += 1;
        let rest = self.rest();
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        if rest.get(length) != Some(&b'>') {
            return self.refuse("a hexadecimal string with another character in it");
        }
        let Ok(bytes) = hex::decode(&rest[..length]) else {
            return self.refuse("a hexadecimal string with an odd number of digits");
        };
        self.at += length + 1;
        Ok(Cow::Owned(bytes))
    }

    fn array(&mut self, depth: usize) -> Result<Object<'a>, SyntaxError> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.eat(b"]") {
                return Ok(Object::Array(items));
            }
            items.push(self.object(depth + 1)?);
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Object<'a>, SyntaxError> {
        self.at += 2;
        let mut entries: Vec<(&[u8], Object<'_>)> = Vec::new();
        loop {
            self.skip_space();
            if self.eat(b">>") {
                break;
            }
            if self.peek() != Some(b'/') {
                return self.refuse("a dictionary key that is not a name");
            }
            let key = self.name()?;
            if key.contains(&b'#') {
                return self.refuse("a dictionary key with an escape");
            }
            let searched = entries.len() < LINEAR_SEARCH_ENTRIES_MAX;
            if searched && entries.iter().any(|(other, _)| *other == key) {
                return self.refuse("a dictionary key that occurs twice");
            }
            self.skip_space();
            entries.push((key, self.object(depth + 1)?));
        }
        if entries.len() > LINEAR_SEARCH_ENTRIES_MAX {
            let mut keys: Vec<_> = entries.iter().map(|(key, _)| *key).collect();
            keys.sort_unstable();
            if keys.windows(2).any(|pair| pair[0] == pair[1]) {
                return self.refuse("a dictionary key that occurs twice");
            }
        }
        Ok(Object::Dictionary(Dictionary(entries)))
    }
}

/// Regular characters of ISO 32000-1, 7.2.2, without what lies outside visible ASCII.
fn is_regular(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~')
        && !matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> &'static str {
        parse(text.as_bytes()).expect_err(text).why
    }

    #[test]
    fn every_kind_of_object_is_read_and_written_back() {
        let text = br"<</A[1 -2 3.5 4 0 R/N true null(x\(y\)\\\n)<FEFF00E9>]/B<</C(z)>>/D false>>";
        let (object, length) = parse(text).unwrap();
        assert_eq!(length, text.len());
        let mut written = Vec::new();
        object.write(&mut written);
        assert_eq!(parse(&written).unwrap().0, object);
    }

    #[test]
    fn an_integer_followed_by_others_is_no_reference() {
        let (object, _) = parse(b"[0 0 612 792]").unwrap();
        assert_eq!(object.array().unwrap().len(), 4);
        let (object, _) = parse(b"[5 0 R]").unwrap();
        assert_eq!(object.array().unwrap(), [Object::Reference(5)]);
    }

    #[test]
    fn what_lenient_readers_repair_is_refused() {
        assert_eq!(why("<</A 1/A 2>>"), "a dictionary key that occurs twice");
        assert_eq!(why("<</A#42 1>>"), "a dictionary key with an escape");
        assert_eq!(why("[1 % comment\n2]"), "no object starts here");
        assert_eq!(why("<</A 1"), "a dictionary key that is not a name");
        assert_eq!(why("(open"), "a string without an end");
        assert_eq!(
            why("<0>"),
            "a hexadecimal string with an odd number of digits"
        );
        assert_eq!(why("-"), "not a number");
        assert_eq!(why("1.2.3"), "not a number");
        assert_eq!(why("truely"), "unknown word");
        assert_eq!(why(&"[".repeat(1000)), "nested too deep");
    }

    #[test]
    fn duplicate_keys_are_found_in_long_dictionaries_too() {
        let mut text = String::from("<<");
        (0..500).for_each(|key| text += &format!("/K{key} 1"));
        assert!(parse(format!("{text}>>").as_bytes()).is_ok());
        assert_eq!(
            why(&format!("{text}/K77 2>>")),
            "a dictionary key that occurs twice"
        );
    }

    #[test]
    fn text_for_people_survives_both_encodings() {
        for text in ["plain (with) \\ signs", "Zo\u{eb} \u{1f393}"] {
            assert_eq!(decode_text(&encode_text(text)).as_deref(), Some(text));
        }
        assert_eq!(
            decode_name(b"application#2Fjson").as_deref(),
            Some("application/json")
        );
        assert_eq!(decode_name(b"a#2"), None);
    }
}
