//! Courses that their school no longer offered.

use super::{Found, Subject, mark_row};

pub(super) fn retired(subject: &Subject<'_>) -> Vec<Found> {
    let marks = subject.record.marks.iter();
    let found = marks.filter_map(|recorded| {
        let retired_on = recorded.course.retired_on?;
        let late = recorded.term.begins_on > retired_on;
        late.then(|| {
            let message = format!(
                "posting {}: course {} was retired on {retired_on}, before {} began",
                recorded.mark.posting, recorded.mark.course, recorded.term.name
            );
            Found::new(mark_row(recorded), message)
        })
    });
    found.collect()
}
