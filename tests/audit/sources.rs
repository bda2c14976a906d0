//! Several sending systems, each with numbers and figures of its own.

use registrar::record::*;
use registrar::store::{RowPlace, Store};

use crate::desk::{self, at};
use crate::made_wrong::{changed, elsewhere};
use crate::record::{Given, Semesters as _, mark, total};

/// The clean record, and a course at a charter school that numbers it as the first school did its
/// own.
fn of_two_systems() -> Given {
    let mut given = Given::clean();
    let mut other = elsewhere(&mut given, "5");
    other.source = "charter".into();
    other.mark.posting = "1".into();
    other.mark.course = "ART".into();
    other.course.course = "ART".into();
    other.course.title = "Ceramics".into();
    given.record.marks.push(other);
    given.record.totals.clear();
    given.record.totals.push(total("credit_earned", "10"));
    given
}

#[test]
fn a_finding_names_the_posting_of_the_system_that_sent_it() {
    let mut given = of_two_systems();
    given.mark(2).mark.mark = Some("E".into());
    let findings = given.findings();
    let [finding] = &findings[..] else {
        panic!("{findings:?}");
    };
    assert_eq!(finding.code, "mark_not_on_scale");
    let row = finding.row.as_ref().expect("a row");
    let named = (row.source.as_deref(), &*row.school, &*row.name);
    assert_eq!(named, (Some("charter"), "T", "1"));
}

#[test]
fn a_decision_is_about_the_posting_of_its_system() {
    let mut given = of_two_systems();
    let decided = DecidedMark {
        row: RowName::new("mark_changes", "S", "1", "M"),
        source: "charter".into(),
        posting: "1".into(),
        term: "Fall 2025".into(),
        title: "Ceramics".into(),
        from_mark: "D".into(),
        to_mark: "B".into(),
        from_credit: Credits::ZERO,
        to_credit: Credits::ZERO,
        why: "clerical mistake".into(),
        applied: true,
        passed: true,
    };
    given.record.decisions.marks.push(decided);
    let record = &given.record;
    let posted = record.decisions.as_posted(&record.marks);
    let letters: Vec<_> = posted.iter().map(|it| it.mark.mark.as_deref()).collect();
    assert_eq!(letters, [Some("A"), Some("B"), Some("D")]);
    let changeable = |place: usize| record.decisions.changeable(&record.marks[place]);
    assert_eq!((changeable(0), changeable(2)), (Some("A"), Some("D")));
}

#[test]
fn a_figure_may_be_of_the_whole_record_or_of_what_its_system_sent() {
    let mut given = of_two_systems();
    for (declared, message) in [
        ("10", None),
        ("15", None),
        (
            "12.5",
            Some("declares credit_earned 12.5; ours is 15.00, and 10.00 of what it sent itself"),
        ),
    ] {
        given.record.totals = vec![total("credit_earned", declared)];
        let findings = given.findings();
        let said = findings.first().map(|it| it.message.as_str());
        assert_eq!(said, message, "{declared}");
    }
    // Of one system there is one reading.
    given.record.marks.pop();
    given.record.totals = vec![total("credit_earned", "15")];
    assert_eq!(
        given.findings()[0].message,
        "declares credit_earned 15; ours is 10.00"
    );
}

#[test]
fn who_declares_a_figure_may_know_what_was_decided_here_and_what_others_sent() {
    let mut given = of_two_systems();
    changed(&mut given);
    for (declared, agrees) in [
        // A, B and B as posted, C, B and B as decided; and without what the other system sent.
        ("3.3333", true),
        ("2.6667", true),
        ("3.5", true),
        ("2.5", true),
        ("3.25", false),
    ] {
        given.record.totals = vec![total("gpa:unweighted", declared)];
        assert_eq!(given.findings().is_empty(), agrees, "{declared}");
    }
    assert_eq!(
        given.findings()[0].message,
        "declares gpa:unweighted 3.25; ours is 2.6667, and 2.5000 of what it sent itself, and \
         3.3333 without what was decided here, and 3.5000 of what it sent itself without what was \
         decided here"
    );
}

#[test]
fn two_numbers_under_which_one_system_knows_a_person_declare_apart() {
    let mut given = Given::clean();
    let mut merged = mark("3", Term::fall(), "ART", "A");
    merged.mark.person = "2".into();
    given.record.marks.push(merged);
    let mut second = total("credit_earned", "5");
    second.total.person = "2".into();
    given.record.totals = vec![total("credit_earned", "10"), second];
    assert_eq!(given.findings(), []);
}

/// The physical line of the fixture's file on which a row begins with these cells.
fn line_of(package: &str, file: &str, begins: &str) -> u64 {
    let path = desk::fixtures().join("district").join(package).join(file);
    let text = std::fs::read_to_string(path).expect("the fixture");
    let place = text.lines().position(|line| line.starts_with(begins));
    1 + place.unwrap_or_else(|| panic!("{file}: {begins}")) as u64
}

async fn place(store: &Store, row: &RowName) -> RowPlace {
    let known = at("2026-07-01T00:00:00Z");
    let number = [if row.person.is_empty() {
        "9000002"
    } else {
        &row.person
    }];
    let people = desk::students(store, &number).await;
    let places = store
        .places(&people, std::slice::from_ref(row), known)
        .await;
    places.expect("read").remove(row).expect("the row was read")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_row_is_found_on_its_line() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let known = at("2026-07-01T00:00:00Z");
    let people = desk::students(store, &["9000002"]).await;
    let record = store.records(&people, known).await.expect("read").remove(0);
    let (school, person) = (&*record.person.school, &*record.person.person);
    let recorded = &record.marks[0].mark;
    let entered = record.enrolments[0].entered_on.to_string();
    let award = record.awards.first().map(|it| it.award.code());
    let plan = record.plan.as_ref().expect("a plan");
    let mut rows = vec![
        ("people", person.to_owned(), format!("{school},{person},")),
        (
            "enrolments",
            entered.clone(),
            format!("{},{person},{entered}", record.enrolments[0].school),
        ),
        (
            "marks",
            recorded.posting.clone(),
            format!("{},{},", recorded.school, recorded.posting),
        ),
        (
            "plans",
            plan.plan.clone(),
            format!("{school},{person},{}", plan.plan),
        ),
        (
            "courses",
            recorded.course.clone(),
            format!("{},{},", recorded.school, recorded.course),
        ),
        (
            "terms",
            recorded.term.clone(),
            format!("{},{},", recorded.school, recorded.term),
        ),
    ];
    rows.extend(award.map(|code| {
        (
            "awards",
            code.to_owned(),
            format!("{school},{person},{code}"),
        )
    }));
    for total in record.totals.iter().map(|it| &it.total) {
        let begins = format!("{},{person},{}", total.school, total.figure);
        rows.push(("totals", total.figure.clone(), begins));
    }
    let kinds: std::collections::BTreeSet<_> = rows.iter().map(|(table, _, _)| table).collect();
    assert_eq!(
        kinds.len(),
        8,
        "every kind of row that a finding can name: {kinds:?}"
    );
    for (table, name, begins) in &rows {
        let file = format!("{table}.csv");
        let expected = line_of("central", &file, begins);
        let of = if ["courses", "terms"].contains(table) {
            ""
        } else {
            person
        };
        let row = RowName::new(table, begins.split(',').next().unwrap_or(school), of, name);
        for row in [row.clone(), row.of_source("marisol-central")] {
            let found = place(store, &row).await;
            let told = (&*found.source, &*found.file, found.line);
            assert_eq!(told, ("marisol-central", &*file, expected), "{row:?}");
        }
    }
}
