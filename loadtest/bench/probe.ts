/**
 * Loaded into each measured server before its own code (`--import`): says which port it listens on, and what it costs. The product
 * knows nothing of it. Needs `--expose-gc`, so that memory means what is kept, not what was not collected yet.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Figures {
  /** User and system time of all threads of the process. */
  readonly cpuUs: number;
  readonly rssBytes: number;
  /** Heap, buffers and what else V8 keeps. */
  readonly heapBytes: number;
  /** The longest that the event loop was not free since the last question. */
  readonly longestTurnMs: number;
}

export type ProbeSays =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'figures'; readonly figures: Figures };

/** `settled`: collect garbage first. */
export interface ProbeAsked {
  readonly kind: 'figures' | 'settled';
}

const say = (message: ProbeSays) => process.send?.(message);
/** Finer would itself be seen in the CPU of a quiet server. */
const RESOLUTION_MS = 20;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

subscribe('tracing:net.server.listen:asyncEnd', (message) => {
  const address = (message as { server: Server }).server.address();
  if (typeof address === 'object' && address !== null) say({ kind: 'listening', port: address.port });
});

process.on('message', ({ kind }: ProbeAsked) => {
  if (kind === 'settled') for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const longestTurnMs = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
  delay.reset();
  say({ kind: 'figures', figures: { cpuUs: user + system, rssBytes: rss, heapBytes: heapUsed + external, longestTurnMs } });
});
process.channel?.unref();
