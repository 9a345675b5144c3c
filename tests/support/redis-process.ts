/** What one process of many has of Redis in a test: its own connection and its own journal. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { StageLease, StageStore } from '../../rooms/ports.ts';
import { connectRedis, type RedisConnection } from '../../server/redis/connect.ts';
import { type RedisStageStoreDeps, redisStageStore } from '../../server/redis/stage-store.ts';
import { type OpenJournal, openJournal } from '../../server/store/journal.ts';
import { silentLog } from './quiet.ts';
import type { RedisServer } from './redis-server.ts';

export interface RedisProcess extends AsyncDisposable {
  readonly store: StageStore & StageLease;
  readonly connection: RedisConnection;
  readonly journal: OpenJournal['journal'];
  readonly records: OpenJournal['stageRecords'];
  /** Breaks off its connection and gives nothing back, as a kill does; its journal stays readable. */
  die(): void;
}

/** Leases are renewed often, and an emptied Redis needs no settling, unless `options` says otherwise. */
export async function startRedisProcess(
  redis: RedisServer,
  name: string,
  options: Partial<RedisStageStoreDeps> = {},
): Promise<RedisProcess> {
  const stops: (() => void)[] = [];
  const system = systemClock();
  // A test that fails half-way leaves leases held: their timers end with the process.
  const clock: Clock = {
    ...system,
    every(periodMs, task) {
      const stop = system.every(periodMs, task);
      stops.push(stop);
      return stop;
    },
  };
  const dir = await mkdtemp(join(tmpdir(), 'front-row-stage-'));
  const journal = await openJournal({ path: join(dir, 'journal.sqlite'), clock, log: silentLog, deadlineMs: 10_000 });
  const connection = connectRedis({ url: redis.url, prefix: 'test:', clock, log: silentLog });
  await connection.connected(5_000);
  const store = redisStageStore({
    connection,
    clock,
    log: silentLog,
    processId: () => name,
    publicAddress: () => null,
    records: journal.stageRecords,
    settleMs: 0,
    renewEveryMs: 50,
    ...options,
  });
  return {
    store,
    connection,
    journal: journal.journal,
    records: journal.stageRecords,
    die: () => connection.close(),
    async [Symbol.asyncDispose]() {
      for (const stop of stops) stop();
      connection.close();
      await journal.close();
      await rm(dir, { recursive: true });
    },
  };
}
