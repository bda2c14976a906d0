//! A report folder's bytes: read whole, within bounds, without following a link.
//!
//! Nothing here understands a file; `report` does.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::manifest::PICTURES;
use super::problem::{Cause, Problem, TemplateError};
use super::{TEMPLATE_BYTES_MAX, TEMPLATE_FILES_MAX};

/// The reports that ship with the program.
static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/report-templates");

/// The one folder inside a report folder.
const SAMPLES: &str = "samples";

/// A report folder as it lies on disk or in the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The folder's name, which is the report's name: `transcript`.
    pub name: String,
    /// Each file's path inside the folder (`report.toml`, `samples/senior.toml`) and its bytes.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Whether a shipped folder lays out a report: one that holds rules alone does not.
fn is_report(dir: &&Dir<'static>) -> bool {
    dir.contains(dir.path().join(super::manifest::FILE))
}

/// A file of rules that ships in a folder of this name, whether or not that lays out a report.
pub fn shipped_rules(name: &str, file: &str) -> Option<&'static str> {
    let file = SHIPPED.get_dir(name)?.get_file(format!("{name}/{file}"))?;
    file.contents_utf8()
}

/// The files that ship in a folder (`forms`, `chanda-smith/sql`), by their own names.
pub fn shipped_files(folder: &str) -> Vec<(String, &'static [u8])> {
    let files = SHIPPED.get_dir(folder).into_iter().flat_map(Dir::files);
    let named = files.filter_map(|file| {
        let name = file.path().file_name()?.to_str()?;
        Some((name.to_owned(), file.contents()))
    });
    named.collect()
}

/// The names of the shipped folders that hold a file of this name.
pub fn shipped_with(file: &str) -> Vec<String> {
    let has_it = |dir: &&Dir<'static>| dir.contains(dir.path().join(file));
    let name = |dir: &Dir<'_>| dir.path().display().to_string();
    SHIPPED.dirs().filter(has_it).map(name).collect()
}

impl Folder {
    /// The names of the shipped reports.
    pub fn shipped_names() -> Vec<String> {
        let name = |dir: &Dir<'_>| dir.path().display().to_string();
        SHIPPED.dirs().filter(is_report).map(name).collect()
    }

    /// A shipped report's folder.
    pub fn shipped(name: &str) -> Option<Self> {
        let dir = SHIPPED.get_dir(name).filter(is_report)?;
        let samples = dir.dirs().flat_map(Dir::files);
        let files = dir.files().chain(samples).map(|file| {
            let path = file.path().strip_prefix(name).unwrap_or(file.path());
            (path.display().to_string(), file.contents().to_vec())
        });
        Some(Self {
            name: name.to_owned(),
            files: files.collect(),
        })
    }

    /// Whether this is a folder that ships, file for file.
    pub(super) fn is_shipped(&self) -> bool {
        Self::shipped(&self.name).as_ref() == Some(self)
    }

    /// Reads a folder from disk. What an editor or the system leaves there for a moment is passed
    /// over.
    ///
    /// # Errors
    /// All at once: files that cannot be read, links and further folders, names that a report does
    /// not have; more files or bytes than the bounds allow.
    pub fn read(path: &Path) -> Result<Self, TemplateError> {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if !is_plain_name(&name) {
            return Err(Problem::new(path.display().to_string(), None, Cause::OddName).into());
        }
        let mut reader = Reader::default();
        reader.read_dir(path, &name, "");
        let folder = Self {
            name,
            files: reader.files,
        };
        TemplateError::unless(reader.problems, folder)
    }

    /// The path of a file for a message.
    pub(super) fn shown(&self, file: &str) -> String {
        format!("{}/{file}", self.name)
    }
}

/// One walk over a folder.
#[derive(Default)]
struct Reader {
    files: BTreeMap<String, Vec<u8>>,
    problems: Vec<Problem>,
    bytes: usize,
    seen: usize,
}

impl Reader {
    fn read_dir(&mut self, path: &Path, report: &str, prefix: &str) {
        let entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.refuse(report, prefix, Cause::Unreadable(error.to_string())),
        };
        for entry in entries {
            self.seen += 1;
            if self.seen > TEMPLATE_FILES_MAX {
                let files_max = TEMPLATE_FILES_MAX;
                return self.refuse(report, prefix, Cause::TooManyFiles { files_max });
            }
            match entry {
                Ok(entry) => self.read_entry(&entry, report, prefix),
                Err(error) => self.refuse(report, prefix, Cause::Unreadable(error.to_string())),
            }
        }
    }

    fn read_entry(&mut self, entry: &std::fs::DirEntry, report: &str, prefix: &str) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_left_behind(&name) {
            return;
        }
        let file = format!("{prefix}{}", without_capitals(&name));
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => return self.refuse(report, &file, Cause::Unreadable(error.to_string())),
        };
        if kind.is_dir() && file == SAMPLES {
            return self.read_dir(&entry.path(), report, "samples/");
        }
        if !kind.is_file() {
            return self.refuse(report, &file, Cause::NotPlain);
        }
        if !is_report_file(&file) || self.files.contains_key(&file) {
            return self.refuse(report, &format!("{prefix}{name}"), Cause::OddName);
        }
        let rest = TEMPLATE_BYTES_MAX - self.bytes;
        match read_at_most(&entry.path(), rest) {
            Ok(Some(bytes)) => {
                self.bytes += bytes.len();
                self.files.insert(file, bytes);
            }
            Ok(None) => {
                let bytes_max = TEMPLATE_BYTES_MAX;
                self.refuse(report, "", Cause::TooLarge { bytes_max });
            }
            Err(error) => self.refuse(report, &file, Cause::Unreadable(error.to_string())),
        }
    }

    fn refuse(&mut self, report: &str, file: &str, cause: Cause) {
        self.problems
            .push(Problem::new(format!("{report}/{file}"), None, cause));
    }
}

/// The file's bytes, or none where there are more than `bytes_max`.
fn read_at_most(path: &Path, bytes_max: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    File::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() <= bytes_max).then_some(bytes))
}

/// Lower-case ASCII, digits, `-` and `_`, beginning with a letter or digit.
pub(super) fn is_plain_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= 64
        && name.bytes().next().is_some_and(plain)
        && name
            .bytes()
            .all(|byte| plain(byte) || byte == b'-' || byte == b'_')
}

/// A name under which a report knows a file: that of a picture or a profile may come in capitals,
/// as cameras and scanners write it (`LOGO.PNG`), and is read without.
pub(super) fn without_capitals(name: &str) -> String {
    let small = name.to_ascii_lowercase();
    let mut endings = PICTURES.iter().chain(&[".pdf"]);
    match endings.any(|ending| small.ends_with(ending)) {
        true => small,
        false => name.to_owned(),
    }
}

/// What editors and systems leave in a folder that somebody works in, and no report consists of:
/// hidden files (`.layout.swp`, `.#layout`, `.DS_Store`), backups (`layout~`, `#layout#`), and the
/// file by which vim tries whether it may write (`4913`).
fn is_left_behind(name: &str) -> bool {
    const ENDINGS: [&str; 5] = ["~", ".bak", ".orig", ".swp", ".tmp"];
    name.starts_with('.')
        || (name.starts_with('#') && name.ends_with('#'))
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || ["4913", "Thumbs.db", "desktop.ini"].contains(&name)
}

/// Whether a path inside the folder is one that a report may hold.
fn is_report_file(file: &str) -> bool {
    if let Some(sample) = file.strip_prefix("samples/") {
        return sample.strip_suffix(".toml").is_some_and(is_plain_name);
    }
    if let Some(strings) = file.strip_prefix("strings.") {
        return strings.strip_suffix(".toml").is_some_and(is_plain_name);
    }
    const OTHERS: [&str; 4] = [".toml", ".typ", ".typ.j2", ".pdf"];
    OTHERS
        .iter()
        .chain(&PICTURES)
        .any(|ending| file.strip_suffix(ending).is_some_and(is_plain_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn causes(path: &Path) -> Vec<(String, Cause)> {
        let error = Folder::read(path).expect_err("the folder is refused");
        let pair = |problem: Problem| (problem.file, problem.cause);
        error.problems.into_iter().map(pair).collect()
    }

    #[test]
    fn the_shipped_transcript_is_embedded_with_its_samples() {
        assert!(Folder::shipped_names().contains(&"transcript".to_owned()));
        let folder = Folder::shipped("transcript").expect("it ships");
        assert!(folder.files.contains_key("report.toml"));
        assert!(folder.files.contains_key("samples/senior.toml"));
        assert!(folder.files.keys().all(|file| is_report_file(file)));
    }

    #[test]
    fn what_an_editor_or_the_system_left_behind_is_passed_over() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let path = root.path().join("school");
        std::fs::create_dir_all(path.join(".git")).expect("created");
        std::os::unix::fs::symlink("me@host.12:1", path.join(".#kit.typ")).expect("linked");
        for name in [
            "report.toml",
            ".kit.typ.swp",
            "kit.typ~",
            "4913",
            ".DS_Store",
            "#kit.typ#",
            "a.bak",
        ] {
            std::fs::write(path.join(name), "x").expect("written");
        }
        let folder = Folder::read(&path).expect("it reads");
        assert_eq!(Vec::from_iter(folder.files.keys()), ["report.toml"]);
    }

    #[test]
    fn a_picture_may_be_named_in_capitals_and_no_two_by_one_name() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let path = root.path().join("school");
        std::fs::create_dir(&path).expect("created");
        std::fs::write(path.join("LOGO.PNG"), "x").expect("written");
        std::fs::write(path.join("Profile.PDF"), "x").expect("written");
        let folder = Folder::read(&path).expect("it reads");
        assert_eq!(
            Vec::from_iter(folder.files.keys()),
            ["logo.png", "profile.pdf"]
        );
        std::fs::write(path.join("logo.png"), "y").expect("written");
        assert_eq!(causes(&path)[0].1, Cause::OddName);
    }

    #[test]
    fn links_and_odd_names_are_refused_all_at_once() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let path = root.path().join("school");
        std::fs::create_dir(&path).expect("created");
        std::os::unix::fs::symlink("/etc/passwd", path.join("kit.typ")).expect("linked");
        for name in ["Upper.typ", "a b.typ", "run.sh", "4914"] {
            std::fs::write(path.join(name), "x").expect("written");
        }
        let causes = causes(&path);
        assert_eq!(causes.len(), 5);
        assert!(causes.contains(&("school/kit.typ".to_owned(), Cause::NotPlain)));
        assert!(causes.contains(&("school/run.sh".to_owned(), Cause::OddName)));
    }

    #[test]
    fn a_folder_has_a_bound_on_files_and_on_bytes() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let path = root.path().join("school");
        std::fs::create_dir(&path).expect("created");
        std::fs::write(path.join("big.svg"), vec![b' '; TEMPLATE_BYTES_MAX + 1]).expect("written");
        let bytes_max = TEMPLATE_BYTES_MAX;
        assert_eq!(
            causes(&path),
            [("school/".to_owned(), Cause::TooLarge { bytes_max })]
        );
        std::fs::remove_file(path.join("big.svg")).expect("removed");
        for number in 0..=TEMPLATE_FILES_MAX {
            std::fs::write(path.join(format!("{number}.typ")), "").expect("written");
        }
        let files_max = TEMPLATE_FILES_MAX;
        assert_eq!(
            causes(&path),
            [("school/".to_owned(), Cause::TooManyFiles { files_max })]
        );
    }
}
