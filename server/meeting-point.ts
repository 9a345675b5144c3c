/** Where processes meet: Redis, or, for one that is alone, nowhere but in its own memory. */
import { LocalDriver, LocalPresence, matchMaker } from '@colyseus/core';
import type { Clock } from '../core/clock.ts';
import { keepPm2IoQuiet } from '../rooms/colyseus-private.ts';
import type { Log, StageLease, StageRecords, StageStore } from '../rooms/ports.ts';
import type { Config } from './config.ts';
import type { RedisFigures } from './observability/house-metrics.ts';
import { openRedis } from './redis/open-redis.ts';
import type { ShutdownStep } from './shutdown.ts';

export interface MeetingPoint {
  readonly eventNowMs: () => number;
  readonly stageStore: StageStore;
  /** undefined: every stage is ours. */
  readonly stageLease: StageLease | undefined;
  unready(): string | null;
  /** undefined: there is no Redis. */
  readonly redis: RedisFigures | undefined;
}

export interface MeetingPointDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly publicAddress: () => string | null;
  readonly storage: { readonly stageStore: StageStore; readonly stageRecords: StageRecords };
  readonly onListenerError: (error: unknown) => void;
  readonly onClose: (name: string, run: ShutdownStep['run']) => void;
}

/** Sets the matchmaker up. Rejects when Redis cannot be reached. */
export async function openMeetingPoint(
  { redisUrl, redisPrefix }: Pick<Config, 'redisUrl' | 'redisPrefix'>,
  { clock, log, storage, onClose, publicAddress, onListenerError }: MeetingPointDeps,
): Promise<MeetingPoint> {
  keepPm2IoQuiet();
  // Whoever asks for a room means one in this process; where sections go is the stage's decision.
  const here = async () => matchMaker.processId;
  if (redisUrl === undefined) {
    // Alone, there is no other process whose health could be in doubt.
    matchMaker.setHealthChecksEnabled(false);
    await matchMaker.setup(new LocalPresence(), new LocalDriver(), undefined, here);
    const eventNowMs = () => clock.nowMs();
    return { eventNowMs, stageStore: storage.stageStore, stageLease: undefined, unready: () => null, redis: undefined };
  }
  const redis = await openRedis({
    url: redisUrl,
    prefix: redisPrefix,
    clock,
    log,
    processId: () => matchMaker.processId,
    publicAddress,
    records: storage.stageRecords,
    onListenerError,
  });
  onClose('redis', () => redis.close());
  matchMaker.setHealthChecksEnabled(true);
  await matchMaker.setup(redis.presence, redis.driver, undefined, here);
  return {
    eventNowMs: () => redis.eventTime.nowMs(),
    stageStore: redis.stageStore,
    stageLease: redis.stageStore,
    unready: () => redis.connection.unready(),
    redis: { figures: () => redis.connection.figures(), eventTimeErrorMs: () => redis.eventTime.errorMs() },
  };
}
