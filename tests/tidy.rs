//! The map of ARCHITECTURE.md, held: which room may use which, what each must never contain.
//!
//! Each rule is a function from sources to complaints. A test here runs it over this repository;
//! `tidy/breaches.rs` runs it over lines that it must not let pass.

#[path = "tidy/breaches.rs"]
mod breaches;

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
    ("rules_file", &[]),
    ("transcript", &["record", "rules_file"]),
    ("compliance", &["record", "rules_file"]),
    ("exchange", &["transcript", "compliance"]),
    ("template", &[]),
    ("render", &["template", "host"]),
    ("seal", &["host"]),
    ("ledger", &["record", "store", "host"]),
    ("verify", &["seal", "exchange", "transcript", "compliance"]),
    (
        "issue",
        &[
            "record",
            "store",
            "intake",
            "rules_file",
            "transcript",
            "compliance",
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
            "compliance",
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
const PURE: &[&str] = &[
    "record",
    "rules_file",
    "transcript",
    "compliance",
    "exchange",
];

/// What a pure room must not name: floats, files, the network, the clock, the machine, chance.
const NEVER_PURE: &[&str] = &[
    "f32",
    "f64",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::time",
    "host",
    "tokio",
    "sqlx",
    "getrandom",
    "rand_chacha",
];

/// Libraries that stand in some rooms only.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("typst", &["render", "template"]),
    ("ed25519_dalek", &["seal"]),
    ("p256", &["seal"]),
    // What tells of a disability stays off a transcript's way (invariant 2).
    (
        "support",
        &[
            "record",
            "store",
            "intake",
            "synthetic",
            "compliance",
            "issue",
            "cli",
        ],
    ),
    // Files of strangers are drawn in a worker only.
    ("hayro", &["render"]),
    ("hayro_svg", &["render"]),
    // The sandbox's own test tries to reach the network, and must fail.
    ("std::net", &["render"]),
];

const LINES_MAX: usize = 600;
const COLUMNS_MAX: usize = 100;

/// A source, and the room of `src` that it stands in.
struct Source {
    room: String,
    /// Below the root of the repository.
    path: PathBuf,
    text: String,
}

impl Source {
    /// Whether this file is the room's own root: `src/room.rs` or `src/room/mod.rs`.
    fn is_root_of_room(&self) -> bool {
        let alone = self.path == Path::new("src").join(format!("{}.rs", self.room));
        alone || self.path == Path::new("src").join(&self.room).join("mod.rs")
    }

    /// A place in the file, for a complaint.
    fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }

    /// Its lines of code with their numbers; prose about another room is no use of it.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..)
            .zip(self.text.lines())
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The code as one text of the same lines: what a statement over several lines is found in.
    fn code_text(&self) -> String {
        let mut text = String::new();
        for line in self.text.lines() {
            if !line.trim_start().starts_with("//") {
                text.push_str(line);
            }
            text.push('\n');
        }
        text
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every source below this folder of the repository.
fn sources(folder: &str) -> Vec<Source> {
    let found = files(&repository().join(folder)).into_iter().map(|path| {
        let inner = path.strip_prefix(repository()).expect("below the root");
        let room = inner.iter().nth(1).and_then(|name| name.to_str());
        Source {
            room: room.unwrap_or_default().trim_end_matches(".rs").to_owned(),
            path: inner.to_owned(),
            text: fs::read_to_string(&path).expect("a text"),
        }
    });
    found.collect()
}

/// The sources of all rooms.
fn rooms() -> Vec<Source> {
    let mut all = sources("src");
    all.retain(|source| source.room != "lib" && source.room != "main");
    all
}

/// Where a name stands as a word of its own, not inside a longer one.
fn places(text: &str, word: &str) -> Vec<usize> {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let found = text.match_indices(word).map(|(place, _)| place);
    found
        .filter(|place| !part(text[..*place].chars().next_back()))
        .filter(|place| !part(text[place + word.len()..].chars().next()))
        .collect()
}

/// What follows `::`, past blanks and line breaks.
fn after_colons(text: &str) -> Option<&str> {
    Some(text.trim_start().strip_prefix("::")?.trim_start())
}

/// The first names of a path or of each entry of its list, however it is spread over lines:
/// `store::Store`, `{record, store::{Sql, Store}}`.
fn first_names(rest: &str) -> Vec<&str> {
    let name = |text: &str| {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
        end.unwrap_or(text.len())
    };
    let Some(list) = rest.strip_prefix('{') else {
        // A glob stands for every name there is.
        return vec![if rest.starts_with('*') {
            "*"
        } else {
            &rest[..name(rest)]
        }];
    };
    let mut names = Vec::new();
    let (mut depth, mut begin) = (0, 0);
    for (place, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let entry = list[begin..place].trim();
                if !entry.is_empty() {
                    let glob = entry.starts_with('*');
                    names.push(if glob { "*" } else { &entry[..name(entry)] });
                }
                begin = place + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

/// Every use of another room, with its line.
fn used_rooms(source: &Source) -> Vec<(usize, String)> {
    let text = source.code_text();
    let line = |place: usize| text[..place].matches('\n').count() + 1;
    let mut used = Vec::new();
    let mut take = |place: usize, rest: &str| {
        let names = first_names(rest).into_iter();
        used.extend(names.map(|name| (line(place), name.to_owned())));
    };
    for word in ["crate", "registrar"] {
        for place in places(&text, word) {
            if let Some(rest) = after_colons(&text[place + word.len()..]) {
                take(place, rest);
            }
        }
    }
    // `super` of the room's root is the crate, outside of the module of its tests.
    for place in places(&text, "super") {
        let Some(rest) = after_colons(&text[place + "super".len()..]) else {
            continue;
        };
        let tests = text.find("mod tests {").unwrap_or(text.len());
        if source.is_root_of_room() && place < tests {
            take(place, rest);
        }
        if rest.starts_with("super") {
            take(place, "super::super");
        }
    }
    used
}

fn forbidden_edges(sources: &[Source]) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources {
        let room = source.room.as_str();
        let Some(may_use) = allowed.get(room) else {
            wrong.push(format!("{}: the map has no room `{room}`", source.at(1)));
            continue;
        };
        for (line, used) in used_rooms(source) {
            let at = source.at(line);
            match used.as_str() {
                "*" => wrong.push(format!("{at}: a glob hides which rooms are used")),
                "super" => wrong.push(format!("{at}: `super::super` hides a room; say `crate::`")),
                used if used == room || may_use.contains(&used) => {}
                used if allowed.contains_key(used) => {
                    wrong.push(format!("{at}: {room} uses {used}"));
                }
                _ => {}
            }
        }
    }
    wrong
}

fn impurities(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let pure = sources
        .iter()
        .filter(|source| PURE.contains(&source.room.as_str()));
    for source in pure {
        for (number, line) in source.code() {
            for word in NEVER_PURE {
                // `1.5_f64` is a float as well, so a suffix counts.
                let suffix = *word == "f64" || *word == "f32";
                let named = if suffix {
                    line.contains(word)
                } else {
                    !places(line, word).is_empty()
                };
                if named {
                    wrong.push(format!("{}: {word}", source.at(number)));
                }
            }
        }
        let denied = "\n#![deny(clippy::float_arithmetic)]\n";
        if source.is_root_of_room() && !source.text.contains(denied) {
            wrong.push(format!("{}: does not deny float arithmetic", source.at(1)));
        }
    }
    wrong
}

fn statements_outside_the_store(sources: &[Source]) -> Vec<String> {
    let words = [
        "SELECT ",
        "INSERT INTO",
        "UPDATE ",
        "DELETE FROM",
        "CREATE TABLE",
        "ALTER TABLE",
        "DROP TABLE",
    ];
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.room != "store") {
        let begun = |line: &str| {
            let begins = |word: &str| {
                line.contains(&format!("\"{word}")) || line.trim_start().starts_with(word)
            };
            words.iter().any(|word| begins(word))
        };
        let lines = source.code().filter(|(_, line)| begun(line));
        wrong.extend(lines.map(|(number, _)| source.at(number)));
    }
    wrong
}

fn out_of_place(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        for (number, line) in source.code() {
            for (word, homes) in HOMES {
                let called = places(line, word)
                    .into_iter()
                    .any(|place| after_colons(&line[place + word.len()..]).is_some());
                let uses = called || line.contains(&format!("use {word}"));
                if uses && !homes.contains(&source.room.as_str()) {
                    wrong.push(format!("{}: {word}", source.at(number)));
                }
            }
        }
    }
    wrong
}

fn unreadable(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        if !source.text.starts_with("//!") {
            wrong.push(format!("{}: does not begin with `//!`", source.at(1)));
        }
        let lines = source.text.lines().count();
        if lines > LINES_MAX {
            let at = source.at(lines);
            wrong.push(format!(
                "{at}: {lines} lines; which two ideas does it hold?"
            ));
        }
        for (number, line) in (1..).zip(source.text.lines()) {
            if line.chars().count() > COLUMNS_MAX {
                let at = source.at(number);
                wrong.push(format!("{at}: longer than {COLUMNS_MAX} columns"));
            }
        }
        let stem = source.path.file_stem().and_then(|stem| stem.to_str());
        if ["util", "utils", "helpers", "manager", "misc"].contains(&stem.unwrap_or_default()) {
            wrong.push(format!("{}: a name that says nothing", source.at(1)));
        }
    }
    wrong
}

/// A rule finds nothing to complain about.
fn holds(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

#[test]
fn a_room_uses_only_rooms_that_the_map_allows() {
    holds("edges that the map lacks", &forbidden_edges(&rooms()));
}

#[test]
fn pure_rooms_know_no_float_clock_file_or_chance() {
    let rooms = rooms();
    holds("in pure rooms", &impurities(&rooms));
    for room in PURE {
        let root = |source: &Source| source.room == *room && source.is_root_of_room();
        assert!(rooms.iter().any(root), "the room {room} is there");
    }
}

#[test]
fn statements_stand_in_the_store_only() {
    holds(
        "SQL outside the store",
        &statements_outside_the_store(&rooms()),
    );
}

#[test]
fn only_one_place_holds_a_key_a_database_or_the_network() {
    holds("out of place", &out_of_place(&rooms()));
}

#[test]
fn every_source_begins_with_what_it_owns_and_stays_readable() {
    for folder in ["src", "tests", "benches"] {
        holds(folder, &unreadable(&sources(folder)));
    }
}

#[test]
fn architecture_names_every_room_and_every_dependency() {
    let text =
        fs::read_to_string(repository().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    for (room, _) in ROOMS {
        let listed =
            text.contains(&format!("\n| `{room}`")) || text.contains(&format!("\n| `{room}/`"));
        assert!(listed, "ARCHITECTURE.md does not list `{room}`");
    }
    let manifest =
        fs::read_to_string(repository().join("Cargo.toml")).expect("Cargo.toml is there");
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
    let text =
        fs::read_to_string(repository().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let named: Vec<&str> = text
        .split('`')
        .filter(|word| word.starts_with("tests/") && word.ends_with(".rs"))
        .collect();
    assert!(
        named.len() > 5,
        "the invariants name their tests: {named:?}"
    );
    let missing: Vec<_> = named
        .iter()
        .filter(|path| !repository().join(path).is_file())
        .collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names {missing:?}");
}
