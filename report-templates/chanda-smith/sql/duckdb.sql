-- The second computation of twelve outcomes, in DuckDB. In the folder of the bundle:
--   duckdb /tmp/recount.duckdb < sql/duckdb.sql
.bail on
CREATE TABLE report AS
    FROM read_csv('report.csv', header = true, all_varchar = true);
CREATE TABLE days AS
    FROM read_csv('days.csv', header = true, all_varchar = true);
CREATE TABLE calendars AS
    FROM read_csv('calendars.csv', header = true, all_varchar = true);
CREATE TABLE input_assessment AS
    FROM read_csv('inputs/assessment.csv', header = true, all_varchar = true);
CREATE TABLE input_exit AS
    FROM read_csv('inputs/exit.csv', header = true, all_varchar = true);
CREATE TABLE input_pupil AS
    FROM read_csv('inputs/pupil.csv', header = true, all_varchar = true);
CREATE TABLE input_evaluation AS
    FROM read_csv('inputs/evaluation.csv', header = true, all_varchar = true);
CREATE TABLE input_complaint AS
    FROM read_csv('inputs/complaint.csv', header = true, all_varchar = true);
CREATE TABLE input_dispute AS
    FROM read_csv('inputs/dispute.csv', header = true, all_varchar = true);
CREATE TABLE input_translation AS
    FROM read_csv('inputs/translation.csv', header = true, all_varchar = true);
CREATE TABLE list_1 AS
    FROM read_csv('lists/1.csv', header = true, all_varchar = true);
CREATE TABLE list_3 AS
    FROM read_csv('lists/3.csv', header = true, all_varchar = true);
CREATE TABLE list_4 AS
    FROM read_csv('lists/4.csv', header = true, all_varchar = true);
CREATE TABLE list_5 AS
    FROM read_csv('lists/5.csv', header = true, all_varchar = true);
CREATE TABLE list_6 AS
    FROM read_csv('lists/6.csv', header = true, all_varchar = true);
CREATE TABLE list_7a AS
    FROM read_csv('lists/7A.csv', header = true, all_varchar = true);
CREATE TABLE list_7b AS
    FROM read_csv('lists/7B.csv', header = true, all_varchar = true);
CREATE TABLE list_9 AS
    FROM read_csv('lists/9.csv', header = true, all_varchar = true);
CREATE TABLE list_10 AS
    FROM read_csv('lists/10.csv', header = true, all_varchar = true);
CREATE TABLE list_11 AS
    FROM read_csv('lists/11.csv', header = true, all_varchar = true);
CREATE TABLE list_12 AS
    FROM read_csv('lists/12.csv', header = true, all_varchar = true);
CREATE TABLE list_15 AS
    FROM read_csv('lists/15.csv', header = true, all_varchar = true);
.read sql/outcome-1.sql
.read sql/outcome-3.sql
.read sql/outcome-4.sql
.read sql/outcome-5.sql
.read sql/outcome-6.sql
.read sql/outcome-7A.sql
.read sql/outcome-7B.sql
.read sql/outcome-9.sql
.read sql/outcome-10.sql
.read sql/outcome-11.sql
.read sql/outcome-12.sql
.read sql/outcome-15.sql
.read sql/compare.sql
