/**
 * What a change may not make worse: all that is right or wrong as in any run, and what fans cost as ratios, since the machine is
 * shared and its times drift. The bounds are wide: noise passes, what has become a multiple does not.
 */
import type { Report } from '../report/report.ts';
import { FANS_FOR_COST } from '../report/targets.ts';

interface Standard {
  readonly name: string;
  readonly atMost: number;
  /** Null: this run does not show it. */
  readonly of: (report: Report) => number | null;
}

const over = (value: number | null, base: number | null) =>
  value === null || base === null || base <= 0 ? null : hundredth(value / base);
const hundredth = (value: number) => Math.round(100 * value) / 100;

const STANDARDS: readonly Standard[] = [
  {
    name: 'server CPU per frame, in bare-socket frames',
    atMost: 3,
    of: ({ cost }) => over(cost.serverUsPerFrame, cost.floorUsPerFrame),
  },
  {
    name: 'server CPU of the whole run per fan, in bare-socket frames',
    atMost: 3_000,
    of: ({ cost, fans }) => {
      if (cost.serverCpuS === null || fans.requested < FANS_FOR_COST) return null;
      return over((1e6 * cost.serverCpuS) / Math.max(1, fans.joined), cost.floorUsPerFrame);
    },
  },
  { name: 'server memory per fan, KB', atMost: 40, of: ({ cost }) => cost.serverKBPerFan },
  {
    name: 'chat acknowledged p99, in those of ten fans and 250 ms',
    atMost: 1,
    of: ({ chat, asTen }) => over(chat.ackP99Ms, 2 * asTen.ackMs + 250),
  },
];

export interface Judged {
  readonly name: string;
  readonly atMost: number;
  readonly measured: number;
  readonly met: boolean;
  /** What no machine can spoil, such as a line that was lost: once is enough. The rest is broken when a second run says so, too. */
  readonly exact: boolean;
}

const EXACT_UNITS: ReadonlySet<string> = new Set(['lines', 'frames']);

/** Standards that the run shows, and every target about what is right that it missed. */
export function judge(report: Report): Judged[] {
  const shown = STANDARDS.flatMap(({ name, atMost, of }) => {
    const measured = of(report);
    return measured === null ? [] : [{ name, atMost, measured, met: measured <= atMost, exact: false }];
  });
  const wrong = report.targets.filter(({ about, met }) => about === 'correctness' && !met);
  return [
    ...shown,
    ...wrong.map(({ name, unit, target, measured }) => {
      return { name, atMost: target, measured, met: false, exact: EXACT_UNITS.has(unit) };
    }),
  ];
}
