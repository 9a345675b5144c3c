/**
 * What lets a journal be shipped: everything in it gets a number that is never given twice, and a place to note how far it was
 * taken. Rows that are written once carry their number; of those that change, the last change is numbered, by trigger.
 *
 * AUTOINCREMENT, since SQLite gives the number of a deleted last row again: a line after an erasure would count as shipped.
 */
export const SHIP_STEP = `
  CREATE TABLE numbered_lines (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    event_id TEXT NOT NULL,
    author_id TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    folded TEXT NOT NULL,
    at_ms REAL NOT NULL,
    reply_to TEXT NOT NULL,
    section TEXT NOT NULL,
    seq INTEGER NOT NULL,
    fate TEXT NOT NULL,
    address_hash TEXT,
    UNIQUE (author_id, event_id, key)
  ) STRICT;
  INSERT INTO numbered_lines SELECT rowid, * FROM lines ORDER BY rowid;
  DROP TABLE lines;
  ALTER TABLE numbered_lines RENAME TO lines;
  CREATE INDEX lines_by_time ON lines (event_id, at_ms);

  CREATE TABLE numbered_commands (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    event_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at_ms REAL NOT NULL,
    staff_id TEXT NOT NULL,
    staff_name TEXT NOT NULL,
    command TEXT NOT NULL,
    payload TEXT NOT NULL,
    reason TEXT NOT NULL,
    result TEXT NOT NULL,
    key TEXT,
    reply TEXT NOT NULL
  ) STRICT;
  INSERT INTO numbered_commands SELECT rowid, * FROM commands ORDER BY rowid;
  DROP TABLE commands;
  ALTER TABLE numbered_commands RENAME TO commands;
  CREATE INDEX commands_by_place ON commands (event_id, epoch, seq);
  CREATE INDEX commands_by_key ON commands (event_id, staff_id, key) WHERE key IS NOT NULL;

  CREATE TABLE numbered_facts (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    section TEXT NOT NULL,
    at_ms REAL NOT NULL,
    fans INTEGER NOT NULL,
    joins INTEGER NOT NULL,
    leaves INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    reactions INTEGER NOT NULL,
    UNIQUE (event_id, at_ms, section)
  ) STRICT;
  INSERT INTO numbered_facts (event_id, section, at_ms, fans, joins, leaves, lines, reactions)
    SELECT event_id, section, at_ms, fans, joins, leaves, lines, reactions FROM facts ORDER BY at_ms;
  DROP TABLE facts;
  ALTER TABLE numbered_facts RENAME TO facts;

  CREATE TABLE removal_changes (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    UNIQUE (event_id, kind, target)
  ) STRICT;
  INSERT INTO removal_changes (event_id, kind, target) SELECT event_id, kind, target FROM removals;
  CREATE TRIGGER removal_made AFTER INSERT ON removals BEGIN
    DELETE FROM removal_changes WHERE event_id = new.event_id AND kind = new.kind AND target = new.target;
    INSERT INTO removal_changes (event_id, kind, target) VALUES (new.event_id, new.kind, new.target);
  END;
  CREATE TRIGGER removal_moved AFTER UPDATE ON removals WHEN new.before_ms <> old.before_ms BEGIN
    DELETE FROM removal_changes WHERE event_id = new.event_id AND kind = new.kind AND target = new.target;
    INSERT INTO removal_changes (event_id, kind, target) VALUES (new.event_id, new.kind, new.target);
  END;
  CREATE TRIGGER removal_gone AFTER DELETE ON removals BEGIN
    DELETE FROM removal_changes WHERE event_id = old.event_id AND kind = old.kind AND target = old.target;
  END;

  CREATE TABLE stage_changes (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE
  ) STRICT;
  INSERT INTO stage_changes (event_id) SELECT event_id FROM stages;
  CREATE TRIGGER stage_made AFTER INSERT ON stages BEGIN
    DELETE FROM stage_changes WHERE event_id = new.event_id;
    INSERT INTO stage_changes (event_id) VALUES (new.event_id);
  END;
  CREATE TRIGGER stage_moved AFTER UPDATE ON stages BEGIN
    DELETE FROM stage_changes WHERE event_id = new.event_id;
    INSERT INTO stage_changes (event_id) VALUES (new.event_id);
  END;

  CREATE TABLE erasures (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    fan_id TEXT NOT NULL,
    at_ms REAL NOT NULL
  ) STRICT;

  CREATE TABLE shipped (
    what TEXT NOT NULL PRIMARY KEY,
    n INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
