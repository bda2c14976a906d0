//! What a district knows, as plain types: people, schools, enrolments, terms, courses, marks.
//!
//! Owns the vocabulary that every other room speaks, the exact numbers ([`Credits`],
//! [`GradePoints`]) and [`Scope`] (whose records a caller may see). Each struct here is one row of
//! the table of the same name in the Registrar package (`intake`) and in the database (`store`).
//!
//! Rows about pupils with disabilities are apart, in [`support`]: no transcript is made of them.
//!
//! The one rule here says which enrolment's school issues a transcript ([`issuing_enrolment`]): the
//! rooms that put a record together, find a class and print a letterhead must mean the same school.
//!
//! Never: input or output, a clock, a float, a district's rule. What a mark is worth is its policy
//! and lives in `transcript`.

#![deny(clippy::float_arithmetic)]

mod alike;
mod assembled;
mod codes;
mod decisions;
mod events;
mod exact;
mod id;
mod row_name;
mod rows;
mod scope;
pub mod support;
mod text;
mod untimely;

use alike::tells_former_name;
pub use alike::{ComparedName, GivenNames};
pub use assembled::{
    CatalogueNames, Directory, PersonRecord, RecordedMark, RecordedTotal, graduation,
    issuing_enrolment,
};
pub use codes::{
    AgArea, AwardKind, CharterStatus, EnrolmentStatus, EnteredFrom, ExitReason, FulfilmentProgress,
    GradeLevel, HoldGround, HonorsKind, LinkKind, MarkChangeGround, MarkKind, NameChangeGround,
    Requester, SchoolKind, SchoolYear, TermKind, UnknownCode, YesNo,
};
pub use decisions::{
    CORRECTS_NO_MARK, DecidedMark, Decisions, TELLS_FORMER_NAME, decide_mark, keeping_former_names,
    keeps_former_name, pass_or_no_pass, rename, standing_name,
};
pub use events::{
    Ending, Event, MarkChange, NameChange, PASS_MARK_DAYS_MAX, PASS_MARK_LAW_FROM,
    PASS_MARK_SCHOOL_YEAR, PassMark, PersonLink, TranscriptHold,
};
pub use exact::{Count, Credits, DayCount, ExactError, GradePoints, Percent, Ratio, Rounding};
pub use id::{ContentDigest, PersonId, Pseudonyms, RowKey};
pub use row_name::RowName;
pub use rows::{
    Award, Course, CumulativeItem, DeclaredTotal, District, Enrolment, Fulfilment, GraduationPlan,
    Mark, Person, School, Term,
};
pub use scope::Scope;
pub use text::{TextError, check_text, folded};
pub use untimely::{Untimely, untimely};
