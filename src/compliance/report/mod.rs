//! From counts to the typed [`ComplianceReport`]: what a page prints and `compliance.json` holds.
//!
//! Owns which parts of an outcome nobody confirmed, and so whether a report of it may be signed.
//!
//! Never: a count of its own. Next: `model`, `evidence` and `history` have the fields, `outcome`
//! makes one outcome's, `gate` says what is not complete enough, `study` tells of studies of files.

mod evidence;
mod gate;
mod history;
mod model;
mod outcome;
mod study;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use evidence::*;
pub use history::*;
pub use model::*;

use super::calendar::CalendarFault;
use super::case::{Span, Surroundings};
use super::decree::{Decree, Measure, Note, Outcome, Source};
use super::measure::{EarlierYear, OutcomeResult, OutcomeTally, deciding};
use super::reconcile::{Completeness, Discrepancy, DiscrepancyKind, SchoolCompleteness};
use super::sample::Study;

/// The name under which the model travels inside a signed report.
pub const REPORT_ATTACHMENT_NAME: &str = "compliance.json";

/// Everything that a report is made of.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// The decree.
    pub decree: &'a Decree,
    /// What it was measured against.
    pub around: &'a Surroundings,
    /// What was counted of the period, in the decree's order.
    pub outcomes: &'a [OutcomeTally],
    /// What was counted of the periods before, the nearest first.
    pub earlier: &'a [EarlierYear],
    /// What that comes to.
    pub results: &'a [OutcomeResult],
    /// SHA-256 of each outcome's list of cases.
    pub list_digests: &'a [[u8; 32]],
    /// Studies of files, of whichever outcome and period.
    pub studies: &'a [Study],
    /// What two systems disagree about.
    pub discrepancies: &'a [Discrepancy],
    /// How complete each school's part is.
    pub completeness: &'a Completeness,
    /// What is wrong with the calendars of schools.
    pub calendar_faults: &'a [CalendarFault],
    /// People whose rows were looked at.
    pub people: u64,
}

/// What a report is asked for.
#[derive(Clone, Debug)]
pub struct ReportRequest<'a> {
    /// Whether it stays an unsigned draft.
    pub draft: bool,
    /// The language of its texts.
    pub language: &'a str,
    /// The district that reports.
    pub district: ReportingDistrict,
    /// The instant whose records were read.
    pub as_known: String,
    /// The instant by which studies were recorded that are read.
    pub studies_known: Option<String>,
    /// The time zone's name.
    pub time_zone: String,
    /// Who lets it be signed although the records are not complete enough.
    pub overridden: Option<&'a GateOverride>,
    /// Numbers of the outcomes that are left out.
    pub left_out: &'a [String],
    /// People who were held at import, by source.
    pub held: BTreeMap<String, u64>,
}

impl ComplianceReport {
    /// The report of these counts; without an id.
    pub fn of(counted: &Counted<'_>, request: &ReportRequest<'_>) -> Self {
        let (decree, around) = (counted.decree, counted.around);
        let is_left_out = |outcome: &Outcome| request.left_out.contains(&outcome.text.id);
        let outcomes = decree.outcomes.iter().enumerate();
        let outcomes = outcomes.filter(|(_, outcome)| !is_left_out(outcome));
        let left_out = decree.outcomes.iter().filter(|it| is_left_out(it));
        let range = |span: Span| DayRange {
            begins: span.begins,
            ends: span.ends,
        };
        Self {
            format: REPORT_FORMAT.to_owned(),
            document: ReportDocument {
                id: String::new(),
                edition: ReportEdition::Court,
                draft: request.draft,
                language: request.language.to_owned(),
            },
            district: request.district.clone(),
            decree: decree_block(decree, request.language),
            as_of: around.as_of,
            as_known: request.as_known.clone(),
            studies_known: request.studies_known.clone(),
            time_zone: request.time_zone.clone(),
            period: range(around.period),
            count_day: around.count_day.min(around.as_of),
            systems: CountedSystems {
                student: around.systems.student.clone(),
                support: around.systems.support.clone(),
            },
            study: around.study.map(range),
            people: Some(counted.people),
            outcomes: outcomes
                .map(|(place, _)| outcome::block(counted, place, request.language))
                .collect(),
            public: None,
            left_out: left_out
                .map(|outcome| LeftOutOutcome {
                    outcome: outcome.text.id.clone(),
                    title: outcome.text.title.in_language(request.language).to_owned(),
                    unconfirmed: unconfirmed(outcome, around, counted.studies),
                })
                .collect(),
            discrepancies: discrepancies(counted),
            completeness: completeness(counted),
            gate: gate::gate(counted, &request.held, request.overridden),
            held: held(&request.held),
            calendar_faults: counted.calendar_faults.iter().map(fault).collect(),
            attachments: attachments(request.draft),
        }
    }

    /// An outcome of it, by its number.
    pub fn outcome(&self, id: &str) -> Option<&OutcomeBlock> {
        self.outcomes.iter().find(|it| it.outcome == id)
    }
}

/// What nobody confirmed of an outcome, as it stands in this period. While there is anything, the
/// court edition is signed only without the outcome.
pub fn unconfirmed(
    outcome: &Outcome,
    around: &Surroundings,
    studies: &[Study],
) -> Vec<Unconfirmed> {
    let text = &outcome.text;
    let mut found = Vec::new();
    let mut look = |part, name: Option<&String>, source: &Source| {
        if !source.confirmed {
            found.push(Unconfirmed {
                part,
                name: name.cloned(),
                source: source.text.clone(),
            });
        }
    };
    look(UnconfirmedPart::Definition, None, &text.source);
    let begins = around.period.begins;
    for test in text.tests.iter().filter(|it| it.is_given(begins)) {
        look(UnconfirmedPart::Definition, None, &test.source);
    }
    for exclusion in &text.exclusions {
        let code = Some(&exclusion.code);
        look(UnconfirmedPart::Exclusion, code, &exclusion.source);
    }
    for threshold in &text.thresholds {
        let name = Some(&threshold.name);
        let target = threshold.target_on(around.period.begins);
        if let Some(target) = target {
            look(UnconfirmedPart::Target, name, &target.source);
            if let Some(closure) = &target.closed_by {
                look(UnconfirmedPart::Closure, name, &closure.source);
            }
        }
    }
    if let Some(sample) = &text.sample {
        look(UnconfirmedPart::Study, None, &sample.source);
    }
    if let Measure::RiskRatio {
        alternate: Some(risk),
        ..
    } = &text.measure
    {
        look(UnconfirmedPart::StateRisk, None, &risk.source);
    }
    let deciding = deciding(outcome, studies, around.period.begins);
    if let Some(study) = deciding.filter(|it| !it.form.confirmed) {
        found.push(Unconfirmed {
            part: UnconfirmedPart::Form,
            name: Some(study.form.form.clone()),
            source: study.form.source.clone(),
        });
    }
    found
}

/// In few words, as a command tells it.
impl fmt::Display for Unconfirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.part {
            UnconfirmedPart::Definition => "definition",
            UnconfirmedPart::Exclusion => "exclusion",
            UnconfirmedPart::Target => "target",
            UnconfirmedPart::Closure => "end of the target",
            UnconfirmedPart::Study => "study",
            UnconfirmedPart::Form => "form",
            UnconfirmedPart::StateRisk => "state's risk",
        })?;
        self.name.iter().try_for_each(|name| write!(f, " `{name}`"))
    }
}

fn decree_block(decree: &Decree, language: &str) -> DecreeBlock {
    let text = &decree.text;
    let historical = text.historical.as_ref();
    DecreeBlock {
        id: text.id.clone(),
        version: text.version.clone(),
        title: text.title.in_language(language).to_owned(),
        court: text.court.clone(),
        docket: text.docket.clone(),
        citation: text.citation.clone(),
        sha256: hex::encode(decree.digest),
        historical: historical.map(|it| it.label.in_language(language).to_owned()),
        notes: notes(&mut text.notes.iter(), language),
    }
}

/// Notes of the decree, in the order of time.
fn notes(notes: &mut dyn Iterator<Item = &Note>, language: &str) -> Vec<DecreeNote> {
    let note = |it: &Note| DecreeNote {
        on: it.on,
        text: it.text.in_language(language).to_owned(),
        source: source(&it.source),
    };
    let mut notes: Vec<DecreeNote> = notes.map(note).collect();
    notes.sort_by_key(|it| it.on);
    notes
}

fn source(source: &Source) -> LegalSource {
    LegalSource {
        text: source.text.clone(),
        url: source.url.clone(),
        confirmed: source.confirmed,
    }
}

fn discrepancies(counted: &Counted<'_>) -> Option<Discrepancies> {
    let systems = &counted.around.systems;
    if systems.student.is_empty() || systems.support.is_empty() {
        return None;
    }
    let (disagreements, people) = times(counted.discrepancies);
    let mut of_kinds: BTreeMap<DiscrepancyKind, Vec<&Discrepancy>> = BTreeMap::new();
    let mut of_schools: BTreeMap<&str, Vec<&Discrepancy>> = BTreeMap::new();
    for it in counted.discrepancies {
        of_kinds.entry(it.kind).or_default().push(it);
        let school = it.school.as_deref().unwrap_or_default();
        of_schools.entry(school).or_default().push(it);
    }
    let kind = |kind: &DiscrepancyKind| {
        let found = of_kinds.remove(kind).unwrap_or_default();
        let (disagreements, people) = times(found);
        DiscrepancyCount {
            kind: kind.word().to_owned(),
            disagreements,
            people,
        }
    };
    let kinds = DiscrepancyKind::ALL.iter().map(kind).collect();
    let school = |(code, found): (&str, Vec<&Discrepancy>)| {
        let (disagreements, people) = times(found);
        SchoolDiscrepancies {
            school: code.to_owned(),
            label: name_of(counted.around, code),
            disagreements,
            people,
        }
    };
    let schools = of_schools.into_iter().map(school).collect();
    Some(Discrepancies {
        disagreements,
        people,
        kinds,
        schools,
    })
}

/// How many disagreements, and about how many people, each counted once.
fn times<'a>(found: impl IntoIterator<Item = &'a Discrepancy>) -> (u64, u64) {
    let (mut disagreements, mut people) = (0, BTreeSet::new());
    for it in found {
        disagreements += 1;
        people.insert(it.person);
    }
    (disagreements, people.len() as u64)
}

fn completeness(counted: &Counted<'_>) -> Vec<SchoolPart> {
    let part = |(code, school): (&String, &SchoolCompleteness)| SchoolPart {
        school: code.clone(),
        label: name_of(counted.around, code),
        enrolled: school.enrolled.into(),
        with_plan: school.with_plan.into(),
        with_disability: school.with_disability.into(),
        with_both: school.with_both.into(),
        people_by_source: school
            .people_by_source
            .iter()
            .map(|(source, rows)| SourceRows {
                source: source.clone(),
                rows: u64::from(*rows),
            })
            .collect(),
        outside: school.outside.as_ref().map(|it| OutsideNumbers {
            counted_on: it.counted_on,
            enrolled: it.enrolled.into(),
            with_plan: it.with_plan.map(u64::from),
            certified_by: it.certified_by.clone(),
        }),
    };
    counted.completeness.schools.iter().map(part).collect()
}

fn held(held: &BTreeMap<String, u64>) -> Vec<HeldPeople> {
    let of_source = |(source, people): (&String, &u64)| HeldPeople {
        source: source.clone(),
        people: *people,
    };
    held.iter().map(of_source).collect()
}

/// What is wrong, without what to do: that is for the district.
fn fault(fault: &CalendarFault) -> String {
    let told = fault.to_string();
    let what = told.split("; hint:").next();
    what.unwrap_or_default().to_owned()
}

fn attachments(draft: bool) -> Vec<AttachedFile> {
    let data = AttachedFile {
        name: REPORT_ATTACHMENT_NAME.to_owned(),
        media_type: "application/json".to_owned(),
    };
    if draft { Vec::new() } else { vec![data] }
}

/// The name of a school.
fn name_of(around: &Surroundings, school: &str) -> Option<String> {
    around.schools.get(school).map(|it| it.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compliance::reconcile::Said;
    use crate::record::PersonId;

    #[test]
    fn a_person_about_whom_systems_disagree_twice_counts_once_among_people() {
        let said = |value: &str| Said {
            source: "A".to_owned(),
            value: value.to_owned(),
            row: None,
        };
        let of = |person: &str| Discrepancy {
            kind: DiscrepancyKind::Grade,
            person: PersonId::from_local_id("A", person),
            school: None,
            said: [said("4"), said("5")],
        };
        assert_eq!(times(&[of("1"), of("2"), of("1")]), (3, 2));
    }
}
