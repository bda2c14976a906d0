//! How copies of issued documents are named: a pattern that the district sets.
//!
//! A name is made of safe characters only, is bounded, and never repeats in one folder. What is
//! wrong with a pattern is said before anything is issued; afterwards every document has a name,
//! for the fields that could make one too long or like another are known only then. What tells who
//! a student is stays out of it, unless the district says otherwise in so many words: names of
//! files are seen in mails, logs and lists of downloads by people who never open the file.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;

/// Bytes of a name without its ending; portals and old file systems take 100 and more.
const NAME_BYTES_MAX: usize = 120;

/// Bytes of the number of a document, and of the `-` before it.
const NUMBER_BYTES: usize = 33;

/// Fields that tell nothing of the student.
const FIELDS: [&str; 4] = ["number", "document", "school", "kind"];
/// Fields that do.
const STUDENT_FIELDS: [&str; 2] = ["student", "name"];

/// `file_name` of `registrar.toml`, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileNames {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(&'static str),
}

/// What one document's name may be made of.
pub(super) struct Named<'a> {
    /// Its place in the batch, from 1.
    pub number: usize,
    pub document: &'a str,
    pub school: &'a str,
    pub kind: &'a str,
    pub student: &'a str,
    pub name: &'a str,
}

impl FileNames {
    /// Reads a pattern such as `transcript-{document}`.
    ///
    /// # Errors
    /// A field that there is not, or that names the student where that is not allowed; a character
    /// that a name may not have; a pattern by which two documents could have one name.
    pub fn parse(pattern: &str, students_named: bool) -> anyhow::Result<Self> {
        let setting = "`file_name` under [transcript] in registrar.toml";
        let mut parts = Vec::new();
        for piece in pattern.split_inclusive('}') {
            let (text, field) = match piece.split_once('{') {
                Some((text, field)) => (text, field.strip_suffix('}')),
                None => (piece, None),
            };
            let odd = text.chars().find(|letter| !is_safe(*letter));
            if let Some(odd) = odd.or((piece.contains('{') && field.is_none()).then_some('{')) {
                anyhow::bail!(
                    "{setting} holds `{odd}`\nhint: letters without accents, digits, `-`, `_` and \
                     `.`, and fields in braces, as in transcript-{{document}}"
                );
            }
            parts.push(Part::Text(text.to_owned()));
            let Some(field) = field else { continue };
            let known = FIELDS
                .iter()
                .chain(&STUDENT_FIELDS)
                .find(|known| **known == field);
            let Some(known) = known else {
                anyhow::bail!(
                    "{setting} has no field `{field}`\nhint: it has {}; with \
                     `file_names_name_students` also {}",
                    FIELDS.join(", "),
                    STUDENT_FIELDS.join(", ")
                );
            };
            anyhow::ensure!(
                students_named || !STUDENT_FIELDS.contains(known),
                "{setting} names the student\nhint: leave `{{{field}}}` out, or set \
                 `file_names_name_students` after reading what it says"
            );
            parts.push(Part::Field(known));
        }
        let begins_with_dot = pattern.starts_with(['.', '-']);
        anyhow::ensure!(
            !begins_with_dot,
            "{setting} begins with `.` or `-`\nhint: begin it with a word"
        );
        let tells_apart = |part: &Part| matches!(part, Part::Field("number" | "document"));
        anyhow::ensure!(
            parts.iter().any(tells_apart),
            "by {setting} two documents could have one name\nhint: put {{document}} or {{number}} \
             into it"
        );
        let fixed = parts.iter().map(|part| match part {
            Part::Text(text) => text.len(),
            Part::Field("document") => NUMBER_BYTES - 1,
            Part::Field(_) => 1,
        });
        let (fixed, bytes_max) = (fixed.sum::<usize>(), NAME_BYTES_MAX - NUMBER_BYTES);
        anyhow::ensure!(
            fixed <= bytes_max,
            "{setting} makes names of {fixed} characters and more, and {bytes_max} are the \
             most\nhint: shorten what stands between its fields"
        );
        Ok(Self { parts })
    }

    /// The names of these documents, without an ending, in their order, none of those that are
    /// taken already. Where a name would be too
    /// long, or that of another one to a file system that knows no case, it is cut and ends with
    /// the document's number.
    pub fn of(&self, documents: &[Named<'_>], taken: &mut BTreeSet<String>) -> Vec<String> {
        let mut names = Vec::with_capacity(documents.len());
        for document in documents {
            let mut name = self.one(document);
            let known = taken.contains(&name.to_ascii_lowercase());
            if known || name.len() > NAME_BYTES_MAX {
                name.truncate(NAME_BYTES_MAX - NUMBER_BYTES);
                name = format!("{name}-{}", safe(document.document));
            }
            taken.insert(name.to_ascii_lowercase());
            names.push(name);
        }
        names
    }

    fn one(&self, document: &Named<'_>) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Field("number") => format!("{:04}", document.number),
            Part::Field("document") => safe(document.document),
            Part::Field("school") => safe(document.school),
            Part::Field("kind") => safe(document.kind),
            Part::Field("student") => safe(document.student),
            Part::Field(_) => safe(document.name),
        });
        let name: String = parts.collect();
        // A field may be what the name begins with; none begins hidden, or like an option.
        let name = name.trim_start_matches(['.', '-']);
        if name.is_empty() {
            "document".to_owned()
        } else {
            name.to_owned()
        }
    }
}

/// Letters without accents, digits and what separates them.
fn is_safe(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

/// A text in safe characters: letters lose their accents, anything else becomes one `_`.
fn safe(text: &str) -> String {
    let mut name = String::new();
    for letter in text.nfkd() {
        if unicode_normalization::char::is_combining_mark(letter) {
            continue;
        }
        if is_safe(letter) && letter != '.' {
            name.push(letter);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Named<'static> = Named {
        number: 7,
        document: "00ff",
        school: "19999990100056",
        kind: "mid_year",
        student: "910/1",
        name: "Zoë O'Neil-Łuk",
    };

    fn named(pattern: &str) -> String {
        let names = FileNames::parse(pattern, true).expect(pattern);
        names.of(&[ONE], &mut BTreeSet::new()).remove(0)
    }

    fn refusal(pattern: &str, students_named: bool) -> String {
        let refused = FileNames::parse(pattern, students_named);
        refused.expect_err(pattern).to_string()
    }

    #[test]
    fn a_pattern_makes_names_of_safe_characters() {
        assert_eq!(named("transcript-{document}"), "transcript-00ff");
        assert_eq!(
            named("{school}_{kind}_{number}"),
            "19999990100056_mid_year_0007"
        );
        assert_eq!(
            named("{name}.{student}.{number}"),
            "Zoe_O_Neil-_uk.910_1.0007"
        );
    }

    #[test]
    fn no_name_leaves_its_folder_or_hides() {
        for hostile in ["../../etc/passwd", ".hidden", "-rf", "", "\u{202e}\0/"] {
            let names = FileNames::parse("{name}{number}", true).expect("a pattern");
            let document = Named {
                name: hostile,
                ..ONE
            };
            let name = names.of(&[document], &mut BTreeSet::new()).remove(0);
            assert!(name.chars().all(is_safe), "{name}");
            assert!(
                !name.starts_with(['.', '-']) && !name.contains(".."),
                "{name}"
            );
        }
    }

    #[test]
    fn a_student_is_named_only_where_the_district_said_so() {
        for field in STUDENT_FIELDS {
            let pattern = format!("{{{field}}}-{{number}}");
            assert!(refusal(&pattern, false).contains("names the student"));
            assert!(FileNames::parse(&pattern, true).is_ok());
        }
    }

    #[test]
    fn a_pattern_that_could_not_work_is_refused_before_anything_is_issued() {
        for (pattern, said) in [
            ("transcript", "could have one name"),
            ("{school}", "could have one name"),
            ("{mark}-{number}", "no field `mark`"),
            ("a/{number}", "holds `/`"),
            ("{number", "holds `{`"),
            ("é{number}", "holds `é`"),
            (".{number}", "begins with"),
            (&"x".repeat(90), "could have one name"),
            (
                &format!("{}-{{number}}", "x".repeat(90)),
                "characters and more",
            ),
        ] {
            let refusal = refusal(pattern, true);
            assert!(refusal.contains(said), "{pattern}: {refusal}");
            assert!(refusal.contains("hint: "), "{pattern}: {refusal}");
        }
    }

    #[test]
    fn every_document_has_a_name_of_its_own_whatever_its_fields_hold() {
        let names = FileNames::parse("{student}{number}", true).expect("a pattern");
        let one = Named {
            student: "1",
            number: 10_001,
            document: "aa",
            ..ONE
        };
        let other = Named {
            student: "11",
            number: 1,
            document: "bb",
            ..ONE
        };
        assert_eq!(
            names.of(&[one, other], &mut BTreeSet::new()),
            ["110001", "110001-bb"]
        );
        let names = FileNames::parse("{name}-{number}", true).expect("a pattern");
        let long = "X".repeat(NAME_BYTES_MAX);
        let document = "0123456789abcdef0123456789abcdef";
        let named = |number| Named {
            name: &long,
            document,
            number,
            ..ONE
        };
        let cut = names.of(&[named(1)], &mut BTreeSet::new()).remove(0);
        assert!(
            cut.len() <= NAME_BYTES_MAX && cut.ends_with(document),
            "{cut}"
        );
        let names = FileNames::parse("{document}", true).expect("a pattern");
        let upper = Named {
            document: "00FF",
            ..ONE
        };
        let made = names.of(&[ONE, upper], &mut BTreeSet::new());
        assert_ne!(made[0].to_lowercase(), made[1].to_lowercase());
    }
}
