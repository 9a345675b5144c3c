/** What the Redis that processes meet in says of itself. */
import { Redis } from 'ioredis';
import type { Clock } from '../../core/clock.ts';

export interface RedisFacts {
  readonly version: string;
  readonly role: string;
  readonly isLoading: boolean;
  /** Median of several round trips. */
  readonly latencyMs: number;
  /** How far Redis's clock is ahead of this machine's, to within half a round trip. */
  readonly aheadMs: number;
  /** 0: no limit of its own. */
  readonly maxMemoryBytes: number;
  readonly usedMemoryBytes: number;
  readonly memoryPolicy: string;
  readonly appendOnly: boolean;
  readonly isClustered: boolean;
  readonly clients: number;
  /** null: it does not say. */
  readonly clientsMax: number | null;
}

const ROUNDS = 9;
const CONNECT_WITHIN_MS = 2_000;

/** Asks over a connection of its own, and only reads. Rejects with what went wrong when Redis cannot be asked. */
export async function readRedis(url: string, clock: Clock): Promise<RedisFacts> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    commandTimeout: CONNECT_WITHIN_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disableClientInfo: true,
    connectionName: 'front-row-preflight',
  });
  let refusal: Error | undefined;
  redis.on('error', (error: Error) => {
    refusal = error;
  });
  try {
    await redis.connect();
    const info = fieldsOf(await redis.info());
    const rounds = [];
    for (let n = 0; n < ROUNDS; n++) rounds.push(await askTime(redis, clock));
    rounds.sort((a, b) => a.tookMs - b.tookMs);
    // Managed ones may keep their configuration to themselves.
    const config = fieldsOf(info.has('maxclients') ? '' : await configured(redis, 'maxclients'));
    return {
      version: info.get('redis_version') ?? 'unknown',
      role: info.get('role') ?? 'unknown',
      isLoading: info.get('loading') === '1',
      latencyMs: rounds[Math.floor(ROUNDS / 2)]?.tookMs ?? Number.POSITIVE_INFINITY,
      aheadMs: rounds[0]?.aheadMs ?? Number.NaN,
      maxMemoryBytes: Number(info.get('maxmemory') ?? 0),
      usedMemoryBytes: Number(info.get('used_memory') ?? 0),
      memoryPolicy: info.get('maxmemory_policy') ?? 'unknown',
      appendOnly: info.get('aof_enabled') === '1',
      isClustered: info.get('cluster_enabled') === '1',
      clients: Number(info.get('connected_clients') ?? 0),
      clientsMax: Number(info.get('maxclients') ?? config.get('maxclients') ?? Number.NaN) || null,
    };
  } catch (error) {
    // A refused password closes the connection: what is asked next would only say that it is closed.
    throw refusal ?? error;
  } finally {
    redis.disconnect();
  }
}

async function askTime(redis: Redis, clock: Clock): Promise<{ readonly tookMs: number; readonly aheadMs: number }> {
  const askedAtMs = clock.nowMs();
  const [seconds, microseconds] = await redis.time();
  const answeredAtMs = clock.nowMs();
  const redisAtMs = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  return { tookMs: answeredAtMs - askedAtMs, aheadMs: redisAtMs - (askedAtMs + answeredAtMs) / 2 };
}

async function configured(redis: Redis, name: string): Promise<string> {
  const answer = await redis.config('GET', name).catch(() => []);
  return (Array.isArray(answer) ? answer : []).join(':');
}

/** `name:value`, a line each. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/^([\w-]+):([^\r\n]*)/gm)].map(([, name, value]) => [String(name), String(value)]));
}
