/** Test doubles of the ports that only listen. */
import { systemClock } from '../../core/clock.ts';
import type { Log, Metrics } from '../../rooms/ports.ts';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Remembers every call as `[name, ...arguments]`. */
export function countingMetrics(): Metrics & { readonly calls: (readonly [keyof Metrics, ...unknown[]])[] } {
  const calls: [keyof Metrics, ...unknown[]][] = [];
  const count =
    (name: keyof Metrics) =>
    (...args: unknown[]) =>
      void calls.push([name, ...args]);
  return {
    calls,
    joined: count('joined'),
    refusedJoin: count('refusedJoin'),
    asked: count('asked'),
    left: count('left'),
    lineAccepted: count('lineAccepted'),
    lineRefused: count('lineRefused'),
    beat: count('beat'),
    command: count('command'),
    busGap: count('busGap'),
    busDropped: count('busDropped'),
    shownShare: count('shownShare'),
    fans: count('fans'),
    roomGone: count('roomGone'),
    moderationEffect: count('moderationEffect'),
    handlerError: count('handlerError'),
  };
}

export function quietDeps() {
  return { clock: systemClock(), log: silentLog, metrics: countingMetrics() };
}
