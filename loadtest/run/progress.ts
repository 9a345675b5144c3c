/** One line a second on a terminal, one in ten seconds in a log. */
import type { Clock } from '../../core/clock.ts';
import type { CrowdStatus } from '../crowd/types.ts';
import type { ProcessSample } from '../sampling/sampler.ts';
import { byProcess } from '../sampling/windows.ts';

const EVERY_MS = { terminal: 1_000, log: 10_000 };

export interface ProgressSources {
  readonly startedAtMs: number;
  readonly crowd: () => CrowdStatus;
  readonly watchers: () => { readonly due: number; readonly live: number };
  readonly samples: readonly ProcessSample[];
}

/** Call the result to stop. */
export function showProgress(
  clock: Clock,
  isTerminal: boolean,
  say: (line: string) => void,
  sources: ProgressSources,
): () => void {
  let before: { readonly atMs: number; readonly frames: number } | null = null;
  return clock.every(isTerminal ? EVERY_MS.terminal : EVERY_MS.log, () => {
    const status = sources.crowd();
    const nowMs = clock.nowMs();
    const frames = before ? ((status.frames - before.frames) * 1_000) / (nowMs - before.atMs) : 0;
    before = { atMs: nowMs, frames: status.frames };
    say(progressLine((nowMs - sources.startedAtMs) / 1_000, status, sources.watchers(), frames, sources.samples));
  });
}

export function progressLine(
  atS: number,
  { due, live, waiting, reconnecting, failed, acknowledged, generatorLagMs }: CrowdStatus,
  pages: { readonly due: number; readonly live: number },
  framesPerS: number,
  samples: readonly ProcessSample[],
): string {
  const latest = byProcess(samples).map((own) => own.at(-1));
  const house = latest.reduce((sum, one) => sum + (one?.fans ?? 0), 0);
  const loopMs = Math.max(0, ...latest.map((one) => one?.loopP99Ms ?? 0));
  const troubled = [
    waiting > 0 ? `${waiting} in line` : '',
    reconnecting > 0 ? `${reconnecting} coming back` : '',
    failed > 0 ? `${failed} failed` : '',
    latest.some((one) => one?.pid === null) ? 'a process does not answer' : '',
  ].filter((part) => part !== '');
  return [
    `${atS.toFixed(0).padStart(5)} s`,
    `${live + pages.live} of ${due + pages.due} fans in`,
    `the house says ${house}`,
    `${acknowledged} lines`,
    `${Math.round(framesPerS)} frames/s`,
    `loop p99 ${loopMs.toFixed(0)} ms`,
    `own lag ${generatorLagMs.toFixed(0)} ms`,
    ...troubled,
  ].join('  ');
}
