//! What public editions of compliance reports told, so that a later one hides what they and it
//! together would give away.
//!
//! Owns that the history is whole: a release is recorded with all that it told or not at all, and
//! only if it considered every release of its report before it. Nothing here is ever changed. A
//! report names the releases that it considered; made again, it reads those and no others, so that
//! it leaves out itself and whatever came later.
//!
//! Never: what was told; that is `compliance`'s, and a text here.

use jiff::Timestamp;
use jiff::civil::Date;

use super::database::{Row, Session, Sql, Value};
use super::issuances::digest;
use super::{Store, StoreError, instant_text};

/// Releases of one report that are read at most: a district has a few a year.
const RELEASES_MAX: i64 = 10_000;

/// Populations that one release may have: some for each outcome of a decree.
const POPULATIONS_MAX: usize = 1_000;

/// A signed public edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicRelease {
    /// SHA-256 of the signed file.
    pub digest: [u8; 32],
    /// The decree whose report it is.
    pub report: String,
    /// The day that it speaks of.
    pub as_of: Date,
    /// The instant whose records it read.
    pub as_known: Timestamp,
    /// When it was signed.
    pub released_at: Timestamp,
}

/// What a release told of one population.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldPopulation {
    /// The population.
    pub population: String,
    /// Its rows, as JSON; the store does not read them.
    pub told: String,
}

/// A public edition that is about to be committed: it becomes a release with its report's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRelease {
    /// What stands of it in the list of releases.
    pub release: PublicRelease,
    /// The releases that it considered.
    pub considered: Vec<[u8; 32]>,
    /// All that it told.
    pub told: Vec<ToldPopulation>,
}

/// Records a signed public edition within the transaction that issues it: what it told, and which
/// earlier releases it considered.
///
/// # Errors
/// [`StoreError::Conflict`], where it did not consider every release of its report before it, or
/// considered one that is not here; what the database said. Then nothing may be committed.
pub(super) async fn record(session: &mut Session<'_>, new: &NewRelease) -> Result<(), StoreError> {
    const RELEASE: Sql = Sql::both(
        "INSERT INTO public_releases (digest, report, as_of, as_known, released_at) \
         VALUES ($1, $2, $3, $4, $5)",
    );
    const CONSIDERED: Sql =
        Sql::both("INSERT INTO public_release_considered (release, considered) VALUES ($1, $2)");
    const TOLD: Sql = Sql::both(
        "INSERT INTO public_release_populations (release, population, told) VALUES ($1, $2, $3)",
    );
    let NewRelease {
        release,
        considered,
        told,
    } = new;
    if told.len() > POPULATIONS_MAX {
        return Err(StoreError::Conflict(format!(
            "a public edition tells of {} populations; at most {POPULATIONS_MAX}",
            told.len()
        )));
    }
    one_release_at_a_time(session).await?;
    let before = releases_of(session, &release.report).await?;
    all_were_considered(&before, considered)?;
    let values = [
        release.digest.as_slice().into(),
        release.report.as_str().into(),
        release.as_of.to_string().into(),
        instant_text(release.as_known).into(),
        instant_text(release.released_at).into(),
    ];
    session.execute(RELEASE, &values).await?;
    for earlier in considered {
        let values = [release.digest.as_slice().into(), earlier.as_slice().into()];
        session.execute(CONSIDERED, &values).await?;
    }
    for part in told {
        let values = [
            release.digest.as_slice().into(),
            part.population.as_str().into(),
            part.told.as_str().into(),
        ];
        session.execute(TOLD, &values).await?;
    }
    Ok(())
}

impl Store {
    /// The releases of a report, in the order in which they were signed: what its next public
    /// edition considers, and names.
    ///
    /// # Errors
    /// What the database said.
    pub async fn public_releases(&self, report: &str) -> Result<Vec<PublicRelease>, StoreError> {
        let mut connection = self.connection().await?;
        releases_of(&mut connection.session(), report).await
    }

    /// Which releases one considered.
    ///
    /// # Errors
    /// What the database said.
    pub async fn considered_by(&self, release: [u8; 32]) -> Result<Vec<[u8; 32]>, StoreError> {
        const CONSIDERED: Sql = Sql::both(
            "SELECT considered FROM public_release_considered WHERE release = $1 \
             ORDER BY considered",
        );
        let mut connection = self.connection().await?;
        let values: [Value; 1] = [release.as_slice().into()];
        let rows = connection.session().rows(CONSIDERED, &values).await?;
        rows.iter().map(|row| digest(row, "considered")).collect()
    }

    /// What these releases told, in their order and by population.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], where one of them was never released from here; what the database
    /// said.
    pub async fn told_by_releases(
        &self,
        releases: &[[u8; 32]],
    ) -> Result<Vec<ToldPopulation>, StoreError> {
        const THERE: Sql =
            Sql::both("SELECT COUNT(*) AS count FROM public_releases WHERE digest = $1");
        const TOLD: Sql = Sql::both(
            "SELECT population, told FROM public_release_populations WHERE release = $1 \
             ORDER BY population",
        );
        let mut connection = self.connection().await?;
        let mut session = connection.session();
        let mut told = Vec::new();
        for release in releases {
            let values: [Value; 1] = [release.as_slice().into()];
            if session.count(THERE, &values).await? == 0 {
                return Err(never_released(release));
            }
            for row in session.rows(TOLD, &values).await? {
                told.push(ToldPopulation {
                    population: row.text("population")?,
                    told: row.text("told")?,
                });
            }
        }
        Ok(told)
    }
}

/// Two that are recorded at once must not both be the next: each has to know the other. SQLite has
/// one writer as it is.
async fn one_release_at_a_time(session: &mut Session<'_>) -> Result<(), StoreError> {
    const LOCK: Sql = Sql::both("LOCK TABLE public_releases IN SHARE ROW EXCLUSIVE MODE");
    if matches!(session, Session::Postgres(_)) {
        session.execute(LOCK, &[]).await?;
    }
    Ok(())
}

async fn releases_of(
    session: &mut Session<'_>,
    report: &str,
) -> Result<Vec<PublicRelease>, StoreError> {
    const RELEASES: Sql = Sql::both(
        "SELECT digest, report, as_of, as_known, released_at FROM public_releases \
         WHERE report = $1 ORDER BY released_at, digest LIMIT $2",
    );
    let values = [report.into(), RELEASES_MAX.into()];
    let rows = session.rows(RELEASES, &values).await?;
    rows.iter().map(release).collect()
}

fn all_were_considered(
    before: &[PublicRelease],
    considered: &[[u8; 32]],
) -> Result<(), StoreError> {
    let is_there = |digest: &&[u8; 32]| before.iter().any(|it| it.digest == **digest);
    if let Some(unknown) = considered.iter().find(|digest| !is_there(digest)) {
        return Err(never_released(unknown));
    }
    let missing = before.iter().find(|it| !considered.contains(&it.digest));
    missing.map_or(Ok(()), |missing| {
        Err(StoreError::Conflict(format!(
            "the public edition {} was released on {} and is not among those that this one \
             considered; hint: make the report again, which considers it",
            hex::encode(missing.digest),
            missing.released_at
        )))
    })
}

fn never_released(digest: &[u8; 32]) -> StoreError {
    StoreError::Conflict(format!(
        "no public edition {} of this report was released from this database; hint: a report that \
         considered it is made again with the database that it was made with",
        hex::encode(digest)
    ))
}

fn release(row: &Row) -> Result<PublicRelease, StoreError> {
    Ok(PublicRelease {
        digest: digest(row, "digest")?,
        report: row.text("report")?,
        as_of: row.parsed("as_of")?,
        as_known: row.parsed("as_known")?,
        released_at: row.parsed("released_at")?,
    })
}
