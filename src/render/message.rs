//! What the pool and a worker say to each other over a pair of pipes.
//!
//! A frame is its length (8 bytes, little-endian), then parts, each with a length of its own: a
//! header in JSON and the bytes that belong to it. Each end knows how long a frame may be before it
//! reads one, because neither trusts the other: the worker may have been taken over by a template.

use std::io;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Attachment, Diagnostic, Job, Limits, Relationship, RenderError, Run};
use crate::template::{Composed, Wording};

/// Room in a frame beside the bytes that a limit counts: header, names, diagnostics.
pub(super) const HEADER_BYTES_MAX: u64 = 4 << 20;

/// Bytes of a length.
pub(super) const PREFIX_BYTES: usize = 8;

/// From the pool to a worker.
#[derive(Serialize, Deserialize)]
pub(super) enum Request {
    /// The first frame: what the worker binds itself to before it reads any template.
    Begin { limits: Limits },
    /// The second: names of the template's files; their bytes follow in the same order.
    Template {
        names: Vec<String>,
        digest: [u8; 32],
    },
    /// Every other one: a document. The model's bytes follow, then each attachment's.
    Job {
        document_id: String,
        issued_at: String,
        issued_on: String,
        attachments: Vec<AttachmentHeader>,
    },
    /// A PDF, which follows, to be drawn.
    Pictures { dots_per_inch: u16 },
}

/// An attachment without its bytes.
#[derive(Serialize, Deserialize)]
pub(super) struct AttachmentHeader {
    name: String,
    mime: String,
    description: String,
    relationship: Relationship,
}

/// From a worker to the pool: one for the template, one for each job.
#[derive(Serialize, Deserialize)]
pub(super) enum Reply {
    /// The template is parsed.
    Ready,
    /// The PDF follows.
    Rendered {
        pages: u32,
        legible: Vec<Vec<Run>>,
        warnings: Vec<Diagnostic>,
    },
    /// A PNG for each page follows.
    Drawn,
    /// The template or the job is refused.
    Failed { error: RenderError },
}

/// A header and the bytes that belong to it.
pub(super) struct Message<H> {
    pub(super) header: H,
    pub(super) parts: Vec<Vec<u8>>,
}

pub(super) fn begin(limits: &Limits) -> Vec<u8> {
    frame(&Request::Begin { limits: *limits }, &[])
}

pub(super) fn template(template: &Composed) -> Vec<u8> {
    let names = template.files.keys().cloned().collect();
    let parts: Vec<&[u8]> = template.files.values().map(Vec::as_slice).collect();
    frame(
        &Request::Template {
            names,
            digest: template.digest,
        },
        &parts,
    )
}

pub(super) fn job(job: &Job) -> Vec<u8> {
    let header = |file: &Attachment| AttachmentHeader {
        name: file.name.clone(),
        mime: file.mime.clone(),
        description: file.description.clone(),
        relationship: file.relationship,
    };
    let request = Request::Job {
        document_id: job.document_id.clone(),
        issued_at: job.issued_at.to_string(),
        issued_on: job.issued_on.to_string(),
        attachments: job.attachments.iter().map(header).collect(),
    };
    let attached = job.attachments.iter().map(|file| file.bytes.as_slice());
    let parts: Vec<&[u8]> = std::iter::once(job.model.as_slice())
        .chain(attached)
        .collect();
    frame(&request, &parts)
}

pub(super) fn pictures(pdf: &[u8], dots_per_inch: u16) -> Vec<u8> {
    frame(&Request::Pictures { dots_per_inch }, &[pdf])
}

impl Message<Request> {
    /// The template that this message holds.
    pub(super) fn into_template(self) -> io::Result<Composed> {
        let Request::Template { names, digest } = self.header else {
            return Err(nonsense("a template was expected"));
        };
        if names.len() != self.parts.len() {
            return Err(nonsense("the template's names and files differ in number"));
        }
        Ok(Composed {
            files: names.into_iter().zip(self.parts).collect(),
            digest,
            wording: Wording::default(),
        })
    }

    /// The job that this message holds.
    pub(super) fn into_job(self) -> io::Result<Job> {
        let Request::Job {
            document_id,
            issued_at,
            issued_on,
            attachments,
        } = self.header
        else {
            return Err(nonsense("a job was expected"));
        };
        let mut parts = self.parts.into_iter();
        let model = parts
            .next()
            .ok_or_else(|| nonsense("the job has no model"))?;
        let attachments = attachments
            .into_iter()
            .map(|header| {
                let bytes = parts
                    .next()
                    .ok_or_else(|| nonsense("an attachment is missing"))?;
                let AttachmentHeader {
                    name,
                    mime,
                    description,
                    relationship,
                } = header;
                Ok(Attachment {
                    name,
                    mime,
                    description,
                    relationship,
                    bytes,
                })
            })
            .collect::<io::Result<_>>()?;
        Ok(Job {
            model,
            attachments,
            document_id,
            issued_at: issued_at.parse().map_err(|_| nonsense("not a moment"))?,
            issued_on: issued_on.parse().map_err(|_| nonsense("not a date"))?,
        })
    }
}

/// Header and parts as one frame, its length in front.
pub(super) fn frame(header: &impl Serialize, parts: &[&[u8]]) -> Vec<u8> {
    let header = serde_json::to_vec(header).expect("a header is plain data");
    let mut frame = vec![0; PREFIX_BYTES];
    for part in std::iter::once(header.as_slice()).chain(parts.iter().copied()) {
        frame.extend_from_slice(&length(part.len()));
        frame.extend_from_slice(part);
    }
    let body = length(frame.len() - PREFIX_BYTES);
    frame[..PREFIX_BYTES].copy_from_slice(&body);
    frame
}

fn length(bytes: usize) -> [u8; PREFIX_BYTES] {
    (bytes as u64).to_le_bytes()
}

/// The length that a frame's first bytes announce.
pub(super) fn announced(prefix: [u8; PREFIX_BYTES], bytes_max: u64) -> io::Result<u64> {
    let bytes = u64::from_le_bytes(prefix);
    if bytes <= bytes_max {
        Ok(bytes)
    } else {
        Err(nonsense("the frame is too long"))
    }
}

/// Takes a frame (without its length) apart.
pub(super) fn parse<H: DeserializeOwned>(mut frame: &[u8]) -> io::Result<Message<H>> {
    let mut parts = Vec::new();
    while !frame.is_empty() {
        let (prefix, rest) = frame
            .split_first_chunk()
            .ok_or_else(|| nonsense("cut short"))?;
        let bytes = usize::try_from(u64::from_le_bytes(*prefix)).unwrap_or(usize::MAX);
        let (part, rest) = rest
            .split_at_checked(bytes)
            .ok_or_else(|| nonsense("cut short"))?;
        parts.push(part.to_vec());
        frame = rest;
    }
    if parts.is_empty() {
        return Err(nonsense("an empty frame"));
    }
    let header = serde_json::from_slice(&parts.remove(0))
        .map_err(|_| nonsense("the header is not one that this version knows"))?;
    Ok(Message { header, parts })
}

pub(super) fn nonsense(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(frame: &[u8]) -> &[u8] {
        &frame[PREFIX_BYTES..]
    }

    #[test]
    fn a_job_arrives_as_it_was_sent() {
        let sent = Job {
            model: b"{}".to_vec(),
            attachments: vec![Attachment {
                name: "transcript.json".into(),
                mime: "application/json".into(),
                description: "what the page says".into(),
                relationship: Relationship::Data,
                bytes: vec![0, 1, 2, 255],
            }],
            document_id: "D-1".into(),
            issued_at: "2026-06-10T17:00:00.123456Z".parse().expect("a moment"),
            issued_on: jiff::civil::date(2026, 6, 10),
        };
        let arrived = parse(body(&job(&sent)))
            .and_then(Message::into_job)
            .expect("a job");
        assert_eq!(arrived, sent);
    }

    #[test]
    fn a_frame_cut_anywhere_is_refused() {
        let whole = template(&Composed {
            files: [("layout.typ".to_owned(), b"Hello".to_vec())].into(),
            digest: [7; 32],
            wording: Wording::default(),
        });
        assert!(parse(body(&whole)).and_then(Message::into_template).is_ok());
        for end in 0..body(&whole).len() {
            let cut = parse(&body(&whole)[..end]).and_then(Message::into_template);
            assert!(cut.is_err(), "cut at {end}");
        }
    }

    #[test]
    fn a_frame_longer_than_agreed_is_refused_before_it_is_read() {
        assert!(announced(1_000_u64.to_le_bytes(), 1_000).is_ok());
        assert!(announced(1_001_u64.to_le_bytes(), 1_000).is_err());
        assert!(announced([0xFF; 8], 1_000).is_err());
    }
}
