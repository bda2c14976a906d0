//! The pages of a finished PDF as pictures, for a person to look at and for two templates to be
//! compared. Drawn from the file itself, in a worker, by a reader of PDF that knows no Typst.
//!
//! Never: a font of the machine. What a file does not embed is not drawn.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings, render};

use super::{Diagnostic, LimitKind, Limits, RenderError};

/// Points of an inch (ISO 32000-1, 8.3.2.3).
const POINTS_PER_INCH: f32 = 72.0;

/// Dots of one picture: a letter page at 400 dots an inch has 15 million.
const PICTURE_DOTS_MAX: f32 = 24e6;

/// Each page as a PNG, at so many dots an inch, on white.
///
/// # Errors
/// [`RenderError::Limit`], where a page has more than [`PICTURE_DOTS_MAX`] dots, or there are more
/// pages or bytes than the limits allow; [`RenderError::Template`], where it is no PDF.
pub(super) fn pictures(
    pdf: Vec<u8>,
    dots_per_inch: u16,
    limits: &Limits,
) -> Result<Vec<Vec<u8>>, RenderError> {
    let pdf = Pdf::new(pdf).map_err(|_| no_pdf())?;
    let pages = pdf.pages();
    if pages.len() > usize::try_from(limits.pages_max).unwrap_or(usize::MAX) {
        let limit = limits.pages_max.into();
        return Err(RenderError::Limit {
            which: LimitKind::Pages,
            limit,
        });
    }
    let scale = f32::from(dots_per_inch) / POINTS_PER_INCH;
    let cache = RenderCache::new();
    let mut made: Vec<Vec<u8>> = Vec::with_capacity(pages.len());
    let mut bytes = 0;
    for page in pages.iter() {
        let (width, height) = page.render_dimensions();
        let side_max = f32::from(u16::MAX);
        let (across, down) = (width * scale, height * scale);
        if across * down > PICTURE_DOTS_MAX || across.max(down) >= side_max {
            let limit = PICTURE_DOTS_MAX as u64;
            return Err(RenderError::Limit {
                which: LimitKind::Picture,
                limit,
            });
        }
        let settings = RenderSettings {
            x_scale: scale,
            y_scale: scale,
            width: Some(across.round() as u16),
            height: Some(down.round() as u16),
            bg_color: WHITE,
        };
        let dots = render(page, &cache, &InterpreterSettings::default(), &settings);
        let png = dots.into_png().map_err(|_| no_pdf())?;
        bytes += png.len();
        if bytes as u64 > limits.output_bytes_max {
            let limit = limits.output_bytes_max;
            return Err(RenderError::Limit {
                which: LimitKind::Output,
                limit,
            });
        }
        made.push(png);
    }
    Ok(made)
}

fn no_pdf() -> RenderError {
    RenderError::Template {
        diagnostics: vec![Diagnostic::new(
            "the file cannot be drawn",
            "it is not a PDF that this program reads",
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::rendered;

    #[test]
    fn each_page_is_a_picture_of_its_size() {
        let two = rendered("#set page(width: 100pt, height: 50pt)\nOne #pagebreak() Two").pdf;
        let pictures = pictures(two, 144, &Limits::default()).expect("drawn");
        assert_eq!(pictures.len(), 2);
        for png in &pictures {
            let picture = image::load_from_memory(png).expect("a PNG").into_luma8();
            assert_eq!(picture.dimensions(), (200, 100));
            assert!(picture.pixels().any(|dot| dot.0[0] < 64), "a text is drawn");
        }
        assert_ne!(pictures[0], pictures[1]);
    }

    #[test]
    fn a_picture_has_a_bound_and_what_is_no_pdf_is_refused() {
        let large = rendered("#set page(width: 14400pt, height: 14400pt)\nA").pdf;
        let refused = pictures(large, 400, &Limits::default()).expect_err("too large");
        let which = LimitKind::Picture;
        assert!(matches!(refused, RenderError::Limit { which: found, .. } if found == which));
        assert!(pictures(b"no PDF".to_vec(), 72, &Limits::default()).is_err());
    }
}
