/** Event time for many processes: Redis's own clock, followed from here. */
import type { Clock } from '../../core/clock.ts';
import {
  type EventTime,
  eventTimeAt,
  eventTimeErrorMs,
  observe,
  type ReferenceSample,
  startEventTime,
} from '../../core/event-time.ts';
import { inBackground } from '../../rooms/in-background.ts';
import type { Log } from '../../rooms/ports.ts';
import type { RedisConnection } from './connect.ts';

const SAMPLE_EVERY_MS = 10_000;
/** Asked one after another; the shortest round trip counts. */
const SAMPLES = 5;

export interface RedisEventTimeDeps {
  readonly connection: RedisConnection;
  /** Its monotonic time carries event time between samples, and while Redis is away. */
  readonly clock: Clock;
  readonly log: Log;
  readonly sampleEveryMs?: number;
}

export interface RedisEventTime {
  /** Event time in ms; never less than before. Our own clock until the first sample. */
  nowMs(): number;
  /** How far it can be from Redis's clock, in ms; infinite before the first sample. */
  errorMs(): number;
  /** Asks Redis now, as is done every few seconds and whenever Redis comes back. Rejects with `unavailable`. */
  sample(): Promise<void>;
  stop(): void;
}

export function redisEventTime({ connection, clock, log, sampleEveryMs = SAMPLE_EVERY_MS }: RedisEventTimeDeps): RedisEventTime {
  let time: EventTime = startEventTime(clock.nowMs());
  let sampling: Promise<void> | undefined;

  async function askAll(): Promise<void> {
    const samples: ReferenceSample[] = [];
    try {
      while (samples.length < SAMPLES) {
        const askedAtMs = clock.nowMs();
        const [seconds, microseconds] = await connection.ask('time', (redis) => redis.time());
        const referenceMs = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
        samples.push({ askedAtMs, answeredAtMs: clock.nowMs(), referenceMs });
      }
    } finally {
      // The best one first: it is the one that sets a clock that nobody has read yet.
      for (const each of samples.toSorted((a, b) => roundTripMs(a) - roundTripMs(b))) time = observe(time, each);
    }
  }
  function sample(): Promise<void> {
    sampling ??= askAll().finally(() => {
      sampling = undefined;
    });
    return sampling;
  }
  const sampleSoon = () => inBackground(sample(), log, 'event time is held over: Redis did not say the time');
  const stops = [clock.every(sampleEveryMs, sampleSoon), connection.whenReady(sampleSoon)];

  return {
    nowMs: () => eventTimeAt(time, clock.nowMs()),
    errorMs: () => eventTimeErrorMs(time, clock.nowMs()),
    sample,
    stop() {
      for (const stop of stops.splice(0)) stop();
    },
  };
}

function roundTripMs({ askedAtMs, answeredAtMs }: ReferenceSample): number {
  return answeredAtMs - askedAtMs;
}
