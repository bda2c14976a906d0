//! Grade point averages: one definition, one record, one exact figure and how it came about.

use std::fmt;

use super::attempts::in_time;
use super::bonus::grant_bonus;
use super::grades::{grade_weight, is_of_college};
use super::policy::{AverageRule, CapSize, Point, RepeatCode, Rules, ScaleEntry, Weight, Window};
use super::repeats::{Repeated, Seen, repeats};
use crate::record::{Credits, GradePoints, HonorsKind, Ratio, RecordedMark, Rounding};

/// How one average came about; every mark of the record is in one of the two lists.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AverageTrace {
    /// The definition's name.
    pub name: String,
    /// Where the definition comes from.
    pub source: String,
    /// What was taken.
    pub taken: Vec<TakenMark>,
    /// What was left out, and why.
    pub left_out: Vec<LeftOutMark>,
    /// The sum of points times credits, in millionths; as data the number itself, in decimals.
    #[serde(serialize_with = "in_decimals")]
    pub points_times_credits: i128,
    /// The sum of credits.
    pub credit_counted: Credits,
    /// Decimals of the figure.
    pub decimals: u8,
    /// What happens to the digits that are not printed.
    pub rounding: Rounding,
    /// The figure as it is printed; none where nothing counts.
    pub value: Option<String>,
}

/// Which mark is meant, in words that stand on the page.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct MarkName {
    /// The posting's number in its source.
    pub posting: String,
    /// The term's name.
    pub term: String,
    /// The catalogue number.
    pub course: String,
    /// The title.
    pub title: String,
    /// The mark as posted; none while in progress or planned.
    pub mark: Option<String>,
}

impl MarkName {
    pub(super) fn of(recorded: &RecordedMark) -> Self {
        Self {
            posting: recorded.mark.posting.clone(),
            term: recorded.term.name.clone(),
            course: recorded.mark.course.clone(),
            title: recorded.title().to_owned(),
            mark: recorded.mark.mark.clone(),
        }
    }
}

/// A mark that an average took.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TakenMark {
    /// Which.
    #[serde(flatten)]
    pub name: MarkName,
    /// The mark as which it counts, where that is another.
    pub counts_as: Option<String>,
    /// Its weight: credits attempted, or a semester's for each grade; doubled where the definition
    /// counts the mark twice.
    pub credits: Credits,
    /// Whether it counts twice.
    pub twice: bool,
    /// Grade points without the bonus.
    pub points: GradePoints,
    /// The bonus for each credit in `bonus_credits`.
    pub bonus: GradePoints,
    /// The credits that earned the bonus: all, or fewer where a cap was reached.
    pub bonus_credits: Credits,
    /// Why it earned no bonus, or not for all its credits, though it is an honors course.
    pub bonus_withheld: Option<BonusWithheld>,
    /// How it stands among several attempts at the course.
    pub repeat: Option<RepeatCode>,
}

/// Why an honors mark earned no bonus, or less of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum BonusWithheld {
    /// The definition gives no bonus for this kind of honors.
    Honors {
        /// The kind.
        honors: HonorsKind,
    },
    /// The mark is below C.
    BelowC,
    /// The course was taken at a school outside the records, whose honors of this kind the
    /// definition does not take for its own.
    Elsewhere {
        /// The kind.
        honors: HonorsKind,
    },
    /// As many as may earn it had earned it.
    Cap {
        /// The window of the cap.
        window: Window,
        /// How many semesters or courses may earn a bonus in it.
        #[serde(flatten)]
        most: CapSize,
    },
}

/// A mark that an average left out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LeftOutMark {
    /// Which.
    #[serde(flatten)]
    pub name: MarkName,
    /// Why.
    #[serde(flatten)]
    pub reason: LeftOutReason,
}

/// Why an average leaves a mark out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum LeftOutReason {
    /// It is in progress or planned.
    NoMarkYet,
    /// The definition does not take marks of this kind.
    Kind,
    /// It was earned outside the definition's window.
    Window {
        /// When it was earned.
        earned: Point,
        /// The window.
        window: Window,
    },
    /// The course has no a-g subject area.
    NotAg,
    /// The definition leaves the course's subject out.
    Subject {
        /// The subject.
        subject: String,
    },
    /// The course's credit does not count toward graduation.
    NoGraduationCredit,
    /// The mark carries no points (pass, credit, withdrawn, incomplete).
    NoPoints,
    /// The mark is not on the district's grading scale.
    NotOnScale,
    /// No credit was attempted, so it has no weight.
    NoCredit,
    /// Another attempt at the course counts instead.
    Repeat {
        /// How it stands among the attempts.
        code: RepeatCode,
        /// The posting that stands instead.
        counts: String,
        /// The rule's name in `policy.toml`.
        rule: &'static str,
        /// Where the rule comes from, if it is that of the page; else it comes with the definition.
        source: Option<String>,
    },
}

impl fmt::Display for LeftOutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMarkYet => f.write_str("it has no mark yet"),
            Self::Kind => f.write_str("marks of this kind are not taken"),
            Self::Window { earned, window } => {
                write!(f, "earned in {earned}; the window is {window}")
            }
            Self::NotAg => f.write_str("the course has no a-g subject area"),
            Self::Subject { subject } => write!(f, "the subject `{subject}` is left out"),
            Self::NoGraduationCredit => f.write_str("its credit does not count toward graduation"),
            Self::NoPoints => f.write_str("the mark carries no points"),
            Self::NotOnScale => f.write_str("the mark is not on the grading scale"),
            Self::NoCredit => f.write_str("no credit was attempted, so it has no weight"),
            Self::Repeat {
                code,
                counts,
                rule,
                source,
            } => {
                write!(
                    f,
                    "repeated course ({code}): posting {counts} stands instead by `{rule}`"
                )?;
                let source = source.as_deref();
                source.map_or(Ok(()), |source| write!(f, " ({source})"))
            }
        }
    }
}

impl fmt::Display for BonusWithheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Honors { honors } => write!(f, "no point for honors of the kind `{honors}`"),
            Self::BelowC => f.write_str("no point below C"),
            Self::Elsewhere { honors } => {
                write!(
                    f,
                    "no point for honors of the kind `{honors}` of a school elsewhere"
                )
            }
            Self::Cap { window, most } => write!(f, "at most {most} earn the point in {window}"),
        }
    }
}

/// Applies one definition to a record. The sum is exact; it is rounded once, as the rule names.
pub(super) fn average(rules: &Rules, rule: &AverageRule, marks: &[RecordedMark]) -> AverageTrace {
    let weighed: Vec<Result<TakenMark, LeftOutReason>> = marks
        .iter()
        .map(|recorded| weigh(rules, rule, marks, recorded))
        .collect();
    let seen: Vec<Option<Seen>> = (marks.iter().zip(&weighed))
        .map(|(recorded, weighed)| seen(rules, rule, recorded, weighed))
        .collect();
    let repeats_rule = rule.repeats.unwrap_or(rules.repeats.rule);
    let repeated = repeats(rules, repeats_rule, marks, &seen);
    let source = rules.repeats.source.as_ref();
    let source = source.filter(|_| rule.repeats.is_none());
    let instead = |code, other: usize| LeftOutReason::Repeat {
        code,
        counts: marks[other].mark.posting.clone(),
        rule: repeats_rule.name(),
        source: source.cloned(),
    };
    let mut taken: Vec<(&RecordedMark, TakenMark)> = Vec::new();
    let mut left_out = Vec::new();
    let mut weighed: Vec<Option<_>> = weighed.into_iter().map(Some).collect();
    for place in in_time(marks) {
        let repeat = repeated.get(&place).copied();
        let weighed = weighed[place].take().expect("each place comes once");
        match weighed.and_then(|taken| not_repeated(taken, repeat, instead)) {
            Ok(one) => taken.push((&marks[place], one)),
            Err(reason) => {
                let name = MarkName::of(&marks[place]);
                left_out.push(LeftOutMark { name, reason });
            }
        }
    }
    grant_bonus(rules, rule, marks, &mut taken);
    let mut trace = AverageTrace {
        name: rule.name.clone(),
        source: rule.source.clone(),
        taken: Vec::with_capacity(taken.len()),
        left_out,
        points_times_credits: 0,
        credit_counted: Credits::ZERO,
        decimals: rule.decimals,
        rounding: rule.rounding,
        value: None,
    };
    for (_, taken) in taken {
        trace.add(taken);
    }
    // Thousandths of points times thousandths of credits, over thousandths of credits.
    let divisor = i128::from(trace.credit_counted.thousandths()) * 1000;
    trace.value = Ratio::new(trace.points_times_credits, divisor)
        .map(|ratio| ratio.to_decimal(rule.decimals, rule.rounding));
    trace
}

/// A count of millionths in decimals, as many as there are: `435`, `13.333333`.
fn millionths(count: i128) -> String {
    let exact = Ratio::new(count, 1_000_000).expect("a million is not zero");
    let text = exact.to_decimal(6, Rounding::Truncate);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn in_decimals<S: serde::Serializer>(count: &i128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&millionths(*count))
}

impl AverageTrace {
    /// How the figure came about, in one line: `435 / 135.00 = 3.22, truncated to 2 decimals`.
    pub fn sum(&self) -> Option<String> {
        let value = self.value.as_deref()?;
        let points = millionths(self.points_times_credits);
        let (credits, decimals) = (self.credit_counted, self.decimals);
        let rounded = match self.rounding {
            Rounding::Truncate => "truncated",
            Rounding::HalfUp => "rounded half up",
        };
        Some(format!(
            "{points} / {credits} = {value}, {rounded} to {decimals} decimals"
        ))
    }

    fn add(&mut self, taken: TakenMark) {
        let product = |points: GradePoints, credits: Credits| {
            i128::from(points.thousandths()) * i128::from(credits.thousandths())
        };
        self.points_times_credits += product(taken.points, taken.credits);
        self.points_times_credits += product(taken.bonus, taken.bonus_credits);
        self.credit_counted = self.credit_counted + taken.credits;
        self.taken.push(taken);
    }
}

/// The mark that a posting counts as, where the definition names another, and its step.
fn counted<'a>(
    rules: &'a Rules,
    rule: &'a AverageRule,
    letter: &'a str,
) -> Option<(&'a str, &'a ScaleEntry)> {
    let step = rules.step(letter)?;
    let other = rule.counts_as.get(letter);
    match other.or_else(|| rule.counts_as.get(&step.mark)) {
        Some(other) => Some((other, rules.step(other)?)),
        None => Some((letter, step)),
    }
}

/// The mark with its weight and points, before repeats and caps.
fn weigh(
    rules: &Rules,
    rule: &AverageRule,
    marks: &[RecordedMark],
    recorded: &RecordedMark,
) -> Result<TakenMark, LeftOutReason> {
    let (mark, course) = (&recorded.mark, &recorded.course);
    let letter = mark.mark.as_deref().filter(|_| mark.kind.is_posted());
    let letter = letter.ok_or(LeftOutReason::NoMarkYet)?;
    if !rule.kinds.contains(&mark.kind) {
        return Err(LeftOutReason::Kind);
    }
    let (earned, window) = (rules.earned(recorded), rule.window);
    if !window.holds(earned) {
        return Err(LeftOutReason::Window { earned, window });
    }
    if rule.only_ag && course.ag_area.is_none() {
        return Err(LeftOutReason::NotAg);
    }
    if rule.subjects_left_out.contains(&course.subject) {
        let subject = course.subject.clone();
        return Err(LeftOutReason::Subject { subject });
    }
    if rule.only_graduation_credit && !course.counts_toward_graduation() {
        return Err(LeftOutReason::NoGraduationCredit);
    }
    let (as_mark, step) = counted(rules, rule, letter).ok_or(LeftOutReason::NotOnScale)?;
    let points = step.points_of(as_mark, rule);
    let points = points.ok_or(LeftOutReason::NoPoints)?;
    let once = match rule.weight {
        Weight::Credits => mark.credit_attempted,
        Weight::Grades => grade_weight(rules, marks, recorded),
    };
    if once.is_zero() {
        return Err(LeftOutReason::NoCredit);
    }
    let twice = rule.counts_twice.contains(&course.honors)
        || (rule.counts_twice.contains(&HonorsKind::College) && is_of_college(recorded));
    let (bonus, withheld) = bonus(rule, recorded, step);
    Ok(TakenMark {
        name: MarkName::of(recorded),
        counts_as: (as_mark != letter).then(|| as_mark.to_owned()),
        credits: if twice { once + once } else { once },
        twice,
        points,
        bonus,
        bonus_credits: Credits::ZERO,
        bonus_withheld: withheld,
        repeat: None,
    })
}

/// What a mark earns on top on this step for its course's honors, or why it earns nothing.
fn bonus(
    rule: &AverageRule,
    recorded: &RecordedMark,
    step: &ScaleEntry,
) -> (GradePoints, Option<BonusWithheld>) {
    let honors = recorded.course.honors;
    let Some(bonus) = rule.bonus.as_ref().filter(|_| honors != HonorsKind::None) else {
        return (GradePoints::ZERO, None);
    };
    match bonus.points.get(&honors) {
        None => (GradePoints::ZERO, Some(BonusWithheld::Honors { honors })),
        Some(_) if !step.satisfactory && !bonus.below_c => {
            (GradePoints::ZERO, Some(BonusWithheld::BelowC))
        }
        Some(_) if bonus.not_elsewhere.contains(&honors) && recorded.mark.taken_at.is_some() => {
            (GradePoints::ZERO, Some(BonusWithheld::Elsewhere { honors }))
        }
        Some(points) => (*points, None),
    }
}

/// What the rule for repeats sees in a posting.
fn seen(
    rules: &Rules,
    rule: &AverageRule,
    recorded: &RecordedMark,
    weighed: &Result<TakenMark, LeftOutReason>,
) -> Option<Seen> {
    let mark = &recorded.mark;
    let letter = mark.mark.as_deref().filter(|_| mark.kind.is_posted())?;
    let (as_mark, step) = counted(rules, rule, letter)?;
    if let Some(points) = step.points_of(as_mark, rule) {
        return Some(Seen {
            points: Some(points),
            number: step.number(as_mark),
            satisfactory: step.satisfactory,
            failing: step.is_failing(),
            taken: weighed.is_ok(),
        });
    }
    let passed = rule.pass_replaces && !mark.credit_earned.is_zero();
    let taken = *weighed == Err(LeftOutReason::NoPoints);
    (passed && taken).then_some(Seen {
        points: None,
        number: None,
        satisfactory: true,
        failing: false,
        taken,
    })
}

/// The mark, unless another attempt at its course counts instead.
fn not_repeated(
    mut taken: TakenMark,
    repeat: Option<Repeated>,
    instead: impl Fn(RepeatCode, usize) -> LeftOutReason,
) -> Result<TakenMark, LeftOutReason> {
    let Some(repeat) = repeat else {
        return Ok(taken);
    };
    taken.repeat = repeat.code;
    match (repeat.counts(), repeat.code, repeat.other) {
        (false, Some(code), Some(other)) => Err(instead(code, other)),
        _ => Ok(taken),
    }
}

/// The traces of every definition of a policy, by name.
pub(super) fn averages(rules: &Rules, marks: &[RecordedMark]) -> Vec<AverageTrace> {
    let traces = rules
        .averages
        .iter()
        .map(|rule| average(rules, rule, marks));
    traces.collect()
}
