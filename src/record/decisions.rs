//! What decisions make of a record: the marks, the name and the holds that hold.
//!
//! Pure functions over the rows of `events.rs`; an event that was ended does nothing. The posted
//! row stays as it was sent, and what was changed is told beside it ([`DecidedMark`]).

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Credits, Event, MarkChange, NameChange, PASS_MARK_SCHOOL_YEAR, PassMark, Person, RecordedMark,
    RowName, TranscriptHold, Untimely, tells_former_name,
};

/// What no change of a mark does, said of the mark: a waiver is no mark that a teacher could have
/// given.
pub const CORRECTS_NO_MARK: &str = "waives a requirement, which corrects no mark (Ed. Code 49066)";

/// What no note of a document may hold, said of the note.
pub const TELLS_FORMER_NAME: &str = "has a word of the student's former name (Ed. Code 49062.5)";

/// What was decided about a person's record, as far as it may be shown to who works with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Every decision on a mark, in the order of the marks and of the decisions.
    pub marks: Vec<DecidedMark>,
    /// Holds that were not released, whatever the day.
    pub holds: Vec<TranscriptHold>,
    /// Decisions that do nothing because a number is another child's by now, a sentence each.
    pub astray: BTreeSet<String>,
    /// Days of standing decisions that cannot be.
    pub untimely: Vec<Untimely>,
    /// Standing changes of the name that keep a former one ([`keeps_former_name`]).
    pub former_names: Vec<RowName>,
}

/// A decision on one posting, for the trace of a transcript; never printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecidedMark {
    /// The row of the event.
    #[serde(skip)]
    pub row: RowName,
    /// The sending system.
    pub source: String,
    /// The posting's number in its source.
    pub posting: String,
    /// The term's name.
    pub term: String,
    /// The title.
    pub title: String,
    /// The mark before.
    pub from_mark: String,
    /// The mark that stands.
    pub to_mark: String,
    /// Credits earned before.
    pub from_credit: Credits,
    /// Credits earned now.
    pub to_credit: Credits,
    /// The ground, who decided and when, in words; or why the decision does nothing.
    pub why: String,
    /// Whether it does anything.
    pub applied: bool,
    /// Whether it is a letter that became Pass or No Pass; changes come before it.
    pub passed: bool,
}

impl DecidedMark {
    /// The place of its posting among a person's marks.
    pub fn place_in(&self, marks: &[RecordedMark]) -> Option<usize> {
        marks.iter().position(|recorded| self.is_about(recorded))
    }

    fn is_about(&self, recorded: &RecordedMark) -> bool {
        (&self.source, &self.posting) == (&recorded.source, &recorded.mark.posting)
    }
}

impl Decisions {
    /// The marks as their sources posted them, before anything was decided: what a figure that a
    /// sending system declares is about.
    pub fn as_posted<'a>(&self, marks: &'a [RecordedMark]) -> Cow<'a, [RecordedMark]> {
        let mut marks = Cow::Borrowed(marks);
        // The newest decision first, so that the oldest one's mark is left.
        for decided in self.marks.iter().rev().filter(|decided| decided.applied) {
            if let Some(place) = decided.place_in(&marks) {
                let mark = &mut marks.to_mut()[place].mark;
                mark.mark = Some(decided.from_mark.clone());
                mark.credit_earned = decided.from_credit;
            }
        }
        marks
    }

    /// The last decision of such a kind that acts on a posting.
    pub fn last_on(
        &self,
        recorded: &RecordedMark,
        is_such: impl Fn(&DecidedMark) -> bool,
    ) -> Option<&DecidedMark> {
        let acts = |it: &&DecidedMark| it.applied && it.is_about(recorded) && is_such(it);
        self.marks.iter().rfind(acts)
    }

    /// The pass that stands on a posting.
    pub fn pass_on(&self, recorded: &RecordedMark) -> Option<&DecidedMark> {
        self.last_on(recorded, |decided| decided.passed)
    }

    /// The mark of a posting to which a further change would be made: the one that stands, or the
    /// letter before it became Pass or No Pass.
    pub fn changeable<'a>(&'a self, recorded: &'a RecordedMark) -> Option<&'a str> {
        match self.pass_on(recorded) {
            Some(passed) => Some(&passed.from_mark),
            None => recorded.mark.mark.as_deref(),
        }
    }
}

/// The letter as Pass or No Pass: P for D and better, NP for F (Ed. Code 49066.5). None for a mark
/// that is no letter.
pub fn pass_or_no_pass(mark: &str) -> Option<&'static str> {
    let mut characters = mark.chars();
    let letter = characters.next()?;
    let sign = characters.as_str();
    match letter {
        'A'..='D' if matches!(sign, "" | "+" | "-") => Some("P"),
        'F' if sign.is_empty() => Some("NP"),
        _ => None,
    }
}

/// Changes the mark of one posting as these decisions say, first recorded first, then to Pass or No
/// Pass where that was asked for. Gives what was decided.
pub fn decide_mark(
    recorded: &mut RecordedMark,
    mut changes: Vec<MarkChange>,
    passes: &[PassMark],
) -> Vec<DecidedMark> {
    changes.retain(|change| change.ended_at.is_none());
    changes.sort_by(|one, other| order(one).cmp(&order(other)));
    let mut decided: Vec<_> = changes
        .iter()
        .map(|change| change_mark(recorded, change))
        .collect();
    let standing = passes.iter().find(|pass| pass.ended_at.is_none());
    decided.extend(standing.map(|pass| pass_mark(recorded, pass)));
    decided
}

/// As they were recorded: each was made to the mark that stood then.
fn order(change: &MarkChange) -> impl Ord + '_ {
    (change.recorded_at, change.decided_on, &change.event)
}

/// The mark before a decision and after it; the same where the decision does nothing.
fn told(
    recorded: &RecordedMark,
    row: RowName,
    (to_mark, to_credit): (&str, Credits),
    why: String,
) -> DecidedMark {
    let from_mark = recorded.mark.mark.clone().unwrap_or_default();
    DecidedMark {
        row,
        source: recorded.source.clone(),
        posting: recorded.mark.posting.clone(),
        term: recorded.term.name.clone(),
        title: recorded.title().to_owned(),
        to_mark: to_mark.to_owned(),
        from_credit: recorded.mark.credit_earned,
        to_credit,
        applied: true,
        passed: false,
        from_mark,
        why,
    }
}

/// That a decision does nothing, and why.
fn without_effect(recorded: &RecordedMark, row: RowName, why: String) -> DecidedMark {
    let mark = recorded.mark.mark.clone().unwrap_or_default();
    DecidedMark {
        applied: false,
        ..told(recorded, row, (&mark, recorded.mark.credit_earned), why)
    }
}

/// One change. A posting that no longer carries the mark that was changed is left alone: its source
/// has said something else since, and what was decided was not about that.
fn change_mark(recorded: &mut RecordedMark, change: &MarkChange) -> DecidedMark {
    let now = recorded.mark.mark.as_deref();
    let row = Event::from(change.clone()).row();
    let ground = change.ground.words();
    let (by, on) = (&change.approved_by, change.decided_on);
    let heard = match (&change.teacher_heard_on, &change.teacher_not_heard) {
        (Some(day), _) => format!("teacher heard on {day}"),
        (None, Some(why)) => format!("teacher not heard: {why}"),
        (None, None) => "teacher not heard".to_owned(),
    };
    let why = format!("{ground} (Ed. Code 49066), approved by {by} on {on}, {heard}");
    if now != Some(change.from_mark.as_str()) {
        let now = now.unwrap_or("no mark");
        let (from, to) = (&change.from_mark, &change.to_mark);
        let why = format!(
            "without effect: the posting has {now} now, not {from} ({from} to {to}: {why})"
        );
        return without_effect(recorded, row, why);
    }
    let decided = told(recorded, row, (&change.to_mark, change.credit_earned), why);
    recorded.mark.mark = Some(change.to_mark.clone());
    recorded.mark.credit_earned = change.credit_earned;
    decided
}

/// The letter as Pass or No Pass, with the credits that it has.
fn pass_mark(recorded: &mut RecordedMark, pass: &PassMark) -> DecidedMark {
    let (by, on) = (pass.requested_by.words(), pass.requested_on);
    let row = Event::from(pass.clone()).row();
    let why = format!(
        "Ed. Code 49066.5 (AB 104), asked for by the {by} on {on}, recorded by {}",
        pass.recorded_by
    );
    let letter = recorded.mark.mark.as_deref().and_then(pass_or_no_pass);
    if recorded.term.school_year != PASS_MARK_SCHOOL_YEAR {
        let year = recorded.term.school_year;
        return without_effect(
            recorded,
            row,
            format!("without effect: a mark of {year} ({why})"),
        );
    }
    let Some(letter) = letter else {
        return without_effect(
            recorded,
            row,
            format!("without effect: the mark is no letter ({why})"),
        );
    };
    let decided = told(recorded, row, (letter, recorded.mark.credit_earned), why);
    recorded.mark.mark = Some(letter.to_owned());
    DecidedMark {
        passed: true,
        ..decided
    }
}

/// The newest name that was recorded and not taken back.
pub fn standing_name(changes: &[NameChange]) -> Option<&NameChange> {
    let standing = changes.iter().filter(|change| change.ended_at.is_none());
    standing.max_by_key(|change| (change.recorded_at, &change.event))
}

/// Gives the person the newest name that was recorded; the former legal, chosen and printed names
/// are gone with it (Ed. Code 49062.5).
pub fn rename(person: &mut Person, changes: &[NameChange]) {
    let Some(newest) = standing_name(changes) else {
        return;
    };
    person.legal_given.clone_from(&newest.legal_given);
    person.legal_middle.clone_from(&newest.legal_middle);
    person.legal_family.clone_from(&newest.legal_family);
    person.legal_suffix.clone_from(&newest.legal_suffix);
    person.chosen_name.clone_from(&newest.chosen_name);
    person.printed_name.clone_from(&newest.printed_name);
}

/// Whether the note of which document showed a new name has a word of a former one. It is kept,
/// and listed with the decision; the former name is to stand nowhere in it. `former` are the rows
/// of the person, and the person as decisions named them before.
pub fn keeps_former_name(change: &NameChange, former: &[Person]) -> bool {
    let former = former.iter().flat_map(|person| {
        [
            Some(&person.legal_given),
            person.legal_middle.as_ref(),
            person.legal_family.as_ref(),
            person.chosen_name.as_ref(),
            person.printed_name.as_ref(),
        ]
    });
    let new = [
        Some(&change.legal_given),
        change.legal_middle.as_ref(),
        change.legal_family.as_ref(),
        change.chosen_name.as_ref(),
        change.printed_name.as_ref(),
    ];
    let former: Vec<&str> = former.flatten().map(String::as_str).collect();
    let new: Vec<&str> = new.into_iter().flatten().map(String::as_str).collect();
    tells_former_name(&change.document_seen, &former, &new)
}

/// Which of these changes, in the order in which they were recorded, keep a former name of the
/// person of these rows.
pub fn keeping_former_names(changes: &[NameChange], rows: &[Person]) -> Vec<RowName> {
    let keeping = changes.iter().enumerate().filter(|(place, change)| {
        let mut former = rows.to_vec();
        former.extend(rows.first().cloned().map(|mut named_before| {
            rename(&mut named_before, &changes[..*place]);
            named_before
        }));
        keeps_former_name(change, &former)
    });
    keeping
        .map(|(_, change)| Event::from(change.clone()).row())
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::record::{
        Course, GradeLevel, HonorsKind, Mark, MarkChangeGround, MarkKind, NameChangeGround,
        Requester, SchoolYear, Term, TermKind,
    };

    fn posted(letter: &str, year: i16) -> RecordedMark {
        let five: Credits = "5".parse().expect("credits");
        RecordedMark {
            source: "sis".into(),
            mark: Mark {
                school: "S".into(),
                posting: "1".into(),
                person: "1".into(),
                term: "T".into(),
                course: "C".into(),
                title: None,
                taken_at: None,
                kind: MarkKind::Regular,
                mark: Some(letter.into()),
                credit_attempted: five,
                credit_earned: five,
                grade_level: GradeLevel::new(10).expect("a grade"),
                posted_by: None,
                posted_at: None,
            },
            term: Term {
                school: "S".into(),
                term: "T".into(),
                name: "Fall".into(),
                school_year: SchoolYear::beginning(year).expect("a year"),
                kind: TermKind::Semester,
                begins_on: date(year, 8, 14),
                ends_on: date(year, 12, 19),
            },
            course: Course {
                school: "S".into(),
                course: "C".into(),
                title: "English 10".into(),
                subject: "english".into(),
                ag_area: None,
                honors: HonorsKind::None,
                state_course_code: None,
                credit_value: five,
                sequence: None,
                level: None,
                part: None,
                repeatable: None,
                graduation_credit: None,
                retired_on: None,
            },
        }
    }

    fn pass() -> PassMark {
        PassMark {
            school: "S".into(),
            event: "1".into(),
            person_source: "sis".into(),
            person: "1".into(),
            posting: "1".into(),
            requested_on: date(2021, 8, 20),
            requested_by: Requester::Parent,
            recorded_by: "R. Varo".into(),
            recorded_at: "2021-08-27T17:00:00Z".parse().expect("an instant"),
            ended_by: None,
            ended_at: None,
            ended_reason: None,
        }
    }

    fn change(event: &str, from: &str, to: &str) -> MarkChange {
        MarkChange {
            school: "S".into(),
            event: event.into(),
            person_source: "sis".into(),
            person: "1".into(),
            posting: "1".into(),
            from_mark: from.into(),
            to_mark: to.into(),
            credit_earned: Credits::ZERO,
            ground: MarkChangeGround::Fraud,
            teacher_heard_on: None,
            teacher_statement: None,
            teacher_not_heard: Some("has left".into()),
            approved_by: "the principal".into(),
            decided_on: date(2021, 9, 1),
            recorded_by: "R. Varo".into(),
            recorded_at: "2021-09-02T17:00:00Z".parse().expect("an instant"),
            ended_by: None,
            ended_at: None,
            ended_reason: None,
        }
    }

    #[test]
    fn marks_as_posted_are_those_before_every_decision() {
        let posted = posted("D", 2020);
        let mut now = posted.clone();
        let later = MarkChange {
            recorded_at: "2021-09-09T16:00:00Z".parse().expect("an instant"),
            ..change("2", "C", "B")
        };
        let decisions = Decisions {
            marks: decide_mark(&mut now, vec![later, change("1", "D", "C")], &[pass()]),
            ..Decisions::default()
        };
        assert_eq!(now.mark.mark.as_deref(), Some("P"));
        assert_eq!(decisions.changeable(&now), Some("B"));
        let marks = [now];
        assert_eq!(decisions.as_posted(&marks)[..], [posted]);
    }

    #[test]
    fn d_and_better_is_a_pass_and_f_is_none_and_nothing_else_is_a_letter_ed_code_49066_5() {
        for letter in [
            "A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "D-",
        ] {
            assert_eq!(pass_or_no_pass(letter), Some("P"), "{letter}");
        }
        assert_eq!(pass_or_no_pass("F"), Some("NP"));
        for other in [
            "", "P", "NP", "W", "I", "NC", "CR", "E", "AU", "F+", "a", "A*", "95", "Ä",
        ] {
            assert_eq!(pass_or_no_pass(other), None, "{other}");
        }
    }

    #[test]
    fn pass_or_no_pass_leaves_credits_as_they_are_and_other_years_alone() {
        let mut mark = posted("D", 2020);
        let decided = decide_mark(&mut mark, Vec::new(), &[pass()]);
        assert_eq!(mark.mark.mark.as_deref(), Some("P"));
        assert_eq!(mark.mark.credit_earned, mark.mark.credit_attempted);
        assert_eq!(
            (decided[0].applied, decided[0].from_mark.as_str()),
            (true, "D")
        );
        for year in [2019, 2021] {
            let mut mark = posted("D", year);
            let decided = decide_mark(&mut mark, Vec::new(), &[pass()]);
            assert_eq!(mark, posted("D", year));
            assert!(
                !decided[0].applied && decided[0].why.contains("a mark of 20"),
                "{decided:?}"
            );
        }
    }

    #[test]
    fn pass_or_no_pass_follows_the_letter_that_a_change_left() {
        let mut mark = posted("C", 2020);
        let decided = decide_mark(&mut mark, vec![change("1", "C", "F")], &[pass()]);
        assert_eq!(mark.mark.mark.as_deref(), Some("NP"));
        let steps: Vec<_> = decided
            .iter()
            .map(|it| (&*it.from_mark, &*it.to_mark))
            .collect();
        assert_eq!(steps, [("C", "F"), ("F", "NP")]);
    }

    #[test]
    fn changes_are_made_as_they_were_recorded_whatever_the_order_of_rows_and_of_decisions() {
        let second = MarkChange {
            decided_on: date(2021, 8, 31),
            recorded_at: "2021-09-03T17:00:00Z".parse().expect("an instant"),
            ..change("2", "B", "A")
        };
        for changes in [
            vec![change("1", "C", "B"), second.clone()],
            vec![second, change("1", "C", "B")],
        ] {
            let mut mark = posted("C", 2025);
            let decided = decide_mark(&mut mark, changes, &[]);
            assert_eq!(mark.mark.mark.as_deref(), Some("A"));
            assert!(decided.iter().all(|decided| decided.applied));
        }
    }

    #[test]
    fn an_event_that_ended_and_a_change_of_another_mark_do_nothing() {
        let ended = MarkChange {
            ended_at: Some("2021-09-03T17:00:00Z".parse().expect("an instant")),
            ..change("1", "C", "B")
        };
        let mut mark = posted("C", 2020);
        assert_eq!(decide_mark(&mut mark, vec![ended], &[]), []);
        let decided = decide_mark(&mut mark, vec![change("1", "D", "B")], &[]);
        assert!(!decided[0].applied);
        assert_eq!(mark, posted("C", 2020));
        let taken_back = PassMark {
            ended_at: Some("2021-09-03T17:00:00Z".parse().expect("an instant")),
            ..pass()
        };
        assert_eq!(decide_mark(&mut mark, Vec::new(), &[taken_back]), []);
    }

    fn name(event: &str, given: &str, second: i64, ended: bool) -> NameChange {
        let at = |second| jiff::Timestamp::from_second(second).expect("an instant");
        NameChange {
            school: "S".into(),
            event: event.into(),
            person_source: "sis".into(),
            person: "1".into(),
            legal_given: given.into(),
            legal_middle: None,
            legal_family: None,
            legal_suffix: None,
            chosen_name: None,
            printed_name: None,
            ground: NameChangeGround::GovernmentId,
            document_seen: "passport".into(),
            requested_on: date(2026, 1, 1),
            recorded_by: "R. Varo".into(),
            recorded_at: at(second),
            ended_by: None,
            ended_at: ended.then(|| at(second + 1)),
            ended_reason: None,
        }
    }

    fn former() -> Person {
        Person {
            school: "S".into(),
            person: "1".into(),
            state_id: None,
            legal_given: "Former".into(),
            legal_middle: Some("Former".into()),
            legal_family: Some("Former".into()),
            legal_suffix: Some("Former".into()),
            chosen_name: Some("Former".into()),
            printed_name: Some("Former".into()),
            birth_date: date(2008, 1, 1),
            mailing_address: None,
        }
    }

    #[test]
    fn the_newest_name_that_was_not_taken_back_is_the_name() {
        let former = former();
        let mut person = former.clone();
        rename(&mut person, &[]);
        assert_eq!(person, former);
        let names = [name("1", "First", 1, false), name("2", "Now", 2, false)];
        rename(&mut person, &names);
        assert!(!format!("{person:?}").contains("Former"), "{person:?}");
        assert_eq!(person.legal_name(), "Now");
        let taken_back = [name("1", "First", 1, false), name("2", "Now", 2, true)];
        rename(&mut person, &taken_back);
        assert_eq!(person.legal_name(), "First");
    }

    #[test]
    fn no_note_has_a_name_of_before_be_it_of_a_row_or_of_an_earlier_decision() {
        let noted = |event: &str, given: &str, second: i64, note: &str| NameChange {
            document_seen: note.into(),
            ..name(event, given, second, false)
        };
        let rows = [former()];
        let changes = [
            noted("1", "First", 1, "Decree: First in place of Former"),
            noted("2", "Now", 2, "Decree: Now in place of First"),
            noted("3", "First", 3, "Decree: First, of Now"),
            noted("4", "Now", 4, "Decree of Now"),
        ];
        let keeping = keeping_former_names(&changes, &rows);
        let keeping: Vec<&str> = keeping.iter().map(|row| &*row.name).collect();
        assert_eq!(keeping, ["1", "2", "3"]);
    }
}
