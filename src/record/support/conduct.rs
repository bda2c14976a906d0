//! Complaints, disputes, incidents and removals.

use jiff::civil::Date;

use super::{ComplaintChannel, ComplaintFinding, DisputeKind, RemovalKind};
use crate::record::{DayCount, YesNo};

/// A parent's complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the complaint, unique in the source.
    pub complaint: String,
    /// The sending system's number for the child whom it is about.
    pub person: String,
    /// How it came.
    pub channel: ComplaintChannel,
    /// When it was received, which starts the clock.
    pub received_on: Date,
    /// When receipt was acknowledged.
    pub acknowledged_on: Option<Date>,
    /// When it was answered.
    pub answered_on: Option<Date>,
    /// What was found.
    pub finding: Option<ComplaintFinding>,
    /// By when what was found wrong was set right.
    pub corrected_on: Option<Date>,
    /// When it was taken back.
    pub withdrawn_on: Option<Date>,
}

/// A dispute between parents and district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the dispute, unique in the source.
    pub dispute: String,
    /// The sending system's number for the child whom it is about.
    pub person: String,
    /// How it is settled.
    pub kind: DisputeKind,
    /// When it was filed.
    pub filed_on: Date,
    /// When the first session was held.
    pub started_on: Option<Date>,
    /// When it ended.
    pub concluded_on: Option<Date>,
    /// Whether there was an agreement.
    pub agreement: Option<YesNo>,
    /// When it was taken back.
    pub withdrawn_on: Option<Date>,
}

/// An incident in which a pupil is said to have taken part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for this pupil's part in the incident, unique in the source.
    pub incident: String,
    /// The sending system's number for the person.
    pub person: String,
    /// When.
    pub happened_on: Date,
    /// The offence, as the state's files code it.
    pub offence: String,
}

/// A removal from class or school that followed an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the removal, unique in the source.
    pub removal: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The incident that it followed, where the system keeps one.
    pub incident: Option<String>,
    /// How the pupil was removed.
    pub kind: RemovalKind,
    /// First day.
    pub begins_on: Date,
    /// For how many school days; halves count.
    pub days: DayCount,
}
