//! Whether the sums of a line stand each by its own label: those of a term or a year, attempted and
//! earned, and those of a requirement or the graduation plan.
//!
//! Labels are known by the report's strings, in capitals or not, above a figure or right before
//! it. A figure that stands by none of them is not held to one; where no page has such labels, the
//! order of the model is the only one that a reader can know. Next: `columns.rs` for a course's
//! own line.

use super::headings::is_credit;
use super::labels::{in_line, label_over};
use super::shown::{Page, folded};
use crate::template::Wording;

/// The labels of one kind of line, and where they stand.
pub(super) struct Sums {
    /// Of each page: which label, in the order of the figures, and its text.
    labels: Vec<Vec<(usize, usize)>>,
}

impl Sums {
    /// Of a term or a year: credits attempted and earned.
    pub fn of_terms(wording: &Wording, pages: &[Page]) -> Self {
        Self::on(&["attempted", "earned"], wording, pages)
    }

    /// Of a requirement or the plan, in the order of `rows::figures_of`.
    pub fn of_plan(wording: &Wording, pages: &[Page]) -> Self {
        let keys = ["required", "earned", "in_progress_column", "needed"];
        Self::on(&keys, wording, pages)
    }

    fn on(keys: &[&str], wording: &Wording, pages: &[Page]) -> Self {
        let texts = keys.iter().map(|key| wording.text(key).map(folded));
        let texts: Vec<Option<String>> = texts.collect();
        let on_page = |page: &Page| {
            let label = |at: usize| {
                let text = page.folded(at).trim_end_matches(':');
                let of = texts.iter().position(|own| own.as_deref() == Some(text));
                of.map(|of| (of, at))
            };
            let labels: Vec<(usize, usize)> = (0..page.len()).filter_map(label).collect();
            // One of them alone may be of another table.
            let is_beside_another = |(of, at): &(usize, usize)| {
                let mut labels = labels.iter();
                labels.any(|(other, text)| of != other && in_line(page, *at, *text))
            };
            labels
                .iter()
                .copied()
                .filter(is_beside_another)
                .collect::<Vec<_>>()
        };
        Self {
            labels: pages.iter().map(on_page).collect(),
        }
    }

    /// Whether these texts of a page, which say these figures, say each by its label.
    pub fn fit(&self, number: usize, page: &Page, texts: &[usize], figures: &[String]) -> bool {
        let by_label = |at: &usize| Some((self.label_of(number, page, *at)?, *at));
        let labelled: Vec<(usize, usize)> = texts
            .iter()
            .filter(|at| is_credit(page.part(**at)))
            .filter_map(by_label)
            .collect();
        if !labelled.is_empty() {
            return labelled
                .iter()
                .all(|(of, at)| page.part(*at) == figures[*of]);
        }
        let is_labelled = self.labels.iter().any(|labels| !labels.is_empty());
        let mut line = texts.to_vec();
        line.sort_by_key(|at| page.left(*at));
        is_labelled || line.iter().map(|at| page.part(*at)).eq(figures)
    }

    /// The label right before a text in its line, or the nearest above it, and of one line's labels
    /// the one that stands over most of it.
    fn label_of(&self, number: usize, page: &Page, at: usize) -> Option<usize> {
        let labels = &self.labels[number];
        let line = page.beside(at);
        let before = line.iter().take_while(|it| **it != at).last();
        let inline = labels.iter().find(|(_, label)| Some(label) == before);
        if let Some((of, _)) = inline {
            return Some(*of);
        }
        let texts: Vec<usize> = labels.iter().map(|(_, text)| *text).collect();
        let found = label_over(page, &texts, at)?;
        let label = labels.iter().find(|(_, text)| *text == found);
        label.map(|(of, _)| *of)
    }
}
