/** How this process does, read from its own series every few seconds: rates are what a counter gained since the last look. */
import type { Registry } from 'prom-client';
import type { Clock } from '../../core/clock.ts';
import { inBackground } from '../../rooms/in-background.ts';
import type { Log } from '../../rooms/ports.ts';
import type { ProcessFigures as Load } from '../../rooms/seats/room-left.ts';
import type { ProcessFigures } from './process-status.ts';

export interface FigureSources {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly load: () => Load;
  readonly loopDelayMs: () => number;
  readonly memoryBytes: () => number;
  readonly bufferedBytes: () => number;
}

export interface FigureWatch {
  /** Of the last look. */
  latest(): ProcessFigures;
  /** What this series stands at, over all its labels; 0: there is no such series, or not yet. */
  valueOf(name: string): number;
  stop(): void;
}

const LOOK_EVERY_MS = 2_000;
const WATCHED = [
  'front_row_joins_total',
  'front_row_lines_accepted_total',
  'front_row_sent_frames_total',
  'front_row_beat_length_seconds',
  'front_row_journal_failed_shipments',
  'front_row_journal_unshipped_rows',
] as const;

export function watchFigures({
  clock,
  log,
  registry,
  load,
  loopDelayMs,
  memoryBytes,
  bufferedBytes,
}: FigureSources): FigureWatch {
  let values: ReadonlyMap<string, number> = new Map();
  let atMs = clock.nowMs();
  let rates = { joinsPerS: 0, linesPerS: 0, framesPerS: 0, beatMs: 0 };

  async function look(): Promise<void> {
    const now = new Map<string, number>();
    for (const name of WATCHED) for (const [series, value] of await read(registry, name)) now.set(series, value);
    const elapsedS = (clock.nowMs() - atMs) / 1_000;
    const gained = (name: string) => Math.max(0, (now.get(name) ?? 0) - (values.get(name) ?? 0));
    const beats = gained('front_row_beat_length_seconds_count');
    rates = {
      joinsPerS: gained('front_row_joins_total{joined}') / elapsedS,
      linesPerS: gained('front_row_lines_accepted_total') / elapsedS,
      framesPerS: gained('front_row_sent_frames_total') / elapsedS,
      beatMs: beats === 0 ? 0 : (gained('front_row_beat_length_seconds_sum') / beats) * 1_000,
    };
    values = now;
    atMs = clock.nowMs();
  }

  const stop = clock.every(LOOK_EVERY_MS, () => inBackground(look(), log, 'the figures were not read'));
  return {
    latest() {
      const { descriptors, descriptorsMax, utilisation } = load();
      return {
        ...rates,
        loopDelayMs: loopDelayMs(),
        utilisation,
        descriptors,
        descriptorsMax,
        memoryBytes: memoryBytes(),
        bufferedBytes: bufferedBytes(),
      };
    },
    valueOf: (name) => values.get(name) ?? 0,
    stop,
  };
}

/** Summed over labels; of what has a result, `{joined}` apart. A histogram's buckets are left out. */
async function read(registry: Registry, name: string): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  const metric = registry.getSingleMetric(name);
  if (metric === undefined) return sums;
  const add = (series: string, value: number) => sums.set(series, (sums.get(series) ?? 0) + value);
  for (const { value, labels, ...more } of (await metric.get()).values) {
    if ('le' in labels) continue;
    add('metricName' in more && typeof more.metricName === 'string' ? more.metricName : name, value);
    if (labels['result'] === 'joined') add(`${name}{joined}`, value);
  }
  return sums;
}
