-- What was issued: the ledger's first part. The log, standings and disclosures follow.
--
-- Nothing is signed without a row here, and an output exists on disk before its row says `issued`
-- (invariant 3). A row is inserted as `intent` and moves by guarded updates only:
-- intent -> claimed -> issued, or -> failed; a failed or abandoned row may be claimed again.

CREATE TABLE batches (
    id          BLOB PRIMARY KEY,
    -- The instant whose records the whole batch reads, and the one on its documents.
    recorded_at TEXT NOT NULL,
    issued_at   TEXT NOT NULL,
    description TEXT NOT NULL,
    -- What all its documents share, as JSON, and by which template and rules they are made: a batch
    -- goes on as it was begun or not at all.
    request     TEXT NOT NULL,
    template_digest BLOB NOT NULL,
    policy_digest BLOB NOT NULL,
    -- When every person was issued a document or refused; none while it runs or was interrupted.
    finished_at TEXT
) STRICT;

-- For whom a batch is, in its order; written before its first document.
CREATE TABLE batch_people (
    batch  BLOB NOT NULL REFERENCES batches (id),
    place  INTEGER NOT NULL,
    person BLOB NOT NULL,
    PRIMARY KEY (batch, place)
) STRICT;

CREATE TABLE issuances (
    document_id     BLOB PRIMARY KEY,
    batch           BLOB NOT NULL REFERENCES batches (id),
    -- The person (`people.person_id`) whom the document is about.
    subject         BLOB NOT NULL,
    school          TEXT NOT NULL,
    document_kind   TEXT NOT NULL,
    template_digest BLOB NOT NULL,
    policy_digest   BLOB NOT NULL,
    -- SHA-256 of the model without its id and before its proof: what was to be said.
    input_digest    BLOB NOT NULL,
    -- The instant whose records were read ("as known").
    recorded_at     TEXT NOT NULL,
    -- The instant on the document, in the signature and in the proof.
    issued_at       TEXT NOT NULL,
    key_id          TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('intent', 'claimed', 'issued', 'failed')),
    -- Who works on it; a claim that is not the current one commits nothing.
    claim           BLOB,
    claimed_at      TEXT,
    failure         TEXT,
    -- The numbers of the overrides that let it pass the audit, as a JSON array.
    overrides       TEXT NOT NULL,
    CHECK ((state = 'claimed') = (claim IS NOT NULL)),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    UNIQUE (batch, subject, template_digest)
) STRICT;
CREATE INDEX issuances_subject ON issuances (subject);

CREATE TABLE documents (
    document_id BLOB PRIMARY KEY REFERENCES issuances (document_id),
    -- SHA-256 of the signed file, which is also its name in the document store.
    digest      BLOB NOT NULL UNIQUE,
    bytes       INTEGER NOT NULL,
    committed_at TEXT NOT NULL
) STRICT;

-- A named person lets a finding of the audit pass: for one student, or for one code at one school,
-- until it expires. A grant is never changed; that it was ended before is a row of its own.
CREATE TABLE overrides (
    number      INTEGER PRIMARY KEY,
    -- The code of the check.
    code        TEXT NOT NULL,
    -- The person (`people.person_id`), or the school that issues.
    person      BLOB,
    school      TEXT,
    reason      TEXT NOT NULL,
    granted_by  TEXT NOT NULL,
    granted_at  TEXT NOT NULL,
    -- The first instant at which it no longer holds.
    expires_at  TEXT NOT NULL,
    CHECK ((person IS NULL) <> (school IS NULL)),
    CHECK (granted_at < expires_at)
) STRICT;

CREATE TABLE override_ends (
    override    INTEGER PRIMARY KEY REFERENCES overrides (number),
    ended_by    TEXT NOT NULL,
    reason      TEXT NOT NULL,
    ended_at    TEXT NOT NULL
) STRICT;

-- The audit asks who else has a person's date of birth and name.
CREATE INDEX people_birth_date ON people (birth_date, legal_given);
