-- The second computation of six indicators, in DuckDB. In the folder of the bundle:
--   duckdb /tmp/recount.duckdb < sql/duckdb.sql
.bail on
CREATE TABLE report AS
    FROM read_csv('report.csv', header = true, all_varchar = true);
CREATE TABLE days AS
    FROM read_csv('days.csv', header = true, all_varchar = true);
CREATE TABLE input_exit AS
    FROM read_csv('inputs/exit.csv', header = true, all_varchar = true);
CREATE TABLE input_pupil AS
    FROM read_csv('inputs/pupil.csv', header = true, all_varchar = true);
CREATE TABLE input_evaluation AS
    FROM read_csv('inputs/evaluation.csv', header = true, all_varchar = true);
CREATE TABLE input_referral AS
    FROM read_csv('inputs/referral.csv', header = true, all_varchar = true);
CREATE TABLE list_b1 AS
    FROM read_csv('lists/B1.csv', header = true, all_varchar = true);
CREATE TABLE list_b2 AS
    FROM read_csv('lists/B2.csv', header = true, all_varchar = true);
CREATE TABLE list_b5 AS
    FROM read_csv('lists/B5.csv', header = true, all_varchar = true);
CREATE TABLE list_b11 AS
    FROM read_csv('lists/B11.csv', header = true, all_varchar = true);
CREATE TABLE list_b12 AS
    FROM read_csv('lists/B12.csv', header = true, all_varchar = true);
CREATE TABLE list_b13 AS
    FROM read_csv('lists/B13.csv', header = true, all_varchar = true);
.read sql/outcome-B1.sql
.read sql/outcome-B2.sql
.read sql/outcome-B5.sql
.read sql/outcome-B11.sql
.read sql/outcome-B12.sql
.read sql/outcome-B13.sql
.read sql/compare.sql
