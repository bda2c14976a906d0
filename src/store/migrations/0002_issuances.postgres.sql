-- What was issued: the ledger's first part. The log, standings and disclosures follow.
--
-- Nothing is signed without a row here, and an output exists on disk before its row says `issued`
-- (invariant 3). A row is inserted as `intent` and moves by guarded updates only:
-- intent -> claimed -> issued, or -> failed; a failed or abandoned row may be claimed again.

CREATE TABLE batches (
    id          BYTEA PRIMARY KEY,
    -- The instant whose records the whole batch reads, and the one on its documents.
    recorded_at TEXT COLLATE "C" NOT NULL,
    issued_at   TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    -- What all its documents share, as JSON, and by which template and rules they are made: a batch
    -- goes on as it was begun or not at all.
    request     TEXT COLLATE "C" NOT NULL,
    template_digest BYTEA NOT NULL,
    policy_digest BYTEA NOT NULL,
    -- When every person was issued a document or refused; none while it runs or was interrupted.
    finished_at TEXT COLLATE "C"
);

-- For whom a batch is, in its order; written before its first document.
CREATE TABLE batch_people (
    batch  BYTEA NOT NULL REFERENCES batches (id),
    place  BIGINT NOT NULL,
    person BYTEA NOT NULL,
    PRIMARY KEY (batch, place)
);

CREATE TABLE issuances (
    document_id     BYTEA PRIMARY KEY,
    batch           BYTEA NOT NULL REFERENCES batches (id),
    -- The person (`people.person_id`) whom the document is about.
    subject         BYTEA NOT NULL,
    school          TEXT COLLATE "C" NOT NULL,
    document_kind   TEXT COLLATE "C" NOT NULL,
    template_digest BYTEA NOT NULL,
    policy_digest   BYTEA NOT NULL,
    -- SHA-256 of the model without its id and before its proof: what was to be said.
    input_digest    BYTEA NOT NULL,
    -- The instant whose records were read ("as known").
    recorded_at     TEXT COLLATE "C" NOT NULL,
    -- The instant on the document, in the signature and in the proof.
    issued_at       TEXT COLLATE "C" NOT NULL,
    key_id          TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('intent', 'claimed', 'issued', 'failed')),
    -- Who works on it; a claim that is not the current one commits nothing.
    claim           BYTEA,
    claimed_at      TEXT COLLATE "C",
    failure         TEXT COLLATE "C",
    -- The numbers of the overrides that let it pass the audit, as a JSON array.
    overrides       TEXT COLLATE "C" NOT NULL,
    CHECK ((state = 'claimed') = (claim IS NOT NULL)),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    UNIQUE (batch, subject, template_digest)
);
CREATE INDEX issuances_subject ON issuances (subject);

CREATE TABLE documents (
    document_id BYTEA PRIMARY KEY REFERENCES issuances (document_id),
    -- SHA-256 of the signed file, which is also its name in the document store.
    digest      BYTEA NOT NULL UNIQUE,
    bytes       BIGINT NOT NULL,
    committed_at TEXT COLLATE "C" NOT NULL
);

-- A named person lets a finding of the audit pass: for one student, or for one code at one school,
-- until it expires. A grant is never changed; that it was ended before is a row of its own.
CREATE TABLE overrides (
    number      BIGINT PRIMARY KEY,
    -- The code of the check.
    code        TEXT COLLATE "C" NOT NULL,
    -- The person (`people.person_id`), or the school that issues.
    person      BYTEA,
    school      TEXT COLLATE "C",
    reason      TEXT COLLATE "C" NOT NULL,
    granted_by  TEXT COLLATE "C" NOT NULL,
    granted_at  TEXT COLLATE "C" NOT NULL,
    -- The first instant at which it no longer holds.
    expires_at  TEXT COLLATE "C" NOT NULL,
    CHECK ((person IS NULL) <> (school IS NULL)),
    CHECK (granted_at < expires_at)
);

CREATE TABLE override_ends (
    override    BIGINT PRIMARY KEY REFERENCES overrides (number),
    ended_by    TEXT COLLATE "C" NOT NULL,
    reason      TEXT COLLATE "C" NOT NULL,
    ended_at    TEXT COLLATE "C" NOT NULL
);

-- The audit asks who else has a person's date of birth and name.
CREATE INDEX people_birth_date ON people (birth_date, legal_given);
