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
    number        BIGINT PRIMARY KEY,
    kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('import', 'undo', 'release')),
    source        TEXT COLLATE "C" NOT NULL,
    district      TEXT COLLATE "C" NOT NULL,
    exported_at   TEXT COLLATE "C" NOT NULL,
    recorded_at   TEXT COLLATE "C" NOT NULL UNIQUE,
    undoes        BIGINT REFERENCES imports (number),
    rows_added    BIGINT NOT NULL,
    rows_changed  BIGINT NOT NULL,
    rows_withdrawn BIGINT NOT NULL,
    people_held   BIGINT NOT NULL
);

CREATE TABLE import_files (
    number     BIGINT PRIMARY KEY,
    import     BIGINT NOT NULL REFERENCES imports (number),
    table_name TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    digest     BYTEA NOT NULL,
    bytes      BIGINT NOT NULL,
    rows       BIGINT NOT NULL
);

-- Rows that were refused while other people's landed. Whom an open one is about is held: the earlier
-- record stands whole, and no official document is made of it until every such row is answered.
CREATE TABLE held_rows (
    source        TEXT COLLATE "C" NOT NULL,
    person        TEXT COLLATE "C" NOT NULL,
    table_name    TEXT COLLATE "C" NOT NULL,
    -- The row's key and school, where they could be read.
    key           BYTEA,
    school        TEXT COLLATE "C",
    -- The code of what is wrong, and where the row stood; a row that is missing stands nowhere.
    problem       TEXT COLLATE "C" NOT NULL,
    import        BIGINT NOT NULL REFERENCES imports (number),
    file          BIGINT REFERENCES import_files (number),
    line          BIGINT,
    -- Since when the person has been held without a break, for whichever row.
    held_since    TEXT COLLATE "C" NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to   TEXT COLLATE "C" NOT NULL,
    -- Who let the person go by hand, and why.
    released_by   TEXT COLLATE "C",
    release_reason TEXT COLLATE "C"
);
CREATE INDEX held_rows_source_person ON held_rows (source, person);

-- School districts.
CREATE TABLE districts (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C"
);
CREATE UNIQUE INDEX districts_open ON districts (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX districts_file ON districts (file);
CREATE INDEX districts_closed ON districts (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';

-- Schools; `school` is the state code that every other row names.
CREATE TABLE schools (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    district TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    ceeb TEXT COLLATE "C",
    kind TEXT COLLATE "C" NOT NULL,
    charter TEXT COLLATE "C" NOT NULL,
    local_district TEXT COLLATE "C",
    street TEXT COLLATE "C" NOT NULL,
    city TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    postal_code TEXT COLLATE "C" NOT NULL,
    phone TEXT COLLATE "C"
);
CREATE UNIQUE INDEX schools_open ON schools (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX schools_file ON schools (file);
CREATE INDEX schools_closed ON schools (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX schools_school ON schools (school);

-- People as each source knows them; `person_id` is one person across sources (by state id).
CREATE TABLE people (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    state_id TEXT COLLATE "C",
    legal_given TEXT COLLATE "C" NOT NULL,
    legal_middle TEXT COLLATE "C",
    legal_family TEXT COLLATE "C",
    legal_suffix TEXT COLLATE "C",
    chosen_name TEXT COLLATE "C",
    printed_name TEXT COLLATE "C",
    birth_date TEXT COLLATE "C" NOT NULL,
    mailing_address TEXT COLLATE "C",
    person_id BYTEA NOT NULL
);
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
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    birth_date_verified_by TEXT COLLATE "C",
    sex TEXT COLLATE "C",
    birth_place TEXT COLLATE "C",
    parent_name TEXT COLLATE "C",
    parent_address TEXT COLLATE "C",
    pupil_address TEXT COLLATE "C",
    address_verified_on TEXT COLLATE "C",
    immunization TEXT COLLATE "C"
);
CREATE UNIQUE INDEX cumulative_open ON cumulative (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX cumulative_file ON cumulative (file);
CREATE INDEX cumulative_closed ON cumulative (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX cumulative_source_person ON cumulative (source, person);

-- A person at a school, in one grade.
CREATE TABLE enrolments (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    entered_on TEXT COLLATE "C" NOT NULL,
    left_on TEXT COLLATE "C",
    grade_level BIGINT NOT NULL,
    exit_reason TEXT COLLATE "C"
);
CREATE UNIQUE INDEX enrolments_open ON enrolments (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX enrolments_file ON enrolments (file);
CREATE INDEX enrolments_closed ON enrolments (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX enrolments_source_person ON enrolments (source, person);
CREATE INDEX enrolments_school_grade_level ON enrolments (school, grade_level);

-- Terms of a school.
CREATE TABLE terms (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    school_year BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    begins_on TEXT COLLATE "C" NOT NULL,
    ends_on TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX terms_open ON terms (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX terms_file ON terms (file);
CREATE INDEX terms_closed ON terms (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX terms_source_school_term ON terms (source, school, term);

-- A school's catalogue. Credits are thousandths.
CREATE TABLE courses (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    course TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    ag_area TEXT COLLATE "C",
    honors TEXT COLLATE "C" NOT NULL,
    state_course_code TEXT COLLATE "C",
    credit_value BIGINT NOT NULL,
    sequence TEXT COLLATE "C",
    level TEXT COLLATE "C",
    part TEXT COLLATE "C",
    repeatable TEXT COLLATE "C",
    graduation_credit TEXT COLLATE "C",
    retired_on TEXT COLLATE "C"
);
CREATE UNIQUE INDEX courses_open ON courses (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX courses_file ON courses (file);
CREATE INDEX courses_closed ON courses (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX courses_source_school_course ON courses (source, school, course);

-- Marks: posted, in progress, planned. Credits are thousandths.
CREATE TABLE marks (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    posting TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    course TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C",
    taken_at TEXT COLLATE "C",
    kind TEXT COLLATE "C" NOT NULL,
    mark TEXT COLLATE "C",
    credit_attempted BIGINT NOT NULL,
    credit_earned BIGINT NOT NULL,
    grade_level BIGINT NOT NULL,
    posted_by TEXT COLLATE "C",
    posted_at TEXT COLLATE "C"
);
CREATE UNIQUE INDEX marks_open ON marks (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX marks_file ON marks (file);
CREATE INDEX marks_closed ON marks (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX marks_source_person ON marks (source, person);

-- Figures that the sending system computed itself.
CREATE TABLE totals (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    figure TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX totals_open ON totals (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX totals_file ON totals (file);
CREATE INDEX totals_closed ON totals (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX totals_source_person ON totals (source, person);

-- Which graduation plan holds; why is never kept.
CREATE TABLE plans (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    plan TEXT COLLATE "C" NOT NULL,
    entered_grade_9 BIGINT NOT NULL
);
CREATE UNIQUE INDEX plans_open ON plans (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX plans_file ON plans (file);
CREATE INDEX plans_closed ON plans (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX plans_source_person ON plans (source, person);

-- Diplomas, certificates, seals.
CREATE TABLE awards (
    key BYTEA NOT NULL,
    content BYTEA NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file BIGINT NOT NULL REFERENCES import_files (number),
    line BIGINT NOT NULL,
    recorded_from TEXT COLLATE "C" NOT NULL,
    recorded_to TEXT COLLATE "C" NOT NULL,
    school TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    award TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C",
    awarded_on TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX awards_open ON awards (key)
    WHERE recorded_to = '9999-12-31T23:59:59.999999Z';
CREATE INDEX awards_file ON awards (file);
CREATE INDEX awards_closed ON awards (recorded_to)
    WHERE recorded_to <> '9999-12-31T23:59:59.999999Z';
CREATE INDEX awards_source_person ON awards (source, person);
