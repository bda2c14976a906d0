//! Which courses of the list follow one another, and which may be taken again for credit.
//!
//! Never: credits or marks; `studies` decides who takes what.

use super::catalogue::Class;

impl Class {
    /// The sequence of which the course is a step, and which step.
    pub const fn step(self) -> Option<(&'static str, u8)> {
        Some(match self {
            Self::Algebra1 => ("mathematics", 1),
            Self::Geometry | Self::HonorsGeometry => ("mathematics", 2),
            Self::Algebra2 | Self::HonorsAlgebra2 => ("mathematics", 3),
            Self::Precalculus | Self::HonorsPrecalculus => ("mathematics", 4),
            Self::ApCalculusAb => ("mathematics", 5),
            Self::ApCalculusBc => ("mathematics", 6),
            Self::Biology | Self::HonorsBiology => ("biology", 1),
            Self::Chemistry | Self::HonorsChemistry => ("chemistry", 1),
            Self::Spanish1 => ("spanish", 1),
            Self::Spanish2 => ("spanish", 2),
            Self::Spanish3 => ("spanish", 3),
            Self::SpanishSpeakers1 => ("spanish", 2),
            Self::SpanishSpeakers2 => ("spanish", 3),
            Self::ApSpanishLanguage => ("spanish", 4),
            Self::ApSpanishLiterature => ("spanish", 5),
            Self::French1 => ("french", 1),
            Self::French2 => ("french", 2),
            Self::French3 => ("french", 3),
            Self::ApFrench => ("french", 4),
            Self::Mandarin1 => ("mandarin", 1),
            Self::Mandarin2 => ("mandarin", 2),
            Self::Mandarin3 => ("mandarin", 3),
            Self::ApChinese => ("mandarin", 4),
            Self::Armenian1 => ("armenian", 1),
            Self::Armenian2 => ("armenian", 2),
            Self::Armenian3 => ("armenian", 3),
            Self::Sign1 => ("american_sign_language", 1),
            Self::Sign2 => ("american_sign_language", 2),
            _ => return None,
        })
    }

    /// Whether each year of it earns credit again: ensembles, teams, publications.
    pub const fn is_repeatable(self) -> bool {
        matches!(
            self,
            Self::Choir
                | Self::Band
                | Self::Theatre
                | Self::Dance
                | Self::TeamSports
                | Self::Leadership
                | Self::Journalism
                | Self::Yearbook
        )
    }
}
