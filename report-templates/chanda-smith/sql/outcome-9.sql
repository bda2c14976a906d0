-- Outcome 9: of the pupils with disabilities of age 14 or older, those whose IEP has a part about the
-- time after school.
CREATE VIEW outcome_9 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(has_iep, '') AS has_iep,
        CAST(NULLIF(age, '') AS INTEGER) AS age,
        NULLIF(has_transition_plan, '') AS has_plan
    FROM input_pupil
),
judged AS (
    SELECT
        "case",
        TRUE AS in_period,
        -- Of whom no system tells transition plans, nothing is known.
        has_iep = 'yes' AND age >= 14 AND has_plan IN ('yes', 'no') AS about,
        NULL AS excluded,
        CASE WHEN has_plan = 'yes' THEN 'with' END AS class,
        NULL AS not_said,
        'unknown:'
            || CASE WHEN has_iep IS NULL THEN ' has_iep' ELSE '' END
            || CASE WHEN age IS NULL THEN ' age' ELSE '' END
            || CASE WHEN has_plan IS NULL THEN ' has_transition_plan' ELSE '' END
            AS not_said_about,
        NULL AS days
    FROM said
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
        ELSE COALESCE(class, 'without')
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
