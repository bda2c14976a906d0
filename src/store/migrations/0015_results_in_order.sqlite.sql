-- A review may be counted, replaced and put back: the last one answers, so each has its place.
CREATE TABLE results_in_order (
    frame       BLOB NOT NULL,
    draw        INTEGER NOT NULL,
    -- The first result of a draw is number 1.
    number      INTEGER NOT NULL,
    -- SHA-256 of the reviews that were counted.
    reviews     BLOB NOT NULL,
    -- Each finding's counts by stratum, as JSON.
    findings    TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (frame, draw, number),
    FOREIGN KEY (frame, draw) REFERENCES sample_draws (frame, number)
) STRICT;
INSERT INTO results_in_order
SELECT frame, draw, ROW_NUMBER() OVER (PARTITION BY frame, draw ORDER BY recorded_at, reviews),
    reviews, findings, recorded_at
FROM sample_results;
DROP TABLE sample_results;
ALTER TABLE results_in_order RENAME TO sample_results;
