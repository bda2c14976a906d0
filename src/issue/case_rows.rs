//! The rows of a case file: cells of the package's tables, read by the code that reads a district's
//! files, so that what an import would refuse is refused here, with its line.
//!
//! A row may be of many: `person = "1 to 17, 20"` is one row for each of them (`staff` likewise),
//! and `#` in any of its cells is the number of that one.
//!
//! Never: what a row counts for. Next: `decree_cases.rs` says what becomes of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::compliance::decree::Decree;
use crate::compliance::{Span, Tests};
use crate::host::Clock;
use crate::intake::package::{Row, TableDefinition};
use crate::intake::{Record, Wrong, manifest_of, row_of};
use crate::record::support::{PupilRow, Recorded, SupportRecord, SupportSetting};
use crate::record::{Person, PersonId, School};
use crate::rules_file::{Place, Problems, at, read};

/// The system from which rows come that do not say which.
pub(super) const SOURCE: &str = "records";

/// Cells by column, as they are written.
type Cells = BTreeMap<String, toml::Value>;
/// Rows by table.
pub(super) type Rows = BTreeMap<String, Vec<Cells>>;

/// Children or staff of one row, and rows of one file.
const MANY_MAX: usize = 50_000;
/// What stands for the number of the child in a cell.
pub(super) const NUMBER: &str = "#";

/// The children that a text names: numbers with commas between, `1 to 17` for all of a stretch.
///
/// # Errors
/// What is wrong with it.
pub(super) fn many(text: &str) -> Result<Vec<String>, String> {
    let mut named = Vec::new();
    for part in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let ends = part.split_once(" to ");
        let ends = ends.and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        match ends {
            None => named.push(part.to_owned()),
            Some((from, to)) => {
                let stretch: std::ops::RangeInclusive<usize> = from..=to;
                if stretch.is_empty() || to - from >= MANY_MAX {
                    return Err(format!(
                        "`{part}` is no stretch of at most {MANY_MAX} numbers"
                    ));
                }
                named.extend(stretch.map(|number| number.to_string()));
            }
        }
    }
    Ok(named)
}

/// The rows of a file.
#[derive(Clone, Default)]
pub(super) struct Given {
    /// Each child's.
    pub records: BTreeMap<PersonId, SupportRecord>,
    /// The number of each in the file.
    pub numbers: BTreeMap<PersonId, String>,
    /// The schools'.
    pub setting: SupportSetting,
}

/// What a row says beside its cells.
struct Known {
    source: String,
    since: Timestamp,
}

/// Reads the rows of one table, each into the list of its name.
macro_rules! read_tables {
    ($given:ident, $reader:ident, $name:ident, $rows:ident:
     people: $($pupils:ident)*; setting: $($shared:ident)*) => {
        match $name.as_str() {
            $(stringify!($pupils) => $reader.rows($name, $rows, |known, row| {
                let person = Row::person(&row).unwrap_or_default().to_owned();
                $given.of_person(&person).$pupils.push(known.recorded(row));
            }),)*
            $(stringify!($shared) => $reader.rows($name, $rows, |known, row| {
                $given.setting.$shared.push(known.recorded(row));
            }),)*
            "people" => $reader.rows($name, $rows, |known, row: Person| $given.person(known, row)),
            "schools" => $reader.rows($name, $rows, |_, row: School| {
                $given.setting.directory.schools.insert(row.school.clone(), row);
            }),
            _ => {
                let hint = "a table of the package that compliance counts from: \
                            docs/package-format.md lists them";
                let what = format!("there are no rows `{}` to count from", $name);
                $reader.told.say(at("rows").key($name), what, hint);
            }
        }
    };
}

impl Given {
    /// Reads rows by their tables; `school` and `person` stand for those that name none.
    pub fn read(
        &mut self,
        rows: &Rows,
        (school, person): (Option<&str>, Option<&str>),
        told: &mut Problems,
    ) {
        let mut reader = Reader {
            school,
            person,
            table: at("rows"),
            rows: 0,
            told,
        };
        for (name, rows) in rows {
            self.table(&mut reader, name, rows);
        }
    }

    /// The rows of these children and staff alone, and of the schools.
    pub fn of(&self, named: &[String]) -> Self {
        let mut own = self.clone();
        let is_named = |number: &String| named.contains(number);
        own.records
            .retain(|id, _| self.numbers.get(id).is_some_and(is_named));
        own.setting.staff.retain(|it| is_named(&it.row.staff));
        own
    }

    /// Who is tested in a period, and the sources that have a result of its school year.
    pub fn tests(&self, decree: &Decree, period: Span) -> Tests {
        let rows = self.records.values().flat_map(|it| &it.assessments);
        let year = period.begins.year();
        let of_year = rows.filter(|it| it.row.school_year.begins_in() == year);
        Tests {
            told: of_year.map(|it| it.source.clone()).collect(),
            ..decree.tests(period)
        }
    }

    /// The folder's calendar: rows of `calendar_periods`.
    pub fn read_calendar(&mut self, file: &str, text: &str) -> Result<(), Vec<String>> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Calendar {
            school: Option<String>,
            calendar_periods: Vec<Cells>,
        }
        let calendar: Calendar = read(file, text)?;
        let mut told = Problems::default();
        let mut reader = Reader {
            school: calendar.school.as_deref(),
            person: None,
            table: Place::default(),
            rows: 0,
            told: &mut told,
        };
        self.table(
            &mut reader,
            &"calendar_periods".to_owned(),
            &calendar.calendar_periods,
        );
        match told.is_empty() {
            true => Ok(()),
            false => Err(told.told(file, text)),
        }
    }

    fn table(&mut self, reader: &mut Reader<'_>, name: &String, rows: &[Cells]) {
        read_tables! { self, reader, name, rows:
            people: enrolments demographics residences attendance assessments referrals
            evaluations eligibilities support_plans transition_plans behaviour_plans
            plan_meetings parent_notices service_promises service_logs records_requests
            translation_requests complaints disputes incidents removals;
            setting: calendar_periods staff staff_credentials census_counts
        }
    }

    /// A number is one child, whichever system says it.
    fn of_person(&mut self, number: &str) -> &mut SupportRecord {
        let id = PersonId::from_local_id(SOURCE, number);
        self.numbers.insert(id, number.to_owned());
        let record = self.records.entry(id);
        record.or_insert_with(|| SupportRecord::new(id))
    }

    fn person(&mut self, known: &Known, row: Person) {
        let pupil = PupilRow {
            school: row.school,
            person: row.person,
            state_id: row.state_id,
            birth_date: row.birth_date,
        };
        let people = &mut self.of_person(&pupil.person.clone()).people;
        people.push(known.recorded(pupil));
    }
}

impl Known {
    fn recorded<T>(&self, row: T) -> Recorded<T> {
        Recorded {
            source: self.source.clone(),
            recorded_at: self.since,
            row,
        }
    }
}

struct Reader<'a> {
    school: Option<&'a str>,
    person: Option<&'a str>,
    /// Where the tables stand.
    table: Place,
    /// How many were read.
    rows: usize,
    told: &'a mut Problems,
}

impl Reader<'_> {
    fn rows<R: Row>(&mut self, name: &str, rows: &[Cells], mut each: impl FnMut(&Known, R)) {
        for (number, cells) in rows.iter().enumerate() {
            let place = self.table.clone().key(name).row(number);
            for cells in self.of_each::<R>(&place, cells) {
                match self.row(&place, &cells) {
                    Some((known, row)) => each(&known, row),
                    // What is wrong with one is wrong with all.
                    None => break,
                }
            }
        }
    }

    /// The row of each child, or member of the staff, that a written one is of.
    fn of_each<R: Row>(&mut self, place: &Place, written: &Cells) -> Vec<Cells> {
        let columns = &TableDefinition::of(R::TABLE).columns;
        let has = |name: &str| columns.iter().any(|it| it.name == name);
        let Some(of) = ["person", "staff"].into_iter().find(|it| has(it)) else {
            return vec![written.clone()];
        };
        let default = self.person.filter(|_| of == "person").map(str::to_owned);
        let Some(named) = written.get(of).map(cell).or(default) else {
            return vec![written.clone()];
        };
        let each = match many(&named) {
            Ok(each) => each,
            Err(what) => {
                self.told
                    .say(place.clone().key(of), what, "write it as \"1 to 17, 20\"");
                return Vec::new();
            }
        };
        self.rows += each.len();
        if self.rows > MANY_MAX {
            let what = format!("the file has more than {MANY_MAX} rows");
            self.told
                .say(place.clone(), what, "show one rule in one file");
            return Vec::new();
        }
        let of_one = |number: String| {
            let cells = written.iter().map(|(key, value)| {
                let value = match value {
                    toml::Value::String(text) => text.replace(NUMBER, &number).into(),
                    other => other.clone(),
                };
                (key.clone(), value)
            });
            let mut cells: Cells = cells.collect();
            cells.insert(of.to_owned(), number.into());
            cells
        };
        each.into_iter().map(of_one).collect()
    }

    fn row<R: Row>(&mut self, place: &Place, written: &Cells) -> Option<(Known, R)> {
        let columns = &TableDefinition::of(R::TABLE).columns;
        let mut cells: BTreeMap<&str, String> = BTreeMap::new();
        let own = [("school", self.school)];
        // A name that no count reads: a child of a case file has none.
        let nobody = [("legal_given", Some("A.")), ("legal_family", Some("Child"))];
        for (column, value) in own.into_iter().chain(nobody) {
            let column = columns.iter().find(|it| it.name == column);
            if let (Some(column), Some(value)) = (column, value) {
                cells.insert(column.name, value.to_owned());
            }
        }
        let mut known = Known {
            source: SOURCE.to_owned(),
            since: Timestamp::UNIX_EPOCH,
        };
        let mut is_right = true;
        for (key, value) in written {
            let cell = cell(value);
            match key.as_str() {
                "source" => known.source = cell,
                // When a row was entered, where that is what the file is about.
                "recorded_on" => match cell.parse::<Date>().map(|it| it.to_zoned(TimeZone::UTC)) {
                    Ok(Ok(day)) => known.since = day.timestamp(),
                    _ => is_right = self.wrong(place, key, "is no day", "write it as 2026-06-30"),
                },
                name => match columns.iter().find(|it| it.name == name) {
                    Some(column) => drop(cells.insert(column.name, cell)),
                    None => {
                        let names: Vec<_> = columns.iter().map(|it| it.name).collect();
                        let hint = format!("the columns: {}", names.join(", "));
                        is_right = self.wrong(place, key, "is no column of the table", &hint);
                    }
                },
            }
        }
        let record = Record {
            source: &known.source,
            district: "0",
            dry_run: true,
        };
        let clock = Clock::Fixed(Timestamp::MAX);
        let manifest = manifest_of::<R>(&record, "0", clock);
        let hint = "docs/package-format.md says what each column holds";
        match row_of(&cells, &manifest) {
            Ok(row) if is_right => return Some((known, row)),
            Ok(_) => {}
            Err(Wrong::Cells(faults)) => {
                for fault in faults {
                    let own = fault.fault.hint.as_deref().unwrap_or(hint);
                    self.wrong(place, fault.column, &fault.fault.message, own);
                }
            }
            Err(Wrong::Together(found)) => {
                for contradiction in found {
                    let place = place.clone().key(contradiction.column);
                    self.told
                        .say(place, contradiction.message, contradiction.hint);
                }
            }
        }
        None
    }

    fn wrong(&mut self, place: &Place, key: &str, what: &str, hint: &str) -> bool {
        self.told
            .say(place.clone().key(key), format!("`{key}` {what}"), hint);
        false
    }
}

/// A cell as a package's file would have it.
fn cell(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Boolean(true) => "yes".to_owned(),
        toml::Value::Boolean(false) => "no".to_owned(),
        other => other.to_string(),
    }
}
