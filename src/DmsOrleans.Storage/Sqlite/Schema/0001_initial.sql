-- Times are UTC ticks (100 ns since 0001-01-01): (at - 621355968000000000) / 10000000 is Unix seconds.
PRAGMA application_id = 1684894067;

-- Words that many rows share (kinds, grain types, scopes, statuses, causes), so that hot rows and their index hold small numbers.
CREATE TABLE word (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
);

-- Who a state belongs to. AUTOINCREMENT: an id is never used again, so an old tag cannot fit a new row, and ids give the order of creation.
CREATE TABLE grain (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    kind  INTEGER NOT NULL REFERENCES word (id),
    key   TEXT    NOT NULL,
    type  INTEGER NOT NULL REFERENCES word (id),
    scope INTEGER REFERENCES word (id),
    name  TEXT
);
CREATE UNIQUE INDEX grain_key ON grain (kind, key, type);
CREATE UNIQUE INDEX grain_name ON grain (kind, scope, name) WHERE name IS NOT NULL;

-- What changes with every write. Apart from grain, so that more of these rows share a page.
CREATE TABLE grain_state (
    id             INTEGER PRIMARY KEY REFERENCES grain (id) ON DELETE CASCADE,
    version        INTEGER NOT NULL,
    seq            INTEGER NOT NULL,
    spec_revision  INTEGER NOT NULL,
    identity_hash  INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    scope          INTEGER,
    status         INTEGER,
    due            INTEGER,
    capacity_units INTEGER NOT NULL,
    state          TEXT    NOT NULL
);
CREATE INDEX grain_state_status ON grain_state (kind, scope, status, due, capacity_units) WHERE status IS NOT NULL;

-- The large part of a state, written when its revision changes.
CREATE TABLE grain_spec (
    id   INTEGER PRIMARY KEY REFERENCES grain (id) ON DELETE CASCADE,
    spec TEXT NOT NULL
);

-- Transitions, appended in the order of commits. No foreign key: its lookup would be paid with every transition.
CREATE TABLE history (
    id          INTEGER PRIMARY KEY,
    grain       INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    run         INTEGER NOT NULL,
    from_status INTEGER,
    to_status   INTEGER NOT NULL,
    cause       INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    planned     INTEGER,
    details     TEXT
);
CREATE UNIQUE INDEX history_grain ON history (grain, seq);

CREATE TABLE reference (
    from_id INTEGER NOT NULL REFERENCES grain (id) ON DELETE CASCADE,
    to_id   INTEGER NOT NULL REFERENCES grain (id) ON DELETE RESTRICT,
    PRIMARY KEY (from_id, to_id)
) WITHOUT ROWID;
CREATE INDEX reference_to ON reference (to_id);

CREATE TABLE reminder (
    hash     INTEGER NOT NULL,
    grain_id TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    start_at INTEGER NOT NULL,
    period   INTEGER NOT NULL,
    etag     TEXT    NOT NULL,
    PRIMARY KEY (hash, grain_id, name)
) WITHOUT ROWID;

-- When the last commit was: time must not run behind it after a restart.
CREATE TABLE clock (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    last_commit INTEGER NOT NULL
);
