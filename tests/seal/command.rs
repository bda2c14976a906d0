//! `registrar verify` as a college types it, on files that want to mislead whoever reads it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::issued::{Issued, ORGANISATION, issued};

/// A folder with a district's certificate and files to check.
struct College(tempfile::TempDir);

impl College {
    fn trusting(issued: &Issued) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("district.pem"), &issued.root).expect("written");
        Self(folder)
    }

    fn receives(&self, name: impl AsRef<Path>, bytes: &[u8]) {
        std::fs::write(self.0.path().join(name), bytes).expect("written");
    }

    fn verify(&self, arguments: &[&OsStr]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_registrar"))
            .current_dir(self.0.path())
            .env_remove("DATABASE_URL")
            .args(["verify", "--trust", "district.pem"])
            .args(arguments)
            .output()
            .expect("the program runs")
    }

    /// What the command prints about the files, which must be text, and its exit code.
    fn text(&self, files: &[&str]) -> (String, i32) {
        let files: Vec<_> = files.iter().map(OsStr::new).collect();
        let output = self.verify(&files);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        (text, output.status.code().expect("it ends by itself"))
    }
}

/// Whether a terminal would do with this text anything but show it line by line.
fn moves_a_terminal(text: &str) -> bool {
    let moves = |character: char| {
        (character.is_control() && character != '\n')
            || matches!(u32::from(character), 0x200E..=0x200F | 0x202A..=0x202E | 0x2066..=0x2069)
    };
    text.chars().any(moves)
}

/// The file with another organisation in the subject of its certificate, which no signature covers.
fn renamed(file: &[u8], name: &str) -> Vec<u8> {
    let name = format!("{name:<width$}", width = ORGANISATION.len());
    let (own, other) = (hex::encode(ORGANISATION), hex::encode(name));
    assert_eq!(own.len(), other.len());
    let mut changed = file.to_vec();
    // Both the subject and its issuer are the district.
    for place in 0..=changed.len() - own.len() {
        if changed[place..].starts_with(own.as_bytes()) {
            changed[place..place + own.len()].copy_from_slice(other.as_bytes());
        }
    }
    changed
}

#[test]
fn a_forged_name_in_a_certificate_neither_moves_the_terminal_nor_is_believed() {
    for issued in issued() {
        let college = College::trusting(issued);
        let wiping = renamed(&issued.files[0], "\x1b[8A\x1b[J Valid");
        college.receives("wiping.pdf", &wiping);
        let (text, code) = college.text(&["wiping.pdf"]);
        assert_eq!(code, 1);
        assert!(!moves_a_terminal(&text), "{text:?}");
        assert!(text.contains("✗ The signer's certificate is missing, damaged or not alone."));
        assert!(!text.contains("signed by"), "nobody is named: {text}");
        let plain = renamed(&issued.files[0], "University of Somewhere");
        college.receives("plain.pdf", &plain);
        let (text, code) = college.text(&["plain.pdf"]);
        assert_eq!(code, 1);
        assert!(!text.contains("  signed by "), "{text}");
        assert!(
            text.contains("claims to be signed by \"University of Somewhere")
                && text.contains("that is not proven"),
            "{text}"
        );
        college.receives("good.pdf", &issued.files[0]);
        let (text, code) = college.text(&["good.pdf"]);
        assert_eq!(code, 0, "{text}");
        assert!(
            text.contains(&format!("  signed by   {ORGANISATION}, ")),
            "{text}"
        );
    }
}

#[test]
fn a_files_name_is_shown_in_one_line_that_moves_nothing() {
    let issued = &issued()[0];
    let college = College::trusting(issued);
    for name in [
        "x\x1b[2J.pdf",
        "x.pdf\n  ✓ Valid: this is exactly what the issuer signed.",
        "\u{202e}fdp.x",
        "x\u{9b}8A",
    ] {
        college.receives(name, b"no PDF");
        for name in [name, &format!("missing {name}")] {
            let (text, code) = college.text(&[name]);
            assert!(code > 0 && !moves_a_terminal(&text), "{text:?}");
            assert!(
                !text.lines().any(|line| line.starts_with("  ✓ Valid")),
                "{text}"
            );
            let output = college.verify(&[OsStr::new("--json"), OsStr::new(name)]);
            let json = String::from_utf8(output.stdout).expect("UTF-8");
            assert!(!moves_a_terminal(&json), "{json:?}");
            let lines: Value = serde_json::from_str(&json).expect("JSON");
            assert_eq!(lines[0]["file"], name, "a program reads the name as it is");
        }
        let output = college.verify(&["--trust", &format!("no {name}"), name].map(OsStr::new));
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(
            said.starts_with("error: ") && !moves_a_terminal(&said),
            "{said:?}"
        );
    }
    let output = college.verify(&[OsStr::from_bytes(b"\xff\x1b[2J.pdf")]);
    assert!(!moves_a_terminal(&String::from_utf8_lossy(&output.stdout)));
}

#[test]
fn many_files_are_answered_in_the_order_of_the_arguments() {
    let issued = &issued()[0];
    let college = College::trusting(issued);
    college.receives("good.pdf", &issued.files[0]);
    college.receives("bad.pdf", b"no PDF");
    // More than are examined at once, and the slow ones not at the end.
    let names = ["good.pdf", "bad.pdf", "missing.pdf", "bad.pdf", "bad.pdf"];
    let names: Vec<&OsStr> = names.iter().cycle().take(71).map(OsStr::new).collect();
    let output = college.verify(&[&[OsStr::new("--json")], &names[..]].concat());
    assert_eq!(output.status.code(), Some(2));
    let json = String::from_utf8(output.stdout).expect("UTF-8");
    let rows: Value = serde_json::from_str(&json).expect("one array");
    let rows = rows.as_array().expect("one array");
    assert_eq!(rows.len(), names.len());
    for (row, name) in rows.iter().zip(&names) {
        assert_eq!(row["file"].as_str().map(OsStr::new), Some(*name));
        assert_eq!(row["error"].is_string(), *name == "missing.pdf");
        let valid = row["conclusion"] == "valid";
        assert_eq!(valid, *name == "good.pdf");
    }
    let pretty = serde_json::to_string_pretty(&rows).expect("JSON");
    assert_eq!(json, format!("{pretty}\n"), "as if it were written at once");
    let output = college.verify(&names);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let firsts = text.split("\n\n").filter_map(|block| block.lines().next());
    assert_eq!(firsts.map(OsStr::new).collect::<Vec<_>>(), names);
    assert!(output.stderr.starts_with(b"not every file could be read"));
}

#[test]
fn what_the_command_reads_is_bounded() {
    let issued = &issued()[0];
    let college = College::trusting(issued);
    for arguments in [
        &["verify", "good.pdf", "--trust", "/dev/zero"][..],
        &[
            "key",
            "init",
            "--organisation",
            "X",
            "--root-out",
            "root",
            "--passphrase-file",
            "/dev/zero",
        ],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_registrar"))
            .current_dir(college.0.path())
            .args(arguments)
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with("error: "), "{said}");
    }
}

#[test]
fn a_key_that_is_not_there_is_named_before_a_passphrase_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str], root_words: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_registrar"));
        command
            .current_dir(folder.path())
            .env("REGISTRAR_PASSPHRASE", "correct horse battery")
            .env_remove("REGISTRAR_ROOT_PASSPHRASE")
            .stdin(std::process::Stdio::null())
            .args(arguments);
        if let Some(words) = root_words {
            command.env("REGISTRAR_ROOT_PASSPHRASE", words);
        }
        let output = command.output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    let init = ["key", "init", "--organisation", "X", "--root-out"];
    let (code, said) = run(&[&init[..], &["keys"]].concat(), Some("another horse"));
    assert_eq!(code, Some(2));
    assert!(
        said.contains("are not apart") && said.contains("hint: "),
        "{said}"
    );
    assert!(!folder.path().join("keys").exists(), "nothing is made");
    let (code, said) = run(&[&init[..], &["root"]].concat(), Some("another horse"));
    assert_eq!(code, Some(0), "{said}");
    for root in ["root", "none"] {
        let certify = ["key", "certify", "0123456789abcdef", "--root", root];
        let (code, said) = run(&certify, None);
        assert_eq!(code, Some(2));
        assert!(
            said.contains("no key has the id `0123456789abcdef`"),
            "{said}"
        );
    }
}
