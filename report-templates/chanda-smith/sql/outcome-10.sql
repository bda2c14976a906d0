-- Outcome 10: initial evaluations for which consent was received in the year, by the days from the
-- receipt of consent to the meeting. Stopped ones are left out, and those that are open for 60 days or
-- less; one that is open for longer is parted by the limits that it has passed.
CREATE VIEW outcome_10 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(kind, '') AS kind,
        NULLIF(stopped, '') AS stopped,
        NULLIF(stop_reason, '') AS stop_reason,
        NULLIF(stopped_on, '') AS stopped_on,
        NULLIF(not_produced_on, '') AS not_produced_on,
        NULLIF(consent_received_on, '') AS begun_on,
        NULLIF(meeting_held_on, '') AS ended_on,
        (SELECT value FROM report WHERE name = 'period_begins') AS period_begins,
        (SELECT value FROM report WHERE name = 'period_ends') AS period_ends,
        (SELECT value FROM report WHERE name = 'as_of') AS as_of
    FROM input_evaluation
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
        END AS days_so_far,
        CAST(given_up.number AS INTEGER) - CAST(begun.number AS INTEGER) AS days_to_stop,
        CAST(absent.number AS INTEGER) - CAST(begun.number AS INTEGER) AS days_to_absence
    FROM said
    LEFT JOIN days AS begun ON begun.day = begun_on
    LEFT JOIN days AS ended ON ended.day = ended_on
    LEFT JOIN days AS until ON until.day = COALESCE(ended_on, as_of)
    LEFT JOIN days AS given_up ON given_up.day = stopped_on
    LEFT JOIN days AS absent ON absent.day = not_produced_on
),
judged AS (
    SELECT
        "case",
        begun_on BETWEEN period_begins AND period_ends AS in_period,
        -- Whether one was stopped is not said where nobody says when and why.
        kind = 'initial' AND days_so_far >= 0 AND NULLIF(stopped IS NOT NULL, FALSE) AS about,
        CASE
            WHEN days_to_absence <= 60 THEN 'not_produced'
            WHEN stop_reason = 'enrolled_elsewhere' AND days_to_stop <= 60
                THEN 'enrolled_elsewhere'
            WHEN stop_reason IN ('consent_withdrawn', 'left') AND days_to_stop <= 60
                THEN 'stopped'
            WHEN ended_on IS NULL AND days_so_far <= 60 THEN 'not_yet_due'
        END AS excluded,
        CASE
            WHEN days <= 60 THEN 'within_60'
            WHEN days <= 75 THEN 'within_75'
            WHEN days <= 90 THEN 'within_90'
            WHEN days > 90 THEN 'later'
            WHEN ended_on IS NULL AND days_so_far <= 75 THEN 'open_60'
            WHEN ended_on IS NULL AND days_so_far <= 90 THEN 'open_75'
        END AS class,
        'unknown:' || CASE WHEN kind IS NULL THEN ' kind' ELSE '' END
            || CASE WHEN days_so_far IS NULL THEN ' clock.days_so_far' ELSE '' END
            || CASE WHEN stopped IS NULL THEN ' stopped' ELSE '' END
            AS not_said_about,
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
        WHEN in_period IS NULL THEN 'unknown: consent_received_on'
        WHEN excluded IS NOT NULL THEN 'rule_holds'
        WHEN about IS NULL THEN not_said_about
        WHEN class IS NOT NULL THEN 'rule_holds'
        ELSE 'no_rule_holds'
    END AS reason,
    days
FROM judged
-- What is false is outside; what is unknown is unclear.
WHERE COALESCE(in_period, TRUE) AND COALESCE(about, TRUE);
