/** What the processes of a drill share: one Redis, and one PostgreSQL behind PgBouncer in transaction mode. */
import { startPgBouncer } from '../support/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';

const DATABASE = 'drill';
/** Server connections behind the pooler: fewer than eight processes would hold themselves. */
const POOL_SIZE = 12;

export interface DrillServices extends AsyncDisposable {
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;
  /** The database's name, for looking at it directly. */
  readonly database: string;
  /** What tells a process where both are. */
  readonly env: { readonly REDIS_URL: string; readonly DATABASE_URL: string };
}

export async function startDrillServices(): Promise<DrillServices> {
  const stack = new AsyncDisposableStack();
  try {
    const postgres = stack.use(await startPostgres());
    await postgres.createDatabase(DATABASE);
    const bouncer = stack.use(await startPgBouncer(postgres, { poolSize: POOL_SIZE }));
    const redis = stack.use(await startRedis());
    const env = { REDIS_URL: redis.url, DATABASE_URL: bouncer.url(DATABASE) };
    return { redis, postgres, database: DATABASE, env, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
