//! `registrar key`: the root apart from the rest, working keys, the certificate that colleges pin.

use std::path::PathBuf;

use anyhow::Context as _;
use serde::Serialize;

use super::passphrase::{PassphraseArguments, RootPassphraseArguments};
use super::{Context, Done};
use crate::seal::{Init, Issuer, KeyFolder, KeyRecord, KeyStatus, Passphrase, Purpose, Suite};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make the root, a document key and a data key
    ///
    /// The root certifies the others and is written apart, to be kept offline. `p256` signatures
    /// are shown as valid by Acrobat, Okular and most readers; `ed25519` ones by few, so far.
    Init(InitArguments),
    /// Make a new document or data key that waits for the root, or certify one that waits
    Certify(CertifyArguments),
    /// Every key and its state
    List,
    /// Make a new key, certified by the root, and retire the one before it
    Rotate(RotateArguments),
    /// Write the certificate that colleges pin
    Export(ExportArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct InitArguments {
    /// The district or school, as it stands in the certificates
    #[arg(long, value_name = "NAME")]
    organisation: String,
    /// A folder for the root key, better on another medium
    #[arg(long, value_name = "FOLDER")]
    root_out: PathBuf,
    /// The suite of document signatures
    #[arg(long, default_value = "p256", value_parser = ["p256", "ed25519"])]
    suite: String,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    #[command(flatten)]
    root_passphrase: RootPassphraseArguments,
}

#[derive(Debug, clap::Args)]
pub(super) struct CertifyArguments {
    /// The key that waits, as `key list` shows it; without one a new key is made
    key: Option<String>,
    /// What the new key is for
    #[arg(long, value_parser = ["document", "data"])]
    #[arg(conflicts_with = "key", required_unless_present = "key")]
    purpose: Option<String>,
    /// The folder of the root key; without it a new key waits
    #[arg(long, value_name = "FOLDER", required_unless_present = "purpose")]
    root: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    #[command(flatten)]
    root_passphrase: RootPassphraseArguments,
}

#[derive(Debug, clap::Args)]
pub(super) struct RotateArguments {
    /// What the key is for
    #[arg(long, value_parser = ["document", "data"])]
    purpose: String,
    /// The folder of the root key
    #[arg(long, value_name = "FOLDER")]
    root: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    #[command(flatten)]
    root_passphrase: RootPassphraseArguments,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExportArguments {
    /// Where to write it [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A key as it is listed.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    record: &'a KeyRecord,
    valid_until: Option<String>,
}

pub(super) fn run(context: &Context, command: &Command) -> anyhow::Result<Done> {
    match command {
        Command::Init(arguments) => init(context, arguments),
        Command::Certify(arguments) => certify(context, arguments),
        Command::List => list(context),
        Command::Rotate(arguments) => rotate(context, arguments),
        Command::Export(arguments) => export(context, arguments),
    }
}

fn init(context: &Context, arguments: &InitArguments) -> anyhow::Result<Done> {
    let suite: Suite = arguments.suite.parse()?;
    let passphrase = arguments.passphrase.choose()?;
    let root_passphrase = arguments.root_passphrase.choose()?;
    let issuer = Issuer {
        organisation: arguments.organisation.clone(),
        demo: false,
    };
    let init = Init {
        issuer,
        suite,
        now: context.clock.now(),
        passphrase: &passphrase,
        root_passphrase: &root_passphrase,
    };
    let folder = KeyFolder::init(&context.config.keys, &arguments.root_out, &init)?;
    let root = arguments.root_out.display();
    context.terminal.say(format_args!(
        "The root key is in `{root}`: keep that folder offline, and a copy of it elsewhere"
    ));
    context.terminal.say(format_args!(
        "The working keys are in `{}`; next: `registrar key export --out {}.pem` for colleges",
        folder.path().display(),
        "district"
    ));
    show(context, &folder)
}

fn list(context: &Context) -> anyhow::Result<Done> {
    show(context, &KeyFolder::open(&context.config.keys)?)
}

fn show(context: &Context, folder: &KeyFolder) -> anyhow::Result<Done> {
    let listed: Vec<Listed<'_>> = folder
        .records()
        .iter()
        .map(|record| {
            let certificate = folder.certificate(record).ok();
            let valid_until = certificate.map(|c| c.validity().1.strftime("%Y-%m-%d").to_string());
            Listed {
                record,
                valid_until,
            }
        })
        .collect();
    context.terminal.data(&listed, || {
        let mut text = format!(
            "{:<18}{:<10}{:<9}{:<9}{}\n",
            "key", "purpose", "suite", "status", "valid until"
        );
        for Listed {
            record,
            valid_until,
        } in &listed
        {
            text.push_str(&format!(
                "{:<18}{:<10}{:<9}{:<9}{}\n",
                record.id,
                record.purpose.to_string(),
                record.suite.to_string(),
                status(record.status),
                valid_until.as_deref().unwrap_or("not certified yet"),
            ));
        }
        text
    })?;
    Ok(Done::Yes)
}

fn status(status: KeyStatus) -> &'static str {
    match status {
        KeyStatus::Pending => "pending",
        KeyStatus::Active => "active",
        KeyStatus::Retired => "retired",
    }
}

fn purpose(name: &str) -> Purpose {
    if name == "data" {
        Purpose::Data
    } else {
        Purpose::Document
    }
}

fn certify(context: &Context, arguments: &CertifyArguments) -> anyhow::Result<Done> {
    let mut folder = KeyFolder::open(&context.config.keys)?;
    let now = context.clock.now();
    let id = match (&arguments.key, &arguments.purpose) {
        // Before anything is asked: nobody types a passphrase for a key that is not there.
        (Some(id), _) => folder.pending(id)?.id.clone(),
        (None, name) => {
            let passphrase = arguments.passphrase.open()?;
            same_passphrase(&folder, &passphrase)?;
            let made = purpose(name.as_deref().unwrap_or("document"));
            folder.add(made, &passphrase, now)?.id
        }
    };
    if let Some(root) = &arguments.root {
        let root = KeyFolder::open(root)
            .with_context(|| format!("`{}` is not the root's folder", root.display()))?
            .open_root(&arguments.root_passphrase.open()?)?;
        folder.certify(&id, &root, now)?;
        context
            .terminal
            .say(format_args!("Key {id} is certified and active"));
    } else {
        context.terminal.say(format_args!(
            "Key {id} waits: where the root is, run `registrar key certify {id} --root FOLDER`"
        ));
    }
    show(context, &folder)
}

fn rotate(context: &Context, arguments: &RotateArguments) -> anyhow::Result<Done> {
    let mut folder = KeyFolder::open(&context.config.keys)?;
    let root = KeyFolder::open(&arguments.root)?.open_root(&arguments.root_passphrase.open()?)?;
    let passphrase = arguments.passphrase.open()?;
    same_passphrase(&folder, &passphrase)?;
    let made = folder.rotate(
        purpose(&arguments.purpose),
        &root,
        &passphrase,
        context.clock.now(),
    )?;
    context.terminal.say(format_args!(
        "Key {} signs from now on; what the one before it signed stays valid",
        made.id
    ));
    show(context, &folder)
}

/// One passphrase opens the document key and the data key; a new key under another one could never
/// be used together with the key that stays.
fn same_passphrase(folder: &KeyFolder, passphrase: &Passphrase) -> anyhow::Result<()> {
    folder
        .data_signer(passphrase)
        .map(drop)
        .context("a new key takes the passphrase of the keys that are there")
}

fn export(context: &Context, arguments: &ExportArguments) -> anyhow::Result<Done> {
    let pem = KeyFolder::open(&context.config.keys)?.export()?;
    match &arguments.out {
        Some(path) => {
            std::fs::write(path, &pem)
                .with_context(|| format!("cannot write `{}`", path.display()))?;
            context.terminal.say(format_args!(
                "Wrote `{}`; a college checks with `registrar verify FILE --trust {}`",
                path.display(),
                path.display()
            ));
            let answer = serde_json::json!({ "certificate": path.display().to_string() });
            context.terminal.data(&answer, String::new)?;
        }
        None => context
            .terminal
            .data(&serde_json::json!({ "pem": pem }), || pem.clone())?,
    }
    Ok(Done::Yes)
}
