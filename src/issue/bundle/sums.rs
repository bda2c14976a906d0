//! What the lists of a bundle add up to: cases by class and reason, what a rate adds up, each group
//! and row of a breakdown, and by the last days who was in time and whose rows came late.
//!
//! Adds the lists up by itself, from their cells. What the sums come to the room `compliance` says.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use super::BundleError;
use super::files::Rows;
use crate::compliance::decree::{Band, Decree, Measure, Outcome};
use crate::compliance::measure::{
    ENTERED, EarlierYear, EnteredLate, InTime, OutcomeTally, Tally, Timeliness, UNKNOWN,
};
use crate::compliance::{FieldType, Span};
use crate::record::{DayCount, Percent};

/// Years before the one of a report.
const YEARS_MAX: usize = 50;

/// A list of cases, added up.
pub(super) struct Sums {
    /// Lines.
    pub cases: u64,
    /// Everything that is added up.
    pub tally: OutcomeTally,
    /// Unclear cases by the fields that the records do not say.
    pub unclear_for: BTreeMap<Vec<String>, u64>,
}

/// Where the cells of a list stand.
struct Columns {
    counted: usize,
    class: usize,
    reason: usize,
    /// What a rate adds up.
    sum: Option<(usize, FieldType)>,
    group: Option<usize>,
    strata: Vec<usize>,
}

impl Sums {
    /// Of no case.
    pub fn empty(outcome: &Outcome) -> Self {
        let tally = OutcomeTally {
            whole: empty(outcome),
            strata: vec![BTreeMap::new(); outcome.text.strata.len()],
            timeliness: vec![Timeliness::default(); outcome.text.thresholds.len()],
            ..OutcomeTally::default()
        };
        Self {
            cases: 0,
            tally,
            unclear_for: BTreeMap::new(),
        }
    }

    /// Reads the list case by case: no list of a district is in memory.
    pub fn of(decree: &Decree, outcome: &Outcome, mut list: Rows) -> Result<Self, BundleError> {
        let columns = Columns::of(outcome, &list.heading).map_err(|why| list.wrong(&why))?;
        let mut sums = Self::empty(outcome);
        let mut row = StringRecord::new();
        while list.read(&mut row)? {
            let added = sums.add(decree, outcome, &columns, &row);
            added.map_err(|why| list.wrong(&why))?;
        }
        Ok(sums)
    }

    fn add(
        &mut self,
        decree: &Decree,
        outcome: &Outcome,
        columns: &Columns,
        row: &StringRecord,
    ) -> Result<(), String> {
        self.cases += 1;
        let text = &outcome.text;
        let sum = columns.sum.map_or(Ok(0), |(at, of)| number(&row[at], of))?;
        let own = &mut self.tally;
        let mut tallies = vec![&mut own.whole];
        if let (Some(at), Measure::RiskRatio { group, .. }) = (columns.group, &text.measure) {
            let word = stratum_word(decree, group, &row[at]);
            tallies.push(tally_of(&mut own.groups, outcome, &word));
        }
        let strata = text.strata.iter().zip(&columns.strata);
        for ((stratum, at), groups) in strata.zip(&mut own.strata) {
            let word = stratum_word(decree, stratum, &row[*at]);
            tallies.push(tally_of(groups, outcome, &word));
        }
        let standing = (&row[columns.counted], &row[columns.class]);
        for tally in tallies {
            count(tally, outcome, standing, (1, sum))?;
        }
        if standing.0 == "unclear" {
            let reason = row[columns.reason].strip_prefix("unknown: ");
            let names = reason.unwrap_or_default().split_whitespace();
            let names = names.map(str::to_owned).collect();
            *self.unclear_for.entry(names).or_default() += 1;
        }
        Ok(())
    }

    /// Adds up who was in time of the last day of each threshold, and whose rows came after it. The
    /// lines of a case stand together.
    pub fn last_days(&mut self, outcome: &Outcome, mut rows: Rows) -> Result<(), BundleError> {
        let thresholds = &outcome.text.thresholds;
        let columns = [
            "case",
            "school",
            "threshold",
            "tolled",
            "untolled",
            "entered",
        ];
        let columns: Vec<usize> = columns
            .iter()
            .map(|it| rows.column(it))
            .collect::<Result<_, _>>()?;
        let mut of_case = OfCase::default();
        let mut row = StringRecord::new();
        while rows.read(&mut row)? {
            let cell = |place: usize| &row[columns[place]];
            let place = thresholds.iter().position(|it| it.name == cell(2));
            let place = place.ok_or_else(|| {
                let why = format!(
                    "has the threshold `{}`, which the definitions have not",
                    cell(2)
                );
                rows.wrong(&why)
            })?;
            if of_case.case != cell(0) {
                of_case.end(&mut self.tally);
                of_case = OfCase::of(cell(0), cell(1));
            }
            if !of_case.thresholds.insert(place) {
                return Err(rows.wrong(&format!("has a threshold of `{}` twice", cell(0))));
            }
            let timeliness = &mut self.tally.timeliness[place];
            let added = in_time(&mut timeliness.tolled, cell(3))
                .and_then(|()| in_time(&mut timeliness.untolled, cell(4)))
                .and_then(|()| entered(cell(5)));
            let entered = added.map_err(|why| rows.wrong(&why))?;
            if let Some(entered) = entered {
                add_late(&mut timeliness.entered_late, cell(1), entered);
                of_case.worst = of_case.worst.max(Some(entered));
            }
        }
        of_case.end(&mut self.tally);
        Ok(())
    }
}

/// What was counted of the years before, in the order in which the file names them.
pub(super) fn of_earlier_years(
    decree: &Decree,
    mut rows: Rows,
) -> Result<Vec<EarlierYear>, BundleError> {
    let columns = [
        "begins_on",
        "ends_on",
        "outcome",
        "group",
        "counted",
        "class",
        "cases",
        "sum",
    ];
    let columns: Vec<usize> = columns
        .iter()
        .map(|it| rows.column(it))
        .collect::<Result<_, _>>()?;
    let mut years: Vec<EarlierYear> = Vec::new();
    let mut row = StringRecord::new();
    while rows.read(&mut row)? {
        let cell = |place: usize| &row[columns[place]];
        let mut outcomes = decree.outcomes.iter();
        let place = outcomes.position(|it| it.text.id == cell(2));
        let days = cell(0).parse().ok().zip(cell(1).parse().ok());
        let numbers: Option<(u32, i64)> = cell(6).parse().ok().zip(cell(7).parse().ok());
        let (Some(place), Some((begins, ends)), Some((cases, sum))) = (place, days, numbers) else {
            return Err(rows.wrong("has a line that does not read"));
        };
        let period = Span { begins, ends };
        if years.last().is_none_or(|last| last.period != period) {
            if years.len() == YEARS_MAX {
                return Err(rows.wrong("tells of too many years"));
            }
            let outcomes = decree.outcomes.iter();
            let outcomes = outcomes.map(|it| Sums::empty(it).tally).collect();
            years.push(EarlierYear { period, outcomes });
        }
        let year = years.last_mut().expect("it was just put there");
        let (outcome, standing) = (&decree.outcomes[place], (cell(4), cell(5)));
        let own = &mut year.outcomes[place];
        let tally = match cell(3) {
            "" => &mut own.whole,
            group => tally_of(&mut own.groups, outcome, group),
        };
        let counted = count(tally, outcome, standing, (cases.into(), sum.into()));
        counted.map_err(|why| rows.wrong(&why))?;
    }
    Ok(years)
}

/// What the lines of one case say together.
#[derive(Default)]
struct OfCase {
    case: String,
    school: String,
    thresholds: BTreeSet<usize>,
    worst: Option<Entered>,
}

/// When the rows of a case came; the worse the later in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Entered {
    InTime,
    Untold,
    Late,
}

impl OfCase {
    fn of(case: &str, school: &str) -> Self {
        Self {
            case: case.to_owned(),
            school: school.to_owned(),
            ..Self::default()
        }
    }

    fn end(&self, tally: &mut OutcomeTally) {
        if let Some(worst) = self.worst {
            add_late(&mut tally.entered_late, &self.school, worst);
        }
    }
}

fn add_late(late: &mut EnteredLate, school: &str, entered: Entered) {
    match entered {
        Entered::Untold => late.untold += 1,
        Entered::InTime => late.of += 1,
        Entered::Late => {
            late.of += 1;
            *late.schools.entry(school.to_owned()).or_default() += 1;
        }
    }
}

fn entered(cell: &str) -> Result<Option<Entered>, String> {
    let [in_time, late, unknown] = ENTERED;
    match cell {
        "" => Ok(None),
        cell if cell == in_time => Ok(Some(Entered::InTime)),
        cell if cell == late => Ok(Some(Entered::Late)),
        cell if cell == unknown => Ok(Some(Entered::Untold)),
        other => Err(format!("says `{other}` of when a row was entered")),
    }
}

fn in_time(tally: &mut InTime, cell: &str) -> Result<(), String> {
    match cell {
        "" => return Ok(()),
        "yes" => tally.cases += 1,
        "no" => {}
        other => return Err(format!("says `{other}` of who was in time")),
    }
    tally.of += 1;
    Ok(())
}

/// Adds so many cases of a standing to a tally, and what they add up to.
fn count(
    tally: &mut Tally,
    outcome: &Outcome,
    (counted, class): (&str, &str),
    (cases, sum): (u64, i128),
) -> Result<(), String> {
    let text = &outcome.text;
    let unknown = || format!("has a case of `{class}`, which the definitions have not");
    match counted {
        "yes" => {
            let class = text.class_names().position(|it| it == class);
            let class = class.ok_or_else(unknown)?;
            tally.classes[class] += cases;
            tally.sums[class] += sum;
        }
        "excluded" => {
            let reason = text.exclusions.iter().position(|it| it.code == class);
            tally.excluded[reason.ok_or_else(unknown)?] += cases;
        }
        "unclear" => {
            tally.unclear += cases;
            tally.unclear_sum += sum;
        }
        other => return Err(format!("counts a case as `{other}`")),
    }
    Ok(())
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
            reason: column("reason")?,
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
        _ => cell.parse().ok().map(|it: i64| it.into()),
    };
    read.ok_or_else(|| format!("adds `{cell}` up, which is no number"))
}
