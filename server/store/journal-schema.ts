import { SHIP_STEP } from './ship-schema.ts';

/** The journal's tables. A step, once released, never changes: append another. */
export const JOURNAL_STEPS: readonly string[] = [
  `
  CREATE TABLE lines (
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
  CREATE INDEX lines_by_time ON lines (event_id, at_ms);

  CREATE TABLE removals (
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    before_ms REAL NOT NULL,
    PRIMARY KEY (event_id, kind, target)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE commands (
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
  CREATE INDEX commands_by_place ON commands (event_id, epoch, seq);
  CREATE INDEX commands_by_key ON commands (event_id, staff_id, key) WHERE key IS NOT NULL;

  CREATE TABLE facts (
    event_id TEXT NOT NULL,
    section TEXT NOT NULL,
    at_ms REAL NOT NULL,
    fans INTEGER NOT NULL,
    joins INTEGER NOT NULL,
    leaves INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    reactions INTEGER NOT NULL,
    PRIMARY KEY (event_id, at_ms, section)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE stages (
    event_id TEXT NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    snapshot TEXT,
    saved_at_ms REAL
  ) STRICT, WITHOUT ROWID;
  `,
  SHIP_STEP,
];
