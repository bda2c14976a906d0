//! From cases to counts: each case of an outcome gets one standing and one reason, and every count
//! is a sum over them.
//!
//! Owns the walk of a person's rows through every outcome of a decree ([`Measuring::person`]), and
//! what is kept of it ([`Part`]): tallies, and the lists of cases whose digests a report prints.
//! Parts of different people are put together in the order of the people, so that the lists are the
//! same bytes on whatever machine, database and number of threads.
//!
//! Never: a rule. Next: `placing` says what becomes of one case, `tally` what is added up, `list`
//! how a case is written down, `deadline` who was in time, `late` by rows of when, `result` what a
//! count comes to beside its target, `studied` what a study of files says where no count can.

mod deadline;
mod figure;
mod late;
mod list;
mod placing;
mod result;
mod studied;
mod tally;

use std::collections::BTreeMap;

pub use deadline::{Deadline, EnteredLate, InTime, Timeliness};
pub(super) use figure::DECIMALS;
pub use figure::Figure;
pub use late::{Doubt, end_of};
pub use list::{ENTERED, LAST_DAY_COLUMNS, list_heading};
pub use placing::{Placed, Reason};
pub use result::{
    GroupRisk, OutcomeResult, Share, Status, TargetShown, ThresholdResult, group_risks, results,
    share,
};
pub use studied::{DECIMALS_OF_BOUNDS, Studied, deciding, judge_by_studies, studied};
pub use tally::{EarlierYear, OutcomeTally, Tally, UNKNOWN};

use super::case::{Case, CaseKind, Surroundings, cases_of, teachers};
use super::clock::LeftOut;
use super::decree::{Decree, Outcome, Standing};
use super::predicate::{Truth, Weighed};
use super::reconcile::{Completeness, Discrepancy, discrepancies};
use crate::record::support::{SupportRecord, SupportSetting};
use placing::Clocks;

/// A decree applied to one reporting period.
pub struct Measuring<'d> {
    decree: &'d Decree,
    around: &'d Surroundings,
    clocks: Vec<Clocks<'d>>,
    /// The kinds of cases that its outcomes count.
    kinds: Vec<CaseKind>,
}

/// What was counted of some people.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// For each outcome, in the decree's order.
    pub outcomes: Vec<OutcomeTally>,
    /// For each outcome, its cases as lines of the list; empty where lists are not kept.
    pub lists: Vec<Vec<u8>>,
    /// For each outcome, what the last days of its thresholds make of its cases, as lines; empty
    /// where lists are not kept.
    pub last_days: Vec<Vec<u8>>,
    /// What two systems disagree about.
    pub discrepancies: Vec<Discrepancy>,
    /// How complete each school's part is.
    pub completeness: Completeness,
    /// Cases of which it takes the records of another day to tell whether they came late. Whoever
    /// counts settles them before a part is merged.
    pub doubts: Vec<Doubt>,
}

/// What is kept of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Counts of the whole alone, as for the years before: not by stratum, nor who was in time.
    Counts,
    /// Counts and lists.
    Lists,
}

impl<'d> Measuring<'d> {
    /// Of this decree and these surroundings.
    pub fn new(decree: &'d Decree, around: &'d Surroundings) -> Self {
        let clock = |outcome: &'d Outcome| Clocks::of(decree, outcome, around);
        let mut kinds: Vec<CaseKind> = decree.outcomes.iter().map(|it| it.text.unit).collect();
        kinds.sort();
        kinds.dedup();
        Self {
            decree,
            around,
            clocks: decree.outcomes.iter().map(clock).collect(),
            kinds,
        }
    }

    /// A part in which nobody was counted yet.
    pub fn nobody(&self) -> Part {
        let outcomes = self.decree.outcomes.iter();
        Part {
            outcomes: outcomes.map(OutcomeTally::of).collect(),
            lists: vec![Vec::new(); self.decree.outcomes.len()],
            last_days: vec![Vec::new(); self.decree.outcomes.len()],
            ..Part::default()
        }
    }

    /// Counts one person.
    pub fn person(&self, record: &SupportRecord, keep: Keep, part: &mut Part) {
        self.person_over_years(record, keep, part, &mut []);
    }

    /// Counts one person, in earlier years as well: cases that are the same in each year are made
    /// once, and asked again whether they are of that year.
    pub fn person_over_years(
        &self,
        record: &SupportRecord,
        keep: Keep,
        part: &mut Part,
        earlier: &mut [(Measuring<'_>, Part)],
    ) {
        for kind in self.kinds.iter().filter(|kind| **kind != CaseKind::Teacher) {
            let own = cases_of(*kind, record, self.around);
            self.cases(&own, *kind, keep, part);
            for (year, part) in &mut *earlier {
                let then = kind
                    .is_of_a_period()
                    .then(|| cases_of(*kind, record, year.around));
                year.cases(then.as_ref().unwrap_or(&own), *kind, Keep::Counts, part);
            }
        }
        if keep == Keep::Lists {
            part.discrepancies
                .extend(discrepancies(record, self.around));
            part.completeness.add(record, self.around);
        }
    }

    /// Counts what is about nobody: staff.
    pub fn staff(&self, setting: &SupportSetting, keep: Keep, part: &mut Part) {
        if self.kinds.contains(&CaseKind::Teacher) {
            let cases = teachers(setting, self.around);
            self.cases(&cases, CaseKind::Teacher, keep, part);
        }
    }

    fn cases(&self, cases: &[Case], kind: CaseKind, keep: Keep, part: &mut Part) {
        let outcomes = self.decree.outcomes.iter().enumerate();
        for (number, outcome) in outcomes.filter(|(_, outcome)| outcome.text.unit == kind) {
            let mut counted = Vec::new();
            for case in cases {
                let Some(placed) = self.place(number, case) else {
                    continue;
                };
                let class = match placed.standing {
                    Standing::In(class) => Some(class),
                    Standing::Otherwise => Some(outcome.classes.len()),
                    _ => None,
                };
                counted.extend(class.map(|class| (case, class)));
                part.outcomes[number].add(outcome, case, &placed);
                if keep == Keep::Lists {
                    part.outcomes[number].part(self.decree, outcome, case, &placed);
                    self.late(number, case, &placed, part);
                    let named = (outcome, &self.around.pseudonyms);
                    list::write(&mut part.lists[number], named, (case, &placed));
                }
            }
            // Of staff each case is another person's.
            if kind != CaseKind::Teacher && keep == Keep::Lists {
                part.outcomes[number].of_one_person(self.decree, outcome, &counted);
            }
        }
    }

    /// What becomes of a case in the outcome at this place of the decree; nothing where the outcome
    /// is not about it.
    pub fn place(&self, outcome: usize, case: &Case) -> Option<Placed> {
        let clocks = &self.clocks[outcome];
        placing::place(&self.decree.outcomes[outcome], clocks, case, self.around)
    }

    /// What becomes of a case, with every rule that was asked and every day that was left out.
    pub fn explain(&self, outcome: usize, case: &Case) -> Explained {
        let (clocks, text) = (&self.clocks[outcome], &self.decree.outcomes[outcome]);
        Explained {
            placed: self.place(outcome, case),
            rules: placing::rules(text, clocks, case, self.around),
            left_out: clocks.left_out(case),
        }
    }
}

/// Why a case has its standing.
#[derive(Clone, Debug)]
pub struct Explained {
    /// What became of it; none where the outcome is not about it.
    pub placed: Option<Placed>,
    /// Each rule in the order in which it is asked, with what it says and its comparisons.
    pub rules: Vec<(String, Truth, Vec<Weighed>)>,
    /// Days that its clock left out.
    pub left_out: Vec<LeftOut>,
}

impl Part {
    /// Takes in what was counted of other people, whose lists go on where these end.
    ///
    /// # Panics
    /// Where a doubt of theirs is not settled: a mistake of the program.
    pub fn merge(&mut self, other: Self) {
        assert!(other.doubts.is_empty(), "doubts are settled before");
        for (own, other) in self.outcomes.iter_mut().zip(other.outcomes) {
            own.merge(other);
        }
        let lists = self.lists.iter_mut().zip(other.lists);
        let last_days = self.last_days.iter_mut().zip(other.last_days);
        lists
            .chain(last_days)
            .for_each(|(own, other)| own.extend(other));
        self.discrepancies.extend(other.discrepancies);
        self.completeness.merge(other.completeness);
    }

    /// The lines that were written since the last time, one text for each outcome: whoever hashes
    /// or writes lists takes them away page by page, so that no list of a district is in memory.
    pub fn take_lists(&mut self) -> Vec<Vec<u8>> {
        let empty = vec![Vec::new(); self.lists.len()];
        std::mem::replace(&mut self.lists, empty)
    }

    /// The same of the lines of last days, once no doubt is left.
    pub fn take_last_days(&mut self) -> Vec<Vec<u8>> {
        let empty = vec![Vec::new(); self.last_days.len()];
        std::mem::replace(&mut self.last_days, empty)
    }
}

/// Values by a key that most lookups find, so that a key is copied only the first time.
fn at_key<'m, V: Default>(map: &'m mut BTreeMap<String, V>, key: &str) -> &'m mut V {
    if !map.contains_key(key) {
        map.insert(key.to_owned(), V::default());
    }
    map.get_mut(key).expect("it was just put there")
}
