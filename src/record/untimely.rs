//! Days of a decision on which it cannot have been: before what it is about.
//!
//! A pure function over an event and the record that it is about, for who records a decision and
//! for the audit of those that came in a package. What the days of one row contradict among each
//! other is refused where packages are read. Never: a date of birth in a sentence.

use jiff::civil::Date;

use super::{Event, RecordedMark, RowName};

/// A day that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untimely {
    /// The event's row.
    pub row: RowName,
    /// The column that holds the day.
    pub column: &'static str,
    /// Why it cannot be.
    pub message: String,
}

/// The days of an event that cannot be, for who was born then and has these marks: a mark is
/// nobody's to change before its term begins, a letter not there to become a pass before its term
/// ends, and nothing is asked for before somebody is born.
pub fn untimely(event: &Event, born: Date, marks: &[RecordedMark]) -> Vec<Untimely> {
    let (source, _) = event.person();
    let term = |posting: &str| {
        let is_it = |it: &&RecordedMark| it.source == source && it.mark.posting == posting;
        marks.iter().find(is_it).map(|it| &it.term)
    };
    let birth = (born, "the student was born".to_owned());
    let (days, first) = match event {
        Event::MarkChange(change) => {
            let days = vec![
                ("teacher_heard_on", change.teacher_heard_on),
                ("decided_on", Some(change.decided_on)),
            ];
            let begins = |day| (day, format!("the posting's term began on {day}"));
            (days, term(&change.posting).map(|it| begins(it.begins_on)))
        }
        Event::PassMark(pass) => {
            let ends = |day| (day, format!("the posting's term ended on {day}"));
            let first = term(&pass.posting).map(|it| ends(it.ends_on));
            (vec![("requested_on", Some(pass.requested_on))], first)
        }
        Event::NameChange(change) => {
            let days = vec![("requested_on", Some(change.requested_on))];
            (days, Some(birth))
        }
        Event::TranscriptHold(hold) => {
            let days = vec![
                ("due_process_on", Some(hold.due_process_on)),
                ("begins_on", Some(hold.begins_on)),
            ];
            (days, Some(birth))
        }
        Event::PersonLink(_) => (Vec::new(), None),
    };
    let Some((first, what)) = first else {
        return Vec::new();
    };
    let early = days.into_iter().filter_map(|(column, day)| {
        let day = day.filter(|day| *day < first)?;
        let message = format!("{day} lies before {what}");
        let row = event.row();
        Some(Untimely {
            row,
            column,
            message,
        })
    });
    early.collect()
}
