//! A decree over the records of a district: read page by page, counted side by side, put together
//! in the order of the people.
//!
//! Owns which instants and days a report reads by, and the digests of its lists of cases. What is
//! counted, and as what, the room `compliance` says.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use sha2::{Digest, Sha256};

use super::IssueError;
use super::pages::{Examined, Pages};
use super::spool::Spool;
use crate::compliance::calendar::CalendarFault;
use crate::compliance::decree::Decree;
use crate::compliance::measure::{
    EarlierYear, Keep, Measuring, OutcomeResult, OutcomeTally, Part, end_of, judge_by_studies,
    list_heading, results,
};
use crate::compliance::sample::Study;
use crate::compliance::{
    COMPARED, Calendars, Case, CaseKind, Completeness, Discrepancy, Span, Surroundings, Systems,
    Tests, cases_of, teachers,
};
use crate::record::support::{SupportRecord, SupportSetting, TablesSent};
use crate::record::{PersonId, Pseudonyms, RowName, SchoolYear};
use crate::store::{Store, StoreError};

/// School years of a trend, that of the report too. Each costs the making of every case once more.
pub const YEARS_MAX: usize = 5;

/// What a report is asked about.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The day of the report: what happened later did not happen for it.
    pub as_of: Date,
    /// The reporting year, by the school year in which it begins; that of the day without it. What
    /// happened between its end and the day of the report counts.
    pub period_of: Option<SchoolYear>,
    /// The instant whose records are read: what was recorded later is not known to it.
    pub as_known: Timestamp,
    /// Whose rows are counted.
    pub systems: Systems,
    /// The weeks over which services are looked at.
    pub study: Option<Span>,
    /// School years that a trend shows at most, this one too: two at least, [`YEARS_MAX`] at most.
    pub years: usize,
    /// The district's time zone.
    pub time_zone: TimeZone,
    /// Pages of people that are worked on side by side, and so how many are in memory.
    pub pages_under_way_max: usize,
    /// By what numbers cases and people are told of in lists.
    pub pseudonyms: Pseudonyms,
}

/// What a decree comes to on a day.
#[derive(Debug)]
pub struct Measured {
    /// What it was measured against.
    pub around: Arc<Surroundings>,
    /// What was counted of the period, in the decree's order.
    pub outcomes: Vec<OutcomeTally>,
    /// What was counted of the periods before, the nearest first.
    pub earlier: Vec<EarlierYear>,
    /// What that comes to.
    pub results: Vec<OutcomeResult>,
    /// SHA-256 of each outcome's list of cases, its heading included.
    pub list_digests: Vec<[u8; 32]>,
    /// What two systems disagree about.
    pub discrepancies: Vec<Discrepancy>,
    /// How complete each school's part is.
    pub completeness: Completeness,
    /// What is wrong with the calendars of schools.
    pub calendar_faults: Vec<CalendarFault>,
    /// People whose rows were looked at.
    pub people: u64,
    /// How many people each source had held, so that their rows stayed as they were before: at the
    /// instant whose records are read.
    pub held: BTreeMap<String, u64>,
}

/// A decree over the records, opened once.
pub struct Compliance {
    pub(super) store: Store,
    pub(super) decree: Arc<Decree>,
    pub(super) asked: Asked,
    pub(super) setting: SupportSetting,
    /// The tables that are read: those that the decree counts from, of the sources that send them.
    pub(super) tables: TablesSent,
    pub(super) around: Arc<Surroundings>,
    /// Those of the years before, the nearest first.
    pub(super) earlier: Arc<Vec<Surroundings>>,
    pub(super) studies: Vec<Study>,
    pub(super) studies_known: Option<Timestamp>,
    calendar_faults: Vec<CalendarFault>,
}

impl Compliance {
    /// Reads what is about schools and staff.
    ///
    /// # Errors
    /// [`IssueError`], where it cannot be read; a day of the report without a reporting year.
    pub async fn open(store: Store, decree: Decree, asked: Asked) -> Result<Self, IssueError> {
        let known_on = asked.as_known.to_zoned(asked.time_zone.clone()).date();
        if asked.as_of > known_on {
            let as_of = asked.as_of;
            return Err(IssueError::NotKnownYet { as_of, known_on });
        }
        let year = match asked.period_of {
            Some(year) => Year::beginning(&decree, year.begins_in()),
            None => Year::around(&decree, asked.as_of),
        };
        let year = year.ok_or_else(|| no_year(asked.as_of))?;
        if year.period.begins > asked.as_of {
            return Err(IssueError::YearNotBegun {
                as_of: asked.as_of,
                begins: year.period.begins,
            });
        }
        let setting = store.support_setting(asked.as_known).await?;
        let mut watched_since = BTreeMap::new();
        for import in store.imports().await? {
            if import.recorded_at <= asked.as_known {
                watched_since
                    .entry(import.source)
                    .or_insert(import.recorded_at);
            }
        }
        let (calendars, calendar_faults) = Calendars::of(&setting, &asked.systems);
        let around = Surroundings {
            as_of: asked.as_of,
            period: year.period,
            count_day: year.count_day,
            study: asked.study,
            calendars,
            schools: setting.directory.schools.clone(),
            systems: asked.systems.clone(),
            time_zone: asked.time_zone.clone(),
            watched_since,
            sent: setting.sent.clone(),
            tests: tests(&store, &decree, year.period, &setting.sent, asked.as_known).await?,
            names_rows: false,
            pseudonyms: asked.pseudonyms.clone(),
        };
        // The years before are closed by the same day, so that nothing of them is pending.
        let before = |back: usize| {
            let back = i16::try_from(back).ok()?;
            Year::beginning(&decree, year.begins_in().checked_sub(back)?)
        };
        let mut earlier = Vec::new();
        for back in 1..asked.years.clamp(2, YEARS_MAX) {
            let year = before(back).ok_or_else(|| no_year(asked.as_of))?;
            let (sent, known) = (&setting.sent, asked.as_known);
            earlier.push(Surroundings {
                tests: tests(&store, &decree, year.period, sent, known).await?,
                period: year.period,
                count_day: year.count_day,
                study: None,
                // Nobody lists their cases.
                pseudonyms: Pseudonyms::plain(),
                ..around.clone()
            });
        }
        // Of no weeks there is no case of a service.
        let is_read = |kind: &CaseKind| asked.study.is_some() || *kind != CaseKind::Service;
        let kinds = decree.outcomes.iter().map(|it| it.text.unit);
        let tables = kinds.filter(is_read).flat_map(CaseKind::tables);
        let tables = tables.chain(COMPARED.iter().copied()).collect();
        Ok(Self {
            store,
            decree: Arc::new(decree),
            asked,
            tables: setting.sent.only(&tables),
            setting,
            around: Arc::new(around),
            earlier: Arc::new(earlier),
            studies: Vec::new(),
            studies_known: None,
            calendar_faults,
        })
    }

    /// The decree.
    pub fn decree(&self) -> &Decree {
        &self.decree
    }

    /// The instant whose records are read.
    pub fn as_known(&self) -> Timestamp {
        self.asked.as_known
    }

    /// The reporting year before.
    pub(super) fn period_before(&self) -> Span {
        self.earlier[0].period
    }

    /// What cases are made against.
    pub fn around(&self) -> &Surroundings {
        &self.around
    }

    /// Counts the district. Each outcome's list of cases is handed to `each`, a stretch at a time,
    /// with the outcome's place in the decree; `looked_at` is told how many people were counted.
    ///
    /// # Errors
    /// [`IssueError`], where records cannot be read, and what `each` answers.
    pub async fn measure<E: From<IssueError>>(
        &self,
        each: impl FnMut(usize, &[u8]) -> Result<(), E>,
        looked_at: impl FnMut(u64),
    ) -> Result<Measured, E> {
        self.measure_with_days(each, |_, _| Ok(()), looked_at).await
    }

    /// The same, where what the last days make of an outcome's cases is handed to `each_day`.
    pub(super) async fn measure_with_days<E: From<IssueError>>(
        &self,
        mut each: impl FnMut(usize, &[u8]) -> Result<(), E>,
        mut each_day: impl FnMut(usize, &[u8]) -> Result<(), E>,
        mut looked_at: impl FnMut(u64),
    ) -> Result<Measured, E> {
        let mut digests = vec![Sha256::new(); self.decree.outcomes.len()];
        let count = self.decree.outcomes.len();
        let mut spool = Spool::of(2 * count);
        let mut keep = |part: &mut Part| {
            let lists = part.take_lists().into_iter().chain(part.take_last_days());
            let lists = lists.enumerate();
            lists.for_each(|(place, lines)| spool.push(place, &lines));
        };
        let mut told = |place: usize, lines: &[u8]| {
            digests[place].update(lines);
            each(place, lines)
        };
        for (place, outcome) in self.decree.outcomes.iter().enumerate() {
            told(place, &list_heading(outcome))?;
        }
        let (mut part, mut earlier) = self.of_nobody().await?;
        keep(&mut part);
        let mut people = 0;
        let tables = Arc::new(self.tables.clone());
        let look = |people: Vec<PersonId>| {
            let (store, decree) = (self.store.clone(), Arc::clone(&self.decree));
            let (around, earlier) = (Arc::clone(&self.around), Arc::clone(&self.earlier));
            let (tables, known) = (Arc::clone(&tables), self.asked.as_known);
            async move {
                let records = store.support_records(&people, &tables, known).await?;
                let measuring = Measuring::new(&decree, &around);
                let mut part = measuring.nobody();
                let earlier = count_years((&decree, &earlier), &measuring, &records, &mut part);
                settle((&store, &tables), &measuring, &around, &mut part).await?;
                Ok((records.len() as u64, part, earlier))
            }
        };
        let pages = Pages {
            store: &self.store,
            known: self.asked.as_known,
            under_way_max: self.asked.pages_under_way_max,
        };
        let everybody = Examined::Everybody { source: None };
        let mut pages = pin!(pages.side_by_side(&everybody, look));
        while let Some(page) = pages.next().await {
            let (count, mut page, of_earlier) = page.map_err(IssueError::from)?;
            keep(&mut page);
            part.merge(page);
            for (year, page) in earlier.iter_mut().zip(of_earlier) {
                year.merge(page);
            }
            people += count;
            looked_at(people);
        }
        spool.read(|place, line| match place.checked_sub(count) {
            None => told(place, line),
            Some(place) => each_day(place, line),
        })?;
        let held = self.store.held_by_source(self.asked.as_known).await;
        let held = held.map_err(IssueError::from)?;
        Ok(Measured {
            people,
            held,
            ..self.put_together(part, earlier, digests)
        })
    }

    /// Staff, and every school without a pupil.
    async fn of_nobody(&self) -> Result<(Part, Vec<Part>), IssueError> {
        let measuring = Measuring::new(&self.decree, &self.around);
        let mut part = measuring.nobody();
        part.completeness = Completeness::of_schools(&self.setting, &self.around);
        measuring.staff(&self.setting, Keep::Lists, &mut part);
        let year = |around: &Surroundings| {
            let measuring = Measuring::new(&self.decree, around);
            let mut part = measuring.nobody();
            measuring.staff(&self.setting, Keep::Counts, &mut part);
            part
        };
        let earlier = self.earlier.iter().map(year).collect();
        let store = (&self.store, &self.tables);
        settle(store, &measuring, &self.around, &mut part).await?;
        Ok((part, earlier))
    }

    fn put_together(&self, part: Part, earlier: Vec<Part>, digests: Vec<Sha256>) -> Measured {
        let years = self.earlier.iter().zip(earlier);
        let earlier: Vec<EarlierYear> = years
            .map(|(around, part)| EarlierYear {
                period: around.period,
                outcomes: part.outcomes,
            })
            .collect();
        let before = earlier.first().map(|it| &it.outcomes[..]);
        let mut results = results(&self.decree, &part.outcomes, before, &self.around);
        judge_by_studies(&mut results, &self.decree, &self.studies, &self.around);
        Measured {
            results,
            around: Arc::clone(&self.around),
            outcomes: part.outcomes,
            earlier,
            list_digests: digests.into_iter().map(|it| it.finalize().into()).collect(),
            discrepancies: part.discrepancies,
            completeness: part.completeness,
            calendar_faults: self.calendar_faults.clone(),
            people: 0,
            held: BTreeMap::new(),
        }
    }

    /// The case of this name with its rows, whoever it is about; none where no row makes it.
    ///
    /// # Errors
    /// [`IssueError`], where records cannot be read.
    pub async fn find_case(&self, kind: CaseKind, id: &str) -> Result<Option<Case>, IssueError> {
        // By the number in the lists, or by the name that the records give it.
        let named = self.around.pseudonyms.case(id);
        let is_it = |case: &Case| case.id == id || case.id == named;
        let around = self.around.naming_rows();
        if kind == CaseKind::Teacher {
            let cases = teachers(&self.setting, &around);
            return Ok(cases.into_iter().find(is_it));
        }
        let known = self.asked.as_known;
        let tables = self.setting.sent.only(&kind.tables().collect());
        let mut last = None;
        loop {
            let page = self.store.people_after(last.as_ref(), None, known).await?;
            if page.end.is_none() {
                return Ok(None);
            }
            last = page.end;
            let records = self.store.support_records(&page.people, &tables, known);
            for record in records.await? {
                let mut cases = cases_of(kind, &record, &around).into_iter();
                if let Some(found) = cases.find(is_it) {
                    return Ok(Some(found));
                }
            }
        }
    }

    /// The rows of a case, each with the file and line where it was read.
    ///
    /// # Errors
    /// [`IssueError`], where records cannot be read.
    pub async fn places_of(
        &self,
        case: &Case,
    ) -> Result<Vec<(RowName, Option<String>)>, IssueError> {
        let people: Vec<PersonId> = case.person.into_iter().collect();
        let known = self.asked.as_known;
        let places = self.store.places(&people, &case.rows, known).await?;
        let place = |row: &RowName| {
            let place = places.get(row)?;
            Some(format!(
                "{}:{} of import {}",
                place.file, place.line, place.import
            ))
        };
        Ok(case
            .rows
            .iter()
            .map(|row| (row.clone(), place(row)))
            .collect())
    }

    /// The decree over the period, for an explanation of single cases.
    pub fn measuring(&self) -> Measuring<'_> {
        Measuring::new(&self.decree, &self.around)
    }
}

/// Who is tested in a period, and the sources whose results of its school year have come.
async fn tests(
    store: &Store,
    decree: &Decree,
    period: Span,
    sent: &TablesSent,
    known: Timestamp,
) -> Result<Tests, StoreError> {
    let mut tests = decree.tests(period);
    let year = SchoolYear::beginning(period.begins.year());
    if let Some(year) = year.filter(|_| !tests.given.is_empty()) {
        for source in sent.sources("assessments") {
            if store.has_results(source, year, known).await? {
                tests.told.insert(source.to_owned());
            }
        }
    }
    Ok(tests)
}

/// Counts these people in the period and in each year before it.
fn count_years(
    (decree, earlier): (&Decree, &[Surroundings]),
    measuring: &Measuring<'_>,
    records: &[SupportRecord],
    part: &mut Part,
) -> Vec<Part> {
    let year = |around| {
        let measuring = Measuring::new(decree, around);
        let part = measuring.nobody();
        (measuring, part)
    };
    let mut years: Vec<(Measuring<'_>, Part)> = earlier.iter().map(year).collect();
    for record in records {
        measuring.person_over_years(record, Keep::Lists, part, &mut years);
    }
    years.into_iter().map(|(_, part)| part).collect()
}

/// Ends the doubts of a part by what was known of their people and of staff on the days that they
/// ask for: one read for each day.
async fn settle(
    (store, tables): (&Store, &TablesSent),
    measuring: &Measuring<'_>,
    around: &Surroundings,
    part: &mut Part,
) -> Result<(), StoreError> {
    let mut doubts = std::mem::take(&mut part.doubts);
    let mut days: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
    for (place, doubt) in doubts.iter().enumerate() {
        let asked: BTreeSet<Date> = doubt.days().collect();
        asked
            .into_iter()
            .for_each(|day| days.entry(day).or_default().push(place));
    }
    for (day, places) in days {
        let known = end_of(day, &around.time_zone);
        let asked: BTreeSet<_> = places.iter().map(|place| doubts[*place].person).collect();
        let staff = match asked.contains(&None) {
            true => teachers(&store.support_setting(known).await?, around),
            false => Vec::new(),
        };
        let asked: Vec<PersonId> = asked.into_iter().flatten().collect();
        let records = store.support_records(&asked, tables, known).await?;
        let records: BTreeMap<_, _> = records.iter().map(|it| (it.id, it)).collect();
        for place in places {
            let doubt = &mut doubts[place];
            let made = doubt.person.map(|person| match records.get(&person) {
                Some(record) => cases_of(doubt.kind, record, around),
                None => Vec::new(),
            });
            measuring.look(doubt, day, made.as_ref().unwrap_or(&staff));
        }
    }
    for doubt in &doubts {
        measuring.settle(doubt, part);
    }
    Ok(())
}

/// A reporting year and its day of the count: each year has one, so that nobody is counted in two.
pub(super) struct Year {
    pub period: Span,
    pub count_day: Date,
}

impl Year {
    /// The year that begins in this calendar year.
    pub fn beginning(decree: &Decree, year: i16) -> Option<Self> {
        let begins = decree.text.period.begins.in_year(year)?;
        let next = decree.text.period.begins.in_year(year.checked_add(1)?)?;
        let ends = next.checked_sub(1.day()).ok()?;
        let period = Span { begins, ends };
        let in_year = |year| decree.text.count_day.in_year(year);
        let count_day = in_year(year).filter(|it| period.has(*it));
        let count_day = count_day.or_else(|| in_year(year + 1))?;
        Some(Self { period, count_day })
    }

    /// The year in which a day lies.
    pub fn around(decree: &Decree, day: Date) -> Option<Self> {
        let own = Self::beginning(decree, day.year()).filter(|year| year.period.has(day));
        own.or_else(|| Self::beginning(decree, day.year().checked_sub(1)?))
    }

    fn begins_in(&self) -> i16 {
        self.period.begins.year()
    }
}

fn no_year(day: Date) -> IssueError {
    IssueError::NoReportingYear { day }
}
