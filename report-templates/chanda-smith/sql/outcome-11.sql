-- Outcome 11: complaints that parents lodged in the year, by the working days until they were
-- answered. Those taken back are left out, and those open for 5 working days or less; one that is open
-- for longer is parted by the limits that it has passed.
--
-- A working day is a weekday that is no holiday of the school's calendar (5 CCR 3024). Of days that
-- the calendar does not cover nothing is known: it covers those from the first to the last school day
-- of sessions that follow each other, with no more than 123 days between them.
CREATE VIEW outcome_11 AS
WITH
said AS (
    SELECT
        "case",
        COALESCE(
            (SELECT NULLIF(value, '') FROM report WHERE name = 'calendar_school'), school
        ) AS school,
        NULLIF(received_on, '') AS begun_on,
        NULLIF(answered_on, '') AS ended_on,
        NULLIF(withdrawn_on, '') AS withdrawn_on,
        (SELECT value FROM report WHERE name = 'period_begins') AS period_begins,
        (SELECT value FROM report WHERE name = 'period_ends') AS period_ends,
        (SELECT value FROM report WHERE name = 'as_of') AS as_of
    FROM input_complaint
),
-- Every day with how many weekdays there were up to it.
weeks AS (
    SELECT
        day,
        CAST(number AS INTEGER) AS number,
        CAST(weekday AS INTEGER) AS weekday,
        SUM(CASE WHEN CAST(weekday AS INTEGER) <= 5 THEN 1 ELSE 0 END) OVER (ORDER BY day)
            AS weekdays
    FROM days
),
-- What the rows of a calendar say of a day. A make-up day beats all, also on a Saturday; a holiday
-- beats the rest; a session says what nothing else does.
marked AS (
    SELECT
        periods.school,
        weeks.day,
        MAX(weeks.number) AS number,
        MAX(weeks.weekday) AS weekday,
        MAX(weeks.weekdays) AS weekdays,
        MAX(CASE WHEN periods.kind = 'make_up_day' THEN 1 ELSE 0 END) AS make_up,
        MAX(CASE WHEN periods.kind = 'holiday' THEN 1 ELSE 0 END) AS holiday,
        MAX(CASE WHEN periods.kind IN ('pupil_free', 'vacation', 'closure') THEN 1 ELSE 0 END)
            AS away,
        MAX(CASE WHEN periods.kind = 'regular_session' THEN 1 ELSE 0 END) AS session
    FROM calendars AS periods
    JOIN weeks ON weeks.day BETWEEN periods.begins_on AND periods.ends_on
    WHERE periods.used = 'yes' AND periods.school IN (SELECT school FROM said)
    GROUP BY periods.school, weeks.day
),
holidays AS (
    SELECT school, day FROM marked WHERE holiday = 1 AND make_up = 0 AND weekday <= 5
),
-- Weekdays of a session up to each of its days: where they are as many as there are weekdays, a
-- stretch without school days is a vacation within a session, however long.
school_days AS (
    SELECT *, LAG(number) OVER following AS number_before,
        LAG(weekdays) OVER following AS weekdays_before,
        LAG(covered) OVER following AS covered_before
    FROM (
        SELECT
            marked.*,
            SUM(CASE WHEN weekday <= 5 AND (session = 1 OR make_up = 1) THEN 1 ELSE 0 END)
                OVER (PARTITION BY school ORDER BY day) AS covered
        FROM marked
    ) AS marked
    WHERE make_up = 1 OR (weekday <= 5 AND session = 1 AND holiday = 0 AND away = 0)
    WINDOW following AS (PARTITION BY school ORDER BY day)
),
known AS (
    SELECT school, MIN(number) AS first_number, MAX(number) AS last_number
    FROM (
        SELECT
            school,
            number,
            SUM(
                CASE
                    WHEN number - number_before - 1 > 123
                        AND weekdays - weekdays_before > covered - covered_before
                    THEN 1 ELSE 0
                END
            ) OVER (PARTITION BY school ORDER BY number) AS stretch
        FROM school_days
    ) AS stretches
    GROUP BY school, stretch
),
-- Working days after the day of receipt up to the answer, or to the day of the report.
timed AS (
    SELECT
        said.*,
        CASE
            WHEN until.number < begun.number THEN NULL
            WHEN until.number = begun.number THEN 0
            WHEN EXISTS (
                SELECT 1 FROM known
                WHERE known.school = said.school AND known.first_number <= begun.number + 1
                    AND until.number <= known.last_number
            ) THEN
                until.weekdays - begun.weekdays - (
                    SELECT COUNT(*) FROM holidays
                    WHERE holidays.school = said.school AND holidays.day > said.begun_on
                        AND holidays.day <= COALESCE(said.ended_on, said.as_of)
                )
        END AS days_so_far
    FROM said
    LEFT JOIN weeks AS begun ON begun.day = begun_on
    LEFT JOIN weeks AS until ON until.day = COALESCE(ended_on, as_of)
),
judged AS (
    SELECT
        "case",
        begun_on BETWEEN period_begins AND period_ends AS in_period,
        days_so_far >= 0 AS about,
        CASE
            WHEN withdrawn_on IS NOT NULL AND ended_on IS NULL THEN 'withdrawn'
            WHEN ended_on IS NULL AND days_so_far <= 5 THEN 'not_yet_due'
        END AS excluded,
        CASE
            WHEN days <= 5 THEN 'within_5'
            WHEN days <= 10 THEN 'within_10'
            WHEN days <= 20 THEN 'within_20'
            WHEN days <= 30 THEN 'within_30'
            WHEN days > 30 THEN 'later'
            WHEN ended_on IS NULL AND days_so_far <= 10 THEN 'open_5'
            WHEN ended_on IS NULL AND days_so_far <= 20 THEN 'open_10'
            WHEN ended_on IS NULL AND days_so_far <= 30 THEN 'open_20'
        END AS class,
        'unknown: clock.days_so_far' AS not_said_about,
        days
    FROM (
        SELECT timed.*, CASE WHEN ended_on IS NOT NULL THEN days_so_far END AS days FROM timed
    ) AS timed
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
        WHEN in_period IS NULL THEN 'unknown: received_on'
        WHEN excluded IS NOT NULL THEN 'rule_holds'
        WHEN about IS NULL THEN not_said_about
        WHEN class IS NOT NULL THEN 'rule_holds'
        ELSE 'no_rule_holds'
    END AS reason,
    days
FROM judged
-- What is false is outside; what is unknown is unclear.
WHERE COALESCE(in_period, TRUE) AND COALESCE(about, TRUE);
