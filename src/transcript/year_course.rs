//! Year courses: a failed first semester that passing the second one clears.
//!
//! Applied before everything else, so that the page, the credits and every average see the same
//! mark. Which marks were replaced is kept, so that it can be told.

use std::borrow::Cow;

use super::average::MarkName;
use super::policy::Rules;
use crate::record::RecordedMark;

/// A failing mark of a first semester that another one replaced.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ClearedMark {
    /// Which, as it was posted.
    #[serde(flatten)]
    pub name: MarkName,
    /// The mark that replaced it.
    pub becomes: String,
    /// The posting of the second semester that was passed.
    pub cleared_by: String,
    /// Where the rule comes from.
    pub source: String,
}

/// The marks as the district's rule for year courses leaves them, and which of them it replaced.
pub(super) fn cleared<'a>(
    rules: &Rules,
    posted: &'a [RecordedMark],
) -> (Cow<'a, [RecordedMark]>, Vec<ClearedMark>) {
    let mut marks = Cow::Borrowed(posted);
    let mut found = Vec::new();
    let Some(rule) = &rules.year_course else {
        return (marks, found);
    };
    for (place, first) in posted.iter().enumerate() {
        let second = posted.iter().find(|second| clears(rules, first, second));
        let Some(second) = second.filter(|_| passed(rules, first) == Some(false)) else {
            continue;
        };
        found.push(ClearedMark {
            name: MarkName::of(first),
            becomes: rule.first_semester_becomes.clone(),
            cleared_by: second.mark.posting.clone(),
            source: rule.source.clone(),
        });
        let mark = &mut marks.to_mut()[place].mark;
        mark.mark = Some(rule.first_semester_becomes.clone());
        mark.credit_earned = mark.credit_attempted;
    }
    (marks, found)
}

/// Whether `second` is the passed second part of the course of which `first` is the first part, in
/// the same school year.
fn clears(rules: &Rules, first: &RecordedMark, second: &RecordedMark) -> bool {
    first.course.part.as_deref() == Some("1")
        && second.course.part.as_deref() == Some("2")
        && first.course.is_same_step(&second.course)
        && first.term.school_year == second.term.school_year
        && first.term.begins_on < second.term.begins_on
        && passed(rules, second) == Some(true)
}

/// Whether a posted mark passes; none for one that neither passes nor fails, such as a withdrawal.
fn passed(rules: &Rules, recorded: &RecordedMark) -> Option<bool> {
    let mark = &recorded.mark;
    match rules.step_of(mark)?.points {
        Some(points) => Some(!points.is_zero()),
        // A pass without points earns its credit.
        None => (!mark.credit_earned.is_zero()).then_some(true),
    }
}
