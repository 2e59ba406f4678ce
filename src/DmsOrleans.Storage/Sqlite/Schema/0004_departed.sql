-- Who a removed state was, for as long as its history is kept: events are shown of what was deleted, too. The id is the one it had in grain.
CREATE TABLE departed (
    id              INTEGER PRIMARY KEY,
    kind            INTEGER NOT NULL REFERENCES word (id),
    key             TEXT    NOT NULL,
    scope           INTEGER REFERENCES word (id),
    name            TEXT,
    last_transition INTEGER NOT NULL,
    at              INTEGER NOT NULL
);
CREATE INDEX departed_at ON departed (at);
CREATE INDEX departed_key ON departed (kind, key);
CREATE INDEX departed_name ON departed (kind, scope, name);
