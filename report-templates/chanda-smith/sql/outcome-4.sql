-- Outcome 4: of the pupils with disabilities who finished or dropped out of grades 7 to 12, those
-- with a diploma, a certificate, or the age up to which the district teaches.
CREATE VIEW outcome_4 AS
WITH
said AS (
    SELECT
        "case",
        NULLIF(has_iep, '') AS has_iep,
        CAST(NULLIF(grade, '') AS INTEGER) AS grade,
        NULLIF(exit_reason, '') AS exit_reason,
        NULLIF(exited_on, '') AS exited_on,
        (SELECT value FROM report WHERE name = 'period_begins') AS period_begins,
        (SELECT value FROM report WHERE name = 'period_ends') AS period_ends
    FROM input_exit
),
judged AS (
    SELECT
        "case",
        exited_on BETWEEN period_begins AND period_ends AS in_period,
        -- 22 is secondary without grades.
        has_iep = 'yes' AND (grade BETWEEN 7 AND 12 OR grade = 22)
            AND exit_reason IN (
                'graduated', 'completed', 'aged_out', 'dropped', 'no_show', 'lost_transfer'
            ) AS about,
        NULL AS excluded,
        CASE exit_reason
            WHEN 'graduated' THEN 'diploma'
            WHEN 'completed' THEN 'certificate'
            WHEN 'aged_out' THEN 'aged_out'
        END AS class,
        CASE WHEN exit_reason IS NULL THEN 'unknown: exit_reason' END AS not_said,
        'unknown:'
            || CASE WHEN has_iep IS NULL THEN ' has_iep' ELSE '' END
            || CASE WHEN grade IS NULL THEN ' grade' ELSE '' END
            || CASE WHEN exit_reason IS NULL THEN ' exit_reason' ELSE '' END AS not_said_about,
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
        ELSE COALESCE(class, 'dropped_out')
    END AS class,
    CASE
        WHEN in_period IS NULL THEN 'unknown: exited_on'
        WHEN excluded IS NOT NULL THEN 'rule_holds'
        WHEN about IS NULL THEN not_said_about
        WHEN class IS NOT NULL THEN 'rule_holds'
        ELSE COALESCE(not_said, 'no_rule_holds')
    END AS reason,
    days
FROM judged
-- What is false is outside; what is unknown is unclear.
WHERE COALESCE(in_period, TRUE) AND COALESCE(about, TRUE);
