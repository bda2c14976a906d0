//! `--causes`: a sending system that differs from the policy in one setting is found out.

use std::collections::BTreeSet;

use jiff::civil::date;
use registrar::record::*;
use registrar::transcript::audit::{Alternatives, Causes, Search, Setting, Tally};
use registrar::transcript::{DocumentRequest, Edition, Policy, assemble};

use crate::case::{self, POLICY};
use crate::record::{Semesters as _, credits, mark, total};

const SUMMER: &str = "window = [\"summer after 8\", \"summer after 12\"]";
const FIGURES: [&str; 4] = ["gpa:unweighted", "gpa:weighted", "gpa:uc-capped", "gpa:csu"];

/// A term of a grade: the school year, or the summer after it.
fn term(grade: i8, kind: TermKind) -> Term {
    let year = 2013 + i16::from(grade);
    let (begins_on, ends_on) = match kind {
        TermKind::Summer => (date(year + 1, 6, 15), date(year + 1, 7, 25)),
        _ => (date(year, 8, 14), date(year + 1, 6, 10)),
    };
    let name = format!("{grade} {kind}");
    Term {
        school_year: SchoolYear::beginning(year).expect("a year"),
        kind,
        begins_on,
        ends_on,
        term: name.clone(),
        name,
        ..Term::fall()
    }
}

/// Students whose marks differ by number, so that hardly two have the same average; every kind of
/// mark that a setting is about stands on every fourth record.
pub fn student(number: usize) -> PersonRecord {
    let letters = ["A", "B", "C", "D", "F", "A-", "B+", "A+"];
    let mut record = case::empty(GradeLevel::new(12).expect("a grade"));
    let mut posting = 0;
    let mut post = |term: Term, course: String, letter: &str, grade: i8| {
        posting += 1;
        let mut recorded = mark(&posting.to_string(), term, &course, letter);
        recorded.mark.grade_level = GradeLevel::new(grade).expect("a grade");
        recorded.course.ag_area = (number + posting).is_multiple_of(3).then_some(AgArea::B);
        if recorded.term.kind == TermKind::Summer {
            recorded.mark.kind = MarkKind::Summer;
        }
        if (number + posting).is_multiple_of(5) {
            recorded.course.honors = HonorsKind::AdvancedPlacement;
        }
        if (number + 2 * posting).is_multiple_of(7) {
            recorded.mark.credit_attempted = credits("2.5");
            recorded.mark.credit_earned = credits("2.5");
        }
        record.marks.push(recorded);
    };
    for grade in 9..=12 {
        for course in 0..3 {
            let letter = letters[(number * 3 + course * 5 + grade as usize) % letters.len()];
            // Some courses are taken again a year later.
            let again = (number + course).is_multiple_of(4);
            let name = if again {
                format!("C-{course}")
            } else {
                format!("C-{grade}-{course}")
            };
            post(term(grade, TermKind::Year), name, letter, grade);
        }
    }
    if number % 4 == 1 {
        post(
            term(8, TermKind::Summer),
            "SUMMER-8".into(),
            letters[number % 5],
            8,
        );
    }
    if number % 4 == 2 {
        post(
            term(10, TermKind::Summer),
            "SUMMER-10".into(),
            letters[number % 4],
            10,
        );
    }
    if number % 4 == 3 {
        post(term(9, TermKind::Year), "NONE".into(), "I", 9);
    }
    record
}

/// Declares for a student what a sending system with this policy would.
pub fn declare(record: &mut PersonRecord, policy: &Policy) {
    let request = DocumentRequest {
        edition: Edition::Official,
        ..case::request()
    };
    let made = assemble(record, &case::directory(), policy, &request).expect("a transcript");
    record.totals = vec![
        total(
            "credit_attempted",
            &made.transcript.credits.attempted.to_string(),
        ),
        total("credit_earned", &made.transcript.credits.earned.to_string()),
    ];
    for figure in FIGURES {
        let name = figure.trim_start_matches("gpa:");
        let trace = made.traces.iter().find(|trace| trace.name == name);
        if let Some(value) = trace.and_then(|trace| trace.value.as_ref()) {
            record.totals.push(total(figure, value));
        }
    }
}

/// A setting, by the place where it stands: `gpa.csu`, `repeats`, or nothing for the top.
pub fn setting(place: &str, set: &str) -> Setting {
    let (table, having) = match place.split_once('.') {
        Some((table, name)) => (format!("[[{table}]]"), Some(format!("name = \"{name}\""))),
        None => (format!("[{place}]"), None),
    };
    Setting {
        table: Some(table).filter(|_| !place.is_empty()),
        having,
        set: set.into(),
        take_out: None,
    }
}

/// The policy with one setting changed.
fn changed(setting: &Setting) -> Policy {
    changed_in(POLICY, setting)
}

pub fn changed_in(policy: &str, setting: &Setting) -> Policy {
    Policy::parse(&text_with(policy, setting)).expect("it reads")
}

/// A policy changed as an alternative says.
pub fn text_with(policy: &str, setting: &Setting) -> String {
    let mut policy: toml::Table = toml::from_str(policy).expect("a policy");
    let lines: toml::Table = toml::from_str(&setting.set).expect("the lines are TOML");
    let header = setting.table.as_deref().unwrap_or_default();
    let name = header.trim_matches(['[', ']']);
    let table = match &setting.having {
        _ if name.is_empty() => &mut policy,
        None if header.starts_with("[[") => {
            let tables = policy.entry(name).or_insert(toml::Value::Array(vec![]));
            let tables = tables.as_array_mut().expect("tables");
            tables.push(toml::Table::new().into());
            let table = tables.last_mut().and_then(toml::Value::as_table_mut);
            table.expect("it was just put there")
        }
        None => {
            let table = policy
                .entry(name)
                .or_insert(toml::Value::Table(toml::Table::new()));
            table.as_table_mut().expect("a table")
        }
        Some(line) => {
            let line: toml::Table = toml::from_str(line).expect("a line is TOML");
            let (key, value) = line.iter().next().expect("a line");
            let tables = policy[name].as_array_mut().expect("tables").iter_mut();
            let mut having = tables.filter(|table| table.get(key) == Some(value));
            let found = having.next().and_then(toml::Value::as_table_mut);
            assert!(having.next().is_none(), "{setting:?}");
            found.expect("such a table")
        }
    };
    if let Some(key) = &setting.take_out {
        assert!(
            lines.is_empty() && table.remove(key).is_some(),
            "{setting:?}"
        );
    }
    table.extend(lines);
    toml::to_string(&policy).expect("a policy")
}

/// Every alternative to a policy in a district of one sending system.
fn alternatives(policy: &Policy) -> Alternatives {
    Alternatives::of(policy, BTreeSet::new())
}

fn causes(records: &[PersonRecord], alternatives: Alternatives) -> Causes {
    // In two halves, as a district is counted in pages.
    let (one, other) = records.split_at(records.len() / 2);
    let mut search = Search::among(alternatives);
    loop {
        let question = search.question();
        let [mut tally, second] = [one, other].map(|half| {
            let mut tally = Tally::default();
            half.iter()
                .for_each(|record| question.weigh(record, &mut tally));
            tally
        });
        tally.add(second);
        if let Some(causes) = search.weighed(tally) {
            return causes;
        }
    }
}

#[test]
fn the_setting_in_which_a_sending_system_differs_is_named_first_and_clears_all() {
    let policy = Policy::parse(POLICY).expect("the shipped policy");
    for (place, set, means) in [
        (
            "gpa.unweighted",
            "window = [\"summer after 8\", \"summer after 12\"]",
            "the sending system counts summer after grade 8",
        ),
        (
            "gpa.unweighted",
            "window = [\"9\", \"summer after 11\"]",
            "the sending system does not count grade 12 and summer after grade 12",
        ),
        (
            "gpa.weighted",
            "decimals = 2",
            "the sending system rounds to 2 decimals",
        ),
        (
            "gpa.unweighted",
            "rounding = \"truncate\"",
            "the sending system cuts off to 4 decimals",
        ),
        (
            "gpa.uc-capped",
            "plus_and_minus = true",
            "the sending system counts plus and minus",
        ),
        (
            "gpa.weighted",
            "plus_and_minus = { points = \"0.33\", at_most = \"4.00\" }",
            "the sending system counts a plus and a minus as 0.33 points, at most 4.00",
        ),
        (
            "gpa.unweighted",
            "plus_and_minus = { points = \"0.333\" }",
            "the sending system counts a plus and a minus as 0.333 points",
        ),
        (
            "gpa.unweighted",
            "repeats = { rule = \"highest_counts\" }",
            "the sending system counts the best attempt at a course",
        ),
        (
            "gpa.unweighted",
            "counts_as = { I = \"F\" }",
            "the sending system counts I as F",
        ),
        (
            "gpa.weighted",
            "only_ag = true",
            "the sending system counts only a-g courses",
        ),
        (
            "credits",
            "window = [\"9\", \"summer after 12\"]\n\
             source = \"found by `registrar check --causes`\"",
            "the sending system's credit totals count from grade 9 to summer after grade 12",
        ),
        (
            "repeats",
            "rule = { rule = \"lower_without_credit\" }",
            "the sending system counts the best attempt and takes the credit from the others",
        ),
    ] {
        let setting = &setting(place, set);
        let theirs = changed(setting);
        let mut records: Vec<_> = (0..40).map(student).collect();
        records
            .iter_mut()
            .for_each(|record| declare(record, &theirs));
        let found = causes(&records, alternatives(&policy));
        assert!(found.differ > 0, "{set}: the records tell nothing");
        let first = &found.causes[0];
        assert_eq!(
            (&first.setting, &*first.means),
            (setting, means),
            "{found:#?}"
        );
        assert_eq!((first.clears, first.breaks), (found.differ, 0), "{set}");
        assert_eq!((found.causes.len(), found.unexplained), (1, 0), "{set}");
        let plain = |record: &PersonRecord| -> Vec<String> {
            let values = record.totals.iter().map(|it| it.total.value.as_str());
            values
                .map(|value| value.trim_end_matches('0').to_owned())
                .collect()
        };
        let differs = |record: &&PersonRecord| {
            let mut ours = (*record).clone();
            declare(&mut ours, &policy);
            plain(&ours) != plain(record)
        };
        let students = records.iter().filter(differs).count() as u64;
        assert_eq!(first.students, students, "{set}: a student counts once");
        // What is named makes them agree.
        let after = causes(&records, alternatives(&changed(&first.setting)));
        assert_eq!(
            (after.differ, after.agree),
            (0, found.agree + found.differ),
            "{set}"
        );
    }
}

#[test]
fn of_several_systems_the_one_that_posts_its_summers_otherwise_is_named() {
    let shipped = Policy::parse(POLICY).expect("the shipped policy");
    let setting = Setting {
        table: Some("[[summer]]".into()),
        having: None,
        set: "source = \"sis-b\"\nlevel = \"next\"".into(),
        take_out: None,
    };
    let theirs = changed(&setting);
    let mut records: Vec<_> = (0..40).map(student).collect();
    for (place, record) in records.iter_mut().enumerate() {
        let source = if place < 25 { "sis-b" } else { "t" };
        for recorded in &mut record.marks {
            recorded.source = source.into();
            if recorded.term.kind == TermKind::Summer {
                recorded.mark.grade_level = GradeLevel::new(9).expect("a grade");
            }
        }
        declare(record, &theirs);
        for declared in &mut record.totals {
            declared.source = source.into();
        }
    }
    let sources: BTreeSet<String> = ["sis-b", "t"].map(String::from).into();
    let found = causes(&records, Alternatives::of(&shipped, sources.clone()));
    let first = &found.causes[0];
    assert!(found.differ > 0, "{found:#?}");
    assert_eq!(first.setting, setting, "{found:#?}");
    assert_eq!(
        (first.clears, first.breaks),
        (found.differ, 0),
        "{found:#?}"
    );
    let after = causes(&records, Alternatives::of(&theirs, sources));
    assert_eq!((after.differ, after.agree), (0, found.agree + found.differ));
}

#[test]
fn a_setting_that_would_break_what_agrees_says_how_much() {
    let shipped = Policy::parse(POLICY).expect("the shipped policy");
    let theirs = changed(&setting("gpa.unweighted", "decimals = 2"));
    let mut records: Vec<_> = (0..40).map(student).collect();
    for (place, record) in records.iter_mut().enumerate() {
        declare(record, if place < 30 { &theirs } else { &shipped });
    }
    let found = causes(&records, alternatives(&shipped));
    let first = &found.causes[0];
    assert_eq!(first.setting, setting("gpa.unweighted", "decimals = 2"));
    assert_eq!(first.clears, found.differ);
    let broken = records[30..].iter().filter(|record| {
        let declared = record
            .totals
            .iter()
            .map(|it| &it.total)
            .find(|it| it.figure == "gpa:unweighted");
        declared.is_some_and(|it| !it.value.ends_with("00"))
    });
    assert_eq!(first.breaks, broken.count() as u64);
    assert!(first.breaks > 0);
}

#[test]
fn two_causes_are_told_one_after_the_other_and_the_rest_by_its_difference() {
    let shipped = Policy::parse(POLICY).expect("the shipped policy");
    let summer = text_with(POLICY, &setting("gpa.unweighted", SUMMER));
    let both = changed_in(&summer, &setting("gpa.weighted", "decimals = 1"));
    let summer = Policy::parse(&summer).expect("it reads");
    let mut records: Vec<_> = (0..66).map(student).collect();
    for (place, record) in records.iter_mut().enumerate() {
        match place {
            0..=9 => declare(record, &summer),
            10..=59 => declare(record, &both),
            _ => {
                declare(record, &shipped);
                record.totals[1].total.value = "999".into();
            }
        }
    }
    let found = causes(&records, alternatives(&shipped));
    let settings: Vec<&Setting> = found.causes.iter().map(|cause| &cause.setting).collect();
    let expected = [
        &setting("gpa.weighted", "decimals = 1"),
        &setting("gpa.unweighted", SUMMER),
    ];
    assert_eq!(settings, expected, "{found:#?}");
    assert_eq!(found.differences[0].figure, "credit_earned", "{found:#?}");
    assert!(
        found.differences[0]
            .difference
            .starts_with("declared 999, ours ")
    );
    let cleared: u64 = found.causes.iter().map(|cause| cause.clears).sum();
    let broken: u64 = found.causes.iter().map(|cause| cause.breaks).sum();
    assert!(broken > 0, "{found:#?}");
    assert_eq!(found.unexplained, 6 + broken, "what is broken differs too");
    assert_eq!(cleared + found.unexplained, found.differ + broken);
    assert_eq!(found.sources, ["t".to_owned()].into(), "who declares these");
}

/// Weighed under the wrong rule, the right setting of the credit explains nothing and a wrong one
/// much.
#[test]
fn of_two_wrong_settings_that_act_on_each_other_both_are_named_and_nothing_else() {
    let shipped = Policy::parse(POLICY).expect("the shipped policy");
    let settings = [
        setting("repeats", "rule = { rule = \"lower_without_credit\" }"),
        setting("repeats", "credit = \"once\""),
    ];
    let wrong = text_with(POLICY, &settings[0]);
    let wrong = changed_in(&wrong, &settings[1]);
    let mut records: Vec<_> = (0..40).map(student).collect();
    for record in &mut records {
        declare(record, &shipped);
    }
    let found = causes(&records, alternatives(&wrong));
    let named: Vec<&str> = found.causes.iter().map(|it| &*it.setting.set).collect();
    let right = [
        "rule = { rule = \"every_attempt_counts\" }",
        "credit = \"as_posted\"",
    ];
    assert_eq!(named, right, "{found:#?}");
    assert_eq!(found.unexplained, 0, "{found:#?}");
}

#[test]
fn the_points_of_a_mark_are_a_cause() {
    let shipped = Policy::parse(POLICY).expect("the shipped policy");
    for points in ["0.50", "1.50"] {
        let of_d = Setting {
            table: Some("[[scale]]".into()),
            having: Some("mark = \"D\"".into()),
            set: format!("points = \"{points}\""),
            take_out: None,
        };
        let mut records: Vec<_> = (0..40).map(student).collect();
        for record in &mut records {
            declare(record, &changed(&of_d));
        }
        let found = causes(&records, alternatives(&shipped));
        let means = format!("the sending system's points for D are {points}");
        assert_eq!(
            (found.causes.len(), found.unexplained),
            (1, 0),
            "{found:#?}"
        );
        let first = &found.causes[0];
        assert_eq!((&first.setting, &first.means), (&of_d, &means));
    }
}

#[test]
fn every_alternative_is_a_policy_that_reads() {
    let with_units = format!(
        "{POLICY}\n[[unit]]\nschools = [\"S\", \"T\"]\ncredits_per_semester = \"0.5\"\n\
         [[summer]]\nschools = [\"S\"]\nlevel = \"next\"\n"
    );
    let policy = Policy::parse(&with_units).expect("a policy");
    let all = alternatives(&policy);
    let tables: BTreeSet<Option<&str>> = all.settings().map(|it| it.table.as_deref()).collect();
    let expected = [
        "[[gpa]]",
        "[[scale]]",
        "[[summer]]",
        "[[unit]]",
        "[credits]",
        "[repeats]",
        "[year_course]",
    ];
    assert_eq!(
        tables,
        expected.map(Some).into_iter().chain([None]).collect()
    );
    let mut count = 0;
    for setting in all.settings() {
        count += 1;
        // It is another policy, in that one thing: what is changed is an alternative no more.
        let changed = changed_in(&with_units, setting);
        assert_ne!(changed.digest(), policy.digest());
        let is_of_its_kind = setting.take_out.is_some() || setting.set.contains('\n');
        if is_of_its_kind || setting.table.as_deref() != Some("[[gpa]]") {
            let after = alternatives(&changed);
            assert!(after.settings().all(|it| it != setting), "{setting:?}");
        }
    }
    assert!(count > 200, "{count}");
}
