//! What the pages say beyond the record: a second mark in a course's row, a credit figure that is
//! none of its own, figures under another's label, a decimal figure that nothing of the record is.
//!
//! Words are not compared, nor whole numbers: what a template says in sentences of its own is for
//! those to read who certify it.
//!
//! Never: a copy for oneself, which certifies nothing. Next: `whole.rs`, for what pages lack.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::headings::{headings, is_credit};
use super::placing::Shown;
use super::rows::{Course, figures_of};
use super::shown::{Page, bare};
use super::whole::Gap;
use crate::exchange;
use crate::template::Wording;
use crate::transcript::{Transcript, each_text};

const OTHER_FIGURE: &str = "an official page shows the marks and credits of the record and no \
                            others; letters for honors and repeats stand in `strings.honors_code` \
                            and `strings.repeat_code`";

const OTHER_COLUMN: &str = "each figure stands below its own label, `strings.mark`, \
                            `strings.attempted` or `strings.earned`; without labels, credits \
                            attempted stand before credits earned";

const UNKNOWN_FIGURE: &str = "an official page shows no decimal figure but those of the record, \
                              of its legends, and of the texts in report.toml and \
                              strings.<language>.toml";

/// How far apart the labels of one table may stand, in hundredths of a point.
const LABELS_APART_MAX: i32 = 100;

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
        let title = page.part(shown.at);
        let same: Vec<&Course<'_>> = courses
            .iter()
            .filter(|it| bare(it.title) == title)
            .collect();
        let others = shown.texts.iter().map(|at| (*at, page.part(*at)));
        let others = others.filter(|(at, text)| {
            known.marks.contains(*text)
                && !same.is_empty()
                && !same.iter().any(|it| known.may_stand_by(it, text))
                && !known.is_of_legend(page, *at)
        });
        found.extend(others.map(|(_, text)| another(same[0].title, text)));
    }
    for page in pages {
        unknown_figures(page, &mut known, &mut found);
    }
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
    marks: BTreeSet<String>,
    figures: HashSet<String>,
    /// Whether `figures` has those that stand within texts, too.
    is_complete: bool,
}

impl<'a> Known<'a> {
    fn of(transcript: &'a Transcript, courses: &[Course<'_>], wording: &'a Wording) -> Self {
        let scale = transcript.grading_scale.iter().map(|step| &*step.mark);
        let marks = scale.chain(courses.iter().filter_map(|course| course.mark));
        let mut figures: HashSet<String> = HashSet::new();
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
        Self {
            transcript,
            wording,
            marks: marks.map(bare).collect(),
            figures,
            is_complete: false,
        }
    }

    /// Whether a decimal figure is one that a page may show.
    fn has(&mut self, figure: &str) -> bool {
        if !self.figures.contains(figure) && !self.is_complete {
            let figures = &mut self.figures;
            let mut add = |text: &str| figures.extend(decimals(text).map(str::to_owned));
            self.wording.all().for_each(&mut add);
            let model = exchange::transcript_json(self.transcript);
            each_text(&model, &mut |_, text| add(text));
            self.is_complete = true;
        }
        self.figures.contains(figure)
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
    }

    /// Whether a mark stands beside what the scale says of it: in a legend beside the record.
    fn is_of_legend(&self, page: &Page, at: usize) -> bool {
        let beside = page.beside(at);
        let place = beside.iter().position(|it| *it == at).unwrap_or_default();
        let before = place.checked_sub(1).map(|it| page.part(beside[it]));
        let after = beside.get(place + 1).map(|it| page.part(*it));
        let mut steps = self.transcript.grading_scale.iter();
        steps.any(|step| {
            let said = [Some(bare(&step.meaning)), step.points.as_deref().map(bare)];
            let near = [before, after];
            let mut near = near.iter().flatten();
            bare(&step.mark) == page.part(at)
                && near.any(|text| said.iter().flatten().any(|it| it == text))
        })
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
        let (text, is_beyond) = (page.part(**at), page.left(**at) > last);
        let is_other = if known.marks.contains(text) {
            !(is_beyond && known.is_of_legend(page, **at))
        } else {
            // What stands beyond the row's own figures may be another part of the page.
            let in_table = || labels.over(page, **at, Label::Mark).is_some();
            is_credit(text) && (!is_beyond || in_table())
        };
        is_other && !known.may_stand_by(course, text)
    });
    others
        .map(|at| another(course.title, page.part(*at)))
        .collect()
}

/// What a column of courses is labelled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Mark,
    Attempted,
    Earned,
    Other,
}

/// The labels of courses on a page, with the text of each.
struct Labels(Vec<(Label, usize)>);

impl Labels {
    fn on(page: &Page, wording: &Wording) -> Self {
        let keys = [
            (Label::Mark, "mark"),
            (Label::Attempted, "attempted"),
            (Label::Earned, "earned"),
            (Label::Other, "ag"),
            (Label::Other, "honors"),
            (Label::Other, "repeat_label"),
        ];
        let texts = keys.map(|(label, key)| (label, wording.text(key).map(bare)));
        let of = |text: &str| {
            let mut texts = texts.iter();
            texts.find(|(_, own)| own.as_deref().is_some_and(|own| own == text))
        };
        let parts = page.parts().enumerate();
        Self(
            parts
                .filter_map(|(at, text)| Some((of(text)?.0, at)))
                .collect(),
        )
    }

    /// The label above a text: the nearest that stands over it, and of one table's the one that
    /// stands over most of it; none where its table has no label of this kind.
    fn over(&self, page: &Page, at: usize, own: Label) -> Option<Label> {
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
        found.filter(|_| has_own).map(|(label, _)| *label)
    }
}

/// Whether the mark and the credits of a course stand below their own labels.
fn in_column(course: &Course<'_>, shown: &Shown, page: &Page, labels: &Labels) -> Option<Gap> {
    let ([mark, earned, attempted, ..], Some(said)) = (&*shown.figures, course.mark) else {
        return None;
    };
    let over = |at: usize, own: Label| labels.over(page, at, own);
    let is_mark = |at: usize| matches!(over(at, Label::Mark), None | Some(Label::Mark));
    let alike = |at: &&usize| page.part(**at) == page.part(*mark);
    let is_under = is_mark(*mark) || shown.texts.iter().filter(alike).any(|at| is_mark(*at));
    let title = course.title;
    if !is_under {
        let what = format!("the mark `{said}` of the course `{title}` below another label");
        return Some(Gap::surplus("record", &what, OTHER_COLUMN));
    }
    if course.attempted == course.credit {
        return None;
    }
    let labelled = (
        over(*attempted, Label::Attempted),
        over(*earned, Label::Earned),
    );
    let place = |at: usize| (page.baseline(at), page.left(at));
    let is_right = match labelled {
        (None, None) => place(*attempted) < place(*earned),
        (attempted, earned) => {
            attempted.is_none_or(|it| it == Label::Attempted)
                && earned.is_none_or(|it| it == Label::Earned)
        }
    };
    let (attempted, earned) = (course.attempted, course.credit);
    let what = format!(
        "the credits of the course `{title}`, {attempted} attempted and {earned} earned, below \
         another label or in another order"
    );
    (!is_right).then(|| Gap::surplus("record", &what, OTHER_COLUMN))
}

/// Decimal figures of a page that are not of the record, each once.
fn unknown_figures(page: &Page, known: &mut Known<'_>, found: &mut Vec<Gap>) {
    for at in (0..page.len()).filter(|at| !page.is_taken(*at)) {
        let (part, is_digit) = (page.part(at).as_bytes(), u8::is_ascii_digit);
        let may_hold = |it: &[u8]| is_digit(&it[0]) && b".,".contains(&it[1]) && is_digit(&it[2]);
        if !part.windows(3).any(may_hold) {
            continue;
        }
        let reading = page.reading(at);
        for figure in decimals(&reading) {
            if !known.has(figure) {
                let what = format!("`{figure}`, a figure that the record does not have");
                let gap = Gap::surplus("summary", &what, UNKNOWN_FIGURE);
                found.extend((!found.contains(&gap)).then_some(gap));
            }
        }
    }
}

/// The decimal figures of a text, as averages and credits are written: `3.21`, `230.00`, `4,40`.
fn decimals(text: &str) -> impl Iterator<Item = &str> {
    let is_of_figure = |letter: char| letter.is_ascii_digit() || letter == '.' || letter == ',';
    let words = text.split(move |letter| !is_of_figure(letter));
    let words = words.map(|word| word.trim_matches(['.', ',']));
    words.filter(|word| {
        let Some((whole, part)) = word.split_once(['.', ',']) else {
            return false;
        };
        let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
        // `1,840` is a number of a thousand and more.
        let lengths = if word.contains(',') { 2..=2 } else { 2..=4 };
        (1..=3).contains(&whole.len())
            && lengths.contains(&part.len())
            && digits(whole)
            && digits(part)
    })
}

#[cfg(test)]
mod tests {
    use super::decimals;

    #[test]
    fn decimal_figures_are_told_from_dates_lists_and_large_numbers() {
        let of = |text| decimals(text).collect::<Vec<_>>();
        assert_eq!(
            of("GPA 4.40 (5.00 scale), 3.2142."),
            ["4.40", "5.00", "3.2142"]
        );
        assert_eq!(of("media 4,40"), ["4,40"]);
        for none in [
            "06.12.2026",
            "1,840 students",
            "9,10,11,12",
            "4.0",
            "555",
            "1234.50",
        ] {
            assert_eq!(of(none), [""; 0], "{none}");
        }
    }
}
