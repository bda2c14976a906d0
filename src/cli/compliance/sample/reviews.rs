//! A drawn case's review as a file that a person fills in: the form's questions, each with what to
//! look at.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use jiff::civil::Date;
use serde::Deserialize;

use super::new_file;
use crate::compliance::sample::{Answer, CaseReview, Draw, Question, ReviewForm};
use crate::host;

/// The folder of the forms in a draw's folder.
pub(super) const FOLDER: &str = "reviews";
/// A filled-in form is read up to here.
const REVIEW_BYTES_MAX: u64 = 64 * 1024;
/// Forms in one folder.
const REVIEWS_MAX: usize = 100_000;

/// Writes a form for each case, in the order of the draw.
pub(super) fn write_blank(out: &Path, form: &ReviewForm, draw: &Draw) -> anyhow::Result<()> {
    let folder = out.join(FOLDER);
    let made = host::private_folder().create(&folder);
    made.with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    for (place, case) in draw.cases.iter().enumerate() {
        let file = folder.join(format!("{:05}.toml", place + 1));
        new_file(&file, blank(form, &case.case).as_bytes())?;
    }
    Ok(())
}

/// The form for a case, without answers.
fn blank(form: &ReviewForm, case: &str) -> String {
    let mut text = format!("# {}, version {}\n", form.title, form.version);
    if !form.confirmed {
        text += "# Its wording is not confirmed by the source that it names.\n";
    }
    let case = toml::Value::String(case.to_owned());
    text += &format!(
        "\ncase = {case}\n# Who reviews the case, and when (2026-06-30).\nreviewer = \"\"\n\
         reviewed_on = \"\"\n\n[answers]\n"
    );
    for question in &form.questions {
        text += &format!(
            "# {}\n# Look at: {}\n# {}\n{} = \"\"\n\n",
            question.text,
            question.look_at,
            allowed(question),
            question.name
        );
    }
    text
}

/// The answers that a question takes.
fn allowed(question: &Question) -> &'static str {
    if question.may_not_apply {
        "yes, no or not_applicable"
    } else {
        "yes or no"
    }
}

/// A form as a person left it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    case: String,
    #[serde(default)]
    reviewer: String,
    #[serde(default)]
    reviewed_on: String,
    answers: BTreeMap<String, String>,
}

/// The reviews of a folder, in the order of the files' names; or everything that is wrong with
/// them, file by file.
pub(super) fn read(folder: &Path) -> anyhow::Result<Vec<CaseReview>> {
    let shown = folder.display();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read `{shown}`"))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "toml") {
            anyhow::ensure!(
                files.len() < REVIEWS_MAX,
                "`{shown}` has more than {REVIEWS_MAX} forms"
            );
            files.push(path);
        }
    }
    files.sort();
    let (mut reviews, mut wrong) = (Vec::new(), Vec::new());
    for file in &files {
        match review(file) {
            Ok(review) => reviews.push(review),
            Err(faults) => {
                let name = file.file_name().unwrap_or_default().display().to_string();
                wrong.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
            }
        }
    }
    anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(reviews)
}

fn review(file: &Path) -> Result<CaseReview, Vec<String>> {
    let bytes = host::read_file(file, REVIEW_BYTES_MAX).map_err(|error| vec![error.to_string()])?;
    let text = String::from_utf8(bytes).map_err(|_| vec!["it is no text".to_owned()])?;
    let filled: Filled = toml::from_str(&text).map_err(|error| {
        let lines = error
            .span()
            .map(|span| text[..span.start].lines().count().max(1));
        let line = lines.map_or(String::new(), |line| format!("line {line}: "));
        vec![format!("{line}{}", error.message())]
    })?;
    let mut faults = Vec::new();
    if filled.reviewer.trim().is_empty() {
        faults.push("`reviewer` is empty; hint: who looked at the case".to_owned());
    }
    let reviewed_on: Option<Date> = filled.reviewed_on.parse().ok();
    if reviewed_on.is_none() {
        faults.push("`reviewed_on` is no date; hint: such as 2026-06-30".to_owned());
    }
    let mut answers = BTreeMap::new();
    for (question, answer) in filled.answers {
        let answer = match &*answer {
            "yes" => Answer::Yes,
            "no" => Answer::No,
            "not_applicable" => Answer::NotApplicable,
            "" => {
                faults.push(format!("`{question}` is not answered"));
                continue;
            }
            _ => {
                faults.push(format!(
                    "`{question}` has an answer that does not read; hint: yes, no or \
                     not_applicable"
                ));
                continue;
            }
        };
        answers.insert(question, answer);
    }
    match reviewed_on.filter(|_| faults.is_empty()) {
        Some(reviewed_on) => Ok(CaseReview {
            case: filled.case,
            reviewer: filled.reviewer,
            reviewed_on,
            answers,
        }),
        None => Err(faults),
    }
}
