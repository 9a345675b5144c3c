/** A crowd at the doors, for tests of admission. */
import { DoorLine, type LineToken } from '../../core/admission.ts';
import { seeded } from '../../core/seeded.ts';

/** When the simulated doors open. */
export const NOW = 1_000_000;

interface Visit {
  readonly fanId: string;
  readonly arrivedAtMs: number;
  readonly places: number[];
  admittedAtMs: number | null;
}

/** Fans arrive, and come back when told to; each at a process of its own choice. */
export function crowd(options: {
  readonly seed: number;
  readonly arrivalsAtMs: readonly number[];
  readonly ratePerS: number;
  readonly processes?: number;
  /** Share of fans who never come back. */
  readonly giveUp?: number;
  readonly untilMs: number;
}): { visits: Visit[]; admittedAtMs: Map<string, number[]>; gaveUp: number } {
  const { seed, arrivalsAtMs, ratePerS, processes = 1, giveUp = 0, untilMs } = options;
  const random = seeded(seed);
  const doors = Array.from({ length: processes }, (_, index) => new DoorLine('evt', `p${index}`, ratePerS, NOW, random));
  const visits: Visit[] = arrivalsAtMs.map((arrivedAtMs, index) => ({
    fanId: `fan_${index}`,
    arrivedAtMs,
    places: [],
    admittedAtMs: null,
  }));
  let asks = visits.map((visit) => ({ visit, atMs: visit.arrivedAtMs, token: undefined as LineToken | undefined }));
  const admittedAtMs = new Map<string, number[]>();
  let gaveUp = 0;
  for (let nowMs = NOW; nowMs <= untilMs; nowMs += 20) {
    if (nowMs % 1_000 === 0) {
      for (const from of doors) for (const to of doors) to.hear(from.report(true, nowMs));
    }
    const due = asks.filter((ask) => ask.atMs <= nowMs);
    asks = asks.filter((ask) => ask.atMs > nowMs);
    for (const { visit, token } of due) {
      const index = Math.floor(random() * processes);
      const answer = (doors[index] as DoorLine).ask(visit.fanId, token, true, nowMs);
      if (answer.kind === 'admit') {
        visit.admittedAtMs = nowMs;
        admittedAtMs.set(`p${index}`, [...(admittedAtMs.get(`p${index}`) ?? []), nowMs]);
        continue;
      }
      visit.places.push(answer.placeInLine);
      if (random() < giveUp) {
        gaveUp += 1;
        continue;
      }
      asks.push({ visit, atMs: nowMs + answer.retryInMs, token: answer.token });
    }
  }
  return { visits, admittedAtMs, gaveUp };
}
