//! Every kind of case, and every field that a decree's rules may read of it.
//!
//! A district adds an outcome by writing rules over these fields; it needs this file only where a
//! case has no field for what is to be counted. `compliance check-decree` prints this list.

use std::sync::LazyLock;

use super::FieldType::{self, Code, Count, Date, Days, Flag, Percent, Text};
use crate::record::support::{
    Accommodation, AgencyInvitation, AssessmentLevel, AssessmentSubject, ComplaintChannel,
    ComplaintFinding, CredentialKind, DegreeOfSupport, Disability, DisputeKind, EvaluationKind,
    EvaluationOutcome, EvaluationStop, MeetingKind, Participation, PlanSetting, ProviderKind,
    RaceEthnicity, ReferralSource, RemovalKind, ServiceFrequency, ServiceStop, SupportPlanKind,
    TranslatedDocument,
};
use crate::record::{CharterStatus, ExitReason, SchoolKind};

/// A field of a kind of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in rules.
    pub name: &'static str,
    /// What it holds.
    pub of: FieldType,
    /// What it means.
    pub meaning: &'static str,
}

macro_rules! fields {
    ($($field:ident: $of:expr, $meaning:literal;)*) => {
        &[$(Field { name: stringify!($field), of: $of, meaning: $meaning },)*]
    };
}

macro_rules! kinds {
    ($($(#[$meta:meta])* $kind:ident = $word:literal { $($fields:tt)* })+) => {
        /// What a case is about: the unit in which an outcome counts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CaseKind {
            $($(#[$meta])* $kind,)+
        }

        impl CaseKind {
    /// Whether what such a case says depends on the period, the day of the count or the weeks that
    /// are looked at; else it is the same in each year of one report.
    pub const fn is_of_a_period(self) -> bool {
        matches!(
            self,
            Self::Pupil | Self::Assessment | Self::Exit | Self::Service | Self::Teacher
        )
    }

            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// The word in a decree.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$kind => $word,)+ }
            }

            /// The fields that only this kind has.
            const fn own_fields(self) -> &'static [Field] {
                match self { $(Self::$kind => fields! { $($fields)* },)+ }
            }
        }
    };
}

static FIELDS: LazyLock<Vec<Vec<Field>>> = LazyLock::new(|| {
    let kinds = CaseKind::ALL.iter();
    kinds
        .map(|kind| [COMMON, kind.own_fields()].concat())
        .collect()
});

impl CaseKind {
    /// The fields: those of every kind, then its own.
    pub fn fields(self) -> &'static [Field] {
        &FIELDS[self as usize]
    }

    /// The tables whose rows its cases are made of, beside those of people: what every case tells
    /// of its pupil, then its own. A table that is not named here is not read for it, so its rows
    /// would be missing; *`tests/issue/compliance.rs` holds that none is*.
    pub fn tables(self) -> impl Iterator<Item = &'static str> {
        let own: &[&str] = match self {
            Self::Pupil => &[
                "residences",
                "transition_plans",
                "behaviour_plans",
                "removals",
                "evaluations",
            ],
            Self::Exit | Self::Teacher => &[],
            Self::Assessment => &["assessments"],
            Self::Referral | Self::Evaluation => &["referrals", "evaluations"],
            Self::Meeting => &["plan_meetings", "parent_notices"],
            Self::Review => &["plan_meetings"],
            Self::Complaint => &["complaints"],
            Self::Dispute => &["disputes"],
            Self::Translation => &["translation_requests"],
            Self::Removal => &["removals", "incidents"],
            Self::Move => &[
                "referrals",
                "evaluations",
                "records_requests",
                "service_promises",
                "service_logs",
                "plan_meetings",
            ],
            Self::Service => &["service_promises", "service_logs"],
        };
        let common = [
            "enrolments",
            "demographics",
            "eligibilities",
            "support_plans",
        ];
        common.into_iter().chain(own.iter().copied())
    }

    /// The kind of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }

    /// Where a field stands in the list of the kind.
    pub fn place(self, field: &str) -> Option<usize> {
        self.fields().iter().position(|it| it.name == field)
    }
}

/// Words of [`Code`] for what a move between schools left behind.
const OPEN_CLOCKS: &[&str] = &["none", "kept", "vanished"];
/// Words of [`Code`] for which way a move went.
pub(super) const DIRECTIONS: &[&str] = &["within", "in", "out"];
/// Words of [`Code`] for the reviews that come round.
const REVIEWS: &[&str] = &["annual", "triennial"];

/// What is known of every case about a pupil.
const COMMON: &[Field] = fields! {
    school: Text, "The school that answers for the case, by its state code.";
    school_kind: Code(SchoolKind::WORDS), "What that school teaches.";
    charter: Code(CharterStatus::WORDS), "Whether that school is a charter school.";
    local_district: Text, "The part of the district that the school belongs to.";
    grade: Count,
        "The grade on the day of the case: 0 is kindergarten, -1 transitional kindergarten, -2 \
        preschool, -3 toddlers, -4 infants; without grades 21 is elementary, 22 secondary, 23 \
        adults.";
    age: Count, "Whole years of age on the day of the case.";
    disability: Code(Disability::WORDS), "The primary category of eligibility on that day.";
    degree_of_support: Code(DegreeOfSupport::WORDS), "How much support the pupil needs.";
    race: Code(RaceEthnicity::WORDS), "Race and ethnicity, as federal reports count them.";
    race_group: Code(RaceEthnicity::WORDS),
        "The same, where it is one of the seven groups of 34 CFR 300.646; unknown where it is not \
        reported.";
    english_learner: Flag, "Whether the pupil is learning English.";
    has_iep: Flag, "Whether an IEP was in force on that day.";
};

kinds! {
    /// A pupil who is enrolled on the day of the count.
    Pupil = "pupil" {
        plan_kind: Code(SupportPlanKind::WORDS), "The kind of plan in force.";
        plan_begins_on: Date, "First day of the version of the plan in force.";
        setting: Code(PlanSetting::WORDS), "Where the plan is carried out.";
        percent_outside: Percent, "How much of the day is spent outside general education.";
        at_home_school: Flag, "Whether the school is the one of the attendance area.";
        has_transition_plan: Flag, "Whether the plan has a part about the time after school.";
        transition_updated_on: Date, "When that part's goals were last brought up to date.";
        transition_update_due_on: Date, "A year later: they are brought up to date annually.";
        transition_assessed_on: Date, "When the pupil was assessed for it.";
        measurable_goals: Flag, "Whether it has measurable goals for the time after school.";
        transition_services: Flag, "Whether it names services that lead there.";
        courses_of_study: Flag, "Whether it names courses of study that lead there.";
        annual_goals: Flag, "Whether annual goals serve them.";
        pupil_invited: Flag, "Whether the pupil was invited to the meeting.";
        agency_invited: Code(AgencyInvitation::WORDS),
            "Whether an agency that may pay was invited, or none is concerned.";
        booklet_given_on: Date, "When the family got the booklet about transition.";
        has_behaviour_plan: Flag, "Whether a behaviour plan is part of it, made by that day.";
        behaviour_considered_on: Date, "When the team considered a plan for behaviour.";
        behaviour_plan_made_on: Date, "When the behaviour plan in force was made.";
        suspensions: Count, "Suspensions in the period, in school and out of it.";
        days_suspended_out: Days, "Days of suspension out of school in the period.";
        days_removed: Days, "Days of suspension and expulsion in the period.";
        expelled: Flag, "Whether the pupil was expelled in the period.";
        suspensions_under_iep: Count,
            "Suspensions in the period that began on a day on which an IEP was in force.";
        days_removed_under_iep: Days,
            "Days of suspension and expulsion in the period, of those that began on such a day.";
        days_out_under_iep: Days, "Of these days, those of suspension out of school and expulsion.";
        days_in_under_iep: Days, "Of these days, those of suspension in school.";
        removals_under_iep: Count,
            "Removals of every kind in the period that began on such a day, also to an interim \
            setting.";
        evaluation_comprehensive: Flag, "Whether the last evaluation covered every suspected area.";
        environment_considered: Flag, "Whether it considered the least restrictive environment.";
    }

    /// A pupil who left school for good, or finished it, in the period.
    Exit = "exit" {
        exit_reason: Code(ExitReason::WORDS), "Why.";
        exited_on: Date, "When.";
    }

    /// A pupil of a tested grade, in one subject of one year: whose result is in the records, or
    /// who was enrolled on the day of the tests in a grade that the decree's `[[test]]` names.
    Assessment = "assessment" {
        subject: Code(AssessmentSubject::WORDS), "The subject.";
        tested_grade: Count, "The grade that was tested.";
        participation: Code(Participation::WORDS),
            "Whether the pupil was tested, and by which standards: not tested where the year's \
            results came and the pupil's did not; unknown where no result of the year came.";
        result_recorded: Flag,
            "Whether the records have a result of the pupil; unknown where no result of the year \
            came.";
        accommodation: Code(Accommodation::WORDS), "With which accommodation.";
        level: Code(AssessmentLevel::WORDS), "The level of the result.";
        school_year: Count, "The calendar year in which the school year begins.";
        tested_on: Date, "The last of April of that school year: rows tell the year alone.";
    }

    /// A referral for an evaluation.
    Referral = "referral" {
        referred_by: Code(ReferralSource::WORDS), "Who referred.";
        referred_on: Date, "When.";
        assessment_plan_sent_on: Date, "When the assessment plan was sent to the parent.";
        consent_received_on: Date, "When written consent was received.";
        consent_refused_on: Date, "When the parent refused.";
        withdrawn_on: Date, "When the referral was taken back.";
        part_c_referred_on: Date,
            "When the child was referred to the programme for infants and toddlers.";
        third_birthday: Date, "The child's third birthday.";
        eligible: Flag, "Whether the evaluation that followed found the child eligible.";
        not_eligible_on: Date, "When the team found that the child is not eligible.";
        first_plan_on: Date, "First day of the first plan.";
        not_produced_on: Date,
            "By when the parent had repeatedly failed or refused to produce the child for the \
            evaluation that followed.";
    }

    /// An evaluation, or a consent to one of which the records have nothing more.
    Evaluation = "evaluation" {
        kind: Code(EvaluationKind::WORDS), "What it is for.";
        referred_by: Code(ReferralSource::WORDS), "Who referred, where there was a referral.";
        referred_on: Date, "When.";
        consent_received_on: Date, "When written consent was received.";
        report_on: Date, "When the report was finished.";
        meeting_held_on: Date, "When the team met over it.";
        outcome: Code(EvaluationOutcome::WORDS), "How it ended.";
        delay_code: Text, "Why it is late, as the state's files code it.";
        extended_to: Date, "Until when the parent agreed in writing that it may take.";
        not_produced_on: Date,
            "By when the parent had repeatedly failed or refused to produce the child for it.";
        stopped: Flag,
            "Whether it was stopped; unknown of one that was, where nobody says when and why.";
        stopped_on: Date, "When.";
        stop_reason: Code(EvaluationStop::WORDS), "Why.";
        moved_in_after_consent: Flag,
            "Whether the child came from another agency, to which consent had been given.";
        comprehensive: Flag, "Whether it covered every suspected area.";
        environment_considered: Flag, "Whether the least restrictive environment was considered.";
    }

    /// A meeting of a plan's team.
    Meeting = "meeting" {
        kind: Code(MeetingKind::WORDS), "What it is for.";
        requested_on: Date, "When a parent asked for it in writing.";
        due_on: Date, "By when it is due, as the system says.";
        held_on: Date, "When it was held.";
        parent_attended: Flag, "Whether a parent took part.";
        notices: Count, "Attempts to bring a parent, before the meeting.";
        notice_methods: Count, "In how many different ways it was attempted.";
        first_notice_on: Date, "The first of them that is on record.";
        parent_declined: Flag, "Whether a parent answered not to come.";
        delay_code: Text, "Why it is late, as the state's files code it.";
        extended_to: Date, "Until when the parent agreed in writing that it may take.";
    }

    /// A review that comes round, annual or triennial, of a pupil with an IEP.
    Review = "review" {
        kind: Code(REVIEWS), "Annual or triennial.";
        last_held_on: Date, "When the one before was held, or the first plan began.";
        due_on: Date, "A year, or three years, later.";
        held_on: Date, "When the review that was due was held.";
        owed_until: Date,
            "When the pupil left, or was no longer eligible, and nobody had held it; unknown while \
            it is owed.";
        delay_code: Text, "Why it is late, as the state's files code it.";
    }

    /// A service that a plan promises, over the weeks that are looked at.
    Service = "service" {
        service: Text, "The service, as the state's files code it.";
        provider: Code(ProviderKind::WORDS), "Who is to provide it.";
        frequency: Code(ServiceFrequency::WORDS), "In each of these: so many sessions.";
        times: Count, "How many sessions in each.";
        minutes: Count, "Minutes of a session.";
        begins_on: Date, "First day.";
        ends_on: Date, "Last day.";
        plan_kind: Code(SupportPlanKind::WORDS), "The kind of plan that promises it.";
        stopped_on: Date, "When it was stopped before its last day.";
        stop_reason: Code(ServiceStop::WORDS),
            "Why. Nothing is promised after `plan_changed`, `consent_revoked`, `not_eligible`, or \
            `left`.";
        rightly_stopped: Flag, "Whether it was stopped so, by now.";
        sessions_logged: Count,
            "Entries in the provider's log in those weeks, whatever became of them.";
        sessions_given: Count, "Sessions given in those weeks.";
        sessions_promised: Count, "Sessions that the plan promises in those weeks, on school days.";
        minutes_given: Count, "Minutes given in those weeks.";
        minutes_promised: Count, "Minutes that the plan promises in those weeks.";
    }

    /// A parent's complaint.
    Complaint = "complaint" {
        channel: Code(ComplaintChannel::WORDS), "How it came.";
        received_on: Date, "When it was received.";
        acknowledged_on: Date, "When receipt was acknowledged.";
        answered_on: Date, "When it was answered.";
        finding: Code(ComplaintFinding::WORDS), "What was found.";
        corrected_on: Date, "When what was wrong was set right.";
        withdrawn_on: Date, "When it was taken back.";
    }

    /// A dispute between parents and district.
    Dispute = "dispute" {
        kind: Code(DisputeKind::WORDS), "How it is settled.";
        filed_on: Date, "When it was filed.";
        started_on: Date, "When the first session was held.";
        concluded_on: Date, "When it ended.";
        agreement: Flag, "Whether there was an agreement.";
        withdrawn_on: Date, "When it was taken back.";
    }

    /// A translation that a family asked for.
    Translation = "translation" {
        document: Code(TranslatedDocument::WORDS), "What was to be translated.";
        language: Text, "Into which language.";
        requested_on: Date, "When it was asked for.";
        completed_on: Date, "When the translation was done.";
        delivered_on: Date, "When the family got it.";
        withdrawn_on: Date, "When the request was taken back.";
    }

    /// A removal of a pupil from class or school.
    Removal = "removal" {
        kind: Code(RemovalKind::WORDS), "How the pupil was removed.";
        begins_on: Date, "First day.";
        days: Days, "For how many school days.";
        offence: Text, "The offence, as the state's files code it.";
    }

    /// Someone who is assigned to teach special education on the day of the count.
    Teacher = "teacher" {
        credential: Code(CredentialKind::WORDS),
            "The best credential valid on that day that authorises to teach special education.";
        any_credential: Flag, "Whether any credential is valid on that day.";
    }

    /// A change of school by a pupil with a plan, or with a referral or evaluation open: within the
    /// district, from another agency, or to one that asked for the records.
    Move = "move" {
        direction: Code(DIRECTIONS), "Within the district, into it, or out of it.";
        moved_on: Date,
            "First day at the new school; of a move out of the district, when the agency asked for \
            the records.";
        sending_school: Text, "The school before, by its state code.";
        sending_charter: Code(CharterStatus::WORDS), "Whether that is a charter school.";
        agency: Text, "The agency outside the district, from which or to which it went.";
        left_on: Date, "Last day there.";
        entered_on: Date, "First day at the new school.";
        had_plan: Flag, "Whether a plan was in force.";
        records_requested: Flag,
            "Whether the new school, or agency, asked for the records; unknown where no system \
            tells.";
        records_requested_on: Date, "When it did.";
        records_sent_on: Date, "When they were sent.";
        records_received_on: Date, "When they arrived.";
        plan_visible_on: Date,
            "When the new school could first open the plan, or had one of its own.";
        service_given: Flag,
            "Whether a service was given there by now; unknown where no system sends logs.";
        first_service_on: Date, "When the first service of an IEP was given there.";
        services_stopped_on: Date,
            "When the last of the services that were promised was rightly stopped; unknown while \
            one is owed.";
        interim_review_held: Flag,
            "Whether the interim placement was reviewed by now, or a new IEP made at a meeting \
            (initial, annual or triennial); unknown where no system tells of meetings.";
        interim_review_on: Date, "When it was.";
        open_clock: Code(OPEN_CLOCKS),
            "Whether a referral or evaluation was open; and whether the new school went on with \
            each within 60 days, or one vanished.";
        clocks_open: Count, "Referrals and evaluations that were open.";
        clocks_vanished: Count,
            "Of them, those that nobody at the new school touched within 60 days.";
        clocks_resumed_on: Date,
            "When the new school had gone on with every one of them, however late.";
    }
}
