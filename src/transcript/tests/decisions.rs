//! Pass or No Pass in place of a letter: when it would lower an average, which the law forbids.

use super::*;

/// A mark of a course of its own.
fn single(number: usize, letter: &str) -> RecordedMark {
    let mut mark = mark(&number.to_string(), letter);
    mark.mark.course = format!("C{number}");
    mark.course.course = format!("C{number}");
    mark.course.title = format!("Course {number}");
    mark
}

/// Whether the plain average is lower once the letters of `passed` are P or NP.
fn is_lowered(letters: &[usize], passed: &[bool]) -> bool {
    let letter = |n: usize| ["F", "D", "C", "B", "A"][n];
    let marks: Vec<_> = letters
        .iter()
        .enumerate()
        .map(|(n, l)| single(n, letter(*l)))
        .collect();
    let mut after = marks.clone();
    for (mark, _) in after.iter_mut().zip(passed).filter(|(_, passed)| **passed) {
        let letter = mark.mark.mark.as_deref().and_then(pass_or_no_pass);
        mark.mark.mark = letter.map(str::to_owned);
    }
    let traces = |marks| made(&record(marks)).traces;
    let found = lowered(&traces(marks), &traces(after));
    found.iter().any(|average| average.name == "unweighted")
}

proptest! {
    #[test]
    fn pass_or_no_pass_lowers_an_average_exactly_where_what_is_left_has_a_lower_one_ed_code_49066_5(
        marks in prop::collection::vec((0..5_usize, any::<bool>()), 1..20)
    ) {
        let (letters, passed): (Vec<_>, Vec<_>) = marks.into_iter().unzip();
        let left = letters.iter().zip(&passed).filter(|(_, passed)| !**passed);
        let left: Vec<usize> = left.map(|(letter, _)| *letter).collect();
        // Sums over counts, compared crosswise.
        let (all_sum, left_sum) = (letters.iter().sum::<usize>(), left.iter().sum::<usize>());
        let lower = !left.is_empty() && left_sum * letters.len() < all_sum * left.len();
        prop_assert_eq!(is_lowered(&letters, &passed), lower);
    }

    #[test]
    fn a_letter_that_is_not_above_the_average_can_always_go(
        letters in prop::collection::vec(0..5_usize, 1..20), place in 0..20_usize
    ) {
        let place = place % letters.len();
        let sum: usize = letters.iter().sum();
        prop_assume!(letters[place] * letters.len() <= sum);
        let passed: Vec<bool> = (0..letters.len()).map(|n| n == place).collect();
        prop_assert!(!is_lowered(&letters, &passed));
    }
}

#[test]
fn an_a_among_lower_marks_may_not_become_a_pass() {
    assert!(is_lowered(&[4, 2], &[true, false]));
    assert!(!is_lowered(&[4, 2], &[false, true]));
    assert!(
        !is_lowered(&[4], &[true]),
        "nothing counts any more, and nothing is lower"
    );
}
