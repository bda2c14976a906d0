//! Whether the pages say what the record says. A school's own blocks and texts shape the page; what
//! they leave out, or hide, makes no document, whatever edition it is of.
//!
//! It is looked for in what a reader can read there (`render::Run`): each course's title with its
//! mark, credits and a-g area in one line, requirements and awards so too, every average by its
//! label, the totals, whose record it is and where it was made; and, in the program's own words, on
//! every page what kind of copy it is. Not looked for: what the model says as a code and the
//! template in words of its own (the kind of transcript, grade levels, the letters of honors and
//! repeats), the credits of a term, legends, addresses, who certifies it.
//!
//! Never: a rule of the page's look. Where something stands is the template's affair. Next:
//! `shown.rs`, which reads the page.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

use super::shown::{Page, bare};
use crate::exchange;
use crate::render::Run;
use crate::template::{Notices, notices};
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
    let mut pages: Vec<Page> = pages.iter().map(|runs| Page::new(runs)).collect();
    let mut found = Vec::new();
    rows(transcript, &mut pages, &mut found);
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

/// Something that the page says in one line.
struct Row<'a> {
    block: &'static str,
    /// What it is, before its title.
    what: &'static str,
    title: &'a str,
    /// Where it may say that it was taken.
    places: Vec<String>,
    /// In each of these ways, of which one is there.
    figures: Vec<Vec<String>>,
}

/// Everything of the record that is a row of a table; a copy for oneself may leave out some of it.
fn rows_of(transcript: &Transcript) -> Vec<Row<'_>> {
    let official = is_official(transcript);
    let mut rows = Vec::new();
    let mut course = |title, places, mut figures: Vec<String>, for_others: Vec<String>| {
        figures.extend(for_others.into_iter().filter(|_| official));
        rows.push(Row {
            block: "record",
            what: "the course",
            title,
            places,
            figures: vec![figures],
        });
    };
    for term in &transcript.terms {
        for line in &term.courses {
            let mut places = vec![bare(&term.school)];
            places.extend(line.taken_at.as_deref().map(bare));
            let attempted = line.credit_attempted.to_string();
            let area = line.ag_area.map(|area| area.to_string());
            course(
                &*line.title,
                places,
                vec![line.mark.clone(), line.credit_earned.to_string()],
                [attempted].into_iter().chain(area).collect(),
            );
        }
    }
    for ahead in &transcript.ahead {
        let area = ahead.ag_area.map(|area| area.to_string());
        let credit = ahead.credit.to_string();
        course(
            &*ahead.title,
            Vec::new(),
            vec![credit],
            Vec::from_iter(area),
        );
    }
    if official {
        let progress = transcript.requirements.iter().flat_map(|it| &it.subjects);
        rows.extend(progress.map(|row| Row {
            block: "summary",
            what: "the requirement",
            title: &row.subject,
            places: Vec::new(),
            figures: vec![
                [row.required, row.earned, row.in_progress, row.needed]
                    .map(|credits| credits.to_string())
                    .into(),
            ],
        }));
        rows.extend(transcript.awards.iter().map(|award| Row {
            block: "summary",
            what: "the award",
            title: &award.label,
            places: Vec::new(),
            figures: printed(award.awarded_on).map(|date| vec![date]).into(),
        }));
    }
    // Those with most figures first: one with fewer could take theirs.
    rows.sort_by_key(|row| std::cmp::Reverse(row.figures[0].len()));
    rows
}

fn rows(transcript: &Transcript, pages: &mut [Page], found: &mut Vec<Gap>) {
    for row in rows_of(transcript) {
        let title = bare(row.title);
        let shown = row.figures.iter().any(|figures| {
            let figures: Vec<String> = figures.iter().map(|figure| bare(figure)).collect();
            let mut pages = pages.iter_mut();
            pages.any(|page| page.take_row(&title, &row.places, &figures))
        });
        if !shown {
            let (Row { what, title, .. }, figures) = (&row, row.figures[0].join(", "));
            let lack = format!("{what} `{title}` with {figures} in its line");
            found.push(Gap::lack(row.block, &lack));
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
