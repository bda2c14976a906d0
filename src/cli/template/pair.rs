//! Two pictures of a page: where they differ, and both side by side.

use anyhow::Context as _;
use image::{ImageFormat, Rgba, RgbaImage};

/// Dots between the two pictures, and around what differs.
const GAP: u32 = 24;
const FRAME: u32 = 3;

const BACKGROUND: Rgba<u8> = Rgba([96, 96, 96, 255]);
const MARK: Rgba<u8> = Rgba([208, 0, 0, 255]);
const PAPER: Rgba<u8> = Rgba([255; 4]);

/// The smallest rectangle that holds every dot that differs, its right and lower edge included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
}

/// A PNG of our own.
pub(super) fn open(png: &[u8]) -> anyhow::Result<RgbaImage> {
    let picture = image::load_from_memory_with_format(png, ImageFormat::Png);
    Ok(picture
        .context("a picture of a page does not read")?
        .into_rgba8())
}

/// Where two pages differ, if they do; a page that only one has differs everywhere. Both were drawn
/// by the same program on the same machine, so no difference is forgiven: the lightest grey is one.
pub(super) fn difference(one: Option<&RgbaImage>, other: Option<&RgbaImage>) -> Option<Difference> {
    let size = |picture: Option<&RgbaImage>| picture.map_or((0, 0), RgbaImage::dimensions);
    let (width, height) = size(one.or(other));
    if size(one) != size(other) {
        let (right, bottom) = (width.saturating_sub(1), height.saturating_sub(1));
        return Some(Difference {
            left: 0,
            top: 0,
            right,
            bottom,
        });
    }
    let (one, other) = (one?, other?);
    let mut found: Option<Difference> = None;
    for ((x, y, dot), other) in one.enumerate_pixels().zip(other.pixels()) {
        if dot == other {
            continue;
        }
        let here = found.get_or_insert(Difference {
            left: x,
            top: y,
            right: x,
            bottom: y,
        });
        here.left = here.left.min(x);
        here.right = here.right.max(x);
        here.bottom = y;
    }
    found
}

/// Both pages beside each other as a PNG, with a frame around what differs.
pub(super) fn side_by_side(
    one: Option<&RgbaImage>,
    other: Option<&RgbaImage>,
    difference: Difference,
) -> anyhow::Result<Vec<u8>> {
    let width = |picture: Option<&RgbaImage>| picture.map_or(0, RgbaImage::width);
    let height = |picture: Option<&RgbaImage>| picture.map_or(0, RgbaImage::height);
    let half = width(one).max(width(other));
    let size = (3 * GAP + 2 * half, 2 * GAP + height(one).max(height(other)));
    let mut sheet = RgbaImage::from_pixel(size.0, size.1, BACKGROUND);
    for (at, picture) in [(GAP, one), (2 * GAP + half, other)] {
        let Some(picture) = picture else { continue };
        let mut page = RgbaImage::from_pixel(picture.width(), picture.height(), PAPER);
        image::imageops::overlay(&mut page, picture, 0, 0);
        frame(&mut page, difference);
        image::imageops::overlay(&mut sheet, &page, at.into(), GAP.into());
    }
    let mut png = std::io::Cursor::new(Vec::new());
    sheet.write_to(&mut png, ImageFormat::Png)?;
    Ok(png.into_inner())
}

fn frame(page: &mut RgbaImage, around: Difference) {
    let (width, height) = page.dimensions();
    let left = around.left.saturating_sub(2 * FRAME);
    let top = around.top.saturating_sub(2 * FRAME);
    let right = (around.right + 2 * FRAME).min(width.saturating_sub(1));
    let bottom = (around.bottom + 2 * FRAME).min(height.saturating_sub(1));
    for (x, y, dot) in page.enumerate_pixels_mut() {
        let inside = (left..=right).contains(&x) && (top..=bottom).contains(&y);
        let edge = x < left + FRAME || x + FRAME > right || y < top + FRAME || y + FRAME > bottom;
        if inside && edge {
            *dot = MARK;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> RgbaImage {
        RgbaImage::from_pixel(40, 60, PAPER)
    }

    #[test]
    fn a_difference_is_the_smallest_rectangle_around_it() {
        let (one, mut other) = (page(), page());
        assert_eq!(difference(Some(&one), Some(&other)), None);
        other.put_pixel(5, 20, Rgba([254, 255, 255, 255]));
        other.put_pixel(30, 11, Rgba([0, 0, 0, 255]));
        let expected = Difference {
            left: 5,
            top: 11,
            right: 30,
            bottom: 20,
        };
        assert_eq!(difference(Some(&one), Some(&other)), Some(expected));
    }

    #[test]
    fn a_page_that_only_one_has_differs_everywhere() {
        let one = page();
        let whole = Difference {
            left: 0,
            top: 0,
            right: 39,
            bottom: 59,
        };
        assert_eq!(difference(Some(&one), None), Some(whole));
        assert_eq!(difference(None, Some(&one)), Some(whole));
        assert_eq!(difference(None, None), None);
    }

    #[test]
    fn both_pages_stand_side_by_side_with_a_frame() {
        let (one, mut other) = (page(), page());
        other.put_pixel(20, 30, Rgba([0, 0, 0, 255]));
        let found = difference(Some(&one), Some(&other)).expect("they differ");
        let png = side_by_side(Some(&one), Some(&other), found).expect("drawn");
        let sheet = open(&png).expect("a picture");
        assert_eq!(sheet.dimensions(), (3 * GAP + 80, 2 * GAP + 60));
        let marked = sheet.pixels().filter(|dot| **dot == MARK).count();
        assert!(marked > 100, "{marked}");
        assert!(side_by_side(Some(&one), None, found).is_ok());
    }
}
