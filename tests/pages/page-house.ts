/** Two real processes of one installation, with everything that they ask of PostgreSQL and Redis counted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../core/clock.ts';
import { openPgEventStore } from '../../server/store/pg-event-store.ts';
import { silentLog } from '../contract/silent-log.ts';
import type { PartyProcess } from '../support/open-party.ts';
import { quietMusic } from '../support/party-cluster.ts';
import { startParty } from '../support/party-process.ts';
import { party, slugOf } from '../support/pg-stores.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';

const DATABASE = 'pages';
const COUNTING = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all' };
/** The look for written pages, which each process does once a second: the beat that windows are measured by. */
const BEAT = /pg_snapshot_xmin/;

/** Calls by statement or command. */
export type Calls = Readonly<Record<string, number>>;

export interface Asked {
  readonly postgres: Calls;
  readonly redis: Calls;
  /** How long the window was. */
  readonly beats: number;
}

export interface PageHouse extends AsyncDisposable {
  readonly processes: readonly [PartyProcess, PartyProcess];
  /** Of events that are over: nobody follows them, and nobody has asked for them yet. */
  readonly coldSlugs: readonly string[];
  /** A hand at psql. */
  byHand(text: string): Promise<void>;
  /** What was asked of PostgreSQL and Redis while `work` ran, from beat to beat, for at least `WINDOW_BEATS`. */
  asked(work: () => Promise<unknown>): Promise<Asked>;
}

/** Long enough for everything that happens by itself to happen: the events are read every five seconds. */
const WINDOW_BEATS = 12;

export async function startPageHouse(): Promise<PageHouse> {
  const stack = new AsyncDisposableStack();
  try {
    const dir = mkdtempSync(join(tmpdir(), 'front-row-pages-'));
    stack.defer(() => rmSync(dir, { recursive: true, force: true }));
    const postgres = stack.use(await startPostgres(COUNTING));
    const redis = stack.use(await startRedis());
    const url = await postgres.createDatabase(DATABASE);
    const coldSlugs = await bookPast(url);
    await postgres.query('create extension pg_stat_statements', DATABASE);
    // Nobody is to wait in line: what is counted is what a seat costs.
    const env = { REDIS_URL: redis.url, DATABASE_URL: url, ADMISSIONS_PER_S: '2000' };
    const start = async () => {
      const one = await startParty({ media, dataDir: dir, env });
      stack.defer(async () => void (await one.stop('SIGKILL')));
      return one;
    };
    const media = quietMusic(dir);
    const processes = [await start(), await start()] as const;

    const statements = () => callsOf(postgres);
    const beats = (calls: Calls) => Object.entries(calls).reduce((sum, [text, n]) => sum + (BEAT.test(text) ? n : 0), 0);
    const nextBeat = async (after: number) => {
      await until('the next beat', async () => beats(await statements()) >= after);
    };

    return {
      processes,
      coldSlugs,
      byHand: async (text) => void (await postgres.query(text, DATABASE)),
      async asked(work) {
        await nextBeat(beats(await statements()) + 1);
        const [before, redisBefore] = [await statements(), await redis.calls()];
        await work();
        await nextBeat(beats(before) + WINDOW_BEATS);
        const [after, redisAfter] = [await statements(), await redis.calls()];
        return { postgres: less(after, before), redis: less(redisAfter, redisBefore), beats: beats(after) - beats(before) };
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Brings the database to its schema and books events that are over. */
async function bookPast(url: string): Promise<string[]> {
  const { store, close } = await openPgEventStore({ url, clock: systemClock(), log: silentLog, deadlineMs: 20_000 });
  const numbers = [1, 2, 3];
  for (const n of numbers) await store.saveEvent(party(n, { state: 'ended' }));
  await close();
  return numbers.map(slugOf);
}

async function callsOf(postgres: PostgresServer): Promise<Calls> {
  const rows = await postgres.query<{ query: string; calls: number }>(
    `select query, sum(calls)::int as calls from pg_stat_statements s join pg_database d on d.oid = s.dbid
     where d.datname = current_database() and query not like '%pg_stat_statements%' group by query`,
    DATABASE,
  );
  return Object.fromEntries(rows.map(({ query, calls }) => [query, calls]));
}

function less(after: Calls, before: Calls): Calls {
  return Object.fromEntries(Object.entries(after).map(([name, calls]) => [name, calls - (before[name] ?? 0)]));
}
