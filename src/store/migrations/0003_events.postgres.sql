-- Events: what a named person decided about a record, in tables of records like the others.
--
-- An event names its subject by the key of its row (`person_key`, `mark_key`: derived from the source and its
-- number), for it is recorded in a source of its own. It points to no version: what it says holds for whichever
-- version of that row stands.


-- Letter marks of 2020-21 that stand as Pass or No Pass (Ed. Code 49066.5).
CREATE TABLE pass_marks (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    person_source TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    posting TEXT COLLATE "C" NOT NULL,
    requested_on TEXT COLLATE "C" NOT NULL,
    requested_by TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    ended_by TEXT COLLATE "C",
    ended_at TEXT COLLATE "C",
    ended_reason TEXT COLLATE "C",
    person_key BYTEA NOT NULL,
    mark_key BYTEA NOT NULL
);
CREATE UNIQUE INDEX pass_marks_open ON pass_marks (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX pass_marks_file ON pass_marks (file);
CREATE INDEX pass_marks_closed ON pass_marks (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX pass_marks_person_key ON pass_marks (person_key);

-- Marks that were changed after they were posted (Ed. Code 49066); the posted row stays.
CREATE TABLE mark_changes (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    person_source TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    posting TEXT COLLATE "C" NOT NULL,
    from_mark TEXT COLLATE "C" NOT NULL,
    to_mark TEXT COLLATE "C" NOT NULL,
    credit_earned BIGINT NOT NULL,
    ground TEXT COLLATE "C" NOT NULL,
    teacher_heard_on TEXT COLLATE "C",
    teacher_statement TEXT COLLATE "C",
    teacher_not_heard TEXT COLLATE "C",
    approved_by TEXT COLLATE "C" NOT NULL,
    decided_on TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    ended_by TEXT COLLATE "C",
    ended_at TEXT COLLATE "C",
    ended_reason TEXT COLLATE "C",
    person_key BYTEA NOT NULL,
    mark_key BYTEA NOT NULL
);
CREATE UNIQUE INDEX mark_changes_open ON mark_changes (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX mark_changes_file ON mark_changes (file);
CREATE INDEX mark_changes_closed ON mark_changes (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX mark_changes_person_key ON mark_changes (person_key);

-- Names as they are now (Ed. Code 49062.5); no former name stands here.
CREATE TABLE name_changes (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    person_source TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    legal_given TEXT COLLATE "C" NOT NULL,
    legal_middle TEXT COLLATE "C",
    legal_family TEXT COLLATE "C",
    legal_suffix TEXT COLLATE "C",
    chosen_name TEXT COLLATE "C",
    printed_name TEXT COLLATE "C",
    ground TEXT COLLATE "C" NOT NULL,
    document_seen TEXT COLLATE "C" NOT NULL,
    requested_on TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    ended_by TEXT COLLATE "C",
    ended_at TEXT COLLATE "C",
    ended_reason TEXT COLLATE "C",
    person_key BYTEA NOT NULL
);
CREATE UNIQUE INDEX name_changes_open ON name_changes (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX name_changes_file ON name_changes (file);
CREATE INDEX name_changes_closed ON name_changes (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX name_changes_person_key ON name_changes (person_key);

-- Merges and splits of rows of people. They act on `people.person_id` when they land (`store/links.rs`);
-- a split names itself as the other row.
CREATE TABLE person_links (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    link TEXT COLLATE "C" NOT NULL,
    person_source TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    other_source TEXT COLLATE "C",
    other_person TEXT COLLATE "C",
    ground TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    ended_by TEXT COLLATE "C",
    ended_at TEXT COLLATE "C",
    ended_reason TEXT COLLATE "C",
    person_key BYTEA NOT NULL,
    other_key BYTEA NOT NULL
);
CREATE UNIQUE INDEX person_links_open ON person_links (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX person_links_file ON person_links (file);
CREATE INDEX person_links_closed ON person_links (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX person_links_person_key ON person_links (person_key);
CREATE INDEX person_links_other_key ON person_links (other_key);

-- Official transcripts that are withheld (Ed. Code 48904, 49014).
CREATE TABLE transcript_holds (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    person_source TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    ground TEXT COLLATE "C" NOT NULL,
    due_process_on TEXT COLLATE "C" NOT NULL,
    not_homeless_or_foster TEXT COLLATE "C" NOT NULL,
    begins_on TEXT COLLATE "C" NOT NULL,
    ends_on TEXT COLLATE "C",
    recorded_by TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    ended_by TEXT COLLATE "C",
    ended_at TEXT COLLATE "C",
    ended_reason TEXT COLLATE "C",
    person_key BYTEA NOT NULL
);
CREATE UNIQUE INDEX transcript_holds_open ON transcript_holds (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX transcript_holds_file ON transcript_holds (file);
CREATE INDEX transcript_holds_closed ON transcript_holds (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX transcript_holds_person_key ON transcript_holds (person_key);
