//! The alternatives of one average: its own table with one setting changed. Those to its bonus are
//! in `bonus.rs`.

use std::collections::BTreeSet;

use super::alternatives::{REPEATS, repeat_words};
use super::{Alternative, Setting};
use crate::record::{GradePoints, HonorsKind, MarkKind, Rounding};
use crate::transcript::audit::totals::AVERAGE;
use crate::transcript::policy::{
    AverageRule, PlusAndMinus, Point, Rules, ScaleEntry, Sign, Weight, Window,
};

/// How far the ends of a window are moved: a grade and its summer.
const WINDOW_STEPS_MAX: usize = 2;
/// Decimals with which systems print an average.
const DECIMALS: [u8; 4] = [1, 2, 3, 4];
/// What a plus or a minus is worth in systems that give each sign alike.
const SIGNS: [GradePoints; 3] = [
    GradePoints::from_thousandths(300),
    GradePoints::from_thousandths(330),
    GradePoints::from_thousandths(333),
];
/// Kinds of mark that systems leave out or let in.
const KINDS: [MarkKind; 3] = [
    MarkKind::Transfer,
    MarkKind::Summer,
    MarkKind::DualEnrolment,
];

/// Every alternative to the average of this place.
pub(super) fn of(base: &Rules, place: usize) -> Vec<Alternative> {
    let mut edits = Edits {
        base,
        place,
        rule: &base.averages[place],
        list: Vec::new(),
    };
    edits.windows();
    edits.printing();
    edits.signs();
    edits.repeats();
    edits.marks();
    edits.courses();
    edits.bonus();
    edits.list
}

pub(super) struct Edits<'a> {
    pub base: &'a Rules,
    place: usize,
    pub rule: &'a AverageRule,
    list: Vec<Alternative>,
}

impl Edits<'_> {
    pub fn add(&mut self, set: &str, means: String, edit: impl FnOnce(&mut AverageRule)) {
        let having = format!("name = \"{}\"", self.rule.name);
        self.change(Setting::of("[[gpa]]", Some(having), set), means, edit);
    }

    pub fn change(&mut self, setting: Setting, means: String, edit: impl FnOnce(&mut AverageRule)) {
        let mut rules = self.base.clone();
        edit(&mut rules.averages[self.place]);
        self.list.push(Alternative {
            setting,
            means,
            figure: Some(format!("{AVERAGE}{}", self.rule.name)),
            rules,
        });
    }

    fn windows(&mut self) {
        let (begin, end) = self.rule.window.ends();
        let steps = [
            (true, true, steps(begin, Point::previous)),
            (true, false, steps(begin, Point::next)),
            (false, true, steps(end, Point::next)),
            (false, false, steps(end, Point::previous)),
        ];
        for (at_begin, wider, points) in steps {
            for (count, point) in points.iter().enumerate() {
                let window = match at_begin {
                    true => Window::new(*point, end),
                    false => Window::new(begin, *point),
                };
                if window.is_empty() {
                    continue;
                }
                // Wider, it takes the new ends in; narrower, it gives the old ones up.
                let first = if at_begin { begin } else { end };
                let mut concerned: Vec<Point> = match wider {
                    true => points[..=count].to_vec(),
                    false => [&[first], &points[..count]].concat(),
                };
                if at_begin == wider {
                    concerned.reverse();
                }
                let concerned: Vec<String> = concerned.iter().map(point_words).collect();
                let verb = if wider { "counts" } else { "does not count" };
                let means = format!("the sending system {verb} {}", concerned.join(" and "));
                let (from, to) = window.ends();
                let setting = format!("window = [\"{from}\", \"{to}\"]");
                self.add(&setting, means, |rule| rule.window = window);
            }
        }
    }

    fn printing(&mut self) {
        for decimals in DECIMALS {
            for rounding in [Rounding::HalfUp, Rounding::Truncate] {
                let (new_decimals, new_rounding) = (
                    decimals != self.rule.decimals,
                    rounding != self.rule.rounding,
                );
                let (word, does) = match rounding {
                    Rounding::HalfUp => ("half_up", "rounds"),
                    Rounding::Truncate => ("truncate", "cuts off"),
                };
                let setting = match (new_decimals, new_rounding) {
                    (false, false) => continue,
                    (true, false) => format!("decimals = {decimals}"),
                    (false, true) => format!("rounding = \"{word}\""),
                    (true, true) => format!("decimals = {decimals}\nrounding = \"{word}\""),
                };
                let means = format!("the sending system {does} to {decimals} decimals");
                self.add(&setting, means, |rule| {
                    rule.decimals = decimals;
                    rule.rounding = rounding;
                });
            }
        }
    }

    /// Plus and minus: ignored, as the scale has them, or each sign alike.
    fn signs(&mut self) {
        let scales = &self.base.scales;
        let marks = || scales.iter().flat_map(ScaleEntry::marks);
        if !marks().any(|mark| mark.ends_with(['+', '-'])) {
            return;
        }
        let points = |rule: &AverageRule| -> Vec<Option<GradePoints>> {
            let steps = scales.iter();
            let each = steps.flat_map(|step| step.marks().map(|mark| step.points_of(mark, rule)));
            each.collect()
        };
        let highest = scales.iter().filter_map(|step| step.points).max();
        let mut others = vec![PlusAndMinus::Counted(false), PlusAndMinus::Counted(true)];
        for points in SIGNS {
            let by = |at_most| PlusAndMinus::By(Sign { points, at_most });
            others.extend([by(highest), by(None)]);
        }
        // Of two that give each mark the same points, the first: the scale may have these already.
        let mut known = vec![points(self.rule)];
        for other in others {
            let mut rule = self.rule.clone();
            rule.plus_and_minus = other;
            if known.contains(&points(&rule)) {
                continue;
            }
            known.push(points(&rule));
            let (set, means) = signs_words(other);
            let means = format!("the sending system {means}");
            self.add(&format!("plus_and_minus = {set}"), means, |it| *it = rule);
        }
    }

    fn repeats(&mut self) {
        let replaces = !self.rule.pass_replaces;
        let verb = if replaces { "lets" } else { "does not let" };
        let means = format!("the sending system {verb} a pass replace an earlier attempt");
        let setting = format!("pass_replaces = {replaces}");
        self.add(&setting, means, |rule| rule.pass_replaces = replaces);
        let now = self.rule.repeats.unwrap_or(self.base.repeats.rule);
        for rule in REPEATS.into_iter().filter(|it| *it != now) {
            let (setting, means) = repeat_words(rule);
            let setting = format!("repeats = {setting}");
            self.add(&setting, means.to_owned(), |it| it.repeats = Some(rule));
        }
    }

    /// Which marks count, and as what.
    fn marks(&mut self) {
        for kind in KINDS {
            let mut kinds = self.rule.kinds.clone();
            let taken = !kinds.remove(&kind) && kinds.insert(kind);
            let words: Vec<&str> = kinds.iter().map(|kind| kind.code()).collect();
            let setting = format!("kinds = {words:?}");
            let verb = if taken { "takes" } else { "leaves out" };
            let means = format!("the sending system {verb} marks of the kind `{kind}`");
            self.add(&setting, means, |rule| rule.kinds = kinds);
        }
        let points = |step: &&ScaleEntry| step.points;
        let with_points = || self.base.scales.iter().filter(|step| step.points.is_some());
        let lowest = with_points().min_by_key(points).map(|it| it.mark.clone());
        let highest = with_points().max_by_key(points).map(|it| it.mark.clone());
        let scales = &self.base.scales;
        for step in scales.iter().filter(|step| step.points.is_none()) {
            for other in [&lowest, &highest].into_iter().flatten() {
                let now = self.rule.counts_as.get(&step.mark);
                if step.waives || now == Some(other) {
                    continue;
                }
                let mut counts_as = self.rule.counts_as.clone();
                counts_as.insert(step.mark.clone(), other.clone());
                let words: Vec<String> = (counts_as.iter())
                    .map(|(mark, other)| format!("{mark} = \"{other}\""))
                    .collect();
                let setting = format!("counts_as = {{ {} }}", words.join(", "));
                let means = format!("the sending system counts {} as {other}", step.mark);
                self.add(&setting, means, |rule| rule.counts_as = counts_as);
            }
        }
        if !self.rule.counts_as.is_empty() {
            let means = "the sending system leaves out marks without points".to_owned();
            self.add("counts_as = {}", means, |rule| rule.counts_as.clear());
        }
    }

    /// Which courses count, and how often.
    fn courses(&mut self) {
        let (weight, word, by) = match self.rule.weight {
            Weight::Credits => (Weight::Grades, "grades", "each semester's grade alike"),
            Weight::Grades => (Weight::Credits, "credits", "by credits attempted"),
        };
        let means = format!("the sending system weighs {by}");
        let setting = format!("weight = \"{word}\"");
        self.add(&setting, means, |rule| rule.weight = weight);
        let only_ag = !self.rule.only_ag;
        let which = if only_ag {
            "only a-g courses"
        } else {
            "courses outside a-g too"
        };
        let means = format!("the sending system counts {which}");
        let setting = format!("only_ag = {only_ag}");
        self.add(&setting, means, |rule| rule.only_ag = only_ag);
        let only = !self.rule.only_graduation_credit;
        let which = if only { "only courses" } else { "courses too" };
        let negation = if only { "" } else { " not" };
        let means = format!(
            "the sending system counts {which} whose credit does{negation} count toward graduation"
        );
        let setting = format!("only_graduation_credit = {only}");
        self.add(&setting, means, |rule| rule.only_graduation_credit = only);
        let subjects = self.base.plans.iter().flat_map(|plan| &plan.subjects);
        let mut subjects: BTreeSet<String> = subjects
            .flat_map(|row| row.counts.iter().cloned())
            .collect();
        subjects.extend(self.rule.subjects_left_out.iter().cloned());
        for subject in subjects {
            let mut left_out = self.rule.subjects_left_out.clone();
            let takes = left_out.remove(&subject);
            if !takes {
                left_out.insert(subject.clone());
            }
            let setting = format!("subjects_left_out = {:?}", Vec::from_iter(&left_out));
            let verb = if takes { "takes" } else { "leaves out" };
            let means = format!("the sending system {verb} the subject `{subject}`");
            self.add(&setting, means, |rule| rule.subjects_left_out = left_out);
        }
        let college = HonorsKind::College;
        let mut twice = self.rule.counts_twice.clone();
        let counts_once = twice.remove(&college);
        if !counts_once {
            twice.insert(college);
        }
        let words: Vec<&str> = twice.iter().map(|honors| honors.code()).collect();
        let setting = format!("counts_twice = {words:?}");
        let often = if counts_once { "once" } else { "twice" };
        let means = format!("the sending system counts a college course {often}");
        self.add(&setting, means, |rule| rule.counts_twice = twice);
    }
}

/// How `policy.toml` says what becomes of signs, and what a system does that has it.
fn signs_words(signs: PlusAndMinus) -> (String, String) {
    let Sign { points, at_most } = match signs {
        PlusAndMinus::Counted(counted) => {
            let verb = if counted { "counts" } else { "ignores" };
            return (counted.to_string(), format!("{verb} plus and minus"));
        }
        PlusAndMinus::By(sign) => sign,
    };
    let most = at_most.map(|most| {
        (
            format!(", at_most = \"{most}\""),
            format!(", at most {most}"),
        )
    });
    let (set, told) = most.unwrap_or_default();
    (
        format!("{{ points = \"{points}\"{set} }}"),
        format!("counts a plus and a minus as {points} points{told}"),
    )
}

/// The points that lie next in one direction, nearest first.
fn steps(from: Point, step: fn(Point) -> Option<Point>) -> Vec<Point> {
    let points = std::iter::successors(step(from), |point| step(*point));
    points.take(WINDOW_STEPS_MAX).collect()
}

pub(super) fn point_words(point: &Point) -> String {
    match point {
        Point::Grade(level) => format!("grade {level}"),
        Point::SummerAfter(level) => format!("summer after grade {level}"),
    }
}
