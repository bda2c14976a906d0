//! The list of alternatives, made from the district's own rules: one setting changed in each.

use std::collections::BTreeSet;

use super::average::point_words;
use super::{Alternative, Setting, average};
use crate::record::GradePoints;
use crate::transcript::policy::{
    Attempt, CollegeParts, CreditsRule, Elsewhere, Point, RepeatRule, RepeatedCredit, Replaceable,
    Rules, SameCourse, SummerLevel, SummerRule, UnitRule, Window, YearCourse,
};

/// What systems do with a course that is taken again.
pub(super) const REPEATS: [RepeatRule; 6] = [
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
    list.extend(credits(base));
    list.extend(points(base));
    for place in 0..base.averages.len() {
        list.extend(average::of(base, place));
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
    let summers = at_the_top(format!("summer_level = \"{word}\""));
    add(summers, means, &|rules| {
        rules.summer_level = level;
    });
    let (parts, word, means) = match base.college_parts {
        CollegeParts::EachAGrade => (
            CollegeParts::OneGrade,
            "one_grade",
            "the sending system takes two parts of a college course for one grade",
        ),
        CollegeParts::OneGrade => (
            CollegeParts::EachAGrade,
            "each_a_grade",
            "the sending system takes each part of a college course for a grade",
        ),
    };
    add(
        at_the_top(format!("college_parts = \"{word}\"")),
        means,
        &|rules| {
            rules.college_parts = parts;
        },
    );
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

/// Where the window of a system's credit totals begins; it ends after the last summer.
const CREDITS_BEGIN: [&str; 3] = ["7", "summer after 8", "9"];

/// Other windows of the sums of credits.
fn credits(base: &Rules) -> Vec<Alternative> {
    let point = |text: &str| text.parse::<Point>().expect("a point of a student's years");
    let end = "summer after 12";
    let windows = CREDITS_BEGIN.map(|begin| (begin, Window::new(point(begin), point(end))));
    let ours = base.credits.as_ref().map(|it| it.window);
    let others = windows.into_iter().filter(|(_, it)| Some(*it) != ours);
    let alternative = |(begin, window): (&str, Window)| {
        let mut rules = base.clone();
        let source = "found by `registrar check --causes`".to_owned();
        let set = format!("window = [\"{begin}\", \"{end}\"]\nsource = \"{source}\"");
        rules.credits = Some(CreditsRule { window, source });
        let (from, to) = (point_words(&point(begin)), point_words(&point(end)));
        Alternative {
            setting: Setting::of("[credits]", None, set),
            means: format!("the sending system's credit totals count from {from} to {to}"),
            figure: None,
            rules,
        }
    };
    others.map(alternative).collect()
}

/// How far from ours a system's points for a mark may lie, in thousandths: a half and a whole.
const POINTS_APART: [i64; 4] = [-1000, -500, 500, 1000];

/// Other points for a step of the scale.
fn points(base: &Rules) -> Vec<Alternative> {
    let mut list = Vec::new();
    for (place, step) in base.scales.iter().enumerate() {
        let apart = |ours: GradePoints| POINTS_APART.map(|apart| ours.thousandths() + apart);
        let others = step.points.into_iter().flat_map(apart);
        for points in others.filter(|points| *points >= 0) {
            let points = GradePoints::from_thousandths(points);
            let mut rules = base.clone();
            rules.scales[place].points = Some(points);
            let having = Some(format!("mark = {:?}", step.mark));
            let set = format!("points = \"{points}\"");
            list.push(Alternative {
                setting: Setting::of("[[scale]]", having, set),
                means: format!("the sending system's points for {} are {points}", step.mark),
                figure: None,
                rules,
            });
        }
    }
    list
}

/// A line before the first table.
fn at_the_top(set: String) -> Setting {
    Setting {
        table: None,
        having: None,
        set,
        take_out: None,
    }
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

/// How `policy.toml` says a rule, and what a system does that has it.
pub(super) fn repeat_words(rule: RepeatRule) -> (&'static str, &'static str) {
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
