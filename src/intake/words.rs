//! What a set-wise finding is in words: what is wrong, and what to do.

use super::package::Manifest;
use super::{Problem, ProblemKind};
use crate::store::{Finding, FindingKind, NamingRows, Table};

/// What a finding says, what to do, and the table that it misses a row of.
pub(super) fn words(finding: &Finding) -> (String, String, Option<Table>) {
    let missing = |what: &str, table: Table| {
        let message = format!("names a {what} that neither the package nor the records know");
        let hint = format!(
            "add the {what} to {}.csv, or correct the code",
            table.name()
        );
        (message, hint, Some(table))
    };
    match finding.kind {
        FindingKind::DuplicateKey => {
            let line = finding.other_line.unwrap_or_default();
            let message = format!("has the same key as line {line}");
            (message, "keep one of the two".to_owned(), None)
        }
        FindingKind::UnknownPerson => missing("person", Table::People),
        FindingKind::UnknownSchool => missing("school", Table::Schools),
        FindingKind::UnknownDistrict => missing("district", Table::Districts),
        FindingKind::UnknownTerm => missing("term", Table::Terms),
        FindingKind::UnknownCourse => missing("course", Table::Courses),
        FindingKind::UnknownPosting => {
            let message = "is a posting that the person does not have in that source";
            let hint = "correct the posting, the person or the person's source";
            (message.to_owned(), hint.to_owned(), Some(Table::Marks))
        }
        FindingKind::UnknownReference => {
            let column = &finding.column;
            let message = format!("names no {column} that the person has in this source");
            let hint = format!("add the {column}, or correct it or the person");
            (message, hint, named_by(column))
        }
        FindingKind::Outside2020To21 => (
            "is a mark of another school year, and Ed. Code 49066.5 is about 2020-21".to_owned(),
            "leave the letter: only marks of 2020-21 become Pass or No Pass".to_owned(),
            None,
        ),
        FindingKind::StateIdTwice => (
            "two people of this source carry this state id".to_owned(),
            "merge them in the sending system, or correct one state id".to_owned(),
            None,
        ),
        FindingKind::StillReferenced if finding.provenance.is_some() => (
            "passes to another person, and rows that stay still name it as the first one's"
                .to_owned(),
            "correct the person, or send those rows too".to_owned(),
            None,
        ),
        FindingKind::StillReferenced => (
            "would be withdrawn, and rows that stay still name it".to_owned(),
            "send it again, or withdraw those rows too".to_owned(),
            None,
        ),
        FindingKind::OtherSchoolsRow => (
            "is a posting of another school, for which this package does not speak".to_owned(),
            "number postings so that no two schools use the same one".to_owned(),
            None,
        ),
    }
}

/// The table whose rows a column of special education names.
fn named_by(column: &str) -> Option<Table> {
    match column {
        "referral" => Some(Table::Referrals),
        "plan" => Some(Table::SupportPlans),
        "meeting" => Some(Table::PlanMeetings),
        "promise" => Some(Table::ServicePromises),
        "incident" => Some(Table::Incidents),
        _ => None,
    }
}

/// What to do about a row that stands in the way of landing the others while people are held.
pub(super) fn hint_of_left_over(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::StillReferenced => {
            "the earlier record of a held person names it: keep it in the file until the refused \
             rows are corrected"
        }
        _ => {
            "the earlier record of a held person stands, or their rows bring what is missing: \
             correct the refused rows first"
        }
    }
}

/// What is wrong with withdrawing a school or district that rows name, and what to do; `incomplete`
/// where rows of its own table were refused.
pub(super) fn problem_of_naming(
    rows: &NamingRows,
    manifest: &Manifest,
    incomplete: bool,
) -> Problem {
    let file = manifest.file_of(rows.to);
    let message = format!("would be withdrawn, and rows that stay still name it: {rows}");
    let hint = if incomplete {
        format!("correct {file} first: rows of it were refused")
    } else if rows.source == manifest.source {
        "send it again, or withdraw those rows too".to_owned()
    } else {
        let source = &rows.source;
        format!("send it again, or first import `{source}` without those rows")
    };
    let column = match rows.to {
        Table::Districts => "code",
        _ => "school",
    };
    Problem::new(ProblemKind::StillReferenced, file, message)
        .in_column(column)
        .with_value(&rows.code)
        .with_hint(hint)
}
