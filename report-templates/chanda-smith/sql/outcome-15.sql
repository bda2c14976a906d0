-- Outcome 15: translations of IEPs that families asked for in the year, by the days from the request
-- until they were done. Those taken back are left out, and those open for 30 days or less; one that is
-- open for longer is parted by the limits that it has passed.
CREATE VIEW outcome_15 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(document, '') AS document,
        NULLIF(withdrawn_on, '') AS withdrawn_on,
        NULLIF(requested_on, '') AS begun_on,
        NULLIF(completed_on, '') AS ended_on,
        (SELECT value FROM report WHERE name = 'period_begins') AS period_begins,
        (SELECT value FROM report WHERE name = 'period_ends') AS period_ends,
        (SELECT value FROM report WHERE name = 'as_of') AS as_of
    FROM input_translation
),
-- Calendar days: the day of the event is day 0, none is left out; an end before it is no end.
timed AS (
    SELECT
        said.*,
        CASE
            WHEN ended_on >= begun_on THEN
                CAST(ended.number AS INTEGER) - CAST(begun.number AS INTEGER)
        END AS days,
        CASE
            WHEN COALESCE(ended_on, as_of) >= begun_on THEN
                CAST(until.number AS INTEGER) - CAST(begun.number AS INTEGER)
        END AS days_so_far
    FROM said
    LEFT JOIN days AS begun ON begun.day = begun_on
    LEFT JOIN days AS ended ON ended.day = ended_on
    LEFT JOIN days AS until ON until.day = COALESCE(ended_on, as_of)
),
judged AS (
    SELECT
        "case",
        begun_on BETWEEN period_begins AND period_ends AS in_period,
        document = 'plan' AS about,
        CASE
            WHEN withdrawn_on IS NOT NULL AND ended_on IS NULL THEN 'withdrawn'
            WHEN ended_on IS NULL AND days_so_far <= 30 THEN 'not_yet_due'
        END AS excluded,
        CASE
            WHEN days <= 30 THEN 'within_30'
            WHEN days <= 45 THEN 'within_45'
            WHEN days <= 60 THEN 'within_60'
            WHEN days > 60 THEN 'later'
            WHEN ended_on IS NULL AND days_so_far <= 45 THEN 'open_30'
            WHEN ended_on IS NULL AND days_so_far <= 60 THEN 'open_45'
        END AS class,
        'unknown: document' AS not_said_about,
        days
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
        ELSE COALESCE(class, 'open')
    END AS class,
    CASE
        WHEN in_period IS NULL THEN 'unknown: requested_on'
        WHEN excluded IS NOT NULL THEN 'rule_holds'
        WHEN about IS NULL THEN not_said_about
        WHEN class IS NOT NULL THEN 'rule_holds'
        ELSE 'no_rule_holds'
    END AS reason,
    days
FROM judged
-- What is false is outside; what is unknown is unclear.
WHERE COALESCE(in_period, TRUE) AND COALESCE(about, TRUE);
