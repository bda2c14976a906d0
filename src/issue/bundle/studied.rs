//! Studies of files in a bundle: frames, draws and what was counted of each, as they were recorded,
//! so that every estimate of a report is computed again from the counts of its strata.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::BundleError;
use super::files::{Files, unreadable};
use crate::compliance::sample::Study;
use crate::issue::studies;
use crate::store::{DrawRow, FrameRow, ResultRow};

/// The file of the studies.
pub(super) const STUDIES: &str = "studies.json";

/// A frame with its form and draws.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptFrame {
    frame_sha256: String,
    purpose: String,
    decree: String,
    outcome: String,
    cases: u64,
    /// The form's file, byte for byte.
    form: String,
    recorded_by: String,
    recorded_at: Timestamp,
    draws: Vec<KeptDraw>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptDraw {
    draw: u32,
    seed: String,
    seed_from: String,
    /// How many cases of each stratum.
    sizes: BTreeMap<String, u32>,
    cases: u64,
    drawn_at: Timestamp,
    results: Vec<KeptResult>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptResult {
    reviews_sha256: String,
    recorded_at: Timestamp,
    /// Each finding's counts by stratum.
    findings: serde_json::Value,
}

/// The text of the file.
pub(super) fn text(studies: Vec<(FrameRow, Vec<DrawRow>)>) -> Vec<u8> {
    let kept: Vec<KeptFrame> = studies.into_iter().map(kept).collect();
    let mut text = serde_json::to_vec_pretty(&kept).expect("texts and numbers are JSON");
    text.push(b'\n');
    text
}

fn kept((frame, draws): (FrameRow, Vec<DrawRow>)) -> KeptFrame {
    let result = |it: ResultRow| KeptResult {
        reviews_sha256: hex::encode(it.reviews),
        recorded_at: it.recorded_at,
        findings: serde_json::from_str(&it.findings).unwrap_or_default(),
    };
    let draw = |it: DrawRow| KeptDraw {
        draw: it.number,
        seed: it.seed,
        seed_from: it.seed_from,
        sizes: it.sizes,
        cases: it.cases,
        drawn_at: it.drawn_at,
        results: it.results.into_iter().map(result).collect(),
    };
    KeptFrame {
        frame_sha256: hex::encode(frame.digest),
        purpose: frame.purpose,
        decree: frame.decree,
        outcome: frame.outcome,
        cases: frame.cases,
        form: frame.form,
        recorded_by: frame.recorded_by,
        recorded_at: frame.recorded_at,
        draws: draws.into_iter().map(draw).collect(),
    }
}

/// The studies of a bundle.
pub(super) fn read(files: &Files) -> Result<Vec<Study>, BundleError> {
    let wrong = |why: &str| unreadable(STUDIES, why);
    let kept: Vec<KeptFrame> = serde_json::from_slice(&files.small(STUDIES)?)
        .map_err(|error| wrong(&format!("does not read: {error}")))?;
    let mut read = Vec::new();
    for frame in kept {
        let digest = digest(&frame.frame_sha256)?;
        let mut draws = Vec::new();
        for draw in frame.draws {
            let mut results = Vec::new();
            for result in draw.results {
                results.push(ResultRow {
                    reviews: self::digest(&result.reviews_sha256)?,
                    findings: result.findings.to_string(),
                    recorded_at: result.recorded_at,
                });
            }
            draws.push(DrawRow {
                frame: digest,
                number: draw.draw,
                seed: draw.seed,
                seed_from: draw.seed_from,
                sizes: draw.sizes,
                cases: draw.cases,
                drawn_at: draw.drawn_at,
                results,
            });
        }
        let row = FrameRow {
            digest,
            purpose: frame.purpose,
            decree: frame.decree,
            outcome: frame.outcome,
            cases: frame.cases,
            form: frame.form,
            recorded_by: frame.recorded_by,
            recorded_at: frame.recorded_at,
        };
        let study = studies::of_rows(row, draws);
        read.push(study.map_err(|error| wrong(&error.to_string()))?);
    }
    Ok(read)
}

fn digest(text: &str) -> Result<[u8; 32], BundleError> {
    let mut digest = [0; 32];
    let read = hex::decode_to_slice(text, &mut digest);
    read.map_err(|_| unreadable(STUDIES, "has a digest that is none"))?;
    Ok(digest)
}
