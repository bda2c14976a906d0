//! Whom the arguments of a command mean: numbers and schools to people, or what is wrong with them.

use crate::record::{PersonId, Scope};
use crate::store::{Ambiguous, Candidate, Found, Store, StudentQuery};

use super::terminal::shown;

/// Said where a question has no answer at all.
pub(super) const NOBODY: &str =
    "nobody matches\nhint: `registrar imports list` shows what was imported";

/// The people of a query. Numbers that name nobody, or several people, are said, all of them.
pub(super) async fn people(
    store: &Store,
    query: &StudentQuery,
    known: jiff::Timestamp,
) -> anyhow::Result<Vec<PersonId>> {
    let found = store.find_people(query, &Scope::District, known).await?;
    let Found {
        people,
        unknown,
        ambiguous,
    } = found;
    anyhow::ensure!(
        unknown.is_empty(),
        "nobody has the number {}\nhint: give the state's number or the school's own",
        unknown.join(", ")
    );
    anyhow::ensure!(ambiguous.is_empty(), "{}", said(&ambiguous));
    anyhow::ensure!(!people.is_empty(), NOBODY);
    Ok(people)
}

/// That numbers name several people, and who these are.
fn said(ambiguous: &[Ambiguous]) -> String {
    let mut text = String::new();
    for it in ambiguous {
        text += &format!("several people have the number {}: ", shown(&it.number));
        text += &candidates(it);
        text.push('\n');
    }
    text + "hint: give the state's number"
}

/// Who has a number, in one line.
pub(super) fn candidates(ambiguous: &Ambiguous) -> String {
    let each = ambiguous.candidates.iter().map(|candidate| {
        let Candidate {
            source,
            school,
            person,
            state_id,
        } = candidate;
        let state = match state_id {
            Some(state_id) => format!("state's number {}", shown(state_id)),
            None => "no state's number".to_owned(),
        };
        let (source, person) = (shown(source), shown(person));
        format!("{source} {person} of school {}, {state}", shown(school))
    });
    each.collect::<Vec<_>>().join("; ")
}
