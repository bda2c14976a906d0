-- When the parent had failed to produce the child; when an evaluation was stopped, and why.
ALTER TABLE evaluations ADD COLUMN not_produced_on TEXT;
ALTER TABLE evaluations ADD COLUMN stopped_on TEXT;
ALTER TABLE evaluations ADD COLUMN stop_reason TEXT;
-- When a service was stopped, and why.
ALTER TABLE service_promises ADD COLUMN stopped_on TEXT;
ALTER TABLE service_promises ADD COLUMN stop_reason TEXT;
-- Agencies outside the district, and whether there was a plan.
ALTER TABLE records_requests ADD COLUMN from_agency TEXT;
ALTER TABLE records_requests ADD COLUMN to_agency TEXT;
ALTER TABLE records_requests ADD COLUMN plan_there TEXT;
-- Where a pupil came from; which of several enrolments it is.
ALTER TABLE enrolments ADD COLUMN entered_from TEXT;
ALTER TABLE enrolments ADD COLUMN enrolment_status TEXT;
