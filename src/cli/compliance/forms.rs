//! The form by which an outcome's files are reviewed, found in one way by all who ask for it.
//!
//! A decree names a form; it stands in `forms` beside the decree's file, or comes along. So a
//! district writes its own by putting it there. Never: what a form asks (`compliance::sample`).

use std::path::{Path, PathBuf};

use super::read;
use crate::compliance::sample::ReviewForm;
use crate::template;

/// The folder of forms: beside a decree's file, and of those that come along.
const FOLDER: &str = "forms";
/// Bytes of one review form.
const FORM_BYTES_MAX: usize = 256 * 1024;

/// A form as it stands in its file.
pub(super) struct FormFile {
    /// How the file is called in a message.
    pub file: String,
    /// What it says.
    pub text: String,
}

impl FormFile {
    /// The form of this name for a decree, which is named as on the command line; none where it
    /// stands nowhere.
    ///
    /// # Errors
    /// The file beside the decree cannot be read.
    pub fn of_decree(decree: &str, name: &str) -> anyhow::Result<Option<Self>> {
        if let Some(path) = beside(decree, name).filter(|path| path.exists()) {
            return Self::at(&path).map(Some);
        }
        let file = format!("{name}.toml");
        let shipped = template::shipped_rules(FOLDER, &file);
        Ok(shipped.map(|text| Self {
            file: format!("{FOLDER}/{file}"),
            text: text.to_owned(),
        }))
    }

    /// The form in a file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn at(path: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            file: path.display().to_string(),
            text: read(path, FORM_BYTES_MAX)?,
        })
    }

    /// What it asks, or everything that is wrong with it.
    pub fn form(&self) -> Result<ReviewForm, Vec<String>> {
        ReviewForm::read(&self.file, &self.text)
    }
}

/// Where a form of a decree is looked for, for a hint.
pub(super) fn places(decree: &str, name: &str) -> String {
    let files = template::shipped_files(FOLDER).into_iter();
    let shipped: Vec<String> = files
        .map(|(file, _)| file.trim_end_matches(".toml").to_owned())
        .collect();
    let own = beside(decree, name).map(|path| format!("write `{}`, or ", path.display()));
    format!(
        "{}name one that comes along: {}",
        own.unwrap_or_default(),
        shipped.join(", ")
    )
}

/// The place of a form beside a decree that is a file or its folder.
fn beside(decree: &str, name: &str) -> Option<PathBuf> {
    if !decree.contains(std::path::is_separator) {
        return None;
    }
    let path = Path::new(decree);
    let folder = if path.is_dir() { path } else { path.parent()? };
    Some(folder.join(FOLDER).join(format!("{name}.toml")))
}
