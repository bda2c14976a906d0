//! The decrees that ship: they load without a doubt, and say what their sources say.

use jiff::civil::Date;
use registrar::compliance::decree::{Bound, Decree};

pub const CHANDA_SMITH: &str = include_str!("../../report-templates/chanda-smith/decree.toml");
pub const IDEA_PART_B: &str = include_str!("../../report-templates/idea-part-b/decree.toml");

pub fn shipped(text: &str) -> Decree {
    Decree::read("decree.toml", text).unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")))
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

#[test]
fn every_outcome_of_the_shipped_decrees_loads_without_a_doubt() {
    let decree = shipped(CHANDA_SMITH);
    let ids: Vec<_> = decree.outcomes.iter().map(|it| &*it.text.id).collect();
    let eighteen = [
        "1", "2", "3", "4", "5", "6", "7A", "7B", "8", "9", "10", "11", "12", "13", "14", "15",
        "16", "17", "18",
    ];
    assert_eq!(ids, eighteen);
    assert_eq!(decree.warnings, Vec::<String>::new());
    let decree = shipped(IDEA_PART_B);
    let ids: Vec<_> = decree.outcomes.iter().map(|it| &*it.text.id).collect();
    let indicators = [
        "B1", "B2", "B3A", "B3B", "B4A", "B5", "B6", "B9", "B10", "B11", "B12", "B13", "annual",
        "triennial",
    ];
    assert_eq!(ids, indicators);
    assert_eq!(decree.warnings, Vec::<String>::new());
}
