//! A long day at the office: thousands of documents by one process, in memory that stays level.

use registrar::seal::Suite;
use registrar::store::StudentQuery;

use crate::desk;

/// Batches of the graduating class of every school; the first fills caches.
const BATCHES: usize = 12;
/// How much the process may grow after the first batch.
const GROWTH_BYTES_MAX: u64 = 48 << 20;

/// Resident memory of this process.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .expect("a line");
    let kilobytes = line.split_whitespace().nth(1).expect("a figure");
    kilobytes.parse::<u64>().expect("a number") * 1024
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "thousands of documents: tests/run --long"]
async fn memory_stays_level_over_thousands_of_documents() {
    let desk::District { store, .. } = &desk::in_sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let office = desk::office(store, folder.path(), Suite::P256, 2);
    let seniors = StudentQuery::Everybody {
        grade_level: registrar::record::GradeLevel::new(12),
    };
    let people = desk::people(store, seniors, "2026-07-01T00:00:00Z").await;
    let mut after_first = 0;
    let mut issued = 0;
    for batch in 0..BATCHES {
        let batch_of_day = desk::batch(store, people.clone(), "2026-07-01T00:00:00Z").await;
        issued += office
            .issue(&batch_of_day, |_| {})
            .await
            .expect("it runs")
            .issued
            .len();
        if batch == 0 {
            after_first = resident_bytes();
        }
    }
    assert!(issued > 2_000, "{issued} documents");
    let growth = resident_bytes().saturating_sub(after_first);
    assert!(
        growth < GROWTH_BYTES_MAX,
        "grew by {growth} bytes over {issued} documents"
    );
    assert_eq!(desk::problems(&office).await, []);
}
