-- The state id of who is held, where a row says it: the half of their record that another source
-- sends is held with them, though the held source's own half never landed.
ALTER TABLE held_rows ADD COLUMN state_id TEXT;
CREATE INDEX held_rows_state_id ON held_rows (state_id) WHERE state_id IS NOT NULL;

-- Who took an import back or let a held person go, and why: of such rows only, and once, where the
-- act itself is listed.
ALTER TABLE imports ADD COLUMN decided_by TEXT;
ALTER TABLE imports ADD COLUMN reason TEXT;
UPDATE imports SET (decided_by, reason) = (
    SELECT h.released_by, h.release_reason FROM held_rows h
    WHERE h.source = imports.source AND h.recorded_to = imports.recorded_at
    AND h.released_by IS NOT NULL LIMIT 1
) WHERE kind = 'release';
ALTER TABLE held_rows DROP COLUMN release_reason;
ALTER TABLE held_rows DROP COLUMN released_by;
