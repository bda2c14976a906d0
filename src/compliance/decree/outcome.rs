//! An outcome with its rules read: which cases it counts, and in which class each of them is.
//!
//! Owns the order in which the rules are asked. Every case gets exactly one standing, so that every
//! count is a sum over a list of cases.

use super::written::{Direction, Measure, OutcomeText, Period};
use crate::compliance::case::FieldType;
use crate::compliance::predicate::{
    CaseView, ClockNames, Mistake, Names, Predicate, Truth, nearest,
};
use crate::rules_file::{Place, Problems};

/// An outcome of a decree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What its file says of it.
    pub text: OutcomeText,
    /// What puts a case into the reporting period.
    pub period: Period,
    /// The names that its rules may use.
    pub names: Names,
    /// Where the fields of its clock stand; none where it has no clock.
    pub clock: Option<ClockPlaces>,
    /// Where the fields of its last day stand, where it names one.
    pub due: Option<DuePlaces>,
    /// The cases that it is about.
    pub population: Predicate,
    /// Which of them are counted.
    pub denominator: Option<Predicate>,
    /// The rules of the exclusions, in their order.
    pub exclusions: Vec<Predicate>,
    /// The rules of the classes, in their order.
    pub classes: Vec<Predicate>,
    /// Which classes are among the cases of which a share is taken: of all that are counted, and
    /// then of each threshold.
    pub shares: Vec<Vec<bool>>,
}

/// Where the dates of a clock stand in the list of the kind's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockPlaces {
    /// The date on which it begins.
    pub from: usize,
    /// The date on which it ends.
    pub to: usize,
    /// The referral to which it goes back.
    pub referred: Option<usize>,
    /// Until when a parent agreed that it may take.
    pub extended_to: Option<usize>,
    /// The school by whose calendar it counts.
    pub calendar: Option<usize>,
}

/// Where the last day in time stands in that list, and the day on which it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuePlaces {
    /// The last day in time.
    pub on: usize,
    /// The day on which it was done.
    pub done: usize,
}

/// What an outcome makes of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// The outcome is not about it.
    Outside,
    /// The records do not say whether the outcome is about it: it is not counted, and it is told.
    Unclear,
    /// It is left out for this reason: a place in the outcome's list.
    Excluded(usize),
    /// It is in this class: a place in the outcome's list.
    In(usize),
    /// It is in the class of what no rule holds of.
    Otherwise,
}

impl Outcome {
    /// What becomes of a case: the first rule that holds says so.
    ///
    /// An exclusion must be shown by the records, so what is unknown excludes nothing. Whether a
    /// case is counted at all must be known.
    pub fn place(&self, view: &CaseView<'_>) -> Standing {
        let counted = self.denominator.as_ref();
        let about = [Some(&self.population), counted].into_iter().flatten();
        let mut unclear = false;
        for rule in about {
            match rule.evaluate(view) {
                Truth::False => return Standing::Outside,
                Truth::Unknown => unclear = true,
                Truth::True => {}
            }
        }
        let first = |rules: &[Predicate]| {
            let mut rules = rules.iter();
            rules.position(|rule| rule.evaluate(view) == Truth::True)
        };
        if let Some(reason) = first(&self.exclusions) {
            return Standing::Excluded(reason);
        }
        if unclear {
            return Standing::Unclear;
        }
        first(&self.classes).map_or(Standing::Otherwise, Standing::In)
    }

    /// Names each rule that says the same of every case.
    pub(super) fn doubts(&self, place: &Place, told: &mut Problems) {
        let mut rules: Vec<(Place, &Predicate)> = Vec::new();
        let denominator = self.denominator.iter();
        rules.extend(denominator.map(|rule| (place.clone().key("denominator"), rule)));
        for (key, of) in [("exclusion", &self.exclusions), ("class", &self.classes)] {
            let of = of.iter().enumerate();
            rules.extend(of.map(|(row, rule)| (place.clone().key(key).row(row).key("when"), rule)));
        }
        for (place, rule) in rules {
            if let Some(holds) = rule.constant(self.names) {
                let what = format!(
                    "the rule holds of {} case",
                    if holds { "every" } else { "no" }
                );
                told.say(
                    place,
                    what,
                    "a rule that tells nothing apart is seldom meant",
                );
            }
        }
        for (row, rule) in self.classes.iter().enumerate() {
            let names = rule.held_by_absence(self.names);
            if names.is_empty() || !self.serves(&self.text.classes[row].name) {
                continue;
            }
            let names = names.join("`, `");
            let what = format!("a case is counted as good because `{names}` is not known");
            let hint = "what nobody recorded is never in time: compare the field, or give such \
                        cases a class of their own that no share counts";
            told.say(place.clone().key("class").row(row).key("when"), what, hint);
        }
        if self.population.constant(self.names) == Some(false) {
            let what = "the outcome is about no case";
            told.say(
                place.clone().key("population"),
                what,
                "correct the rule; `true` takes all",
            );
        }
    }

    /// Whether a case of this class brings some share nearer to its target.
    fn serves(&self, class: &str) -> bool {
        self.text.thresholds.iter().any(|share| {
            let is_in = |names: &[String]| names.iter().any(|name| name == class);
            match share.direction.unwrap_or(self.text.direction) {
                Direction::Increase => is_in(&share.numerator),
                Direction::Decrease => {
                    share.of.as_ref().is_none_or(|of| is_in(of)) && !is_in(&share.numerator)
                }
            }
        })
    }

    /// The word of a class or of an exclusion's reason; none where a case is not counted.
    pub fn word(&self, standing: Standing) -> Option<&str> {
        match standing {
            Standing::Outside | Standing::Unclear => None,
            Standing::Excluded(row) => Some(&self.text.exclusions[row].code),
            Standing::In(row) => Some(&self.text.classes[row].name),
            Standing::Otherwise => Some(&self.text.otherwise.name),
        }
    }
}

impl OutcomeText {
    /// What of its definition nobody found in its source: each prints with the word
    /// "unconfirmed", and there is no verdict by it. The numbers of targets have their own.
    pub fn unconfirmed(&self) -> Vec<String> {
        let mut open = Vec::new();
        if !self.source.confirmed {
            open.push("what is counted".to_owned());
        }
        if self.tests.iter().any(|it| !it.source.confirmed) {
            open.push("who is tested".to_owned());
        }
        let exclusions = self.exclusions.iter().filter(|it| !it.source.confirmed);
        open.extend(exclusions.map(|it| format!("exclusion `{}`", it.code)));
        if let Measure::RiskRatio {
            alternate: Some(risk),
            ..
        } = &self.measure
            && !risk.source.confirmed
        {
            open.push("the state's risk".to_owned());
        }
        open
    }

    /// The words of its classes, that of the remainder last.
    pub fn class_names(&self) -> impl Iterator<Item = &str> {
        let classes = self.classes.iter().map(|class| &*class.name);
        classes.chain([&*self.otherwise.name])
    }

    fn shares(&self) -> Vec<Vec<bool>> {
        let all = || self.class_names().map(|_| true).collect();
        let of = self.thresholds.iter().map(|threshold| match &threshold.of {
            None => all(),
            Some(of) => (self.class_names())
                .map(|class| of.iter().any(|it| it == class))
                .collect(),
        });
        std::iter::once(all()).chain(of).collect()
    }

    fn names(&self) -> Names {
        let clock = match &self.clock {
            None => ClockNames::None,
            Some(clock) if clock.limit.is_none() => ClockNames::Open,
            Some(_) => ClockNames::Limited,
        };
        Names {
            kind: self.unit,
            clock,
        }
    }

    /// Reads its rules and fields; or tells everything that is wrong with them.
    pub(super) fn read(&self, place: &Place, told: &mut Problems) -> Option<Outcome> {
        let names = self.names();
        let mut reader = Reader { names, told };
        let at = |key: &str| place.clone().key(key);
        let population = reader.rule(&self.population, at("population"));
        let denominator = self
            .denominator
            .as_ref()
            .map(|rule| reader.rule(rule, at("denominator")));
        let exclusions = self.exclusions.iter().enumerate();
        let exclusions: Vec<_> = exclusions
            .map(|(row, it)| reader.rule(&it.when, at("exclusion").row(row).key("when")))
            .collect();
        let classes = self.classes.iter().enumerate();
        let classes: Vec<_> = classes
            .map(|(row, it)| reader.rule(&it.when, at("class").row(row).key("when")))
            .collect();
        let period = reader.period(&self.period, at("period"));
        let clock = self.read_clock(&mut reader, &at("clock"));
        let due = self.read_due(&mut reader, &at("due"));
        Some(Outcome {
            text: self.clone(),
            period: period?,
            names,
            clock: clock?,
            due: due?,
            population: population?,
            denominator: denominator.map_or(Some(None), |rule| rule.map(Some))?,
            exclusions: exclusions.into_iter().collect::<Option<_>>()?,
            classes: classes.into_iter().collect::<Option<_>>()?,
            shares: self.shares(),
        })
    }

    /// None where something is wrong; nothing in it where there is no clock.
    fn read_clock(&self, reader: &mut Reader<'_>, place: &Place) -> Option<Option<ClockPlaces>> {
        let Some(clock) = &self.clock else {
            return Some(None);
        };
        let mut date = |key: &str, name: &str| reader.date(name, place.clone().key(key));
        let from = date("from", &clock.from);
        let to = date("to", &clock.to);
        let mut optional = |key: &str, name: &Option<String>| match name {
            Some(name) => date(key, name).map(Some),
            None => Some(None),
        };
        let referred = optional("referred", &clock.referred);
        let extended_to = optional("extended_to", &clock.extended_to);
        let calendar = match &clock.calendar {
            Some(name) => reader.school(name, place.clone().key("calendar")).map(Some),
            None => Some(None),
        };
        Some(Some(ClockPlaces {
            from: from?,
            to: to?,
            referred: referred?,
            extended_to: extended_to?,
            calendar: calendar?,
        }))
    }

    /// The same of its last day.
    fn read_due(&self, reader: &mut Reader<'_>, place: &Place) -> Option<Option<DuePlaces>> {
        let Some(due) = &self.due else {
            return Some(None);
        };
        let on = reader.date(&due.on, place.clone().key("on"));
        let done = reader.date(&due.done, place.clone().key("done"));
        Some(Some(DuePlaces {
            on: on?,
            done: done?,
        }))
    }
}

struct Reader<'a> {
    names: Names,
    told: &'a mut Problems,
}

impl Reader<'_> {
    fn rule(&mut self, text: &str, place: Place) -> Option<Predicate> {
        let wrong = match Predicate::read(text, self.names) {
            Ok(rule) => return Some(rule),
            Err(wrong) => wrong,
        };
        for Mistake { at, what, hint } in wrong {
            let within = (text, at.start);
            self.told.say_within(place.clone(), within, what, hint);
        }
        None
    }

    fn date(&mut self, name: &str, place: Place) -> Option<usize> {
        let kind = self.names.kind;
        let found = kind.place(name);
        let is_date = found.is_some_and(|place| kind.fields()[place].of == FieldType::Date);
        if is_date {
            return found;
        }
        let dates = kind.fields().iter();
        let dates = dates.filter(|field| field.of == FieldType::Date);
        let dates: Vec<_> = dates.map(|field| field.name).collect();
        let what = format!("`{name}` is no date of a case `{}`", kind.word());
        let hint = match nearest(name, dates.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("one of: {}", dates.join(", ")),
        };
        self.told.say(place, what, hint);
        None
    }

    /// A field that names a school.
    fn school(&mut self, name: &str, place: Place) -> Option<usize> {
        let kind = self.names.kind;
        let schools = ["school", "sending_school"];
        let schools: Vec<_> = schools
            .into_iter()
            .filter(|it| kind.place(it).is_some())
            .collect();
        if schools.contains(&name) {
            return kind.place(name);
        }
        let what = format!("`{name}` names no school of a case `{}`", kind.word());
        self.told
            .say(place, what, format!("one of: {}", schools.join(", ")));
        None
    }

    fn period(&mut self, word: &str, place: Place) -> Option<Period> {
        let kind = self.names.kind;
        let is = |name: &str| kind.place(name).is_some();
        match word {
            "population" => Some(Period::Population),
            "count_day" => Some(Period::CountDay),
            "school_year" if is("school_year") => Some(Period::SchoolYear),
            "school_year" => {
                let what = format!("a case `{}` has no school year", kind.word());
                self.told.say(place, what, "name a date of the case");
                None
            }
            name => self.date(name, place).map(Period::Date),
        }
    }
}
