//! Report folders: what they hold, whether they are well formed, and their composition to Typst.
//!
//! A report is a folder (`report.toml`, `layout.typ.j2`, Typst libraries, strings for each
//! language, samples). [`Report`] loads one, the shipped ones from the program itself, a school's
//! own from disk; [`Report::compose`] turns it, once for each language, into the [`Composed`] Typst
//! files that lay out any number of documents.
//!
//! Never: a student's data (samples are texts of invented people), the store, another room's types,
//! a rule. A report's `policy.toml` is handed over as text; a folder that builds on another may not
//! hold one, because rules belong to the district.
//!
//! Look next at `folder` (bytes and bounds), `manifest` (`report.toml`), `report` (loading),
//! `compose` (minijinja), `literal` (why no setting can become source), `lint` (what a page may not
//! do), `overrides` (what a folder may replace), `notices` (the program's own sentences),
//! `versions` (which models there are), `scaffold` (a school's new folder).

mod colour;
mod compose;
mod folder;
mod identity;
mod lint;
mod literal;
mod manifest;
mod notices;
mod overrides;
mod owners;
mod places;
mod problem;
mod report;
mod scaffold;
mod strings;
mod versions;

pub(crate) use colour::{CONTRAST_THOUSANDTHS_MIN, contrast};
pub use compose::Composed;
pub use folder::{Folder, shipped_files, shipped_rules, shipped_with};
pub use manifest::{Setting, SettingKind, SettingValue};
pub use notices::{Notices, notices};
pub use owners::Owners;
pub use problem::{Cause, Problem, TemplateError};
pub use report::Report;
pub use scaffold::scaffold;
pub use strings::Wording;
pub use versions::model_changes;

/// All files of one folder together.
pub const TEMPLATE_BYTES_MAX: usize = 4 << 20;
/// Files in one folder, samples included.
pub const TEMPLATE_FILES_MAX: usize = 200;
/// One minijinja source.
pub const SOURCE_BYTES_MAX: usize = 64 << 10;
/// What one layout may become.
pub const COMPOSED_BYTES_MAX: usize = 512 << 10;
/// Instructions of minijinja that one composition may take (the shipped layout takes some hundred).
pub const COMPOSE_FUEL_MAX: u64 = 10_000;
/// One setting's value.
pub const SETTING_CHARACTERS_MAX: usize = 2_000;
