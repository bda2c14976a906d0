//! How a disability is found: referral, evaluation, eligibility.

use jiff::civil::Date;

use super::{
    DegreeOfSupport, Disability, EligibilityEnd, EvaluationKind, EvaluationOutcome, EvaluationStop,
    ReferralSource,
};
use crate::record::YesNo;

/// A referral for an evaluation, to the day when the parent decides about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the referral, unique in the source.
    pub referral: String,
    /// The sending system's number for the person.
    pub person: String,
    /// Who referred.
    pub referred_by: ReferralSource,
    /// When.
    pub referred_on: Date,
    /// When the programme for infants and toddlers had the child referred to it; only where this
    /// referral comes from there.
    pub part_c_referred_on: Option<Date>,
    /// When the assessment plan was sent to the parent (Ed. Code 56321(a): 15 days).
    pub assessment_plan_sent_on: Option<Date>,
    /// When written consent was received, which starts the clock (Ed. Code 56043(c)).
    pub consent_received_on: Option<Date>,
    /// When the parent refused.
    pub consent_refused_on: Option<Date>,
    /// When the referral was taken back.
    pub withdrawn_on: Option<Date>,
}

/// An evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the evaluation, unique in the source.
    pub evaluation: String,
    /// The sending system's number for the person.
    pub person: String,
    /// What it is for.
    pub kind: EvaluationKind,
    /// The referral that it answers, where there was one.
    pub referral: Option<String>,
    /// When written consent was received.
    pub consent_received_on: Option<Date>,
    /// When the report was finished.
    pub report_on: Option<Date>,
    /// When the team met over it.
    pub meeting_held_on: Option<Date>,
    /// How it ended.
    pub outcome: Option<EvaluationOutcome>,
    /// Why it is late, as the state's files code it (`90` is none of the accepted reasons).
    pub delay_code: Option<String>,
    /// Until when the parent agreed in writing that it may take.
    pub extended_to: Option<Date>,
    /// Whether it covered every area of suspected disability (34 CFR 300.304(c)(4)).
    pub comprehensive: Option<YesNo>,
    /// Whether the least restrictive environment was considered.
    pub environment_considered: Option<YesNo>,
    /// Whether consent was given to another agency, before the child came to this district (34 CFR
    /// 300.301(d)(2)).
    pub consented_elsewhere: Option<YesNo>,
    /// By when the parent had repeatedly failed or refused to produce the child for it (34 CFR
    /// 300.301(d)(1)).
    pub not_produced_on: Option<Date>,
    /// When it was stopped.
    pub stopped_on: Option<Date>,
    /// Why.
    pub stop_reason: Option<EvaluationStop>,
}

/// A category of disability under which a child is eligible, for as long as it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligibility {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the person.
    pub person: String,
    /// First day.
    pub begins_on: Date,
    /// Last day; none while it holds.
    pub ends_on: Option<Date>,
    /// The category.
    pub disability: Disability,
    /// A second one.
    pub second_disability: Option<Disability>,
    /// How much support the child needs.
    pub degree_of_support: Option<DegreeOfSupport>,
    /// Why it ended.
    pub ended: Option<EligibilityEnd>,
}
