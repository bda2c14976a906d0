//! The audit of records: read in pages, looked at by the rules, each finding with the line of its
//! row. Pages are worked on side by side, a few at a time, so that memory does not grow with a
//! district.
//!
//! What the pure audit cannot see is added here: characters without a glyph, and rows of other
//! people.

use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt as _};
use jiff::Timestamp;
use jiff::civil::Date;

use super::IssueError;
use super::pages::{Examined, Pages};
use super::printable::{Coverage, unprintable};
use super::stops::lets_pass;
use crate::exchange;
use crate::record::{Directory, PersonId, PersonRecord, Scope, issuing_enrolment};
use crate::store::{InForce, OverrideRow, RowPlace, Store, StoreError, StudentQuery};
use crate::transcript::audit::{
    Alternatives, Beside, Causes, Differing, Finding, Namesake, Question, Search, Severity, Tally,
    audit, of_names, of_policy,
};
use crate::transcript::{AssembleError, Assembled, DocumentRequest, Policy, assemble};

/// A finding, and where its row was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Whom it is about.
    pub person: PersonId,
    /// The finding.
    pub finding: Finding,
    /// Where; none where no row of ours says it.
    pub place: Option<RowPlace>,
    /// Of an error, the override in force that lets it pass.
    pub overridden: Option<OverrideRow>,
}

/// How many findings there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// People whose records were looked at.
    pub students: u64,
    /// Findings that stop an official document.
    pub errors: u64,
    /// Findings that would, and that an override lets pass.
    pub overridden: u64,
    /// Findings that somebody should look at.
    pub warnings: u64,
    /// Findings worth knowing.
    pub notes: u64,
}

impl Counts {
    /// Counts one finding.
    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
    }
}

/// What an audit needs, opened once.
#[derive(Clone)]
pub struct Examination {
    /// The records.
    pub store: Store,
    /// The district's rules.
    pub policy: Arc<Policy>,
    /// The rules of schools whose own report brings others, by state code.
    pub of_schools: BTreeMap<String, Arc<Policy>>,
    /// What the fonts can print.
    pub coverage: Arc<Coverage>,
    /// What an official document would be asked for.
    pub request: DocumentRequest,
    /// The instant whose records are read.
    pub recorded_at: Timestamp,
    /// The day on which they are looked at: nothing can have happened after it.
    pub on: Date,
    /// The instant at which overrides are in force or not.
    pub now: Timestamp,
    /// Pages that are worked on side by side, and so how many are in memory.
    pub pages_under_way_max: usize,
}

/// Likely causes of what differs by the rules of a report that schools have of their own.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct OfSchools {
    /// The schools, by state code.
    pub schools: Vec<String>,
    /// The causes.
    #[serde(flatten)]
    pub causes: Causes,
}

/// What a page of people came to.
struct Page {
    students: u64,
    findings: Vec<Located>,
}

impl Examination {
    /// What is found about the rules themselves, and so about nobody.
    ///
    /// # Errors
    /// [`IssueError`], where the catalogues cannot be read.
    pub async fn of_nobody(&self) -> Result<Vec<Finding>, IssueError> {
        let mut findings = of_nobody(&self.store, &self.policy, self.recorded_at).await?;
        for policy in self.of_schools.values() {
            let others = of_nobody(&self.store, policy, self.recorded_at).await?;
            let others = Vec::from_iter(others.into_iter().filter(|it| !findings.contains(it)));
            findings.extend(others);
        }
        Ok(findings)
    }

    /// Looks at everybody who is meant and hands each finding to `each`, person by person.
    ///
    /// # Errors
    /// [`IssueError`], where records cannot be read, and what `each` answers.
    pub async fn findings<E: From<IssueError>>(
        &self,
        who: &Examined,
        mut each: impl FnMut(Located) -> Result<(), E>,
    ) -> Result<Counts, E> {
        let directory = Arc::new(self.directory().await?);
        let overrides = self
            .store
            .overrides_in_force(self.now, self.recorded_at)
            .await;
        let overrides = Arc::new(overrides.map_err(IssueError::from)?);
        let look = |people: Vec<PersonId>| {
            let (this, directory) = (self.clone(), Arc::clone(&directory));
            let overrides = Arc::clone(&overrides);
            async move { this.page(&directory, &overrides, &people).await }
        };
        let mut counts = Counts::default();
        let mut pages = pin!(self.side_by_side(who, look));
        while let Some(page) = pages.next().await {
            let page = page.map_err(IssueError::from)?;
            counts.students += page.students;
            for located in page.findings {
                match located.overridden {
                    None => counts.add(located.finding.severity),
                    Some(_) => counts.overridden += 1,
                }
                each(located)?;
            }
        }
        Ok(counts)
    }

    /// Computes every declared figure again under other settings of the policy, and tells which
    /// would make them agree. Of whom a school's own report brings other rules, nothing is asked.
    ///
    /// # Errors
    /// [`IssueError`], where records cannot be read.
    pub async fn causes(&self, who: &Examined) -> Result<Causes, IssueError> {
        self.causes_under(&self.policy, who).await
    }

    /// The same under the rules of each report that schools have of their own, for those whose
    /// transcripts they issue; without reports by which nobody who is meant is issued one.
    ///
    /// # Errors
    /// [`IssueError`], where records cannot be read.
    pub async fn causes_of_schools(&self, who: &Examined) -> Result<Vec<OfSchools>, IssueError> {
        let mut reports: Vec<(Vec<String>, &Arc<Policy>)> = Vec::new();
        for (school, policy) in &self.of_schools {
            let mut known = reports.iter_mut();
            match known.find(|(_, other)| other.digest() == policy.digest()) {
                Some((schools, _)) => schools.push(school.clone()),
                None => reports.push((vec![school.clone()], policy)),
            }
        }
        let mut found = Vec::new();
        for (schools, policy) in reports {
            let theirs = self.issued_by(&schools, who).await?;
            let causes = self.causes_under(policy, &theirs).await?;
            if causes.students > 0 {
                found.push(OfSchools { schools, causes });
            }
        }
        Ok(found)
    }

    /// Of those who are meant, a set that holds everybody whose transcript these schools issue: of
    /// a whole district, only these.
    async fn issued_by(&self, schools: &[String], who: &Examined) -> Result<Examined, IssueError> {
        if *who != (Examined::Everybody { source: None }) {
            return Ok(who.clone());
        }
        let mut people = Vec::new();
        for school in schools {
            let query = StudentQuery::School {
                school: school.clone(),
                grade_level: None,
            };
            let found = self
                .store
                .find_people(&query, &Scope::District, self.recorded_at);
            people.extend(found.await?.people);
        }
        Ok(Examined::People(people))
    }

    /// Of those whose transcripts are made by these rules.
    async fn causes_under(
        &self,
        policy: &Arc<Policy>,
        who: &Examined,
    ) -> Result<Causes, IssueError> {
        let names = self.store.catalogue_names(self.recorded_at).await;
        let sources = names.map_err(IssueError::from)?.sources;
        let mut search = Search::among(Alternatives::of(policy, sources));
        loop {
            let question = search.question();
            let people = question.people().map(<[PersonId]>::to_vec);
            let those = people.map(Examined::People);
            let who = those.as_ref().unwrap_or(who);
            let tally = self.weighed(policy, who, &Arc::new(question)).await?;
            if let Some(causes) = search.weighed(tally) {
                return Ok(causes);
            }
        }
    }

    /// Asks everybody who is meant and whose transcript is made by these rules.
    async fn weighed(
        &self,
        policy: &Arc<Policy>,
        who: &Examined,
        question: &Arc<Question>,
    ) -> Result<Tally, IssueError> {
        let look = |people: Vec<PersonId>| {
            let (this, question, policy) = (self.clone(), Arc::clone(question), Arc::clone(policy));
            async move {
                let mut tally = Tally::default();
                for record in this.store.records(&people, this.recorded_at).await? {
                    if this.policy_for(&record).digest() == policy.digest() {
                        question.weigh(&record, &mut tally);
                    }
                }
                Ok(tally)
            }
        };
        let mut tally = Tally::default();
        let mut pages = pin!(self.side_by_side(who, look));
        while let Some(page) = pages.next().await {
            tally.add(page?);
        }
        Ok(tally)
    }

    async fn directory(&self) -> Result<Directory, IssueError> {
        Ok(self.store.directory(self.recorded_at).await?)
    }

    /// Gives each page of people to `look`.
    fn side_by_side<T, F>(
        &self,
        who: &Examined,
        look: impl Fn(Vec<PersonId>) -> F,
    ) -> impl Stream<Item = Result<T, StoreError>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let pages = Pages {
            store: &self.store,
            known: self.recorded_at,
            under_way_max: self.pages_under_way_max,
        };
        pages.side_by_side(who, look)
    }

    /// The rules by which a record's transcript is made.
    fn policy_for(&self, record: &PersonRecord) -> &Policy {
        let issuing = issuing_enrolment(&record.enrolments, &record.awards);
        let school = issuing.map(|place| &record.enrolments[place].school);
        let own = school.and_then(|school| self.of_schools.get(school));
        own.unwrap_or(&self.policy)
    }

    async fn page(
        &self,
        directory: &Directory,
        overrides: &[InForce],
        people: &[PersonId],
    ) -> Result<Page, StoreError> {
        let records = self.store.records(people, self.recorded_at).await?;
        let mut seen = beside(&self.store, people, self.recorded_at).await?;
        let students = records.len() as u64;
        let mut findings = Vec::new();
        for record in &records {
            let mut beside = seen.remove(&record.id).unwrap_or_default();
            let policy = self.policy_for(record);
            let made = assemble(record, directory, policy, &self.request);
            beside.unprintable = without_glyphs(&made, &self.coverage);
            let found = audit(record, &made, directory, policy, &beside, self.on);
            let school = made.as_ref().ok().map(|made| &*made.transcript.school.code);
            findings.extend(found.into_iter().map(|mut finding| {
                let passing = lets_pass(overrides, &mut finding, record.id, school);
                let overridden = passing.cloned();
                let located = of(record, finding);
                Located {
                    overridden,
                    ..located
                }
            }));
        }
        locate(&self.store, &mut findings, self.recorded_at).await?;
        Ok(Page { students, findings })
    }
}

/// What is found about the rules themselves: legends that would disclose, names that no catalogue
/// has.
pub(super) async fn of_nobody(
    store: &Store,
    policy: &Policy,
    known: Timestamp,
) -> Result<Vec<Finding>, StoreError> {
    let mut findings = of_policy(policy);
    findings.extend(of_names(policy, &store.catalogue_names(known).await?));
    Ok(findings)
}

/// A finding of a person whose place is not known yet.
pub(super) fn of(record: &PersonRecord, finding: Finding) -> Located {
    Located {
        person: record.id,
        finding,
        place: None,
        overridden: None,
    }
}

/// What other people's rows, and several rows of one person, tell of these people.
pub(super) async fn beside(
    store: &Store,
    people: &[PersonId],
    known: Timestamp,
) -> Result<HashMap<PersonId, Beside>, StoreError> {
    let mut beside: HashMap<PersonId, Beside> = HashMap::new();
    let alike = store.look_alikes(people, known).await?;
    for person in alike.not_compared {
        beside.entry(person).or_default().not_compared = true;
    }
    for other in alike.found {
        let of_person = beside.entry(other.person).or_default();
        of_person.namesakes.push(Namesake {
            school: other.other_school,
            person: other.other_number,
            source: other.other_source,
            is_near: other.is_near,
        });
    }
    for rows in store.contradictions(people, known).await? {
        let of_person = beside.entry(rows.person).or_default();
        of_person.differing.push(Differing {
            rows: rows.rows,
            birth_date: rows.birth_date,
            given_names: rows.given_names,
            name: rows.name,
        });
    }
    Ok(beside)
}

/// The texts of a transcript that the fonts cannot print, each with what to do.
fn without_glyphs(
    made: &Result<Assembled, Vec<AssembleError>>,
    coverage: &Coverage,
) -> Vec<(String, String)> {
    let Ok(made) = made else {
        return Vec::new();
    };
    let problems = unprintable(&exchange::transcript_json(&made.transcript), coverage);
    let apart = problems.into_iter().map(|problem| {
        let (message, hint) = problem.split_once("\nhint: ").unwrap_or((&problem, ""));
        (message.to_owned(), hint.to_owned())
    });
    apart.collect()
}

/// Finds the line of each finding's row.
pub(super) async fn locate(
    store: &Store,
    findings: &mut [Located],
    known: Timestamp,
) -> Result<(), StoreError> {
    let mut people: Vec<PersonId> = findings.iter().map(|it| it.person).collect();
    people.dedup();
    let rows: Vec<_> = findings
        .iter()
        .filter_map(|it| it.finding.row.clone())
        .collect();
    let places = store.places(&people, &rows, known).await?;
    for located in findings {
        let row = located.finding.row.as_ref();
        located.place = row.and_then(|row| places.get(row)).cloned();
    }
    Ok(())
}
