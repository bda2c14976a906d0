//! What a reader of the finished pages can read: every text that stands upright on the page, large
//! enough, in a colour that differs from what is behind it, with nothing painted over it and no
//! line through it; of each text the letters that are seen.
//!
//! Whoever issues a document compares it with the record (`issue::whole`): a template that leaves
//! a row out, or hides it, then makes no document.

use serde::{Deserialize, Serialize};

use super::fonts::invisible;
use super::placed::{Run as Placed, Sheet};

/// How far apart in a line, in parts of the size, texts belong to each other: no blank is wider.
const BLANK: f64 = 0.6;

/// How far below each other, in parts of the size, two lines belong to each other.
const LEADING: f64 = 2.0;

/// One run of text that can be read. Measures are hundredths of a point from the page's upper left
/// corner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Where it begins.
    pub left: i32,
    /// Where it ends.
    pub right: i32,
    /// Where its line is.
    pub baseline: i32,
    /// Runs with the same number are one text to a reader: of a cell, a paragraph, a label.
    pub part: u32,
}

/// What can be read on each page, in the order in which it was set: the texts of a paragraph or of
/// a cell follow each other.
pub(super) fn legible(sheets: &[Sheet<'_>]) -> Vec<Vec<Run>> {
    let pages = sheets.iter().map(|sheet| {
        let mut runs: Vec<Run> = Vec::with_capacity(sheet.runs.len());
        let mut before: Option<&Placed<'_>> = None;
        // How far the text that is being read reaches from left to right.
        let (mut left, mut right) = (0.0, 0.0);
        for (run, _) in sheet.runs.iter().filter(|(_, hidden)| hidden.is_none()) {
            let goes_on = before.is_some_and(|before| goes_on(before, run, left, right));
            (left, right) = match goes_on {
                true => (run.area.left.min(left), run.area.right.max(right)),
                false => (run.area.left, run.area.right),
            };
            let part = runs
                .last()
                .map_or(0, |last| last.part + u32::from(!goes_on));
            runs.push(Run {
                text: seen(run.text),
                left: hundredths(run.area.left),
                right: hundredths(run.area.right),
                baseline: hundredths(run.area.bottom),
                part,
            });
            before = Some(run);
        }
        runs
    });
    pages.collect()
}

/// What is seen of a text.
fn seen(text: &str) -> String {
    let is_seen = |letter: &char| letter.is_ascii() || !invisible(*letter);
    text.chars().filter(is_seen).collect()
}

/// Whether a run goes on with the text of the one before it: in the same cell or paragraph, beside
/// it in its line, or in the next line below what was read so far.
fn goes_on(before: &Placed<'_>, run: &Placed<'_>, left: f64, right: f64) -> bool {
    let down = run.area.bottom - before.area.bottom;
    let apart = run.area.left - before.area.right;
    let size = run.size.max(before.size);
    run.part == before.part
        && if down.abs() < size / 2.0 {
            apart > -size && apart < BLANK * size
        } else {
            down > 0.0 && down < LEADING * size && run.area.left < right && run.area.right > left
        }
}

fn hundredths(points: f64) -> i32 {
    (points * 100.0).round() as i32
}

#[cfg(test)]
mod tests {
    use crate::render::rendered;

    /// What can be read on a page of 200 by 100 points with this on it.
    fn read(body: &str) -> Vec<String> {
        let page = "#set page(width: 200pt, height: 100pt, margin: 10pt)";
        let legible = rendered(&format!("#set text(size: 10pt)\n{page}\n{body}")).legible;
        legible.into_iter().flatten().map(|run| run.text).collect()
    }

    #[test]
    fn what_stands_openly_on_the_page_can_be_read() {
        for open in [
            "Biology",
            "#box(fill: black, inset: 4pt, text(fill: white)[Biology])",
            "#box(stroke: 4pt + red, inset: 8pt)[Biology]",
            "#place(rotate(-40deg, text(size: 30pt, fill: luma(230))[COPY])) Biology",
            "#box(clip: true, width: 60pt, height: 20pt)[Biology]",
            "#underline[Biology]",
            "#place(dx: 20pt, dy: -2pt, circle(radius: 22pt, stroke: 1pt + red)) #h(24pt) Biology",
            "#box(stroke: (bottom: 0.5pt + black), inset: (bottom: 2pt))[Biology]",
            "#place(dy: 4pt, line(length: 80pt))#place[Biology]",
            "#set page(fill: rgb(\"#fffbe8\"))\nBiology",
            "#table([Biology])",
        ] {
            assert_eq!(read(open), ["Biology"], "{open}");
        }
    }

    #[test]
    fn of_a_text_the_letters_that_are_seen_are_read() {
        let sown = "A\u{200b}B\u{2060}C\u{ad}D\u{200d}";
        assert_eq!(read(&format!("#box(width: 90pt)[{sown}]")).concat(), "ABCD");
    }

    #[test]
    fn what_is_hidden_by_any_means_cannot() {
        for hiding in [
            "#text(fill: white)[Biology]",
            "#text(fill: black.transparentize(90%))[Biology]",
            "#text(fill: gradient.linear(red, blue))[Biology]",
            "#text(size: 2pt)[Biology]",
            "#text(stroke: 3pt + white)[Biology]",
            "#text(tracking: -0.6em)[Biology]",
            "#set page(fill: black)\nBiology",
            "#set page(fill: gradient.linear(red, blue))\nBiology",
            "#scale(20%)[Biology]",
            "#hide[Biology]",
            "#place(dx: 300pt)[Biology]",
            "#place(box(fill: black, inset: 4pt)[Biology])",
            "#place[Biology]#place(rect(width: 80pt, height: 20pt, fill: white))",
            "#place[Biology]#place(dx: 20pt, rect(width: 10pt, height: 20pt, fill: white))",
            "#place[Biology]#place(dy: 5pt, line(length: 80pt, stroke: 12pt + white))",
            "#place(rect(width: 20pt, height: 20pt, fill: black))#place[Biology]",
            "#box(clip: true, width: 4pt, height: 4pt, place[Biology])",
            "#strike[Biology]",
            "#place[Biology]#place(dx: 3pt, line(angle: 90deg, length: 20pt, stroke: 0.6pt))",
            "#place[Biology]#place(curve(stroke: 1pt, curve.cubic((9pt, 0pt), none, (9pt, 20pt))))",
            "#place[Biology]#place(dx: 4pt, dy: 2pt, rect(width: 9pt, height: 4pt, stroke: 0.4pt))",
        ] {
            assert_eq!(read(hiding), [""; 0], "{hiding}");
        }
        let over = "#place[Biology]#place(text(fill: white, size: 12pt)[Biologies])";
        assert_eq!(read(over), [""; 0], "a text can be painted over another");
    }
}
