//! Grade point averages: one definition, one record, one exact figure and how it came about.

use std::fmt;

use super::policy::{AverageRule, BonusRule, Point, RepeatCode, Rules, Window};
use super::repeats::{Repeated, in_time, repeats};
use crate::record::{Credits, GradePoints, HonorsKind, Ratio, RecordedMark};

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
    /// The sum of points times credits, in millionths.
    pub points_times_credits: i128,
    /// The sum of credits.
    pub credit_counted: Credits,
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
    fn of(recorded: &RecordedMark) -> Self {
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
    /// Its weight: credits attempted, doubled where the definition counts the mark twice.
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
    /// As many semesters as may earn it had earned it.
    Cap {
        /// The window of the cap.
        window: Window,
        /// How many semesters may earn a bonus in it.
        semesters_max: u8,
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
        /// The posting that counts instead.
        counts: String,
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
            Self::Repeat { code, counts } => {
                write!(
                    f,
                    "repeated course ({code}): posting {counts} counts instead"
                )
            }
        }
    }
}

impl fmt::Display for BonusWithheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Honors { honors } => write!(f, "no point for honors of the kind `{honors}`"),
            Self::BelowC => f.write_str("no point below C"),
            Self::Cap {
                window,
                semesters_max,
            } => {
                write!(
                    f,
                    "at most {semesters_max} semesters earn the point in {window}"
                )
            }
        }
    }
}

/// Applies one definition to a record. The sum is exact; it is rounded once, as the rule names.
pub(super) fn average(rules: &Rules, rule: &AverageRule, marks: &[RecordedMark]) -> AverageTrace {
    let repeated = repeats(rules, rule.repeats.unwrap_or(rules.repeats.rule), marks);
    let mut caps = Caps::new(rules, rule);
    let mut trace = AverageTrace {
        name: rule.name.clone(),
        source: rule.source.clone(),
        taken: Vec::new(),
        left_out: Vec::new(),
        points_times_credits: 0,
        credit_counted: Credits::ZERO,
        value: None,
    };
    for place in in_time(marks) {
        let recorded = &marks[place];
        let repeat = repeated.get(&place).copied();
        let weighed =
            weigh(rules, rule, recorded).and_then(|taken| not_repeated(taken, repeat, marks));
        match weighed {
            Ok(mut taken) => {
                caps.grant(recorded, &mut taken);
                trace.add(taken);
            }
            Err(reason) => {
                let name = MarkName::of(recorded);
                trace.left_out.push(LeftOutMark { name, reason });
            }
        }
    }
    // Thousandths of points times thousandths of credits, over thousandths of credits.
    let divisor = i128::from(trace.credit_counted.thousandths()) * 1000;
    trace.value = Ratio::new(trace.points_times_credits, divisor)
        .map(|ratio| ratio.to_decimal(rule.decimals, rule.rounding));
    trace
}

impl AverageTrace {
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

/// The mark with its weight and points, before repeats and caps.
fn weigh(
    rules: &Rules,
    rule: &AverageRule,
    recorded: &RecordedMark,
) -> Result<TakenMark, LeftOutReason> {
    let (mark, course) = (&recorded.mark, &recorded.course);
    let letter = mark.mark.as_deref().filter(|_| mark.kind.is_posted());
    let letter = letter.ok_or(LeftOutReason::NoMarkYet)?;
    if !rule.kinds.contains(&mark.kind) {
        return Err(LeftOutReason::Kind);
    }
    let (earned, window) = (Point::of(recorded, rules.summer_level), rule.window);
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
    rules.step(letter).ok_or(LeftOutReason::NotOnScale)?;
    let counts_as = rule.counts_as.get(letter).cloned();
    let counted = counts_as.as_deref().unwrap_or(letter);
    let step = rules.step(counted).ok_or(LeftOutReason::NotOnScale)?;
    let points = step.points_of(counted, rule.plus_and_minus);
    let points = points.ok_or(LeftOutReason::NoPoints)?;
    if mark.credit_attempted.is_zero() {
        return Err(LeftOutReason::NoCredit);
    }
    let twice = rule.counts_twice.contains(&course.honors);
    let once = mark.credit_attempted;
    let bonus = rule
        .bonus
        .as_ref()
        .filter(|_| course.honors != HonorsKind::None);
    let withheld = bonus.and_then(|bonus| {
        let honors = course.honors;
        match (bonus.honors.contains(&honors), step.satisfactory) {
            (false, _) => Some(BonusWithheld::Honors { honors }),
            (true, false) => Some(BonusWithheld::BelowC),
            (true, true) => None,
        }
    });
    Ok(TakenMark {
        name: MarkName::of(recorded),
        counts_as,
        credits: if twice { once + once } else { once },
        twice,
        points,
        bonus: bonus
            .filter(|_| withheld.is_none())
            .map_or(GradePoints::ZERO, |bonus| bonus.points),
        bonus_credits: Credits::ZERO,
        bonus_withheld: withheld,
        repeat: None,
    })
}

/// The mark, unless another attempt at its course counts instead.
fn not_repeated(
    mut taken: TakenMark,
    repeat: Option<Repeated>,
    marks: &[RecordedMark],
) -> Result<TakenMark, LeftOutReason> {
    let Some(repeat) = repeat else {
        return Ok(taken);
    };
    taken.repeat = repeat.code;
    match (repeat.counts(), repeat.code, repeat.other) {
        (false, Some(code), Some(other)) => Err(LeftOutReason::Repeat {
            code,
            counts: marks[other].mark.posting.clone(),
        }),
        _ => Ok(taken),
    }
}

/// The credits that may still earn the bonus, for each cap of a definition. Marks take from them in
/// the order of time; since every mark's bonus is the same and caps lie within
/// one another, no other order would give more.
struct Caps<'a> {
    rules: &'a Rules,
    bonus: Option<&'a BonusRule>,
    left: Vec<Credits>,
}

impl<'a> Caps<'a> {
    fn new(rules: &'a Rules, rule: &'a AverageRule) -> Self {
        let bonus = rule.bonus.as_ref();
        let caps = bonus.map_or(&[][..], |bonus| &bonus.caps);
        let semester = rules.credits_per_semester.thousandths();
        let left = caps
            .iter()
            .map(|cap| Credits::from_thousandths(semester * i64::from(cap.semesters_max)));
        Self {
            rules,
            bonus,
            left: left.collect(),
        }
    }

    /// Gives the mark its bonus as far as every cap of its time allows.
    fn grant(&mut self, recorded: &RecordedMark, taken: &mut TakenMark) {
        let Some(bonus) = self.bonus.filter(|_| !taken.bonus.is_zero()) else {
            return;
        };
        let earned = Point::of(recorded, self.rules.summer_level);
        let of_its_time = || {
            let caps = bonus.caps.iter().enumerate();
            caps.filter(|(_, cap)| cap.window.holds(earned))
        };
        let tightest = of_its_time().min_by_key(|(place, _)| self.left[*place]);
        taken.bonus_credits = match tightest {
            Some((place, cap)) if self.left[place] < taken.credits => {
                taken.bonus_withheld = Some(BonusWithheld::Cap {
                    window: cap.window,
                    semesters_max: cap.semesters_max,
                });
                self.left[place]
            }
            _ => taken.credits,
        };
        let places: Vec<usize> = of_its_time().map(|(place, _)| place).collect();
        for place in places {
            self.left[place] = self.left[place] - taken.bonus_credits;
        }
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
