/**
 * This process's two connections to Redis: one for commands, one that listens. Nothing waits for a Redis that is away: a
 * command is sent now or refused now, is answered within its deadline, and is never sent again by itself.
 */
import { Redis, type RedisOptions } from 'ioredis';
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { PORT_DEADLINE_MS, withDeadline } from '../../rooms/deadline.ts';
import { inBackground } from '../../rooms/in-background.ts';
import type { Log } from '../../rooms/ports.ts';

/** A dead Redis is dialled this often; a refused dial costs next to nothing. */
const DIAL_EVERY_MS = 100;
const DIAL_TIMEOUT_MS = 1_000;
/** Both connections are pinged, so that a cut line is noticed although nobody asks anything. */
const PING_EVERY_MS = 1_000;
/** Asked, and not a byte in this time: the line is cut. */
const SILENCE_MS = 2_000;

export interface RedisConnectOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
  readonly url: string;
  /** Keeps installations that share one Redis apart; every key and channel starts with it. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Further TLS settings, such as a private certificate authority. */
  readonly tls?: RedisOptions['tls'];
}

export interface RedisConnection {
  readonly prefix: string;
  /** Takes commands while it is `ready`; refuses them at once while it is not. */
  readonly commands: Redis;
  /** For subscriptions alone; whoever subscribes does so again whenever it becomes `ready`. */
  readonly listening: Redis;
  /** Asks Redis; rejects with `unavailable`, and nothing else, when there is no answer within `deadlineMs`. */
  ask<T>(what: string, run: (redis: Redis) => Promise<T>, deadlineMs?: number): Promise<T>;
  /** Why the process is not ready because of Redis; null when all is well. */
  unready(): string | null;
  /** For the metrics: how often Redis was lost, and how many calls went without its answer. */
  figures(): { readonly lost: number; readonly unanswered: number };
  /** Runs `task` now if Redis is there, and whenever it is there again. Call the result to stop. */
  whenReady(task: () => void): () => void;
  /** Resolves once both connections stand; rejects with the reason when they do not within `withinMs`. */
  connected(withinMs: number): Promise<void>;
  close(): void;
}

/** Never rejects and never throws for a Redis that is away; it keeps dialling. Throws for a URL that is none. */
export function connectRedis({ url, prefix, clock, log, tls }: RedisConnectOptions): RedisConnection {
  const options: RedisOptions = {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // What was under way when the line broke would wait forever: nothing is sent again, so nothing would answer it.
    commandTimeout: PORT_DEADLINE_MS,
    maxRetriesPerRequest: null,
    retryStrategy: () => DIAL_EVERY_MS,
    connectTimeout: DIAL_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    disableClientInfo: true,
    // A replica after a failover, or a server that still loads: dial again instead of failing for good.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(tls ? { tls } : {}),
  };
  assertRedisUrl(url);
  const commands = new Redis(url, { ...options, keyPrefix: prefix, connectionName: 'front-row' });
  // A subscriber may not ask what the ready check asks; subscriptions are made by whoever knows what is still wanted.
  const listening = new Redis(url, {
    ...options,
    enableReadyCheck: false,
    autoResubscribe: false,
    connectionName: 'front-row-listening',
  });
  const both = [commands, listening];
  let lastError = 'not connected yet';
  let away = false;
  let closed = false;
  let timesLost = 0;
  let unanswered = 0;

  function lost(name: string): void {
    if (away || closed) return;
    away = true;
    timesLost++;
    log.warn({ connection: name, reason: lastError }, 'Redis is away');
  }
  function ready(): void {
    if (!both.every(({ status }) => status === 'ready')) return;
    if (away) log.info({}, 'Redis is back');
    away = false;
    lastError = 'the connection was lost';
  }
  for (const [name, redis] of Object.entries({ commands, listening })) {
    redis.on('error', (err: Error) => {
      lastError = err.message;
    });
    redis.on('close', () => lost(name));
    redis.on('ready', ready);
  }
  const stopPings = clock.every(PING_EVERY_MS, () => {
    for (const redis of both) if (redis.status === 'ready') inBackground(redis.ping(), log, 'Redis did not answer a ping');
  });
  const unready = () => (both.every(({ status }) => status === 'ready') ? null : `Redis is away: ${lastError}`);

  return {
    prefix,
    commands,
    listening,
    async ask(what, run, deadlineMs = PORT_DEADLINE_MS) {
      const late = () => Promise.reject(new Error('no answer in time'));
      try {
        return await withDeadline(clock, run(commands), late, deadlineMs);
      } catch (error) {
        unanswered++;
        const reason = error instanceof Error ? error.message : String(error);
        log.debug({ what, reason }, 'Redis did not do it');
        throw new PartyError('unavailable', `Redis cannot be asked right now (${what}).`, 1_000);
      }
    },
    unready,
    figures: () => ({ lost: timesLost, unanswered }),
    whenReady(task) {
      if (commands.status === 'ready') task();
      commands.on('ready', task);
      return () => void commands.off('ready', task);
    },
    connected(withinMs) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const check = () => unready() === null && resolve();
      for (const redis of both) redis.on('ready', check);
      const cancel = clock.after(withinMs, () => reject(new Error(`${unready() ?? 'Redis is away'} (REDIS_URL)`)));
      check();
      return promise.finally(() => {
        cancel();
        for (const redis of both) redis.off('ready', check);
      });
    },
    close() {
      closed = true;
      stopPings();
      for (const redis of both) redis.disconnect();
    },
  };
}

function assertRedisUrl(url: string): void {
  const isRedis = URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol);
  if (!isRedis) throw new Error('REDIS_URL must be redis://[user:password@]host[:port][/db] or rediss://…');
}
