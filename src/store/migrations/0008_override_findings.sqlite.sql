-- What stood against the student when an override was granted (row and sentence, as JSON): what came
-- later is not covered. One for a school is a rule, and has none.
ALTER TABLE overrides ADD COLUMN findings TEXT NOT NULL DEFAULT '[]';

-- A document names with each override the findings that passed under it, and no longer its number alone.
UPDATE issuances SET overrides = (
    SELECT json_group_array(json_object('number', n.value, 'findings', json('[]')))
    FROM json_each(issuances.overrides) n
) WHERE overrides <> '[]';
