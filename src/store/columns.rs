//! How the value of one column is kept and read back: a number, a text, or nothing.
//!
//! Which columns a table has stands below `stored`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::ser::Serialize;

use super::StoreError;
use super::database::Row;
use crate::record::support::{
    Accommodation, AgencyInvitation, AssessmentLevel, AssessmentSubject, CalendarPeriodKind,
    ComplaintChannel, ComplaintFinding, CredentialKind, DegreeOfSupport, Disability, DisputeKind,
    EligibilityEnd, EvaluationKind, EvaluationOutcome, EvaluationStop, MeetingKind, NoticeMethod,
    NoticeOutcome, Participation, PlanSetting, ProviderKind, RaceEthnicity, ReferralSource,
    RemovalKind, ServiceFrequency, ServiceOutcome, ServiceStop, SupportPlanKind,
    TranslatedDocument,
};
use crate::record::{
    AgArea, AwardKind, CharterStatus, Count, Credits, DayCount, EnrolmentStatus, EnteredFrom,
    ExitReason, FulfilmentProgress, GradeLevel, HoldGround, HonorsKind, LinkKind, MarkChangeGround,
    MarkKind, NameChangeGround, Percent, Requester, SchoolKind, SchoolYear, TermKind, YesNo,
};

/// A value in a column of its own.
pub(crate) trait Column: Sized {
    /// As the database keeps it: a number, a text, or nothing.
    fn kept(&self) -> impl Serialize + '_;
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError>;
}

impl Column for String {
    fn kept(&self) -> impl Serialize + '_ {
        self.as_str()
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        row.text(column)
    }
}

/// Columns of thousandths.
macro_rules! thousandths_columns {
    ($($type:ty),+) => { $(
        impl Column for $type {
            fn kept(&self) -> impl Serialize + '_ {
                self.thousandths()
            }
            fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
                Ok(Self::from_thousandths(row.integer(column)?))
            }
        }
        impl Column for Option<$type> {
            fn kept(&self) -> impl Serialize + '_ {
                self.map(<$type>::thousandths)
            }
            fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
                let thousandths = row.optional_integer(column)?;
                Ok(thousandths.map(<$type>::from_thousandths))
            }
        }
    )+ };
}
thousandths_columns!(Credits, Percent, DayCount);

impl Column for Count {
    fn kept(&self) -> impl Serialize + '_ {
        self.number()
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        count(row.integer(column)?, column)
    }
}

impl Column for Option<Count> {
    fn kept(&self) -> impl Serialize + '_ {
        self.map(Count::number)
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        let number = row.optional_integer(column)?;
        number.map(|number| count(number, column)).transpose()
    }
}

fn count(number: i64, column: &str) -> Result<Count, StoreError> {
    let number = u32::try_from(number).ok().and_then(Count::new);
    number.ok_or_else(|| unreadable(column))
}

impl Column for GradeLevel {
    fn kept(&self) -> impl Serialize + '_ {
        self.number()
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        let number = i8::try_from(row.integer(column)?).ok();
        number.and_then(Self::new).ok_or_else(|| unreadable(column))
    }
}

impl Column for SchoolYear {
    fn kept(&self) -> impl Serialize + '_ {
        self.begins_in()
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        let year = i16::try_from(row.integer(column)?).ok();
        year.and_then(Self::beginning)
            .ok_or_else(|| unreadable(column))
    }
}

fn unreadable(column: &str) -> StoreError {
    StoreError::Inconsistent(format!("`{column}` does not read"))
}

/// Columns that are kept as the text that their type writes and reads.
macro_rules! text_columns {
    ($($type:ty),+ $(,)?) => { $(
        impl Column for $type {
            fn kept(&self) -> impl Serialize + '_ {
                self.to_string()
            }
            fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
                row.parsed(column)
            }
        }
        impl Column for Option<$type> {
            fn kept(&self) -> impl Serialize + '_ {
                self.as_ref().map(ToString::to_string)
            }
            fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
                row.optional_text(column)?
                    .map(|text| text.parse().map_err(|_| unreadable(column)))
                    .transpose()
            }
        }
    )+ };
}
text_columns!(
    Date,
    Timestamp,
    SchoolKind,
    CharterStatus,
    AgArea,
    HonorsKind,
    MarkKind,
    TermKind,
    AwardKind,
    FulfilmentProgress,
    ExitReason,
    EnteredFrom,
    EnrolmentStatus,
    YesNo,
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
    TranslatedDocument,
);

impl Column for Option<String> {
    fn kept(&self) -> impl Serialize + '_ {
        self.as_deref()
    }
    fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        row.optional_text(column)
    }
}
