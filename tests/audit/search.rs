//! The search for causes weighs as little as it may, and comes to what weighing everybody under
//! every setting comes to: the plain way, written down here a second time.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use registrar::record::*;
use registrar::transcript::Policy;
use registrar::transcript::audit::{Alternatives, Causes, Search, Setting, Tally};

use crate::case::POLICY;
use crate::causes::{changed_in, declare, setting, student, text_with};

/// A cause by its lines, and how many students it clears, how many figures, and how many it breaks.
type Plain = (String, u64, u64, u64);

/// What clears most beyond what it breaks; of equals what is about one average; then the first.
type Rank = (u64, bool, Reverse<usize>);

/// Figures as rules make them, by student and by figure as it is declared.
type Made = Vec<Vec<Option<String>>>;

fn made(policy: &Policy, records: &[PersonRecord]) -> Made {
    let of_student = |record: &PersonRecord| {
        let mut ours = record.clone();
        declare(&mut ours, policy);
        let value = |declared: &RecordedTotal| {
            let mut all = ours.totals.iter();
            let own = all.find(|it| it.total.figure == declared.total.figure);
            own.map(|own| own.total.value.clone())
        };
        record.totals.iter().map(value).collect()
    };
    records.iter().map(of_student).collect()
}

/// Whether each figure agrees with what is declared, as numbers.
fn agrees(records: &[PersonRecord], made: &Made) -> Vec<Vec<bool>> {
    let plain = |value: &str| {
        let (whole, rest) = value.split_once('.').unwrap_or((value, ""));
        (whole.to_owned(), rest.trim_end_matches('0').to_owned())
    };
    let of_student = |(record, made): (&PersonRecord, &Vec<Option<String>>)| {
        let both = record.totals.iter().zip(made);
        let agrees = both.map(|(declared, ours)| {
            let ours = ours.as_deref().map(plain);
            ours == Some(plain(&declared.total.value))
        });
        agrees.collect()
    };
    records.iter().zip(made).map(of_student).collect()
}

/// Everybody is weighed under every alternative, the likeliest is taken, and so on.
fn plainly(policy: &str, records: &[PersonRecord]) -> (Vec<Plain>, u64) {
    let (mut text, mut causes) = (policy.to_owned(), Vec::new());
    loop {
        let base = Policy::parse(&text).expect("it reads");
        let ours = made(&base, records);
        let agree = agrees(records, &ours);
        let differ = agree.iter().flatten().filter(|agrees| !**agrees).count() as u64;
        let alternatives = Alternatives::of(&base, BTreeSet::new());
        let mut likely: Vec<(Rank, &Setting, Plain)> = Vec::new();
        for (place, setting) in alternatives.settings().enumerate() {
            let theirs = made(&changed_in(&text, setting), records);
            let agree_then = agrees(records, &theirs);
            let [mut students, mut clears, mut breaks, mut misses] = [0; 4];
            for student in 0..records.len() {
                let cleared_before = clears;
                for figure in 0..records[student].totals.len() {
                    match (agree[student][figure], agree_then[student][figure]) {
                        (false, true) => clears += 1,
                        (true, false) => breaks += 1,
                        (false, false) if ours[student][figure] != theirs[student][figure] => {
                            misses += 1;
                        }
                        _ => {}
                    }
                }
                students += u64::from(clears > cleared_before);
            }
            if clears > 0 && clears >= 2 * breaks && clears * 20 >= misses && students >= 2 {
                let is_narrow = setting.table.as_deref() == Some("[[gpa]]");
                let rank = (clears - breaks, is_narrow, Reverse(place));
                likely.push((
                    rank,
                    setting,
                    (setting.set.clone(), students, clears, breaks),
                ));
            }
        }
        let Some((_, setting, cause)) = likely.into_iter().max_by_key(|it| it.0) else {
            return (causes, differ);
        };
        text = text_with(&text, setting);
        causes.push(cause);
    }
}

/// The search, which asks only whom it says. What was asked of how many is given as well.
fn searched(policy: &str, records: &[PersonRecord]) -> (Causes, Vec<usize>) {
    let policy = Policy::parse(policy).expect("it reads");
    let mut search = Search::among(Alternatives::of(&policy, BTreeSet::new()));
    let mut asked = Vec::new();
    loop {
        let question = search.question();
        let is_asked = |id: &PersonId| question.people().is_none_or(|people| people.contains(id));
        let mut tally = Tally::default();
        let those = records.iter().filter(|record| is_asked(&record.id));
        asked.push(those.clone().count());
        those.for_each(|record| question.weigh(record, &mut tally));
        if let Some(causes) = search.weighed(tally) {
            return (causes, asked);
        }
    }
}

/// The shipped policy with two averages, so that there are fewer alternatives.
fn smaller() -> String {
    let mut policy: toml::Table = toml::from_str(POLICY).expect("a policy");
    let averages = policy["gpa"].as_array_mut().expect("averages");
    averages.retain(|it| ["unweighted", "uc-capped"].contains(&it["name"].as_str().unwrap_or("")));
    assert_eq!(averages.len(), 2);
    toml::to_string(&policy).expect("a policy")
}

fn students(count: usize) -> Vec<PersonRecord> {
    let student = |number: usize| PersonRecord {
        id: PersonId::from_state_id(&number.to_string()),
        ..student(number)
    };
    (0..count).map(student).collect()
}

fn is_the_same(policy: &str, records: &[PersonRecord], causes_min: usize) -> Vec<usize> {
    let (found, asked) = searched(policy, records);
    let (causes, unexplained) = plainly(policy, records);
    let told = found.causes.iter().map(|it| {
        let set = it.setting.set.clone();
        (set, it.students, it.clears, it.breaks)
    });
    assert_eq!(told.collect::<Vec<_>>(), causes);
    assert_eq!(found.unexplained, unexplained);
    assert!(causes.len() >= causes_min, "it tells nothing: {causes:?}");
    assert_eq!(found.records_read, asked.iter().sum::<usize>() as u64);
    asked
}

#[test]
fn a_search_that_asks_few_comes_to_what_weighing_everybody_comes_to() {
    let policy = &smaller();
    let ours = Policy::parse(policy).expect("it reads");
    let two_decimals = setting("gpa.unweighted", "decimals = 2");
    let plus = setting("gpa.uc-capped", "plus_and_minus = true");
    let theirs = text_with(policy, &two_decimals);
    let theirs = changed_in(&theirs, &plus);
    let mut records = students(30);
    for (place, record) in records.iter_mut().enumerate() {
        declare(record, if place % 10 == 0 { &ours } else { &theirs });
        if place % 10 == 4 {
            record.totals[1].total.value = "999".into();
        }
    }
    let asked = is_the_same(policy, &records, 2);
    // Everybody; what they would break; who differs, or did not before.
    assert_eq!(asked[..2], [30, 30], "{asked:?}");
    let again = asked.iter().skip(2).step_by(2);
    assert!(again.clone().count() >= 2, "{asked:?}");
    assert!(again.clone().all(|asked| *asked < 30), "{asked:?}");
}

#[test]
fn settings_that_act_on_each_other_are_searched_as_if_everybody_was_weighed_each_time() {
    let policy = &smaller();
    let right = Policy::parse(policy).expect("it reads");
    let lower = setting("repeats", "rule = { rule = \"lower_without_credit\" }");
    let once = setting("repeats", "credit = \"once\"");
    let wrong = text_with(&text_with(policy, &lower), &once);
    let mut records = students(24);
    for (place, record) in records.iter_mut().enumerate() {
        declare(record, &right);
        if place % 8 == 3 {
            record.totals[2].total.value = "0.1234".into();
        }
    }
    is_the_same(&wrong, &records, 2);
}
