//! What a named person decided about a record: overlays and events, one struct a table.
//!
//! Each names its subject by the source whose number it is (`person_source`, `person`), for a
//! decision is recorded in a source of its own, apart from the system that sent the record. Each
//! says who recorded it, on which ground and when; one that was taken back or released keeps its
//! row, with who ended it, when and why.
//!
//! Never: a copy of what was decided away. An old name stands in no row of `name_changes`.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{
    Credits, HoldGround, LinkKind, MarkChangeGround, NameChangeGround, Requester, RowName,
    SchoolYear, YesNo,
};

/// The school year whose letter marks may become Pass or No Pass (Ed. Code 49066.5, AB 104 of
/// 2021): 2020-21, and no other.
pub const PASS_MARK_SCHOOL_YEAR: SchoolYear = match SchoolYear::beginning(2020) {
    Some(year) => year,
    None => unreachable!(),
};

/// The day on which AB 104, an urgency statute, became law: nobody asked under it before.
pub const PASS_MARK_LAW_FROM: Date = Date::constant(2021, 7, 1);

/// Days within which a district makes the change that was asked for (Ed. Code 49066.5).
pub const PASS_MARK_DAYS_MAX: i64 = 15;

/// A letter mark of 2020-21 that stands as Pass or No Pass on request (Ed. Code 49066.5, AB 104).
/// Credits stay; a former pupil's reprint honours it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassMark {
    /// The school that answers for the row.
    pub school: String,
    /// The source's number for the event, unique in the source and table.
    pub event: String,
    /// The source that sent the person and the posting.
    pub person_source: String,
    /// Its number for the person.
    pub person: String,
    /// Its number for the posting.
    pub posting: String,
    /// When it was asked for.
    pub requested_on: Date,
    /// Who asked.
    pub requested_by: Requester,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Who took it back.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub ended_reason: Option<String>,
}

/// A mark that was changed after it was posted. The teacher's mark is final but for the four
/// grounds of Ed. Code 49066, and the teacher is heard as far as practicable. A change to W, I or
/// NC is one too: *Johnson v. Board of Education* (1986) 179 Cal.App.3d 593.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkChange {
    /// The school that answers for the row.
    pub school: String,
    /// The source's number for the event, unique in the source and table.
    pub event: String,
    /// The source that sent the person and the posting.
    pub person_source: String,
    /// Its number for the person.
    pub person: String,
    /// Its number for the posting.
    pub posting: String,
    /// The mark that is changed.
    pub from_mark: String,
    /// The mark that stands afterwards.
    pub to_mark: String,
    /// Credits earned afterwards.
    pub credit_earned: Credits,
    /// Which of the law's grounds.
    pub ground: MarkChangeGround,
    /// When the teacher was heard.
    pub teacher_heard_on: Option<Date>,
    /// What the teacher said.
    pub teacher_statement: Option<String>,
    /// Why it was not practicable to hear the teacher.
    pub teacher_not_heard: Option<String>,
    /// Who approved the change.
    pub approved_by: String,
    /// When it was decided.
    pub decided_on: Date,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Who took it back.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub ended_reason: Option<String>,
}

/// The legal name that a person has now, on government identification or a court's order (Ed. Code
/// 49062.5). It replaces every name of the record; the former one is nowhere in this row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameChange {
    /// The school that answers for the row.
    pub school: String,
    /// The source's number for the event, unique in the source and table.
    pub event: String,
    /// The source that sent the person.
    pub person_source: String,
    /// Its number for the person.
    pub person: String,
    /// Legal given name or names.
    pub legal_given: String,
    /// Legal middle name or names.
    pub legal_middle: Option<String>,
    /// Legal family name; empty for a person with one name only.
    pub legal_family: Option<String>,
    /// Suffix.
    pub legal_suffix: Option<String>,
    /// The whole name that the person goes by.
    pub chosen_name: Option<String>,
    /// The whole name to print, where the legal name's script has no glyphs in the fonts.
    pub printed_name: Option<String>,
    /// On which ground.
    pub ground: NameChangeGround,
    /// Which document was seen: its kind, issuer and date, never a copy.
    pub document_seen: String,
    /// When it was asked for.
    pub requested_on: Date,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Who took it back.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub ended_reason: Option<String>,
}

/// That two rows of people are one person, or that a row is not the person of its state id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLink {
    /// The school that answers for the row.
    pub school: String,
    /// The source's number for the event, unique in the source and table.
    pub event: String,
    /// Merge or split.
    pub link: LinkKind,
    /// The source that sent the person.
    pub person_source: String,
    /// Its number for the person.
    pub person: String,
    /// Of a merge: the source that sent the other row.
    pub other_source: Option<String>,
    /// Of a merge: its number for the person.
    pub other_person: Option<String>,
    /// What shows it.
    pub ground: String,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Who took it back.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub ended_reason: Option<String>,
}

/// That official transcripts are withheld. The only grounds are those of Ed. Code 48904, after due
/// process as for an expulsion, and never for a homeless or foster child (Ed. Code 49014); a debt
/// is no ground (Civ. Code 1788.93). It never stops a transfer to a school (Ed. Code 48904, 49068).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptHold {
    /// The school that answers for the row.
    pub school: String,
    /// The source's number for the event, unique in the source and table.
    pub event: String,
    /// The source that sent the person.
    pub person_source: String,
    /// Its number for the person.
    pub person: String,
    /// Which of the law's grounds.
    pub ground: HoldGround,
    /// When due process was afforded.
    pub due_process_on: Date,
    /// That the person is neither homeless nor in foster care; only yes is kept.
    pub not_homeless_or_foster: YesNo,
    /// First day.
    pub begins_on: Date,
    /// Last day; none until it is released.
    pub ends_on: Option<Date>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Who released it.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub ended_reason: Option<String>,
}

impl TranscriptHold {
    /// Whether official transcripts are withheld on this day.
    pub fn stands_on(&self, day: Date) -> bool {
        let over = self.ends_on.is_some_and(|last| last < day);
        self.ended_at.is_none() && self.begins_on <= day && !over
    }
}

impl fmt::Display for TranscriptHold {
    /// The ground in words, for the counselor alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ground = match self.ground {
            HoldGround::WilfulDamage => "wilful damage to property",
            HoldGround::PropertyNotReturned => "property on loan not returned",
        };
        let (since, by) = (self.begins_on, &self.recorded_by);
        write!(
            f,
            "{ground} (Ed. Code 48904), since {since}, recorded by {by}"
        )
    }
}

/// Any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A letter that stands as Pass or No Pass.
    PassMark(PassMark),
    /// A changed mark.
    MarkChange(MarkChange),
    /// A changed name.
    NameChange(NameChange),
    /// A merge or a split.
    PersonLink(PersonLink),
    /// A hold on transcripts.
    TranscriptHold(TranscriptHold),
}

macro_rules! event_of {
    ($($row:ident)*) => {
        $(impl From<$row> for Event {
            fn from(row: $row) -> Self {
                Self::$row(row)
            }
        })*
    };
}
event_of!(PassMark MarkChange NameChange PersonLink TranscriptHold);

/// Who ended an event, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

macro_rules! of_each {
    ($event:expr, $row:ident => $value:expr) => {
        match $event {
            Event::PassMark($row) => $value,
            Event::MarkChange($row) => $value,
            Event::NameChange($row) => $value,
            Event::PersonLink($row) => $value,
            Event::TranscriptHold($row) => $value,
        }
    };
}

impl Event {
    /// The source's number for it.
    pub fn number(&self) -> &str {
        of_each!(self, row => &row.event)
    }

    /// The school that answers for it.
    pub fn school(&self) -> &str {
        of_each!(self, row => &row.school)
    }

    /// Whom it is about: a source, and its number for the person.
    pub fn person(&self) -> (&str, &str) {
        of_each!(self, row => (&row.person_source, &row.person))
    }

    /// Who recorded it, and when.
    pub fn recorded(&self) -> (&str, Timestamp) {
        of_each!(self, row => (&row.recorded_by, row.recorded_at))
    }

    /// Who took it back or released it, when and why; none while it holds.
    pub fn ending(&self) -> Option<Ending> {
        of_each!(self, row => Some(Ending {
            by: row.ended_by.clone()?,
            at: row.ended_at?,
            reason: row.ended_reason.clone()?,
        }))
    }

    /// How many of the three cells of its ending say something, and when it ended.
    pub fn ending_cells(&self) -> (usize, Option<Timestamp>) {
        of_each!(self, row => {
            let texts = [&row.ended_by, &row.ended_reason].into_iter().flatten();
            (texts.count() + usize::from(row.ended_at.is_some()), row.ended_at)
        })
    }

    /// The same event, ended.
    #[must_use]
    pub fn ended(mut self, ending: Ending) -> Self {
        let Ending { by, at, reason } = ending;
        of_each!(&mut self, row => {
            (row.ended_by, row.ended_at, row.ended_reason) = (Some(by), Some(at), Some(reason));
        });
        self
    }

    /// What names its row: whose source has it is not kept with it.
    pub fn row(&self) -> RowName {
        let table = match self {
            Self::PassMark(_) => "pass_marks",
            Self::MarkChange(_) => "mark_changes",
            Self::NameChange(_) => "name_changes",
            Self::PersonLink(_) => "person_links",
            Self::TranscriptHold(_) => "transcript_holds",
        };
        RowName::new(table, self.school(), self.person().1, self.number())
    }

    /// Which kind of event it is: the word of `registrar record`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PassMark(_) => "pass-mark",
            Self::MarkChange(_) => "mark-change",
            Self::NameChange(_) => "name-change",
            Self::PersonLink(link) => link.link.code(),
            Self::TranscriptHold(_) => "hold",
        }
    }
}
