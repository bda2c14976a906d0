//! Reads one case, runs it, and tells where it comes out otherwise.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use registrar::record::*;
use registrar::transcript::*;
use serde::Deserialize;

/// What a table may have. `becomes` is what the case's average makes of a posting, `printed` what
/// stands on the page.
const COLUMNS: [&str; 19] = [
    "when",
    "kind",
    "course",
    "title",
    "subject",
    "area",
    "honors",
    "sequence",
    "level",
    "part",
    "repeatable",
    "graduation",
    "mark",
    "credits",
    "earned",
    "posted as",
    "school",
    "becomes",
    "printed",
];

pub const POLICY: &str = include_str!("../../report-templates/transcript/policy.toml");

/// A case as it stands in its file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The rule in one sentence.
    pub rule: String,
    /// Who says so.
    pub source: String,
    /// Settings of the shipped policy that are other here: `"gpa.csu.window" = ["10", "11"]`.
    #[serde(default)]
    policy: BTreeMap<String, toml::Value>,
    /// The average that is explained in the table's last column.
    gpa: Option<String>,
    /// The graduation plan.
    #[serde(default = "district")]
    plan: String,
    /// The school year of entering grade 9.
    #[serde(default = "entered")]
    entered: String,
    /// The grade of the enrolment.
    #[serde(default = "twelve")]
    grade: String,
    /// The postings, one row each, with what becomes of them.
    pub table: String,
    /// The figures.
    expect: Expect,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Expect {
    value: Option<String>,
    credit_counted: Option<String>,
    credits: Option<[String; 2]>,
    /// Row of the plan: earned, needed, in progress.
    plan: BTreeMap<String, [String; 3]>,
    /// Area: earned, validated, needed.
    ag: BTreeMap<String, [String; 3]>,
    /// Next grade, and credits still needed; an empty list where no grade asks for more.
    promotion: Option<Vec<String>>,
}

fn district() -> String {
    "district-210".to_owned()
}
fn entered() -> String {
    "2022-23".to_owned()
}
fn twelve() -> String {
    "12".to_owned()
}

/// One line of the table, by column.
type Line = BTreeMap<String, String>;

impl Case {
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The columns of the table, which must be known: a misspelt one would be ignored.
    fn lines(&self) -> Vec<Line> {
        let split = |line: &str| -> Vec<String> {
            line.split('|').map(|cell| cell.trim().to_owned()).collect()
        };
        let mut lines = self.table.lines().filter(|line| !line.trim().is_empty());
        let header = split(lines.next().expect("a header"));
        for column in &header {
            assert!(
                COLUMNS.contains(&column.as_str()),
                "{}: `{column}`",
                self.rule
            );
        }
        let line = |line: &str| {
            let cells = split(line);
            assert_eq!(cells.len(), header.len(), "{line}");
            header.iter().cloned().zip(cells).collect()
        };
        lines.map(line).collect()
    }

    fn policy(&self) -> Policy {
        let mut policy: toml::Value = toml::from_str(POLICY).expect("the shipped policy");
        for (path, value) in &self.policy {
            set(&mut policy, path, value.clone());
        }
        let text = toml::to_string(&policy).expect("a policy");
        Policy::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", self.rule))
    }

    /// What comes out otherwise than the case says.
    pub fn differences(&self) -> Vec<String> {
        let lines = self.lines();
        let record = self.record(&lines);
        let assembled = assemble(&record, &directory(), &self.policy(), &request())
            .unwrap_or_else(|problems| panic!("{}: {problems:?}", self.rule));
        let mut wrong = Vec::new();
        let explained = lines.iter().any(|line| !line["becomes"].is_empty());
        let without = explained || self.expect.value.is_some();
        assert!(
            self.gpa.is_some() || !without,
            "{}: of which average?",
            self.rule
        );
        if let Some(name) = &self.gpa {
            let trace = assembled.traces.iter().find(|trace| trace.name == *name);
            let trace = trace.expect("the policy has this average");
            self.compare_trace(trace, &lines, &mut wrong);
        }
        self.compare_page(&assembled.transcript, &lines, &mut wrong);
        let progress = Progress::of(&self.policy(), &record, "en");
        self.compare_progress(&progress, &mut wrong);
        wrong
    }

    fn compare_trace(&self, trace: &AverageTrace, lines: &[Line], wrong: &mut Vec<String>) {
        let same = |what: &str, said: &Option<String>, found: String, wrong: &mut Vec<String>| {
            if let Some(said) = said.as_ref().filter(|said| **said != found) {
                wrong.push(format!("{what}: the case says {said}, found {found}"));
            }
        };
        let value = trace.value.clone().unwrap_or_else(|| "none".to_owned());
        same("value", &self.expect.value, value, wrong);
        let counted = trace.credit_counted.to_string();
        same(
            "credit counted",
            &self.expect.credit_counted,
            counted,
            wrong,
        );
        for (posting, line) in (1..).zip(lines) {
            let found = explained(trace, &posting.to_string());
            if line["becomes"] != found {
                let said = &line["becomes"];
                wrong.push(format!(
                    "posting {posting}: the case says `{said}`, found `{found}`"
                ));
            }
        }
    }

    fn compare_page(&self, transcript: &Transcript, lines: &[Line], wrong: &mut Vec<String>) {
        let mut same = |what: String, said: &[String], found: &[String]| {
            if said != found {
                wrong.push(format!("{what}: the case says {said:?}, found {found:?}"));
            }
        };
        if let Some(said) = &self.expect.credits {
            let credits = &transcript.credits;
            let found = [credits.attempted.to_string(), credits.earned.to_string()];
            same("credits".into(), said, &found);
        }
        let requirements = transcript.requirements.as_ref().expect("a plan");
        for (subject, said) in &self.expect.plan {
            let total = (subject == "total").then_some(&requirements.total);
            let rows = &requirements.subjects;
            let row = total.or_else(|| rows.iter().find(|row| row.subject == *subject));
            let row = row.unwrap_or_else(|| panic!("the plan has no row `{subject}`"));
            let found =
                [row.earned, row.needed, row.in_progress].map(|credits| credits.to_string());
            same(subject.clone(), said, &found);
        }
        for (posting, line) in (1..)
            .zip(lines)
            .filter(|(_, line)| line.contains_key("printed"))
        {
            let found = printed(transcript, posting);
            same(
                format!("posting {posting}"),
                &[line["printed"].clone()],
                &[found],
            );
        }
    }

    fn compare_progress(&self, progress: &Progress, wrong: &mut Vec<String>) {
        let mut same = |what: String, said: &[String], found: &[String]| {
            if said != found {
                wrong.push(format!("{what}: the case says {said:?}, found {found:?}"));
            }
        };
        let areas = &progress.college_preparation.as_ref().expect("areas").areas;
        for (code, said) in &self.expect.ag {
            let row = areas
                .iter()
                .find(|row| row.area.code() == code)
                .expect("an area");
            let found = [row.earned, row.validated, row.needed].map(|credits| credits.to_string());
            same(format!("area {code}"), said, &found);
        }
        if let Some(said) = &self.expect.promotion {
            let next = progress.promotion.as_ref();
            let found = next.map(|next| vec![next.to_grade.to_string(), next.needed.to_string()]);
            same("promotion".into(), said, &found.unwrap_or_default());
        }
    }

    fn record(&self, lines: &[Line]) -> PersonRecord {
        let mut marks: Vec<RecordedMark> = Vec::new();
        for (posting, line) in (1..).zip(lines) {
            marks.push(posted(posting, line));
        }
        let mut record = empty(self.grade.parse().expect("a grade"));
        record.marks = marks;
        record.plan = Some(GraduationPlan {
            school: "S".into(),
            person: "1".into(),
            plan: self.plan.clone(),
            entered_grade_9: self.entered.parse().expect("a school year"),
        });
        record
    }
}

/// Sets `gpa.csu.window` in a policy: a word after a list of tables is the name of one.
pub fn set(policy: &mut toml::Value, path: &str, value: toml::Value) {
    let mut at = policy;
    for word in path.split('.') {
        at = match at {
            toml::Value::Array(entries) => entries
                .iter_mut()
                .find(|entry| entry["name"].as_str() == Some(word))
                .unwrap_or_else(|| panic!("no entry `{word}` in `{path}`")),
            toml::Value::Table(table) => table
                .entry(word)
                .or_insert_with(|| toml::Value::Table(toml::Table::new())),
            other => panic!("`{path}` leads into {other}"),
        };
    }
    *at = value;
}

/// What a trace says of a posting, in the words of a case.
fn explained(trace: &AverageTrace, posting: &str) -> String {
    if let Some(out) = trace
        .left_out
        .iter()
        .find(|out| out.name.posting == posting)
    {
        return match &out.reason {
            LeftOutReason::NoMarkYet => "out: no mark yet".to_owned(),
            LeftOutReason::Kind => "out: kind".to_owned(),
            LeftOutReason::Window { earned, .. } => format!("out: window ({earned})"),
            LeftOutReason::NotAg => "out: not a-g".to_owned(),
            LeftOutReason::Subject { subject } => format!("out: subject {subject}"),
            LeftOutReason::NoGraduationCredit => "out: no graduation credit".to_owned(),
            LeftOutReason::NoPoints => "out: no points".to_owned(),
            LeftOutReason::NotOnScale => "out: not on scale".to_owned(),
            LeftOutReason::NoCredit => "out: no credit".to_owned(),
            LeftOutReason::Repeat { code, counts } => format!("out: {code:?}, {counts} counts"),
        };
    }
    let taken = trace
        .taken
        .iter()
        .find(|taken| taken.name.posting == posting);
    let taken = taken.unwrap_or_else(|| panic!("posting {posting} is in neither list"));
    let mut text = format!("{} x {}", taken.points, taken.credits);
    if let Some(other) = &taken.counts_as {
        text = format!("as {other} {text}");
    }
    if taken.twice {
        text += " twice";
    }
    if !taken.bonus_credits.is_zero() {
        text += &format!(" + {} x {}", taken.bonus, taken.bonus_credits);
    }
    match &taken.bonus_withheld {
        None => text,
        Some(BonusWithheld::Honors { honors }) => format!("{text}, no bonus: honors {honors}"),
        Some(BonusWithheld::BelowC) => format!("{text}, no bonus: below C"),
        Some(BonusWithheld::Cap {
            window,
            semesters_max,
        }) => {
            format!("{text}, no bonus: cap {semesters_max} in {window}")
        }
    }
}

/// What stands on the page of the n-th posting: `mark attempted/earned code`.
fn printed(transcript: &Transcript, posting: u32) -> String {
    let lines = transcript.terms.iter().flat_map(|term| &term.courses);
    let line = lines
        .into_iter()
        .find(|line| line.title == format!("Posting {posting}"));

    let line = line.unwrap_or_else(|| panic!("posting {posting} is not on the page"));
    let mut text = format!(
        "{} {}/{}",
        line.mark, line.credit_attempted, line.credit_earned
    );
    if let Some(code) = line.repeat {
        text += &format!(" {code:?}");
    }
    text
}

fn days(days: i32) -> jiff::Span {
    jiff::Span::new().days(days)
}

/// The year in which a grade's school year begins.
fn first_year(grade: GradeLevel) -> i16 {
    2013 + i16::from(grade.number())
}

/// `fall 10`, `spring 10`, `summer after 9`: the term, its kind and the grade.
fn when(text: &str) -> (Date, TermKind, GradeLevel) {
    let grade: GradeLevel = text
        .rsplit(' ')
        .next()
        .and_then(|level| level.parse().ok())
        .expect(text);
    let year = first_year(grade);
    let (begins, kind) = match text.split(' ').next() {
        Some("fall") => (date(year, 8, 14), TermKind::Semester),
        Some("spring") => (date(year + 1, 1, 10), TermKind::Semester),
        Some("summer") => (date(year + 1, 6, 20), TermKind::Summer),
        Some("year") => (date(year, 8, 14), TermKind::Year),
        _ => panic!("`{text}` is no time"),
    };
    (begins, kind, grade)
}

fn posted(posting: u32, line: &Line) -> RecordedMark {
    let cell = |name: &str| {
        line.get(name)
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
    };
    let owned = |name: &str| cell(name).map(str::to_owned);
    let (begins_on, term_kind, grade_level) = when(cell("when").expect("when"));
    let credits = |name: &str, default: &str| -> Credits {
        cell(name).unwrap_or(default).parse().expect("credits")
    };
    let attempted = credits("credits", "5");
    let mark = owned("mark");
    let passed = !matches!(
        mark.as_deref(),
        None | Some("F" | "W" | "I" | "NP" | "NC" | "X")
    );
    let earned = if passed { attempted } else { Credits::ZERO };
    let kind = if term_kind == TermKind::Summer {
        "summer"
    } else {
        "regular"
    };
    let course = owned("course").unwrap_or_else(|| format!("C-{posting}"));
    let school = cell("school").unwrap_or("S").to_owned();
    RecordedMark {
        source: "t".into(),
        mark: Mark {
            school: school.clone(),
            posting: posting.to_string(),
            person: "1".into(),
            term: line["when"].clone(),
            course: course.clone(),
            title: owned("title"),
            taken_at: None,
            kind: cell("kind").unwrap_or(kind).parse().expect("a kind"),
            mark,
            credit_attempted: attempted,
            credit_earned: cell("earned").map_or(earned, |text| text.parse().expect("credits")),
            grade_level: cell("posted as")
                .map_or(grade_level, |text| text.parse().expect("a grade")),
            posted_by: None,
            posted_at: None,
        },
        term: Term {
            school: school.clone(),
            term: line["when"].clone(),
            name: line["when"].clone(),
            school_year: SchoolYear::beginning(first_year(grade_level)).expect("a year"),
            kind: term_kind,
            begins_on,
            ends_on: begins_on.saturating_add(days(if term_kind == TermKind::Year {
                300
            } else {
                30
            })),
        },
        course: Course {
            school,
            course,
            title: format!("Posting {posting}"),
            subject: cell("subject").unwrap_or("english").into(),
            ag_area: cell("area").map(|area| area.parse().expect("an area")),
            honors: cell("honors").map_or(HonorsKind::None, |text| text.parse().expect("honors")),
            state_course_code: None,
            credit_value: attempted,
            sequence: owned("sequence"),
            level: owned("level"),
            part: owned("part"),
            repeatable: cell("repeatable").map(|text| text.parse().expect("yes or no")),
            graduation_credit: cell("graduation").map(|text| text.parse().expect("yes or no")),
            retired_on: None,
        },
    }
}

/// A person with one enrolment and no marks.
pub fn empty(grade_level: GradeLevel) -> PersonRecord {
    PersonRecord {
        id: PersonId::from_local_id("t", "1"),
        person: Person {
            school: "S".into(),
            person: "1".into(),
            state_id: None,
            legal_given: "Ana".into(),
            legal_middle: None,
            legal_family: Some("Ortega".into()),
            legal_suffix: None,
            chosen_name: None,
            printed_name: None,
            birth_date: date(2008, 3, 9),
            mailing_address: None,
        },
        source: "t".into(),
        enrolments: vec![Enrolment {
            school: "S".into(),
            person: "1".into(),
            entered_on: date(2022, 8, 15),
            left_on: None,
            grade_level,
            exit_reason: None,
        }],
        marks: Vec::new(),
        totals: Vec::new(),
        plan: None,
        awards: Vec::new(),
        held: Vec::new(),
        decisions: Default::default(),
        faults: Vec::new(),
    }
}

pub fn directory() -> Directory {
    let mut directory = Directory::default();
    let school = School {
        school: "S".into(),
        district: "D".into(),
        name: "Alder High School".into(),
        ceeb: None,
        kind: SchoolKind::High,
        charter: CharterStatus::None,
        local_district: None,
        street: "1 Alder St".into(),
        city: "Los Alisos".into(),
        state: "CA".into(),
        postal_code: "90031".into(),
        phone: None,
    };
    let other = School {
        school: "T".into(),
        name: "Birch High School".into(),
        ..school.clone()
    };
    directory.schools.insert("S".into(), school);
    directory.schools.insert("T".into(), other);
    let district = District {
        code: "D".into(),
        name: "Los Alisos Unified".into(),
        state: "CA".into(),
        contact: None,
    };
    directory.districts.insert("D".into(), district);
    directory
}

pub fn request() -> DocumentRequest {
    DocumentRequest {
        id: String::new(),
        kind: None,
        edition: Edition::Unofficial,
        purpose: Default::default(),
        language: "en".into(),
        issued_on: date(2026, 6, 12),
        demonstration: false,
        show_state_id: false,
        show_address: false,
        use_chosen_name: false,
        certification: None,
    }
}
