//! Composition: minijinja joins blocks, settings and strings to one Typst layout, once.
//!
//! The language is small on purpose: extends, block, if, for, include and values. What builds text
//! from text (`set`, `macro`, `~`, `+`, `*`) is left out, so that the result can grow only with the
//! source and the fuel. A value comes out as a Typst literal (`literal`); only the text of the
//! template itself, and of the block it replaces (`super()`), is source.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use sha2::{Digest, Sha256};

use super::literal::typst_literal;
use super::overrides::likely;
use super::problem::{Cause, Problem};
use super::strings::Wording;
use super::{COMPOSE_FUEL_MAX, COMPOSED_BYTES_MAX};

/// A report folder composed once: Typst sources and files, ready for many documents.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Composed {
    /// Virtual path (`layout.typ`, `kit.typ`, `logo.png`) to its bytes. `layout.typ` is the entry:
    /// it reads the model with `json("/model.json")`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// SHA-256 over names and bytes of `files`.
    pub digest: [u8; 32],
    /// How it says what the model has in other words; the workers need none of it.
    #[serde(skip)]
    pub wording: Wording,
}

impl Composed {
    /// The files with their digest: each name and each content after its length (64 bits, big
    /// endian), in the order of names.
    pub fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        let mut hash = Sha256::new();
        for (name, bytes) in &files {
            for part in [name.as_bytes(), bytes] {
                hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(part);
            }
        }
        let digest = hash.finalize().into();
        let wording = Wording::default();
        Self {
            files,
            digest,
            wording,
        }
    }
}

/// What comes out of the braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Typst literals.
    Layout,
    /// The text itself, for a setting of the kind prose.
    Prose,
}

/// The environment of one composition: nothing but what is named here.
pub(super) fn environment(output: Output) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(COMPOSE_FUEL_MAX));
    // What a block leaves behind is then known as source, and told apart from a text value.
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("typst".into()));
    environment.add_filter("lower", minijinja::filters::lower);
    environment.add_filter("upper", minijinja::filters::upper);
    environment.add_filter("default", minijinja::filters::default);
    environment.add_test("defined", minijinja::tests::is_defined);
    environment.set_formatter(move |out, _, value: &Value| {
        if value.is_safe() || output == Output::Prose {
            out.write_str(&value.to_string())?;
        } else {
            out.write_str(&typst_literal(value)?)?;
        }
        Ok(())
    });
    environment
}

/// Renders one template within the bounds.
///
/// # Errors
/// What minijinja says, with the template's name as the file.
pub(super) fn render(
    environment: &Environment<'_>,
    name: &str,
    context: &Value,
) -> Result<String, Problem> {
    let mut out = Capped(Vec::new());
    let template = environment
        .get_template(name)
        .map_err(|e| refuse(&e, name))?;
    template
        .render_captured_to(context.clone(), &mut out)
        .map_err(|error| {
            let problem = refuse(&error, name);
            let cause = undefined(&error, context).unwrap_or(problem.cause);
            Problem { cause, ..problem }
        })?;
    String::from_utf8(out.0).map_err(|_| Problem::new(name, None, Cause::NotUtf8))
}

/// A minijinja error as a problem of the file in which it happened.
pub(super) fn refuse(error: &Error, name: &str) -> Problem {
    let mut text = error.kind().to_string();
    if let Some(detail) = error.detail() {
        text = format!("{text}: {detail}");
    }
    let file = error.name().unwrap_or(name);
    Problem::new(file, error.line(), Cause::Composition(text))
}

/// The name that is not defined, with the one beside it that may have been meant.
fn undefined(error: &Error, context: &Value) -> Option<Cause> {
    let detail = error
        .detail()
        .filter(|_| error.kind() == ErrorKind::UndefinedError);
    let name = detail?.split('`').nth(1)?;
    Some(undefined_name(name, context))
}

fn undefined_name(name: &str, context: &Value) -> Cause {
    let (beside, last) = name.rsplit_once('.').unwrap_or(("", name));
    let names = value_of(beside, context).and_then(|value| value.try_iter().ok());
    let names: Vec<String> = names
        .into_iter()
        .flatten()
        .map(|it| it.to_string())
        .collect();
    let whole = |likely: String| match beside {
        "" => likely,
        beside => format!("{beside}.{likely}"),
    };
    Cause::Undefined {
        name: name.to_owned(),
        likely: likely(last, &names).map(whole),
    }
}

/// What a name of the context means: `strings.mark`.
fn value_of(name: &str, context: &Value) -> Option<Value> {
    let mut parts = name.split('.').filter(|part| !part.is_empty());
    let value = parts.try_fold(context.clone(), |value, part| value.get_attr(part).ok());
    value.filter(|value| !value.is_undefined())
}

/// Every setting and string that layouts name and nothing defines, where they do not ask first
/// whether it is defined: minijinja stops at one.
pub(super) fn undefined_names(environment: &Environment<'_>, context: &Value) -> Vec<Problem> {
    const ROOTS: [&str; 3] = ["settings.", "strings.", "report."];
    let mut problems = Vec::new();
    for (file, template) in environment.templates() {
        let names: BTreeSet<String> = template.undeclared_variables(true).into_iter().collect();
        for name in names {
            let is_known = !ROOTS.iter().any(|root| name.starts_with(root));
            if is_known || value_of(&name, context).is_some() {
                continue;
            }
            let is_of_name = |letter: char| letter.is_alphanumeric() || "_.".contains(letter);
            let uses = |tag: &Tag<'_>| tag.inside.split(|it| !is_of_name(it)).any(|it| it == name);
            let mut used = tags(template.source()).filter(uses);
            let asks =
                |tag: &Tag<'_>| tag.inside.contains("defined") || tag.inside.contains("default");
            if let Some(first) = used.next()
                && !asks(&first)
                && !used.any(|tag| asks(&tag))
            {
                let cause = undefined_name(&name, context);
                problems.push(Problem::new(file, Some(first.line), cause));
            }
        }
    }
    problems
}

/// A writer that ends at [`COMPOSED_BYTES_MAX`].
struct Capped(Vec<u8>);

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > COMPOSED_BYTES_MAX {
            let text = format!("the result is larger than {COMPOSED_BYTES_MAX} bytes");
            return Err(io::Error::other(text));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Statements of the composition language.
const STATEMENTS: [&str; 10] = [
    "extends", "block", "endblock", "if", "elif", "else", "endif", "for", "endfor", "include",
];

/// Everything in a source that is outside the composition language.
///
/// This looks at the inside of braces only; whether it is well formed is minijinja's to say.
pub(super) fn check_language(file: &str, source: &str) -> Vec<Problem> {
    let found = tags(source).filter_map(|tag| {
        let word = match tag.close {
            "#}" => None,
            "%}" => statement(tag.inside).or_else(|| operator(tag.inside)),
            _ => operator(tag.inside),
        };
        let cause = Cause::NotComposition(word?);
        Some(Problem::new(file, Some(tag.line), cause))
    });
    found.collect()
}

/// The braces of the composition language with which a tag in this text would begin.
pub(super) fn braces_in(text: &str) -> Option<&'static str> {
    let mut braces = ["{{", "{%", "{#"].into_iter();
    braces.find(|braces| text.contains(braces))
}

/// Where prose asks something of the school's name, which is not known when it is composed.
pub(super) fn check_school(file: &str, prose: &str) -> Option<Problem> {
    let asks = |tag: &Tag<'_>| {
        let inside = tag.inside.trim_matches(['-', '+']).trim();
        let mut quote = None;
        let unquoted = |letter: char| match quote {
            Some(open) => {
                quote = (letter != open).then_some(open);
                '"'
            }
            None => {
                quote = matches!(letter, '"' | '\'').then_some(letter);
                letter
            }
        };
        let code: String = inside.chars().map(unquoted).collect();
        let is_of_name = |it: char| it.is_alphanumeric() || it == '_' || it == '.';
        let mut words = code.split(|it| !is_of_name(it));
        let asks = words.any(|word| word == "school" || word.starts_with("school."));
        tag.close != "#}" && asks && !(tag.close == "}}" && inside == "school")
    };
    let tag = tags(prose).find(asks)?;
    Some(Problem::new(file, Some(tag.line), Cause::OfOneSchool))
}

/// A tag of the composition language.
pub(super) struct Tag<'a> {
    /// How it ends, and so what it is: `}}` a value, `%}` a statement, `#}` a comment.
    pub close: &'static str,
    /// What stands between its braces.
    pub inside: &'a str,
    /// The line on which it begins.
    pub line: usize,
}

/// The tags of a source, in their order.
pub(super) fn tags(source: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let open = at + source[at..].find('{')?;
            let close = match source.as_bytes().get(open + 1) {
                Some(b'{') => "}}",
                Some(b'%') => "%}",
                Some(b'#') => "#}",
                _ => {
                    at = open + 1;
                    continue;
                }
            };
            let inside = &source[open + 2..];
            let inside = &inside[..end_of_tag(inside, close)];
            at = (open + 2 + inside.len() + 2).min(source.len());
            let line = source[..open].matches('\n').count() + 1;
            return Some(Tag {
                close,
                inside,
                line,
            });
        }
    })
}

/// Where the tag ends; a closing brace in quotes does not end it, except in a comment.
fn end_of_tag(inside: &str, close: &str) -> usize {
    let mut quote = None;
    for (at, character) in inside.char_indices() {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if inside[at..].starts_with(close) => return at,
            None if close != "#}" && matches!(character, '"' | '\'') => quote = Some(character),
            None => {}
        }
    }
    inside.len()
}

fn statement(inside: &str) -> Option<String> {
    let word = inside
        .trim_start_matches(['-', '+'])
        .split_whitespace()
        .next();
    let word = word.unwrap_or_default().trim_end_matches('-');
    (!STATEMENTS.contains(&word)).then(|| word.to_owned())
}

/// An operator that builds text from text, outside quotes.
fn operator(inside: &str) -> Option<String> {
    let mut quote = None;
    let inside = inside.trim_matches(['-', '+']);
    for character in inside.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '~' | '+' | '*' | '\\') | (Some(_), '\\') => return Some(character.to_string()),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn composed(source: &'static str, context: Value) -> Result<String, Problem> {
        let mut environment = environment(Output::Layout);
        environment
            .add_template("t", source)
            .map_err(|error| refuse(&error, "t"))?;
        render(&environment, "t", &context)
    }

    #[test]
    fn a_value_comes_out_as_a_literal_and_the_template_as_it_is() {
        let source = "#let s = {{ s }}\n{% if s.on %}#text(fill: red)[x]{% endif %}";
        let context = context! { s => context! { on => true, name => "#eval(\"1\")" } };
        assert_eq!(
            composed(source, context).expect("it composes"),
            "#let s = (\"on\": true, \"name\": \"\\u{23}eval\\u{28}\\u{22}1\\u{22}\\u{29}\", )\n\
             #text(fill: red)[x]"
        );
    }

    #[test]
    fn an_unknown_name_is_an_error_with_its_line() {
        let problem = composed(
            "\n\n{{ settings.acent }}",
            context! { settings => context! { accent => "#000000", logo => "" } },
        )
        .expect_err("undefined");
        assert_eq!(problem.line, Some(3));
        assert_eq!(problem.cause.to_string(), "`settings.acent` is not defined");
        assert_eq!(problem.cause.hint(), "did you mean `settings.accent`?");
    }

    #[test]
    fn filters_that_call_a_text_safe_do_not_exist() {
        for source in [
            "{{ x|safe }}",
            "{{ x|tojson }}",
            "{{ x|escape }}",
            "{{ x|e }}",
        ] {
            assert!(
                composed(source, context! { x => "#panic()" }).is_err(),
                "{source}"
            );
        }
    }

    #[test]
    fn work_and_size_are_bounded() {
        let loops = "{% for a in x %}{% for b in x %}{% for c in x %}{% for d in x %}.\
                     {% endfor %}{% endfor %}{% endfor %}{% endfor %}";
        let context = context! { x => vec![0; 100] };
        assert!(composed(loops, context).is_err());
        let large = context! { x => vec!["#".repeat(1000); 100] };
        let problem = composed("{% for a in x %}{{ a }}{% endfor %}", large).expect_err("large");
        assert!(problem.to_string().contains("write"), "{problem}");
    }

    #[test]
    fn what_builds_text_from_text_is_outside_the_language() {
        let source = "{# {{ it's a ~ b }} #}{{ 'a~b' }}\n{% set x = 1 %}\n{{ '}}' ~ a }}\n\
                      {%- macro m() -%}\n{{ a * 9 }}";
        let problems = check_language("t", source);
        let found: Vec<_> = problems.iter().map(|p| (p.line, p.cause.clone())).collect();
        let not = |word: &str| Cause::NotComposition(word.to_owned());
        assert_eq!(
            found,
            [
                (Some(2), not("set")),
                (Some(3), not("~")),
                (Some(4), not("macro")),
                (Some(5), not("*"))
            ]
        );
    }
}
