//! Clocks go wrong: that of the sending system, and this computer's.

use registrar::intake::{ImportError, Options, ProblemKind, Report, Verdict};
use registrar::record::Scope;
use registrar::store::{Store, StoreError, StudentQuery};

use crate::common::{self, on_both_databases};
use crate::small::{FIRST, Package, SCHOOL, SECOND, all_a, strict};
use crate::{import_at, import_with};

/// The mark of person 0, read as a report does: as known then, or as the newest import left it.
async fn letter(store: &Store, as_known: Option<&str>) -> Option<String> {
    let as_known = as_known.map(|text| text.parse().expect("an instant"));
    let known = store.recorded_instant(as_known).await.expect("read")?;
    let query = StudentQuery::Numbers(vec!["0".into()]);
    let found = store.find_people(&query, &Scope::District, known).await;
    let records = store.records(&found.expect("found").people, known).await;
    let mut marks = records.expect("read").into_iter().flat_map(|it| it.marks);
    marks.next()?.mark.mark
}

/// The hint of the first problem of this kind.
fn hint(report: &Report, kind: ProblemKind) -> String {
    let problems = report.problems();
    let problem = problems.iter().find(|problem| problem.kind == kind);
    let hint = problem.and_then(|problem| problem.hint.clone());
    hint.unwrap_or_else(|| panic!("no hint for {kind}: {report}"))
}

on_both_databases!(
    an_export_may_be_a_day_ahead_of_the_clock_and_no_more,
    |db| {
        let package = Package::new(FIRST, 2, all_a);
        let refused = import_at(&db.store, package.path(), &strict(), "2026-06-11T17:59:59Z").await;
        let refused = refused.expect("a refusal is no error");
        assert_eq!(refused.verdict, Verdict::Refused);
        assert_eq!(refused.report.total(ProblemKind::FutureExport), 1);
        let text = refused.report.to_string();
        let said = "manifest.toml exported_at \"2026-06-12T18:00:00Z\": the export is dated more \
                than 24 hours ahead of this computer's clock, which says 2026-06-11T17:59:59Z\n  \
                hint: correct";
        assert!(text.starts_with(said), "{text}");
        let landed = import_at(&db.store, package.path(), &strict(), "2026-06-11T18:00:00Z").await;
        assert!(matches!(
            landed.expect("it runs").verdict,
            Verdict::Landed(_)
        ));
    }
);

on_both_databases!(a_clock_that_ran_ahead_hides_no_record, |db| {
    let ahead = Package::new(FIRST, 2, |_| "B");
    let landed = import_at(&db.store, ahead.path(), &strict(), "2038-01-19T03:14:07Z").await;
    assert!(matches!(
        landed.expect("it runs").verdict,
        Verdict::Landed(_)
    ));
    assert_eq!(letter(&db.store, None).await.as_deref(), Some("B"));
    assert_eq!(letter(&db.store, Some("2026-06-20T08:00:00Z")).await, None);

    let next = Package::new(SECOND, 2, |_| "C");
    let refused = import_at(&db.store, next.path(), &strict(), "2026-06-20T08:00:00Z").await;
    let Err(ImportError::Store(error @ StoreError::ClockBehind { .. })) = refused else {
        panic!("{refused:?}");
    };
    let said = error.to_string();
    assert!(said.contains("clock says 2026-06-20T08:00:00Z"), "{said}");
    assert!(said.contains("recorded at 2038-01-19T03:14:07Z"), "{said}");
    assert!(said.contains("\nhint: correct the clock"), "{said}");
    assert_eq!(letter(&db.store, None).await.as_deref(), Some("B"));

    let allowed = Options {
        allow_clock_behind: true,
        ..strict()
    };
    import_with(&db.store, next.path(), &allowed).await;
    assert_eq!(letter(&db.store, None).await.as_deref(), Some("C"));
    let before = Some("2038-01-19T03:14:07Z");
    assert_eq!(letter(&db.store, before).await.as_deref(), Some("B"));
});

on_both_databases!(
    a_clock_that_is_a_little_behind_still_records_after_the_newest,
    |db| {
        let (first, second) = (
            Package::new(FIRST, 2, |_| "B"),
            Package::new(SECOND, 2, |_| "C"),
        );
        let noon = "2026-06-20T12:00:00Z";
        import_at(&db.store, first.path(), &strict(), noon)
            .await
            .expect("it runs");
        let day_before = "2026-06-19T12:00:00Z";
        import_at(&db.store, second.path(), &strict(), day_before)
            .await
            .expect("it runs");
        assert_eq!(letter(&db.store, None).await.as_deref(), Some("C"));
        assert_eq!(letter(&db.store, Some(noon)).await.as_deref(), Some("B"));
        let imports = db.store.imports().await.expect("the list");
        let recorded: Vec<_> = imports
            .iter()
            .map(|it| it.recorded_at.to_string())
            .collect();
        assert_eq!(
            recorded,
            ["2026-06-20T12:00:00Z", "2026-06-20T12:00:00.000001Z"]
        );
    }
);

on_both_databases!(each_refusal_names_the_flag_that_lifts_it, |db| {
    import_with(
        &db.store,
        Package::new(SECOND, 100, all_a).path(),
        &strict(),
    )
    .await;
    let older = Package::new(FIRST, 97, all_a);
    let refused = import_with(&db.store, older.path(), &strict()).await;
    let withdrawn = hint(&refused.report, ProblemKind::WithdrawnMax);
    let flag = format!("`--allow-withdrawals marks:{SCHOOL}`");
    assert!(withdrawn.contains(&flag), "{withdrawn}");
    let older = hint(&refused.report, ProblemKind::OlderExport);
    assert!(older.contains("`--allow-older`"), "{older}");
});
