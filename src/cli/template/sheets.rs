//! A report's samples made ready to be laid out: each in every language and every edition that the
//! report makes. The people on them are invented.

use crate::exchange;
use crate::issue::{Coverage, Sample, unprintable};
use crate::render::Job;
use crate::template::Report;
use crate::transcript::{Document, Edition, Transcript};

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

/// The name of an edition, as it stands in the model.
pub(super) fn name(edition: Edition) -> &'static str {
    match edition {
        Edition::Official => "official",
        Edition::Unofficial => "unofficial",
        Edition::Flat => "flat",
    }
}

/// Every sample in these languages and editions, and the samples of which there is no page.
pub(super) fn sheets(
    report: &Report,
    languages: &[String],
    editions: &[Edition],
) -> (Vec<Sheet>, Vec<WrongSample>) {
    let (mut sheets, mut wrong) = (Vec::new(), Vec::new());
    let coverage = Coverage::shipped();
    for (sample, text) in report.samples() {
        let mut refuse = |message: String| {
            let sample = sample.to_owned();
            wrong.push(WrongSample { sample, message });
        };
        let read = match Sample::read(text) {
            Ok(read) => read,
            Err(error) => {
                refuse(error.to_string());
                continue;
            }
        };
        for language in languages {
            for edition in editions {
                match read.transcript(report, language, *edition) {
                    Ok(transcript) => {
                        let json = exchange::transcript_json(&transcript);
                        unprintable(&json, &coverage)
                            .into_iter()
                            .for_each(&mut refuse);
                        sheets.push(sheet(sample, transcript));
                    }
                    Err(error) => refuse(error.to_string()),
                }
            }
        }
    }
    (sheets, wrong)
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
