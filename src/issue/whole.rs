//! Whether the pages say what the record says. A school's own blocks and texts shape the page; what
//! they leave out, or hide, makes no document, whatever edition it is of.
//!
//! It is looked for in what a reader can read there (`render::Run`): each course's title with its
//! mark and its credits in one line, every average beside its name, the totals, whose record it is;
//! and, in the program's own words, on every page what kind of copy it is.
//!
//! Never: a rule of the page's look. Where something stands is the template's affair.

use std::fmt;

use crate::render::Run;
use crate::template::{Notices, notices};
use crate::transcript::{Edition, Transcript};

/// Things named at most that a page lacks.
const GAPS_MAX: usize = 20;

/// How far the figures of a row may stand from its line, in hundredths of a point.
const LINE_TOLERANCE: i32 = 100;

/// Something that a document must say and does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The part of the page in which the shipped report says it, as its layout names it.
    pub block: &'static str,
    /// What is not there.
    what: String,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the page does not show {}", self.what)
    }
}

impl Gap {
    /// What to do about it.
    pub const HINT: &'static str = "a template may arrange what the record says and not leave it \
        out: it stands upright, in 5 points or more, dark on light, with nothing over it";
}

/// Why a document is not made, without a word of it, for a record that others read later.
pub(super) const WITHOUT_TEXT: &str = "the page does not show all that the record says";

/// Why a document is not made, for those who may read it.
pub(super) fn reasons(gaps: &[Gap]) -> Vec<String> {
    let hint = |gap: &Gap| {
        format!(
            "{gap}\nhint: the template leaves it out or hides it; `registrar template check` says \
             where"
        )
    };
    gaps.iter().map(hint).collect()
}

/// What the pages of this transcript lack.
pub fn gaps(transcript: &Transcript, pages: &[Vec<Run>]) -> Vec<Gap> {
    let mut pages: Vec<Page> = pages.iter().map(|runs| Page::new(runs)).collect();
    let mut found = Vec::new();
    courses(transcript, &mut pages, &mut found);
    figures(transcript, &mut pages, &mut found);
    identity(transcript, &pages, &mut found);
    on_every_page(transcript, &pages, &mut found);
    found.truncate(GAPS_MAX);
    found
}

/// A text as it is looked for: lines may break anywhere.
fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

/// One page: its texts without blanks, one after the other.
struct Page {
    text: String,
    /// Where each run begins in `text`, its line, and whether something was found there already.
    runs: Vec<(usize, i32, bool)>,
}

impl Page {
    fn new(runs: &[Run]) -> Self {
        let mut page = Self {
            text: String::new(),
            runs: Vec::with_capacity(runs.len()),
        };
        for run in runs {
            page.runs.push((page.text.len(), run.baseline, false));
            page.text.extend(run.text.split_whitespace());
        }
        page
    }

    /// The runs from `at` on that a text fills from the first one's beginning; `whole` where it has
    /// to end with the last.
    fn filled(&self, at: usize, text: &str, whole: bool) -> Option<std::ops::Range<usize>> {
        let begin = self.runs[at].0;
        let end = begin + text.len();
        if self.runs[at].2 || !self.text[begin..].starts_with(text) {
            return None;
        }
        let after = at + self.runs[at..].iter().take_while(|run| run.0 < end).count();
        let ends = self.runs.get(after).map_or(self.text.len(), |run| run.0);
        (!whole || ends == end).then_some(at..after.max(at + 1))
    }

    /// Takes a title and the figures in its line; nothing where they are not all there.
    fn take_row(&mut self, title: &str, figures: &[String]) -> bool {
        for at in 0..self.runs.len() {
            let Some(runs) = self.filled(at, title, false) else {
                continue;
            };
            let lines = self.runs[runs.clone()].iter().map(|run| run.1);
            let (first, last) = (lines.clone().min(), lines.max());
            let (Some(first), Some(last)) = (first, last) else {
                continue;
            };
            let lines = first - LINE_TOLERANCE..=last + LINE_TOLERANCE;
            let mut taken = vec![at];
            for figure in figures {
                let fits = |other: &usize| {
                    lines.contains(&self.runs[*other].1)
                        && !runs.contains(other)
                        && !taken.contains(other)
                        && self.filled(*other, figure, true).is_some()
                };
                // Of several the nearest: a row beside it, in another column, has its own.
                let found = (0..self.runs.len()).filter(fits);
                let nearest = found.min_by_key(|other| other.abs_diff(at));
                taken.extend(nearest);
            }
            if taken.len() == figures.len() + 1 {
                taken.into_iter().for_each(|run| self.runs[run].2 = true);
                return true;
            }
        }
        false
    }

    /// Takes a figure that stands alone.
    fn take(&mut self, figure: &str) -> bool {
        let found = (0..self.runs.len()).find(|at| self.filled(*at, figure, true).is_some());
        if let Some(at) = found {
            self.runs[at].2 = true;
        }
        found.is_some()
    }
}

/// Every course, posted or ahead: the longest titles first, for another may begin like them.
fn courses(transcript: &Transcript, pages: &mut [Page], found: &mut Vec<Gap>) {
    let official = transcript.document.edition != Edition::Unofficial;
    let posted = transcript.terms.iter().flat_map(|term| &term.courses);
    let posted = posted.map(|course| {
        let mut figures = vec![course.mark.clone(), course.credit_earned.to_string()];
        // A copy for oneself may leave out what was attempted.
        if official {
            figures.push(course.credit_attempted.to_string());
        }
        (&*course.title, figures)
    });
    let ahead = transcript.ahead.iter();
    let ahead = ahead.map(|course| (&*course.title, vec![course.credit.to_string()]));
    let mut rows: Vec<_> = posted.chain(ahead).collect();
    rows.sort_by_key(|(title, _)| std::cmp::Reverse(title.len()));
    for (title, figures) in rows {
        let bare_title = bare(title);
        let bare_figures: Vec<String> = figures.iter().map(|figure| bare(figure)).collect();
        if pages
            .iter_mut()
            .any(|page| page.take_row(&bare_title, &bare_figures))
        {
            continue;
        }
        found.push(Gap {
            block: "record",
            what: format!(
                "the course `{title}` with {} in its line",
                figures.join(", ")
            ),
        });
    }
}

/// The averages beside their labels, and the totals.
fn figures(transcript: &Transcript, pages: &mut [Page], found: &mut Vec<Gap>) {
    let mut lack = |what: String| {
        found.push(Gap {
            block: "summary",
            what,
        });
    };
    for average in &transcript.averages {
        let Some(value) = &average.value else {
            continue;
        };
        let label = bare(&average.label);
        let labelled = pages.iter().any(|page| page.text.contains(&label));
        if !labelled || !pages.iter_mut().any(|page| page.take(value)) {
            lack(format!("the average `{}` of {value}", average.label));
        }
    }
    let credits = &transcript.credits;
    for (name, total) in [("attempted", credits.attempted), ("earned", credits.earned)] {
        let total = total.to_string();
        if !pages.iter_mut().any(|page| page.take(&total)) {
            lack(format!("the credits {name}, {total}"));
        }
    }
}

/// Whose record it is, and which document.
fn identity(transcript: &Transcript, pages: &[Page], found: &mut Vec<Gap>) {
    let mut texts = vec![
        ("student", "the student's name", &transcript.student.name),
        ("letterhead", "the school's name", &transcript.school.name),
    ];
    if transcript.document.edition != Edition::Unofficial {
        texts.push(("edges", "the document's number", &transcript.document.id));
    }
    for (block, what, text) in texts {
        let text = bare(text);
        if !pages.iter().any(|page| page.text.contains(&text)) {
            let what = what.to_owned();
            found.push(Gap { block, what });
        }
    }
}

/// What kind of copy it is, and of an unsigned one where to ask.
fn on_every_page(transcript: &Transcript, pages: &[Page], found: &mut Vec<Gap>) {
    let document = &transcript.document;
    let Notices {
        unofficial,
        flat,
        demonstration,
    } = notices(&document.language);
    let mut texts = Vec::new();
    match document.edition {
        Edition::Official => {}
        Edition::Unofficial => texts.push(unofficial),
        Edition::Flat => {
            let district = &transcript.district;
            texts.extend([flat, district.contact.as_ref().unwrap_or(&district.name)]);
        }
    }
    if document.demonstration {
        texts.push(demonstration);
    }
    for text in texts {
        let wanted = bare(text).to_lowercase();
        for (number, page) in (1..).zip(pages) {
            if !page.text.to_lowercase().contains(&wanted) {
                found.push(Gap {
                    block: "edges",
                    what: format!("`{text}` on page {number}"),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of lines, each of runs: `Algebra 1|A|5.00`.
    fn page(lines: &[&str]) -> Page {
        let numbered = (1..).zip(lines);
        let runs = numbered.flat_map(|(number, line)| {
            line.split('|').map(move |text| Run {
                text: text.to_owned(),
                baseline: number * 960,
            })
        });
        Page::new(&runs.collect::<Vec<_>>())
    }

    fn row(page: &mut Page, title: &str, figures: &[&str]) -> bool {
        let figures: Vec<String> = figures.iter().map(|figure| bare(figure)).collect();
        page.take_row(&bare(title), &figures)
    }

    #[test]
    fn a_course_is_shown_by_its_title_and_its_figures_in_one_line_in_any_order() {
        let mut both = page(&["Algebra 1|A|5.00|5.00", "F|Biology|5.00|0.00"]);
        assert!(row(&mut both, "Biology", &["F", "0.00", "5.00"]));
        assert!(row(&mut both, "Algebra 1", &["A", "5.00", "5.00"]));
        assert!(
            !row(&mut both, "Algebra 1", &["A", "5.00", "5.00"]),
            "only once"
        );
        for other in [
            "Algebra 1|B|5.00|5.00",
            "Algebra 1|A-|5.00|5.00",
            "Algebra 1|A (F)|5.00|5.00",
            "Algebra 1|A|5.00",
            "of Algebra 1|A|5.00|5.00",
        ] {
            let shown = row(&mut page(&[other]), "Algebra 1", &["A", "5.00", "5.00"]);
            assert!(!shown, "{other}");
        }
        let mut apart = page(&["Algebra 1", "A|5.00|5.00"]);
        assert!(!row(&mut apart, "Algebra 1", &["A", "5.00", "5.00"]));
    }

    #[test]
    fn rows_beside_each_other_keep_their_own_figures_and_long_texts_may_be_broken() {
        let mut beside = page(&["Art|A|5.00|Art|F|0.00", "Band|B|5.00|Choir|B|5.00"]);
        for (title, figures) in [
            ("Art", ["F", "0.00"]),
            ("Choir", ["B", "5.00"]),
            ("Art", ["A", "5.00"]),
            ("Band", ["B", "5.00"]),
        ] {
            assert!(row(&mut beside, title, &figures), "{title}");
        }
        let mut broken = page(&["Donau|dampf|fahrt (at|Cre|dit|5.00", "another school)"]);
        assert!(row(&mut broken, "Donaudampffahrt", &["Credit", "5.00"]));
    }

    #[test]
    fn a_figure_stands_alone() {
        let mut totals = page(&["Credits|230.00", "3.2142|5.00 scale"]);
        assert!(totals.take("230.00") && !totals.take("230.00"));
        assert!(!totals.take("30.00") && !totals.take("5.00") && totals.take("3.2142"));
    }
}
