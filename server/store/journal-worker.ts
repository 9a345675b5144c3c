/**
 * The journal's thread: takes what has arrived since the last tick, runs it in one transaction, answers after the commit.
 * While one group is being flushed to disk the next one gathers, so the group grows with the load and the wait does not; up to a
 * bound, or whoever is first in a burst would wait for its last.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PartyError, refusalOf } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import { JOURNAL_STEPS } from './journal-schema.ts';
import { journalTables, SINGLE_STATEMENTS } from './journal-tables.ts';
import { migrateSqlite, openSqlite } from './sqlite.ts';
import type { ThreadData, ThreadMessage, ThreadReply, ThreadRequest } from './thread-messages.ts';

const GROUP_MAX = 1_000;

invariant(parentPort !== null, 'the journal runs in a worker thread');
const port = parentPort;
const { path, readOnly } = workerData as ThreadData;

function post(message: ThreadMessage): void {
  port.postMessage(message);
}

function open() {
  const db = openSqlite(path, { readOnly });
  if (!readOnly) migrateSqlite(db, path, JOURNAL_STEPS);
  return db;
}

function serve(): void {
  const db = open();
  const tables = journalTables(db) as unknown as Readonly<Record<string, (...args: unknown[]) => unknown>>;
  const queue: ThreadRequest[] = [];

  /** One request fails alone: what it wrote is undone and its neighbours in the group stay, as a statement's do by themselves. */
  function answer({ id, op, args }: ThreadRequest): ThreadReply {
    const run = tables[op];
    if (run === undefined) return { id, kind: 'failed', message: `no such operation: ${op}` };
    const isGuarded = !SINGLE_STATEMENTS.has(op);
    if (isGuarded) db.exec('SAVEPOINT request');
    try {
      const value = run(...args);
      if (isGuarded) db.exec('RELEASE request');
      return { id, kind: 'done', value };
    } catch (error) {
      // A disk that is full or broken undoes all of the group: none of it goes on by itself.
      if (!db.isTransaction) throw error;
      if (isGuarded) db.exec('ROLLBACK TO request; RELEASE request');
      if (error instanceof PartyError) return { id, kind: 'refused', refusal: refusalOf(error) };
      return { id, kind: 'failed', message: messageOf(error) };
    }
  }

  function commit(group: readonly ThreadRequest[]): ThreadReply[] {
    try {
      db.exec(readOnly ? 'BEGIN' : 'BEGIN IMMEDIATE');
      const replies = group.map(answer);
      db.exec('COMMIT');
      return replies;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      return group.map(({ id }) => ({ id, kind: 'failed', message: messageOf(error) }));
    }
  }

  function flush(): void {
    const group = queue.splice(0, GROUP_MAX);
    const close = group.at(-1)?.op === 'close' ? group.pop() : undefined;
    if (group.length > 0) post({ kind: 'replies', replies: commit(group) });
    if (close === undefined) return void (queue.length > 0 && setImmediate(flush));
    if (!readOnly) db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    post({ kind: 'replies', replies: [{ id: close.id, kind: 'done', value: null }] });
    port.close();
  }

  port.on('message', (requests: readonly ThreadRequest[]) => {
    if (queue.length === 0) setImmediate(flush);
    for (const request of requests) queue.push(request);
  });
  post({ kind: 'ready' });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

try {
  serve();
} catch (error) {
  post({ kind: 'cannot-open', message: messageOf(error) });
}
