/** The run over time, thin enough to be drawn and kept. */
import type { CrowdSecond } from '../crowd/types.ts';
import type { ProcessSample } from '../sampling/sampler.ts';
import { byProcess } from '../sampling/windows.ts';
import type { ProcessRow, SecondRow } from './report.ts';

/** A plot has no more pixels to tell them apart. */
const POINTS_MAX = 400;
/** Two looks in a row see too little between them to be a rate. */
const APART_MIN_MS = 500;
const MB = 1_024 * 1_024;

/** Neighbours become one: the latest count, the worst latency, the sum of what flowed over the time it flowed in. */
export function thinSeconds(seconds: readonly CrowdSecond[], startedAtMs: number): SecondRow[] {
  return groups(seconds).map((group) => {
    const last = group.at(-1) as CrowdSecond;
    const worst = (key: 'joinP99Ms' | 'ackP99Ms' | 'deliveryP99Ms' | 'generatorLagMs') =>
      rounded(Math.max(...group.map((one) => one[key])));
    const rate = (key: 'joins' | 'frames' | 'bytes') => Math.round(group.reduce((sum, one) => sum + one[key], 0) / group.length);
    return {
      atS: rounded((last.atMs - startedAtMs) / 1_000),
      due: last.due,
      live: last.live,
      joins: rate('joins'),
      joinP99Ms: worst('joinP99Ms'),
      ackP99Ms: worst('ackP99Ms'),
      deliveryP99Ms: worst('deliveryP99Ms'),
      frames: rate('frames'),
      bytes: rate('bytes'),
      generatorLagMs: worst('generatorLagMs'),
    };
  });
}

/** One list per process, in the order of the origins. */
export function processRows(samples: readonly ProcessSample[], startedAtMs: number): ProcessRow[][] {
  return byProcess(samples).map((own) =>
    groups(apart(own)).map((group, at, all) => processRow(group, all[at - 1]?.at(-1), startedAtMs)),
  );
}

function processRow(group: readonly ProcessSample[], before: ProcessSample | undefined, startedAtMs: number): ProcessRow {
  const last = group.at(-1) as ProcessSample;
  const present = group.map(({ loopP99Ms }) => loopP99Ms).filter((ms) => ms !== null);
  return {
    atS: rounded((last.atMs - startedAtMs) / 1_000),
    cpu: cpuShare(before, last),
    rssMb: last.rssBytes === null ? null : Math.round(last.rssBytes / MB),
    loopP99Ms: present.length === 0 ? null : rounded(Math.max(...present)),
    fans: last.fans,
  };
}

function cpuShare(before: ProcessSample | undefined, now: ProcessSample): number | null {
  if (!before || before.pid !== now.pid || before.cpuS === null || now.cpuS === null || now.atMs <= before.atMs) return null;
  return Math.round((100_000 * (now.cpuS - before.cpuS)) / (now.atMs - before.atMs)) / 100;
}

function apart(samples: readonly ProcessSample[]): ProcessSample[] {
  const kept: ProcessSample[] = [];
  for (const sample of samples) if (sample.atMs - (kept.at(-1)?.atMs ?? -Infinity) >= APART_MIN_MS) kept.push(sample);
  return kept;
}

function groups<T>(all: readonly T[]): T[][] {
  const size = Math.max(1, Math.ceil(all.length / POINTS_MAX));
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}

export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
