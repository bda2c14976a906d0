//! Cases of removals from class and school.

use super::pupil::{Pupil, id, text};
use super::{Case, CaseKind, Value};
use crate::record::support::{Recorded, Removal};

/// The removals that count, whichever systems tell of them: those that the system of the
/// enrolment sent. Of a day on which nobody says that the pupil was enrolled, one for each system
/// that tells of the same is too many.
pub(in crate::compliance) fn counted<'a>(pupil: &Pupil<'a>) -> Vec<&'a Recorded<Removal>> {
    let fact = |row: &Removal| (row.begins_on, row.kind);
    let mut rows = pupil.facts("removals", &pupil.record.removals, fact);
    rows.retain(|it| pupil.counts("removals", it, it.row.begins_on));
    rows
}

/// A case for each removal that had begun.
pub(super) fn removals(pupil: &Pupil<'_>) -> Vec<Case> {
    let rows = counted(pupil).into_iter();
    rows.filter(|it| it.row.begins_on <= pupil.around.as_of)
        .map(|it| of_removal(pupil, it))
        .collect()
}

fn of_removal(pupil: &Pupil<'_>, recorded: &Recorded<Removal>) -> Case {
    let Removal {
        school,
        removal,
        incident,
        kind,
        begins_on,
        days,
        ..
    } = &recorded.row;
    let mut case = Case::new(CaseKind::Removal, id("removal", &recorded.source, removal));
    case.reads(pupil.around, recorded);
    pupil.describe(&mut case, school, *begins_on);
    case.set("kind", Value::Code(kind.code()));
    case.set("begins_on", *begins_on);
    case.set("days", *days);
    let incident = incident.as_ref().and_then(|number| {
        let mut incidents = pupil.student(&pupil.record.incidents);
        incidents.find(|it| it.source == recorded.source && it.row.incident == *number)
    });
    if let Some(incident) = incident {
        case.set("offence", text(&incident.row.offence));
        case.reads(pupil.around, incident);
    }
    case
}
