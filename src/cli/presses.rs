//! Which report lays out whom: the one that was asked for or is configured, and in its place the
//! one that the issuing school has of its own (`[transcript.schools]`).
//!
//! A batch is of one report, so people are parted by it before anything is made. Never: whether a
//! report may lay out a document (`template::Owners`, for each document). Next: `issuing.rs`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::Context;
use super::config::TranscriptConfig;
use super::issuing::Press;

use super::transcript::Reading;
use crate::record::{PersonId, PersonRecord, Scope, issuing_enrolment};
use crate::store::{Store, StudentQuery};

/// The people of one report, in their order.
pub(super) struct Laid {
    pub press: Press,
    pub people: Vec<PersonId>,
}

/// Every configured report by its name or path, the district's first.
///
/// # Errors
/// What is wrong with a report; a school that is given the report of others.
pub(super) fn configured(
    settings: &TranscriptConfig,
    language: &str,
) -> anyhow::Result<Vec<(String, Press)>> {
    let mut presses = vec![(
        settings.template.clone(),
        Press::load(settings, &settings.template, language)?,
    )];
    for (template, schools) in by_template(settings) {
        let press = of_schools(settings, template, &schools, language)?;
        if template != settings.template {
            presses.push((template.to_owned(), press));
        }
    }
    Ok(presses)
}

/// The schools of each report that is some schools' own.
pub(super) fn by_template(settings: &TranscriptConfig) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut reports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (school, template) in &settings.schools {
        reports.entry(template).or_default().insert(school);
    }
    reports
}

/// A report for these schools, which have to be its own where it is anybody's.
fn of_schools(
    settings: &TranscriptConfig,
    template: &str,
    schools: &BTreeSet<&str>,
    language: &str,
) -> anyhow::Result<Press> {
    let press = Press::load(settings, template, language)?;
    let owners = press.owners();
    let others = schools.iter().filter(|it| owners.refusal(it).is_some());
    let others: Vec<&str> = others.copied().collect();
    anyhow::ensure!(
        others.is_empty(),
        "[transcript.schools] in registrar.toml gives school {} the report `{template}`, which \
         speaks for {}\nhint: give it a report of its own, or add it to `schools` in that \
         report.toml",
        others.join(", "),
        owners.schools().join(", ")
    );
    Ok(press)
}

/// The report that lays out this record: of the school that issues the transcript, or the
/// district's.
///
/// # Errors
/// What is wrong with the report.
pub(super) fn of_record(
    settings: &TranscriptConfig,
    record: &PersonRecord,
) -> anyhow::Result<Press> {
    let language = &settings.language;
    let issuing = issuing_enrolment(&record.enrolments, &record.awards);
    let school = issuing.map(|place| &record.enrolments[place].school);
    match school.and_then(|school| settings.schools.get_key_value(school)) {
        Some((school, template)) => of_schools(settings, template, &[&**school].into(), language),
        None => Press::load(settings, &settings.template, language),
    }
}

/// Parts people by the report of the school that issues their transcript. A report that was asked
/// for lays out everybody.
///
/// # Errors
/// What is wrong with a report that is needed; a school that is not in the records.
pub(super) async fn parted(
    context: &Context,
    store: &Store,
    reading: &Reading,
    people: Vec<PersonId>,
    known: jiff::Timestamp,
) -> anyhow::Result<Vec<Laid>> {
    let settings = &context.config.transcript;
    let language = reading.language.as_ref().unwrap_or(&settings.language);
    if let Some(template) = &reading.template {
        let press = Press::load(settings, template, language)?;
        return Ok(vec![Laid { press, people }]);
    }
    schools_are_known(settings, store).await?;
    let (mut laid, mut rest) = (Vec::new(), people);
    for (template, schools) in by_template(settings) {
        let theirs = issued_by(store, &schools, known).await?;
        let (own, others) = rest.into_iter().partition(|it| theirs.contains(it));
        rest = others;
        let own: Vec<PersonId> = own;
        if !own.is_empty() {
            let press = of_schools(settings, template, &schools, language)?;
            laid.push(Laid { press, people: own });
        }
    }
    if !rest.is_empty() {
        let press = Press::load(settings, &settings.template, language)?;
        let people = rest;
        laid.insert(0, Laid { press, people });
    }
    Ok(laid)
}

/// Everybody whose transcript these schools issue.
async fn issued_by(
    store: &Store,
    schools: &BTreeSet<&str>,
    known: jiff::Timestamp,
) -> anyhow::Result<HashSet<PersonId>> {
    let mut people = HashSet::new();
    for school in schools {
        let query = StudentQuery::School {
            school: (*school).to_owned(),
            grade_level: None,
        };
        people.extend(
            store
                .find_people(&query, &Scope::District, known)
                .await?
                .people,
        );
    }
    Ok(people)
}

/// Refuses a school that is not in the records: its report would never be used, and nobody told.
pub(super) async fn schools_are_known(
    settings: &TranscriptConfig,
    store: &Store,
) -> anyhow::Result<()> {
    let Some(known) = store.recorded_instant(None).await? else {
        return Ok(());
    };
    if settings.schools.is_empty() {
        return Ok(());
    }
    let directory = store.directory(known).await?;
    let mut schools = settings.schools.keys();
    if let Some(school) = schools.find(|it| !directory.schools.contains_key(*it)) {
        anyhow::bail!(
            "[transcript.schools] in registrar.toml names school {school}, which is not in the \
             records\nhint: give the state's code"
        );
    }
    Ok(())
}
