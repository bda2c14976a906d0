//! A school's new folder: a few commented lines that build on a shipped report, not a copy of it.
//!
//! The folder is well formed as it is made, and prints exactly what its base prints, until its
//! owner takes a comment away.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::folder::is_plain_name;
use super::manifest::{self, Setting, SettingValue};
use super::notices;
use super::problem::{Cause, Problem, TemplateError};
use super::report::Report;

/// The files of a folder of this name that builds on `base`, and is this school's, by state code.
///
/// # Errors
/// A name that a report folder may not have, or that of a report that ships with the program.
pub fn scaffold(
    name: &str,
    base: &Report,
    school: Option<&str>,
) -> Result<BTreeMap<String, String>, TemplateError> {
    if !is_plain_name(name) {
        return Err(Problem::new(name, None, Cause::OddName).into());
    }
    if super::Folder::shipped(name).is_some() {
        return Err(Problem::new(name, None, Cause::ShippedName).into());
    }
    let mut files = BTreeMap::from([
        (manifest::FILE.to_owned(), manifest_of(name, base, school)),
        ("layout.typ.j2".to_owned(), layout_of(base)),
    ]);
    for language in base.languages() {
        files.insert(
            format!("strings.{language}.toml"),
            strings_of(base, language),
        );
    }
    Ok(files)
}

fn manifest_of(name: &str, base: &Report, school: Option<&str>) -> String {
    let schools = match school {
        Some(code) => format!("schools = [{}]", toml::Value::from(code)),
        None => "# schools = [\"19999990100056\"]".to_owned(),
    };
    let mut text = format!(
        "# {name}: a school's own report. It builds on `{base}` and says only what differs.\n\
         # `registrar template check ./{name}` tries it on every sample, in every language.\n\
         \n\
         extends = \"{base}\"\n\
         # The version of the record's model for which the parts in layout.typ.j2 were written.\n\
         model = \"{model}\"\n\
         # Whose report it is, by state code: a document that another school issues is refused,\n\
         # for this folder's crest, profile and wording speak for these alone.\n\
         {schools}\n\
         \n\
         # Every setting of `{base}`, with what it is for. Take the `#` away to change one;\n\
         # a picture is a file in this folder. In a sentence {{{{ school }}}} is the name of the\n\
         # school that issues the document.\n\
         [values]\n",
        base = base.name(),
        model = base.model(),
    );
    for (setting, Setting { about, value, .. }) in base.settings() {
        let value = match value {
            SettingValue::Boolean(value) => value.to_string(),
            SettingValue::Integer(value) => value.to_string(),
            SettingValue::Text(value) => toml::Value::from(value.as_str()).to_string(),
        };
        let _ = write!(text, "\n# {about}\n# {setting} = {value}\n");
    }
    text
}

fn layout_of(base: &Report) -> String {
    format!(
        "{{% extends \"{base}/layout.typ.j2\" %}}\n\
         {{#- A part of the page is replaced by a block of its name, written in Typst:\n\
         \n    {blocks}\n\n\
         Here, for example, a line below the whole legend (`super()` is the part as it was):\n\
         \n    \
         {{% block legend %}}{{{{ super() }}}}\n    \
         #let legend-of-base = legend\n    \
         #let legend(width) = {{ legend-of-base(width); [Go Eagles] }}\n    \
         {{% endblock %}}\n\
         \n\
         What stands in double braces (settings, strings) comes out as a Typst value. The\n\
         student's record is data: `registrar template schema` shows its fields. -#}}\n",
        base = base.name(),
        blocks = base.blocks().join(", "),
    )
}

fn strings_of(base: &Report, language: &str) -> String {
    let mut text = format!(
        "# What the page says in this language ({language}), where it differs from `{}`.\n\
         # Take the `#` away to change an entry; every entry of a [table] stands below its name.\n",
        base.name()
    );
    let mut tables: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    let prefix = format!("strings.{language}.toml: ");
    let texts = base.texts(language);
    for (place, value) in &texts {
        let Some(key) = place.strip_prefix(&prefix) else {
            continue;
        };
        if notices::is_own(key) {
            continue;
        }
        let (table, key) = key.split_once('.').unwrap_or(("", key));
        tables.entry(table).or_default().push((key, value));
    }
    for (table, entries) in tables {
        let _ = writeln!(text);
        if !table.is_empty() {
            let _ = writeln!(text, "# [{table}]");
        }
        for (key, value) in entries {
            let _ = writeln!(text, "# {key} = {}", toml::Value::from(value));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Folder;

    /// The report of a new folder.
    fn report(files: BTreeMap<String, String>) -> Report {
        let bytes = |(name, text): (String, String)| (name, text.into_bytes());
        Report::from_folder(Folder {
            name: "mission-vista".to_owned(),
            files: files.into_iter().map(bytes).collect(),
        })
        .expect("it is well formed")
    }

    #[test]
    fn a_new_folder_prints_what_its_base_prints() {
        for base in Folder::shipped_names() {
            let base = Report::shipped(&base).expect("it ships");
            let school = report(scaffold("mission-vista", &base, None).expect("a folder"));
            for language in base.languages() {
                let [base, school] = [&base, &school].map(|report| {
                    let composed = report.compose(language).expect("it composes");
                    let text = String::from_utf8_lossy(&composed.files["layout.typ"]).into_owned();
                    text.trim().to_owned()
                });
                assert_eq!(base, school);
            }
        }
    }

    #[test]
    fn every_comment_is_a_line_that_can_be_taken_up() {
        let base = Report::shipped("transcript").expect("it ships");
        let mut files = scaffold("mission-vista", &base, None).expect("a folder");
        for text in files.values_mut().filter(|text| !text.starts_with("{%")) {
            let taken = text.lines().map(|line| match line.strip_prefix("# ") {
                Some(entry) if entry.contains(" = ") || entry.starts_with('[') => entry,
                _ => line,
            });
            *text = taken.collect::<Vec<_>>().join("\n");
        }
        let school = report(files);
        assert_eq!(school.settings(), base.settings());
        assert_eq!(school.texts("es"), base.texts("es"));
    }

    #[test]
    fn a_name_is_plain_and_its_own() {
        let base = Report::shipped("transcript").expect("it ships");
        for odd in ["", "Mission Vista", "../x", "transcript"] {
            assert!(scaffold(odd, &base, None).is_err(), "{odd}");
        }
    }
}
