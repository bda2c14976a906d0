//! Landing a staged import: one transaction that closes versions and adds new ones.

use jiff::Timestamp;

use super::database::Sql;
use super::holds::COUNT_HELD;
use super::imports::recording_instant;
use super::links::{Links, relink};
use super::open::one_import_at_a_time;
use super::plan::{Landed, Plan, TableChange};
use super::staging::Staging;
use super::stored::TABLES;
use super::systems::note_system;
use super::{StoreError, instant_text};

impl Staging {
    /// Lands everything in one transaction: closes what changed or went, adds what is new.
    ///
    /// `now` is the moment of landing, which is when the rows begin to be known: not the moment at
    /// which a long import began. The instant of recording is later than that of every earlier
    /// import, so that "as known" is never ambiguous. A package that changes nothing and is no
    /// newer leaves no trace.
    ///
    /// # Errors
    /// What the database said; then nothing has landed.
    pub async fn land(mut self, plan: &Plan, now: Timestamp) -> Result<Landed, StoreError> {
        self.header.recorded_at = self.header.recorded_at.max(now);
        let newer = plan
            .last_export
            .is_none_or(|last| self.header.exported_at > last);
        let held = self.connection.session().count(COUNT_HELD, &[]).await?;
        let holds_change = self.holds_change().await?;
        if !plan.left_over.totals.is_empty() {
            let text = "rows would name what is not there once the held rows are out";
            return Err(StoreError::Conflict(text.to_owned()));
        }
        if plan.is_unchanged() && !newer && !holds_change {
            return Ok(Landed {
                import: None,
                added: 0,
                changed: 0,
                withdrawn: 0,
            });
        }
        self.connection.session().execute(BEGIN, &[]).await?;
        let result = self.land_in_transaction(plan, held).await;
        let end = if result.is_ok() { COMMIT } else { ROLLBACK };
        self.connection.session().execute(end, &[]).await?;
        result
    }

    async fn land_in_transaction(&mut self, plan: &Plan, held: i64) -> Result<Landed, StoreError> {
        let sum = |part: fn(&TableChange) -> u64| plan.changes.iter().map(part).sum::<u64>();
        let landed = Landed {
            import: None,
            added: sum(|change| change.added),
            changed: sum(|change| change.changed),
            withdrawn: sum(|change| change.withdrawn),
        };
        one_import_at_a_time(&mut self.connection.session()).await?;
        if self.connection.session().count(NEWEST_IMPORT, &[]).await? != plan.newest_import {
            return Err(StoreError::Conflict(
                "another import landed while this one was checked\nhint: import it again"
                    .to_owned(),
            ));
        }
        let (now, allowed) = (self.header.recorded_at, self.header.allow_clock_behind);
        let mut session = self.connection.session();
        let recorded_at = instant_text(recording_instant(&mut session, now, allowed).await?);
        let (import, first_file) = self.record_import(&recorded_at, landed, held).await?;
        let source = self.header.source.clone();
        let mut session = self.connection.session();
        let links = Links::read(&mut session).await?;
        for sql in TABLES.iter() {
            session
                .execute(sql.close_withdrawn, &[recorded_at.as_str().into()])
                .await?;
            session
                .execute(sql.close_changed, &[recorded_at.as_str().into()])
                .await?;
            let values = [
                source.as_str().into(),
                first_file.into(),
                recorded_at.as_str().into(),
            ];
            session.execute(sql.add_versions, &values).await?;
        }
        note_system(&mut session, &source, &recorded_at).await?;
        relink(&mut session, &links, &recorded_at).await?;
        self.land_holds(&recorded_at, import, first_file).await?;
        Ok(Landed {
            import: Some(import),
            ..landed
        })
    }

    /// The import's own row and those of its files; gives its number and what to add to a staged
    /// file's number.
    async fn record_import(
        &mut self,
        recorded_at: &str,
        landed: Landed,
        held: i64,
    ) -> Result<(i64, i64), StoreError> {
        const NEXT: Sql = Sql::both("SELECT COALESCE(MAX(number), 0) + 1 AS count FROM imports");
        const LAST_FILE: Sql =
            Sql::both("SELECT COALESCE(MAX(number), 0) AS count FROM import_files");
        const IMPORT: Sql = Sql::both(
            "INSERT INTO imports VALUES ($1, 'import', $2, $3, $4, $5, NULL, $6, $7, $8, $9, \
             NULL, NULL)",
        );
        const FILE: Sql = Sql::both("INSERT INTO import_files VALUES ($1, $2, $3, $4, $5, $6, $7)");
        let integer = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let mut session = self.connection.session();
        let import = session.count(NEXT, &[]).await?;
        let first_file = session.count(LAST_FILE, &[]).await?;
        let values = [
            import.into(),
            self.header.source.as_str().into(),
            self.header.district.as_str().into(),
            instant_text(self.header.exported_at).into(),
            recorded_at.into(),
            integer(landed.added).into(),
            integer(landed.changed).into(),
            integer(landed.withdrawn).into(),
            held.into(),
        ];
        session.execute(IMPORT, &values).await?;
        for (place, file) in (1..).zip(&self.files) {
            let (digest, bytes, rows) = file.read.ok_or_else(|| {
                StoreError::Inconsistent(format!("`{}` was not read to its end", file.name))
            })?;
            let values = [
                (first_file + place).into(),
                import.into(),
                file.table.name().into(),
                file.name.as_str().into(),
                digest.as_slice().into(),
                integer(bytes).into(),
                integer(rows).into(),
            ];
            session.execute(FILE, &values).await?;
        }
        Ok((import, first_file))
    }
}

/// The newest import, whatever its source: what a plan rests on.
pub(super) const NEWEST_IMPORT: Sql =
    Sql::both("SELECT COALESCE(MAX(number), 0) AS count FROM imports");
const BEGIN: Sql = Sql::pair("BEGIN IMMEDIATE", "BEGIN");
const COMMIT: Sql = Sql::both("COMMIT");
const ROLLBACK: Sql = Sql::both("ROLLBACK");
