//! What the pages say beyond the record: a second mark in a course's row, a credit figure that is
//! none of its own, a decimal figure that nothing of the record is; and, in `columns.rs` and
//! `averages.rs`, what stands under or beside another's label.
//!
//! Words are not compared, nor whole numbers: what a template says in sentences of its own is for
//! those to read who certify it.
//!
//! Never: a copy for oneself, which certifies nothing. Next: `whole.rs`, for what pages lack.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::averages;
use super::columns::{Label, Labels, in_column, of_no_course};
use super::decimal::{decimals, value};
use super::headings::{headings, is_credit};
use super::legend::Legend;
use super::placing::Shown;
use super::rows::{Course, figures_of};
use super::shown::{Page, bare, folded};
use super::whole::Gap;
use crate::exchange;
use crate::record::{Credits, GradePoints};
use crate::template::Wording;
use crate::transcript::{Transcript, each_text};

const OTHER_FIGURE: &str = "an official page shows the marks and credits of the record and no \
                            others; letters for honors and repeats stand in `strings.honors_code` \
                            and `strings.repeat_code`";

const UNKNOWN_FIGURE: &str = "an official page shows no decimal figure but those of the record, \
                              of its legends, and of the texts in report.toml and \
                              strings.<language>.toml";

/// The rows of pages, as far as courses are concerned.
#[derive(Default)]
pub(super) struct Rows {
    /// Of each course, in the order of `courses`.
    pub shown: Vec<Option<Shown>>,
    /// Those to which nothing of the record was assigned.
    pub others: Vec<Shown>,
}

/// Everything that the pages say and the record does not.
pub(super) fn surplus(
    transcript: &Transcript,
    courses: &[Course<'_>],
    wording: &Wording,
    pages: &[Page],
    rows: &Rows,
) -> Vec<Gap> {
    let mut known = Known::of(transcript, courses, wording);
    let labels: Vec<Labels> = pages.iter().map(|page| Labels::on(page, wording)).collect();
    let mut found = Vec::new();
    for (course, shown) in courses.iter().zip(&rows.shown) {
        if let Some(shown) = shown {
            let page = &pages[shown.page];
            let labels = &labels[shown.page];
            found.extend(further(course, shown, page, labels, &known));
            found.extend(in_column(course, shown, page, labels));
        }
    }
    for shown in &rows.others {
        let page = &pages[shown.page];
        let title = page.folded(shown.at);
        let same: Vec<&Course<'_>> = courses
            .iter()
            .filter(|it| folded(it.title) == title)
            .collect();
        let others = shown.texts.iter().map(|at| (*at, page.part(*at)));
        let others = others.filter(|(at, text)| {
            known.is_like_mark(text)
                && !same.is_empty()
                && !same.iter().any(|it| known.may_stand_by(it, text))
                && !known.legend.has(page, *at)
        });
        found.extend(others.map(|(_, text)| another(same[0].title, text)));
    }
    for page in pages {
        unknown_figures(page, &mut known, &mut found);
    }
    found.extend(averages::others(transcript, &known.legend, wording, pages));
    found.extend(of_no_course(
        transcript,
        courses,
        &known.legend,
        &labels,
        pages,
        rows,
    ));
    found
}

fn another(title: &str, text: &str) -> Gap {
    let what = format!("`{text}` beside the course `{title}`, which the record does not say of it");
    Gap::surplus("record", &what, OTHER_FIGURE)
}

/// What the record says, as far as a figure may be one of it.
struct Known<'a> {
    transcript: &'a Transcript,
    wording: &'a Wording,
    legend: Legend,
    /// Without what is no letter or digit at their ends.
    marks: BTreeSet<String>,
    /// Each as any way of writing it.
    figures: HashSet<String>,
    /// Whether `figures` has those that stand within texts, too.
    is_complete: bool,
}

impl<'a> Known<'a> {
    fn of(transcript: &'a Transcript, courses: &[Course<'_>], wording: &'a Wording) -> Self {
        let scale = transcript.grading_scale.iter().map(|step| &*step.mark);
        let marks = scale.chain(courses.iter().filter_map(|course| course.mark));
        let mut figures: Vec<String> = Vec::new();
        for course in courses {
            figures.extend([course.attempted.to_string(), course.credit.to_string()]);
        }
        for heading in headings(transcript) {
            figures.extend(heading.sums);
        }
        let totals = &transcript.credits;
        let totals = [totals.attempted, totals.earned, totals.in_progress];
        figures.extend(totals.map(|it| it.to_string()));
        for average in &transcript.averages {
            figures.extend(average.value.clone());
            figures.extend([average.scale.clone(), average.credit_counted.to_string()]);
        }
        if let Some(plan) = &transcript.requirements {
            let rows = plan.subjects.iter().chain([&plan.total]);
            figures.extend(rows.flat_map(figures_of));
        }
        let mut known = Self {
            transcript,
            wording,
            legend: Legend::of(transcript),
            marks: marks.map(|mark| core(&bare(mark)).to_owned()).collect(),
            figures: figures.iter().map(|it| value(it)).collect(),
            is_complete: false,
        };
        let points = courses.iter().flat_map(|course| known.points_of(course));
        let points: Vec<String> = points.collect();
        known.figures.extend(points);
        known
    }

    /// Whether a decimal figure is one that a page may show.
    fn has(&mut self, figure: &str) -> bool {
        let figure = value(figure);
        if !self.figures.contains(&figure) && !self.is_complete {
            let figures = &mut self.figures;
            let mut add = |text: &str| figures.extend(decimals(text).iter().map(|it| it.value()));
            self.wording.all().for_each(&mut add);
            let model = exchange::transcript_json(self.transcript);
            each_text(&model, &mut |_, text| add(text));
            self.is_complete = true;
        }
        self.figures.contains(&figure)
    }

    /// Whether a reader takes a text for a mark: `A`, and `A+` or `A*` where the scale has an `A`.
    fn is_like_mark(&self, text: &str) -> bool {
        self.marks.contains(core(text))
    }

    /// The grade points that the scale has for a course's mark: a credit's, and the course's. Where
    /// it has no step for `B+`, they are those of `B`.
    fn points_of(&self, course: &Course<'_>) -> Vec<String> {
        let mark = course.mark.map(bare).unwrap_or_default();
        let scale = &self.transcript.grading_scale;
        let step = |mark: &str| scale.iter().find(|step| bare(&step.mark) == mark);
        let step = step(&mark).or_else(|| step(core(&mark)));
        let Some(points) = step.and_then(|step| step.points.as_deref()) else {
            return Vec::new();
        };
        let of_course = |credits: Credits| {
            let points: GradePoints = points.parse().ok()?;
            let product = points.thousandths() * credits.thousandths();
            let is_exact = product % 1_000 == 0;
            is_exact.then(|| Credits::from_thousandths(product / 1_000).to_string())
        };
        let products = [course.attempted, course.credit].map(of_course);
        let figures = products.into_iter().flatten().chain([bare(points)]);
        figures.map(|it| value(&it)).collect()
    }

    /// Whether a text that looks like a mark or like credits may stand in the row of a course.
    fn may_stand_by(&self, course: &Course<'_>, text: &str) -> bool {
        let (honors, repeat, status) = course.codes;
        let codes = [code(&honors), code(&repeat), code(&status)];
        course.mark.map(bare).as_deref() == Some(text)
            || [course.attempted, course.credit]
                .iter()
                .any(|it| it.to_string() == text)
            || course.number == text
            || course.level.to_string() == text
            || codes
                .iter()
                .flatten()
                .any(|code| self.wording.says_for(code, text))
            || (is_credit(text) && self.points_of(course).contains(&value(text)))
    }
}

/// A text without what is no letter or digit at its ends.
fn core(text: &str) -> &str {
    match text.trim_matches(|letter: char| !letter.is_alphanumeric()) {
        "" => text,
        core => core,
    }
}

/// A code as the model and the keys of the strings write it.
fn code(of: &impl Serialize) -> Option<String> {
    let value = serde_json::to_value(of).ok()?;
    value.as_str().map(str::to_owned)
}

/// Marks and credits in a course's row that are not those of the record.
fn further(
    course: &Course<'_>,
    shown: &Shown,
    page: &Page,
    labels: &Labels,
    known: &Known<'_>,
) -> Vec<Gap> {
    let last = shown.figures.iter().map(|at| page.right(*at)).max();
    let last = last.unwrap_or_default();
    let free = shown.texts.iter().filter(|at| !page.is_taken(**at));
    let others = free.filter(|at| {
        let text = page.part(**at);
        // What stands before the title or beyond the row's own figures may be another part of the
        // page.
        let is_beyond = page.left(**at) > last;
        let is_apart = is_beyond || page.right(**at) < page.left(shown.at);
        let in_table = || labels.over(page, **at, Label::Mark).is_some();
        let is_other = known.is_like_mark(text) || (is_credit(text) && (!is_beyond || in_table()));
        is_other
            && !known.may_stand_by(course, text)
            && !(is_apart && !in_table() && known.legend.has(page, **at))
    });
    others
        .map(|at| another(course.title, page.part(*at)))
        .collect()
}

/// Decimal figures of a page that are not of the record, each once.
fn unknown_figures(page: &Page, known: &mut Known<'_>, found: &mut Vec<Gap>) {
    for at in (0..page.len()).filter(|at| !page.is_taken(*at)) {
        let may_hold = |it: &[u8]| it[0].is_ascii_digit() && matches!(it[1], b'.' | b',' | 128..);
        if !page.part(at).as_bytes().windows(2).any(may_hold) {
            continue;
        }
        let reading = page.reading(at);
        for figure in decimals(&reading).iter().map(|it| it.text) {
            if !known.has(figure) {
                let what = format!("`{figure}`, a figure that the record does not have");
                let gap = Gap::surplus("summary", &what, UNKNOWN_FIGURE);
                found.extend((!found.contains(&gap)).then_some(gap));
            }
        }
    }
}
