-- Events: what a named person decided about a record, in tables of records like the others.
--
-- An event names its subject by the key of its row (`person_key`, `mark_key`: derived from the source and its
-- number), for it is recorded in a source of its own. It points to no version: what it says holds for whichever
-- version of that row stands.


-- Letter marks of 2020-21 that stand as Pass or No Pass (Ed. Code 49066.5).
CREATE TABLE pass_marks (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    event TEXT NOT NULL,
    person_source TEXT NOT NULL,
    person TEXT NOT NULL,
    posting TEXT NOT NULL,
    requested_on TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    ended_by TEXT,
    ended_at TEXT,
    ended_reason TEXT,
    person_key BLOB NOT NULL,
    mark_key BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX pass_marks_open ON pass_marks (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX pass_marks_file ON pass_marks (file);
CREATE INDEX pass_marks_closed ON pass_marks (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX pass_marks_person_key ON pass_marks (person_key);

-- Marks that were changed after they were posted (Ed. Code 49066); the posted row stays.
CREATE TABLE mark_changes (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    event TEXT NOT NULL,
    person_source TEXT NOT NULL,
    person TEXT NOT NULL,
    posting TEXT NOT NULL,
    from_mark TEXT NOT NULL,
    to_mark TEXT NOT NULL,
    credit_earned INTEGER NOT NULL,
    ground TEXT NOT NULL,
    teacher_heard_on TEXT,
    teacher_statement TEXT,
    teacher_not_heard TEXT,
    approved_by TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    ended_by TEXT,
    ended_at TEXT,
    ended_reason TEXT,
    person_key BLOB NOT NULL,
    mark_key BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX mark_changes_open ON mark_changes (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX mark_changes_file ON mark_changes (file);
CREATE INDEX mark_changes_closed ON mark_changes (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX mark_changes_person_key ON mark_changes (person_key);

-- Names as they are now (Ed. Code 49062.5); no former name stands here.
CREATE TABLE name_changes (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    event TEXT NOT NULL,
    person_source TEXT NOT NULL,
    person TEXT NOT NULL,
    legal_given TEXT NOT NULL,
    legal_middle TEXT,
    legal_family TEXT,
    legal_suffix TEXT,
    chosen_name TEXT,
    printed_name TEXT,
    ground TEXT NOT NULL,
    document_seen TEXT NOT NULL,
    requested_on TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    ended_by TEXT,
    ended_at TEXT,
    ended_reason TEXT,
    person_key BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX name_changes_open ON name_changes (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX name_changes_file ON name_changes (file);
CREATE INDEX name_changes_closed ON name_changes (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX name_changes_person_key ON name_changes (person_key);

-- Merges and splits of rows of people. They act on `people.person_id` when they land (`store/links.rs`);
-- a split names itself as the other row.
CREATE TABLE person_links (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    event TEXT NOT NULL,
    link TEXT NOT NULL,
    person_source TEXT NOT NULL,
    person TEXT NOT NULL,
    other_source TEXT,
    other_person TEXT,
    ground TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    ended_by TEXT,
    ended_at TEXT,
    ended_reason TEXT,
    person_key BLOB NOT NULL,
    other_key BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX person_links_open ON person_links (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX person_links_file ON person_links (file);
CREATE INDEX person_links_closed ON person_links (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX person_links_person_key ON person_links (person_key);
CREATE INDEX person_links_other_key ON person_links (other_key);

-- Official transcripts that are withheld (Ed. Code 48904, 49014).
CREATE TABLE transcript_holds (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    event TEXT NOT NULL,
    person_source TEXT NOT NULL,
    person TEXT NOT NULL,
    ground TEXT NOT NULL,
    due_process_on TEXT NOT NULL,
    not_homeless_or_foster TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    ends_on TEXT,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    ended_by TEXT,
    ended_at TEXT,
    ended_reason TEXT,
    person_key BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX transcript_holds_open ON transcript_holds (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX transcript_holds_file ON transcript_holds (file);
CREATE INDEX transcript_holds_closed ON transcript_holds (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX transcript_holds_person_key ON transcript_holds (person_key);
