//! The map of ARCHITECTURE.md, held: which room may use which, what each must never contain.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may use. `host` (the clock, randomness, the environment) is open
/// to every room that is not pure.
const ROOMS: &[(&str, &[&str])] = &[
    ("host", &[]),
    ("record", &[]),
    ("store", &["record", "host"]),
    ("intake", &["record", "store", "host"]),
    ("synthetic", &["record", "intake"]),
    ("transcript", &["record"]),
    ("exchange", &["transcript"]),
    ("template", &[]),
    ("render", &["template", "host"]),
    ("seal", &["host"]),
    ("ledger", &["record", "store", "host"]),
    ("verify", &["seal", "exchange", "transcript"]),
    (
        "issue",
        &[
            "record",
            "store",
            "transcript",
            "exchange",
            "template",
            "render",
            "seal",
            "ledger",
            "verify",
            "host",
        ],
    ),
    (
        "cli",
        &[
            "record",
            "store",
            "intake",
            "synthetic",
            "transcript",
            "exchange",
            "template",
            "render",
            "seal",
            "ledger",
            "verify",
            "issue",
            "host",
        ],
    ),
];

/// Rooms in which the same input gives the same output, exactly.
const PURE: &[&str] = &["record", "transcript", "exchange"];

const LINES_MAX: usize = 620;
const COLUMNS_MAX: usize = 100;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Every source of `src` with the room that it stands in.
fn rooms() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&root)
        .into_iter()
        .filter_map(|path| {
            let inner = path.strip_prefix(&root).expect("below src");
            let first = inner
                .iter()
                .next()?
                .to_str()?
                .trim_end_matches(".rs")
                .to_owned();
            let text = fs::read_to_string(&path).expect("a text");
            (first != "lib" && first != "main").then_some((first, path, text))
        })
        .collect()
}

/// The text without comments, so that prose about another room is no use of it.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn used_rooms(line: &str) -> Vec<&str> {
    let name = |rest: &str| rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    let mut used = Vec::new();
    for (place, _) in line.match_indices("crate::") {
        let rest = &line[place + "crate::".len()..];
        match rest.strip_prefix('{') {
            // `use crate::{record, store::Store}` on one line.
            Some(list) => used.extend(list.split(',').map(|entry| {
                let entry = entry.trim().trim_end_matches([';', '}']);
                &entry[..name(entry).unwrap_or(entry.len())]
            })),
            None => used.push(&rest[..name(rest).unwrap_or(rest.len())]),
        }
    }
    used
}

#[test]
fn a_room_uses_only_rooms_that_the_map_allows() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (room, path, text) in rooms() {
        let Some(may_use) = allowed.get(room.as_str()) else {
            wrong.push(format!("{}: the map has no room `{room}`", path.display()));
            continue;
        };
        for (number, line) in code(&text) {
            for used in used_rooms(line) {
                let known = allowed.contains_key(used);
                if known && used != room && !may_use.contains(&used) {
                    wrong.push(format!("{}:{number}: {room} uses {used}", path.display()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "edges that the map lacks:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn pure_rooms_know_no_float_clock_file_or_chance() {
    let banned = [
        "f32",
        "f64",
        "std::fs",
        "std::net",
        "std::time",
        "host::",
        "tokio",
        "sqlx",
    ];
    let mut wrong = Vec::new();
    for (room, path, text) in rooms() {
        if !PURE.contains(&room.as_str()) {
            continue;
        }
        for (number, line) in code(&text) {
            for word in banned.iter().filter(|word| line.contains(*word)) {
                wrong.push(format!("{}:{number}: {word}", path.display()));
            }
        }
        if path.ends_with(format!("{room}/mod.rs")) {
            let denied = text.contains("#![deny(clippy::float_arithmetic)]");
            assert!(
                denied || room == "exchange",
                "{room} does not deny float arithmetic"
            );
        }
    }
    assert!(wrong.is_empty(), "in pure rooms:\n{}", wrong.join("\n"));
}

#[test]
fn statements_stand_in_the_store_only() {
    let words = [
        "SELECT ",
        "INSERT INTO",
        "UPDATE ",
        "DELETE FROM",
        "CREATE TABLE",
    ];
    let mut wrong = Vec::new();
    for (room, path, text) in rooms() {
        for (number, line) in code(&text).filter(|_| room != "store") {
            if words.iter().any(|word| line.contains(&format!("\"{word}"))) {
                wrong.push(format!("{}:{number}", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "SQL outside the store:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn only_one_place_holds_a_key_a_database_or_the_network() {
    let rules: &[(&str, &[&str])] = &[
        ("sqlx", &["store"]),
        ("typst", &["render", "template"]),
        ("ed25519_dalek", &["seal"]),
        ("p256", &["seal"]),
        // The sandbox's own test tries to reach the network, and must fail.
        ("std::net", &["render"]),
    ];
    let mut wrong = Vec::new();
    for (room, path, text) in rooms() {
        for (number, line) in code(&text) {
            for (word, homes) in rules {
                let uses =
                    line.contains(&format!("{word}::")) || line.contains(&format!("use {word}"));
                if uses && !homes.contains(&room.as_str()) {
                    wrong.push(format!("{}:{number}: {word}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "out of place:\n{}", wrong.join("\n"));
}

#[test]
fn every_source_begins_with_what_it_owns_and_stays_readable() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for path in sources(&root.join(folder)) {
            let text = fs::read_to_string(&path).expect("a text");
            let name = path
                .strip_prefix(root)
                .expect("below the root")
                .display()
                .to_string();
            if !text.starts_with("//!") {
                wrong.push(format!("{name}: does not begin with `//!`"));
            }
            let lines = text.lines().count();
            if lines > LINES_MAX {
                wrong.push(format!(
                    "{name}: {lines} lines; which two ideas does it hold?"
                ));
            }
            for (number, line) in (1..).zip(text.lines()) {
                if line.chars().count() > COLUMNS_MAX {
                    wrong.push(format!(
                        "{name}:{number}: longer than {COLUMNS_MAX} columns"
                    ));
                }
            }
            let stem = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .unwrap_or_default();
            if ["util", "utils", "helpers", "manager", "misc"].contains(&stem) {
                wrong.push(format!("{name}: a name that says nothing"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn architecture_names_every_room_and_every_dependency() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    for (room, _) in ROOMS {
        assert!(
            text.contains(&format!("`{room}")),
            "ARCHITECTURE.md does not name `{room}`"
        );
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("Cargo.toml is there");
    let manifest: toml::Table = manifest.parse().expect("Cargo.toml reads");
    let tables = ["dependencies", "dev-dependencies"];
    let mut names: Vec<String> = tables
        .iter()
        .filter_map(|table| manifest.get(*table)?.as_table())
        .flat_map(|table| table.keys().cloned())
        .collect();
    let linux = manifest["target"].as_table().expect("a table").values();
    names.extend(
        linux
            .filter_map(|t| t.get("dependencies")?.as_table())
            .flat_map(|t| t.keys().cloned()),
    );
    let missing: Vec<_> = names
        .iter()
        .filter(|name| !text.contains(&format!("`{name}`")))
        .collect();
    assert!(
        missing.is_empty(),
        "dependencies without a sentence: {missing:?}"
    );
}

#[test]
fn a_test_that_architecture_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let named = text
        .split('`')
        .filter(|word| word.starts_with("tests/") && word.ends_with(".rs"));
    let missing: Vec<_> = named.filter(|path| !root.join(path).is_file()).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names {missing:?}");
}
