-- What compliance is counted from: special education, attendance, tests, calendars, staff. No report about
-- one student reads them. Versions, ways in and the forms of values are those of 0001; shares and days are
-- thousandths. Calendars, staff and outside counts are read whole.

-- A stretch of days of a school's calendar.
CREATE TABLE calendar_periods (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    kind TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    name TEXT
) STRICT;
CREATE UNIQUE INDEX calendar_periods_open ON calendar_periods (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX calendar_periods_file ON calendar_periods (file);
CREATE INDEX calendar_periods_closed ON calendar_periods (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';

-- What reports count a person under, beside the disability.
CREATE TABLE demographics (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    race TEXT,
    home_language TEXT,
    english_learner TEXT,
    foster TEXT,
    homeless TEXT
) STRICT;
CREATE UNIQUE INDEX demographics_open ON demographics (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX demographics_file ON demographics (file);
CREATE INDEX demographics_closed ON demographics (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX demographics_source_person ON demographics (source, person);

-- The school of a person's attendance area, for as long as they live there.
CREATE TABLE residences (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    residence_school TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    ends_on TEXT
) STRICT;
CREATE UNIQUE INDEX residences_open ON residences (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX residences_file ON residences (file);
CREATE INDEX residences_closed ON residences (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX residences_source_person ON residences (source, person);

-- A person's attendance at a school in one school year.
CREATE TABLE attendance (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    school_year INTEGER NOT NULL,
    days_enrolled INTEGER NOT NULL,
    days_attended INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX attendance_open ON attendance (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX attendance_file ON attendance (file);
CREATE INDEX attendance_closed ON attendance (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX attendance_source_person ON attendance (source, person);

-- A pupil of a tested grade and a subject of the statewide tests.
CREATE TABLE assessments (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    school_year INTEGER NOT NULL,
    subject TEXT NOT NULL,
    grade_level INTEGER NOT NULL,
    participation TEXT NOT NULL,
    accommodation TEXT,
    level TEXT
) STRICT;
CREATE UNIQUE INDEX assessments_open ON assessments (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX assessments_file ON assessments (file);
CREATE INDEX assessments_closed ON assessments (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX assessments_source_person ON assessments (source, person);

-- A referral for an evaluation, to the day when the parent decides about it.
CREATE TABLE referrals (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    referral TEXT NOT NULL,
    person TEXT NOT NULL,
    referred_by TEXT NOT NULL,
    referred_on TEXT NOT NULL,
    part_c_referred_on TEXT,
    assessment_plan_sent_on TEXT,
    consent_received_on TEXT,
    consent_refused_on TEXT,
    withdrawn_on TEXT
) STRICT;
CREATE UNIQUE INDEX referrals_open ON referrals (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX referrals_file ON referrals (file);
CREATE INDEX referrals_closed ON referrals (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX referrals_source_person ON referrals (source, person);

-- An evaluation.
CREATE TABLE evaluations (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    evaluation TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    referral TEXT,
    consent_received_on TEXT,
    report_on TEXT,
    meeting_held_on TEXT,
    outcome TEXT,
    delay_code TEXT,
    extended_to TEXT,
    comprehensive TEXT,
    environment_considered TEXT
) STRICT;
CREATE UNIQUE INDEX evaluations_open ON evaluations (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX evaluations_file ON evaluations (file);
CREATE INDEX evaluations_closed ON evaluations (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX evaluations_source_person ON evaluations (source, person);

-- A category of disability under which a child is eligible, for as long as it holds.
CREATE TABLE eligibilities (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    ends_on TEXT,
    disability TEXT NOT NULL,
    second_disability TEXT,
    degree_of_support TEXT,
    ended TEXT
) STRICT;
CREATE UNIQUE INDEX eligibilities_open ON eligibilities (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX eligibilities_file ON eligibilities (file);
CREATE INDEX eligibilities_closed ON eligibilities (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX eligibilities_source_person ON eligibilities (source, person);

-- One version of a plan: a review or an amendment makes the next one.
CREATE TABLE support_plans (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    plan TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    ends_on TEXT,
    meeting TEXT,
    parent_consented_on TEXT,
    setting TEXT,
    percent_outside INTEGER
) STRICT;
CREATE UNIQUE INDEX support_plans_open ON support_plans (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX support_plans_file ON support_plans (file);
CREATE INDEX support_plans_closed ON support_plans (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX support_plans_source_person ON support_plans (source, person);

-- A plan's part about the time after school (34 CFR 300.320(b)).
CREATE TABLE transition_plans (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    plan TEXT NOT NULL,
    person TEXT NOT NULL,
    updated_on TEXT,
    assessed_on TEXT,
    measurable_goals TEXT,
    services TEXT,
    courses_of_study TEXT,
    annual_goals TEXT,
    pupil_invited TEXT,
    agency_invited TEXT,
    booklet_given_on TEXT
) STRICT;
CREATE UNIQUE INDEX transition_plans_open ON transition_plans (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX transition_plans_file ON transition_plans (file);
CREATE INDEX transition_plans_closed ON transition_plans (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX transition_plans_source_person ON transition_plans (source, person);

-- A plan's part about behaviour.
CREATE TABLE behaviour_plans (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    plan TEXT NOT NULL,
    person TEXT NOT NULL,
    considered_on TEXT,
    assessed_on TEXT,
    made_on TEXT,
    reviewed_on TEXT
) STRICT;
CREATE UNIQUE INDEX behaviour_plans_open ON behaviour_plans (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX behaviour_plans_file ON behaviour_plans (file);
CREATE INDEX behaviour_plans_closed ON behaviour_plans (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX behaviour_plans_source_person ON behaviour_plans (source, person);

-- A meeting of a plan's team, held or only due.
CREATE TABLE plan_meetings (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    meeting TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    requested_on TEXT,
    due_on TEXT,
    held_on TEXT,
    parent_attended TEXT,
    delay_code TEXT,
    extended_to TEXT
) STRICT;
CREATE UNIQUE INDEX plan_meetings_open ON plan_meetings (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX plan_meetings_file ON plan_meetings (file);
CREATE INDEX plan_meetings_closed ON plan_meetings (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX plan_meetings_source_person ON plan_meetings (source, person);

-- One attempt to bring a parent to a meeting.
CREATE TABLE parent_notices (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    meeting TEXT NOT NULL,
    attempt TEXT NOT NULL,
    person TEXT NOT NULL,
    sent_on TEXT NOT NULL,
    method TEXT NOT NULL,
    language TEXT,
    outcome TEXT
) STRICT;
CREATE UNIQUE INDEX parent_notices_open ON parent_notices (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX parent_notices_file ON parent_notices (file);
CREATE INDEX parent_notices_closed ON parent_notices (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX parent_notices_source_person ON parent_notices (source, person);

-- A service that a plan promises.
CREATE TABLE service_promises (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    promise TEXT NOT NULL,
    person TEXT NOT NULL,
    plan TEXT NOT NULL,
    service TEXT NOT NULL,
    provider TEXT NOT NULL,
    frequency TEXT NOT NULL,
    times INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    begins_on TEXT NOT NULL,
    ends_on TEXT
) STRICT;
CREATE UNIQUE INDEX service_promises_open ON service_promises (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX service_promises_file ON service_promises (file);
CREATE INDEX service_promises_closed ON service_promises (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX service_promises_source_person ON service_promises (source, person);

-- A session of a service, as the provider's log has it.
CREATE TABLE service_logs (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    entry TEXT NOT NULL,
    person TEXT NOT NULL,
    promise TEXT NOT NULL,
    session_on TEXT NOT NULL,
    minutes INTEGER,
    outcome TEXT NOT NULL,
    entered_at TEXT
) STRICT;
CREATE UNIQUE INDEX service_logs_open ON service_logs (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX service_logs_file ON service_logs (file);
CREATE INDEX service_logs_closed ON service_logs (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX service_logs_source_person ON service_logs (source, person);

-- What a receiving school did to get a pupil's records from the school before (5 CCR 3024).
CREATE TABLE records_requests (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    request TEXT NOT NULL,
    person TEXT NOT NULL,
    from_school TEXT,
    requested_on TEXT NOT NULL,
    sent_on TEXT,
    received_on TEXT,
    plan_visible_on TEXT
) STRICT;
CREATE UNIQUE INDEX records_requests_open ON records_requests (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX records_requests_file ON records_requests (file);
CREATE INDEX records_requests_closed ON records_requests (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX records_requests_source_person ON records_requests (source, person);

-- A translation that a family asked for.
CREATE TABLE translation_requests (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    request TEXT NOT NULL,
    person TEXT NOT NULL,
    document TEXT NOT NULL,
    language TEXT NOT NULL,
    requested_on TEXT NOT NULL,
    completed_on TEXT,
    delivered_on TEXT,
    withdrawn_on TEXT
) STRICT;
CREATE UNIQUE INDEX translation_requests_open ON translation_requests (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX translation_requests_file ON translation_requests (file);
CREATE INDEX translation_requests_closed ON translation_requests (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX translation_requests_source_person ON translation_requests (source, person);

-- A parent's complaint.
CREATE TABLE complaints (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    complaint TEXT NOT NULL,
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    received_on TEXT NOT NULL,
    acknowledged_on TEXT,
    answered_on TEXT,
    finding TEXT,
    corrected_on TEXT,
    withdrawn_on TEXT
) STRICT;
CREATE UNIQUE INDEX complaints_open ON complaints (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX complaints_file ON complaints (file);
CREATE INDEX complaints_closed ON complaints (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX complaints_source_person ON complaints (source, person);

-- A dispute between parents and district.
CREATE TABLE disputes (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    dispute TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    filed_on TEXT NOT NULL,
    started_on TEXT,
    concluded_on TEXT,
    agreement TEXT,
    withdrawn_on TEXT
) STRICT;
CREATE UNIQUE INDEX disputes_open ON disputes (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX disputes_file ON disputes (file);
CREATE INDEX disputes_closed ON disputes (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX disputes_source_person ON disputes (source, person);

-- An incident in which a pupil is said to have taken part.
CREATE TABLE incidents (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    incident TEXT NOT NULL,
    person TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    offence TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX incidents_file ON incidents (file);
CREATE INDEX incidents_closed ON incidents (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX incidents_source_person ON incidents (source, person);

-- A removal from class or school that followed an incident.
CREATE TABLE removals (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    removal TEXT NOT NULL,
    person TEXT NOT NULL,
    incident TEXT,
    kind TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    days INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX removals_open ON removals (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX removals_file ON removals (file);
CREATE INDEX removals_closed ON removals (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX removals_source_person ON removals (source, person);

-- Someone who teaches or provides services at a school.
CREATE TABLE staff (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    staff TEXT NOT NULL,
    special_education_teacher TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    ends_on TEXT
) STRICT;
CREATE UNIQUE INDEX staff_open ON staff (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX staff_file ON staff (file);
CREATE INDEX staff_closed ON staff (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';

-- A credential of a staff member.
CREATE TABLE staff_credentials (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    staff TEXT NOT NULL,
    credential TEXT NOT NULL,
    kind TEXT NOT NULL,
    special_education TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT
) STRICT;
CREATE UNIQUE INDEX staff_credentials_open ON staff_credentials (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX staff_credentials_file ON staff_credentials (file);
CREATE INDEX staff_credentials_closed ON staff_credentials (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';

-- A count that somebody outside the district certified, such as the census day's enrolment.
CREATE TABLE census_counts (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    counted_on TEXT NOT NULL,
    enrolled INTEGER NOT NULL,
    with_plan INTEGER,
    certified_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX census_counts_open ON census_counts (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX census_counts_file ON census_counts (file);
CREATE INDEX census_counts_closed ON census_counts (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
-- Which sources are special-education systems, and between which instants that was known: what they
-- say of people is no part of a transcript.
CREATE TABLE special_education_sources (
    source        TEXT NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to   TEXT NOT NULL,
    PRIMARY KEY (source, recorded_from)
) STRICT;
