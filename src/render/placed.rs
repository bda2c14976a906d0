//! What stands where on a laid out page: its texts and what is painted, in the order of painting.
//!
//! `overlap` looks here for what a template's author did not see; `legible` for what a reader can
//! read. Neither trusts the template: what hides a text here is what would hide it on paper.

use typst::introspection::{Location, Tag};
use typst::layout::{Frame, FrameItem, GridCell, Point, Rect, Transform};
use typst::model::{HeadingElem, ParElem, TableCell};
use typst::text::TextItem;
use typst::visualize::{CurveItem, Geometry, Paint, Shape};
use typst_layout::Page;
use unicode_normalization::char::is_combining_mark;

use crate::template::{CONTRAST_THOUSANDTHS_MIN, contrast};

/// How far two things may touch, in points: kerning and italics overhang by less.
const TOLERANCE: f64 = 1.0;

/// The least size of a text that counts as readable.
const SIZE_POINTS_MIN: f64 = 5.0;

/// A thinner line hides only what it crosses: letters through which it goes are others.
const COVERING_POINTS_MIN: f64 = 3.0;

/// How far a thin line may reach into letters, in points: one that underlines or stands beside.
const CROSSING_TOLERANCE: f64 = 0.5;

/// Straight pieces of which a curve is made up.
const PIECES_OF_A_CURVE: u8 = 8;

/// The part of the size that small letters take above their line.
const HEIGHT_OF_LETTERS: f64 = 0.55;

/// What letters have of the size in width at least, on the whole, if nothing squeezes them.
const WIDTH_OF_LETTERS_MIN: f64 = 0.15;

const WHITE: [u8; 3] = [255; 3];

/// A rectangle of the page, in points from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    const EVERYTHING: Self = Self {
        left: f64::NEG_INFINITY,
        top: f64::NEG_INFINITY,
        right: f64::INFINITY,
        bottom: f64::INFINITY,
    };

    fn of(rect: Rect, transform: Transform) -> Self {
        let corners = [
            rect.min,
            Point::new(rect.max.x, rect.min.y),
            Point::new(rect.min.x, rect.max.y),
            rect.max,
        ];
        let corners = corners.map(|corner| corner.transform(transform));
        let [x, y] = [
            corners.map(|it| it.x.to_pt()),
            corners.map(|it| it.y.to_pt()),
        ];
        Self {
            left: x.into_iter().fold(f64::INFINITY, f64::min),
            top: y.into_iter().fold(f64::INFINITY, f64::min),
            right: x.into_iter().fold(f64::NEG_INFINITY, f64::max),
            bottom: y.into_iter().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// How far this and another area lie in each other, across and down; negative apart.
    pub fn shared(&self, other: &Self) -> (f64, f64) {
        (
            self.right.min(other.right) - self.left.max(other.left),
            self.bottom.min(other.bottom) - self.top.max(other.top),
        )
    }

    /// How wide and how high it is.
    fn size(&self) -> (f64, f64) {
        (self.right - self.left, self.bottom - self.top)
    }

    /// Whether they lie over each other by more than things may touch.
    pub fn meets(&self, other: &Self) -> bool {
        let (across, down) = self.shared(other);
        across > TOLERANCE && down > TOLERANCE
    }

    pub fn is_within(&self, outer: &Self) -> bool {
        self.left >= outer.left - TOLERANCE
            && self.right <= outer.right + TOLERANCE
            && self.top >= outer.top - TOLERANCE
            && self.bottom <= outer.bottom + TOLERANCE
    }

    fn intersection(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }
}

/// One run of upright text of its own size.
pub(super) struct Run<'a> {
    pub text: &'a str,
    /// Where its small letters stand.
    pub area: Area,
    pub size: f64,
    /// Which cell or paragraph it stands in, counted on the page; what stands in none, between two.
    pub part: u32,
    /// What of the page is not cut off around it.
    clip: Area,
    /// Red, green, blue and opacity; none where it is filled with more than one colour.
    colour: Option<[u8; 4]>,
}

/// What hides that over which it is painted.
struct Painted {
    area: Area,
    /// Red, green, blue and opacity; none where it is of more than one colour.
    colour: Option<[u8; 4]>,
    /// How many texts were set before it.
    after_runs: usize,
}

/// A straight piece of a thin line.
struct Stroke {
    from: (f64, f64),
    to: (f64, f64),
    /// How many texts were set before it.
    after_runs: usize,
}

impl Stroke {
    /// Whether it goes through an area.
    fn crosses(&self, area: &Area) -> bool {
        let inner = Area {
            left: area.left + CROSSING_TOLERANCE,
            top: area.top + CROSSING_TOLERANCE,
            right: area.right - CROSSING_TOLERANCE,
            bottom: area.bottom - CROSSING_TOLERANCE,
        };
        // The part of it, from 0 to 1, that lies between two opposite sides, and between all four.
        let between = |from: f64, to: f64, low: f64, high: f64| {
            let long = to - from;
            if long.abs() < f64::EPSILON {
                let within = low <= from && from <= high;
                return if within { (0.0, 1.0) } else { (1.0, 0.0) };
            }
            let (one, other) = ((low - from) / long, (high - from) / long);
            (one.min(other), one.max(other))
        };
        let across = between(self.from.0, self.to.0, inner.left, inner.right);
        let down = between(self.from.1, self.to.1, inner.top, inner.bottom);
        across.0.max(down.0).max(0.0) <= across.1.min(down.1).min(1.0)
    }
}

/// Everything on a page, in the order of painting.
#[derive(Default)]
struct Found<'a> {
    runs: Vec<Run<'a>>,
    painted: Vec<Painted>,
    strokes: Vec<Stroke>,
    /// Cells and paragraphs that are open, and how many began or ended so far.
    open: Vec<Location>,
    part: u32,
}

/// A page looked at once.
pub(super) struct Sheet<'a> {
    pub area: Area,
    /// Its texts in the order of painting, each with the reason why it cannot be read.
    pub runs: Vec<(Run<'a>, Option<Hidden>)>,
    /// Pairs of `runs` that lie over each other, the one painted first first.
    pub meetings: Vec<(usize, usize)>,
}

/// Looks at a page.
pub(super) fn sheet(page: &Page) -> Sheet<'_> {
    let frame = &page.frame;
    let area = Area {
        left: 0.0,
        top: 0.0,
        right: frame.width().to_pt(),
        bottom: frame.height().to_pt(),
    };
    let mut found = Found::default();
    if let Some(fill) = page.fill_or_transparent() {
        found.paint(Area::EVERYTHING, colour(&fill));
    }
    collect(frame, Transform::identity(), Area::EVERYTHING, &mut found);
    let meetings = meetings(&found.runs);
    let mut covered = vec![false; found.runs.len()];
    for (below, above) in &meetings {
        let (below_area, above_area) = (&found.runs[*below].area, &found.runs[*above].area);
        let (across, down) = below_area.shared(above_area);
        let (width, height) = below_area.size();
        covered[*below] |= across > width / 2.0 && down > height / 2.0;
    }
    let hidden: Vec<_> = (0..found.runs.len())
        .map(|at| match covered[at] {
            true => Some(Hidden::Covered),
            false => hidden(&found, at, &area),
        })
        .collect();
    Sheet {
        area,
        runs: found.runs.into_iter().zip(hidden).collect(),
        meetings,
    }
}

/// The texts that lie over each other, looked for from the top of the page down.
fn meetings(runs: &[Run<'_>]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by(|one, other| runs[*one].area.top.total_cmp(&runs[*other].area.top));
    let mut meetings = Vec::new();
    for (place, one) in order.iter().enumerate() {
        let bottom = runs[*one].area.bottom;
        let near = order[place + 1..].iter();
        for other in near.take_while(|other| runs[**other].area.top < bottom) {
            if runs[*one].area.meets(&runs[*other].area) {
                meetings.push((*one.min(other), *one.max(other)));
            }
        }
    }
    meetings
}

fn collect<'a>(frame: &'a Frame, outer: Transform, clip: Area, found: &mut Found<'a>) {
    for (at, item) in frame.items() {
        let here = outer.pre_concat(Transform::translate(at.x, at.y));
        match item {
            FrameItem::Group(group) => {
                let inner = here.pre_concat(group.transform);
                let clip = group.clip.as_ref().map_or(clip, |curve| {
                    clip.intersection(Area::of(curve.bbox(None), inner))
                });
                collect(&group.frame, inner, clip, found);
            }
            FrameItem::Text(text) if !text.text.trim().is_empty() => {
                let part = found.part;
                found.runs.extend(run(text, here, clip, part));
            }
            FrameItem::Tag(tag) => found.pass(tag),
            FrameItem::Shape(shape, _) => painted(shape, here, clip, found),
            FrameItem::Image(_, size, _) => {
                let rect = Rect::from_pos_size(Point::zero(), *size);
                found.paint(clip.intersection(Area::of(rect, here)), None);
            }
            _ => {}
        }
    }
}

impl Found<'_> {
    /// Where a cell or a paragraph begins or ends.
    fn pass(&mut self, tag: &Tag) {
        let passed = match tag {
            Tag::Start(element, _) => {
                let holds_a_text = element.is::<TableCell>()
                    || element.is::<GridCell>()
                    || element.is::<ParElem>()
                    || element.is::<HeadingElem>();
                self.open.extend(holds_a_text.then(|| tag.location()));
                holds_a_text
            }
            Tag::End(location, ..) => self.open.contains(location),
        };
        self.part += u32::from(passed);
    }

    fn paint(&mut self, area: Area, colour: Option<[u8; 4]>) {
        let after_runs = self.runs.len();
        self.painted.push(Painted {
            area,
            colour,
            after_runs,
        });
    }
}

/// An upright text of its own size; any other lies across the page like a watermark, and is neither
/// in the way nor to be relied on.
fn run(text: &TextItem, here: Transform, clip: Area, part: u32) -> Option<Run<'_>> {
    here.is_only_translate().then(|| {
        let (left, baseline, size) = (here.tx.to_pt(), here.ty.to_pt(), text.size.to_pt());
        let area = Area {
            left,
            top: baseline - HEIGHT_OF_LETTERS * size,
            right: left + text.width().to_pt(),
            bottom: baseline,
        };
        Run {
            text: &text.text,
            area,
            size,
            part,
            clip,
            // An outline may hide what it is drawn around.
            colour: colour(&text.fill).filter(|_| text.stroke.is_none()),
        }
    })
}

fn painted(shape: &Shape, here: Transform, clip: Area, found: &mut Found<'_>) {
    let mut paint = |rect: Rect, fill: &Paint| {
        found.paint(clip.intersection(Area::of(rect, here)), colour(fill));
    };
    if let Some(fill) = &shape.fill {
        paint(shape.bbox(false), fill);
    }
    let Some(stroke) = &shape.stroke else { return };
    if stroke.thickness.to_pt() < COVERING_POINTS_MIN {
        return stroked(&shape.geometry, here, found);
    }
    let whole = shape.bbox(true);
    if !matches!(shape.geometry, Geometry::Rect(_)) {
        return paint(whole, &stroke.paint);
    }
    // The four sides of a frame, and not what it stands around.
    let (min, max, thick) = (whole.min, whole.max, stroke.thickness);
    for rect in [
        Rect::new(min, Point::new(max.x, min.y + thick)),
        Rect::new(Point::new(min.x, max.y - thick), max),
        Rect::new(min, Point::new(min.x + thick, max.y)),
        Rect::new(Point::new(max.x - thick, min.y), max),
    ] {
        paint(rect, &stroke.paint);
    }
}

/// The straight pieces of a thin line.
fn stroked(geometry: &Geometry, here: Transform, found: &mut Found<'_>) {
    let after_runs = found.runs.len();
    let place = |point: Point| {
        let point = point.transform(here);
        (point.x.to_pt(), point.y.to_pt())
    };
    let mut from = place(Point::zero());
    let mut line = |from: (f64, f64), to: (f64, f64)| {
        found.strokes.push(Stroke {
            from,
            to,
            after_runs,
        });
    };
    match geometry {
        Geometry::Line(to) => line(from, place(*to)),
        Geometry::Rect(size) => {
            let corners = [
                Point::zero(),
                Point::with_x(size.x),
                size.to_point(),
                Point::with_y(size.y),
                Point::zero(),
            ];
            for pair in corners.windows(2) {
                line(place(pair[0]), place(pair[1]));
            }
        }
        Geometry::Curve(curve) => {
            let mut began = from;
            for item in &curve.0 {
                match item {
                    CurveItem::Move(to) => (from, began) = (place(*to), place(*to)),
                    CurveItem::Line(to) => {
                        line(from, place(*to));
                        from = place(*to);
                    }
                    CurveItem::Cubic(one, two, to) => {
                        let points = [from, place(*one), place(*two), place(*to)];
                        for piece in 1..=PIECES_OF_A_CURVE {
                            let to =
                                on_curve(points, f64::from(piece) / f64::from(PIECES_OF_A_CURVE));
                            line(from, to);
                            from = to;
                        }
                    }
                    CurveItem::Close => {
                        line(from, began);
                        from = began;
                    }
                }
            }
        }
    }
}

/// The point of a cubic curve at a part of it, from 0 to 1.
fn on_curve(points: [(f64, f64); 4], at: f64) -> (f64, f64) {
    let rest = 1.0 - at;
    let weights = [
        rest.powi(3),
        3.0 * rest * rest * at,
        3.0 * rest * at * at,
        at.powi(3),
    ];
    let pairs = || points.iter().zip(weights);
    (
        pairs().map(|(point, weight)| point.0 * weight).sum(),
        pairs().map(|(point, weight)| point.1 * weight).sum(),
    )
}

/// The one colour of a fill.
fn colour(paint: &Paint) -> Option<[u8; 4]> {
    let Paint::Solid(colour) = paint else {
        return None;
    };
    let rgb = colour.to_rgb();
    let part = |part: f32| (part.clamp(0.0, 1.0) * 255.0).round() as u8;
    Some([
        part(rgb.red),
        part(rgb.green),
        part(rgb.blue),
        part(rgb.alpha),
    ])
}

/// A colour laid over another.
fn over([red, green, blue, opacity]: [u8; 4], below: [u8; 3]) -> [u8; 3] {
    let mixed = |above: u8, below: u8| {
        let (above, below, opacity) = (u32::from(above), u32::from(below), u32::from(opacity));
        u8::try_from((above * opacity + below * (255 - opacity)) / 255).unwrap_or(u8::MAX)
    };
    [
        mixed(red, below[0]),
        mixed(green, below[1]),
        mixed(blue, below[2]),
    ]
}

/// Why a text cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hidden {
    /// It is smaller than [`SIZE_POINTS_MIN`], or its letters are pushed into each other.
    Small,
    /// Its contrast with what is behind it, in thousandths; none where that is no one colour.
    Faint(Option<u32>),
    /// Part of it lies beyond the page or the box that it is in.
    CutOff,
    /// Something is painted over it, or a line goes through it.
    Covered,
}

/// Why a reader of the page cannot read this text, but for another text over it.
fn hidden(found: &Found<'_>, at: usize, page: &Area) -> Option<Hidden> {
    let run = &found.runs[at];
    let letters = run
        .text
        .chars()
        .filter(|letter| !is_combining_mark(*letter) && !letter.is_whitespace())
        .count();
    // One letter alone is as wide as it is: a fraction's slash, a combining mark.
    let narrow =
        letters > 1 && run.area.size().0 < WIDTH_OF_LETTERS_MIN * run.size * letters as f64;
    if run.size < SIZE_POINTS_MIN || narrow {
        return Some(Hidden::Small);
    }
    if !run.area.is_within(page) || !run.area.is_within(&run.clip) {
        return Some(Hidden::CutOff);
    }
    // In the order of painting, so that what was painted before a text comes first.
    let after = found.painted.partition_point(|it| it.after_runs <= at);
    let (before, after) = found.painted.split_at(after);
    let strokes = found.strokes.partition_point(|it| it.after_runs <= at);
    if after.iter().any(|it| it.area.meets(&run.area))
        || found.strokes[strokes..]
            .iter()
            .any(|it| it.crosses(&run.area))
    {
        return Some(Hidden::Covered);
    }
    let contrast = contrast_behind(before, run);
    contrast
        .is_none_or(|found| found < CONTRAST_THOUSANDTHS_MIN)
        .then_some(Hidden::Faint(contrast))
}

/// The least contrast of a text with what was painted before it.
fn contrast_behind(before: &[Painted], run: &Run<'_>) -> Option<u32> {
    let mut behind = vec![Some(WHITE)];
    for Painted { area, colour, .. } in before.iter().filter(|it| it.area.meets(&run.area)) {
        let laid = |below: &Option<[u8; 3]>| colour.zip(*below).map(|(it, below)| over(it, below));
        let above: Vec<_> = behind.iter().map(laid).collect();
        // What covers only part of the text leaves the rest as it was.
        behind = match run.area.is_within(area) {
            true => above,
            false => [behind, above].concat(),
        };
        behind.dedup();
        if behind.len() > BACKGROUNDS_MAX {
            return None;
        }
    }
    let contrasts = behind.into_iter().map(|behind| {
        let behind = behind?;
        Some(contrast(over(run.colour?, behind), behind))
    });
    contrasts.min().flatten()
}

/// Different backgrounds behind one text; more are as good as a picture.
const BACKGROUNDS_MAX: usize = 16;
