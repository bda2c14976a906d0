//! The models that reports are made for: the version that this program makes, and what each version
//! changed, so that a report of an older one can be told what to mend.
//!
//! A new version of a model gets its entry here; `tests/template_report.rs` holds the newest one
//! against the model itself.

use super::problem::Cause;

/// One model, with every version that it ever had.
struct Model {
    name: &'static str,
    /// What each version changed for a report, oldest first; the first version is number 1.
    versions: &'static [&'static [&'static str]],
}

const MODELS: [Model; 2] = [
    Model {
        name: "registrar-transcript",
        versions: &[
            &["the first version"],
            &[
                "terms[].courses[].repeat is new: how a course stands among several attempts, or \
                 none",
                "terms[].courses[].repeat has six values: those of PESC and Ed-Fi",
                "awards[] holds only the awards that the policy prints",
                "averages[].scale is the highest value with the bonus in it (5.00), not without \
                 (4.00)",
                "document.edition has a third value, flat: the unsigned twin of an official \
                 document",
            ],
            &[
                "ahead[].school_year and ahead[].grade_level are new: when a course without a \
                 mark is taken",
                "ahead[].school and ahead[].taken_at are new: where it is taken, as with a posted \
                 one",
                "terms[].courses[].year_course and ahead[].year_course are new: the year's course \
                 of which a line is one term, or none",
                "awards[].language is new: the language of a seal of biliteracy in the record's \
                 word; awards[].label is without it, and the strings name it (language_name)",
                "document.sent_to is new: the school to which it was sent for a transfer, or none",
            ],
        ],
    },
    Model {
        name: "registrar-compliance",
        versions: &[&["the first version"]],
    },
];

/// What each version of a model changed, by the version as a manifest names it, oldest first.
pub fn model_changes() -> Vec<(String, &'static [&'static str])> {
    let versions = MODELS.iter().flat_map(|model| {
        let numbered = (1..).zip(model.versions);
        numbered.map(|(number, changes): (usize, _)| (format!("{}/{number}", model.name), *changes))
    });
    versions.collect()
}

/// Why a report that names this model cannot be used, if it cannot.
pub(super) fn unusable(asked: &str) -> Option<Cause> {
    let split = asked.rsplit_once('/');
    let known = split.and_then(|(name, number)| {
        let model = MODELS.iter().find(|model| model.name == name)?;
        let version: usize = number.parse().ok()?;
        // Only as it is written: `+3` and `03` read as numbers too.
        (version > 0 && version.to_string() == number).then_some((model, version))
    });
    let Some((model, version)) = known else {
        let current = MODELS.iter().map(current);
        return Some(Cause::UnknownWord {
            word: asked.to_owned(),
            allowed: current.collect::<Vec<_>>().join(", "),
        });
    };
    let made = current(model);
    match model.versions.get(version..) {
        Some([]) => None,
        Some(later) => Some(Cause::OlderModel {
            asked: asked.to_owned(),
            made,
            changes: later.iter().flat_map(|changes| *changes).copied().collect(),
        }),
        None => Some(Cause::NewerModel {
            asked: asked.to_owned(),
            made,
        }),
    }
}

/// The version of a model that this program makes.
fn current(model: &Model) -> String {
    format!("{}/{}", model.name, model.versions.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_says_what_it_changed() {
        for (version, changes) in model_changes() {
            assert!(!changes.is_empty(), "{version}");
            assert!(changes.iter().all(|change| !change.is_empty()), "{version}");
        }
    }

    #[test]
    fn an_older_model_is_refused_with_what_changed_and_a_newer_or_unknown_one_by_name() {
        assert_eq!(unusable("registrar-transcript/3"), None);
        let Some(Cause::OlderModel { changes, .. }) = unusable("registrar-transcript/1") else {
            panic!("older")
        };
        assert!(changes.iter().any(|change| change.contains("repeat")));
        let Some(Cause::OlderModel { changes, .. }) = unusable("registrar-transcript/2") else {
            panic!("older")
        };
        assert_eq!(
            changes.len(),
            5,
            "what came since, and no more: {changes:?}"
        );
        let newer = unusable("registrar-transcript/4");
        assert!(matches!(newer, Some(Cause::NewerModel { .. })));
        for odd in [
            "registrar-transcript",
            "registrar-transcript/0",
            "m/1",
            "registrar-transcript/x",
            "registrar-transcript/+3",
            "registrar-transcript/03",
            "registrar-transcript/ 3",
            "registrar-transcript/3 ",
            "registrar-transcript/",
        ] {
            assert!(
                matches!(unusable(odd), Some(Cause::UnknownWord { .. })),
                "{odd}"
            );
        }
    }
}
