//! What a made-up district comes to: the tallies of every outcome of a decree, case by case, of
//! schools that each have a kind, a charter and a local district. The benchmark reads this, too.

use std::collections::BTreeMap;

use jiff::civil::date;
use registrar::compliance::Span;
use registrar::compliance::decree::{Decree, Measure};
use registrar::compliance::measure::{OutcomeTally, Tally, UNKNOWN};
use registrar::compliance::public::{Counted, Withheld};
use registrar::compliance::suppression::Published;
use registrar::record::{CharterStatus, School, SchoolKind};

/// Pupils with a plan of a hundred thousand, roughly as the national child count has them.
const DISABILITIES: [(&str, u64); 14] = [
    ("specific_learning_disability", 42_000),
    ("speech_or_language_impairment", 19_000),
    ("autism", 14_000),
    ("other_health_impairment", 13_000),
    ("intellectual_disability", 5_000),
    ("emotional_disturbance", 2_500),
    ("established_medical_disability", 1_500),
    ("multiple_disabilities", 1_000),
    ("hard_of_hearing", 900),
    ("orthopedic_impairment", 600),
    ("deafness", 250),
    ("visual_impairment", 200),
    ("traumatic_brain_injury", 40),
    ("deaf_blindness", 10),
];

/// Cases for every thousand pupils with a plan, by the place of the outcome in its decree.
const CASES: [u64; 18] = [
    1_100, 1_050, 45, 60, 1_000, 610, 60, 220, 910, 180, 130, 6, 4, 1_900, 990, 240, 70, 25,
];

/// Numbers that look drawn, and are the same everywhere (Steele, Lea, Flood: SplitMix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// A decree, and what was counted.
pub struct MadeUp {
    pub decree: Decree,
    pub period: Span,
    pub schools: BTreeMap<String, School>,
    pub outcomes: Vec<OutcomeTally>,
    pub withheld: Withheld,
}

impl MadeUp {
    /// With what earlier editions told.
    pub fn counted<'a>(&'a self, history: &'a [Published]) -> Counted<'a> {
        Counted {
            decree: &self.decree,
            period: self.period,
            schools: &self.schools,
            outcomes: &self.outcomes,
            history,
            withheld: &self.withheld,
        }
    }
}

/// A district of so many schools; `pupils` says how many pupils with a plan a school has. Of the
/// decree, these outcomes are counted; all, if none is named.
pub fn made_up(
    decree: &str,
    outcomes: &[&str],
    schools: u64,
    seed: u64,
    pupils: impl Fn(&mut Numbers) -> u64,
) -> MadeUp {
    let mut decree = Decree::read("decree.toml", decree).expect("a decree");
    let is_named = |id: &str| outcomes.is_empty() || outcomes.contains(&id);
    decree.outcomes.retain(|outcome| is_named(&outcome.text.id));
    let schools: BTreeMap<String, School> = (0..schools)
        .map(|number| school(number, schools))
        .map(|school| (school.school.clone(), school))
        .collect();
    let outcomes = (0..decree.outcomes.len())
        .map(|number| outcome(&decree, number, &schools, seed, &pupils))
        .collect();
    let period = Span {
        begins: date(2018, 7, 1),
        ends: date(2019, 6, 30),
    };
    MadeUp {
        decree,
        period,
        schools,
        outcomes,
        withheld: Withheld::default(),
    }
}

pub fn school(number: u64, of: u64) -> School {
    let kinds = [
        SchoolKind::Elementary,
        SchoolKind::Elementary,
        SchoolKind::Middle,
        SchoolKind::High,
        SchoolKind::Span,
    ];
    let charter = match number % 7 {
        1 => CharterStatus::Independent,
        4 => CharterStatus::Affiliated,
        _ => CharterStatus::None,
    };
    School {
        school: format!("1999{number:010}"),
        district: "1999999".to_owned(),
        name: format!("School {number}"),
        ceeb: None,
        kind: kinds[usize::try_from(number % 5).expect("small")],
        charter,
        // One in fifty belongs to none.
        local_district: (number % 50 != 49).then(|| format!("LD{}", number * 6 / of)),
        street: "1 Main Street".to_owned(),
        city: "Los Angeles".to_owned(),
        state: "CA".to_owned(),
        postal_code: "90001".to_owned(),
        phone: None,
    }
}

fn outcome(
    decree: &Decree,
    number: usize,
    schools: &BTreeMap<String, School>,
    seed: u64,
    pupils: &impl Fn(&mut Numbers) -> u64,
) -> OutcomeTally {
    let outcome = &decree.outcomes[number].text;
    let classes = outcome.classes.len() + 1;
    // Outcomes about the same population count the same cases.
    let mut outcomes = decree.outcomes.iter();
    let same = outcomes.position(|it| it.text.population == outcome.population);
    let same = same.expect("the outcome itself");
    let mut numbers = Numbers(seed * 1_000 + same as u64);
    let mut drawn = Numbers(seed * 1_000 + 500 + number as u64);
    let mut tally = OutcomeTally {
        whole: of_nobody(classes),
        strata: vec![BTreeMap::new(); outcome.strata.len()],
        ..OutcomeTally::default()
    };
    for school in schools.values() {
        let cases = pupils(&mut numbers) * CASES[same % CASES.len()] + numbers.below(1_000);
        // Most of a school's cases are of the first class, in some schools all.
        let firsts = 70 + drawn.below(50);
        for _ in 0..cases / 1_000 {
            let class = match drawn.below(100) {
                percent if percent < firsts => 0,
                _ => usize::try_from(drawn.below(classes as u64)).expect("a class"),
            };
            let events = i128::from(drawn.below(3)) + 1;
            for (place, axis) in outcome.strata.iter().enumerate() {
                let word = word(axis, school, &mut numbers);
                add(&mut tally.strata[place], word, classes, class, events);
            }
            if let Measure::RiskRatio { group, .. } = &outcome.measure {
                let word = word(group, school, &mut drawn);
                add(&mut tally.groups, word, classes, class, events);
            }
            tally.whole.classes[class] += 1;
            tally.whole.sums[class] += events;
        }
    }
    tally
}

fn of_nobody(classes: usize) -> Tally {
    Tally {
        classes: vec![0; classes],
        sums: vec![0; classes],
        ..Tally::default()
    }
}

fn add(
    tallies: &mut BTreeMap<String, Tally>,
    word: String,
    classes: usize,
    class: usize,
    events: i128,
) {
    let tally = tallies.entry(word).or_insert_with(|| of_nobody(classes));
    tally.classes[class] += 1;
    tally.sums[class] += events;
}

fn word(axis: &str, school: &School, numbers: &mut Numbers) -> String {
    let drawn = numbers.below(100_000);
    match axis {
        "school" => school.school.clone(),
        "school_kind" => school.kind.code().to_owned(),
        "charter" => school.charter.code().to_owned(),
        "local_district" => school.local_district.clone().unwrap_or(UNKNOWN.to_owned()),
        "disability" => {
            let mut left = drawn;
            let found = DISABILITIES.iter().find(|(_, share)| {
                let is_it = left < *share;
                left = left.saturating_sub(*share);
                is_it
            });
            found.map_or(UNKNOWN, |(name, _)| name).to_owned()
        }
        "grade_band" => match school.kind {
            SchoolKind::Elementary => "k_5".to_owned(),
            SchoolKind::Middle => "6_8".to_owned(),
            SchoolKind::High => "9_12".to_owned(),
            _ => ["k_5", "6_8", "9_12"][usize::try_from(drawn % 3).expect("small")].to_owned(),
        },
        // A few words, each rarer than the one before by half.
        _ => format!("{axis}_{}", (drawn + 1).ilog2()),
    }
}
