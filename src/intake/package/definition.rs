//! Every table and column of the package: the one place that defines them.
//!
//! `tables!` below lists, for each row of `record`, its columns in order, each with the format that
//! reads and writes it, an example and its meaning. A field that the struct has and the list lacks,
//! or a format of another type, does not compile.
//! Events stand in `definition/events.rs`, special education in `support.rs`, what compliance is
//! counted against in `setting.rs`.

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;

use super::cell::{Cell, CellFault, Digits, Format, Identifier, Maybe, State, Text};
use super::rules::Consistent;
use crate::intake::ProblemKind;
use crate::record::{
    self, AgArea, AwardKind, CharterStatus, ContentDigest, Credits, EnrolmentStatus, EnteredFrom,
    ExitReason, FulfilmentProgress, GradeLevel, HonorsKind, MarkKind, RowKey, SchoolKind,
    SchoolYear, TermKind, YesNo,
};
use crate::store::{Staged, Table, TableRows, of_table};

/// A table of the package.
#[derive(Debug)]
pub struct TableDefinition {
    /// The table.
    pub table: Table,
    /// What its rows are.
    pub meaning: &'static str,
    /// The columns that say which row it is.
    pub key: &'static [&'static str],
    /// The columns, in the order in which they are written.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// The name in the header.
    pub name: &'static str,
    /// Whether its cells must hold something.
    pub required: bool,
    /// What its cells may hold.
    pub format: Format,
    /// A cell of it.
    pub example: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

impl TableDefinition {
    /// The definition of a table.
    pub fn of(table: Table) -> &'static Self {
        of_table!(table, R => R::definition())
    }

    /// The file name, where the manifest gives no other.
    pub fn file(&self) -> String {
        format!("{}.csv", self.table.name())
    }

    /// The position of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|it| it.name == column)
    }

    fn key_positions(&self) -> Vec<usize> {
        let position = |column: &&str| self.position(column).expect("a key names its columns");
        self.key.iter().map(position).collect()
    }
}

/// What is wrong with one cell, or with two that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The column.
    pub column: &'static str,
    /// What stands there.
    pub value: String,
    /// What is wrong with it.
    pub fault: CellFault,
}

/// The cells of one row as a file gives them, in whatever order its header has.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    /// For each column of the definition, its position in the file; none where the file lacks it.
    pub positions: &'a [Option<usize>],
    /// The cells in the file's order.
    pub record: &'a csv::StringRecord,
}

impl<'a> Cells<'a> {
    /// The cell of a column by its position in the definition; an absent column is empty.
    pub fn cell(&self, column: usize) -> &'a str {
        let position = self.positions.get(column).copied().flatten();
        position.and_then(|at| self.record.get(at)).unwrap_or("")
    }

    fn read<C: Cell>(
        &self,
        at: usize,
        column: &Column,
        faults: &mut Vec<Fault>,
    ) -> Option<C::Value> {
        let text = self.cell(at);
        let read = if text.is_empty() && C::REQUIRED {
            Err(CellFault {
                kind: ProblemKind::CellEmpty,
                message: "is empty and must hold something".to_owned(),
                hint: Some(format!("such as {}", column.example)),
            })
        } else {
            C::read(text)
        };
        read.map_err(|fault| {
            faults.push(Fault {
                column: column.name,
                value: text.to_owned(),
                fault,
            });
        })
        .ok()
    }
}

/// A row of a table of the package, in both directions.
pub trait Row: Consistent + Sized + Send + 'static {
    /// The table.
    const TABLE: Table;

    /// Its columns.
    fn definition() -> &'static TableDefinition;

    /// Reads a row.
    ///
    /// # Errors
    /// Everything that is wrong with its cells, in the order of the columns.
    fn read(cells: Cells<'_>) -> Result<Self, Vec<Fault>>;

    /// Which row a source's row is, even where other cells are at fault; none where a cell of the
    /// key is.
    fn key(cells: Cells<'_>, source: &str) -> Option<RowKey>;

    /// The canonical cells, in the order of the columns.
    fn cells(&self) -> Vec<Cow<'_, str>>;

    /// The school that answers for the row; none for a district.
    fn school(&self) -> Option<&str>;

    /// The person whom the row is about, as the sending system numbers them.
    fn person(&self) -> Option<&str>;

    /// A batch of such rows.
    fn batch(rows: Vec<Staged<Self>>) -> TableRows;

    /// Which row it is (the source, the table and the key cells), and what it says (all cells).
    fn digests(&self, source: &str) -> (RowKey, ContentDigest) {
        let cells = self.cells();
        let positions = KEY_POSITIONS[Self::TABLE as usize].iter();
        let key: Vec<&str> = positions.map(|at| cells[*at].as_ref()).collect();
        let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        let row_key = RowKey::new(source, Self::TABLE.name(), &key);
        (row_key, ContentDigest::new(&cells))
    }
}

static KEY_POSITIONS: LazyLock<Vec<Vec<usize>>> = LazyLock::new(|| {
    let tables = Table::ALL.iter();
    tables
        .map(|table| TableDefinition::of(*table).key_positions())
        .collect()
});

macro_rules! tables {
    ($(
        $row:ident in $table:ident, $meaning:literal,
        key [$($key:ident),+], school [$($school:ident)?], person [$($person:ident)?] {
            $($field:ident: $cell:ty, $example:literal, $column_meaning:literal;)+
        }
    )+) => {
        $(
            impl Row for record::$row {
                const TABLE: Table = Table::$table;

                fn definition() -> &'static TableDefinition {
                    static DEFINITION: LazyLock<TableDefinition> =
                        LazyLock::new(|| TableDefinition {
                        table: Table::$table,
                        meaning: $meaning,
                        key: &[$(stringify!($key)),+],
                        columns: vec![$(Column {
                            name: stringify!($field),
                            required: <$cell as Cell>::REQUIRED,
                            format: <$cell as Cell>::format(),
                            example: $example,
                            meaning: $column_meaning,
                        }),+],
                    });
                    &DEFINITION
                }

                fn read(cells: Cells<'_>) -> Result<Self, Vec<Fault>> {
                    let mut columns = TableDefinition::of(Table::$table).columns.iter().enumerate();
                    let mut faults = Vec::new();
                    let mut next = || columns.next().expect("a column for each field");
                    $(
                        let (at, column) = next();
                        let $field = cells.read::<$cell>(at, column, &mut faults);
                    )+
                    match ($($field,)+) {
                        ($(Some($field),)+) if faults.is_empty() => Ok(Self { $($field),+ }),
                        _ => Err(faults),
                    }
                }

                fn key(cells: Cells<'_>, source: &str) -> Option<RowKey> {
                    let mut columns = TableDefinition::of(Table::$table).columns.iter().enumerate();
                    let mut faults = Vec::new();
                    let mut next = || columns.next().expect("a column for each field");
                    let canonical = [$({
                        let (at, column) = next();
                        let read = cells.read::<$cell>(at, column, &mut faults);
                        read.map(|value| <$cell as Cell>::write(&value).into_owned())
                    }),+];
                    let positions = KEY_POSITIONS[Table::$table as usize].iter();
                    let key = positions.map(|at| canonical[*at].as_deref());
                    let key: Option<Vec<&str>> = key.collect();
                    Some(RowKey::new(source, Table::$table.name(), &key?))
                }

                fn cells(&self) -> Vec<Cow<'_, str>> {
                    vec![$(<$cell as Cell>::write(&self.$field)),+]
                }

                fn school(&self) -> Option<&str> {
                    None$(.or(Some(self.$school.as_str())))?
                }

                fn person(&self) -> Option<&str> {
                    None$(.or(Some(self.$person.as_str())))?
                }

                fn batch(rows: Vec<Staged<Self>>) -> TableRows {
                    TableRows::$table(rows)
                }
            }
        )+
    };
}

use tables;

mod events;
mod setting;
mod support;

/// Characters of what a sending system gives as a number, which no code has as many of.
pub const LOCAL_ID_CHARACTERS_MAX: usize = 40;

/// A state's code of a district.
type DistrictCode = Identifier<16>;
/// A state's code of a school.
type SchoolCode = Identifier<20>;
/// A sending system's number for a person.
type LocalId = Identifier<LOCAL_ID_CHARACTERS_MAX>;
/// A name of a person, in one part or whole.
type Name = Text<200>;

tables! {
    District in Districts, "School districts.",
    key [code], school [], person [] {
        code: DistrictCode, "1964733",
            "The state's code of the district (in California the first seven digits of the CDS \
            code).";
        name: Text<200>, "Los Alisos Unified School District",
            "The name on documents.";
        state: State, "CA",
            "The state.";
        contact: Maybe<Text<200>>, "transcripts@losalisos.example",
            "A web address or e-mail for questions about a document.";
    }

    School in Schools, "Schools: who answers for records, and whom a document speaks for.",
    key [school], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The state's code of the school (in California the 14 digits of the CDS code). Every \
            other table names a school by it.";
        district: DistrictCode, "1964733",
            "The district, by its code.";
        name: Text<200>, "Arroyo Vista High School",
            "The name on documents.";
        ceeb: Maybe<Digits<6>>, "051234",
            "The College Board's code of the school. Leading zeros count.";
        kind: SchoolKind, "high",
            "What the school teaches.";
        charter: CharterStatus, "none",
            "Whether it is a charter school, and who answers for its records.";
        local_district: Maybe<Text<100>>, "East",
            "The part of the district that it belongs to.";
        street: Text<200>, "2100 Mission Road",
            "Street and number.";
        city: Text<100>, "Los Alisos",
            "City.";
        state: State, "CA",
            "The state.";
        postal_code: Identifier<12>, "90031",
            "Postal code.";
        phone: Maybe<Text<40>>, "(323) 555-0142",
            "Telephone number as it is printed.";
    }

    Person in People, "People as one source knows them. Several rows, of several sources, are \
    one person where their state id is the same.",
    key [person], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        person: LocalId, "482913",
            "The sending system's number for the person.";
        state_id: Maybe<Identifier<20>>, "9000000001",
            "The state's number for the person (in California the SSID).";
        legal_given: Name, "María José",
            "Legal given name or names; the only name, for a person with one.";
        legal_middle: Maybe<Name>, "Luz",
            "Legal middle name or names.";
        legal_family: Maybe<Name>, "Nguyễn-O’Brien",
            "Legal family name.";
        legal_suffix: Maybe<Text<20>>, "Jr.",
            "Suffix.";
        chosen_name: Maybe<Name>, "Majo Nguyễn",
            "The whole name that the person goes by.";
        printed_name: Maybe<Name>, "Maria Jose Nguyen-O'Brien",
            "The whole name to print, where the legal name's script is not among the fonts.";
        birth_date: Date, "2008-03-09",
            "Date of birth.";
        mailing_address: Maybe<Text<300>>, "12 Alder St, Los Alisos, CA 90031",
            "Postal address in one line; printed only where a setting asks for it.";
    }

    CumulativeItem in Cumulative, "Further items of the permanent record (5 CCR 432(b)(1)). \
    Kept; never loaded for a transcript.",
    key [person], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        person: LocalId, "482913",
            "The person.";
        birth_date_verified_by: Maybe<Text<100>>, "birth certificate",
            "How the date of birth was verified (item C).";
        sex: Maybe<Text<40>>, "F",
            "Sex, as the record has it (item D).";
        birth_place: Maybe<Text<200>>, "Oxnard, California",
            "Place of birth (item E).";
        parent_name: Maybe<Name>, "Luz Nguyễn",
            "Name of the parent or guardian (item F).";
        parent_address: Maybe<Text<300>>, "12 Alder St, Los Alisos, CA 90031",
            "Address of the parent or guardian (item F).";
        pupil_address: Maybe<Text<300>>, "12 Alder St, Los Alisos, CA 90031",
            "Address of the pupil (item F).";
        address_verified_on: Maybe<Date>, "2025-08-20",
            "When the addresses were last verified (item F).";
        immunization: Maybe<Text<200>>, "complete",
            "Verification of, or exemption from, required immunizations (item J).";
    }

    Enrolment in Enrolments, "A person's time at a school, in one grade level.",
    key [person, school, entered_on], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school.";
        person: LocalId, "482913",
            "The person.";
        entered_on: Date, "2022-08-15",
            "First day.";
        left_on: Maybe<Date>, "2023-06-09",
            "Last day; empty while enrolled.";
        grade_level: GradeLevel, "9",
            "Grade level.";
        exit_reason: Maybe<ExitReason>, "year_end",
            "Why it ended.";
        entered_from: Maybe<EnteredFrom>, "other_agency",
            "Where the person was before.";
        enrolment_status: Maybe<EnrolmentStatus>, "primary",
            "Which of several enrolments at one time it is (CALPADS 10, 20, 30 and 50): a \
            secondary one never counts, the others in this order; empty is primary.";
    }

    Term in Terms, "The terms of each school.",
    key [school, term], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school.";
        term: Identifier<20>, "2025-F",
            "The school's code for the term, unique in the school.";
        name: Text<60>, "Fall 2025",
            "The name on documents.";
        school_year: SchoolYear, "2025-26",
            "The school year.";
        kind: TermKind, "semester",
            "How the year is divided.";
        begins_on: Date, "2025-08-14",
            "First day.";
        ends_on: Date, "2025-12-19",
            "Last day.";
    }

    Course in Courses, "The course catalogue of each school.",
    key [school, course], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school.";
        course: Identifier<20>, "230107",
            "The catalogue number, unique in the school.";
        title: Text<100>, "AP Calculus AB",
            "The title on documents. It may not disclose a disability.";
        subject: Identifier<40>, "mathematics",
            "The subject area under which credits count: a name of the graduation plans.";
        ag_area: Maybe<AgArea>, "c",
            "The a-g subject area of the University of California. A college course of fewer than \
             3 semester (4 quarter) units has none.";
        honors: HonorsKind, "ap",
            "Why a mark may earn an extra grade point.";
        state_course_code: Maybe<Identifier<12>>, "9300",
            "The state's course code.";
        credit_value: Credits, "5",
            "Credits for the whole course in one term.";
        sequence: Maybe<Identifier<40>>, "mathematics",
            "What the course is a step of: a discipline or a language.";
        level: Maybe<Digits<1>>, "5",
            "Which step of its sequence it is.";
        part: Maybe<Digits<1>>, "1",
            "Which part it is of a course that takes several terms.";
        repeatable: Maybe<YesNo>, "no",
            "Whether it may be taken again for credit; empty is no.";
        graduation_credit: Maybe<YesNo>, "yes",
            "Whether its credits count toward graduation; empty is yes.";
        retired_on: Maybe<Date>, "2024-06-30",
            "When the school stopped offering it.";
    }

    Mark in Marks, "Marks: one row a posting. Courses in progress and planned are rows without \
    a mark.",
    key [posting], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that posted it and keeps it.";
        posting: LocalId, "7730012",
            "The sending system's number for this posting, unique in the source.";
        person: LocalId, "482913",
            "The person.";
        term: Identifier<20>, "2025-F",
            "The term, by the school's code.";
        course: Identifier<20>, "230107",
            "The course, by its number in the school's catalogue.";
        title: Maybe<Text<100>>, "Calculus I",
            "The title under which it was taken elsewhere.";
        taken_at: Maybe<Text<200>>, "East Valley Community College",
            "Where it was taken, if not at the school.";
        kind: MarkKind, "regular",
            "How it came to be on the record.";
        mark: Maybe<Text<8>>, "B+",
            "The mark as the school writes it; empty while in progress or planned.";
        credit_attempted: Credits, "5",
            "Credits attempted.";
        credit_earned: Credits, "5",
            "Credits earned by this posting.";
        grade_level: GradeLevel, "12",
            "Grade level when it was taken.";
        posted_by: Maybe<Text<100>>, "jrivera",
            "Who posted it in the sending system.";
        posted_at: Maybe<Timestamp>, "2025-12-20T16:05:00-08:00",
            "When it was posted in the sending system.";
    }

    DeclaredTotal in Totals, "Figures that the sending system computed itself. They are \
    compared with Registrar's, never printed.",
    key [person, figure], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        person: LocalId, "482913",
            "The person.";
        figure: Identifier<60>, "credit_earned",
            "`credit_earned`, `credit_attempted`, or `gpa:` and the name of a definition.";
        value: Identifier<20>, "187.50",
            "The figure as the sending system prints it.";
    }

    GraduationPlan in Plans, "The graduation plan that holds for a person. Why it holds is \
    never sent: it could disclose.",
    key [person], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        person: LocalId, "482913",
            "The person.";
        plan: Identifier<40>, "local",
            "The plan's name in the district's policy.";
        entered_grade_9: SchoolYear, "2022-23",
            "The school year in which the person entered grade 9.";
    }

    Award in Awards, "Diplomas, certificates and seals.",
    key [person, award, detail], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that awarded it.";
        person: LocalId, "482913",
            "The person.";
        award: AwardKind, "seal_of_biliteracy",
            "What was awarded.";
        detail: Maybe<Text<60>>, "Vietnamese",
            "The language of a seal of biliteracy by its English name; empty for the others.";
        awarded_on: Date, "2026-06-11",
            "When it was awarded.";
    }

    Fulfilment in Fulfilments, "Requirements of a plan that are no courses, as they stand for a \
    person. How or why is never sent: it could disclose.",
    key [person, requirement], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        person: LocalId, "482913",
            "The person.";
        requirement: Identifier<40>, "service_learning",
            "The requirement's name in the plan of the district's policy.";
        progress: FulfilmentProgress, "fulfilled",
            "How far it has come.";
        amount: Maybe<Credits>, "40",
            "How much of it is done, where the plan asks for an amount such as hours.";
    }
}

#[cfg(test)]
mod tests;
