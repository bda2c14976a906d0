//! Codes: words of closed lists, and languages, which are words of a public list.

use std::borrow::Cow;

use super::{Cell, CellFault, Format};
use crate::intake::ProblemKind;
use crate::record::support::{
    Accommodation, AgencyInvitation, AssessmentLevel, AssessmentSubject, CalendarPeriodKind,
    ComplaintChannel, ComplaintFinding, CredentialKind, DegreeOfSupport, Disability, DisputeKind,
    EligibilityEnd, EvaluationKind, EvaluationOutcome, EvaluationStop, MeetingKind, NoticeMethod,
    NoticeOutcome, Participation, PlanSetting, ProviderKind, RaceEthnicity, ReferralSource,
    RemovalKind, ServiceFrequency, ServiceOutcome, ServiceStop, SupportPlanKind,
    TranslatedDocument,
};
use crate::record::{
    AgArea, AwardKind, CharterStatus, EnrolmentStatus, EnteredFrom, ExitReason, FulfilmentProgress,
    HoldGround, HonorsKind, LinkKind, MarkChangeGround, MarkKind, NameChangeGround, Requester,
    SchoolKind, TermKind, UnknownCode, YesNo,
};

macro_rules! code_cells {
    ($($type:ty),+) => { $(
        impl Cell for $type {
            type Value = Self;

            fn format() -> Format {
                Format::Code(Self::ALL.iter().map(|code| code.code()).collect())
            }

            fn read(text: &str) -> Result<Self, CellFault> {
                text.parse().map_err(|error| code_fault::<Self>(text, &error))
            }

            fn write(value: &Self) -> Cow<'_, str> {
                Cow::Borrowed(value.code())
            }
        }
    )+ };
}

code_cells!(
    SchoolKind,
    CharterStatus,
    TermKind,
    YesNo,
    AgArea,
    HonorsKind,
    MarkKind,
    AwardKind,
    FulfilmentProgress,
    ExitReason,
    EnteredFrom,
    EnrolmentStatus,
    Requester,
    MarkChangeGround,
    NameChangeGround,
    LinkKind,
    HoldGround,
    Accommodation,
    AgencyInvitation,
    AssessmentLevel,
    AssessmentSubject,
    CalendarPeriodKind,
    ComplaintChannel,
    ComplaintFinding,
    CredentialKind,
    DegreeOfSupport,
    Disability,
    DisputeKind,
    EligibilityEnd,
    EvaluationKind,
    EvaluationOutcome,
    EvaluationStop,
    MeetingKind,
    NoticeMethod,
    NoticeOutcome,
    Participation,
    PlanSetting,
    ProviderKind,
    RaceEthnicity,
    ReferralSource,
    RemovalKind,
    ServiceFrequency,
    ServiceOutcome,
    ServiceStop,
    SupportPlanKind,
    TranslatedDocument
);

/// An unknown code, with the nearest word where one is near.
fn code_fault<C: Cell>(text: &str, error: &UnknownCode) -> CellFault {
    let near = match C::format() {
        Format::Code(words) => nearest(text, words),
        _ => None,
    };
    let hint = match near {
        Some(word) => format!("did you mean {word}?"),
        None => "docs/package-format.md tells what each code means".to_owned(),
    };
    CellFault::new(ProblemKind::CodeUnknown, error.to_string()).hint(hint)
}

/// The word that is near enough to have been meant.
pub(in crate::intake) fn nearest<'a>(
    text: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let said = text.to_lowercase().replace([' ', '-'], "_");
    let distance = |word: &str| strsim::damerau_levenshtein(&said, word);
    let (nearest, steps) = words
        .into_iter()
        .map(|word| (word, distance(word)))
        .min_by_key(|(_, steps)| *steps)?;
    (steps <= nearest.chars().count() / 3).then_some(nearest)
}

/// A language as BCP 47 writes it: `es`, `zh-Hant`, `es-419`. One language has one form here, so
/// that the same words name the same language.
pub struct Language;

impl Cell for Language {
    type Value = String;

    fn format() -> Format {
        Format::Language
    }

    fn read(text: &str) -> Result<String, CellFault> {
        if is_language(text) {
            return Ok(text.to_owned());
        }
        let message = "not a language as BCP 47 writes it";
        Err(CellFault::new(ProblemKind::CodeUnknown, message)
            .hint("write es for Spanish, hy for Armenian, zh-Hant for traditional Chinese"))
    }

    fn write(value: &String) -> Cow<'_, str> {
        Cow::Borrowed(value)
    }
}

/// A language of two or three small letters, then perhaps a script (`Hant`) and a region (`MX`,
/// `419`).
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-').peekable();
    let every = |part: &str, is: fn(&u8) -> bool| part.bytes().all(|byte| is(&byte));
    let language = parts.next().unwrap_or_default();
    if !(2..=3).contains(&language.len()) || !every(language, u8::is_ascii_lowercase) {
        return false;
    }
    let is_script = |part: &&str| {
        let (first, rest) = part.split_at_checked(1).unwrap_or_default();
        part.len() == 4
            && every(first, u8::is_ascii_uppercase)
            && every(rest, u8::is_ascii_lowercase)
    };
    let is_region = |part: &&str| {
        let letters = part.len() == 2 && every(part, u8::is_ascii_uppercase);
        letters || (part.len() == 3 && every(part, u8::is_ascii_digit))
    };
    parts.next_if(is_script);
    parts.next_if(is_region);
    parts.next().is_none()
}
