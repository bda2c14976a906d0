//! The definitions hold together, and the documentation's examples are read.

use std::collections::BTreeMap;

use super::*;
use crate::intake::package::{Manifest, Schools};

fn manifest() -> Manifest {
    Manifest {
        source: "aeries".to_owned(),
        district: "1964733".to_owned(),
        exported_at: "2026-06-12T18:00:00-07:00".parse().expect("an instant"),
        schools: Schools::Every,
        tables: BTreeMap::new(),
    }
}

/// The row that the examples of a definition make.
fn example<R: Row>() -> Result<R, Vec<Fault>> {
    let columns = &TableDefinition::of(R::TABLE).columns;
    let record: csv::StringRecord = columns.iter().map(|column| column.example).collect();
    let positions: Vec<_> = (0..columns.len()).map(Some).collect();
    R::read(Cells {
        positions: &positions,
        record: &record,
    })
}

fn reads_back<R: Row + PartialEq + std::fmt::Debug>() {
    let row = example::<R>().expect("the documentation's examples can be read");
    let cells = row.cells();
    let record: csv::StringRecord = cells.iter().map(AsRef::as_ref).collect();
    let positions: Vec<_> = (0..cells.len()).map(Some).collect();
    let again = R::read(Cells {
        positions: &positions,
        record: &record,
    });
    assert_eq!(again.as_ref(), Ok(&row));
    assert_eq!(again.expect("read").digests("s"), row.digests("s"));
    let contradictions = row.contradictions(&manifest());
    assert_eq!(contradictions, [], "{:?}", R::TABLE);
}

#[test]
fn the_examples_of_every_table_are_read_and_written_back() {
    for table in Table::ALL {
        of_table!(table, R => reads_back::<R>());
    }
}

#[test]
fn every_fault_of_a_row_is_told_at_once() {
    let columns = &TableDefinition::of(Table::Marks).columns;
    let record: csv::StringRecord = columns.iter().map(|_| "\u{202e}").collect();
    let positions: Vec<_> = (0..columns.len()).map(Some).collect();
    let faults = record::Mark::read(Cells {
        positions: &positions,
        record: &record,
    })
    .expect_err("nothing in it can be read");
    assert_eq!(faults.len(), columns.len());
}

#[test]
fn an_absent_optional_column_is_empty_and_an_absent_required_one_is_a_fault() {
    let columns = &TableDefinition::of(Table::Awards).columns;
    let record = csv::StringRecord::from(vec!["S", "P", "diploma", "2026-06-11"]);
    let positions = [Some(0), Some(1), Some(2), None, Some(3)];
    assert_eq!(positions.len(), columns.len());
    let award = record::Award::read(Cells {
        positions: &positions,
        record: &record,
    });
    assert_eq!(award.expect("read").detail, None);
}

#[test]
fn the_key_depends_on_the_key_columns_and_the_content_on_all() {
    let one = example::<record::Mark>().expect("read");
    let other = record::Mark {
        mark: Some("A".to_owned()),
        ..one.clone()
    };
    let (key, content) = one.digests("aeries");
    assert_eq!(key, other.digests("aeries").0);
    assert_ne!(key, one.digests("schoolmax").0);
    assert_ne!(content, other.digests("aeries").1);
}

#[test]
fn every_table_with_a_person_column_is_about_a_person() {
    for table in Table::ALL {
        let definition = TableDefinition::of(*table);
        assert_eq!(definition.table, *table);
        assert_eq!(
            definition.position("person").is_some(),
            !matches!(
                table,
                Table::Districts
                    | Table::Schools
                    | Table::Terms
                    | Table::Courses
                    | Table::CalendarPeriods
                    | Table::Staff
                    | Table::StaffCredentials
                    | Table::CensusCounts
            ),
            "{table:?}"
        );
        assert!(!definition.key_positions().is_empty());
    }
}
