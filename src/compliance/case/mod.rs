//! What is counted: a case, of one kind, with the fields that a decree's rules may read.
//!
//! Owns the kinds of cases and their fields ([`CaseKind`]), the values that a field may have, and
//! how cases are made of one person's rows ([`cases_of`]). A field without a value is unknown: no
//! rule holds of it. What happened after the day of the report did not happen for it. What is
//! counted from the absence of rows is known only where a system sends their table
//! ([`TablesSent`](crate::record::support::TablesSent)):
//!
//! | kind | fields | table |
//! |---|---|---|
//! | every one | `has_iep` | `support_plans` |
//! | pupil | `suspensions`, `days_suspended_out`, `days_removed`, `expelled` | `removals` |
//! | pupil | the same with `…_under_iep` | `removals`, `support_plans` |
//! | assessment without a row | `participation`, `result_recorded` | `assessments`, of that year |
//! | pupil | `has_transition_plan` | `transition_plans` |
//! | pupil | `has_behaviour_plan` | `behaviour_plans` |
//! | evaluation of which only consent is on record | `kind` | `evaluations` |
//! | meeting | `notices`, `notice_methods`, `parent_declined` | `parent_notices` |
//! | review | `due_on` of a plan without a meeting | `plan_meetings` |
//! | service | `sessions_logged`, `sessions_given`, `minutes_given` | `service_logs` |
//! | teacher | `any_credential` | `staff_credentials` |
//! | move | `records_requested` | `records_requests` |
//! | move | `service_given` | `service_logs` |
//! | move | `interim_review_held` | `plan_meetings` |
//! | move | `open_clock`, `clocks_open`, `clocks_vanished` | `referrals` and `evaluations` |
//!
//! Never: a rule. Which cases count, and as what, a decree says.
//!
//! Next: `kinds` lists every field with its meaning, `pupil` finds what held on a day; one file a
//! family of kinds makes the cases.

mod conduct;
mod evaluations;
mod kinds;
mod meetings;
mod moves;
mod pupil;
mod pupils;
mod requests;
mod reviews;
mod services;
mod surroundings;
mod teachers;
mod value;

pub use kinds::{CaseKind, Field};
pub use surroundings::{Calendars, Span, Surroundings, Systems, Tests};
pub use teachers::teachers;
pub use value::{FieldType, Value};

use jiff::Timestamp;

use crate::record::support::{NamedRow, Recorded, SupportRecord};
use crate::record::{PersonId, RowName};
pub(super) use conduct::counted as counted_removals;
pub(super) use pupil::Pupil;
pub(super) use pupils::counted as counted_assessments;

/// One case: one evaluation, one meeting, one pupil on the day of the count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its kind, which says what `values` hold.
    pub kind: CaseKind,
    /// What names it in every list, the same in each run: derived from the rows it was made of,
    /// under the district's key.
    pub id: String,
    /// Whom it is about; nobody where it is about staff.
    pub person: Option<PersonId>,
    /// The rows that its fields were read from, the one that it is about first; empty where the
    /// surroundings do not ask for their names.
    pub rows: Vec<RowName>,
    /// When they were recorded; none where nothing was read.
    pub entered: Option<Entered>,
    /// For each field of the kind, in its order, what the records say; none where they do not.
    values: Vec<Option<Value>>,
}

/// When the rows of a case were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered {
    /// Since when all of them say what they say.
    pub last: Timestamp,
    /// Since when the systems that sent them were watched; none where one never was.
    pub watched_since: Option<WatchedSince>,
}

/// When the first rows of some systems came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchedSince {
    /// Of the system that was watched first.
    pub first: Timestamp,
    /// Of the one that was watched last.
    pub last: Timestamp,
}

impl Case {
    /// A case of which nothing is known yet.
    pub fn new(kind: CaseKind, id: String) -> Self {
        let values = vec![None; kind.fields().len()];
        Self {
            kind,
            id,
            person: None,
            rows: Vec::new(),
            entered: None,
            values,
        }
    }

    /// Says what a field is.
    ///
    /// # Panics
    /// Where the kind has no such field, or one of another type: a mistake of the program.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        let value = value.into();
        let place = self.kind.place(field).expect("a field of the kind");
        let of = self.kind.fields()[place].of;
        assert!(value.is_of(of), "`{field}` is {of}, not {value:?}");
        self.values[place] = Some(value);
    }

    /// The same, where there is something to say.
    pub fn know(&mut self, field: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(field, value);
        }
    }

    /// What the field at a place of the kind's list is.
    pub fn value(&self, place: usize) -> Option<&Value> {
        self.values.get(place)?.as_ref()
    }

    /// What a field is, by its name.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.value(self.kind.place(field)?)
    }

    /// Takes down that a field was read from a row, once however many were.
    fn reads<T: NamedRow>(&mut self, around: &Surroundings, recorded: &Recorded<T>) {
        let last = recorded.recorded_at;
        let since = around.watched_since.get(&recorded.source).copied();
        let since = since.map(|it| WatchedSince {
            first: it,
            last: it,
        });
        let both = |(one, other): (WatchedSince, WatchedSince)| WatchedSince {
            first: one.first.min(other.first),
            last: one.last.max(other.last),
        };
        self.entered = Some(match self.entered {
            None => Entered {
                last,
                watched_since: since,
            },
            Some(before) => Entered {
                last: before.last.max(last),
                watched_since: before.watched_since.zip(since).map(both),
            },
        });
        if around.names_rows {
            let name = recorded.row_name();
            if !self.rows.contains(&name) {
                self.rows.push(name);
            }
        }
    }
}

/// Every case of a kind that one person's rows hold, in the order of their ids.
pub fn cases_of(kind: CaseKind, record: &SupportRecord, around: &Surroundings) -> Vec<Case> {
    let pupil = Pupil { record, around };
    let mut cases = match kind {
        CaseKind::Pupil => pupils::enrolled(&pupil),
        CaseKind::Exit => pupils::exits(&pupil),
        CaseKind::Assessment => pupils::assessments(&pupil),
        CaseKind::Referral => evaluations::referrals(&pupil),
        CaseKind::Evaluation => evaluations::evaluations(&pupil),
        CaseKind::Meeting => meetings::meetings(&pupil),
        CaseKind::Review => reviews::reviews(&pupil),
        CaseKind::Complaint => requests::complaints(&pupil),
        CaseKind::Dispute => requests::disputes(&pupil),
        CaseKind::Translation => requests::translations(&pupil),
        CaseKind::Removal => conduct::removals(&pupil),
        CaseKind::Move => moves::moves(&pupil),
        CaseKind::Service => services::services(&pupil),
        // Made of rows about staff.
        CaseKind::Teacher => Vec::new(),
    };
    for case in &mut cases {
        case.person = Some(record.id);
        case.id = around.pseudonyms.case(&case.id);
    }
    cases.sort_by(|one, other| one.id.cmp(&other.id));
    cases
}
