-- Studies of files: which cases could be drawn was fixed, with the form, before anybody knew the seed.
-- Rows are only ever added.
CREATE TABLE sample_frames (
    -- SHA-256 of the frame's text, which the monitor keeps.
    digest      BLOB PRIMARY KEY,
    purpose     TEXT NOT NULL,
    decree      TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    cases       INTEGER NOT NULL,
    -- The form, in its own words.
    form        TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT;

-- Every draw, used or not.
CREATE TABLE sample_draws (
    frame       BLOB NOT NULL REFERENCES sample_frames (digest),
    -- The first draw of a frame is number 1.
    number      INTEGER NOT NULL,
    seed        TEXT NOT NULL,
    seed_from   TEXT NOT NULL,
    -- How many cases of each stratum, as JSON.
    sizes       TEXT NOT NULL,
    cases       INTEGER NOT NULL,
    drawn_at    TEXT NOT NULL,
    PRIMARY KEY (frame, number),
    UNIQUE (frame, seed, sizes)
) STRICT;

-- What came of reviewing one.
CREATE TABLE sample_results (
    frame       BLOB NOT NULL,
    draw        INTEGER NOT NULL,
    -- SHA-256 of the reviews that were counted.
    reviews     BLOB NOT NULL,
    -- Each finding's counts by stratum, as JSON.
    findings    TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (frame, draw, reviews),
    FOREIGN KEY (frame, draw) REFERENCES sample_draws (frame, number)
) STRICT;
