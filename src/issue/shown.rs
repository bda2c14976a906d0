//! A page as a reader reads it: texts that belong together, lines, and what stands beside what.
//!
//! A text counts only as a whole, of a cell or a paragraph of its own: what ends in one cell and
//! begins in the next is no title, and a title with a word more is another one.
//!
//! Never: what a record says. Next: `whole.rs`, which looks for it here.

use std::ops::{Range, RangeInclusive};

use crate::render::Run;

/// How far the figures of a row may stand from its line, in hundredths of a point.
const LINE_TOLERANCE: i32 = 100;

/// How far a figure may stand below its label, in hundredths of a point.
const BELOW_MAX: i32 = 3_000;

/// What lies apart by more, in hundredths of a point, is read with a blank between.
const NO_BLANK_MAX: i32 = 100;

/// A text as it is looked for: lines may break anywhere.
pub(super) fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

/// One page.
pub(super) struct Page {
    /// Its texts without blanks, one after the other.
    text: String,
    runs: Vec<Piece>,
    parts: Vec<Part>,
}

/// One run.
struct Piece {
    read: Run,
    bare: String,
    /// Whether something was found there already.
    taken: bool,
}

/// Runs that are one text to a reader.
struct Part {
    bare: String,
    runs: Range<usize>,
}

/// Where a label stands.
struct Label {
    left: i32,
    right: i32,
    lines: RangeInclusive<i32>,
}

impl Page {
    pub fn new(runs: &[Run]) -> Self {
        let piece = |run: &Run| Piece {
            read: run.clone(),
            bare: bare(&run.text),
            taken: false,
        };
        let runs: Vec<Piece> = runs.iter().map(piece).collect();
        let mut parts = Vec::new();
        for together in runs.chunk_by(|one, next| one.read.part == next.read.part) {
            let begin = parts.last().map_or(0, |part: &Part| part.runs.end);
            parts.push(Part {
                bare: together.iter().map(|run| &*run.bare).collect(),
                runs: begin..begin + together.len(),
            });
        }
        Self {
            text: parts.iter().map(|part| &*part.bare).collect(),
            runs,
            parts,
        }
    }

    /// Whether it says this anywhere; `text` without blanks.
    pub fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// Whether it says this anywhere, in capitals or not.
    pub fn says_in_any_case(&self, text: &str) -> bool {
        self.text.to_lowercase().contains(&text.to_lowercase())
    }

    /// Each text as it is read.
    pub fn readings(&self) -> impl Iterator<Item = String> {
        self.parts.iter().map(|part| {
            let mut text = String::new();
            let mut before: Option<&Run> = None;
            for Piece { read, .. } in &self.runs[part.runs.clone()] {
                let apart = before.is_some_and(|before| {
                    read.baseline != before.baseline || read.left - before.right > NO_BLANK_MAX
                });
                if apart {
                    text.push(' ');
                }
                text.push_str(&read.text);
                before = Some(read);
            }
            text
        })
    }

    /// The lines that these runs stand in.
    fn lines(&self, runs: Range<usize>) -> RangeInclusive<i32> {
        let lines = || self.runs[runs.clone()].iter().map(|run| run.read.baseline);
        let (first, last) = (lines().min(), lines().max());
        first.unwrap_or_default() - LINE_TOLERANCE..=last.unwrap_or_default() + LINE_TOLERANCE
    }

    fn is_free(&self, part: &Part) -> bool {
        self.runs[part.runs.clone()].iter().all(|run| !run.taken)
    }

    /// Takes a title, which may say after it in brackets at which of `places` it was taken, and the
    /// figures in its line, each alone in its cell; nothing where they are not all there.
    pub fn take_row(&mut self, title: &str, places: &[String], figures: &[String]) -> bool {
        let is_title = |part: &Part| {
            let rest = part.bare.strip_prefix(title);
            rest.is_some_and(|rest| is_place(rest, places))
        };
        self.take_line(is_title, figures)
    }

    /// Takes figures that stand in one line, each alone in its cell, under whatever title.
    pub fn take_figures(&mut self, figures: &[String]) -> bool {
        let Some((first, others)) = figures.split_first() else {
            return true;
        };
        self.take_line(|part| part.bare == *first, others)
    }

    /// Takes a heading that holds a name and, there or alone in a cell of its line, a grade level;
    /// and the figures in its line.
    pub fn take_heading(&mut self, name: &str, level: &str, figures: &[String]) -> bool {
        let rest = |part: &Part| {
            part.bare
                .split_once(name)
                .map(|(one, two)| [one, " ", two].concat())
        };
        let both = |part: &Part| rest(part).is_some_and(|rest| has_word(&rest, level));
        let beside = [figures, &[level.to_owned()]].concat();
        self.take_line(both, figures) || self.take_line(|part| rest(part).is_some(), &beside)
    }

    /// Takes the first free text that `opens` a line and has these figures beside it.
    fn take_line(&mut self, opens: impl Fn(&Part) -> bool, figures: &[String]) -> bool {
        for (at, part) in self.parts.iter().enumerate() {
            if !opens(part) || !self.is_free(part) {
                continue;
            }
            let lines = self.lines(part.runs.clone());
            let mut taken = vec![at];
            for figure in figures {
                let fits = |other: &usize| {
                    let part = &self.parts[*other];
                    part.bare == *figure
                        && lines.contains(&self.runs[part.runs.start].read.baseline)
                        && !taken.contains(other)
                        && self.is_free(part)
                };
                // Of several the nearest: a row beside it, in another column, has its own.
                let found = (0..self.parts.len()).filter(fits);
                taken.extend(found.min_by_key(|other| other.abs_diff(at)));
            }
            if taken.len() == figures.len() + 1 {
                for part in taken {
                    let runs = self.parts[part].runs.clone();
                    self.runs[runs].iter_mut().for_each(|run| run.taken = true);
                }
                return true;
            }
        }
        false
    }

    /// Takes a figure that stands alone.
    pub fn take(&mut self, figure: &str) -> bool {
        let mut alone = self.runs.iter_mut();
        let found = alone.find(|run| run.bare == figure && !run.taken);
        found.map(|run| run.taken = true).is_some()
    }

    /// Takes a figure that stands alone and beside or below this label, nearer than any of
    /// `others`.
    pub fn take_labelled(&mut self, label: &str, others: &[String], figure: &str) -> bool {
        let own = self.labels(label);
        let others: Vec<Label> = others
            .iter()
            .filter(|other| *other != label)
            .flat_map(|other| self.labels(other))
            .collect();
        let nearest = |labels: &[Label], run: &Run| labels.iter().filter_map(|it| it.to(run)).min();
        let found = self.runs.iter().position(|run| {
            let belongs = nearest(&own, &run.read).is_some_and(|distance| {
                nearest(&others, &run.read).is_none_or(|other| distance < other)
            });
            run.bare == figure && !run.taken && belongs
        });
        found.map(|at| self.runs[at].taken = true).is_some()
    }

    /// Where a text begins with this label: with a run, and no letter after it in its last one.
    fn labels(&self, label: &str) -> Vec<Label> {
        let mut labels = Vec::new();
        for part in &self.parts {
            for first in part.runs.clone() {
                let mut read = String::new();
                let last = part.runs.clone().skip_while(|at| *at < first).find(|at| {
                    read.push_str(&self.runs[*at].bare);
                    read.len() >= label.len()
                });
                let rest = read.strip_prefix(label);
                if let (Some(last), Some(rest)) = (last, rest)
                    && !rest.contains(char::is_alphanumeric)
                {
                    let runs = &self.runs[first..=last];
                    labels.push(Label {
                        left: runs
                            .iter()
                            .map(|run| run.read.left)
                            .min()
                            .unwrap_or_default(),
                        right: runs
                            .iter()
                            .map(|run| run.read.right)
                            .max()
                            .unwrap_or_default(),
                        lines: self.lines(first..last + 1),
                    });
                }
            }
        }
        labels
    }
}

impl Label {
    /// How far a run stands from it: after it in its line, or else below it.
    fn to(&self, run: &Run) -> Option<(bool, i32)> {
        let below = run.baseline - self.lines.end();
        if self.lines.contains(&run.baseline) {
            let apart = run.left - self.right;
            return (apart >= -LINE_TOLERANCE).then_some((false, apart));
        }
        let under =
            below > 0 && below < BELOW_MAX && run.left < self.right && run.right > self.left;
        under.then_some((true, below))
    }
}

/// Whether what follows a title is nothing, or where the course was taken.
fn is_place(rest: &str, places: &[String]) -> bool {
    let inside = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    rest.is_empty()
        || inside.is_some_and(|inside| places.iter().any(|place| inside.contains(place)))
}

/// Whether a text holds this word or number, not as a part of a longer number.
fn has_word(text: &str, word: &str) -> bool {
    let mut found = text.match_indices(word);
    found.any(|(at, _)| {
        let before = text[..at].ends_with(|it: char| it.is_ascii_digit());
        let after = text[at + word.len()..].starts_with(|it: char| it.is_ascii_digit());
        !before && !after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of lines, each of cells: `Algebra 1|A|5.00`. A cell is 50 points wide; what is
    /// written with `+` in it is of several runs.
    fn page(lines: &[&str]) -> Page {
        let mut runs = Vec::new();
        for (line, cells) in (1..).zip(lines) {
            for (column, cell) in (0..).zip(cells.split('|')) {
                let (mut left, part) = (column * 5_000, line * 100 + column);
                for text in cell.split('+') {
                    let right = left + 300 * i32::try_from(text.len()).expect("short");
                    runs.push(Run {
                        text: text.to_owned(),
                        left,
                        right,
                        baseline: line * 960,
                        part: u32::try_from(part).expect("few"),
                    });
                    left = right;
                }
            }
        }
        Page::new(&runs)
    }

    fn row(page: &mut Page, title: &str, figures: &[&str]) -> bool {
        let figures: Vec<String> = figures.iter().map(|figure| bare(figure)).collect();
        page.take_row(&bare(title), &[bare("Pacific College")], &figures)
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
            "Algebra 1|A+ (F)|5.00|5.00",
            "Algebra 1|A|5.00",
            "of Algebra 1|A|5.00|5.00",
            "Algebra 1 Honors|A|5.00|5.00",
            "Algebra 1+ Honors|A|5.00|5.00",
            "Algebra 1 (Honors)|A|5.00|5.00",
        ] {
            let shown = row(&mut page(&[other]), "Algebra 1", &["A", "5.00", "5.00"]);
            assert!(!shown, "{other}");
        }
        let mut apart = page(&["Algebra 1", "A|5.00|5.00"]);
        assert!(!row(&mut apart, "Algebra 1", &["A", "5.00", "5.00"]));
        let mut elsewhere = page(&["Algebra 1 (at +Pacific College)|A"]);
        assert!(row(&mut elsewhere, "Algebra 1", &["A"]));
    }

    #[test]
    fn a_cell_of_the_row_above_is_no_part_of_a_title() {
        let mut rows = page(&["AP European History|A|5.00|AP", "Chemistry A|B|5.00"]);
        assert!(!row(&mut rows, "AP Chemistry A", &["B", "5.00"]));
        assert!(row(&mut rows, "Chemistry A", &["B", "5.00"]));
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
        let mut broken = page(&["Donau+dampf+fahrt|Cre+dit|5.00"]);
        assert!(row(&mut broken, "Donaudampffahrt", &["Credit", "5.00"]));
    }

    #[test]
    fn a_figure_stands_alone() {
        let mut totals = page(&["Credits|230.00", "3.2142+5.00 scale"]);
        assert!(totals.take("230.00") && !totals.take("230.00"));
        assert!(!totals.take("30.00") && !totals.take("5.00") && totals.take("3.2142"));
    }

    #[test]
    fn an_average_stands_by_its_own_label_below_it_or_in_its_line() {
        let labels = ["GPA", "GPA weighted"].map(bare);
        for (lines, right) in [
            (&["GPA|GPA weighted", "3.2|4.0"][..], true),
            (&["GPA|GPA weighted", "4.0|3.2"], false),
            (&["GPA:|3.2|GPA weighted:|4.0"], true),
            (&["GPA: +3.2", "GPA weighted: +4.0"], true),
            (&["GPA|4.0", "GPA weighted|3.2"], false),
            (&["GPA|||GPA weighted", "|3.2||4.0"], false),
            (&["Average|Average weighted", "3.2|4.0"], false),
        ] {
            let mut page = page(lines);
            let shown = page.take_labelled(&labels[0], &labels, "3.2")
                && page.take_labelled(&labels[1], &labels, "4.0");
            assert_eq!(shown, right, "{lines:?}");
        }
    }

    #[test]
    fn a_heading_has_its_grade_level_and_figures_and_a_line_of_figures_any_title() {
        let sums = ["35.00", "30.00"].map(str::to_owned);
        for (line, right) in [
            ("Fall 2022 · Grade 9|35.00|30.00", true),
            ("Fall 2022|9|35.00|30.00", true),
            ("Fall 2022 · Grade 10|35.00|30.00", false),
            ("Fall 2022 · Grade 19|35.00|30.00", false),
            ("Fall 2022|35.00|30.00", false),
            ("Fall 2022 · Grade 9|35.00|35.00", false),
        ] {
            let shown = page(&[line]).take_heading("Fall2022", "9", &sums);
            assert_eq!(shown, right, "{line}");
        }
        let mut table = page(&["Art|35.00|30.00", "Sum|35.00|30.00", "35.00", "30.00"]);
        assert!(row(&mut table, "Art", &["35.00", "30.00"]));
        assert!(table.take_figures(&sums) && !table.take_figures(&sums));
    }

    #[test]
    fn a_text_is_read_as_one_whatever_its_runs() {
        let page = page(&["of the S+DC|Art"]);
        assert_eq!(Vec::from_iter(page.readings()), ["of the SDC", "Art"]);
    }
}
