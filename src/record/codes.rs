//! The closed lists of codes that a row may carry, each with the words that files use for it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that is not in the list of codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown code; one of: {allowed}")]
pub struct UnknownCode {
    /// The accepted words, separated by commas.
    pub allowed: String,
}

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Their words, in the same order.
            pub const WORDS: &[&str] = &[$($word,)+];

            /// The word that stands in files and in the database.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownCode;
            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownCode { allowed: [$($word,)+].join(", ") }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}
pub(in crate::record) use codes;

codes! {
    /// What a school teaches. Never printed on a transcript.
    SchoolKind {
        /// Kindergarten to grade 5 or 6.
        Elementary = "elementary",
        /// Grades 6 to 8.
        Middle = "middle",
        /// Grades 9 to 12.
        High = "high",
        /// Several of these levels in one school.
        Span = "span",
        /// A continuation high school.
        Continuation = "continuation",
        /// Community day, opportunity, independent study and the like.
        Alternative = "alternative",
        /// An adult school.
        Adult = "adult",
    }
}

codes! {
    /// Whether a school is a charter school, and who answers for its records.
    CharterStatus {
        /// A school of the district.
        None = "none",
        /// A charter school that uses the district's systems.
        Affiliated = "affiliated",
        /// A charter school that keeps its own systems and signs its own documents.
        Independent = "independent",
    }
}

codes! {
    /// How a year is divided.
    TermKind {
        /// Half a school year.
        Semester = "semester",
        /// A third of a school year.
        Trimester = "trimester",
        /// A quarter of a school year.
        Quarter = "quarter",
        /// A whole school year.
        Year = "year",
        /// Summer session.
        Summer = "summer",
        /// A session between terms.
        Intersession = "intersession",
    }
}

impl TermKind {
    /// Into how many such terms a school year is divided; none where they divide no year.
    pub const fn parts_of_a_year(self) -> Option<usize> {
        match self {
            Self::Semester => Some(2),
            Self::Trimester => Some(3),
            Self::Quarter => Some(4),
            Self::Year | Self::Summer | Self::Intersession => None,
        }
    }
}

codes! {
    /// The subject areas of the University of California and California State University.
    AgArea {
        /// History and social science.
        A = "a",
        /// English.
        B = "b",
        /// Mathematics.
        C = "c",
        /// Science.
        D = "d",
        /// Language other than English.
        E = "e",
        /// Visual and performing arts.
        F = "f",
        /// College-preparatory elective.
        G = "g",
    }
}

codes! {
    /// Why a course may earn an extra grade point.
    HonorsKind {
        /// Not an honors course.
        None = "none",
        /// An honors course of the school that the university has not certified.
        School = "honors",
        /// An honors course on the school's certified list of the University of California.
        UcCertified = "uc_honors",
        /// Advanced Placement.
        AdvancedPlacement = "ap",
        /// International Baccalaureate, higher level or designated standard level.
        InternationalBaccalaureate = "ib",
        /// A college course that the university accepts for transfer.
        College = "college",
    }
}

codes! {
    /// A plain answer.
    YesNo {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
    }
}

codes! {
    /// How a mark came to be on the record.
    MarkKind {
        /// A course of the school's regular year.
        Regular = "regular",
        /// A course taken elsewhere and accepted.
        Transfer = "transfer",
        /// A course of a summer session.
        Summer = "summer",
        /// A college course taken while in school.
        DualEnrolment = "dual_enrolment",
        /// Credit by examination, without a course.
        Exam = "exam",
        /// A course that is being taken now; it has no mark yet.
        InProgress = "in_progress",
        /// A course that the student will take; it has no mark yet.
        Planned = "planned",
    }
}

impl MarkKind {
    /// Whether the course is over and its mark posted; one in progress or planned has none yet.
    pub const fn is_posted(self) -> bool {
        !matches!(self, Self::InProgress | Self::Planned)
    }
}

codes! {
    /// What a school awards at the end.
    AwardKind {
        /// A regular high school diploma.
        Diploma = "diploma",
        /// A certificate of completion; its wording may not disclose a disability.
        Certificate = "certificate",
        /// California high school equivalency.
        Equivalency = "equivalency",
        /// Golden State Seal Merit Diploma.
        GoldenStateSeal = "golden_state_seal",
        /// State Seal of Biliteracy, one for each language.
        SealOfBiliteracy = "seal_of_biliteracy",
    }
}

codes! {
    /// Why an enrolment ended.
    ExitReason {
        /// Promoted or moved to another school of the district.
        Transferred = "transferred",
        /// Left for a school outside the district.
        LeftDistrict = "left_district",
        /// Completed with a diploma.
        Graduated = "graduated",
        /// Completed without a diploma.
        Completed = "completed",
        /// Stopped attending.
        Dropped = "dropped",
        /// The school year ended and the student goes on at the same school.
        YearEnd = "year_end",
        /// Reached the age up to which the district teaches.
        AgedOut = "aged_out",
        /// The student died.
        Died = "died",
        /// Was to enrol at another school of the state and did not.
        LostTransfer = "lost_transfer",
        /// Was enrolled and never came: `issuing_enrolment` passes over it.
        NoShow = "no_show",
    }
}

codes! {
    /// Where a person was before an enrolment.
    EnteredFrom {
        /// At a school of this district.
        SameDistrict = "same_district",
        /// At a school of another public agency of the state.
        OtherAgency = "other_agency",
        /// At a public school of another state.
        OtherState = "other_state",
        /// At a private school, or taught at home.
        PrivateSchool = "private_school",
        /// At a school of another country.
        OtherCountry = "other_country",
        /// At no school.
        NoSchool = "no_school",
    }
}

codes! {
    /// Which of several enrolments at one time one is, as California's files code it.
    EnrolmentStatus {
        /// The one that counts (10).
        Primary = "primary",
        /// A second one, beside it (20).
        Secondary = "secondary",
        /// For a short time (30).
        ShortTerm = "short_term",
        /// Of a school that receives no attendance money for it (50).
        NoAttendance = "no_attendance",
    }
}

codes! {
    /// How far a requirement that is no course has come.
    FulfilmentProgress {
        /// Begun.
        UnderWay = "under_way",
        /// Met.
        Fulfilled = "fulfilled",
        /// Not asked of the student.
        Waived = "waived",
    }
}

codes! {
    /// Who asked for Pass or No Pass in place of a letter (Ed. Code 49066.5).
    Requester {
        /// The pupil, of age.
        Pupil = "pupil",
        /// A parent or guardian.
        Parent = "parent",
        /// Another holder of educational rights.
        RightsHolder = "rights_holder",
    }
}

impl Requester {
    /// In words, after `the`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Pupil => "pupil",
            Self::Parent => "parent",
            Self::RightsHolder => "holder of educational rights",
        }
    }
}

codes! {
    /// Why a teacher's mark may be changed; there are no other grounds (Ed. Code 49066(a)).
    MarkChangeGround {
        /// A clerical or mechanical mistake.
        ClericalOrMechanicalMistake = "clerical_or_mechanical_mistake",
        /// Fraud.
        Fraud = "fraud",
        /// Bad faith.
        BadFaith = "bad_faith",
        /// Incompetency.
        Incompetency = "incompetency",
    }
}

impl MarkChangeGround {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ClericalOrMechanicalMistake => "clerical or mechanical mistake",
            Self::Fraud => "fraud",
            Self::BadFaith => "bad faith",
            Self::Incompetency => "incompetency",
        }
    }
}

codes! {
    /// What shows a changed legal name (Ed. Code 49062.5).
    NameChangeGround {
        /// Identification that a government issued.
        GovernmentId = "government_id",
        /// A court's order.
        CourtOrder = "court_order",
    }
}

codes! {
    /// How rows of people belong together, beside the state id.
    LinkKind {
        /// Two rows are one person.
        Merge = "merge",
        /// A row is not the person whose state id it carries.
        Split = "split",
        /// Two rows are two people, though they look like one: that is all it says.
        Distinct = "distinct",
    }
}

codes! {
    /// Why official transcripts may be withheld; there are no other grounds (Ed. Code 48904(b)).
    HoldGround {
        /// School property was wilfully damaged.
        WilfulDamage = "wilful_damage",
        /// School property on loan was not returned when it was asked for.
        PropertyNotReturned = "property_not_returned",
    }
}

/// A grade level, as California's files code them: 1 to 12, kindergarten, what comes before it, and
/// what has no grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GradeLevel(i8);

/// The levels that are no number in files, each with the number that it has here.
const NAMED_LEVELS: [(&str, i8); 8] = [
    ("IN", -4),
    ("TD", -3),
    ("PS", -2),
    ("TK", -1),
    ("K", 0),
    ("UE", 21),
    ("US", 22),
    ("AD", 23),
];

impl GradeLevel {
    /// The level, where there is one of this number.
    pub const fn new(level: i8) -> Option<Self> {
        match level {
            -4..=12 | 21..=23 => Some(Self(level)),
            _ => None,
        }
    }

    /// The grade, 0 for kindergarten, -1 for transitional kindergarten. Before it are -2 preschool,
    /// -3 toddlers and -4 infants; of levels without grades 21 is elementary, 22 secondary, 23
    /// adults'.
    pub const fn number(self) -> i8 {
        self.0
    }

    /// Whether it comes before transitional kindergarten.
    pub const fn is_before_school(self) -> bool {
        self.0 < -1
    }

    /// Whether it has grades, so that one of them is higher than another.
    pub const fn is_graded(self) -> bool {
        matches!(self.0, -1..=12)
    }

    /// Whether it is one of high school: grades 9 to 12, secondary without grades, adults'.
    pub const fn is_high_school(self) -> bool {
        matches!(self.0, 9..=12 | 22 | 23)
    }
}

impl FromStr for GradeLevel {
    type Err = UnknownCode;
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let named = NAMED_LEVELS.iter().find(|(word, _)| *word == text);
        let level = match text {
            _ if named.is_some() => named.map(|(_, level)| *level),
            "KN" => Some(0),
            digits if digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|level| (1..=12).contains(level))
            }
            _ => None,
        };
        level.and_then(Self::new).ok_or_else(|| UnknownCode {
            allowed: "IN, TD, PS, TK, K, 1 to 12, UE, US, AD".to_owned(),
        })
    }
}

impl fmt::Display for GradeLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMED_LEVELS.iter().find(|(_, level)| *level == self.0) {
            Some((word, _)) => f.write_str(word),
            None => write!(f, "{}", self.0),
        }
    }
}

/// A school year by the calendar year in which it begins: 2025 is 2025-26.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolYear(i16);

impl SchoolYear {
    /// The school year that begins in this calendar year (1900 to 2199).
    pub const fn beginning(year: i16) -> Option<Self> {
        if year >= 1900 && year <= 2199 {
            Some(Self(year))
        } else {
            None
        }
    }

    /// The calendar year in which it begins.
    pub const fn begins_in(self) -> i16 {
        self.0
    }
}

impl FromStr for SchoolYear {
    type Err = UnknownCode;
    /// Reads `2025-26`.
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let unknown = || UnknownCode {
            allowed: "a school year such as 2025-26".to_owned(),
        };
        let (first, second) = text.split_once('-').ok_or_else(unknown)?;
        let ascii = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if first.len() != 4 || second.len() != 2 || !ascii(first) || !ascii(second) {
            return Err(unknown());
        }
        let first: i16 = first.parse().map_err(|_| unknown())?;
        let second: i16 = second.parse().map_err(|_| unknown())?;
        if (first + 1) % 100 != second {
            return Err(unknown());
        }
        Self::beginning(first).ok_or_else(unknown)
    }
}

impl fmt::Display for SchoolYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.0, (self.0 + 1) % 100)
    }
}

macro_rules! as_text {
    ($($name:ident),+) => { $(
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+ };
}
as_text!(GradeLevel, SchoolYear);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_from_its_word() {
        for kind in MarkKind::ALL {
            assert_eq!(kind.code().parse(), Ok(*kind));
        }
        let error = "Regular"
            .parse::<MarkKind>()
            .expect_err("codes are written in lower case");
        assert!(error.to_string().contains("regular, transfer"), "{error}");
    }

    #[test]
    fn a_grade_level_is_a_grade_or_one_of_the_states_codes() {
        let named = NAMED_LEVELS.into_iter();
        for (text, number) in named.chain([("KN", 0), ("1", 1), ("09", 9), ("12", 12)]) {
            let level: GradeLevel = text.parse().expect("a level");
            assert_eq!(level.number(), number, "{text}");
            assert_eq!(GradeLevel::new(number), Some(level));
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        for text in ["", "0", "13", "21", "-1", "+9", "٩", "nine", "ps"] {
            assert!(text.parse::<GradeLevel>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_school_year_names_two_years_that_follow_each_other() {
        assert_eq!(
            "1999-00".parse::<SchoolYear>().map(SchoolYear::begins_in),
            Ok(1999)
        );
        assert_eq!(
            SchoolYear::beginning(2025).expect("in range").to_string(),
            "2025-26"
        );
        for text in ["2025", "2025-27", "2025-2026", "25-26", "1800-01"] {
            assert!(text.parse::<SchoolYear>().is_err(), "{text}");
        }
    }
}
