//! What is to be published: the cells of one population's tables, and the rates that they carry.
//!
//! A population is a set of cases that outcomes count together in one year. Outcomes with the same
//! denominators are rates of one population, never populations apart: what one of them hides, the
//! other would print.
//!
//! Next: `tables` finds what adds up to what.

use std::collections::BTreeMap;

/// Where a cell stands: a value on each axis by which it is broken down, none for the total.
///
/// A place below another names both: a school's cell has its local district as well.
pub type Stratum = BTreeMap<String, String>;

/// Cases counted together, in every table in which one report shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Population {
    /// Decree, outcomes and year, such as `chanda-smith/10/2018-19`.
    pub id: String,
    /// The classes, of which each case has exactly one (`met`, `not_met`; `60`, `75`, `late`).
    pub classes: Vec<String>,
    /// What is measured of the cases.
    pub rates: Vec<RateOf>,
    /// Every cell of every table, and inner cells where tables need them to be tied together.
    pub cells: Vec<Cell>,
    /// Cells that are hidden whatever their size, for another population of the same edition hides
    /// them and counts the same cases.
    pub withheld: Vec<Stratum>,
    /// The most cases that one child has: what must stay unknown is told in children. None is one.
    pub most_of_one: u32,
    /// Whether what is counted is what happened to children whom another population counts, so that
    /// none at all tells of every one of them.
    pub is_events: bool,
}

/// A rate: the cases of some classes among all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateOf {
    /// Its name within the population, such as `10.60_days`.
    pub id: String,
    /// Places in [`Population::classes`] of what the numerator counts.
    pub numerator: Vec<usize>,
    /// Whether a small numerator is hidden where the population is not (decree: suspensions,
    /// complaints), if the policy asks for it.
    pub sensitive: bool,
}

/// One cell: how many cases it has of each class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Where it stands.
    pub stratum: Stratum,
    /// Cases of each class, in the order of [`Population::classes`].
    pub counts: Vec<u32>,
    /// Cases beyond the first of each child: without them there are as many as children.
    pub repeated: u32,
    /// A number that cells of the very same cases have in common; none where it is not known.
    pub digest: Option<u64>,
    /// How much it is asked for.
    pub rank: Rank,
    /// Whether it is the part of a table of those of whom the characteristic is not known.
    pub not_reported: bool,
}

/// How much a cell is asked for: where others must be hidden beside a small one, the last of these
/// goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A total that the decree or the law requires.
    RequiredTotal,
    /// The district by one characteristic.
    District,
    /// A local district.
    LocalDistrict,
    /// A school.
    #[default]
    School,
    /// A characteristic within a school, or one by another.
    CrossTable,
    /// Printed nowhere: it only says what adds up to what.
    Inner,
}
