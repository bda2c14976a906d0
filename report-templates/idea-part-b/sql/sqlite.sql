-- The second computation of six indicators, in SQLite. In the folder of the bundle:
--   sqlite3 /tmp/recount.db < sql/sqlite.sql
.bail on
.mode csv
.import report.csv report
.import days.csv days
.import inputs/exit.csv input_exit
.import inputs/pupil.csv input_pupil
.import inputs/evaluation.csv input_evaluation
.import inputs/referral.csv input_referral
.import lists/B1.csv list_b1
.import lists/B2.csv list_b2
.import lists/B5.csv list_b5
.import lists/B11.csv list_b11
.import lists/B12.csv list_b12
.import lists/B13.csv list_b13
.read sql/outcome-B1.sql
.read sql/outcome-B2.sql
.read sql/outcome-B5.sql
.read sql/outcome-B11.sql
.read sql/outcome-B12.sql
.read sql/outcome-B13.sql
.headers on
.mode column
.read sql/compare.sql
