//! Chance that repeats itself: integer draws from a numbered stream of a seed.
//!
//! Each student has streams of their own, so that one record can be made without the others and a
//! district of any size streams. Only integers, so that every platform draws the same.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream decides; each is independent of the others.
#[derive(Clone, Copy, Debug)]
pub enum Stream {
    /// Schools and their offerings.
    Schools = 1,
    /// What siblings share: grade, birth date, home.
    Household = 2,
    /// A person's own traits.
    Person = 3,
    /// Schools attended and how it ends.
    Journey = 4,
    /// Courses and marks.
    Studies = 5,
    /// Totals, awards, the cumulative record.
    Office = 6,
    /// The name that siblings share.
    FamilyName = 7,
    /// A person's own name.
    OwnName = 8,
    /// What a plan asks for beside courses.
    Requirements = 9,
    /// Race, languages, where a family lives.
    Demographics = 10,
    /// Who has a disability, since when, and who is evaluated.
    Needs = 11,
    /// Reviews, versions of plans, notices to parents.
    Planning = 12,
    /// Services promised and given.
    Services = 13,
    /// What happens to a plan at a change of school.
    Moves = 14,
    /// What families ask for, complain of and dispute.
    Requests = 15,
    /// Incidents and removals.
    Conduct = 16,
    /// Statewide tests and attendance.
    Tests = 17,
    /// What two systems know differently.
    Differences = 18,
    /// What is entered late.
    Entry = 19,
    /// Teachers of special education and their credentials.
    Staff = 20,
    /// What a student does not share with siblings: foster care, learning English.
    Background = 21,
}

/// One stream of integers.
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream of this kind and number under a seed.
    pub fn new(seed: u64, stream: Stream, number: u32) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut chance = ChaCha8Rng::from_seed(key);
        chance.set_stream((stream as u64) << 32 | u64::from(number));
        Self(chance)
    }

    /// A number from 0 up to, not including, `bound`; 0 for a bound of 0.
    ///
    /// The bias of the multiplication is at most `bound` in 2³², far below what a district shows.
    pub fn below(&mut self, bound: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(bound);
        u32::try_from(wide >> 32).expect("the high half of a product of two 32-bit numbers")
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: i32, last: i32) -> i32 {
        let width = u32::try_from(last - first + 1).unwrap_or(0);
        first + i32::try_from(self.below(width)).expect("below the width of two i32")
    }

    /// True in this many of a thousand draws.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// A bell around 0, from `-spread` to `spread`: the mean of four even draws.
    pub fn bell(&mut self, spread: i32) -> i32 {
        (0..4).map(|_| self.between(-spread, spread)).sum::<i32>() / 4
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let count = u32::try_from(list.len()).expect("lists here are short");
        &list[self.below(count) as usize]
    }

    /// The place in a list of weights whose share of the sum was drawn; 0 where all are 0.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (place, weight) in weights.enumerate() {
            if left < weight {
                return place;
            }
            left -= weight;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_same_on_every_platform_and_in_every_release() {
        let mut draw = Draw::new(7, Stream::Person, 3);
        let drawn: Vec<u32> = (0..6).map(|_| draw.below(1000)).collect();
        assert_eq!(drawn, [565, 469, 233, 587, 688, 428]);
    }

    #[test]
    fn streams_differ_by_seed_kind_and_number() {
        let first = |seed, stream, number| Draw::new(seed, stream, number).below(u32::MAX);
        let base = first(1, Stream::Person, 1);
        assert_ne!(base, first(2, Stream::Person, 1));
        assert_ne!(base, first(1, Stream::Journey, 1));
        assert_ne!(base, first(1, Stream::Person, 2));
    }

    #[test]
    fn weights_are_shares() {
        let mut draw = Draw::new(1, Stream::Schools, 0);
        let mut counts = [0; 3];
        for _ in 0..10_000 {
            counts[draw.weighted([1, 0, 3].into_iter())] += 1;
        }
        assert!((2300..2700).contains(&counts[0]), "{counts:?}");
        assert_eq!(counts[1], 0);
    }
}
