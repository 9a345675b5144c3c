/**
 * What this machine makes anybody wait at all: a process that only says back what it hears. Eight processes that would have
 * machines of their own share a few cores here, and 2,000 fans with them; what the echo waits more, chat cannot wait less.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { systemClock } from '../../core/clock.ts';
import type { Length, Window } from './drill-ledger.ts';

const ASK_EVERY_MS = 20;

export interface Echo extends Disposable {
  /** How long the answers to this window's questions took, in ms. */
  waits(window: Window): Length[];
}

export function startEcho(): Echo {
  const clock = systemClock();
  const child = fork(join(import.meta.dirname, 'echo-process.ts'));
  const asked: { readonly atMs: number; tookMs: Length }[] = [];
  child.on('message', (n) => {
    const question = asked[Number(n)];
    if (question !== undefined) question.tookMs = clock.nowMs() - question.atMs;
  });
  const stop = clock.every(ASK_EVERY_MS, () => {
    if (child.connected) child.send(asked.push({ atMs: clock.nowMs(), tookMs: null }) - 1);
  });
  return {
    waits: ({ fromMs, toMs }) => asked.flatMap(({ atMs, tookMs }) => (atMs >= fromMs && atMs < toMs ? [tookMs] : [])),
    [Symbol.dispose]() {
      stop();
      child.kill();
    },
  };
}
