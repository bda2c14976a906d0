//! When two postings are of one course, and when of one time: the one place that says either.
//!
//! A course is a row of a catalogue, and what a posting was called where it was taken makes it no
//! other one: a transfer titled `GEOMETRY - S1` under the number of Geometry A is Geometry A. Only
//! a number that has postings under several titles of their own stands for several courses. Rows
//! of two schools' catalogues are one course where they agree: under one number in a title, the
//! state's code or the step of a sequence, under two numbers in title, subject and part. Part B of
//! a course in semesters is not part B of it in quarters, whatever their numbers and titles say.
//! What the catalogues cannot say a district says in `[[repeats.equivalent]]`.
//!
//! Next: `attempts` puts postings of one course in order, `unclear` tells what only looks like one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::policy::{Rules, SameCourse};
use crate::record::{Course, RecordedMark, Term, TermKind, folded};

/// A row of a catalogue: number, school.
type Row<'a> = (&'a str, &'a str);

/// What postings of one course have in common: the first row of the catalogues that is that course,
/// and the title, where the row stands for several courses.
pub(super) type CourseKey<'a> = (Row<'a>, Option<&'a str>);

/// How two postings that are not of one course look like it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// They bear one title, under numbers that nothing joins.
    Title,
    /// One row of the catalogue stands for both, under titles of their own that differ.
    OwnTitles,
    /// They are one part of one step of a sequence.
    Step,
    /// They are parts of one course, of years that are divided otherwise.
    OtherParts,
}

/// The courses of a record.
pub(super) struct Courses<'a> {
    marks: &'a [RecordedMark],
    /// Of each posting, by its place.
    rows: Vec<Row<'a>>,
    titles: Vec<Option<String>>,
}

impl<'a> Courses<'a> {
    /// Those of marks whose credits are all in one measure (`unit::in_unit`).
    pub(super) fn of(rules: &Rules, marks: &'a [RecordedMark]) -> Self {
        let joined = Catalogues::of(marks).joined(rules);
        let rows: Vec<Row<'_>> = marks.iter().map(|it| joined[&row(it)]).collect();
        let mut courses = Self {
            titles: own_titles(marks, &rows),
            rows,
            marks,
        };
        let mut of_row: BTreeMap<Row<'_>, BTreeSet<&str>> = BTreeMap::new();
        for (row, title) in courses.rows.iter().zip(&courses.titles) {
            of_row.entry(*row).or_default().extend(title.as_deref());
        }
        let said = |row: &Row<'_>| rules.repeats.is_equivalent(row.0);
        let several = |row: &Row<'_>| of_row[row].len() > 1 && !said(row);
        let several: Vec<bool> = courses.rows.iter().map(several).collect();
        for (title, several) in courses.titles.iter_mut().zip(several) {
            *title = title.take().filter(|_| several);
        }
        courses
    }

    /// Postings that have the same are of the same course.
    pub(super) fn key(&self, place: usize) -> CourseKey<'_> {
        (self.rows[place], self.title(place))
    }

    /// The title that tells a posting's course from others of its row; none where the row is one
    /// course.
    pub(super) fn title(&self, place: usize) -> Option<&str> {
        self.titles[place].as_deref()
    }

    /// Whether two postings are of one course.
    pub(super) fn are_one(&self, one: usize, other: usize) -> bool {
        self.key(one) == self.key(other)
    }

    /// How two postings look like one course, where they are none. Who is sent by two systems may
    /// have a course from the school that taught it, and again, by its title alone, from the one
    /// that accepted it.
    pub(super) fn likeness(&self, one: usize, other: usize) -> Option<Likeness> {
        if self.are_one(one, other) {
            return None;
        }
        if self.rows[one] == self.rows[other] {
            return Some(Likeness::OwnTitles);
        }
        let (one, other) = (&self.marks[one], &self.marks[other]);
        let (course, others) = (&one.course, &other.course);
        let accepted = one.mark.taken_at.is_some() != other.mark.taken_at.is_some();
        let part = course.part == others.part;
        if are_parts_of_other_sizes(one, other) {
            return have_a_stretch_in_common(one, other).then_some(Likeness::OtherParts);
        }
        if (accepted || (part && course.subject == others.subject))
            && letters(one.title()) == letters(other.title())
        {
            return Some(Likeness::Title);
        }
        (part && course.is_same_step(others)).then_some(Likeness::Step)
    }
}

/// Whether two postings are parts of years that are divided otherwise, of which one is larger. By
/// its credits alone none is told: one school posts all of a year's credits with part B.
fn are_parts_of_other_sizes(one: &RecordedMark, other: &RecordedMark) -> bool {
    let (course, others) = (&one.course, &other.course);
    let divided = [one, other].map(|it| it.term.kind.parts_of_a_year());
    course.part.is_some()
        && others.part.is_some()
        && course.credit_value != others.credit_value
        && divided[0] != divided[1]
        && !divided.contains(&None)
}

/// Whether two postings are parts of one course in years that are divided otherwise, and have a
/// stretch of it in common: the first of two halves has one with the first two of four quarters. A
/// part that is none of its terms' division may be any.
pub(super) fn have_a_stretch_in_common(one: &RecordedMark, other: &RecordedMark) -> bool {
    let stretch = |it: &RecordedMark| {
        let parts = it.term.kind.parts_of_a_year()?;
        let part: usize = it.course.part.as_deref()?.parse().ok()?;
        (1..=parts).contains(&part).then_some((part, parts))
    };
    let common = |((one, of), (other, of_other)): ((usize, usize), (usize, usize))| {
        (one - 1) * of_other < other * of && (other - 1) * of < one * of_other
    };
    are_parts_of_other_sizes(one, other)
        && stretch(one).zip(stretch(other)).is_none_or(common)
        && (one.course.is_same_step(&other.course)
            || letters(one.title()) == letters(other.title()))
}

/// Whether most of the shorter term lies within the other: one may begin on the day on which the
/// other ends. A summer or an intersession is another time than the term into which it reaches.
pub(super) fn are_of_one_time(one: &Term, other: &Term) -> bool {
    let is_short = |term: &Term| matches!(term.kind, TermKind::Summer | TermKind::Intersession);
    let days = |from: Date, to: Date| (to - from).get_days();
    let begins = one.begins_on.max(other.begins_on);
    let ends = one.ends_on.min(other.ends_on);
    let length = |term: &Term| days(term.begins_on, term.ends_on);
    is_short(one) == is_short(other)
        && begins <= ends
        && 2 * days(begins, ends) >= length(one).min(length(other))
}

/// A title without what two systems write differently: accents, case, spaces and hyphens.
pub(super) fn letters(title: &str) -> String {
    let tells = |c: &char| c.is_alphanumeric() || matches!(c, '+' | '#');
    folded(title).chars().filter(tells).collect()
}

fn row(recorded: &RecordedMark) -> Row<'_> {
    (&recorded.mark.course, &recorded.mark.school)
}

/// The title of each posting that is none of a catalogue's for its course.
fn own_titles(marks: &[RecordedMark], rows: &[Row<'_>]) -> Vec<Option<String>> {
    let mut catalogued: BTreeMap<Row<'_>, BTreeSet<&str>> = BTreeMap::new();
    for (recorded, row) in marks.iter().zip(rows) {
        let titles = catalogued.entry(*row).or_default();
        titles.insert(&recorded.course.title);
    }
    let own = |(recorded, row): (&RecordedMark, &Row<'_>)| {
        let title = letters(recorded.mark.title.as_deref()?);
        let mut titles = catalogued[row].iter();
        (!titles.any(|it| letters(it) == title)).then_some(title)
    };
    marks.iter().zip(rows).map(own).collect()
}

/// The rows of the catalogues that a record names, in order, each with its postings.
struct Catalogues<'a> {
    rows: BTreeMap<Row<'a>, Vec<&'a RecordedMark>>,
    /// Of each row, the first one that is the same course.
    first: BTreeMap<Row<'a>, Row<'a>>,
}

impl<'a> Catalogues<'a> {
    fn of(marks: &'a [RecordedMark]) -> Self {
        let mut rows: BTreeMap<Row<'_>, Vec<&RecordedMark>> = BTreeMap::new();
        for recorded in marks {
            rows.entry(row(recorded)).or_default().push(recorded);
        }
        let first = rows.keys().map(|row| (*row, *row)).collect();
        Self { rows, first }
    }

    fn joined(mut self, rules: &Rules) -> BTreeMap<Row<'a>, Row<'a>> {
        for equivalent in &rules.repeats.equivalent {
            let rows = self.rows.keys().copied();
            self.join(
                rows.filter(|row| equivalent.courses.contains(row.0))
                    .collect(),
            );
        }
        let schools: BTreeSet<&str> = self.rows.keys().map(|(_, school)| *school).collect();
        if schools.len() > 1 && rules.repeats.same != SameCourse::NumberAndSchool {
            self.join_what_agrees();
        }
        self.first
    }

    fn join(&mut self, rows: Vec<Row<'a>>) {
        let firsts: BTreeSet<Row<'_>> = rows.iter().map(|row| self.first[row]).collect();
        let Some(first) = firsts.first().copied() else {
            return;
        };
        for of in self.first.values_mut().filter(|of| firsts.contains(of)) {
            *of = first;
        }
    }

    /// Rows of several schools that agree, those of one size first: a summer's row is of no size
    /// itself, and joins no part of one size to a part of another.
    fn join_what_agrees(&mut self) {
        let mut pairs = self.of_one_number();
        pairs.extend(self.of_one_title());
        let value = |row: &Row<'_>| self.course(row).credit_value;
        pairs.sort_by_key(|(one, other)| value(one) != value(other));
        for (one, other) in pairs {
            let are_joined = self.first[&one] == self.first[&other];
            if !are_joined && !self.are_parts_of_other_sizes(&one, &other) {
                self.join(vec![one, other]);
            }
        }
    }

    /// One number at several schools, where what the catalogues say of it agrees.
    fn of_one_number(&self) -> Vec<(Row<'a>, Row<'a>)> {
        let rows: Vec<Row<'_>> = self.rows.keys().copied().collect();
        let mut pairs = Vec::new();
        for (place, one) in rows.iter().enumerate() {
            let others = rows[place + 1..].iter();
            let others = others.take_while(|other| other.0 == one.0);
            let agreeing = others.filter(|other| self.agree(one, other));
            pairs.extend(agreeing.map(|other| (*one, *other)));
        }
        pairs
    }

    fn agree(&self, one: &Row<'_>, other: &Row<'_>) -> bool {
        let titles = |row: &Row<'_>| -> BTreeSet<String> {
            let titles = self.rows[row].iter();
            let titles = titles.flat_map(|it| [it.title(), &it.course.title]);
            titles.map(letters).collect()
        };
        let (course, others) = (self.course(one), self.course(other));
        let code = course.state_course_code.is_some()
            && course.state_course_code == others.state_course_code;
        let step = code || course.is_same_step(others);
        (step && course.part == others.part) || !titles(one).is_disjoint(&titles(other))
    }

    /// Rows of several schools under one title, subject and part; none where a school has several.
    fn of_one_title(&self) -> Vec<(Row<'a>, Row<'a>)> {
        let mut titled: BTreeMap<_, Vec<Row<'_>>> = BTreeMap::new();
        for row in self.rows.keys() {
            let course = self.course(row);
            let said = (letters(&course.title), &course.subject, &course.part);
            titled.entry(said).or_default().push(*row);
        }
        let mut pairs = Vec::new();
        for rows in titled.into_values() {
            let schools: BTreeSet<&str> = rows.iter().map(|(_, school)| *school).collect();
            if schools.len() < rows.len() {
                continue;
            }
            for (place, one) in rows.iter().enumerate() {
                pairs.extend(rows[place + 1..].iter().map(|other| (*one, *other)));
            }
        }
        pairs
    }

    /// Whether something that is joined to one row is a part of another size than something that
    /// is joined to the other.
    fn are_parts_of_other_sizes(&self, one: &Row<'_>, other: &Row<'_>) -> bool {
        let joined = |row: &Row<'_>| {
            let first = self.first[row];
            let rows = self.rows.iter().filter(move |it| self.first[it.0] == first);
            rows.flat_map(|(_, postings)| postings)
        };
        let mut pairs = joined(one).flat_map(|one| joined(other).map(move |other| (one, other)));
        pairs.any(|(one, other)| are_parts_of_other_sizes(one, other))
    }

    fn course(&self, row: &Row<'_>) -> &'a Course {
        &self.rows[row][0].course
    }
}
