//! The class in which a person is found is that of the school which their transcript prints.
//!
//! `record::issuing_enrolment` is the rule; the statements of `store/finding.rs` repeat it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use registrar::host::Clock;
use registrar::intake::{Options, Verdict, import};
use registrar::record::*;
use registrar::store::*;
use registrar::synthetic;
use registrar::transcript::{DocumentRequest, Edition, Policy, Transcript, assemble};

use crate::common::{self, on_both_databases};
use crate::rows::{self, staged};
use crate::{at, header};

const KNOWN: &str = "2026-08-01T00:00:00Z";
/// The district's own system, and another one.
const SOURCES: [&str; 2] = ["sis", "other"];
/// Schools A, B and C.
const SCHOOLS: [&str; 3] = [rows::SCHOOL, "19999990000002", "19999990000003"];
const A: &str = SCHOOLS[0];
const B: &str = SCHOOLS[1];

/// What one source knows of students.
#[derive(Default)]
struct Known {
    people: BTreeMap<String, Person>,
    enrolments: Vec<Enrolment>,
    awards: Vec<Award>,
    plans: Vec<GraduationPlan>,
}

impl Known {
    /// A student of this source, by a number and a name that only it has; the state's is the same.
    fn person(&mut self, source: &str, number: u32) -> String {
        let local = format!("{source}-{number}");
        let person = Person {
            person: local.clone(),
            legal_family: Some(format!("Of {source}")),
            ..rows::person(&number.to_string())
        };
        self.people.insert(local.clone(), person);
        local
    }
}

/// Both sources with one student, whose number in each is told.
fn one_student() -> ([Known; 2], [String; 2]) {
    let mut known = [Known::default(), Known::default()];
    let numbers = [0, 1].map(|source| known[source].person(SOURCES[source], 1));
    (known, numbers)
}

fn enrolment(
    school: &str,
    person: &str,
    from: Date,
    exit: Option<(Date, ExitReason)>,
) -> Enrolment {
    Enrolment {
        school: school.into(),
        entered_on: from,
        left_on: exit.map(|(left_on, _)| left_on),
        exit_reason: exit.map(|(_, reason)| reason),
        ..rows::enrolment(person)
    }
}

fn award(school: &str, person: &str, award: AwardKind, awarded_on: Date) -> Award {
    Award {
        school: school.into(),
        person: person.into(),
        award,
        detail: None,
        awarded_on,
    }
}

/// Lands the three schools, and what each source knows.
async fn land(store: &Store, known: [Known; 2]) {
    let exports = ["2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z"];
    for ((source, exported_at), known) in SOURCES.into_iter().zip(exports).zip(known) {
        let mut header = header(exported_at);
        header.source = source.into();
        let mut staging = store.stage(header).await.expect("staging begins");
        let file = staging.file(Table::People, "everything.csv");
        staging.file_read(file, [7; 32], 10, 1);
        if source == SOURCES[0] {
            let district = keyed(source, Table::Districts, vec![rows::district()], |_| vec![]);
            let schools = SCHOOLS.map(|code| School {
                school: code.into(),
                ..rows::school()
            });
            let schools = keyed(source, Table::Schools, schools.into(), |school| {
                vec![school.school.clone()]
            });
            for batch in [TableRows::Districts(district), TableRows::Schools(schools)] {
                staging.rows(&batch).await.expect("rows are staged");
            }
        }
        let people = known.people.into_values().collect();
        let people = keyed(source, Table::People, people, |it| vec![it.person.clone()]);
        let enrolments = keyed(source, Table::Enrolments, known.enrolments, |it| {
            let entered_on = it.entered_on.to_string();
            vec![it.person.clone(), it.school.clone(), entered_on]
        });
        let awards = keyed(source, Table::Awards, known.awards, |it| {
            vec![it.person.clone(), it.award.to_string()]
        });
        let plans = keyed(source, Table::Plans, known.plans, |it| {
            vec![it.person.clone()]
        });
        for batch in [
            TableRows::People(people),
            TableRows::Enrolments(enrolments),
            TableRows::Awards(awards),
            TableRows::Plans(plans),
        ] {
            staging.rows(&batch).await.expect("rows are staged");
        }
        crate::land_staged(staging).await;
    }
}

/// Rows as they are staged, each under the cells that are its key.
fn keyed<T: std::fmt::Debug>(
    source: &str,
    table: Table,
    rows: Vec<T>,
    key: impl Fn(&T) -> Vec<String>,
) -> Vec<Staged<T>> {
    let rows = (2..).zip(rows).map(|(line, row)| {
        let cells = key(&row);
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let mut staged = staged(table, FileNumber(1), line, &cells, row);
        staged.key = RowKey::new(source, table.name(), &cells);
        staged
    });
    rows.collect()
}

async fn found(store: &Store, query: StudentQuery) -> Vec<PersonId> {
    let found = store.find_people(&query, &Scope::District, at(KNOWN)).await;
    found.expect("the search runs").people
}

async fn class_of(store: &Store, school: &str, grade_level: Option<GradeLevel>) -> Vec<PersonId> {
    let school = school.to_owned();
    let query = StudentQuery::School {
        school,
        grade_level,
    };
    found(store, query).await
}

async fn everybody(store: &Store) -> Vec<PersonRecord> {
    let people = found(store, StudentQuery::Everybody { grade_level: None }).await;
    let records = store.records(&people, at(KNOWN)).await;
    records.expect("records are read")
}

/// The transcript that is printed of a record.
fn printed(record: &PersonRecord, directory: &Directory) -> Transcript {
    let policy = include_str!("../../report-templates/transcript/policy.toml");
    let policy = Policy::parse(policy).expect("the policy reads");
    let request = DocumentRequest {
        id: String::new(),
        kind: None,
        edition: Edition::Unofficial,
        language: "en".into(),
        issued_on: date(2026, 8, 1),
        demonstration: true,
        show_state_id: false,
        show_address: false,
        use_chosen_name: false,
        certification: None,
    };
    let assembled = assemble(record, directory, &policy, &request);
    assembled.expect("the record is whole").transcript
}

/// The only student's transcript, and their record.
async fn only(store: &Store) -> (Transcript, PersonRecord) {
    let directory = store.directory(at(KNOWN)).await.expect("read");
    let mut records = everybody(store).await;
    let record = records.pop().expect("a student");
    assert_eq!(records, []);
    (printed(&record, &directory), record)
}

/// Holds that each school's class, and each grade of it, is who has its letterhead; gives how many
/// people each school's class has.
async fn classes_are_letterheads(store: &Store) -> BTreeMap<String, usize> {
    let directory = store.directory(at(KNOWN)).await.expect("read");
    let mut printed_by: BTreeMap<_, BTreeSet<PersonId>> = BTreeMap::new();
    let records = everybody(store).await;
    for record in &records {
        let printed = printed(record, &directory);
        let (school, grade) = (printed.school.code, printed.attendance.grade_level);
        for grade in [None, Some(grade)] {
            let class = printed_by.entry((school.clone(), grade)).or_default();
            class.insert(record.id);
        }
    }
    let grades: Vec<_> = (-1..=12).map(GradeLevel::new).chain([None]).collect();
    let mut sizes = BTreeMap::new();
    for school in directory.schools.keys() {
        for grade in &grades {
            let class = class_of(store, school, *grade).await;
            let expected = printed_by.remove(&(school.clone(), *grade));
            let expected = expected.unwrap_or_default();
            assert_eq!(class.len(), expected.len(), "{school} {grade:?}");
            let class: BTreeSet<PersonId> = class.into_iter().collect();
            assert_eq!(class, expected, "{school} {grade:?}");
        }
        let class = class_of(store, school, None).await;
        sizes.insert(school.clone(), class.len());
    }
    assert!(printed_by.is_empty(), "{printed_by:?}");
    assert_eq!(sizes.values().sum::<usize>(), records.len());
    sizes
}

on_both_databases!(
    a_later_equivalency_elsewhere_takes_nobody_out_of_the_class_of_their_diploma,
    |db| {
        let ([mut own, mut other], [number, elsewhere]) = one_student();
        let (june, july) = (date(2026, 6, 10), date(2026, 7, 10));
        let exit = |day| Some((day, ExitReason::Completed));
        own.enrolments = vec![enrolment(A, &number, date(2022, 8, 15), exit(june))];
        own.awards = vec![award(A, &number, AwardKind::Diploma, june)];
        other.enrolments = vec![enrolment(B, &elsewhere, date(2026, 6, 20), exit(july))];
        other.awards = vec![award(B, &elsewhere, AwardKind::Equivalency, july)];
        land(&db.store, [own, other]).await;

        let (printed, record) = only(&db.store).await;
        assert_eq!(printed.school.code, A);
        assert_eq!(class_of(&db.store, A, None).await, [record.id]);
        assert_eq!(class_of(&db.store, B, None).await, []);
        assert_eq!(printed.student.student_id, number);
    }
);

on_both_databases!(
    a_graduate_who_enrols_elsewhere_keeps_the_name_number_and_plan_of_the_school_that_issues,
    |db| {
        let ([mut own, mut other], [number, elsewhere]) = one_student();
        let graduated = Some((date(2026, 6, 10), ExitReason::Graduated));
        own.enrolments = vec![enrolment(A, &number, date(2022, 8, 15), graduated)];
        other.enrolments = vec![enrolment(B, &elsewhere, date(2026, 6, 20), None)];
        let plan = |school: &str, person: &str, plan: &str| GraduationPlan {
            school: school.into(),
            person: person.into(),
            plan: plan.into(),
            entered_grade_9: SchoolYear::beginning(2022).expect("a year"),
        };
        own.plans = vec![plan(A, &number, "district-210")];
        other.plans = vec![plan(B, &elsewhere, "state-minimum")];
        land(&db.store, [own, other]).await;

        let (printed, record) = only(&db.store).await;
        assert_eq!(
            class_of(&db.store, A, GradeLevel::new(12)).await,
            [record.id]
        );
        assert_eq!(class_of(&db.store, B, None).await, []);
        assert_eq!(printed.school.code, A);
        assert_eq!(printed.student.name, "Ana Of sis");
        assert_eq!(printed.student.student_id, number);
        assert_eq!(record.plan.expect("a plan").plan, "district-210");
    }
);

/// Students whose histories are made of the bytes of their ids: up to four enrolments and two
/// awards each, at three schools, in two sources.
fn histories(students: u32) -> [Known; 2] {
    let mut known = [Known::default(), Known::default()];
    for number in 0..students {
        let id = PersonId::from_state_id(&number.to_string());
        let mut chance = id.as_bytes().iter().copied();
        let mut drawn = move || usize::from(chance.next().expect("sixteen bytes"));
        for _ in 0..=drawn() % 4 {
            let byte = drawn();
            let (school, source) = (SCHOOLS[byte % 3], byte / 3 % 2);
            let person = known[source].person(SOURCES[source], number);
            let from = [date(2021, 8, 10), date(2022, 8, 10), date(2023, 8, 10)][byte / 6 % 3];
            let left = date(2026, 6, 10);
            let (exit, grade) = match byte / 18 % 5 {
                0 => (None, 12),
                1 => (Some((left, ExitReason::Graduated)), 12),
                2 => (Some((left, ExitReason::Graduated)), 8),
                3 => (Some((left, ExitReason::NoShow)), 12),
                _ => (Some((left, ExitReason::Transferred)), 11),
            };
            let mut row = enrolment(school, &person, from, exit);
            row.grade_level = GradeLevel::new(grade).expect("a grade");
            let same = |it: &Enrolment| {
                (&it.person, &it.school, it.entered_on) == (&person, &row.school, from)
            };
            if !known[source].enrolments.iter().any(same) {
                known[source].enrolments.push(row);
            }
        }
        for _ in 0..drawn() % 3 {
            let byte = drawn();
            let (school, source) = (SCHOOLS[byte % 3], byte / 3 % 2);
            let person = known[source].person(SOURCES[source], number);
            let kinds = [
                AwardKind::Diploma,
                AwardKind::Equivalency,
                AwardKind::Certificate,
            ];
            let kind = kinds[byte / 6 % 3];
            let day = [date(2026, 6, 9), date(2026, 6, 10), date(2026, 6, 11)][byte / 18 % 3];
            let same = |it: &Award| it.person == person && it.award == kind;
            if !known[source].awards.iter().any(same) {
                known[source].awards.push(award(school, &person, kind, day));
            }
        }
    }
    known
}

on_both_databases!(in_any_history_a_class_is_who_has_its_letterhead, |db| {
    const STUDENTS: u32 = 400;
    land(&db.store, histories(STUDENTS)).await;
    let sizes = classes_are_letterheads(&db.store).await;
    assert!(sizes.values().all(|size| *size > 50), "{sizes:?}");
    let records = everybody(&db.store).await;
    assert_eq!(records.len(), STUDENTS as usize);
    let (mut not_latest, mut several_awards) = (0, 0);
    for record in &records {
        let issuing = issuing_enrolment(&record.enrolments, &record.awards);
        let issuing = issuing.expect("everybody has an enrolment");
        let own = &record.enrolments[issuing];
        assert_eq!(record.person.person, own.person, "{record:?}");
        not_latest += usize::from(issuing + 1 < record.enrolments.len());
        let schools: BTreeSet<_> = record.awards.iter().map(|it| &it.school).collect();
        several_awards += usize::from(schools.len() > 1);
    }
    assert!(
        not_latest > 50 && several_awards > 50,
        "{not_latest} {several_awards}"
    );
});

on_both_databases!(
    in_a_whole_district_a_class_is_who_has_its_letterhead,
    |db| {
        const STUDENTS: u32 = 300;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let plan = synthetic::Plan::new(STUDENTS, 7);
        assert_eq!(plan.as_of, date(2026, 6, 12), "the week of graduation");
        synthetic::generate(&plan, folder.path(), &mut |_| {}).expect("a district");
        for package in [synthetic::CENTRAL, synthetic::CHARTERS] {
            let clock = Clock::Fixed(at("2026-06-20T08:00:00Z"));
            let (folder, options) = (folder.path().join(package), Options::default());
            let outcome = import(&db.store, &folder, &options, clock, &mut |_| {}).await;
            let outcome = outcome.expect("the database answers");
            assert!(matches!(outcome.verdict, Verdict::Landed(_)), "{outcome}");
        }
        let sizes = classes_are_letterheads(&db.store).await;
        assert_eq!(sizes.values().sum::<usize>(), STUDENTS as usize);
    }
);
