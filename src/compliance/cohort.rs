//! Whether a mark, a level or a title on transcripts tells that a student has a disability, because
//! nobody else bears it.
//!
//! Owns the count behind invariant 2: a course title or a symbol is allowed on a transcript only
//! where pupils without a plan bear it as well (U.S. Department of Education, Office for Civil
//! Rights, letter on report cards and transcripts, 2008-10-17, questions 6 to 8). It is given
//! nothing of a person but what their transcript shows and whether they ever had a plan.
//!
//! Never: a person, a school, or a count of fewer than [`COUNT_SHOWN_MIN`] people. Next:
//! `store/cohort.rs` reads, `registrar compliance marks` tells.

use std::collections::{BTreeMap, BTreeSet};

/// A count of fewer people is never shown.
pub const COUNT_SHOWN_MIN: u64 = 11;

/// Of how many bearers one may have no plan, for what tells nearly as much as what they alone bear.
const NEARLY: u64 = 10;

/// Where on a transcript a sign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignKind {
    /// The mark.
    Mark,
    /// The level of the course.
    Level,
    /// The title of the course.
    Title,
}

impl SignKind {
    /// The word in data.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mark => "mark",
            Self::Level => "level",
            Self::Title => "title",
        }
    }
}

/// What a transcript shows of a course.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sign {
    /// Where.
    pub kind: SignKind,
    /// What.
    pub text: String,
}

/// How many people bear a sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bearers {
    with_plan: u64,
    without: u64,
}

/// How many people bear each sign, those who ever had a plan apart from the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    signs: BTreeMap<Sign, Bearers>,
    people: Bearers,
}

/// A sign that tells of a disability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// Which.
    pub sign: Sign,
    /// People with a plan who bear it: [`COUNT_SHOWN_MIN`] at least.
    pub with_plan: u64,
    /// Whether nobody else bears it; otherwise very few do.
    pub alone: bool,
}

impl Cohort {
    /// Counts a person who bears these signs, each once however often it stands there. Who bears
    /// none has no transcript and is not counted.
    pub fn person(&mut self, signs: BTreeSet<Sign>, has_had_plan: bool) {
        if signs.is_empty() {
            return;
        }
        let count = |bearers: &mut Bearers| match has_had_plan {
            true => bearers.with_plan += 1,
            false => bearers.without += 1,
        };
        count(&mut self.people);
        for sign in signs {
            count(self.signs.entry(sign).or_default());
        }
    }

    /// Adds what was counted of other people.
    pub fn merge(&mut self, other: Self) {
        let add = |to: &mut Bearers, from: Bearers| {
            to.with_plan += from.with_plan;
            to.without += from.without;
        };
        add(&mut self.people, other.people);
        for (sign, bearers) in other.signs {
            add(self.signs.entry(sign).or_default(), bearers);
        }
    }

    /// People whose transcripts were looked at: those who ever had a plan, and the others.
    pub fn people(&self) -> (u64, u64) {
        (self.people.with_plan, self.people.without)
    }

    /// Signs that were looked at.
    pub fn signs(&self) -> usize {
        self.signs.len()
    }

    /// The signs that tell, the plainest first.
    pub fn telling(&self) -> Vec<Telling> {
        let telling = |(sign, bearers): (&Sign, &Bearers)| {
            let shown = bearers.with_plan >= COUNT_SHOWN_MIN;
            (shown && bearers.tell()).then(|| Telling {
                sign: sign.clone(),
                with_plan: bearers.with_plan,
                alone: bearers.without == 0,
            })
        };
        let mut all: Vec<Telling> = self.signs.iter().filter_map(telling).collect();
        all.sort_by_key(|it| (!it.alone, std::cmp::Reverse(it.with_plan)));
        all
    }

    /// How many signs would tell, were they not borne by fewer than [`COUNT_SHOWN_MIN`] people with
    /// a plan: of so few nothing is said, and chance alone brings some about.
    pub fn too_few(&self) -> u64 {
        let few = |bearers: &&Bearers| {
            let is_few = (1..COUNT_SHOWN_MIN).contains(&bearers.with_plan);
            is_few && bearers.without == 0
        };
        self.signs.values().filter(few).count() as u64
    }
}

impl Bearers {
    /// Whether who bears the sign has a plan, or nearly surely has one.
    fn tell(self) -> bool {
        self.without < COUNT_SHOWN_MIN && self.without * NEARLY <= self.with_plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(text: &str) -> Sign {
        Sign {
            kind: SignKind::Mark,
            text: text.to_owned(),
        }
    }

    fn cohort(with_plan: u64, without: u64) -> Cohort {
        let mut cohort = Cohort::default();
        for _ in 0..with_plan {
            cohort.person(BTreeSet::from([mark("A"), mark("M")]), true);
        }
        for _ in 0..without {
            cohort.person(BTreeSet::from([mark("A"), mark("M")]), false);
        }
        for _ in 0..100 {
            cohort.person(BTreeSet::from([mark("A")]), false);
        }
        cohort
    }

    fn told(cohort: &Cohort) -> Vec<(String, u64, bool)> {
        let telling = cohort.telling().into_iter();
        telling
            .map(|it| (it.sign.text, it.with_plan, it.alone))
            .collect()
    }

    #[test]
    fn a_mark_that_eleven_pupils_with_a_plan_bear_and_nobody_else_tells() {
        assert_eq!(told(&cohort(11, 0)), [("M".to_owned(), 11, true)]);
        assert_eq!(cohort(11, 0).too_few(), 0);
    }

    #[test]
    fn of_ten_pupils_nothing_is_said_but_that_there_is_such_a_mark() {
        assert_eq!(told(&cohort(10, 0)), []);
        assert_eq!(cohort(10, 0).too_few(), 1);
        assert_eq!(cohort(10, 1).too_few(), 0);
    }

    #[test]
    fn a_mark_that_one_of_eleven_bears_without_a_plan_tells_nearly_as_much() {
        assert_eq!(told(&cohort(11, 1)), [("M".to_owned(), 11, false)]);
        assert_eq!(told(&cohort(11, 2)), []);
        assert_eq!(told(&cohort(99, 10)), []);
        assert_eq!(told(&cohort(100, 10)), [("M".to_owned(), 100, false)]);
        assert_eq!(told(&cohort(1000, 11)), []);
    }

    #[test]
    fn what_is_counted_in_parts_is_what_is_counted_at_once() {
        let mut parts = cohort(5, 1);
        parts.merge(cohort(6, 0));
        let mut whole = cohort(11, 1);
        for _ in 0..100 {
            whole.person(BTreeSet::from([mark("A")]), false);
        }
        assert_eq!(parts, whole);
    }

    #[test]
    fn who_has_no_marks_is_not_counted() {
        let mut cohort = Cohort::default();
        cohort.person(BTreeSet::new(), true);
        assert_eq!(cohort.people(), (0, 0));
    }
}
