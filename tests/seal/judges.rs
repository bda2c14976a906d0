//! What programs that we did not write say about our signed files and keys.
//!
//! Our verifier and our writer could agree on the same mistake. These tests ask pyHanko, poppler's
//! pdfsig with NSS, qpdf and OpenSSL. They are found in the folders that `REGISTRAR_TOOLS` lists
//! (separated as in `PATH`), then in `PATH`; a missing program is a failed test, never a skip:
//! `tests/run` installs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use registrar::exchange::Document;
use registrar::host::{Clock, environment};
use registrar::seal::{Init, Issuer, KeyFolder, Passphrase};
use registrar::verify::{self, Conclusion};
use tempfile::TempDir;

use crate::issued::{Issued, ORGANISATION, PAGES, issued};
use crate::reading::reads_in_order;
use crate::support::SUITES;

/// A program from outside, by name.
fn tool(name: &str) -> PathBuf {
    let folders = ["REGISTRAR_TOOLS", "PATH"].map(environment);
    let folders: Vec<PathBuf> = folders
        .iter()
        .flatten()
        .flat_map(|list| std::env::split_paths(list))
        .collect();
    let found = folders
        .iter()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!("`{name}` is in none of the folders of REGISTRAR_TOOLS and PATH; run tests/run")
    })
}

/// Runs a program from outside in this folder.
pub fn run(program: &str, arguments: &[&str], folder: &TempDir) -> Output {
    let mut command = Command::new(tool(program));
    let ran = command.args(arguments).current_dir(folder.path()).output();
    ran.unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// Everything that a program printed.
fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// The issued files by name: that of the student.
fn files() -> [String; 3] {
    PAGES.map(|(student, _)| format!("{student}.pdf"))
}

/// A folder with what was issued in one suite, a tampered copy, and the certificates.
fn evidence(issued: &Issued) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, content: &[u8]| {
        fs::write(folder.path().join(name), content).expect("written");
    };
    write("root.pem", issued.root.as_bytes());
    for (name, pem) in ["signer.pem", "data.pem"].iter().zip(&issued.signers) {
        write(name, pem.as_bytes());
    }
    for (name, signed) in files().iter().zip(&issued.files) {
        let answer = verify::examine(signed, &issued.trust);
        assert_eq!(answer.conclusion, Conclusion::Valid, "{name}");
        write(name, signed);
    }
    let mut tampered = issued.files[0].clone();
    let at = tampered.len() / 3;
    tampered[at] ^= 1;
    write("tampered.pdf", &tampered);
    folder
}

#[test]
fn pyhanko_judges_documents_valid_and_trusted() {
    for issued in issued() {
        let (folder, suite) = (evidence(issued), issued.suite);
        let validate = |file: &str| {
            let arguments = [
                "sign",
                "validate",
                "--trust",
                "root.pem",
                "--trust-replace",
                "--pretty-print",
                file,
            ];
            run("pyhanko", &arguments, &folder)
        };
        for file in &files() {
            let output = validate(file);
            let text = said(&output);
            assert!(output.status.success(), "{suite} {file}: {text}");
            for expected in [
                "The signature is judged VALID.",
                "The signature covers the entire file.",
                "The signer's certificate is trusted.",
            ] {
                assert!(
                    text.contains(expected),
                    "{suite} {file}: no `{expected}` in {text}"
                );
            }
        }
        let output = validate("tampered.pdf");
        assert!(
            !said(&output).contains("judged VALID"),
            "{suite}: {}",
            said(&output)
        );
    }
}

#[test]
fn pdfsig_calls_p256_documents_valid_and_trusted() {
    let folder = evidence(&issued()[0]);
    fs::create_dir(folder.path().join("nss")).expect("a folder");
    let database = ["-d", "sql:nss"];
    let new = run(
        "certutil",
        &[&["-N", "--empty-password"][..], &database].concat(),
        &folder,
    );
    assert!(new.status.success(), "{}", said(&new));
    let add = ["-A", "-n", "root", "-t", "C,C,C", "-i", "root.pem"];
    let added = run("certutil", &[&add[..], &database].concat(), &folder);
    assert!(added.status.success(), "{}", said(&added));
    for file in &files() {
        let text = said(&run("pdfsig", &["-nssdir", "sql:nss", file], &folder));
        for expected in [
            "Signature Validation: Signature is Valid.",
            "Certificate Validation: Certificate is Trusted.",
            "Total document signed",
            &format!("Signer Certificate Common Name: {ORGANISATION}"),
        ] {
            assert!(text.contains(expected), "{file}: no `{expected}` in {text}");
        }
    }
    let text = said(&run(
        "pdfsig",
        &["-nssdir", "sql:nss", "tampered.pdf"],
        &folder,
    ));
    assert!(text.contains("Digest Mismatch"), "{text}");
}

#[test]
fn qpdf_finds_nothing_wrong_with_the_files() {
    for issued in issued() {
        let (folder, suite) = (evidence(issued), issued.suite);
        for file in &files() {
            let output = run("qpdf", &["--check", file], &folder);
            let text = said(&output);
            assert!(output.status.success(), "{suite} {file}: {text}");
            assert!(
                text.contains("No syntax or stream encoding errors found"),
                "{text}"
            );
        }
    }
}

#[test]
fn poppler_reads_every_fact_and_the_attachment_of_the_files() {
    for issued in issued() {
        let folder = evidence(issued);
        for (file, signed) in files().iter().zip(&issued.files) {
            let answer = verify::examine(signed, &issued.trust);
            let model = answer.document.and_then(Document::into_transcript);
            let model = model.expect("it is valid");
            let raw = ["-raw", "-enc", "UTF-8", "-nopgbrk", file, "-"];
            let output = run("pdftotext", &raw, &folder);
            reads_in_order(&String::from_utf8_lossy(&output.stdout), &model);
            let output = run("pdfdetach", &["-saveall", file], &folder);
            assert!(output.status.success(), "{}", said(&output));
            let attached = fs::read(folder.path().join("transcript.json"));
            let attached = attached.expect("the attachment");
            let data = registrar::seal::parse_data(&attached).expect("data");
            assert_eq!(data["document"]["id"], model.document.id.as_str());
        }
    }
}

#[test]
fn a_reader_library_finds_every_page_of_the_files() {
    for issued in issued() {
        for ((student, pages), signed) in PAGES.iter().zip(&issued.files) {
            let read = hayro_syntax::Pdf::new(signed.clone()).expect("a PDF");
            assert_eq!(read.pages().len(), *pages, "{student}");
            let title = read.metadata().title.clone().expect("a title");
            assert!(!title.is_empty());
        }
    }
}

/// The signature container and the signed content of a file, as the byte range says.
fn split(signed: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let find = |needle: &[u8]| {
        signed
            .windows(needle.len())
            .rposition(|window| window == needle)
    };
    let start = find(b"/Contents<").expect("a signature") + b"/Contents".len();
    let end = find(b">>>\nendobj\n").expect("an end") + 1;
    let padded = hex::decode(&signed[start + 1..end - 1]).expect("hexadecimal");
    // DER: 30 82, two bytes of length, content.
    let length = usize::from(padded[2]) << 8 | usize::from(padded[3]);
    (
        padded[..length + 4].to_vec(),
        [&signed[..start], &signed[end..]].concat(),
    )
}

#[test]
fn openssl_verifies_p256_signatures_as_cades() {
    let folder = evidence(&issued()[0]);
    let good = files();
    let good = good.iter().map(|file| (file.as_str(), true));
    for (file, valid) in good.chain([("tampered.pdf", false)]) {
        let signed = fs::read(folder.path().join(file)).expect("a file");
        let (container, content) = split(&signed);
        fs::write(folder.path().join("signature.der"), container).expect("written");
        fs::write(folder.path().join("content"), content).expect("written");
        let arguments = [
            "cms",
            "-verify",
            "-cades",
            "-binary",
            "-inform",
            "DER",
            "-in",
            "signature.der",
            "-content",
            "content",
            "-CAfile",
            "root.pem",
            "-purpose",
            "any",
            "-out",
            "/dev/null",
        ];
        let output = run("openssl", &arguments, &folder);
        assert_eq!(output.status.success(), valid, "{file}: {}", said(&output));
    }
}

#[test]
fn openssl_accepts_the_certificate_chains() {
    for issued in issued() {
        let folder = evidence(issued);
        for certificate in ["signer.pem", "data.pem"] {
            let arguments = ["verify", "-x509_strict", "-CAfile", "root.pem", certificate];
            let output = run("openssl", &arguments, &folder);
            let suite = issued.suite;
            assert!(
                output.status.success(),
                "{suite} {certificate}: {}",
                said(&output)
            );
        }
    }
}

#[test]
fn openssl_opens_the_key_files_with_their_passphrase() {
    let words = "correct horse battery";
    let passphrase = &Passphrase::new(words.to_owned()).expect("long enough");
    for suite in SUITES {
        let folder = tempfile::tempdir().expect("a folder");
        let issuer = Issuer {
            organisation: "Lincoln Unified".into(),
            demo: false,
        };
        let now = Clock::System.now();
        let request = Init {
            issuer,
            suite,
            now,
            passphrase,
            root_passphrase: passphrase,
        };
        let path = |name: &str| folder.path().join(name);
        let keys = KeyFolder::init(&path("keys"), &path("root"), &request).expect("keys");
        for record in keys.records().iter().filter(|record| record.secret) {
            let file = keys.path().join(record.key_file());
            let public = public_key(&file, words, &folder);
            let published = fs::read_to_string(
                keys.path()
                    .join(format!("{}-{}.pub.pem", record.purpose, record.id)),
            );
            assert_eq!(
                public,
                published.expect("the public key"),
                "{suite} {}",
                record.purpose
            );
        }
    }
}

fn public_key(file: &Path, words: &str, folder: &TempDir) -> String {
    let passphrase = format!("pass:{words}");
    let file = file.to_string_lossy();
    let arguments = ["pkey", "-in", &file, "-passin", &passphrase, "-pubout"];
    let output = run("openssl", &arguments, folder);
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
