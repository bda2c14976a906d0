-- Records and where they came from.
--
-- Every table of records keeps versions: a row holds from `recorded_from` until `recorded_to`, and
-- is never changed but for the closing of `recorded_to` (a stored fact is never overwritten). `key` names a row of a source
-- across its versions, `content` is the digest of what it says. Instants are UTC text of one width,
-- dates ISO text, credits thousandths, ids 16 bytes.
--
-- Each table has four ways in: the standing version of a key, the versions that one file brought, the
-- versions that were closed at one instant, and what belongs to a person or place. `..._closed` is
-- empty until something changes.
--
-- No index names every version of a key: nothing asks for them, an import adds at most one version of
-- a key and closes the one before, and digests are spread over an index, so that a second one on ten
-- million of them would cost more to fill than the rows do.

CREATE TABLE imports (
    number        INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('import', 'undo', 'release')),
    source        TEXT NOT NULL,
    district      TEXT NOT NULL,
    exported_at   TEXT NOT NULL,
    recorded_at   TEXT NOT NULL UNIQUE,
    undoes        INTEGER REFERENCES imports (number),
    rows_added    INTEGER NOT NULL,
    rows_changed  INTEGER NOT NULL,
    rows_withdrawn INTEGER NOT NULL,
    people_held   INTEGER NOT NULL
) STRICT;

CREATE TABLE import_files (
    number     INTEGER PRIMARY KEY,
    import     INTEGER NOT NULL REFERENCES imports (number),
    table_name TEXT NOT NULL,
    name       TEXT NOT NULL,
    digest     BLOB NOT NULL,
    bytes      INTEGER NOT NULL,
    rows       INTEGER NOT NULL
) STRICT;

-- Rows that were refused while other people's landed. Whom an open one is about is held: the earlier
-- record stands whole, and no official document is made of it until every such row is answered.
CREATE TABLE held_rows (
    source        TEXT NOT NULL,
    person        TEXT NOT NULL,
    table_name    TEXT NOT NULL,
    -- The row's key and school, where they could be read.
    key           BLOB,
    school        TEXT,
    -- The code of what is wrong, and where the row stood; a row that is missing stands nowhere.
    problem       TEXT NOT NULL,
    import        INTEGER NOT NULL REFERENCES imports (number),
    file          INTEGER REFERENCES import_files (number),
    line          INTEGER,
    -- Since when the person has been held without a break, for whichever row.
    held_since    TEXT NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to   TEXT NOT NULL,
    -- Who let the person go by hand, and why.
    released_by   TEXT,
    release_reason TEXT
) STRICT;
CREATE INDEX held_rows_source_person ON held_rows (source, person);

-- School districts.
CREATE TABLE districts (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    contact TEXT
) STRICT;
CREATE UNIQUE INDEX districts_open ON districts (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX districts_file ON districts (file);
CREATE INDEX districts_closed ON districts (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';

-- Schools; `school` is the state code that every other row names.
CREATE TABLE schools (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    district TEXT NOT NULL,
    name TEXT NOT NULL,
    ceeb TEXT,
    kind TEXT NOT NULL,
    charter TEXT NOT NULL,
    local_district TEXT,
    street TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    phone TEXT
) STRICT;
CREATE UNIQUE INDEX schools_open ON schools (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX schools_file ON schools (file);
CREATE INDEX schools_closed ON schools (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX schools_school ON schools (school);

-- People as each source knows them; `person_id` is one person across sources (by state id).
CREATE TABLE people (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    state_id TEXT,
    legal_given TEXT NOT NULL,
    legal_middle TEXT,
    legal_family TEXT,
    legal_suffix TEXT,
    chosen_name TEXT,
    printed_name TEXT,
    birth_date TEXT NOT NULL,
    mailing_address TEXT,
    person_id BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX people_open ON people (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX people_file ON people (file);
CREATE INDEX people_closed ON people (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
-- With the source behind, not before: a number is also looked up without one, and an index that begins
-- with the source would be taken for a good way to one person among all of it.
CREATE INDEX people_person_id ON people (person_id, source);
CREATE INDEX people_person ON people (person, source);

-- Further items of the cumulative record (5 CCR 432(b)(1)); no report reads them.
CREATE TABLE cumulative (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    birth_date_verified_by TEXT,
    sex TEXT,
    birth_place TEXT,
    parent_name TEXT,
    parent_address TEXT,
    pupil_address TEXT,
    address_verified_on TEXT,
    immunization TEXT
) STRICT;
CREATE UNIQUE INDEX cumulative_open ON cumulative (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX cumulative_file ON cumulative (file);
CREATE INDEX cumulative_closed ON cumulative (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX cumulative_source_person ON cumulative (source, person);

-- A person at a school, in one grade.
CREATE TABLE enrolments (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    entered_on TEXT NOT NULL,
    left_on TEXT,
    grade_level INTEGER NOT NULL,
    exit_reason TEXT
) STRICT;
CREATE UNIQUE INDEX enrolments_open ON enrolments (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX enrolments_file ON enrolments (file);
CREATE INDEX enrolments_closed ON enrolments (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX enrolments_source_person ON enrolments (source, person);
CREATE INDEX enrolments_school_grade_level ON enrolments (school, grade_level);

-- Terms of a school.
CREATE TABLE terms (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    term TEXT NOT NULL,
    name TEXT NOT NULL,
    school_year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    ends_on TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX terms_open ON terms (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX terms_file ON terms (file);
CREATE INDEX terms_closed ON terms (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX terms_source_school_term ON terms (source, school, term);

-- A school's catalogue. Credits are thousandths.
CREATE TABLE courses (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    course TEXT NOT NULL,
    title TEXT NOT NULL,
    subject TEXT NOT NULL,
    ag_area TEXT,
    honors TEXT NOT NULL,
    state_course_code TEXT,
    credit_value INTEGER NOT NULL,
    sequence TEXT,
    level TEXT,
    part TEXT,
    repeatable TEXT,
    graduation_credit TEXT,
    retired_on TEXT
) STRICT;
CREATE UNIQUE INDEX courses_open ON courses (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX courses_file ON courses (file);
CREATE INDEX courses_closed ON courses (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX courses_source_school_course ON courses (source, school, course);

-- Marks: posted, in progress, planned. Credits are thousandths.
CREATE TABLE marks (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    posting TEXT NOT NULL,
    person TEXT NOT NULL,
    term TEXT NOT NULL,
    course TEXT NOT NULL,
    title TEXT,
    taken_at TEXT,
    kind TEXT NOT NULL,
    mark TEXT,
    credit_attempted INTEGER NOT NULL,
    credit_earned INTEGER NOT NULL,
    grade_level INTEGER NOT NULL,
    posted_by TEXT,
    posted_at TEXT
) STRICT;
CREATE UNIQUE INDEX marks_open ON marks (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX marks_file ON marks (file);
CREATE INDEX marks_closed ON marks (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX marks_source_person ON marks (source, person);

-- Figures that the sending system computed itself.
CREATE TABLE totals (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    figure TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX totals_open ON totals (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX totals_file ON totals (file);
CREATE INDEX totals_closed ON totals (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX totals_source_person ON totals (source, person);

-- Which graduation plan holds; why is never kept.
CREATE TABLE plans (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    plan TEXT NOT NULL,
    entered_grade_9 INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX plans_open ON plans (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX plans_file ON plans (file);
CREATE INDEX plans_closed ON plans (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX plans_source_person ON plans (source, person);

-- Diplomas, certificates, seals.
CREATE TABLE awards (
    key BLOB NOT NULL,
    content BLOB NOT NULL,
    source TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES import_files (number),
    line INTEGER NOT NULL,
    recorded_from TEXT NOT NULL,
    recorded_to TEXT NOT NULL,
    school TEXT NOT NULL,
    person TEXT NOT NULL,
    award TEXT NOT NULL,
    detail TEXT,
    awarded_on TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX awards_open ON awards (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX awards_file ON awards (file);
CREATE INDEX awards_closed ON awards (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX awards_source_person ON awards (source, person);
