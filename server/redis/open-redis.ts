/** Everything that a process of many gets from Redis, opened and closed together. */
import { matchMaker } from '@colyseus/core';
import type { Clock } from '../../core/clock.ts';
import { inBackground } from '../../rooms/in-background.ts';
import type { Log, StageLease, StageRecords, StageStore } from '../../rooms/ports.ts';
import { connectRedis, type RedisConnection, type RedisConnectOptions } from './connect.ts';
import { PartyDriver } from './driver.ts';
import { type RedisEventTime, redisEventTime } from './event-time.ts';
import { PartyPresence } from './presence.ts';
import { redisStageStore } from './stage-store.ts';

/** A Redis that is not there by then ends the start with a message that says so. */
const CONNECT_WITHIN_MS = 10_000;

export interface RedisDeps extends RedisConnectOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly processId: () => string;
  /** Known once this process listens. */
  readonly publicAddress: () => string | null;
  readonly records: StageRecords;
  readonly onListenerError: (error: unknown) => void;
  readonly connectWithinMs?: number;
}

export interface OpenRedis {
  readonly connection: RedisConnection;
  /** Both for `matchMaker.setup`. */
  readonly presence: PartyPresence;
  readonly driver: PartyDriver;
  readonly stageStore: StageStore & StageLease;
  readonly eventTime: RedisEventTime;
  /** After the rooms are gone and the matchmaker is down. */
  close(): Promise<void>;
}

/** Resolves when Redis answers and event time is known. When it rejects, nothing is left open. */
export async function openRedis(deps: RedisDeps): Promise<OpenRedis> {
  const connection = connectRedis(deps);
  const shared = { ...deps, connection };
  const eventTime = redisEventTime(shared);
  try {
    await connection.connected(deps.connectWithinMs ?? CONNECT_WITHIN_MS);
    await eventTime.sample();
  } catch (error) {
    eventTime.stop();
    connection.close();
    throw error;
  }
  const presence = new PartyPresence(shared);
  const driver = new PartyDriver(shared);
  // A Redis that was emptied has forgotten that this process takes rooms; Colyseus itself repeats it once a minute.
  const stopCounting = connection.whenReady(() => {
    if (matchMaker.state !== matchMaker.MatchMakerState.READY) return;
    inBackground(Promise.resolve(matchMaker.stats.persist(true)), deps.log, 'the count of rooms was not written');
  });
  return {
    connection,
    presence,
    driver,
    stageStore: redisStageStore(shared),
    eventTime,
    async close() {
      stopCounting();
      eventTime.stop();
      await driver.shutdown();
      presence.shutdown();
      connection.close();
    },
  };
}
