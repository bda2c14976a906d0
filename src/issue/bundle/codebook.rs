//! What each column of each file of a bundle means: its type, its unit, its words.

use super::folder::Staged;
use super::{BundleError, CELLS, INPUT_COLUMNS, INPUTS, LAST_DAYS, LISTS, REPORT, ROW_COLUMNS};
use super::{CELL_COLUMNS, EARLIER_YEARS, RECONCILIATION, ROWS, cells, tables};
use super::{kinds_of, line};
use crate::compliance::decree::{Decree, Outcome};
use crate::compliance::measure::{ENTERED, LAST_DAY_COLUMNS, list_heading};
use crate::compliance::{DiscrepancyKind, Field, FieldType};
use crate::intake::package::{Format, TableDefinition};
use crate::issue::reconciliation::RECONCILIATION_COLUMNS;

const COLUMNS: [&str; 6] = ["file", "column", "meaning", "type", "unit", "codes"];

pub(super) fn write(decree: &Decree, staged: &mut Staged) -> Result<(), BundleError> {
    let mut book = line(COLUMNS);
    for outcome in &decree.outcomes {
        of_list(outcome, &mut book);
    }
    for outcome in &decree.outcomes {
        let file = format!("{LAST_DAYS}/{}.csv", outcome.text.id);
        for column in LAST_DAY_COLUMNS {
            own(&mut book, &file, column, "");
        }
    }
    for kind in kinds_of(decree) {
        let file = format!("{INPUTS}/{}.csv", kind.word());
        for column in INPUT_COLUMNS {
            own(&mut book, &file, column, "");
        }
        for field in kind.fields() {
            of_field(&mut book, &file, field);
        }
        let file = format!("{ROWS}/{}.csv", kind.word());
        for column in ROW_COLUMNS {
            own(&mut book, &file, column, "");
        }
    }
    for table in cells::tables() {
        of_table(table, &mut book);
    }
    for (file, columns) in [
        (REPORT, &["name", "value"][..]),
        ("schools.csv", &tables::SCHOOL_COLUMNS),
        ("calendars.csv", &tables::CALENDAR_COLUMNS),
        ("days.csv", &tables::DAY_COLUMNS),
        ("held.csv", &tables::HELD_COLUMNS),
        (RECONCILIATION, &RECONCILIATION_COLUMNS),
        (EARLIER_YEARS, &tables::EARLIER_COLUMNS),
        ("codebook.csv", &COLUMNS),
    ] {
        for column in columns {
            own(&mut book, file, column, "");
        }
    }
    staged.add("codebook.csv", &book)
}

/// The list of an outcome: what became of a case, then the fields of its kind.
fn of_list(outcome: &Outcome, book: &mut Vec<u8>) {
    let file = format!("{LISTS}/{}.csv", outcome.text.id);
    let heading = list_heading(outcome);
    let heading = String::from_utf8_lossy(&heading);
    let fields = outcome.text.unit.fields();
    let columns: Vec<&str> = heading.trim_end().split(',').collect();
    let before = columns.len() - fields.len();
    let exclusions = outcome.text.exclusions.iter().map(|it| &*it.code);
    let classes: Vec<&str> = outcome.text.class_names().chain(exclusions).collect();
    for column in &columns[..before] {
        let codes = match *column {
            "class" => classes.join(" "),
            _ => String::new(),
        };
        own(book, &file, column, &codes);
    }
    for field in fields {
        of_field(book, &file, field);
    }
}

fn of_field(book: &mut Vec<u8>, file: &str, field: &Field) {
    let (of, unit, codes) = match field.of {
        FieldType::Date => ("date", "", String::new()),
        FieldType::Days => ("decimal", "days", String::new()),
        FieldType::Count => ("integer", "", String::new()),
        FieldType::Percent => ("decimal", "percent", String::new()),
        FieldType::Flag => ("code", "", "yes no".to_owned()),
        FieldType::Code(words) => ("code", "", words.join(" ")),
        FieldType::Text => ("text", "", String::new()),
    };
    book.extend(line([file, field.name, field.meaning, of, unit, &codes]));
}

/// The columns of a table's rows.
fn of_table(table: &TableDefinition, book: &mut Vec<u8>) {
    let file = format!("{CELLS}/{}.csv", table.table.name());
    for column in CELL_COLUMNS {
        own(book, &file, column, "");
    }
    for column in cells::columns(table) {
        let (of, unit, codes) = match &column.format {
            Format::Date => ("date", "", String::new()),
            Format::Instant => ("instant", "", String::new()),
            Format::DayCount => ("decimal", "days", String::new()),
            Format::Percent => ("decimal", "percent", String::new()),
            Format::Credits => ("decimal", "credits", String::new()),
            Format::Count | Format::Ordinal => ("integer", "", String::new()),
            Format::Code(words) => ("code", "", words.join(" ")),
            _ => ("text", "", String::new()),
        };
        let meaning = match cells::is_numbered(column) {
            true => format!("{} Under a number of the district's key.", column.meaning),
            false => column.meaning.to_owned(),
        };
        book.extend(line([&*file, column.name, &meaning, of, unit, &codes]));
    }
}

/// A column that is not a field of a case.
fn own(book: &mut Vec<u8>, file: &str, column: &str, codes: &str) {
    let of_list = file.starts_with(LISTS);
    // What another system says has the columns of what is counted, once more.
    let of_other = file == RECONCILIATION && column.starts_with("other_");
    let named = column.strip_prefix("other_").filter(|_| of_other);
    let (meaning, of, unit) = match named.unwrap_or(column) {
        "field" => ("What the systems disagree about.", "code", ""),
        "value" if file == RECONCILIATION && of_other => {
            ("What another system, or another row, says.", "text", "")
        }
        "value" if file == RECONCILIATION => (
            "What the system says whose row counts, or that there is no such row.",
            "text",
            "",
        ),
        "case" => ("What names the case, the same in every file.", "text", ""),
        "recorded_at" => ("Since when the row says what it says.", "instant", ""),
        "person" => (
            "The person's number under the district's key, the same in every file.",
            "text",
            "",
        ),
        "cases" => ("How many.", "integer", ""),
        "outcome" => ("The outcome, by its number.", "text", ""),
        "group" => (
            "The group, of an outcome that compares groups; of all, where it is empty.",
            "code",
            "",
        ),
        "sum" => (
            "What an outcome that adds a field up adds up over them, in thousandths of days or \
             percent; else 0.",
            "integer",
            "",
        ),
        "threshold" => ("The share of the outcome, by its word.", "code", ""),
        "in_time" => ("Whether it was done by the last day.", "code", ""),
        "tolled" => (
            "The same where long vacations stop the clock; of counted cases.",
            "code",
            "",
        ),
        "untolled" => (
            "The same where nothing stops the clock; of counted cases.",
            "code",
            "",
        ),
        "entered" => (
            "Of a case that reaches the share: whether that was on record by the last day.",
            "code",
            "",
        ),
        "counted" => ("Whether the outcome counts the case.", "code", ""),
        "class" if of_list || file == EARLIER_YEARS => (
            "The class of a counted case, or the reason of an excluded one.",
            "code",
            "",
        ),
        "reason" => (
            "rule_holds, no_rule_holds, or unknown: and the fields that the records do not say; \
             rule_holds, unknown: where a rule before it asks for them.",
            "text",
            "",
        ),
        "days" => (
            "What the outcome's clock counted from begin to end.",
            "decimal",
            "days",
        ),
        "tolled_days" => (
            "The same where long vacations stop the clock.",
            "decimal",
            "days",
        ),
        "untolled_days" => ("The same where nothing stops the clock.", "decimal", "days"),
        "due_on" => ("The last day in time.", "date", ""),
        "table" => (
            "The table of the import format that the row is of.",
            "code",
            "",
        ),
        "row" => (
            "The number of the row, under the district's key; the same in rows/ and cells/.",
            "text",
            "",
        ),
        "source" => ("The sending system.", "text", ""),
        "import" => (
            "The number of the import that brought the row.",
            "integer",
            "",
        ),
        "file" if file == "codebook.csv" => ("The file of this bundle.", "text", ""),
        "file" => ("The file of the package that was imported.", "text", ""),
        "line" => ("The line in that file.", "integer", "lines"),
        "name" if file == REPORT => ("What is told.", "text", ""),
        "name" => (
            "The name of the school, or of the days in its calendar.",
            "text",
            "",
        ),
        "value" => (
            "What it is; dates as 2026-06-12, instants in UTC.",
            "text",
            "",
        ),
        "school" => ("The school's state code.", "text", ""),
        "kind" => ("What the school teaches, or what the days are.", "code", ""),
        "charter" => ("Whether it is a charter school.", "code", ""),
        "local_district" => ("The part of the district that it belongs to.", "text", ""),
        "begins_on" => ("First day.", "date", ""),
        "ends_on" => ("Last day.", "date", ""),
        "used" => ("Whether clocks went by the row: yes or no.", "code", ""),
        "day" => ("A day.", "date", ""),
        "number" => ("Its number, one more each day.", "integer", "days"),
        "weekday" => ("1 is Monday, 7 is Sunday.", "integer", ""),
        "since" => (
            "Since when the person is held, when the bundle was made.",
            "instant",
            "",
        ),
        "problem" => (
            "The code of what is wrong; held_back beside a refused row.",
            "code",
            "",
        ),
        "column" => ("The column.", "text", ""),
        "meaning" => ("What it means.", "text", ""),
        "type" => ("text, code, date, integer, decimal or instant.", "code", ""),
        "unit" => ("In which unit it is counted.", "text", ""),
        "codes" => (
            "The words that may stand there, apart by spaces.",
            "text",
            "",
        ),
        // The test of the codebook finds a column without a meaning.
        _ => ("", "", ""),
    };
    let kinds = DiscrepancyKind::ALL.iter().map(|it| it.word());
    let kinds = kinds.collect::<Vec<_>>().join(" ");
    let entered = ENTERED.join(" ");
    let codes = match column {
        "in_time" | "tolled" | "untolled" => "yes no",
        "entered" => &entered,
        "counted" => "yes excluded unclear",
        "used" => "yes no",
        "field" => &kinds,
        _ => codes,
    };
    book.extend(line([file, column, meaning, of, unit, codes]));
}
