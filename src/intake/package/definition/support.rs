//! The tables of special education: how a disability is found, what is planned, promised and given,
//! and what came of complaints and incidents.
//!
//! No report about one student loads them (invariant 2).

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Cells, Column, Fault, KEY_POSITIONS, LocalId, Row, SchoolCode, TableDefinition};
use crate::intake::package::cell::{Cell, Identifier, Language, Maybe, Ordinal, Text};
use crate::record::support::{
    self as record, AgencyInvitation, ComplaintChannel, ComplaintFinding, DegreeOfSupport,
    Disability, DisputeKind, EligibilityEnd, EvaluationKind, EvaluationOutcome, EvaluationStop,
    MeetingKind, NoticeMethod, NoticeOutcome, PlanSetting, ProviderKind, ReferralSource,
    RemovalKind, ServiceFrequency, ServiceOutcome, ServiceStop, SupportPlanKind,
    TranslatedDocument,
};
use crate::record::{Count, DayCount, Percent, RowKey, YesNo};
use crate::store::{Staged, Table, TableRows};

/// A code of the state's files.
type StateCode = Identifier<20>;

super::tables! {
    Referral in Referrals, "Referrals for an evaluation, to the day when the parent decides about \
    them.",
    key [referral], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        referral: LocalId, "R-50912",
            "The sending system's number for the referral, unique in the source.";
        person: LocalId, "482913",
            "The person.";
        referred_by: ReferralSource, "parent",
            "Who referred.";
        referred_on: Date, "2025-09-02",
            "When.";
        part_c_referred_on: Maybe<Date>, "",
            "When the programme for infants and toddlers had the child referred to it; only of a \
            referral that comes from there.";
        assessment_plan_sent_on: Maybe<Date>, "2025-09-12",
            "When the assessment plan was sent to the parent (Ed. Code 56321(a)).";
        consent_received_on: Maybe<Date>, "2025-09-19",
            "When written consent was received, which starts the clock (Ed. Code 56043(c)).";
        consent_refused_on: Maybe<Date>, "",
            "When the parent refused.";
        withdrawn_on: Maybe<Date>, "",
            "When the referral was taken back.";
    }

    Evaluation in Evaluations, "Evaluations of whether, and how, a disability affects a child.",
    key [evaluation], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        evaluation: LocalId, "E-50912",
            "The sending system's number for the evaluation, unique in the source.";
        person: LocalId, "482913",
            "The person.";
        kind: EvaluationKind, "initial",
            "What it is for.";
        referral: Maybe<LocalId>, "R-50912",
            "The referral that it answers, where there was one.";
        consent_received_on: Maybe<Date>, "2025-09-19",
            "When written consent was received.";
        report_on: Maybe<Date>, "2025-11-10",
            "When the report was finished.";
        meeting_held_on: Maybe<Date>, "2025-11-14",
            "When the team met over it.";
        outcome: Maybe<EvaluationOutcome>, "eligible",
            "How it ended.";
        delay_code: Maybe<StateCode>, "",
            "Why it is late, as the state's files code it (`90` is none of the accepted reasons).";
        extended_to: Maybe<Date>, "",
            "Until when the parent agreed in writing that it may take.";
        comprehensive: Maybe<YesNo>, "yes",
            "Whether it covered every area of suspected disability (34 CFR 300.304(c)(4)).";
        environment_considered: Maybe<YesNo>, "yes",
            "Whether the least restrictive environment was considered.";
        consented_elsewhere: Maybe<YesNo>, "no",
            "Whether consent was given to another agency, before the child came to this district \
            (34 CFR 300.301(d)(2)).";
        not_produced_on: Maybe<Date>, "",
            "By when the parent had repeatedly failed or refused to produce the child for it (34 \
            CFR 300.301(d)(1)).";
        stopped_on: Maybe<Date>, "",
            "When it was stopped; only of one that was.";
        stop_reason: Maybe<EvaluationStop>, "",
            "Why.";
    }

    Eligibility in Eligibilities, "Categories of disability under which a person is eligible, for \
    as long as each holds.",
    key [person, begins_on, disability], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        person: LocalId, "482913",
            "The person.";
        begins_on: Date, "2025-11-14",
            "First day.";
        ends_on: Maybe<Date>, "",
            "Last day; empty while it holds.";
        disability: Disability, "specific_learning_disability",
            "The category.";
        second_disability: Maybe<Disability>, "speech_or_language_impairment",
            "A second one.";
        degree_of_support: Maybe<DegreeOfSupport>, "mild_to_moderate",
            "How much support the person needs.";
        ended: Maybe<EligibilityEnd>, "",
            "Why it ended.";
    }

    SupportPlan in SupportPlans, "Plans of special education (IEP and the like), version by \
    version: a review or an amendment makes the next one. Graduation plans are in `plans`.",
    key [plan], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row: where the plan is carried out.";
        plan: LocalId, "IEP-50912-1",
            "The sending system's number for the version, unique in the source.";
        person: LocalId, "482913",
            "The person.";
        kind: SupportPlanKind, "iep",
            "What kind of plan it is.";
        begins_on: Date, "2025-11-14",
            "First day on which it holds.";
        ends_on: Maybe<Date>, "",
            "Last day; empty while no other version took its place.";
        meeting: Maybe<LocalId>, "M-50912",
            "The meeting that made it.";
        parent_consented_on: Maybe<Date>, "2025-11-18",
            "When the parent consented to it.";
        setting: Maybe<PlanSetting>, "regular_school",
            "Where it is carried out.";
        percent_outside: Maybe<Percent>, "18.50",
            "How much of the school day is spent outside general education.";
    }

    TransitionPlan in TransitionPlans, "A plan's part about the time after school (34 CFR \
    300.320(b)).",
    key [plan], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        plan: LocalId, "IEP-50912-1",
            "The version of the plan that it is part of.";
        person: LocalId, "482913",
            "The person.";
        updated_on: Maybe<Date>, "2025-11-14",
            "When the goals were last brought up to date.";
        assessed_on: Maybe<Date>, "2025-10-20",
            "When the pupil was assessed for it, as befits their age.";
        measurable_goals: Maybe<YesNo>, "yes",
            "Whether there are measurable goals for the time after school.";
        services: Maybe<YesNo>, "yes",
            "Whether services that lead there are named.";
        courses_of_study: Maybe<YesNo>, "yes",
            "Whether courses of study that lead there are named.";
        annual_goals: Maybe<YesNo>, "yes",
            "Whether annual goals serve them.";
        pupil_invited: Maybe<YesNo>, "yes",
            "Whether the pupil was invited.";
        agency_invited: Maybe<AgencyInvitation>, "not_applicable",
            "Whether an agency that may pay was invited with consent (34 CFR 300.321(b)(3)).";
        booklet_given_on: Maybe<Date>, "2025-11-14",
            "When the family got the booklet about it.";
    }

    BehaviourPlan in BehaviourPlans, "A plan's part about behaviour.",
    key [plan], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        plan: LocalId, "IEP-50912-1",
            "The version of the plan that it is part of.";
        person: LocalId, "482913",
            "The person.";
        considered_on: Maybe<Date>, "2025-11-14",
            "When the team considered whether one is needed.";
        assessed_on: Maybe<Date>, "2025-12-05",
            "When behaviour was assessed.";
        made_on: Maybe<Date>, "2025-12-12",
            "When the support or intervention plan was made.";
        reviewed_on: Maybe<Date>, "",
            "When it was last reviewed.";
    }

    PlanMeeting in PlanMeetings, "Meetings of the plans' teams, held or only due.",
    key [meeting], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        meeting: LocalId, "M-50912",
            "The sending system's number for the meeting, unique in the source.";
        person: LocalId, "482913",
            "The person.";
        kind: MeetingKind, "initial",
            "What it is for.";
        requested_on: Maybe<Date>, "",
            "When a parent asked for it in writing.";
        due_on: Maybe<Date>, "2025-11-18",
            "By when it is due.";
        held_on: Maybe<Date>, "2025-11-14",
            "When it was held.";
        parent_attended: Maybe<YesNo>, "yes",
            "Whether a parent took part, in the room or from afar; only of a meeting that was \
            held.";
        delay_code: Maybe<StateCode>, "",
            "Why it is late, as the state's files code it.";
        extended_to: Maybe<Date>, "",
            "Until when the parent agreed in writing that it may take.";
    }

    ParentNotice in ParentNotices, "Attempts to bring a parent to a meeting.",
    key [meeting, attempt], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        meeting: LocalId, "M-50912",
            "The meeting.";
        attempt: Ordinal, "1",
            "Which attempt.";
        person: LocalId, "482913",
            "The person whom the meeting is about.";
        sent_on: Date, "2025-10-28",
            "When.";
        method: NoticeMethod, "letter",
            "How.";
        language: Maybe<Language>, "es",
            "In which language.";
        outcome: Maybe<NoticeOutcome>, "will_attend",
            "What came of it.";
    }

    ServicePromise in ServicePromises, "Services that plans promise.",
    key [promise], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        promise: LocalId, "S-88101",
            "The sending system's number for the promise, unique in the source.";
        person: LocalId, "482913",
            "The person.";
        plan: LocalId, "IEP-50912-1",
            "The version of the plan that promises it.";
        service: StateCode, "415",
            "The service, as the state's files code it (`415` is speech and language).";
        provider: ProviderKind, "district",
            "Who is to provide it.";
        frequency: ServiceFrequency, "weekly",
            "How often: so many `times` in each of these.";
        times: Count, "2",
            "How many sessions in each.";
        minutes: Count, "30",
            "Minutes of a session.";
        begins_on: Date, "2025-11-17",
            "First day.";
        ends_on: Maybe<Date>, "",
            "Last day; empty while it holds.";
        stopped_on: Maybe<Date>, "",
            "When it was stopped before that: the last day on which it was owed, where it was \
            rightly.";
        stop_reason: Maybe<ServiceStop>, "",
            "Why. It is owed further where the pupil went to another school of the district, where \
            nobody was there to provide it, or for any other reason.";
    }

    ServiceLog in ServiceLogs, "Sessions of services, as the providers' logs have them.",
    key [entry], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        entry: LocalId, "L-2204418",
            "The sending system's number for the entry, unique in the source.";
        person: LocalId, "482913",
            "The person.";
        promise: LocalId, "S-88101",
            "The promise that it fulfils.";
        session_on: Date, "2025-11-19",
            "The day of the session.";
        minutes: Maybe<Count>, "30",
            "Minutes given; empty where none were.";
        outcome: ServiceOutcome, "given",
            "What became of it.";
        entered_at: Maybe<Timestamp>, "2025-11-19T15:42:00-08:00",
            "When it was entered in the provider's system.";
    }

    RecordsRequest in RecordsRequests, "What a receiving school did to get a pupil's records from \
    the school before (5 CCR 3024).",
    key [request], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that asked: where the pupil is now; the one that was asked, where \
            `to_agency` is given.";
        request: LocalId, "Q-1180",
            "The sending system's number for the request, unique in the source.";
        person: LocalId, "482913",
            "The person.";
        from_school: Maybe<SchoolCode>, "19647331931476",
            "The school that was asked; empty where it is outside the district.";
        requested_on: Date, "2025-08-18",
            "When the records were asked for, which starts five working days.";
        sent_on: Maybe<Date>, "2025-08-21",
            "When they were sent.";
        received_on: Maybe<Date>, "2025-08-22",
            "When they arrived.";
        plan_visible_on: Maybe<Date>, "2025-08-25",
            "When the staff of the receiving school could first open the plan.";
        from_agency: Maybe<Text<200>>, "",
            "The agency outside the district that was asked; then `from_school` is empty.";
        to_agency: Maybe<Text<200>>, "",
            "The agency outside the district that asked: then `school` is the one that was asked.";
        plan_there: Maybe<YesNo>, "",
            "Whether the pupil had an IEP at the agency that was asked; empty while nobody knows.";
    }

    TranslationRequest in TranslationRequests, "Translations that families asked for.",
    key [request], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        request: LocalId, "T-7741",
            "The sending system's number for the request, unique in the source.";
        person: LocalId, "482913",
            "The person.";
        document: TranslatedDocument, "plan",
            "What was to be translated.";
        language: Language, "es",
            "Into which language.";
        requested_on: Date, "2025-11-14",
            "When it was asked for.";
        completed_on: Maybe<Date>, "2025-12-03",
            "When the translation was done.";
        delivered_on: Maybe<Date>, "2025-12-05",
            "When the family got it.";
        withdrawn_on: Maybe<Date>, "",
            "When the request was taken back.";
    }

    Complaint in Complaints, "Parents' complaints.",
    key [complaint], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        complaint: LocalId, "C-2025-118",
            "The sending system's number for the complaint, unique in the source.";
        person: LocalId, "482913",
            "The child whom it is about.";
        channel: ComplaintChannel, "telephone",
            "How it came.";
        received_on: Date, "2025-10-06",
            "When it was received, which starts the clock.";
        acknowledged_on: Maybe<Date>, "2025-10-07",
            "When receipt was acknowledged.";
        answered_on: Maybe<Date>, "2025-10-15",
            "When it was answered.";
        finding: Maybe<ComplaintFinding>, "substantiated",
            "What was found.";
        corrected_on: Maybe<Date>, "2025-11-03",
            "When what was found wrong was set right.";
        withdrawn_on: Maybe<Date>, "",
            "When it was taken back.";
    }

    Dispute in Disputes, "Disputes between parents and district.",
    key [dispute], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        dispute: LocalId, "D-2025-031",
            "The sending system's number for the dispute, unique in the source.";
        person: LocalId, "482913",
            "The child whom it is about.";
        kind: DisputeKind, "informal",
            "How it is settled.";
        filed_on: Date, "2025-10-20",
            "When it was filed.";
        started_on: Maybe<Date>, "2025-10-27",
            "When the first session was held.";
        concluded_on: Maybe<Date>, "2025-11-05",
            "When it ended.";
        agreement: Maybe<YesNo>, "yes",
            "Whether there was an agreement.";
        withdrawn_on: Maybe<Date>, "",
            "When it was taken back.";
    }

    Incident in Incidents, "Incidents in which pupils are said to have taken part, a row a pupil.",
    key [incident], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        incident: LocalId, "I-30551",
            "The sending system's number for this pupil's part in the incident, unique in the \
            source.";
        person: LocalId, "482913",
            "The person.";
        happened_on: Date, "2025-10-09",
            "When.";
        offence: StateCode, "48900(k)",
            "The offence, as the state's files code it.";
    }

    Removal in Removals, "Removals from class or school that followed incidents.",
    key [removal], school [school], person [person] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        removal: LocalId, "V-30551",
            "The sending system's number for the removal, unique in the source.";
        person: LocalId, "482913",
            "The person.";
        incident: Maybe<LocalId>, "I-30551",
            "The incident that it followed, where the system keeps one.";
        kind: RemovalKind, "out_of_school_suspension",
            "How the pupil was removed.";
        begins_on: Date, "2025-10-10",
            "First day.";
        days: DayCount, "1.50",
            "For how many school days; halves count.";
    }
}
