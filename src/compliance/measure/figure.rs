//! An exact figure: compared as a fraction, never as it is printed, so that 17 of 20 meets 85
//! percent exactly. Where it is printed with fewer digits it is rounded to the worse side, so that
//! no page shows a target reached that was not.
//!
//! Never: a status. Next: `result`.

use std::cmp::Ordering;

use crate::compliance::decree::{Bound, Direction};
use crate::record::Percent;

/// Digits after the point of a printed figure.
pub(in crate::compliance) const DECIMALS: u32 = 2;

/// An exact figure: a percentage, a rate of a hundred, or a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    parts: i128,
    of: i128,
}

impl Figure {
    /// `parts / of`; nothing where there is nothing to divide by.
    pub(super) fn new(parts: i128, of: i128) -> Option<Self> {
        (of > 0).then_some(Self { parts, of })
    }

    /// So many of so many, of a hundred.
    pub(in crate::compliance) fn percent(parts: u64, of: u64) -> Option<Self> {
        Self::new(100 * i128::from(parts), of.into())
    }

    /// How it stands to a bound.
    fn order(self, bound: Percent) -> Ordering {
        let thousandths = i128::from(bound.thousandths());
        (self.parts * 1000).cmp(&(thousandths * self.of))
    }

    /// How it stands to another figure.
    pub(in crate::compliance) fn order_to(self, other: Self) -> Ordering {
        (self.parts * other.of).cmp(&(other.parts * self.of))
    }

    /// As it is printed, with two decimals, rounded to the worse side: down where more is better,
    /// up where less is.
    pub fn shown(self, direction: Direction) -> String {
        let power = 10_i128.pow(DECIMALS);
        let scaled = self.parts * power;
        let rounded = match direction {
            Direction::Increase => scaled.div_euclid(self.of),
            Direction::Decrease => (scaled + self.of - 1).div_euclid(self.of),
        };
        format!("{}.{:02}", rounded / power, rounded % power)
    }

    /// Whether it meets a bound; none, where that is the figure before and there is none.
    pub(in crate::compliance) fn meets(
        self,
        bound: Bound,
        before: Option<Self>,
        direction: Direction,
    ) -> Option<bool> {
        let order = |bound| self.order(bound);
        Some(match bound {
            Bound::AtLeast(bound) => order(bound) != Ordering::Less,
            Bound::AtMost(bound) => order(bound) != Ordering::Greater,
            Bound::Below(bound) => order(bound) == Ordering::Less,
            Bound::Above(bound) => order(bound) == Ordering::Greater,
            Bound::Better => {
                let better = match direction {
                    Direction::Increase => Ordering::Greater,
                    Direction::Decrease => Ordering::Less,
                };
                self.order_to(before?) == better
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(numerator: i128, of: i128) -> Figure {
        Figure::new(100 * numerator, of).expect("a case at least")
    }

    fn percent(text: &str) -> Percent {
        text.parse().expect("a share")
    }

    #[test]
    fn seventeen_of_twenty_meets_85_percent_exactly_and_one_in_a_million_less_does_not() {
        let more = Direction::Increase;
        let meets = |figure: Figure, bound| figure.meets(bound, None, more);
        let bound = Bound::AtLeast(percent("85"));
        assert_eq!(meets(figure(17, 20), bound), Some(true));
        assert_eq!(meets(figure(16, 20), bound), Some(false));
        assert_eq!(meets(figure(849_999, 1_000_000), bound), Some(false));
        assert_eq!(
            meets(figure(17, 20), Bound::Above(percent("85"))),
            Some(false)
        );
        assert_eq!(
            meets(figure(17, 20), Bound::AtMost(percent("85"))),
            Some(true)
        );
        assert_eq!(
            meets(figure(17, 20), Bound::Below(percent("85"))),
            Some(false)
        );
    }

    #[test]
    fn a_printed_figure_is_rounded_to_the_worse_side() {
        let nearly = figure(849_999, 1_000_000);
        assert_eq!(nearly.shown(Direction::Increase), "84.99");
        assert_eq!(nearly.shown(Direction::Decrease), "85.00");
        assert_eq!(figure(17, 20).shown(Direction::Increase), "85.00");
        assert_eq!(figure(17, 20).shown(Direction::Decrease), "85.00");
        assert_eq!(figure(0, 3).shown(Direction::Decrease), "0.00");
    }

    #[test]
    fn better_than_the_year_before_needs_a_year_before() {
        let now = figure(2, 3);
        let met = |before| now.meets(Bound::Better, before, Direction::Increase);
        assert_eq!(met(None), None);
        assert_eq!(met(Some(figure(1, 3))), Some(true));
        assert_eq!(
            met(Some(figure(4, 6))),
            Some(false),
            "as good is not better"
        );
        let fewer = now.meets(Bound::Better, Some(figure(3, 3)), Direction::Decrease);
        assert_eq!(fewer, Some(true));
    }

    #[test]
    fn without_a_case_there_is_no_figure() {
        assert_eq!(Figure::new(0, 0), None);
    }
}
