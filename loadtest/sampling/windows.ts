/** What samples say about a stretch of time. A process that was started anew counts from its own zero. */
import type { ProcessSample } from './sampler.ts';

type Counter = 'cpuS' | 'framesSent' | 'bytesSent' | 'joins';

/** How much a counter grew over all processes between the first and the last sample within; null with less than two. */
export function growthOf(
  samples: readonly ProcessSample[],
  counter: Counter,
  fromMs = -Infinity,
  toMs = Infinity,
): number | null {
  let growth: number | null = null;
  for (const own of byProcess(samples)) {
    let before: ProcessSample | undefined;
    for (const now of own) {
      if (now.pid === null || now[counter] === null || now.atMs > toMs) continue;
      if (before && before.atMs >= fromMs) {
        const since = before.pid === now.pid ? (before[counter] ?? 0) : 0;
        growth = (growth ?? 0) + Math.max(0, (now[counter] ?? 0) - since);
      }
      before = now;
    }
  }
  return growth;
}

/** The sum over the processes of a round. */
export function totalOf(round: readonly ProcessSample[], figure: 'rssBytes' | 'fans' | 'cpuS' | 'framesSent'): number | null {
  return round.every((sample) => sample[figure] === null) ? null : round.reduce((sum, sample) => sum + (sample[figure] ?? 0), 0);
}

/** The samples of each process, by its place among the origins. */
export function byProcess(samples: readonly ProcessSample[]): ProcessSample[][] {
  const rows: ProcessSample[][] = [];
  for (const sample of samples) (rows[sample.index] ??= []).push(sample);
  return rows;
}

/** The most fans that the house itself reported at one time: the newest word of each process, a silent one keeping its last for a while. */
export function mostFans(samples: readonly ProcessSample[]): number {
  const latest = new Map<number, number>();
  let most = 0;
  for (const { index, fans } of samples) {
    if (fans === null) continue;
    latest.set(index, fans);
    most = Math.max(
      most,
      [...latest.values()].reduce((sum, value) => sum + value, 0),
    );
  }
  return most;
}
