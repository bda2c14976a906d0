//! One student for each check, through the whole program: written as a package, imported, examined.
//! A check that nothing in a district can meet, or that has no student here, is named.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::date;
use registrar::host::Clock;
use registrar::intake::package::{Manifest, ManifestTable, Mode, Row, Schools, Writer};
use registrar::intake::{self, Options, Record, Verdict};
use registrar::issue::{Examined, IssueError};
use registrar::record::*;
use registrar::store::{PAIRS_COMPARED_MAX, Store, Table};
use registrar::transcript::Policy;
use registrar::transcript::audit::{CHECKS, of_policy};

use crate::case::POLICY;
use crate::common::{self, on_both_databases};
use crate::desk::{self, at};
use crate::package::Package;
use crate::people::rows;
use crate::record::credits;

/// A school and a course whose rows somebody deletes by hand.
const DELETED_SCHOOL: &str = "19999990000002";
const DELETED_COURSE: &str = "deleted";

/// A code, the row that it is found on (`#` is the student's number), and what makes it so.
type HardCase = (&'static str, &'static str, fn(&mut Package));

const HARD_CASES: &[HardCase] = &[
    ("disability_word", "marks #-1", |it| {
        it.mark(2).title = Some("Special Education English".into());
    }),
    ("glyph_missing", "people #", |it| {
        it.person_mut().legal_given = "李".into();
    }),
    // Rows of the next import are refused, below.
    ("held", "people #", |_| {}),
    // A hold is recorded, below.
    ("withheld", "people #", |_| {}),
    ("no_enrolment", "people #", |it| {
        it.enrolments.pop();
        it.marks.truncate(it.marks.len() - 2);
        it.totals.truncate(it.totals.len() - 2);
    }),
    ("school_unknown", "people #", |it| {
        it.enrolment().school = DELETED_SCHOOL.into();
        it.marks.truncate(it.marks.len() - 2);
        it.totals.truncate(it.totals.len() - 2);
    }),
    ("course_unknown", "people #", |it| {
        it.mark(2).course = DELETED_COURSE.into();
        it.totals("5", "3");
    }),
    ("mark_not_on_scale", "marks #-2", |it| {
        it.mark(1).mark = Some("E".into());
        it.totals("10", "4");
    }),
    ("plan_unknown", "plans gold", |it| {
        it.plans.push(plan(it.number(), "gold"));
    }),
    ("total_differs", "totals credit_earned", |it| {
        it.totals("15", "3.5")
    }),
    ("total_unknown", "totals gpa:academic", |it| {
        it.total("gpa:academic", "3.5")
    }),
    ("total_missing", "people #", |it| {
        it.totals.truncate(it.totals.len() - 2)
    }),
    ("posting_twice", "marks #-3", |it| {
        it.again();
        it.totals("15", "3.6667");
    }),
    ("postings_conflict", "marks #-3", |it| {
        it.again().mark = Some("C".into());
        it.totals("15", "3");
    }),
    ("postings_alike", "marks #-3", |it| {
        it.mark(2).course = "repeatable".into();
        it.again();
        it.totals("15", "3.6667");
    }),
    ("course_twice_in_term", "marks #-3", |it| {
        let again = it.again();
        (again.term, again.course) = ("2026-S".into(), "310102".into());
        again.kind = MarkKind::InProgress;
        (again.mark, again.credit_earned) = (None, Credits::ZERO);
    }),
    ("repeat_unclear", "marks #-2", |it| {
        it.mark(2).title = Some("French one".into());
        it.mark(2).mark = Some("F".into());
        it.mark(2).credit_earned = Credits::ZERO;
        it.mark(1).title = Some("Français 1".into());
        it.mark(1).course = "310101".into();
        it.totals("5", "1.5");
    }),
    ("credit_twice", "marks #-2", |it| {
        it.mark(1).course = "310101".into();
    }),
    ("earned_above_attempted", "marks #-1", |it| {
        it.mark(2).credit_attempted = credits("2.5");
        it.totals("10", "3.3333");
    }),
    ("earned_above_value", "marks #-1", |it| {
        it.mark(2).credit_attempted = credits("10");
        it.mark(2).credit_earned = credits("10");
        it.totals("15", "3.6667");
    }),
    ("credit_without_pass", "marks #-2", |it| {
        it.mark(1).mark = Some("F".into());
        it.totals("10", "2");
    }),
    ("awards_differ", "awards seal_of_biliteracy", |it| {
        for (detail, day) in [("Spanish", 10), ("spanish", 11)] {
            it.awards.push(Award {
                school: rows::SCHOOL.into(),
                person: it.number(),
                award: AwardKind::SealOfBiliteracy,
                detail: Some(detail.into()),
                awarded_on: date(2026, 6, day),
            });
        }
    }),
    ("plans_differ", "plans state-minimum", |it| {
        it.plans.push(plan(it.number(), "district-210"));
        let elsewhere = it.elsewhere().person.clone();
        it.charter_plans.push(plan(elsewhere, "state-minimum"));
    }),
    ("partial_credit_differs", "marks #-1", |it| {
        it.enrolment().entered_on = date(2025, 10, 15);
        it.mark(2).credit_attempted = credits("4");
        it.mark(2).credit_earned = credits("4");
        it.totals("9", "3.4444");
    }),
    ("mark_outside_enrolment", "marks #-1", |it| {
        it.enrolment().entered_on = date(2026, 1, 12);
    }),
    ("grade_level_differs", "marks #-2", |it| {
        it.mark(1).grade_level = GradeLevel::new(11).expect("a grade");
    }),
    ("summer_elsewhen", "marks #-1", |it| {
        it.mark(2).kind = MarkKind::Summer;
    }),
    ("ahead_in_the_past", "marks #-1", |it| {
        let ahead = it.mark(2);
        ahead.kind = MarkKind::InProgress;
        (ahead.mark, ahead.credit_earned) = (None, Credits::ZERO);
        it.totals("5", "3");
    }),
    ("course_retired", "marks #-2", |it| {
        it.mark(1).course = "retired".into()
    }),
    ("date_impossible", "enrolments 2022-08-15", |it| {
        it.person_mut().birth_date = date(1999, 8, 15);
    }),
    // A change of the mark is recorded, and the posting changes again, below.
    ("decision_without_effect", "marks #-2", |_| {}),
    // The A is to stand as Pass, below.
    ("pass_lowers_average", "pass_marks pass", |it| {
        it.person_mut().birth_date = date(2006, 2, 28);
        it.enrolment().entered_on = date(2020, 8, 10);
        it.mark(2).term = "2020-F".into();
    }),
    // Changes of the mark and of the name are recorded, below.
    ("mark_change_waives", "mark_changes waiver", |_| {}),
    ("former_name_kept", "name_changes renamed", |_| {}),
    ("person_twice", "people #", |it| {
        it.person_mut().legal_family = Some("O'Brien".into());
        let other = format!("{}b", it.number());
        it.student(&other);
        it.person_mut().legal_family = Some("O Brien".into());
        it.person_mut().state_id = None;
    }),
    ("person_mixed", "people #", |it| {
        it.elsewhere().legal_given = "Luis".into()
    }),
    ("person_names", "people #", |it| {
        it.elsewhere().legal_family = Some("Solís".into())
    }),
];

fn plan(person: String, plan: &str) -> GraduationPlan {
    GraduationPlan {
        school: rows::SCHOOL.into(),
        person,
        plan: plan.into(),
        entered_grade_9: SchoolYear::beginning(2022).expect("a year"),
    }
}

/// The number of the student of a case.
fn number(code: &str) -> String {
    let place = HARD_CASES.iter().position(|case| case.0 == code);
    (10 + place.expect("a case of this code")).to_string()
}

fn package() -> Package {
    let mut package = Package {
        people: Vec::new(),
        enrolments: Vec::new(),
        marks: Vec::new(),
        totals: Vec::new(),
        plans: Vec::new(),
        awards: Vec::new(),
        charter: Vec::new(),
        charter_plans: Vec::new(),
    };
    for (code, _, make_hard) in HARD_CASES {
        package.student(&number(code));
        make_hard(&mut package);
    }
    // Of fewer people none could be held; and in these there is nothing to find.
    for number in 100..200 {
        package.student(&number.to_string());
    }
    package
}

/// The places and the catalogue, which every package of the main system sends.
fn catalogue(writer: &mut Writer) {
    writer.write(&rows::district()).expect("written");
    for school in [rows::SCHOOL, DELETED_SCHOOL] {
        let school = School {
            school: school.into(),
            ..rows::school()
        };
        writer.write(&school).expect("written");
    }
    let fall_2020 = Term {
        term: "2020-F".into(),
        name: "Fall 2020".into(),
        school_year: PASS_MARK_SCHOOL_YEAR,
        begins_on: date(2020, 8, 13),
        ends_on: date(2020, 12, 18),
        ..rows::term()
    };
    let spring = Term {
        term: "2026-S".into(),
        name: "Spring 2026".into(),
        begins_on: date(2026, 1, 12),
        ends_on: date(2026, 6, 10),
        ..rows::term()
    };
    for term in [fall_2020, rows::term(), spring] {
        writer.write(&term).expect("written");
    }
    for course in ["310101", "310102", DELETED_COURSE, "repeatable", "retired"] {
        let course = Course {
            course: course.into(),
            title: format!("Course {course}"),
            repeatable: (course == "repeatable").then_some(YesNo::Yes),
            retired_on: (course == "retired").then_some(date(2025, 12, 31)),
            ..rows::course()
        };
        writer.write(&course).expect("written");
    }
}

/// Imports a package and holds whose rows are refused; gives how many people are held.
async fn send(
    store: &Store,
    source: &str,
    tables: &[Table],
    now: Timestamp,
    write: impl FnOnce(&mut Writer),
) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("package");
    let full = |table: &Table| (*table, ManifestTable::new(*table, Mode::Full));
    let schools = [rows::SCHOOL, DELETED_SCHOOL].map(str::to_owned);
    let manifest = Manifest {
        source: source.into(),
        district: "1999999".into(),
        exported_at: now,
        schools: Schools::Named(schools.into()),
        tables: tables.iter().map(full).collect(),
    };
    let mut writer = Writer::create(&folder, manifest).expect("a folder");
    write(&mut writer);
    writer.finish().expect("written");
    let options = Options {
        hold: true,
        ..Options::default()
    };
    let outcome = intake::import(store, &folder, &options, Clock::Fixed(now), &mut |_| {}).await;
    let outcome = outcome.expect("it runs");
    assert!(matches!(outcome.verdict, Verdict::Landed(_)), "{outcome}");
    outcome.held.map_or(0, |held| held.people)
}

fn write_all<R: Row>(writer: &mut Writer, rows: &[R]) {
    rows.iter()
        .for_each(|row| writer.write(row).expect("written"));
}

async fn send_main(store: &Store, package: &Package, now: Timestamp) -> u64 {
    let tables = [
        Table::Districts,
        Table::Schools,
        Table::People,
        Table::Enrolments,
        Table::Terms,
        Table::Courses,
        Table::Marks,
        Table::Totals,
        Table::Plans,
        Table::Awards,
    ];
    let write = |writer: &mut Writer| {
        catalogue(writer);
        write_all(writer, &package.people);
        write_all(writer, &package.enrolments);
        write_all(writer, &package.marks);
        write_all(writer, &package.totals);
        write_all(writer, &package.plans);
        write_all(writer, &package.awards);
    };
    send(store, "sis", &tables, now, write).await
}

async fn decide<R: Row>(store: &Store, row: &R, now: &str) {
    let record = Record {
        source: "registrar",
        district: "1999999",
        dry_run: false,
    };
    let outcome = intake::record(store, &record, row, Clock::Fixed(at(now))).await;
    let outcome = outcome.expect("it runs");
    assert!(matches!(outcome.verdict, Verdict::Landed(_)), "{outcome}");
}

/// What was decided about students: a hold, a pass, a change of a mark.
async fn decisions(store: &Store) {
    let recorded_at = at("2026-06-12T09:00:00Z");
    let withheld = TranscriptHold {
        school: rows::SCHOOL.into(),
        person_source: "sis".into(),
        person: number("withheld"),
        ..crate::made_wrong::hold(date(2026, 6, 1), None)
    };
    decide(store, &withheld, "2026-06-12T09:00:00Z").await;
    let person = number("pass_lowers_average");
    let pass = PassMark {
        school: rows::SCHOOL.into(),
        event: "pass".into(),
        person_source: "sis".into(),
        posting: format!("{person}-1"),
        person,
        requested_on: date(2021, 8, 20),
        requested_by: Requester::Parent,
        recorded_by: "R. Varo".into(),
        recorded_at,
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    };
    decide(store, &pass, "2026-06-12T10:00:00Z").await;
    let person = number("decision_without_effect");
    let change = MarkChange {
        school: rows::SCHOOL.into(),
        event: "change".into(),
        person_source: "sis".into(),
        posting: format!("{person}-2"),
        person,
        from_mark: "B".into(),
        to_mark: "A".into(),
        credit_earned: credits("5"),
        ground: MarkChangeGround::ClericalOrMechanicalMistake,
        teacher_heard_on: Some(date(2026, 6, 11)),
        teacher_statement: Some("The final was entered for another student.".into()),
        teacher_not_heard: None,
        approved_by: "L. Carrington, principal".into(),
        decided_on: date(2026, 6, 11),
        recorded_by: "R. Varo".into(),
        recorded_at,
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    };
    decide(store, &change, "2026-06-12T11:00:00Z").await;
    let person = number("mark_change_waives");
    let waiver = MarkChange {
        event: "waiver".into(),
        posting: format!("{person}-2"),
        person,
        to_mark: "X".into(),
        credit_earned: Credits::ZERO,
        ..change
    };
    decide(store, &waiver, "2026-06-12T11:10:00Z").await;
    let renamed = NameChange {
        school: rows::SCHOOL.into(),
        event: "renamed".into(),
        person_source: "sis".into(),
        person: number("former_name_kept"),
        legal_given: "Isidora".into(),
        legal_middle: None,
        legal_family: Some("Quezada".into()),
        legal_suffix: None,
        chosen_name: None,
        printed_name: None,
        ground: NameChangeGround::CourtOrder,
        document_seen: format!("Decree, formerly {}", rows::person("1").legal_given),
        requested_on: date(2026, 6, 1),
        recorded_by: "R. Varo".into(),
        recorded_at,
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    };
    decide(store, &renamed, "2026-06-12T11:20:00Z").await;
}

/// What no import does: rows that others name are gone.
async fn delete_by_hand(url: &str) {
    for statement in [
        "DELETE FROM schools WHERE school = '19999990000002'",
        "DELETE FROM courses WHERE course = 'deleted'",
    ] {
        if url.starts_with("sqlite:") {
            let pool = sqlx::SqlitePool::connect(url).await.expect("it opens");
            sqlx::query(statement)
                .execute(&pool)
                .await
                .expect("deleted");
        } else {
            let pool = sqlx::PgPool::connect(url).await.expect("it opens");
            sqlx::query(statement)
                .execute(&pool)
                .await
                .expect("deleted");
        }
    }
}

/// Each finding about everybody: the student, the code and the row.
async fn found(store: &Store) -> BTreeSet<(String, &'static str, String)> {
    let mut found = BTreeSet::new();
    let keep = |located: registrar::issue::Located| {
        let finding = located.finding;
        let row = finding.row.expect("a row");
        let new = found.insert((
            finding.student,
            finding.code,
            format!("{} {}", row.table, row.name),
        ));
        assert!(new, "{}: told twice", finding.code);
        Ok::<(), IssueError>(())
    };
    let everybody = Examined::Everybody { source: None };
    let examination = desk::examination(store).await;
    examination
        .findings(&everybody, keep)
        .await
        .expect("it runs");
    found
}

on_both_databases!(
    each_check_has_a_student_and_each_student_that_one_finding,
    |db| {
        let store = &db.store;
        let mut package = package();
        assert_eq!(
            send_main(store, &package, at("2026-06-12T08:00:00Z")).await,
            0
        );
        decisions(store).await;
        let charter = |writer: &mut Writer| {
            write_all(writer, &package.charter);
            write_all(writer, &package.charter_plans);
        };
        let now = at("2026-06-12T12:00:00Z");
        assert_eq!(
            send(
                store,
                "charter",
                &[Table::People, Table::Plans],
                now,
                charter
            )
            .await,
            0
        );
        // The next export of the main system.
        let changed = number("decision_without_effect");
        let posting = |it: &&mut Mark| it.posting == format!("{changed}-2");
        let mark = package.marks.iter_mut().find(posting).expect("a posting");
        mark.mark = Some("C".into());
        let average =
            |it: &&mut DeclaredTotal| it.person == changed && it.figure.starts_with("gpa");
        let total = package.totals.iter_mut().find(average).expect("a figure");
        total.value = "3".into();
        let of_nothing = rows::mark("held-1", &number("held"), "A");
        package.marks.push(Mark {
            course: "no such".into(),
            ..of_nothing
        });
        assert_eq!(
            send_main(store, &package, at("2026-06-12T13:00:00Z")).await,
            1
        );
        delete_by_hand(&db.url).await;

        let mut expected: BTreeSet<(String, &str, String)> = BTreeSet::new();
        for (code, row, _) in HARD_CASES {
            let number = number(code);
            expected.insert((number.clone(), code, row.replace('#', &number)));
        }
        let other = format!("{}b", number("person_twice"));
        expected.insert((other.clone(), "person_twice", format!("people {other}")));
        assert_eq!(found(store).await, expected);

        // A name and a date of birth of more people than are compared.
        let crowd = |writer: &mut Writer| {
            let many = (1..).find(|many: &usize| many * (many - 1) > PAIRS_COMPARED_MAX);
            for number in 0..many.expect("a number") {
                let person = Person {
                    state_id: None,
                    legal_family: Some("Unknown".into()),
                    ..rows::person(&format!("crowd{number}"))
                };
                writer.write(&person).expect("written");
            }
        };
        let now = at("2026-06-12T14:00:00Z");
        assert_eq!(send(store, "crowd", &[Table::People], now, crowd).await, 0);
        let mut codes: BTreeSet<&str> = expected.iter().map(|(_, code, _)| *code).collect();
        let crowd = crowded(store).await;
        assert!(crowd.contains("person_not_compared"), "{crowd:?}");
        codes.extend(crowd);
        // What is of no student.
        let discloses = POLICY.replacen("en = \"Passing\"", "en = \"Passing, SDC\"", 1);
        let legends = of_policy(&Policy::parse(&discloses).expect("a policy"));
        codes.extend(legends.iter().map(|finding| finding.code));
        // This small school teaches little of what the shipped policy names.
        let names = desk::examination(store).await.of_nobody().await;
        codes.extend(names.expect("read").iter().map(|finding| finding.code));
        let all: BTreeSet<&str> = CHECKS.iter().map(|check| check.code).collect();
        assert_eq!(codes, all, "a check without a hard case");
    }
);

/// The codes that are found about people of the crowd.
async fn crowded(store: &Store) -> BTreeSet<&'static str> {
    let mut codes = BTreeSet::new();
    let keep = |located: registrar::issue::Located| {
        if located.finding.student.starts_with("crowd") {
            codes.insert(located.finding.code);
        }
        Ok::<(), IssueError>(())
    };
    let everybody = Examined::Everybody { source: None };
    let examination = desk::examination(store).await;
    examination
        .findings(&everybody, keep)
        .await
        .expect("it runs");
    codes
}
