//! Under which label the figures of a course stand: the mark and the credits under their own, and
//! no other text under the mark's.
//!
//! Labels are known by the report's strings, in capitals or not; what stands under none of them, or
//! where a table has none, is not looked at here. Next: `surplus.rs`.

use super::placing::Shown;
use super::rows::Course;
use super::shown::{Page, folded};
use super::whole::Gap;
use crate::template::Wording;

const OTHER_COLUMN: &str = "each figure stands below its own label, `strings.mark`, \
                            `strings.attempted` or `strings.earned`, and nothing else with it; \
                            without labels, credits attempted stand before credits earned";

/// How far apart the labels of one table may stand, in hundredths of a point.
const LABELS_APART_MAX: i32 = 100;

/// What a column of courses is labelled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Mark,
    Attempted,
    Earned,
    Other,
}

/// The labels of courses on a page, with the text of each.
pub(super) struct Labels(Vec<(Label, usize)>);

impl Labels {
    pub fn on(page: &Page, wording: &Wording) -> Self {
        let keys = [
            (Label::Mark, "mark"),
            (Label::Attempted, "attempted"),
            (Label::Earned, "earned"),
            (Label::Other, "ag"),
            (Label::Other, "honors"),
            (Label::Other, "repeat_label"),
        ];
        let texts = keys.map(|(label, key)| (label, wording.text(key).map(folded)));
        let of = |text: &str| {
            let mut texts = texts.iter();
            texts.find(|(_, own)| own.as_deref().is_some_and(|own| own == text))
        };
        let labels = (0..page.len()).filter_map(|at| Some((of(page.folded(at))?.0, at)));
        Self(labels.collect())
    }

    /// The label above a text, and where it stands: the nearest over it, and of one table's the one
    /// that stands over most of it; none where its table has no label of this kind.
    pub fn over(&self, page: &Page, at: usize, own: Label) -> Option<(Label, usize)> {
        let shared = |label: usize| {
            page.right(at).min(page.right(label)) - page.left(at).max(page.left(label))
        };
        let over = |&&(_, label): &&(Label, usize)| {
            page.baseline(label) < page.baseline(at) && shared(label) > 0
        };
        let (_, nearest) = self
            .0
            .iter()
            .filter(over)
            .max_by_key(|(_, label)| page.baseline(*label))?;
        let line = page.baseline(*nearest);
        let in_table = |label: usize| (page.baseline(label) - line).abs() <= LABELS_APART_MAX;
        let has_own = self
            .0
            .iter()
            .any(|(label, text)| *label == own && in_table(*text));
        let of_table = self.0.iter().filter(over).filter(|it| in_table(it.1));
        let found = of_table.max_by_key(|(_, label)| shared(*label));
        found.filter(|_| has_own).copied()
    }
}

/// Whether the mark and the credits of a course stand below their own labels, and no other text
/// below the mark's.
pub(super) fn in_column(
    course: &Course<'_>,
    shown: &Shown,
    page: &Page,
    labels: &Labels,
) -> Option<Gap> {
    let ([mark, earned, attempted, ..], Some(said)) = (&*shown.figures, course.mark) else {
        return None;
    };
    let title = course.title;
    let refuse = |what: String| Some(Gap::surplus("record", &what, OTHER_COLUMN));
    // Where the mark stands twice, one of them is the row's.
    let marks = || {
        shown
            .texts
            .iter()
            .filter(|at| page.part(**at) == page.part(*mark))
    };
    let under = |at: &usize| match labels.over(page, *at, Label::Mark) {
        Some((Label::Mark, label)) => Some(label),
        _ => None,
    };
    let label = marks().find_map(under);
    let has_other = marks().all(|at| labels.over(page, *at, Label::Mark).is_some());
    let mut others = shown
        .texts
        .iter()
        .filter(|at| page.part(**at) != page.part(*mark));
    let other = others.find(|at| match (label, under(at)) {
        (Some(label), Some(over)) => over == label,
        (None, over) => over.is_some(),
        (Some(_), None) => false,
    });
    match (label, other) {
        (Some(_), Some(other)) => {
            let other = page.part(*other);
            return refuse(format!(
                "`{other}` below the label of the mark of the course `{title}`, which is `{said}`"
            ));
        }
        (None, Some(_)) => {
            return refuse(format!(
                "the mark `{said}` of the course `{title}` beside its label, and another text \
                 below it"
            ));
        }
        (None, None) if has_other => {
            return refuse(format!(
                "the mark `{said}` of the course `{title}` below another label"
            ));
        }
        _ => {}
    }
    if course.attempted == course.credit || in_order(*attempted, *earned, page, labels) {
        return None;
    }
    let (attempted, earned) = (course.attempted, course.credit);
    refuse(format!(
        "the credits of the course `{title}`, {attempted} attempted and {earned} earned, below \
         another label or in another order"
    ))
}

/// Whether credits stand below their labels; without any, those attempted first.
fn in_order(attempted: usize, earned: usize, page: &Page, labels: &Labels) -> bool {
    let over = |at: usize, own: Label| labels.over(page, at, own).map(|it| it.0);
    let place = |at: usize| (page.baseline(at), page.left(at));
    match (
        over(attempted, Label::Attempted),
        over(earned, Label::Earned),
    ) {
        (None, None) => place(attempted) < place(earned),
        (attempted, earned) => {
            attempted.is_none_or(|it| it == Label::Attempted)
                && earned.is_none_or(|it| it == Label::Earned)
        }
    }
}
