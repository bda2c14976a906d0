-- Indicator 13: of the youth with IEPs of age 16 or older, those whose transition plan has every part.
CREATE VIEW outcome_b13 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(has_iep, '') AS has_iep,
        CAST(NULLIF(age, '') AS INTEGER) AS age,
        NULLIF(has_transition_plan, '') AS has_plan,
        NULLIF(measurable_goals, '') AS goals,
        NULLIF(transition_updated_on, '') AS updated_on,
        NULLIF(transition_assessed_on, '') AS assessed_on,
        NULLIF(transition_services, '') AS services,
        NULLIF(courses_of_study, '') AS courses,
        NULLIF(annual_goals, '') AS annual_goals,
        NULLIF(pupil_invited, '') AS pupil_invited,
        NULLIF(agency_invited, '') AS agency_invited,
        (SELECT value FROM report WHERE name = 'count_day') AS count_day
    FROM input_pupil
),
-- The same day of the next year, as text: no day lies between a 29th of February and a 1st of March.
timed AS (
    SELECT
        said.*,
        (CAST(SUBSTR(updated_on, 1, 4) AS INTEGER) + 1) || SUBSTR(updated_on, 5) AS update_due_on
    FROM said
),
-- Whether every part is there: yes, no, or not known.
parted AS (
    SELECT
        timed.*,
        has_plan = 'yes' AND goals = 'yes' AND update_due_on >= count_day
            AND assessed_on <= count_day AND services = 'yes' AND courses = 'yes'
            AND annual_goals = 'yes' AND pupil_invited = 'yes'
            AND agency_invited IN ('yes', 'not_applicable') AS is_complete
    FROM timed
),
judged AS (
    SELECT
        "case",
        TRUE AS in_period,
        -- Of whom no system tells transition plans, nothing is known.
        has_iep = 'yes' AND age >= 16 AND has_plan IN ('yes', 'no') AS about,
        NULL AS excluded,
        CASE
            WHEN is_complete THEN 'complete'
            WHEN has_plan = 'no' THEN 'none'
        END AS class,
        CASE
            WHEN is_complete IS NULL THEN
                'unknown:'
                || CASE WHEN goals IS NULL THEN ' measurable_goals' ELSE '' END
                || CASE WHEN updated_on IS NULL THEN ' transition_update_due_on' ELSE '' END
                || CASE WHEN assessed_on IS NULL THEN ' transition_assessed_on' ELSE '' END
                || CASE WHEN services IS NULL THEN ' transition_services' ELSE '' END
                || CASE WHEN courses IS NULL THEN ' courses_of_study' ELSE '' END
                || CASE WHEN annual_goals IS NULL THEN ' annual_goals' ELSE '' END
                || CASE WHEN pupil_invited IS NULL THEN ' pupil_invited' ELSE '' END
                || CASE WHEN agency_invited IS NULL THEN ' agency_invited' ELSE '' END
        END AS not_said,
        'unknown:'
            || CASE WHEN has_iep IS NULL THEN ' has_iep' ELSE '' END
            || CASE WHEN age IS NULL THEN ' age' ELSE '' END
            || CASE WHEN has_plan IS NULL THEN ' has_transition_plan' ELSE '' END
            AS not_said_about,
        NULL AS days
    FROM parted
)
SELECT
    "case",
    CASE
        WHEN in_period IS NULL THEN 'unclear'
        WHEN excluded IS NOT NULL THEN 'excluded'
        WHEN about IS NULL THEN 'unclear'
        ELSE 'yes'
    END AS counted,
    CASE
        WHEN in_period IS NULL THEN ''
        WHEN excluded IS NOT NULL THEN excluded
        WHEN about IS NULL THEN ''
        ELSE COALESCE(class, 'incomplete')
    END AS class,
    CASE
        WHEN in_period IS NULL THEN 'unknown: school_year'
        WHEN excluded IS NOT NULL THEN 'rule_holds'
        WHEN about IS NULL THEN not_said_about
        WHEN class IS NOT NULL THEN 'rule_holds'
        ELSE COALESCE(not_said, 'no_rule_holds')
    END AS reason,
    days
FROM judged
-- What is false is outside; what is unknown is unclear.
WHERE COALESCE(in_period, TRUE) AND COALESCE(about, TRUE);
