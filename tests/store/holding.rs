//! Holding people takes no more memory than a few of their rows.

use registrar::store::{Table, TableRows};

use crate::common::{self, on_both_databases};
use crate::{rows, stage};

on_both_databases!(the_rows_of_held_people_come_a_few_at_a_time, |db| {
    let postings: Vec<String> = (0..1_200).map(|number| number.to_string()).collect();
    let marks: Vec<_> = postings.iter().map(|it| (it.as_str(), "7", "C")).collect();
    let mut staging = stage(&db.store, "2026-01-10T08:00:00Z", &marks).await;
    let refused = rows::refused(Table::Marks, "7", Some("x"), 99);
    staging.refuse(&refused).await.expect("refused");
    staging.hold().await.expect("held");
    let (mut most, mut all) = (0, 0);
    let count = |batch: TableRows| {
        most = most.max(batch.len());
        all += batch.len();
        Ok(())
    };
    staging.held_rows(count).await.expect("their rows");
    assert_eq!((most, all), (500, 1_202));
});
