//! Forms, reviews and what they add up to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::date;
use proptest::prelude::*;
use registrar::compliance::interval::{Confidence, Interval};
use registrar::compliance::sample::{
    Agreement, Answer, CaseReview, Draw, Estimate, Finding, FormFault, Frame, FrameCase,
    ReviewFault, ReviewForm, Reviewed, StratumResult, Weight, agreement, estimate,
};

use crate::draw::{case, seed, sizes};

fn form(name: &str) -> ReviewForm {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("report-templates/forms");
    let text = std::fs::read_to_string(folder.join(name)).expect("a form");
    toml::from_str(&text).expect("the fields of a form")
}

fn review(case: &str, answers: &[(&str, Answer)]) -> CaseReview {
    CaseReview {
        case: case.to_owned(),
        reviewer: "R. Ortega".to_owned(),
        reviewed_on: date(2012, 6, 1),
        answers: answers
            .iter()
            .map(|&(question, answer)| (question.to_owned(), answer))
            .collect(),
    }
}

use Answer::{No, NotApplicable, Yes};

#[test]
fn the_forms_of_file_studies_ask_what_their_findings_need() {
    for name in [
        "service-delivery.toml",
        "emotional-disturbance.toml",
        "data-accuracy.toml",
    ] {
        let form = form(name);
        assert_eq!(form.faults(), []);
        assert_eq!(format!("{}.toml", form.form), name);
        assert!(!form.confirmed, "nobody has seen the studies' own forms");
    }
}

#[test]
fn everything_that_is_wrong_with_a_form_is_told_at_once() {
    let mut form = form("service-delivery.toml");
    form.title = " ".to_owned();
    form.questions.push(form.questions[0].clone());
    form.findings[1].all_of.push("minutes".to_owned());
    form.findings[2].all_of.clear();
    form.findings.push(Finding {
        name: "provided".to_owned(),
        all_of: vec!["evidence".to_owned()],
    });
    let told: Vec<String> = form.faults().iter().map(FormFault::to_string).collect();
    for part in [
        "title is empty",
        "evidence stands twice",
        "provided stands twice",
        "finding frequency needs minutes",
        "all_of of duration is empty",
        "nothing follows from question duration",
    ] {
        let found = told.iter().filter(|told| told.contains(part)).count();
        assert_eq!(found, 1, "{part}: {told:#?}");
    }
    assert_eq!(told.len(), 6);
}

#[test]
fn one_no_is_no_and_what_does_not_apply_says_nothing() {
    let form = form("emotional-disturbance.toml");
    for (interventions, comprehensive, environment, evaluated, both) in [
        (Yes, Yes, Yes, Yes, Yes),
        (Yes, Yes, No, Yes, No),
        (NotApplicable, Yes, Yes, Yes, Yes),
        (NotApplicable, No, Yes, No, No),
        (No, Yes, Yes, No, No),
    ] {
        let review = review(
            "F-1",
            &[
                ("comprehensive", comprehensive),
                ("interventions", interventions),
                ("environment", environment),
            ],
        );
        let reviewed = Reviewed::new(&form, &review).expect("a whole review");
        assert_eq!(reviewed.finding("evaluated"), Some(evaluated));
        assert_eq!(reviewed.finding("both"), Some(both));
        assert_eq!(reviewed.finding("environment"), Some(environment));
        assert_eq!(reviewed.finding("placement"), None);
    }
}

#[test]
fn a_review_answers_every_question_and_no_other() {
    let form = form("service-delivery.toml");
    let answers = [
        ("evidence", NotApplicable),
        ("duration", NotApplicable),
        ("minutes", Yes),
    ];
    let faults = Reviewed::new(&form, &review("S-1", &answers)).expect_err("three mistakes");
    let (case, of) = ("S-1".to_owned(), str::to_owned);
    assert_eq!(
        faults,
        [
            ReviewFault::AlwaysApplies {
                case: case.clone(),
                question: of("evidence")
            },
            ReviewFault::NotAnswered {
                case: case.clone(),
                question: of("frequency")
            },
            ReviewFault::NotAsked {
                case,
                question: of("minutes")
            },
        ]
    );
}

/// 100 services of two strata, 20 drawn: 10 of 80 and 10 of 20.
fn drawn() -> Draw {
    let cases: Vec<FrameCase> = (0..100)
        .map(|n| case(&format!("S-{n:03}"), if n < 80 { "SLD" } else { "other" }))
        .collect();
    let frame = Frame::new("outcome 13", cases).expect("a frame");
    Draw::new(&frame, seed("4"), sizes(&[("SLD", 10), ("other", 10)])).expect("a draw")
}

/// Of SLD 9 of 10 are as often as promised, of others 4 of 10; two had no session.
fn reviews(draw: &Draw) -> Vec<CaseReview> {
    let mut place: BTreeMap<&str, u32> = BTreeMap::new();
    draw.cases
        .iter()
        .map(|drawn| {
            let place = place.entry(&drawn.stratum).or_default();
            *place += 1;
            let often = *place <= if drawn.stratum == "SLD" { 9 } else { 4 };
            let none = drawn.stratum == "other" && *place > 8;
            let answer = |yes| if yes { Yes } else { No };
            review(
                &drawn.case,
                &[
                    ("evidence", answer(!none)),
                    ("frequency", answer(often)),
                    ("duration", if none { NotApplicable } else { Yes }),
                ],
            )
        })
        .collect()
}

#[test]
fn a_drawn_case_counts_for_as_many_as_it_stands_for() {
    let draw = drawn();
    let form = form("service-delivery.toml");
    let of = |finding| estimate(&draw, &form, &reviews(&draw), finding).expect("an estimate");
    // 8 times 9 and 2 times 4 are 80 of 100, where 13 of 20 would be 65.
    let often = of("frequency");
    let rate = often.rate().expect("a rate");
    assert!(rate.is_at_least(80, 100) && !rate.is_at_least(801, 1000));
    assert_eq!(rate.parts(1000), 800u32.into());
    // 80 and 2 times 8 are 96 of 100.
    assert_eq!(
        of("provided").rate().expect("a rate").parts(1000),
        960u32.into()
    );
    // Where it does not apply it counts nowhere: 80 and 16 of as many.
    let minutes = of("duration");
    assert_eq!(minutes.strata["other"].not_applicable, 2);
    assert!(minutes.rate().expect("a rate").is_at_least(1, 1));
    assert_eq!(minutes.interval(Confidence::NINETY_FIVE, 4), None);
    // Each stratum at 97.5 %: 0.5093 to 0.9988 of 80 and 0.0993 to 0.7719 of 20.
    let whole = often
        .interval(Confidence::NINETY_FIVE, 4)
        .expect("an interval");
    assert!(whole.holds(80, 100));
    let each = Confidence::new(975, 1000).expect("sure");
    let [sld, other] =
        [(9, 10), (4, 10)].map(|(x, n)| Interval::exact(x, n, each, 9).expect("an interval"));
    let of_both = |sld: u64, other: u64| (80 * sld + 20 * other) / 100;
    assert_eq!(whole.lower, of_both(sld.lower, other.lower) / 100_000);
    assert_eq!(whole.upper, of_both(sld.upper, other.upper) / 100_000 + 1);
}

#[test]
fn of_one_stratum_the_interval_is_the_exact_one() {
    let of_one = |yes, no, not_applicable| Estimate {
        strata: BTreeMap::from([(
            "all".to_owned(),
            StratumResult {
                weight: Weight {
                    cases: 5_000,
                    drawn: 400,
                },
                yes,
                no,
                not_applicable,
            },
        )]),
    };
    let exact = Interval::exact(334, 400, Confidence::NINETY_FIVE, 4).ok();
    assert_eq!(
        of_one(334, 66, 0).interval(Confidence::NINETY_FIVE, 4),
        exact
    );
    let of_fewer = Interval::exact(334, 390, Confidence::NINETY_FIVE, 4).ok();
    assert_eq!(
        of_one(334, 56, 10).interval(Confidence::NINETY_FIVE, 4),
        of_fewer
    );
    // Nothing applies: no rate, which is not a rate of nothing.
    let none = of_one(0, 0, 400);
    assert_eq!(
        (none.rate(), none.interval(Confidence::NINETY_FIVE, 4)),
        (None, None)
    );
    assert_eq!(
        of_one(0, 400, 0).rate().expect("a rate").parts(100),
        0u32.into()
    );
}

#[test]
fn seventeen_of_twenty_is_eighty_five_percent() {
    let strata = BTreeMap::from([(
        "all".to_owned(),
        StratumResult {
            weight: Weight {
                cases: 333,
                drawn: 20,
            },
            yes: 17,
            no: 3,
            not_applicable: 0,
        },
    )]);
    let rate = Estimate { strata }.rate().expect("a rate");
    assert!(rate.is_at_least(85, 100));
    assert!(!rate.is_at_least(850_001, 1_000_000));
}

#[test]
fn there_is_no_estimate_before_every_drawn_case_is_reviewed_once() {
    let draw = drawn();
    let form = form("service-delivery.toml");
    let mut reviews = reviews(&draw);
    let forgotten = reviews.remove(3).case;
    reviews.push(reviews[0].clone());
    let mut stranger = reviews[0].clone();
    stranger.case = "S-1000".to_owned();
    reviews.push(stranger);
    let faults = estimate(&draw, &form, &reviews, "speed").expect_err("four mistakes");
    assert_eq!(
        faults,
        [
            ReviewFault::NoFinding("speed".to_owned()),
            ReviewFault::Twice(reviews[0].case.clone()),
            ReviewFault::NotDrawn("S-1000".to_owned()),
            ReviewFault::NotReviewed(forgotten),
        ]
    );
}

#[test]
fn two_reviewers_are_compared_where_both_answered() {
    let form = form("service-delivery.toml");
    let of = |case, evidence, frequency| {
        review(case, &[("evidence", evidence), ("frequency", frequency)])
    };
    let first = [of("S-1", Yes, Yes), of("S-2", Yes, No), of("S-3", No, No)];
    let mut second = [
        of("S-4", Yes, Yes),
        of("S-2", Yes, Yes),
        of("S-1", Yes, Yes),
    ];
    second[2].answers.insert("duration".to_owned(), Yes);
    let found = agreement(&form, &first, &second);
    let told = |same, both| Agreement { same, both };
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        [
            ("duration".to_owned(), told(0, 0)),
            ("evidence".to_owned(), told(2, 2)),
            ("frequency".to_owned(), told(1, 2)),
        ]
    );
}

proptest! {
    #[test]
    fn an_estimate_lies_between_its_strata_and_inside_its_interval(
        given in prop::collection::vec((1..30u32, 1..200u32, 0..100u32), 1..6),
    ) {
        let strata: BTreeMap<String, StratumResult> = given
            .iter()
            .enumerate()
            .map(|(place, &(drawn, more, share))| {
                let yes = drawn * share / 99;
                let weight = Weight { cases: drawn + more, drawn };
                let result = StratumResult { weight, yes, no: drawn - yes, not_applicable: 0 };
                (place.to_string(), result)
            })
            .collect();
        let rates = strata.values().map(|of| (u64::from(of.yes), u64::from(of.weight.drawn)));
        let lowest = rates.clone().min_by(|one, other| (one.0 * other.1).cmp(&(other.0 * one.1)));
        let highest = rates.max_by(|one, other| (one.0 * other.1).cmp(&(other.0 * one.1)));
        let of_all = Estimate { strata };
        let rate = of_all.rate().expect("a rate");
        let (lowest, highest) = (lowest.expect("one"), highest.expect("one"));
        prop_assert!(rate.is_at_least(lowest.0, lowest.1));
        let above = (highest.0 * 1000 + 1, highest.1 * 1000);
        prop_assert!(highest.0 == highest.1 || !rate.is_at_least(above.0, above.1));
        let interval = of_all.interval(Confidence::NINETY_FIVE, 4).expect("an interval");
        prop_assert!(rate.is_at_least(interval.lower, interval.of));
        let above = (interval.upper * 10 + 1, interval.of * 10);
        prop_assert!(interval.upper == interval.of || !rate.is_at_least(above.0, above.1));
    }
}
