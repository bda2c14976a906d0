-- Requirements of a plan that are no courses, as they stand for a person.
CREATE TABLE fulfilments (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    requirement TEXT NOT NULL,
    progress TEXT NOT NULL,
    amount INTEGER
) STRICT;
CREATE UNIQUE INDEX fulfilments_open ON fulfilments (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX fulfilments_file ON fulfilments (file);
CREATE INDEX fulfilments_closed ON fulfilments (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX fulfilments_source_person ON fulfilments (source, person);
