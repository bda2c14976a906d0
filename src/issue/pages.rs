//! People in pages of bounded size: read by their ids, worked on side by side, in one order.
//!
//! Owns how many pages are in memory at once. What is done with a page, the caller says; what comes
//! of it arrives in the order of the people, whichever page was ready first.

use futures_util::{Stream, StreamExt as _};
use jiff::Timestamp;

use crate::record::PersonId;
use crate::store::{PEOPLE_PER_READ_MAX, PageEnd, Store, StoreError};

/// Whose records are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Examined {
    /// These people, in this order.
    People(Vec<PersonId>),
    /// Everybody whom a source knows, or any source, in the order of their numbers.
    Everybody {
        /// The sending system.
        source: Option<String>,
    },
}

/// How the records of a district are walked through.
pub(super) struct Pages<'a> {
    /// The records.
    pub store: &'a Store,
    /// The instant whose records are read.
    pub known: Timestamp,
    /// Pages that are worked on side by side, and so how many are in memory.
    pub under_way_max: usize,
}

impl Pages<'_> {
    /// Gives each page of people to `look`, on the threads of the runtime, and what came of it in
    /// the order of the pages.
    pub fn side_by_side<T, F>(
        self,
        who: &Examined,
        look: impl Fn(Vec<PersonId>) -> F,
    ) -> impl Stream<Item = Result<T, StoreError>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let under_way = self.of(who).map(move |page| {
            let task = page.map(|people| tokio::spawn(look(people)));
            async move { task?.await.expect("what looks at a page does not panic") }
        });
        under_way.buffered(self.under_way_max)
    }

    /// The people who are meant, page by page.
    fn of(&self, who: &Examined) -> impl Stream<Item = Result<Vec<PersonId>, StoreError>> + use<> {
        let reader = Reader {
            store: self.store.clone(),
            known: self.known,
            who: who.clone(),
            last: None,
        };
        futures_util::stream::unfold(Some(reader), async |reader| {
            let mut reader = reader?;
            match reader.next().await {
                Ok(page) if page.is_empty() => None,
                Ok(page) => Some((Ok(page), Some(reader))),
                Err(error) => Some((Err(error), None)),
            }
        })
    }
}

/// Reads who is meant, one page after the other.
struct Reader {
    store: Store,
    known: Timestamp,
    who: Examined,
    /// Where the page before ended.
    last: Option<PageEnd>,
}

impl Reader {
    async fn next(&mut self) -> Result<Vec<PersonId>, StoreError> {
        match &mut self.who {
            Examined::People(people) => {
                let size = people.len().min(PEOPLE_PER_READ_MAX);
                Ok(people.drain(..size).collect())
            }
            Examined::Everybody { source } => {
                let source = source.as_deref();
                let last = self.last.as_ref();
                let page = self.store.people_after(last, source, self.known).await?;
                self.last = page.end;
                Ok(page.people)
            }
        }
    }
}
