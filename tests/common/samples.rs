//! The samples of a report as the tests lay them out.

use registrar::exchange;
use registrar::issue::Sample;
use registrar::render::Job;
use registrar::template::Report;
use registrar::transcript::{Edition, Transcript};

/// The edition in which the tests look at a sample, if the report makes it: one stays unofficial.
pub fn edition_of(report: &Report, sample: &str) -> Edition {
    if sample == "initial" || !report.makes("official") {
        Edition::Unofficial
    } else {
        Edition::Official
    }
}

/// A sample as this report prints it.
///
/// # Panics
/// Where there is no such sample, or no transcript of it.
pub fn model(report: &Report, sample: &str, language: &str, edition: Edition) -> Transcript {
    let read = Sample::read(report.samples()[sample]);
    let made = read.and_then(|read| read.transcript(&read.policy(report)?, language, edition));
    made.unwrap_or_else(|error| panic!("{sample}: {error}"))
}

/// A transcript as a document to lay out.
pub fn job(sample: &str, model: &Transcript) -> Job {
    Job {
        issued_on: model.document.issued_on,
        model: exchange::text(&exchange::transcript_json(model)),
        attachments: Vec::new(),
        document_id: format!("{sample}-{}", model.document.language),
        issued_at: "2026-06-15T12:00:00Z".parse().expect("an instant"),
    }
}
