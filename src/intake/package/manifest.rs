//! `manifest.toml`: who sends, for which schools, and what each table holds.
//!
//! The file is walked with its positions instead of being deserialised, so that everything that is
//! wrong with it is told at once, with the line.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::Timestamp;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::cell::{Cell, Identifier, nearest, read_instant};
use super::{FORMAT, MANIFEST, TableDefinition};
use crate::intake::{Problem, ProblemKind};
use crate::store::Table;

/// The largest manifest, in bytes: every school of a large state, and an exception for each.
pub const MANIFEST_BYTES_MAX: u64 = 1024 * 1024;

/// How many problems of a manifest are told; after so many the rest is not looked at.
pub const MANIFEST_PROBLEMS_MAX: usize = 100;

/// How many schools a package may speak for.
pub const SCHOOLS_MAX: usize = 20_000;

/// The earliest export, 2000-01-01: what claims to be older comes from a clock that was never set.
const EXPORTED_AT_MIN: Timestamp = Timestamp::constant(946_684_800, 0);

/// How long the name of a source may be.
pub(super) const SOURCE_CHARACTERS_MAX: usize = 64;

/// What a package says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The sending system: rows of two sources never replace each other.
    pub source: String,
    /// The district, by its code.
    pub district: String,
    /// When the sending system wrote the package.
    pub exported_at: Timestamp,
    /// For whom the package speaks.
    pub schools: Schools,
    /// The tables that it holds; only these are read.
    pub tables: BTreeMap<Table, ManifestTable>,
}

/// For which schools a package speaks; a row of another one is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schools {
    /// Every school of the package's own `schools` table and, where that is full, every school of
    /// the source that stands in the records; written `["*"]`.
    Every,
    /// These, by state code.
    Named(BTreeSet<String>),
}

/// What a table of a package holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestTable {
    /// Whether it holds all rows or only changed ones.
    pub mode: Mode,
    /// The file's name in the folder.
    pub file: String,
    /// The schools of which it holds something else.
    pub schools: BTreeMap<String, Mode>,
}

/// Whether a table holds all rows of a school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All rows: one that is not there any more is withdrawn.
    Full,
    /// Only new, changed and withdrawn rows.
    Delta,
}

impl Mode {
    /// The word in the manifest.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Delta => "delta",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Full, Self::Delta]
            .into_iter()
            .find(|mode| mode.word() == word)
    }
}

impl ManifestTable {
    /// A table of this mode for all schools, in the file of its own name.
    pub fn new(table: Table, mode: Mode) -> Self {
        Self {
            mode,
            file: TableDefinition::of(table).file(),
            schools: BTreeMap::new(),
        }
    }

    /// The mode for one school.
    pub fn mode_of(&self, school: &str) -> Mode {
        self.schools.get(school).copied().unwrap_or(self.mode)
    }

    /// Whether the rows of any school are a delta, so that a row may be taken back.
    pub fn has_delta(&self) -> bool {
        self.mode == Mode::Delta || self.schools.values().any(|mode| *mode == Mode::Delta)
    }
}

/// Reads an identifier that may not be empty.
fn identifier<const MAX: usize>(text: &str) -> Result<String, String> {
    match Identifier::<MAX>::read(text) {
        Ok(text) if !text.is_empty() => Ok(text),
        Ok(_) => Err("is empty".to_owned()),
        Err(fault) => Err(fault.message),
    }
}

impl Manifest {
    /// The same manifest of another source.
    ///
    /// # Errors
    /// What is wrong with the source, which is read as the manifest's own is.
    pub fn with_source(self, source: &str) -> Result<Self, String> {
        let source = identifier::<SOURCE_CHARACTERS_MAX>(source)?;
        Ok(Self { source, ..self })
    }

    /// The file that holds a table; for a table that the package lacks, the one that would.
    pub fn file_of(&self, table: Table) -> String {
        let entry = self.tables.get(&table);
        entry.map_or_else(
            || format!("{}.csv", table.name()),
            |entry| entry.file.clone(),
        )
    }

    /// Reads the text of a manifest.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(text: &str) -> Result<Self, Vec<Problem>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut walk = Walk::new(text);
        for error in errors.into_iter().take(MANIFEST_PROBLEMS_MAX) {
            let span = error.span().unwrap_or(0..0);
            let hint = "docs/package-format.md shows a manifest";
            let problem = Problem::new(ProblemKind::ManifestSyntax, MANIFEST, error.message());
            walk.problems
                .push(problem.at(walk.line(&span)).with_hint(hint));
        }
        if walk.problems.is_empty()
            && let Some(manifest) = walk.manifest(table.get_ref())
            && walk.problems.is_empty()
        {
            return Ok(manifest);
        }
        if walk.problems.len() >= MANIFEST_PROBLEMS_MAX {
            let message = format!("after {MANIFEST_PROBLEMS_MAX} problems the rest is not told");
            let problem = Problem::new(ProblemKind::ManifestInvalid, MANIFEST, message);
            let hint = "correct these first: so many have one cause";
            walk.problems.push(problem.with_hint(hint));
        }
        Err(walk.problems)
    }

    /// The text of the manifest.
    pub fn to_toml(&self) -> String {
        let mut root = toml::Table::new();
        root.insert("format".into(), FORMAT.into());
        root.insert("source".into(), self.source.as_str().into());
        root.insert("district".into(), self.district.as_str().into());
        root.insert("exported_at".into(), self.exported_at.to_string().into());
        let schools: Vec<String> = match &self.schools {
            Schools::Every => vec!["*".to_owned()],
            Schools::Named(schools) => schools.iter().cloned().collect(),
        };
        root.insert("schools".into(), schools.into());
        let mut tables = toml::Table::new();
        for (table, entry) in &self.tables {
            tables.insert(table.name().into(), entry.to_toml(*table).into());
        }
        root.insert("tables".into(), tables.into());
        root.to_string()
    }
}

impl ManifestTable {
    fn to_toml(&self, table: Table) -> toml::Table {
        let mut entry = toml::Table::new();
        entry.insert("mode".into(), self.mode.word().into());
        if self.file != TableDefinition::of(table).file() {
            entry.insert("file".into(), self.file.as_str().into());
        }
        if !self.schools.is_empty() {
            let schools = self.schools.iter();
            let schools: toml::Table = schools
                .map(|(school, mode)| (school.clone(), mode.word().into()))
                .collect();
            entry.insert("schools".into(), schools.into());
        }
        entry
    }
}

type Entry<'a, 'i> = Option<&'a Spanned<DeValue<'i>>>;

/// One pass over a manifest, gathering what is wrong.
struct Walk {
    /// Where each line but the first begins.
    line_starts: Vec<usize>,
    problems: Vec<Problem>,
}

impl Walk {
    fn new(text: &str) -> Self {
        let line_starts = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        Self {
            line_starts,
            problems: Vec::new(),
        }
    }

    fn manifest(&mut self, root: &DeTable<'_>) -> Option<Manifest> {
        const KEYS: [&str; 6] = [
            "format",
            "source",
            "district",
            "exported_at",
            "schools",
            "tables",
        ];
        self.known_keys(root, &KEYS, "");
        let format = self.text(root.get("format"), "format", FORMAT);
        if let Some((span, format)) = format.filter(|(_, format)| format != FORMAT) {
            let message = format!("\"{format}\" is not a format that can be read");
            self.refuse(&span, "format", &message, &format!("write {FORMAT}"));
        }
        let source =
            self.identifier::<SOURCE_CHARACTERS_MAX>(root.get("source"), "source", "aeries");
        let district = self.identifier::<16>(root.get("district"), "district", "1964733");
        let exported_at = self.instant(root.get("exported_at"));
        let schools = self.schools(root.get("schools"));
        let tables = self.tables(root.get("tables"), schools.as_ref());
        Some(Manifest {
            source: source?,
            district: district?,
            exported_at: exported_at?,
            schools: schools?,
            tables: tables?,
        })
    }

    fn schools(&mut self, entry: Entry<'_, '_>) -> Option<Schools> {
        let hint =
            "write schools = [\"19647331930361\"], or [\"*\"] for every school of schools.csv";
        let Some(entry) = entry else {
            self.refuse(&(0..0), "schools", "is missing", hint);
            return None;
        };
        let span = entry.span();
        let Some(list) = entry.get_ref().as_array().filter(|list| !list.is_empty()) else {
            self.refuse(&span, "schools", "is not a list of codes", hint);
            return None;
        };
        if list.len() > SCHOOLS_MAX {
            let message = format!("names more than {SCHOOLS_MAX} schools");
            self.refuse(&span, "schools", &message, "send several packages");
            return None;
        }
        let mut schools = BTreeSet::new();
        for school in list.iter() {
            let code = self.identifier::<20>(Some(school), "schools", "19647331930361");
            let Some(code) = code else { continue };
            let message = format!("names {code} twice");
            if !schools.insert(code) {
                let hint = "name each school once";
                self.refuse(&school.span(), "schools", &message, hint);
            }
        }
        if !schools.contains("*") {
            return Some(Schools::Named(schools));
        }
        if schools.len() > 1 {
            let message = "names single schools beside \"*\"";
            self.refuse(&span, "schools", message, hint);
        }
        Some(Schools::Every)
    }

    fn tables(
        &mut self,
        entry: Entry<'_, '_>,
        schools: Option<&Schools>,
    ) -> Option<BTreeMap<Table, ManifestTable>> {
        let hint = "write [tables.marks] and below it mode = \"full\"";
        let Some(entry) = entry else {
            self.refuse(&(0..0), "tables", "is missing", hint);
            return None;
        };
        let Some(list) = entry.get_ref().as_table().filter(|list| !list.is_empty()) else {
            self.refuse(&entry.span(), "tables", "names no table", hint);
            return None;
        };
        let names: Vec<_> = Table::ALL.iter().map(|table| table.name()).collect();
        self.known_keys(list, &names, "tables.");
        let mut tables = BTreeMap::new();
        for table in Table::ALL {
            if let Some(entry) = list.get(table.name()) {
                tables.extend(
                    self.table(*table, entry, schools)
                        .map(|entry| (*table, entry)),
                );
            }
        }
        self.distinct_files(&tables, &entry.span());
        if schools == Some(&Schools::Every) && list.get("schools").is_none() {
            let message = "schools = [\"*\"] without a schools table";
            let hint = "add [tables.schools], or name the schools";
            self.refuse(&entry.span(), "tables", message, hint);
        }
        Some(tables)
    }

    fn table(
        &mut self,
        table: Table,
        entry: &Spanned<DeValue<'_>>,
        schools: Option<&Schools>,
    ) -> Option<ManifestTable> {
        let key = format!("tables.{}", table.name());
        let Some(entries) = entry.get_ref().as_table() else {
            let hint = format!("write [{key}] and below it mode = \"full\"");
            self.refuse(&entry.span(), &key, "is not a table", &hint);
            return None;
        };
        self.known_keys(entries, &["mode", "file", "schools"], &format!("{key}."));
        let mode = match entries.get("mode") {
            Some(mode) => self.mode(mode, &format!("{key}.mode")),
            None => {
                let hint = "write mode = \"full\" or mode = \"delta\"";
                self.refuse(&entry.span(), &key, "has no mode", hint);
                None
            }
        };
        let file = match entries.get("file") {
            Some(file) => self.file(file, &format!("{key}.file")),
            None => Some(TableDefinition::of(table).file()),
        };
        let exceptions = self.exceptions(entries.get("schools"), &key, schools);
        Some(ManifestTable {
            mode: mode?,
            file: file?,
            schools: exceptions?,
        })
    }

    fn mode(&mut self, entry: &Spanned<DeValue<'_>>, key: &str) -> Option<Mode> {
        let mode = entry.get_ref().as_str().and_then(Mode::of);
        if mode.is_none() {
            let hint = "write \"full\" or \"delta\"";
            self.refuse(&entry.span(), key, "is not a mode", hint);
        }
        mode
    }

    fn file(&mut self, entry: &Spanned<DeValue<'_>>, key: &str) -> Option<String> {
        let name = entry.get_ref().as_str().unwrap_or_default();
        let plain = Identifier::<100>::read(name).is_ok()
            && name.to_ascii_lowercase().ends_with(".csv")
            && !name.starts_with('.')
            && !name.contains(['/', '\\', ':']);
        if plain {
            return Some(name.to_owned());
        }
        let message = "is not the name of a CSV file in the folder";
        let hint = "write a name such as marks.csv, without a folder";
        self.refuse(&entry.span(), key, message, hint);
        None
    }

    fn exceptions(
        &mut self,
        entry: Entry<'_, '_>,
        key: &str,
        schools: Option<&Schools>,
    ) -> Option<BTreeMap<String, Mode>> {
        let Some(entry) = entry else {
            return Some(BTreeMap::new());
        };
        let key = format!("{key}.schools");
        let Some(list) = entry.get_ref().as_table() else {
            let hint = "write \"19647331931476\" = \"delta\" below it";
            self.refuse(&entry.span(), &key, "is not a table", hint);
            return None;
        };
        let mut exceptions = BTreeMap::new();
        for (school, mode) in list {
            let name: &str = school.get_ref();
            if matches!(schools, Some(Schools::Named(named)) if !named.contains(name)) {
                let message = format!("names the school {name}, which is not among schools");
                let hint = "add it to schools, or remove the exception";
                self.refuse(&school.span(), &key, &message, hint);
            }
            let mode = self.mode(mode, &format!("{key}.{name}"));
            exceptions.extend(mode.map(|mode| (name.to_owned(), mode)));
        }
        Some(exceptions)
    }

    fn distinct_files(&mut self, tables: &BTreeMap<Table, ManifestTable>, span: &Range<usize>) {
        let mut seen = BTreeSet::new();
        for (table, entry) in tables {
            if !seen.insert(entry.file.to_ascii_lowercase()) {
                let key = format!("tables.{}", table.name());
                let message = format!("{} is already the file of another table", entry.file);
                let hint = "give each table its own file";
                self.refuse(span, &key, &message, hint);
            }
        }
    }

    fn known_keys(&mut self, table: &DeTable<'_>, known: &[&str], prefix: &str) {
        for (key, _) in table {
            let name: &str = key.get_ref();
            if self.problems.len() >= MANIFEST_PROBLEMS_MAX {
                return;
            }
            if known.contains(&name) {
                continue;
            }
            let hint = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("known here: {}", known.join(", ")),
            };
            let key_name = format!("{prefix}{name}");
            self.refuse(&key.span(), &key_name, "is not known", &hint);
        }
    }

    fn text(
        &mut self,
        entry: Entry<'_, '_>,
        key: &str,
        example: &str,
    ) -> Option<(Range<usize>, String)> {
        let hint = format!("write {key} = \"{example}\"");
        let Some(entry) = entry else {
            self.refuse(&(0..0), key, "is missing", &hint);
            return None;
        };
        match entry.get_ref().as_str() {
            Some(text) => Some((entry.span(), text.to_owned())),
            None => {
                let message = "is not text in quotation marks";
                self.refuse(&entry.span(), key, message, &hint);
                None
            }
        }
    }

    fn identifier<const MAX: usize>(
        &mut self,
        entry: Entry<'_, '_>,
        key: &str,
        example: &str,
    ) -> Option<String> {
        let (span, text) = self.text(entry, key, example)?;
        let fault = match identifier::<MAX>(&text) {
            Ok(text) => return Some(text),
            Err(fault) => fault,
        };
        let hint = format!("write it such as {example}");
        self.refuse(&span, key, &fault, &hint);
        None
    }

    fn instant(&mut self, entry: Entry<'_, '_>) -> Option<Timestamp> {
        let example = "2026-06-12T18:00:00-07:00";
        let unquoted = entry.and_then(|entry| Some((entry.span(), entry.get_ref().as_datetime()?)));
        let (span, text) = match unquoted {
            Some((span, instant)) => (span, instant.to_string()),
            None => self.text(entry, "exported_at", example)?,
        };
        let instant = read_instant(&text);
        let message = match instant {
            None => "is not an instant with its offset from UTC",
            Some(instant) if instant < EXPORTED_AT_MIN => "is before any export was written",
            Some(_) => return instant,
        };
        let hint = format!("such as {example}");
        self.refuse(&span, "exported_at", message, &hint);
        None
    }

    fn refuse(&mut self, span: &Range<usize>, key: &str, message: &str, hint: &str) {
        if self.problems.len() >= MANIFEST_PROBLEMS_MAX {
            return;
        }
        let problem = Problem::new(ProblemKind::ManifestInvalid, MANIFEST, message);
        let problem = problem.in_column(crate::intake::shown(key)).with_hint(hint);
        self.problems.push(problem.at(self.line(span)));
    }

    fn line(&self, span: &Range<usize>) -> u64 {
        let before = self
            .line_starts
            .partition_point(|start| *start <= span.start);
        1 + before as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
format = "registrar-package/1"
source = "aeries"
district = "1964733"
exported_at = "2026-06-12T18:00:00-07:00"
schools = ["19647331930361", "19647331931476"]
[tables.marks]
mode = "full"
[tables.marks.schools]
"19647331931476" = "delta"
[tables.people]
mode = "delta"
file = "students.csv"
"#;

    fn messages(text: &str) -> Vec<String> {
        let problems = Manifest::read(text).expect_err("refused");
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_manifest_is_read_and_written_back() {
        let manifest = Manifest::read(WHOLE).expect("read");
        let marks = &manifest.tables[&Table::Marks];
        assert_eq!(marks.mode_of("19647331930361"), Mode::Full);
        assert_eq!(marks.mode_of("19647331931476"), Mode::Delta);
        assert_eq!(marks.file, "marks.csv");
        assert_eq!(manifest.exported_at.to_string(), "2026-06-13T01:00:00Z");
        assert_eq!(Manifest::read(&manifest.to_toml()), Ok(manifest));
    }

    #[test]
    fn everything_that_is_wrong_with_a_manifest_is_told_at_once() {
        let text = r#"
format = "registrar-package/9"
sourc = "aeries"
district = 1964733
exported_at = "2026-06-12"
schools = ["A", "A", "*"]
[tables.mark]
mode = "full"
[tables.marks]
mode = "ful"
file = "../marks.csv"
"#;
        insta::assert_snapshot!(messages(text).join("\n"));
    }

    #[test]
    fn an_export_of_a_clock_that_was_never_set_is_refused() {
        for (year, told) in [
            ("1970", true),
            ("1999", true),
            ("2000", false),
            ("-009999", true),
        ] {
            let text = WHOLE.replace("2026-06-12T18", &format!("{year}-06-12T18"));
            assert_eq!(Manifest::read(&text).is_err(), told, "{year}");
        }
    }

    #[test]
    fn an_empty_manifest_names_what_it_lacks() {
        insta::assert_snapshot!(messages("").join("\n"));
    }

    #[test]
    fn what_is_not_toml_is_told_by_line() {
        insta::assert_snapshot!(messages("format = \"a\nsource=\n").join("\n"));
    }

    #[test]
    fn two_tables_never_share_a_file_and_a_star_needs_the_schools() {
        let text = WHOLE.replace("students.csv", "MARKS.csv");
        assert!(messages(&text)[0].contains("already the file of another table"));
        let text = WHOLE.replace("[\"19647331930361\", \"19647331931476\"]", "[\"*\"]");
        assert!(messages(&text)[0].contains("without a schools table"));
    }
}
