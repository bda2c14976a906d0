//! What a transcript costs, step by step, and what a person waits: `cargo bench`.
//!
//! Everything is measured in one run, in rounds by turns, and compared as ratios: the machine is
//! somebody else's tomorrow, and another one in a minute. A ratio below its bar fails the run. The
//! first part runs on one core (it starts itself again under `taskset`): the steps of
//! a document, our layout against PyPI's `typst` binding on the same page, and the whole way from
//! stored records to signed, examined files against the bare layout. The second part is what a
//! person waits for, on all cores.
//!
//! The binding is found through `REGISTRAR_TOOLS` (a folder with `python3`, as `tests/run` makes
//! it).

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures time and starts itself again on one core"
)]

mod binding;
#[path = "../common/district.rs"]
mod district;
mod laps;

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use registrar::exchange;
use registrar::host::{Clock, random_bytes};
use registrar::issue::{
    Batch, Coverage, Examination, Examined, IssueError, Located, Office, Purpose, Sample, Signing,
    unprintable,
};
use registrar::ledger::{DocumentFiles, Ledger};
use registrar::record::{Directory, GradeLevel, PersonId, Scope};
use registrar::render::{Attachment, Job, Limits, Pool, Relationship, Renderer};
use registrar::seal::{self, Issuer, Root, Statement, Suite, TrustStore};
use registrar::store::{Store, StudentQuery};
use registrar::synthetic::{CENTRAL, CHARTERS};
use registrar::template::{Composed, Owners, Report};
use registrar::transcript::audit::Severity;
use registrar::transcript::{
    ATTACHMENT_NAME, Certification, DocumentRequest, Edition, PlanTrace, Policy, Progress,
    Transcript, assemble,
};
use registrar::verify;

use binding::Binding;
use district::{Fallible, open, runtime};
use laps::{Lap, Laps, at_most};

/// The program's own, so that both sides of a ratio have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds that are counted on one core; one more before them fills caches.
const ROUNDS: usize = 15;
/// The plans of the shipped policy; each record is held against every one.
const PLANS: [&str; 3] = ["district-210", "state-minimum", "carnegie"];
/// Documents of one round, of each thing that is measured in it.
const DOCUMENTS: usize = 100;
/// Pages of one round, where ours and the binding's are compared.
const PAGES: usize = 20;
/// Documents before each loop in a round that are not counted: the loop before filled the caches.
const WARM_UP: usize = 4;
/// Students of the made-up district.
const STUDENTS: u32 = 10_000;
/// A graduating class, for the person who waits.
const SENIORS: usize = 400;

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, folder] = &arguments[..]
        && mode == "one-core"
    {
        return runtime()?.block_on(one_core(Path::new(folder)));
    }
    let folder = tempfile::tempdir()?;
    prepare(folder.path())?;
    let this = std::env::current_exe()?;
    let status = Command::new("taskset")
        .args(["-c", "0"])
        .arg(this)
        .args(["one-core".as_ref(), folder.path()])
        .status()?;
    // What a person waits for is measured even where the first part is below its bar.
    let waits = runtime()?.block_on(person_waits(folder.path()));
    if !status.success() {
        return Err("the part on one core failed".into());
    }
    waits
}

fn now() -> Instant {
    Instant::now()
}

fn moment() -> Timestamp {
    Clock::System.now()
}

/// A synthetic district with a class of [`SENIORS`], imported.
fn prepare(folder: &Path) -> Fallible<()> {
    let begun = now();
    let rows = district::prepare(folder, STUDENTS, &[CENTRAL, CHARTERS])?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("a district made up and imported: {rows:?} rows, {seconds:.1} s");
    Ok(())
}

/// What both parts use.
struct Desk {
    store: Store,
    composed: Composed,
    policy: Policy,
    directory: Directory,
    people: Vec<PersonId>,
    known: Timestamp,
    root: Root,
    trust: TrustStore,
}

async fn desk(folder: &Path, people: usize) -> Fallible<Desk> {
    let store = open(folder).await?;
    let report = Report::shipped("transcript")?;
    let policy = Policy::parse(report.rules("policy.toml").ok_or("no rules")?)?;
    let known = store
        .recorded_instant(Some(moment()))
        .await?
        .ok_or("nothing imported")?;
    let seniors = StudentQuery::Everybody {
        grade_level: GradeLevel::new(12),
    };
    let found = store
        .find_people(&seniors, &Scope::District, known)
        .await?
        .people;
    let directory = store.directory(known).await?;
    let coverage = Coverage::shipped();
    let mut chosen = Vec::new();
    let found = sound(&store, &policy, known, found).await?;
    for chunk in found.chunks(200) {
        for record in store.records(chunk, known).await? {
            if chosen.len() < people
                && let Ok(made) = assemble(&record, &directory, &policy, &request())
                && unprintable(&exchange::transcript_json(&made.transcript), &coverage).is_empty()
            {
                chosen.push(record.id);
            }
        }
    }
    assert_eq!(
        chosen.len(),
        people,
        "the synthetic district has a class of that size"
    );
    let issuer = Issuer {
        organisation: "Bench Unified".into(),
        demo: true,
    };
    let root = Root::generate(&issuer, Suite::P256, moment())?;
    let trust = TrustStore::from_pem(&root.certificate().to_pem())?;
    Ok(Desk {
        composed: report.compose("en")?,
        policy,
        directory,
        people: chosen,
        known,
        root,
        trust,
        store,
    })
}

/// Those in whose record the audit finds no error: they are issued a transcript.
async fn sound(
    store: &Store,
    policy: &Policy,
    known: Timestamp,
    people: Vec<PersonId>,
) -> Fallible<Vec<PersonId>> {
    let examination = Examination {
        store: store.clone(),
        policy: Arc::new(policy.clone()),
        of_schools: std::collections::BTreeMap::new(),
        coverage: Arc::new(Coverage::shipped()),
        request: request(),
        recorded_at: known,
        on: request().issued_on,
        now: moment(),
        pages_under_way_max: 2,
    };
    let mut wrong = HashSet::new();
    let keep = |located: Located| {
        if located.finding.severity == Severity::Error {
            wrong.insert(located.person);
        }
        Ok::<(), IssueError>(())
    };
    let who = Examined::People(people.clone());
    examination.findings(&who, keep).await?;
    let sound = people.into_iter().filter(|it| !wrong.contains(it));
    Ok(sound.collect())
}

fn request() -> DocumentRequest {
    DocumentRequest {
        id: hex::encode([7; 16]),
        certification: Some(Certification {
            name: "R. Varo".into(),
            title: "Registrar".into(),
        }),
        ..district::request()
    }
}

impl Desk {
    fn office(&self, folder: &Path, workers: usize) -> Fallible<Office> {
        let files = DocumentFiles::open(&folder.join("documents"))?;
        Ok(Office {
            store: self.store.clone(),
            ledger: Ledger::new(self.store.clone(), files),
            policy: self.policy.clone(),
            template_digest: self.composed.digest,
            wording: self.composed.wording.clone(),
            pool: self.pool(workers)?,
            owners: Owners::default(),
            documents_under_way_max: workers * 2,
            coverage: Coverage::shipped(),
            signing: Arc::new(Signing {
                document: self.root.document_signer(moment())?,
                data: self.root.data_signer(moment())?,
                trust: self.trust.clone(),
            }),
            clock: Clock::System,
            time_zone: jiff::tz::TimeZone::UTC,
        })
    }

    fn pool(&self, workers: usize) -> Fallible<Pool> {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_registrar"));
        let workers = NonZeroUsize::new(workers).ok_or("no worker")?;
        Ok(Pool::start_with(
            program,
            &self.composed,
            Limits::default(),
            workers,
        )?)
    }

    fn batch(&self, people: &[PersonId]) -> Batch {
        Batch {
            id: random_bytes(),
            people: people.to_vec(),
            recorded_at: self.known,
            issued_at: moment(),
            request: request(),
            purpose: Purpose::Copy,
            description: "bench".into(),
        }
    }
}

async fn one_core(folder: &Path) -> Fallible<()> {
    let desk = desk(folder, DOCUMENTS).await?;
    let office = desk.office(folder, 1)?;
    let renderer = Renderer::new(&desk.composed, &Limits::default())?;
    let pages = full_pages()?;
    let mut binding = Binding::start(folder, &pages)?;
    let mut laps = Laps::default();
    let mut signed = Vec::new();
    for round in 0..=ROUNDS {
        if round == 1 {
            laps = Laps::default();
        }
        println!("  round {round} of {ROUNDS}");
        let models = read_and_assemble(&desk, &mut laps).await?;
        let jobs = jobs(&desk, &models)?;
        only_lay_out(&renderer, &jobs, &mut laps.layout)?;
        let pdfs = lay_out(&renderer, &jobs, &mut laps.lay_out)?;
        whole(&desk, &office, &mut laps.whole).await?;
        signed = sign(&desk, &pdfs, &mut laps.sign)?;
        examine(&desk, &signed, &mut laps.verify);
        lay_out(&renderer, &page_jobs(&pages), &mut laps.pages)?;
        binding.compile(&mut laps.binding)?;
    }
    let bytes = signed.iter().map(Vec::len).sum::<usize>() / signed.len();
    println!("\na signed file has {bytes} bytes on average");
    laps.print()
}

async fn read_and_assemble(desk: &Desk, laps: &mut Laps) -> Fallible<Vec<Transcript>> {
    let begun = now();
    let mut records = desk.store.records(&desk.people, desk.known).await?;
    laps.read.add(records.len(), begun);
    let begun = now();
    let mut models = Vec::new();
    for record in &records {
        let request = DocumentRequest {
            id: hex::encode(random_bytes::<16>()),
            ..request()
        };
        let made = assemble(record, &desk.directory, &desk.policy, &request)
            .map_err(|problems| format!("{problems:?}"))?;
        models.push(made.transcript);
    }
    laps.assemble.add(models.len(), begun);
    let assembled = begun.elapsed();
    let begun = now();
    for record in &mut records {
        let progress = Progress::of(&desk.policy, record, "en");
        let areas = progress.college_preparation.ok_or("no a-g areas")?;
        std::hint::black_box(areas);
        for plan in PLANS {
            let chosen = record.plan.as_mut().ok_or("a senior without a plan")?;
            plan.clone_into(&mut chosen.plan);
            let trace = PlanTrace::of(&desk.policy, record, "en").ok_or("no such plan")?;
            std::hint::black_box(trace);
        }
    }
    laps.plans.add(records.len(), begun);
    let both = assembled + begun.elapsed();
    laps.figures.seconds(records.len(), both.as_secs_f64());
    Ok(models)
}

/// The shipped full page, 56 courses, each time of another student with other marks.
fn full_pages() -> Fallible<Vec<Transcript>> {
    let report = Report::shipped("transcript")?;
    let samples = report.samples();
    let (_, text) = samples
        .iter()
        .find(|(name, _)| name.contains("full-page"))
        .ok_or("no full page")?;
    let sample = Sample::read(text)?;
    let page = sample.transcript(&sample.policy(&report)?, "en", Edition::Official)?;
    let marks = ["A", "B", "C", "A-", "B+", "D", "F", "P"];
    let pages = (0..PAGES).map(|number| {
        let mut page = page.clone();
        page.student.name = format!("Student{number} Lastname{}", number * 31 % 977);
        page.student.student_id = format!("{:010}", 910_000_000 + number);
        page.document.id = format!("{:032x}", number * 7919 + 13);
        for (place, term) in page.terms.iter_mut().enumerate() {
            let courses = term.courses.len();
            term.courses.rotate_left((number + place) % courses);
            for (row, course) in term.courses.iter_mut().enumerate() {
                course.mark = marks[(number + place * 3 + row) % marks.len()].to_owned();
            }
        }
        page
    });
    Ok(pages.collect())
}

/// The full pages, without an attachment.
fn page_jobs(pages: &[Transcript]) -> Vec<Job> {
    let job = |page: &Transcript| Job {
        model: exchange::transcript_json(page).to_string().into_bytes(),
        attachments: Vec::new(),
        document_id: page.document.id.clone(),
        issued_at: moment(),
        issued_on: page.document.issued_on,
    };
    pages.iter().map(job).collect()
}

fn jobs(desk: &Desk, models: &[Transcript]) -> Fallible<Vec<Job>> {
    let signer = desk.root.data_signer(moment())?;
    let mut jobs = Vec::with_capacity(models.len());
    for transcript in models {
        let model = exchange::transcript_json(transcript);
        let proof = seal::proof_of(&model, &signer, moment())?;
        let model = exchange::text(&model);
        jobs.push(Job {
            attachments: vec![Attachment {
                name: ATTACHMENT_NAME.into(),
                mime: "application/json".into(),
                description: "The data of this transcript".into(),
                relationship: Relationship::Data,
                bytes: exchange::proven_text(&model, &proof),
            }],
            model,
            document_id: transcript.document.id.clone(),
            issued_at: moment(),
            issued_on: transcript.document.issued_on,
        });
    }
    Ok(jobs)
}

/// Layout without the export.
fn only_lay_out(renderer: &Renderer, jobs: &[Job], lap: &mut Lap) -> Fallible<()> {
    for job in &jobs[..WARM_UP] {
        renderer.pages(job)?;
    }
    let begun = now();
    for job in jobs {
        renderer.pages(job)?;
    }
    lap.add(jobs.len(), begun);
    Ok(())
}

/// The bare loop: layout and export, nothing else.
fn lay_out(renderer: &Renderer, jobs: &[Job], lap: &mut Lap) -> Fallible<Vec<Vec<u8>>> {
    for job in &jobs[..WARM_UP] {
        renderer.render(job)?;
    }
    let begun = now();
    let pdfs: Result<Vec<_>, _> = jobs
        .iter()
        .map(|job| renderer.render(job).map(|rendered| rendered.pdf))
        .collect();
    lap.add(jobs.len(), begun);
    Ok(pdfs?)
}

fn sign(desk: &Desk, pdfs: &[Vec<u8>], lap: &mut Lap) -> Fallible<Vec<Vec<u8>>> {
    let signer = desk.root.document_signer(moment())?;
    let statement = Statement {
        reason: "Official transcript",
        signed_at: moment(),
    };
    let begun = now();
    let signed: Result<Vec<_>, _> = pdfs
        .iter()
        .map(|pdf| seal::sign(pdf, &signer, &statement))
        .collect();
    lap.add(pdfs.len(), begun);
    Ok(signed?)
}

fn examine(desk: &Desk, signed: &[Vec<u8>], lap: &mut Lap) {
    let begun = now();
    for file in signed {
        std::hint::black_box(verify::examine(file, &desk.trust));
    }
    lap.add(signed.len(), begun);
}

/// Stored records to signed, examined, committed files, with one worker on the same core.
async fn whole(desk: &Desk, office: &Office, lap: &mut Lap) -> Fallible<()> {
    office
        .issue(&desk.batch(&desk.people[..WARM_UP]), |_| {})
        .await?;
    let batch = desk.batch(&desk.people);
    let begun = now();
    let outcome = office.issue(&batch, |_| {}).await?;
    lap.add(outcome.issued.len(), begun);
    assert_eq!(
        outcome.issued.len(),
        batch.people.len(),
        "{:?}",
        outcome.refused
    );
    Ok(())
}

async fn person_waits(folder: &Path) -> Fallible<()> {
    let desk = desk(folder, SENIORS).await?;
    let cores = std::thread::available_parallelism()?.get();
    println!("\nwhat a person waits for, {cores} cores:");
    let record = desk.store.records(&desk.people[..1], desk.known).await?;
    let number = &record[0].person.person;
    let database = format!("sqlite:{}", folder.join("registrar.db").display());
    let mut times = Vec::new();
    for round in 0..5 {
        let out = folder.join(format!("previews-{round}"));
        let begun = now();
        let output = Command::new(env!("CARGO_BIN_EXE_registrar"))
            .args([
                "transcript",
                "preview",
                "--student",
                number,
                "--database",
                &database,
                "--out",
            ])
            .arg(&out)
            .output()?;
        times.push(begun.elapsed());
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    times.sort_unstable();
    at_most(
        "one preview, from the command",
        times[times.len() / 2],
        Duration::from_millis(300),
    )?;
    let office = desk.office(folder, cores)?;
    let batch = desk.batch(&desk.people);
    let begun = now();
    let outcome = office.issue(&batch, |_| {}).await?;
    assert_eq!(outcome.issued.len(), SENIORS, "{:?}", outcome.refused);
    at_most(
        &format!("{SENIORS} transcripts issued"),
        begun.elapsed(),
        Duration::from_secs(30),
    )
}
