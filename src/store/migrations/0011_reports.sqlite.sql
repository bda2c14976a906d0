-- Compliance reports that were signed: about a district and nobody in it, so they stand apart from
-- documents about students.
--
-- Nothing is signed without a row here, and the file exists on disk before its row says `issued`
-- (invariant 3). An id is derived from what a report says and how it is laid out: the same report
-- again is the same row.
CREATE TABLE reports (
    document_id     BLOB PRIMARY KEY,
    -- The decree's short name, and SHA-256 of its file.
    decree          TEXT NOT NULL,
    decree_digest   BLOB NOT NULL,
    edition         TEXT NOT NULL,
    language        TEXT NOT NULL,
    template_digest BLOB NOT NULL,
    -- SHA-256 of the model without its id and before its proof: what was to be said.
    input_digest    BLOB NOT NULL,
    as_of           TEXT NOT NULL,
    -- The instant whose records were read ("as known").
    recorded_at     TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('intent', 'issued')),
    -- When it was first intended.
    intended_at     TEXT NOT NULL,
    -- The instant in the signature and in the proof, and the key that made it.
    issued_at       TEXT,
    key_id          TEXT,
    -- SHA-256 of the signed file, which is also its name in the document store, and its length.
    digest          BLOB UNIQUE,
    bytes           INTEGER,
    CHECK ((state = 'issued') = (issued_at IS NOT NULL)),
    CHECK ((state = 'issued') = (key_id IS NOT NULL)),
    CHECK ((state = 'issued') = (digest IS NOT NULL)),
    CHECK ((state = 'issued') = (bytes IS NOT NULL))
) STRICT;
