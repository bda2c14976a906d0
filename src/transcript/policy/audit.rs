//! `[audit]` in `policy.toml`: how severe each finding is to this district, which subjects that
//! anybody may study sound like a disability, and how old a student may be.
//!
//! What would disclose a disability, what has no glyph and what stops a document in any case
//! cannot be judged otherwise; naming one of these is refused, like a code that does not exist.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::transcript::audit::{Allowed, Check, Severity};

/// `[audit]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditRules {
    /// By the code of the check.
    #[serde(default)]
    severity: BTreeMap<Settable, Setting>,
    /// The age in years up to which anybody is enrolled anywhere but at an adult school.
    #[serde(default, deserialize_with = "age")]
    student_age_years_max: Option<i32>,
    /// Schools that take adults and are no adult schools, by state code: charter schools beside a
    /// program for the workforce may (Ed. Code 47612.1).
    #[serde(default)]
    pub adults_at: BTreeSet<String>,
    /// Phrases of titles that name no student's disability, each with why.
    #[serde(default, deserialize_with = "phrases")]
    pub allowed: Allowed,
}

/// The age that no pupil outside adult schools is above: who is 22 may stay to the end of that
/// school year (Ed. Code 56026(c)(4)). Other states have other ages.
const STUDENT_AGE_YEARS_MAX: i32 = 22;

fn age<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    let years = i32::deserialize(deserializer)?;
    if !(18..=99).contains(&years) {
        let message = format!("`student_age_years_max` is from 18 to 99, not {years}");
        return Err(D::Error::custom(message));
    }
    Ok(Some(years))
}

fn phrases<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Allowed, D::Error> {
    let phrases = BTreeMap::deserialize(deserializer)?;
    Allowed::new(&phrases).map_err(|problems| D::Error::custom(problems.join("; ")))
}

impl AuditRules {
    /// The age in years that nobody is above who enters a school, adult schools aside.
    pub fn student_age_years_max(&self) -> i32 {
        self.student_age_years_max.unwrap_or(STUDENT_AGE_YEARS_MAX)
    }

    /// How severe a check's findings are; none where the district does not ask for them.
    pub fn severity(&self, check: &Check) -> Option<Severity> {
        match self.severity.get(&Settable(check.code)) {
            None => Some(check.severity),
            Some(Setting::Off) => None,
            Some(Setting::Error) => Some(Severity::Error),
            Some(Setting::Warning) => Some(Severity::Warning),
            Some(Setting::Note) => Some(Severity::Note),
        }
    }
}

/// The code of a check whose severity is the district's to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Settable(&'static str);

impl<'de> Deserialize<'de> for Settable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        match Check::named(&code) {
            None => Err(D::Error::custom(format!(
                "no check has the code `{code}`; docs/audit.md lists them"
            ))),
            Some(check) if check.class.is_fixed() => Err(D::Error::custom(format!(
                "`{code}` cannot be judged otherwise: {}",
                check.class.why_fixed()
            ))),
            Some(check) => Ok(Self(check.code)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Setting {
    Error,
    Warning,
    Note,
    Off,
}
