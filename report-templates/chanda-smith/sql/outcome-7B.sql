-- Outcome 7B: the same of pupils with multiple disabilities, separate schools apart.
CREATE VIEW outcome_7b AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(has_iep, '') AS has_iep,
        CAST(NULLIF(age, '') AS INTEGER) AS age,
        NULLIF(disability, '') AS disability,
        NULLIF(setting, '') AS setting,
        -- At most three decimals: a comparison with a whole number is exact.
        CAST(NULLIF(percent_outside, '') AS DECIMAL(9, 3)) AS outside
    FROM input_pupil
),
judged AS (
    SELECT
        "case",
        TRUE AS in_period,
        has_iep = 'yes' AND age BETWEEN 6 AND 22
            AND disability = 'multiple_disabilities'
            -- Of whom setting or time is not recorded, nothing is known.
            AND (setting <> 'regular_school' OR (setting = 'regular_school' AND outside >= 0))
            AS about,
        NULL AS excluded,
        CASE
            WHEN setting = 'regular_school' AND outside <= 60 THEN 'outside_0_60'
            WHEN setting = 'regular_school' AND outside > 60 THEN 'outside_61_100'
            WHEN setting NOT IN ('regular_school', 'separate_school') THEN 'other_setting'
        END AS class,
        'unknown:'
            || CASE WHEN has_iep IS NULL THEN ' has_iep' ELSE '' END
            || CASE WHEN age IS NULL THEN ' age' ELSE '' END
            || CASE WHEN disability IS NULL THEN ' disability' ELSE '' END
            || CASE WHEN setting IS NULL THEN ' setting' ELSE '' END
            || CASE
                WHEN outside IS NULL AND COALESCE(setting, 'regular_school') = 'regular_school'
                THEN ' percent_outside' ELSE ''
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
        ELSE COALESCE(class, 'separate_school')
    END AS class,
    CASE
        WHEN in_period IS NULL THEN 'unknown: school_year'
        WHEN excluded IS NOT NULL THEN 'rule_holds'
        WHEN about IS NULL THEN not_said_about
        WHEN class IS NOT NULL THEN 'rule_holds'
        ELSE 'no_rule_holds'
    END AS reason,
    days
FROM judged
-- What is false is outside; what is unknown is unclear.
WHERE COALESCE(in_period, TRUE) AND COALESCE(about, TRUE);
