//! Every text of a model is tested against the fonts before a page is made: a missing glyph is an
//! error that names its field, never a box on a transcript. What all documents of a run share is
//! tested once, before the first.

use serde_json::Value;

pub use crate::render::fonts::Coverage;
use crate::transcript::each_text;

/// Texts of a model named at most, so that a hostile record cannot fill a terminal.
const TEXTS_NAMED_MAX: usize = 20;

/// Why this text, which stands at `place`, cannot be printed: its first such code point and the
/// reason. A line break is one: a text of several lines is tested line by line.
pub fn unprintable_text(place: &str, text: &str, coverage: &Coverage) -> Option<String> {
    let problem = coverage.first_unprintable(text)?;
    Some(format!(
        "{place} holds U+{:04X}, which cannot be printed: {}",
        u32::from(problem.character),
        problem.reason
    ))
}

/// Who can correct a field of the model, and where.
fn hint(path: &str) -> &'static str {
    let field = path.rsplit('.').next().unwrap_or_default();
    let part = path.split(['.', '[']).next().unwrap_or_default();
    match (part, field) {
        ("student", "name") => "give the person a printed name in a script of the fonts",
        ("student", _) => "correct it in the student's own data",
        ("terms" | "ahead", "title" | "year_course") => "correct the course's title",
        ("terms", "mark") => "correct the posted mark",
        ("terms" | "ahead", "taken_at" | "school") => "correct the school's name",
        ("terms", "name") | ("ahead", "term") => "correct the term's name",
        ("school" | "district", _) => "correct the data of the school or the district",
        ("averages" | "requirements" | "grading_scale" | "honors_legend", _) => {
            "correct the label in policy.toml"
        }
        ("document", "sent_to") => "give the school's name in a script of the fonts",
        ("awards", _) => "correct the award's label in policy.toml, or its detail in the record",
        ("certification", _) => {
            "correct `certified_by` or `certified_by_title` under [transcript] in registrar.toml"
        }
        _ => "correct the text",
    }
}

/// The fields of a model that cannot be printed, each with the code point and the reason.
pub fn unprintable(model: &Value, coverage: &Coverage) -> Vec<String> {
    let mut found = Vec::new();
    each_text(model, &mut |path, text| {
        if found.len() == TEXTS_NAMED_MAX {
            return;
        }
        if let Some(problem) = unprintable_text(path, text, coverage) {
            found.push(format!("{problem}\nhint: {}", hint(path)));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_is_named_with_its_code_point_and_with_who_can_correct_it() {
        let model = serde_json::json!({
            "student": { "name": "李", "address": "fine" },
            "terms": [{ "courses": [{ "title": "Ceramics 一" }] }],
            "certification": { "name": "ok", "title": "長" },
        });
        let mut found = unprintable(&model, &Coverage::shipped());
        found.sort();
        let expected = [
            ("certification.title holds U+9577", "registrar.toml"),
            (
                "student.name holds U+674E",
                "give the person a printed name",
            ),
            (
                "terms[0].courses[0].title holds U+4E00",
                "the course's title",
            ),
        ];
        assert_eq!(found.len(), expected.len());
        for (said, (problem, hint)) in found.iter().zip(expected) {
            assert!(said.starts_with(problem), "{said}");
            assert!(said.contains(hint), "{said}");
        }
    }
}
