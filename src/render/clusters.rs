//! Letters kept together with the marks on them, so that a name is copied from the PDF as it was
//! written.
//!
//! Where a mark is raised, over a capital say, Typst makes it a text of its own, and both texts
//! carry letter and mark: a reader finds the letter twice. Drawn as one text, the PDF says once
//! what the group of glyphs stands for (`ActualText`). Only documents with such a mark are touched.
//!
//! Never: a change of what is drawn.

use typst::layout::{Abs, Em, Frame, FrameItem, Point};
use typst::model::Document;
use typst::text::TextItem;
use typst_layout::{Page, PagedDocument};
use unicode_normalization::char::is_combining_mark;

/// The document with each mark in the text of its letter.
pub(super) fn joined(document: PagedDocument) -> PagedDocument {
    if !document.pages().iter().any(|page| has_marks(&page.frame)) {
        return document;
    }
    let pages = document.pages().iter().cloned().map(|mut page: Page| {
        join(&mut page.frame);
        page
    });
    PagedDocument::new(pages.collect(), document.info().clone())
}

fn has_marks(frame: &Frame) -> bool {
    frame.items().any(|(_, item)| match item {
        FrameItem::Group(group) => has_marks(&group.frame),
        FrameItem::Text(text) => !text.text.is_ascii() && text.text.contains(is_combining_mark),
        _ => false,
    })
}

fn join(frame: &mut Frame) {
    let mut joined = frame.clone();
    joined.clear();
    let mut items: Vec<(Point, FrameItem)> = Vec::new();
    for (at, item) in frame.items() {
        match (items.last_mut(), item) {
            (Some((before, FrameItem::Text(letter))), FrameItem::Text(mark))
                if belongs(letter, mark, *at - *before) =>
            {
                adopt(letter, mark, before.y - at.y);
            }
            (_, FrameItem::Group(group)) => {
                let mut group = group.clone();
                join(&mut group.frame);
                items.push((*at, FrameItem::Group(group)));
            }
            _ => items.push((*at, item.clone())),
        }
    }
    joined.push_multiple(items);
    *frame = joined;
}

/// Whether a text is a mark on the last letter of the text before it, `apart` from it.
fn belongs(letter: &TextItem, mark: &TextItem, apart: Point) -> bool {
    let last = letter
        .glyphs
        .last()
        .map(|glyph| &letter.text[glyph.range()]);
    let whole = 0..mark.text.len();
    last == Some(mark.text.as_str())
        && mark.text.contains(is_combining_mark)
        && mark.glyphs.iter().all(|glyph| glyph.range() == whole)
        && (&letter.font, letter.size, &letter.fill) == (&mark.font, mark.size, &mark.fill)
        && letter.width().approx_eq(apart.x)
}

/// Adds a mark's glyphs, `raised` over its letter's line, to the letter's text.
fn adopt(letter: &mut TextItem, mark: &TextItem, raised: Abs) {
    let Some(range) = letter.glyphs.last().map(|glyph| glyph.range.clone()) else {
        return;
    };
    let raised = Em::from_abs(raised, letter.size);
    letter
        .glyphs
        .extend(mark.glyphs.iter().cloned().map(|mut glyph| {
            glyph.range = range.clone();
            glyph.y_offset += raised;
            glyph
        }));
}
