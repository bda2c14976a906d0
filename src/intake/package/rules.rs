//! What the cells of one row may not say together.
//!
//! Only contradictions are refused here, never what is merely odd: a posting may earn more credits
//! than it attempts (a year course that credits everything in its second half). Whether figures add
//! up is the audit's question.

mod support;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Manifest;
use crate::intake::ProblemKind;
use crate::record::{
    Award, AwardKind, Course, CumulativeItem, DeclaredTotal, District, Enrolment, Event,
    Fulfilment, GraduationPlan, LinkKind, Mark, MarkChange, NameChange, PASS_MARK_LAW_FROM,
    PassMark, Person, PersonLink, School, Term, TranscriptHold, YesNo,
};

/// A cell that contradicts another one, or the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The kind of the problem.
    pub kind: ProblemKind,
    /// The column to correct, or the first of the two.
    pub column: &'static str,
    /// What is wrong.
    pub message: &'static str,
    /// What to do about it.
    pub hint: &'static str,
}

/// A row that can be read for what it says as a whole.
pub trait Consistent {
    /// Where its cells contradict each other or what the manifest says of the package.
    fn contradictions(&self, _manifest: &Manifest) -> Vec<Contradiction> {
        Vec::new()
    }
}

/// Nobody in a student record was born before this year.
const BIRTH_YEAR_MIN: i16 = 1900;

impl Consistent for Person {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let exported_on = manifest.exported_at.to_zoned(TimeZone::UTC).date();
        let possible = Date::constant(BIRTH_YEAR_MIN, 1, 1)..=exported_on;
        when(
            !possible.contains(&self.birth_date),
            "birth_date",
            "not a date of birth: before 1900 or after the export",
            "correct the date in the sending system",
        )
    }
}

impl Consistent for Enrolment {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let mut found = when(
            self.left_on.is_some_and(|left| left < self.entered_on),
            "left_on",
            "the last day lies before the first",
            "correct entered_on or left_on",
        );
        found.extend(when(
            self.exit_reason.is_some() && self.left_on.is_none(),
            "exit_reason",
            "a reason for leaving without a last day",
            "give left_on, or leave exit_reason empty while the person is enrolled",
        ));
        found
    }
}

impl Consistent for Term {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        when(
            self.ends_on < self.begins_on,
            "ends_on",
            "the last day lies before the first",
            "correct begins_on or ends_on",
        )
    }
}

impl Consistent for Mark {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        if self.kind.is_posted() {
            return when(
                self.mark.is_none(),
                "mark",
                "a posted course without a mark",
                "give the mark, or the kind in_progress or planned",
            );
        }
        let mut found = when(
            self.mark.is_some(),
            "mark",
            "a course in progress or planned has no mark yet",
            "leave mark empty, or give the kind regular",
        );
        found.extend(when(
            !self.credit_earned.is_zero(),
            "credit_earned",
            "a course in progress or planned has earned nothing yet",
            "write 0, or give the kind regular",
        ));
        found
    }
}

impl Consistent for DeclaredTotal {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let gpa = self
            .figure
            .strip_prefix("gpa:")
            .is_some_and(|name| !name.is_empty());
        when(
            !gpa && !matches!(self.figure.as_str(), "credit_earned" | "credit_attempted"),
            "figure",
            "not a figure",
            "credit_earned, credit_attempted, or gpa: and the name of a definition",
        )
    }
}

impl Consistent for Award {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        when(
            (self.award == AwardKind::SealOfBiliteracy) != self.detail.is_some(),
            "detail",
            "the language belongs to a seal of biliteracy, and only to it",
            "give the language of a seal of biliteracy; leave detail empty for the others",
        )
    }
}

impl Consistent for District {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        other_district(&self.code, "code", manifest)
    }
}

impl Consistent for School {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        other_district(&self.district, "district", manifest)
    }
}

fn other_district(code: &str, column: &'static str, manifest: &Manifest) -> Vec<Contradiction> {
    let mut found = when(
        code != manifest.district,
        column,
        "is not the district that the manifest names",
        "correct the code, or send that district's rows in its own package",
    );
    found
        .iter_mut()
        .for_each(|it| it.kind = ProblemKind::OutOfScope);
    found
}

impl Consistent for PassMark {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let mut found = after_recording("requested_on", self.requested_on, self.recorded_at);
        found.extend(when(
            self.requested_on < PASS_MARK_LAW_FROM,
            "requested_on",
            "lies before Ed. Code 49066.5 was law, 1 July 2021 (AB 104)",
            "give the day on which it was asked for under that law",
        ));
        found.extend(ending(&Event::PassMark(self.clone())));
        found
    }
}

impl Consistent for MarkChange {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let mut found = when(
            self.from_mark == self.to_mark,
            "to_mark",
            "the same mark as before",
            "give the mark that stands afterwards; posted credits are corrected by their source",
        );
        found.extend(when(
            self.teacher_heard_on.is_some() == self.teacher_not_heard.is_some(),
            "teacher_heard_on",
            "the teacher was heard, or it was not practicable: one of the two (Ed. Code 49066)",
            "give the day, or say in teacher_not_heard why it was not practicable",
        ));
        found.extend(when(
            self.teacher_statement.is_some() && self.teacher_heard_on.is_none(),
            "teacher_statement",
            "a statement of a teacher who was not heard",
            "give teacher_heard_on",
        ));
        found.extend(when(
            self.teacher_heard_on
                .is_some_and(|heard| heard > self.decided_on),
            "teacher_heard_on",
            "the teacher was heard after the decision",
            "correct teacher_heard_on or decided_on",
        ));
        let decided = after_recording("decided_on", self.decided_on, self.recorded_at);
        found.extend(decided);
        found.extend(ending(&Event::MarkChange(self.clone())));
        found
    }
}

impl Consistent for NameChange {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let mut found = after_recording("requested_on", self.requested_on, self.recorded_at);
        found.extend(ending(&Event::NameChange(self.clone())));
        found
    }
}

impl Consistent for PersonLink {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let named = (self.other_source.is_some(), self.other_person.is_some());
        let of_two = self.link != LinkKind::Split;
        let mut found = when(
            named != (of_two, of_two),
            "other_person",
            "a merge names another row, by source and person, and so does `distinct`; a split \
             names none",
            "give other_source and other_person, or leave them empty for a split",
        );
        let other = (self.other_source.as_deref(), self.other_person.as_deref());
        found.extend(when(
            other
                == (
                    Some(self.person_source.as_str()),
                    Some(self.person.as_str()),
                ),
            "other_person",
            "the same row twice",
            "name another row",
        ));
        found.extend(ending(&Event::PersonLink(self.clone())));
        found
    }
}

impl Consistent for TranscriptHold {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let mut found = when(
            self.not_homeless_or_foster != YesNo::Yes,
            "not_homeless_or_foster",
            "nothing is withheld from a homeless or foster child (Ed. Code 49014)",
            "record no hold, or attest with yes that the person is neither",
        );
        found.extend(when(
            self.begins_on < self.due_process_on,
            "begins_on",
            "the hold begins before due process was afforded (Ed. Code 48904)",
            "correct begins_on or due_process_on",
        ));
        found.extend(when(
            self.ends_on.is_some_and(|ends| ends < self.begins_on),
            "ends_on",
            "the last day lies before the first",
            "correct begins_on or ends_on",
        ));
        let due_process = after_recording("due_process_on", self.due_process_on, self.recorded_at);
        found.extend(due_process);
        found.extend(ending(&Event::TranscriptHold(self.clone())));
        found
    }
}

/// What a decision is about came before somebody took it down. A day begins up to fourteen hours
/// earlier than in Greenwich, so the next one is still possible.
fn after_recording(column: &'static str, day: Date, recorded_at: Timestamp) -> Vec<Contradiction> {
    let recorded_on = TimeZone::UTC.to_datetime(recorded_at).date();
    when(
        recorded_on.tomorrow().is_ok_and(|last| last < day),
        column,
        "lies after it was recorded",
        "correct the day, or recorded_at",
    )
}

/// Who, when and why belong together, and nothing ends before it was recorded.
fn ending(event: &Event) -> Vec<Contradiction> {
    let (given, at) = event.ending_cells();
    let mut found = when(
        given != 0 && given != 3,
        "ended_by",
        "an event that ended says who ended it, when and why",
        "give ended_by, ended_at and ended_reason, or none of them",
    );
    found.extend(when(
        at.is_some_and(|at| at < event.recorded().1),
        "ended_at",
        "lies before recorded_at",
        "correct ended_at or recorded_at",
    ));
    found
}

impl Consistent for CumulativeItem {}
impl Consistent for Course {}
impl Consistent for GraduationPlan {}
impl Consistent for Fulfilment {}

fn when(
    wrong: bool,
    column: &'static str,
    message: &'static str,
    hint: &'static str,
) -> Vec<Contradiction> {
    if !wrong {
        return Vec::new();
    }
    vec![Contradiction {
        kind: ProblemKind::RowContradiction,
        column,
        message,
        hint,
    }]
}
