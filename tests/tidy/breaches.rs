//! The rules of `tests/tidy.rs` over made-up sources: each catches what breaks it, none more.

use std::path::Path;

use crate::{
    COLUMNS_MAX, LINES_MAX, Source, forbidden_edges, holds, impurities, out_of_place,
    statements_outside_the_store, unreadable,
};

/// A made-up source of a room; the path is below `src`.
fn made_up(path: &str, text: &str) -> [Source; 1] {
    let room = path.split(['/', '.']).next().unwrap_or_default().to_owned();
    let path = Path::new("src").join(path);
    let text = text.to_owned();
    [Source { room, path, text }]
}

#[test]
fn every_rule_catches_what_breaks_it() {
    type Rule = fn(&[Source]) -> Vec<String>;
    let breaches: &[(Rule, &str, &str)] = &[
        (forbidden_edges, "seal/a.rs", "use crate::store::Store;"),
        (forbidden_edges, "seal/a.rs", "use crate::{host, store};"),
        (
            forbidden_edges,
            "seal/a.rs",
            "use crate::{\n    host,\n    store::{Sql, Store},\n};",
        ),
        (
            forbidden_edges,
            "seal/a.rs",
            "use crate::{host::{a, b}, record};",
        ),
        (
            forbidden_edges,
            "seal/a.rs",
            "use crate::\n    store::Store;",
        ),
        (
            forbidden_edges,
            "seal/a.rs",
            "let store = crate :: store::open();",
        ),
        (forbidden_edges, "seal/a.rs", "use crate::*;"),
        (
            forbidden_edges,
            "seal/a.rs",
            "use super::super::store::Store;",
        ),
        (
            forbidden_edges,
            "seal/a.rs",
            "use super::\n    super::store::Store;",
        ),
        (forbidden_edges, "seal/a/b.rs", "use super::super::a;"),
        (forbidden_edges, "seal/mod.rs", "use super::store::Store;"),
        (forbidden_edges, "seal/mod.rs", "use super::{host, store};"),
        (forbidden_edges, "host.rs", "use super::record;"),
        (
            forbidden_edges,
            "seal/a.rs",
            "use registrar::record::Scope;",
        ),
        (
            forbidden_edges,
            "cellar/mod.rs",
            "//! A room that the map lacks.",
        ),
        (impurities, "record/a.rs", "fn half(x: f64) {}"),
        (impurities, "exchange/a.rs", "let half = 1.5_f32;"),
        (
            impurities,
            "transcript/a.rs",
            "let text = std::fs::read(path);",
        ),
        (impurities, "transcript/a.rs", "use crate::host;"),
        (
            impurities,
            "exchange/a.rs",
            "let now = host::Clock::System;",
        ),
        (
            impurities,
            "exchange/mod.rs",
            "//! Floats are not denied here.\n",
        ),
        (
            impurities,
            "exchange/mod.rs",
            "//! Nor here.\n\n// #![deny(clippy::float_arithmetic)]\n",
        ),
        (
            statements_outside_the_store,
            "cli/a.rs",
            "run(\"SELECT * FROM people\")",
        ),
        (
            statements_outside_the_store,
            "cli/a.rs",
            "run(\n    r\"\nDELETE FROM people\")",
        ),
        (out_of_place, "issue/a.rs", "use sqlx;"),
        (
            out_of_place,
            "transcript/a.rs",
            "use crate::record::support::Eligibility;",
        ),
        (out_of_place, "issue/a.rs", "sqlx::query(text)"),
        (out_of_place, "store/a.rs", "use typst::World;"),
        (
            out_of_place,
            "cli/a.rs",
            "let key = p256 ::ecdsa::SigningKey::random();",
        ),
        (
            out_of_place,
            "seal/a.rs",
            "std::net::TcpStream::connect(address)",
        ),
        (unreadable, "seal/a.rs", "use crate::host;"),
        (unreadable, "seal/utils.rs", "//! Everything else."),
    ];
    for (rule, path, text) in breaches {
        assert_eq!(rule(&made_up(path, text)).len(), 1, "{path}: {text}");
    }
    let long = format!("//! Long.\n{}", "fn a() {}\n".repeat(LINES_MAX));
    assert_eq!(unreadable(&made_up("seal/a.rs", &long)).len(), 1);
    let wide = format!("//! Wide.\n// {}\n", "é".repeat(COLUMNS_MAX));
    assert_eq!(unreadable(&made_up("seal/a.rs", &wide)).len(), 1);
}

#[test]
fn no_rule_complains_about_what_is_allowed() {
    let denied = "//! A room.\n\n#![deny(clippy::float_arithmetic)]\n\n";
    let allowed = [
        (
            "issue/a.rs",
            "//! A.\nuse crate::{\n    record::Scope,\n    store,\n};\n".to_owned(),
        ),
        (
            "seal/a.rs",
            "//! A.\n// crate::store stands to the left.\nuse super::keys;\n".to_owned(),
        ),
        (
            "seal/mod.rs",
            "//! A.\nmod tests {\n    use super::*;\n}\n".to_owned(),
        ),
        (
            "record/mod.rs",
            format!("{denied}use crate::record::Scope;\n"),
        ),
        (
            "exchange/a.rs",
            "//! A.\n/// Not an f64: exact.\nlet hosted = ghost();\n".to_owned(),
        ),
        (
            "store/a.rs",
            "//! A.\nsqlx::query(\"SELECT 1\")\n".to_owned(),
        ),
    ];
    for (path, text) in allowed {
        let source = made_up(path, &text);
        holds(path, &forbidden_edges(&source));
        holds(path, &impurities(&source));
        holds(path, &statements_outside_the_store(&source));
        holds(path, &out_of_place(&source));
        holds(path, &unreadable(&source));
    }
}
