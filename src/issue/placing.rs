//! Where pages say what a record asks for: which text opens a row, which figures are in it, under
//! which heading it stands; and which row of the page is which of the record.
//!
//! Titles and headings count in capitals, too. A figure belongs to the title before it in its line,
//! up to the next text that opens a row: two columns of courses side by side keep their own marks.
//! Where a title occurs several times, the rows are assigned so that all find theirs if that is
//! possible at all.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::headings::{Heading, headings_in, headings_with_level};
use super::rows::{Row, is_in_order};
use super::shown::{Arrangement, Page, folded, is_place};

/// Pages as rows under headings.
pub(super) struct Reading<'a> {
    pub pages: Vec<Page>,
    pub headings: &'a [Heading],
    /// In reading order.
    pub heading_places: Vec<Place>,
    rows: Vec<Opened>,
    /// The rows that a title may open.
    by_title: HashMap<String, Vec<usize>>,
    /// The names of terms, without blanks, in small letters.
    names: BTreeMap<String, Vec<usize>>,
}

/// Where a heading stands.
pub(super) struct Place {
    pub page: usize,
    pub at: usize,
    /// What it may be, counted in all headings.
    pub headings: Vec<usize>,
    /// The texts of its line.
    pub row: Vec<usize>,
    /// Where the next heading begins, or the last page ends: the page and the text.
    pub until: (usize, usize),
    /// Whether another heading follows.
    pub is_followed: bool,
}

/// Where a row of a record is shown.
#[derive(Clone)]
pub(super) struct Shown {
    /// The row of the page.
    row: usize,
    pub page: usize,
    /// The title.
    pub at: usize,
    /// The texts of its figures, in the order in which they were asked for.
    pub figures: Vec<usize>,
    /// Every text that belongs to the title.
    pub texts: Vec<usize>,
}

/// A row of a page.
struct Opened {
    page: usize,
    at: usize,
    /// The texts that belong to its title.
    texts: Vec<usize>,
    /// Where the next row or heading begins, or the page ends.
    until: usize,
    /// The place of the heading above it.
    under: Option<usize>,
}

impl<'a> Reading<'a> {
    /// Reads pages on which rows begin with these titles.
    pub fn new(
        pages: Vec<Page>,
        titles: &BTreeSet<String>,
        headings: &'a [Heading],
        names: BTreeMap<String, Vec<usize>>,
        arrangement: Arrangement,
    ) -> Self {
        let mut reading = Self {
            pages,
            headings,
            heading_places: Vec::new(),
            rows: Vec::new(),
            by_title: HashMap::new(),
            names,
        };
        // The headings of the line that was read last.
        let mut line: Vec<usize> = Vec::new();
        for page in 0..reading.pages.len() {
            reading.read_page(page, titles, arrangement, &mut line);
        }
        let last = reading.pages.len().saturating_sub(1);
        let mut until = (last, reading.pages.last().map_or(0, Page::len));
        let mut is_followed = false;
        for place in reading.heading_places.iter_mut().rev() {
            (place.until, place.is_followed) = (until, is_followed);
            (until, is_followed) = ((place.page, place.at), true);
        }
        reading
    }

    fn read_page(
        &mut self,
        number: usize,
        titles: &BTreeSet<String>,
        arrangement: Arrangement,
        line: &mut Vec<usize>,
    ) {
        let page = &self.pages[number];
        let (mut openings, mut headed) = (Vec::new(), BTreeMap::new());
        for at in 0..page.len() {
            let text = page.folded(at);
            if beginnings(text).any(|title| titles.contains(title)) {
                openings.push(at);
                continue;
            }
            let mut headings = headings_in(text, self.headings);
            if headings.is_empty() && arrangement.levels_apart && self.names.contains_key(text) {
                let beside = page.beside(at);
                let beside: Vec<&str> = beside.iter().map(|it| page.part(*it)).collect();
                headings = headings_with_level(text, &beside, self.headings);
            }
            if !headings.is_empty() {
                openings.push(at);
                headed.insert(at, headings);
            }
        }
        let rows = page.rows(&openings, arrangement.figures_first);
        let ends: Vec<usize> = openings
            .iter()
            .skip(1)
            .copied()
            .chain([page.len()])
            .collect();
        for ((at, until), texts) in openings.into_iter().zip(ends).zip(rows) {
            if let Some(headings) = headed.remove(&at) {
                let place = self.heading_places.len();
                let page = &self.pages[number];
                let same_line = line.last().is_some_and(|before| {
                    let before = &self.heading_places[*before];
                    before.page == number && page.beside(at).contains(&before.at)
                });
                if !same_line {
                    line.clear();
                }
                line.push(place);
                self.heading_places.push(Place {
                    page: number,
                    at,
                    headings,
                    row: texts,
                    until: (number, at),
                    is_followed: false,
                });
                continue;
            }
            let under = self.heading_above(number, at, line);
            for title in beginnings(self.pages[number].folded(at)) {
                if titles.contains(title) {
                    let rows = self.by_title.entry(title.to_owned()).or_default();
                    rows.push(self.rows.len());
                }
            }
            self.rows.push(Opened {
                page: number,
                at,
                texts,
                until,
                under,
            });
        }
    }

    /// Of headings beside each other the one that stands over this text.
    fn heading_above(&self, page: usize, at: usize, line: &[usize]) -> Option<usize> {
        let left = |place: &usize| {
            let place = &self.heading_places[*place];
            self.pages[place.page].left(place.at)
        };
        let here = self.pages[page].left(at) + OUTDENT_MAX;
        let before = line.iter().filter(|place| left(place) <= here);
        before
            .max_by_key(|place| left(place))
            .or(line.first())
            .copied()
    }

    /// Where this heading stands.
    pub fn places_of(&self, heading: usize) -> Vec<Place> {
        let places = self.heading_places.iter();
        let places = places.filter(|place| place.headings.contains(&heading));
        places.map(Place::copied).collect()
    }

    /// Whether this term, or its year, has a heading anywhere.
    pub fn has_heading_of(&self, term: usize) -> bool {
        let mut headings = self.heading_places.iter().flat_map(|place| &place.headings);
        headings.any(|heading| self.headings[*heading].terms.contains(&term))
    }

    /// Assigns the rows of a record to those of the pages, as many as can be, and takes what is in
    /// them; for each the one it was assigned to.
    pub fn place(&mut self, wanted: &[Row<'_>], anywhere: bool) -> Vec<Option<Shown>> {
        let titles: Vec<String> = wanted.iter().map(|row| folded(row.title)).collect();
        let edges: Vec<Vec<usize>> = wanted
            .iter()
            .zip(&titles)
            .map(|(row, title)| {
                let rows = self.by_title.get(title).map_or(&[][..], Vec::as_slice);
                let rows = rows.iter().copied();
                rows.filter(|at| self.says(*at, row, title, anywhere).is_some())
                    .collect()
            })
            .collect();
        let mut owner: HashMap<usize, usize> = HashMap::new();
        for row in 0..wanted.len() {
            assign(row, &edges, &mut owner, &mut BTreeSet::new());
        }
        let mut placed = vec![None; wanted.len()];
        for (at, row) in owner {
            if let Some(found) = self.says(at, &wanted[row], &titles[row], anywhere) {
                let Opened {
                    page, at: title, ..
                } = self.rows[at];
                self.pages[page].take_parts(&found);
                self.pages[page].take_parts(&[title]);
                placed[row] = Some(Shown {
                    row: at,
                    page,
                    at: title,
                    figures: found,
                    texts: self.rows[at].texts.clone(),
                });
            }
        }
        placed
    }

    /// The figures of a wanted row in a row of the page, if that is one that says it.
    fn says(&self, at: usize, row: &Row<'_>, title: &str, anywhere: bool) -> Option<Vec<usize>> {
        let opened = &self.rows[at];
        let page = &self.pages[opened.page];
        let rest = page.folded(opened.at).strip_prefix(title)?;
        let is_there = page.is_free(opened.at)
            && is_place(rest, &row.places)
            && (anywhere || row.term.is_none_or(|term| self.is_under(opened, term)));
        if !is_there {
            return None;
        }
        let mut in_row = opened.texts.clone();
        in_row.extend(self.continued(opened, row));
        let texts: Vec<&str> = in_row.iter().map(|at| page.part(*at)).collect();
        if !is_in_order(&texts, &row.postings) {
            return None;
        }
        let mut ways = row.figures.iter();
        ways.find_map(|figures| page.figures(&in_row, figures))
    }

    /// Where the terms of a course go on below its line: each a term of it, and its mark beside it.
    fn continued(&self, opened: &Opened, row: &Row<'_>) -> Vec<usize> {
        let page = &self.pages[opened.page];
        let names_term = |text: &str| {
            let mut names = row.postings.iter().flat_map(|(names, _)| names);
            names.any(|name| name == text)
        };
        if row.postings.len() < 2 {
            return Vec::new();
        }
        let below = page.below(opened.at, opened.at + 1..opened.until);
        let pairs = below.chunks_exact(2);
        let pairs = pairs.take_while(|pair| {
            names_term(page.part(pair[0])) && page.beside(pair[0]).contains(&pair[1])
        });
        pairs.flatten().copied().collect()
    }

    /// Whether a row stands under the heading of this term or its year, or names the term itself.
    fn is_under(&self, opened: &Opened, term: usize) -> bool {
        let page = &self.pages[opened.page];
        let mut named = opened
            .texts
            .iter()
            .filter_map(|at| self.names.get(page.folded(*at)));
        if let Some(terms) = named.next() {
            if !terms.contains(&term) {
                return false;
            }
            if terms.len() == 1 {
                return true;
            }
        }
        opened.under.is_some_and(|place| {
            let mut headings = self.heading_places[place].headings.iter();
            headings.any(|heading| self.headings[*heading].terms.contains(&term))
        })
    }

    /// The rows of the pages to which none of a record's was assigned.
    pub fn others(&self, placed: &[Option<Shown>]) -> Vec<Shown> {
        let placed: BTreeSet<usize> = placed.iter().flatten().map(|it| it.row).collect();
        let others = self.rows.iter().enumerate();
        let others = others.filter(|(row, _)| !placed.contains(row));
        let shown = others.map(|(row, opened)| Shown {
            row,
            page: opened.page,
            at: opened.at,
            figures: Vec::new(),
            texts: opened.texts.clone(),
        });
        shown.collect()
    }

    /// The terms that placed rows name, with their grade level, in cells of their own.
    pub fn named_in<'s>(&self, placed: impl Iterator<Item = &'s Shown>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for opened in placed.map(|it| &self.rows[it.row]) {
            let page = &self.pages[opened.page];
            let texts: Vec<&str> = opened.texts.iter().map(|at| page.part(*at)).collect();
            let named = opened.texts.iter();
            let named = named
                .filter_map(|at| self.names.get(page.folded(*at)))
                .flatten();
            found.extend(named.filter(|term| {
                let level = self.headings.iter().find(|it| it.terms == [**term]);
                level.is_some_and(|it| texts.contains(&&*it.level))
            }));
        }
        found
    }
}

/// How far a title may stand left of its heading, in hundredths of a point.
const OUTDENT_MAX: i32 = 600;

impl Place {
    fn copied(&self) -> Self {
        Self {
            headings: self.headings.clone(),
            row: self.row.clone(),
            ..*self
        }
    }
}

/// A text, and what stands in it before each bracket: a title with the place after it.
fn beginnings(text: &str) -> impl Iterator<Item = &str> {
    let brackets = text.match_indices('(').filter(|_| text.ends_with(')'));
    std::iter::once(text).chain(brackets.map(|(at, _)| &text[..at]))
}

/// Gives a wanted row one of its rows of the page; one that has it may take another of its own.
fn assign(
    wanted: usize,
    edges: &[Vec<usize>],
    owner: &mut HashMap<usize, usize>,
    seen: &mut BTreeSet<usize>,
) -> bool {
    edges[wanted].iter().any(|at| {
        seen.insert(*at)
            && owner
                .get(at)
                .copied()
                .is_none_or(|other| assign(other, edges, owner, seen))
            && {
                owner.insert(*at, wanted);
                true
            }
    })
}
