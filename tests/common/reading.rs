//! What a reader of the text alone must find: every fact of a transcript, literally and in order.

use registrar::transcript::Transcript;

/// A page's text, read from the front: each look-up begins where the one before it ended.
struct Reading<'a> {
    text: &'a str,
    place: usize,
}

impl Reading<'_> {
    fn next(&mut self, wanted: &str) {
        let wanted = words(wanted);
        let rest = &self.text[self.place..];
        let found = rest.find(&wanted);
        let found = found.unwrap_or_else(|| panic!("`{wanted}` does not follow in\n{rest}"));
        self.place += found + wanted.len();
    }
}

/// Text with every run of white space as one space: a page breaks lines where it must.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Holds the text of an English page, as `pdftotext -raw -nopgbrk` gives it, against the model: who
/// it is about, averages and totals, then term after term each course with its mark and its credits
/// on one line, then the requirements, the courses ahead, the awards and who certifies it.
///
/// # Panics
/// At the first fact that is not there, or not in its place.
pub fn reads_in_order(text: &str, model: &Transcript) {
    let text = words(text);
    let mut page = Reading {
        text: &text,
        place: 0,
    };
    page.next(&model.district.name);
    page.next(&model.school.name);
    page.next(&model.student.name);
    page.next(&model.student.birth_date.strftime("%m/%d/%Y").to_string());
    page.next(&model.student.student_id);
    for average in &model.averages {
        page.next(average.value.as_deref().unwrap_or("–"));
    }
    page.next(&model.credits.attempted.to_string());
    page.next(&model.credits.earned.to_string());
    for term in &model.terms {
        let (attempted, earned) = (term.credit_attempted, term.credit_earned);
        page.next(&format!("{} · Grade {}", term.name, term.grade_level));
        if term.school != model.school.name {
            page.next(&term.school);
        }
        page.next(&format!("{attempted} {earned}"));
        for course in &term.courses {
            let elsewhere = course.taken_at.as_ref();
            let elsewhere = elsewhere.map(|school| format!(" (at {school})"));
            let (attempted, earned) = (course.credit_attempted, course.credit_earned);
            page.next(&format!(
                "{}{} {} {attempted} {earned}",
                course.title,
                elsewhere.unwrap_or_default(),
                course.mark
            ));
        }
    }
    // The parts below the record stand beside each other, so each is read on its own.
    let place = page.place;
    let below = || Reading { text: &text, place };
    let mut subjects = below();
    for subject in model.requirements.iter().flat_map(|plan| &plan.subjects) {
        let figures = [subject.required, subject.earned, subject.in_progress];
        let figures = figures.map(|credits| credits.to_string()).join(" ");
        subjects.next(&format!("{} {figures} {}", subject.subject, subject.needed));
    }
    let mut ahead = below();
    for course in &model.ahead {
        ahead.next(&format!("{} {}", course.title, course.credit));
    }
    let mut awards = below();
    for award in &model.awards {
        let date = award.awarded_on.strftime("%m/%d/%Y");
        awards.next(&format!("{} {date}", award.said(|word| word)));
    }
    if let Some(certification) = &model.certification {
        below().next(&format!("{} {}", certification.name, certification.title));
    }
    assert!(text.contains(&format!("Document {}", model.document.id)));
}
