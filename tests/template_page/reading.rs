//! What can be read from every shipped report, sample and language, by a reader of text alone:
//! each row of the record as one text, each figure beside its label.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use registrar::record::{AgArea, Credits, GradeLevel, HonorsKind, SchoolYear};
use registrar::render::{Limits, Renderer};
use registrar::template::Report;
use registrar::transcript::{
    AheadStatus, CourseLine, Edition, RepeatCode, SubjectProgress, TermBlock, Transcript,
};

use crate::samples::{edition_of, job, model};
use crate::{letters, lines_of_pages, text_of};

/// The letters of the honors column.
fn honors(kind: HonorsKind) -> &'static str {
    match kind {
        HonorsKind::None => "",
        HonorsKind::School => "H",
        HonorsKind::UcCertified => "UC",
        HonorsKind::AdvancedPlacement => "AP",
        HonorsKind::InternationalBaccalaureate => "IB",
        HonorsKind::College => "CL",
    }
}

/// The letters of the column of repeated courses.
fn repeat(code: Option<RepeatCode>) -> &'static str {
    match code {
        Some(RepeatCode::RepeatCounted) => "R",
        Some(RepeatCode::RepeatNotCounted) => "RN",
        Some(RepeatCode::ReplacementCounted) => "RP",
        Some(RepeatCode::ReplacedNotCounted) => "RX",
        Some(RepeatCode::RepeatOtherInstitution) => "RE",
        Some(RepeatCode::NotCountedOther) => "RO",
        None => "",
    }
}

/// A course as the self-report sheet asks for it, with each of its terms.
struct Asked {
    year: String,
    level: String,
    place: String,
    title: String,
    area: &'static str,
    honors: &'static str,
    /// Each with its mark.
    terms: Vec<(String, String)>,
    credit: Credits,
}

/// Terms beside each other, and those of a course that has more below them, column by column.
fn in_columns(terms: &[(String, String)], beside: usize) -> String {
    let column = |at: usize| {
        let lines = terms.chunks(beside).filter_map(|line| line.get(at));
        let (names, marks): (Vec<&str>, Vec<&str>) =
            lines.map(|(name, mark)| (&**name, &**mark)).unzip();
        names.join(" ") + " " + &marks.join(" ")
    };
    (0..beside).map(column).collect::<Vec<_>>().join(" ")
}

/// Each course's rows in the listings of the self-report sheet, by area and by grade level.
fn self_reported(model: &Transcript) -> Vec<String> {
    let mut courses: Vec<(Option<&str>, Asked)> = Vec::new();
    let mut add = |year_course: Option<&'_ str>, line: Asked| {
        let same = |(title, course): &&mut (Option<&str>, Asked)| {
            year_course.is_some()
                && *title == year_course
                && (&course.year, &course.level, &course.place)
                    == (&line.year, &line.level, &line.place)
        };
        match courses.iter_mut().find(same) {
            Some((_, course)) => {
                course.terms.extend(line.terms);
                course.credit = course.credit + line.credit;
            }
            None => courses.push((year_course.map(|it| &*it.to_owned().leak()), line)),
        }
    };
    let of = |name: &str, year: SchoolYear, level: GradeLevel, mark: &str| {
        let year = year.to_string();
        let second = format!("20{}", &year[5..]);
        let short = [&*year, &year[..4], &second]
            .iter()
            .fold(name.to_owned(), |name, year| name.replace(year, ""));
        let posting = (short.trim().to_owned(), mark.to_owned());
        (year, level.to_string(), posting)
    };
    for term in &model.terms {
        for line in &term.courses {
            let (year, level, posting) =
                of(&term.name, term.school_year, term.grade_level, &line.mark);
            let place = line.taken_at.as_ref().unwrap_or(&term.school).clone();
            add(
                line.year_course.as_deref(),
                Asked {
                    year,
                    level,
                    place,
                    title: line.year_course.as_ref().unwrap_or(&line.title).clone(),
                    area: line.ag_area.map_or("", AgArea::code),
                    honors: honors(line.honors),
                    terms: vec![posting],
                    credit: line.credit_earned,
                },
            );
        }
    }
    for line in &model.ahead {
        let mark = match line.status {
            AheadStatus::InProgress => "IP",
            AheadStatus::Planned => "PL",
        };
        let mark = match (&*model.document.language, mark) {
            ("es", "IP") => "EC",
            ("es", _) => "PR",
            (_, mark) => mark,
        };
        let (year, level, posting) = of(&line.term, line.school_year, line.grade_level, mark);
        let place = line.taken_at.as_ref().unwrap_or(&line.school).clone();
        add(
            line.year_course.as_deref(),
            Asked {
                year,
                level,
                place,
                title: line.year_course.as_ref().unwrap_or(&line.title).clone(),
                area: line.ag_area.map_or("", AgArea::code),
                honors: honors(line.honors),
                terms: vec![posting],
                credit: line.credit,
            },
        );
    }
    // As many terms as three courses in four have; other schools by their numbers.
    let mut counts: Vec<usize> = courses.iter().map(|(_, it)| it.terms.len()).collect();
    counts.sort_unstable();
    let beside = counts.get(counts.len() * 3 / 4).map_or(1, |it| *it).min(4);
    let mut in_time: Vec<&Asked> = courses.iter().map(|(_, course)| course).collect();
    in_time.sort_by_key(|course| &course.year);
    let mut places: Vec<&String> = Vec::new();
    for course in in_time {
        if course.place != model.school.name && !places.contains(&&course.place) {
            places.push(&course.place);
        }
    }
    let named = (1..).zip(&places);
    let named: Vec<String> = named
        .map(|(number, place)| format!("{number} {place}"))
        .collect();
    let rows = courses.iter().flat_map(|(_, course)| {
        let Asked {
            year,
            level,
            place,
            title,
            area,
            terms,
            credit,
            honors,
        } = course;
        let number = places.iter().position(|it| *it == place);
        let number = number.map_or(String::new(), |at| (at + 1).to_string());
        let rest = format!("{number} {} {credit} {honors}", in_columns(terms, beside));
        [
            format!("{title} {level} {year} {rest}"),
            format!("{title} {area} {rest}"),
        ]
    });
    rows.chain(named).collect()
}

/// A course's title, with the school where it was taken.
fn titled(model: &Transcript, title: &str, place: Option<&String>) -> String {
    let at = if model.document.language == "es" {
        "en"
    } else {
        "at"
    };
    let place = place.map(|place| format!(" ({at} {place})"));
    title.to_owned() + &place.unwrap_or_default()
}

/// A course's row where marks and credits are printed by term or year.
fn recorded(report: &str, model: &Transcript, term: &TermBlock, course: &CourseLine) -> String {
    let title = titled(model, &course.title, course.taken_at.as_ref());
    let by_year = if report == "transcript-by-year" {
        term.name.as_str()
    } else {
        ""
    };
    let area = course.ag_area.map_or("", |area| area.code());
    format!(
        "{title} {by_year} {} {} {} {area} {} {}",
        course.mark,
        course.credit_attempted,
        course.credit_earned,
        honors(course.honors),
        repeat(course.repeat)
    )
}

/// Every text that the page of this model must have, as often as it must have it.
fn expected(report: &str, model: &Transcript) -> Vec<String> {
    let mut texts = Vec::new();
    if report == "self-report" {
        texts.extend(self_reported(model));
    } else {
        for term in &model.terms {
            let rows = term.courses.iter();
            texts.extend(rows.map(|course| recorded(report, model, term, course)));
        }
    }
    for average in &model.averages {
        texts.push(average.label.clone());
        let scale = match (&average.value, model.document.language.as_str()) {
            (None, _) => "–".to_owned(),
            (Some(value), "es") => format!("{value} escala de {}", average.scale),
            (Some(value), _) => format!("{value} {} scale", average.scale),
        };
        texts.push(scale);
    }
    texts.push(format!(
        "{} {}",
        model.credits.attempted, model.credits.earned
    ));
    texts.push(model.student.name.clone());
    texts.push(model.school.name.clone());
    texts.push(model.district.name.clone());
    for step in &model.grading_scale {
        let points = step.points.as_ref().map(|points| format!("({points})"));
        texts.push(format!(
            "{} {} {}",
            step.mark,
            step.meaning,
            points.unwrap_or_default()
        ));
    }
    if report != "self-report" {
        texts.extend(parts_of_a_transcript(report, model));
    }
    texts
}

/// What a transcript has and a sheet to copy from has not.
fn parts_of_a_transcript(report: &str, model: &Transcript) -> Vec<String> {
    let composed = Report::shipped(report).expect("it ships");
    let composed = composed.compose(&model.document.language);
    let wording = composed.expect("it composes").wording;
    let mut texts = Vec::new();
    for term in model
        .terms
        .iter()
        .filter(|_| report != "transcript-by-year")
    {
        let grade = if model.document.language == "es" {
            "Grado"
        } else {
            "Grade"
        };
        let elsewhere = Some(&term.school).filter(|school| **school != model.school.name);
        let (attempted, earned) = (term.credit_attempted, term.credit_earned);
        texts.push(format!(
            "{} · {grade} {} {} {attempted} {earned}",
            term.name,
            term.grade_level,
            elsewhere.map_or("", String::as_str)
        ));
    }
    if let Some(plan) = &model.requirements {
        let row = |row: &SubjectProgress, label: &str| {
            format!(
                "{label} {} {} {} {}",
                row.required, row.earned, row.in_progress, row.needed
            )
        };
        texts.push(plan.plan.clone());
        texts.extend(
            plan.subjects
                .iter()
                .map(|subject| row(subject, &subject.subject)),
        );
        texts.push(row(&plan.total, "Total"));
    }
    for course in &model.ahead {
        let area = course.ag_area.map_or("", |area| area.code());
        let honors = honors(course.honors);
        texts.push(format!(
            "{} {} {area} {honors}",
            course.title, course.credit
        ));
    }
    for award in &model.awards {
        let format = if model.document.language == "es" {
            "%Y-%m-%d"
        } else {
            "%m/%d/%Y"
        };
        let date = award.awarded_on.strftime(format);
        let award = award.said(|word| wording.language(word));
        texts.push(format!("{award} {date}"));
    }
    texts.extend(model.document.sent_to.iter().map(|it| wording.sent_to(it)));
    if let Some(signer) = &model.certification {
        texts.push(format!("{} {}", signer.name, signer.title));
    }
    texts.push(model.document.id.clone());
    texts
}

/// A text without blanks, and without the dots that stand between texts of one line only.
fn dotless(text: &str) -> String {
    letters(text).replace('·', "")
}

/// What of it the text does not have, or not as often.
fn missing(text: &str, report: &str, model: &Transcript) -> Vec<String> {
    let text = dotless(text);
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for text in expected(report, model) {
        *wanted.entry(dotless(&text)).or_default() += 1;
    }
    let short = wanted
        .into_iter()
        .filter(|(wanted, count)| text.matches(wanted.as_str()).count() < *count);
    short.map(|(wanted, _)| wanted).collect()
}

/// A sample as a report lays it out, and what can be read of it.
pub struct Read {
    pub report: String,
    pub sample: String,
    pub model: Transcript,
    text: String,
    /// What stands on each page, line by line.
    pub pages: Vec<String>,
}

/// Every sample of a report in every language.
fn read(name: &str) -> Vec<Read> {
    let report = Report::shipped(name).expect("it ships");
    let mut read = Vec::new();
    for language in report.languages() {
        let composed = report.compose(language).expect("it composes");
        let renderer = Renderer::new(&composed, &Limits::default()).expect("it parses");
        for sample in report.samples().keys() {
            let model = model(&report, sample, language, edition_of(&report, sample));
            let rendered = renderer.render(&job(sample, &model)).expect("it lays out");
            read.push(Read {
                report: name.to_owned(),
                sample: (*sample).to_owned(),
                text: text_of(&rendered.pdf),
                pages: lines_of_pages(&rendered.pdf),
                model,
            });
        }
    }
    read
}

/// All of them, laid out once for all tests, the reports beside each other.
pub static ALL: LazyLock<Vec<Read>> = LazyLock::new(|| {
    std::thread::scope(|scope| {
        let reports = Report::shipped_of("registrar-transcript").into_iter();
        let reading: Vec<_> = reports
            .map(|name| scope.spawn(move || read(&name)))
            .collect();
        let all = reading
            .into_iter()
            .map(|reading| reading.join().expect("it is read"));
        all.flatten().collect()
    })
});

#[test]
fn every_row_and_figure_of_every_sample_can_be_read_from_every_report() {
    for Read {
        report,
        sample,
        model,
        text,
        ..
    } in &*ALL
    {
        let language = &model.document.language;
        let missing = missing(text, report, model);
        assert!(
            missing.is_empty(),
            "{report}, {sample}, {language}: {missing:#?}\n{text}"
        );
    }
}

#[test]
fn a_row_or_a_figure_that_is_not_there_is_missed() {
    let changes: [fn(&mut Transcript); 7] = [
        |model| model.terms[3].courses[2].mark = "C+".to_owned(),
        |model| {
            let line = &mut model.terms[0].courses[0];
            line.title.push('s');
            line.year_course = Some(line.title.clone());
        },
        |model| model.terms[7].courses[6].credit_earned = "2.5".parse().expect("credits"),
        |model| {
            let again = model.terms[5].courses[1].clone();
            model.terms[5].courses.push(again);
        },
        |model| model.averages[1].value = Some("3.9999".to_owned()),
        |model| model.student.name.push('z'),
        |model| model.credits.earned = "999.00".parse().expect("credits"),
    ];
    let is_senior = |read: &&Read| read.sample == "senior" && read.model.document.language == "en";
    for Read {
        report,
        model,
        text,
        ..
    } in ALL.iter().filter(is_senior)
    {
        for change in changes {
            let mut other = model.clone();
            change(&mut other);
            assert!(!missing(text, report, &other).is_empty(), "{report}");
        }
    }
}

/// Where a term goes on in the next column it says so, and its credits stand once.
#[test]
fn a_term_that_breaks_says_that_it_goes_on_and_tells_its_credits_once() {
    let broken = ALL
        .iter()
        .filter(|read| read.sample == "six-pages" && read.report != "self-report");
    for Read {
        report,
        model,
        text,
        ..
    } in broken
    {
        let (text, in_english) = (dotless(text), model.document.language == "en");
        let again = if in_english {
            "(continued)"
        } else {
            "(continuación)"
        };
        assert!(text.matches(again).count() >= 5, "{report}");
        for term in model
            .terms
            .iter()
            .filter(|_| report != "transcript-by-year")
        {
            let grade = if in_english { "Grade" } else { "Grado" };
            let name = dotless(&format!("{} {grade} {}", term.name, term.grade_level));
            let figures = format!("{}{}", term.credit_attempted, term.credit_earned);
            let with_figures = text.matches(&format!("{name}{figures}")).count();
            let going_on = text.matches(&format!("{name}{again}")).count();
            assert_eq!(with_figures, 1, "{report}: {name}");
            assert_eq!(
                text.matches(&name).count(),
                with_figures + going_on,
                "{report}: {name}"
            );
            assert_eq!(
                text.matches(&format!("{again}{figures}")).count(),
                0,
                "{report}"
            );
        }
    }
}

#[test]
fn a_page_in_spanish_has_none_of_the_labels_in_english() {
    let labels = |model: &Transcript| -> Vec<String> {
        let averages = model.averages.iter().map(|average| &average.label);
        let scale = model.grading_scale.iter().map(|step| &step.meaning);
        let plan = model.requirements.iter().map(|plan| &plan.plan);
        let awards = model.awards.iter().map(|award| &award.label);
        averages
            .chain(scale)
            .chain(plan)
            .chain(awards)
            .cloned()
            .collect()
    };
    let in_language = |language: &'static str| {
        ALL.iter()
            .filter(move |read| read.model.document.language == language)
    };
    for Read {
        report: name,
        sample,
        model,
        text,
        ..
    } in in_language("es")
    {
        let same = |read: &&Read| (&read.report, &read.sample) == (name, sample);
        let english = in_language("en").find(same).expect("in English too");
        let [spanish, english] = [model, &english.model].map(labels);
        let foreign: Vec<_> = english
            .iter()
            .filter(|label| !spanish.contains(label))
            .collect();
        assert!(foreign.len() > 5, "{name}, {sample}");
        for label in foreign {
            // A word of the scale may stand in a name or a title.
            assert!(
                label.len() < 12 || !text.contains(label.as_str()),
                "{name}, {sample}: {label}"
            );
        }
    }
}

/// In Spanish a hyphen at which a line ends is printed again at the beginning of the next.
#[test]
fn no_line_ends_at_a_hyphen_of_the_text_itself() {
    for read in ALL.iter() {
        for (at, _) in read.text.match_indices("- -") {
            let letter = |text: &str| text.starts_with(char::is_alphabetic);
            let after = letter(&read.text[at + 3..]);
            let Read { report, sample, .. } = read;
            assert!(!after, "{report}, {sample}: {}", &read.text[at..at + 4]);
        }
    }
}

/// What a twin or an official document says of asking the district ends with whom to ask.
#[test]
fn a_sentence_about_asking_the_district_does_not_dangle_without_a_contact() {
    let report = Report::shipped("transcript").expect("it ships");
    let composed = report.compose("en").expect("it composes");
    let renderer = Renderer::new(&composed, &Limits::default()).expect("it parses");
    for (edition, sentence) in [
        (Edition::Flat, "or to get the signed one:"),
        (Edition::Flat, "signed original says, the district tells:"),
        (Edition::Official, "or ask the district:"),
    ] {
        for (sample, whom) in [
            ("no-contact", "Ninemile Joint Unified School District"),
            ("senior", "records@losrobles.example"),
        ] {
            let model = model(&report, sample, "en", edition);
            let rendered = renderer.render(&job(sample, &model)).expect("it lays out");
            let text = text_of(&rendered.pdf);
            assert!(
                text.contains(&format!("{sentence} {whom}")),
                "{sentence}\n{text}"
            );
        }
    }
}
