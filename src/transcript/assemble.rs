//! One record, one policy, one date: one transcript, with the trace of its figures.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::average::{AverageTrace, averages as average_traces};
use super::model::*;
use super::policy::{Label, PlanRule, Policy, RepeatCode, Rules};
use super::repeats::{Repeated, on_page};
use super::requirements::progress;
use super::unit::in_unit;
use super::year_course::{ClearedMark, cleared};
use super::year_title::year_titles;
use crate::record::{
    Award, AwardKind, Credits, Directory, District, Enrolment, ExitReason, HonorsKind, MarkKind,
    Person, PersonRecord, RecordedMark, School, folded, graduation, issuing_enrolment,
};

/// What is decided for one document, outside the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRequest {
    /// 32 hexadecimal digits; empty on an unofficial copy.
    pub id: String,
    /// Which kind is asked for; none takes the latest that the record allows.
    pub kind: Option<Kind>,
    /// Official or unofficial.
    pub edition: Edition,
    /// The language of the labels.
    pub language: String,
    /// The date on the page.
    pub issued_on: Date,
    /// Whether it is signed with throw-away keys.
    pub demonstration: bool,
    /// Whether the state's number is printed.
    pub show_state_id: bool,
    /// Whether the student's address is printed.
    pub show_address: bool,
    /// Whether the name that the student goes by is printed instead of the legal name.
    pub use_chosen_name: bool,
    /// Who certifies it.
    pub certification: Option<Certification>,
}

/// A transcript and how its figures came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assembled {
    /// The model.
    pub transcript: Transcript,
    /// One trace for each average of the policy, in its order.
    pub traces: Vec<AverageTrace>,
    /// Failing first semesters that a passed second one cleared.
    pub cleared: Vec<ClearedMark>,
}

/// Why no transcript can be made of a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssembleError {
    /// The person was never enrolled, so no school can issue it.
    #[error("has no enrolment: no school can issue the transcript")]
    NoEnrolment,
    /// The school that would issue it, or its district, is not in the records.
    #[error("the school `{0}` is not in the records")]
    UnknownSchool(String),
    /// A final transcript was asked for and there is no graduation date.
    #[error(
        "a final transcript needs a graduation date, and no diploma or certificate is recorded"
    )]
    NotGraduated,
    /// A final transcript was asked for and work is in progress.
    #[error("a final transcript cannot have marks in progress: {}", .0.join(", "))]
    InProgress(Vec<String>),
    /// The person is held: rows did not land, and nothing has answered them since.
    #[error("held: {}; `registrar imports held` lists the rows", .0.join(", "))]
    Held(Vec<String>),
    /// A mark is posted without a mark.
    #[error("posting `{0}` has no mark")]
    NoMark(String),
    /// A mark is not on the district's grading scale, so no average could count it.
    #[error("the mark `{mark}` of posting `{posting}` is not on the grading scale of the policy")]
    NotOnScale {
        /// The posting's number in its source.
        posting: String,
        /// The mark.
        mark: String,
    },
    /// The record names something that nobody knows.
    #[error("{0}")]
    Fault(String),
    /// The record names a plan that the policy does not have.
    #[error("the graduation plan `{0}` is not in the policy")]
    UnknownPlan(String),
}

/// Puts a transcript together.
///
/// # Errors
/// Everything that stands in its way, not the first thing only.
pub fn assemble(
    record: &PersonRecord,
    directory: &Directory,
    policy: &Policy,
    request: &DocumentRequest,
) -> Result<Assembled, Vec<AssembleError>> {
    let mut problems = Vec::new();
    let rules = policy.rules();
    if !record.held.is_empty() && request.edition == Edition::Official {
        problems.push(AssembleError::Held(record.held.clone()));
    }
    problems.extend(record.faults.iter().cloned().map(AssembleError::Fault));
    if request.edition == Edition::Official {
        problems.extend(not_on_scale(record, rules));
    }
    let home = home(record, directory)
        .map_err(|problem| problems.push(problem))
        .ok();
    let kind = document_kind(record, request.kind);
    if kind == Kind::Final {
        problems.extend(not_final(record));
    }
    let (marks, cleared) = cleared(rules, &record.marks);
    let (repeated, shown) = on_page(rules, &marks);
    let year_courses = year_titles(&shown, &repeated);
    let terms = terms(&shown, directory, &repeated, &year_courses, &mut problems);
    let ahead = ahead(&shown, directory, &year_courses, &mut problems);
    let requirements = requirements(record, &shown, rules, &request.language, &mut problems);
    let Some((school, district)) = home else {
        return Err(problems);
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let traces = average_traces(rules, &in_unit(rules, &marks, rules.credits_per_semester));
    let issuing = issuing(record).ok_or_else(|| vec![AssembleError::NoEnrolment])?;
    let transcript = Transcript {
        format: FORMAT.to_owned(),
        document: Document {
            id: request.id.clone(),
            kind,
            edition: request.edition,
            language: request.language.clone(),
            issued_on: request.issued_on,
            demonstration: request.demonstration,
            sent_to: None,
        },
        district: DistrictBlock {
            name: district.name.clone(),
            code: district.code.clone(),
            contact: district.contact.clone(),
        },
        school: school_block(school),
        student: student_block(&record.person, request),
        attendance: Attendance {
            entered_on: entered_school(record),
            left_on: issuing.left_on,
            grade_level: issuing.grade_level,
            graduated_on: graduated_on(record),
        },
        credits: credit_totals(record, rules, &shown),
        honors_legend: honors_legend(record, rules, &request.language),
        ahead,
        averages: averages(rules, &traces, &request.language),
        awards: awards(record, rules, &request.language),
        grading_scale: grading_scale(rules, &request.language),
        terms,
        requirements,
        certification: request.certification.clone(),
        attachments: attachments(request.edition),
    };
    Ok(Assembled {
        transcript,
        traces,
        cleared,
    })
}

/// Posted marks that the grading scale does not have: an average would leave them out in silence.
fn not_on_scale(record: &PersonRecord, rules: &Rules) -> Vec<AssembleError> {
    let posted = record
        .marks
        .iter()
        .filter(|recorded| recorded.mark.kind.is_posted());
    let off = posted.filter_map(|recorded| {
        let mark = recorded
            .mark
            .mark
            .clone()
            .filter(|mark| rules.step(mark).is_none())?;
        Some(AssembleError::NotOnScale {
            posting: recorded.mark.posting.clone(),
            mark,
        })
    });
    off.collect()
}

/// The files that an official transcript carries.
fn attachments(edition: Edition) -> Vec<AttachmentEntry> {
    match edition {
        Edition::Unofficial | Edition::Flat => Vec::new(),
        Edition::Official => vec![AttachmentEntry {
            name: super::ATTACHMENT_NAME.to_owned(),
            media_type: "application/json".to_owned(),
        }],
    }
}

/// The enrolments up to the one whose school issues the transcript; an open one stands last.
fn up_to_issuing(record: &PersonRecord) -> &[Enrolment] {
    let issuing = issuing_enrolment(&record.enrolments, &record.awards);
    issuing.map_or(&[], |issuing| &record.enrolments[..=issuing])
}

/// The enrolment whose school issues the transcript.
pub(super) fn issuing(record: &PersonRecord) -> Option<&Enrolment> {
    up_to_issuing(record).last()
}

/// The school that issues the transcript and its district.
fn home<'a>(
    record: &PersonRecord,
    directory: &'a Directory,
) -> Result<(&'a School, &'a District), AssembleError> {
    let code = &issuing(record).ok_or(AssembleError::NoEnrolment)?.school;
    let school = directory.schools.get(code);
    school
        .and_then(|school| Some((school, directory.districts.get(&school.district)?)))
        .ok_or_else(|| AssembleError::UnknownSchool(code.clone()))
}

/// The kind asked for, or the latest one that the record allows: final after graduation, mid-year
/// with a mark of grade 12, initial before.
fn document_kind(record: &PersonRecord, asked: Option<Kind>) -> Kind {
    asked.unwrap_or_else(|| {
        let posted_in_12 = record.marks.iter().any(|recorded| {
            recorded.mark.kind.is_posted() && recorded.mark.grade_level.number() == 12
        });
        if not_final(record).is_empty() {
            Kind::Final
        } else if posted_in_12 {
            Kind::MidYear
        } else {
            Kind::Initial
        }
    })
}

fn not_final(record: &PersonRecord) -> Vec<AssembleError> {
    let mut problems = Vec::new();
    if graduated_on(record).is_none() {
        problems.push(AssembleError::NotGraduated);
    }
    let in_progress: Vec<String> = record
        .marks
        .iter()
        .filter(|recorded| recorded.mark.kind == MarkKind::InProgress)
        .map(|recorded| recorded.title().to_owned())
        .collect();
    if !in_progress.is_empty() {
        problems.push(AssembleError::InProgress(in_progress));
    }
    problems
}

fn graduated_on(record: &PersonRecord) -> Option<Date> {
    graduation(&awarded_once(record)).map(|award| award.awarded_on)
}

/// Each award once, oldest first: two systems may tell of one. The row of the school that issues
/// the transcript stands before any other, and of several the earliest.
pub(super) fn awarded_once(record: &PersonRecord) -> Vec<Award> {
    let school = issuing(record).map(|enrolment| &enrolment.school);
    let elsewhere = |award: &&Award| Some(&award.school) != school;
    let mut in_order: Vec<&Award> = record.awards.iter().collect();
    in_order.sort_by_key(elsewhere);
    let mut once: Vec<Award> = Vec::with_capacity(in_order.len());
    for award in in_order {
        if !once.iter().any(|other| is_same_award(other, award)) {
            once.push(award.clone());
        }
    }
    once.sort_by_key(|award| award.awarded_on);
    once
}

/// Whether two rows tell of one award: its kind and, however it is written, its detail.
pub(super) fn is_same_award(one: &Award, other: &Award) -> bool {
    let detail = |award: &Award| award.detail.as_deref().map(folded).unwrap_or_default();
    one.award == other.award && detail(one) == detail(other)
}

/// The first day of the unbroken time at the issuing school. Who left at a year's end to go on
/// there was not away, wherever the summer was spent, nor who was to go elsewhere and never came.
fn entered_school(record: &PersonRecord) -> Date {
    let Some((last, earlier)) = up_to_issuing(record).split_last() else {
        return Date::default();
    };
    let (mut entered, mut away) = (last.entered_on, false);
    for enrolment in earlier.iter().rev() {
        if enrolment.exit_reason == Some(ExitReason::NoShow) {
            continue;
        }
        if enrolment.school != last.school {
            // An open enrolment stands last: one elsewhere may have begun after it.
            away |= enrolment.entered_on < entered;
        } else if away && enrolment.exit_reason != Some(ExitReason::YearEnd) {
            break;
        } else {
            (entered, away) = (enrolment.entered_on, false);
        }
    }
    entered
}

fn school_block(school: &School) -> SchoolBlock {
    SchoolBlock {
        name: school.name.clone(),
        code: school.school.clone(),
        ceeb: school.ceeb.clone(),
        street: school.street.clone(),
        city: school.city.clone(),
        state: school.state.clone(),
        postal_code: school.postal_code.clone(),
        phone: school.phone.clone(),
    }
}

fn student_block(person: &Person, request: &DocumentRequest) -> StudentBlock {
    let chosen = person
        .chosen_name
        .clone()
        .filter(|_| request.use_chosen_name);
    StudentBlock {
        name: person
            .printed_name
            .clone()
            .or(chosen)
            .unwrap_or_else(|| person.legal_name()),
        birth_date: person.birth_date,
        student_id: person.person.clone(),
        state_id: person.state_id.clone().filter(|_| request.show_state_id),
        address: person
            .mailing_address
            .clone()
            .filter(|_| request.show_address),
    }
}

/// Posted marks by term and school; marks come in the order of time.
fn terms(
    marks: &[RecordedMark],
    directory: &Directory,
    repeated: &BTreeMap<usize, Repeated>,
    year_courses: &BTreeMap<usize, String>,
    problems: &mut Vec<AssembleError>,
) -> Vec<TermBlock> {
    let mut terms: Vec<(&RecordedMark, TermBlock)> = Vec::new();
    let posted = |(_, recorded): &(usize, &RecordedMark)| recorded.mark.kind.is_posted();
    for (place, recorded) in marks.iter().enumerate().filter(posted) {
        let mark = &recorded.mark;
        let Some(letter) = mark.mark.clone() else {
            problems.push(AssembleError::NoMark(mark.posting.clone()));
            continue;
        };
        let same = |(first, block): &(&RecordedMark, TermBlock)| {
            first.mark.term == mark.term
                && first.mark.school == mark.school
                && block.grade_level == mark.grade_level
        };
        if !terms.iter().any(same) {
            let Some(school) = directory.schools.get(&mark.school) else {
                problems.push(AssembleError::UnknownSchool(mark.school.clone()));
                continue;
            };
            terms.push((recorded, empty_term(recorded, school)));
        }
        let Some((_, block)) = terms.iter_mut().find(|entry| same(entry)) else {
            continue;
        };
        block.credit_attempted = block.credit_attempted + mark.credit_attempted;
        block.credit_earned = block.credit_earned + mark.credit_earned;
        let repeat = repeated.get(&place).and_then(|repeated| repeated.code);
        let year_course = year_courses.get(&place).cloned();
        block
            .courses
            .push(course_line(recorded, letter, repeat, year_course));
    }
    terms.into_iter().map(|(_, block)| block).collect()
}

fn empty_term(recorded: &RecordedMark, school: &School) -> TermBlock {
    TermBlock {
        name: recorded.term.name.clone(),
        school_year: recorded.term.school_year,
        grade_level: recorded.mark.grade_level,
        school: school.name.clone(),
        courses: Vec::new(),
        credit_attempted: Default::default(),
        credit_earned: Default::default(),
    }
}

fn course_line(
    recorded: &RecordedMark,
    mark: String,
    repeat: Option<RepeatCode>,
    year_course: Option<String>,
) -> CourseLine {
    CourseLine {
        number: recorded.mark.course.clone(),
        title: recorded.title().to_owned(),
        mark,
        credit_attempted: recorded.mark.credit_attempted,
        credit_earned: recorded.mark.credit_earned,
        ag_area: recorded.course.ag_area,
        honors: recorded.course.honors,
        taken_at: recorded.mark.taken_at.clone(),
        repeat,
        year_course,
    }
}

/// Courses without a mark yet, in progress first; marks come in the order of time.
fn ahead(
    marks: &[RecordedMark],
    directory: &Directory,
    year_courses: &BTreeMap<usize, String>,
    problems: &mut Vec<AssembleError>,
) -> Vec<CourseAhead> {
    let mut ahead = Vec::new();
    for (place, recorded) in marks.iter().enumerate() {
        let status = match recorded.mark.kind {
            MarkKind::InProgress => AheadStatus::InProgress,
            MarkKind::Planned => AheadStatus::Planned,
            _ => continue,
        };
        let Some(school) = directory.schools.get(&recorded.mark.school) else {
            problems.push(AssembleError::UnknownSchool(recorded.mark.school.clone()));
            continue;
        };
        ahead.push(CourseAhead {
            status,
            term: recorded.term.name.clone(),
            school_year: recorded.term.school_year,
            grade_level: recorded.mark.grade_level,
            school: school.name.clone(),
            number: recorded.mark.course.clone(),
            title: recorded.title().to_owned(),
            credit: recorded.mark.credit_attempted,
            ag_area: recorded.course.ag_area,
            honors: recorded.course.honors,
            taken_at: recorded.mark.taken_at.clone(),
            year_course: year_courses.get(&place).cloned(),
        });
    }
    ahead.sort_by_key(|course| course.status);
    ahead
}

/// The sums of what the policy counts, in the measure of the school that issues the transcript.
pub(super) fn credit_totals(
    record: &PersonRecord,
    rules: &Rules,
    shown: &[RecordedMark],
) -> CreditTotals {
    let semester = issuing(record).map_or(rules.credits_per_semester, |it| rules.unit(&it.school));
    let marks = in_unit(rules, shown, semester);
    let counted = || {
        let marks = marks.iter();
        marks.filter(|recorded| rules.left_out_of_credits(recorded).is_none())
    };
    let posted = || counted().filter(|recorded| recorded.mark.kind.is_posted());
    let in_progress = counted().filter(|recorded| recorded.mark.kind == MarkKind::InProgress);
    CreditTotals {
        attempted: posted()
            .map(|recorded| recorded.mark.credit_attempted)
            .sum(),
        earned: posted().map(|recorded| recorded.mark.credit_earned).sum(),
        in_progress: in_progress
            .map(|recorded| recorded.mark.credit_attempted)
            .sum(),
    }
}

fn averages(rules: &Rules, traces: &[AverageTrace], language: &str) -> Vec<Average> {
    let rule_and_trace = rules.averages.iter().zip(traces);
    rule_and_trace
        .filter(|(rule, _)| rule.printed)
        .map(|(rule, trace)| Average {
            name: rule.name.clone(),
            label: rule.label.in_language(language).to_owned(),
            value: trace.value.clone(),
            scale: rules.highest(rule).to_string(),
            credit_counted: trace.credit_counted,
        })
        .collect()
}

/// Credits of a semester's course in the measure in which a plan is told.
pub(super) fn measure_of_plan(rules: &Rules, plan: &PlanRule) -> Credits {
    let semester = plan.credits_per_semester;
    semester.unwrap_or(rules.credits_per_semester)
}

fn requirements(
    record: &PersonRecord,
    shown: &[RecordedMark],
    rules: &Rules,
    language: &str,
    problems: &mut Vec<AssembleError>,
) -> Option<Requirements> {
    let chosen = record.plan.as_ref()?;
    let name = &chosen.plan;
    match rules.plans.iter().find(|plan| plan.name == *name) {
        Some(plan) => {
            let marks = in_unit(rules, shown, measure_of_plan(rules, plan));
            Some(progress(
                rules,
                plan,
                chosen.entered_grade_9,
                &marks,
                language,
            ))
        }
        None => {
            problems.push(AssembleError::UnknownPlan(name.clone()));
            None
        }
    }
}

fn awards(record: &PersonRecord, rules: &Rules, language: &str) -> Vec<Awarded> {
    let label = |kind: AwardKind| {
        let entry = rules.awards.iter().find(|entry| entry.award == kind);
        let label = entry.map_or(kind.code(), |entry| {
            Label::in_language(&entry.label, language)
        });
        label.to_owned()
    };
    let printed = |award: &Award| rules.awards_printed.contains(&award.award);
    let awards = awarded_once(record).into_iter();
    awards
        .filter(printed)
        .map(|award| Awarded {
            award: award.award,
            label: label(award.award),
            language: award.detail,
            awarded_on: award.awarded_on,
        })
        .collect()
}

fn grading_scale(rules: &Rules, language: &str) -> Vec<ScaleStep> {
    let steps = rules.scales.iter();
    steps
        .map(|step| ScaleStep {
            mark: step.mark.clone(),
            points: step.points.map(|points| points.to_string()),
            meaning: step.meaning.in_language(language).to_owned(),
        })
        .collect()
}

/// Only the letters that stand on this transcript.
fn honors_legend(record: &PersonRecord, rules: &Rules, language: &str) -> Vec<LegendEntry> {
    let occurs = |honors: HonorsKind| {
        honors != HonorsKind::None
            && record
                .marks
                .iter()
                .any(|recorded| recorded.course.honors == honors)
    };
    rules
        .honors
        .iter()
        .filter(|entry| occurs(entry.honors))
        .map(|entry| LegendEntry {
            honors: entry.honors,
            meaning: entry.meaning.in_language(language).to_owned(),
        })
        .collect()
}
