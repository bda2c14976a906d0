//! A page as a reader reads it: texts that belong together, lines, and what stands beside what.
//!
//! A text counts only as a whole, of a cell or a paragraph of its own: what ends in one cell and
//! begins in the next is no title, and a title with a word more is another one.
//!
//! Never: what a record says. Next: `placing.rs`, which looks for it here.

use std::collections::{BTreeMap, HashMap};
use std::ops::{Range, RangeInclusive};

use super::decimal::decimals;
use crate::render::Run;

/// How far the figures of a row may stand from its line, in hundredths of a point.
const LINE_TOLERANCE: i32 = 100;

/// How far a figure may stand below or above its label, in hundredths of a point.
pub(super) const APART_MAX: i32 = 3_000;

/// What lies apart by more, in hundredths of a point, is read with a blank between.
const NO_BLANK_MAX: i32 = 100;

/// A text as it is looked for: lines may break anywhere.
pub(super) fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A text as it is looked for where capitals are the template's affair: titles and labels.
pub(super) fn folded(text: &str) -> String {
    bare(text).to_lowercase()
}

/// How a page is arranged, as far as that decides what belongs to what.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arrangement {
    /// Figures stand before their title also where rows stand beside each other.
    pub figures_first: bool,
    /// A heading's grade level stands in a cell of its own.
    pub levels_apart: bool,
}

/// One page.
pub(super) struct Page {
    /// Its texts without blanks, one after the other, in small letters.
    text: String,
    runs: Vec<Piece>,
    parts: Vec<Part>,
    /// Its parts from the top down.
    down: Vec<usize>,
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
    /// The same in small letters.
    folded: String,
    runs: Range<usize>,
    left: i32,
    /// Its first line.
    baseline: i32,
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
            let bare: String = together.iter().map(|run| &*run.bare).collect();
            parts.push(Part {
                folded: bare.to_lowercase(),
                bare,
                runs: begin..begin + together.len(),
                left: together[0].read.left,
                baseline: together[0].read.baseline,
            });
        }
        let mut down: Vec<usize> = (0..parts.len()).collect();
        down.sort_by_key(|at| parts[*at].baseline);
        let text: String = parts.iter().map(|part| &*part.folded).collect();
        Self {
            text,
            runs,
            parts,
            down,
        }
    }

    /// Whether it says this anywhere, in capitals or not; `text` without blanks.
    pub fn says(&self, text: &str) -> bool {
        self.text.contains(&text.to_lowercase())
    }

    /// A text without blanks.
    pub fn part(&self, at: usize) -> &str {
        &self.parts[at].bare
    }

    /// A text without blanks, in small letters.
    pub fn folded(&self, at: usize) -> &str {
        &self.parts[at].folded
    }

    /// Where a text begins from left to right.
    pub fn left(&self, at: usize) -> i32 {
        self.parts[at].left
    }

    /// Where a text ends from left to right.
    pub fn right(&self, at: usize) -> i32 {
        let runs = self.runs[self.parts[at].runs.clone()].iter();
        runs.map(|run| run.read.right).max().unwrap_or_default()
    }

    /// Where a text's first line is.
    pub fn baseline(&self, at: usize) -> i32 {
        self.parts[at].baseline
    }

    /// Each text as it is read.
    pub fn readings(&self) -> impl Iterator<Item = String> {
        (0..self.parts.len()).map(|at| self.reading(at))
    }

    /// A text as it is read.
    pub fn reading(&self, at: usize) -> String {
        let mut text = String::new();
        let mut before: Option<&Run> = None;
        for Piece { read, .. } in &self.runs[self.parts[at].runs.clone()] {
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
    }

    /// The lines that these runs stand in.
    fn lines(&self, runs: Range<usize>) -> RangeInclusive<i32> {
        let lines = || self.runs[runs.clone()].iter().map(|run| run.read.baseline);
        let (first, last) = (lines().min(), lines().max());
        first.unwrap_or_default() - LINE_TOLERANCE..=last.unwrap_or_default() + LINE_TOLERANCE
    }

    /// Whether nothing was found in this text yet.
    pub fn is_free(&self, at: usize) -> bool {
        let runs = self.parts[at].runs.clone();
        self.runs[runs].iter().all(|run| !run.taken)
    }

    /// Whether the record's own was found in this text.
    pub fn is_taken(&self, at: usize) -> bool {
        let runs = self.parts[at].runs.clone();
        self.runs[runs].iter().any(|run| run.taken)
    }

    pub fn take_parts(&mut self, parts: &[usize]) {
        for at in parts {
            let runs = self.parts[*at].runs.clone();
            self.runs[runs].iter_mut().for_each(|run| run.taken = true);
        }
    }

    /// The texts that begin in these lines, from left to right.
    fn in_lines(&self, lines: &RangeInclusive<i32>) -> Vec<usize> {
        let baseline = |at: &usize| self.parts[*at].baseline;
        let begin = self
            .down
            .partition_point(|at| baseline(at) < *lines.start());
        let below = self.down[begin..].iter().copied();
        let mut found: Vec<usize> = below
            .take_while(|at| baseline(at) <= *lines.end())
            .collect();
        found.sort_by_key(|at| (self.parts[*at].left, *at));
        found
    }

    /// The texts in the line of this one, from left to right.
    pub fn beside(&self, at: usize) -> Vec<usize> {
        self.in_lines(&self.lines(self.parts[at].runs.clone()))
    }

    /// Those of these texts that begin below a text's lines, line by line, from left to right.
    pub fn below(&self, at: usize, among: Range<usize>) -> Vec<usize> {
        let end = *self.lines(self.parts[at].runs.clone()).end();
        let mut found: Vec<usize> = among.filter(|at| self.parts[*at].baseline > end).collect();
        found.sort_by_key(|at| (self.parts[*at].baseline, self.parts[*at].left));
        found
    }

    /// Which texts belong to each of these, which open rows: a row reaches from its opening to the
    /// next one in its line. What stands before the first opening is that one's. In each row line
    /// by line, from left to right.
    pub fn rows(&self, openings: &[usize], figures_first: bool) -> Vec<Vec<usize>> {
        let opens: HashMap<usize, usize> = openings
            .iter()
            .enumerate()
            .map(|(row, at)| (*at, row))
            .collect();
        // Which rows have a line in which a text begins.
        let mut reached: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for opening in openings {
            for at in self.beside(*opening) {
                if !opens.contains_key(&at) {
                    reached.entry(at).or_default().push(*opening);
                }
            }
        }
        let mut rows = vec![Vec::new(); openings.len()];
        for (at, mut beside) in reached {
            beside.sort_by_key(|opening| self.parts[*opening].left);
            rows[opens[&self.owner(at, &beside, figures_first)]].push(at);
        }
        for row in &mut rows {
            row.sort_by_key(|at| (self.parts[*at].baseline, self.parts[*at].left));
        }
        rows
    }

    /// To which of the openings beside it, from left to right, a text belongs.
    fn owner(&self, at: usize, beside: &[usize], figures_first: bool) -> usize {
        let left = |at: usize| self.parts[at].left;
        let next = beside.partition_point(|opening| left(*opening) <= left(at));
        let (Some(before), next) = (next.checked_sub(1), beside.get(next)) else {
            return beside[0];
        };
        if let Some(next) = next.filter(|_| figures_first) {
            // As many as stand before the first one in the line.
            let line = self.beside(at);
            let count = |from: i32, to: i32| {
                let between = |it: &&usize| (from..to).contains(&left(**it));
                line.iter().filter(between).count()
            };
            if count(left(at), left(*next)) <= count(i32::MIN, left(beside[0])) {
                return *next;
            }
        }
        beside[before]
    }

    /// Free ones of these texts that say this, each alone, if all are there.
    pub fn figures(&self, among: &[usize], figures: &[String]) -> Option<Vec<usize>> {
        let mut found: Vec<usize> = Vec::with_capacity(figures.len());
        for figure in figures {
            let fits = |at: &&usize| {
                self.parts[**at].bare == *figure && !found.contains(at) && self.is_free(**at)
            };
            found.push(*among.iter().find(fits)?);
        }
        Some(found)
    }

    /// Takes figures that stand in one line, each alone in its cell, under whatever title, among
    /// these texts and as it `fits`.
    pub fn take_line(
        &mut self,
        among: Range<usize>,
        figures: &[String],
        fits: impl Fn(&Self, &[usize]) -> bool,
    ) -> bool {
        let Some(first) = figures.first() else {
            return true;
        };
        for at in among.clone() {
            if self.parts[at].bare == *first && self.is_free(at) {
                let mut line = self.beside(at);
                line.retain(|at| among.contains(at));
                let found = self.figures(&line, figures);
                if let Some(found) = found.filter(|found| fits(self, found)) {
                    self.take_parts(&found);
                    return true;
                }
            }
        }
        false
    }

    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Takes a figure that stands alone.
    pub fn take(&mut self, figure: &str) -> bool {
        let mut alone = self.runs.iter_mut();
        let found = alone.find(|run| run.bare == figure && !run.taken);
        found.map(|run| run.taken = true).is_some()
    }

    /// Whether a sentence says this figure, but for one that begins with one of these labels.
    pub fn tells(&self, figure: &str, labels: &[String]) -> bool {
        (0..self.parts.len()).any(|at| {
            let of_label = || labels.iter().any(|it| self.folded(at).starts_with(it));
            self.part(at).contains(figure)
                && !of_label()
                && decimals(&self.reading(at))
                    .iter()
                    .any(|it| it.text == figure)
        })
    }

    /// Takes a figure that stands alone and beside, below or above this label, nearer than any of
    /// `others`; labels without blanks, in small letters.
    pub fn take_labelled(&mut self, label: &str, others: &[String], figure: &str) -> bool {
        let own = self.labels(label);
        let others: Vec<Label> = others
            .iter()
            .filter(|other| *other != label)
            .flat_map(|other| self.labels(other))
            .collect();
        let nearest = |labels: &[Label], run: &Run| labels.iter().filter_map(|it| it.to(run)).min();
        if self.has_inline(label, figure) {
            return true;
        }
        let found = self.runs.iter().position(|run| {
            let belongs = nearest(&own, &run.read).is_some_and(|distance| {
                nearest(&others, &run.read).is_none_or(|other| distance < other)
            });
            run.bare == figure && !run.taken && belongs
        });
        found.map(|at| self.runs[at].taken = true).is_some()
    }

    /// Whether a text says the figure right after this label: `GPA: 3.2142 (5.00)`, `GPA ... 3.21`.
    fn has_inline(&self, label: &str, figure: &str) -> bool {
        let leads = |letter: char| letter.is_whitespace() || ":=.…·_–—-".contains(letter);
        let says = |at: usize| {
            let text = self.reading(at);
            let mut letters = text.char_indices();
            let mut read = String::new();
            // The label may have blanks where the text has others.
            let end = letters.find_map(|(at, letter)| {
                let seen = letter.to_lowercase().filter(|it| !it.is_whitespace());
                read.extend(seen);
                (read.len() >= label.len()).then_some(at + letter.len_utf8())
            });
            let rest = end.filter(|_| read == label).map(|end| &text[end..]);
            let rest = rest.filter(|rest| rest.starts_with(leads));
            let rest = rest.map(|rest| rest.trim_start_matches(leads));
            let after = rest.and_then(|rest| rest.strip_prefix(figure));
            after.is_some_and(|after| !after.starts_with(|it: char| it.is_alphanumeric()))
        };
        let starts = |at: &usize| self.folded(*at).starts_with(label);
        (0..self.parts.len()).filter(starts).any(says)
    }

    /// Where a text begins with this label: with a run, and no letter after it in its last one.
    fn labels(&self, label: &str) -> Vec<Label> {
        let mut labels = Vec::new();
        for part in &self.parts {
            for first in part.runs.clone() {
                let mut read = String::new();
                let last = part.runs.clone().skip_while(|at| *at < first).find(|at| {
                    read.extend(self.runs[*at].bare.chars().flat_map(char::to_lowercase));
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
    /// How far a run stands from it: after it in its line, or else below it, or else above it.
    fn to(&self, run: &Run) -> Option<(bool, i32, bool)> {
        if self.lines.contains(&run.baseline) {
            let apart = run.left - self.right;
            return (apart >= -LINE_TOLERANCE).then_some((false, apart, false));
        }
        let is_above = run.baseline < *self.lines.start();
        let apart = match is_above {
            true => self.lines.start() - run.baseline,
            false => run.baseline - self.lines.end(),
        };
        let meets = apart < APART_MAX && run.left < self.right && run.right > self.left;
        meets.then_some((true, apart, is_above))
    }
}

/// Whether what follows a title is nothing, or where the course was taken.
pub(super) fn is_place(rest: &str, places: &[String]) -> bool {
    let inside = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    rest.is_empty()
        || inside.is_some_and(|inside| places.iter().any(|place| inside.contains(place)))
}

/// Whether a text holds this word or number, not as a part of a longer number.
pub(super) fn has_word(text: &str, word: &str) -> bool {
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

    /// What belongs to each of these titles.
    fn rows(page: &Page, titles: &[&str], figures_first: bool) -> Vec<String> {
        let opens = |at: &usize| titles.contains(&page.part(*at));
        let openings: Vec<usize> = (0..page.len()).filter(opens).collect();
        let rows = page.rows(&openings, figures_first);
        let told = |row: Vec<usize>| row.iter().map(|at| page.part(*at)).collect::<Vec<_>>();
        rows.into_iter().map(|row| told(row).join(" ")).collect()
    }

    #[test]
    fn a_row_reaches_from_its_title_to_the_next_one_in_its_line() {
        let titles = ["Art", "Biology"];
        for (line, found) in [
            ("Art|A|5.00|Biology|F|0.00", ["A 5.00", "F 0.00"]),
            ("1|Art|A|Biology|F|0.00", ["1 A", "F 0.00"]),
        ] {
            assert_eq!(rows(&page(&[line]), &titles, false), found, "{line}");
        }
        let first = page(&["A|Art|5.00|F|Biology|0.00"]);
        assert_eq!(rows(&first, &titles, true), ["A 5.00", "F 0.00"]);
        assert_eq!(rows(&page(&["F|Biology|5.00"]), &titles, false), ["F 5.00"]);
        assert_eq!(rows(&page(&["Art", "A|5.00"]), &titles, false), [""]);
    }

    #[test]
    fn a_figure_is_found_once_and_alone_though_its_text_may_be_broken() {
        let of = |figures: &[&str]| figures.iter().map(|it| bare(it)).collect::<Vec<_>>();
        let mut page = page(&["Art|Cre+dit|5.00|A+ (F)"]);
        let among = Vec::from_iter(0..page.len());
        assert!(page.figures(&among, &of(&["Credit", "5.00"])).is_some());
        for none in [&["A"][..], &["5.00", "5.00"], &["Cre"]] {
            assert!(page.figures(&among, &of(none)).is_none(), "{none:?}");
        }
        page.take_parts(&[2]);
        assert!(page.figures(&among, &of(&["5.00"])).is_none());
    }

    #[test]
    fn what_follows_a_title_is_nothing_or_a_place_in_brackets() {
        let places = [bare("Pacific College")];
        for (rest, right) in [
            ("", true),
            ("(atPacificCollege)", true),
            ("(Honors)", false),
        ] {
            assert_eq!(is_place(rest, &places), right, "{rest}");
        }
        assert!(!is_place("Honors", &places));
    }

    #[test]
    fn a_figure_stands_alone() {
        let mut totals = page(&["Credits|230.00", "3.2142+5.00 scale"]);
        assert!(totals.take("230.00") && !totals.take("230.00"));
        assert!(!totals.take("30.00") && !totals.take("5.00") && totals.take("3.2142"));
    }

    #[test]
    fn an_average_stands_by_its_own_label_below_it_or_in_its_line() {
        let labels = ["GPA", "GPA weighted"].map(folded);
        for (lines, right) in [
            (&["GPA|GPA weighted", "3.2|4.0"][..], true),
            (&["GPA|GPA weighted", "4.0|3.2"], false),
            (&["GPA:|3.2|GPA weighted:|4.0"], true),
            (&["GPA: +3.2", "GPA weighted: +4.0"], true),
            (&["GPA: 3.2 (5.0)", "GPA weighted: 4.0 (5.0)"], true),
            (&["GPA: 4.0 (5.0)", "GPA weighted: 3.2 (5.0)"], false),
            (&["GPA: 3.25 (5.0)", "GPA weighted: 4.0 (5.0)"], false),
            (&["GPA|4.0", "GPA weighted|3.2"], false),
            (&["GPA|||GPA weighted", "|3.2||4.0"], false),
            (&["Average|Average weighted", "3.2|4.0"], false),
            (&["Gpa|GPA WEIGHTED", "3.2|4.0"], true),
            (&["GPA ..... 3.2", "GPA weighted … 4.0"], true),
            (&["GPA|.....|3.2", "GPA weighted|......|4.0"], true),
            (&["GPA ..... 4.0", "GPA weighted … 3.2"], false),
            (&["3.2|4.0", "GPA|GPA weighted"], true),
            (&["4.0|3.2", "GPA|GPA weighted"], false),
            (&["GPA", "3.2", "GPA weighted", "4.0"], true),
            (&["GPA", "4.0", "GPA weighted", "3.2"], false),
        ] {
            let mut page = page(lines);
            let shown = page.take_labelled(&labels[0], &labels, "3.2")
                && page.take_labelled(&labels[1], &labels, "4.0");
            assert_eq!(shown, right, "{lines:?}");
        }
    }

    #[test]
    fn a_sentence_tells_a_figure_that_is_whole_and_no_averages() {
        let labels = [folded("GPA")];
        for (text, right) in [
            ("Total credits attempted: 140.00", true),
            ("attempted 140.00, earned 135.00", true),
            ("attempted 1140.00", false),
            ("attempted 140.005", false),
            ("GPA 3.2 of 140.00", false),
        ] {
            assert_eq!(page(&[text]).tells("140.00", &labels), right, "{text}");
        }
    }

    #[test]
    fn figures_of_one_line_are_taken_once() {
        let sums = ["35.00", "30.00"].map(str::to_owned);
        let mut table = page(&["Sum|35.00|30.00", "35.00", "30.00"]);
        let all = 0..table.len();
        let any = |_: &Page, _: &[usize]| true;
        assert!(!table.take_line(all.clone(), &sums, |_, _| false));
        assert!(table.take_line(all.clone(), &sums, any) && !table.take_line(all, &sums, any));
        assert!(!page(&["35.00|30.00"]).take_line(1..2, &sums, any));
    }

    #[test]
    fn a_text_is_read_as_one_whatever_its_runs() {
        let page = page(&["of the S+DC|Art"]);
        assert_eq!(Vec::from_iter(page.readings()), ["of the SDC", "Art"]);
    }
}
