//! `registrar demo`: the whole way on the district that comes along, without a server or a network.
//!
//! Next: `court` makes the compliance report.

mod court;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use include_dir::{Dir, include_dir};
use serde::Serialize;

use court::Court;

use super::config::{ComplianceConfig, Config};
use super::issuing::{self, Press};
use super::{Context, Done, import, transcript};
use crate::host;
use crate::intake::{self, Options, Verdict};
use crate::issue::{Batch, Issued, Office, Purpose, Refusal};
use crate::record::{GradeLevel, Scope};
use crate::seal::{Init, Issuer, KeyFolder, Passphrase, Suite};
use crate::store::{Store, StudentQuery};
use crate::synthetic;
use crate::transcript::{Certification, DocumentRequest, Edition};
use crate::verify::{self, Conclusion};

/// The district that comes along: its own export, that of its charter school, and the two of the
/// special-education system.
static DISTRICT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/district");
/// Names a folder that an earlier demo made and this one may replace.
const MARKER: &str = ".registrar-demo";
const ORGANISATION: &str = "Marisol Unified School District";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder to make; one that an earlier demo made is replaced
    #[arg(long, default_value = "demo", value_name = "FOLDER")]
    out: PathBuf,
    /// The suite of document signatures
    #[arg(long, default_value = "p256", value_parser = ["p256", "ed25519"])]
    suite: String,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let begun = host::stopwatch();
    let out = &arguments.out;
    prepare(out)?;
    let config = Config {
        database: format!("sqlite:{}", out.join("registrar.db").display()),
        documents: out.join("documents"),
        keys: out.join("keys"),
        case_numbers: out.join("case-numbers.key"),
        compliance: court::systems(),
        ..Config::default()
    };
    let terminal = context.terminal;

    terminal.headline("1. Import the district's files");
    let store = Store::open(&config.database).await?;
    let files_of_district = issuing::out_folder(&out.join("files"))?;
    DISTRICT
        .extract(&files_of_district)
        .context("cannot unpack the district's files")?;
    // Transcripts are made of the student systems' records, and of nothing else.
    let packages = [synthetic::CENTRAL, synthetic::CHARTERS];
    import_packages(context, &store, &files_of_district, &packages).await?;

    terminal.headline("2. Make throw-away keys");
    let secret = hex::encode(host::random_bytes::<16>());
    let passphrase = Passphrase::new(secret.clone())?;
    make_keys(context, &config, out, &arguments.suite, &passphrase)?;
    // Real keys never lie beside what opens them; these certify nothing.
    issuing::write_private(&out.join("passphrase.txt"), secret.as_bytes())?;
    fs::write(out.join("registrar.toml"), settings(&config)?)?;

    terminal.headline("3. Issue the transcripts of grade 12");
    let press = Press::load(&config.transcript, "transcript", "en")?;
    let office = issuing::office(&config, context.clock, store, press, &passphrase)?;
    let batch = batch(context, &config, &office).await?;
    let outcome = transcript::run_batch(context, &office, &batch, false).await?;
    anyhow::ensure!(!outcome.issued.is_empty(), "no transcript could be issued");
    terminal.say(format_args!(
        "   {} signed transcripts, {} refused",
        outcome.issued.len(),
        outcome.refused.len()
    ));
    for refusal in &outcome.refused {
        terminal.say(issuing::refused_lines("   ", refusal).trim_end());
    }
    let files = copy_out(&office, &outcome.issued, out).await?;

    terminal.headline("4. Check one, as a college would");
    let good = judge(context, &office, &files[0])?;
    let tampered = tamper(out, &files[0])?;
    terminal.headline("5. Change one bit of it, and check again");
    let bad = judge(context, &office, &tampered)?;
    anyhow::ensure!(
        good == Conclusion::Valid,
        "a signed transcript did not pass"
    );
    anyhow::ensure!(bad == Conclusion::Invalid, "a changed transcript passed");
    let school = school_of(&office, &batch, &outcome.issued[0]).await?;

    terminal.headline("6. Import the special-education system's files");
    let packages = [synthetic::SEDS, synthetic::SEDS_UPDATE];
    import_packages(context, &office.store, &files_of_district, &packages).await?;
    terminal.headline("7. Report to the court on a consent decree");
    let court = court::report(context, &config, &office, out).await?;
    office.store.close().await;
    let made = Made {
        files,
        refused: outcome.refused,
        tampered,
        school,
        court,
        milliseconds: begun.elapsed().as_millis(),
    };
    finish(context, out, &made)
}

/// What the demo leaves behind.
struct Made {
    files: Vec<PathBuf>,
    refused: Vec<Refusal>,
    tampered: PathBuf,
    /// The state code of a school with students.
    school: String,
    court: Court,
    milliseconds: u128,
}

/// The school that has the student of a document.
async fn school_of(office: &Office, batch: &Batch, issued: &Issued) -> anyhow::Result<String> {
    let people = [issued.person];
    let records = office.store.records(&people, batch.recorded_at);
    let record = records.await?.pop().context("an issued record is gone")?;
    let enrolment = record.enrolments.last();
    Ok(enrolment.context("a senior is enrolled")?.school.clone())
}

fn finish(context: &Context, out: &Path, made: &Made) -> anyhow::Result<Done> {
    let (first, out) = (made.files[0].display(), out.display());
    let answer = serde_json::json!({
        "folder": out.to_string(),
        "transcripts": made.files.len(),
        "refused": made.refused,
        "transcript": first.to_string(),
        "tampered": made.tampered.display().to_string(),
        "court_edition": made.court.file.display().to_string(),
        "public_edition": made.court.public_file.display().to_string(),
        "left_out": made.court.left_out,
        "settings": format!("{out}/registrar.toml"),
        "certificate": format!("{out}/district.pem"),
        "milliseconds": u64::try_from(made.milliseconds)?,
    });
    let program = host::program();
    let as_of = made.court.as_of;
    context.terminal.data(&answer, || {
        format!(
            "\nDone in {}.{} s. Everything lies in `{out}`:\n\
             \n  transcripts/       {} signed PDFs; open one: {first}\n  \
             court-edition.pdf  a signed compliance report, without what nobody confirmed\n  \
             public-edition.pdf what everybody may see of it\n  \
             tampered.pdf       the first transcript with one bit changed\n  \
             district.pem       the certificate that a college and a court pin\n  \
             registrar.db       the records and the ledger\n  \
             registrar.toml     settings for the commands below\n  \
             passphrase.txt     what opens the throw-away keys\n  \
             files/             the district's files, as they were imported\n\
             \nTry next:\n\
             \n  {program} verify {first} --trust {out}/district.pem\n  \
             {program} verify {out}/tampered.pdf --trust {out}/district.pem\n  \
             {program} transcript preview --school {} --grade 11 --out {out}/previews \
             --config {out}/registrar.toml\n\
             \nAs the court's monitor, who counts again:\n\
             \n  {program} verify {out}/court-edition.pdf --trust {out}/district.pem\n  \
             {program} compliance bundle --as-of {as_of} {} --out {out}/bundle --config \
             {out}/registrar.toml --passphrase-file {out}/passphrase.txt\n  \
             {program} compliance recount {out}/court-edition.pdf {out}/bundle --trust \
             {out}/district.pem\n",
            made.milliseconds / 1000,
            made.milliseconds % 1000 / 100,
            made.files.len(),
            made.school,
            court::weeks(),
        )
    })?;
    Ok(Done::Yes)
}

/// The settings by which other commands find what the demo made; paths begin where it ran.
#[derive(Serialize)]
struct Settings<'a> {
    database: &'a str,
    documents: &'a Path,
    keys: &'a Path,
    case_numbers: &'a Path,
    compliance: &'a ComplianceConfig,
}

fn settings(config: &Config) -> anyhow::Result<String> {
    Ok(toml::to_string(&Settings {
        database: &config.database,
        documents: &config.documents,
        keys: &config.keys,
        case_numbers: &config.case_numbers,
        compliance: &config.compliance,
    })?)
}

/// An empty folder, in place of one that an earlier demo made.
fn prepare(out: &Path) -> anyhow::Result<()> {
    if out.join(MARKER).is_file() {
        fs::remove_dir_all(out)
            .with_context(|| format!("cannot replace the folder `{}`", out.display()))?;
    }
    let taken = out.is_dir() && fs::read_dir(out)?.next().is_some();
    anyhow::ensure!(
        !taken,
        "`{}` holds files that no demo made\nhint: name another folder with --out",
        out.display()
    );
    issuing::out_folder(out)?;
    fs::write(out.join(MARKER), "")?;
    Ok(())
}

async fn import_packages(
    context: &Context,
    store: &Store,
    files: &Path,
    packages: &[&str],
) -> anyhow::Result<()> {
    for package in packages {
        let folder = files.join(package);
        let bar = import::spinner(context);
        let mut progress = |progress: intake::Progress<'_>| import::show(&bar, progress);
        let options = Options::default();
        let outcome =
            intake::import(store, &folder, &options, context.clock, &mut progress).await?;
        bar.finish_and_clear();
        let Verdict::Landed(landed) = outcome.verdict else {
            anyhow::bail!("the shipped district was refused:\n{outcome}");
        };
        context.terminal.say(format_args!(
            "   {}: {} rows recorded",
            outcome.source.as_deref().unwrap_or_default(),
            landed.added
        ));
    }
    Ok(())
}

fn make_keys(
    context: &Context,
    config: &Config,
    out: &Path,
    suite: &str,
    passphrase: &Passphrase,
) -> anyhow::Result<()> {
    let suite: Suite = suite.parse()?;
    let issuer = Issuer {
        organisation: ORGANISATION.to_owned(),
        demo: true,
    };
    let now = context.clock.now();
    let init = Init {
        issuer,
        suite,
        now,
        passphrase,
        root_passphrase: passphrase,
    };
    let folder = KeyFolder::init(&config.keys, &out.join("root"), &init)?;
    fs::write(out.join("district.pem"), folder.export()?)?;
    context.terminal.say(format_args!(
        "   a root, a document key ({suite}) and a data key, marked DEMO in their certificates"
    ));
    Ok(())
}

async fn batch(context: &Context, config: &Config, office: &Office) -> anyhow::Result<Batch> {
    let issued_at = context.clock.now();
    let recorded_at = office.store.recorded_instant(None).await?;
    let recorded_at = recorded_at.context("nothing was imported")?;
    let seniors = StudentQuery::Everybody {
        grade_level: GradeLevel::new(12),
    };
    let found = office
        .store
        .find_people(&seniors, &Scope::District, recorded_at)
        .await?;
    Ok(Batch {
        id: host::random_bytes(),
        people: found.people,
        recorded_at,
        issued_at,
        request: DocumentRequest {
            id: String::new(),
            kind: None,
            edition: Edition::Official,
            language: "en".to_owned(),
            issued_on: config.date_of(issued_at)?,
            demonstration: true,
            show_state_id: false,
            show_address: false,
            use_chosen_name: false,
            certification: Some(Certification {
                name: "Demo Registrar".to_owned(),
                title: "Registrar".to_owned(),
            }),
        },
        purpose: Purpose::Copy,
        description: "demo: grade 12".to_owned(),
    })
}

async fn copy_out(office: &Office, issued: &[Issued], out: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = issuing::out_folder(&out.join("transcripts"))?;
    let mut files = Vec::with_capacity(issued.len());
    for document in issued {
        let bytes = office.ledger.read(document.document_id).await?;
        let name = format!("transcript-{}.pdf", hex::encode(document.document_id));
        fs::write(
            folder.join(&name),
            bytes.context("an issued document has no file")?,
        )?;
        files.push(folder.join(name));
    }
    Ok(files)
}

fn judge(context: &Context, office: &Office, file: &Path) -> anyhow::Result<Conclusion> {
    let answer = verify::examine(&fs::read(file)?, &office.signing.trust);
    for fact in answer
        .facts
        .iter()
        .filter(|fact| fact.outcome != "not_reached")
    {
        let mark = context.terminal.mark(fact.outcome == "ok");
        context
            .terminal
            .say(format_args!("   {mark} {}", fact.sentence));
    }
    context
        .terminal
        .say(format_args!("   {}", answer.conclusion.sentence()));
    Ok(answer.conclusion)
}

/// The same file with one bit of its middle changed.
fn tamper(out: &Path, file: &Path) -> anyhow::Result<PathBuf> {
    let mut bytes = fs::read(file)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let path = out.join("tampered.pdf");
    fs::write(&path, bytes)?;
    Ok(path)
}
