//! Which sources are special-education systems, as it was known at any instant.
//!
//! Owns the rule: it sent rows that only such a system sends, and has no term, course or mark; or
//! most of whom it knows have such rows and few have marks, so that a stray row changes nothing. A
//! student system that tells of plans beside its marks stays one. What a source is found to be is a
//! version like a row: an import begins or ends it, an undoing takes that back, and an earlier
//! instant reads what was known then.
//!
//! Next: `records.rs` keeps what such a system says of people out of transcripts.

use super::database::{Session, Sql, Value};
use super::{StoreError, open_end};

/// The people of the source `$1` of whom it ever sent a row of a table.
macro_rules! sent {
    ($table:literal) => {
        concat!("SELECT person FROM ", $table, " WHERE source = $1")
    };
}

/// The rows of the source `$1` that stand in a table.
macro_rules! stands {
    ($table:literal) => {
        concat!(
            "SELECT source FROM ",
            $table,
            " WHERE source = $1 AND recorded_to = ",
            open_end!()
        )
    };
}

/// What a plan's parts, meetings' notices and services' logs say of a person, the plan, the meeting
/// and the promise say already.
macro_rules! sent_support {
    ($glue:literal) => {
        concat!(
            sent!("support_plans"),
            $glue,
            sent!("plan_meetings"),
            $glue,
            sent!("evaluations"),
            $glue,
            sent!("referrals"),
            $glue,
            sent!("eligibilities"),
            $glue,
            sent!("service_promises"),
            $glue,
            sent!("records_requests"),
            $glue,
            sent!("translation_requests"),
            $glue,
            sent!("complaints"),
            $glue,
            sent!("disputes")
        )
    };
}

/// Whether there is anybody, which is answered at the first row.
const SENDS_SUPPORT: Sql = Sql::both(concat!(
    "SELECT COUNT(*) AS count FROM (",
    sent_support!(" UNION ALL "),
    " LIMIT 1) s"
));
/// Whether a term, a course or a mark of the source stands.
const HAS_STUDIES: Sql = Sql::both(concat!(
    "SELECT COUNT(*) AS count FROM (",
    stands!("terms"),
    " UNION ALL ",
    stands!("courses"),
    " UNION ALL ",
    stands!("marks"),
    " LIMIT 1) s"
));
/// Of those whom the source knows: how many have such rows, and how many a mark that stands.
const KNOWN: Sql = Sql::both(concat!(
    "SELECT COUNT(*) AS people, COUNT(s.person) AS with_support, COUNT(CASE WHEN EXISTS (SELECT 1 \
     FROM marks m WHERE m.source = p.source AND m.person = p.person AND m.recorded_to = ",
    open_end!(),
    ") THEN 1 END) AS with_marks FROM people p LEFT JOIN (",
    sent_support!(" UNION "),
    ") s ON s.person = p.person WHERE p.source = $1 AND p.recorded_to = ",
    open_end!()
));
const BEGIN: Sql = Sql::both(concat!(
    "INSERT INTO special_education_sources SELECT $1, $2, ",
    open_end!(),
    " WHERE NOT EXISTS (SELECT 1 FROM special_education_sources WHERE source = $1 AND \
     recorded_to = ",
    open_end!(),
    ")"
));
const END: Sql = Sql::both(concat!(
    "UPDATE special_education_sources SET recorded_to = $2 WHERE source = $1 AND recorded_to = ",
    open_end!()
));

/// Finds out what a source is, now that its rows have landed.
pub(super) async fn note_system(
    session: &mut Session<'_>,
    source: &str,
    recorded_at: &str,
) -> Result<(), StoreError> {
    if session.count(SENDS_SUPPORT, &[source.into()]).await? == 0 {
        return Ok(());
    }
    let has_studies = session.count(HAS_STUDIES, &[source.into()]).await? > 0;
    let is_special = !has_studies || most_are_special(session, source).await?;
    let sql = if is_special { BEGIN } else { END };
    let values: [Value; 2] = [source.into(), recorded_at.into()];
    session.execute(sql, &values).await?;
    Ok(())
}

/// Whether most people of a source that has a term, course or mark have rows of special education,
/// and few of them a mark.
async fn most_are_special(session: &mut Session<'_>, source: &str) -> Result<bool, StoreError> {
    let row = session.first(KNOWN, &[source.into()]).await?;
    let row = row.ok_or_else(|| StoreError::Inconsistent("no row of counts".to_owned()))?;
    let people = row.integer("people")?;
    let most = |key| Ok::<_, StoreError>(2 * row.integer(key)? > people);
    Ok(most("with_support")? && !most("with_marks")?)
}

/// What an import found out is not known any more, and what it ended holds again.
pub(super) async fn undo_system(
    session: &mut Session<'_>,
    landed_at: &str,
    undone_at: &str,
) -> Result<(), StoreError> {
    const CLOSE: Sql = Sql::both(concat!(
        "UPDATE special_education_sources SET recorded_to = $2 WHERE recorded_from = $1 AND \
         recorded_to = ",
        open_end!()
    ));
    const REOPEN: Sql = Sql::both(concat!(
        "INSERT INTO special_education_sources SELECT source, $2, ",
        open_end!(),
        " FROM special_education_sources WHERE recorded_to = $1"
    ));
    let values: [Value; 2] = [landed_at.into(), undone_at.into()];
    session.execute(CLOSE, &values).await?;
    session.execute(REOPEN, &values).await?;
    Ok(())
}
