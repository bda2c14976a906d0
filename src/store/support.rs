//! Reading what compliance is counted from: pupils' rows in pages, the schools' as a whole.
//!
//! One statement a table and page, whatever the number of people; each row comes with its source
//! and the instants when its key and this version were recorded. Ids for the pages are
//! [`Store::people_after`]'s.
//!
//! Never: what a row counts for (`compliance`), and no name. A transcript reads `records.rs`.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::columns::Column;
use super::database::{Row, Session, Sql, Value};
use super::records::{enrolment_order, known, of_ids, people_as_known};
use super::stored::Stored;
use super::{Store, StoreError, instant_text};
use crate::record::PersonId;
use crate::record::support::{PupilRow, Recorded, SupportRecord, SupportSetting, TablesSent};

/// Rows of one table that belong to the people `$1`, as known at `$2`, with when a row of their key
/// was first recorded.
macro_rules! of_pupils {
    ($in_set:literal, $table:expr, $order:expr) => {
        concat!(
            "SELECT x.* FROM (SELECT m.*, p.person_id AS pupil, MIN(m.recorded_from) OVER \
             (PARTITION BY m.source, m.person, m.key) AS first_recorded_at FROM people p JOIN ",
            $table,
            " m ON m.source = p.source AND m.person = p.person WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " AND m.recorded_from <= $2) x WHERE x.recorded_to > $2 ORDER BY ",
            $order,
            ", x.source, x.key"
        )
    };
}

/// Rows of one table that is about schools, as known at `$1`, whole.
macro_rules! of_schools {
    ($table:literal, $order:literal) => {
        Sql::both(concat!(
            "SELECT x.* FROM (SELECT m.*, MIN(m.recorded_from) OVER (PARTITION BY m.key) AS \
             first_recorded_at FROM ",
            $table,
            " m WHERE m.recorded_from <= $1) x WHERE x.recorded_to > $1 ORDER BY ",
            $order,
            ", x.source, x.key"
        ))
    };
}

/// The people `$1` as each source knows them at `$2`. A merge makes no new row of a person, only
/// another id, so that the first version counts under whichever id it was recorded.
macro_rules! pupils {
    ($in_set:literal) => {
        concat!(
            "SELECT p.person_id AS pupil, p.source, p.recorded_from, p.school, p.person, \
             p.state_id, p.birth_date, (SELECT MIN(q.recorded_from) FROM people q WHERE \
             q.source = p.source AND q.person = p.person AND q.recorded_from <= $2) AS \
             first_recorded_at FROM people p WHERE p.person_id ",
            $in_set,
            " AND ",
            known!("p"),
            " ORDER BY p.source, p.person"
        )
    };
}

/// Reads each table's rows into the field of its name.
macro_rules! read_each {
    ($session:ident, $values:ident, $pupils:ident:
     $($field:ident, $table:literal, $order:expr;)+) => { $({
        const STATEMENT: Sql = of_ids!(of_pupils!($table, $order));
        let each = |row: Row| {
            if let Some(pupil) = $pupils.get_mut(&pupil(&row)?) {
                pupil.$field.push(recorded(&row, Stored::read(&row)?)?);
            }
            Ok(())
        };
        $session.each(STATEMENT, $values, each).await?;
    })+ };
}

impl Store {
    /// What is known at an instant of these people, in the order asked for. Who is not known by
    /// then is left out.
    ///
    /// # Errors
    /// What the database said.
    ///
    /// # Panics
    /// When more than [`super::PEOPLE_PER_READ_MAX`] people are asked for.
    pub async fn support_records(
        &self,
        people: &[PersonId],
        known: Timestamp,
    ) -> Result<Vec<SupportRecord>, StoreError> {
        let values = people_as_known(people, known);
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let mut pupils = pupils_of(&mut session, &values).await?;
        read_before_plans(&mut session, &values, &mut pupils).await?;
        read_from_plans(&mut session, &values, &mut pupils).await?;
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
        let directory = self.directory(known).await?;
        let values = [instant_text(known).into()];
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let mut sent = TablesSent::default();
        for row in session.rows(SENT, &values).await? {
            sent.add(row.text("source")?, row.text("table_name")?);
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

/// Where people were, what they are counted under, and how a disability was found.
async fn read_before_plans(
    session: &mut Session<'_>,
    values: &[Value],
    pupils: &mut Pupils,
) -> Result<(), StoreError> {
    read_each! { session, values, pupils:
        enrolments, "enrolments", enrolment_order!("x", "");
        demographics, "demographics", "x.person";
        residences, "residences", "x.begins_on";
        attendance, "attendance", "x.school_year, x.school";
        assessments, "assessments", "x.school_year, x.subject";
        referrals, "referrals", "x.referred_on";
        evaluations, "evaluations", "COALESCE(x.consent_received_on, '')";
        eligibilities, "eligibilities", "x.begins_on, x.disability";
        complaints, "complaints", "x.received_on";
        disputes, "disputes", "x.filed_on";
        incidents, "incidents", "x.happened_on";
        removals, "removals", "x.begins_on";
    }
    Ok(())
}

/// Plans, and what follows from them.
async fn read_from_plans(
    session: &mut Session<'_>,
    values: &[Value],
    pupils: &mut Pupils,
) -> Result<(), StoreError> {
    read_each! { session, values, pupils:
        support_plans, "support_plans", "x.begins_on, x.plan";
        transition_plans, "transition_plans", "x.plan";
        behaviour_plans, "behaviour_plans", "x.plan";
        plan_meetings, "plan_meetings", "COALESCE(x.held_on, x.due_on, ''), x.meeting";
        parent_notices, "parent_notices", "x.meeting, x.sent_on, x.attempt";
        service_promises, "service_promises", "x.begins_on, x.promise";
        service_logs, "service_logs", "x.session_on, x.entry";
        records_requests, "records_requests", "x.requested_on";
        translation_requests, "translation_requests", "x.requested_on";
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
        first_recorded_at: row.parsed("first_recorded_at")?,
        recorded_at: row.parsed("recorded_from")?,
        row: read,
    })
}
