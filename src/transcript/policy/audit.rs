//! `[audit]` in `policy.toml`: how severe each finding is to this district, and which subjects that
//! anybody may study sound like a disability.
//!
//! What would disclose a disability, what has no glyph and what stops a document in any case
//! cannot be judged otherwise; naming one of these is refused, like a code that does not exist.

use std::collections::BTreeMap;

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
    /// Phrases of titles that name no student's disability, each with why.
    #[serde(default, deserialize_with = "phrases")]
    pub allowed: Allowed,
}

fn phrases<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Allowed, D::Error> {
    let phrases = BTreeMap::deserialize(deserializer)?;
    Allowed::new(&phrases).map_err(|problems| D::Error::custom(problems.join("; ")))
}

impl AuditRules {
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
