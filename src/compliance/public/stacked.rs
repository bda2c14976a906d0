//! One outcome's counts as populations: every table in which a report prints it, stacked.
//!
//! Owns which cells there are. A school's cell stands below what its school is (`BELOW_SCHOOL`), so
//! that kinds of schools and local districts are sums of schools; whatever else the result is
//! broken down by is a table of its own beside these. Every school of the directory has a cell, so
//! that one without a case cannot be told from one with a few.
//!
//! Never: what is hidden (`suppression`). Next: `mod` suppresses what stands here.

use std::collections::{BTreeMap, BTreeSet};

use super::{Counted, TableName, axis_of};
use crate::compliance::case::{CaseKind, FieldType};
use crate::compliance::decree::{Direction, Measure, Outcome, Threshold};
use crate::compliance::measure::{OutcomeTally, Tally, UNKNOWN};
use crate::compliance::suppression::{Cell, Population, Published, Rank, RateOf, Stratum};
use crate::record::School;

/// The axis of schools.
pub(super) const SCHOOL: &str = "school";

/// What a school is: axes whose value follows from the school's.
const BELOW_SCHOOL: [&str; 3] = ["school_kind", "charter", "local_district"];

/// Where a threshold's figures stand among an outcome's populations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A rate of a population.
    Rate { table: usize, rate: usize },
    /// Events, counted in a table of their own, for so many cases of another.
    Events { table: usize, events: usize },
}

/// An outcome as populations.
pub(super) struct Stacked {
    pub(super) populations: Vec<Population>,
    /// For each threshold; none where its cases overlap those of an earlier one without being the
    /// same, so that between the two a reader could take differences.
    pub(super) places: Vec<Option<Place>>,
    /// Whether the first population is all cases that are counted.
    pub(super) begins_with_all: bool,
}

/// All tables of an outcome. `of_all` says that no threshold of some of the classes may be shown.
pub(super) fn stacked(counted: &Counted, number: usize, of_all: bool) -> Stacked {
    let outcome = &counted.decree.outcomes[number];
    let classes: Vec<&str> = outcome.text.class_names().collect();
    let all: Vec<usize> = (0..classes.len()).collect();
    let mut shown: Vec<Vec<usize>> = Vec::new();
    let mut stacked = Stacked {
        populations: Vec::new(),
        places: Vec::new(),
        begins_with_all: false,
    };
    for (share, threshold) in (1..).zip(&outcome.text.thresholds) {
        let of = match &threshold.of {
            None => all.clone(),
            Some(of) => places_of(&classes, of),
        };
        let table = match shown.iter().position(|other| *other == of) {
            Some(table) => table,
            None if shown.iter().flatten().any(|class| of.contains(class)) => {
                stacked.places.push(None);
                continue;
            }
            None if of_all && of != all => {
                stacked.places.push(None);
                continue;
            }
            None => {
                let id = id_of(counted, outcome, threshold, of != all);
                stacked.begins_with_all |= of == all;
                let share = if of == all { 0 } else { share };
                let population = of_classes(counted, number, id, (&classes, &of), share);
                stacked.populations.push(population);
                shown.push(of);
                shown.len() - 1
            }
        };
        let place = place_of(&mut stacked.populations[table], table, outcome, threshold);
        stacked.places.push(Some(place));
    }
    stacked.add_events(counted, number, &classes);
    stacked
}

/// Puts a threshold's rate into its population; events are looked at later.
fn place_of(
    population: &mut Population,
    table: usize,
    outcome: &Outcome,
    threshold: &Threshold,
) -> Place {
    if matches!(outcome.text.measure, Measure::Rate { .. }) {
        return Place::Events { table, events: 0 };
    }
    let direction = threshold.direction.unwrap_or(outcome.text.direction);
    let unit = outcome.text.unit;
    let kinds = [CaseKind::Complaint, CaseKind::Dispute, CaseKind::Removal];
    population.rates.push(RateOf {
        id: threshold.name.clone(),
        numerator: places_of(&population.classes, &threshold.numerator),
        sensitive: direction == Direction::Decrease || kinds.contains(&unit),
    });
    Place::Rate {
        table,
        rate: population.rates.len() - 1,
    }
}

impl Stacked {
    /// Events that are added up, as tables beside those of the cases that have them: those of one
    /// set of classes, for those of two would overlap.
    fn add_events(&mut self, counted: &Counted, number: usize, classes: &[&str]) {
        let outcome = &counted.decree.outcomes[number];
        let Measure::Rate { sum } = &outcome.text.measure else {
            return;
        };
        let field = outcome.text.unit.place(sum);
        let field = field.map(|place| outcome.text.unit.fields()[place].of);
        let is_whole = matches!(field, Some(FieldType::Count));
        let mut first: Option<(Vec<usize>, usize)> = None;
        for (threshold, place) in outcome.text.thresholds.iter().zip(&mut self.places) {
            let Some(Place::Events { events, .. }) = place else {
                continue;
            };
            let numerator = places_of(classes, &threshold.numerator);
            let (of, table) = first.get_or_insert_with(|| {
                let id = format!("{}/events", id_of(counted, outcome, threshold, true));
                let happened = |tally: &Tally| {
                    let sums = numerator.iter().map(|class| tally.sums.get(*class));
                    let repeated = numerator.iter().map(|it| tally.repeated_sums.get(*it));
                    Counts {
                        counts: vec![count(sums.flatten().sum::<i128>())],
                        repeated: count(repeated.flatten().sum::<u128>()),
                        digest: digest_of(tally, 0),
                    }
                };
                self.populations.push(Population {
                    most_of_one: count(counted.outcomes[number].most_sum),
                    is_events: true,
                    ..population(counted, number, id, &["events"], happened)
                });
                (numerator.clone(), self.populations.len() - 1)
            });
            *events = *table;
            if !is_whole || *of != numerator {
                *place = None;
            }
        }
    }
}

/// Where these words stand in a list.
fn places_of<W: AsRef<str>>(list: &[W], words: &[String]) -> Vec<usize> {
    let is_named = |place: &usize| words.iter().any(|word| word == list[*place].as_ref());
    (0..list.len()).filter(is_named).collect()
}

/// The id of a population: decree, outcome and period; the threshold where it has only some of the
/// outcome's cases.
fn id_of(counted: &Counted, outcome: &Outcome, threshold: &Threshold, is_part: bool) -> String {
    let (decree, period) = (&counted.decree.text.id, counted.period);
    let whole = format!(
        "{decree}/{}/{}..{}",
        outcome.text.id, period.begins, period.ends
    );
    if is_part {
        format!("{whole}/{}", threshold.name)
    } else {
        whole
    }
}

fn of_classes(
    counted: &Counted,
    number: usize,
    id: String,
    (classes, of): (&[&str], &[usize]),
    share: usize,
) -> Population {
    let classes: Vec<&str> = of.iter().map(|class| classes[*class]).collect();
    let most = counted.outcomes[number].most.get(share);
    let counts = |tally: &Tally| {
        let cases = of.iter().map(|class| tally.classes.get(*class).copied());
        Counts {
            counts: cases.map(|cases| count(cases.unwrap_or(0))).collect(),
            repeated: count(tally.members(share).repeated),
            digest: digest_of(tally, share),
        }
    };
    Population {
        most_of_one: count(most.copied().unwrap_or(1)),
        ..population(counted, number, id, &classes, counts)
    }
}

/// What a cell counts.
struct Counts {
    /// Cases of each class.
    counts: Vec<u32>,
    /// Those beyond the first of each child.
    repeated: u32,
    digest: Option<u64>,
}

/// The digest of the cases of a share; none where there are none, or nobody knows which they are.
fn digest_of(tally: &Tally, share: usize) -> Option<u64> {
    Some(tally.members(share).digest).filter(|digest| *digest != 0)
}

/// A count of cases; what no count can be is refused as too large.
fn count(cases: impl TryInto<u32>) -> u32 {
    cases.try_into().unwrap_or(u32::MAX)
}

fn population(
    counted: &Counted,
    number: usize,
    id: String,
    classes: &[&str],
    count: impl Fn(&Tally) -> Counts,
) -> Population {
    let outcome = &counted.decree.outcomes[number];
    let axes = axes_of(outcome, &counted.outcomes[number]);
    let own = |table: &&TableName| table.outcome == outcome.text.id;
    let withheld = counted.withheld.tables.iter().filter(own);
    let mut cells = Cells {
        classes: classes.len(),
        cells: BTreeMap::new(),
        below_school: below_school(&axes),
        withheld: withheld.filter_map(|it| it.by.as_deref()).collect(),
    };
    cells.put(Stratum::new(), count(&counted.outcomes[number].whole));
    for (axis, words) in &axes {
        for (word, tally) in *words {
            // A line of nobody would tell that somebody was left out there, or is unclear.
            if tally.counted() > 0 {
                cells.put(cells.place(counted, axis, word), count(tally));
            }
        }
    }
    if axes.iter().any(|(axis, _)| *axis == SCHOOL) {
        for school in counted.schools.keys() {
            cells.add_empty(cells.place(counted, SCHOOL, school));
        }
    }
    for row in counted.history.iter().filter(|row| row.population == id) {
        let known = |axis: &String| axes.iter().any(|(other, _)| other == axis);
        if row.stratum.keys().all(known) {
            cells.add_empty(cells.placed_today(counted, &row.stratum));
        }
    }
    Population {
        id,
        classes: classes.iter().map(|class| (*class).to_owned()).collect(),
        cells: cells.cells.into_values().collect(),
        ..Population::default()
    }
}

/// The axes of an outcome's tables with what is counted by each.
fn axes_of<'t>(
    outcome: &'t Outcome,
    tally: &'t OutcomeTally,
) -> Vec<(&'t str, &'t BTreeMap<String, Tally>)> {
    let named = outcome.text.strata.iter().map(String::as_str);
    let mut axes: Vec<_> = named.zip(&tally.strata).collect();
    if let Measure::RiskRatio { group, .. } = &outcome.text.measure
        && !axes.iter().any(|(axis, _)| axis == group)
    {
        axes.push((group, &tally.groups));
    }
    axes
}

/// Which axes a school's cell has beside the school.
fn below_school(axes: &[(&str, &BTreeMap<String, Tally>)]) -> BTreeSet<&'static str> {
    let has = |wanted: &str| axes.iter().any(|(axis, _)| *axis == wanted);
    let below = BELOW_SCHOOL.into_iter();
    below.filter(|axis| has(SCHOOL) && has(axis)).collect()
}

/// Cells under their strata.
struct Cells<'w> {
    classes: usize,
    cells: BTreeMap<Stratum, Cell>,
    below_school: BTreeSet<&'static str>,
    /// Axes of tables that are not printed: their cells only say what adds up to what.
    withheld: BTreeSet<&'w str>,
}

impl Cells<'_> {
    fn put(&mut self, stratum: Stratum, counted: Counts) {
        let own = stratum.get(SCHOOL).or_else(|| stratum.values().next());
        let is_withheld = axis_of(&stratum).is_some_and(|axis| self.withheld.contains(axis));
        let cell = Cell {
            not_reported: own.is_some_and(|word| word == UNKNOWN),
            rank: if is_withheld {
                Rank::Inner
            } else {
                rank_of(&stratum)
            },
            stratum: stratum.clone(),
            counts: counted.counts,
            repeated: counted.repeated,
            digest: counted.digest,
        };
        self.cells.insert(stratum, cell);
    }

    /// A cell of nobody, and what it adds up to, where they do not stand already.
    fn add_empty(&mut self, stratum: Stratum) {
        let wholes = stratum.iter().filter(|(axis, _)| *axis != SCHOOL);
        let wholes: Vec<Stratum> = wholes
            .map(|(axis, word)| Stratum::from([(axis.clone(), word.clone())]))
            .collect();
        for stratum in wholes.into_iter().chain([stratum]) {
            if !self.cells.contains_key(&stratum) {
                let nobody = Counts {
                    counts: vec![0; self.classes],
                    repeated: 0,
                    digest: None,
                };
                self.put(stratum, nobody);
            }
        }
    }

    /// Where the cell of this word stands.
    fn place(&self, counted: &Counted, axis: &str, word: &str) -> Stratum {
        let mut stratum = Stratum::from([(axis.to_owned(), word.to_owned())]);
        if axis == SCHOOL {
            let school = counted.schools.get(word);
            for axis in &self.below_school {
                let value = school.and_then(|school| what_it_is(school, axis));
                let value = value.unwrap_or_else(|| UNKNOWN.to_owned());
                stratum.insert((*axis).to_owned(), value);
            }
        }
        stratum
    }

    /// Where a cell of an earlier edition stands today: a school may have moved between local
    /// districts since, and one that is gone stays where it was.
    fn placed_today(&self, counted: &Counted, then: &Stratum) -> Stratum {
        match then.get(SCHOOL) {
            Some(school) if counted.schools.contains_key(school) => {
                self.place(counted, SCHOOL, school)
            }
            Some(school) => {
                let is_it = |stratum: &&Stratum| stratum.get(SCHOOL) == Some(school);
                let today = self.cells.keys().find(is_it);
                today.unwrap_or(then).clone()
            }
            None => then.clone(),
        }
    }
}

/// The rows of earlier editions that are about a population, each where its cell stands today.
pub(super) fn history_of(counted: &Counted, population: &Population) -> Vec<Published> {
    let by_school = population.cells.iter().map(|cell| &cell.stratum);
    let by_school: BTreeMap<&String, &Stratum> = by_school
        .filter_map(|stratum| Some((stratum.get(SCHOOL)?, stratum)))
        .collect();
    let rows = counted.history.iter();
    let rows = rows.filter(|row| row.population == population.id);
    rows.map(|row| {
        let today = row.stratum.get(SCHOOL).and_then(|it| by_school.get(it));
        Published {
            stratum: today.map_or(&row.stratum, |today| *today).clone(),
            ..row.clone()
        }
    })
    .collect()
}

fn rank_of(stratum: &Stratum) -> Rank {
    if stratum.is_empty() {
        Rank::RequiredTotal
    } else if stratum.contains_key(SCHOOL) {
        Rank::School
    } else if stratum.contains_key("local_district") {
        Rank::LocalDistrict
    } else {
        Rank::District
    }
}

fn what_it_is(school: &School, axis: &str) -> Option<String> {
    match axis {
        "school_kind" => Some(school.kind.code().to_owned()),
        "charter" => Some(school.charter.code().to_owned()),
        "local_district" => school.local_district.clone(),
        _ => None,
    }
}
