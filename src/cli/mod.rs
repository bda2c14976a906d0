//! The command line: one file a command.
//!
//! Owns the arguments, the words of the answers and the exit codes: 0 done, 1 "no" (not valid,
//! refused, problems found), 2 could not do it. Data goes to stdout, talk and errors to stderr.
//!
//! Never: SQL, a signature, a rule. A command reads its arguments, opens what it needs, calls a
//! room and says what came of it.

mod causes;
mod check;
mod compliance;
mod config;
mod copies;
mod decided;
mod demo;
mod doctor;
mod explain;
mod failure;
mod file_name;
mod generate;
mod import;
mod imports;
mod init;
mod issued;
mod issuing;
mod key;
mod overrides;
mod passphrase;
mod people;
mod policy;
mod presses;
mod record;
mod template;
mod terminal;
mod transcript;
mod transfer;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::host::{self, Clock};
use crate::render;
use crate::store::Store;
use config::Config;
use failure::Failure;
use terminal::Terminal;

/// Turns a school district's records into signed documents that strangers can trust.
#[derive(Debug, Parser)]
#[command(name = "registrar", version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
struct Global {
    /// The database: `sqlite:registrar.db` or `postgres://user@host/name` [default: as configured]
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    database: Option<String>,
    /// The settings [default: registrar.toml, where it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Answer in JSON; an error is one line of JSON on standard error
    #[arg(long, global = true)]
    json: bool,
    /// Say nothing but the answer
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The whole story on a district that comes along: import, issue, verify, tamper
    Demo(demo::Arguments),
    /// Make a database and a registrar.toml with every setting explained
    Init(init::Arguments),
    /// Load a district's files
    Import(import::Arguments),
    /// What was imported; take the newest import back
    #[command(subcommand)]
    Imports(imports::Command),
    /// Decide about a student's record: who, on which ground, when; nothing is overwritten
    #[command(subcommand)]
    Record(record::Command),
    /// Transcripts: unofficial previews, official signed documents
    #[command(subcommand)]
    Transcript(transcript::Command),
    /// Look through records before transcripts leave: every finding with its row and what to do
    Check(check::Arguments),
    /// Let a finding of `check` pass, for a time and under a name
    #[command(subcommand)]
    Override(overrides::Command),
    /// A consent decree over the records: every outcome, its cases, and why
    #[command(subcommand)]
    Compliance(compliance::Command),
    /// The rules by which documents were issued
    #[command(subcommand)]
    Policy(policy::Command),
    /// Reports that a school can make its own: new, list, schema, check, preview, diff
    #[command(subcommand)]
    Template(template::Command),
    /// Check signed documents, each fact apart, in plain words
    Verify(verify::Arguments),
    /// Keys and certificates
    #[command(subcommand)]
    Key(key::Command),
    /// Make up a district of any size, in the import format
    Generate(generate::Arguments),
    /// Check this installation and say what to fix
    Doctor(doctor::Arguments),
    /// Lay out documents that arrive on standard input (the program starts this itself)
    #[command(name = render::worker::COMMAND, hide = true)]
    RenderWorker,
}

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    /// It did what was asked.
    Yes,
    /// It did, and the answer is no.
    No,
    /// It could not do a part of it, and has said which.
    Unable,
}

/// What every command may use.
struct Context {
    terminal: Terminal,
    config: Config,
    clock: Clock,
}

impl Context {
    fn new(global: &Global) -> anyhow::Result<Self> {
        let beside = PathBuf::from("registrar.toml");
        let mut config = match &global.config {
            Some(path) => Config::read(path)?,
            None if beside.is_file() => Config::read(&beside)?,
            None => Config::default(),
        };
        if let Some(database) = &global.database {
            config.database.clone_from(database);
        }
        let terminal = Terminal {
            json: global.json,
            quiet: global.quiet,
        };
        Ok(Self {
            terminal,
            config,
            clock: Clock::System,
        })
    }

    /// The database, which must be there: in a wrong folder nothing is made.
    async fn store(&self) -> anyhow::Result<Store> {
        Ok(Store::open_existing(&self.config.database).await?)
    }

    /// The database, made where there is none yet.
    async fn store_or_new(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.config.database).await?)
    }
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help and the version are no errors, and are asked for by people.
        Err(error) if error.use_stderr() && host::arguments().any(|word| word == "--json") => {
            Failure::of_arguments(&error).say(true);
            return ExitCode::from(2);
        }
        Err(error) => error.exit(),
    };
    if matches!(arguments.command, Command::RenderWorker) {
        // Before anything else of this program runs: the worker gives up what it does not need.
        return render::worker::main();
    }
    let json = arguments.global.json;
    match run(arguments) {
        Ok(Done::Yes) => ExitCode::SUCCESS,
        Ok(Done::No) => ExitCode::from(1),
        Ok(Done::Unable) => ExitCode::from(2),
        Err(error) => {
            Failure::of(&error).say(json);
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<Done> {
    let context = Context::new(&arguments.global)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match arguments.command {
            Command::Demo(arguments) => demo::run(&context, &arguments).await,
            Command::Init(arguments) => init::run(&context, &arguments).await,
            Command::Import(arguments) => import::run(&context, &arguments).await,
            Command::Imports(command) => imports::run(&context, &command).await,
            Command::Record(command) => record::run(&context, &command).await,
            Command::Transcript(command) => transcript::run(&context, &command).await,
            Command::Check(arguments) => check::run(&context, &arguments).await,
            Command::Override(command) => overrides::run(&context, &command).await,
            Command::Compliance(command) => compliance::run(&context, &command).await,
            Command::Policy(command) => policy::run(&context, &command).await,
            Command::Template(command) => template::run(&context, &command).await,
            Command::Verify(arguments) => verify::run(&context, &arguments),
            Command::Key(command) => key::run(&context, &command),
            Command::Generate(arguments) => generate::run(&context, &arguments),
            Command::Doctor(arguments) => doctor::run(&context, &arguments).await,
            Command::RenderWorker => Ok(Done::Yes),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
