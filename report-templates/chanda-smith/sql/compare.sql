-- Holds what the outcome-N.sql files say of each case against what the program's lists say.
CREATE TABLE said_by_sql AS
SELECT '1' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_1
UNION ALL SELECT '3' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_3
UNION ALL SELECT '4' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_4
UNION ALL SELECT '5' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_5
UNION ALL SELECT '6' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_6
UNION ALL SELECT '7A' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_7a
UNION ALL SELECT '7B' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_7b
UNION ALL SELECT '9' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_9
UNION ALL SELECT '10' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_10
UNION ALL SELECT '11' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_11
UNION ALL SELECT '12' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_12
UNION ALL SELECT '15' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_15;

CREATE TABLE said_by_program AS
SELECT '1' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_1
UNION ALL SELECT '3' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_3
UNION ALL SELECT '4' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_4
UNION ALL SELECT '5' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_5
UNION ALL SELECT '6' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_6
UNION ALL SELECT '7A' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_7a
UNION ALL SELECT '7B' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_7b
UNION ALL SELECT '9' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_9
UNION ALL SELECT '10' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_10
UNION ALL SELECT '11' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_11
UNION ALL SELECT '12' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_12
UNION ALL SELECT '15' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_15;

-- Each case of which the two do not say the same, as each of them says it.
CREATE TABLE difference AS
SELECT 'sql' AS said_by, d.* FROM (
    SELECT * FROM said_by_sql EXCEPT SELECT * FROM said_by_program
) AS d
UNION ALL SELECT 'program' AS said_by, d.* FROM (
    SELECT * FROM said_by_program EXCEPT SELECT * FROM said_by_sql
) AS d;

SELECT
    outcome,
    SUM(by_program) AS cases,
    SUM(by_sql) AS cases_by_sql,
    SUM(by_program) - (
        SELECT COUNT(*) FROM difference
        WHERE difference.outcome = told.outcome AND said_by = 'program'
    ) AS agree
FROM (
    SELECT outcome, 1 AS by_program, 0 AS by_sql FROM said_by_program
    UNION ALL SELECT outcome, 0 AS by_program, 1 AS by_sql FROM said_by_sql
) AS told
GROUP BY outcome
ORDER BY outcome;

SELECT * FROM difference ORDER BY outcome, "case", said_by;
