//! `docs/package-format.md` says what the program reads: another vendor can rely on it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::sync::LazyLock;

use registrar::intake::ProblemKind;
use registrar::intake::package::{Format, Manifest, Mode, Table, TableDefinition};

const PAGE: &str = "docs/package-format.md";
const TABLES_BEGIN: &str = "--test intake -->\n";
const TABLES_END: &str = "<!-- tables end -->";
const KINDS_BEGIN: &str = "<!-- kinds begin -->\n";
const KINDS_END: &str = "<!-- kinds end -->";

/// The page, which is written first where that is asked for: whole, and before any test reads it.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut page = fs::read_to_string(PAGE).expect("the page is there");
    if registrar::host::environment("REGISTRAR_WRITE_DOCS").is_some() {
        for (begin, end, text) in [
            (TABLES_BEGIN, TABLES_END, tables()),
            (KINDS_BEGIN, KINDS_END, kinds()),
        ] {
            let old = between(&page, begin, end);
            let (old, new) = (format!("{begin}{old}{end}"), format!("{begin}{text}{end}"));
            page = page.replace(&old, &new);
        }
        fs::write(PAGE, &page).expect("the page can be written");
    }
    page
});

fn format(format: &Format) -> String {
    match format {
        Format::Text { characters_max } => format!("text, at most {characters_max} characters"),
        Format::Identifier { characters_max } => {
            format!("identifier, at most {characters_max} characters")
        }
        Format::Digits { characters: 1 } => "one digit".to_owned(),
        Format::Digits { characters } => format!("{characters} digits"),
        Format::State => "state".to_owned(),
        Format::Credits => "credits".to_owned(),
        Format::Percent => "percent".to_owned(),
        Format::DayCount => "days".to_owned(),
        Format::Count => "count".to_owned(),
        Format::Ordinal => "ordinal".to_owned(),
        Format::Language => "language".to_owned(),
        Format::Date => "date".to_owned(),
        Format::Instant => "instant".to_owned(),
        Format::GradeLevel => "grade level".to_owned(),
        Format::SchoolYear => "school year".to_owned(),
        Format::Code(words) => format!("code: `{}`", words.join("`, `")),
    }
}

fn tables() -> String {
    let mut text = String::new();
    for table in Table::ALL {
        let definition = TableDefinition::of(*table);
        let key = definition.key.join("`, `");
        writeln!(text, "\n### `{}`", table.name()).expect("memory");
        writeln!(
            text,
            "{} File `{}`; key `{key}`.\n",
            definition.meaning,
            definition.file()
        )
        .expect("memory");
        text.push_str("| column | format | example | meaning |\n|---|---|---|---|\n");
        for column in &definition.columns {
            let optional = if column.required {
                ""
            } else {
                "; may be empty"
            };
            let (name, format) = (column.name, format(&column.format));
            let example = match column.example {
                "" => "empty".to_owned(),
                example => format!("`{example}`"),
            };
            let meaning = column.meaning;
            writeln!(
                text,
                "| `{name}` | {format}{optional} | {example} | {meaning} |"
            )
            .expect("memory");
        }
        let header: Vec<_> = definition
            .columns
            .iter()
            .map(|column| column.name)
            .collect();
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(&header).expect("memory");
        csv.write_record(definition.columns.iter().map(|column| column.example))
            .expect("memory");
        let csv = String::from_utf8(csv.into_inner().expect("flushed")).expect("UTF-8");
        writeln!(text, "\n```csv\n{csv}```").expect("memory");
    }
    text.push('\n');
    text
}

fn kinds() -> String {
    let kinds = ProblemKind::ALL.iter();
    let rows: String = kinds
        .map(|kind| format!("| `{}` | {} |\n", kind.code(), kind.words()))
        .collect();
    format!("| kind | what it counts |\n|---|---|\n{rows}")
}

fn between<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(begin).expect("the page has the mark");
    rest.split_once(end).expect("the page has the mark").0
}

#[test]
fn the_page_lists_every_table_column_and_kind_of_problem() {
    assert_eq!(between(&TEXT, TABLES_BEGIN, TABLES_END), tables());
    assert_eq!(between(&TEXT, KINDS_BEGIN, KINDS_END), kinds());
}

#[test]
fn the_page_tells_what_each_code_means_and_no_code_that_is_not_read() {
    let lists = between(&TEXT, "## Codes\n", "## What a row may not say").split("\n### ");
    let words = |list: &str| -> Vec<String> {
        let rows = list.lines();
        let codes = rows.filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        codes.map(|(code, _)| code.to_owned()).collect()
    };
    let told: BTreeSet<Vec<String>> = lists.map(words).filter(|it| !it.is_empty()).collect();
    let columns = Table::ALL
        .iter()
        .flat_map(|table| &TableDefinition::of(*table).columns);
    let codes = columns.filter_map(|column| match &column.format {
        Format::Code(words) => Some(words.iter().map(|word| (*word).to_owned()).collect()),
        _ => None,
    });
    let read: BTreeSet<Vec<String>> = codes.collect();
    assert_eq!(told, read);
}

#[test]
fn the_manifest_on_the_page_is_read() {
    let manifest = Manifest::read(between(&TEXT, "```toml\n", "```")).expect("it is right");
    assert_eq!(manifest.tables[&Table::People].file, "students.csv");
    assert_eq!(
        manifest.tables[&Table::Marks].mode_of("19647331931476"),
        Mode::Delta
    );
}

#[test]
fn the_bounds_on_the_page_are_the_program_s() {
    use registrar::intake::{
        CELL_BYTES_MAX, EXPORT_AHEAD_HOURS_MAX, HELD_PERSONS_PER_HUNDRED_MAX, ROW_BYTES_MAX,
        ROW_LINES_MAX, WITHDRAWN_PER_HUNDRED_MAX,
    };
    let bounds = format!(
        "No cell may be longer than {} KiB, no row longer than {} KiB or {ROW_LINES_MAX} lines.",
        CELL_BYTES_MAX / 1024,
        ROW_BYTES_MAX / 1024
    );
    assert!(TEXT.contains(&bounds));
    assert!(TEXT.contains(&format!(
        "holding more than {HELD_PERSONS_PER_HUNDRED_MAX} %"
    )));
    assert!(TEXT.contains(&format!(
        "than {WITHDRAWN_PER_HUNDRED_MAX} % of a school's rows"
    )));
    assert!(TEXT.contains(&format!("than {EXPORT_AHEAD_HOURS_MAX} hours ahead")));
}
