//! A school or district that other sources name is not withdrawn under them.

use registrar::intake::package::{Manifest, ManifestTable, Mode, Table};
use registrar::intake::{Options, Outcome, ProblemKind, Verdict};
use registrar::store::Store;

use crate::common::{self, on_both_databases};
use crate::import_with;
use crate::small::{
    self, FIRST, Package, SCHOOL, SECOND, all_a, catalogue, holding, manifest, mark, person, strict,
};

/// A school that nobody else names.
const OTHER: &str = "19647331931476";
const DISTRICT: &str = "1964733";

/// A manifest of these tables only.
fn of(source: &str, exported_at: &str, mode: Mode, tables: &[Table]) -> Manifest {
    let entry = |table: &Table| (*table, ManifestTable::new(*table, mode));
    let mut manifest = Manifest {
        source: source.to_owned(),
        tables: tables.iter().map(entry).collect(),
        ..manifest(exported_at, mode)
    };
    if let registrar::intake::package::Schools::Named(schools) = &mut manifest.schools {
        schools.insert(OTHER.to_owned());
    }
    manifest
}

/// The registry's district and schools.
fn registry(exported_at: &str, schools: &[&str]) -> Package {
    let tables = [Table::Districts, Table::Schools];
    let manifest = of("registry", exported_at, Mode::Full, &tables);
    Package::written(manifest, |writer| {
        writer.write(&catalogue().district).expect("written");
        for code in schools {
            let mut school = catalogue().school;
            school.school = (*code).into();
            writer.write(&school).expect("written");
        }
    })
}

/// A delta of the registry that takes one row back.
fn withdrawal(table: Table, row: &str) -> Package {
    let manifest = of("registry", SECOND, Mode::Delta, &[table]);
    let package = Package::written(manifest, |_| {});
    let file = package.path().join(format!("{}.csv", table.name()));
    std::fs::write(file, row).expect("written");
    package
}

/// The students' system, which leaves schools to the registry.
fn students(exported_at: &str, people: usize) -> Package {
    let tables = [Table::People, Table::Terms, Table::Courses, Table::Marks];
    Package::written(of("sis", exported_at, Mode::Full, &tables), |writer| {
        writer.write(&catalogue().term).expect("written");
        writer.write(&catalogue().course).expect("written");
        for number in 0..people {
            writer.write(&person(number)).expect("written");
            writer.write(&mark(number, "A")).expect("written");
        }
    })
}

fn allowing(schools: &[&str]) -> Options {
    Options {
        allow_withdrawals: schools.iter().map(|it| (*it).to_owned()).collect(),
        ..strict()
    }
}

async fn lands(store: &Store, package: &Package, options: &Options) {
    let outcome = import_with(store, package.path(), options).await;
    assert!(matches!(outcome.verdict, Verdict::Landed(_)), "{outcome}");
}

/// What each problem says of withdrawing this code: the message and the hint.
fn still_named(outcome: &Outcome, file: &str, code: &str) -> Vec<(String, String)> {
    assert_eq!(outcome.verdict, Verdict::Refused, "{outcome}");
    let problems = outcome.report.problems();
    let problems = problems
        .iter()
        .filter(|it| it.kind == ProblemKind::StillReferenced && it.file == file);
    let said = problems.map(|problem| {
        assert_eq!(problem.value.as_deref(), Some(code));
        (
            problem.message.clone(),
            problem.hint.clone().expect("a hint"),
        )
    });
    said.collect()
}

on_both_databases!(a_school_that_rows_of_another_source_name_stays, |db| {
    lands(&db.store, &registry(FIRST, &[SCHOOL, OTHER]), &strict()).await;
    lands(&db.store, &students(FIRST, 5), &strict()).await;
    let without = registry(SECOND, &[OTHER]);
    let dry = Options {
        dry_run: true,
        ..allowing(&[SCHOOL])
    };
    for options in [allowing(&[SCHOOL]), dry] {
        let refused = import_with(&db.store, without.path(), &options).await;
        let said = still_named(&refused, "schools.csv", SCHOOL);
        assert_eq!(said.len(), 4, "people, terms, courses, marks: {refused}");
        assert_eq!(
            said[0].0,
            "would be withdrawn, and rows that stay still name it: people: 5 of source `sis` from \
             import 2 (0, 1, 2, …)"
        );
        assert_eq!(
            said[0].1,
            "send it again, or first import `sis` without those rows"
        );
    }
    let row = "status,school,district,name,kind,charter,street,city,state,postal_code\nwithdrawn,";
    let row = format!("{row}{SCHOOL},{DISTRICT},A,high,none,B,C,CA,90031\n");
    let taken_back = withdrawal(Table::Schools, &row);
    let refused = import_with(&db.store, taken_back.path(), &allowing(&[SCHOOL])).await;
    let said = still_named(&refused, "schools.csv", SCHOOL);
    assert_eq!(said.len(), 4, "{refused}");
    assert_eq!(db.store.imports().await.expect("the list").len(), 2);

    // The hint works.
    let tables = [Table::People, Table::Terms, Table::Courses, Table::Marks];
    let nobody = Package::written(of("sis", SECOND, Mode::Full, &tables), |_| {});
    lands(&db.store, &nobody, &allowing(&[SCHOOL])).await;
    lands(&db.store, &without, &allowing(&[SCHOOL])).await;
});

on_both_databases!(a_school_that_another_source_brings_too_may_go, |db| {
    lands(&db.store, &registry(FIRST, &[SCHOOL, OTHER]), &strict()).await;
    // This source knows its school itself.
    lands(&db.store, &Package::new(FIRST, 5, all_a), &strict()).await;
    lands(&db.store, &registry(SECOND, &[OTHER]), &allowing(&[SCHOOL])).await;
});

on_both_databases!(a_district_that_schools_name_stays, |db| {
    lands(&db.store, &registry(FIRST, &[OTHER]), &strict()).await;
    let row = format!("status,code,name,state\nwithdrawn,{DISTRICT},Los Alisos,CA\n");
    let gone = withdrawal(Table::Districts, &row);
    let refused = import_with(&db.store, gone.path(), &allowing(&[DISTRICT])).await;
    let said = still_named(&refused, "districts.csv", DISTRICT);
    let own = "rows that stay still name it: schools: 1 of source `registry` from import 1";
    assert!(said[0].0.contains(own), "{said:?}");
    assert_eq!(said[0].1, "send it again, or withdraw those rows too");
});

on_both_databases!(what_the_earlier_rows_of_a_held_person_name_stays, |db| {
    let both = [SCHOOL, OTHER];
    lands(&db.store, &registry(FIRST, &both), &strict()).await;
    lands(&db.store, &Package::new(FIRST, 200, all_a), &strict()).await;
    lands(&db.store, &registry(SECOND, &[OTHER]), &allowing(&[SCHOOL])).await;
    // Everybody moves to the other school and the old one is withdrawn; person 7 cannot land.
    let moved = Package::written(of("aeries", SECOND, Mode::Full, &small::TABLES), |writer| {
        let mut whole = catalogue();
        writer.write(&whole.district).expect("written");
        whole.term.school = OTHER.into();
        whole.course.school = OTHER.into();
        writer.write(&whole.term).expect("written");
        writer.write(&whole.course).expect("written");
        for number in 0..200 {
            let (mut person, mut mark) = (person(number), mark(number, "A"));
            (person.school, mark.school) = (OTHER.into(), OTHER.into());
            writer.write(&person).expect("written");
            writer.write(&mark).expect("written");
        }
    });
    let moved = moved.with("people.csv", "2008-03-09", "2008-02-30");
    let options = Options {
        allow_withdrawals: [SCHOOL.to_owned()].into(),
        ..holding(&moved.beside("quarantine"))
    };
    let refused = import_with(&db.store, moved.path(), &options).await;
    let said = still_named(&refused, "schools.csv", SCHOOL);
    assert!(
        said.iter().any(|(message, _)| message.contains("(0)")),
        "{refused}"
    );
    assert!(!moved.beside("quarantine").exists());
});

/// The small package under a school whose code has no digit.
fn of_arroyo(exported_at: &str, people: usize) -> Package {
    let package = Package::new(exported_at, people, all_a);
    for entry in std::fs::read_dir(package.path()).expect("a folder") {
        let file = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&file).expect("it is there");
        std::fs::write(&file, text.replace(SCHOOL, "ARROYO-VISTA")).expect("written");
    }
    package
}

#[test]
fn a_school_whose_code_has_no_digit_is_named_like_any_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let import = |package: &Package, allowed: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_registrar"));
        let flags = allowed.iter().flat_map(|it| ["--allow-withdrawals", it]);
        let command = command
            .current_dir(folder.path())
            .env_remove("DATABASE_URL");
        let command = command.arg("import").arg(package.path()).args(flags);
        let output = command.output().expect("it runs");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        (output.status.code(), said)
    };
    assert_eq!(import(&of_arroyo(FIRST, 10), &[]).0, Some(0));
    let fewer = of_arroyo(SECOND, 5);
    let (code, said) = import(&fewer, &["AROYO-VISTA", "marks:ARROYO-VISTA"]);
    assert_eq!(code, Some(1), "people are withdrawn too: {said}");
    let slip = "`--allow-withdrawals AROYO-VISTA` allowed nothing: no package has rows there";
    assert_eq!(
        said.lines()
            .filter(|line| line.contains("allowed nothing"))
            .count(),
        1,
        "{said}"
    );
    assert!(said.contains(slip), "{said}");
    let (code, said) = import(&fewer, &["ARROYO-VISTA"]);
    assert_eq!(
        (code, said.contains("allowed nothing")),
        (Some(0), false),
        "{said}"
    );
}
