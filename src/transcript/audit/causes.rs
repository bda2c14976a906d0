//! Which one setting of the policy would make declared figures agree with ours.
//!
//! A district's first import shows thousands of differences with one cause: the sending system
//! counts a summer, or rounds otherwise. So every declared figure is computed again under each
//! alternative, and each alternative is the district's own rules with one setting changed. How many
//! figures it would clear is told beside how many that agree today it would break.

mod alternatives;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::totals::{Figures, own_postings, same};
use super::{Policy, Rules};
use crate::record::{DeclaredTotal, PersonRecord, RecordedMark};

/// Different ways in which a student's figures may be cleared that a tally keeps apart. Of a
/// student who comes after, each figure is counted alone, under the first of its alternatives: as
/// many ways more as there are alternatives, and one.
const PATTERNS_MAX: usize = 50_000;
/// Different unexplained differences that a tally keeps apart.
const DIFFERENCES_MAX: usize = 10_000;
/// Unexplained differences that are told, the most frequent first.
const DIFFERENCES_TOLD_MAX: usize = 10;

/// One setting changed.
struct Alternative {
    /// As `policy.toml` would say it: `gpa.unweighted.window = ["summer after 8", "12"]`.
    setting: String,
    /// What the sending system does, were this the cause.
    means: String,
    /// The one figure that it is about; none where it is about all.
    figure: Option<String>,
    rules: Rules,
}

/// The district's rules and every alternative to them.
pub struct Alternatives {
    base: Rules,
    list: Vec<Alternative>,
}

/// What was counted; tallies of parts of a district add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    people: u64,
    agree: u64,
    /// How many students have differing figures that are cleared by exactly these alternatives, a
    /// set for each figure.
    patterns: Patterns,
    /// How many figures that agree today each alternative would break.
    breaks: BTreeMap<u16, u64>,
    /// How often which figure differs by how much, among those that no alternative clears.
    unexplained: BTreeMap<(String, String), u64>,
}

/// The likely causes of the differences of a district.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Causes {
    /// Students with a declared figure that was compared.
    pub students: u64,
    /// Figures that agree.
    pub agree: u64,
    /// Figures that differ.
    pub differ: u64,
    /// What would clear most first, then what clears most of the rest, and so on.
    pub causes: Vec<Cause>,
    /// Figures that no one setting clears.
    pub unexplained: u64,
    /// By how much these differ, the most frequent first.
    pub differences: Vec<Unexplained>,
}

/// A setting that would make figures agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The setting of `policy.toml`, as it would stand there.
    pub setting: String,
    /// What the sending system does, were this the cause.
    pub means: String,
    /// Students with a figure that it would clear, beyond what those before it in the list clear.
    pub students: u64,
    /// Figures that it would clear, beyond what those before it in the list clear.
    pub clears: u64,
    /// Figures that agree today and would differ.
    pub breaks: u64,
}

/// A difference that no one setting explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unexplained {
    /// The figure.
    pub figure: String,
    /// What is declared and what is ours, one against the other: `declared 290, ours 280.00`.
    pub difference: String,
    /// How many.
    pub figures: u64,
}

impl Alternatives {
    /// Every alternative to a policy.
    pub fn of(policy: &Policy) -> Self {
        let base = policy.rules().clone();
        let list = alternatives::of(&base);
        Self { base, list }
    }

    /// And that one of several sources posts its summers otherwise than the others.
    pub fn and_of_sources(mut self, sources: &BTreeSet<String>) -> Self {
        self.list
            .extend(alternatives::of_sources(&self.base, sources));
        self
    }

    /// The settings, each as `policy.toml` would say it.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|alternative| &*alternative.setting)
    }

    /// Computes a person's declared figures again under every alternative.
    pub fn weigh(&self, record: &PersonRecord, tally: &mut Tally) {
        let posted = record.decisions.as_posted(&record.marks);
        let declared = Declared::of(record, &posted);
        let ours = declared.figures(&self.base, |_| true);
        let agrees = |place: usize, figures: &Both| {
            let value = &record.totals[place].total.value;
            figures
                .iter()
                .flatten()
                .any(|it| same(value, it.as_deref()))
        };
        let mut others: Vec<Vec<u16>> = vec![Vec::new(); ours.len()];
        for (number, alternative) in (0..).zip(&self.list) {
            let about = |figure: &str| {
                let only = alternative.figure.as_deref();
                only.is_none_or(|only| only == figure)
            };
            let theirs = declared.figures(&alternative.rules, about);
            for (place, theirs) in theirs.iter().enumerate() {
                let (Some(ours), Some(theirs)) = (&ours[place], theirs) else {
                    continue;
                };
                if agrees(place, theirs) != agrees(place, ours) {
                    others[place].push(number);
                }
            }
        }
        let mut differing = Vec::new();
        for (place, others) in others.into_iter().enumerate() {
            match &ours[place] {
                None => {}
                Some(ours) if agrees(place, ours) => tally.agrees(&others),
                Some(ours) => {
                    if others.is_empty() {
                        tally.difference(difference(&record.totals[place].total, ours), 1);
                    }
                    differing.push(others);
                }
            }
        }
        tally.people += u64::from(ours.iter().any(Option::is_some));
        if !differing.is_empty() {
            differing.sort_unstable();
            tally.pattern(differing, 1);
        }
    }

    /// The likely causes, from what was counted.
    pub fn causes(&self, tally: &Tally) -> Causes {
        let mut left = tally.patterns.clone();
        let mut causes = Vec::new();
        while let Some((place, Clears { students, figures })) = best(&left, tally) {
            left = without(left, place);
            let alternative = &self.list[usize::from(place)];
            causes.push(Cause {
                setting: alternative.setting.clone(),
                means: alternative.means.clone(),
                students,
                clears: figures,
                breaks: tally.breaks.get(&place).copied().unwrap_or(0),
            });
        }
        let mut differences: Vec<Unexplained> = (tally.unexplained.iter())
            .map(|((figure, difference), figures)| Unexplained {
                figure: figure.clone(),
                difference: difference.clone(),
                figures: *figures,
            })
            .collect();
        differences.sort_by_key(|it| std::cmp::Reverse(it.figures));
        differences.truncate(DIFFERENCES_TOLD_MAX);
        Causes {
            students: tally.people,
            agree: tally.agree,
            differ: figures(&tally.patterns),
            unexplained: figures(&left),
            causes,
            differences,
        }
    }
}

/// A figure of the whole record, and of what the sending system posted itself where that is less.
type Both = [Option<Option<String>>; 2];

/// What is declared of a person, and the postings that it may be about.
struct Declared<'a> {
    record: &'a PersonRecord,
    posted: &'a [RecordedMark],
    /// For each declared figure the postings of its own sending system, where these are not all.
    own: Vec<Option<Vec<RecordedMark>>>,
}

impl<'a> Declared<'a> {
    fn of(record: &'a PersonRecord, posted: &'a [RecordedMark]) -> Self {
        let totals = record.totals.iter();
        Self {
            record,
            posted,
            own: totals.map(|total| own_postings(total, posted)).collect(),
        }
    }

    /// Each declared figure that is asked about, as these rules make it.
    fn figures(&self, rules: &Rules, about: impl Fn(&str) -> bool) -> Vec<Option<Both>> {
        let whole = Figures::new(rules, self.record, self.posted);
        let declared = self.record.totals.iter().zip(&self.own);
        let figures = declared.map(|(declared, own)| {
            let figure = &declared.total.figure;
            let ours = about(figure).then(|| whole.figure(figure))??;
            let own = own
                .as_ref()
                .map(|own| Figures::new(rules, self.record, own));
            Some([Some(ours), own.and_then(|own| own.figure(figure))])
        });
        figures.collect()
    }
}

/// A figure that no alternative clears, and by how much it differs.
fn difference(total: &DeclaredTotal, ours: &Both) -> (String, String) {
    let whole = ours[0].clone().flatten();
    let ours = whole.unwrap_or_else(|| "none".to_owned());
    let words = format!("declared {}, ours {ours}", total.value);
    (total.figure.clone(), words)
}

type Patterns = BTreeMap<Vec<Vec<u16>>, u64>;

/// What an alternative clears of what is left.
#[derive(Clone, Copy, Default)]
struct Clears {
    students: u64,
    figures: u64,
}

/// The alternative that clears most of what is left beyond what it breaks; of equals the first.
/// What breaks more than it clears comes last: it may be one of two sending systems that does so.
fn best(left: &Patterns, tally: &Tally) -> Option<(u16, Clears)> {
    let mut clears: BTreeMap<u16, Clears> = BTreeMap::new();
    for (figures, students) in left {
        let mut places: Vec<u16> = figures.concat();
        for place in &places {
            clears.entry(*place).or_default().figures += students;
        }
        places.sort_unstable();
        places.dedup();
        for place in places {
            clears.entry(place).or_default().students += students;
        }
    }
    let breaks = |place: u16| tally.breaks.get(&place).copied().unwrap_or(0);
    clears.into_iter().max_by_key(|(place, clears)| {
        let gained = i128::from(clears.figures) - i128::from(breaks(*place));
        (gained, std::cmp::Reverse(*place))
    })
}

/// What is left once an alternative has cleared what it does.
fn without(left: Patterns, place: u16) -> Patterns {
    let mut rest = Patterns::new();
    for (mut figures, students) in left {
        figures.retain(|alternatives| !alternatives.contains(&place));
        if !figures.is_empty() {
            *rest.entry(figures).or_default() += students;
        }
    }
    rest
}

/// How many figures there are.
fn figures(patterns: &Patterns) -> u64 {
    let each = patterns.iter();
    each.map(|(figures, students)| figures.len() as u64 * students)
        .sum()
}

impl Tally {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        self.people += other.people;
        self.agree += other.agree;
        for (place, figures) in other.breaks {
            *self.breaks.entry(place).or_default() += figures;
        }
        for (pattern, students) in other.patterns {
            self.pattern(pattern, students);
        }
        for (difference, figures) in other.unexplained {
            self.difference(difference, figures);
        }
    }

    fn agrees(&mut self, broken_by: &[u16]) {
        self.agree += 1;
        for place in broken_by {
            *self.breaks.entry(*place).or_default() += 1;
        }
    }

    fn pattern(&mut self, pattern: Vec<Vec<u16>>, students: u64) {
        if self.patterns.len() < PATTERNS_MAX || self.patterns.contains_key(&pattern) {
            *self.patterns.entry(pattern).or_default() += students;
            return;
        }
        for mut figure in pattern {
            figure.truncate(1);
            *self.patterns.entry(vec![figure]).or_default() += students;
        }
    }

    fn difference(&mut self, difference: (String, String), figures: u64) {
        let known = self.unexplained.contains_key(&difference);
        if known || self.unexplained.len() < DIFFERENCES_MAX {
            *self.unexplained.entry(difference).or_default() += figures;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_students_differ_in_a_tally_keeps_no_more_than_its_bound() {
        let mut tally = Tally::default();
        let students = PATTERNS_MAX as u64 + 30_000;
        for student in 0..students {
            let pattern = |base: u64| u16::try_from(student / base % 300).expect("small");
            tally.pattern(vec![vec![pattern(1), pattern(300)], vec![pattern(7)]], 1);
        }
        assert!(tally.patterns.len() <= PATTERNS_MAX + 301);
        assert_eq!(figures(&tally.patterns), 2 * students, "no figure is lost");
    }

    #[test]
    fn a_setting_that_breaks_more_than_it_clears_comes_last() {
        let mut tally = Tally::default();
        tally.pattern(vec![vec![1, 2]], 312);
        tally.pattern(vec![vec![1]], 1);
        for _ in 0..400 {
            tally.agrees(&[1]);
        }
        let (place, clears) = best(&tally.patterns, &tally).expect("a cause");
        assert_eq!((place, clears.figures), (2, 312));
        let left = without(tally.patterns.clone(), place);
        let (place, clears) = best(&left, &tally).expect("another");
        assert_eq!((place, clears.figures), (1, 1));
    }
}
