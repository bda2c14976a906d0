-- Studies of files: which cases could be drawn was fixed, with the form, before anybody knew the seed.
-- Rows are only ever added.
CREATE TABLE sample_frames (
    -- SHA-256 of the frame's text, which the monitor keeps.
    digest      BYTEA PRIMARY KEY,
    purpose     TEXT COLLATE "C" NOT NULL,
    decree      TEXT COLLATE "C" NOT NULL,
    outcome     TEXT COLLATE "C" NOT NULL,
    cases       BIGINT NOT NULL,
    -- The form, in its own words.
    form        TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL
);

-- Every draw, used or not.
CREATE TABLE sample_draws (
    frame       BYTEA NOT NULL REFERENCES sample_frames (digest),
    -- The first draw of a frame is number 1.
    number      BIGINT NOT NULL,
    seed        TEXT COLLATE "C" NOT NULL,
    seed_from   TEXT COLLATE "C" NOT NULL,
    -- How many cases of each stratum, as JSON.
    sizes       TEXT COLLATE "C" NOT NULL,
    cases       BIGINT NOT NULL,
    drawn_at    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (frame, number),
    UNIQUE (frame, seed, sizes)
);

-- What came of reviewing one.
CREATE TABLE sample_results (
    frame       BYTEA NOT NULL,
    draw        BIGINT NOT NULL,
    -- SHA-256 of the reviews that were counted.
    reviews     BYTEA NOT NULL,
    -- Each finding's counts by stratum, as JSON.
    findings    TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (frame, draw, reviews),
    FOREIGN KEY (frame, draw) REFERENCES sample_draws (frame, number)
);
