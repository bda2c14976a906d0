//! Cases of what parents asked for: complaints, disputes, translations.

use super::pupil::{Pupil, id, text};
use super::{Case, CaseKind, Value};
use crate::record::support::{Complaint, Dispute, Recorded, TranslationRequest};

/// A case for each complaint that had been received.
pub(super) fn complaints(pupil: &Pupil<'_>) -> Vec<Case> {
    let rows = pupil.support(&pupil.record.complaints);
    rows.filter(|it| it.row.received_on <= pupil.around.as_of)
        .map(|it| of_complaint(pupil, it))
        .collect()
}

fn of_complaint(pupil: &Pupil<'_>, recorded: &Recorded<Complaint>) -> Case {
    let Complaint {
        school,
        complaint,
        channel,
        received_on,
        acknowledged_on,
        answered_on,
        finding,
        corrected_on,
        withdrawn_on,
        ..
    } = &recorded.row;
    let name = id("complaint", &recorded.source, complaint);
    let mut case = Case::new(CaseKind::Complaint, name);
    case.reads(pupil.around, recorded);
    pupil.describe(&mut case, school, *received_on);
    case.set("channel", Value::Code(channel.code()));
    case.set("received_on", *received_on);
    let answered = pupil.around.happened(*answered_on);
    let found = finding.filter(|_| answered.is_some());
    case.know("finding", found.map(|it| Value::Code(it.code())));
    for (field, day) in [
        ("acknowledged_on", acknowledged_on),
        ("answered_on", answered_on),
        ("corrected_on", corrected_on),
        ("withdrawn_on", withdrawn_on),
    ] {
        case.know(field, pupil.around.happened(*day));
    }
    case
}

/// A case for each dispute that had been filed.
pub(super) fn disputes(pupil: &Pupil<'_>) -> Vec<Case> {
    let rows = pupil.support(&pupil.record.disputes);
    rows.filter(|it| it.row.filed_on <= pupil.around.as_of)
        .map(|it| of_dispute(pupil, it))
        .collect()
}

fn of_dispute(pupil: &Pupil<'_>, recorded: &Recorded<Dispute>) -> Case {
    let Dispute {
        school,
        dispute,
        kind,
        filed_on,
        started_on,
        concluded_on,
        agreement,
        withdrawn_on,
        ..
    } = &recorded.row;
    let mut case = Case::new(CaseKind::Dispute, id("dispute", &recorded.source, dispute));
    case.reads(pupil.around, recorded);
    pupil.describe(&mut case, school, *filed_on);
    case.set("kind", Value::Code(kind.code()));
    case.set("filed_on", *filed_on);
    let concluded = pupil.around.happened(*concluded_on);
    case.know("agreement", agreement.filter(|_| concluded.is_some()));
    for (field, day) in [
        ("started_on", started_on),
        ("concluded_on", concluded_on),
        ("withdrawn_on", withdrawn_on),
    ] {
        case.know(field, pupil.around.happened(*day));
    }
    case
}

/// A case for each translation that had been asked for.
pub(super) fn translations(pupil: &Pupil<'_>) -> Vec<Case> {
    let rows = pupil.support(&pupil.record.translation_requests);
    rows.filter(|it| it.row.requested_on <= pupil.around.as_of)
        .map(|it| of_translation(pupil, it))
        .collect()
}

fn of_translation(pupil: &Pupil<'_>, recorded: &Recorded<TranslationRequest>) -> Case {
    let TranslationRequest {
        school,
        request,
        document,
        language,
        requested_on,
        completed_on,
        delivered_on,
        withdrawn_on,
        ..
    } = &recorded.row;
    let name = id("translation", &recorded.source, request);
    let mut case = Case::new(CaseKind::Translation, name);
    case.reads(pupil.around, recorded);
    pupil.describe(&mut case, school, *requested_on);
    case.set("document", Value::Code(document.code()));
    case.set("language", text(language));
    case.set("requested_on", *requested_on);
    for (field, day) in [
        ("completed_on", completed_on),
        ("delivered_on", delivered_on),
        ("withdrawn_on", withdrawn_on),
    ] {
        case.know(field, pupil.around.happened(*day));
    }
    case
}
