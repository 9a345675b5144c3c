/** The doors' lines, one per event, let in at the pace that this process measures itself to bear. */
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { type DoorAnswer, DoorLine, type LineReport, type LineToken } from '../../core/admission.ts';
import { admissionRate, startRate } from '../../core/admission-rate.ts';
import type { Clock } from '../../core/clock.ts';
import type { Seated } from '../../rooms/venue.ts';
import type { EventId, FanId } from '../../schemas/ids.ts';
import { LoopDelay } from '../observability/loop-delay.ts';

const MEASURE_MS = 1_000;

export interface Lines {
  ask(eventId: EventId, fanId: FanId, token: LineToken | undefined, seatFree: boolean): DoorAnswer;
  /** How late the event loop ran in the last second, 99th percentile, in ms. */
  loopDelayMs(): number;
  /** The busy share of the event loop in the last second, 0 to 1. */
  utilisation(): number;
  /** What other processes should hear of the lines here; `seatFree`: whether doors have a seat to give. */
  reports(seatFree: (eventId: EventId) => boolean): ReadonlyMap<EventId, LineReport>;
  /** What another process says of its line. */
  hear(eventId: EventId, report: LineReport): void;
  /** Fans in the event's line over all processes. */
  waiting(eventId: EventId): number;
  stop(): void;
}

export interface LinesDeps {
  readonly clock: Clock;
  readonly eventNowMs: () => number;
  readonly random: () => number;
  readonly processId: () => string;
  /** undefined: measured. */
  readonly admissionsPerS: number | undefined;
  /** Who sat down here in the last second. */
  readonly seated: () => Seated;
  readonly coreShare: number;
}

export function createLines({ clock, eventNowMs, random, processId, admissionsPerS, seated, coreShare }: LinesDeps): Lines {
  const lines = new Map<EventId, DoorLine>();
  const delay = new LoopDelay();
  let used: EventLoopUtilization = performance.eventLoopUtilization();
  let rate = startRate(coreShare);
  const ratePerS = () => admissionsPerS ?? rate.ratePerS;
  let admitted = 0;
  let loopDelayMs = 0;
  let utilisation = 0;

  const measure = () => {
    const now = performance.eventLoopUtilization();
    utilisation = performance.eventLoopUtilization(now, used).utilization;
    loopDelayMs = delay.take().p99Ms;
    const admittedPerS = (admitted * 1_000) / MEASURE_MS;
    const { perS: seatedPerS, wayMs } = seated();
    rate = admissionRate(rate, { admittedPerS, seatedPerS, wayMs, loopDelayMs }, coreShare);
    for (const line of lines.values()) line.setRate(ratePerS());
    used = now;
    admitted = 0;
  };
  const stop = clock.every(MEASURE_MS, measure);

  const lineOf = (eventId: EventId): DoorLine => {
    const line = lines.get(eventId) ?? new DoorLine(eventId, processId(), ratePerS(), eventNowMs(), random);
    lines.set(eventId, line);
    return line;
  };

  return {
    ask(eventId, fanId, token, seatFree) {
      const answer = lineOf(eventId).ask(fanId, token, seatFree, eventNowMs());
      if (answer.kind === 'admit') admitted += 1;
      return answer;
    },
    loopDelayMs: () => loopDelayMs,
    utilisation: () => utilisation,
    reports: (seatFree) => new Map([...lines].map(([eventId, line]) => [eventId, line.report(seatFree(eventId), eventNowMs())])),
    hear: (eventId, report) => lineOf(eventId).hear(report),
    waiting: (eventId) => lines.get(eventId)?.waitingInAll ?? 0,
    stop() {
      stop();
      delay.stop();
    },
  };
}
