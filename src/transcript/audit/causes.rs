//! Which one setting of the policy would make declared figures agree with ours.
//!
//! A district's first import shows thousands of differences with one cause: the sending system
//! counts a summer, or rounds otherwise. So every declared figure is computed again under each
//! alternative, and each alternative is the district's own rules with one setting changed. How many
//! figures it would clear is told beside how many that agree today it would break.
//!
//! Of hundreds of alternatives some make a figure agree by chance. So none is named that clears
//! little more than it breaks, that misses nearly all of what it changes, or that clears one
//! student of many; and of those that clear the same, the one that is about one figure alone comes
//! first.

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

/// A cause clears at least so many figures for each that it would newly break.
const CLEARED_FOR_BROKEN_MIN: u64 = 2;
/// A cause clears at least one of so many differing figures that it changes and misses: an average
/// of two decimals is hit by chance about once in a hundred times.
const MISSED_FOR_CLEARED_MAX: u64 = 20;
/// A cause is common to so many students at least, where more than one was looked at.
const STUDENTS_MIN: u64 = 2;

/// One setting changed.
struct Alternative {
    setting: Setting,
    /// What the sending system does, were this the cause.
    means: String,
    /// The one figure that it is about; none where it is about all.
    figure: Option<String>,
    rules: Rules,
}

/// A setting of `policy.toml`, as it would stand there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The header of the table in which the lines stand: `[[gpa]]`, `[repeats]`. None where they
    /// stand before the first table.
    pub table: Option<String>,
    /// Which of several such tables: a line of it, `name = "unweighted"`.
    pub having: Option<String>,
    /// The lines, which are TOML, in place of what stands there under the same keys.
    pub set: String,
    /// What is taken out of the table, where nothing is set.
    pub take_out: Option<String>,
}

impl Setting {
    fn of(table: &str, having: Option<String>, set: impl Into<String>) -> Self {
        Self {
            table: Some(table.to_owned()),
            having,
            set: set.into(),
            take_out: None,
        }
    }
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
    /// How many figures that differ each alternative would make other ones that differ too.
    misses: BTreeMap<u16, u64>,
    /// How often which figure differs by how much, among those that no alternative clears.
    unexplained: BTreeMap<Difference, u64>,
    /// The same of those that some alternatives clear, by these.
    cleared: BTreeMap<(Vec<u16>, Difference), u64>,
}

/// A figure, and what is declared and what is ours.
type Difference = (String, String);

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
    /// What would stand in `policy.toml`.
    pub setting: Setting,
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
    pub fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.list.iter().map(|alternative| &alternative.setting)
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
                match (agrees(place, ours), agrees(place, theirs)) {
                    (false, false) if theirs != ours => tally.misses(number, 1),
                    (ours, theirs) if ours != theirs => others[place].push(number),
                    _ => {}
                }
            }
        }
        let mut differing = Vec::new();
        for (place, others) in others.into_iter().enumerate() {
            match &ours[place] {
                None => {}
                Some(ours) if agrees(place, ours) => tally.agrees(&others),
                Some(ours) => {
                    let words = difference(&record.totals[place].total, ours);
                    tally.difference(&others, words, 1);
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
        let mut named = Vec::new();
        while let Some((place, Clears { students, figures })) = self.best(&left, tally) {
            left = without(left, place);
            named.push(place);
            let alternative = &self.list[usize::from(place)];
            causes.push(Cause {
                setting: alternative.setting.clone(),
                means: alternative.means.clone(),
                students,
                clears: figures,
                breaks: tally.breaks.get(&place).copied().unwrap_or(0),
            });
        }
        Causes {
            students: tally.people,
            agree: tally.agree,
            differ: figures(&tally.patterns),
            unexplained: figures(&left),
            causes,
            differences: tally.differences(&named),
        }
    }

    /// The likeliest cause of what is left: what clears most beyond what it breaks; of equals what
    /// is about one figure alone, and then the first.
    fn best(&self, left: &Patterns, tally: &Tally) -> Option<(u16, Clears)> {
        let all = clears(left).into_iter();
        let likely = all.filter(|(place, clears)| tally.is_likely(*place, *clears));
        likely.max_by_key(|(place, clears)| {
            let gained = clears.figures - tally.breaks.get(place).copied().unwrap_or(0);
            let figure = self
                .list
                .get(usize::from(*place))
                .map(|it| it.figure.is_some());
            (gained, figure, std::cmp::Reverse(*place))
        })
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

/// A figure, and by how much it differs.
fn difference(total: &DeclaredTotal, ours: &Both) -> Difference {
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

/// What each alternative clears of what is left.
fn clears(left: &Patterns) -> BTreeMap<u16, Clears> {
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
    clears
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
        for (place, figures) in other.misses {
            self.misses(place, figures);
        }
        for (pattern, students) in other.patterns {
            self.pattern(pattern, students);
        }
        for (difference, figures) in other.unexplained {
            self.difference(&[], difference, figures);
        }
        for ((cleared_by, difference), figures) in other.cleared {
            self.difference(&cleared_by, difference, figures);
        }
    }

    fn misses(&mut self, place: u16, figures: u64) {
        *self.misses.entry(place).or_default() += figures;
    }

    /// Whether it is more than chance that an alternative clears so much of what is left.
    fn is_likely(&self, place: u16, clears: Clears) -> bool {
        let of = |counts: &BTreeMap<u16, u64>| counts.get(&place).copied().unwrap_or(0);
        clears.figures >= CLEARED_FOR_BROKEN_MIN * of(&self.breaks)
            && clears.figures * MISSED_FOR_CLEARED_MAX >= of(&self.misses)
            && clears.students >= STUDENTS_MIN.min(self.people)
    }

    /// What no named alternative clears, by how much it differs, the most frequent first.
    fn differences(&self, named: &[u16]) -> Vec<Unexplained> {
        let mut left = self.unexplained.clone();
        for ((cleared_by, difference), figures) in &self.cleared {
            if !cleared_by.iter().any(|place| named.contains(place)) {
                *left.entry(difference.clone()).or_default() += figures;
            }
        }
        let told = left
            .into_iter()
            .map(|((figure, difference), figures)| Unexplained {
                figure,
                difference,
                figures,
            });
        let mut told: Vec<Unexplained> = told.collect();
        told.sort_by_key(|it| std::cmp::Reverse(it.figures));
        told.truncate(DIFFERENCES_TOLD_MAX);
        told
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

    fn difference(&mut self, cleared_by: &[u16], difference: Difference, figures: u64) {
        if cleared_by.is_empty() {
            count(&mut self.unexplained, difference, figures);
        } else {
            count(
                &mut self.cleared,
                (cleared_by.to_vec(), difference),
                figures,
            );
        }
    }
}

/// Counts a difference, where there is room for one more or it is known.
fn count<K: Ord>(differences: &mut BTreeMap<K, u64>, difference: K, figures: u64) {
    if differences.len() < DIFFERENCES_MAX || differences.contains_key(&difference) {
        *differences.entry(difference).or_default() += figures;
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

    /// Alternatives of which only the first is about every figure.
    fn alternatives(count: u16) -> Alternatives {
        let policy = include_str!("../../../report-templates/transcript/policy.toml");
        let base = Policy::parse(policy)
            .expect("the shipped policy")
            .rules()
            .clone();
        let list = (0..count).map(|place| Alternative {
            setting: Setting::of("[[gpa]]", None, format!("place = {place}")),
            means: String::new(),
            figure: (place > 0).then(|| "gpa:x".to_owned()),
            rules: base.clone(),
        });
        Alternatives {
            base: base.clone(),
            list: list.collect(),
        }
    }

    fn named(alternatives: &Alternatives, tally: &Tally) -> Vec<(String, u64, u64)> {
        let causes = alternatives.causes(tally).causes.into_iter();
        causes
            .map(|it| (it.setting.set, it.clears, it.breaks))
            .collect()
    }

    #[test]
    fn a_setting_that_clears_little_more_than_it_breaks_is_no_cause() {
        let mut tally = Tally {
            people: 1000,
            ..Tally::default()
        };
        tally.pattern(vec![vec![1, 2]], 312);
        tally.pattern(vec![vec![1]], 100);
        for broken in 0..413 {
            tally.agrees(if broken < 206 { &[1, 2] } else { &[1] });
        }
        // 412 for 413 is none, 312 for 206 neither.
        assert_eq!(named(&alternatives(3), &tally), []);
        tally.breaks.insert(2, 156);
        assert_eq!(
            named(&alternatives(3), &tally),
            [("place = 2".to_owned(), 312, 156)]
        );
        assert_eq!(alternatives(3).causes(&tally).unexplained, 100);
    }

    #[test]
    fn a_figure_that_is_hit_by_chance_is_no_cause() {
        let mut tally = Tally {
            people: 1000,
            ..Tally::default()
        };
        tally.pattern(vec![vec![1]], 1);
        tally.pattern(vec![vec![2]], 5);
        tally.misses(2, 101);
        assert_eq!(
            named(&alternatives(3), &tally),
            [],
            "one student; and 5 of 106"
        );
        tally.people = 1;
        tally.misses.insert(2, 100);
        let both = [
            ("place = 2".to_owned(), 5, 0),
            ("place = 1".to_owned(), 1, 0),
        ];
        assert_eq!(named(&alternatives(3), &tally), both);
    }

    #[test]
    fn of_settings_that_clear_the_same_the_one_of_one_figure_is_named() {
        let mut tally = Tally {
            people: 1000,
            ..Tally::default()
        };
        tally.pattern(vec![vec![0, 1, 2]], 30);
        assert_eq!(
            named(&alternatives(3), &tally),
            [("place = 1".to_owned(), 30, 0)]
        );
        // What explains more comes first all the same.
        tally.pattern(vec![vec![0]], 1);
        assert_eq!(
            named(&alternatives(3), &tally),
            [("place = 0".to_owned(), 31, 0)]
        );
    }
}
