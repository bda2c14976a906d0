//! The set-wise checks of an import: what a row refers to must exist once the import has landed.
//!
//! "Exists" means: staged and not withdrawn, or recorded now and not closed by this import. Each
//! statement writes what it finds into `staged_findings`; `$1` is the source, where it has one.

use super::database::Sql;
use super::open_end;

/// Indexes that these checks look up by.
const REFERENCE_INDEXES: [Sql; 4] = [
    Sql::pair(
        "CREATE INDEX temp.staged_people_person ON staged_people (person)",
        "CREATE INDEX staged_people_person ON staged_people (person)",
    ),
    Sql::pair(
        "CREATE INDEX temp.staged_terms_term ON staged_terms (school, term)",
        "CREATE INDEX staged_terms_term ON staged_terms (school, term)",
    ),
    Sql::pair(
        "CREATE INDEX temp.staged_courses_course ON staged_courses (school, course)",
        "CREATE INDEX staged_courses_course ON staged_courses (school, course)",
    ),
    Sql::pair(
        "CREATE INDEX temp.staged_schools_school ON staged_schools (school)",
        "CREATE INDEX staged_schools_school ON staged_schools (school)",
    ),
];

/// `$row.person` names a person of the same source.
macro_rules! unknown_person {
    ($table:literal) => {
        Sql::both(concat!(
            "INSERT INTO staged_findings SELECT 'unknown_person', '",
            $table,
            "', s.file, s.line, 'person', s.person, NULL, s.person, s.key, s.school FROM \
             staged_",
            $table,
            " s WHERE s.withdrawn = 0 AND NOT EXISTS (SELECT 1 FROM staged_people n WHERE \
             n.person = s.person AND n.withdrawn = 0) AND NOT EXISTS (SELECT 1 FROM people p \
             WHERE p.source = $1 AND p.person = s.person AND p.recorded_to = ",
            open_end!(),
            " AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.table_name = 'people' AND \
             c.key = p.key))"
        ))
    };
}

/// `$row.school`, or another column, names a school that the package or any source knows.
macro_rules! unknown_school {
    ($table:literal, $person:literal) => {
        unknown_school!($table, $person, "school")
    };
    ($table:literal, $person:literal, $column:literal) => {
        Sql::both(concat!(
            "INSERT INTO staged_findings SELECT 'unknown_school', '",
            $table,
            "', s.file, s.line, '",
            $column,
            "', s.",
            $column,
            ", NULL, ",
            $person,
            ", s.key, s.school FROM staged_",
            $table,
            " s WHERE s.withdrawn = 0 AND s.",
            $column,
            " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM staged_schools n WHERE n.school = s.",
            $column,
            " AND n.withdrawn = 0) AND NOT EXISTS (SELECT 1 FROM schools p WHERE p.school = s.",
            $column,
            " AND p.recorded_to = ",
            open_end!(),
            " AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.table_name = 'schools' AND \
             c.key = p.key))"
        ))
    };
}

/// A mark's term or course is in the catalogue of its school, as the same source knows it.
macro_rules! unknown_in_school {
    ($kind:literal, $table:literal, $column:literal) => {
        Sql::both(concat!(
            "INSERT INTO staged_findings SELECT '",
            $kind,
            "', 'marks', s.file, s.line, '",
            $column,
            "', s.",
            $column,
            ", NULL, s.person, s.key, s.school FROM staged_marks s WHERE s.withdrawn = 0 AND NOT \
             EXISTS (SELECT 1 FROM staged_",
            $table,
            " n WHERE n.school = s.school AND n.",
            $column,
            " = s.",
            $column,
            " AND n.withdrawn = 0) AND NOT EXISTS (SELECT 1 FROM ",
            $table,
            " p WHERE p.source = $1 AND p.school = s.school AND p.",
            $column,
            " = s.",
            $column,
            " AND p.recorded_to = ",
            open_end!(),
            " AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.table_name = '",
            $table,
            "' AND c.key = p.key))"
        ))
    };
}

/// An event names a person of whichever source by the key of its row; `$column` is what a reader
/// finds there.
macro_rules! unknown_subject {
    ($table:literal, $column:literal, $key:literal) => {
        Sql::both(concat!(
            "INSERT INTO staged_findings SELECT 'unknown_person', '",
            $table,
            "', s.file, s.line, '",
            $column,
            "', s.",
            $column,
            ", NULL, NULL, s.key, s.school FROM staged_",
            $table,
            " s WHERE s.withdrawn = 0 AND NOT EXISTS (SELECT 1 FROM staged_people n WHERE \
             n.key = s.",
            $key,
            " AND n.withdrawn = 0) AND NOT EXISTS (SELECT 1 FROM people p WHERE p.key = s.",
            $key,
            " AND p.recorded_to = ",
            open_end!(),
            " AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.table_name = 'people' AND \
             c.key = p.key))"
        ))
    };
}

/// An event names a posting of its person.
macro_rules! unknown_posting {
    ($table:literal) => {
        Sql::both(concat!(
            "INSERT INTO staged_findings SELECT 'unknown_posting', '",
            $table,
            "', s.file, s.line, 'posting', s.posting, NULL, NULL, s.key, s.school FROM staged_",
            $table,
            " s WHERE s.withdrawn = 0 AND NOT EXISTS (SELECT 1 FROM staged_marks n WHERE \
             n.key = s.mark_key AND n.person = s.person AND n.withdrawn = 0) AND NOT EXISTS \
             (SELECT 1 FROM marks p WHERE p.key = s.mark_key AND p.person = s.person AND \
             p.recorded_to = ",
            open_end!(),
            " AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.table_name = 'marks' AND \
             c.key = p.key))"
        ))
    };
}

/// The staged event's posting, as the package or the records have it, lies in the school year that
/// begins in 2020. A posting that nobody knows is another finding.
macro_rules! in_2020_21 {
    ($marks:literal, $m:literal, $of_mark:expr) => {
        concat!(
            "EXISTS (SELECT 1 FROM ",
            $marks,
            " ",
            $m,
            " CROSS JOIN terms t WHERE ",
            $m,
            ".key = s.mark_key",
            $of_mark,
            " AND t.source = s.person_source AND t.school = ",
            $m,
            ".school AND t.term = ",
            $m,
            ".term AND t.school_year = 2020 AND t.recorded_to = ",
            open_end!(),
            ") OR EXISTS (SELECT 1 FROM ",
            $marks,
            " ",
            $m,
            " CROSS JOIN staged_terms n WHERE ",
            $m,
            ".key = s.mark_key",
            $of_mark,
            " AND n.school = ",
            $m,
            ".school AND n.term = ",
            $m,
            ".term AND n.school_year = 2020)"
        )
    };
}

/// The live row `m` is neither closed nor brought anew by the import.
macro_rules! stays {
    ($table:literal) => {
        concat!(
            " AND NOT EXISTS (SELECT 1 FROM staged_closing o WHERE o.table_name = '",
            $table,
            "' AND o.key = m.key) AND NOT EXISTS (SELECT 1 FROM staged_",
            $table,
            " s WHERE s.key = m.key)"
        )
    };
}
pub(super) use stays;

/// A person who would be closed while a live row of `$table`, untouched by the import, still names
/// them. The order of the joins is given: from the few that go to the rows that name them.
macro_rules! person_still_named {
    ($table:literal) => {
        Sql::both(concat!(
            "INSERT INTO staged_findings SELECT DISTINCT 'still_referenced', 'people', \
             CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), 'person', p.person, \
             CAST(NULL AS BIGINT), p.person, p.key, p.school FROM staged_closing c CROSS JOIN \
             people p CROSS JOIN ",
            $table,
            " m WHERE c.table_name = 'people' AND p.key = c.key AND p.source = $1 AND \
             p.recorded_to = ",
            open_end!(),
            " AND m.source = p.source AND m.person = p.person AND m.recorded_to = ",
            open_end!(),
            stays!($table)
        ))
    };
}

/// A term or course that would be closed while a live row of `$referring`, untouched by the import,
/// still names it. The rows of the source are read once, and only where something goes. It is a
/// count that says so: an `EXISTS` SQLite would take for one more table to join, and ask it after
/// reading the rows.
macro_rules! still_referenced {
    ($table:literal, $column:literal, $referring:literal, $same:literal) => {
        Sql::both(concat!(
            "INSERT INTO staged_findings SELECT DISTINCT 'still_referenced', '",
            $table,
            "', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), '",
            $column,
            "', p.",
            $column,
            ", CAST(NULL AS BIGINT), NULL, p.key, p.school FROM ",
            $referring,
            " m CROSS JOIN ",
            $table,
            " p CROSS JOIN staged_closing c WHERE (SELECT COUNT(*) FROM staged_closing WHERE \
             table_name = '",
            $table,
            "') > 0 AND m.source = $1 AND m.recorded_to = ",
            open_end!(),
            " AND p.source = m.source AND ",
            $same,
            " AND p.recorded_to = ",
            open_end!(),
            " AND c.table_name = '",
            $table,
            "' AND c.key = p.key",
            stays!($referring)
        ))
    };
}

mod support;

/// The indexes that every check looks up by.
pub(crate) fn reference_indexes() -> impl Iterator<Item = Sql> {
    REFERENCE_INDEXES
        .into_iter()
        .chain(support::REFERENCE_INDEXES)
}

/// Every check, in the order in which its findings are worth reading.
pub(crate) fn checks() -> impl Iterator<Item = Sql> {
    CHECKS.into_iter().chain(support::CHECKS)
}

/// The checks of the rows that transcripts and decisions are made of.
const CHECKS: [Sql; 45] = [
    Sql::both(concat!(
        "INSERT INTO staged_findings SELECT 'unknown_district', 'schools', s.file, s.line, \
         'district', s.district, NULL, NULL, s.key, s.school FROM staged_schools s WHERE \
         s.withdrawn = 0 AND NOT EXISTS (SELECT 1 FROM staged_districts n WHERE \
         n.code = s.district AND n.withdrawn = 0) AND NOT \
         EXISTS (SELECT 1 FROM districts p WHERE p.code = s.district AND \
         p.recorded_to = ",
        open_end!(),
        " AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.table_name = 'districts' AND \
         c.key = p.key))"
    )),
    unknown_school!("people", "s.person"),
    unknown_school!("cumulative", "s.person"),
    unknown_school!("enrolments", "s.person"),
    unknown_school!("terms", "NULL"),
    unknown_school!("courses", "NULL"),
    unknown_school!("marks", "s.person"),
    unknown_school!("totals", "s.person"),
    unknown_school!("plans", "s.person"),
    unknown_school!("awards", "s.person"),
    unknown_school!("fulfilments", "s.person"),
    // One state id is one person; two of them in one source would be joined by mistake.
    Sql::both(concat!(
        "INSERT INTO staged_findings SELECT 'state_id_twice', 'people', s.file, s.line, \
         'state_id', s.state_id, NULL, s.person, s.key, s.school FROM staged_people s WHERE \
         s.withdrawn = 0 AND s.state_id IS NOT NULL AND (s.state_id IN (SELECT state_id FROM \
         staged_people WHERE withdrawn = 0 AND state_id IS NOT NULL GROUP BY state_id HAVING \
         COUNT(DISTINCT person) > 1) OR EXISTS (SELECT 1 FROM people p WHERE \
         p.person_id = s.person_id AND p.state_id = s.state_id AND p.source = $1 AND \
         p.person <> s.person AND p.recorded_to = ",
        open_end!(),
        " AND NOT EXISTS (SELECT 1 FROM staged_people o WHERE o.key = p.key) AND NOT EXISTS \
         (SELECT 1 FROM staged_closing c WHERE c.table_name = 'people' AND c.key = p.key)))"
    )),
    // A mark belongs to the school that posted it: another school's export cannot take it over.
    Sql::both(concat!(
        "INSERT INTO staged_findings SELECT 'other_schools_row', 'marks', s.file, s.line, \
         'posting', s.posting, NULL, s.person, s.key, s.school FROM staged_marks s CROSS JOIN \
         marks m WHERE m.key = s.key AND m.recorded_to = ",
        open_end!(),
        " AND m.school <> s.school AND m.school NOT IN (SELECT school FROM \
         staged_scope WHERE table_name = 'marks')"
    )),
    unknown_person!("cumulative"),
    unknown_person!("enrolments"),
    unknown_person!("marks"),
    unknown_person!("totals"),
    unknown_person!("plans"),
    unknown_person!("awards"),
    unknown_person!("fulfilments"),
    unknown_school!("pass_marks", "NULL"),
    unknown_school!("mark_changes", "NULL"),
    unknown_school!("name_changes", "NULL"),
    unknown_school!("person_links", "NULL"),
    unknown_school!("transcript_holds", "NULL"),
    unknown_subject!("pass_marks", "person", "person_key"),
    unknown_subject!("mark_changes", "person", "person_key"),
    unknown_subject!("name_changes", "person", "person_key"),
    unknown_subject!("person_links", "person", "person_key"),
    unknown_subject!("person_links", "other_person", "other_key"),
    unknown_subject!("transcript_holds", "person", "person_key"),
    unknown_posting!("pass_marks"),
    unknown_posting!("mark_changes"),
    // Ed. Code 49066.5 is about the marks of one school year.
    Sql::both(concat!(
        "INSERT INTO staged_findings SELECT 'outside_2020_21', 'pass_marks', s.file, s.line, \
         'posting', s.posting, NULL, NULL, s.key, s.school FROM staged_pass_marks s WHERE \
         s.withdrawn = 0 AND (EXISTS (SELECT 1 FROM staged_marks k WHERE k.key = s.mark_key) OR \
         EXISTS (SELECT 1 FROM marks m WHERE m.key = s.mark_key AND m.recorded_to = ",
        open_end!(),
        ")) AND NOT (",
        in_2020_21!("staged_marks", "k", ""),
        " OR ",
        in_2020_21!("marks", "m", concat!(" AND m.recorded_to = ", open_end!())),
        ")"
    )),
    unknown_in_school!("unknown_term", "terms", "term"),
    unknown_in_school!("unknown_course", "courses", "course"),
    person_still_named!("cumulative"),
    person_still_named!("enrolments"),
    person_still_named!("marks"),
    person_still_named!("totals"),
    person_still_named!("plans"),
    person_still_named!("awards"),
    person_still_named!("fulfilments"),
    still_referenced!(
        "terms",
        "term",
        "marks",
        "p.school = m.school AND p.term = m.term"
    ),
    still_referenced!(
        "courses",
        "course",
        "marks",
        "p.school = m.school AND p.course = m.course"
    ),
];
