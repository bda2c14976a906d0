//! A report's samples made ready to be laid out: each in every language and every edition that the
//! report makes. The people on them are invented.

use serde_json::Value;

use crate::exchange;
use crate::issue::{Coverage, unprintable};
use crate::render::Job;
use crate::template::Report;
use crate::transcript::{Certification, Edition, Transcript};

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
}

/// The id on sample documents that have none.
const SAMPLE_ID: &str = "00000000000000000000000000000000";

/// The name of an edition, as it stands in the model.
pub(super) fn name(edition: Edition) -> &'static str {
    match edition {
        Edition::Official => "official",
        Edition::Unofficial => "unofficial",
        Edition::Flat => "flat",
    }
}

/// Every sample in these languages and editions, and the samples that are no transcripts.
pub(super) fn sheets(
    report: &Report,
    languages: &[String],
    editions: &[Edition],
) -> (Vec<Sheet>, Vec<WrongSample>) {
    let (mut sheets, mut wrong) = (Vec::new(), Vec::new());
    let coverage = Coverage::shipped();
    for (sample, text) in report.samples() {
        let read = serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
        let read = read
            .and_then(|json| exchange::read_transcript(json).map_err(|error| error.to_string()));
        let transcript = match read {
            Ok(transcript) => transcript,
            Err(message) => {
                wrong.push(WrongSample {
                    sample: sample.to_owned(),
                    message,
                });
                continue;
            }
        };
        let json = exchange::transcript_json(&transcript);
        let problems = unprintable(&json, &coverage);
        wrong.extend(problems.into_iter().map(|message| WrongSample {
            sample: sample.to_owned(),
            message,
        }));
        for language in languages {
            for edition in editions {
                sheets.push(sheet(sample, transcript.clone(), language, *edition));
            }
        }
    }
    (sheets, wrong)
}

/// One sample as this edition would have it.
fn sheet(sample: &str, mut transcript: Transcript, language: &str, edition: Edition) -> Sheet {
    let document = &mut transcript.document;
    document.edition = edition;
    document.language = language.to_owned();
    transcript.attachments.clear();
    if edition == Edition::Unofficial {
        document.id.clear();
        transcript.certification = None;
    } else {
        if document.id.is_empty() {
            document.id = SAMPLE_ID.to_owned();
        }
        transcript
            .certification
            .get_or_insert_with(|| Certification {
                name: "Remedios Varo".to_owned(),
                title: "Registrar".to_owned(),
            });
    }
    let issued_on = transcript.document.issued_on;
    let noon = issued_on.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    let edition = name(edition);
    Sheet {
        sample: sample.to_owned(),
        language: language.to_owned(),
        edition,
        job: Job {
            model: exchange::text(&exchange::transcript_json(&transcript)),
            attachments: Vec::new(),
            document_id: format!("sample-{sample}-{language}-{edition}"),
            issued_at: noon.map_or(jiff::Timestamp::UNIX_EPOCH, |noon| noon.timestamp()),
            issued_on,
        },
        transcript,
    }
}
