-- A review may be counted, replaced and put back: the last one answers, so each has its place.
-- The first result of a draw is number 1.
ALTER TABLE sample_results ADD COLUMN number BIGINT;
UPDATE sample_results r
SET number = (
    SELECT COUNT(*) FROM sample_results o
    WHERE o.frame = r.frame AND o.draw = r.draw
        AND (o.recorded_at, o.reviews) <= (r.recorded_at, r.reviews)
);
ALTER TABLE sample_results DROP CONSTRAINT sample_results_pkey;
ALTER TABLE sample_results ADD PRIMARY KEY (frame, draw, number);
