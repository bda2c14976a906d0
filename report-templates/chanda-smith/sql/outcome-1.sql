-- Outcome 1: of the pupils with disabilities who were to be tested in the year, in English and in
-- mathematics apart, those who took the test with no accommodation or a standard one.
CREATE VIEW outcome_1 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(has_iep, '') AS has_iep,
        NULLIF(subject, '') AS subject,
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
        has_iep = 'yes' AND subject IN ('english_language_arts', 'mathematics') AS about,
        NULL AS excluded,
        CASE
            WHEN participation = 'tested' AND accommodation IN ('none', 'standard') THEN 'tested'
            WHEN participation IN ('tested', 'alternate_tested') THEN 'other_accommodation'
        END AS class,
        CASE
            WHEN participation IS NULL AND accommodation IS NULL THEN
                'unknown: participation accommodation'
            WHEN participation IS NULL THEN 'unknown: participation'
        END AS not_said,
        CASE
            WHEN has_iep IS NULL AND subject IS NULL THEN 'unknown: has_iep subject'
            WHEN has_iep IS NULL THEN 'unknown: has_iep'
            ELSE 'unknown: subject'
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
        ELSE COALESCE(class, 'not_tested')
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
