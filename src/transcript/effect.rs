//! What a decision about marks does to averages.

use serde::Serialize;

use super::average::AverageTrace;

/// An average that is lower after a decision than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoweredAverage {
    /// The definition's name.
    pub name: String,
    /// The figure before.
    pub before: String,
    /// The figure after.
    pub after: String,
}

/// The averages that are lower `after` than `before`, exactly and not as printed. Ed. Code 49066.5
/// forbids Pass or No Pass to lower one, and it would wherever a letter above the average goes. An
/// average that counts nothing any more is not lower.
pub fn lowered(before: &[AverageTrace], after: &[AverageTrace]) -> Vec<LoweredAverage> {
    let pairs = before.iter().filter_map(|before| {
        let after = after.iter().find(|after| after.name == before.name)?;
        Some((before, after))
    });
    let lower = pairs.filter(|(before, after)| {
        let weight = |trace: &AverageTrace| i128::from(trace.credit_counted.thousandths());
        let (weight_before, weight_after) = (weight(before), weight(after));
        // p/c < P/C where p * C < P * c, for weights above nothing.
        weight_before > 0
            && weight_after > 0
            && after.points_times_credits * weight_before
                < before.points_times_credits * weight_after
    });
    let told = lower.map(|(before, after)| LoweredAverage {
        name: before.name.clone(),
        before: before.value.clone().unwrap_or_default(),
        after: after.value.clone().unwrap_or_default(),
    });
    told.collect()
}
