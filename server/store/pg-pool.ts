/**
 * PostgreSQL as it is safe to use from a process that must not stop: few connections, every statement with a time limit, and
 * nothing that outlives a transaction, so that PgBouncer in transaction mode may stand in between.
 */
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { Pool, type PoolClient } from 'pg';
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { afterAwake } from '../../rooms/deadline.ts';
import type { Log } from '../../rooms/ports.ts';

export interface PgOptions {
  /** `postgres://user:password@host:port/database`, of the database or of PgBouncer. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Connections at most. */
  readonly max?: number;
  /** What one statement may take, in ms: the server ends it then. */
  readonly statementMs?: number;
}

/** Enough for what staff do and for page loads, which one answer serves; small, since every process has as many. */
const CONNECTIONS = 3;
/** Below the 500 ms that a port's caller waits, so that the answer is the server's own. */
const STATEMENT_MS = 450;
/** To connect, or for a connection to be free, in ms. Longer than a caller waits: a slow hello is not in vain. */
const CONNECT_MS = 2_000;
/** Callers that may wait for a connection at once; more are refused at once. */
const WAITING_MAX = 200;
/** Connections that nobody needs are given back after, in ms. */
const IDLE_MS = 30_000;

/** A pool for Kysely's PostgresDialect. What the database cannot do for now rejects with `unavailable`. */
export function openPgPool({ url, clock, log, max = CONNECTIONS, statementMs = STATEMENT_MS }: PgOptions): PostgresPool {
  const pool = new Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    application_name: 'front-row',
  });
  // An idle connection that breaks is replaced when next needed. Without these listeners its error ends the process,
  // and so does that of one in use, which rejects its statement besides.
  pool.on('error', (err) => log.warn({ err }, 'an idle database connection ended'));
  pool.on('connect', (client) => client.on('error', (err) => log.debug({ err }, 'a database connection ended')));

  return {
    async connect() {
      if (pool.waitingCount >= WAITING_MAX) throw unavailable('The database is behind.');
      const askedAtMs = clock.nowMs();
      const client = await pool.connect().catch((error: unknown) => {
        throw outage(error, log);
      });
      if (clock.nowMs() - askedAtMs < statementMs) return timed(client, { clock, log, statementMs });
      // Whoever asked was told `unavailable` by now: their write must not happen behind their back.
      client.release();
      throw unavailable('The database was not free in time.');
    },
    end: () => pool.end(),
  };
}

type Timing = Required<Pick<PgOptions, 'clock' | 'log' | 'statementMs'>>;

/**
 * One loan of a connection. A statement outside a transaction gets its own, because a time limit can only be set within one:
 * as a parameter of the connection PgBouncer would refuse it, set for the session it would reach whoever comes next.
 */
function timed(client: PoolClient, { clock, log, statementMs }: Timing): PostgresPoolClient {
  let inTransaction = false;
  let released = false;
  function release(broken = false): void {
    if (released) return;
    released = true;
    client.release(broken);
  }

  async function send(text: string, parameters: readonly unknown[] = []) {
    // A server that does not even end the statement is not there: the connection is cut, which rejects what runs on it.
    const cancel = afterAwake(clock, statementMs * 2, () => release(true));
    try {
      return await client.query(text, [...parameters]);
    } catch (error) {
      throw outage(error, log);
    } finally {
      cancel();
    }
  }
  const begin = (text: string) => send(`${text}; set local statement_timeout = ${statementMs}`);

  async function alone(text: string, parameters: readonly unknown[]) {
    await begin('begin');
    try {
      const result = await send(text, parameters);
      await send('commit');
      return result;
    } catch (error) {
      await send('rollback').catch(() => release(true));
      throw error;
    }
  }

  async function query(text: string, parameters: readonly unknown[] = []) {
    if (/^(?:begin|start transaction)\b/.test(text)) {
      inTransaction = true;
      return begin(text);
    }
    if (!inTransaction) return alone(text, parameters);
    const result = await send(text, parameters);
    if (text === 'commit' || text === 'rollback') inTransaction = false;
    return result;
  }

  return {
    // Kysely's other overload takes cursors, which only its streams use.
    query: query as unknown as PostgresPoolClient['query'],
    // Left within a transaction, it is of no use to the next.
    release: () => release(inTransaction),
  };
}

/** Connection failures, too little of something, an operator's or a time limit's end, a conflict, a standby: not now, but soon. */
const PASSING_STATES = /^(?:08|53|57|58|40|25006|55P03)/;

/** What is no answer of the server, or one that says "not now", is an outage; anything else is a fault of ours and stays. */
function outage(error: unknown, log: Log): unknown {
  const state = (error as { code?: unknown }).code;
  const isAnswer =
    typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state) && (error as { severity?: unknown }).severity !== undefined;
  if (isAnswer && !PASSING_STATES.test(state)) return error;
  log.warn({ err: error }, 'the database did not do it');
  return unavailable('The database does not answer.');
}

function unavailable(message: string): PartyError {
  return new PartyError('unavailable', message, 1_000);
}
