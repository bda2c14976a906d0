//! Every shipped report, sample and language as pictures, against kept ones, field by
//! field; and the gallery that the README shows, made from the same renders.
//!
//! `REGISTRAR_UPDATE_REFERENCES=1 cargo test --test template_reference` writes them anew: look at
//! what changed before committing it. The pictures are drawn as `registrar template preview` draws
//! them; one test holds that drawing against poppler's (package poppler-utils).

#[path = "common/samples.rs"]
mod samples;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;

use futures_util::{StreamExt as _, TryStreamExt as _};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, GrayImage, RgbImage};
use registrar::host;
use registrar::render::{Job, Limits, Pool, Renderer};
use registrar::template::{Composed, Folder, Report};
use registrar::transcript::Edition;
use samples::{edition_of, job, model};
use serde_json::Value;

/// Small enough to keep, large enough to tell one letter from another.
const DOTS_PER_INCH: u16 = 54;

/// Of a document of more pages the first ones and the last are kept.
const PAGES_KEPT_MAX: usize = 4;

/// Pages beside each other on a kept sheet.
const COLUMNS: usize = 6;

/// The greys that are kept are so far apart.
const GREY_STEP: u8 = 85;

/// A dot is unlike the kept one where it is further from it than half a step and a little: machines
/// differ in a colour's last digit, not in where a letter stands.
const GREY_TOLERANCE: u8 = GREY_STEP / 2 + 20;

/// The side of a field in dots, 16 points: nearly two lines of text high, and a figure wide.
const FIELD: u32 = 12;

/// So many dots of a field may be unlike: none, for one digit in place of another may be one dot.
const UNLIKE_PER_FIELD_MAX: usize = 0;

/// The colours that are kept, each the mean of a field, are so far apart.
const COLOUR_STEP: u8 = 4;

/// A field's colour may be so far from the kept one.
const COLOUR_TOLERANCE: u8 = COLOUR_STEP / 2 + 3;

/// All kept pictures together, in bytes.
const REFERENCE_BYTES_MAX: u64 = 2_000_000;

/// What the README shows: the file, the report, the sample, the language, the edition, the page.
const GALLERY: [(&str, &str, &str, &str, Edition, usize); 8] = [
    (
        "transcript",
        "transcript",
        "senior",
        "en",
        Edition::Official,
        0,
    ),
    (
        "three-schools",
        "transcript",
        "three-schools",
        "en",
        Edition::Official,
        0,
    ),
    (
        "transcript-spanish",
        "transcript",
        "mid-year",
        "es",
        Edition::Official,
        0,
    ),
    (
        "transcript-unsigned",
        "transcript",
        "senior",
        "en",
        Edition::Flat,
        0,
    ),
    (
        "transcript-by-year",
        "transcript-by-year",
        "senior",
        "en",
        Edition::Official,
        0,
    ),
    (
        "ironwood-terrace",
        "ironwood-terrace",
        "senior",
        "en",
        Edition::Official,
        0,
    ),
    (
        "school-profile",
        "ironwood-terrace",
        "senior",
        "en",
        Edition::Official,
        1,
    ),
    (
        "self-report",
        "self-report",
        "mid-year",
        "en",
        Edition::Unofficial,
        0,
    ),
];

/// Large enough to read, and small enough for a page that shows eight.
const GALLERY_DOTS_PER_INCH: u16 = 84;

/// The picture at the head of the README is larger.
const FIRST_DOTS_PER_INCH: u16 = 110;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn updates() -> bool {
    host::environment("REGISTRAR_UPDATE_REFERENCES").is_some()
}

fn pool(composed: &Composed) -> Pool {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_registrar"));
    let workers = NonZeroUsize::new(2).expect("two");
    Pool::start_with(program, composed, Limits::default(), workers).expect("a pool")
}

/// The pages of a document as pictures.
async fn pages(pool: &Pool, job: &Job, dots_per_inch: u16) -> Vec<DynamicImage> {
    let rendered = pool
        .render(job)
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", job.document_id));
    assert_eq!(rendered.warnings, [], "{}", job.document_id);
    let pictures = pool
        .pictures(&rendered.pdf, dots_per_inch)
        .await
        .expect("pictures");
    let open = |png: &Vec<u8>| image::load_from_memory(png).expect("a picture");
    pictures.iter().map(open).collect()
}

/// A page as it is kept: letters in a few greys, and the colour of each field. Both together are
/// far smaller than the picture, and tell as much.
#[derive(Clone, PartialEq)]
struct Looks {
    greys: GrayImage,
    colours: RgbImage,
}

impl Looks {
    fn of(page: &DynamicImage) -> Self {
        Self {
            greys: page.to_luma8(),
            colours: means(&page.to_rgb8()),
        }
    }

    fn kept(mut self) -> Self {
        let nearest = |value: u8, step: u8| {
            let [value, step] = [value, step].map(u16::from);
            u8::try_from((value + step / 2) / step * step).unwrap_or(u8::MAX)
        };
        for dot in self.greys.pixels_mut() {
            dot.0[0] = nearest(dot.0[0], GREY_STEP);
        }
        for dot in self.colours.pixels_mut() {
            dot.0 = dot.0.map(|value| nearest(value, COLOUR_STEP));
        }
        self
    }

    /// The fields in which letters or colours are unlike the kept ones: where, and by how much.
    fn unlike(&self, kept: &Self) -> Vec<(u32, u32, usize)> {
        let mut found = unlike(&self.greys, &kept.greys);
        for (x, y, dot) in self.colours.enumerate_pixels() {
            let other = kept.colours.get_pixel(x, y).0;
            let apart = dot
                .0
                .iter()
                .zip(other)
                .map(|(one, other)| one.abs_diff(other))
                .max();
            let apart = apart.unwrap_or_default();
            if apart > COLOUR_TOLERANCE {
                found.push((x, y, apart.into()));
            }
        }
        found
    }
}

/// The mean colour of each field.
fn means(page: &RgbImage) -> RgbImage {
    let (across, down) = (page.width().div_ceil(FIELD), page.height().div_ceil(FIELD));
    RgbImage::from_fn(across, down, |x, y| {
        let (x, y) = (x * FIELD, y * FIELD);
        let (width, height) = (FIELD.min(page.width() - x), FIELD.min(page.height() - y));
        let field = image::imageops::crop_imm(page, x, y, width, height).to_image();
        let mean = |channel: usize| {
            let sum: u32 = field.pixels().map(|dot| u32::from(dot.0[channel])).sum();
            u8::try_from(sum / (width * height)).expect("a mean")
        };
        image::Rgb([mean(0), mean(1), mean(2)])
    })
}

/// All samples of a report in one language, each page that is like no other.
async fn sheet(report: &Report, language: &str) -> Vec<Looks> {
    let pool = pool(&report.compose(language).expect("it composes"));
    let names: Vec<String> = report.samples().keys().map(ToString::to_string).collect();
    let documents = futures_util::stream::iter(names).map(async |sample| {
        let model = model(report, &sample, language, edition_of(report, &sample));
        let job = job(&sample, &model);
        let mut pages = pages(&pool, &job, DOTS_PER_INCH).await;
        if pages.len() > PAGES_KEPT_MAX {
            let last = pages.split_off(PAGES_KEPT_MAX - 1).pop();
            pages.extend(last);
        }
        Ok::<_, std::convert::Infallible>(pages.iter().map(Looks::of).collect::<Vec<_>>())
    });
    let documents: Result<Vec<_>, _> = documents.buffered(2).try_collect().await;
    let mut sheet: Vec<Looks> = Vec::new();
    for page in documents.expect("no error").concat() {
        // A school's profile is the same after every record.
        if !sheet.contains(&page) {
            sheet.push(page);
        }
    }
    sheet
}

/// Where a page stands on a sheet of pages of this size.
fn place(at: usize, size: (u32, u32)) -> (u32, u32) {
    let few = |count: usize| u32::try_from(count).expect("few");
    (few(at % COLUMNS) * size.0, few(at / COLUMNS) * size.1)
}

/// Pages beside each other.
fn joined<P: image::Pixel<Subpixel = u8> + 'static>(
    pages: &[&image::ImageBuffer<P, Vec<u8>>],
) -> image::ImageBuffer<P, Vec<u8>> {
    let size = pages[0].dimensions();
    let (_, height) = place(pages.len().div_ceil(COLUMNS) * COLUMNS, size);
    let width = size.0 * u32::try_from(COLUMNS).expect("few");
    let mut sheet = image::ImageBuffer::new(width, height);
    for (at, page) in pages.iter().enumerate() {
        let (x, y) = place(at, size);
        image::imageops::overlay(&mut sheet, *page, x.into(), y.into());
    }
    sheet
}

/// The page that stands there on a sheet.
fn page_of<P: image::Pixel<Subpixel = u8> + 'static>(
    sheet: &image::ImageBuffer<P, Vec<u8>>,
    at: usize,
    (width, height): (u32, u32),
) -> image::ImageBuffer<P, Vec<u8>> {
    let (x, y) = place(at, (width, height));
    image::imageops::crop_imm(sheet, x, y, width, height).to_image()
}

/// The fields of a page in which more is unlike the kept page than may be: where, and how much.
fn unlike(page: &GrayImage, kept: &GrayImage) -> Vec<(u32, u32, usize)> {
    assert_eq!(page.dimensions(), kept.dimensions());
    let across = page.width().div_ceil(FIELD);
    let fields = across * page.height().div_ceil(FIELD);
    let mut counts = vec![0; usize::try_from(fields).expect("few")];
    for (x, y, dot) in page.enumerate_pixels() {
        if dot.0[0].abs_diff(kept.get_pixel(x, y).0[0]) > GREY_TOLERANCE {
            counts[usize::try_from(y / FIELD * across + x / FIELD).expect("few")] += 1;
        }
    }
    let counted = (0..)
        .zip(counts)
        .filter(|(_, count)| *count > UNLIKE_PER_FIELD_MAX);
    counted
        .map(|(at, count)| (at % across, at / across, count))
        .collect()
}

fn write(path: &Path, picture: &DynamicImage, filter: FilterType) {
    let folder = path.parent().expect("a folder");
    std::fs::create_dir_all(folder).expect("a folder");
    let file = std::fs::File::create(path).expect("created");
    let encoder = PngEncoder::new_with_quality(file, CompressionType::Best, filter);
    picture.write_with_encoder(encoder).expect("written");
}

fn open(path: &Path) -> DynamicImage {
    image::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_sample_and_language_looks_as_it_did() {
    let (mut wrong, mut bytes) = (Vec::new(), 0);
    for name in Report::shipped_of("registrar-transcript") {
        let report = Report::shipped(&name).expect("it ships");
        for language in report.languages() {
            let pages = sheet(&report, language).await;
            let path = |part: &str| {
                repository("tests/reference").join(format!("{name}-{language}{part}.png"))
            };
            let paths = [path(""), path("-colours")];
            if updates() {
                let kept: Vec<Looks> = pages.iter().cloned().map(Looks::kept).collect();
                let greys: Vec<_> = kept.iter().map(|page| &page.greys).collect();
                let colours: Vec<_> = kept.iter().map(|page| &page.colours).collect();
                write(&paths[0], &joined(&greys).into(), FilterType::NoFilter);
                write(&paths[1], &joined(&colours).into(), FilterType::NoFilter);
            }
            let (greys, colours) = (open(&paths[0]).into_luma8(), open(&paths[1]).into_rgb8());
            let (of_greys, of_colours) =
                (pages[0].greys.dimensions(), pages[0].colours.dimensions());
            let rows = pages.len().div_ceil(COLUMNS) * COLUMNS;
            assert_eq!(
                greys.height(),
                place(rows, of_greys).1,
                "{}",
                paths[0].display()
            );
            for (at, page) in pages.iter().enumerate() {
                let kept = Looks {
                    greys: page_of(&greys, at, of_greys),
                    colours: page_of(&colours, at, of_colours),
                };
                let found = page.unlike(&kept);
                if let Some(first) = found.first() {
                    let (path, fields) = (paths[0].display(), found.len());
                    wrong.push(format!(
                        "{path}: page {at}: {fields} fields, first {first:?}"
                    ));
                }
            }
            let sizes = paths
                .iter()
                .map(|path| std::fs::metadata(path).expect("it is kept").len());
            bytes += sizes.sum::<u64>();
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(bytes <= REFERENCE_BYTES_MAX, "{bytes} bytes");
}

/// A school's colour is a small change of every letter: none of them is another one.
#[tokio::test]
async fn another_colour_of_the_letterhead_is_seen() {
    let looks = async |accent: &str| {
        let manifest = format!("extends = \"transcript\"\n[values]\naccent = \"{accent}\"\n");
        let report = Report::from_folder(Folder {
            name: "school".to_owned(),
            files: [("report.toml".to_owned(), manifest.into_bytes())].into(),
        });
        let report = report.expect("it is well formed");
        let pool = pool(&report.compose("en").expect("it composes"));
        let job = job("senior", &model(&report, "senior", "en", Edition::Official));
        Looks::of(&pages(&pool, &job, DOTS_PER_INCH).await[0])
    };
    let kept = looks("#1f3a5f").await.kept();
    assert_eq!(looks("#1f3a5f").await.unlike(&kept), []);
    for other in ["#7a2e1d", "#1f3a8f", "#1f5f3a", "#3a3a3a"] {
        let seen = looks(other).await.unlike(&kept);
        assert!(seen.len() > 10, "{other}: {seen:?}");
    }
}

/// What the comparison must see: a fact of one row gone or another, on each report.
#[tokio::test]
async fn a_name_or_one_figure_of_one_row_is_seen_where_it_is_gone_or_another() {
    let changes: [(&str, Value); 10] = [
        ("/student/name", "".into()),
        ("/student/birth_date", "2008-03-08".into()),
        ("/terms/1/courses/3/title", "".into()),
        ("/terms/1/courses/3/mark", "".into()),
        ("/terms/1/courses/3/mark", "D".into()),
        ("/terms/1/courses/3/credit_earned", "".into()),
        ("/terms/1/courses/3/credit_earned", "0.00".into()),
        ("/averages/0/value", "3.3518".into()),
        ("/credits/earned", "".into()),
        ("/school/ceeb", Value::Null),
    ];
    for name in Report::shipped_of("registrar-transcript") {
        let report = Report::shipped(&name).expect("it ships");
        let pool = pool(&report.compose("en").expect("it composes"));
        let mut model = model(&report, "senior", "en", edition_of(&report, "senior"));
        // A course of its own, whose title every report prints.
        model.terms[1].courses[3].year_course = None;
        let job = job("senior", &model);
        let looks = async |job: &Job| Looks::of(&pages(&pool, job, DOTS_PER_INCH).await[0]);
        let page = looks(&job).await;
        let kept = page.clone().kept();
        assert_eq!(page.unlike(&kept), [], "{name}");
        for (place, value) in &changes {
            let mut other: Value = serde_json::from_slice(&job.model).expect("JSON");
            *other.pointer_mut(place).expect(place) = value.clone();
            let model = serde_json::to_vec(&other).expect("JSON");
            let other = looks(&Job {
                model,
                ..job.clone()
            })
            .await;
            let seen = other.unlike(&kept);
            assert!(!seen.is_empty(), "{name}: {place} as {value}");
        }
        let mut moved = page.clone();
        image::imageops::overlay(&mut moved.greys, &page.greys, 0, 1);
        assert!(
            moved.unlike(&kept).len() > 100,
            "{name}: moved down by a dot"
        );
    }
}

/// The same page as poppler draws it.
fn by_poppler(pdf: &[u8], dots_per_inch: u16) -> GrayImage {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("page.pdf");
    std::fs::write(&path, pdf).expect("written");
    let status = Command::new("pdftoppm")
        .args([
            "-gray",
            "-png",
            "-singlefile",
            "-r",
            &dots_per_inch.to_string(),
        ])
        .args([&path, &folder.path().join("page")])
        .status()
        .expect("pdftoppm is installed (package poppler-utils)");
    assert!(status.success(), "pdftoppm draws the page");
    open(&folder.path().join("page.png")).into_luma8()
}

/// The mean grey of each field of so many dots: two programs smooth edges differently.
fn coarse(page: &GrayImage) -> Vec<u32> {
    const FIELD: u32 = 12;
    let fields = |side: u32| side / FIELD;
    let mut means = Vec::new();
    for (x, y) in
        (0..fields(page.height())).flat_map(|y| (0..fields(page.width())).map(move |x| (x, y)))
    {
        let field = image::imageops::crop_imm(page, x * FIELD, y * FIELD, FIELD, FIELD);
        let sum: u32 = field
            .to_image()
            .pixels()
            .map(|dot| u32::from(dot.0[0]))
            .sum();
        means.push(sum / (FIELD * FIELD));
    }
    means
}

#[tokio::test]
async fn a_picture_shows_what_another_reader_of_pdf_shows() {
    for name in ["transcript", "ironwood-terrace"] {
        let report = Report::shipped(name).expect("it ships");
        let pool = pool(&report.compose("en").expect("it composes"));
        let job = job("senior", &model(&report, "senior", "en", Edition::Official));
        let rendered = pool.render(&job).await.expect("it lays out");
        let ours = pool.pictures(&rendered.pdf, 72).await.expect("pictures");
        let ours = image::load_from_memory(&ours[0])
            .expect("a picture")
            .into_luma8();
        let theirs = by_poppler(&rendered.pdf, 72);
        assert_eq!(ours.dimensions(), theirs.dimensions());
        let fields = coarse(&ours).into_iter().zip(coarse(&theirs));
        let far: Vec<_> = fields
            .filter(|(ours, theirs)| ours.abs_diff(*theirs) > 40)
            .collect();
        assert!(far.len() < 10, "{name}: {far:?}");
    }
}

/// Few enough colours to be small, and enough to look like the page.
fn for_the_gallery(page: &DynamicImage) -> RgbImage {
    let mut page = page.to_rgb8();
    for dot in page.pixels_mut() {
        for colour in &mut dot.0 {
            *colour = colour.saturating_add(2) / 5 * 5;
        }
    }
    page
}

#[tokio::test]
async fn the_gallery_shows_real_renders_and_the_readme_shows_the_gallery() {
    let readme = std::fs::read_to_string(repository("README.md")).expect("a README");
    for (file, name, sample, language, edition, page) in GALLERY {
        let report = Report::shipped(name).expect("it ships");
        let pool = pool(&report.compose(language).expect("it composes"));
        let job = job(sample, &model(&report, sample, language, edition));
        let is_first = file == "transcript";
        let dots_per_inch = if is_first {
            FIRST_DOTS_PER_INCH
        } else {
            GALLERY_DOTS_PER_INCH
        };
        let now = DynamicImage::from(for_the_gallery(
            &pages(&pool, &job, dots_per_inch).await[page],
        ));
        let relative = format!("docs/gallery/{file}.png");
        assert!(readme.contains(&relative), "the README shows {relative}");
        let path = repository(&relative);
        if updates() {
            write(&path, &now, FilterType::Adaptive);
        }
        let before = open(&path);
        let (now, before) = (Looks::of(&now), Looks::of(&before));
        assert_eq!(now.unlike(&before), [], "{relative}");
        let bytes = std::fs::metadata(&path).expect("it is kept").len();
        assert!(bytes <= 250_000, "{relative}: {bytes} bytes");
    }
    let shown = readme.matches("docs/gallery/").count();
    assert_eq!(shown, GALLERY.len(), "each picture once, and no other");
}

#[test]
fn the_schools_profile_is_made_from_its_source() {
    let source = std::fs::read(repository("tests/profile/ironwood-terrace.typ")).expect("a source");
    let composed = Composed::new([("layout.typ".to_owned(), source)].into());
    let renderer = Renderer::new(&composed, &Limits::default()).expect("it parses");
    let job = Job {
        model: b"{}".to_vec(),
        attachments: Vec::new(),
        document_id: "profile".to_owned(),
        issued_at: "2025-09-01T12:00:00Z".parse().expect("an instant"),
        issued_on: jiff::civil::date(2025, 9, 1),
    };
    let rendered = renderer.render(&job).expect("it lays out");
    let path = repository("report-templates/ironwood-terrace/profile.pdf");
    if updates() {
        std::fs::write(&path, &rendered.pdf).expect("written");
    }
    assert!(
        std::fs::read(&path).expect("it ships") == rendered.pdf,
        "it is as its source says"
    );
}
