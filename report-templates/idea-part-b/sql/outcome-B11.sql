-- Indicator 11, by the classes of the State's timeline report: initial evaluations for which consent
-- was received from May 1 of the year before on, by the calendar days from its receipt to the meeting.
CREATE VIEW outcome_b11 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(kind, '') AS kind,
        NULLIF(stopped, '') AS stopped,
        NULLIF(stop_reason, '') AS stop_reason,
        NULLIF(stopped_on, '') AS stopped_on,
        NULLIF(not_produced_on, '') AS not_produced_on,
        NULLIF(delay_code, '') AS delay_code,
        NULLIF(moved_in_after_consent, '') AS moved_in,
        NULLIF(extended_to, '') AS extended_to,
        NULLIF(consent_received_on, '') AS begun_on,
        NULLIF(meeting_held_on, '') AS ended_on,
        (SELECT SUBSTR(value, 1, 4) || '-05-01' FROM report WHERE name = 'period_begins')
            AS window_begins,
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
        TRUE AS in_period,
        -- Whether one was stopped is not said where nobody says when and why.
        kind = 'initial' AND begun_on BETWEEN window_begins AND period_ends
            AND days_so_far >= 0 AND NULLIF(stopped IS NOT NULL, FALSE) AS about,
        CASE
            WHEN moved_in = 'yes' AND extended_to IS NOT NULL THEN 'moved_in'
            WHEN days_to_absence <= 60 THEN 'not_produced'
            WHEN stop_reason = 'enrolled_elsewhere' AND days_to_stop <= 60
                THEN 'enrolled_elsewhere'
            WHEN stop_reason IN ('consent_withdrawn', 'left') AND days_to_stop <= 60
                THEN 'stopped'
        END AS excluded,
        CASE
            WHEN days <= 60 THEN 'timely'
            WHEN days > 60 THEN 'held_late'
            WHEN ended_on IS NULL AND days_so_far <= 60 THEN 'pending'
            WHEN ended_on IS NULL AND (delay_code IS NULL OR delay_code = '90') THEN 'overdue'
        END AS class,
        'unknown:'
            || CASE WHEN kind IS NULL THEN ' kind' ELSE '' END
            || CASE WHEN begun_on IS NULL THEN ' consent_received_on' ELSE '' END
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
        ELSE COALESCE(class, 'overdue_with_reason')
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
