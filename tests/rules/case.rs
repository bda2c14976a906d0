//! Reads one case, runs it, and tells where it comes out otherwise.

use std::collections::BTreeMap;

use jiff::civil::Date;
use registrar::record::*;
use registrar::transcript::*;
use serde::Deserialize;

use crate::areas;
use crate::given::{awarded, fulfilment, pass_mark, posted};

pub use crate::given::{directory, empty, request};

/// What a table may have. `becomes` is what the case's average makes of a posting, `counts in` the
/// rows of the plan in which its credits count, `a-g` what becomes of it there, `printed` what
/// stands on the page. `title` is the posting's own, `catalogue` that of its course; `begins` and
/// `ends` are days of the term, which has 30 where it tells none, or 300 of a year.
const COLUMNS: [&str; 28] = [
    "when",
    "begins",
    "ends",
    "kind",
    "course",
    "title",
    "catalogue",
    "subject",
    "area",
    "code",
    "honors",
    "sequence",
    "level",
    "part",
    "repeatable",
    "graduation",
    "mark",
    "credits",
    "earned",
    "value",
    "posted as",
    "source",
    "school",
    "taken at",
    "counts in",
    "a-g",
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
    /// The policy, where it is none that ships: a file in `policies/`.
    rules: Option<String>,
    /// Settings of the policy that are other here: `"gpa.csu.window" = ["10", "11"]`.
    #[serde(default)]
    policy: BTreeMap<String, toml::Value>,
    /// The average that is explained in the table's last column.
    gpa: Option<String>,
    /// The graduation plan.
    #[serde(default = "district")]
    plan: String,
    /// The school year of entering grade 9, from which the postings have theirs.
    #[serde(default = "entered")]
    entered: String,
    /// The grade of the enrolment.
    #[serde(default = "twelve")]
    grade: String,
    /// The days of enrolment; none has neither end within a term.
    enrolled: Option<[Date; 2]>,
    /// Awards, a seal of biliteracy with its language: `"seal_of_biliteracy Spanish"`.
    #[serde(default)]
    awards: Vec<String>,
    /// Requirements that are no courses, as they were posted: `"service_learning under_way 25"`.
    #[serde(default)]
    fulfilments: Vec<String>,
    /// The postings that are to stand as Pass or No Pass, by request.
    #[serde(default)]
    passes: Vec<String>,
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
    /// Area: its parts, `world_history: 10.00 of 10.00`.
    parts: BTreeMap<String, Vec<String>>,
    /// Area: what was validated, and by which posting.
    validations: BTreeMap<String, Vec<String>>,
    /// What the area of the surplus has of the others.
    surplus: Option<String>,
    /// Next grade, and credits still needed; an empty list where no grade asks for more.
    promotion: Option<Vec<String>>,
    /// Requirement that is no course: its status, and how much is needed.
    requirements: BTreeMap<String, [String; 2]>,
    /// Posting with a part of its credit: what its days come to, and whether that agrees.
    partial: BTreeMap<String, [String; 2]>,
    /// The awards as they are printed.
    awards: Option<Vec<String>>,
    /// What stands nowhere in the transcript's data.
    never: Vec<String>,
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
        let shipped = || POLICY.to_owned();
        let text = self.rules.as_deref().map_or_else(shipped, |name| {
            let folder = env!("CARGO_MANIFEST_DIR");
            let file = format!("{folder}/fixtures/rules/policies/{name}.toml");
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
        });
        let mut policy: toml::Value = toml::from_str(&text).expect("a policy");
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
        self.compare_page(&record, &assembled.transcript, &lines, &mut wrong);
        let progress = Progress::of(&self.policy(), &record, "en");
        areas::assert_that_they_add_up(&self.rule, &progress);
        self.compare_progress(&progress, &lines, &mut wrong);
        self.compare_shares(&record, &assembled.transcript, &lines, &mut wrong);
        let partial = PartialPosting::of(&self.policy(), &record);
        self.compare_partial(&partial, &mut wrong);
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

    fn compare_page(
        &self,
        record: &PersonRecord,
        transcript: &Transcript,
        lines: &[Line],
        wrong: &mut Vec<String>,
    ) {
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
        if let Some(said) = &self.expect.awards {
            let awards = transcript.awards.iter();
            let found: Vec<String> = awards.map(|award| award.said(|word| word)).collect();
            same("awards".into(), said, &found);
        }
        let data = serde_json::to_string(transcript)
            .expect("a model")
            .to_lowercase();
        let told = self.expect.never.iter();
        let told: Vec<String> = told
            .filter(|word| data.contains(&word.to_lowercase()))
            .cloned()
            .collect();
        same("words that must not be told".into(), &[], &told);
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
        for (recorded, line) in record.marks.iter().zip(lines) {
            if let Some(said) = line.get("printed") {
                let found = printed(transcript, recorded);
                let posting = &recorded.mark.posting;
                same(
                    format!("posting {posting}"),
                    std::slice::from_ref(said),
                    &[found],
                );
            }
        }
    }

    fn compare_progress(&self, progress: &Progress, lines: &[Line], wrong: &mut Vec<String>) {
        let mut same = |what: String, said: &[String], found: &[String]| {
            if said != found {
                wrong.push(format!("{what}: the case says {said:?}, found {found:?}"));
            }
        };
        for (code, said) in &self.expect.ag {
            let areas = &progress.college_preparation.as_ref().expect("areas").areas;
            let row = areas
                .iter()
                .find(|row| row.area.code() == code)
                .expect("an area");
            let found = [row.earned, row.validated, row.needed].map(|credits| credits.to_string());
            same(format!("area {code}"), said, &found);
        }
        for (posting, line) in (1..).zip(lines) {
            if let Some(said) = line.get("a-g") {
                let found = areas::becomes(progress, &posting.to_string());
                same(
                    format!("posting {posting}"),
                    std::slice::from_ref(said),
                    &[found],
                );
            }
        }
        let told = [
            ("parts", &self.expect.parts, areas::parts(progress)),
            (
                "validations",
                &self.expect.validations,
                areas::validations(progress),
            ),
        ];
        for (what, said, found) in told {
            for (area, said) in said {
                same(format!("{what} of {area}"), said, &found[area]);
            }
        }
        if let Some(said) = &self.expect.surplus {
            let areas = &progress.college_preparation.as_ref().expect("areas").areas;
            let found: Credits = areas.iter().map(|row| row.surplus).sum();
            same(
                "surplus".into(),
                std::slice::from_ref(said),
                &[found.to_string()],
            );
        }
        if let Some(said) = &self.expect.promotion {
            let next = progress.promotion.as_ref();
            let found = next.map(|next| vec![next.to_grade.to_string(), next.needed.to_string()]);
            same("promotion".into(), said, &found.unwrap_or_default());
        }
    }

    /// Where the credits of each posting went; the parts come to the sums of the page.
    fn compare_shares(
        &self,
        record: &PersonRecord,
        transcript: &Transcript,
        lines: &[Line],
        wrong: &mut Vec<String>,
    ) {
        let credits = CreditTrace::of(&self.policy(), record);
        assert_eq!(credits.totals, transcript.credits, "{}", self.rule);
        let sum = |part: fn(&CreditShare) -> Credits| credits.marks.iter().map(part).sum();
        let sums: [Credits; 2] = [sum(|it| it.attempted), sum(|it| it.earned)];
        let totals = &transcript.credits;
        assert_eq!(sums, [totals.attempted, totals.earned], "{}", self.rule);
        let plan = PlanTrace::of(&self.policy(), record, "en").expect("a plan");
        let requirements = transcript.requirements.as_ref().expect("a plan");
        for (row, shares) in requirements.subjects.iter().zip(&plan.rows) {
            let earned = shares.shares.iter();
            let earned = earned.filter(|share| share.stage == Stage::Earned);
            let earned: Credits = earned.map(|share| share.credits).sum();
            assert_eq!(earned, row.earned, "{}: {}", self.rule, row.subject);
        }
        for (posting, line) in (1..).zip(lines) {
            let Some(said) = line.get("counts in") else {
                continue;
            };
            let found = counts_in(&plan, &posting.to_string());
            if *said != found {
                wrong.push(format!(
                    "posting {posting}: the case says `{said}`, found `{found}`"
                ));
            }
        }
        for (name, said) in &self.expect.requirements {
            let found = plan.requirements.iter().find(|it| it.name == *name);
            let found = found.unwrap_or_else(|| panic!("the plan has no `{name}`"));
            let status = found.progress.map_or("none", |progress| progress.code());
            let needed = found.needed.map_or("unknown".into(), |it| it.to_string());
            if *said != [status.to_owned(), needed.clone()] {
                wrong.push(format!("{name}: found {status}, {needed} needed"));
            }
        }
    }

    fn compare_partial(&self, partial: &[PartialPosting], wrong: &mut Vec<String>) {
        let told = partial.iter().map(|posting| {
            let differs = if posting.differs { "differs" } else { "agrees" };
            let reckoned = posting.credit_reckoned.to_string();
            (posting.name.posting.clone(), [reckoned, differs.to_owned()])
        });
        let found: BTreeMap<String, [String; 2]> = told.collect();
        let said = &self.expect.partial;
        if *said != found {
            wrong.push(format!("partial: the case says {said:?}, found {found:?}"));
        }
    }

    fn record(&self, lines: &[Line]) -> PersonRecord {
        let entered: SchoolYear = self.entered.parse().expect("a school year");
        let mut record = empty(self.grade.parse().expect("a grade"));
        for (posting, line) in (1..).zip(lines) {
            let mut recorded = posted(posting, line, entered);
            if self.passes.contains(&recorded.mark.posting) {
                let pass = pass_mark(&recorded.mark.posting);
                let decided = decide_mark(&mut recorded, Vec::new(), &[pass]);
                record.decisions.marks.extend(decided);
            }
            record.marks.push(recorded);
        }
        if let Some([from, to]) = self.enrolled {
            record.enrolments[0].entered_on = from;
            record.enrolments[0].left_on = Some(to);
        }
        record.awards = self.awards.iter().map(|award| awarded(award)).collect();
        record.fulfilments = self.fulfilments.iter().map(|it| fulfilment(it)).collect();
        record.plan = Some(GraduationPlan {
            school: "S".into(),
            person: "1".into(),
            plan: self.plan.clone(),
            entered_grade_9: entered,
        });
        record
    }
}

/// Sets `gpa.csu.window` in a policy: a word after a list of tables is the name of one, or its
/// label.
pub fn set(policy: &mut toml::Value, path: &str, value: toml::Value) {
    let mut at = policy;
    for word in path.split('.') {
        at = match at {
            toml::Value::Array(entries) => entries
                .iter_mut()
                .find(|entry| {
                    let name = entry.get("name").or_else(|| entry.get("label")?.get("en"));
                    name.and_then(toml::Value::as_str) == Some(word)
                })
                .unwrap_or_else(|| panic!("no entry `{word}` in `{path}`")),
            toml::Value::Table(table) => table
                .entry(word)
                .or_insert_with(|| toml::Value::Table(toml::Table::new())),
            other => panic!("`{path}` leads into {other}"),
        };
    }
    *at = value;
}

/// One word for each variant, and the list of these words: who adds a variant adds its word, and
/// then the list asks for a case.
macro_rules! words {
    ($list:ident, $word:ident: $of:ty { $($variant:pat => $text:literal,)* }) => {
        pub const $list: &[&str] = &[$($text),*];

        fn $word(of: &$of) -> &'static str {
            match of {
                $($variant => $text,)*
            }
        }
    };
}

words!(LEFT_OUT, left_out: LeftOutReason {
    LeftOutReason::NoMarkYet => "out: no mark yet",
    LeftOutReason::Kind => "out: kind",
    LeftOutReason::Window { .. } => "out: window",
    LeftOutReason::NotAg => "out: not a-g",
    LeftOutReason::Subject { .. } => "out: subject",
    LeftOutReason::NoGraduationCredit => "out: no graduation credit",
    LeftOutReason::NoPoints => "out: no points",
    LeftOutReason::NotOnScale => "out: not on scale",
    LeftOutReason::NoCredit => "out: no credit",
    LeftOutReason::Repeat { .. } => " counts",
});

words!(WITHHELD, withheld: BonusWithheld {
    BonusWithheld::Honors { .. } => "no bonus: honors",
    BonusWithheld::BelowC => "no bonus: below C",
    BonusWithheld::Elsewhere { .. } => "no bonus: elsewhere",
    BonusWithheld::Cap { .. } => "no bonus: cap",
});

words!(CODES, coded: RepeatCode {
    RepeatCode::RepeatCounted => "RepeatCounted",
    RepeatCode::RepeatNotCounted => "RepeatNotCounted",
    RepeatCode::ReplacementCounted => "ReplacementCounted",
    RepeatCode::ReplacedNotCounted => "ReplacedNotCounted",
    RepeatCode::RepeatOtherInstitution => "RepeatOtherInstitution",
    RepeatCode::NotCountedOther => "NotCountedOther",
});

/// What a trace says of a posting, in the words of a case.
fn explained(trace: &AverageTrace, posting: &str) -> String {
    if let Some(out) = trace
        .left_out
        .iter()
        .find(|out| out.name.posting == posting)
    {
        let word = left_out(&out.reason);
        return match &out.reason {
            LeftOutReason::Window { earned, .. } => format!("{word} ({earned})"),
            LeftOutReason::Subject { subject } => format!("{word} {subject}"),
            LeftOutReason::Repeat { code, counts, .. } => {
                format!("out: {}, {counts}{word}", coded(code))
            }
            _ => word.to_owned(),
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
    let Some(why) = &taken.bonus_withheld else {
        return text;
    };
    let word = withheld(why);
    match why {
        BonusWithheld::Honors { honors } | BonusWithheld::Elsewhere { honors } => {
            format!("{text}, {word} {honors}")
        }
        BonusWithheld::BelowC => format!("{text}, {word}"),
        BonusWithheld::Cap {
            window,
            most: CapSize::Semesters(most),
        } => format!("{text}, {word} {most} in {window}"),
        BonusWithheld::Cap { window, most } => format!("{text}, {word} {most} in {window}"),
    }
}

/// The rows in which a posting's credits count: `English 5.00; Electives 2.50 in progress`.
fn counts_in(plan: &PlanTrace, posting: &str) -> String {
    let mut parts = Vec::new();
    for row in &plan.rows {
        for share in row.shares.iter().filter(|it| it.name.posting == posting) {
            let stage = match share.stage {
                Stage::Earned => "",
                Stage::InProgress => " in progress",
                Stage::Waived => " waived",
            };
            parts.push(format!("{} {}{stage}", row.subject, share.credits));
        }
    }
    let left_out = plan.left_out.iter();
    for out in left_out.filter(|out| out.name.posting == posting) {
        parts.push(format!("out {}", out.credits));
    }
    parts.join("; ")
}

/// What stands on the page of a posting: `mark attempted/earned code`.
fn printed(transcript: &Transcript, recorded: &RecordedMark) -> String {
    let terms = transcript.terms.iter();
    let lines = terms
        .filter(|term| term.name == recorded.term.name)
        .flat_map(|term| &term.courses);
    let mut of_it = lines.filter(|line| {
        (line.number.as_str(), line.title.as_str()) == (&recorded.mark.course, recorded.title())
    });
    let posting = &recorded.mark.posting;
    let line = of_it.next();
    let line = line.unwrap_or_else(|| panic!("posting {posting} is not on the page"));
    assert_eq!(
        of_it.count(),
        0,
        "posting {posting} is not the only one of its title"
    );
    let mut text = format!(
        "{} {}/{}",
        line.mark, line.credit_attempted, line.credit_earned
    );
    if let Some(code) = line.repeat {
        text += &format!(" {}", coded(&code));
    }
    text
}
