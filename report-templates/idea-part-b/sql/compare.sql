-- Holds what the outcome-N.sql files say of each case against what the program's lists say.
CREATE TABLE said_by_sql AS
SELECT 'B1' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_b1
UNION ALL SELECT 'B2' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_b2
UNION ALL SELECT 'B5' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_b5
UNION ALL SELECT 'B11' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_b11
UNION ALL SELECT 'B12' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_b12
UNION ALL SELECT 'B13' AS outcome, "case", counted, class, reason,
    CAST(days AS DECIMAL(9, 2)) AS days FROM outcome_b13;

CREATE TABLE said_by_program AS
SELECT 'B1' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_b1
UNION ALL SELECT 'B2' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_b2
UNION ALL SELECT 'B5' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_b5
UNION ALL SELECT 'B11' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_b11
UNION ALL SELECT 'B12' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_b12
UNION ALL SELECT 'B13' AS outcome, "case", counted, COALESCE(class, '') AS class, reason,
    CAST(NULLIF(days, '') AS DECIMAL(9, 2)) AS days FROM list_b13;

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
