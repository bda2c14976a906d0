//! A report's samples: records of invented people, as small files that a person writes
//! (`samples/NAME.toml`), so that every figure on a sample page is computed as on a real one.
//!
//! Never: a figure of its own. What a sample prints, `transcript::assemble` made with the report's
//! own policy. Next: `cli/template/sheets.rs` lays them out.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::record::*;
use crate::template::Report;
use crate::transcript::{
    AssembleError, Certification, DocumentRequest, Edition, Policy, Transcript, assemble,
};

/// The source that a sample's rows come from.
const SOURCE: &str = "sample";

/// The id on a sample of an official document.
const DOCUMENT_ID: &str = "9f3c51d07be84a6c92d1e6a0457bb3f8";

/// Why there is no page of a sample.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// The text is no sample; with its line.
    #[error("{0}")]
    Unreadable(String),
    /// The report's rules are missing, or are none.
    #[error("the report's policy.toml: {0}")]
    Policy(String),
    /// The rules make no transcript of the record.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Record(Vec<AssembleError>),
}

/// An invented person's record, and how it is to be printed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The date on the page.
    issued_on: Date,
    /// Whether it is to look as if signed with throw-away keys.
    #[serde(default)]
    demonstration: bool,
    /// The school to which its official document was sent for a transfer.
    sent_to: Option<String>,
    /// Averages to print beside those that the policy prints, by name.
    #[serde(default)]
    averages: Vec<String>,
    student: Student,
    district: DistrictRow,
    /// The first is the one meant where a row names none.
    schools: Vec<SchoolRow>,
    enrolments: Vec<EnrolmentRow>,
    plan: Option<PlanRow>,
    #[serde(default)]
    awards: Vec<AwardRow>,
    #[serde(default)]
    terms: Vec<TermRow>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Student {
    number: String,
    name: String,
    birth_date: Date,
    /// Printed where there is one.
    state_id: Option<String>,
    /// Printed where there is one.
    address: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DistrictRow {
    code: String,
    name: String,
    contact: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchoolRow {
    code: String,
    name: String,
    ceeb: Option<String>,
    street: String,
    city: String,
    state: String,
    postal_code: String,
    phone: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnrolmentRow {
    school: Option<String>,
    entered_on: Date,
    left_on: Option<Date>,
    grade_level: GradeLevel,
    exit_reason: Option<ExitReason>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanRow {
    name: String,
    entered_grade_9: SchoolYear,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AwardRow {
    award: AwardKind,
    detail: Option<String>,
    awarded_on: Date,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TermRow {
    name: String,
    school: Option<String>,
    school_year: SchoolYear,
    kind: TermKind,
    begins_on: Date,
    ends_on: Date,
    grade_level: GradeLevel,
    /// How its marks came to be on the record, where they do not say.
    marks: MarkKind,
    /// Credits attempted at each course, where it does not say.
    credits: Credits,
    courses: Vec<CourseRow>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CourseRow {
    number: String,
    title: String,
    subject: String,
    area: Option<AgArea>,
    honors: Option<HonorsKind>,
    /// The sequence and the level in it: `spanish 1`.
    step: Option<String>,
    /// None while it has none yet.
    mark: Option<String>,
    kind: Option<MarkKind>,
    taken_at: Option<String>,
    credits: Option<Credits>,
    /// Credits earned, where they are not those attempted.
    earned: Option<Credits>,
}

impl Sample {
    /// Reads a sample's text.
    ///
    /// # Errors
    /// [`SampleError::Unreadable`], with line and column.
    pub fn read(text: &str) -> Result<Self, SampleError> {
        toml::from_str(text).map_err(|error| SampleError::Unreadable(error.to_string()))
    }

    /// What is printed of it by these rules ([`Sample::policy`]) in one language, as one edition.
    ///
    /// # Errors
    /// A record of which the rules make no transcript.
    pub fn transcript(
        &self,
        policy: &Policy,
        language: &str,
        edition: Edition,
    ) -> Result<Transcript, SampleError> {
        let signed = edition != Edition::Unofficial;
        let request = DocumentRequest {
            id: if signed {
                DOCUMENT_ID.to_owned()
            } else {
                String::new()
            },
            kind: None,
            edition,
            language: language.to_owned(),
            issued_on: self.issued_on,
            demonstration: self.demonstration,
            show_state_id: true,
            show_address: true,
            use_chosen_name: false,
            certification: signed.then(|| Certification {
                name: "Rosalind A. Okafor-Lindqvist".to_owned(),
                title: "Registrar".to_owned(),
            }),
        };
        let assembled = assemble(&self.record(), &self.directory(), policy, &request);
        let mut transcript = assembled.map_err(SampleError::Record)?.transcript;
        transcript.document.sent_to = self.sent_to.clone().filter(|_| signed);
        Ok(transcript)
    }

    /// Averages that it prints beside those that the policy prints, by name.
    pub fn averages(&self) -> &[String] {
        &self.averages
    }

    /// The report's rules, which print this sample's averages too: the same for every language and
    /// edition, and for every sample with the same averages.
    ///
    /// # Errors
    /// Rules that are missing, or are none.
    pub fn policy(&self, report: &Report) -> Result<Policy, SampleError> {
        let refuse = |why: &dyn ToString| SampleError::Policy(why.to_string());
        let text = report.rules("policy.toml");
        let text = text.ok_or_else(|| refuse(&"the report has none"))?;
        // First as it stands in its file, so that what is wrong is told with its line.
        let policy = Policy::parse(text).map_err(|error| refuse(&error))?;
        if self.averages.is_empty() {
            return Ok(policy);
        }
        let mut rules: toml::Table = toml::from_str(text).map_err(|error| refuse(&error))?;
        let averages = rules.get_mut("gpa").and_then(toml::Value::as_array_mut);
        for average in averages
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_table_mut)
        {
            let name = average.get("name").and_then(toml::Value::as_str);
            if name.is_some_and(|name| self.averages.iter().any(|printed| printed == name)) {
                average.insert("printed".to_owned(), true.into());
            }
        }
        Policy::parse(&rules.to_string()).map_err(|error| refuse(&error))
    }

    fn school(&self, named: Option<&String>) -> String {
        let first = || self.schools.first().map(|school| school.code.clone());
        named.cloned().or_else(first).unwrap_or_default()
    }

    fn record(&self) -> PersonRecord {
        let Student { number, name, .. } = &self.student;
        let school = self.school(None);
        let enrolment = |row: &EnrolmentRow| Enrolment {
            school: self.school(row.school.as_ref()),
            person: number.clone(),
            entered_on: row.entered_on,
            left_on: row.left_on,
            grade_level: row.grade_level,
            exit_reason: row.exit_reason,
            entered_from: None,
            enrolment_status: None,
        };
        let award = |row: &AwardRow| Award {
            school: school.clone(),
            person: number.clone(),
            award: row.award,
            detail: row.detail.clone(),
            awarded_on: row.awarded_on,
        };
        PersonRecord {
            id: PersonId::from_local_id(SOURCE, number),
            person: Person {
                school: school.clone(),
                person: number.clone(),
                state_id: self.student.state_id.clone(),
                legal_given: name.clone(),
                legal_middle: None,
                legal_family: None,
                legal_suffix: None,
                chosen_name: None,
                printed_name: None,
                birth_date: self.student.birth_date,
                mailing_address: self.student.address.clone(),
            },
            source: SOURCE.to_owned(),
            enrolments: self.enrolments.iter().map(enrolment).collect(),
            marks: self.marks(),
            totals: Vec::new(),
            fulfilments: Vec::new(),
            plan: self.plan.as_ref().map(|plan| GraduationPlan {
                school: school.clone(),
                person: number.clone(),
                plan: plan.name.clone(),
                entered_grade_9: plan.entered_grade_9,
            }),
            awards: self.awards.iter().map(award).collect(),
            held: Vec::new(),
            decisions: Decisions::default(),
            plans_otherwise: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn marks(&self) -> Vec<RecordedMark> {
        let mut marks = Vec::new();
        for (at, row) in self.terms.iter().enumerate() {
            let term = Term {
                school: self.school(row.school.as_ref()),
                term: at.to_string(),
                name: row.name.clone(),
                school_year: row.school_year,
                kind: row.kind,
                begins_on: row.begins_on,
                ends_on: row.ends_on,
            };
            let recorded = |course: &CourseRow| self.recorded(&term, row, course);
            marks.extend(row.courses.iter().map(recorded));
        }
        for (posting, recorded) in (1..).zip(&mut marks) {
            recorded.mark.posting = format!("{posting:04}");
        }
        marks.sort_by(|one, other| one.order().cmp(&other.order()));
        marks
    }

    /// One mark, without its number.
    fn recorded(&self, term: &Term, row: &TermRow, course: &CourseRow) -> RecordedMark {
        let credits = course.credits.unwrap_or(row.credits);
        let kind = course.kind.unwrap_or(row.marks);
        let pending = if kind.is_posted() {
            credits
        } else {
            Credits::ZERO
        };
        let step = course.step.as_ref().and_then(|step| step.rsplit_once(' '));
        RecordedMark {
            source: SOURCE.to_owned(),
            mark: Mark {
                school: term.school.clone(),
                posting: String::new(),
                person: self.student.number.clone(),
                term: term.term.clone(),
                course: course.number.clone(),
                title: None,
                taken_at: course.taken_at.clone(),
                kind,
                mark: course.mark.clone(),
                credit_attempted: credits,
                credit_earned: course.earned.unwrap_or(pending),
                grade_level: row.grade_level,
                posted_by: None,
                posted_at: None,
            },
            term: term.clone(),
            course: Course {
                school: term.school.clone(),
                course: course.number.clone(),
                title: course.title.clone(),
                subject: course.subject.clone(),
                ag_area: course.area,
                honors: course.honors.unwrap_or(HonorsKind::None),
                state_course_code: None,
                credit_value: credits,
                sequence: step.map(|(sequence, _)| sequence.to_owned()),
                level: step.map(|(_, level)| level.to_owned()),
                part: None,
                repeatable: None,
                graduation_credit: None,
                retired_on: None,
            },
        }
    }

    fn directory(&self) -> Directory {
        let schools = self.schools.iter().map(|row| School {
            school: row.code.clone(),
            district: self.district.code.clone(),
            name: row.name.clone(),
            ceeb: row.ceeb.clone(),
            kind: SchoolKind::High,
            charter: CharterStatus::None,
            local_district: None,
            street: row.street.clone(),
            city: row.city.clone(),
            state: row.state.clone(),
            postal_code: row.postal_code.clone(),
            phone: row.phone.clone(),
        });
        let district = District {
            code: self.district.code.clone(),
            name: self.district.name.clone(),
            state: "CA".to_owned(),
            contact: self.district.contact.clone(),
        };
        Directory {
            schools: schools
                .map(|school| (school.school.clone(), school))
                .collect(),
            districts: BTreeMap::from([(district.code.clone(), district)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENIOR: &str = include_str!("../../report-templates/transcript/samples/senior.toml");

    fn made(text: &str) -> Result<Transcript, SampleError> {
        let report = Report::shipped("transcript").expect("it ships");
        let sample = Sample::read(text)?;
        sample.transcript(&sample.policy(&report)?, "en", Edition::Official)
    }

    #[test]
    fn what_is_no_sample_is_refused_with_its_line() {
        for (from, to, said) in [
            (
                "contact =",
                "phone_number =",
                "unknown field `phone_number`",
            ),
            (
                "issued_on = \"2026-06-15\"",
                "issued_on = \"June\"",
                "line 4",
            ),
            ("area = \"c\"", "area = \"z\"", "unknown variant `z`"),
        ] {
            let refused = made(&SENIOR.replacen(from, to, 1)).expect_err(to);
            assert!(matches!(refused, SampleError::Unreadable(_)));
            assert!(refused.to_string().contains(said), "{refused}");
        }
    }

    #[test]
    fn a_record_of_which_the_rules_make_nothing_is_refused_with_every_reason() {
        let wrong = SENIOR
            .replace("name = \"district-210\"", "name = \"district-230\"")
            .replacen("mark = \"A\"", "mark = \"E\"", 1);
        let refused = made(&wrong).expect_err("no such plan").to_string();
        assert!(
            refused.contains("`district-230` is not in the policy"),
            "{refused}"
        );
        assert!(refused.contains("the mark `E`"), "{refused}");
    }

    #[test]
    fn an_unofficial_sample_has_no_number_and_nobody_certifies_it() {
        let report = Report::shipped("transcript").expect("it ships");
        let sent = format!("sent_to = \"Agave High School\"\n{SENIOR}");
        let sample = Sample::read(&sent).expect("it reads");
        let policy = sample.policy(&report).expect("its rules");
        let made = sample
            .transcript(&policy, "es", Edition::Unofficial)
            .expect("made");
        assert_eq!((made.document.id.as_str(), made.certification), ("", None));
        assert_eq!(made.document.sent_to, None, "nobody sends it to a school");
        assert_eq!(made.averages[0].label, "Promedio acumulado sin ponderar");
    }
}
