//! The pages of a PDF that a report brings along, such as a school's profile, as drawings that a
//! page can show.
//!
//! Typst cannot put a page of another PDF into a file that is to be PDF/A and PDF/UA, for it could
//! not answer for what is inside; as a drawing it can, with a text that says what it shows. It is
//! done once for each worker, inside it, because the file is a stranger's.
//!
//! A template reads `json("/profile.pdf/pages.json")`, a list of paths, and shows each as an image.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro_svg::hayro_interpret::{InterpreterSettings, InterpreterWarning};
use hayro_svg::hayro_syntax::Pdf;
use hayro_svg::{RenderCache, SvgRenderSettings, convert};

use super::Diagnostic;

/// Pages of one such file; a school's profile has one or two.
pub const INSET_PAGES_MAX: usize = 8;
/// Bytes of its drawings together; they become part of every document.
pub const INSET_BYTES_MAX: usize = 6 << 20;

/// The index under which a template finds the drawings of `path`, and each drawing's own path.
pub(super) fn drawings(path: &str, pdf: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Vec<Diagnostic>> {
    let refused = |message: String, hint: &str| {
        vec![Diagnostic {
            file: Some(path.to_owned()),
            ..Diagnostic::new(message, hint)
        }]
    };
    let pdf = Pdf::new(pdf.to_vec()).map_err(|_| {
        refused(
            "this is not a PDF that can be shown".to_owned(),
            "print it to a PDF again, without a password",
        )
    })?;
    let pages = pdf.pages();
    if pages.is_empty() || pages.len() > INSET_PAGES_MAX {
        let message = format!(
            "it has {} pages; 1 to {INSET_PAGES_MAX} can be shown",
            pages.len()
        );
        return Err(refused(message, "leave pages out"));
    }
    let lost = Arc::new(Lost::default());
    let (asked, warned) = (Arc::clone(&lost), Arc::clone(&lost));
    let settings = InterpreterSettings {
        font_resolver: Arc::new(move |_| {
            asked.font_not_embedded.store(true, Ordering::Relaxed);
            None
        }),
        warning_sink: Arc::new(move |warning| match warning {
            InterpreterWarning::UnsupportedFont => warned.font.store(true, Ordering::Relaxed),
            InterpreterWarning::ImageDecodeFailure => {
                warned.picture.store(true, Ordering::Relaxed);
            }
        }),
        ..InterpreterSettings::default()
    };
    let cache = RenderCache::new();
    let white = SvgRenderSettings { bg_color: [255; 4] };
    let mut files = Vec::with_capacity(pages.len() + 1);
    for (number, page) in (1..).zip(pages.iter()) {
        let drawing = convert(page, &cache, &settings, &white);
        files.push((format!("{path}/{number}.svg"), alike(&drawing).into_bytes()));
    }
    if let Some((message, hint)) = lost.what() {
        return Err(refused(message.to_owned(), hint));
    }
    let bytes: usize = files.iter().map(|(_, drawing)| drawing.len()).sum();
    if bytes > INSET_BYTES_MAX {
        let message = format!("its drawings have {bytes} bytes; {INSET_BYTES_MAX} are the most");
        return Err(refused(message, "make its pictures smaller"));
    }
    let paths: Vec<String> = files.iter().map(|(path, _)| format!("/{path}")).collect();
    let index = serde_json::to_vec(&paths).expect("strings are JSON");
    files.push((format!("{path}/pages.json"), index));
    Ok(files)
}

/// What would not be on the drawings, though it is in the file.
#[derive(Default)]
struct Lost {
    font_not_embedded: AtomicBool,
    font: AtomicBool,
    picture: AtomicBool,
}

impl Lost {
    /// The first of it, and what to do about it.
    fn what(&self) -> Option<(&'static str, &'static str)> {
        let found = [
            (
                &self.font_not_embedded,
                "it uses a font that it does not embed",
                "print it to a PDF again with all fonts embedded (PDF/A does)",
            ),
            (
                &self.font,
                "it uses a font of a kind that cannot be drawn",
                "print it to a PDF again, with other fonts",
            ),
            (
                &self.picture,
                "it holds a picture that cannot be read",
                "replace the picture by a PNG or a JPEG, and print it to a PDF again",
            ),
        ];
        let found = found.into_iter().find(|it| it.0.load(Ordering::Relaxed));
        found.map(|(_, message, hint)| (message, hint))
    }
}

/// The same drawing with each letter's outline beginning at its own origin, and moved to its place
/// where it is used. As it comes, an outline has its place on the line in it, so that no two are
/// the same bytes and a page of text has 340 kB; made alike, they compress to 130. A letter that is
/// filled with a gradient or a pattern stays where it is, for those move with the letter.
fn alike(drawing: &str) -> String {
    let mut origins = HashMap::new();
    let patterned: HashSet<&str> = drawing
        .lines()
        .filter(|line| line.contains("url(#"))
        .filter_map(letter_used)
        .collect();
    let mut lines: Vec<String> = drawing.lines().map(str::to_owned).collect();
    for line in &mut lines {
        let Some(rest) = line.trim_start().strip_prefix("<path id=\"") else {
            continue;
        };
        let Some((id, rest)) = rest.split_once("\" d=\"") else {
            continue;
        };
        if !patterned.contains(id)
            && let Some((outline, end)) = rest.split_once('"')
            && let Some((origin, moved)) = to_origin(outline)
        {
            origins.insert(id.to_owned(), origin);
            *line = format!("<path id=\"{id}\" d=\"{moved}\"{end}");
        }
    }
    for line in &mut lines {
        if let Some((x, y)) = letter_used(line).and_then(|id| origins.get(id)) {
            *line = line.replacen("<use ", &format!("<use x=\"{x}\" y=\"{y}\" "), 1);
        }
    }
    lines.join("\n")
}

/// The id of the letter that a line of a drawing shows.
fn letter_used(line: &str) -> Option<&str> {
    let id = line.trim_start().strip_prefix("<use xlink:href=\"#")?;
    id.split('"').next()
}

/// An outline's first point, and the outline from there, in hundredths of a point: one part in
/// 7,200 of an inch, which no printer can show. None for what is not written as outlines of
/// letters are.
fn to_origin(outline: &str) -> Option<((f64, f64), String)> {
    let mut origin = None;
    let mut moved = String::with_capacity(outline.len());
    for word in outline.split_ascii_whitespace() {
        let numbers = word.trim_start_matches(['M', 'L', 'Q', 'C', 'Z']);
        moved.push(' ');
        moved.push_str(&word[..word.len() - numbers.len()]);
        if numbers.is_empty() {
            continue;
        }
        let (x, y) = numbers.split_once(',')?;
        let (x, y): (f64, f64) = (x.parse().ok()?, y.parse().ok()?);
        let (left, top) = *origin.get_or_insert((x, y));
        // Adding zero takes the sign from a negative zero.
        let rounded = |value: f64| (value * 100.0).round() / 100.0 + 0.0;
        moved.push_str(&format!("{},{}", rounded(x - left), rounded(y - top)));
    }
    Some((origin?, moved.trim_start().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small file with so many pages of one word, in a font that it does not embed.
    fn not_embedded(pages: usize) -> Vec<u8> {
        let kids: String = (0..pages)
            .map(|page| format!("{} 0 R ", 5 + page))
            .collect();
        let mut pdf = format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
             2 0 obj<</Type/Pages/Count {pages}/Kids[{kids}]/MediaBox[0 0 200 100]>>endobj\n\
             3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n\
             4 0 obj<</Length 36>>stream\nBT /F1 24 Tf 10 10 Td (Eagles) Tj ET \nendstream endobj\n"
        );
        for page in 0..pages {
            pdf += &format!(
                "{} 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R\
                 /Resources<</Font<</F1 3 0 R>>>>>>endobj\n",
                5 + page
            );
        }
        pdf += "trailer<</Root 1 0 R>>\n%%EOF\n";
        pdf.into_bytes()
    }

    fn refusal(pdf: &[u8]) -> String {
        let found = drawings("profile.pdf", pdf).expect_err("it is refused");
        assert_eq!(found[0].file.as_deref(), Some("profile.pdf"));
        assert!(!found[0].hints.is_empty());
        found[0].message.clone()
    }

    #[test]
    fn the_shipped_profile_becomes_a_drawing_for_each_page_and_an_index() {
        let pdf = include_bytes!("../../report-templates/ironwood-terrace/profile.pdf");
        let files = drawings("profile.pdf", pdf).expect("drawn");
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["profile.pdf/1.svg", "profile.pdf/pages.json"]);
        assert!(files[0].1.starts_with(b"<svg"));
        assert_eq!(files[1].1, br#"["/profile.pdf/1.svg"]"#);
        assert_eq!(
            files,
            drawings("profile.pdf", pdf).expect("drawn"),
            "the same each time"
        );
    }

    #[test]
    fn the_same_letter_at_two_places_is_the_same_outline() {
        let drawing = "<use xlink:href=\"#g0\" transform=\"translate(1 2)\"/>\n\
                       <use xlink:href=\"#g1\" transform=\"translate(1 2)\"/>\n\
                       <path id=\"g0\" d=\"M10,5 L12.5,5 Q13,5.004 13,6 Z\"/>\n\
                       <path id=\"g1\" d=\"M30.001,-5 L32.501,-5 Q33.001,-4.996 33.001,-4 Z\"/>\n\
                       <path id=\"c\" d=\"M1 2 A3 4\"/>";
        let outline = "d=\"M0,0 L2.5,0 Q3,0 3,1 Z\"/>";
        let expected = format!(
            "<use x=\"10\" y=\"5\" xlink:href=\"#g0\" transform=\"translate(1 2)\"/>\n\
             <use x=\"30.001\" y=\"-5\" xlink:href=\"#g1\" transform=\"translate(1 2)\"/>\n\
             <path id=\"g0\" {outline}\n<path id=\"g1\" {outline}\n\
             <path id=\"c\" d=\"M1 2 A3 4\"/>"
        );
        assert_eq!(alike(drawing), expected);
    }

    #[test]
    fn a_letter_in_a_gradient_stays_where_its_gradient_is() {
        let drawing = "<use xlink:href=\"#g0\" fill=\"url(#p1)\"/>\n\
                       <use xlink:href=\"#g0\" fill=\"#000000\"/>\n\
                       <path id=\"g0\" d=\"M10,5 L12.5,5 Z\"/>";
        assert_eq!(alike(drawing), drawing);
    }

    #[test]
    fn a_picture_that_cannot_be_read_does_not_vanish_from_the_page() {
        let pdf = |picture: &str| {
            format!(
                "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
                 2 0 obj<</Type/Pages/Count 1/Kids[5 0 R]/MediaBox[0 0 200 100]>>endobj\n\
                 3 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8\
                 /ColorSpace/DeviceGray {picture}endstream endobj\n\
                 4 0 obj<</Length 34>>stream\nq 50 0 0 50 10 10 cm /Im0 Do Q    \n\
                 endstream endobj\n\
                 5 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R\
                 /Resources<</XObject<</Im0 3 0 R>>>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
            )
        };
        let good = pdf("/Length 1>>stream\nA\n");
        let drawn = drawings("profile.pdf", good.as_bytes()).expect("it is drawn");
        assert!(String::from_utf8_lossy(&drawn[0].1).contains("<image"));
        let bad = pdf("/Filter/DCTDecode/Length 6>>stream\nno JPEG\n");
        assert_eq!(
            refusal(bad.as_bytes()),
            "it holds a picture that cannot be read"
        );
    }

    #[test]
    fn what_cannot_be_shown_whole_is_refused() {
        assert!(refusal(b"no PDF at all").contains("not a PDF"));
        assert!(refusal(&not_embedded(1)).contains("does not embed"));
        let many = refusal(&not_embedded(INSET_PAGES_MAX + 1));
        assert!(many.starts_with("it has 9 pages"), "{many}");
    }
}
