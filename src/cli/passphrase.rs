//! Where a passphrase comes from: a file, the environment, or a prompt that shows nothing.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::host;
use crate::seal::Passphrase;

/// The largest file that a passphrase is read from, in bytes; only its first line counts.
const PASSPHRASE_FILE_BYTES_MAX: usize = 16 << 10;

/// How the passphrase of the working keys is given.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct PassphraseArguments {
    /// A file whose first line opens the document and data keys [else: REGISTRAR_PASSPHRASE, else
    /// a prompt]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// How the passphrase of the root key is given.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct RootPassphraseArguments {
    /// A file whose first line opens the root key [else: REGISTRAR_ROOT_PASSPHRASE, else a prompt]
    #[arg(long, value_name = "FILE")]
    root_passphrase_file: Option<PathBuf>,
}

impl PassphraseArguments {
    /// The passphrase that opens keys which are there.
    pub fn open(&self) -> anyhow::Result<Passphrase> {
        given(
            self.passphrase_file.as_deref(),
            "REGISTRAR_PASSPHRASE",
            "Passphrase: ",
            false,
        )
    }

    /// The passphrase for keys that are made now; a prompt asks twice.
    pub fn choose(&self) -> anyhow::Result<Passphrase> {
        given(
            self.passphrase_file.as_deref(),
            "REGISTRAR_PASSPHRASE",
            "New passphrase: ",
            true,
        )
    }
}

impl RootPassphraseArguments {
    /// The passphrase that opens the root key.
    pub fn open(&self) -> anyhow::Result<Passphrase> {
        let file = self.root_passphrase_file.as_deref();
        given(
            file,
            "REGISTRAR_ROOT_PASSPHRASE",
            "Passphrase of the root key: ",
            false,
        )
    }

    /// The passphrase for a root key that is made now.
    pub fn choose(&self) -> anyhow::Result<Passphrase> {
        let file = self.root_passphrase_file.as_deref();
        given(
            file,
            "REGISTRAR_ROOT_PASSPHRASE",
            "New passphrase of the root key: ",
            true,
        )
    }
}

fn given(
    file: Option<&Path>,
    variable: &str,
    prompt: &str,
    twice: bool,
) -> anyhow::Result<Passphrase> {
    let words = if let Some(path) = file {
        first_line(path)
            .with_context(|| format!("cannot read the passphrase file `{}`", path.display()))?
    } else if let Some(words) = host::environment(variable) {
        Zeroizing::new(words)
    } else {
        ask(prompt, variable, twice)?
    };
    Ok(Passphrase::new(words)?)
}

fn first_line(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    // Of its full size at once: a vector that grows leaves its words behind in memory.
    let mut bytes = Zeroizing::new(vec![0; PASSPHRASE_FILE_BYTES_MAX + 1]);
    let mut file = File::open(path)?;
    let mut length = 0;
    while length < bytes.len() {
        match file.read(&mut bytes[length..])? {
            0 => break,
            more => length += more,
        }
    }
    anyhow::ensure!(
        length <= PASSPHRASE_FILE_BYTES_MAX,
        "it is larger than {PASSPHRASE_FILE_BYTES_MAX} bytes"
    );
    let text = std::str::from_utf8(&bytes[..length]).context("it is not UTF-8 text")?;
    let line = text.lines().next().unwrap_or_default();
    Ok(Zeroizing::new(line.to_owned()))
}

fn ask(prompt: &str, variable: &str, twice: bool) -> anyhow::Result<Zeroizing<String>> {
    let no_prompt = || format!("no passphrase was given\nhint: set {variable}, or name a file");
    let words = Zeroizing::new(rpassword::prompt_password(prompt).with_context(no_prompt)?);
    if twice {
        let again =
            Zeroizing::new(rpassword::prompt_password("Once more: ").with_context(no_prompt)?);
        anyhow::ensure!(*words == *again, "the two passphrases differ");
    }
    Ok(words)
}
