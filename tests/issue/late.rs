//! Late data entry: which cases are in time only by what was recorded after their last day.
//!
//! A made-up district is exported on the day of the count and again in June, and each export lands
//! on its evening: what a child's record said on a day is then known of that day.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use registrar::compliance::Systems;
use registrar::compliance::decree::Decree;
use registrar::compliance::measure::EnteredLate;
use registrar::host::Clock;
use registrar::intake::{self, Options, Verdict};
use registrar::issue::{Asked, Compliance, IssueError};
use registrar::record::Pseudonyms;
use registrar::store::{Decided, Store};
use registrar::synthetic::{CENTRAL, CHARTERS, PACKAGES, Plan, SEDS, generate};
use tempfile::TempDir;

use crate::desk::at;

/// The day of the count of the year that is reported.
const COUNTED: Date = date(2025, 12, 1);
const REPORTED: Date = date(2026, 6, 12);
const STUDENTS: u32 = 600;
/// Schools of the made-up district.
const SCHOOLS: [&str; 10] = [
    "19999990100017",
    "19999990100030",
    "19999990100043",
    "19999990100056",
    "19999990100069",
    "19999990100082",
    "19999990100095",
    "19999990100108",
    "19999990100121",
    "19999990100134",
];

struct District {
    store: Store,
    folder: TempDir,
}

impl District {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("district.db").display());
        let store = Store::open(&url).await.expect("a new database opens");
        Self { store, folder }
    }

    /// The exports of a day.
    fn exported(&self, on: Date) -> PathBuf {
        let out = self.folder.path().join(on.to_string());
        let mut plan = Plan::new(STUDENTS, 5);
        plan.as_of = on;
        generate(&plan, &out, &mut |_| {}).expect("a made-up district");
        out
    }

    /// Imports the exports of a day on its evening, without the lines of files that `drop` names.
    async fn import(&self, on: Date, drop: impl Fn(&str, &str) -> bool) {
        let exported = self.exported(on);
        for package in PACKAGES {
            let package = exported.join(package);
            for file in fs::read_dir(&package).expect("a package") {
                let file = file.expect("a file");
                let name = file.file_name().into_string().expect("a name");
                let text = fs::read_to_string(file.path()).expect("text");
                let kept = text.lines().filter(|line| !drop(&name, line));
                let text: String = kept.map(|line| format!("{line}\n")).collect();
                fs::write(file.path(), text).expect("written");
            }
            self.land(&package, on).await;
        }
    }

    /// Imports a package on the evening of a day. Gives the number of the import.
    async fn land(&self, package: &Path, on: Date) -> i64 {
        let evening = on.at(23, 30, 0, 0).in_tz("UTC").expect("an instant");
        let clock = Clock::Fixed(evening.timestamp());
        // A made-up history of another day differs in what nothing here reads.
        let options = Options {
            allow_withdrawals: SCHOOLS.map(str::to_owned).into(),
            ..Options::default()
        };
        let outcome = intake::import(&self.store, package, &options, clock, &mut |_| {}).await;
        let outcome = outcome.expect("the import runs");
        assert!(matches!(outcome.verdict, Verdict::Landed(_)), "{outcome}");
        let imports = self.store.imports().await.expect("read");
        imports.last().expect("it landed").number
    }

    /// What each outcome of the decree says of late rows.
    async fn late(&self) -> BTreeMap<String, EnteredLate> {
        let text = registrar::template::shipped_rules("chanda-smith", "decree.toml");
        let decree = Decree::read("decree.toml", text.expect("it ships")).expect("it reads");
        let ids: Vec<String> = decree
            .outcomes
            .iter()
            .map(|it| it.text.id.clone())
            .collect();
        let named = |systems: &[&str]| systems.iter().map(|it| (*it).to_owned()).collect();
        let asked = Asked {
            as_of: REPORTED,
            period_of: None,
            as_known: at("2026-07-20T20:00:00Z"),
            systems: Systems {
                student: named(&["marisol-central", "marisol-charters"]),
                support: named(&["marisol-seds"]),
            },
            study: None,
            years: 2,
            time_zone: TimeZone::UTC,
            pages_under_way_max: 2,
            pseudonyms: Pseudonyms::by_key(&[7; 32]),
        };
        let opened = Compliance::open(self.store.clone(), decree, asked).await;
        let compliance = opened.expect("schools and staff are read");
        let measured = compliance.measure(|_, _| Ok::<(), IssueError>(()), |_| {});
        let outcomes = measured.await.expect("counted").outcomes;
        let late = outcomes.into_iter().map(|it| it.entered_late);
        ids.into_iter().zip(late).collect()
    }
}

#[tokio::test]
async fn what_stood_on_its_day_is_late_neither_by_what_followed_it_nor_by_what_was_taken_back() {
    let district = District::new().await;
    district.import(COUNTED, |_, _| false).await;
    let before = district.late().await;
    for id in ["6", "7A", "8", "9"] {
        assert!(before[id].of > 5, "{id}: {:?}", before[id]);
        assert_eq!(before[id].known(), Some(0), "{id}: {:?}", before[id]);
    }
    // By June reviews have ended most plans of that day, which changed their rows.
    district.import(REPORTED, |_, _| false).await;
    let late = district.late().await;
    for id in ["6", "7A", "8", "9"] {
        assert_eq!(late[id].schools, before[id].schools, "{id}: {:?}", late[id]);
    }
    let number = district.store.imports().await.expect("read").len() as i64;
    let decided = Decided {
        by: "R. Varo",
        reason: "sent by mistake",
    };
    let undone = district
        .store
        .undo_import(number, decided, at("2026-06-20T20:00:00Z"));
    undone.await.expect("undone");
    let after = district.late().await;
    for id in ["6", "7A", "8", "9"] {
        assert_eq!(
            after[id].schools, before[id].schools,
            "{id}: {:?}",
            after[id]
        );
    }
}

#[tokio::test]
async fn a_part_of_a_plan_that_came_after_the_day_of_the_count_is_late_at_its_school() {
    let whole = District::new().await;
    let pupil = pupil_with_transition(&whole.exported(COUNTED));
    let district = District::new().await;
    // The part about the time after school of one pupil is typed in after the day of the count.
    let is_dropped = |file: &str, line: &str| {
        file == "transition_plans.csv" && line.split(',').any(|cell| cell == pupil)
    };
    district.import(COUNTED, is_dropped).await;
    assert_eq!(district.late().await["9"].known(), Some(0));
    district.import(REPORTED, |_, _| false).await;
    let late = district.late().await;
    assert_eq!(late["9"].known(), Some(1), "{:?}", late["9"]);
}

#[tokio::test]
async fn of_what_a_system_sent_first_after_the_day_nobody_can_tell_when_it_was_entered() {
    let district = District::new().await;
    district.import(REPORTED, |_, _| false).await;
    let late = district.late().await;
    for id in ["6", "9"] {
        assert!(late[id].schools.is_empty(), "{id}: {:?}", late[id]);
        assert!(late[id].untold > 5, "{id}: {:?}", late[id]);
    }
    // A student system that was watched in time says nothing of when a plan was entered.
    let watched = District::new().await;
    let counted = watched.exported(COUNTED);
    for package in [CENTRAL, CHARTERS] {
        watched.land(&counted.join(package), COUNTED).await;
    }
    watched.import(REPORTED, |_, _| false).await;
    let late = watched.late().await;
    assert!(late["9"].schools.is_empty(), "{:?}", late["9"]);
    assert!(late["9"].untold > 5, "{:?}", late["9"]);
}

/// The number of a pupil whose plan about the time after school was updated in the months before
/// the day of the count.
fn pupil_with_transition(exported: &Path) -> String {
    let file = exported.join(SEDS).join("transition_plans.csv");
    let mut rows = csv::Reader::from_path(file).expect("a table");
    let heading = rows.headers().expect("a heading").clone();
    let column = |name: &str| heading.iter().position(|it| it == name).expect("a column");
    let (person, updated) = (column("person"), column("updated_on"));
    let is_recent = |row: &csv::StringRecord| ("2025-08-15".."2025-11-15").contains(&&row[updated]);
    let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    let row = rows
        .iter()
        .find(|row| is_recent(row))
        .expect("one of that autumn");
    row[person].to_owned()
}
