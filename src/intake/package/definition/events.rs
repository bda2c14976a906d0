//! The tables of events: what a named person decided about a row of whichever source.
//!
//! Such a row is nobody's own in its source, so that one at fault refuses its package, `--hold` or
//! not. It may name what a later import takes away; then it does nothing any more.

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Cells, Column, Fault, KEY_POSITIONS, LocalId, Name, Row, SchoolCode, TableDefinition};
use crate::intake::package::cell::{Cell, Identifier, Maybe, Text};
use crate::intake::package::manifest::SOURCE_CHARACTERS_MAX;
use crate::record::{
    self, Credits, HoldGround, LinkKind, MarkChangeGround, NameChangeGround, Requester, RowKey,
    YesNo,
};
use crate::store::{Staged, Table, TableRows};

/// The name of a source, as a manifest gives it.
type SourceName = Identifier<SOURCE_CHARACTERS_MAX>;
/// Who decided or recorded something: a name, a title.
type Actor = Text<100>;

super::tables! {
    PassMark in PassMarks, "Letter marks of 2020-21 that stand as Pass or No Pass on request \
    (Ed. Code 49066.5, AB 104): P for D and better, NP for F. Credits stay.",
    key [event], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        event: LocalId, "P-2021-17",
            "The source's number for the event, unique in the source and table.";
        person_source: SourceName, "aeries",
            "The source that sent the person and the posting.";
        person: LocalId, "482913",
            "The person, as that source numbers them.";
        posting: LocalId, "6120044",
            "The posting, as that source numbers it; one of the school year 2020-21.";
        requested_on: Date, "2021-08-20",
            "When it was asked for.";
        requested_by: Requester, "parent",
            "Who asked.";
        recorded_by: Actor, "R. Varo, counselor",
            "Who recorded it.";
        recorded_at: Timestamp, "2021-08-27T10:00:00-07:00",
            "When.";
        ended_by: Maybe<Actor>, "",
            "Who took it back; empty while it holds.";
        ended_at: Maybe<Timestamp>, "",
            "When it was taken back.";
        ended_reason: Maybe<Text<300>>, "",
            "Why it was taken back.";
    }

    MarkChange in MarkChanges, "Marks that were changed after they were posted (Ed. Code 49066); \
    the posted row stays as it is. A change to W, I or NC is one too.",
    key [event], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        event: LocalId, "M-2026-03",
            "The source's number for the event, unique in the source and table.";
        person_source: SourceName, "aeries",
            "The source that sent the person and the posting.";
        person: LocalId, "482913",
            "The person, as that source numbers them.";
        posting: LocalId, "7730012",
            "The posting, as that source numbers it.";
        from_mark: Text<8>, "B",
            "The mark that is changed. A posting with another one is left as it is.";
        to_mark: Text<8>, "A",
            "The mark that stands afterwards.";
        credit_earned: Credits, "5",
            "Credits earned afterwards.";
        ground: MarkChangeGround, "clerical_or_mechanical_mistake",
            "Which of the law's grounds.";
        teacher_heard_on: Maybe<Date>, "2026-02-03",
            "When the teacher was heard.";
        teacher_statement: Maybe<Text<500>>, "The final was entered for another student.",
            "What the teacher said.";
        teacher_not_heard: Maybe<Text<500>>, "",
            "Why it was not practicable to hear the teacher.";
        approved_by: Actor, "L. Carrington, principal",
            "Who approved the change.";
        decided_on: Date, "2026-02-05",
            "When it was decided.";
        recorded_by: Actor, "R. Varo, registrar",
            "Who recorded it.";
        recorded_at: Timestamp, "2026-02-05T15:30:00-08:00",
            "When.";
        ended_by: Maybe<Actor>, "",
            "Who took it back; empty while it holds.";
        ended_at: Maybe<Timestamp>, "",
            "When it was taken back.";
        ended_reason: Maybe<Text<300>>, "",
            "Why it was taken back.";
    }

    NameChange in NameChanges, "Legal names as they are now, on government identification or a \
    court's order (Ed. Code 49062.5). A former name stands nowhere in these rows.",
    key [event], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        event: LocalId, "N-2026-01",
            "The source's number for the event, unique in the source and table.";
        person_source: SourceName, "aeries",
            "The source that sent the person.";
        person: LocalId, "482913",
            "The person, as that source numbers them.";
        legal_given: Name, "Luz",
            "Legal given name or names; the only name, for a person with one.";
        legal_middle: Maybe<Name>, "",
            "Legal middle name or names.";
        legal_family: Maybe<Name>, "Nguyễn",
            "Legal family name.";
        legal_suffix: Maybe<Text<20>>, "",
            "Suffix.";
        chosen_name: Maybe<Name>, "",
            "The whole name that the person goes by; empty is none.";
        printed_name: Maybe<Name>, "Luz Nguyen",
            "The whole name to print, where the legal name's script is not among the fonts.";
        ground: NameChangeGround, "court_order",
            "What shows the name.";
        document_seen: Text<200>, "Decree of the Superior Court of Los Angeles, 2026-01-20",
            "Which document was seen: kind, issuer and date, never the former name.";
        requested_on: Date, "2026-02-02",
            "When it was asked for.";
        recorded_by: Actor, "R. Varo, registrar",
            "Who recorded it.";
        recorded_at: Timestamp, "2026-02-02T09:00:00-08:00",
            "When.";
        ended_by: Maybe<Actor>, "",
            "Who took it back; empty while it holds.";
        ended_at: Maybe<Timestamp>, "",
            "When it was taken back.";
        ended_reason: Maybe<Text<300>>, "",
            "Why it was taken back.";
    }

    PersonLink in PersonLinks, "Rows of people that are one person though their state ids differ \
    (merge), that are not the person of their state id (split), or that are two people though they \
    look like one (distinct).",
    key [event], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        event: LocalId, "L-2026-04",
            "The source's number for the event, unique in the source and table.";
        link: LinkKind, "merge",
            "Merge, split or distinct.";
        person_source: SourceName, "aeries",
            "The source that sent the person.";
        person: LocalId, "482913",
            "The person, as that source numbers them.";
        other_source: Maybe<SourceName>, "aeries",
            "The source that sent the other row; empty for a split.";
        other_person: Maybe<LocalId>, "501177",
            "The other person, as that source numbers them; empty for a split.";
        ground: Text<300>, "one birth certificate, two enrolments",
            "What shows it.";
        recorded_by: Actor, "R. Varo, registrar",
            "Who recorded it.";
        recorded_at: Timestamp, "2026-02-02T09:00:00-08:00",
            "When.";
        ended_by: Maybe<Actor>, "",
            "Who took it back; empty while it holds.";
        ended_at: Maybe<Timestamp>, "",
            "When it was taken back.";
        ended_reason: Maybe<Text<300>>, "",
            "Why it was taken back.";
    }

    TranscriptHold in TranscriptHolds, "Official transcripts that are withheld on the grounds of \
    Ed. Code 48904, the only ones; a debt is none (Civ. Code 1788.93). A hold never stops the \
    record's way to another school (Ed. Code 49068).",
    key [event], school [school], person [] {
        school: SchoolCode, "19647331930361",
            "The school that answers for the row.";
        event: LocalId, "H-2026-02",
            "The source's number for the event, unique in the source and table.";
        person_source: SourceName, "aeries",
            "The source that sent the person.";
        person: LocalId, "482913",
            "The person, as that source numbers them.";
        ground: HoldGround, "property_not_returned",
            "Which of the law's grounds.";
        due_process_on: Date, "2026-03-02",
            "When due process was afforded, as for an expulsion.";
        not_homeless_or_foster: YesNo, "yes",
            "That the person is neither homeless nor in foster care (Ed. Code 49014); only yes.";
        begins_on: Date, "2026-03-03",
            "First day.";
        ends_on: Maybe<Date>, "",
            "Last day; empty until it is released.";
        recorded_by: Actor, "R. Varo, registrar",
            "Who recorded it.";
        recorded_at: Timestamp, "2026-03-03T09:00:00-08:00",
            "When.";
        ended_by: Maybe<Actor>, "",
            "Who released it; empty while it holds.";
        ended_at: Maybe<Timestamp>, "",
            "When it was released.";
        ended_reason: Maybe<Text<300>>, "",
            "Why it was released.";
    }
}
