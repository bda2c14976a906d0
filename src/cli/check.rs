//! `registrar check`: what a counselor must know before transcripts leave. Next: `causes.rs`, for
//! `--causes`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::civil::Date;
use serde::Serialize;

use super::config::Config;
use super::copies::csv_cell;
use super::issuing::{self, Press};
use super::overrides::last_day;
use super::people::{NOBODY, people};
use super::presses;
use super::terminal::{Rows, Terminal, shown};
use super::{Context, Done, causes};
use crate::issue::{Counts, Coverage, Examination, Examined, IssueError, Located};
use crate::record::PersonId;
use crate::store::{Store, StudentQuery};
use crate::transcript::Edition;
use crate::transcript::audit::{Finding, Severity};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("examined").multiple(false))]
pub(super) struct Arguments {
    /// Students by the state's number or the school's own
    #[arg(long, value_name = "ID", num_args = 1.., group = "examined")]
    student: Vec<String>,
    /// Everybody whose transcript this school issues, by state code
    #[arg(long, value_name = "CODE", group = "examined")]
    school: Option<String>,
    /// Everybody whom this sending system knows [default: the whole district]
    #[arg(long, value_name = "NAME", group = "examined")]
    source: Option<String>,
    /// Read the records as they were known at this instant (2026-06-12T18:00:00Z) [default: as the
    /// newest import left them]
    #[arg(long, value_name = "INSTANT")]
    as_known: Option<jiff::Timestamp>,
    /// Instead of findings: which one setting of policy.toml would make declared figures agree
    #[arg(long)]
    causes: bool,
    /// How findings are written [default: text, and json under --json]
    #[arg(long, value_name = "FORMAT", conflicts_with = "json")]
    format: Option<Format>,
    /// The report whose rules and texts are meant [default: as configured]
    #[arg(long, value_name = "NAME|FOLDER")]
    template: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let store = context.store().await?;
    let known = store.recorded_instant(arguments.as_known).await?;
    let known = known
        .context("nothing was imported by then\nhint: `registrar import FOLDER` comes first")?;
    let who = examined(&store, arguments, known).await?;
    let now = arguments.as_known.unwrap_or_else(|| context.clock.now());
    let template = arguments.template.as_ref();
    let (examination, disclosed) = examination(context, store, template, known, now).await?;
    let terminal = Terminal {
        json: context.terminal.json || arguments.format == Some(Format::Json),
        ..context.terminal
    };
    if arguments.causes {
        anyhow::ensure!(
            arguments.format != Some(Format::Csv),
            "causes are no table\nhint: ask for text or json"
        );
        return causes::tell(&terminal, &examination, &who).await;
    }
    let mut report = Report::new(context, &terminal, arguments.format == Some(Format::Csv))?;
    let mut counts = Counts::default();
    let of_nobody = examination.of_nobody().await?;
    for finding in disclosed.into_iter().chain(of_nobody) {
        counts.add(finding.severity);
        report.legend(finding)?;
    }
    let found = examination
        .findings(&who, |located| report.push(&located))
        .await?;
    let codes = report.end()?;
    counts = Counts {
        students: found.students,
        errors: counts.errors + found.errors,
        warnings: counts.warnings + found.warnings,
        notes: counts.notes + found.notes,
        ..found
    };
    say(&terminal, counts, &codes);
    Ok(if counts.errors == 0 {
        Done::Yes
    } else {
        Done::No
    })
}

/// What looks records through, by the rules of each school's report or of the one that was asked
/// for; and what the reports' own texts would disclose.
pub(super) async fn examination(
    context: &Context,
    store: Store,
    template: Option<&String>,
    known: jiff::Timestamp,
    now: jiff::Timestamp,
) -> anyhow::Result<(Examination, Vec<Finding>)> {
    let settings = &context.config.transcript;
    let language = &settings.language;
    let presses = match template {
        Some(template) => vec![(template.clone(), Press::load(settings, template, language)?)],
        None => {
            presses::schools_are_known(settings, &store).await?;
            presses::configured(settings, language)?
        }
    };
    let (mut policies, mut disclosed) = (Vec::new(), Vec::<Finding>::new());
    for (template, press) in presses {
        let told = press.disclosed.into_iter();
        let told = Vec::from_iter(told.filter(|it| !disclosed.contains(it)));
        disclosed.extend(told);
        policies.push((template, Arc::new(press.policy)));
    }
    let policy = Arc::clone(&policies[0].1);
    let of_template = |template: &String| {
        let mut policies = policies.iter();
        let own = policies.find(|(name, _)| name == template)?;
        (own.1.digest() != policy.digest()).then(|| Arc::clone(&own.1))
    };
    let schools = settings.schools.iter();
    let of_schools = schools
        .filter_map(|(school, template)| Some((school.clone(), of_template(template)?)))
        .collect();
    let examination = Examination {
        store,
        coverage: Arc::new(Coverage::shipped()),
        request: crate::transcript::DocumentRequest {
            edition: Edition::Official,
            ..issuing::request(context, Edition::Unofficial, language, None, now)?
        },
        recorded_at: known,
        on: context.config.date_of(now)?,
        now,
        pages_under_way_max: context.config.workers() + 1,
        policy,
        of_schools,
    };
    Ok((examination, disclosed))
}

/// How many findings of each code there were.
type Codes = BTreeMap<&'static str, u64>;

fn say(terminal: &Terminal, counts: Counts, codes: &Codes) {
    let Counts {
        students,
        errors,
        overridden,
        warnings,
        notes,
    } = counts;
    let passing = match overridden {
        0 => String::new(),
        _ => format!("; errors that an override lets pass: {overridden}"),
    };
    terminal.say(format_args!(
        "Records: {students}; errors: {errors}{passing}; warnings: {warnings}; notes: {notes}"
    ));
    if codes.len() > 1 {
        let mut codes: Vec<_> = codes.iter().collect();
        codes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (code, count) in codes {
            terminal.say(format_args!("{count:>8}  {code}"));
        }
    }
    if errors > 0 {
        terminal.say(
            "Who has an error gets no official transcript, unless a named person overrides it: \
             `registrar override grant --help`",
        );
    }
}

/// Whom the arguments mean.
async fn examined(
    store: &Store,
    arguments: &Arguments,
    known: jiff::Timestamp,
) -> anyhow::Result<Examined> {
    let source = arguments.source.clone();
    let query = match &arguments.school {
        Some(school) => StudentQuery::School {
            school: school.clone(),
            grade_level: None,
        },
        None if !arguments.student.is_empty() => StudentQuery::Numbers(arguments.student.clone()),
        None => {
            let first = store.people_after(None, source.as_deref(), known).await?;
            anyhow::ensure!(!first.people.is_empty(), NOBODY);
            return Ok(Examined::Everybody { source });
        }
    };
    Ok(Examined::People(people(store, &query, known).await?))
}

/// A finding as it is told.
#[derive(Serialize)]
struct Told<'a> {
    severity: Severity,
    code: &'a str,
    student: &'a str,
    school: &'a str,
    source: Option<&'a str>,
    import: Option<i64>,
    file: Option<&'a str>,
    line: Option<u64>,
    message: &'a str,
    hint: &'a str,
    /// The override that lets it pass.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    passing: Option<Passing<'a>>,
}

/// An override that lets a finding pass.
#[derive(Serialize)]
struct Passing<'a> {
    number: i64,
    by: &'a str,
    reason: &'a str,
    until: Date,
}

impl<'a> Told<'a> {
    fn of(config: &Config, located: &'a Located) -> anyhow::Result<Self> {
        let place = located.place.as_ref();
        let passing = located.overridden.as_ref().map(|row| {
            anyhow::Ok(Passing {
                number: row.number,
                by: &row.granted.granted_by,
                reason: &row.granted.reason,
                until: last_day(config, row)?,
            })
        });
        Ok(Self {
            passing: passing.transpose()?,
            source: place.map(|place| &*place.source),
            import: place.map(|place| place.import),
            file: place.map(|place| &*place.file),
            line: place.map(|place| place.line),
            ..Self::of_nobody(&located.finding)
        })
    }

    fn of_nobody(finding: &'a Finding) -> Self {
        Self {
            severity: finding.severity,
            code: finding.code,
            student: &finding.student,
            school: &finding.school,
            source: None,
            import: None,
            file: None,
            line: None,
            message: &finding.message,
            hint: &finding.hint,
            passing: None,
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{} {}", self.severity, self.code);
        if !self.student.is_empty() {
            let _ = write!(text, ": student {}", shown(self.student));
            if !self.school.is_empty() {
                let _ = write!(text, ", school {}", shown(self.school));
            }
        }
        let _ = writeln!(text, "\n  {}", shown(self.message));
        if let (Some(source), Some(file), Some(line)) = (self.source, self.file, self.line) {
            let import = self.import.unwrap_or_default();
            let (source, file) = (shown(source), shown(file));
            let _ = writeln!(text, "  {file}:{line} of {source}, import {import}");
        }
        match &self.passing {
            None => drop(writeln!(text, "  hint: {}", shown(self.hint))),
            Some(it) => {
                let (by, reason) = (shown(it.by), shown(it.reason));
                let (number, until) = (it.number, it.until);
                let _ = writeln!(
                    text,
                    "  override {number} of {by} lets it pass until {until}: {reason}"
                );
            }
        }
        text
    }

    const COLUMNS: &'static str = "severity,code,student,school,source,import,file,line,message,\
                                   hint,overridden_by,overridden_until";

    fn csv(&self) -> String {
        let number = |number: Option<u64>| number.map_or_else(String::new, |it| it.to_string());
        let severity = self.severity.to_string();
        let until = self.passing.as_ref().map(|it| it.until.to_string());
        let until = until.unwrap_or_default();
        let (import, line) = (
            number(self.import.map(i64::unsigned_abs)),
            number(self.line),
        );
        let cells = [
            severity.as_str(),
            self.code,
            self.student,
            self.school,
            self.source.unwrap_or_default(),
            &import,
            self.file.unwrap_or_default(),
            &line,
            self.message,
            self.hint,
            self.passing.as_ref().map_or("", |it| it.by),
            &until,
        ];
        cells.map(csv_cell).join(",")
    }
}

/// What a person reads of one check of one student's rows of one school, where it stops no
/// document: a first export without the enrolments of earlier years would else fill the screen.
const TOLD_MAX: u64 = 5;

/// Findings on their way out, each as soon as it is known. Data tells every one.
struct Report<'a> {
    config: &'a Config,
    terminal: &'a Terminal,
    /// None where they are written as CSV.
    rows: Option<Rows<'a>>,
    codes: Codes,
    alike: Option<Alike>,
}

/// Findings of one check about one student, in a row.
struct Alike {
    person: PersonId,
    /// What they have in common, but for the school.
    finding: Finding,
    /// How many there are of each school.
    schools: BTreeMap<String, u64>,
}

impl<'a> Report<'a> {
    fn new(context: &'a Context, terminal: &'a Terminal, csv: bool) -> anyhow::Result<Self> {
        if csv {
            terminal.data(&(), || Told::COLUMNS.to_owned())?;
        }
        let rows = (!csv).then(|| terminal.rows());
        Ok(Self {
            config: &context.config,
            terminal,
            rows,
            codes: Codes::new(),
            alike: None,
        })
    }

    fn legend(&mut self, finding: Finding) -> anyhow::Result<()> {
        *self.codes.entry(finding.code).or_default() += 1;
        self.write(&Told::of_nobody(&finding))
    }

    fn push(&mut self, located: &Located) -> Result<(), CheckError> {
        *self.codes.entry(located.finding.code).or_default() += 1;
        if self.is_counted_only(located)? {
            return Ok(());
        }
        Ok(self.write(&Told::of(self.config, located)?)?)
    }

    /// Whether a person has read enough of this kind.
    fn is_counted_only(&mut self, located: &Located) -> anyhow::Result<bool> {
        let Located {
            person, finding, ..
        } = located;
        let before = self.alike.as_ref();
        if before.is_none_or(|it| (it.person, it.finding.code) != (*person, finding.code)) {
            self.tell_rest()?;
            self.alike = Some(Alike {
                person: *person,
                finding: finding.clone(),
                schools: BTreeMap::new(),
            });
        }
        let is_text = self.rows.is_some() && !self.terminal.json;
        if !is_text || finding.severity == Severity::Error {
            return Ok(false);
        }
        let alike = self.alike.as_mut().expect("it was just put there");
        let count = alike.schools.entry(finding.school.clone()).or_default();
        *count += 1;
        Ok(*count > TOLD_MAX)
    }

    /// How many more there were of what a person has read enough of.
    fn tell_rest(&mut self) -> anyhow::Result<()> {
        let Some(alike) = self.alike.take() else {
            return Ok(());
        };
        for (school, count) in alike.schools {
            let more = count.saturating_sub(TOLD_MAX);
            if more > 0 {
                let mut finding = alike.finding.clone();
                finding.school = school;
                finding.message = format!("{more} more of this kind");
                finding.hint = "`--format csv` and `--format json` tell each with its line".into();
                self.write(&Told::of_nobody(&finding))?;
            }
        }
        Ok(())
    }

    fn write(&mut self, told: &Told<'_>) -> anyhow::Result<()> {
        match &mut self.rows {
            Some(rows) => rows.push(told, || told.text())?,
            None => self.terminal.data(&(), || told.csv())?,
        }
        Ok(())
    }

    fn end(mut self) -> anyhow::Result<Codes> {
        self.tell_rest()?;
        if let Some(rows) = self.rows {
            rows.end()?;
        }
        Ok(self.codes)
    }
}

/// Why an examination stopped: what a room said, or standard output.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    #[error(transparent)]
    Examination(#[from] IssueError),
    #[error(transparent)]
    Output(#[from] anyhow::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A spreadsheet runs a cell that begins like a formula (CWE-1236).
    #[test]
    fn no_cell_of_the_csv_begins_like_a_formula() {
        let texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"];
        for text in texts {
            let told = Told {
                severity: Severity::Error,
                code: "total_differs",
                student: text,
                school: text,
                source: Some(text),
                import: Some(1),
                file: Some(text),
                line: Some(2),
                message: text,
                hint: text,
                passing: Some(Passing {
                    number: 1,
                    by: text,
                    reason: text,
                    until: jiff::civil::date(2026, 7, 31),
                }),
            };
            let csv = format!("{}\n{}", Told::COLUMNS, told.csv());
            let mut reader = csv::Reader::from_reader(csv.as_bytes());
            let row = reader.records().next().expect("a row").expect("it reads");
            assert_eq!(row.len(), 12);
            let with_text = row.iter().filter(|cell| cell.contains(text));
            assert_eq!(with_text.clone().count(), 7, "{row:?}");
            for cell in with_text {
                assert_eq!(cell, format!("'{text}"));
            }
        }
    }
}
