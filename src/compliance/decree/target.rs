//! What a result is held against: shares, their targets over time, and who set them.
//!
//! A target is never rewritten: it ends, and the next one begins, each with its legal source, so
//! that a report of an earlier year is held against what held then.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::written::{Direction, Measure, OutcomeText, Source};
use crate::record::Percent;
use crate::rules_file::{Label, Place, Problems};

/// A share of an outcome's cases, and its targets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Its word, where the outcome has several.
    pub name: String,
    /// What is printed.
    pub label: Label,
    /// The classes that are counted.
    pub numerator: Vec<String>,
    /// Of which classes; of all without it.
    pub of: Option<Vec<String>>,
    /// Days of the outcome's clock after which a case is late for this share, where its classes
    /// part cases by them; else the clock's own limit.
    pub days: Option<u32>,
    /// The finding of the form that is counted where files are reviewed.
    pub finding: Option<String>,
    /// Which way is better, where that is not the outcome's way.
    pub direction: Option<Direction>,
    /// What the share is to be, and when.
    #[serde(rename = "target", default)]
    pub targets: Vec<Target>,
}

/// What a share is to be, from one day to another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// In percent, or as a ratio where the measure is one.
    pub at_least: Option<Percent>,
    /// The same, as a bound from above.
    pub at_most: Option<Percent>,
    /// The same, without the bound itself.
    pub below: Option<Percent>,
    /// The same, without the bound itself.
    pub above: Option<Percent>,
    /// More than in the year before, or less: the outcome's direction.
    pub better: Option<bool>,
    /// First day of a reporting period that is held against it.
    pub from: Date,
    /// Last such day; none while it holds.
    pub until: Option<Date>,
    /// Who set it.
    pub source: Source,
    /// How it ended otherwise than by the records.
    pub closed_by: Option<Closure>,
}

/// What a target asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// This share or more.
    AtLeast(Percent),
    /// This share or less.
    AtMost(Percent),
    /// Less than this.
    Below(Percent),
    /// More than this.
    Above(Percent),
    /// Better than the year before.
    Better,
}

/// How a target ended otherwise than by the records.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    /// By what.
    pub kind: ClosureKind,
    /// When.
    pub on: Date,
    /// Who says so.
    pub source: Source,
}

/// By what a target ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosureKind {
    /// The parties agreed.
    Stipulation,
    /// The court ordered it.
    Order,
}

impl Target {
    fn bounds(&self) -> Vec<Bound> {
        let bounds = [
            self.at_least.map(Bound::AtLeast),
            self.at_most.map(Bound::AtMost),
            self.below.map(Bound::Below),
            self.above.map(Bound::Above),
            self.better.map(|_| Bound::Better),
        ];
        bounds.into_iter().flatten().collect()
    }

    /// The numbers that stand in it, by their keys.
    fn sizes(&self) -> impl Iterator<Item = (&'static str, Percent)> {
        let sizes = [
            ("at_least", self.at_least),
            ("at_most", self.at_most),
            ("below", self.below),
            ("above", self.above),
        ];
        let sizes = sizes.into_iter();
        sizes.filter_map(|(key, percent)| Some((key, percent?)))
    }

    /// What it asks.
    ///
    /// # Panics
    /// Where it asks nothing, or two things: no decree that was read has such a target.
    pub fn bound(&self) -> Bound {
        let bounds = self.bounds();
        assert!(bounds.len() == 1, "a target asks one thing");
        bounds[0]
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Whether its number was read in its source by somebody.
    pub fn is_confirmed(&self) -> bool {
        self.source.confirmed
    }
}

impl Threshold {
    /// The target that holds on a day.
    pub fn target_on(&self, day: Date) -> Option<&Target> {
        self.targets.iter().find(|target| target.holds_on(day))
    }

    /// Names everything that is wrong with it.
    pub(super) fn check(&self, outcome: &OutcomeText, place: &Place, told: &mut Problems) {
        let classes: BTreeSet<&str> = outcome.class_names().collect();
        self.check_classes(&classes, place, told);
        for (row, target) in self.targets.iter().enumerate() {
            let place = place.clone().key("target").row(row);
            target.check(self.direction.unwrap_or(outcome.direction), &place, told);
        }
        if self.days.is_some() && outcome.clock.is_none() {
            let what = "`days` are of a clock, and the outcome has none";
            let hint = "add an [outcome.clock], or leave `days` out";
            told.say(place.clone().key("days"), what, hint);
        }
        if self.days == Some(0) {
            let what = "nothing is in time within no days";
            told.say(
                place.clone().key("days"),
                what,
                "say after how many days it is late",
            );
        }
        if self.finding.is_some() != outcome.sample.is_some() {
            let what = match outcome.sample {
                Some(_) => "files are reviewed, and the threshold names no finding of the form",
                None => "the threshold names a finding, and no files are reviewed",
            };
            let hint = "`finding` goes with `sample`: give both or none";
            told.say(place.clone().key("finding"), what, hint);
        }
        let mut order: Vec<_> = self.targets.iter().enumerate().collect();
        order.sort_by_key(|(_, target)| target.from);
        for pair in order.windows(2) {
            let ((_, before), (row, after)) = (pair[0], pair[1]);
            if before.until.is_none_or(|until| until >= after.from) {
                let what = format!("two targets hold on {}", after.from);
                let hint = "let the earlier one end the day before: `until = \"...\"`";
                told.say(place.clone().key("target").row(row), what, hint);
            }
        }
    }

    fn check_classes(&self, classes: &BTreeSet<&str>, place: &Place, told: &mut Problems) {
        let of = self.of.iter().flatten().map(|name| ("of", name));
        let numerator = self.numerator.iter().map(|name| ("numerator", name));
        for (key, name) in numerator.chain(of) {
            if !classes.contains(name.as_str()) {
                let known: Vec<_> = classes.iter().copied().collect();
                let what = format!("`{key}` names a class `{name}` that the outcome has not");
                told.say(
                    place.clone().key(key),
                    what,
                    format!("one of: {}", known.join(", ")),
                );
            }
        }
        if self.numerator.is_empty() {
            let what = "the numerator names no class";
            told.say(
                place.clone().key("numerator"),
                what,
                "name the classes that are counted",
            );
        }
        let all = self.numerator.iter().chain(self.of.iter().flatten());
        let is_class = all.clone().all(|name| classes.contains(name.as_str()));
        for name in &self.numerator {
            let outside = self.of.as_ref().is_some_and(|of| !of.contains(name));
            if is_class && outside {
                let what = format!("the numerator counts `{name}`, which `of` leaves out");
                let hint = format!("add `{name}` to `of`: a share has its numerator inside");
                told.say(place.clone().key("of"), what, hint);
            }
        }
        for (key, names) in [
            ("numerator", Some(&self.numerator)),
            ("of", self.of.as_ref()),
        ] {
            let names = names.into_iter().flatten();
            told.twice(
                key,
                names.map(|name| (name.clone(), place.clone().key(key))),
            );
        }
    }
}

impl Target {
    fn check(&self, direction: Direction, place: &Place, told: &mut Problems) {
        let bounds = self.bounds();
        if bounds.len() != 1 {
            let what = format!("the target asks {} things", bounds.len());
            let hint = "give one of `at_least`, `at_most`, `below`, `above`, `better = true`";
            told.say(place.clone(), what, hint);
        }
        if self.better == Some(false) {
            let what = "`better = false` asks nothing";
            told.say(
                place.clone().key("better"),
                what,
                "write `better = true`, or leave it out",
            );
        }
        for bound in bounds {
            let asks = match bound {
                Bound::AtLeast(_) | Bound::Above(_) => Direction::Increase,
                Bound::AtMost(_) | Bound::Below(_) => Direction::Decrease,
                Bound::Better => continue,
            };
            if asks != direction {
                let what = match asks {
                    Direction::Increase => "the target asks for more where less is better",
                    Direction::Decrease => "the target asks for less where more is better",
                };
                let hint = "`direction = \"increase\"` goes with `at_least` and `above`, \
                            `\"decrease\"` with `at_most` and `below`";
                told.say(place.clone(), what, hint);
            }
        }
        for (key, percent) in self.sizes() {
            check_percent(percent, place.clone().key(key), told);
        }
        if self.until.is_some_and(|until| until < self.from) {
            let what = "the target ends before it begins";
            told.say(
                place.clone().key("until"),
                what,
                "correct `from` or `until`",
            );
        }
        if let Some(closure) = &self.closed_by
            && closure.on < self.from
        {
            let what = "the target is closed before it begins";
            told.say(
                place.clone().key("closed_by"),
                what,
                "correct `from` or `on`",
            );
        }
    }

    /// The texts that say where it comes from, with their places.
    pub(super) fn sources(&self, place: &Place) -> Vec<(Place, &Source)> {
        let mut sources = vec![(place.clone().key("source"), &self.source)];
        if let Some(closure) = &self.closed_by {
            sources.push((
                place.clone().key("closed_by").key("source"),
                &closure.source,
            ));
        }
        sources
    }
}

/// Nothing is more than a hundred percent, and no risk ratio is that large.
pub(super) fn check_percent(percent: Percent, place: Place, told: &mut Problems) {
    if percent.thousandths() > Percent::MAX {
        let what = format!("{percent} is more than 100");
        told.say(place, what, "write 0 to 100, with three decimals at most");
    }
}

impl Measure {
    /// Whether its result is a ratio and not a share of a hundred.
    pub const fn is_ratio(&self) -> bool {
        matches!(self, Self::RiskRatio { .. })
    }
}
