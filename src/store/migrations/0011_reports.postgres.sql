-- Compliance reports that were signed: about a district and nobody in it, so they stand apart from
-- documents about students.
--
-- Nothing is signed without a row here, and the file exists on disk before its row says `issued`
-- (invariant 3). An id is derived from what a report says and how it is laid out: the same report
-- again is the same row.
CREATE TABLE reports (
    document_id     BYTEA PRIMARY KEY,
    -- The decree's short name, and SHA-256 of its file.
    decree          TEXT COLLATE "C" NOT NULL,
    decree_digest   BYTEA NOT NULL,
    edition         TEXT COLLATE "C" NOT NULL,
    language        TEXT COLLATE "C" NOT NULL,
    template_digest BYTEA NOT NULL,
    -- SHA-256 of the model without its id and before its proof: what was to be said.
    input_digest    BYTEA NOT NULL,
    as_of           TEXT COLLATE "C" NOT NULL,
    -- The instant whose records were read ("as known").
    recorded_at     TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('intent', 'issued')),
    -- When it was first intended.
    intended_at     TEXT COLLATE "C" NOT NULL,
    -- The instant in the signature and in the proof, and the key that made it.
    issued_at       TEXT COLLATE "C",
    key_id          TEXT COLLATE "C",
    -- SHA-256 of the signed file, which is also its name in the document store, and its length.
    digest          BYTEA UNIQUE,
    bytes           BIGINT,
    CHECK ((state = 'issued') = (issued_at IS NOT NULL)),
    CHECK ((state = 'issued') = (key_id IS NOT NULL)),
    CHECK ((state = 'issued') = (digest IS NOT NULL)),
    CHECK ((state = 'issued') = (bytes IS NOT NULL))
);
