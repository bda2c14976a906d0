//! `registrar compliance bundle`: every case for the court, with what its rules read.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Context, Done, FILE, Reading, open, text_of};
use crate::cli::passphrase::PassphraseArguments;
use crate::cli::terminal::shown;
use crate::host;
use crate::issue::{BundleOrder, SQL_FOLDER};
use crate::seal::KeyFolder;
use crate::template;

/// Bytes of one file of a decree's SQL.
const SQL_BYTES_MAX: u64 = 1024 * 1024;
/// Files of a decree's SQL.
const SQL_FILES_MAX: usize = 500;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    reading: Reading,
    /// The folder to write: not there yet, or empty
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// A file to write apart, with whose number each of the bundle's is: for the court's counsel
    /// under seal, and for nobody else
    #[arg(long, value_name = "FILE")]
    key_table: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub(in crate::cli) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let compliance = open(context, &arguments.reading).await?;
    let settings = &context.config.compliance;
    let named = arguments
        .reading
        .decree
        .as_ref()
        .unwrap_or(&settings.decree);
    let (_, decree) = text_of(named)?;
    let sql = sql_of(named)?;
    apart(arguments)?;
    let keys = KeyFolder::open(&context.config.keys)?;
    let signer = keys.data_signer(&arguments.passphrase.open()?)?;
    let order = BundleOrder {
        decree: &decree,
        sql: &sql,
        made_at: context.clock.now(),
        signer: &signer,
        out: &arguments.out,
        key_table: arguments.key_table.as_deref(),
    };
    let bundled = compliance.bundle(&order, |_| {}).await?;
    context.terminal.data(&bundled, || {
        format!(
            "{}: {} cases in {} files\n",
            bundled.folder.display(),
            bundled.cases,
            bundled.files
        )
    })?;
    context.terminal.say(
        "It names no child, but has a number for each and what the records say of it: for the \
         court and its monitor alone. README.md in it says how to check it without this program",
    );
    if let Some(path) = &arguments.key_table {
        context.terminal.say(format_args!(
            "`{}` tells whose these numbers are: under seal, and never beside the bundle",
            shown(path.display())
        ));
    }
    Ok(Done::Yes)
}

/// Refuses a table of numbers that would lie in the bundle.
fn apart(arguments: &Arguments) -> anyhow::Result<()> {
    let Some(table) = &arguments.key_table else {
        return Ok(());
    };
    let out = std::path::absolute(&arguments.out)?;
    anyhow::ensure!(
        !std::path::absolute(table)?.starts_with(out),
        "the table of numbers would lie in the bundle\nhint: name a file elsewhere with --key-table"
    );
    Ok(())
}

/// The SQL that stands beside a decree, by file name.
fn sql_of(named: &str) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    if !named.contains(std::path::is_separator) {
        let files = template::shipped_files(&format!("{named}/{SQL_FOLDER}"));
        let files = files.into_iter();
        return Ok(files.map(|(name, text)| (name, text.to_vec())).collect());
    }
    let path = Path::new(named);
    let folder = match path.file_name() {
        Some(name) if !path.is_dir() && name == FILE => path.with_file_name(SQL_FOLDER),
        _ => path.join(SQL_FOLDER),
    };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    let entries = std::fs::read_dir(&folder);
    for entry in entries.with_context(|| format!("cannot read `{}`", folder.display()))? {
        let path = entry?.path();
        let shown = path.display().to_string();
        let name = path.file_name().and_then(|name| name.to_str());
        let is_sql = path.extension().is_some_and(|it| it == "sql");
        let Some(name) = name.filter(|_| is_sql && path.is_file()) else {
            continue;
        };
        anyhow::ensure!(
            files.len() < SQL_FILES_MAX,
            "`{shown}` is one too many: {SQL_FILES_MAX} files at most\n\
             hint: this is no second computation of a decree"
        );
        let text = host::read_file(&path, SQL_BYTES_MAX);
        let text = text.with_context(|| format!("cannot read `{shown}`"))?;
        files.push((name.to_owned(), text));
    }
    files.sort();
    Ok(files)
}
