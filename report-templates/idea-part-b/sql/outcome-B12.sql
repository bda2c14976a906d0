-- Indicator 12: of the children referred from Part C whose third birthday is in the year, those with an
-- IEP in force by that day.
CREATE VIEW outcome_b12 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(referred_by, '') AS referred_by,
        NULLIF(third_birthday, '') AS birthday,
        NULLIF(part_c_referred_on, '') AS part_c_on,
        NULLIF(not_eligible_on, '') AS not_eligible_on,
        NULLIF(consent_refused_on, '') AS refused_on,
        NULLIF(withdrawn_on, '') AS withdrawn_on,
        NULLIF(not_produced_on, '') AS not_produced_on,
        NULLIF(first_plan_on, '') AS plan_on,
        (SELECT value FROM report WHERE name = 'period_begins') AS period_begins,
        (SELECT value FROM report WHERE name = 'period_ends') AS period_ends,
        (SELECT value FROM report WHERE name = 'as_of') AS as_of
    FROM input_referral
),
timed AS (
    SELECT
        said.*,
        CAST(third.number AS INTEGER) - CAST(referred.number AS INTEGER) AS days_before
    FROM said
    LEFT JOIN days AS third ON third.day = birthday
    LEFT JOIN days AS referred ON referred.day = part_c_on
),
judged AS (
    SELECT
        "case",
        birthday BETWEEN period_begins AND period_ends AS in_period,
        referred_by = 'part_c' AS about,
        CASE
            WHEN not_eligible_on < birthday THEN 'not_eligible'
            WHEN refused_on IS NOT NULL THEN 'refused'
            WHEN not_produced_on <= birthday THEN 'not_produced'
            WHEN days_before < 90 THEN 'late_referral'
            WHEN withdrawn_on < birthday THEN 'withdrawn'
            WHEN plan_on IS NULL AND as_of <= birthday THEN 'not_yet_due'
        END AS excluded,
        CASE
            WHEN plan_on <= birthday THEN 'by_birthday'
            WHEN plan_on > birthday THEN 'later'
        END AS class,
        'unknown: first_plan_on' AS not_said,
        'unknown: referred_by' AS not_said_about,
        NULL AS days
    FROM timed
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
        ELSE COALESCE(class, 'no_plan')
    END AS class,
    CASE
        WHEN in_period IS NULL THEN 'unknown: third_birthday'
        WHEN excluded IS NOT NULL THEN 'rule_holds'
        WHEN about IS NULL THEN not_said_about
        WHEN class IS NOT NULL THEN 'rule_holds'
        ELSE COALESCE(not_said, 'no_rule_holds')
    END AS reason,
    days
FROM judged
-- What is false is outside; what is unknown is unclear.
WHERE COALESCE(in_period, TRUE) AND COALESCE(about, TRUE);
