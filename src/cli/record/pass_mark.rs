//! `registrar record pass-mark`: a letter of 2020-21 becomes Pass or No Pass (Ed. Code 49066.5).

use jiff::civil::Date;

use super::Recording;
use super::desk::{Decision, Desk, Student, argument};
use crate::cli::issuing;
use crate::cli::{Context, Done};
use crate::record::{PASS_MARK_DAYS_MAX, PassMark, PersonRecord, pass_or_no_pass};
use crate::store::PostingRow;
use crate::transcript::{AverageTrace, Edition, assemble, lowered};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The student, by the state's number or the school's own
    #[arg(long, value_name = "ID")]
    student: String,
    /// The posting, as its source numbers it
    #[arg(long, value_name = "ID")]
    posting: String,
    /// When it was asked for
    #[arg(long, value_name = "DATE")]
    requested_on: String,
    /// Who asked: pupil, parent or rights_holder
    #[arg(long, value_name = "WHO")]
    requested_by: String,
    #[command(flatten)]
    recording: Recording,
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut desk = Desk::open(context).await?;
    let student = desk.student("--student", &arguments.student).await?;
    let posting = desk.posting(student.as_ref(), &arguments.posting).await?;
    if let (Some(student), Some(posting)) = (&student, &posting) {
        check(&mut desk, student, posting)?;
    }
    say_if_late(context, &desk, &arguments.requested_on)?;
    let mut cells = Desk::posting_cells(posting.as_ref(), &arguments.posting);
    cells.insert("requested_on", arguments.requested_on.clone());
    cells.insert("requested_by", arguments.requested_by.clone());
    let decision = Decision {
        kind: "pass-mark",
        student: student.as_ref(),
        school: posting.map(|posting| posting.mark.school),
        cells,
        outdated: Some("the letter"),
    };
    desk.carry_out::<PassMark>(&arguments.recording, decision, argument)
        .await
}

/// Only a letter can become Pass or No Pass, and no average may be lower for it.
fn check(desk: &mut Desk<'_>, student: &Student, posting: &PostingRow) -> anyhow::Result<()> {
    let number = &posting.mark.posting;
    let own = |mark: &&crate::record::RecordedMark| {
        mark.mark.posting == *number && mark.mark.school == posting.mark.school
    };
    let now = student.record.marks.iter().find(own);
    let now = now
        .and_then(|recorded| recorded.mark.mark.as_deref())
        .unwrap_or_default();
    let Some(letter) = pass_or_no_pass(now) else {
        let message = format!("the mark is {now:?}, which is no letter from A to F");
        desk.refuse(
            "--posting",
            number,
            message,
            "only letters become Pass or No Pass",
        );
        return Ok(());
    };
    let mut passed = student.record.clone();
    for recorded in &mut passed.marks {
        if recorded.mark.posting == *number && recorded.mark.school == posting.mark.school {
            recorded.mark.mark = Some(letter.to_owned());
        }
    }
    let before = averages(desk, &student.record)?;
    let after = averages(desk, &passed)?;
    for average in lowered(&before, &after) {
        let message = format!(
            "Pass or No Pass would lower the average `{}` from {} to {}, which Ed. Code 49066.5 \
             forbids",
            average.name, average.before, average.after
        );
        desk.refuse("--posting", number, message, "leave this letter as it is");
    }
    Ok(())
}

/// The averages of a record as it would be printed.
pub(super) fn averages(
    desk: &Desk<'_>,
    record: &PersonRecord,
) -> anyhow::Result<Vec<AverageTrace>> {
    let press = desk.press(record)?;
    let language = &press.language;
    let request = issuing::request(desk.context, Edition::Unofficial, language, None, desk.now)?;
    let assembled = assemble(record, &desk.directory, &press.policy, &request);
    let assembled = assembled.map_err(|problems| {
        let reasons: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(
            "whether an average falls cannot be told: {}\nhint: correct the record first",
            reasons.join("; ")
        )
    })?;
    Ok(assembled.traces)
}

/// The law gives a number of days; a change that comes late is still owed.
fn say_if_late(context: &Context, desk: &Desk<'_>, requested_on: &str) -> anyhow::Result<()> {
    let Ok(requested_on) = requested_on.parse::<Date>() else {
        return Ok(());
    };
    let today = context.config.date_of(desk.now)?;
    let days = i64::from(today.since(requested_on)?.get_days());
    if days > PASS_MARK_DAYS_MAX {
        context.terminal.say(format_args!(
            "It was asked for {days} days ago; Ed. Code 49066.5 gives {PASS_MARK_DAYS_MAX}"
        ));
    }
    Ok(())
}
