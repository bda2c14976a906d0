//! Frames, draws and results of studies of files, as they were recorded.
//!
//! Owns the order of things: a frame and its form are recorded first, then a seed is given, and
//! every draw stays, used or not. Never: a row that is changed, or a case of a frame; the frame's
//! text is the monitor's to keep, and its digest says whether it is the same. Next:
//! `compliance/sample`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::database::{Row, Sql};
use super::issuances::digest;
use super::{Store, StoreError, instant_text};

/// Frames and draws that are listed at most, the newest first.
pub const STUDIES_LISTED_MAX: i64 = 10_000;

/// Which cases could be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameRow {
    /// SHA-256 of the frame's text.
    pub digest: [u8; 32],
    /// What it is a frame for.
    pub purpose: String,
    /// The decree's name.
    pub decree: String,
    /// The outcome's number.
    pub outcome: String,
    /// How many cases.
    pub cases: u64,
    /// The form with which drawn cases are reviewed: its file, byte for byte.
    pub form: String,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Timestamp,
}

/// What a seed took of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawRow {
    /// The frame.
    pub frame: [u8; 32],
    /// The how manieth draw of it.
    pub number: u32,
    /// The seed, as given.
    pub seed: String,
    /// Who gave it.
    pub seed_from: String,
    /// How many cases of each stratum.
    pub sizes: BTreeMap<String, u32>,
    /// How many in all.
    pub cases: u64,
    /// When.
    pub drawn_at: Timestamp,
    /// Results that were counted from it: none where it was never used.
    pub results: Vec<ResultRow>,
}

/// What came of reviewing a draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRow {
    /// SHA-256 of the reviews that were counted.
    pub reviews: [u8; 32],
    /// Each finding's counts by stratum, as JSON.
    pub findings: String,
    /// When.
    pub recorded_at: Timestamp,
}

impl Store {
    /// Records a frame; the row as it was recorded first, where it is there already.
    ///
    /// # Errors
    /// What the database said.
    pub async fn record_frame(&self, frame: &FrameRow) -> Result<FrameRow, StoreError> {
        const KEEP: Sql = Sql::both(
            "INSERT INTO sample_frames (digest, purpose, decree, outcome, cases, form, \
             recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT \
             (digest) DO NOTHING",
        );
        let values = [
            frame.digest.as_slice().into(),
            frame.purpose.as_str().into(),
            frame.decree.as_str().into(),
            frame.outcome.as_str().into(),
            count(frame.cases)?.into(),
            frame.form.as_str().into(),
            frame.recorded_by.as_str().into(),
            instant_text(frame.recorded_at).into(),
        ];
        let mut connection = self.connection().await?;
        connection.session().execute(KEEP, &values).await?;
        drop(connection);
        let kept = self.frame(frame.digest).await?;
        kept.ok_or_else(|| StoreError::Inconsistent("a frame was not kept".to_owned()))
    }

    /// The frame of a digest, where it was recorded.
    ///
    /// # Errors
    /// What the database said.
    pub async fn frame(&self, digest: [u8; 32]) -> Result<Option<FrameRow>, StoreError> {
        const FRAME: Sql = Sql::both("SELECT * FROM sample_frames WHERE digest = $1");
        let mut connection = self.connection().await?;
        let values = [digest.as_slice().into()];
        let rows = connection.session().rows(FRAME, &values).await?;
        rows.first().map(frame_of).transpose()
    }

    /// Every frame, the oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn frames(&self) -> Result<Vec<FrameRow>, StoreError> {
        const FRAMES: Sql =
            Sql::both("SELECT * FROM sample_frames ORDER BY recorded_at, digest LIMIT $1");
        let mut connection = self.connection().await?;
        let values = [STUDIES_LISTED_MAX.into()];
        let rows = connection.session().rows(FRAMES, &values).await?;
        rows.iter().map(frame_of).collect()
    }

    /// Records a draw of a frame and gives it the next number; the row as it was recorded first,
    /// where the same was drawn before.
    ///
    /// # Errors
    /// What the database said; two draws at the very same time.
    pub async fn record_draw(&self, draw: &DrawRow) -> Result<DrawRow, StoreError> {
        const KEEP: Sql = Sql::both(
            "INSERT INTO sample_draws (frame, number, seed, seed_from, sizes, cases, drawn_at) \
             SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5, $6 FROM sample_draws WHERE \
             frame = $1 ON CONFLICT (frame, seed, sizes) DO NOTHING",
        );
        let sizes = sizes_text(&draw.sizes);
        let values = [
            draw.frame.as_slice().into(),
            draw.seed.as_str().into(),
            draw.seed_from.as_str().into(),
            sizes.as_str().into(),
            count(draw.cases)?.into(),
            instant_text(draw.drawn_at).into(),
        ];
        let mut connection = self.connection().await?;
        connection.session().execute(KEEP, &values).await?;
        drop(connection);
        let mut draws = self.draws(draw.frame).await?.into_iter();
        let kept = draws.find(|it| it.seed == draw.seed && it.sizes == draw.sizes);
        kept.ok_or_else(|| StoreError::Inconsistent("a draw was not kept".to_owned()))
    }

    /// Every draw of a frame, in their order, each with what came of it.
    ///
    /// # Errors
    /// What the database said.
    pub async fn draws(&self, frame: [u8; 32]) -> Result<Vec<DrawRow>, StoreError> {
        const DRAWS: Sql =
            Sql::both("SELECT * FROM sample_draws WHERE frame = $1 ORDER BY number LIMIT $2");
        const RESULTS: Sql =
            Sql::both("SELECT * FROM sample_results WHERE frame = $1 ORDER BY draw, number");
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let values = [frame.as_slice().into(), STUDIES_LISTED_MAX.into()];
        let rows = session.rows(DRAWS, &values).await?;
        let mut draws: Vec<DrawRow> = rows.iter().map(draw_of).collect::<Result<_, _>>()?;
        for row in session.rows(RESULTS, &values[..1]).await? {
            let number = number(&row, "draw")?;
            if let Some(draw) = draws.iter_mut().find(|it| it.number == number) {
                draw.results.push(ResultRow {
                    reviews: digest(&row, "reviews")?,
                    findings: row.text("findings")?,
                    recorded_at: row.parsed("recorded_at")?,
                });
            }
        }
        Ok(draws)
    }

    /// Records what came of reviewing a draw as its last result; nothing where the same reviews
    /// were counted last, whose row it gives then. Reviews that were replaced meanwhile and are put
    /// back are a new result: the last one answers.
    ///
    /// # Errors
    /// What the database said; two results at the very same time.
    pub async fn record_result(
        &self,
        frame: [u8; 32],
        draw: u32,
        result: &ResultRow,
    ) -> Result<ResultRow, StoreError> {
        const KEEP: Sql = Sql::both(
            "INSERT INTO sample_results (frame, draw, number, reviews, findings, recorded_at) \
             SELECT $1, $2, (SELECT COUNT(*) + 1 FROM sample_results WHERE frame = $1 AND draw = \
             $2), $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM sample_results last WHERE last.frame \
             = $1 AND last.draw = $2 AND last.reviews = $3 AND last.number = (SELECT COUNT(*) \
             FROM sample_results WHERE frame = $1 AND draw = $2))",
        );
        let values = [
            frame.as_slice().into(),
            i64::from(draw).into(),
            result.reviews.as_slice().into(),
            result.findings.as_str().into(),
            instant_text(result.recorded_at).into(),
        ];
        let mut connection = self.connection().await?;
        connection.session().execute(KEEP, &values).await?;
        drop(connection);
        let mut draws = self.draws(frame).await?.into_iter();
        let kept = draws.find(|it| it.number == draw);
        let last = kept.and_then(|mut it| it.results.pop());
        let last = last.filter(|it| it.reviews == result.reviews);
        last.ok_or_else(|| StoreError::Inconsistent("a result was not kept".to_owned()))
    }
}

fn frame_of(row: &Row) -> Result<FrameRow, StoreError> {
    Ok(FrameRow {
        digest: digest(row, "digest")?,
        purpose: row.text("purpose")?,
        decree: row.text("decree")?,
        outcome: row.text("outcome")?,
        cases: row.integer("cases")?.unsigned_abs(),
        form: row.text("form")?,
        recorded_by: row.text("recorded_by")?,
        recorded_at: row.parsed("recorded_at")?,
    })
}

fn draw_of(row: &Row) -> Result<DrawRow, StoreError> {
    let sizes = serde_json::from_str(&row.text("sizes")?);
    Ok(DrawRow {
        frame: digest(row, "frame")?,
        number: number(row, "number")?,
        seed: row.text("seed")?,
        seed_from: row.text("seed_from")?,
        sizes: sizes.map_err(|_| StoreError::Inconsistent("a draw's sizes".to_owned()))?,
        cases: row.integer("cases")?.unsigned_abs(),
        drawn_at: row.parsed("drawn_at")?,
        results: Vec::new(),
    })
}

fn number(row: &Row, column: &str) -> Result<u32, StoreError> {
    let number = row.integer(column)?;
    u32::try_from(number).map_err(|_| StoreError::Inconsistent(format!("`{column}` is no number")))
}

fn count(cases: u64) -> Result<i64, StoreError> {
    i64::try_from(cases).map_err(|_| StoreError::Inconsistent("more cases than are".to_owned()))
}

/// The sizes as they are kept: JSON, strata by name, so that equal ones are equal texts.
fn sizes_text(sizes: &BTreeMap<String, u32>) -> String {
    serde_json::to_string(sizes).expect("it has only text keys and no float")
}
