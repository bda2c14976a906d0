//! Frames and draws.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use registrar::compliance::sample::{Draw, DrawFault, Frame, FrameCase, FrameFault, Seed, Weight};

pub fn case(case: &str, stratum: &str) -> FrameCase {
    FrameCase {
        case: case.to_owned(),
        stratum: stratum.to_owned(),
    }
}

pub fn seed(text: &str) -> Seed {
    Seed::new(text).expect("a seed")
}

pub fn sizes(of: &[(&str, u32)]) -> BTreeMap<String, u32> {
    of.iter()
        .map(|&(name, size)| (name.to_owned(), size))
        .collect()
}

fn ids(draw: &Draw) -> Vec<&str> {
    draw.cases.iter().map(|case| case.case.as_str()).collect()
}

/// Five cases of two strata. The digests below came from a command line, such as
/// `printf 'registrar-draw-1\n…\nMay 2012: 4 8 15\nP-1\n' | sha256sum` with the frame's digest.
fn five() -> Frame {
    let cases = [
        ("P-3", "SLD"),
        ("P-1", "other"),
        ("P-5", "SLD"),
        ("P-2", "SLD"),
        ("P-4", "other"),
    ];
    let cases = cases.map(|(id, stratum)| case(id, stratum)).to_vec();
    Frame::new("outcome 13, 2011-12", cases).expect("a frame")
}

#[test]
fn a_frame_and_its_draw_are_what_a_command_line_makes_of_them() {
    let frame = five();
    assert_eq!(
        frame.text(),
        "registrar-frame-1\noutcome 13, 2011-12\n\
         P-1\tother\nP-2\tSLD\nP-3\tSLD\nP-4\tother\nP-5\tSLD\n"
    );
    assert_eq!(
        hex::encode(frame.digest()),
        "f7d088b53cc4f78a2fe6c9c314431c0d78e182b86d3d239180328f128dd47a04"
    );
    let draw = Draw::new(
        &frame,
        seed("May 2012: 4 8 15"),
        sizes(&[("SLD", 2), ("other", 1)]),
    )
    .expect("a draw");
    let found: Vec<String> = draw
        .cases
        .iter()
        .map(|case| {
            let Weight { cases, drawn } = case.weight;
            let rank = &hex::encode(case.rank)[..16];
            format!("{} {} {cases}/{drawn} {rank}", case.stratum, case.case)
        })
        .collect();
    assert_eq!(
        found,
        [
            "SLD P-3 3/2 230bb7d9d92918fb",
            "SLD P-5 3/2 75f1c9f18d4e6c8e",
            "other P-4 2/1 14f55b933c6c0333",
        ]
    );
}

#[test]
fn a_frame_reads_as_it_was_written_and_with_no_byte_changed() {
    let text = five().text();
    assert_eq!(Frame::read(&text), Some(five()));
    for (from, to) in [("\n", "\r\n"), ("\t", " "), ("frame-1", "frame-2")] {
        assert_eq!(Frame::read(&text.replace(from, to)), None, "{from:?}");
    }
    assert_eq!(Frame::read(text.trim_end()), None, "the last line feed");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.swap(2, 3);
    assert_eq!(
        Frame::read(&(lines.join("\n") + "\n")),
        None,
        "another order"
    );
}

#[test]
fn what_a_line_cannot_hold_and_a_case_that_stands_twice_make_no_frame() {
    let faults = Frame::new(
        "",
        vec![
            case("P-1", "SLD"),
            case("P-1", "other"),
            case("P\t2", "SLD"),
            case("P-3", "a\nb"),
        ],
    )
    .expect_err("nothing right");
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(faults.contains(&FrameFault::Twice("P-1".to_owned())));
    assert!(Seed::new("").is_none() && Seed::new("4\n8").is_none());
    assert!(Seed::new(&"4".repeat(200)).is_some() && Seed::new(&"4".repeat(201)).is_none());
}

#[test]
fn every_stratum_is_drawn_from_and_none_beyond_its_cases() {
    let asked = sizes(&[("SLD", 4), ("speech", 1)]);
    let faults = Draw::new(&five(), seed("4"), asked).expect_err("three mistakes");
    assert_eq!(
        faults,
        [
            DrawFault::MoreThanAll {
                stratum: "SLD".to_owned(),
                cases: 3,
                drawn: 4
            },
            DrawFault::NothingOf {
                stratum: "other".to_owned(),
                cases: 2
            },
            DrawFault::UnknownStratum {
                stratum: "speech".to_owned(),
                known: "SLD, other".to_owned()
            },
        ]
    );
    let empty = Frame::new("nothing", Vec::new()).expect("a frame");
    let nothing = Draw::new(&empty, seed("4"), BTreeMap::new());
    assert_eq!(nothing, Err(vec![DrawFault::EmptyFrame]));
}

#[test]
fn a_small_stratum_has_its_one_and_the_others_share_by_size() {
    let cases = (0..100).map(|n| {
        let stratum = if n < 73 {
            "a"
        } else if n < 99 {
            "b"
        } else {
            "c"
        };
        case(&format!("P-{n}"), stratum)
    });
    let frame = Frame::new("a hundred", cases.collect()).expect("a frame");
    assert_eq!(
        frame.proportional(20),
        sizes(&[("a", 14), ("b", 5), ("c", 1)])
    );
    assert_eq!(
        frame.proportional(2),
        sizes(&[("a", 1), ("b", 1), ("c", 1)])
    );
    assert_eq!(
        frame.proportional(1_000),
        sizes(&[("a", 73), ("b", 26), ("c", 1)])
    );
}

#[test]
fn another_seed_draws_others() {
    let cases = (0..200).map(|n| case(&format!("P-{n}"), "all")).collect();
    let frame = Frame::new("two hundred", cases).expect("a frame");
    let drawn = |of: &str| {
        let draw = Draw::new(&frame, seed(of), sizes(&[("all", 20)])).expect("a draw");
        ids(&draw)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(drawn("1"), drawn("1"));
    let (one, two): (BTreeSet<_>, BTreeSet<_>) = (
        drawn("1").into_iter().collect(),
        drawn("2").into_iter().collect(),
    );
    // Of 20 of 200, two are expected to be the same: ten would be one in a hundred thousand.
    assert!(one.intersection(&two).count() < 10);
}

#[test]
fn every_case_has_the_same_chance_over_many_seeds() {
    let cases = (0..10).map(|n| case(&format!("P-{n}"), "all")).collect();
    let frame = Frame::new("ten", cases).expect("a frame");
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for number in 0..2_000 {
        let of = seed(&number.to_string());
        let draw = Draw::new(&frame, of, sizes(&[("all", 3)])).expect("a draw");
        for id in ids(&draw) {
            *times.entry(id.to_owned()).or_default() += 1;
        }
    }
    // 600 each; the spread is 20, and no case of ten is five times that away.
    assert_eq!(times.len(), 10);
    assert!(
        times.values().all(|&times| times.abs_diff(600) < 100),
        "{times:?}"
    );
}

fn frames() -> impl Strategy<Value = Vec<FrameCase>> {
    prop::collection::btree_map("[A-Z]{1,3}-[0-9]{1,3}", "[a-c]", 1..60).prop_map(|cases| {
        cases
            .into_iter()
            .map(|(id, stratum)| case(&id, &stratum))
            .collect()
    })
}

proptest! {
    #[test]
    fn a_draw_has_the_sizes_that_were_asked_for_each_case_once_and_asks_no_order(
        cases in frames(), given in "[ -~]{1,20}", share in 1..=100u32, turn in 0..60usize,
    ) {
        let frame = Frame::new("purpose", cases.clone()).expect("a frame");
        let asked: BTreeMap<String, u32> = frame
            .strata()
            .into_iter()
            .map(|(name, size)| (name.to_owned(), (size * share).div_ceil(100)))
            .collect();
        let draw = Draw::new(&frame, seed(&given), asked.clone()).expect("a draw");
        let once: BTreeSet<&str> = ids(&draw).into_iter().collect();
        prop_assert_eq!(once.len(), draw.cases.len());
        for (name, &size) in &asked {
            let of_stratum = draw.cases.iter().filter(|case| case.stratum == *name);
            prop_assert_eq!(of_stratum.count(), size as usize);
        }
        for drawn in &draw.cases {
            prop_assert!(cases.contains(&case(&drawn.case, &drawn.stratum)));
            prop_assert_eq!(drawn.weight.drawn, asked[&drawn.stratum]);
            prop_assert_eq!(drawn.weight.cases, frame.strata()[drawn.stratum.as_str()]);
        }
        let mut turned = cases.clone();
        turned.rotate_left(turn % cases.len());
        turned.reverse();
        let again = Frame::new("purpose", turned).expect("a frame");
        prop_assert_eq!(&again, &frame);
        // More of the same seed only adds: what was drawn stays drawn.
        let all: BTreeMap<String, u32> =
            frame.strata().into_iter().map(|(name, size)| (name.to_owned(), size)).collect();
        let all = Draw::new(&frame, seed(&given), all).expect("a draw of everything");
        for name in asked.keys() {
            let of = |draw: &Draw| -> Vec<String> {
                let cases = draw.cases.iter().filter(|case| case.stratum == *name);
                cases.map(|case| case.case.clone()).collect()
            };
            prop_assert!(of(&all).starts_with(&of(&draw)));
        }
    }

    #[test]
    fn the_digest_changes_with_every_case_stratum_and_purpose(
        cases in frames(), which in 0..60usize, id in "[a-z]{1,5}",
    ) {
        let frame = Frame::new("purpose", cases.clone()).expect("a frame");
        let which = which % cases.len();
        let mut renamed = cases.clone();
        renamed[which].case = id.clone();
        let mut moved = cases.clone();
        moved[which].stratum = "d".to_owned();
        let mut fewer = cases.clone();
        fewer.remove(which);
        let mut more = cases.clone();
        more.push(case(&id, "a"));
        for other in [renamed, moved, fewer, more] {
            let other = Frame::new("purpose", other).expect("a frame");
            prop_assert_ne!(other.digest(), frame.digest());
        }
        let purpose = Frame::new("another", cases).expect("a frame");
        prop_assert_ne!(purpose.digest(), frame.digest());
    }

    #[test]
    fn a_proportional_share_is_of_every_stratum_and_adds_up(
        cases in frames(), total in 1..80u32,
    ) {
        let frame = Frame::new("purpose", cases).expect("a frame");
        let strata = frame.strata();
        let shared = frame.proportional(total);
        let all = frame.cases().len() as u32;
        prop_assert_eq!(shared.values().sum::<u32>(), total.min(all).max(strata.len() as u32));
        for (giver, &cases) in &strata {
            let drawn = shared[*giver];
            prop_assert!((1..=cases).contains(&drawn));
            // No stratum has one more at the cost of another that is further behind.
            for (taker, &others) in &strata {
                let behind = shared[*taker];
                if drawn > 1 && behind < others {
                    prop_assert!(cases * (2 * behind + 1) >= others * (2 * drawn - 1));
                }
            }
        }
        prop_assert!(Draw::new(&frame, seed("4"), shared).is_ok());
    }
}
