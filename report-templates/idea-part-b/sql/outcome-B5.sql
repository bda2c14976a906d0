-- Indicator 5: of the children with IEPs of ages 6 to 21, and of age 5 in kindergarten, how much of
-- the day they are inside regular classes.
CREATE VIEW outcome_b5 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(has_iep, '') AS has_iep,
        CAST(NULLIF(age, '') AS INTEGER) AS age,
        CAST(NULLIF(grade, '') AS INTEGER) AS grade,
        NULLIF(setting, '') AS setting,
        -- At most three decimals: a comparison with a whole number is exact.
        CAST(NULLIF(percent_outside, '') AS DECIMAL(9, 3)) AS outside
    FROM input_pupil
),
judged AS (
    SELECT
        "case",
        TRUE AS in_period,
        -- Transitional kindergarten is grade -1.
        has_iep = 'yes' AND age <= 21 AND (age >= 6 OR (age = 5 AND grade >= -1))
            -- Of whom setting or time is not recorded, nothing is known.
            AND (setting <> 'regular_school' OR (setting = 'regular_school' AND outside >= 0))
            AS about,
        NULL AS excluded,
        CASE
            WHEN setting = 'regular_school' AND outside <= 20 THEN 'inside_80'
            WHEN setting = 'regular_school' AND outside <= 60 THEN 'inside_40_79'
            WHEN setting = 'regular_school' AND outside > 60 THEN 'inside_less'
            WHEN setting IN (
                'separate_school', 'residential_facility', 'homebound_or_hospital'
            ) THEN 'separate'
            WHEN setting IN (
                'correctional_facility', 'parentally_placed_private'
            ) THEN 'other_setting'
        END AS class,
        'unknown:'
            || CASE WHEN has_iep IS NULL THEN ' has_iep' ELSE '' END
            || CASE WHEN age IS NULL THEN ' age' ELSE '' END
            || CASE WHEN grade IS NULL AND (age IS NULL OR age = 5) THEN ' grade' ELSE '' END
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
        ELSE COALESCE(class, 'preschool_setting')
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
