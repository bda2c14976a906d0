//! Where several systems send one student: awards and plans that they tell differently.

use super::{Found, Subject};
use crate::record::{Award, RowName};
use crate::transcript::assemble::{awarded_once, is_same_award};

/// An award that a row dates otherwise than the one that is printed.
pub(super) fn awards(subject: &Subject<'_>) -> Vec<Found> {
    let printed = awarded_once(subject.record);
    let found = subject.record.awards.iter().filter_map(|other| {
        let same = |award: &&Award| is_same_award(award, other);
        let stands = printed.iter().find(same)?;
        if stands.awarded_on == other.awarded_on {
            return None;
        }
        let (award, school) = (other.award, &stands.school);
        let message = format!(
            "the award `{award}` is of {}; {} of school {school} stands",
            other.awarded_on, stands.awarded_on
        );
        let row = RowName::new("awards", &other.school, &other.person, award.code());
        Some(Found::new(row, message))
    });
    found.collect()
}

/// A plan, or a year of entering grade 9, that a source tells otherwise than the one that counts.
pub(super) fn plans(subject: &Subject<'_>) -> Vec<Found> {
    let Some(stands) = &subject.record.plan else {
        return Vec::new();
    };
    let found = subject.record.plans_otherwise.iter().map(|other| {
        let message = format!(
            "the plan `{}` for who entered grade 9 in {}; `{}` for {} of school {} counts",
            other.plan, other.entered_grade_9, stands.plan, stands.entered_grade_9, stands.school
        );
        let row = RowName::new("plans", &other.school, &other.person, &other.plan);
        Found::new(row, message)
    });
    found.collect()
}
