//! The program in a folder of its own, as a person types its commands.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder with the program run in it, under passphrases that `key init` was given.
pub struct Desk(pub tempfile::TempDir);

impl Desk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = "[transcript]\ncertified_by = \"Remedios Varo\"\nworkers = 1\n";
        std::fs::write(folder.path().join("registrar.toml"), settings).expect("written");
        Self(folder)
    }

    /// With both packages of the fixture district imported.
    pub fn with_district() -> Self {
        let desk = Self::new();
        for package in ["central", "charters"] {
            let package = fixture(&format!("district/{package}"));
            desk.done(&["import", &package, "--quiet"]);
        }
        desk
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.with_passphrase("correct horse battery", arguments)
    }

    pub fn with_passphrase(&self, passphrase: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_registrar"))
            .current_dir(self.0.path())
            .env("REGISTRAR_PASSPHRASE", passphrase)
            .env("REGISTRAR_ROOT_PASSPHRASE", "another horse battery")
            .env_remove("DATABASE_URL")
            .args(arguments)
            .output()
            .expect("the program runs")
    }

    /// What a command that must end with this code writes.
    pub fn said(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let ended = output.status.code();
        assert_eq!(ended, Some(code), "{arguments:?}: {}", talk(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// The answer of a command that must end with this code.
    pub fn answer(&self, code: i32, arguments: &[&str]) -> Value {
        let said = self.said(code, &[arguments, &["--json"]].concat());
        serde_json::from_str(&said)
            .unwrap_or_else(|error| panic!("{arguments:?} answers in JSON: {error}: {said}"))
    }

    pub fn done(&self, arguments: &[&str]) -> String {
        self.said(0, arguments)
    }

    /// What a command that fails says.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "an error is no data");
        talk(&output)
    }

    pub fn keys(&self) {
        let organisation = ["--organisation", "Marisol Unified"];
        let root = ["--root-out", "root"];
        self.done(&[&["key", "init"], &organisation[..], &root].concat());
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// What a command says beside its data.
pub fn talk(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder or file of the fixtures.
pub fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
        .display()
        .to_string()
}
