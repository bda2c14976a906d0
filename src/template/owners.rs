//! Whose report it is. A school's folder speaks for that school: its crest, its profile and what it
//! certifies stand on no document that another school issues.
//!
//! Never: which school issues a document (`record::issuing_enrolment`). Next: `manifest.rs` reads
//! the key `schools`, `issue/draft.rs` asks.

/// The schools that issue documents by a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners {
    report: String,
    /// By state code; none where every school may.
    schools: Vec<String>,
}

impl Owners {
    pub(super) fn new(report: &str, schools: &[String]) -> Self {
        Self {
            report: report.to_owned(),
            schools: schools.to_vec(),
        }
    }

    /// Their state codes; none where it is everybody's.
    pub fn schools(&self) -> &[String] {
        &self.schools
    }

    /// Why a school issues no document by this report, with what to do.
    pub fn refusal(&self, school: &str) -> Option<String> {
        let is_own = self.schools.is_empty() || self.schools.iter().any(|own| own == school);
        (!is_own).then(|| {
            format!(
                "the report `{}` speaks for school {}, and {school} issues this document\nhint: \
                 [transcript.schools] in registrar.toml gives each school its report; --template \
                 names another one",
                self.report,
                self.schools.join(", ")
            )
        })
    }
}
