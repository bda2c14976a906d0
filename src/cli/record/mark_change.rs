//! `registrar record mark-change`: a posted mark is changed (Ed. Code 49066).

use super::Recording;
use super::desk::{Decision, Desk, Student, argument};
use super::pass_mark::averages;
use crate::cli::{Context, Done};
use crate::record::{CORRECTS_NO_MARK, Credits, MarkChange, RecordedMark, pass_or_no_pass};
use crate::store::PostingRow;
use crate::transcript::lowered;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The student, by the state's number or the school's own
    #[arg(long, value_name = "ID")]
    student: String,
    /// The posting, as its source numbers it
    #[arg(long, value_name = "ID")]
    posting: String,
    /// The mark that is changed
    #[arg(long, value_name = "MARK")]
    from: String,
    /// The mark that stands afterwards
    #[arg(long, value_name = "MARK")]
    to: String,
    /// Credits earned afterwards
    #[arg(long, value_name = "CREDITS")]
    credit_earned: String,
    /// clerical_or_mechanical_mistake, fraud, bad_faith or incompetency
    #[arg(long, value_name = "GROUND")]
    ground: String,
    /// When the teacher was heard
    #[arg(long, value_name = "DATE")]
    teacher_heard_on: Option<String>,
    /// What the teacher said
    #[arg(long, value_name = "TEXT")]
    teacher_statement: Option<String>,
    /// Why it was not practicable to hear the teacher
    #[arg(long, value_name = "TEXT")]
    teacher_not_heard: Option<String>,
    /// Who approved the change
    #[arg(long, value_name = "NAME")]
    approved_by: String,
    /// When it was decided
    #[arg(long, value_name = "DATE")]
    decided_on: String,
    #[command(flatten)]
    recording: Recording,
}

/// The mark that stands is changed, to one of the district's scale that a teacher could have given,
/// and earns no more than it attempts or earned, and nothing where it fails.
fn check(
    desk: &mut Desk<'_>,
    arguments: &Arguments,
    student: &Student,
    posting: &PostingRow,
) -> anyhow::Result<()> {
    let place = student.record.marks.iter().position(|it| is(it, posting));
    let recorded = place.map(|place| &student.record.marks[place]);
    let now = recorded.and_then(|recorded| student.record.decisions.changeable(recorded));
    let now = now.unwrap_or_default();
    if now != arguments.from {
        let message = format!("the mark is {now:?} now");
        let hint = "give the mark that stands; `registrar record list` shows earlier changes";
        desk.refuse("--from", &arguments.from, message, hint);
    }
    let policy = desk.press(&student.record)?.policy;
    if !policy.has_mark(&arguments.to) {
        let message = "the mark is not on the district's grading scale";
        let hint = "give a mark of the scale in policy.toml";
        desk.refuse("--to", &arguments.to, message, hint);
    } else if policy.waives(&arguments.to) {
        let message = format!("the mark {CORRECTS_NO_MARK}");
        let hint = "give the mark of the course; a waiver is posted by the sending system";
        desk.refuse("--to", &arguments.to, message, hint);
    } else if let Some(place) = place {
        beside_pass(desk, arguments, student, place)?;
    }
    // A posting may earn the credits of both halves of a year already.
    let stands = recorded.map_or(Credits::ZERO, |it| it.mark.credit_earned);
    let most = posting.mark.credit_attempted.max(stands);
    let earned: Result<Credits, _> = arguments.credit_earned.parse();
    if earned.is_ok_and(|earned| earned > most) {
        let message = format!("the posting attempts or earns {most} credits at most");
        let hint = "give the credits that the mark earns";
        desk.refuse("--credit-earned", &arguments.credit_earned, message, hint);
    }
    if policy.earns_no_credit(&arguments.to) && earned.is_ok_and(|earned| !earned.is_zero()) {
        let message = "this mark earns no credit";
        let hint = "give 0, or a mark that passes";
        desk.refuse("--credit-earned", &arguments.credit_earned, message, hint);
    }
    Ok(())
}

/// Where the posting stands as Pass or No Pass, what it is changed to has to be a letter that may
/// stand so: the change would do nothing to the page, and an average may be lower for the pass.
fn beside_pass(
    desk: &mut Desk<'_>,
    arguments: &Arguments,
    student: &Student,
    place: usize,
) -> anyhow::Result<()> {
    let recorded = &student.record.marks[place];
    let Some(passed) = student.record.decisions.pass_on(recorded) else {
        return Ok(());
    };
    let event = &passed.row.name;
    let hint = format!("take the pass back first: `registrar record withdraw {event}`");
    let Some(letter) = pass_or_no_pass(&arguments.to) else {
        let message = "the posting stands as Pass or No Pass on request, and this is no letter";
        desk.refuse("--to", &arguments.to, message, &hint);
        return Ok(());
    };
    let with = |mark: &str| {
        let mut record = student.record.clone();
        record.marks[place].mark.mark = Some(mark.to_owned());
        if let Ok(earned) = arguments.credit_earned.parse() {
            record.marks[place].mark.credit_earned = earned;
        }
        averages(desk, &record)
    };
    for average in lowered(&with(&arguments.to)?, &with(letter)?) {
        let message = format!(
            "the posting stands as Pass or No Pass on request, which would lower the average `{}` \
             from {} to {} then; Ed. Code 49066.5 forbids it",
            average.name, average.before, average.after
        );
        desk.refuse("--to", &arguments.to, message, &hint);
    }
    Ok(())
}

/// Whether it is that posting, of that system.
fn is(recorded: &RecordedMark, posting: &PostingRow) -> bool {
    recorded.source == posting.source && recorded.mark.posting == posting.mark.posting
}

pub(super) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let mut desk = Desk::open(context).await?;
    let student = desk.student("--student", &arguments.student).await?;
    let posting = desk.posting(student.as_ref(), &arguments.posting).await?;
    if let (Some(student), Some(posting)) = (&student, &posting) {
        check(&mut desk, arguments, student, posting)?;
    }
    let mut cells = Desk::posting_cells(posting.as_ref(), &arguments.posting);
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    cells.extend([
        ("from_mark", arguments.from.clone()),
        ("to_mark", arguments.to.clone()),
        ("credit_earned", arguments.credit_earned.clone()),
        ("ground", arguments.ground.clone()),
        ("teacher_heard_on", given(&arguments.teacher_heard_on)),
        ("teacher_statement", given(&arguments.teacher_statement)),
        ("teacher_not_heard", given(&arguments.teacher_not_heard)),
        ("approved_by", arguments.approved_by.clone()),
        ("decided_on", arguments.decided_on.clone()),
    ]);
    let decision = Decision {
        kind: "mark-change",
        student: student.as_ref(),
        school: posting.map(|posting| posting.mark.school),
        cells,
        outdated: Some("the earlier mark"),
    };
    let argument_of = |column: &str| match column {
        "from_mark" => "--from".to_owned(),
        "to_mark" => "--to".to_owned(),
        other => argument(other),
    };
    desk.carry_out::<MarkChange>(&arguments.recording, decision, argument_of)
        .await
}
