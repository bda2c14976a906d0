//! Where the special-education system knows a student otherwise than the student systems do.
//!
//! Each is rare and on purpose, so that a comparison of the systems has something to find; the
//! shares are named here, and nowhere else does one system disagree with another about a person
//! (`students` has the two about the category of disability).

use jiff::civil::Date;

use super::pupil::Pupil;
use super::rows::Rows;
use super::stays::Stays;
use crate::record::{Enrolment, GradeLevel, Person};
use crate::synthetic::calendar::days_after;
use crate::synthetic::draw::{Draw, Stream};

/// How many of a thousand pupils.
pub mod share {
    /// The special-education system does not have the pupil at all.
    pub const MISSING: u32 = 4;
    /// It has them under a wrong state id, and so as somebody else.
    pub const OTHER_STATE_ID: u32 = 3;
    /// Another date of birth.
    pub const BIRTH_DATE: u32 = 6;
    /// The name is spelt otherwise.
    pub const NAME: u32 = 8;
    /// Last year's grade.
    pub const GRADE: u32 = 10;
    /// Of those who changed school between the last two stays: still the school before.
    pub const SCHOOL: u32 = 70;
}

/// Writes who the pupil is and where they are enrolled, as the special-education system knows it;
/// false where it does not.
pub fn identify(pupil: &Pupil<'_>, stays: &Stays, rows: &mut Rows) -> bool {
    let draw = &mut pupil.draw(Stream::Differences);
    // The two about the category come first in this stream.
    let (_, _) = (draw.below(1000), draw.below(1000));
    let Some(state_id) = &pupil.student.state_id else {
        return false;
    };
    if draw.chance(share::MISSING) {
        return false;
    }
    let other = draw.chance(share::OTHER_STATE_ID);
    let state_id = if other {
        wrong(state_id)
    } else {
        state_id.clone()
    };
    enrol(pupil, stays, draw, rows);
    let name = &pupil.student.name;
    let born = pupil.student.birth_date;
    let misspelt = draw.chance(share::NAME);
    let row = Person {
        school: rows.enrolments[rows.enrolments.len() - 1].school.clone(),
        person: pupil.number.clone(),
        state_id: Some(state_id),
        legal_given: if misspelt {
            transposed(&name.given)
        } else {
            name.given.clone()
        },
        legal_middle: name.middle.clone(),
        legal_family: name.family.clone(),
        legal_suffix: name.suffix.clone(),
        chosen_name: None,
        printed_name: None,
        birth_date: if draw.chance(share::BIRTH_DATE) {
            misread(born)
        } else {
            born
        },
        mailing_address: None,
    };
    rows.people.push(row);
    true
}

/// A state id that no student has: the roll numbers from 9,900,000,000 on, a million at most.
fn wrong(state_id: &str) -> String {
    format!("998{}", &state_id[3..])
}

/// A name with two letters changed places, as it is typed in haste.
fn transposed(name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if let Some(last) = letters.len().checked_sub(1).filter(|last| *last > 1) {
        letters.swap(last - 1, last);
    }
    letters.into_iter().collect()
}

/// A date with day and month changed places, where both can be; else ten days later.
fn misread(born: Date) -> Date {
    let swapped = Date::new(born.year(), born.day(), born.month());
    swapped
        .ok()
        .filter(|date| *date != born)
        .unwrap_or_else(|| days_after(born, 10))
}

fn enrol(pupil: &Pupil<'_>, stays: &Stays, draw: &mut Draw, rows: &mut Rows) {
    let row = |stay: &super::stays::Stay| Enrolment {
        school: stay.school.clone(),
        person: pupil.number.clone(),
        entered_on: stay.from,
        left_on: stay.to,
        grade_level: GradeLevel::new(stay.grade).expect("grades -1 to 12"),
        exit_reason: stay.exit,
        entered_from: None,
        enrolment_status: None,
    };
    let mut all: Vec<Enrolment> = stays.0.iter().map(row).collect();
    let last_year = draw.chance(share::GRADE);
    let stale = draw.chance(share::SCHOOL);
    if let [.., before, last] = all.as_mut_slice()
        && stale
        && before.school != last.school
    {
        last.school.clone_from(&before.school);
    }
    let last = all.last_mut().expect("a pupil has a stay");
    let below = GradeLevel::new(last.grade_level.number() - 1);
    if let Some(below) = below.filter(|_| last_year) {
        last.grade_level = below;
    }
    rows.enrolments.extend(all);
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_written_otherwise_differs() {
        assert_eq!(misread(date(2010, 4, 3)), date(2010, 3, 4));
        assert_eq!(misread(date(2010, 4, 23)), date(2010, 5, 3));
        assert_eq!(misread(date(2010, 4, 4)), date(2010, 4, 14));
        assert_eq!(transposed("Madison"), "Madisno");
        assert_eq!(wrong("9900000123"), "9980000123");
    }
}
