//! Reading what compliance is counted from: pupils' rows in pages, the schools' as a whole.
//!
//! One statement a table and page, whatever the number of people, and none of a table that no
//! source of them sends; each row comes with its source and the instant since when it says so. Ids
//! for the pages are [`Store::people_after`]'s.
//!
//! Never: what a row counts for (`compliance`), and no name. A transcript reads `records.rs`.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::columns::Column;
use super::database::{Row, Session, Sql, Value};
use super::records::{known, of_ids, people_as_known};
use super::stored::Stored;
use super::{Store, StoreError, instant_text};
use crate::record::support::{PupilRow, Recorded, SupportRecord, SupportSetting, TablesSent};
use crate::record::{PersonId, SchoolYear};

/// Rows of one table that is about schools, as known at `$1`, whole.
macro_rules! of_schools {
    ($table:literal, $order:literal) => {
        Sql::both(concat!(
            "SELECT x.* FROM ",
            $table,
            " x WHERE x.recorded_from <= $1 AND x.recorded_to > $1 ORDER BY ",
            $order,
            ", x.source, x.key"
        ))
    };
}

/// The people `$1` as each source knows them at `$2`.
macro_rules! pupils {
    ($in_set:literal) => {
        concat!(
            "SELECT p.person_id AS pupil, p.source, p.recorded_from, p.school, p.person, \
             p.state_id, p.birth_date FROM people p WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " ORDER BY p.source, p.person"
        )
    };
}

/// Reads each table's rows into the field of its name, in the order of what is named.
macro_rules! read_each {
    ($asking:ident, $pupils:ident: $($field:ident by $order:expr;)+) => { $(
        let into = |record: &mut SupportRecord, rows| record.$field = rows;
        $asking.rows(stringify!($field), $pupils, into, $order).await?;
    )+ };
}

impl Store {
    /// What is known at an instant of these people, in the order asked for. Who is not known by
    /// then is left out. Of each table the rows of those sources are read that `tables` names: of
    /// all that was sent ([`SupportSetting`]'s `sent`) every row.
    ///
    /// # Errors
    /// What the database said.
    ///
    /// # Panics
    /// When more than [`super::PEOPLE_PER_READ_MAX`] people are asked for.
    pub async fn support_records(
        &self,
        people: &[PersonId],
        tables: &TablesSent,
        known: Timestamp,
    ) -> Result<Vec<SupportRecord>, StoreError> {
        let values = people_as_known(people, known);
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let mut pupils = pupils_of(&mut session, &values).await?;
        let mut asking = Asking::of(&mut session, &pupils, tables, known);
        read_before_plans(&mut asking, &mut pupils).await?;
        read_from_plans(&mut asking, &mut pupils).await?;
        let mut seen = HashSet::new();
        let once = people.iter().filter(|person| seen.insert(**person));
        Ok(once.filter_map(|person| pupils.remove(person)).collect())
    }

    /// What is known at an instant of schools and staff.
    ///
    /// # Errors
    /// What the database said.
    pub async fn support_setting(&self, known: Timestamp) -> Result<SupportSetting, StoreError> {
        const CALENDAR: Sql = of_schools!("calendar_periods", "x.school, x.begins_on, x.kind");
        const STAFF: Sql = of_schools!("staff", "x.school, x.staff, x.begins_on");
        const CREDENTIALS: Sql = of_schools!("staff_credentials", "x.staff, x.valid_from");
        const COUNTS: Sql = of_schools!("census_counts", "x.counted_on, x.school");
        // An import that was taken back by then sent nothing.
        const SENT: Sql = Sql::both(
            "SELECT DISTINCT i.source, f.table_name FROM imports i JOIN import_files f ON \
             f.import = i.number WHERE i.recorded_at <= $1 AND NOT EXISTS (SELECT 1 FROM imports u \
             WHERE u.undoes = i.number AND u.recorded_at <= $1)",
        );
        const SPECIAL: Sql = Sql::both(
            "SELECT source FROM special_education_sources WHERE recorded_from <= $1 AND \
             recorded_to > $1",
        );
        let directory = self.directory(known).await?;
        let values = [instant_text(known).into()];
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let mut sent = TablesSent::default();
        for row in session.rows(SENT, &values).await? {
            sent.add(row.text("source")?, row.text("table_name")?);
        }
        for row in session.rows(SPECIAL, &values).await? {
            sent.add_special_education(row.text("source")?);
        }
        Ok(SupportSetting {
            sent,
            directory,
            calendar_periods: whole(&mut session, CALENDAR, &values).await?,
            staff: whole(&mut session, STAFF, &values).await?,
            staff_credentials: whole(&mut session, CREDENTIALS, &values).await?,
            census_counts: whole(&mut session, COUNTS, &values).await?,
        })
    }

    /// Whether any result of a school year's tests, of this source, stands at an instant.
    ///
    /// # Errors
    /// What the database said.
    pub async fn has_results(
        &self,
        source: &str,
        year: SchoolYear,
        known: Timestamp,
    ) -> Result<bool, StoreError> {
        const RESULTS: Sql = Sql::both(
            "SELECT x.source FROM assessments x WHERE x.source = $1 AND x.school_year = $2 AND \
             x.recorded_from <= $3 AND x.recorded_to > $3 LIMIT 1",
        );
        let known = instant_text(known);
        let values: [Value; 3] = [
            source.into(),
            i64::from(year.begins_in()).into(),
            known.into(),
        ];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(RESULTS, &values).await?;
        Ok(!rows.is_empty())
    }
}

type Pupils = HashMap<PersonId, SupportRecord>;

async fn pupils_of(session: &mut Session<'_>, values: &[Value]) -> Result<Pupils, StoreError> {
    const PUPILS: Sql = of_ids!(pupils!());
    let mut pupils = Pupils::new();
    for row in session.rows(PUPILS, values).await? {
        let id = pupil(&row)?;
        let known = PupilRow {
            school: Column::from_row(&row, "school")?,
            person: Column::from_row(&row, "person")?,
            state_id: Column::from_row(&row, "state_id")?,
            birth_date: Column::from_row(&row, "birth_date")?,
        };
        let record = pupils.entry(id).or_insert_with(|| SupportRecord::new(id));
        record.people.push(recorded(&row, known)?);
    }
    Ok(pupils)
}

/// What is asked of each table.
struct Asking<'a, 'c> {
    session: &'a mut Session<'c>,
    tables: &'a TablesSent,
    /// The instant, as the database keeps and compares it: the end of time is none that parses.
    known: String,
    /// Whose a number of a source is.
    numbers: BTreeMap<String, BTreeMap<String, PersonId>>,
}

impl<'a, 'c> Asking<'a, 'c> {
    fn of(
        session: &'a mut Session<'c>,
        pupils: &Pupils,
        tables: &'a TablesSent,
        known: Timestamp,
    ) -> Self {
        let mut numbers: BTreeMap<String, BTreeMap<String, PersonId>> = BTreeMap::new();
        for pupil in pupils.values() {
            for it in &pupil.people {
                let of_source = numbers.entry(it.source.clone()).or_default();
                of_source.insert(it.row.person.clone(), pupil.id);
            }
        }
        Self {
            session,
            tables,
            known: instant_text(known),
            numbers,
        }
    }

    /// Hands each person's rows of a table that stood at the instant over, in this order and those
    /// alike by source and key.
    async fn rows<T: Stored, O: Ord>(
        &mut self,
        table: &str,
        pupils: &mut Pupils,
        into: impl Fn(&mut SupportRecord, Vec<Recorded<T>>),
        order: impl Fn(&T) -> O,
    ) -> Result<(), StoreError> {
        let sources = self.tables.sources(table);
        let asked = sources.filter_map(|source| Some((source, self.numbers.get(source)?)));
        let asked: BTreeMap<&str, Vec<&str>> = asked
            .map(|(source, numbers)| (source, numbers.keys().map(|it| &**it).collect()))
            .collect();
        if asked.is_empty() {
            return Ok(());
        }
        let asked = serde_json::to_string(&asked).expect("texts are JSON");
        let values = [asked.into(), self.known.as_str().into()];
        let sql = T::SQL.of_pupils.expect("a table whose rows have a person");
        let numbers = &self.numbers;
        let mut found: HashMap<PersonId, Vec<Keyed<T>>> = HashMap::new();
        let each = |row: Row| {
            let (source, number) = (row.text("source")?, row.text("person")?);
            let pupil = numbers.get(&source).and_then(|it| it.get(&number));
            if let Some(pupil) = pupil {
                let read = Recorded {
                    source,
                    recorded_at: row.parsed("recorded_from")?,
                    row: T::read(&row)?,
                };
                found
                    .entry(*pupil)
                    .or_default()
                    .push((row.bytes("key")?, read));
            }
            Ok(())
        };
        self.session.each(sql, &values, each).await?;
        for (pupil, mut rows) in found {
            if let Some(record) = pupils.get_mut(&pupil) {
                rows.sort_by(|(key, one), (other_key, other)| {
                    let by_day = order(&one.row).cmp(&order(&other.row));
                    by_day.then_with(|| (&one.source, key).cmp(&(&other.source, other_key)))
                });
                into(record, rows.into_iter().map(|(_, row)| row).collect());
            }
        }
        Ok(())
    }
}

/// A row with its key.
type Keyed<T> = (Vec<u8>, Recorded<T>);

/// Where people were, what they are counted under, and how a disability was found.
async fn read_before_plans(
    asking: &mut Asking<'_, '_>,
    pupils: &mut Pupils,
) -> Result<(), StoreError> {
    read_each! { asking, pupils:
        // The oldest first, an open one last.
        enrolments by |it| (it.left_on.is_none(), it.entered_on, it.school.clone());
        demographics by |it| it.person.clone();
        residences by |it| it.begins_on;
        attendance by |it| (it.school_year, it.school.clone());
        assessments by |it| (it.school_year, it.subject.code());
        referrals by |it| it.referred_on;
        evaluations by |it| it.consent_received_on;
        eligibilities by |it| (it.begins_on, it.disability.code());
        complaints by |it| it.received_on;
        disputes by |it| it.filed_on;
        incidents by |it| it.happened_on;
        removals by |it| it.begins_on;
    }
    Ok(())
}

/// Plans, and what follows from them.
async fn read_from_plans(
    asking: &mut Asking<'_, '_>,
    pupils: &mut Pupils,
) -> Result<(), StoreError> {
    read_each! { asking, pupils:
        support_plans by |it| (it.begins_on, it.plan.clone());
        transition_plans by |it| it.plan.clone();
        behaviour_plans by |it| it.plan.clone();
        plan_meetings by |it| (it.held_on.or(it.due_on), it.meeting.clone());
        parent_notices by |it| (it.meeting.clone(), it.sent_on, it.attempt.clone());
        service_promises by |it| (it.begins_on, it.promise.clone());
        service_logs by |it| (it.session_on, it.entry.clone());
        records_requests by |it| it.requested_on;
        translation_requests by |it| it.requested_on;
    }
    Ok(())
}

async fn whole<T: Stored>(
    session: &mut Session<'_>,
    sql: Sql,
    values: &[Value],
) -> Result<Vec<Recorded<T>>, StoreError> {
    let rows = session.rows(sql, values).await?;
    rows.iter()
        .map(|row| recorded(row, T::read(row)?))
        .collect()
}

fn pupil(row: &Row) -> Result<PersonId, StoreError> {
    Ok(PersonId(row.id("pupil")?))
}

fn recorded<T>(row: &Row, read: T) -> Result<Recorded<T>, StoreError> {
    Ok(Recorded {
        source: row.text("source")?,
        recorded_at: row.parsed("recorded_from")?,
        row: read,
    })
}
