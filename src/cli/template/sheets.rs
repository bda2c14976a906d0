//! A report's samples made ready to be laid out: each in every language and every edition that the
//! report makes. The people on them are invented.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::exchange;
use crate::issue::{Coverage, Sample, SampleError, unprintable};
use crate::render::Job;
use crate::template::Report;
use crate::transcript::{Document, Edition, Policy, Transcript};

/// One sample in one language and edition.
pub(super) struct Sheet {
    pub sample: String,
    pub language: String,
    pub edition: &'static str,
    /// What the pages have to say.
    pub transcript: Transcript,
    pub job: Job,
}

impl Sheet {
    /// How it is named to a person and in a file: `senior, es, official`.
    pub fn parts(&self) -> [&str; 3] {
        [&self.sample, &self.language, self.edition]
    }
}

/// What is wrong with a sample, and where.
pub(super) struct WrongSample {
    pub sample: String,
    pub message: String,
    /// Whether the report's rules are what is wrong.
    pub is_of_rules: bool,
}

/// The name of an edition, as it stands in the model.
pub(super) fn name(edition: Edition) -> &'static str {
    match edition {
        Edition::Official => "official",
        Edition::Unofficial => "unofficial",
        Edition::Flat => "flat",
    }
}

/// A report's samples, read once for all languages and editions.
#[derive(Default)]
pub(super) struct Samples {
    ready: Vec<(String, Sample, Arc<Policy>)>,
    /// Those that are no samples, or have no rules.
    pub wrong: Vec<WrongSample>,
}

impl Samples {
    pub fn read(report: &Report) -> Self {
        let mut samples = Self::default();
        // Rules are read once for all samples that print the same averages.
        let mut policies: BTreeMap<Vec<String>, Result<Arc<Policy>, SampleError>> = BTreeMap::new();
        for (name, text) in report.samples() {
            let read = Sample::read(text).and_then(|sample| {
                let policy = policies.entry(sample.averages().to_vec());
                let policy = policy.or_insert_with(|| sample.policy(report).map(Arc::new));
                Ok((policy.clone()?, sample))
            });
            match read {
                Ok((policy, sample)) => samples.ready.push((name.to_owned(), sample, policy)),
                Err(error) => samples.wrong.push(WrongSample {
                    sample: name.to_owned(),
                    is_of_rules: matches!(error, SampleError::Policy(_)),
                    message: error.to_string(),
                }),
            }
        }
        samples
    }

    /// Every sample in these languages and editions, and why there is no page of some.
    pub fn sheets(
        &self,
        languages: &[String],
        editions: &[Edition],
    ) -> (Vec<Sheet>, Vec<WrongSample>) {
        let (mut sheets, mut wrong) = (Vec::new(), Vec::new());
        let coverage = Coverage::shipped();
        for (name, sample, policy) in &self.ready {
            let mut refuse = |message: String| {
                wrong.push(WrongSample {
                    sample: name.clone(),
                    message,
                    is_of_rules: false,
                });
            };
            let each = languages
                .iter()
                .flat_map(|language| editions.iter().map(move |edition| (language, *edition)));
            for (language, edition) in each {
                match sample.transcript(policy, language, edition) {
                    Ok(transcript) => {
                        let json = exchange::transcript_json(&transcript);
                        let problems = unprintable(&json, &coverage);
                        problems.into_iter().for_each(&mut refuse);
                        sheets.push(sheet(name, transcript));
                    }
                    Err(error) => refuse(error.to_string()),
                }
            }
        }
        (sheets, wrong)
    }
}

/// A sample made ready to be laid out.
fn sheet(sample: &str, mut transcript: Transcript) -> Sheet {
    transcript.attachments.clear();
    let Document {
        language,
        issued_on,
        edition,
        ..
    } = transcript.document.clone();
    let noon = issued_on.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    let edition = name(edition);
    Sheet {
        sample: sample.to_owned(),
        job: Job {
            model: exchange::text(&exchange::transcript_json(&transcript)),
            attachments: Vec::new(),
            document_id: format!("sample-{sample}-{language}-{edition}"),
            issued_at: noon.map_or(jiff::Timestamp::UNIX_EPOCH, |noon| noon.timestamp()),
            issued_on,
        },
        language,
        edition,
        transcript,
    }
}
