//! The rows that intake hands to the staging tables, with where each was read.

use crate::record::{ContentDigest, RowKey};

/// A file of the import that is being staged, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileNumber(pub i64);

/// Where a row was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The file.
    pub file: FileNumber,
    /// The physical line, counted from 1 (the header is line 1).
    pub line: u64,
}

/// One row on its way into the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged<T> {
    /// Where it was read.
    pub provenance: Provenance,
    /// Which row it is.
    pub key: RowKey,
    /// What it says.
    pub content: ContentDigest,
    /// Whether the sender takes it back.
    pub withdrawn: bool,
    /// The row.
    pub row: T,
}

macro_rules! tables {
    (with $dollar:tt: $($(#[$meta:meta])* $variant:ident($row:ident) = $name:literal,)+) => {
        /// A table of the Registrar package, in the order in which it is checked and landed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Table {
            $($(#[$meta])* $variant,)+
        }

        impl Table {
            /// Every table.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in the manifest and in the database.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }

        /// A batch of rows of one table.
        #[derive(Clone, Debug)]
        pub enum TableRows {
            $($(#[$meta])* $variant(Vec<Staged<crate::record::$row>>),)+
        }

        /// `$value` with the type of a table's rows for `$row`.
        macro_rules! of_table {
            ($dollar table:expr, $dollar row:ident => $dollar value:expr) => {
                match $dollar table { $(
                    $crate::store::Table::$variant => {
                        type $dollar row = $crate::record::$row;
                        $dollar value
                    }
                )+ }
            };
        }
        pub(crate) use of_table;

        /// `$value` with the rows of a batch, of whichever type, for `$rows`.
        macro_rules! of_batch {
            ($dollar batch:expr, $dollar rows:ident => $dollar value:expr) => {
                match $dollar batch { $(
                    $crate::store::TableRows::$variant($dollar rows) => $dollar value,
                )+ }
            };
        }
        pub(crate) use of_batch;

        impl TableRows {
            /// The table.
            pub const fn table(&self) -> Table {
                match self { $(Self::$variant(_) => Table::$variant,)+ }
            }

            /// How many rows.
            pub fn len(&self) -> usize {
                of_batch!(self, rows => rows.len())
            }

            /// Whether there is no row.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }
        }
    };
}

tables! {
    with $:
    /// School districts.
    Districts(District) = "districts",
    /// Schools.
    Schools(School) = "schools",
    /// People.
    People(Person) = "people",
    /// Further items of the cumulative record.
    Cumulative(CumulativeItem) = "cumulative",
    /// Enrolments.
    Enrolments(Enrolment) = "enrolments",
    /// Terms.
    Terms(Term) = "terms",
    /// Courses.
    Courses(Course) = "courses",
    /// Marks.
    Marks(Mark) = "marks",
    /// Declared totals.
    Totals(DeclaredTotal) = "totals",
    /// Graduation plans.
    Plans(GraduationPlan) = "plans",
    /// Awards.
    Awards(Award) = "awards",
    /// Requirements that are no courses.
    Fulfilments(Fulfilment) = "fulfilments",
    /// Letters that stand as Pass or No Pass.
    PassMarks(PassMark) = "pass_marks",
    /// Changed marks.
    MarkChanges(MarkChange) = "mark_changes",
    /// Changed names.
    NameChanges(NameChange) = "name_changes",
    /// Merges and splits of people.
    PersonLinks(PersonLink) = "person_links",
    /// Holds on transcripts.
    TranscriptHolds(TranscriptHold) = "transcript_holds",
}

impl Table {
    /// The table of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|table| table.name() == name)
    }

    /// Whether its rows are events: decisions of a named person, about a row of whichever source.
    pub const fn is_event(self) -> bool {
        matches!(
            self,
            Self::PassMarks
                | Self::MarkChanges
                | Self::NameChanges
                | Self::PersonLinks
                | Self::TranscriptHolds
        )
    }
}
