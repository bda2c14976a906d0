//! What a record asks of a page in one line each: courses, requirements, awards.
//!
//! Next: `headings.rs` for terms and years, `placing.rs` for where the page says all of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::shown::{bare, folded};
use super::whole::is_official;
use crate::record::{AgArea, Credits, GradeLevel, HonorsKind, SchoolYear};
use crate::transcript::{AheadStatus, RepeatCode, SubjectProgress, Transcript};

const SPANISH_MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// A date as it may stand on a page of this language, the likeliest first.
pub(super) fn printed(date: Date, language: &str) -> Vec<String> {
    let iso = date.to_string();
    let in_figures = date.strftime("%m/%d/%Y").to_string();
    if language != "es" {
        return vec![in_figures, iso, date.strftime("%B %-d, %Y").to_string()];
    }
    let month = usize::from(date.month().unsigned_abs()) - 1;
    let (day, year) = (date.day(), date.year());
    let in_words = format!("{day} de {} de {year}", SPANISH_MONTHS[month]);
    vec![
        iso,
        in_words,
        date.strftime("%d/%m/%Y").to_string(),
        in_figures,
    ]
}

/// What is the same for all terms of a year's course: its title, the year, the grade level and
/// where it was taken.
pub(super) type YearKey<'a> = (&'a str, SchoolYear, GradeLevel, &'a str, Option<&'a str>);

/// Something that the page says in one line.
pub(super) struct Row<'a> {
    pub block: &'static str,
    /// What it is, before its title.
    pub what: &'static str,
    pub title: &'a str,
    /// Where it may say that it was taken.
    pub places: Vec<String>,
    /// The year's course of which it is one term.
    pub year: Option<YearKey<'a>>,
    /// In each of these ways, of which one is there.
    pub figures: Vec<Vec<String>>,
    /// The term, counted in the transcript, under whose heading it stands.
    pub term: Option<usize>,
    /// Where several marks stand beside each other, in the order of time: how the term of each may
    /// be named, and the mark.
    pub postings: Vec<(Vec<String>, String)>,
}

/// A course as it is posted or ahead.
pub(super) struct Course<'a> {
    pub title: &'a str,
    year: Option<YearKey<'a>>,
    places: Vec<String>,
    /// None where it has none yet.
    pub mark: Option<&'a str>,
    pub attempted: Credits,
    /// Credits earned, or that a pass would earn.
    pub credit: Credits,
    pub area: Option<AgArea>,
    /// Counted in the transcript; none where it has no mark yet.
    term: Option<usize>,
    term_name: &'a str,
    pub level: GradeLevel,
    pub number: &'a str,
    /// What a page may say of it in letters of the template's own.
    pub codes: (HonorsKind, Option<RepeatCode>, Option<AheadStatus>),
}

fn places(school: &str, taken_at: Option<&str>) -> Vec<String> {
    [school].into_iter().chain(taken_at).map(folded).collect()
}

pub(super) fn courses(transcript: &Transcript) -> Vec<Course<'_>> {
    let mut courses = Vec::new();
    for (at, term) in transcript.terms.iter().enumerate() {
        courses.extend(term.courses.iter().map(|line| {
            let taken_at = line.taken_at.as_deref();
            let (year, level) = (term.school_year, term.grade_level);
            let title = line.year_course.as_deref();
            Course {
                title: &line.title,
                year: title.map(|title| (title, year, level, &*term.school, taken_at)),
                places: places(&term.school, taken_at),
                mark: Some(&line.mark),
                attempted: line.credit_attempted,
                credit: line.credit_earned,
                area: line.ag_area,
                term: Some(at),
                term_name: &term.name,
                level,
                number: &line.number,
                codes: (line.honors, line.repeat, None),
            }
        }));
    }
    courses.extend(transcript.ahead.iter().map(|line| {
        let taken_at = line.taken_at.as_deref();
        let (year, level) = (line.school_year, line.grade_level);
        let title = line.year_course.as_deref();
        Course {
            title: &line.title,
            year: title.map(|title| (title, year, level, &*line.school, taken_at)),
            places: places(&line.school, taken_at),
            mark: None,
            attempted: line.credit,
            credit: line.credit,
            area: line.ag_area,
            term: None,
            term_name: &line.term,
            level,
            number: &line.number,
            codes: (line.honors, None, Some(line.status)),
        }
    }));
    courses
}

/// Terms of one course in one line: every mark, and the sums of their credits. Of a course ahead
/// the credits are one figure.
fn course_row<'a>(title: &'a str, terms: &[&Course<'a>], official: bool) -> Row<'a> {
    let marks = terms.iter().filter_map(|term| term.mark);
    let mut figures: Vec<String> = marks.map(bare).collect();
    let is_posted = !figures.is_empty();
    let sum = |of: fn(&Course<'_>) -> Credits| {
        let sum: Credits = terms.iter().map(|term| of(term)).sum();
        sum.to_string()
    };
    figures.push(sum(|term| term.credit));
    if official {
        figures.extend(is_posted.then(|| sum(|term| term.attempted)));
        figures.extend(terms[0].area.map(|area| area.to_string()));
    }
    let posting = |term: &&Course<'_>| Some((names(term.term_name), bare(term.mark?)));
    Row {
        block: "record",
        what: "the course",
        title,
        places: terms[0].places.clone(),
        year: terms[0].year,
        figures: vec![figures],
        term: terms[0].term.filter(|_| official),
        postings: terms.iter().filter_map(posting).collect(),
    }
}

/// How a term may be named beside its mark: `Fall 2022`, or `Fall` where the year stands elsewhere.
fn names(term: &str) -> Vec<String> {
    let is_year = |word: &&str| {
        let century = word.starts_with("19") || word.starts_with("20");
        century
            && word.len() > 3
            && word
                .chars()
                .all(|it| it.is_ascii_digit() || "-–/".contains(it))
    };
    let words = term.split_whitespace().filter(|word| !is_year(word));
    let mut names = vec![bare(term), words.collect()];
    names.retain(|name: &String| !name.is_empty());
    names
}

/// The courses of a year of which several terms are told, each as one row of a copy for oneself.
pub(super) fn year_courses<'a>(courses: &'a [Course<'a>]) -> Vec<Row<'a>> {
    let mut years: BTreeMap<YearKey<'_>, Vec<&Course<'_>>> = BTreeMap::new();
    for course in courses {
        if let Some(year) = course.year {
            years.entry(year).or_default().push(course);
        }
    }
    let rows = years.iter();
    rows.map(|(year, terms)| course_row(year.0, terms, false))
        .collect()
}

/// Everything of the record that is a row of a table; a copy for oneself may leave out some of it.
pub(super) fn rows_of<'a>(transcript: &'a Transcript, courses: &'a [Course<'a>]) -> Vec<Row<'a>> {
    let official = is_official(transcript);
    let single = |course: &'a Course<'a>| course_row(course.title, &[course], official);
    let mut rows: Vec<Row<'_>> = courses.iter().map(single).collect();
    if official {
        let row = |what, title, figures| Row {
            block: "summary",
            what,
            title,
            places: Vec::new(),
            year: None,
            figures,
            term: None,
            postings: Vec::new(),
        };
        let progress = transcript.requirements.iter().flat_map(|it| &it.subjects);
        rows.extend(progress.map(|it| {
            let figures = vec![figures_of(it)];
            row("the requirement", &it.subject, figures)
        }));
        let language = &transcript.document.language;
        rows.extend(transcript.awards.iter().map(|it| {
            let dates = printed(it.awarded_on, language).into_iter();
            let dates = dates.map(|date| vec![bare(&date)]).collect();
            row("the award", &it.label, dates)
        }));
    }
    rows
}

pub(super) fn figures_of(row: &SubjectProgress) -> Vec<String> {
    let figures = [row.required, row.earned, row.in_progress, row.needed];
    figures.map(|credits| credits.to_string()).into()
}

/// The titles with which a row may begin, without blanks, in small letters.
pub(super) fn titles(transcript: &Transcript, courses: &[Course<'_>]) -> BTreeSet<String> {
    let rows = rows_of(transcript, courses);
    let years = courses.iter().filter_map(|course| course.year);
    let years = years
        .map(|(title, ..)| title)
        .filter(|_| !is_official(transcript));
    rows.iter()
        .map(|row| row.title)
        .chain(years)
        .map(folded)
        .collect()
}

/// Whether marks stand in the order of time, or each beside the name of its term.
pub(super) fn is_in_order(row: &[&str], postings: &[(Vec<String>, String)]) -> bool {
    let names = |text: &str| {
        let mut terms = postings.iter();
        terms.any(|(names, _)| names.iter().any(|name| name == text))
    };
    if postings.len() < 2 {
        return true;
    }
    if !row.iter().any(|text| names(text)) {
        let mut texts = row.iter();
        return postings
            .iter()
            .all(|(_, mark)| texts.any(|text| text == mark));
    }
    let beside = |before: usize, after: usize| {
        let mut taken = BTreeSet::new();
        postings.iter().all(|(names, mark)| {
            let mut pairs = (1..row.len()).map(|at| (row[at - before], row[at - after], at));
            let found = pairs.find(|(term, text, at)| {
                !taken.contains(at) && names.iter().any(|name| name == term) && text == mark
            });
            found.is_some_and(|(.., at)| taken.insert(at))
        })
    };
    beside(1, 0) || beside(0, 1)
}
