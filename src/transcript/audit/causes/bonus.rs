//! Alternatives to the bonus of an average and its caps.

use std::collections::BTreeSet;

use super::Setting;
use super::average::Edits;
use crate::record::{GradePoints, HonorsKind};
use crate::transcript::policy::{BonusRule, CapSize};

/// What an honors mark earns on top in most systems, and in some.
const ONE: GradePoints = GradePoints::from_thousandths(1000);
const HALF: GradePoints = GradePoints::from_thousandths(500);

impl Edits<'_> {
    pub(super) fn bonus(&mut self) {
        let Some(bonus) = &self.rule.bonus else {
            let bonus = self.bonus_of_another();
            let words = bonus_words(&bonus);
            let means = "the sending system gives a point for honors".to_owned();
            self.add(&words, means, |rule| rule.bonus = Some(bonus));
            return;
        };
        let means = "the sending system gives no point for honors".to_owned();
        let having = Some(format!("name = \"{}\"", self.rule.name));
        let none = Setting {
            take_out: Some("bonus".to_owned()),
            ..Setting::of("[[gpa]]", having, "")
        };
        self.change(none, means, |rule| rule.bonus = None);
        let honors = HonorsKind::ALL.iter().copied();
        for kind in honors.filter(|kind| *kind != HonorsKind::None) {
            let mut changed = bonus.clone();
            let withheld = changed.points.remove(&kind).is_some();
            changed.not_elsewhere.remove(&kind);
            if !withheld {
                changed.points.insert(kind, ONE);
            }
            let article = if withheld { "no" } else { "a" };
            let means = format!("the sending system gives {article} point for `{kind}`");
            self.add(&bonus_words(&changed), means, |rule| {
                rule.bonus = Some(changed)
            });
        }
        for points in [HALF, ONE] {
            let mut changed = bonus.clone();
            changed.points.values_mut().for_each(|it| *it = points);
            if changed != *bonus {
                let means = format!("the sending system gives {points} points for all honors");
                self.add(&bonus_words(&changed), means, |rule| {
                    rule.bonus = Some(changed)
                });
            }
        }
        let mut changed = bonus.clone();
        changed.below_c = !bonus.below_c;
        let which = if changed.below_c {
            "any mark"
        } else {
            "C or better only"
        };
        let means = format!("the sending system gives the point for honors with {which}");
        self.add(&bonus_words(&changed), means, |rule| {
            rule.bonus = Some(changed)
        });
        self.bonus_elsewhere(bonus);
        self.caps(bonus);
    }

    /// A point for honors of any school, or of the records' own only.
    fn bonus_elsewhere(&mut self, bonus: &BonusRule) {
        let mut changed = bonus.clone();
        if std::mem::take(&mut changed.not_elsewhere).is_empty() {
            changed.not_elsewhere = changed.points.keys().copied().collect();
        }
        let whose = if changed.not_elsewhere.is_empty() {
            "of any school"
        } else {
            "of its own schools only"
        };
        let means = format!("the sending system gives the point for honors {whose}");
        self.add(&bonus_words(&changed), means, |rule| {
            rule.bonus = Some(changed)
        });
    }

    fn caps(&mut self, bonus: &BonusRule) {
        for (place, cap) in bonus.caps.iter().enumerate() {
            let mut without = bonus.clone();
            without.caps.remove(place);
            let means = format!("the sending system has no cap in {}", cap.window);
            self.add(&bonus_words(&without), means, |rule| {
                rule.bonus = Some(without)
            });
            // Two courses are told as two semesters or as four: both readings are in use.
            let others = match cap.most {
                CapSize::Semesters(now) => [
                    CapSize::Semesters(now / 2),
                    CapSize::Semesters(now.saturating_mul(2)),
                    CapSize::Courses(now / 2),
                ],
                CapSize::Courses(now) => [
                    CapSize::Semesters(now),
                    CapSize::Semesters(now.saturating_mul(2)),
                    CapSize::Courses(now.saturating_mul(2)),
                ],
            };
            for other in others {
                let mut changed = bonus.clone();
                changed.caps[place].most = other;
                let means = format!(
                    "the sending system gives at most {other} a point in {}",
                    cap.window
                );
                self.add(&bonus_words(&changed), means, |rule| {
                    rule.bonus = Some(changed)
                });
            }
        }
    }

    /// The bonus that another average of the policy gives, or one point for every kind of honors.
    fn bonus_of_another(&self) -> BonusRule {
        let others = self.base.averages.iter();
        let uncapped = others.clone().filter_map(|rule| rule.bonus.clone());
        let first = uncapped.into_iter().find(|bonus| bonus.caps.is_empty());
        let honors = HonorsKind::ALL.iter().copied();
        let honors = honors.filter(|kind| *kind != HonorsKind::None);
        first.unwrap_or_else(|| BonusRule {
            points: honors.map(|kind| (kind, ONE)).collect(),
            not_elsewhere: BTreeSet::new(),
            below_c: false,
            caps: Vec::new(),
        })
    }
}

fn bonus_words(bonus: &BonusRule) -> String {
    let points: Vec<String> = (bonus.points.iter())
        .map(|(honors, points)| format!("{honors} = \"{points}\""))
        .collect();
    let caps: Vec<String> = (bonus.caps.iter())
        .map(|cap| {
            let (begin, end) = cap.window.ends();
            let most = match cap.most {
                CapSize::Semesters(most) => format!("semesters_max = {most}"),
                CapSize::Courses(most) => format!("courses_max = {most}"),
            };
            format!("{{ window = [\"{begin}\", \"{end}\"], {most} }}")
        })
        .collect();
    let not_elsewhere: Vec<String> = (bonus.not_elsewhere.iter())
        .map(|honors| format!("\"{honors}\""))
        .collect();
    let (points, caps, below_c) = (points.join(", "), caps.join(", "), bonus.below_c);
    let not_elsewhere = not_elsewhere.join(", ");
    format!(
        "bonus = {{ points = {{ {points} }}, below_c = {below_c}, not_elsewhere = \
         [{not_elsewhere}], cap = [{caps}] }}"
    )
}
