//! The steps that bring a database to this program's shape. One that was applied is never changed.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType};

/// The migrations, each in both dialects side by side.
pub(super) fn migrations(sqlite: bool) -> Vec<Migration> {
    let steps = [
        (
            1,
            "records",
            include_str!("migrations/0001_records.sqlite.sql"),
            include_str!("migrations/0001_records.postgres.sql"),
        ),
        (
            2,
            "issuances",
            include_str!("migrations/0002_issuances.sqlite.sql"),
            include_str!("migrations/0002_issuances.postgres.sql"),
        ),
        (
            3,
            "events",
            include_str!("migrations/0003_events.sqlite.sql"),
            include_str!("migrations/0003_events.postgres.sql"),
        ),
        (
            4,
            "fulfilments",
            include_str!("migrations/0004_fulfilments.sqlite.sql"),
            include_str!("migrations/0004_fulfilments.postgres.sql"),
        ),
        (
            5,
            "held_state_ids",
            include_str!("migrations/0005_held_state_ids.sqlite.sql"),
            include_str!("migrations/0005_held_state_ids.postgres.sql"),
        ),
        (
            6,
            "policies",
            include_str!("migrations/0006_policies.sqlite.sql"),
            include_str!("migrations/0006_policies.postgres.sql"),
        ),
        (
            7,
            "name keys",
            include_str!("migrations/0007_name_keys.sqlite.sql"),
            include_str!("migrations/0007_name_keys.postgres.sql"),
        ),
        (
            8,
            "override findings",
            include_str!("migrations/0008_override_findings.sqlite.sql"),
            include_str!("migrations/0008_override_findings.postgres.sql"),
        ),
        (
            9,
            "support",
            include_str!("migrations/0009_support.sqlite.sql"),
            include_str!("migrations/0009_support.postgres.sql"),
        ),
        (
            10,
            "consented elsewhere",
            include_str!("migrations/0010_consented_elsewhere.sqlite.sql"),
            include_str!("migrations/0010_consented_elsewhere.postgres.sql"),
        ),
        (
            11,
            "reports",
            include_str!("migrations/0011_reports.sqlite.sql"),
            include_str!("migrations/0011_reports.postgres.sql"),
        ),
        (
            12,
            "studies",
            include_str!("migrations/0012_studies.sqlite.sql"),
            include_str!("migrations/0012_studies.postgres.sql"),
        ),
        (
            13,
            "public releases",
            include_str!("migrations/0013_public_releases.sqlite.sql"),
            include_str!("migrations/0013_public_releases.postgres.sql"),
        ),
        (
            14,
            "facts",
            include_str!("migrations/0014_facts.sqlite.sql"),
            include_str!("migrations/0014_facts.postgres.sql"),
        ),
        (
            15,
            "results in order",
            include_str!("migrations/0015_results_in_order.sqlite.sql"),
            include_str!("migrations/0015_results_in_order.postgres.sql"),
        ),
    ];
    steps
        .into_iter()
        .map(|(version, name, for_sqlite, for_postgres)| {
            let text = if sqlite { for_sqlite } else { for_postgres };
            let kind = MigrationType::Simple;
            Migration::new(version, name.into(), kind, text.into_sql_str(), false)
        })
        .collect()
}
