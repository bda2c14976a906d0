-- The rules by which documents were issued, in their own words: a document names them by digest, and
-- years later somebody must be able to read what it was. A row is never changed.
CREATE TABLE policies (
    digest        BYTEA PRIMARY KEY,
    version       TEXT COLLATE "C" NOT NULL,
    text          TEXT COLLATE "C" NOT NULL,
    -- When the first intent under them was recorded.
    first_used_at TEXT COLLATE "C" NOT NULL
);
