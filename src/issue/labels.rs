//! Which label a figure stands under: the nearest above it, and of one table's labels the one that
//! stands over most of it.
//!
//! Owns where labels and figures must stand for that. What a label is, `columns` (courses) and
//! `sums` (totals and requirements) know.

use super::shown::Page;

/// How far apart what stands in one line or one column may stand, in hundredths of a point.
pub(super) const LABELS_APART_MAX: i32 = 100;

/// Whether two texts stand in one line, as the labels of one table do.
pub(super) fn in_line(page: &Page, one: usize, other: usize) -> bool {
    (page.baseline(one) - page.baseline(other)).abs() <= LABELS_APART_MAX
}

/// The one of these labels that a text stands under.
pub(super) fn label_over(page: &Page, labels: &[usize], at: usize) -> Option<usize> {
    let shared =
        |label: usize| page.right(at).min(page.right(label)) - page.left(at).max(page.left(label));
    let is_over = |label: &usize| page.baseline(*label) < page.baseline(at) && shared(*label) > 0;
    let over = || labels.iter().copied().filter(is_over);
    let nearest = over().max_by_key(|label| page.baseline(*label))?;
    over()
        .filter(|label| in_line(page, nearest, *label))
        .max_by_key(|label| shared(*label))
}
