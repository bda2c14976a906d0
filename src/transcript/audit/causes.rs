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
//! likeliest is taken from what was counted, and its rules are in force when the next is looked for
//! ([`Search`]), until nothing more is likely.
//!
//! Hundreds of alternatives cost more than reading the records. What clears nothing is no cause, so
//! alternatives are weighed with figures that differ; only what could be a cause by that is held
//! against those that agree. Who differs under the next rules differed before or agreed only
//! without them, and both are known by then ([`Question`]). `tests/audit/search.rs` holds this
//! equal to weighing everybody under everything each time.

mod alternatives;
mod average;
mod bonus;
mod tally;

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::totals::{Figures, own_postings, same};
use super::{Policy, Rules};
use crate::record::{PersonId, PersonRecord, RecordedMark};
use tally::{Effect, Few};
pub use tally::{Tally, Unexplained};

/// Causes that are looked for; for each, everybody is read once.
const CAUSES_MAX: usize = 8;
/// People with a differing figure who are kept by their ids, so that for the next cause these alone
/// are asked; where there are more, everybody is.
const DIFFERING_KEPT_MAX: usize = 10_000;
/// The same of those whose figures one alternative would break.
const BROKEN_KEPT_MAX: usize = 500;

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
    /// Records that were read for this, each as often as it was.
    #[serde(skip)]
    pub records_read: u64,
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

    /// Which figures of a person differ, and what every alternative would make of these.
    fn weigh_differing(&self, record: &PersonRecord, tally: &mut Tally) {
        let posted = record.decisions.as_posted(&record.marks);
        let declared = Declared::of(record, &posted);
        let ours = declared.figures(&self.base, |_, _| true);
        let agrees = declared.agreeing(&ours);
        for (place, ours) in ours.iter().enumerate() {
            match ours {
                None => {}
                Some(_) if agrees[place] => tally.agree += 1,
                Some(ours) => tally.differs(&record.totals[place], ours),
            }
        }
        tally.students += u64::from(ours.iter().any(Option::is_some));
        let differs = |place: usize| ours[place].is_some() && !agrees[place];
        if !(0..ours.len()).any(differs) {
            return;
        }
        tally.people.add(record.id, DIFFERING_KEPT_MAX);
        for (number, alternative) in (0..).zip(&self.list) {
            let about = |place, figure: &str| differs(place) && alternative.is_about(figure);
            let theirs = declared.figures(&alternative.rules, about);
            let cleared = declared.agreeing(&theirs);
            let mut effect = Effect::default();
            for (place, theirs) in theirs.iter().enumerate() {
                match theirs {
                    Some(_) if cleared[place] => effect.clears += 1,
                    Some(_) => effect.misses += u64::from(*theirs != ours[place]),
                    None => {}
                }
            }
            effect.students = u64::from(effect.clears > 0);
            tally.effect(number, effect);
        }
    }

    /// What these alternatives would make of a person's figures that agree.
    fn weigh_agreeing(&self, likely: &BTreeSet<u16>, record: &PersonRecord, tally: &mut Tally) {
        let posted = record.decisions.as_posted(&record.marks);
        let declared = Declared::of(record, &posted);
        let agrees = declared.agreeing(&declared.figures(&self.base, |_, _| true));
        for number in likely {
            let alternative = &self.list[usize::from(*number)];
            let about = |place: usize, figure: &str| agrees[place] && alternative.is_about(figure);
            let theirs = declared.figures(&alternative.rules, about);
            let still = declared.agreeing(&theirs);
            let broken = theirs.iter().zip(still);
            let breaks = broken.filter(|(theirs, still)| theirs.is_some() && !still);
            let breaks = breaks.count() as u64;
            if breaks > 0 {
                let effect = Effect {
                    breaks,
                    ..Effect::default()
                };
                tally.effect(*number, effect);
                let broken = tally.broken.entry(*number).or_default();
                broken.add(record.id, BROKEN_KEPT_MAX);
            }
        }
    }

    /// The likeliest cause: what clears most beyond what it breaks; of equals what is about one
    /// figure alone, and then the first.
    fn likeliest(&self, tally: &Tally) -> Option<(u16, &Alternative, Effect)> {
        let all = (0..).zip(&self.list).filter_map(|(place, alternative)| {
            let effect = *tally.effects.get(&place)?;
            tally
                .is_likely(effect)
                .then_some((place, alternative, effect))
        });
        all.max_by_key(|(place, alternative, effect)| {
            let gained = effect.clears - effect.breaks;
            let is_narrow = alternative.figure.is_some();
            (gained, is_narrow, std::cmp::Reverse(*place))
        })
    }
}

impl Alternative {
    fn is_about(&self, figure: &str) -> bool {
        self.figure.as_deref().is_none_or(|only| only == figure)
    }
}

/// What is to be weighed next, and with whom.
pub struct Question {
    alternatives: Arc<Alternatives>,
    /// Who alone can differ; none where everybody may.
    people: Option<Vec<PersonId>>,
    /// What is held against the figures that agree; none while it is asked which differ.
    likely: Option<BTreeSet<u16>>,
}

impl Question {
    /// Who is to be asked; none where it is everybody who is meant.
    pub fn people(&self) -> Option<&[PersonId]> {
        self.people.as_deref()
    }

    /// Asks it of a person: computes the declared figures again under what is to be weighed.
    pub fn weigh(&self, record: &PersonRecord, tally: &mut Tally) {
        tally.records += 1;
        match &self.likely {
            None => self.alternatives.weigh_differing(record, tally),
            Some(likely) => self.alternatives.weigh_agreeing(likely, record, tally),
        }
    }
}

/// The search for causes, one after the other. Each has cleared more than it broke when the next
/// is looked for, so it ends.
pub struct Search {
    alternatives: Arc<Alternatives>,
    causes: Vec<Cause>,
    /// What was counted under the district's own rules.
    first: Option<Tally>,
    /// Who may differ under the rules of now.
    people: Few,
    /// What was counted of who differs, where what agrees is still to be asked.
    differing: Option<Tally>,
    records: u64,
}

impl Search {
    /// A search among these.
    pub fn among(alternatives: Alternatives) -> Self {
        Self {
            alternatives: Arc::new(alternatives),
            causes: Vec::new(),
            first: None,
            people: Few::not_known(),
            differing: None,
            records: 0,
        }
    }

    /// What is to be asked next.
    pub fn question(&self) -> Question {
        let likely = self.differing.as_ref().map(Tally::could_be_likely);
        Question {
            alternatives: Arc::clone(&self.alternatives),
            people: self.people.list().filter(|_| likely.is_none()),
            likely,
        }
    }

    /// Takes what was counted of all who were asked; the causes, or none where there is another
    /// question.
    pub fn weighed(&mut self, tally: Tally) -> Option<Causes> {
        self.records += tally.records;
        let tally = match self.differing.take() {
            Some(mut differing) => {
                differing.add(tally);
                differing
            }
            None => {
                let tally = self.of_whole_district(tally);
                if !tally.could_be_likely().is_empty() {
                    self.differing = Some(tally);
                    return None;
                }
                tally
            }
        };
        let alternatives = Arc::clone(&self.alternatives);
        let likeliest = alternatives.likeliest(&tally);
        let Some((place, alternative, effect)) =
            likeliest.filter(|_| self.causes.len() < CAUSES_MAX)
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
        if effect.clears == tally.differ && effect.breaks == 0 {
            return Some(self.end(&Tally::default(), false));
        }
        self.people = tally.differing_under(place);
        let sources = alternatives.sources.clone();
        let next = Alternatives::to(alternative.rules.clone(), sources);
        self.alternatives = Arc::new(next);
        None
    }

    /// Of whom only those who differ were asked: how many students there are was counted first.
    fn of_whole_district(&mut self, mut tally: Tally) -> Tally {
        let first = self.first.get_or_insert_with(|| tally.counts());
        tally.students = first.students;
        tally
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
            records_read: self.records,
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
    fn figures(&self, rules: &Rules, about: impl Fn(usize, &str) -> bool) -> Vec<Option<Both>> {
        let whole = LazyCell::new(|| Figures::new(rules, self.record, self.posted));
        let declared = self.record.totals.iter().zip(&self.own).enumerate();
        let figures = declared.map(|(place, (declared, own))| {
            let figure = &declared.total.figure;
            let ours = about(place, figure).then(|| whole.figure(figure))??;
            let own = own
                .as_ref()
                .map(|own| Figures::new(rules, self.record, own));
            Some([Some(ours), own.and_then(|own| own.figure(figure))])
        });
        figures.collect()
    }

    /// Which of these figures agree with what is declared.
    fn agreeing(&self, figures: &[Option<Both>]) -> Vec<bool> {
        let declared = self.record.totals.iter().zip(figures);
        let agrees = declared.map(|(declared, both)| {
            let mut both = both.iter().flatten().flatten();
            both.any(|it| same(&declared.total.value, it.as_deref()))
        });
        agrees.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let (_, likeliest, _) = alternatives.likeliest(tally)?;
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
            // Something is always likely and breaks nothing, and something is always left.
            let counted = match search.question().likely {
                None => Tally {
                    differ: 10,
                    ..tally(1000, &[(0, [5, 0, 0])])
                },
                Some(_) => Tally::default(),
            };
            weighed += 1;
            if let Some(causes) = search.weighed(counted) {
                break causes;
            }
        };
        // For each cause, and to see that there is one more: what differs, and what agrees.
        let questions = 2 * (CAUSES_MAX + 1);
        assert_eq!((causes.causes.len(), weighed), (CAUSES_MAX, questions));
        assert!(causes.unfinished && causes.unexplained == 10, "{causes:?}");
    }
}
