//! One pupil with a row in every table that compliance is counted from.

use jiff::civil::{Date, date};
use registrar::record::support::*;
use registrar::record::*;
use registrar::store::*;

use super::rows::SCHOOL;

/// A row of a source as intake would stage it.
fn staged<T>(place: Provenance, source: &str, table: Table, key: &[&str], row: T) -> TableRows
where
    T: std::fmt::Debug,
    TableRows: From<Vec<Staged<T>>>,
{
    let row = Staged {
        provenance: place,
        key: RowKey::new(source, table.name(), key),
        content: ContentDigest::new(&[&format!("{row:?}")]),
        withdrawn: false,
        row,
    };
    vec![row].into()
}

/// Every table, as if each of these sources had sent a file of it: rows here come without one.
pub fn all_sent(sources: &[&str]) -> TablesSent {
    let mut sent = TablesSent::default();
    for source in sources {
        let tables = Table::ALL.iter();
        tables.for_each(|table| sent.add(*source, table.name()));
    }
    sent
}

/// A first day of the pupil's plans.
pub const BEGINS: Date = date(2025, 11, 14);

fn count(number: u32) -> Count {
    Count::new(number).expect("a count")
}

/// The version of the pupil's plan; numbers are the pupil's.
pub fn plan(number: &str) -> SupportPlan {
    SupportPlan {
        school: SCHOOL.into(),
        plan: number.into(),
        person: number.into(),
        kind: SupportPlanKind::Iep,
        begins_on: BEGINS,
        ends_on: None,
        meeting: Some(number.into()),
        parent_consented_on: Some(date(2025, 11, 18)),
        setting: Some(PlanSetting::RegularSchool),
        percent_outside: Some("18.5".parse().expect("a share")),
    }
}

/// A session of the pupil's service.
pub fn session(number: &str) -> ServiceLog {
    ServiceLog {
        school: SCHOOL.into(),
        entry: number.into(),
        person: number.into(),
        promise: number.into(),
        session_on: date(2025, 11, 19),
        minutes: Some(count(30)),
        outcome: ServiceOutcome::Given,
        entered_at: Some("2025-11-19T23:42:00Z".parse().expect("an instant")),
    }
}

/// How the disability was found.
fn identified(at: Provenance, source: &str, number: &str) -> Vec<TableRows> {
    let (school, person) = (|| SCHOOL.to_owned(), || number.to_owned());
    let referral = Referral {
        school: school(),
        referral: person(),
        person: person(),
        referred_by: ReferralSource::Parent,
        referred_on: date(2025, 9, 2),
        part_c_referred_on: None,
        assessment_plan_sent_on: Some(date(2025, 9, 12)),
        consent_received_on: Some(date(2025, 9, 19)),
        consent_refused_on: None,
        withdrawn_on: None,
    };
    let evaluation = Evaluation {
        school: school(),
        evaluation: person(),
        person: person(),
        kind: EvaluationKind::Initial,
        referral: Some(person()),
        consent_received_on: Some(date(2025, 9, 19)),
        report_on: Some(date(2025, 11, 10)),
        meeting_held_on: Some(BEGINS),
        outcome: Some(EvaluationOutcome::Eligible),
        delay_code: None,
        extended_to: None,
        comprehensive: Some(YesNo::Yes),
        environment_considered: Some(YesNo::Yes),
        consented_elsewhere: Some(YesNo::No),
        not_produced_on: Some(date(2025, 10, 6)),
        stopped_on: Some(date(2025, 11, 3)),
        stop_reason: Some(EvaluationStop::Left),
    };
    let eligibility = Eligibility {
        school: school(),
        person: person(),
        begins_on: BEGINS,
        ends_on: None,
        disability: Disability::SpecificLearningDisability,
        second_disability: Some(Disability::SpeechOrLanguageImpairment),
        degree_of_support: Some(DegreeOfSupport::MildToModerate),
        ended: None,
    };
    vec![
        staged(at, source, Table::Referrals, &[number], referral),
        staged(at, source, Table::Evaluations, &[number], evaluation),
        staged(at, source, Table::Eligibilities, &[number], eligibility),
    ]
}

/// The plan, its parts, its meeting and the notice of it.
fn planned(at: Provenance, source: &str, number: &str) -> Vec<TableRows> {
    let (school, person) = (|| SCHOOL.to_owned(), || number.to_owned());
    let transition = TransitionPlan {
        school: school(),
        plan: person(),
        person: person(),
        updated_on: Some(BEGINS),
        assessed_on: Some(date(2025, 10, 20)),
        measurable_goals: Some(YesNo::Yes),
        services: Some(YesNo::Yes),
        courses_of_study: Some(YesNo::No),
        annual_goals: Some(YesNo::Yes),
        pupil_invited: Some(YesNo::Yes),
        agency_invited: None,
        booklet_given_on: None,
    };
    let behaviour = BehaviourPlan {
        school: school(),
        plan: person(),
        person: person(),
        considered_on: Some(BEGINS),
        assessed_on: None,
        made_on: None,
        reviewed_on: None,
    };
    let meeting = PlanMeeting {
        school: school(),
        meeting: person(),
        person: person(),
        kind: MeetingKind::Initial,
        requested_on: None,
        due_on: Some(date(2025, 11, 18)),
        held_on: Some(BEGINS),
        parent_attended: Some(YesNo::Yes),
        delay_code: None,
        extended_to: None,
    };
    let notice = ParentNotice {
        school: school(),
        meeting: person(),
        attempt: "1".into(),
        person: person(),
        sent_on: date(2025, 10, 28),
        method: NoticeMethod::Letter,
        language: Some("es".into()),
        outcome: Some(NoticeOutcome::WillAttend),
    };
    let notices = Table::ParentNotices;
    vec![
        staged(at, source, Table::SupportPlans, &[number], plan(number)),
        staged(at, source, Table::TransitionPlans, &[number], transition),
        staged(at, source, Table::BehaviourPlans, &[number], behaviour),
        staged(at, source, Table::PlanMeetings, &[number], meeting),
        staged(at, source, notices, &[number, "1"], notice),
    ]
}

/// What is promised and given, and what was asked for.
fn served(at: Provenance, source: &str, number: &str) -> Vec<TableRows> {
    let (school, person) = (|| SCHOOL.to_owned(), || number.to_owned());
    let promise = ServicePromise {
        school: school(),
        promise: person(),
        person: person(),
        plan: person(),
        service: "415".into(),
        provider: ProviderKind::District,
        frequency: ServiceFrequency::Weekly,
        times: count(2),
        minutes: count(30),
        begins_on: BEGINS,
        ends_on: None,
        stopped_on: Some(date(2025, 12, 5)),
        stop_reason: Some(ServiceStop::PlanChanged),
    };
    let records = RecordsRequest {
        school: school(),
        request: person(),
        person: person(),
        from_school: Some(school()),
        requested_on: date(2025, 8, 18),
        sent_on: Some(date(2025, 8, 21)),
        received_on: None,
        plan_visible_on: None,
        from_agency: Some("Mesa Verde Unified".into()),
        to_agency: Some("Desert Candle Unified".into()),
        plan_there: Some(YesNo::Yes),
    };
    let translation = TranslationRequest {
        school: school(),
        request: person(),
        person: person(),
        document: TranslatedDocument::Plan,
        language: "es".into(),
        requested_on: BEGINS,
        completed_on: None,
        delivered_on: None,
        withdrawn_on: None,
    };
    let translations = Table::TranslationRequests;
    vec![
        staged(at, source, Table::ServicePromises, &[number], promise),
        staged(at, source, Table::ServiceLogs, &[number], session(number)),
        staged(at, source, Table::RecordsRequests, &[number], records),
        staged(at, source, translations, &[number], translation),
    ]
}

/// Complaints, disputes, incidents.
fn conducted(at: Provenance, source: &str, number: &str) -> Vec<TableRows> {
    let (school, person) = (|| SCHOOL.to_owned(), || number.to_owned());
    let complaint = Complaint {
        school: school(),
        complaint: person(),
        person: person(),
        channel: ComplaintChannel::Telephone,
        received_on: date(2025, 10, 6),
        acknowledged_on: None,
        answered_on: None,
        finding: None,
        corrected_on: None,
        withdrawn_on: None,
    };
    let dispute = Dispute {
        school: school(),
        dispute: person(),
        person: person(),
        kind: DisputeKind::Informal,
        filed_on: date(2025, 10, 20),
        started_on: None,
        concluded_on: None,
        agreement: None,
        withdrawn_on: None,
    };
    let incident = Incident {
        school: school(),
        incident: person(),
        person: person(),
        happened_on: date(2025, 10, 9),
        offence: "48900(k)".into(),
    };
    let removal = Removal {
        school: school(),
        removal: person(),
        person: person(),
        incident: Some(person()),
        kind: RemovalKind::OutOfSchoolSuspension,
        begins_on: date(2025, 10, 10),
        days: "1.5".parse().expect("days"),
    };
    vec![
        staged(at, source, Table::Complaints, &[number], complaint),
        staged(at, source, Table::Disputes, &[number], dispute),
        staged(at, source, Table::Incidents, &[number], incident),
        staged(at, source, Table::Removals, &[number], removal),
    ]
}

/// Where the pupil lives, and what reports count.
fn counted(at: Provenance, source: &str, number: &str) -> Vec<TableRows> {
    let (school, person) = (|| SCHOOL.to_owned(), || number.to_owned());
    let year = SchoolYear::beginning(2025).expect("a year");
    let demographics = Demographics {
        school: school(),
        person: person(),
        race: Some(RaceEthnicity::Hispanic),
        home_language: Some("es".into()),
        english_learner: Some(YesNo::No),
        foster: None,
        homeless: None,
    };
    let residence = Residence {
        school: school(),
        person: person(),
        residence_school: school(),
        begins_on: date(2022, 8, 15),
        ends_on: None,
    };
    let attendance = AttendanceYear {
        school: school(),
        person: person(),
        school_year: year,
        days_enrolled: count(180),
        days_attended: "171.5".parse().expect("days"),
    };
    let assessment = AssessmentResult {
        school: school(),
        person: person(),
        school_year: year,
        subject: AssessmentSubject::Mathematics,
        grade_level: GradeLevel::new(11).expect("a grade"),
        participation: Participation::Tested,
        accommodation: Some(Accommodation::Standard),
        level: Some(AssessmentLevel::NearlyMet),
    };
    vec![
        staged(at, source, Table::Demographics, &[number], demographics),
        staged(at, source, Table::Residences, &[number], residence),
        staged(at, source, Table::Attendance, &[number], attendance),
        staged(at, source, Table::Assessments, &[number], assessment),
    ]
}

/// The pupil's rows, table by table; every number in them is the pupil's.
pub fn pupil(at: Provenance, source: &str, number: &str) -> Vec<TableRows> {
    let parts = [identified, planned, served, conducted, counted];
    let rows = parts.iter().flat_map(|part| part(at, source, number));
    rows.collect()
}

/// The school's calendar, staff and census.
pub fn of_school(at: Provenance, source: &str) -> Vec<TableRows> {
    let school = || SCHOOL.to_owned();
    let period = CalendarPeriod {
        school: school(),
        kind: CalendarPeriodKind::RegularSession,
        begins_on: date(2025, 8, 14),
        ends_on: date(2026, 6, 10),
        name: None,
    };
    let teacher = StaffMember {
        school: school(),
        staff: "T-1".into(),
        special_education_teacher: YesNo::Yes,
        begins_on: date(2021, 8, 12),
        ends_on: None,
    };
    let credential = StaffCredential {
        school: school(),
        staff: "T-1".into(),
        credential: "210347715".into(),
        kind: CredentialKind::Clear,
        special_education: YesNo::Yes,
        valid_from: date(2021, 7, 1),
        valid_to: None,
    };
    let census = CensusCount {
        school: school(),
        counted_on: date(2025, 10, 1),
        enrolled: count(1712),
        with_plan: Some(count(224)),
        certified_by: "CALPADS Fall 1".into(),
    };
    vec![
        staged(at, source, Table::CalendarPeriods, &["1"], period),
        staged(at, source, Table::Staff, &["T-1"], teacher),
        staged(at, source, Table::StaffCredentials, &["T-1"], credential),
        staged(at, source, Table::CensusCounts, &["1"], census),
    ]
}
