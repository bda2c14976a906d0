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
//!
//! Settings act on each other: what one seems to clear, another may have caused. So only the
//! likeliest is taken from what was counted, and everybody is weighed again with it in force
//! ([`Search`]), until nothing more is likely.

mod alternatives;
mod average;
mod bonus;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::totals::{Figures, own_postings, same};
use super::{Policy, Rules};
use crate::record::{DeclaredTotal, PersonRecord, RecordedMark, RecordedTotal};

/// Causes that are looked for; for each, everybody is weighed once.
const CAUSES_MAX: usize = 8;
/// Different differences that a tally keeps apart.
const DIFFERENCES_MAX: usize = 10_000;
/// Differences that are told, the most frequent first.
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

/// Rules and every alternative to them.
pub struct Alternatives {
    base: Rules,
    sources: BTreeSet<String>,
    list: Vec<Alternative>,
}

/// What was counted; tallies of parts of a district add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    students: u64,
    agree: u64,
    differ: u64,
    /// What each alternative would do.
    effects: BTreeMap<u16, Effect>,
    /// How often which figure differs by how much.
    differences: BTreeMap<Difference, u64>,
    /// The sending systems whose figures differ.
    sources: BTreeSet<String>,
}

/// What an alternative would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Effect {
    /// Students with a differing figure that would agree.
    students: u64,
    /// Differing figures that would agree.
    clears: u64,
    /// Figures that agree and would differ.
    breaks: u64,
    /// Figures that differ and would be other ones that differ too.
    misses: u64,
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
    /// What clears most first; then, with it in force, what clears most of the rest, and so on.
    pub causes: Vec<Cause>,
    /// Figures that differ with all of these in force.
    pub unexplained: u64,
    /// By how much these differ, the most frequent first.
    pub differences: Vec<Unexplained>,
    /// The sending systems that declare these.
    pub sources: BTreeSet<String>,
    /// Whether one more setting would clear some of these: so many causes are looked for at once.
    pub unfinished: bool,
}

/// A setting that would make figures agree, where those before it in the list are in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// What would stand in `policy.toml`.
    pub setting: Setting,
    /// What the sending system does, were this the cause.
    pub means: String,
    /// Students with a figure that it would clear.
    pub students: u64,
    /// Figures that differ by then and that it would clear.
    pub clears: u64,
    /// Figures that agree by then and would differ.
    pub breaks: u64,
}

/// A difference that no setting explains.
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
    /// Every alternative to a policy: of each average, of all figures, and, of several sources,
    /// that one posts its summers otherwise than the others.
    pub fn of(policy: &Policy, sources: BTreeSet<String>) -> Self {
        Self::to(policy.rules().clone(), sources)
    }

    fn to(base: Rules, sources: BTreeSet<String>) -> Self {
        let mut list = alternatives::of(&base);
        list.extend(alternatives::of_sources(&base, &sources));
        Self {
            base,
            sources,
            list,
        }
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
        for (place, ours) in ours.iter().enumerate() {
            match ours {
                None => {}
                Some(ours) if agrees(place, ours) => tally.agree += 1,
                Some(ours) => tally.differs(&record.totals[place], ours),
            }
        }
        tally.students += u64::from(ours.iter().any(Option::is_some));
        for (number, alternative) in (0..).zip(&self.list) {
            let about = |figure: &str| {
                let only = alternative.figure.as_deref();
                only.is_none_or(|only| only == figure)
            };
            let theirs = declared.figures(&alternative.rules, about);
            let mut effect = Effect::default();
            for (place, both) in ours.iter().zip(&theirs).enumerate() {
                let (Some(ours), Some(theirs)) = both else {
                    continue;
                };
                match (agrees(place, ours), agrees(place, theirs)) {
                    (false, true) => effect.clears += 1,
                    (true, false) => effect.breaks += 1,
                    (false, false) => effect.misses += u64::from(theirs != ours),
                    (true, true) => {}
                }
            }
            effect.students = u64::from(effect.clears > 0);
            tally.effect(number, effect);
        }
    }

    /// The likeliest cause: what clears most beyond what it breaks; of equals what is about one
    /// figure alone, and then the first.
    fn likeliest(&self, tally: &Tally) -> Option<(&Alternative, Effect)> {
        let all = (0..).zip(&self.list).filter_map(|(place, alternative)| {
            let effect = *tally.effects.get(&place)?;
            tally
                .is_likely(effect)
                .then_some((place, alternative, effect))
        });
        let likeliest = all.max_by_key(|(place, alternative, effect)| {
            let gained = effect.clears - effect.breaks;
            let is_narrow = alternative.figure.is_some();
            (gained, is_narrow, std::cmp::Reverse(*place))
        });
        likeliest.map(|(_, alternative, effect)| (alternative, effect))
    }
}

/// The search for causes, one after the other. Each has cleared more than it broke when the next
/// is looked for, so it ends.
pub struct Search {
    alternatives: Arc<Alternatives>,
    causes: Vec<Cause>,
    /// What was counted under the district's own rules.
    first: Option<Tally>,
}

impl Search {
    /// A search among these.
    pub fn among(alternatives: Alternatives) -> Self {
        Self {
            alternatives: Arc::new(alternatives),
            causes: Vec::new(),
            first: None,
        }
    }

    /// What everybody is to be weighed with next.
    pub fn alternatives(&self) -> Arc<Alternatives> {
        Arc::clone(&self.alternatives)
    }

    /// Takes what was counted of everybody; the causes, or none where everybody is to be weighed
    /// once more.
    pub fn weighed(&mut self, tally: Tally) -> Option<Causes> {
        let alternatives = self.alternatives();
        let likeliest = alternatives.likeliest(&tally);
        let Some((alternative, effect)) = likeliest.filter(|_| self.causes.len() < CAUSES_MAX)
        else {
            return Some(self.end(&tally, likeliest.is_some()));
        };
        self.causes.push(Cause {
            setting: alternative.setting.clone(),
            means: alternative.means.clone(),
            students: effect.students,
            clears: effect.clears,
            breaks: effect.breaks,
        });
        let is_all = effect.clears == tally.differ && effect.breaks == 0;
        self.first.get_or_insert(tally);
        if is_all {
            return Some(self.end(&Tally::default(), false));
        }
        let sources = alternatives.sources.clone();
        let next = Alternatives::to(alternative.rules.clone(), sources);
        self.alternatives = Arc::new(next);
        None
    }

    fn end(&mut self, left: &Tally, unfinished: bool) -> Causes {
        let first = self.first.as_ref().unwrap_or(left);
        Causes {
            students: first.students,
            agree: first.agree,
            differ: first.differ,
            causes: std::mem::take(&mut self.causes),
            unexplained: left.differ,
            differences: left.most_frequent(),
            sources: left.sources.clone(),
            unfinished,
        }
    }
}

/// A figure of the whole record, and of what the sending system posted itself where that is less;
/// both as posted, and where something was decided with it.
type Both = [Option<Option<String>>; 4];

/// What is declared of a person, and the postings that it may be about.
struct Declared<'a> {
    record: &'a PersonRecord,
    posted: &'a [RecordedMark],
    /// For each declared figure the postings of its own sending system, where these are not all.
    own: Vec<Option<Vec<RecordedMark>>>,
    /// The same of the marks as they were decided, where that is something else.
    decided: Option<Vec<Option<Vec<RecordedMark>>>>,
}

impl<'a> Declared<'a> {
    fn of(record: &'a PersonRecord, posted: &'a [RecordedMark]) -> Self {
        let own = |marks: &[RecordedMark]| {
            let totals = record.totals.iter();
            totals.map(|total| own_postings(total, marks)).collect()
        };
        let is_decided = !std::ptr::eq(posted, &*record.marks);
        Self {
            record,
            posted,
            own: own(posted),
            decided: is_decided.then(|| own(&record.marks)),
        }
    }

    /// Each declared figure that is asked about, as these rules make it.
    fn figures(&self, rules: &Rules, about: impl Fn(&str) -> bool) -> Vec<Option<Both>> {
        let whole = Figures::new(rules, self.record, self.posted);
        let decided = self.decided.as_ref();
        let decided =
            decided.map(|own| (Figures::new(rules, self.record, &self.record.marks), own));
        let declared = self.record.totals.iter().zip(&self.own).enumerate();
        let figures = declared.map(|(place, (declared, own))| {
            let figure = &declared.total.figure;
            let ours = about(figure).then(|| whole.figure(figure))??;
            let of_own = |own: Option<&Vec<RecordedMark>>| {
                Figures::new(rules, self.record, own?).figure(figure)
            };
            let decided = decided.as_ref();
            let decided = decided.map(|(whole, own)| (whole.figure(figure), own[place].as_ref()));
            let (decided, decided_own) = decided.unwrap_or_default();
            Some([
                Some(ours),
                of_own(own.as_ref()),
                decided,
                of_own(decided_own),
            ])
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

impl Tally {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        self.students += other.students;
        self.agree += other.agree;
        self.differ += other.differ;
        for (place, effect) in other.effects {
            self.effect(place, effect);
        }
        for (difference, figures) in other.differences {
            self.difference(difference, figures);
        }
        self.sources.extend(other.sources);
    }

    fn effect(&mut self, place: u16, effect: Effect) {
        if effect == Effect::default() {
            return;
        }
        let sum = self.effects.entry(place).or_default();
        sum.students += effect.students;
        sum.clears += effect.clears;
        sum.breaks += effect.breaks;
        sum.misses += effect.misses;
    }

    fn differs(&mut self, declared: &RecordedTotal, ours: &Both) {
        self.differ += 1;
        self.difference(difference(&declared.total, ours), 1);
        if !self.sources.contains(&declared.source) {
            self.sources.insert(declared.source.clone());
        }
    }

    /// Counts a difference, where there is room for one more or it is known.
    fn difference(&mut self, difference: Difference, figures: u64) {
        let known = &mut self.differences;
        if known.len() < DIFFERENCES_MAX || known.contains_key(&difference) {
            *known.entry(difference).or_default() += figures;
        }
    }

    /// Whether it is more than chance that an alternative clears so much.
    fn is_likely(&self, effect: Effect) -> bool {
        effect.clears >= CLEARED_FOR_BROKEN_MIN * effect.breaks
            && effect.clears * MISSED_FOR_CLEARED_MAX >= effect.misses
            && effect.students >= STUDENTS_MIN.min(self.students)
            && effect.clears > 0
    }

    /// By how much figures differ, the most frequent first.
    fn most_frequent(&self) -> Vec<Unexplained> {
        let all = self.differences.iter();
        let all = all.map(|((figure, difference), figures)| Unexplained {
            figure: figure.clone(),
            difference: difference.clone(),
            figures: *figures,
        });
        let mut told: Vec<Unexplained> = all.collect();
        told.sort_by_key(|it| std::cmp::Reverse(it.figures));
        told.truncate(DIFFERENCES_TOLD_MAX);
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_figures_differ_a_tally_keeps_no_more_than_its_bound() {
        let mut tally = Tally::default();
        for figure in 0..DIFFERENCES_MAX + 1000 {
            tally.difference(("gpa:x".to_owned(), figure.to_string()), 1);
        }
        assert_eq!(tally.differences.len(), DIFFERENCES_MAX);
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
            sources: BTreeSet::new(),
            list: list.collect(),
        }
    }

    /// A tally of these students, and what each alternative would do: students whom it clears, who
    /// have one figure each, what it breaks and what it misses.
    fn tally(students: u64, effects: &[(u16, [u64; 3])]) -> Tally {
        let effects = effects.iter().map(|(place, [clears, breaks, misses])| {
            let effect = Effect {
                students: *clears,
                clears: *clears,
                breaks: *breaks,
                misses: *misses,
            };
            (*place, effect)
        });
        Tally {
            students,
            effects: effects.collect(),
            ..Tally::default()
        }
    }

    fn likeliest(tally: &Tally) -> Option<String> {
        let alternatives = alternatives(3);
        let (likeliest, _) = alternatives.likeliest(tally)?;
        Some(likeliest.setting.set.clone())
    }

    #[test]
    fn a_setting_that_clears_little_more_than_it_breaks_is_no_cause() {
        let both = |breaks| tally(1000, &[(1, [412, 413, 0]), (2, [312, breaks, 0])]);
        assert_eq!(likeliest(&both(157)), None);
        assert_eq!(likeliest(&both(156)).as_deref(), Some("place = 2"));
    }

    #[test]
    fn a_figure_that_is_hit_by_chance_is_no_cause() {
        let both = |students, misses| tally(students, &[(1, [1, 0, 0]), (2, [5, 0, misses])]);
        assert_eq!(
            likeliest(&both(1000, 101)),
            None,
            "one student; and 5 of 106"
        );
        assert_eq!(likeliest(&both(1000, 100)).as_deref(), Some("place = 2"));
        assert_eq!(likeliest(&both(1, 101)).as_deref(), Some("place = 1"));
        assert_eq!(likeliest(&tally(1, &[(1, [0, 0, 0])])), None);
    }

    #[test]
    fn of_settings_that_clear_the_same_the_one_of_one_figure_is_named() {
        let all = |first| {
            let same = [30, 0, 0];
            tally(1000, &[(0, [first, 0, 0]), (1, same), (2, same)])
        };
        assert_eq!(likeliest(&all(30)).as_deref(), Some("place = 1"));
        // What explains more comes first all the same.
        assert_eq!(likeliest(&all(31)).as_deref(), Some("place = 0"));
    }

    #[test]
    fn a_search_names_no_more_causes_than_its_bound_and_says_so() {
        let policy = include_str!("../../../report-templates/transcript/policy.toml");
        let policy = Policy::parse(policy).expect("the shipped policy");
        let mut search = Search::among(Alternatives::of(&policy, BTreeSet::new()));
        let mut weighed = 0;
        let causes = loop {
            // Something is always likely, and something is always left.
            let counted = Tally {
                differ: 10,
                ..tally(1000, &[(0, [5, 0, 0])])
            };
            weighed += 1;
            if let Some(causes) = search.weighed(counted) {
                break causes;
            }
        };
        assert_eq!((causes.causes.len(), weighed), (CAUSES_MAX, CAUSES_MAX + 1));
        assert!(causes.unfinished && causes.unexplained == 10, "{causes:?}");
    }
}
