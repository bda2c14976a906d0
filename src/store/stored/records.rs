//! The columns of the tables that transcripts and decisions are made of.

use serde::ser::SerializeMap;

use super::{Column, Stored, TableSql};
use crate::record::{
    Award, Course, CumulativeItem, DeclaredTotal, District, Enrolment, Fulfilment, GraduationPlan,
    Mark, MarkChange, NameChange, PassMark, Person, PersonId, PersonLink, RowKey, School, Term,
    TranscriptHold,
};
use crate::store::database::{Row, Sql};
use crate::store::{StoreError, Table, open_end, resemblance};

stored!(District, districts, Districts, shared, {
    code: text, name: text, state: text, contact: text,
});
stored!(School, schools, Schools, shared, {
    school: text, district: text, name: text, ceeb: text, kind: text, charter: text,
    local_district: text, street: text, city: text, state: text, postal_code: text, phone: text,
});
stored!(Person, people, People, person, {
    school: text, person: text, state_id: text, legal_given: text, legal_middle: text,
    legal_family: text, legal_suffix: text, chosen_name: text, printed_name: text,
    birth_date: text, mailing_address: text,
} derived {
    person_id: id = |person, source| person_id(person, source).to_string(),
    name_key: text = |person, _| resemblance::name_of(person).key(),
});
stored!(CumulativeItem, cumulative, Cumulative, person, {
    school: text, person: text, birth_date_verified_by: text, sex: text, birth_place: text,
    parent_name: text, parent_address: text, pupil_address: text, address_verified_on: text,
    immunization: text,
});
stored!(Enrolment, enrolments, Enrolments, person, {
    school: text, person: text, entered_on: text, left_on: text, grade_level: integer,
    exit_reason: text, entered_from: text, enrolment_status: text,
});
stored!(Term, terms, Terms, shared, {
    school: text, term: text, name: text, school_year: integer, kind: text, begins_on: text,
    ends_on: text,
});
stored!(Course, courses, Courses, shared, {
    school: text, course: text, title: text, subject: text, ag_area: text, honors: text,
    state_course_code: text, credit_value: integer, sequence: text, level: text, part: text,
    repeatable: text, graduation_credit: text, retired_on: text,
});
stored!(Mark, marks, Marks, person, {
    school: text, posting: text, person: text, term: text, course: text, title: text,
    taken_at: text, kind: text, mark: text, credit_attempted: integer, credit_earned: integer,
    grade_level: integer, posted_by: text, posted_at: text,
});
stored!(DeclaredTotal, totals, Totals, person, {
    school: text, person: text, figure: text, value: text,
});
stored!(GraduationPlan, plans, Plans, person, {
    school: text, person: text, plan: text, entered_grade_9: integer,
});
stored!(Award, awards, Awards, person, {
    school: text, person: text, award: text, detail: text, awarded_on: text,
});
stored!(Fulfilment, fulfilments, Fulfilments, person, {
    school: text, person: text, requirement: text, progress: text, amount: integer,
});

stored!(PassMark, pass_marks, PassMarks, shared, {
    school: text, event: text, person_source: text, person: text, posting: text,
    requested_on: text, requested_by: text, recorded_by: text, recorded_at: text, ended_by: text,
    ended_at: text, ended_reason: text,
} derived {
    person_key: id = |row, _| person_key(&row.person_source, &row.person),
    mark_key: id = |row, _| mark_key(&row.person_source, &row.posting),
});
stored!(MarkChange, mark_changes, MarkChanges, shared, {
    school: text, event: text, person_source: text, person: text, posting: text, from_mark: text,
    to_mark: text, credit_earned: integer, ground: text, teacher_heard_on: text,
    teacher_statement: text, teacher_not_heard: text, approved_by: text, decided_on: text,
    recorded_by: text, recorded_at: text, ended_by: text, ended_at: text, ended_reason: text,
} derived {
    person_key: id = |row, _| person_key(&row.person_source, &row.person),
    mark_key: id = |row, _| mark_key(&row.person_source, &row.posting),
});
stored!(NameChange, name_changes, NameChanges, shared, {
    school: text, event: text, person_source: text, person: text, legal_given: text,
    legal_middle: text, legal_family: text, legal_suffix: text, chosen_name: text,
    printed_name: text, ground: text, document_seen: text, requested_on: text, recorded_by: text,
    recorded_at: text, ended_by: text, ended_at: text, ended_reason: text,
} derived {
    person_key: id = |row, _| person_key(&row.person_source, &row.person),
});
stored!(PersonLink, person_links, PersonLinks, shared, {
    school: text, event: text, link: text, person_source: text, person: text, other_source: text,
    other_person: text, ground: text, recorded_by: text, recorded_at: text, ended_by: text,
    ended_at: text, ended_reason: text,
} derived {
    person_key: id = |row, _| person_key(&row.person_source, &row.person),
    other_key: id = |row, _| match (&row.other_source, &row.other_person) {
        (Some(source), Some(person)) => person_key(source, person),
        _ => person_key(&row.person_source, &row.person),
    },
});
stored!(TranscriptHold, transcript_holds, TranscriptHolds, shared, {
    school: text, event: text, person_source: text, person: text, ground: text,
    due_process_on: text, not_homeless_or_foster: text, begins_on: text, ends_on: text,
    recorded_by: text, recorded_at: text, ended_by: text, ended_at: text, ended_reason: text,
} derived {
    person_key: id = |row, _| person_key(&row.person_source, &row.person),
});

/// The key of a source's row of people: how an event names a row of whichever source.
fn person_key(source: &str, person: &str) -> String {
    RowKey::new(source, Table::People.name(), &[person]).to_string()
}

/// The key of a source's row of marks.
fn mark_key(source: &str, posting: &str) -> String {
    RowKey::new(source, Table::Marks.name(), &[posting]).to_string()
}

/// Who a row of `people` is: the state's number where there is one, else the source's own.
fn person_id(person: &Person, source: &str) -> PersonId {
    PersonId::derived(person.state_id.as_deref(), source, &person.person)
}
