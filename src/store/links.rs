//! Who a row of people is, where a decision says otherwise than its state id: merges and splits.
//!
//! `people.person_id` is derived from the row. A merge gives the rows of several people the least
//! of their ids, whichever source they come from and whenever they come; a split gives a row an id
//! of its own. So nothing that reads knows of links. Whatever lands or is taken back, the rows that
//! links concern are looked at once more at its end ([`relink`]): where an id is another one now,
//! the version is closed and its copy, from the same line, begins. So "as known" holds, and a link
//! that is taken back leaves what was there before.
//!
//! A link whose row nobody sends any more does nothing, nor one whose number is another child's by
//! now (`told.rs`). Never: whether two rows are one person.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::database::{Row, Session, Sql, Value};
use super::records::of_ids;
use super::stored::Stored;
use super::told::{Histories, RowName, decided_at};
use super::{StoreError, open_end};
use crate::record::{LinkKind, Person, PersonId};

/// A merge or a split that was not taken back.
#[derive(Debug)]
struct Link {
    row: RowName,
    /// Of a merge, the other row; of a split, the row itself.
    other: RowName,
    kind: LinkKind,
    /// When it was recorded.
    decided: String,
}

/// The merges and splits that were not taken back.
#[derive(Debug, Default)]
pub(super) struct Links(Vec<Link>);

/// Those of them that do anything.
#[derive(Debug, Default)]
struct Acting {
    merges: Vec<(RowName, RowName)>,
    splits: BTreeSet<RowName>,
}

/// A version of a row that a link concerns.
struct Version {
    key: [u8; 16],
    name: RowName,
    state_id: Option<String>,
    person_id: PersonId,
    recorded_from: String,
    stands: bool,
}

impl Links {
    /// The links that were not taken back. They are few: each is a decision of a person.
    pub async fn read(session: &mut Session<'_>) -> Result<Self, StoreError> {
        const LINKS: Sql = Sql::both(concat!(
            "SELECT l.link, l.person_source, l.person, l.other_source, l.other_person, ",
            decided_at!("l", "person_links"),
            " FROM person_links l WHERE l.ended_at IS NULL AND l.recorded_to = ",
            open_end!(),
            " ORDER BY l.key"
        ));
        let mut links = Vec::new();
        for row in session.rows(LINKS, &[]).await? {
            let name = (row.text("person_source")?, row.text("person")?);
            let kind = row.parsed("link")?;
            let other = match kind {
                // Who they are stays as it is.
                LinkKind::Distinct => continue,
                LinkKind::Split => name.clone(),
                LinkKind::Merge => (row.text("other_source")?, row.text("other_person")?),
            };
            links.push(Link {
                row: name,
                other,
                kind,
                decided: row.text("decided")?,
            });
        }
        Ok(Self(links))
    }

    fn names(&self) -> impl Iterator<Item = &RowName> {
        self.0.iter().flat_map(|link| [&link.row, &link.other])
    }

    /// Those whose rows still tell of the children of whom they told.
    fn acting(self, histories: &Histories) -> Acting {
        let mut acting = Acting::default();
        for Link {
            row,
            other,
            kind,
            decided,
        } in self.0
        {
            let ends = [[&row, &other], [&other, &row]];
            if histories.is_astray(ends, &decided) {
                continue;
            }
            match kind {
                LinkKind::Merge => acting.merges.push((row, other)),
                _ => drop(acting.splits.insert(row)),
            }
        }
        acting
    }
}

impl Acting {
    /// Who the row would be without merges.
    fn alone(&self, version: &Version) -> PersonId {
        let (source, person) = &version.name;
        let state_id = version.state_id.as_deref();
        let state_id = state_id.filter(|_| !self.splits.contains(&version.name));
        PersonId::derived(state_id, source, person)
    }

    /// The id that merges give to each person whom they concern, by who they would be alone: the
    /// least of all whom a chain of merges joins.
    fn merged(&self, standing: &HashMap<&RowName, PersonId>) -> BTreeMap<PersonId, PersonId> {
        let ends = self.merges.iter();
        least_joined(
            ends.filter_map(|(one, other)| Some((*standing.get(one)?, *standing.get(other)?))),
        )
    }
}

/// For each that pairs name, the least of all that a chain of pairs joins it with.
pub(super) fn least_joined<T: Copy + Ord>(pairs: impl Iterator<Item = (T, T)>) -> BTreeMap<T, T> {
    let mut lower: BTreeMap<T, T> = BTreeMap::new();
    // Each step goes to a lesser one, so that it ends.
    let least = |lower: &BTreeMap<T, T>, mut it: T| {
        while let Some(less) = lower.get(&it).filter(|less| **less < it) {
            it = *less;
        }
        it
    };
    for (one, other) in pairs {
        let (one_least, other_least) = (least(&lower, one), least(&lower, other));
        let joined = one_least.min(other_least);
        lower.extend([one, other, one_least, other_least].map(|it| (it, joined)));
    }
    let all: Vec<T> = lower.keys().copied().collect();
    all.into_iter().map(|it| (it, least(&lower, it))).collect()
}

const OF_NAMES: Sql = Sql::pair(
    "SELECT p.* FROM people p WHERE p.person IN (SELECT value FROM json_each($1))",
    "SELECT p.* FROM people p WHERE p.person = ANY($1)",
);
macro_rules! standing_of_ids {
    ($in_set:literal) => {
        concat!(
            "SELECT p.* FROM people p WHERE p.person_id ",
            $in_set,
            " AND p.recorded_to = ",
            open_end!()
        )
    };
}
macro_rules! close_moved {
    ($in_set:literal) => {
        concat!(
            "UPDATE people SET recorded_to = $2 WHERE key ",
            $in_set,
            " AND recorded_to = ",
            open_end!()
        )
    };
}
macro_rules! move_to {
    ($in_set:literal) => {
        concat!(
            "UPDATE people SET person_id = $2 WHERE key ",
            $in_set,
            " AND recorded_to = ",
            open_end!()
        )
    };
}
const STANDING_OF_IDS: Sql = of_ids!(standing_of_ids!());
const CLOSE_MOVED: Sql = of_ids!(close_moved!());
const MOVE: Sql = of_ids!(move_to!());

/// Gives every row that links concerned `before`, or concern now, the id that it has now. It runs
/// at the end of the transaction, recorded at `at`, that landed something or took it back.
pub(super) async fn relink(
    session: &mut Session<'_>,
    before: &Links,
    at: &str,
) -> Result<(), StoreError> {
    let now = Links::read(session).await?;
    let named: BTreeSet<RowName> = before.names().chain(now.names()).cloned().collect();
    if named.is_empty() {
        return Ok(());
    }
    let now = now.acting(&Histories::read(session, &named, &at.into()).await?);
    let people = named.iter().map(|(_, person)| person.clone()).collect();
    let mut ends = versions(session, OF_NAMES, Value::TextSet(people)).await?;
    // Two sources may use one number.
    ends.retain(|version| named.contains(&version.name));
    let ids = ends.iter().flat_map(|version| {
        let (source, person) = &version.name;
        let derived = PersonId::derived(version.state_id.as_deref(), source, person);
        [
            version.person_id,
            derived,
            PersonId::from_local_id(source, person),
        ]
    });
    let ids: BTreeSet<PersonId> = ids.collect();
    let of_standing = ends.iter().filter(|version| version.stands);
    let standing = of_standing.map(|version| (&version.name, now.alone(version)));
    let merged = now.merged(&standing.collect());
    let ids = Value::ids(ids.iter().map(PersonId::as_bytes));
    let mut moves: BTreeMap<PersonId, Vec<Version>> = BTreeMap::new();
    for version in versions(session, STANDING_OF_IDS, ids).await? {
        let alone = now.alone(&version);
        let id = merged.get(&alone).copied().unwrap_or(alone);
        if id != version.person_id {
            moves.entry(id).or_default().push(version);
        }
    }
    for (id, versions) in moves {
        move_to(session, id, &versions, at).await?;
    }
    Ok(())
}

/// Gives the standing versions another id. One that was known before is closed and copied; one that
/// came with this very transaction nobody has seen yet.
async fn move_to(
    session: &mut Session<'_>,
    id: PersonId,
    versions: &[Version],
    at: &str,
) -> Result<(), StoreError> {
    let known = versions
        .iter()
        .filter(|version| version.recorded_from != at);
    let known = Value::ids(known.map(|version| &version.key));
    session
        .execute(CLOSE_MOVED, &[known.clone(), at.into()])
        .await?;
    session
        .execute(Person::SQL.copy_closed, &[at.into(), known])
        .await?;
    let keys = Value::ids(versions.iter().map(|version| &version.key));
    session
        .execute(MOVE, &[keys, id.as_bytes().as_slice().into()])
        .await?;
    Ok(())
}

async fn versions(
    session: &mut Session<'_>,
    sql: Sql,
    set: Value,
) -> Result<Vec<Version>, StoreError> {
    let rows = session.rows(sql, &[set]).await?;
    rows.iter().map(version).collect()
}

fn version(row: &Row) -> Result<Version, StoreError> {
    Ok(Version {
        key: row.id("key")?,
        name: (row.text("source")?, row.text("person")?),
        state_id: row.optional_text("state_id")?,
        person_id: PersonId(row.id("person_id")?),
        recorded_from: row.text("recorded_from")?,
        stands: row.text("recorded_to")? == open_end!().trim_matches('\''),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> PersonId {
        PersonId([byte; 16])
    }

    #[test]
    fn merges_reach_as_far_as_they_are_chained_whatever_their_order() {
        let names: Vec<RowName> = (0..4).map(|n| ("s".into(), n.to_string())).collect();
        let standing = names.iter().zip([id(9), id(7), id(3), id(5)]).collect();
        let merge = |a: usize, b: usize| (names[a].clone(), names[b].clone());
        let pairs = [merge(0, 1), merge(2, 3), merge(1, 2)];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let links = Acting {
                merges: order.map(|place| pairs[place].clone()).into(),
                ..Acting::default()
            };
            let merged = links.merged(&standing);
            for alone in [9, 7, 3, 5] {
                assert_eq!(merged[&id(alone)], id(3), "{order:?}");
            }
        }
        let gone = Acting {
            merges: vec![(names[0].clone(), ("s".into(), "gone".into()))],
            ..Acting::default()
        };
        assert!(
            gone.merged(&standing).is_empty(),
            "nobody is merged with a row that is gone"
        );
    }
}
