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
    (with $dollar:tt: $($(#[$meta:meta])* $variant:ident($($row:ident)::+) = $name:literal,)+) => {
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
            $($(#[$meta])* $variant(Vec<Staged<crate::record::$($row)::+>>),)+
        }

        /// `$value` with the type of a table's rows for `$row`.
        macro_rules! of_table {
            ($dollar table:expr, $dollar row:ident => $dollar value:expr) => {
                match $dollar table { $(
                    $crate::store::Table::$variant => {
                        type $dollar row = $crate::record::$($row)::+;
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

        $(
            impl From<Vec<Staged<crate::record::$($row)::+>>> for TableRows {
                fn from(rows: Vec<Staged<crate::record::$($row)::+>>) -> Self {
                    Self::$variant(rows)
                }
            }
        )+

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
    /// Stretches of days of the schools' calendars.
    CalendarPeriods(support::CalendarPeriod) = "calendar_periods",
    /// What reports count people under.
    Demographics(support::Demographics) = "demographics",
    /// Schools of people's attendance areas.
    Residences(support::Residence) = "residences",
    /// Days enrolled and attended.
    Attendance(support::AttendanceYear) = "attendance",
    /// The statewide tests.
    Assessments(support::AssessmentResult) = "assessments",
    /// Referrals for an evaluation.
    Referrals(support::Referral) = "referrals",
    /// Evaluations.
    Evaluations(support::Evaluation) = "evaluations",
    /// Categories of disability.
    Eligibilities(support::Eligibility) = "eligibilities",
    /// Versions of plans of special education; not to be taken for graduation plans.
    SupportPlans(support::SupportPlan) = "support_plans",
    /// Their parts about the time after school.
    TransitionPlans(support::TransitionPlan) = "transition_plans",
    /// Their parts about behaviour.
    BehaviourPlans(support::BehaviourPlan) = "behaviour_plans",
    /// Meetings of the plans' teams.
    PlanMeetings(support::PlanMeeting) = "plan_meetings",
    /// Attempts to bring parents to them.
    ParentNotices(support::ParentNotice) = "parent_notices",
    /// Services that plans promise.
    ServicePromises(support::ServicePromise) = "service_promises",
    /// Sessions of these services.
    ServiceLogs(support::ServiceLog) = "service_logs",
    /// Records that were asked for from another school.
    RecordsRequests(support::RecordsRequest) = "records_requests",
    /// Translations that were asked for.
    TranslationRequests(support::TranslationRequest) = "translation_requests",
    /// Parents' complaints.
    Complaints(support::Complaint) = "complaints",
    /// Disputes between parents and district.
    Disputes(support::Dispute) = "disputes",
    /// Incidents.
    Incidents(support::Incident) = "incidents",
    /// Removals from class or school.
    Removals(support::Removal) = "removals",
    /// Who teaches or provides services, and where.
    Staff(support::StaffMember) = "staff",
    /// Credentials of staff.
    StaffCredentials(support::StaffCredential) = "staff_credentials",
    /// Counts that somebody outside the district certified.
    CensusCounts(support::CensusCount) = "census_counts",
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

    /// Whether its rows tell what compliance is counted from; no document of a student is made of
    /// them, and nobody's transcript waits for them.
    pub const fn is_support(self) -> bool {
        let place = self as usize;
        Self::CalendarPeriods as usize <= place && place <= Self::CensusCounts as usize
    }
}
