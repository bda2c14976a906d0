//! A star alone in a table can be computed: the rules about the parts of one whole.
//!
//! Owns two rules that hold whatever the audit finds. Where exactly one part of a printed whole is
//! hidden, another is hidden too; and "not reported" is hidden beside any small part, whatever its
//! size, as California's public files do.

use super::knowledge::{Knowledge, Showing};
use super::shown::Rule;

/// Hides until both rules hold everywhere.
pub(super) fn hide(knowledge: &mut Knowledge) {
    let tables = knowledge.tables;
    let mut waiting: Vec<usize> = (0..tables.sums.len()).rev().collect();
    while let Some(sum) = waiting.pop() {
        for (cell, rule) in missing(knowledge, sum) {
            knowledge.hide(cell, Showing::Nothing, rule);
            waiting.extend(knowledge.node(cell).sums.iter().map(|(sum, _)| *sum as usize));
        }
    }
}

/// What one sum still needs hidden.
fn missing(knowledge: &Knowledge, sum: usize) -> Vec<(usize, Rule)> {
    let sum = &knowledge.tables.sums[sum];
    let whole = sum.whole as usize;
    if knowledge.showing[whole] == Showing::Nothing {
        return Vec::new();
    }
    let parts = sum.parts.iter().map(|part| *part as usize);
    let parts = || parts.clone().filter(|part| !knowledge.is_empty(*part));
    let is_hidden = |part: &usize| knowledge.showing[*part] == Showing::Nothing;
    let small = parts().any(|part| knowledge.is_small(part));
    let unknown = |part: &usize| small && knowledge.node(*part).not_reported && !is_hidden(part);
    let mut hidden: Vec<(usize, Rule)> =
        parts().filter(unknown).map(|part| (part, Rule::NotReported)).collect();
    if parts().filter(is_hidden).count() + hidden.len() == 1 {
        let alone = |part: &usize| {
            is_hidden(part) || hidden.iter().any(|(hidden, _)| hidden == part)
        };
        let printed = parts().filter(|part| !alone(part));
        let least = printed.min_by_key(|part| knowledge.worth(*part));
        hidden.push((least.unwrap_or(whole), Rule::Sibling));
    }
    hidden
}
