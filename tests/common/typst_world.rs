//! A small Typst world for the tests and benches of the page: composed files, one model, the
//! shipped fonts. The room `render` has the real one, in a process of its own and inside limits.

use std::collections::{BTreeMap, HashMap};

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// A page's shipped fonts and composed files; one model at a time.
pub struct PageWorld {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
    main: FileId,
    model: FileId,
}

fn file_id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("a virtual path");
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

impl PageWorld {
    /// The world of these files, with `layout.typ` as the entry.
    pub fn new(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let fonts = shipped_fonts();
        let mut sources = HashMap::new();
        for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".typ")) {
            let text = String::from_utf8(bytes.clone()).expect("Typst source is UTF-8");
            sources.insert(file_id(path), Source::new(file_id(path), text));
        }
        let bytes = |bytes: &Vec<u8>| Bytes::new(bytes.clone());
        let features = [Feature::A11yExtras].into_iter().collect();
        Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            sources,
            files: files
                .iter()
                .map(|(path, data)| (file_id(path), bytes(data)))
                .collect(),
            main: file_id("layout.typ"),
            model: file_id("model.json"),
        }
    }

    /// Lays one model out.
    ///
    /// # Errors
    /// What Typst says, one line a diagnostic.
    pub fn lay_out(&mut self, model: &[u8]) -> Result<PagedDocument, String> {
        self.files.insert(self.model, Bytes::new(model.to_vec()));
        let done = typst::compile::<PagedDocument>(self);
        let warnings: Vec<_> = done
            .warnings
            .iter()
            .map(|warning| &warning.message)
            .collect();
        if !warnings.is_empty() {
            return Err(format!("warnings: {warnings:?}"));
        }
        done.output.map_err(|errors| format!("{errors:#?}"))
    }
}

/// A document as official transcripts are: PDF/A-3a and PDF/UA-1, with a fixed date.
///
/// # Errors
/// What the exporter says.
pub fn export(document: &PagedDocument) -> Result<Vec<u8>, String> {
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
        .map_err(|error| format!("{error:?}"))?;
    let date = Datetime::from_ymd_hms(2026, 6, 15, 12, 0, 0).expect("a date");
    let options = PdfOptions {
        ident: typst::foundations::Smart::Custom("test".to_owned()),
        timestamp: Some(Timestamp::new_utc(date)),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options).map_err(|errors| format!("{errors:#?}"))
}

fn shipped_fonts() -> Vec<Font> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the fonts are shipped")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ttf"))
        .collect();
    paths.sort();
    paths
        .iter()
        .flat_map(|path| Font::iter(Bytes::new(std::fs::read(path).expect("a font"))))
        .collect()
}

impl World for PageWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources
            .get(&id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
