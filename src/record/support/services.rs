//! What a plan promises and what was given; records and translations that were asked for.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{ProviderKind, ServiceFrequency, ServiceOutcome, ServiceStop, TranslatedDocument};
use crate::record::{Count, YesNo};

/// A service that a plan promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePromise {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the promise, unique in the source.
    pub promise: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The version of the plan that promises it.
    pub plan: String,
    /// The service, as the state's files code it (`415` is speech and language).
    pub service: String,
    /// Who is to provide it.
    pub provider: ProviderKind,
    /// How often: so many `times` in each of these.
    pub frequency: ServiceFrequency,
    /// How many sessions in each.
    pub times: Count,
    /// Minutes of a session.
    pub minutes: Count,
    /// First day.
    pub begins_on: Date,
    /// Last day; none while it holds.
    pub ends_on: Option<Date>,
    /// When it was stopped before that: the last day on which it was owed, where it was rightly.
    pub stopped_on: Option<Date>,
    /// Why.
    pub stop_reason: Option<ServiceStop>,
}

/// A session of a service, as the provider's log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceLog {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the entry, unique in the source.
    pub entry: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The promise that it fulfils.
    pub promise: String,
    /// The day.
    pub session_on: Date,
    /// Minutes given; none where none were.
    pub minutes: Option<Count>,
    /// What became of it.
    pub outcome: ServiceOutcome,
    /// When it was entered in the provider's system.
    pub entered_at: Option<Timestamp>,
}

/// What a receiving school did to get a pupil's records from the school before (5 CCR 3024); or
/// what a school did that an agency outside the district asked for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordsRequest {
    /// The school that asked: where the pupil is now. Where `to_agency` asked, the school that was
    /// asked.
    pub school: String,
    /// The sending system's number for the request, unique in the source.
    pub request: String,
    /// The sending system's number for the person.
    pub person: String,
    /// The school that was asked, by its state code; none where it is outside the district.
    pub from_school: Option<String>,
    /// When the records were asked for, which starts five working days.
    pub requested_on: Date,
    /// When they were sent.
    pub sent_on: Option<Date>,
    /// When they arrived.
    pub received_on: Option<Date>,
    /// When the staff of the receiving school could first open the plan.
    pub plan_visible_on: Option<Date>,
    /// The agency outside the district that was asked.
    pub from_agency: Option<String>,
    /// The agency outside the district that asked.
    pub to_agency: Option<String>,
    /// Whether the pupil had an IEP at the agency that was asked; none where nobody knows yet.
    pub plan_there: Option<YesNo>,
}

/// A translation that a family asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranslationRequest {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the request, unique in the source.
    pub request: String,
    /// The sending system's number for the person.
    pub person: String,
    /// What was to be translated.
    pub document: TranslatedDocument,
    /// Into which language, as BCP 47 writes it (`es`).
    pub language: String,
    /// When it was asked for.
    pub requested_on: Date,
    /// When the translation was done.
    pub completed_on: Option<Date>,
    /// When the family got it.
    pub delivered_on: Option<Date>,
    /// When the request was taken back.
    pub withdrawn_on: Option<Date>,
}
