-- Requirements of a plan that are no courses, as they stand for a person.
CREATE TABLE fulfilments (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    requirement TEXT COLLATE "C" NOT NULL,
    progress TEXT COLLATE "C" NOT NULL,
    amount BIGINT
);
CREATE UNIQUE INDEX fulfilments_open ON fulfilments (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX fulfilments_file ON fulfilments (file);
CREATE INDEX fulfilments_closed ON fulfilments (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX fulfilments_source_person ON fulfilments (source, person);
