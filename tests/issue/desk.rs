//! A district's office for one test: the fixture district, throw-away keys, workers of this
//! program.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use registrar::host::Clock;
use registrar::intake::{self, Options, Outcome, Verdict};
use registrar::issue::{
    Batch, Coverage, Examination, Examined, IssueError, Located, Office, Preview, Previews,
    Purpose, Refusal, Signing,
};
use registrar::ledger::{DocumentFiles, Ledger, LedgerProblem};
use registrar::record::{PersonId, Scope};
use registrar::render::{Limits, Pool};
use registrar::seal::{Init, Issuer, KeyFolder, Passphrase, Suite};
use registrar::store::{Store, StudentQuery};
use registrar::template::{Composed, Owners, Report};
use registrar::transcript::audit::Severity;
use registrar::transcript::{Certification, DocumentRequest, Edition, Policy};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::asked;

/// The school with the largest class of the fixture district.
pub const IRONWOOD: &str = "19999990100056";

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A database with the fixture district in it, for one test; it goes away with the test.
pub struct District {
    pub store: Store,
    _folder: TempDir,
}

/// The fixture district in SQLite: imported once, copied for each test. A
/// static folder would outlive the tests, so the copy is kept in memory.
pub async fn in_sqlite() -> District {
    static IMPORTED: OnceCell<Vec<u8>> = OnceCell::const_new();
    let imported = IMPORTED.get_or_init(async || {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("district.db");
        let url = format!("sqlite:{}", path.display());
        let store = Store::open(&url).await.expect("a new database opens");
        district(&store).await;
        store.close().await;
        std::fs::read(path).expect("the database is one file once it is closed")
    });
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("district.db");
    std::fs::write(&copy, imported.await).expect("copied");
    let store = Store::open(&format!("sqlite:{}", copy.display()))
        .await
        .expect("it opens");
    District {
        store,
        _folder: folder,
    }
}

/// Imports the fixture district, recorded on the evening of its export.
pub async fn district(store: &Store) {
    for package in ["district/central", "district/charters"] {
        import(store, package, "2026-06-12T21:00:00Z").await;
    }
}

/// Imports a fixture that must land.
pub async fn import(store: &Store, package: &str, recorded_at: &str) -> Outcome {
    let clock = Clock::Fixed(at(recorded_at));
    let path = fixtures().join(package);
    let outcome = intake::import(store, &path, &Options::default(), clock, &mut |_| {}).await;
    let outcome = outcome.expect("the import runs");
    assert!(matches!(outcome.verdict, Verdict::Landed(_)), "{outcome}");
    outcome
}

pub fn composed(language: &str) -> (Composed, Policy) {
    let report = Report::shipped("transcript").expect("the shipped report loads");
    let policy = report.rules("policy.toml").expect("it has rules");
    let policy = Policy::parse(policy).expect("the rules read");
    (report.compose(language).expect("it composes"), policy)
}

pub fn pool(composed: &Composed, workers: usize) -> Pool {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_registrar"));
    let workers = NonZeroUsize::new(workers).expect("at least one");
    Pool::start_with(program, composed, Limits::default(), workers).expect("a pool")
}

/// An office with new keys of this suite; its documents lie in `folder`.
pub fn office(store: &Store, folder: &Path, suite: Suite, workers: usize) -> Office {
    let now = at("2026-06-15T16:00:00Z");
    let passphrase = Passphrase::new("correct horse battery".to_owned()).expect("long enough");
    let issuer = Issuer {
        organisation: "Marisol Unified School District".into(),
        demo: true,
    };
    let init = Init {
        issuer,
        suite,
        now,
        passphrase: &passphrase,
        root_passphrase: &passphrase,
    };
    let keys =
        KeyFolder::init(&folder.join("keys"), &folder.join("root"), &init).expect("keys are made");
    let (composed, policy) = composed("en");
    let files = DocumentFiles::open(&folder.join("documents")).expect("a folder");
    Office {
        ledger: Ledger::new(store.clone(), files),
        store: store.clone(),
        pool: pool(&composed, workers),
        owners: Owners::default(),
        template_digest: composed.digest,
        wording: composed.wording,
        policy,
        documents_under_way_max: workers * 2,
        coverage: Coverage::shipped(),
        signing: Arc::new(Signing {
            document: keys.document_signer(&passphrase).expect("the key opens"),
            data: keys.data_signer(&passphrase).expect("the key opens"),
            trust: keys.trust_store().expect("the root reads"),
        }),
        clock: Clock::Fixed(now),
        time_zone: jiff::tz::TimeZone::get("America/Los_Angeles").expect("a time zone"),
    }
}

/// Begins a batch that stops before its first document is made: no worker can be started.
pub async fn interrupted(office: &mut Office, batch: &Batch) {
    let (composed, _) = composed("en");
    let nowhere = PathBuf::from("/nowhere/registrar");
    let broken = Pool::start_with(nowhere, &composed, Limits::default(), NonZeroUsize::MIN);
    let works = std::mem::replace(&mut office.pool, broken.expect("started by need"));
    let stopped = office.issue(batch, |_| {}).await;
    assert!(matches!(stopped, Err(IssueError::Render(_))), "{stopped:?}");
    office.pool = works;
}

/// What is wrong between the ledger's rows and its files.
pub async fn problems(office: &Office) -> Vec<LedgerProblem> {
    let mut problems = Vec::new();
    let checked = office.ledger.check(|problem| problems.push(problem)).await;
    checked.expect("checked");
    problems
}

pub fn request(edition: Edition) -> DocumentRequest {
    DocumentRequest {
        certification: (edition == Edition::Official).then(|| Certification {
            name: "Remedios Varo".into(),
            title: "Registrar".into(),
        }),
        ..asked::request(edition, jiff::civil::date(2026, 6, 15))
    }
}

pub async fn people(store: &Store, query: StudentQuery, known: &str) -> Vec<PersonId> {
    let found = store
        .find_people(&query, &Scope::District, at(known))
        .await
        .expect("found");
    assert_eq!(
        (&found.unknown, &found.ambiguous),
        (&Vec::new(), &Vec::new())
    );
    found.people
}

pub async fn students(store: &Store, numbers: &[&str]) -> Vec<PersonId> {
    let numbers = numbers.iter().map(ToString::to_string).collect();
    people(
        store,
        StudentQuery::Numbers(numbers),
        "2026-07-01T00:00:00Z",
    )
    .await
}

/// What the audit of the records needs, as they were left by the newest import.
pub async fn examination(store: &Store) -> Examination {
    let (_, policy) = composed("en");
    let known = store.recorded_instant(None).await.expect("read");
    Examination {
        store: store.clone(),
        policy: Arc::new(policy),
        of_schools: std::collections::BTreeMap::new(),
        coverage: Arc::new(Coverage::shipped()),
        request: request(Edition::Official),
        recorded_at: known.expect("something was imported"),
        on: jiff::civil::date(2026, 6, 15),
        now: at("2026-06-15T16:00:00Z"),
        pages_under_way_max: 3,
    }
}

/// Those of these people in whose record the audit finds no error: the district has some declared
/// figures that are wrong on purpose.
pub async fn sound(store: &Store, people: Vec<PersonId>) -> Vec<PersonId> {
    let mut wrong = Vec::new();
    let keep = |located: Located| {
        if located.finding.severity == Severity::Error {
            wrong.push(located.person);
        }
        Ok::<(), IssueError>(())
    };
    let who = Examined::People(people.clone());
    let examined = examination(store).await.findings(&who, keep).await;
    examined.expect("examined");
    let sound = people.into_iter().filter(|it| !wrong.contains(it));
    sound.collect()
}

/// A batch of these people, with the records as they were known then.
pub async fn batch(store: &Store, people: Vec<PersonId>, known: &str) -> Batch {
    let recorded_at = store.recorded_instant(Some(at(known))).await.expect("read");
    Batch {
        id: registrar::host::random_bytes(),
        people,
        recorded_at: recorded_at.expect("something was imported"),
        issued_at: at("2026-06-15T16:00:00Z"),
        request: request(Edition::Official),
        purpose: Purpose::Copy,
        description: "test".into(),
    }
}

/// Unofficial copies, and who got none.
pub async fn previews(
    store: &Store,
    policy: &Policy,
    pool: &Pool,
    people: &[PersonId],
    recorded_at: Timestamp,
    request: &DocumentRequest,
) -> (Vec<Preview>, Vec<Refusal>) {
    let wording = &composed(&request.language).0.wording;
    let previews = Previews {
        store,
        policy,
        pool,
        wording,
        owners: &Owners::default(),
        documents_under_way_max: 2,
        recorded_at,
        request,
        edition: Edition::Unofficial,
    };
    let (mut made, mut refused) = (Vec::new(), Vec::new());
    let collect = |copy| {
        match copy {
            Ok(preview) => made.push(preview),
            Err(refusal) => refused.push(refusal),
        }
        Ok::<(), IssueError>(())
    };
    previews.make(people, collect).await.expect("previews");
    (made, refused)
}
