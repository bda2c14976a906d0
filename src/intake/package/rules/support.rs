//! What rows of special education, and of what it is counted against, may not say.
//!
//! Only what cannot be: a day before the one that it follows, a result without a test. What would
//! break a law (an evaluation without consent, a session logged before it was held) is read: to
//! find it is what these rows are for.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Consistent, Contradiction, when};
use crate::intake::package::Manifest;
use crate::record::support::{
    AssessmentResult, AttendanceYear, BehaviourPlan, CalendarPeriod, CensusCount, Complaint,
    Demographics, Dispute, Eligibility, Evaluation, EvaluationOutcome, Incident, MeetingKind,
    ParentNotice, Participation, PlanMeeting, RecordsRequest, Referral, ReferralSource, Removal,
    Residence, ServiceLog, ServiceOutcome, ServicePromise, StaffCredential, StaffMember,
    SupportPlan, TransitionPlan, TranslationRequest,
};
use crate::record::{Count, DayCount};

/// No school year has more days.
const DAYS_OF_A_YEAR_MAX: u32 = 366;
/// No session has more minutes.
const MINUTES_OF_A_DAY: u32 = 24 * 60;

/// A column, its day, and the one before which it may not lie.
type Follows = (&'static str, Option<Date>, Option<Date>, &'static str);

/// Days that lie before those that they follow; what is not given follows nothing.
fn follow(days: &[Follows]) -> Vec<Contradiction> {
    let wrong = |(_, day, first, _): &&Follows| day.zip(*first).is_some_and(|(day, it)| day < it);
    let told = days.iter().filter(wrong);
    told.flat_map(|(column, _, _, message)| {
        when(true, column, message, "correct one of the two dates")
    })
    .collect()
}

/// The last day of what has two.
fn ends(begins_on: Date, ends_on: Option<Date>) -> Follows {
    let message = "the last day lies before the first";
    ("ends_on", ends_on, Some(begins_on), message)
}

/// Days of what is said to have been done, and lies after the export.
fn done(manifest: &Manifest, days: &[(&'static str, Option<Date>)]) -> Vec<Contradiction> {
    let exported_on = manifest.exported_at.to_zoned(TimeZone::UTC).date();
    let later = |(_, day): &&(&str, Option<Date>)| day.is_some_and(|day| day > exported_on);
    let told = days.iter().filter(later).flat_map(|(column, _)| {
        when(
            true,
            column,
            "lies after the export",
            "correct the date; what is only planned has none yet",
        )
    });
    told.collect()
}

impl Consistent for CalendarPeriod {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        follow(&[ends(self.begins_on, Some(self.ends_on))])
    }
}

impl Consistent for Demographics {}

impl Consistent for Residence {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        follow(&[ends(self.begins_on, self.ends_on)])
    }
}

impl Consistent for AttendanceYear {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let enrolled = self.days_enrolled.number();
        let mut found = when(
            enrolled > DAYS_OF_A_YEAR_MAX,
            "days_enrolled",
            "more days than a year has",
            "give the school days of one school year",
        );
        found.extend(when(
            self.days_attended.thousandths() > i64::from(enrolled) * 1000,
            "days_attended",
            "attended on more days than enrolled",
            "correct days_attended or days_enrolled",
        ));
        found
    }
}

impl Consistent for AssessmentResult {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let tested = [Participation::Tested, Participation::AlternateTested];
        when(
            self.level.is_some() && !tested.contains(&self.participation),
            "level",
            "a result of a pupil who was not tested",
            "leave level empty, or correct participation",
        )
    }
}

impl Consistent for StaffMember {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        follow(&[ends(self.begins_on, self.ends_on)])
    }
}

impl Consistent for StaffCredential {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let message = "the last day lies before the first";
        follow(&[("valid_to", self.valid_to, Some(self.valid_from), message)])
    }
}

impl Consistent for CensusCount {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let mut found = when(
            self.with_plan.is_some_and(|part| part > self.enrolled),
            "with_plan",
            "more pupils with a plan than pupils",
            "correct with_plan or enrolled",
        );
        found.extend(done(manifest, &[("counted_on", Some(self.counted_on))]));
        found
    }
}

impl Consistent for Referral {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let referred = Some(self.referred_on);
        let (sent, got) = (self.assessment_plan_sent_on, self.consent_received_on);
        let (refused, withdrawn) = (self.consent_refused_on, self.withdrawn_on);
        let before = "lies before the referral";
        let mut found = follow(&[
            ("assessment_plan_sent_on", sent, referred, before),
            ("consent_received_on", got, referred, before),
            ("consent_refused_on", refused, referred, before),
            ("withdrawn_on", withdrawn, referred, before),
            (
                "referred_on",
                referred,
                self.part_c_referred_on,
                "lies before the referral to Part C from which it comes",
            ),
        ]);
        found.extend(when(
            self.part_c_referred_on.is_some() && self.referred_by != ReferralSource::PartC,
            "part_c_referred_on",
            "a referral to Part C, and this one does not come from there",
            "write part_c in referred_by, or leave part_c_referred_on empty",
        ));
        found.extend(done(
            manifest,
            &[
                ("referred_on", referred),
                ("assessment_plan_sent_on", sent),
                ("consent_received_on", got),
                ("consent_refused_on", refused),
                ("withdrawn_on", withdrawn),
            ],
        ));
        found
    }
}

impl Consistent for Evaluation {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let consent = self.consent_received_on;
        let extended = "may take until a day before it began";
        let before = "lies before consent";
        let stopped = self.stopped_on.is_some() || self.stop_reason.is_some();
        let mut found = follow(&[
            ("extended_to", self.extended_to, consent, extended),
            ("not_produced_on", self.not_produced_on, consent, before),
            ("stopped_on", self.stopped_on, consent, before),
        ]);
        found.extend(when(
            stopped && self.outcome != Some(EvaluationOutcome::Stopped),
            "stopped_on",
            "when or why an evaluation was stopped that was not",
            "give the outcome `stopped`, or leave stopped_on and stop_reason empty",
        ));
        found.extend(done(
            manifest,
            &[
                ("consent_received_on", consent),
                ("report_on", self.report_on),
                ("meeting_held_on", self.meeting_held_on),
                ("not_produced_on", self.not_produced_on),
                ("stopped_on", self.stopped_on),
            ],
        ));
        found
    }
}

impl Consistent for Eligibility {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        let mut found = follow(&[ends(self.begins_on, self.ends_on)]);
        found.extend(when(
            self.ended.is_some() && self.ends_on.is_none(),
            "ended",
            "a reason for its end without a last day",
            "give ends_on, or leave ended empty while it holds",
        ));
        found.extend(when(
            self.second_disability == Some(self.disability),
            "second_disability",
            "the same category twice",
            "leave second_disability empty, or give another one",
        ));
        found
    }
}

impl Consistent for SupportPlan {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let mut found = follow(&[ends(self.begins_on, self.ends_on)]);
        let consented = ("parent_consented_on", self.parent_consented_on);
        found.extend(done(manifest, &[consented]));
        found
    }
}

impl Consistent for TransitionPlan {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let days = [
            ("updated_on", self.updated_on),
            ("assessed_on", self.assessed_on),
            ("booklet_given_on", self.booklet_given_on),
        ];
        done(manifest, &days)
    }
}

impl Consistent for BehaviourPlan {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let before = "reviewed before it was made";
        let mut found = follow(&[("reviewed_on", self.reviewed_on, self.made_on, before)]);
        found.extend(done(
            manifest,
            &[
                ("considered_on", self.considered_on),
                ("assessed_on", self.assessed_on),
                ("made_on", self.made_on),
                ("reviewed_on", self.reviewed_on),
            ],
        ));
        found
    }
}

impl Consistent for PlanMeeting {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let asked = self
            .requested_on
            .filter(|_| self.kind == MeetingKind::ParentRequest);
        let before = "held before the parent asked for it";
        let mut found = follow(&[("held_on", self.held_on, asked, before)]);
        found.extend(when(
            self.parent_attended.is_some() && self.held_on.is_none(),
            "parent_attended",
            "whether a parent took part in a meeting that was not held",
            "give held_on, or leave parent_attended empty",
        ));
        let days = [
            ("requested_on", self.requested_on),
            ("held_on", self.held_on),
        ];
        found.extend(done(manifest, &days));
        found
    }
}

impl Consistent for ParentNotice {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        done(manifest, &[("sent_on", Some(self.sent_on))])
    }
}

impl Consistent for ServicePromise {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let stopped = self.stopped_on;
        let mut found = follow(&[
            ends(self.begins_on, self.ends_on),
            (
                "ends_on",
                self.ends_on,
                stopped,
                "the last day lies before the day on which it was stopped",
            ),
        ]);
        found.extend(when(
            stopped.is_some() != self.stop_reason.is_some(),
            "stop_reason",
            "a stop has a day and a reason",
            "give stopped_on and stop_reason, or neither",
        ));
        found.extend(done(manifest, &[("stopped_on", stopped)]));
        found.extend(when(
            self.times == Count::default(),
            "times",
            "a promise of no session",
            "give how many sessions are promised, or leave the row out",
        ));
        found.extend(when(
            !(1..=MINUTES_OF_A_DAY).contains(&self.minutes.number()),
            "minutes",
            "no length of a session",
            "give the minutes of one session, from 1 to 1440",
        ));
        found
    }
}

impl Consistent for ServiceLog {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let minutes = self.minutes.unwrap_or_default().number();
        let given = self.outcome == ServiceOutcome::Given;
        let mut found = when(
            given != (minutes > 0),
            "minutes",
            "minutes belong to a session that was given, and only to it",
            "give the minutes of a session that was given; leave minutes empty for another one",
        );
        found.extend(when(
            minutes > MINUTES_OF_A_DAY,
            "minutes",
            "more minutes than a day has",
            "give the minutes of one session",
        ));
        let held = Some(self.session_on).filter(|_| given);
        found.extend(done(manifest, &[("session_on", held)]));
        found
    }
}

impl Consistent for RecordsRequest {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let (sent, received) = (self.sent_on, self.received_on);
        let before = "lies before the request";
        let mut found = follow(&[
            ("sent_on", sent, Some(self.requested_on), before),
            (
                "received_on",
                received,
                sent.or(Some(self.requested_on)),
                "received before they were sent or asked for",
            ),
        ]);
        found.extend(when(
            self.from_school.as_ref() == Some(&self.school),
            "from_school",
            "a school that asks itself",
            "name the school that was asked, or leave it empty for one outside the district",
        ));
        let agencies = [&self.from_agency, &self.to_agency];
        let others = usize::from(self.from_school.is_some());
        found.extend(when(
            others + agencies.into_iter().flatten().count() > 1,
            "from_agency",
            "records that are asked for between more than two",
            "give one of from_school, from_agency and to_agency: the other one is `school`",
        ));
        found.extend(when(
            self.to_agency.is_some() && self.plan_visible_on.is_some(),
            "plan_visible_on",
            "when an agency outside the district opened the plan is not its to say",
            "leave plan_visible_on empty",
        ));
        found.extend(done(
            manifest,
            &[
                ("requested_on", Some(self.requested_on)),
                ("sent_on", sent),
                ("received_on", received),
                ("plan_visible_on", self.plan_visible_on),
            ],
        ));
        found
    }
}

impl Consistent for TranslationRequest {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let requested = Some(self.requested_on);
        let (completed, delivered) = (self.completed_on, self.delivered_on);
        let before = "lies before the request";
        let mut found = follow(&[
            ("completed_on", completed, requested, before),
            (
                "delivered_on",
                delivered,
                completed.or(requested),
                "delivered before it was done or asked for",
            ),
            ("withdrawn_on", self.withdrawn_on, requested, before),
        ]);
        found.extend(done(
            manifest,
            &[
                ("requested_on", requested),
                ("completed_on", completed),
                ("delivered_on", delivered),
                ("withdrawn_on", self.withdrawn_on),
            ],
        ));
        found
    }
}

impl Consistent for Complaint {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let received = Some(self.received_on);
        let before = "lies before the complaint";
        let mut found = follow(&[
            ("acknowledged_on", self.acknowledged_on, received, before),
            ("answered_on", self.answered_on, received, before),
            ("corrected_on", self.corrected_on, received, before),
            ("withdrawn_on", self.withdrawn_on, received, before),
        ]);
        found.extend(done(
            manifest,
            &[
                ("received_on", received),
                ("acknowledged_on", self.acknowledged_on),
                ("answered_on", self.answered_on),
                ("corrected_on", self.corrected_on),
                ("withdrawn_on", self.withdrawn_on),
            ],
        ));
        found
    }
}

impl Consistent for Dispute {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        let filed = Some(self.filed_on);
        let (started, concluded) = (self.started_on, self.concluded_on);
        let before = "lies before the filing";
        let mut found = follow(&[
            ("started_on", started, filed, before),
            (
                "concluded_on",
                concluded,
                started.or(filed),
                "ended before it was filed or began",
            ),
            ("withdrawn_on", self.withdrawn_on, filed, before),
        ]);
        found.extend(done(
            manifest,
            &[
                ("filed_on", filed),
                ("started_on", started),
                ("concluded_on", concluded),
                ("withdrawn_on", self.withdrawn_on),
            ],
        ));
        found
    }
}

impl Consistent for Incident {
    fn contradictions(&self, manifest: &Manifest) -> Vec<Contradiction> {
        done(manifest, &[("happened_on", Some(self.happened_on))])
    }
}

impl Consistent for Removal {
    fn contradictions(&self, _: &Manifest) -> Vec<Contradiction> {
        when(
            self.days == DayCount::ZERO,
            "days",
            "a removal of no days",
            "give the school days, such as 0.5, or leave the row out",
        )
    }
}
