//! What families ask for and are not content with: translations, complaints, disputes.

use jiff::civil::Date;

use super::background::ENGLISH;
use super::pupil::{Pupil, flag, one_of};
use super::rows::Rows;
use crate::record::support::{
    Complaint, ComplaintChannel, ComplaintFinding, Dispute, DisputeKind, TranslatedDocument,
    TranslationRequest,
};
use crate::synthetic::calendar::days_after;
use crate::synthetic::draw::{Draw, Stream};

/// How many of a thousand.
mod share {
    /// Of the families who speak another language, after a meeting.
    pub const TRANSLATION: u32 = 430;
    /// Of pupils with a plan, a year: about one of sixty.
    pub const COMPLAINT: u32 = 17;
    pub const DISPUTE: u32 = 11;
}

/// Writes what the family of a pupil with a plan asked for.
pub fn make(pupil: &Pupil<'_>, found_on: Date, rows: &mut Rows) {
    let draw = &mut pupil.draw(Stream::Requests);
    for year in 0..3 {
        let mut some_day = || {
            let day = days_after(pupil.window(), year * 365 + draw.between(0, 364));
            let day = pupil.school_day_after(day);
            (draw.below(1000), day)
        };
        let (complains, complained_on) = some_day();
        let (disputes, disputed_on) = some_day();
        let counts = |day: Date| day > found_on && day <= pupil.until();
        if complains < share::COMPLAINT && counts(complained_on) {
            complain(pupil, complained_on, draw, rows);
        }
        if disputes < share::DISPUTE && counts(disputed_on) {
            dispute(pupil, disputed_on, draw, rows);
        }
    }
    if pupil.background.language != ENGLISH {
        translate(pupil, draw, rows);
    }
}

fn translate(pupil: &Pupil<'_>, draw: &mut Draw, rows: &mut Rows) {
    for meeting in &rows.plan_meetings {
        let held = meeting.held_on.filter(|held| *held >= pupil.window());
        let Some(requested_on) = held.filter(|_| draw.chance(share::TRANSLATION)) else {
            continue;
        };
        let days = match draw.below(100) {
            0..86 => draw.between(6, 29),
            86..93 => draw.between(31, 45),
            93..97 => draw.between(46, 90),
            _ => -1,
        };
        let withdrawn = draw.chance(18);
        let completed = (days >= 0 && !withdrawn).then(|| days_after(requested_on, days));
        let document = one_of(
            draw,
            &[
                (TranslatedDocument::Plan, 82),
                (TranslatedDocument::EvaluationReport, 13),
                (TranslatedDocument::Notice, 5),
            ],
        );
        rows.translation_requests.push(TranslationRequest {
            school: meeting.school.clone(),
            request: pupil.row_number('T', rows.translation_requests.len()),
            person: pupil.number.clone(),
            document,
            language: pupil.background.language.to_owned(),
            requested_on,
            completed_on: completed,
            delivered_on: completed.map(|day| days_after(day, draw.between(0, 6))),
            withdrawn_on: withdrawn.then(|| days_after(requested_on, 5)),
        });
    }
}

fn complain(pupil: &Pupil<'_>, received: Date, draw: &mut Draw, rows: &mut Rows) {
    let working = |count: i32| {
        let count = u32::try_from(count).expect("a few days");
        pupil
            .days
            .working_days_after(pupil.source_on(received), received, count)
    };
    let days = match draw.below(100) {
        0..36 => draw.between(1, 5),
        36..66 => draw.between(6, 10),
        66..87 => draw.between(11, 20),
        87..95 => draw.between(21, 30),
        95..98 => draw.between(31, 70),
        _ => 0,
    };
    let withdrawn = draw.chance(50);
    let answered = (days > 0 && !withdrawn).then(|| working(days));
    let withdrawn_on = withdrawn.then(|| working(3));
    let finding = one_of(
        draw,
        &[
            (ComplaintFinding::Substantiated, 42),
            (ComplaintFinding::NotSubstantiated, 50),
            (ComplaintFinding::NoFinding, 8),
        ],
    );
    let corrected = answered.filter(|_| finding == ComplaintFinding::Substantiated);
    let channel = one_of(
        draw,
        &[
            (ComplaintChannel::Telephone, 55),
            (ComplaintChannel::Email, 20),
            (ComplaintChannel::Web, 14),
            (ComplaintChannel::Letter, 6),
            (ComplaintChannel::Visit, 5),
        ],
    );
    rows.complaints.push(Complaint {
        school: pupil.school_on(received),
        complaint: pupil.row_number('C', rows.complaints.len()),
        person: pupil.number.clone(),
        channel,
        received_on: received,
        acknowledged_on: draw.chance(940).then(|| working(1)),
        answered_on: answered,
        finding: if withdrawn {
            Some(ComplaintFinding::NoFinding)
        } else {
            answered.map(|_| finding)
        },
        corrected_on: corrected
            .filter(|_| draw.chance(880))
            .map(|day| days_after(day, draw.between(0, 60))),
        withdrawn_on,
    });
}

fn dispute(pupil: &Pupil<'_>, filed: Date, draw: &mut Draw, rows: &mut Rows) {
    let kind = one_of(
        draw,
        &[
            (DisputeKind::Informal, 62),
            (DisputeKind::Mediation, 14),
            (DisputeKind::ResolutionSession, 15),
            (DisputeKind::Hearing, 9),
        ],
    );
    let started = days_after(filed, draw.between(3, 14));
    let days = match kind {
        DisputeKind::Informal if draw.chance(700) => draw.between(3, 12),
        DisputeKind::Informal => draw.between(13, 60),
        DisputeKind::Hearing => draw.between(25, 90),
        _ => draw.between(5, 30),
    };
    let withdrawn = draw.chance(70);
    let concluded = draw.chance(960).then(|| days_after(started, days));
    let concluded = concluded.filter(|_| !withdrawn);
    rows.disputes.push(Dispute {
        school: pupil.school_on(filed),
        dispute: pupil.row_number('D', rows.disputes.len()),
        person: pupil.number.clone(),
        kind,
        filed_on: filed,
        started_on: (!withdrawn).then_some(started),
        concluded_on: concluded,
        agreement: flag(draw, 620).filter(|_| concluded.is_some()),
        withdrawn_on: withdrawn.then(|| days_after(filed, 4)),
    });
}
