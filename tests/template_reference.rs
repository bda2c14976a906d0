//! The page as a picture, against a few kept ones, with a tolerance.
//!
//! `REGISTRAR_UPDATE_REFERENCES=1 cargo test --test template_reference` writes them anew: look at
//! what changed before committing it. Needs pdftoppm (package poppler-utils).

#[path = "common/typst_world.rs"]
mod typst_world;

use std::path::{Path, PathBuf};
use std::process::Command;

use image::GrayImage;
use registrar::host;
use registrar::template::Report;
use typst_world::{PageWorld, export};

/// Small enough to keep, large enough to see a line of text move.
const DOTS_PER_INCH: &str = "60";

/// The kept pictures: sample, language, page.
const KEPT: [(&str, &str, usize); 5] = [
    ("full-page", "en", 1),
    ("full-page", "es", 1),
    ("names", "en", 1),
    ("three-schools", "en", 2),
    ("unofficial", "en", 1),
];

/// Two dots are alike within this difference of grey, of 255: another poppler smooths differently.
const GREY_TOLERANCE: u8 = 64;

/// So many dots of a thousand may be unlike.
const UNLIKE_PER_MILLE_MAX: usize = 3;

fn picture(sample: &str, language: &str, page: usize) -> GrayImage {
    let report = Report::shipped("transcript").expect("it ships");
    let composed = report.compose(language).expect("it composes");
    let mut world = PageWorld::new(&composed.files);
    let document = world
        .lay_out(report.samples()[sample].as_bytes())
        .expect("it lays out");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pdf = folder.path().join("page.pdf");
    std::fs::write(&pdf, export(&document).expect("it exports")).expect("written");
    let page = page.to_string();
    let status = Command::new("pdftoppm")
        .args([
            "-gray",
            "-png",
            "-singlefile",
            "-r",
            DOTS_PER_INCH,
            "-f",
            &page,
            "-l",
            &page,
        ])
        .args([&pdf, &folder.path().join("page")])
        .status()
        .expect("pdftoppm is installed (package poppler-utils)");
    assert!(status.success(), "pdftoppm draws the page");
    let mut picture = open(&folder.path().join("page.png"));
    // Four greys are enough to compare with, and far smaller.
    for dot in picture.pixels_mut() {
        dot.0[0] &= 0xc0;
    }
    picture
}

fn open(path: &Path) -> GrayImage {
    image::open(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .into_luma8()
}

fn reference(sample: &str, language: &str, page: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    folder.join(format!("{sample}-{language}-{page}.png"))
}

/// How many dots of a thousand are unlike.
fn unlike_per_mille(one: &GrayImage, other: &GrayImage) -> usize {
    let unlike = one
        .pixels()
        .zip(other.pixels())
        .filter(|(one, other)| one.0[0].abs_diff(other.0[0]) > GREY_TOLERANCE)
        .count();
    unlike * 1000 / one.pixels().len().max(1)
}

#[test]
fn pages_look_as_they_did() {
    let update = host::environment("REGISTRAR_UPDATE_REFERENCES").is_some();
    for (sample, language, page) in KEPT {
        let now = picture(sample, language, page);
        let path = reference(sample, language, page);
        if update {
            now.save(&path).expect("written");
        }
        let before = open(&path);
        assert_eq!(now.dimensions(), before.dimensions(), "{}", path.display());
        let unlike = unlike_per_mille(&now, &before);
        assert!(
            unlike <= UNLIKE_PER_MILLE_MAX,
            "{} of 1000 dots differ from {}",
            unlike,
            path.display()
        );
    }
}

#[test]
fn the_comparison_sees_another_page_and_a_moved_line() {
    let page = picture("full-page", "en", 1);
    let other = picture("full-page", "es", 1);
    let unlike = unlike_per_mille(&page, &other);
    assert!(unlike > UNLIKE_PER_MILLE_MAX, "{unlike}");
    let mut moved = page.clone();
    for (x, y, dot) in page.enumerate_pixels() {
        if y > 300 && y + 1 < page.height() {
            moved.put_pixel(x, y + 1, *dot);
        }
    }
    let unlike = unlike_per_mille(&page, &moved);
    assert!(unlike > UNLIKE_PER_MILLE_MAX, "{unlike}");
}

#[test]
fn a_kept_picture_is_small() {
    for (sample, language, page) in KEPT {
        let path = reference(sample, language, page);
        let bytes = std::fs::metadata(&path).expect("it is kept").len();
        assert!(bytes <= 60_000, "{}: {bytes} bytes", path.display());
    }
}
