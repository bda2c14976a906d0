//! Overrides: a named person lets a finding of the audit pass, for one student or at one school,
//! for a time. A grant and its end are rows; neither is ever changed.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::database::{Row, Session, Sql, Value};
use super::records::of_ids;
use super::{Store, StoreError, instant_text};
use crate::record::PersonId;

/// Overrides that are read at most, the newest first: more are no exceptions but a setting of the
/// policy. One that is not read lets nothing pass.
pub const OVERRIDES_LISTED_MAX: i64 = 10_000;

/// Overrides of the documents of one batch that are read at most: some for each student of the
/// largest district.
const OVERRIDES_OF_BATCH_MAX: i64 = 2_000_000;

/// Overrides with how they ended.
macro_rules! overrides {
    ($columns:literal, $from:literal, $which:literal) => {
        concat!(
            "SELECT o.number, o.code, o.person, o.school, o.reason, o.granted_by, o.granted_at, \
             o.expires_at, o.findings, e.ended_by, e.reason AS end_reason, e.ended_at",
            $columns,
            " FROM ",
            $from,
            " LEFT JOIN override_ends e ON e.override = o.number WHERE ",
            $which,
            " ORDER BY o.number DESC LIMIT $1"
        )
    };
}

/// For whom an override holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverrideFor {
    /// One student, by the id of then.
    Student(PersonId),
    /// Everybody whose transcript this school issues.
    School(String),
}

/// A finding as a grant and a document keep it: the same again on whichever line its row stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeptFinding {
    /// What names its row; empty where it is about none.
    pub row: String,
    /// What is wrong, without a name or a date of birth.
    pub message: String,
}

/// An override that lets a document pass, and what passes under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedUnder {
    /// Its number.
    pub number: i64,
    /// What would have stopped the document.
    pub findings: Vec<KeptFinding>,
}

/// What is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOverride {
    /// The code of the check.
    pub code: String,
    /// For whom.
    pub holds_for: OverrideFor,
    /// Why.
    pub reason: String,
    /// The person who takes the responsibility.
    pub granted_by: String,
    /// The first instant at which it no longer holds.
    pub expires_at: Timestamp,
    /// What stood against the student then; of one for a school, which is a rule, none.
    pub findings: Vec<KeptFinding>,
}

impl NewOverride {
    /// Whether it was granted for this finding: of a student's record for what was looked at, at a
    /// school for its code, whenever it came.
    pub fn covers(&self, finding: &KeptFinding) -> bool {
        matches!(self.holds_for, OverrideFor::School(_)) || self.findings.contains(finding)
    }
}

/// An override as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideRow {
    /// Its number.
    pub number: i64,
    /// What was granted.
    pub granted: NewOverride,
    /// When.
    pub granted_at: Timestamp,
    /// How it was ended before it expired.
    pub ended: Option<OverrideEnd>,
}

/// The end of an override.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideEnd {
    /// Who ended it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl OverrideRow {
    /// Whether it holds at an instant.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        let ended = self.ended.as_ref().is_some_and(|end| end.at <= at);
        self.granted_at <= at && at < self.granted.expires_at && !ended
    }
}

/// Of the people `$1` those whom the batch `$2` has issued a document.
macro_rules! issued_in {
    ($in_set:literal) => {
        concat!(
            "SELECT subject FROM issuances WHERE batch = $2 AND state = 'issued' AND subject ",
            $in_set
        )
    };
}
const ISSUED_IN: Sql = of_ids!(issued_in!());

impl Store {
    /// Grants an override; gives its number.
    ///
    /// # Errors
    /// What the database said.
    pub async fn grant_override(
        &self,
        new: &NewOverride,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        const GRANT: Sql = Sql::both(
            "INSERT INTO overrides (number, code, person, school, reason, granted_by, granted_at, \
             expires_at, findings) SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6, \
             $7, $8 FROM overrides RETURNING number",
        );
        let (person, school) = match &new.holds_for {
            OverrideFor::Student(person) => (Some(person.as_bytes().to_vec()), None),
            OverrideFor::School(school) => (None, Some(school.as_str())),
        };
        let values = [
            new.code.as_str().into(),
            Value::Bytes(person),
            school.into(),
            new.reason.as_str().into(),
            new.granted_by.as_str().into(),
            instant_text(now).into(),
            instant_text(new.expires_at).into(),
            json(&new.findings).into(),
        ];
        let mut transaction = self.transaction().await?;
        let row = transaction.session().first(GRANT, &values).await?;
        let row =
            row.ok_or_else(|| StoreError::Inconsistent("a grant gave no number".to_owned()))?;
        let number = row.integer("number")?;
        transaction.commit().await?;
        Ok(number)
    }

    /// Ends an override before it expires. False where it is not in force.
    ///
    /// # Errors
    /// What the database said.
    pub async fn end_override(&self, number: i64, end: &OverrideEnd) -> Result<bool, StoreError> {
        const END: Sql = Sql::both(
            "INSERT INTO override_ends (override, ended_by, reason, ended_at) SELECT o.number, $2, \
             $3, $4 FROM overrides o WHERE o.number = $1 AND o.expires_at > $4 AND NOT EXISTS \
             (SELECT 1 FROM override_ends e WHERE e.override = o.number)",
        );
        let values = [
            number.into(),
            end.by.as_str().into(),
            end.reason.as_str().into(),
            instant_text(end.at).into(),
        ];
        let mut connection = self.connection().await?;
        Ok(connection.session().execute(END, &values).await? == 1)
    }

    /// Every override that was ever granted, the newest first, at most [`OVERRIDES_LISTED_MAX`].
    ///
    /// # Errors
    /// What the database said.
    pub async fn overrides(&self) -> Result<Vec<OverrideRow>, StoreError> {
        const ALL: Sql = Sql::both(overrides!("", "overrides o", "1 = 1"));
        let values = [OVERRIDES_LISTED_MAX.into()];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(ALL, &values).await?;
        rows.iter().map(override_row).collect()
    }

    /// The overrides of these numbers, whether or not they are still in force.
    ///
    /// # Errors
    /// What the database said.
    pub async fn overrides_numbered(
        &self,
        numbers: &[i64],
    ) -> Result<Vec<OverrideRow>, StoreError> {
        const NUMBERED: Sql = Sql::pair(
            overrides!(
                "",
                "overrides o",
                "o.number IN (SELECT value FROM json_each($2))"
            ),
            overrides!(
                "",
                "overrides o",
                "o.number IN (SELECT n.value::bigint FROM json_array_elements_text($2::json) AS n \
                 (value))"
            ),
        );
        let values = [OVERRIDES_LISTED_MAX.into(), json(&numbers).into()];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(NUMBERED, &values).await?;
        rows.iter().map(override_row).collect()
    }

    /// The overrides that let documents of a batch pass, each with the document and what passed
    /// under it, whether or not it is still in force; at most `OVERRIDES_OF_BATCH_MAX`.
    ///
    /// # Errors
    /// What the database said.
    pub async fn overrides_of(
        &self,
        batch: [u8; 16],
    ) -> Result<Vec<([u8; 16], OverrideRow, PassedUnder)>, StoreError> {
        const OF_BATCH: Sql = Sql::pair(
            overrides!(
                ", i.document_id, n.value AS passed",
                "issuances i CROSS JOIN json_each(i.overrides) n JOIN overrides o ON \
                 o.number = n.value->>'number'",
                "i.batch = $2 AND i.overrides <> '[]'"
            ),
            overrides!(
                ", i.document_id, n.value::text AS passed",
                "issuances i CROSS JOIN json_array_elements(i.overrides::json) AS n (value) \
                 JOIN overrides o ON o.number = (n.value->>'number')::bigint",
                "i.batch = $2 AND i.overrides <> '[]'"
            ),
        );
        let values = [OVERRIDES_OF_BATCH_MAX.into(), batch.as_slice().into()];
        let mut connection = self.connection().await?;
        let rows = connection.session().rows(OF_BATCH, &values).await?;
        let of_document = |row: &Row| {
            let passed = read(&row.text("passed")?)?;
            Ok((row.id("document_id")?, override_row(row)?, passed))
        };
        rows.iter().map(of_document).collect()
    }

    /// Which of these people a batch has issued a document already: whatever became of an override
    /// since, it stands.
    ///
    /// # Errors
    /// What the database said.
    pub async fn issued_in(
        &self,
        batch: [u8; 16],
        people: &[PersonId],
    ) -> Result<HashSet<PersonId>, StoreError> {
        let people = Value::ids(people.iter().map(PersonId::as_bytes));
        let mut connection = self.connection().await?;
        let rows = connection
            .session()
            .rows(ISSUED_IN, &[people, batch.as_slice().into()])
            .await?;
        rows.iter()
            .map(|row| row.id("subject").map(PersonId))
            .collect()
    }
}

/// The overrides that are in force at an instant, the newest first, at most
/// [`OVERRIDES_LISTED_MAX`]. Whom they are about, `looked_at.rs` says.
pub(super) async fn in_force(
    session: &mut Session<'_>,
    at: Timestamp,
) -> Result<Vec<OverrideRow>, StoreError> {
    const IN_FORCE: Sql = Sql::both(overrides!(
        "",
        "overrides o",
        "o.granted_at <= $2 AND o.expires_at > $2 AND (e.ended_at IS NULL OR e.ended_at > $2)"
    ));
    let values = [OVERRIDES_LISTED_MAX.into(), instant_text(at).into()];
    let rows = session.rows(IN_FORCE, &values).await?;
    rows.iter().map(override_row).collect()
}

fn override_row(row: &Row) -> Result<OverrideRow, StoreError> {
    let holds_for = match row.optional_text("school")? {
        Some(school) => OverrideFor::School(school),
        None => OverrideFor::Student(PersonId(row.id("person")?)),
    };
    let ended = match row.optional_text("ended_by")? {
        None => None,
        Some(by) => Some(OverrideEnd {
            by,
            reason: row.text("end_reason")?,
            at: row.parsed("ended_at")?,
        }),
    };
    Ok(OverrideRow {
        number: row.integer("number")?,
        granted: NewOverride {
            code: row.text("code")?,
            holds_for,
            reason: row.text("reason")?,
            granted_by: row.text("granted_by")?,
            expires_at: row.parsed("expires_at")?,
            findings: read(&row.text("findings")?)?,
        },
        granted_at: row.parsed("granted_at")?,
        ended,
    })
}

/// The overrides that let an issuance pass.
pub(super) fn passed_under(row: &Row) -> Result<Vec<PassedUnder>, StoreError> {
    read(&row.text("overrides")?)
}

/// As it stands in a column.
pub(super) fn json<T: Serialize + ?Sized>(kept: &T) -> String {
    serde_json::to_string(kept).expect("it has only text keys and no float")
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    let unreadable = |_| StoreError::Inconsistent("an override does not read".to_owned());
    serde_json::from_str(text).map_err(unreadable)
}
