//! Plans, their transition and behaviour parts, the meetings that make them, and the notices to
//! parents.

use jiff::civil::Date;

use super::{
    AgencyInvitation, MeetingKind, NoticeMethod, NoticeOutcome, PlanSetting, SupportPlanKind,
};
use crate::record::{Percent, YesNo};

/// One version of a plan: a review or an amendment makes the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportPlan {
    /// The school that answers for the row: where it is carried out.
    pub school: String,
    /// The sending system's number for the version, unique in the source.
    pub plan: String,
    /// The sending system's number for the person.
    pub person: String,
    /// What kind of plan it is.
    pub kind: SupportPlanKind,
    /// First day on which it holds.
    pub begins_on: Date,
    /// Last day; none while no other version took its place.
    pub ends_on: Option<Date>,
    /// The meeting that made it.
    pub meeting: Option<String>,
    /// When the parent consented to it.
    pub parent_consented_on: Option<Date>,
    /// Where it is carried out.
    pub setting: Option<PlanSetting>,
    /// How much of the school day is spent outside general education.
    pub percent_outside: Option<Percent>,
}

/// A plan's part about the time after school (34 CFR 300.320(b)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitionPlan {
    /// The school that answers for the row.
    pub school: String,
    /// The version of the plan that it is part of.
    pub plan: String,
    /// The sending system's number for the person.
    pub person: String,
    /// When the goals were last brought up to date.
    pub updated_on: Option<Date>,
    /// When the pupil was assessed for it, as befits their age.
    pub assessed_on: Option<Date>,
    /// Whether there are measurable goals for the time after school.
    pub measurable_goals: Option<YesNo>,
    /// Whether services that lead there are named.
    pub services: Option<YesNo>,
    /// Whether courses of study that lead there are named.
    pub courses_of_study: Option<YesNo>,
    /// Whether annual goals serve them.
    pub annual_goals: Option<YesNo>,
    /// Whether the pupil was invited.
    pub pupil_invited: Option<YesNo>,
    /// Whether an agency that may pay was invited with consent (34 CFR 300.321(b)(3)).
    pub agency_invited: Option<AgencyInvitation>,
    /// When the family got the booklet about it.
    pub booklet_given_on: Option<Date>,
}

/// A plan's part about behaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BehaviourPlan {
    /// The school that answers for the row.
    pub school: String,
    /// The version of the plan that it is part of.
    pub plan: String,
    /// The sending system's number for the person.
    pub person: String,
    /// When the team considered whether one is needed.
    pub considered_on: Option<Date>,
    /// When behaviour was assessed.
    pub assessed_on: Option<Date>,
    /// When the support or intervention plan was made.
    pub made_on: Option<Date>,
    /// When it was last reviewed.
    pub reviewed_on: Option<Date>,
}

/// A meeting of a plan's team, held or only due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanMeeting {
    /// The school that answers for the row.
    pub school: String,
    /// The sending system's number for the meeting, unique in the source.
    pub meeting: String,
    /// The sending system's number for the person.
    pub person: String,
    /// What it is for.
    pub kind: MeetingKind,
    /// When a parent asked for it in writing.
    pub requested_on: Option<Date>,
    /// By when it is due.
    pub due_on: Option<Date>,
    /// When it was held.
    pub held_on: Option<Date>,
    /// Whether a parent took part, in the room or from afar.
    pub parent_attended: Option<YesNo>,
    /// Why it is late, as the state's files code it.
    pub delay_code: Option<String>,
    /// Until when the parent agreed in writing that it may take.
    pub extended_to: Option<Date>,
}

/// One attempt to bring a parent to a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParentNotice {
    /// The school that answers for the row.
    pub school: String,
    /// The meeting.
    pub meeting: String,
    /// Which attempt, from 1.
    pub attempt: String,
    /// The sending system's number for the person.
    pub person: String,
    /// When.
    pub sent_on: Date,
    /// How.
    pub method: NoticeMethod,
    /// In which language, as BCP 47 writes it (`es`).
    pub language: Option<String>,
    /// What came of it.
    pub outcome: Option<NoticeOutcome>,
}
