//! Values as Typst literals: why no setting and no string can become source.
//!
//! A string keeps only letters, digits and spaces as they are; every other character is written as
//! `\u{..}`. That escape means the same character in Typst code and in markup, and in a comment it
//! means nothing, so the value stays a value wherever a template's author puts the braces.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

/// Stands in prose for the name of the school that issues the document: a noncharacter of Unicode,
/// so no text has it. Composition, which knows no student, leaves a look-up in its place.
pub(super) const SCHOOL: char = '\u{fdd0}';

/// The look-up: wherever the literal stands, it reads the document's own model.
const SCHOOL_OF_MODEL: &str = "json(\"/model.json\").school.name";

/// Lists and tables within each other; TOML files of people do not go deeper.
const LITERAL_DEPTH_MAX: usize = 8;

/// The value as one Typst expression.
///
/// # Errors
/// For a value that is not a text, whole number, truth value, list or table of such.
pub(super) fn typst_literal(value: &Value) -> Result<String, Error> {
    let mut out = String::new();
    write_literal(&mut out, value, LITERAL_DEPTH_MAX)?;
    Ok(out)
}

fn write_literal(out: &mut String, value: &Value, depth: usize) -> Result<(), Error> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(refuse("a value nested too deeply"));
    };
    match value.kind() {
        ValueKind::None => out.push_str("none"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number if value.is_integer() => {
            // In parentheses, because a sign would end an embedded expression: `#-1`.
            out.push_str(&format!("({})", i64::try_from(value.clone())?));
        }
        ValueKind::String => write_text(out, value.as_str().unwrap_or_default()),
        ValueKind::Seq => {
            out.push('(');
            for item in value.try_iter()? {
                write_literal(out, &item, depth)?;
                out.push_str(", ");
            }
            out.push(')');
        }
        ValueKind::Map if value.len() == Some(0) => out.push_str("(:)"),
        ValueKind::Map => {
            out.push('(');
            for key in value.try_iter()? {
                let name = key.as_str().ok_or_else(|| refuse("a table's key"))?;
                write_string(out, name);
                out.push_str(": ");
                write_literal(out, &value.get_item(&key)?, depth)?;
                out.push_str(", ");
            }
            out.push(')');
        }
        kind => return Err(refuse(&kind.to_string())),
    }
    Ok(())
}

/// A text, with the school's name looked up where it is asked for.
fn write_text(out: &mut String, text: &str) {
    let mut parts = text.split(SCHOOL);
    let first = parts.next().unwrap_or_default();
    if first.len() == text.len() {
        return write_string(out, text);
    }
    out.push('(');
    write_string(out, first);
    for part in parts {
        out.push_str(&format!(" + {SCHOOL_OF_MODEL} + "));
        write_string(out, part);
    }
    out.push(')');
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        if character.is_alphanumeric() || character == ' ' {
            out.push(character);
        } else {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
        }
    }
    out.push('"');
}

fn refuse(what: &str) -> Error {
    Error::new(
        ErrorKind::BadSerialization,
        format!("{what} cannot be written into a layout"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn literal(value: impl Into<Value>) -> String {
        typst_literal(&value.into()).expect("it has a literal")
    }

    #[test]
    fn plain_values_are_literals_of_their_kind() {
        assert_eq!(literal("Grade 9"), "\"Grade 9\"");
        assert_eq!(literal(true), "true");
        assert_eq!(literal(-3), "(-3)");
        assert_eq!(literal(vec!["a", "b"]), "(\"a\", \"b\", )");
        assert_eq!(literal(minijinja::context! {}), "(:)");
        assert_eq!(
            literal(BTreeMap::from([("a b", vec![1])])),
            "(\"a b\": ((1), ), )"
        );
    }

    #[test]
    fn no_text_leaves_its_quotes() {
        let text = literal("\"#panic(\"pwn\") *b* \\u{41} $x$ `r` //c\n{{ x }}");
        let inside = &text[1..text.len() - 1];
        let left = inside.replace("\\u{", "").replace('}', "");
        assert!(
            left.chars().all(|c| c.is_alphanumeric() || c == ' '),
            "{left}"
        );
    }

    #[test]
    fn the_school_is_looked_up_where_a_text_asks_for_it() {
        assert_eq!(
            literal(format!("For {SCHOOL}\" I")),
            "(\"For \" + json(\"/model.json\").school.name + \"\\u{22} I\")"
        );
    }

    #[test]
    fn a_fraction_has_no_literal() {
        assert!(typst_literal(&Value::from(0.5)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_back_from_typst_as_itself(text in "\\PC{0,40}|[\\x00-\\x7f]{0,40}") {
            use typst::syntax::{ast, parse_code};
            let root = parse_code(&literal(text.as_str()));
            proptest::prop_assert!(root.errors_and_warnings().0.is_empty());
            let code: ast::Code<'_> = root.cast().expect("code");
            let Some(ast::Expr::Str(string)) = code.exprs().next() else {
                panic!("not one string");
            };
            let back = string.get();
            proptest::prop_assert_eq!(back.as_str(), text.as_str());
        }
    }
}
