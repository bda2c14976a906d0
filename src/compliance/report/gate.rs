//! Which parts of the records are not complete enough for a signature.
//!
//! Owns what is expected of each school and of each source, and the comparison with the decree's
//! bar, exactly. A school of which nothing came is under it whatever the bar, and so is a source
//! that is named and sent nobody: that nothing is known must not look like nothing is wrong.
//!
//! Never: more pupils than were counted outside as a fault of completeness; that difference prints
//! beside the count.

use std::collections::BTreeMap;
use std::fmt;

use super::evidence::{BelowGate, CompletenessGate, Expected, GateOverride};
use super::{Counted, name_of};
use crate::compliance::reconcile::SchoolCompleteness;
use crate::record::Percent;

/// The gate, and what is under it: schools in the order of their codes, then sources.
pub(super) fn gate(
    counted: &Counted<'_>,
    held: &BTreeMap<String, u64>,
    overridden: Option<&GateOverride>,
) -> CompletenessGate {
    let bar = counted.decree.text.completeness.at_least;
    let mut below = Vec::new();
    let systems = &counted.around.systems;
    let is_compared = !systems.student.is_empty() && !systems.support.is_empty();
    if !is_compared {
        below.push(BelowGate::of_source(Expected::BothSystems, None, (0, 1)));
    }
    for (code, school) in &counted.completeness.schools {
        let expected = of_school(school).into_iter();
        let calendar = of_calendar(counted, code).filter(|_| school.enrolled > 0);
        let found = expected.chain(calendar).filter(|it| is_below(*it, bar));
        below.extend(found.map(|(expected, there, of)| BelowGate {
            school: Some(code.clone()),
            label: name_of(counted.around, code),
            ..BelowGate::of_source(expected, None, (there, of))
        }));
    }
    let found = of_sources(counted, held).into_iter();
    below.extend(found.filter(|(_, it)| is_below(*it, bar)).map(
        |(source, (expected, there, of))| BelowGate::of_source(expected, Some(source), (there, of)),
    ));
    CompletenessGate {
        at_least: bar.to_string(),
        below,
        overridden: overridden.cloned(),
    }
}

/// What is expected, how much of it is there, and of how much.
type Part = (Expected, u64, u64);

/// Whether less is there than the bar asks, compared as whole numbers; nothing at all is too little
/// for any bar.
fn is_below((expected, there, of): Part, bar: Percent) -> bool {
    use Expected::{AnyPupil, AnyRow, BothSystems, Calendar};
    if let BothSystems | AnyPupil | AnyRow | Calendar = expected {
        return there == 0;
    }
    // A percent has 1,000 thousandths.
    let thousandths = u128::try_from(bar.thousandths()).unwrap_or_default();
    u128::from(there) * 100_000 < thousandths * u128::from(of)
}

/// What is expected of a school.
fn of_school(school: &SchoolCompleteness) -> Vec<Part> {
    let enrolled = u64::from(school.enrolled);
    let outside = school.outside.as_ref();
    if enrolled == 0 {
        // Of a school that was counted outside as empty nothing has to come.
        let is_empty = outside.is_some_and(|it| it.enrolled == 0);
        let of = outside.map_or(1, |it| it.enrolled.max(1));
        return match is_empty {
            true => Vec::new(),
            false => vec![(Expected::AnyPupil, 0, of.into())],
        };
    }
    let both = (school.with_both.into(), school.with_either().into());
    let mut parts = vec![(Expected::KnownToBoth, both.0, both.1)];
    if let Some(outside) = outside {
        parts.push((Expected::OutsideCount, enrolled, outside.enrolled.into()));
        if let Some(plans) = outside.with_plan {
            let own = school.with_plan.into();
            parts.push((Expected::OutsidePlans, own, plans.into()));
        }
    }
    parts
}

/// A calendar, where a clock of the decree counts by the school's: school days, working days and
/// long vacations are unknown without one.
fn of_calendar(counted: &Counted<'_>, school: &str) -> Option<Part> {
    let decree = counted.decree;
    let has_clock = decree.outcomes.iter().any(|it| it.text.clock.is_some());
    let named = decree.text.calendar_school.as_ref();
    let is_asked = has_clock && named.is_none_or(|named| named == school);
    let there = u64::from(counted.around.calendars.place(school).is_some());
    is_asked.then_some((Expected::Calendar, there, 1))
}

/// What is expected of every source: of those that are named, and of those that sent anybody.
fn of_sources(counted: &Counted<'_>, held: &BTreeMap<String, u64>) -> Vec<(String, Part)> {
    let systems = &counted.around.systems;
    let named = systems.student.iter().chain(&systems.support);
    let mut sent: BTreeMap<&String, u64> = named.map(|source| (source, 0)).collect();
    for school in counted.completeness.schools.values() {
        for (source, people) in &school.people_by_source {
            *sent.entry(source).or_default() += u64::from(*people);
        }
    }
    for source in held.keys() {
        sent.entry(source).or_default();
    }
    let part = |(source, sent): (&String, u64)| {
        // Who is held has the rows of before, and may have none that are counted.
        let held = held.get(source).copied().unwrap_or(0);
        let part = match sent + held {
            0 => (Expected::AnyRow, 0, 1),
            _ => (Expected::NotHeld, sent.saturating_sub(held), sent.max(held)),
        };
        (source.clone(), part)
    };
    sent.into_iter().map(part).collect()
}

impl BelowGate {
    fn of_source(expected: Expected, source: Option<String>, (there, of): (u64, u64)) -> Self {
        Self {
            expected,
            school: None,
            label: None,
            source,
            there,
            of,
        }
    }
}

/// In a line, for whoever is to mend it.
impl fmt::Display for BelowGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (there, of) = (self.there, self.of);
        if let Some(of) = self.school.as_ref().or(self.source.as_ref()) {
            f.write_str(of)?;
            if let Some(label) = &self.label {
                write!(f, " {label}")?;
            }
            f.write_str(": ")?;
        }
        match self.expected {
            Expected::BothSystems => f.write_str(
                "no student system or no special-education system is named under [compliance] in \
                 registrar.toml, so that nothing was compared",
            ),
            Expected::AnyPupil => f.write_str("the records have no pupil there"),
            Expected::Calendar => f.write_str("the school has no calendar for its clocks"),
            Expected::KnownToBoth => write!(
                f,
                "{there} of {of} pupils with a plan or a disability are so in both systems"
            ),
            Expected::OutsideCount => write!(f, "{there} of {of} pupils who were certified"),
            Expected::OutsidePlans => {
                write!(f, "{there} of {of} pupils with a plan who were certified")
            }
            Expected::AnyRow => f.write_str("nobody came from this source"),
            Expected::NotHeld => write!(f, "{there} of {of} people are not held at import"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compliance::reconcile::OutsideCount;

    fn bar(text: &str) -> Percent {
        text.parse().expect("a share")
    }

    fn school(enrolled: u32, outside: Option<(u32, u32)>) -> SchoolCompleteness {
        SchoolCompleteness {
            enrolled,
            with_plan: 20,
            with_disability: 20,
            with_both: 19,
            outside: outside.map(|(enrolled, with_plan)| OutsideCount {
                counted_on: "2025-10-01".parse().expect("a day"),
                enrolled,
                with_plan: Some(with_plan),
                certified_by: "the state".to_owned(),
            }),
            ..SchoolCompleteness::default()
        }
    }

    fn below(school: &SchoolCompleteness, share: &str) -> Vec<Part> {
        let parts = of_school(school).into_iter();
        parts.filter(|it| is_below(*it, bar(share))).collect()
    }

    #[test]
    fn nineteen_of_twenty_is_95_percent_and_not_under_it_and_one_pupil_less_is() {
        let counted = school(190, Some((200, 20)));
        assert_eq!(below(&counted, "95"), [(Expected::KnownToBoth, 19, 21)]);
        let mut both = counted.clone();
        both.with_both = 20;
        assert_eq!(below(&both, "95"), []);
        both.enrolled = 189;
        assert_eq!(below(&both, "95"), [(Expected::OutsideCount, 189, 200)]);
        assert_eq!(below(&both, "94.5"), []);
        both.with_plan = 20;
        both.outside.as_mut().expect("counted").with_plan = Some(22);
        assert_eq!(below(&both, "94.5"), [(Expected::OutsidePlans, 20, 22)]);
    }

    #[test]
    fn a_school_of_which_nothing_came_is_under_any_bar_unless_nobody_was_counted_there_outside() {
        let none = [(Expected::AnyPupil, 0, 1)];
        assert_eq!(below(&school(0, None), "0"), none);
        let counted = [(Expected::AnyPupil, 0, 40)];
        assert_eq!(below(&school(0, Some((40, 4))), "50"), counted);
        assert_eq!(below(&school(0, Some((0, 0))), "100"), []);
        // More than were counted outside is told, and is not incomplete.
        let mut more = school(300, Some((200, 20)));
        more.with_both = 20;
        assert_eq!(below(&more, "100"), []);
    }
}
