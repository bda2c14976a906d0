-- The second computation of twelve outcomes, in SQLite. In the folder of the bundle:
--   sqlite3 /tmp/recount.db < sql/sqlite.sql
.bail on
.mode csv
.import report.csv report
.import days.csv days
.import calendars.csv calendars
.import inputs/assessment.csv input_assessment
.import inputs/exit.csv input_exit
.import inputs/pupil.csv input_pupil
.import inputs/evaluation.csv input_evaluation
.import inputs/complaint.csv input_complaint
.import inputs/dispute.csv input_dispute
.import inputs/translation.csv input_translation
.import lists/1.csv list_1
.import lists/3.csv list_3
.import lists/4.csv list_4
.import lists/5.csv list_5
.import lists/6.csv list_6
.import lists/7A.csv list_7a
.import lists/7B.csv list_7b
.import lists/9.csv list_9
.import lists/10.csv list_10
.import lists/11.csv list_11
.import lists/12.csv list_12
.import lists/15.csv list_15
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
.headers on
.mode column
.read sql/compare.sql
