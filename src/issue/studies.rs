//! What was recorded of studies of files, as a report and its verdicts read it.
//!
//! Owns which studies are a report's: those of its decree, of frames no later than its day, as they
//! were recorded by an instant; so that a report runs again as it was after a further draw.
//!
//! Never: an estimate; the counts of each stratum are read, and `compliance/sample` computes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::IssueError;
use super::compliance::Compliance;
use super::study::Purpose;
use crate::compliance::sample::{
    Estimate, ReviewForm, StratumResult, Study, StudyDraw, StudyResult, Weight,
};
use crate::store::{DrawRow, FrameRow, ResultRow, StoreError};

/// What was found of one question, as a result keeps it; its figures are computed again.
#[derive(Deserialize)]
struct KeptFinding {
    strata: BTreeMap<String, KeptStratum>,
}

#[derive(Deserialize)]
struct KeptStratum {
    cases: u32,
    drawn: u32,
    yes: u32,
    no: u32,
    not_applicable: u32,
}

impl Compliance {
    /// Reads the studies of the decree as they were recorded by an instant, or all of them.
    ///
    /// # Errors
    /// What the database said; a result or a form that it keeps and that does not read.
    pub async fn read_studies(&mut self, known: Option<Timestamp>) -> Result<(), IssueError> {
        let rows = self.rows_of_studies(known).await?;
        let studies = rows.into_iter().map(|(frame, draws)| of_rows(frame, draws));
        let studies: Vec<Study> = studies.collect::<Result<_, _>>()?;
        let instants = studies.iter().flat_map(instants).max();
        self.studies_known = known.or(instants);
        self.studies = studies;
        Ok(())
    }

    /// The rows that studies of the decree are made of.
    pub(super) async fn rows_of_studies(
        &self,
        known: Option<Timestamp>,
    ) -> Result<Vec<(FrameRow, Vec<DrawRow>)>, StoreError> {
        let mut rows = Vec::new();
        let is_known = |instant: Timestamp| known.is_none_or(|known| instant <= known);
        for frame in self.store.frames().await? {
            let purpose = Purpose::read(&frame.purpose);
            let is_its = |purpose: &Purpose| {
                purpose.decree == self.decree().text.id && purpose.as_of <= self.around().as_of
            };
            if !purpose.as_ref().is_some_and(is_its) || !is_known(frame.recorded_at) {
                continue;
            }
            let mut draws = self.store.draws(frame.digest).await?;
            draws.retain(|draw| is_known(draw.drawn_at));
            for draw in &mut draws {
                draw.results.retain(|result| is_known(result.recorded_at));
            }
            rows.push((frame, draws));
        }
        Ok(rows)
    }
}

/// Every instant at which something of a study was recorded.
fn instants(study: &Study) -> Vec<Timestamp> {
    let mut instants = vec![study.recorded_at];
    for draw in &study.draws {
        instants.push(draw.drawn_at);
        instants.extend(draw.results.iter().map(|it| it.recorded_at));
    }
    instants
}

/// The study that these rows tell of.
pub(super) fn of_rows(frame: FrameRow, draws: Vec<DrawRow>) -> Result<Study, StoreError> {
    let unreadable = |what: &str| StoreError::Inconsistent(format!("{what} does not read"));
    let purpose = Purpose::read(&frame.purpose);
    let purpose = purpose.ok_or_else(|| unreadable("a frame's purpose"))?;
    let form = ReviewForm::read("a frame's form", &frame.form);
    Ok(Study {
        outcome: purpose.outcome,
        begins: purpose.begins,
        as_of: purpose.as_of,
        as_known: purpose.as_known,
        rules: purpose.rules,
        with_excluded: purpose.with_excluded,
        frame: frame.digest,
        cases: frame.cases,
        form: form.map_err(|_| unreadable("a frame's form"))?,
        recorded_by: frame.recorded_by,
        recorded_at: frame.recorded_at,
        draws: draws.into_iter().map(draw).collect::<Result<_, _>>()?,
    })
}

fn draw(row: DrawRow) -> Result<StudyDraw, StoreError> {
    let results = row.results.iter().map(result);
    Ok(StudyDraw {
        number: row.number,
        results: results.collect::<Result<_, _>>()?,
        seed: row.seed,
        seed_from: row.seed_from,
        cases: row.cases,
        drawn_at: row.drawn_at,
    })
}

fn result(row: &ResultRow) -> Result<StudyResult, StoreError> {
    let findings: Result<BTreeMap<String, KeptFinding>, _> = serde_json::from_str(&row.findings);
    let unreadable = |_| StoreError::Inconsistent("a study's result does not read".to_owned());
    let of_finding = |(name, kept): (String, KeptFinding)| {
        let strata = kept.strata.into_iter().map(|(name, kept)| {
            let counts = StratumResult {
                weight: Weight {
                    cases: kept.cases,
                    drawn: kept.drawn,
                },
                yes: kept.yes,
                no: kept.no,
                not_applicable: kept.not_applicable,
            };
            (name, counts)
        });
        let strata = strata.collect();
        (name, Estimate { strata })
    };
    Ok(StudyResult {
        reviews: row.reviews,
        recorded_at: row.recorded_at,
        findings: findings
            .map_err(unreadable)?
            .into_iter()
            .map(of_finding)
            .collect(),
    })
}
