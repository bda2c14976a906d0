-- Outcome 5: suspensions of pupils with disabilities, on days on which they had an IEP, for each
-- hundred of them who are enrolled on the day of the count. The classes say who was suspended;
-- `suspensions_under_iep` is what is added up.
CREATE VIEW outcome_5 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(has_iep, '') AS has_iep,
        CAST(NULLIF(suspensions_under_iep, '') AS INTEGER) AS suspensions
    FROM input_pupil
),
judged AS (
    SELECT
        "case",
        TRUE AS in_period,
        -- Of whom no system tells removals, nothing is known.
        has_iep = 'yes' AND suspensions >= 0 AS about,
        NULL AS excluded,
        CASE WHEN suspensions > 0 THEN 'suspended' END AS class,
        NULL AS not_said,
        CASE
            WHEN has_iep IS NULL AND suspensions IS NULL THEN
                'unknown: has_iep suspensions_under_iep'
            WHEN has_iep IS NULL THEN 'unknown: has_iep'
            ELSE 'unknown: suspensions_under_iep'
        END AS not_said_about,
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
        ELSE COALESCE(class, 'not_suspended')
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
