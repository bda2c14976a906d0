//! One composed template, laid out in this process.
//!
//! Nothing here can be stopped from outside: Typst knows no deadline. Use [`super::Pool`] for a
//! template or a model that a stranger had a hand in.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Datetime, NativeElement, Smart};
use typst::introspection::Introspector;
use typst::layout::{Abs, Frame, FrameItem};
use typst::pdf::AttachElem;
use typst::syntax::{DiagSpan, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{TextItem, is_default_ignorable};
use typst_layout::{Page, PagedDocument};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::world::{self, Desk, Folder};
use super::{
    Attachment, Diagnostic, Forbidden, Job, LimitKind, Limits, Relationship, RenderError, Rendered,
    clusters, fonts, inset, legible, overlap, placed,
};
use crate::template::Composed;

/// What Typst compiles: the job's attachments, then the template. It is the same for every
/// document, so it is parsed once; names and descriptions reach it as data.
const MAIN: &str = r#"#for file in json("/.job/attachments.json") {
  pdf.attach(
    "/" + file.name,
    read("/" + file.path, encoding: none),
    mime-type: file.mime,
    description: file.description,
    relationship: file.relationship,
  )
}
#include "/layout.typ"
"#;

/// The file by which a template is entered.
const ENTRY: &str = "layout.typ";

/// Documents for which a layout result stays in Typst's memo cache without being used again.
/// What documents share (the template's parts) is used by every one and stays.
const MEMO_AGE_MAX: usize = 1;

/// Problems reported at once, and characters of each message.
const DIAGNOSTICS_MAX: usize = 50;
const MESSAGE_CHARS_MAX: usize = 1_000;

/// Sides of a page in points (ISO 19005-3, 6.1.13).
const PAGE_SIDE_POINTS: std::ops::RangeInclusive<f64> = 3.0..=14_400.0;

/// A parsed template, ready for many documents.
pub struct Renderer {
    folder: Folder,
    limits: Limits,
}

impl Renderer {
    /// Parses the sources of a composed template.
    ///
    /// # Errors
    /// [`RenderError::Template`] with every syntax error of every file, [`RenderError::Limit`] when
    /// the template is too large.
    pub fn new(template: &Composed, limits: &Limits) -> Result<Self, RenderError> {
        check_template_size(template, limits)?;
        let mut folder = Folder {
            library: world::library(),
            main: Source::new(main_id(), MAIN.to_owned()),
            sources: HashMap::new(),
            files: HashMap::new(),
        };
        let mut diagnostics = Vec::new();
        if !template.files.contains_key(ENTRY) {
            diagnostics.push(Diagnostic::new(
                format!("the composed template has no `{ENTRY}`"),
                "a template is entered by that file",
            ));
        }
        for (path, bytes) in &template.files {
            if let Err(found) = folder.add(path, bytes) {
                diagnostics.extend(found);
            }
        }
        refuse(diagnostics)?;
        Ok(Self {
            folder,
            limits: *limits,
        })
    }

    /// Lays out one document and writes its PDF.
    ///
    /// # Errors
    /// As [`RenderError`] says; never one of a worker.
    pub fn render(&self, job: &Job) -> Result<Rendered, RenderError> {
        check_job_size(job, &self.limits)?;
        let desk = self.desk(job);
        let laid_out = lay_out(&desk, job, &self.limits);
        let rendered = laid_out.and_then(|laid_out| export(laid_out, &desk, job, &self.limits));
        comemo::evict(MEMO_AGE_MAX);
        rendered
    }

    /// Lays out one document, writes no PDF, and gives its number of pages.
    ///
    /// # Errors
    /// As [`Renderer::render`], but for what only the export finds.
    pub fn pages(&self, job: &Job) -> Result<u32, RenderError> {
        check_job_size(job, &self.limits)?;
        let laid_out = lay_out(&self.desk(job), job, &self.limits);
        comemo::evict(MEMO_AGE_MAX);
        Ok(laid_out?.pages)
    }

    fn desk<'a>(&'a self, job: &Job) -> Desk<'a> {
        let index: Vec<IndexEntry> = job.attachments.iter().enumerate().map(entry).collect();
        let index = serde_json::to_vec(&index).expect("strings are JSON");
        let day = job.issued_on;
        Desk {
            folder: &self.folder,
            job_files: BTreeMap::from([
                (world::MODEL, Bytes::new(job.model.clone())),
                (world::ATTACHMENTS, Bytes::new(index)),
            ]),
            attachments: job
                .attachments
                .iter()
                .map(|file| Bytes::new(file.bytes.clone()))
                .collect(),
            today: Datetime::from_ymd(
                day.year().into(),
                unsigned(day.month()),
                unsigned(day.day()),
            ),
        }
    }
}

impl Folder {
    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), Vec<Diagnostic>> {
        let refused = |message: &str| {
            Err(vec![Diagnostic {
                file: Some(path.into()),
                ..Diagnostic::new(message, "rename it")
            }])
        };
        if path == world::MODEL || path.starts_with(world::JOB_FOLDER) {
            return refused("this name is kept for the document's own files");
        }
        let Some(id) = world::file_id(path) else {
            return refused("not a path inside the report's folder");
        };
        if path.ends_with(".typ") {
            let Ok(text) = std::str::from_utf8(bytes) else {
                return refused("a Typst source must be UTF-8");
            };
            let source = Source::new(id, text.to_owned());
            let (errors, _) = source.root().errors_and_warnings();
            let errors = errors.into_iter().map(SourceDiagnostic::from);
            let found: Vec<_> = errors
                .map(|error| described(&error, |_| Some(Cow::Borrowed(&source))))
                .collect();
            self.sources.insert(id, source);
            refuse_all(found)?;
        }
        if path.ends_with(".pdf") {
            for (drawing, bytes) in inset::drawings(path, bytes)? {
                let id = world::file_id(&drawing).expect("a path below a path of the folder");
                self.files.insert(id, Bytes::new(bytes));
            }
        }
        self.files.insert(id, Bytes::new(bytes.to_vec()));
        Ok(())
    }

    /// A file in which a diagnostic may point to a line: a source, or a picture that is written as
    /// text.
    fn text(&self, id: FileId) -> Option<Cow<'_, Source>> {
        let of_picture = || {
            let drawing = id.vpath().get_without_slash().ends_with(".svg");
            let bytes = self.files.get(&id).filter(|_| drawing)?;
            Some(Cow::Owned(Source::new(
                id,
                str::from_utf8(bytes).ok()?.to_owned(),
            )))
        };
        self.sources.get(&id).map(Cow::Borrowed).or_else(of_picture)
    }
}

/// An attachment as the main file reads it.
#[derive(Serialize)]
struct IndexEntry<'a> {
    name: &'a str,
    path: String,
    mime: &'a str,
    description: &'a str,
    relationship: Relationship,
}

fn entry((at, file): (usize, &Attachment)) -> IndexEntry<'_> {
    IndexEntry {
        name: &file.name,
        path: format!("{}{at}", world::JOB_FOLDER),
        mime: &file.mime,
        description: &file.description,
        relationship: file.relationship,
    }
}

/// An id that no path of a template leads to.
fn main_id() -> FileId {
    let path = VirtualPath::new("main.typ").expect("a plain name is a path");
    FileId::unique(RootedPath::new(VirtualRoot::Project, path))
}

/// Pages that were looked at and are not written yet.
struct LaidOut {
    document: PagedDocument,
    pages: u32,
    legible: Vec<Vec<legible::Run>>,
    warnings: Vec<Diagnostic>,
}

fn problems(desk: &Desk, found: &[SourceDiagnostic]) -> RenderError {
    let problem = |found: &SourceDiagnostic| described(found, |id| desk.folder.text(id));
    RenderError::Template {
        diagnostics: found.iter().take(DIAGNOSTICS_MAX).map(problem).collect(),
    }
}

fn lay_out(desk: &Desk, job: &Job, limits: &Limits) -> Result<LaidOut, RenderError> {
    let problem = |found: &SourceDiagnostic| described(found, |id| desk.folder.text(id));
    let compiled = typst::compile::<PagedDocument>(desk);
    let document = compiled.output.map_err(|errors| problems(desk, &errors))?;
    let (grave, odd): (Vec<_>, Vec<_>) =
        compiled.warnings.iter().partition(|found| is_grave(found));
    refuse(grave.into_iter().map(problem).collect())?;
    let pages = u32::try_from(document.pages().len()).unwrap_or(u32::MAX);
    if pages > limits.pages_max {
        return Err(over(LimitKind::Pages, limits.pages_max.into()));
    }
    check_document(&document, job)?;
    let document = clusters::joined(document);
    let mut warnings: Vec<_> = odd.into_iter().map(problem).collect();
    let sheets = document.pages().iter().map(placed::sheet);
    let sheets: Vec<_> = sheets.collect();
    warnings.extend(overlap::overlaps(&sheets));
    warnings.truncate(DIAGNOSTICS_MAX);
    Ok(LaidOut {
        legible: legible::legible(&sheets),
        document,
        pages,
        warnings,
    })
}

fn export(
    laid_out: LaidOut,
    desk: &Desk,
    job: &Job,
    limits: &Limits,
) -> Result<Rendered, RenderError> {
    let pdf = typst_pdf::pdf(&laid_out.document, &options(job));
    let pdf = pdf.map_err(|errors| problems(desk, &errors))?;
    let runs = laid_out.legible.iter().flatten();
    let bytes = pdf.len() + runs.map(|run| run.text.len()).sum::<usize>();
    within(LimitKind::Output, bytes, limits.output_bytes_max)?;
    Ok(Rendered {
        pdf,
        pages: laid_out.pages,
        legible: laid_out.legible,
        warnings: laid_out.warnings,
    })
}

/// Warnings after which a page may lack a text (no font of the list is known) or show a number of
/// an earlier pass (a counter or reference that never settled).
fn is_grave(warning: &SourceDiagnostic) -> bool {
    warning.message.starts_with("unknown font family") || warning.message.contains("not converge")
}

fn options(job: &Job) -> PdfOptions {
    let moment = jiff::tz::Offset::UTC.to_datetime(job.issued_at);
    let created = Datetime::from_ymd_hms(
        moment.year().into(),
        unsigned(moment.month()),
        unsigned(moment.day()),
        unsigned(moment.hour()),
        unsigned(moment.minute()),
        unsigned(moment.second()),
    );
    PdfOptions {
        ident: Smart::Custom(job.document_id.clone()),
        creator: Smart::Custom(Some("Registrar".to_owned())),
        timestamp: created.map(Timestamp::new_utc),
        standards: PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
            .expect("PDF/A-3a and PDF/UA-1 meet in PDF 1.7"),
        ..PdfOptions::default()
    }
}

/// What neither Typst nor the standards refuse, and a signed document must not have.
fn check_document(document: &PagedDocument, job: &Job) -> Result<(), RenderError> {
    for (page, number) in document.pages().iter().zip(1..) {
        check_glyphs(&page.frame, number)?;
    }
    let mut diagnostics = Vec::new();
    let sides = |page: &Page| [page.frame.width(), page.frame.height()];
    let allowed = |side: Abs| PAGE_SIDE_POINTS.contains(&side.to_pt());
    if !document.pages().iter().flat_map(sides).all(allowed) {
        diagnostics.push(Diagnostic::new(
            "a page has a side that PDF/A does not allow",
            "a side measures 3 to 14400 pt (5 m)",
        ));
    }
    let attached = document
        .introspector()
        .query(&AttachElem::ELEM.select())
        .len();
    if attached != job.attachments.len() {
        diagnostics.push(Diagnostic::new(
            "a template cannot attach files",
            "remove `pdf.attach`: the attachments of a document are listed in its model",
        ));
    }
    if typst::model::Document::info(document).date != Smart::Auto {
        diagnostics.push(Diagnostic::new(
            "a template cannot set the document's date",
            "remove `date` from `set document(...)`: it is the moment of issue",
        ));
    }
    refuse(diagnostics)
}

fn check_glyphs(frame: &Frame, page: u32) -> Result<(), RenderError> {
    frame.items().try_for_each(|(_, item)| match item {
        FrameItem::Group(group) => check_glyphs(&group.frame, page),
        FrameItem::Text(text) => match unprintable(text) {
            Some((character, reason)) => Err(RenderError::Unprintable {
                character,
                reason,
                page,
            }),
            None => Ok(()),
        },
        _ => Ok(()),
    })
}

fn unprintable(item: &TextItem) -> Option<(char, Forbidden)> {
    if let Some(character) = item
        .text
        .chars()
        .find(|found| fonts::forbidden_by_pdf_a(*found))
    {
        return Some((character, Forbidden::ByPdfA));
    }
    let boxed = item.glyphs.iter().find(|glyph| glyph.id == 0)?;
    let mut cluster = item.text[boxed.range()].chars();
    let character = cluster
        .find(|found| !is_default_ignorable(*found))
        .unwrap_or('\u{FFFD}');
    Some((character, Forbidden::NoGlyph))
}

/// A Typst problem in our words: the first place in the template that it, or the calls that led to
/// it, points to.
fn described<'a>(
    found: &SourceDiagnostic,
    text: impl Fn(FileId) -> Option<Cow<'a, Source>>,
) -> Diagnostic {
    let calls = found.trace.iter().map(|call| DiagSpan::from(call.span));
    let place = std::iter::once(found.span)
        .chain(calls)
        .find_map(|span| Some((text(span.id()?)?, span)));
    let mut diagnostic = Diagnostic {
        message: shortened(&found.message),
        hints: found
            .hints
            .iter()
            .filter(|hint| !is_foreign(&hint.v))
            .map(|hint| shortened(&hint.v))
            .collect(),
        ..Diagnostic::default()
    };
    if let Some((source, span)) = place {
        diagnostic.file = Some(source.id().vpath().get_without_slash().to_owned());
        if let Some((line, column)) = line_and_column(&source, span) {
            diagnostic.line = u32::try_from(line + 1).ok();
            diagnostic.column = u32::try_from(column + 1).ok();
        }
    }
    diagnostic
}

fn line_and_column(source: &Source, span: DiagSpan) -> Option<(usize, usize)> {
    use typst::syntax::DiagSpanKind;
    let start = match span.get() {
        DiagSpanKind::Detached => return None,
        DiagSpanKind::Number { num, sub_range, .. } => source.range(num, sub_range)?.start,
        DiagSpanKind::Range { range, .. } => range.start,
    };
    source.lines().byte_to_line_column(start)
}

/// A hint about an argument of Typst's own command line, which a template's author does not use.
fn is_foreign(hint: &str) -> bool {
    hint.contains("`--")
}

fn shortened(text: &str) -> String {
    text.chars().take(MESSAGE_CHARS_MAX).collect()
}

/// A calendar field of jiff, which is signed and never negative.
fn unsigned(field: i8) -> u8 {
    field.unsigned_abs()
}

fn refuse_all(diagnostics: Vec<Diagnostic>) -> Result<(), Vec<Diagnostic>> {
    if diagnostics.is_empty() {
        Ok(())
    } else {
        Err(diagnostics)
    }
}

fn refuse(mut diagnostics: Vec<Diagnostic>) -> Result<(), RenderError> {
    diagnostics.truncate(DIAGNOSTICS_MAX);
    refuse_all(diagnostics).map_err(|diagnostics| RenderError::Template { diagnostics })
}

fn over(which: LimitKind, limit: u64) -> RenderError {
    RenderError::Limit { which, limit }
}

fn within(which: LimitKind, size: usize, limit: u64) -> Result<(), RenderError> {
    if size as u64 <= limit {
        Ok(())
    } else {
        Err(over(which, limit))
    }
}

/// Refuses a template whose files together are larger than the limit.
pub(super) fn check_template_size(template: &Composed, limits: &Limits) -> Result<(), RenderError> {
    let size = template
        .files
        .iter()
        .map(|(path, bytes)| path.len() + bytes.len())
        .sum();
    within(LimitKind::Template, size, limits.template_bytes_max)
}

/// Refuses a job whose model and attachments together are larger than the limit.
pub(super) fn check_job_size(job: &Job, limits: &Limits) -> Result<(), RenderError> {
    let attached: usize = job.attachments.iter().map(|file| file.bytes.len()).sum();
    within(
        LimitKind::Model,
        job.model.len() + attached,
        limits.model_bytes_max,
    )
}
