//! A report of a district of a thousand schools: laid out in bounded memory, with the schools that
//! a judge looks for on its pages, and no word of the others but that they are in the data.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use registrar::compliance::report::{ComplianceReport, GroupCounts, LateEntries, SchoolPart};
use registrar::issue::{Coverage, ReportOffice};
use registrar::render::{Limits, Pool};
use registrar::template::Report;

use super::compliance::{AS_OF, desk};

const SCHOOLS: usize = 1_000;
/// Schools that a table of one outcome prints, as the shipped folder says.
const PRINTED: usize = 40;
/// What a worker may have.
const MEMORY_BYTES: u64 = 1 << 30;

/// The fixture district's report with so many schools, each with the counts of one of its own.
fn large(mut report: ComplianceReport) -> ComplianceReport {
    let own: Vec<SchoolPart> = report.completeness.clone();
    report.completeness = (0..SCHOOLS)
        .map(|at| SchoolPart {
            school: code(at),
            label: Some(name(at)),
            ..own[at % own.len()].clone()
        })
        .collect();
    for outcome in &mut report.outcomes {
        let schools = outcome.groups.iter_mut().find(|it| it.by == "school");
        let schools = schools.expect("broken down by school");
        let own = std::mem::take(&mut schools.rows);
        for at in (0..SCHOOLS).filter(|_| !own.is_empty()) {
            schools.rows.push(GroupCounts {
                group: code(at),
                label: Some(name(at)),
                ..own[at % own.len()].clone()
            });
        }
        let late = (0..SCHOOLS).map(|at| LateEntries {
            school: code(at),
            label: Some(name(at)),
            cases: 1 + at as u64,
        });
        outcome.entered_late = Some(late.collect());
    }
    report
}

fn code(at: usize) -> String {
    format!("1999999{at:07}")
}

fn name(at: usize) -> String {
    format!("Public School {at:04} of the Great Central Valley")
}

#[tokio::test]
async fn a_report_of_a_thousand_schools_is_laid_out_within_a_gigabyte() {
    let desk = desk();
    let status = desk.answer(1, &["compliance", "status", "--as-of", AS_OF]);
    let report: ComplianceReport = serde_json::from_value(status).expect("a report");
    let report = large(report);
    let composed = Report::shipped("compliance").expect("it comes along");
    let composed = composed.compose("en").expect("it composes");
    let limits = Limits {
        memory_bytes_max: MEMORY_BYTES,
        deadline: Duration::from_secs(300),
        ..Limits::default()
    };
    let program = PathBuf::from(env!("CARGO_BIN_EXE_registrar"));
    let office = ReportOffice {
        pool: &Pool::start_with(program, &composed, limits, NonZeroUsize::MIN).expect("a pool"),
        template_digest: composed.digest,
        draft_mark: "DRAFT: not signed",
        coverage: &Coverage::shipped(),
    };
    let known = report.as_known.parse().expect("an instant");
    let made = office.draft(report, known).await.expect("it is laid out");
    let file = desk.path("large.pdf");
    std::fs::write(&file, &made.pdf).expect("written");
    let page = super::compliance_report::text(&desk, "large.pdf");
    let pages = page.trim_end_matches('\u{c}').split('\u{c}').count();
    assert!(pages < 200, "{pages} pages");
    let said = format!("The {PRINTED} of {SCHOOLS} schools with the most cases");
    assert!(page.contains(&said), "{page}");
    // How complete each is prints of all of them.
    for at in [0, 499, 999] {
        assert!(page.contains(&name(at)), "{}", name(at));
    }
    // Of rows that came late those of the most cases.
    let late = page.matches(&name(999)).count();
    assert!(late > page.matches(&name(959)).count(), "{late}");
}
