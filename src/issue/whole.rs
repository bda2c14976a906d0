//! Whether the pages say what the record says. A school's own blocks and texts shape the page; what
//! they leave out, or hide, makes no document, whatever edition it is of.
//!
//! It is looked for in what a reader can read there (`render::Run`): each course's title with its
//! mark, credits and a-g area in its own row, under its own term or year, requirements with their
//! total and awards in a row too (a seal's language by the report's own name), each term, or its
//! year, with its grade level and, unless none has them, its credits, every average by its label,
//! the totals, whose record it is, where it was made and, of a transfer, to which school it was
//! sent; and, in the program's own words, on every page what kind of copy it is. On an official
//! page the credits of a term, of a requirement, of the plan and in all stand by their own labels,
//! if they are labelled with the report's own strings (`sums.rs`). A copy for oneself may leave
//! out terms, requirements and areas, and tell a year's course once, with all its marks, each with
//! its term or in the order of time, and the sum of its credits.
//!
//! What an official page says beyond the record is looked for in `surplus.rs`.
//!
//! Not looked for: what the model says as a code and the template in words of its own (the kind of
//! transcript, the letters of honors and repeats), legends, addresses, and the certification, whose
//! words and signer's line are settings; nor, of the head, the day of issue, the grade level, the
//! days of entering, leaving and graduating, the state's number of the student and the codes of the
//! school.
//!
//! Never: a rule of the page's look. Where something stands is the template's affair. Next:
//! `rows.rs` and `headings.rs` for what is looked for, `placing.rs` for where, `shown.rs` for how a
//! page is read.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::headings::{Others, headings, terms};
use super::legend::Legend;
use super::placing::{Reading, Shown};
use super::rows::{
    Course, Row, YearKey, courses, figures_of, printed, rows_of, titles, year_courses,
};
use super::shown::{Arrangement, Page, bare, folded};
use super::sums::Sums;
use super::surplus::{Rows, surplus};
use crate::exchange;
use crate::render::Run;
use crate::template::{Notices, Wording, notices};
use crate::transcript::audit::of_text;
use crate::transcript::{Edition, Transcript, each_text};

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
    pub(super) fn lack(block: &'static str, what: &str) -> Self {
        Self {
            block,
            what: format!("the page does not show {what}"),
            hint: "a template may arrange what the record says and not leave it out: it stands \
                   upright, in 5 points or more, dark on light, with nothing over it, and alone in \
                   its cell or paragraph",
        }
    }

    /// What is there and should not be.
    pub(super) fn surplus(block: &'static str, what: &str, hint: &'static str) -> Self {
        let what = format!("the page shows {what}");
        Self { block, what, hint }
    }

    /// The same with another hint.
    pub(super) fn with_hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
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
    let mut hinted = BTreeSet::new();
    let reason = |gap: &Gap| match hinted.insert(gap.hint) {
        // Several of one kind need it once.
        false => gap.to_string(),
        true => {
            let hint = gap.hint;
            format!("{gap}\nhint: {hint}; `registrar template check` says where")
        }
    };
    gaps.iter().map(reason).collect()
}

/// What the pages of this transcript lack, laid out by a report of this wording.
pub fn gaps(transcript: &Transcript, wording: &Wording, pages: &[Vec<Run>]) -> Vec<Gap> {
    let read = || -> Vec<Page> { pages.iter().map(|runs| Page::new(runs)).collect() };
    let worded = &*worded(transcript, wording);
    let courses = courses(worded);
    let Told {
        mut pages,
        mut found,
        rows,
    } = rows_and_terms(worded, wording, &courses, read);
    figures(transcript, wording, &mut pages, &mut found);
    if is_official(transcript) {
        found.extend(surplus(worded, &courses, wording, &pages, &rows));
    }
    texts(transcript, &pages, &mut found);
    sent(transcript, wording, &pages, &mut found);
    on_every_page(transcript, &pages, &mut found);
    disclosures(transcript, &pages, &mut found);
    found.truncate(GAPS_MAX);
    found
}

/// The transcript with its awards as the page names them, each language by the report's own name.
fn worded<'a>(transcript: &'a Transcript, wording: &Wording) -> Cow<'a, Transcript> {
    let mut worded = Cow::Borrowed(transcript);
    let awards = (0..).zip(&transcript.awards);
    for (at, award) in awards.filter(|(_, award)| award.language.is_some()) {
        worded.to_mut().awards[at].label = award.said(|word| wording.language(word));
    }
    worded
}

pub(super) fn is_official(transcript: &Transcript) -> bool {
    transcript.document.edition != Edition::Unofficial
}

/// Pages as they were read, what they lack, and which rows of them are whose.
#[derive(Default)]
struct Told {
    pages: Vec<Page>,
    found: Vec<Gap>,
    rows: Rows,
}

/// The pages as rows, read in each way in which they may be arranged, as long as something lacks.
fn rows_and_terms(
    transcript: &Transcript,
    wording: &Wording,
    courses: &[Course<'_>],
    read: impl Fn() -> Vec<Page>,
) -> Told {
    let titles = titles(transcript, courses);
    let official = is_official(transcript);
    let headings = match official {
        true => headings(transcript),
        false => Vec::new(),
    };
    let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, term) in transcript.terms.iter().enumerate().filter(|_| official) {
        names.entry(folded(&term.name)).or_default().push(at);
    }
    let mut best: Option<Told> = None;
    for way in WAYS {
        let (arrangement, in_years) = way;
        if in_years && official {
            continue;
        }
        let mut reading = Reading::new(read(), &titles, &headings, names.clone(), arrangement);
        let (found, rows) = lacking(transcript, wording, courses, &mut reading, in_years);
        let is_better = best
            .as_ref()
            .is_none_or(|most| found.len() < most.found.len());
        if is_better {
            let is_whole = found.is_empty();
            best = Some(Told {
                pages: reading.pages,
                found,
                rows,
            });
            if is_whole {
                break;
            }
        }
    }
    best.unwrap_or_default()
}

/// How pages may be arranged, the likeliest first; and whether a year's course is told once, with
/// its terms beside each other.
const WAYS: [(Arrangement, bool); 4] = {
    let plain = Arrangement {
        figures_first: false,
        levels_apart: false,
    };
    let figures_first = Arrangement {
        figures_first: true,
        ..plain
    };
    let levels_apart = Arrangement {
        levels_apart: true,
        ..plain
    };
    [
        (plain, false),
        (plain, true),
        (figures_first, false),
        (levels_apart, false),
    ]
};

/// What is not there of rows, totals and terms.
fn lacking(
    transcript: &Transcript,
    wording: &Wording,
    courses: &[Course<'_>],
    reading: &mut Reading<'_>,
    in_years: bool,
) -> (Vec<Gap>, Rows) {
    let years: Vec<Row<'_>> = match in_years {
        true => year_courses(courses),
        false => Vec::new(),
    };
    let placed = reading.place(&years, false);
    let joined: BTreeSet<YearKey<'_>> = years
        .iter()
        .zip(&placed)
        .filter_map(|(row, at)| at.as_ref().and(row.year))
        .collect();
    let mut rows = rows_of(transcript, courses);
    rows.retain(|row| row.year.is_none_or(|year| !joined.contains(&year)));
    let placed = reading.place(&rows, false);
    let also = reading.named_in(placed.iter().flatten());
    let shown: Vec<Option<Shown>> = placed.iter().take(courses.len()).cloned().collect();
    let others = reading.others(&placed);
    let shown_in: Vec<Shown> = placed.iter().flatten().cloned().collect();
    let of_plan: Vec<Option<Shown>> = placed.iter().skip(courses.len()).cloned().collect();
    let lacking: Vec<Row<'_>> = rows
        .into_iter()
        .zip(placed)
        .filter_map(|(row, at)| at.is_none().then_some(row))
        .collect();
    // Those that are there, and elsewhere.
    let elsewhere = reading.place(&lacking, true);
    let mut found = Vec::new();
    for (row, elsewhere) in lacking.iter().zip(elsewhere) {
        let headed = row.term.is_none_or(|term| reading.has_heading_of(term));
        if elsewhere.is_some() && !headed {
            // The heading is what lacks, and is said below.
            continue;
        }
        let (Row { what, title, .. }, figures) = (row, row.figures[0].join(", "));
        let under = row.term.filter(|_| elsewhere.is_some());
        let under = under.map(|term| {
            let term = &transcript.terms[term].name;
            format!(" under the heading of its term, `{term}`, or of its year")
        });
        let under = under.unwrap_or_default();
        let lack = format!("{what} `{title}` with {figures} in its line{under}");
        found.push(Gap::lack(row.block, &lack));
    }
    if is_official(transcript) {
        requirements(
            transcript,
            wording,
            &mut reading.pages,
            &of_plan,
            &mut found,
        );
        let no_sums = no_sums(transcript, &shown_in);
        let columns = Sums::of_terms(wording, &reading.pages);
        let lacking = terms(transcript, reading, &also, &no_sums, &columns);
        found.extend(lacking);
    }
    let others = match found.is_empty() {
        true => others,
        // Some of them may be what the record asked for.
        false => Vec::new(),
    };
    (found, Rows { shown, others })
}

/// What on the pages is no sum of a term, though it may stand between headings.
fn no_sums(transcript: &Transcript, rows: &[Shown]) -> Others {
    let credits = &transcript.credits;
    let totals = [credits.attempted, credits.earned, credits.in_progress];
    let averages = transcript.averages.iter();
    let averages = averages.filter_map(|it| it.value.as_deref().map(bare));
    let in_row = |row: &Shown| {
        let page = row.page;
        row.texts.clone().into_iter().map(move |at| (page, at))
    };
    Others {
        figures: totals
            .iter()
            .map(ToString::to_string)
            .chain(averages)
            .collect(),
        in_rows: rows.iter().flat_map(in_row).collect(),
        legend: Legend::of(transcript),
    }
}

const OTHER_COLUMN: &str = "credits required, earned, in progress and needed stand each below its \
                            own label, `strings.required`, `strings.earned`, \
                            `strings.in_progress_column` or `strings.needed`; without labels, in \
                            this order";

/// The sums of the requirements, and whether theirs and those of each stand by their labels.
fn requirements(
    transcript: &Transcript,
    wording: &Wording,
    pages: &mut [Page],
    rows: &[Option<Shown>],
    found: &mut Vec<Gap>,
) {
    let Some(plan) = &transcript.requirements else {
        return;
    };
    let columns = Sums::of_plan(wording, pages);
    let exchanged = |what: &str| {
        let what = format!("the credits of {what} below another label or in another order");
        Gap::surplus("summary", &what, OTHER_COLUMN)
    };
    for (row, shown) in plan.subjects.iter().zip(rows) {
        let is_right =
            |it: &Shown| columns.fit(it.page, &pages[it.page], &it.figures, &figures_of(row));
        if !shown.as_ref().is_none_or(is_right) {
            let what = format!("the requirement `{}`", row.subject);
            found.push(exchanged(&what));
        }
    }
    let figures = figures_of(&plan.total);
    let mut take = |is_right: bool| {
        let mut pages = pages.iter_mut().enumerate();
        pages.any(|(number, page)| {
            page.take_line(0..page.len(), &figures, |page, texts| {
                columns.fit(number, page, texts, &figures) == is_right
            })
        })
    };
    if take(true) {
        return;
    }
    found.push(match take(false) {
        true => exchanged("the total of the requirements"),
        false => {
            let figures = figures.join(", ");
            let lack = format!("the total of the requirements, {figures}, in one line");
            Gap::lack("summary", &lack)
        }
    });
}

/// Each average by its label.
fn averages(transcript: &Transcript, labels: &[String], pages: &mut [Page], found: &mut Vec<Gap>) {
    for (average, label) in transcript.averages.iter().zip(labels) {
        let Some(value) = &average.value else {
            continue;
        };
        let figure = bare(value);
        let mut pages = pages.iter_mut();
        if !pages.any(|page| page.take_labelled(label, labels, &figure)) {
            let lack = format!("the average `{}` of {value}", average.label);
            found.push(Gap::lack("summary", &lack));
        }
    }
}

const OTHER_TOTAL: &str = "the credits attempted and earned stand each by its own label, \
                           `strings.credits_attempted` and `strings.credits_earned`, or by labels \
                           of the template's own";

/// Each average, and the totals; one that another's label stands by is not told by that.
fn figures(transcript: &Transcript, wording: &Wording, pages: &mut [Page], found: &mut Vec<Gap>) {
    let of_averages: Vec<String> = transcript
        .averages
        .iter()
        .map(|it| folded(&it.label))
        .collect();
    averages(transcript, &of_averages, pages, found);
    let credits = &transcript.credits;
    let totals = [
        ("attempted", "credits_attempted", credits.attempted),
        ("earned", "credits_earned", credits.earned),
        ("in progress", "credits_in_progress", credits.in_progress),
    ];
    let own = totals.map(|(_, key, _)| wording.text(key).map(folded));
    let mut labels = of_averages.clone();
    labels.extend(own.iter().flatten().cloned());
    for ((name, _, total), label) in totals.iter().zip(&own).take(2) {
        let figure = total.to_string();
        let mut by_label = |figure: &str| {
            let label = label.as_deref();
            let mut pages = pages.iter_mut();
            label.is_some_and(|label| pages.any(|it| it.take_labelled(label, &labels, figure)))
        };
        if by_label(&figure) {
            continue;
        }
        let mut others = totals.iter().filter(|(.., other)| other != total);
        if let Some((other, .., credits)) = others.find(|it| by_label(&it.2.to_string())) {
            let what = format!("the credits {other}, {credits}, by the label of those {name}");
            found.push(Gap::surplus("summary", &what, OTHER_TOTAL));
            continue;
        }
        let is_shown = pages.iter_mut().any(|page| page.take(&figure))
            || pages.iter().any(|page| page.tells(&figure, &of_averages));
        if !is_shown {
            let lack = format!("the credits {name}, {figure}");
            found.push(Gap::lack("summary", &lack));
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
        let birth_date = printed(student.birth_date, &transcript.document.language);
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

/// To which school it was sent, in the report's own sentence: the name alone may stand in a term.
fn sent(transcript: &Transcript, wording: &Wording, pages: &[Page], found: &mut Vec<Gap>) {
    let Some(school) = &transcript.document.sent_to else {
        return;
    };
    let sentence = wording.sent_to(school);
    if !pages.iter().any(|page| page.says(&bare(&sentence))) {
        let lack = format!("to which school it was sent, `{sentence}`");
        found.push(Gap::lack("arrangement", &lack));
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
            if !page.says(&wanted) {
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
