-- What public editions of compliance reports told: whoever makes the next one must know it. Written when
-- one is signed, and never changed.
CREATE TABLE public_releases (
    -- SHA-256 of the signed file.
    digest      BLOB PRIMARY KEY,
    -- The decree whose report it is.
    report      TEXT NOT NULL,
    -- The day that it speaks of, and the instant whose records it read.
    as_of       TEXT NOT NULL,
    as_known    TEXT NOT NULL,
    released_at TEXT NOT NULL
) STRICT;
CREATE INDEX public_releases_report ON public_releases (report);

-- Which earlier ones a release considered: all of its report that there were.
CREATE TABLE public_release_considered (
    release    BLOB NOT NULL REFERENCES public_releases (digest),
    considered BLOB NOT NULL REFERENCES public_releases (digest),
    PRIMARY KEY (release, considered),
    CHECK (release <> considered)
) STRICT;

-- What it told of one population: a row for each count of each cell, as JSON (`suppression/history.rs`).
CREATE TABLE public_release_populations (
    release    BLOB NOT NULL REFERENCES public_releases (digest),
    population TEXT NOT NULL,
    told       TEXT NOT NULL,
    PRIMARY KEY (release, population)
) STRICT;
