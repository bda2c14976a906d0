//! The grading scale on a page: which texts say what a mark means, and are nobody's marks.
//!
//! Next: `surplus.rs` and `headings.rs`, which look for marks and figures that are none of the
//! record's.

use super::decimal::value;
use super::shown::{Page, bare};
use crate::transcript::Transcript;

/// Of each step its mark, its meaning and its points.
pub(super) struct Legend(Vec<Step>);

struct Step {
    mark: String,
    meaning: String,
    /// As any way of writing them.
    points: Option<String>,
}

impl Legend {
    pub fn of(transcript: &Transcript) -> Self {
        let steps = transcript.grading_scale.iter().map(|step| Step {
            mark: bare(&step.mark),
            meaning: bare(&step.meaning),
            points: step.points.as_deref().map(|it| value(&bare(it))),
        });
        Self(steps.collect())
    }

    /// Whether a text is a mark, its meaning or its points, beside another of these, where the page
    /// says so of this mark once.
    pub fn has(&self, page: &Page, at: usize) -> bool {
        let mut steps = self.0.iter().filter(|step| step.says(page.part(at)));
        steps.any(|step| {
            let is_said = |at: &usize| page.part(*at) == step.mark && step.is_line(page, *at);
            step.is_line(page, at) && (0..page.len()).filter(is_said).count() == 1
        })
    }

    /// Whether the points of a step follow its mark or its meaning: `A Excellent (4.00)`.
    pub fn says_after(&self, before: &str, points: &str) -> bool {
        let before = before.trim_end_matches(|it: char| !it.is_alphanumeric());
        let points = Some(value(points));
        let mut steps = self.0.iter().filter(|step| step.points == points);
        steps.any(|step| {
            [&step.mark, &step.meaning].into_iter().any(|said| {
                let head = before.strip_suffix(&**said);
                head.is_some_and(|head| !head.ends_with(char::is_alphanumeric))
            })
        })
    }
}

impl Step {
    fn says(&self, text: &str) -> bool {
        self.mark == text || self.meaning == text || self.points == Some(value(text))
    }

    /// Whether beside a text that says one thing of this step stands another.
    fn is_line(&self, page: &Page, at: usize) -> bool {
        let beside = page.beside(at);
        let place = beside.iter().position(|it| *it == at).unwrap_or_default();
        let before = place.checked_sub(1).map(|it| beside[it]);
        let near = [before, beside.get(place + 1).copied()];
        let mut near = near.into_iter().flatten().map(|it| page.part(it));
        near.any(|other| other != page.part(at) && self.says(other))
    }
}
