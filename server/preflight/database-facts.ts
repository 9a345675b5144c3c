/** What the PostgreSQL behind DATABASE_URL says of itself, and what stands in between. */
import { Client } from 'pg';
import type { Clock } from '../../core/clock.ts';

export interface DatabaseFacts {
  /** Such as 150004. */
  readonly versionNumber: number;
  /** Median of several round trips. */
  readonly latencyMs: number;
  readonly connectionsMax: number;
  readonly connections: number;
  readonly isStandby: boolean;
  /** In session mode each of our connections holds one of the server's; in transaction mode they share. */
  readonly pooler: 'none' | 'session' | 'transaction';
  /** Names of the migrations that were made; null: none of ours yet. */
  readonly migrations: readonly string[] | null;
  /** Whether tables may be made where they would be. */
  readonly mayCreate: boolean;
}

const ROUNDS = 9;
const WITHIN_MS = 3_000;

/** Only reads. Rejects with what went wrong when the database cannot be asked. */
export async function readDatabase(url: string, clock: Clock): Promise<DatabaseFacts> {
  const options = { connectionString: url, connectionTimeoutMillis: WITHIN_MS, query_timeout: WITHIN_MS };
  const [client, second] = [new Client(options), new Client(options)] as const;
  // A server that ends a connection says so here besides rejecting the query.
  for (const each of [client, second]) each.on('error', () => undefined);
  try {
    await client.connect();
    const tookMs: number[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      const askedAtMs = clock.nowMs();
      await client.query('select 1');
      tookMs.push(clock.nowMs() - askedAtMs);
    }
    const { rows } = await client.query<Omit<DatabaseFacts, 'latencyMs' | 'pooler' | 'migrations'> & { known: boolean }>(`
      select current_setting('server_version_num')::int as "versionNumber",
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as "connectionsMax",
        (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as "connections",
        pg_is_in_recovery() as "isStandby",
        has_schema_privilege(current_schema(), 'create') as "mayCreate",
        to_regclass('front_row_migrations') is not null as "known"`);
    const [row] = rows;
    if (row === undefined) throw new Error('the database says nothing of itself');
    const { known, ...said } = row;
    await second.connect();
    return {
      ...said,
      latencyMs: tookMs.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.POSITIVE_INFINITY,
      pooler: await poolerBetween(client, second),
      migrations: known ? await migrationsOf(client) : null,
    };
  } finally {
    await Promise.allSettled([client.end(), second.end()]);
  }
}

async function migrationsOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from front_row_migrations order by name');
  return rows.map(({ name }) => name);
}

/**
 * A server names its own backend when a connection begins; a pooler in between makes a name up. And a second connection that is
 * served by the backend that has just served the first, which is still open, shares it.
 */
async function poolerBetween(client: Client, second: Client): Promise<DatabaseFacts['pooler']> {
  const named = (client as unknown as { readonly processID: number }).processID;
  const backend = await backendOf(client);
  if (backend === named) return 'none';
  return (await backendOf(second)) === (await backendOf(client)) ? 'transaction' : 'session';
}

async function backendOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? -1;
}
