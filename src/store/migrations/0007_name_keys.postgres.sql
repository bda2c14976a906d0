-- What a legal name has in common with every name that may be the same (`record/alike.rs`), so that the
-- audit compares few people. No SQL can fold a name: rows of before are filled when the database opens.
ALTER TABLE people ADD COLUMN name_key TEXT COLLATE "C";
CREATE INDEX people_without_name_key ON people (source) WHERE name_key IS NULL;
DROP INDEX people_birth_date;
CREATE INDEX people_birth_date ON people (birth_date, name_key);
