//! The checks of the rows that compliance is counted from: schools and people are known, and what
//! names a plan, a promise, a meeting, an incident or a referral names one of the same person.

use crate::store::database::Sql;
use crate::store::open_end;

macro_rules! staged_index {
    ($table:literal, $column:literal) => {
        Sql::pair(
            concat!(
                "CREATE INDEX temp.staged_",
                $table,
                "_",
                $column,
                " ON staged_",
                $table,
                " (",
                $column,
                ")"
            ),
            concat!("CREATE INDEX ON staged_", $table, " (", $column, ")"),
        )
    };
}

/// Indexes that these checks look up by.
pub(super) const REFERENCE_INDEXES: [Sql; 5] = [
    staged_index!("referrals", "referral"),
    staged_index!("support_plans", "plan"),
    staged_index!("plan_meetings", "meeting"),
    staged_index!("service_promises", "promise"),
    staged_index!("incidents", "incident"),
];

/// `$column` of `$table` names a row of `$to`, in the column of the same name, that its person has
/// in the same source once the import has landed.
macro_rules! unknown_reference {
    ($table:literal, $column:literal, $to:literal) => {
        Sql::both(concat!(
            "INSERT INTO staged_findings SELECT 'unknown_reference', '",
            $table,
            "', s.file, s.line, '",
            $column,
            "', s.",
            $column,
            ", NULL, s.person, s.key, s.school FROM staged_",
            $table,
            " s WHERE s.withdrawn = 0 AND s.",
            $column,
            " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM staged_",
            $to,
            " n WHERE n.",
            $column,
            " = s.",
            $column,
            " AND n.person = s.person AND n.withdrawn = 0) AND NOT EXISTS (SELECT 1 FROM ",
            $to,
            " p WHERE p.source = $1 AND p.person = s.person AND p.",
            $column,
            " = s.",
            $column,
            " AND p.recorded_to = ",
            open_end!(),
            " AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.table_name = '",
            $to,
            "' AND c.key = p.key) AND NOT EXISTS (SELECT 1 FROM staged_",
            $to,
            " o WHERE o.key = p.key))"
        ))
    };
}

/// Live rows `m` of `$table`, untouched by the import, that name the live row `p` of `$to`.
macro_rules! naming {
    ($table:literal, $column:literal) => {
        concat!(
            " AND p.source = $1 AND p.recorded_to = ",
            open_end!(),
            " AND m.source = p.source AND m.person = p.person AND m.",
            $column,
            " = p.",
            $column,
            " AND m.recorded_to = ",
            open_end!(),
            stays!($table)
        )
    };
}

/// A row of `$to` that would be closed while such a row still names it.
macro_rules! still_named {
    ($table:literal, $column:literal, $to:literal) => {
        Sql::both(concat!(
            "INSERT INTO staged_findings SELECT DISTINCT 'still_referenced', '",
            $to,
            "', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), '",
            $column,
            "', p.",
            $column,
            ", CAST(NULL AS BIGINT), p.person, p.key, p.school FROM staged_closing c CROSS JOIN ",
            $to,
            " p CROSS JOIN ",
            $table,
            " m WHERE c.table_name = '",
            $to,
            "' AND p.key = c.key",
            naming!($table, $column)
        ))
    };
}

/// A row of `$to` that would pass to another person while such a row still names it as the first
/// one's.
macro_rules! passed_on {
    ($table:literal, $column:literal, $to:literal) => {
        Sql::both(concat!(
            "INSERT INTO staged_findings SELECT DISTINCT 'still_referenced', '",
            $to,
            "', n.file, n.line, '",
            $column,
            "', n.",
            $column,
            ", CAST(NULL AS BIGINT), n.person, n.key, n.school FROM staged_",
            $to,
            " n CROSS JOIN ",
            $to,
            " p CROSS JOIN ",
            $table,
            " m WHERE n.withdrawn = 0 AND p.key = n.key AND p.person <> n.person",
            naming!($table, $column)
        ))
    };
}

pub(super) const CHECKS: [Sql; 90] = [
    unknown_school!("calendar_periods", "NULL"),
    unknown_school!("demographics", "s.person"),
    unknown_school!("residences", "s.person"),
    unknown_school!("attendance", "s.person"),
    unknown_school!("assessments", "s.person"),
    unknown_school!("referrals", "s.person"),
    unknown_school!("evaluations", "s.person"),
    unknown_school!("eligibilities", "s.person"),
    unknown_school!("support_plans", "s.person"),
    unknown_school!("transition_plans", "s.person"),
    unknown_school!("behaviour_plans", "s.person"),
    unknown_school!("plan_meetings", "s.person"),
    unknown_school!("parent_notices", "s.person"),
    unknown_school!("service_promises", "s.person"),
    unknown_school!("service_logs", "s.person"),
    unknown_school!("records_requests", "s.person"),
    unknown_school!("translation_requests", "s.person"),
    unknown_school!("complaints", "s.person"),
    unknown_school!("disputes", "s.person"),
    unknown_school!("incidents", "s.person"),
    unknown_school!("removals", "s.person"),
    unknown_school!("staff", "NULL"),
    unknown_school!("staff_credentials", "NULL"),
    unknown_school!("census_counts", "NULL"),
    unknown_school!("residences", "s.person", "residence_school"),
    unknown_school!("records_requests", "s.person", "from_school"),
    unknown_person!("demographics"),
    unknown_person!("residences"),
    unknown_person!("attendance"),
    unknown_person!("assessments"),
    unknown_person!("referrals"),
    unknown_person!("evaluations"),
    unknown_person!("eligibilities"),
    unknown_person!("support_plans"),
    unknown_person!("transition_plans"),
    unknown_person!("behaviour_plans"),
    unknown_person!("plan_meetings"),
    unknown_person!("parent_notices"),
    unknown_person!("service_promises"),
    unknown_person!("service_logs"),
    unknown_person!("records_requests"),
    unknown_person!("translation_requests"),
    unknown_person!("complaints"),
    unknown_person!("disputes"),
    unknown_person!("incidents"),
    unknown_person!("removals"),
    unknown_reference!("evaluations", "referral", "referrals"),
    unknown_reference!("support_plans", "meeting", "plan_meetings"),
    unknown_reference!("parent_notices", "meeting", "plan_meetings"),
    unknown_reference!("transition_plans", "plan", "support_plans"),
    unknown_reference!("behaviour_plans", "plan", "support_plans"),
    unknown_reference!("service_promises", "plan", "support_plans"),
    unknown_reference!("service_logs", "promise", "service_promises"),
    unknown_reference!("removals", "incident", "incidents"),
    person_still_named!("demographics"),
    person_still_named!("residences"),
    person_still_named!("attendance"),
    person_still_named!("assessments"),
    person_still_named!("referrals"),
    person_still_named!("evaluations"),
    person_still_named!("eligibilities"),
    person_still_named!("support_plans"),
    person_still_named!("transition_plans"),
    person_still_named!("behaviour_plans"),
    person_still_named!("plan_meetings"),
    person_still_named!("parent_notices"),
    person_still_named!("service_promises"),
    person_still_named!("service_logs"),
    person_still_named!("records_requests"),
    person_still_named!("translation_requests"),
    person_still_named!("complaints"),
    person_still_named!("disputes"),
    person_still_named!("incidents"),
    person_still_named!("removals"),
    still_named!("evaluations", "referral", "referrals"),
    still_named!("support_plans", "meeting", "plan_meetings"),
    still_named!("parent_notices", "meeting", "plan_meetings"),
    still_named!("transition_plans", "plan", "support_plans"),
    still_named!("behaviour_plans", "plan", "support_plans"),
    still_named!("service_promises", "plan", "support_plans"),
    still_named!("service_logs", "promise", "service_promises"),
    still_named!("removals", "incident", "incidents"),
    passed_on!("evaluations", "referral", "referrals"),
    passed_on!("support_plans", "meeting", "plan_meetings"),
    passed_on!("parent_notices", "meeting", "plan_meetings"),
    passed_on!("transition_plans", "plan", "support_plans"),
    passed_on!("behaviour_plans", "plan", "support_plans"),
    passed_on!("service_promises", "plan", "support_plans"),
    passed_on!("service_logs", "promise", "service_promises"),
    passed_on!("removals", "incident", "incidents"),
];
