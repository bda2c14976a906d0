//! What a list of cases adds up to, and in what a report says otherwise: cases by class and reason,
//! shares, what a rate adds up, each group's risk, and every row of a breakdown.
//!
//! Adds the list up by itself, from its cells. How a figure is rounded the room `compliance` says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use csv::StringRecord;
use serde::Deserialize;

use super::BundleError;
use super::recount::unreadable;
use crate::compliance::FieldType;
use crate::compliance::decree::{Band, Decree, Measure, Outcome, Threshold};
use crate::compliance::measure::{GroupRisk, Tally, UNKNOWN, group_risks, share};
use crate::record::{DayCount, Percent};

/// What a report says of an outcome.
#[derive(Debug, Deserialize)]
pub(super) struct ReportedOutcome {
    pub outcome: String,
    classes: Counts,
    excluded: Counts,
    unclear: u64,
    thresholds: Vec<ReportedThreshold>,
    /// Its breakdowns; of what `compliance status` wrote none.
    #[serde(default)]
    groups: Vec<ReportedGrouping>,
    pub cases_sha256: String,
}

#[derive(Debug, Deserialize)]
struct ReportedThreshold {
    #[serde(alias = "name")]
    threshold: String,
    numerator: u64,
    of: u64,
    sum: Option<String>,
    figure: Option<String>,
    #[serde(default, alias = "ratios")]
    groups: Vec<ReportedRisk>,
}

#[derive(Debug, Deserialize)]
struct ReportedRisk {
    group: String,
    numerator: u64,
    of: u64,
    ratio: Option<String>,
    alternate: bool,
}

#[derive(Debug, Deserialize)]
struct ReportedGrouping {
    by: String,
    rows: Vec<ReportedGroup>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct ReportedGroup {
    group: String,
    counted: u64,
    classes: Vec<u64>,
    excluded: Vec<u64>,
    unclear: u64,
    figures: Vec<Option<String>>,
}

/// Counts by their words: as an object, or as a list of words with their cases.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Counts {
    Object(BTreeMap<String, u64>),
    List(Vec<Counted>),
}

#[derive(Debug, Deserialize)]
struct Counted {
    #[serde(alias = "code", alias = "reason")]
    name: String,
    cases: u64,
}

impl Counts {
    fn by_word(&self) -> BTreeMap<&str, u64> {
        match self {
            Self::Object(counts) => counts.iter().map(|(word, it)| (&**word, *it)).collect(),
            Self::List(counts) => counts.iter().map(|it| (&*it.name, it.cases)).collect(),
        }
    }
}

/// A list of cases, added up.
pub(super) struct Sums<'d> {
    outcome: &'d Outcome,
    /// Lines.
    pub cases: u64,
    whole: Tally,
    /// By the field that parts the groups whose risks are compared.
    groups: BTreeMap<String, Tally>,
    /// By each field of a breakdown.
    strata: Vec<BTreeMap<String, Tally>>,
}

/// Where the cells of a list stand.
struct Columns {
    counted: usize,
    class: usize,
    /// What a rate adds up.
    sum: Option<(usize, FieldType)>,
    group: Option<usize>,
    strata: Vec<usize>,
}

impl<'d> Sums<'d> {
    /// Reads the list case by case: no list of a district is in memory.
    pub fn of(
        decree: &'d Decree,
        outcome: &'d Outcome,
        (path, name): (&Path, &str),
    ) -> Result<Self, BundleError> {
        let wrong = |error: csv::Error| unreadable(name, &error.to_string());
        let mut reader = csv::Reader::from_path(path).map_err(wrong)?;
        let heading = reader.headers().map_err(wrong)?;
        let columns = Columns::of(outcome, heading).map_err(|why| unreadable(name, &why))?;
        let mut sums = Self {
            outcome,
            cases: 0,
            whole: empty(outcome),
            groups: BTreeMap::new(),
            strata: vec![BTreeMap::new(); outcome.text.strata.len()],
        };
        let mut row = StringRecord::new();
        while reader.read_record(&mut row).map_err(wrong)? {
            let added = sums.add(decree, &columns, &row);
            added.map_err(|why| unreadable(name, &why))?;
        }
        Ok(sums)
    }

    fn add(
        &mut self,
        decree: &Decree,
        columns: &Columns,
        row: &StringRecord,
    ) -> Result<(), String> {
        self.cases += 1;
        let outcome = self.outcome;
        let sum = columns.sum.map_or(Ok(0), |(at, of)| number(&row[at], of))?;
        let mut tallies = vec![&mut self.whole];
        if let Some(at) = columns.group {
            tallies.push(tally_of(&mut self.groups, outcome, word(&row[at])));
        }
        let strata = outcome.text.strata.iter().zip(&columns.strata);
        for ((stratum, at), groups) in strata.zip(&mut self.strata) {
            let word = stratum_word(decree, stratum, &row[*at]);
            tallies.push(tally_of(groups, outcome, &word));
        }
        let class = &row[columns.class];
        let place = |mut words: Box<dyn Iterator<Item = &str> + '_>| {
            let place = words.position(|it| it == class);
            place.ok_or_else(|| format!("has a case of `{class}`, which the definitions have not"))
        };
        let text = &outcome.text;
        match &row[columns.counted] {
            "yes" => {
                let class = place(Box::new(text.class_names()))?;
                for tally in tallies {
                    tally.classes[class] += 1;
                    tally.sums[class] += sum;
                }
            }
            "excluded" => {
                let reason = place(Box::new(text.exclusions.iter().map(|it| &*it.code)))?;
                tallies.iter_mut().for_each(|it| it.excluded[reason] += 1);
            }
            "unclear" => tallies.iter_mut().for_each(|it| it.unclear += 1),
            other => return Err(format!("counts a case as `{other}`")),
        }
        Ok(())
    }

    /// In what the report says otherwise.
    pub fn differences(&self, reported: &ReportedOutcome) -> Vec<String> {
        let text = &self.outcome.text;
        let mut told = Told::default();
        let codes = text.exclusions.iter().map(|it| &*it.code);
        for (what, own, said) in [
            (
                "class",
                by_word(text.class_names(), &self.whole.classes),
                reported.classes.by_word(),
            ),
            (
                "excluded",
                by_word(codes, &self.whole.excluded),
                reported.excluded.by_word(),
            ),
        ] {
            let words: BTreeSet<&str> = own.keys().chain(said.keys()).copied().collect();
            for word in words {
                let own = own.get(word).copied().unwrap_or(0);
                // A report that is silent about a class without a case says the same.
                let said = said.get(word).copied().or((own == 0).then_some(0));
                told.compare(&format!("{what} `{word}`"), Some(own), said);
            }
        }
        told.compare("unclear", Some(self.whole.unclear), Some(reported.unclear));
        for threshold in &text.thresholds {
            let mut said = reported.thresholds.iter();
            let said = said.find(|it| it.threshold == threshold.name);
            self.threshold(threshold, said, &mut told);
        }
        for grouping in &reported.groups {
            self.grouping(grouping, &mut told);
        }
        told.0
    }

    fn threshold(&self, threshold: &Threshold, said: Option<&ReportedThreshold>, told: &mut Told) {
        let text = &self.outcome.text;
        let own = share(self.outcome, threshold, &self.whole);
        let direction = threshold.direction.unwrap_or(text.direction);
        let what = format!("threshold `{}`", threshold.name);
        told.compare(&what, Some(own.numerator), said.map(|it| it.numerator));
        told.compare(&format!("{what}, of"), Some(own.of), said.map(|it| it.of));
        let Some(said) = said else { return };
        if let Some(said) = &said.sum {
            let own = self.sum(threshold);
            told.compare(&format!("{what}, sum"), own.as_ref(), Some(said));
        }
        if !text.measure.is_ratio() {
            let own = own.figure.map(|it| it.shown(direction));
            let said = said.figure.as_ref();
            told.compare(&format!("{what}, figure"), own.as_ref(), said);
            return;
        }
        let shown = |it: &GroupRisk| {
            let ratio = it.ratio.map(|ratio| ratio.shown(direction));
            risk((it.share.numerator, it.share.of), ratio, it.alternate)
        };
        let own = group_risks(self.outcome, threshold, &self.groups);
        let own: BTreeMap<&str, String> = own.iter().map(|it| (&*it.group, shown(it))).collect();
        let shown = |it: &ReportedRisk| risk((it.numerator, it.of), it.ratio.clone(), it.alternate);
        let said = said.groups.iter().map(|it| (&*it.group, shown(it)));
        told.compare_groups(&format!("{what}, group"), own, said.collect());
    }

    /// What a rate adds up over the cases of its numerator.
    fn sum(&self, threshold: &Threshold) -> Option<String> {
        let text = &self.outcome.text;
        let Measure::Rate { sum } = &text.measure else {
            return None;
        };
        let classes = text.class_names().zip(&self.whole.sums);
        let counted = classes.filter(|(class, _)| threshold.numerator.iter().any(|it| it == class));
        let total: i128 = counted.map(|(_, sum)| sum).sum();
        let place = text.unit.place(sum)?;
        Some(match text.unit.fields()[place].of {
            FieldType::Days | FieldType::Percent => format!("{}.{:03}", total / 1000, total % 1000),
            _ => total.to_string(),
        })
    }

    fn grouping(&self, said: &ReportedGrouping, told: &mut Told) {
        let text = &self.outcome.text;
        let Some(place) = text.strata.iter().position(|it| *it == said.by) else {
            let what = format!("breakdown `{}`", said.by);
            return told.compare(&what, None, Some("one that the definitions have not"));
        };
        let figures = |tally: &Tally| {
            let thresholds = text.thresholds.iter();
            let figure = |it: &Threshold| {
                let figure = share(self.outcome, it, tally).figure?;
                Some(figure.shown(it.direction.unwrap_or(text.direction)))
            };
            thresholds.map(figure).collect()
        };
        let own = self.strata[place].iter().map(|(group, tally)| {
            let row = ReportedGroup {
                group: group.clone(),
                counted: tally.counted(),
                classes: tally.classes.clone(),
                excluded: tally.excluded.clone(),
                unclear: tally.unclear,
                figures: figures(tally),
            };
            (&**group, row.shown())
        });
        let said_rows = said.rows.iter().map(|row| (&*row.group, row.shown()));
        let what = format!("breakdown `{}`,", said.by);
        told.compare_groups(&what, own.collect(), said_rows.collect());
    }
}

impl ReportedGroup {
    fn shown(&self) -> String {
        let numbers = |them: &[u64]| {
            let them: Vec<String> = them.iter().map(u64::to_string).collect();
            them.join(" ")
        };
        let figures = self.figures.iter();
        let figures: Vec<&str> = figures.map(|it| it.as_deref().unwrap_or("none")).collect();
        format!(
            "{} counted (classes {}), excluded {}, {} unclear, figures {}",
            self.counted,
            numbers(&self.classes),
            numbers(&self.excluded),
            self.unclear,
            figures.join(" ")
        )
    }
}

/// What differs, in sentences.
#[derive(Default)]
struct Told(Vec<String>);

impl Told {
    fn compare<T: PartialEq + ToString>(&mut self, what: &str, own: Option<T>, said: Option<T>) {
        if own != said {
            let shown = |it: Option<T>| it.map_or("nothing".to_owned(), |it| it.to_string());
            let (own, said) = (shown(own), shown(said));
            self.0
                .push(format!("{what}: {own} in the list, {said} in the report"));
        }
    }

    fn compare_groups(
        &mut self,
        what: &str,
        own: BTreeMap<&str, String>,
        said: BTreeMap<&str, String>,
    ) {
        let groups: BTreeSet<&str> = own.keys().chain(said.keys()).copied().collect();
        for group in groups {
            let what = format!("{what} `{group}`");
            self.compare(&what, own.get(group), said.get(group));
        }
    }
}

impl Columns {
    fn of(outcome: &Outcome, heading: &StringRecord) -> Result<Self, String> {
        let (text, fields) = (&outcome.text, outcome.text.unit.fields());
        // A field stands behind what the list says of the case, whose columns have names alike.
        let first = heading.len().checked_sub(fields.len());
        let first = first.ok_or_else(|| "has too few columns".to_owned())?;
        let column = |name: &str| {
            let found = heading.iter().position(|it| it == name);
            found.ok_or_else(|| format!("has no column `{name}`"))
        };
        let field = |name: &str| {
            let name = match name {
                "grade_band" => "grade",
                "age_band" => "age",
                name => name,
            };
            let mut fields = heading.iter().enumerate().skip(first);
            let found = fields.find(|(_, it)| *it == name).map(|(at, _)| at);
            found.ok_or_else(|| format!("has no column `{name}`"))
        };
        let sum = match &text.measure {
            Measure::Rate { sum } => {
                Some((field(sum)?, fields[text.unit.place(sum).unwrap_or(0)].of))
            }
            _ => None,
        };
        let group = match &text.measure {
            Measure::RiskRatio { group, .. } => Some(field(group)?),
            _ => None,
        };
        Ok(Self {
            counted: column("counted")?,
            class: column("class")?,
            sum,
            group,
            strata: text
                .strata
                .iter()
                .map(|it| field(it))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// No case yet.
fn empty(outcome: &Outcome) -> Tally {
    let classes = outcome.classes.len() + 1;
    Tally {
        classes: vec![0; classes],
        excluded: vec![0; outcome.exclusions.len()],
        sums: vec![0; classes],
        ..Tally::default()
    }
}

fn tally_of<'t>(
    groups: &'t mut BTreeMap<String, Tally>,
    outcome: &Outcome,
    word: &str,
) -> &'t mut Tally {
    let tally = groups.entry(word.to_owned());
    tally.or_insert_with(|| empty(outcome))
}

fn by_word<'w>(words: impl Iterator<Item = &'w str>, counts: &[u64]) -> BTreeMap<&'w str, u64> {
    let counted = words.zip(counts.iter().copied());
    counted.filter(|(_, cases)| *cases > 0).collect()
}

/// The word of a cell by which cases are grouped.
fn word(cell: &str) -> &str {
    match cell {
        "" => UNKNOWN,
        cell => cell,
    }
}

fn stratum_word(decree: &Decree, stratum: &str, cell: &str) -> String {
    let banded = |bands: &[Band]| {
        let number: Option<i64> = cell.parse().ok();
        let has = |it: &&Band| number.is_some_and(|number| it.from <= number && number <= it.to);
        let band = bands.iter().find(has);
        band.map_or(UNKNOWN, |band| &band.name).to_owned()
    };
    match stratum {
        "grade_band" => banded(&decree.text.grade_bands),
        "age_band" => banded(&decree.text.age_bands),
        _ => word(cell).to_owned(),
    }
}

/// A cell that is added up, in the parts in which the field is exact.
fn number(cell: &str, of: FieldType) -> Result<i128, String> {
    let read = match (cell, of) {
        ("", _) | ("no", FieldType::Flag) => Some(0),
        ("yes", FieldType::Flag) => Some(1),
        (_, FieldType::Days) => cell
            .parse()
            .ok()
            .map(|it: DayCount| it.thousandths().into()),
        (_, FieldType::Percent) => cell.parse().ok().map(|it: Percent| it.thousandths().into()),
        _ => cell.parse().ok(),
    };
    read.ok_or_else(|| format!("adds `{cell}` up, which is no number"))
}

/// A group's risk in words.
fn risk((numerator, of): (u64, u64), ratio: Option<String>, alternate: bool) -> String {
    let by = if alternate {
        ", by the state's risk"
    } else {
        ""
    };
    let ratio = ratio.unwrap_or_else(|| "too few to compare".to_owned());
    format!("{numerator} of {of}, ratio {ratio}{by}")
}
