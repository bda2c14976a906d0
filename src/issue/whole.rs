//! Whether the pages say what the record says. A school's own blocks and texts shape the page; what
//! they leave out, or hide, makes no document, whatever edition it is of.
//!
//! It is looked for in what a reader can read there (`render::Run`): each course's title with its
//! mark, credits and a-g area in one line, requirements with their total and awards so too, each
//! term, or its year, with its grade level and credits, every average by its label, the totals,
//! whose record it is and where it was made; and, in the program's own words, on every page what
//! kind of copy it is. A copy for oneself may leave out terms, requirements and areas, and tell a
//! year's course once, with all its marks and the sum of its credits.
//!
//! Not looked for: what the model says as a code and the template in words of its own (the kind of
//! transcript, the letters of honors and repeats), legends, addresses, and the certification, whose
//! words and signer's line are settings.
//!
//! Never: a rule of the page's look. Where something stands is the template's affair. Next:
//! `shown.rs`, which reads the page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;

use super::shown::{Page, bare};
use crate::exchange;
use crate::record::{AgArea, Credits, GradeLevel, SchoolYear};
use crate::render::Run;
use crate::template::{Notices, notices};
use crate::transcript::audit::of_text;
use crate::transcript::{Edition, SubjectProgress, TermBlock, Transcript, each_text};

/// Things named at most that a page lacks.
const GAPS_MAX: usize = 20;

/// Something that a document must say and does not, or must not say and does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The part of the page in which the shipped report says it, as its layout names it.
    pub block: &'static str,
    /// What is wrong.
    what: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Gap {
    /// What is not there.
    fn lack(block: &'static str, what: &str) -> Self {
        Self {
            block,
            what: format!("the page does not show {what}"),
            hint: "a template may arrange what the record says and not leave it out: it stands \
                   upright, in 5 points or more, dark on light, with nothing over it, and alone in \
                   its cell or paragraph",
        }
    }

    /// A word that would tell of a disability.
    fn disclosure(finding: &str) -> Self {
        Self {
            block: "arrangement",
            what: finding.to_owned(),
            hint: "it would tell a reader that the student has a disability; the template puts it \
                   together, take it out there",
        }
    }
}

/// Why a document is not made, without a word of it, for a record that others read later.
pub(super) const WITHOUT_TEXT: &str = "the page does not say what the record says";

/// Why a document is not made, for those who may read it.
pub(super) fn reasons(gaps: &[Gap]) -> Vec<String> {
    let hint = |gap: &Gap| {
        let hint = gap.hint;
        format!("{gap}\nhint: {hint}; `registrar template check` says where")
    };
    gaps.iter().map(hint).collect()
}

/// What the pages of this transcript lack.
pub fn gaps(transcript: &Transcript, pages: &[Vec<Run>]) -> Vec<Gap> {
    let read = || -> Vec<Page> { pages.iter().map(|runs| Page::new(runs)).collect() };
    let mut pages = read();
    let mut found = rows(transcript, &mut pages, false);
    if is_official(transcript) {
        total(transcript, &mut pages, &mut found);
        terms(transcript, &mut pages, &mut found);
    } else if !found.is_empty() {
        let mut again = read();
        let in_years = rows(transcript, &mut again, true);
        if in_years.len() < found.len() {
            (pages, found) = (again, in_years);
        }
    }
    figures(transcript, &mut pages, &mut found);
    texts(transcript, &pages, &mut found);
    on_every_page(transcript, &pages, &mut found);
    disclosures(transcript, &pages, &mut found);
    found.truncate(GAPS_MAX);
    found
}

fn is_official(transcript: &Transcript) -> bool {
    transcript.document.edition != Edition::Unofficial
}

/// A date as it may stand on a page.
fn printed(date: Date) -> [String; 2] {
    [date.strftime("%m/%d/%Y").to_string(), date.to_string()]
}

/// What is the same for all terms of a year's course: its title, the year, the grade level and
/// where it was taken.
type YearKey<'a> = (&'a str, SchoolYear, GradeLevel, &'a str, Option<&'a str>);

/// Something that the page says in one line.
struct Row<'a> {
    block: &'static str,
    /// What it is, before its title.
    what: &'static str,
    title: &'a str,
    /// Where it may say that it was taken.
    places: Vec<String>,
    /// The year's course of which it is one term.
    year: Option<YearKey<'a>>,
    /// In each of these ways, of which one is there.
    figures: Vec<Vec<String>>,
}

/// A course as it is posted or ahead.
struct Course<'a> {
    title: &'a str,
    year: Option<YearKey<'a>>,
    places: Vec<String>,
    /// None where it has none yet.
    mark: Option<&'a str>,
    attempted: Credits,
    /// Credits earned, or that a pass would earn.
    credit: Credits,
    area: Option<AgArea>,
}

fn courses(transcript: &Transcript) -> Vec<Course<'_>> {
    let mut courses = Vec::new();
    for term in &transcript.terms {
        courses.extend(term.courses.iter().map(|line| {
            let taken_at = line.taken_at.as_deref();
            let title = line.year_course.as_deref();
            Course {
                title: &line.title,
                year: title.map(|it| {
                    (
                        it,
                        term.school_year,
                        term.grade_level,
                        &*term.school,
                        taken_at,
                    )
                }),
                places: [&*term.school]
                    .into_iter()
                    .chain(taken_at)
                    .map(bare)
                    .collect(),
                mark: Some(&line.mark),
                attempted: line.credit_attempted,
                credit: line.credit_earned,
                area: line.ag_area,
            }
        }));
    }
    courses.extend(transcript.ahead.iter().map(|line| {
        let taken_at = line.taken_at.as_deref();
        let title = line.year_course.as_deref();
        Course {
            title: &line.title,
            year: title.map(|it| {
                (
                    it,
                    line.school_year,
                    line.grade_level,
                    &*line.school,
                    taken_at,
                )
            }),
            places: [&*line.school]
                .into_iter()
                .chain(taken_at)
                .map(bare)
                .collect(),
            mark: None,
            attempted: line.credit,
            credit: line.credit,
            area: line.ag_area,
        }
    }));
    courses
}

/// Terms of one course in one line: every mark, and the sums of their credits. Of a course ahead
/// the credits are one figure.
fn course_row<'a>(title: &'a str, terms: &[&Course<'a>], official: bool) -> Row<'a> {
    let marks = terms.iter().filter_map(|term| term.mark);
    let mut figures: Vec<String> = marks.map(str::to_owned).collect();
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
    Row {
        block: "record",
        what: "the course",
        title,
        places: terms[0].places.clone(),
        year: terms[0].year,
        figures: vec![figures],
    }
}

/// The courses of a year of which several terms are told, each as one row of a copy for oneself.
fn year_courses<'a>(courses: &'a [Course<'a>]) -> Vec<Row<'a>> {
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
fn rows_of<'a>(transcript: &'a Transcript, courses: &'a [Course<'a>]) -> Vec<Row<'a>> {
    let official = is_official(transcript);
    let single = |course: &'a Course<'a>| course_row(course.title, &[course], official);
    let mut rows: Vec<Row<'_>> = courses.iter().map(single).collect();
    if official {
        let row = |block, what, title, figures| Row {
            block,
            what,
            title,
            places: Vec::new(),
            year: None,
            figures,
        };
        let progress = transcript.requirements.iter().flat_map(|it| &it.subjects);
        rows.extend(progress.map(|it| {
            let figures = vec![figures_of(it)];
            row("summary", "the requirement", &it.subject, figures)
        }));
        rows.extend(transcript.awards.iter().map(|it| {
            let figures = printed(it.awarded_on).map(|date| vec![date]).into();
            row("summary", "the award", &it.label, figures)
        }));
    }
    // Those with most figures first: one with fewer could take theirs.
    rows.sort_by_key(|row| std::cmp::Reverse(row.figures[0].len()));
    rows
}

/// The rows that are not there; a year's course `in_years` once, with its terms beside each other.
fn rows(transcript: &Transcript, pages: &mut [Page], in_years: bool) -> Vec<Gap> {
    let courses = courses(transcript);
    let years = year_courses(&courses).into_iter().filter(|_| in_years);
    let joined: BTreeSet<YearKey<'_>> = years
        .filter(|course| take(pages, course))
        .filter_map(|course| course.year)
        .collect();
    let mut found = Vec::new();
    for row in rows_of(transcript, &courses) {
        let is_joined = row.year.is_some_and(|year| joined.contains(&year));
        if !is_joined && !take(pages, &row) {
            let (Row { what, title, .. }, figures) = (&row, row.figures[0].join(", "));
            let lack = format!("{what} `{title}` with {figures} in its line");
            found.push(Gap::lack(row.block, &lack));
        }
    }
    found
}

/// The sums of the requirements.
fn total(transcript: &Transcript, pages: &mut [Page], found: &mut Vec<Gap>) {
    let Some(plan) = &transcript.requirements else {
        return;
    };
    let figures = figures_of(&plan.total);
    if !pages.iter_mut().any(|page| page.take_figures(&figures)) {
        let figures = figures.join(", ");
        let lack = format!("the total of the requirements, {figures}, in one line");
        found.push(Gap::lack("summary", &lack));
    }
}

fn take(pages: &mut [Page], row: &Row<'_>) -> bool {
    let title = bare(row.title);
    row.figures.iter().any(|figures| {
        let figures: Vec<String> = figures.iter().map(|figure| bare(figure)).collect();
        let mut pages = pages.iter_mut();
        pages.any(|page| page.take_row(&title, &row.places, &figures))
    })
}

fn figures_of(row: &SubjectProgress) -> Vec<String> {
    let figures = [row.required, row.earned, row.in_progress, row.needed];
    figures.map(|credits| credits.to_string()).into()
}

/// Each term with its grade level and credits, or, where a page tells them so, each year.
fn terms(transcript: &Transcript, pages: &mut [Page], found: &mut Vec<Gap>) {
    let mut years: BTreeMap<_, (Credits, Credits)> = BTreeMap::new();
    for term in &transcript.terms {
        let year = (term.school_year, term.grade_level, &term.school);
        let (attempted, earned) = years.entry(year).or_default();
        *attempted = *attempted + term.credit_attempted;
        *earned = *earned + term.credit_earned;
    }
    let mut take = |name: &str, level: GradeLevel, (attempted, earned): (Credits, Credits)| {
        let (name, level) = (bare(name), level.to_string());
        let figures = [attempted, earned].map(|credits| credits.to_string());
        let mut pages = pages.iter_mut();
        pages.any(|page| page.take_heading(&name, &level, &figures))
    };
    let mut lacking = Vec::new();
    for term in &transcript.terms {
        let sums = (term.credit_attempted, term.credit_earned);
        if !take(&term.name, term.grade_level, sums) {
            lacking.push(term);
        }
    }
    let wanted = |year: &(SchoolYear, GradeLevel, &String)| {
        let mut lacking = lacking.iter();
        lacking.any(|term| (term.school_year, term.grade_level, &term.school) == *year)
    };
    let shown: BTreeSet<_> = years
        .iter()
        .filter(|(year, _)| wanted(year))
        .filter(|((year, level, _), sums)| take(&year.to_string(), *level, **sums))
        .map(|(year, _)| *year)
        .collect();
    for term in lacking {
        if !shown.contains(&(term.school_year, term.grade_level, &term.school)) {
            let TermBlock {
                name, grade_level, ..
            } = term;
            let (attempted, earned) = (term.credit_attempted, term.credit_earned);
            let lack = format!(
                "the term `{name}` with grade level {grade_level} and {attempted}, {earned} in its \
                 line"
            );
            found.push(Gap::lack("record", &lack));
        }
    }
}

/// Each average by its label, and the totals.
fn figures(transcript: &Transcript, pages: &mut [Page], found: &mut Vec<Gap>) {
    let averages = &transcript.averages;
    let labels: Vec<String> = averages.iter().map(|it| bare(&it.label)).collect();
    for (average, label) in averages.iter().zip(&labels) {
        let Some(value) = &average.value else {
            continue;
        };
        let figure = bare(value);
        let mut pages = pages.iter_mut();
        if !pages.any(|page| page.take_labelled(label, &labels, &figure)) {
            let lack = format!("the average `{}` of {value}", average.label);
            found.push(Gap::lack("summary", &lack));
        }
    }
    let credits = &transcript.credits;
    for (name, total) in [("attempted", credits.attempted), ("earned", credits.earned)] {
        let total = total.to_string();
        if !pages.iter_mut().any(|page| page.take(&total)) {
            found.push(Gap::lack(
                "summary",
                &format!("the credits {name}, {total}"),
            ));
        }
    }
}

/// Whose record it is, where it was made, and which document.
fn texts(transcript: &Transcript, pages: &[Page], found: &mut Vec<Gap>) {
    let (student, school) = (&transcript.student, &transcript.school);
    let mut texts = vec![
        ("student", "the student's name", vec![student.name.clone()]),
        ("letterhead", "the school's name", vec![school.name.clone()]),
    ];
    if is_official(transcript) {
        let number = transcript.document.id.clone();
        texts.push(("edges", "the document's number", vec![number]));
        let birth_date = printed(student.birth_date).into();
        texts.push(("student", "the date of birth", birth_date));
        let number = student.student_id.clone();
        texts.push(("student", "the student's number", vec![number]));
        for term in &transcript.terms {
            texts.push(("record", "the name of a term", vec![term.name.clone()]));
            texts.push(("record", "the school of a term", vec![term.school.clone()]));
            let elsewhere = term
                .courses
                .iter()
                .filter_map(|course| course.taken_at.clone());
            let elsewhere =
                elsewhere.map(|place| ("record", "where a course was taken", vec![place]));
            texts.extend(elsewhere);
        }
        let plan = transcript.requirements.iter();
        texts.extend(plan.map(|it| ("summary", "the graduation plan", vec![it.plan.clone()])));
    }
    let mut looked_for = BTreeSet::new();
    for (block, what, texts) in texts {
        let says = |text: &String| pages.iter().any(|page| page.says(&bare(text)));
        if looked_for.insert(texts.clone()) && !texts.iter().any(says) {
            found.push(Gap::lack(block, &format!("{what}, `{}`", texts[0])));
        }
    }
}

/// What kind of copy it is, and of an unsigned one where to ask.
fn on_every_page(transcript: &Transcript, pages: &[Page], found: &mut Vec<Gap>) {
    let document = &transcript.document;
    let Notices {
        unofficial,
        flat,
        demonstration,
    } = notices(&document.language);
    let mut texts = Vec::new();
    match document.edition {
        Edition::Official => {}
        Edition::Unofficial => texts.push(unofficial),
        Edition::Flat => {
            let district = &transcript.district;
            texts.extend([flat, district.contact.as_ref().unwrap_or(&district.name)]);
        }
    }
    if document.demonstration {
        texts.push(demonstration);
    }
    for text in texts {
        let wanted = bare(text);
        for (number, page) in (1..).zip(pages) {
            if !page.says_in_any_case(&wanted) {
                found.push(Gap::lack("edges", &format!("`{text}` on page {number}")));
            }
        }
    }
}

/// Words that would tell of a disability, and that the template put together from less. What the
/// record itself says is the audit's to judge.
fn disclosures(transcript: &Transcript, pages: &[Page], found: &mut Vec<Gap>) {
    let disclosing = |text: &str| of_text("the page", text).map(|finding| finding.message);
    let mut on_page: BTreeSet<String> = pages
        .iter()
        .flat_map(Page::readings)
        .filter_map(|text| disclosing(&text))
        .collect();
    if on_page.is_empty() {
        return;
    }
    each_text(&exchange::transcript_json(transcript), &mut |_, text| {
        if let Some(of_record) = disclosing(text) {
            on_page.remove(&of_record);
        }
    });
    found.extend(on_page.iter().map(|finding| Gap::disclosure(finding)));
}
