-- Outcome 1: of the pupils with disabilities who were to be tested in the year, in English and in
-- mathematics apart, those who took the test with no accommodation or a standard one. Who was enrolled
-- in a tested grade, and of whom no result came, is a row as well.
CREATE VIEW outcome_1 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(has_iep, '') AS has_iep,
        NULLIF(subject, '') AS subject,
        NULLIF(result_recorded, '') AS recorded,
        NULLIF(participation, '') AS participation,
        NULLIF(accommodation, '') AS accommodation,
        NULLIF(school_year, '') AS school_year,
        (SELECT SUBSTR(value, 1, 4) FROM report WHERE name = 'period_begins') AS this_year
    FROM input_assessment
),
judged AS (
    SELECT
        "case",
        CAST(school_year AS INTEGER) = CAST(this_year AS INTEGER) AS in_period,
        has_iep = 'yes' AND subject IN ('english_language_arts', 'mathematics')
            -- Where no result of the year came, nothing is known.
            AND recorded IN ('yes', 'no') AS about,
        NULL AS excluded,
        CASE
            WHEN recorded = 'no' THEN 'no_result'
            WHEN participation = 'tested' AND accommodation IN ('none', 'standard') THEN 'tested'
            WHEN participation IN ('tested', 'alternate_tested') THEN 'other_accommodation'
        END AS class,
        -- The class before it asks for the accommodation.
        CASE
            WHEN recorded = 'yes' AND participation = 'tested' AND accommodation IS NULL THEN
                ', unknown: accommodation'
            ELSE ''
        END AS not_said_before,
        'unknown:'
            || CASE WHEN has_iep IS NULL THEN ' has_iep' ELSE '' END
            || CASE WHEN recorded IS NULL THEN ' result_recorded' ELSE '' END AS not_said_about,
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
        ELSE COALESCE(class, 'not_tested')
    END AS class,
    CASE
        WHEN in_period IS NULL THEN 'unknown: school_year'
        WHEN excluded IS NOT NULL THEN 'rule_holds'
        WHEN about IS NULL THEN not_said_about
        WHEN class IS NOT NULL THEN 'rule_holds' || not_said_before
        ELSE 'no_rule_holds'
    END AS reason,
    days
FROM judged
-- What is false is outside; what is unknown is unclear.
WHERE COALESCE(in_period, TRUE) AND COALESCE(about, TRUE);
