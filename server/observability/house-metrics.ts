/** Whether this process is well, for whoever is woken by it: readiness, stages, Redis. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { EventId } from '../../schemas/ids.ts';

/** What a process that meets others in Redis knows of it. */
export interface RedisFigures {
  /** Since the start. */
  figures(): { readonly lost: number; readonly unanswered: number };
  /** How far event time can be from Redis's clock. */
  eventTimeErrorMs(): number;
}

export interface HouseSources {
  readonly isReady: () => boolean;
  /** Events whose stage is here. */
  readonly stages: () => readonly EventId[];
  /** undefined: this process is alone. */
  readonly redis: RedisFigures | undefined;
}

/** Registers the series in `registry`, once. */
export function measureHouse(registry: Registry, { isReady, stages, redis }: HouseSources): void {
  const registers = [registry];
  new Gauge({
    name: 'front_row_ready',
    help: '1 while this process should get fans, else 0.',
    registers,
    collect() {
      this.set(isReady() ? 1 : 0);
    },
  });
  new Gauge({
    name: 'front_row_stages',
    help: 'Stages on this process, by event.',
    labelNames: ['event'],
    registers,
    collect() {
      this.reset();
      for (const event of stages()) this.set({ event }, 1);
    },
  });
  if (redis === undefined) return;
  const counter = (name: string, help: string, valueOf: () => number) =>
    new Counter({
      name: `front_row_redis_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(valueOf());
      },
    });
  counter('losses_total', 'Times that Redis was lost.', () => redis.figures().lost);
  counter('unanswered_calls_total', 'Calls that Redis did not answer in time.', () => redis.figures().unanswered);
  new Gauge({
    name: 'front_row_event_time_error_seconds',
    help: "How far event time can be from Redis's clock.",
    registers,
    collect() {
      this.set(redis.eventTimeErrorMs() / 1_000);
    },
  });
}
