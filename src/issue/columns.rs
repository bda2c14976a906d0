//! Under which label the figures of a course stand: the mark and the credits under their own, no
//! other text under the mark's, no area but the course's under that of a-g, and no mark of what the
//! record has no course of.
//!
//! Labels are known by the report's strings, in capitals or not; what stands under none of them, or
//! where a table has none, is not looked at here. Next: `surplus.rs`.

use std::collections::{BTreeMap, BTreeSet};

use super::headings::{headings, headings_in};
use super::labels::{LABELS_APART_MAX, in_line, label_over};
use super::legend::Legend;
use super::placing::Shown;
use super::rows::Course;
use super::shown::{APART_MAX, Page, bare, folded};
use super::surplus::Rows;
use super::whole::Gap;
use crate::template::Wording;
use crate::transcript::Transcript;

const OTHER_COLUMN: &str = "each figure stands below its own label, `strings.mark`, \
                            `strings.attempted` or `strings.earned`, and nothing else with it; \
                            without labels, credits attempted stand before credits earned";

const OTHER_AREA: &str = "below the label of the a-g areas, `strings.ag`, stands the area that the \
                          record has for the course, or none";

const NO_COURSE: &str = "an official page shows the courses of the record and no others: below the \
                         label `strings.mark` stand their marks";

/// What a column of courses is labelled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Mark,
    Attempted,
    Earned,
    Area,
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
            (Label::Area, "ag"),
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
        let texts: Vec<usize> = self.0.iter().map(|(_, text)| *text).collect();
        let found = label_over(page, &texts, at)?;
        let has_own = |(label, text): &(Label, usize)| *label == own && in_line(page, found, *text);
        let is_found = |(_, text): &&(Label, usize)| *text == found;
        self.0
            .iter()
            .find(is_found)
            .filter(|_| self.0.iter().any(has_own))
            .copied()
    }

    /// The label of marks above a text.
    fn of_mark(&self, page: &Page, at: usize) -> Option<usize> {
        match self.over(page, at, Label::Mark) {
            Some((Label::Mark, label)) => Some(label),
            _ => None,
        }
    }
}

/// An area below the label of areas that the record does not have for this course.
fn other_area(course: &Course<'_>, shown: &Shown, page: &Page, labels: &Labels) -> Option<Gap> {
    let own = course.area.map(|area| area.to_string());
    let is_other = |at: &&usize| {
        let is_area = matches!(page.folded(**at), "a" | "b" | "c" | "d" | "e" | "f" | "g");
        let is_mark = course.mark.is_some() && shown.figures.first() == Some(*at);
        is_area
            && !is_mark
            && own.as_deref() != Some(page.folded(**at))
            && labels.over(page, **at, Label::Area).map(|it| it.0) == Some(Label::Area)
    };
    let other = page.part(*shown.texts.iter().find(is_other)?);
    let what = format!(
        "`{other}` as the a-g area of the course `{}`, which the record does not say of it",
        course.title
    );
    Some(Gap::surplus("record", &what, OTHER_AREA))
}

/// Marks below the label of the courses' marks, in lines that say no course of the record.
pub(super) fn of_no_course(
    transcript: &Transcript,
    courses: &[Course<'_>],
    legend: &Legend,
    labels: &[Labels],
    pages: &[Page],
    rows: &Rows,
) -> Vec<Gap> {
    let headings = headings(transcript);
    let marks: BTreeSet<String> = courses.iter().filter_map(|it| it.mark.map(bare)).collect();
    let mut found = Vec::new();
    for (number, (page, labels)) in pages.iter().zip(labels).enumerate() {
        let here = |it: &&Shown| it.page == number;
        let shown = rows.shown.iter().flatten();
        let tables = tables(page, labels, shown.clone().filter(here));
        let titles: BTreeSet<usize> = shown
            .chain(&rows.others)
            .filter(here)
            .map(|it| it.at)
            .collect();
        for at in (0..page.len()).filter(|at| marks.contains(page.part(*at))) {
            let table = labels.of_mark(page, at).and_then(|it| tables.get(&it));
            let Some((left, last)) = table.filter(|_| !legend.has(page, at)) else {
                continue;
            };
            let begins = |it: &usize| (page.left(*it) - left).abs() <= LABELS_APART_MAX;
            let title = page.beside(at).into_iter().find(begins);
            let is_of_record = |title: usize| {
                titles.contains(&title) || !headings_in(page.folded(title), &headings).is_empty()
            };
            if let Some(title) = title.filter(|it| *it != at && !is_of_record(*it))
                && page.baseline(at) <= last + APART_MAX
            {
                let (mark, title) = (page.part(at), page.reading(title));
                let what = format!("`{mark}` beside `{title}`, which is no course of the record");
                found.push(Gap::surplus("record", &what, NO_COURSE));
            }
        }
    }
    found
}

/// Of each label of marks where the titles of its courses begin, and the line of the last of them.
fn tables<'a>(
    page: &Page,
    labels: &Labels,
    courses: impl Iterator<Item = &'a Shown>,
) -> BTreeMap<usize, (i32, i32)> {
    let mut tables = BTreeMap::new();
    for shown in courses {
        let mark = shown.figures.first();
        if let Some(label) = mark.and_then(|mark| labels.of_mark(page, *mark)) {
            let (left, down) = (page.left(shown.at), page.baseline(shown.at));
            let (_, last) = tables.entry(label).or_insert((left, down));
            *last = down.max(*last);
        }
    }
    tables
}

/// Whether the mark and the credits of a course stand below their own labels, and no other text
/// below the mark's, nor another area below that of areas.
pub(super) fn in_column(
    course: &Course<'_>,
    shown: &Shown,
    page: &Page,
    labels: &Labels,
) -> Option<Gap> {
    if let Some(other) = other_area(course, shown, page, labels) {
        return Some(other);
    }
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
    let under = |at: &usize| labels.of_mark(page, *at);
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
