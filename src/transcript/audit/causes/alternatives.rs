//! The list of alternatives, made from the district's own rules: one setting changed in each.

mod bonus;

use std::collections::BTreeSet;

use super::{Alternative, Setting};
use crate::record::{HonorsKind, MarkKind, Rounding};
use crate::transcript::audit::totals::AVERAGE;
use crate::transcript::policy::{
    Attempt, AverageRule, Elsewhere, Point, RepeatRule, RepeatedCredit, Replaceable, Rules,
    SameCourse, ScaleEntry, SummerLevel, SummerRule, UnitRule, Weight, Window, YearCourse,
};

/// How far the ends of a window are moved: a grade and its summer.
const WINDOW_STEPS_MAX: usize = 2;
/// Decimals with which systems print an average.
const DECIMALS: [u8; 4] = [1, 2, 3, 4];
/// Kinds of mark that systems leave out or let in.
const KINDS: [MarkKind; 3] = [
    MarkKind::Transfer,
    MarkKind::Summer,
    MarkKind::DualEnrolment,
];
/// What systems do with a course that is taken again.
const REPEATS: [RepeatRule; 6] = [
    RepeatRule::EveryAttemptCounts,
    RepeatRule::HighestCounts,
    RepeatRule::LatestCounts,
    RepeatRule::FailingReplaced {
        replaceable: Replaceable::BelowC,
        replacements_max: None,
        only_if_better: false,
        beyond: Attempt::LeftOut,
        after_satisfactory: Attempt::Counts,
        elsewhere: Elsewhere::Replaces,
    },
    RepeatRule::FailingReplaced {
        replaceable: Replaceable::Failing,
        replacements_max: None,
        only_if_better: false,
        beyond: Attempt::LeftOut,
        after_satisfactory: Attempt::Counts,
        elsewhere: Elsewhere::Replaces,
    },
    RepeatRule::LowerWithoutCredit,
];

/// When systems take two postings for the same course.
const SAME: [(SameCourse, &str, &str); 3] = [
    (
        SameCourse::Number,
        "number",
        "the sending system takes the same number at any school for the same course",
    ),
    (
        SameCourse::NumberAndSchool,
        "number_and_school",
        "the sending system takes the same number at another school for another course",
    ),
    (
        SameCourse::NumberAndSemester,
        "number_and_semester",
        "the sending system takes the same number in the other half of a year for another course",
    ),
];

/// Every alternative to these rules.
pub(super) fn of(base: &Rules) -> Vec<Alternative> {
    let mut list = for_every_figure(base);
    for (place, rule) in base.averages.iter().enumerate() {
        let mut edits = Edits {
            base,
            place,
            rule,
            list: &mut list,
        };
        edits.windows();
        edits.printing();
        edits.repeats();
        edits.marks();
        edits.courses();
        edits.bonus();
    }
    // What is named must be a policy: a narrower window may leave a cap outside.
    list.retain(|alternative| alternative.rules.problems().is_empty());
    list
}

/// Each of several sources posting its summers otherwise, where no row is about it yet.
pub(super) fn of_sources(base: &Rules, sources: &BTreeSet<String>) -> Vec<Alternative> {
    let (level, word, means) = other_level(base.summer_level);
    let about = |source: &String| {
        let mut rows = base.summers.iter();
        rows.any(|row| row.source.as_ref() == Some(source))
    };
    let open = sources.iter().filter(|it| sources.len() > 1 && !about(it));
    let alternative = |source: &String| {
        let mut rules = base.clone();
        let row = SummerRule {
            source: Some(source.clone()),
            schools: BTreeSet::new(),
            level,
        };
        // As a table of its own below those that stand there.
        rules.summers.push(row);
        let set = format!("source = {source:?}\nlevel = \"{word}\"");
        Alternative {
            setting: Setting::of("[[summer]]", None, set),
            means: format!("{means}, in `{source}` alone"),
            figure: None,
            rules,
        }
    };
    open.map(alternative).collect()
}

/// The other level that a summer's posting may bear, in a word and in a sentence.
fn other_level(level: SummerLevel) -> (SummerLevel, &'static str, &'static str) {
    match level {
        SummerLevel::Completed => (
            SummerLevel::Next,
            "next",
            "the sending system posts a summer session with the grade to come",
        ),
        SummerLevel::Next => (
            SummerLevel::Completed,
            "completed",
            "the sending system posts a summer session with the grade just finished",
        ),
    }
}

/// Settings that stand outside of any one average.
fn for_every_figure(base: &Rules) -> Vec<Alternative> {
    let mut list = Vec::new();
    let mut add = |setting: Setting, means: &str, edit: &dyn Fn(&mut Rules)| {
        let mut rules = base.clone();
        edit(&mut rules);
        list.push(Alternative {
            setting,
            means: means.to_owned(),
            figure: None,
            rules,
        });
    };
    let (level, word, means) = other_level(base.summer_level);
    let top = Setting {
        table: None,
        having: None,
        set: format!("summer_level = \"{word}\""),
        take_out: None,
    };
    add(top, means, &|rules| {
        rules.summer_level = level;
    });
    for rule in REPEATS.into_iter().filter(|it| *it != base.repeats.rule) {
        let (setting, means) = repeat_words(rule);
        add(of_repeats(format!("rule = {setting}")), means, &|rules| {
            rules.repeats.rule = rule;
        });
    }
    for (same, word, means) in SAME.into_iter().filter(|it| it.0 != base.repeats.same) {
        add(of_repeats(format!("same = \"{word}\"")), means, &|rules| {
            rules.repeats.same = same;
        });
    }
    let (credit, word, means) = match base.repeats.credit {
        RepeatedCredit::AsPosted => (
            RepeatedCredit::Once,
            "once",
            "the sending system gives the credit of a repeated course once",
        ),
        RepeatedCredit::Once => (
            RepeatedCredit::AsPosted,
            "as_posted",
            "the sending system gives each attempt at a course its credit",
        ),
    };
    add(
        of_repeats(format!("credit = \"{word}\"")),
        means,
        &|rules| {
            rules.repeats.credit = credit;
        },
    );
    let counts_otherwise = |unit: &UnitRule| unit.credits_per_semester != base.credits_per_semester;
    let units = base.units.iter().enumerate();
    for (place, unit) in units.filter(|(_, unit)| counts_otherwise(unit)) {
        let schools = Vec::from_iter(&unit.schools);
        let having = Some(format!("schools = {schools:?}"));
        let size = base.credits_per_semester;
        let set = format!("credits_per_semester = \"{size}\"");
        let means = "the sending system counts these schools' credits as all others";
        add(Setting::of("[[unit]]", having, set), means, &|rules| {
            rules.units[place].credits_per_semester = size;
        });
    }
    let summers = base.summers.iter().enumerate();
    for (place, summer) in summers.filter(|(_, summer)| summer.level != base.summer_level) {
        let (source, schools) = (&summer.source, Vec::from_iter(&summer.schools));
        let having = match source {
            Some(source) => format!("source = {source:?}"),
            None => format!("schools = {schools:?}"),
        };
        let means = "the sending system posts these summers as all others";
        let (_, word, _) = other_level(summer.level);
        let setting = Setting::of("[[summer]]", Some(having), format!("level = \"{word}\""));
        add(setting, means, &|rules| {
            rules.summers[place].level = base.summer_level;
        });
    }
    if let Some(mark) = lowest_passing(base).filter(|_| base.year_course.is_none()) {
        let rule = YearCourse {
            first_semester_becomes: mark.clone(),
            source: "found by `registrar check --causes`".to_owned(),
        };
        let (becomes, source) = (&rule.first_semester_becomes, &rule.source);
        let set = format!("first_semester_becomes = \"{becomes}\"\nsource = \"{source}\"");
        let means = "the sending system clears a failed first semester by the second";
        add(Setting::of("[year_course]", None, set), means, &|rules| {
            rules.year_course = Some(rule.clone());
        });
    }
    list
}

fn of_repeats(set: String) -> Setting {
    Setting::of("[repeats]", None, set)
}

/// The mark with the fewest points that is no failing one.
fn lowest_passing(base: &Rules) -> Option<&String> {
    let passing = base.scales.iter().filter_map(|step| {
        let points = step.points.filter(|points| !points.is_zero())?;
        Some((points, &step.mark))
    });
    passing.min().map(|(_, mark)| mark)
}

/// The alternatives of one average.
struct Edits<'a> {
    base: &'a Rules,
    place: usize,
    rule: &'a AverageRule,
    list: &'a mut Vec<Alternative>,
}

impl Edits<'_> {
    fn add(&mut self, set: &str, means: String, edit: impl FnOnce(&mut AverageRule)) {
        let having = format!("name = \"{}\"", self.rule.name);
        self.change(Setting::of("[[gpa]]", Some(having), set), means, edit);
    }

    fn change(&mut self, setting: Setting, means: String, edit: impl FnOnce(&mut AverageRule)) {
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
                let concerned: Vec<String> = match wider {
                    true => points[..=count].iter().map(point_words).collect(),
                    false => (std::iter::once(&first).chain(&points[..count]))
                        .map(point_words)
                        .collect(),
                };
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
        let signed = self.base.scales.iter().any(|step| !step.signed.is_empty());
        if signed {
            let counted = !self.rule.plus_and_minus;
            let verb = if counted { "counts" } else { "ignores" };
            let means = format!("the sending system {verb} plus and minus");
            let setting = format!("plus_and_minus = {counted}");
            self.add(&setting, means, |rule| rule.plus_and_minus = counted);
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

/// The points that lie next in one direction, nearest first.
fn steps(from: Point, step: fn(Point) -> Option<Point>) -> Vec<Point> {
    let points = std::iter::successors(step(from), |point| step(*point));
    points.take(WINDOW_STEPS_MAX).collect()
}

fn point_words(point: &Point) -> String {
    match point {
        Point::Grade(level) => format!("grade {level}"),
        Point::SummerAfter(level) => format!("summer after grade {level}"),
    }
}

/// How `policy.toml` says a rule, and what a system does that has it.
fn repeat_words(rule: RepeatRule) -> (&'static str, &'static str) {
    match rule {
        RepeatRule::EveryAttemptCounts => (
            "{ rule = \"every_attempt_counts\" }",
            "the sending system counts every attempt at a course",
        ),
        RepeatRule::HighestCounts => (
            "{ rule = \"highest_counts\" }",
            "the sending system counts the best attempt at a course",
        ),
        RepeatRule::LatestCounts => (
            "{ rule = \"latest_counts\" }",
            "the sending system counts the last attempt at a course",
        ),
        RepeatRule::FailingReplaced {
            replaceable: Replaceable::BelowC,
            ..
        } => (
            "{ rule = \"failing_replaced\", after_satisfactory = \"counts\" }",
            "the sending system replaces an attempt below C by the next one",
        ),
        RepeatRule::FailingReplaced { .. } => (
            "{ rule = \"failing_replaced\", replaceable = \"failing\", after_satisfactory = \
             \"counts\" }",
            "the sending system replaces a failed attempt by the next one",
        ),
        RepeatRule::LowerWithoutCredit => (
            "{ rule = \"lower_without_credit\" }",
            "the sending system counts the best attempt and takes the credit from the others",
        ),
    }
}
