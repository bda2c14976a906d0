//! The packages of a district as compliance is given them: one record a person, from every system.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use registrar::compliance::{Calendars, Span, Surroundings, Systems};
use registrar::intake::package::Row;
use registrar::intake::{Package, open};
use registrar::record::support::{PupilRow, Recorded, SupportRecord, SupportSetting};
use registrar::record::{Person, PersonId, Pseudonyms, School};
use registrar::synthetic::{PACKAGES, Plan};

use super::reading::{readings, rows};

/// What the packages of a district say, the later ones over the earlier ones.
pub struct District {
    pub records: BTreeMap<PersonId, SupportRecord>,
    pub shared: SupportSetting,
    pub around: Surroundings,
}

/// Puts rows over those that were there: a row of the same source and key takes its place.
fn put<R: Row>(rows: &mut Vec<Recorded<R>>, package: &Package, row: R) {
    let source = &package.manifest.source;
    let at = package.manifest.exported_at;
    let (key, _) = row.digests(source);
    let same = |it: &&mut Recorded<R>| it.source == *source && it.row.digests(source).0 == key;
    if let Some(before) = rows.iter_mut().find(same) {
        before.row = row;
        before.recorded_at = at;
    } else {
        rows.push(Recorded {
            source: source.clone(),
            recorded_at: at,
            row,
        });
    }
}

/// The same of a row of people, of which a count needs no name.
fn put_pupil(rows: &mut Vec<Recorded<PupilRow>>, package: &Package, person: Person) {
    let source = &package.manifest.source;
    let at = package.manifest.exported_at;
    let row = PupilRow {
        school: person.school,
        person: person.person,
        state_id: person.state_id,
        birth_date: person.birth_date,
    };
    let same = |it: &&mut Recorded<PupilRow>| it.source == *source && it.row.person == row.person;
    if let Some(before) = rows.iter_mut().find(same) {
        before.row = row;
        before.recorded_at = at;
    } else {
        rows.push(Recorded {
            source: source.clone(),
            recorded_at: at,
            row,
        });
    }
}

/// The same, for rows that none takes the place of.
fn shared<R: Row>(package: &Package) -> Vec<Recorded<R>> {
    let mut all = Vec::new();
    for row in rows(package) {
        all.push(Recorded {
            source: package.manifest.source.clone(),
            recorded_at: package.manifest.exported_at,
            row,
        });
    }
    all
}

/// Everything of a generated district.
pub fn read(folder: &Path, plan: &Plan) -> District {
    let mut ids: BTreeMap<(String, String), PersonId> = BTreeMap::new();
    let mut records: BTreeMap<PersonId, SupportRecord> = BTreeMap::new();
    let mut all = SupportSetting::default();
    for package in PACKAGES {
        let package = open(&folder.join(package)).expect("the manifest is in order");
        assert!(package.problems.is_empty(), "{:?}", package.problems);
        let source = package.manifest.source.clone();
        for (withdrawn, person) in readings::<Person>(&package) {
            assert!(!withdrawn);
            let id = PersonId::derived(person.state_id.as_deref(), &source, &person.person);
            ids.insert((source.clone(), person.person.clone()), id);
            let record = records.entry(id).or_insert_with(|| SupportRecord::new(id));
            put_pupil(&mut record.people, &package, person);
        }
        macro_rules! of_people {
            ($($table:ident)*) => { $(
                for (withdrawn, row) in readings(&package) {
                    assert!(!withdrawn);
                    let number = Row::person(&row).expect("about a person").to_owned();
                    let id = ids[&(source.clone(), number)];
                    let record = records.get_mut(&id).expect("people come first");
                    put(&mut record.$table, &package, row);
                }
            )* };
        }
        of_people! {
            enrolments demographics residences attendance assessments referrals evaluations
            eligibilities support_plans transition_plans behaviour_plans plan_meetings
            parent_notices service_promises service_logs records_requests translation_requests
            complaints disputes incidents removals
        }
        for school in rows::<School>(&package) {
            all.directory.schools.insert(school.school.clone(), school);
        }
        for table in package.manifest.tables.keys() {
            all.sent.add(source.clone(), table.name());
        }
        all.calendar_periods.extend(shared(&package));
        all.staff.extend(shared(&package));
        all.staff_credentials.extend(shared(&package));
        all.census_counts.extend(shared(&package));
    }
    let around = surroundings(&all, plan.as_of);
    District {
        records,
        shared: all,
        around,
    }
}

/// A report on the district's day, over the school year that ends.
fn surroundings(shared: &SupportSetting, as_of: Date) -> Surroundings {
    let systems = Systems {
        student: vec!["marisol-central".to_owned(), "marisol-charters".to_owned()],
        support: vec!["marisol-seds".to_owned()],
    };
    let (calendars, faults) = Calendars::of(shared, &systems);
    assert!(faults.is_empty(), "{faults:?}");
    Surroundings {
        as_of,
        period: Span {
            begins: date(2025, 7, 1),
            ends: date(2026, 6, 30),
        },
        count_day: date(2025, 12, 1),
        study: Some(Span {
            begins: date(2026, 2, 9),
            ends: date(2026, 3, 20),
        }),
        calendars,
        schools: shared.directory.schools.clone(),
        systems,
        sent: shared.sent.clone(),
        tests: Default::default(),
        time_zone: TimeZone::UTC,
        watched_since: BTreeMap::new(),
        names_rows: true,
        pseudonyms: Pseudonyms::plain(),
    }
}
