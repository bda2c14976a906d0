//! All that a template can reach while it is laid out.
//!
//! A template sees its own composed files, the job's model and attachments, the shipped fonts and
//! the day of issue. **Invariant**: nothing here opens a file, a socket or a clock, and no value of
//! the library turns text into code (`eval`), runs foreign code (`plugin`) or keeps a part of the
//! page from screen readers (`pdf.artifact`), by whatever name.

use std::collections::{BTreeMap, HashMap};

use typst::diag::{FileError, FileResult, PackageError};
use typst::foundations::{Binding, Bytes, Datetime, Duration, Module, Scope, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontFamily, FontList, TextElem};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};

use super::fonts;

/// Functions of Typst's library that a report does not get.
///
/// `eval` would make source of a student's text, `plugin` runs WebAssembly, `bibliography` parses
/// XML styles with a parser that hostile input can hold up, and a report cites nothing.
const WITHHELD: [&str; 3] = ["eval", "plugin", "bibliography"];

/// The function of the module `pdf` that takes a part of a page away from screen readers.
const WITHHELD_OF_PDF: &str = "artifact";

/// Typst's library without what is withheld, in the global scope and in `std`, which is a copy of
/// it; its text is set in the shipped fonts. Typst counts as in development what says of a table's
/// cell that it heads a row (`pdf.header-cell`); no screen reader can follow a record without it.
pub(super) fn library() -> LazyHash<Library> {
    let features = [Feature::A11yExtras].into_iter().collect();
    let mut library = Library::builder().with_features(features).build();
    let mut global = Scope::new();
    for (name, binding) in library.global.scope().iter() {
        match binding.read() {
            _ if WITHHELD.contains(&name.as_str()) => {}
            Value::Module(module) if name == "pdf" => {
                global.define("pdf", without_artifact(module));
            }
            _ => {
                global.bind(name.clone(), binding.clone());
            }
        }
    }
    library.global = Module::new("global", global);
    library.std = Binding::detached(library.global.clone());
    // Typst leaves a text out, silently, where it knows none of the fonts asked for.
    let families = fonts::FAMILIES.map(FontFamily::new).to_vec();
    library.styles.set(TextElem::font, FontList(families));
    LazyHash::new(library)
}

fn without_artifact(pdf: &Module) -> Module {
    let mut scope = Scope::new();
    for (name, binding) in pdf.scope().iter() {
        if name != WITHHELD_OF_PDF {
            scope.bind(name.clone(), binding.clone());
        }
    }
    Module::new("pdf", scope)
}

/// The parsed template: what stays the same from document to document.
pub(super) struct Folder {
    pub(super) library: LazyHash<Library>,
    pub(super) main: Source,
    pub(super) sources: HashMap<FileId, Source>,
    pub(super) files: HashMap<FileId, Bytes>,
}

/// A template's folder together with one job's files.
pub(super) struct Desk<'a> {
    pub(super) folder: &'a Folder,
    pub(super) job_files: BTreeMap<&'static str, Bytes>,
    pub(super) attachments: Vec<Bytes>,
    pub(super) today: Option<Datetime>,
}

/// Where the model lies for a template.
pub(super) const MODEL: &str = "model.json";
/// Folder of the job's own files; a template has no file there.
pub(super) const JOB_FOLDER: &str = ".job/";
/// What the main file reads to attach files.
pub(super) const ATTACHMENTS: &str = ".job/attachments.json";

impl Desk<'_> {
    fn job_file(&self, path: &str) -> Option<Bytes> {
        if let Some(bytes) = self.job_files.get(path) {
            return Some(bytes.clone());
        }
        let at: usize = path.strip_prefix(JOB_FOLDER)?.parse().ok()?;
        self.attachments.get(at).cloned()
    }
}

/// The id of a file in the template's folder, where its path is one.
pub(super) fn file_id(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn missing(id: FileId) -> FileError {
    match id.root() {
        VirtualRoot::Package(_) => FileError::Package(PackageError::Other(Some(
            "packages are not available: copy what you need into the report's folder".into(),
        ))),
        VirtualRoot::Project => FileError::NotFound(id.vpath().get_without_slash().into()),
    }
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.folder.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &fonts::SHIPPED.book
    }

    fn main(&self) -> FileId {
        self.folder.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.folder.main.id() {
            return Ok(self.folder.main.clone());
        }
        if let Some(source) = self.folder.sources.get(&id) {
            return Ok(source.clone());
        }
        Err(if self.folder.files.contains_key(&id) {
            FileError::NotSource
        } else {
            missing(id)
        })
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if matches!(id.root(), VirtualRoot::Package(_)) {
            return Err(missing(id));
        }
        self.job_file(id.vpath().get_without_slash())
            .or_else(|| self.folder.files.get(&id).cloned())
            .ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts::SHIPPED.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use typst::foundations::Value;

    /// Names of all functions that a template can name, through modules, types and functions.
    fn reachable(scope: &Scope, depth: usize, names: &mut BTreeSet<String>) {
        assert!(depth < 8, "the library is not that deep");
        for (_, binding) in scope.iter() {
            match binding.read() {
                Value::Module(module) => reachable(module.scope(), depth + 1, names),
                Value::Type(kind) => reachable(kind.scope(), depth + 1, names),
                Value::Func(func) => {
                    names.extend(func.name().map(str::to_owned));
                    if let Some(scope) = func.scope() {
                        reachable(scope, depth + 1, names);
                    }
                }
                _ => {}
            }
        }
    }

    fn functions(library: &Library) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        reachable(library.global.scope(), 0, &mut names);
        reachable(library.math.scope(), 0, &mut names);
        let Value::Module(std) = library.std.read() else {
            panic!("`std` is a module")
        };
        reachable(std.scope(), 0, &mut names);
        names
    }

    #[test]
    fn the_library_lacks_exactly_what_is_withheld() {
        let whole = functions(&Library::default());
        let ours = functions(&library());
        let gone: Vec<&str> = whole.difference(&ours).map(String::as_str).collect();
        // `plugin.transition` goes with `plugin`.
        let withheld = ["artifact", "bibliography", "eval", "plugin", "transition"];
        assert_eq!(gone, withheld);
    }
}
