//! What programs that we did not write say about our signed files and keys.
//!
//! Our verifier and our writer could agree on the same mistake. These tests ask pyHanko, poppler's
//! pdfsig with NSS, qpdf and OpenSSL. They are found in the folders that `REGISTRAR_TOOLS` lists
//! (separated as in `PATH`), then in `PATH`; a missing program is a failed test, never a skip:
//! `tests/run` installs them.

#[path = "seal/support.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use registrar::host::{Clock, environment};
use registrar::seal::{Init, Issuer, KeyFolder, Passphrase, Suite, prove, verify, verify_proof};
use support::{District, PAGE, SIX_PAGES, SUITES};
use tempfile::TempDir;

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

fn run(program: &str, arguments: &[&str], folder: &TempDir) -> Output {
    let mut command = Command::new(tool(program));
    let ran = command.args(arguments).current_dir(folder.path()).output();
    ran.unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// Everything that a program printed.
fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// A folder with signed files of one and six pages, a tampered one, and the root.
fn evidence(suite: Suite) -> (TempDir, District) {
    // Judges look at their own clock, so the keys begin now.
    let district = District::new(suite, Clock::System.now());
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, content: &[u8]| {
        fs::write(folder.path().join(name), content).expect("written");
    };
    write("root.pem", district.root.certificate().to_pem().as_bytes());
    write(
        "signer.pem",
        district.documents.certificate().to_pem().as_bytes(),
    );
    write("data.pem", district.data.certificate().to_pem().as_bytes());
    for (name, pdf) in [("one.pdf", PAGE), ("six.pdf", SIX_PAGES)] {
        let signed = district.sign(pdf);
        assert!(verify(&signed, &district.trust).verdict.is_valid());
        write(name, &signed);
    }
    let mut tampered = district.sign(PAGE);
    let at = tampered.len() / 3;
    tampered[at] ^= 1;
    write("tampered.pdf", &tampered);
    (folder, district)
}

#[test]
fn pyhanko_judges_documents_valid_and_trusted() {
    for suite in SUITES {
        let (folder, _) = evidence(suite);
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
        for file in ["one.pdf", "six.pdf"] {
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
    let (folder, _) = evidence(Suite::P256);
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
    for file in ["one.pdf", "six.pdf"] {
        let text = said(&run("pdfsig", &["-nssdir", "sql:nss", file], &folder));
        for expected in [
            "Signature Validation: Signature is Valid.",
            "Certificate Validation: Certificate is Trusted.",
            "Total document signed",
            "Signer Certificate Common Name: Lincoln Unified",
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
    for suite in SUITES {
        let (folder, _) = evidence(suite);
        for file in ["one.pdf", "six.pdf"] {
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
fn poppler_reads_text_and_attachment_from_packed_files() {
    let (folder, _) = evidence(Suite::P256);
    let text = said(&run("pdftotext", &["one.pdf", "-"], &folder));
    assert!(text.contains("Zo\u{eb} Nu\u{f1}ez") && text.contains("Algebra 6 of term 4"));
    let output = run("pdfdetach", &["-saveall", "one.pdf"], &folder);
    assert!(output.status.success(), "{}", said(&output));
    let attached = fs::read(folder.path().join("transcript.json")).expect("the attachment");
    assert!(registrar::seal::parse_data(&attached).is_ok());
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
    let (folder, _) = evidence(Suite::P256);
    for (file, valid) in [
        ("one.pdf", true),
        ("six.pdf", true),
        ("tampered.pdf", false),
    ] {
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
    for suite in SUITES {
        let (folder, district) = evidence(suite);
        for certificate in ["signer.pem", "data.pem"] {
            let arguments = ["verify", "-x509_strict", "-CAfile", "root.pem", certificate];
            let output = run("openssl", &arguments, &folder);
            assert!(
                output.status.success(),
                "{suite} {certificate}: {}",
                said(&output)
            );
        }
        let data = serde_json::json!({"name": "Zo\u{eb}"});
        let proven = prove(&data, &district.data, Clock::System.now()).expect("a proof");
        assert!(verify_proof(&proven, &district.trust).is_valid());
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
