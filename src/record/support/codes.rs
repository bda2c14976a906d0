//! The closed lists of codes of these rows, each with the words that files use for it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::record::UnknownCode;
use crate::record::codes::codes;

codes! {
    /// What a stretch of days is in a school's calendar.
    CalendarPeriodKind {
        /// The regular school year, or one session of it: pupils attend on its weekdays.
        RegularSession = "regular_session",
        /// A session outside the regular year.
        SummerSession = "summer_session",
        /// A vacation within a session: pupils and most staff are away.
        Vacation = "vacation",
        /// A legal holiday: the offices are closed too.
        Holiday = "holiday",
        /// Staff work, pupils do not attend.
        PupilFree = "pupil_free",
        /// An emergency closure.
        Closure = "closure",
        /// Pupils attend on a day on which they otherwise would not.
        MakeUpDay = "make_up_day",
    }
}

codes! {
    /// The groups of race and ethnicity in which federal reports count (34 CFR 300.646).
    RaceEthnicity {
        /// Hispanic or Latino of any race.
        Hispanic = "hispanic",
        /// American Indian or Alaska Native.
        AmericanIndian = "american_indian",
        /// Asian.
        Asian = "asian",
        /// Black or African American.
        Black = "black",
        /// Native Hawaiian or other Pacific Islander.
        PacificIslander = "pacific_islander",
        /// White.
        White = "white",
        /// Two or more races.
        TwoOrMore = "two_or_more",
        /// Not reported.
        NotReported = "not_reported",
    }
}

codes! {
    /// Who referred a child for an evaluation.
    ReferralSource {
        /// A parent or guardian.
        Parent = "parent",
        /// A teacher or other staff.
        Staff = "staff",
        /// Another agency.
        Agency = "agency",
        /// The programme for infants and toddlers (IDEA Part C).
        PartC = "part_c",
        /// Someone else.
        Other = "other",
    }
}

codes! {
    /// What an evaluation is for.
    EvaluationKind {
        /// Whether the child has a disability; the first one.
        Initial = "initial",
        /// A child who has a plan, again (at least every three years, Ed. Code 56381).
        Reevaluation = "reevaluation",
        /// A child who came with a plan from elsewhere (Ed. Code 56325).
        Transfer = "transfer",
        /// A child who comes from the programme for infants and toddlers (IDEA Part C).
        PartCToB = "part_c_to_b",
    }
}

codes! {
    /// How an evaluation ended.
    EvaluationOutcome {
        /// The child is eligible.
        Eligible = "eligible",
        /// The child is not eligible.
        NotEligible = "not_eligible",
        /// It was stopped: consent was withdrawn, or the child left.
        Stopped = "stopped",
    }
}

codes! {
    /// Why an evaluation was stopped.
    EvaluationStop {
        /// The parent withdrew consent.
        ConsentWithdrawn = "consent_withdrawn",
        /// The child enrolled in a school of another agency before it was decided (34 CFR
        /// 300.301(d)(2)).
        EnrolledElsewhere = "enrolled_elsewhere",
        /// The child left the district's schools, to no other agency that is known.
        Left = "left",
        /// Anything else, which excuses nobody.
        Other = "other",
    }
}

codes! {
    /// The categories of disability of 34 CFR 300.8, and California's own (Ed. Code 56441.11).
    Disability {
        /// Autism.
        Autism = "autism",
        /// Deaf-blindness.
        DeafBlindness = "deaf_blindness",
        /// Deafness.
        Deafness = "deafness",
        /// Emotional disturbance.
        EmotionalDisturbance = "emotional_disturbance",
        /// Established medical disability (ages 3 to 5, California).
        EstablishedMedicalDisability = "established_medical_disability",
        /// Hard of hearing.
        HardOfHearing = "hard_of_hearing",
        /// Intellectual disability.
        IntellectualDisability = "intellectual_disability",
        /// Multiple disabilities.
        MultipleDisabilities = "multiple_disabilities",
        /// Orthopedic impairment.
        OrthopedicImpairment = "orthopedic_impairment",
        /// Other health impairment.
        OtherHealthImpairment = "other_health_impairment",
        /// Specific learning disability.
        SpecificLearningDisability = "specific_learning_disability",
        /// Speech or language impairment.
        SpeechOrLanguageImpairment = "speech_or_language_impairment",
        /// Traumatic brain injury.
        TraumaticBrainInjury = "traumatic_brain_injury",
        /// Visual impairment.
        VisualImpairment = "visual_impairment",
    }
}

codes! {
    /// How much support a child needs, as California's files ask since 2025.
    DegreeOfSupport {
        /// Mild to moderate support needs.
        MildToModerate = "mild_to_moderate",
        /// Extensive support needs.
        Extensive = "extensive",
    }
}

codes! {
    /// Why an eligibility ended.
    EligibilityEnd {
        /// The child went back to general education.
        ReturnedToGeneralEducation = "returned_to_general_education",
        /// The parent revoked consent.
        ConsentRevoked = "consent_revoked",
        /// The child left the district's schools.
        Left = "left",
        /// Another category took its place.
        CategoryChanged = "category_changed",
    }
}

codes! {
    /// What kind of plan it is.
    SupportPlanKind {
        /// An individualized education program (34 CFR 300.320).
        Iep = "iep",
        /// A services plan of a child whom parents placed in a private school (34 CFR 300.138).
        Isp = "isp",
        /// An individualized family service plan (34 CFR 303.344).
        Ifsp = "ifsp",
        /// A plan under Section 504 of the Rehabilitation Act.
        Section504 = "section_504",
    }
}

codes! {
    /// Where a plan is carried out: the federal settings for children of school age and for
    /// children of 3 to 5 (indicators B5 and B6).
    PlanSetting {
        /// A regular school: how much of the day is outside general education is in percent.
        RegularSchool = "regular_school",
        /// A separate school.
        SeparateSchool = "separate_school",
        /// A residential facility.
        ResidentialFacility = "residential_facility",
        /// At home or in a hospital.
        HomeboundOrHospital = "homebound_or_hospital",
        /// A correctional facility.
        CorrectionalFacility = "correctional_facility",
        /// A private school, by the parents' choice.
        ParentallyPlacedPrivate = "parentally_placed_private",
        /// A regular early childhood programme, with most of the services there.
        EarlyChildhoodServicesThere = "early_childhood_services_there",
        /// A regular early childhood programme, with most of the services elsewhere.
        EarlyChildhoodServicesElsewhere = "early_childhood_services_elsewhere",
        /// A separate early childhood class.
        SeparateEarlyChildhoodClass = "separate_early_childhood_class",
        /// The home of a child of 3 to 5.
        EarlyChildhoodHome = "early_childhood_home",
        /// A service provider's place, for a child of 3 to 5.
        ServiceProviderLocation = "service_provider_location",
    }
}

codes! {
    /// What a meeting of a plan's team is for.
    MeetingKind {
        /// The first plan, or that the child is not eligible.
        Initial = "initial",
        /// The review of each year (Ed. Code 56343(d)).
        Annual = "annual",
        /// The review with the evaluation of every third year.
        Triennial = "triennial",
        /// The review of an interim placement within 30 days of a transfer (Ed. Code 56325).
        InterimReview = "interim_review",
        /// A parent asked for it (Ed. Code 56343.5).
        ParentRequest = "parent_request",
        /// A change between reviews.
        Amendment = "amendment",
        /// Whether conduct was a manifestation of the disability (34 CFR 300.530(e)).
        Manifestation = "manifestation",
        /// Another one.
        Other = "other",
    }
}

codes! {
    /// How a parent was invited.
    NoticeMethod {
        /// By letter.
        Letter = "letter",
        /// By telephone.
        Telephone = "telephone",
        /// By e-mail.
        Email = "email",
        /// In person, at home or at school.
        Visit = "visit",
        /// Through the district's portal.
        Portal = "portal",
    }
}

codes! {
    /// What came of an invitation.
    NoticeOutcome {
        /// The parent will come.
        WillAttend = "will_attend",
        /// The parent will not come and agrees that the meeting is held.
        Declined = "declined",
        /// The parent asked for another time.
        Reschedule = "reschedule",
        /// No answer.
        NoAnswer = "no_answer",
    }
}

codes! {
    /// How often a service is promised.
    ServiceFrequency {
        /// So many times a school day.
        Daily = "daily",
        /// So many times a week.
        Weekly = "weekly",
        /// So many times a month.
        Monthly = "monthly",
        /// So many times a school year.
        Yearly = "yearly",
    }
}

codes! {
    /// Who provides a service.
    ProviderKind {
        /// The district or the charter school.
        District = "district",
        /// A nonpublic agency under contract.
        NonpublicAgency = "nonpublic_agency",
        /// Another public agency.
        OtherAgency = "other_agency",
    }
}

codes! {
    /// Whether another agency was invited to the meeting about the time after school, with consent.
    AgencyInvitation {
        /// It was invited.
        Invited = "yes",
        /// It was not.
        NotInvited = "no",
        /// No agency is likely to pay for or to provide services.
        NotApplicable = "not_applicable",
    }
}

codes! {
    /// Why a service was stopped before the last day that the plan promises.
    ServiceStop {
        /// The team changed the plan: another promise, or none, took its place.
        PlanChanged = "plan_changed",
        /// The parent revoked consent (34 CFR 300.300(b)(4)).
        ConsentRevoked = "consent_revoked",
        /// The pupil is no longer eligible.
        NotEligible = "not_eligible",
        /// The pupil finished school, or left the district's schools.
        Left = "left",
        /// The pupil went to another school of the district: it is owed there.
        ChangedSchool = "changed_school",
        /// Nobody was there to provide it.
        NoProvider = "no_provider",
        /// Anything else, which excuses nobody.
        Other = "other",
    }
}

impl ServiceStop {
    /// Whether nothing is owed after it: who moves within the district, or has no provider, is owed
    /// the service still (34 CFR 300.323(c)(2)).
    pub const fn ends_promise(self) -> bool {
        match self {
            Self::PlanChanged | Self::ConsentRevoked | Self::NotEligible | Self::Left => true,
            Self::ChangedSchool | Self::NoProvider | Self::Other => false,
        }
    }
}

codes! {
    /// What became of a session of a service.
    ServiceOutcome {
        /// It was given.
        Given = "given",
        /// The pupil was absent.
        PupilAbsent = "pupil_absent",
        /// The provider was absent.
        ProviderAbsent = "provider_absent",
        /// School was not in session.
        NotInSession = "not_in_session",
        /// The pupil or the parent refused.
        Refused = "refused",
    }
}

codes! {
    /// What was to be translated.
    TranslatedDocument {
        /// A plan.
        Plan = "plan",
        /// A report of an evaluation.
        EvaluationReport = "evaluation_report",
        /// A notice.
        Notice = "notice",
    }
}

codes! {
    /// How a complaint came.
    ComplaintChannel {
        /// By telephone.
        Telephone = "telephone",
        /// By letter.
        Letter = "letter",
        /// By e-mail.
        Email = "email",
        /// Through the district's pages.
        Web = "web",
        /// In person.
        Visit = "visit",
    }
}

codes! {
    /// What was found of a complaint.
    ComplaintFinding {
        /// It was right, in whole or in part.
        Substantiated = "substantiated",
        /// It was not.
        NotSubstantiated = "not_substantiated",
        /// It was taken back, or settled without a finding.
        NoFinding = "no_finding",
    }
}

codes! {
    /// How parents and district settle a dispute.
    DisputeKind {
        /// Informally, before due process.
        Informal = "informal",
        /// By mediation (34 CFR 300.506).
        Mediation = "mediation",
        /// In a resolution session after a request for a hearing (34 CFR 300.510).
        ResolutionSession = "resolution_session",
        /// In a due process hearing (34 CFR 300.511).
        Hearing = "hearing",
    }
}

codes! {
    /// How a pupil was removed from their class or school.
    RemovalKind {
        /// Suspended within the school.
        InSchoolSuspension = "in_school_suspension",
        /// Suspended out of school.
        OutOfSchoolSuspension = "out_of_school_suspension",
        /// Expelled.
        Expulsion = "expulsion",
        /// Moved to an interim setting (34 CFR 300.530(g)).
        InterimSetting = "interim_setting",
    }
}

codes! {
    /// What was tested.
    AssessmentSubject {
        /// English language arts.
        EnglishLanguageArts = "english_language_arts",
        /// Mathematics.
        Mathematics = "mathematics",
        /// Science.
        Science = "science",
    }
}

codes! {
    /// Whether a pupil of a tested grade was tested, and by which standards.
    Participation {
        /// By the standards of the grade.
        Tested = "tested",
        /// By alternate standards.
        AlternateTested = "alternate_tested",
        /// The parent asked for an exemption.
        ParentExempt = "parent_exempt",
        /// A medical emergency.
        MedicalEmergency = "medical_emergency",
        /// Absent, or not given the test.
        NotTested = "not_tested",
    }
}

codes! {
    /// With which accommodation a pupil was tested.
    Accommodation {
        /// With none.
        None = "none",
        /// With one that the state counts as standard.
        Standard = "standard",
        /// With one that changes what is measured.
        NonStandard = "non_standard",
    }
}

codes! {
    /// The level of a result: the five of the California Standards Tests, the four of the tests
    /// since.
    AssessmentLevel {
        /// Far below basic.
        FarBelowBasic = "far_below_basic",
        /// Below basic.
        BelowBasic = "below_basic",
        /// Basic.
        Basic = "basic",
        /// Proficient.
        Proficient = "proficient",
        /// Advanced.
        Advanced = "advanced",
        /// Standard not met.
        NotMet = "not_met",
        /// Standard nearly met.
        NearlyMet = "nearly_met",
        /// Standard met.
        Met = "met",
        /// Standard exceeded.
        Exceeded = "exceeded",
    }
}

codes! {
    /// What a credential is.
    CredentialKind {
        /// Clear.
        Clear = "clear",
        /// Preliminary.
        Preliminary = "preliminary",
        /// Of an intern.
        Intern = "intern",
        /// An emergency or short-term permit.
        Permit = "permit",
        /// A waiver.
        Waiver = "waiver",
    }
}
