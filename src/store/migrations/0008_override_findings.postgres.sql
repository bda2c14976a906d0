-- What stood against the student when an override was granted (row and sentence, as JSON): what came
-- later is not covered. One for a school is a rule, and has none.
ALTER TABLE overrides ADD COLUMN findings TEXT NOT NULL DEFAULT '[]';

-- A document names with each override the findings that passed under it, and no longer its number alone.
UPDATE issuances SET overrides = (
    SELECT json_agg(json_build_object('number', n.value::bigint, 'findings', '[]'::json))::text
    FROM json_array_elements_text(issuances.overrides::json) AS n (value)
) WHERE overrides <> '[]';
