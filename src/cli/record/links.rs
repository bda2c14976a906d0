//! `registrar record merge`, `distinct` and `split`: who is one person.

use std::collections::BTreeSet;

use super::Recording;
use super::desk::{Cells, Decision, Desk, JoinedRow, Student, argument, told_joined};
use crate::cli::{Context, Done};
use crate::record::{ComparedName, Event, GivenNames, LinkKind, Person, PersonLink};
use crate::store::PersonRow;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PairArguments {
    /// The student, by the state's number or the school's own
    #[arg(long, value_name = "ID")]
    student: String,
    /// The other student, by the state's number or the school's own
    #[arg(long, value_name = "ID")]
    other: String,
    /// What shows it
    #[arg(long, value_name = "TEXT")]
    ground: String,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct MergeArguments {
    #[command(flatten)]
    pair: PairArguments,
    /// The two have different dates of birth or names, and the ground says why
    #[arg(long)]
    although_different: bool,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SplitArguments {
    /// The row that is somebody else, by its source's own number for the student
    #[arg(long, value_name = "ID")]
    student: String,
    /// The source that sent the row, where several use the number
    #[arg(long, value_name = "NAME")]
    student_source: Option<String>,
    /// What shows that it is not the person of its state id
    #[arg(long, value_name = "TEXT")]
    ground: String,
    #[command(flatten)]
    recording: Recording,
}

pub(super) async fn merge(context: &Context, arguments: &MergeArguments) -> anyhow::Result<Done> {
    let mut desk = Desk::open(context).await?;
    let (student, other) = two(&mut desk, &arguments.pair).await?;
    if let (Some(student), Some(other)) = (&student, &other) {
        may_be_one(&mut desk, arguments, student, other).await?;
    }
    let outdated = Some("one part of the record");
    of_two(desk, &arguments.pair, [student, other], ("merge", outdated)).await
}

/// A transcript of two people's marks is signed for one of them: what speaks against a merge has to
/// be answered first.
async fn may_be_one(
    desk: &mut Desk<'_>,
    arguments: &MergeArguments,
    student: &Student,
    other: &Student,
) -> anyhow::Result<()> {
    let [Some(one), Some(two)] = rows_of([Some(student), Some(other)], &arguments.pair) else {
        return Ok(());
    };
    let named = ("--other", arguments.pair.other.as_str());
    if !arguments.although_different {
        for message in differences(&one.person, &two.person) {
            let hint = "look at both; if they are one person all the same, --although-different";
            desk.refuse(named.0, named.1, message, hint);
        }
    }
    refuse_distinct(desk, named, student, other).await
}

/// What tells two rows apart.
fn differences(one: &Person, two: &Person) -> Vec<&'static str> {
    let name = |person: &Person| {
        let family = person.legal_family.as_deref();
        ComparedName::new(
            &person.legal_given,
            person.legal_middle.as_deref(),
            family,
            None,
        )
    };
    let (one_named, two_named) = (name(one), name(two));
    let chosen = [one, two].map(|person| person.chosen_name.as_deref());
    let given = one_named.given_names_beside(&two_named, chosen);
    let family = one_named.has_family_name_of(&two_named);
    let different = [
        (
            one.birth_date != two.birth_date,
            "has another date of birth",
        ),
        // A family name changes with a marriage; a given name may be told in two ways.
        (
            given == GivenNames::Others || given == GivenNames::Near && !family,
            "has another name",
        ),
    ];
    let different = different.into_iter().filter(|(differs, _)| *differs);
    different.map(|(_, message)| message).collect()
}

/// Makes one person of several students. What speaks against a merge speaks against this too.
pub(super) async fn join(
    desk: &mut Desk<'_>,
    named: (&str, &str),
    students: &[&Student],
    although_different: bool,
) -> anyhow::Result<()> {
    for (place, one) in students.iter().enumerate() {
        for other in &students[place + 1..] {
            let pairs = one.rows.iter().flat_map(|one| {
                let others = other.rows.iter();
                others.flat_map(|two| differences(&one.person, &two.person))
            });
            let against: BTreeSet<&str> = pairs.collect();
            for message in against.into_iter().filter(|_| !although_different) {
                let message = format!("joins rows again of which one {message}");
                let hint = "look at all of them; if they are one person all the same, \
                            --although-different";
                desk.refuse(named.0, named.1, message, hint);
            }
            refuse_distinct(desk, named, one, other).await?;
        }
    }
    if students.len() > 1 {
        let rows = students.iter().flat_map(|student| &student.rows);
        let rows = rows.map(|row| JoinedRow {
            source: row.source.clone(),
            person: row.person.person.clone(),
        });
        desk.joined = rows.collect();
        desk.joined.sort();
    }
    Ok(())
}

/// Of each person whom an undoing would make of several students, the rows; or what speaks against
/// it.
pub(in crate::cli) async fn joined_by_undoing(
    context: &Context,
    import: i64,
    although_different: bool,
) -> anyhow::Result<Vec<Vec<JoinedRow>>> {
    let store = context.store().await?;
    let people = store.joined_by_undoing(import, context.clock.now()).await?;
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let mut desk = Desk::open(context).await?;
    let mut joined = Vec::new();
    for ids in people {
        let mut students = Vec::new();
        for id in ids {
            students.extend(desk.student_of(id).await?);
        }
        let named = ("NUMBER", &*import.to_string());
        join(
            &mut desk,
            named,
            &Vec::from_iter(&students),
            although_different,
        )
        .await?;
        joined.push(std::mem::take(&mut desk.joined));
    }
    if desk.wrong.is_empty() {
        return Ok(joined);
    }
    let mut text = format!("import {import} stays");
    for rows in &joined {
        text += &format!("; without it {}", told_joined(rows));
    }
    let against: BTreeSet<&str> = desk.wrong.iter().map(|it| &*it.message).collect();
    for message in against {
        text += &format!("\n  {message}");
    }
    let hints: BTreeSet<&str> = desk
        .wrong
        .iter()
        .filter_map(|it| it.hint.as_deref())
        .collect();
    anyhow::bail!("{text}\nhint: {}", Vec::from_iter(hints).join("; "))
}

/// Refuses to make one person of two whom somebody found to be two.
async fn refuse_distinct(
    desk: &mut Desk<'_>,
    (argument, value): (&str, &str),
    student: &Student,
    other: &Student,
) -> anyhow::Result<()> {
    let events = desk.store.events(Some(student.id), None, desk.known);
    for recorded in events.await? {
        let stands = recorded.ending.is_none() && recorded.astray.is_none();
        let Event::PersonLink(link) = recorded.event else {
            continue;
        };
        let named = [
            (Some(&link.person_source), Some(&link.person)),
            (link.other_source.as_ref(), link.other_person.as_ref()),
        ];
        let is_other = other
            .rows
            .iter()
            .any(|row| named.contains(&(Some(&row.source), Some(&row.person.person))));
        if link.link == LinkKind::Distinct && stands && is_other {
            let message = format!("was found to be somebody else ({})", link.event);
            let hint = "take that back first: `registrar record withdraw`";
            desk.refuse(argument, value, message, hint);
        }
    }
    Ok(())
}

pub(super) async fn distinct(context: &Context, arguments: &PairArguments) -> anyhow::Result<Done> {
    let mut desk = Desk::open(context).await?;
    let (student, other) = two(&mut desk, arguments).await?;
    of_two(desk, arguments, [student, other], ("distinct", None)).await
}

/// The rows that are meant: of two students whose names stand on documents, of two numbers of one
/// student those that bear them.
fn rows_of<'a>(
    [student, other]: [Option<&'a Student>; 2],
    arguments: &PairArguments,
) -> [Option<&'a PersonRow>; 2] {
    let (Some(one), Some(two)) = (student, other) else {
        return [student, other].map(|it| it.and_then(Student::row));
    };
    let numbered = |number: &str| {
        let mut rows = one.rows.iter().filter(|row| row.person.person == number);
        rows.next().filter(|_| rows.next().is_none())
    };
    match (numbered(&arguments.student), numbered(&arguments.other)) {
        (Some(row), Some(other)) if one.id == two.id => [Some(row), Some(other)],
        _ => [one.row(), two.row()],
    }
}

async fn two(
    desk: &mut Desk<'_>,
    arguments: &PairArguments,
) -> anyhow::Result<(Option<Student>, Option<Student>)> {
    let student = desk.student("--student", &arguments.student).await?;
    let other = desk.student("--other", &arguments.other).await?;
    Ok((student, other))
}

async fn of_two(
    mut desk: Desk<'_>,
    arguments: &PairArguments,
    [student, other]: [Option<Student>; 2],
    (kind, outdated): (&'static str, Option<&'static str>),
) -> anyhow::Result<Done> {
    let [row, other_row] = rows_of([student.as_ref(), other.as_ref()], arguments);
    let id = |student: &Option<Student>| student.as_ref().map(|student| student.id);
    let row_name =
        |row: Option<&PersonRow>| row.map(|row| (row.source.clone(), row.person.person.clone()));
    let state_id = |row: Option<&PersonRow>| row.and_then(|row| row.person.state_id.clone());
    // Two rows of one state id may be said to be one person's though they differ.
    let two_rows = kind == "merge"
        && row_name(row) != row_name(other_row)
        && state_id(row).is_some()
        && state_id(row) == state_id(other_row);
    let same = id(&student).is_some() && id(&student) == id(&other) && !two_rows;
    if same {
        let hint = "name two students, or two numbers of one; `registrar record split` parts rows \
                    of one state id";
        desk.refuse(
            "--other",
            &arguments.other,
            "is the same person already",
            hint,
        );
    }
    let mut cells = cells(row, kind, &arguments.ground);
    let mut other_cells = Desk::person_cells(other_row);
    let mut other_cell = |column| other_cells.remove(column).unwrap_or_default();
    cells.insert("other_source", other_cell("person_source"));
    // What was said already is not said again of the row.
    let of_nobody = (same || other_row.is_none()).then(|| "??".to_owned());
    cells.insert(
        "other_person",
        of_nobody.unwrap_or_else(|| other_cell("person")),
    );
    let decision = Decision {
        kind,
        student: student.as_ref(),
        school: row.map(|row| row.person.school.clone()),
        cells,
        outdated,
    };
    desk.carry_out::<PersonLink>(&arguments.recording, decision, argument)
        .await
}

pub(super) async fn split(context: &Context, arguments: &SplitArguments) -> anyhow::Result<Done> {
    let mut desk = Desk::open(context).await?;
    let student = desk.student("--student", &arguments.student).await?;
    let row = match &student {
        Some(student) => row_to_split(&mut desk, student, arguments),
        None => None,
    };
    let decision = Decision {
        kind: "split",
        student: student.as_ref(),
        school: row.as_ref().map(|row| row.person.school.clone()),
        cells: cells(row.as_ref(), "split", &arguments.ground),
        outdated: Some("records of both"),
    };
    desk.carry_out::<PersonLink>(&arguments.recording, decision, argument)
        .await
}

fn cells(row: Option<&PersonRow>, link: &str, ground: &str) -> Cells {
    let mut cells = Desk::person_cells(row);
    cells.insert("link", link.to_owned());
    cells.insert("ground", ground.to_owned());
    cells
}

/// The one row that is somebody else. A person of one row has nothing to be split from.
fn row_to_split(
    desk: &mut Desk<'_>,
    student: &Student,
    arguments: &SplitArguments,
) -> Option<PersonRow> {
    let number = &arguments.student;
    let named = |row: &&PersonRow| {
        let source = arguments.student_source.as_ref();
        row.person.person == *number && source.is_none_or(|source| *source == row.source)
    };
    let found: Vec<_> = student.rows.iter().filter(named).collect();
    let rows = student
        .rows
        .iter()
        .map(|row| format!("{} {}", row.source, row.person.person));
    let rows = rows.collect::<Vec<_>>().join(", ");
    match found.as_slice() {
        [row] if student.rows.len() > 1 => Some((*row).clone()),
        [_] => {
            let message = "is the person's only row";
            desk.refuse(
                "--student",
                number,
                message,
                "there is nothing to split it from",
            );
            None
        }
        _ => {
            let message = format!("names not one row of the person, who has: {rows}");
            let hint = "give the source's own number, and --student-source where two use it";
            desk.refuse("--student", number, message, hint);
            None
        }
    }
}
