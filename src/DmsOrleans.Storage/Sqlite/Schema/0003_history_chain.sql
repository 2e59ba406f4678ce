-- Each transition points at the one before it, and the state at the last. An index over (grain, seq) cost a quarter of every write;
-- a chain costs nothing to keep, and a history is read from its end back.
ALTER TABLE history ADD COLUMN previous INTEGER;
ALTER TABLE grain_state ADD COLUMN last_transition INTEGER;
UPDATE history SET previous = (SELECT earlier.id FROM history earlier WHERE earlier.grain = history.grain AND earlier.seq = history.seq - 1);
UPDATE grain_state SET last_transition = (SELECT last.id FROM history last WHERE last.grain = grain_state.id AND last.seq = grain_state.seq);
DROP INDEX history_grain;
