//! What reviewers of a drawn case are asked, and what follows from their answers.
//!
//! Owns the definition of a form (questions, and findings that combine them) and a case's review.
//!
//! Never: a finding of a question that nobody answered.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::rules_file;

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is so.
    Yes,
    /// It is not.
    No,
    /// The question does not apply to the case.
    NotApplicable,
}

/// A question of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name in answers: `evidence`.
    pub name: String,
    /// What is asked, in plain words.
    pub text: String,
    /// What the reviewer looks at to answer it.
    pub look_at: String,
    /// Whether it may fail to apply.
    #[serde(default)]
    pub may_not_apply: bool,
}

/// What is found of a case: yes if every one of its questions that applies is answered yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Its name, by which a decree's numerator asks for it: `provided`.
    pub name: String,
    /// The questions.
    pub all_of: Vec<String>,
}

/// A form with which every case of a sample is reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewForm {
    /// Its name: `service-delivery`.
    pub form: String,
    /// Its version; a question that changes makes a new one.
    pub version: String,
    /// Its heading.
    pub title: String,
    /// Where it comes from.
    pub source: String,
    /// Whether the source's own text was seen.
    pub confirmed: bool,
    /// What is asked.
    #[serde(rename = "question")]
    pub questions: Vec<Question>,
    /// What follows.
    #[serde(rename = "finding")]
    pub findings: Vec<Finding>,
}

/// What is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormFault {
    /// A field without text.
    #[error("form {form}: {field} is empty")]
    Empty {
        /// The form.
        form: String,
        /// The field.
        field: String,
    },
    /// A name that stands twice.
    #[error("form {form}: {name} stands twice")]
    Twice {
        /// The form.
        form: String,
        /// The name.
        name: String,
    },
    /// A finding of a question that is not asked.
    #[error("form {form}: finding {finding} needs {question}, which is no question; hint: {known}")]
    NoQuestion {
        /// The form.
        form: String,
        /// The finding.
        finding: String,
        /// The question.
        question: String,
        /// Those that there are.
        known: String,
    },
    /// A question from which nothing follows.
    #[error("form {form}: nothing follows from question {question}; hint: name it in a finding")]
    Unused {
        /// The form.
        form: String,
        /// The question.
        question: String,
    },
}

impl ReviewForm {
    /// Reads a file; or tells everything that is wrong with it.
    ///
    /// # Errors
    /// What does not read, with line, column and hint; what contradicts itself.
    pub fn read(file_name: &str, text: &str) -> Result<Self, Vec<String>> {
        let form: Self = rules_file::read(file_name, text)?;
        let faults = form.faults();
        if faults.is_empty() {
            return Ok(form);
        }
        let faults = faults.iter();
        Err(faults
            .map(|fault| format!("{file_name}: {fault}"))
            .collect())
    }

    /// Everything that is wrong with the form.
    pub fn faults(&self) -> Vec<FormFault> {
        let form = || self.form.clone();
        let mut faults = Vec::new();
        let mut texts = vec![
            ("form".to_owned(), &self.form),
            ("version".to_owned(), &self.version),
            ("title".to_owned(), &self.title),
            ("source".to_owned(), &self.source),
        ];
        for question in &self.questions {
            let name = &question.name;
            texts.push(("a question's name".to_owned(), name));
            texts.push((format!("the text of {name}"), &question.text));
            texts.push((format!("look_at of {name}"), &question.look_at));
        }
        let findings = self.findings.iter();
        texts.extend(findings.map(|finding| ("a finding's name".to_owned(), &finding.name)));
        let empty = texts.into_iter().filter(|(_, text)| text.trim().is_empty());
        faults.extend(empty.map(|(field, _)| FormFault::Empty {
            form: form(),
            field,
        }));
        let questions: Vec<&str> = self.questions.iter().map(|of| of.name.as_str()).collect();
        let findings: Vec<&str> = self.findings.iter().map(|of| of.name.as_str()).collect();
        for name in twice(&questions).chain(twice(&findings)) {
            faults.push(FormFault::Twice {
                form: form(),
                name: name.to_owned(),
            });
        }
        self.references(&questions, &mut faults);
        faults
    }

    /// Findings of questions that are not asked or of none, and questions without a finding.
    fn references(&self, questions: &[&str], faults: &mut Vec<FormFault>) {
        let form = || self.form.clone();
        let mut used = BTreeSet::new();
        for Finding { name, all_of } in &self.findings {
            if all_of.is_empty() {
                faults.push(FormFault::Empty {
                    form: form(),
                    field: format!("all_of of {name}"),
                });
            }
            for question in all_of {
                used.insert(question.as_str());
                if !questions.contains(&question.as_str()) {
                    faults.push(FormFault::NoQuestion {
                        form: form(),
                        finding: name.clone(),
                        question: question.clone(),
                        known: questions.join(", "),
                    });
                }
            }
        }
        let unused = questions
            .iter()
            .filter(|&question| !used.contains(question));
        faults.extend(unused.map(|&question| FormFault::Unused {
            form: form(),
            question: question.to_owned(),
        }));
    }
}

/// The names that stand twice.
fn twice<'n>(names: &'n [&'n str]) -> impl Iterator<Item = &'n str> {
    let mut seen = BTreeSet::new();
    names
        .iter()
        .copied()
        .filter(move |name| !seen.insert(*name))
}

/// What a reviewer answered of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseReview {
    /// The case.
    pub case: String,
    /// Who reviewed it.
    pub reviewer: String,
    /// When.
    pub reviewed_on: Date,
    /// The answers, by the questions' names.
    pub answers: BTreeMap<String, Answer>,
}

/// What is wrong with a review.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReviewFault {
    /// A question without an answer.
    #[error("case {case}: {question} is not answered")]
    NotAnswered {
        /// The case.
        case: String,
        /// The question.
        question: String,
    },
    /// An answer to what the form does not ask.
    #[error("case {case}: the form does not ask {question}")]
    NotAsked {
        /// The case.
        case: String,
        /// The question.
        question: String,
    },
    /// "Not applicable" to a question that always applies.
    #[error("case {case}: {question} applies to every case; hint: answer yes or no")]
    AlwaysApplies {
        /// The case.
        case: String,
        /// The question.
        question: String,
    },
    /// A case that was drawn and not reviewed.
    #[error("case {0} was drawn and is not reviewed")]
    NotReviewed(String),
    /// A review of a case that was not drawn.
    #[error("case {0} is reviewed and was not drawn")]
    NotDrawn(String),
    /// A case that was reviewed twice.
    #[error("case {0} is reviewed twice; hint: a second reviewer's answers are compared apart")]
    Twice(String),
    /// A finding that the form does not have.
    #[error("the form has no finding {0}")]
    NoFinding(String),
}

/// A review that answers every question of its form, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Reviewed<'r> {
    form: &'r ReviewForm,
    review: &'r CaseReview,
}

impl<'r> Reviewed<'r> {
    /// The review under this form, or everything that is wrong with it.
    pub fn new(form: &'r ReviewForm, review: &'r CaseReview) -> Result<Self, Vec<ReviewFault>> {
        let mut faults = Vec::new();
        for question in &form.questions {
            let fault = |kind: fn(String, String) -> ReviewFault| {
                kind(review.case.clone(), question.name.clone())
            };
            match review.answers.get(&question.name) {
                None => faults.push(fault(|case, question| ReviewFault::NotAnswered {
                    case,
                    question,
                })),
                Some(Answer::NotApplicable) if !question.may_not_apply => {
                    faults.push(fault(|case, question| ReviewFault::AlwaysApplies {
                        case,
                        question,
                    }));
                }
                Some(_) => {}
            }
        }
        for question in review.answers.keys() {
            if !form.questions.iter().any(|asked| asked.name == *question) {
                faults.push(ReviewFault::NotAsked {
                    case: review.case.clone(),
                    question: question.clone(),
                });
            }
        }
        if faults.is_empty() {
            Ok(Self { form, review })
        } else {
            Err(faults)
        }
    }

    /// The case.
    pub fn case(&self) -> &'r str {
        &self.review.case
    }

    /// What is found: no if one of the finding's questions is answered no, yes if one is answered
    /// yes and none no, and not applicable if none applies. Nothing where there is no such finding.
    pub fn finding(&self, name: &str) -> Option<Answer> {
        let finding = self.form.findings.iter().find(|of| of.name == name)?;
        let answers = finding
            .all_of
            .iter()
            .filter_map(|question| self.review.answers.get(question));
        Some(answers.fold(Answer::NotApplicable, |found, &answer| {
            match (found, answer) {
                (Answer::No, _) | (_, Answer::No) => Answer::No,
                (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
                _ => Answer::NotApplicable,
            }
        }))
    }
}

/// How far two reviewers agree about one question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Cases of which both answered the same.
    pub same: u32,
    /// Cases that both answered.
    pub both: u32,
}

/// For each question of the form, how far a second reviewer agrees with the first; cases that only
/// one of them reviewed say nothing of it.
pub fn agreement(
    form: &ReviewForm,
    first: &[CaseReview],
    second: &[CaseReview],
) -> BTreeMap<String, Agreement> {
    let seconds: BTreeMap<&str, &CaseReview> = second
        .iter()
        .map(|review| (review.case.as_str(), review))
        .collect();
    let of_question = |name: &str| {
        let mut found = Agreement::default();
        for one in first {
            let other = seconds.get(one.case.as_str());
            let answers = (
                one.answers.get(name),
                other.and_then(|of| of.answers.get(name)),
            );
            if let (Some(one), Some(other)) = answers {
                found.both += 1;
                found.same += u32::from(one == other);
            }
        }
        found
    };
    let names = form.questions.iter().map(|question| question.name.as_str());
    names
        .map(|name| (name.to_owned(), of_question(name)))
        .collect()
}
