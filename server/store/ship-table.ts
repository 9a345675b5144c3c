/** What of a journal is still to be shipped, in order, and how far it was. Synchronous: runs inside the journal's threads. */
import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './statement.ts';

/** In the order they are shipped: a line is erased after it came, a stage's snapshot follows the commands that made it. */
export const SHIPPED_KINDS = ['lines', 'removals', 'commands', 'facts', 'stages', 'erasures'] as const;
export type ShippedKind = (typeof SHIPPED_KINDS)[number];

/** Rows of one kind as a JSON array, under the names of the database's columns. */
export interface Shipment {
  readonly kind: ShippedKind;
  readonly rows: string;
  readonly count: number;
  /** Taken, the journal is shipped up to here. */
  readonly upTo: number;
}

export interface Backlog {
  /** Rows that wait, at most: those that were erased meanwhile count until they are passed. */
  readonly rows: number;
  /** When the oldest of them was written, in event time; null when none waits. */
  readonly oldestAtMs: number | null;
}

/** About what one statement carries: rows are a few hundred bytes, the largest line 4 KB, a snapshot up to 1 MB. */
const SHIPMENT_MAX_CHARS = 1_000_000;

interface Source {
  /** With `n` first, ascending, from after `:after`. */
  readonly rows: string;
  /** The highest number given. */
  readonly last: string;
  /** The moment of the first after `:after`. */
  readonly oldest: string;
}

function writtenOnce(table: string, columns: string): Source {
  return {
    rows: `SELECT n, ${columns} FROM ${table} WHERE n > :after ORDER BY n LIMIT :limit`,
    last: `SELECT max(n) AS n FROM ${table}`,
    oldest: `SELECT at_ms AS atMs FROM ${table} WHERE n > :after ORDER BY n LIMIT 1`,
  };
}

const SOURCES: Readonly<Record<ShippedKind, Source>> = {
  lines: writtenOnce(
    'lines',
    'id, event_id, author_id, key, name, role, text, folded, at_ms, reply_to, section, seq, fate, address_hash',
  ),
  removals: {
    rows: `SELECT c.n, r.event_id, r.kind, r.target, r.before_ms FROM removal_changes c
           JOIN removals r ON r.event_id = c.event_id AND r.kind = c.kind AND r.target = c.target
           WHERE c.n > :after ORDER BY c.n LIMIT :limit`,
    last: 'SELECT max(n) AS n FROM removal_changes',
    oldest: `SELECT r.before_ms AS atMs FROM removal_changes c
             JOIN removals r ON r.event_id = c.event_id AND r.kind = c.kind AND r.target = c.target
             WHERE c.n > :after ORDER BY c.n LIMIT 1`,
  },
  commands: writtenOnce(
    'commands',
    'id, event_id, epoch, seq, at_ms, staff_id, staff_name, command, payload, reason, result, key, reply',
  ),
  facts: writtenOnce('facts', 'event_id, section, at_ms, fans, joins, leaves, lines, reactions'),
  stages: {
    rows: `SELECT c.n, s.event_id, s.epoch, coalesce(json_extract(s.snapshot, '$.epoch'), 0) AS snapshot_epoch,
             coalesce(json_extract(s.snapshot, '$.seq'), 0) AS snapshot_seq, s.snapshot, s.saved_at_ms
           FROM stage_changes c JOIN stages s ON s.event_id = c.event_id WHERE c.n > :after ORDER BY c.n LIMIT :limit`,
    last: 'SELECT max(n) AS n FROM stage_changes',
    oldest: `SELECT s.saved_at_ms AS atMs FROM stage_changes c JOIN stages s ON s.event_id = c.event_id
             WHERE c.n > :after ORDER BY c.n LIMIT 1`,
  },
  erasures: writtenOnce('erasures', 'fan_id, at_ms'),
};

export function shipTable(db: DatabaseSync) {
  const position = prepare(db, 'SELECT n FROM shipped WHERE what = :kind');
  const move = prepare(
    db,
    'INSERT INTO shipped (what, n) VALUES (:kind, :upTo) ON CONFLICT (what) DO UPDATE SET n = max(n, excluded.n)',
  );
  const forget = prepare(db, 'DELETE FROM erasures WHERE n <= :upTo');
  const statements = Object.fromEntries(
    SHIPPED_KINDS.map((kind) => {
      const { rows, last, oldest } = SOURCES[kind];
      return [kind, { rows: prepare(db, rows), last: prepare(db, last), oldest: prepare(db, oldest) }];
    }),
  ) as Record<ShippedKind, Record<keyof Source, ReturnType<typeof prepare>>>;

  const shippedUpTo = (kind: ShippedKind) => Number(position.get({ kind })?.['n'] ?? 0);

  return {
    /** At most `limit` rows, null when all is shipped. */
    unshipped(kind: ShippedKind, limit: number): Shipment | null {
      const found = statements[kind].rows.all({ after: shippedUpTo(kind), limit });
      const rows: string[] = [];
      let chars = 0;
      let upTo = 0;
      for (const { n, ...row } of found) {
        const text = JSON.stringify(row, storable);
        if (rows.length > 0 && chars + text.length > SHIPMENT_MAX_CHARS) break;
        rows.push(text);
        chars += text.length;
        upTo = Number(n);
      }
      return rows.length === 0 ? null : { kind, rows: `[${rows.join(',')}]`, count: rows.length, upTo };
    },
    markShipped(kind: ShippedKind, upTo: number): void {
      move.run({ kind, upTo });
      // It names whom we were asked to forget.
      if (kind === 'erasures') forget.run({ upTo });
    },
    backlog(): Backlog {
      const each = SHIPPED_KINDS.map((kind) => {
        const after = shippedUpTo(kind);
        const last = Number(statements[kind].last.get({})?.['n'] ?? 0);
        if (last <= after) return { rows: 0, oldestAtMs: null };
        return { rows: last - after, oldestAtMs: statements[kind].oldest.get({ after })?.['atMs'] ?? null };
      });
      const ages = each.map(({ oldestAtMs }) => oldestAtMs).filter((atMs) => typeof atMs === 'number');
      return {
        rows: each.reduce((sum, { rows }) => sum + rows, 0),
        oldestAtMs: ages.length === 0 ? null : Math.min(...ages),
      };
    },
  };
}

/** PostgreSQL keeps every character but one. */
function storable(_name: string, value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}
