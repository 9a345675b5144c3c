/** The full clients, in a process of their own so that what they measure is not the coordinator's business. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Screen, WatchOptions, WatchOrder, WatchReply, WatchResult } from './messages.ts';

export interface Watchers extends AsyncDisposable {
  status(): { readonly due: number; readonly live: number };
  /** They say nothing from now on. */
  hush(): void;
  /** What each that is live shows now; `lineId`: the line to look for. */
  look(lineId: string): Promise<readonly Screen[]>;
  /** They leave. Rejects when the process died. */
  end(): Promise<WatchResult>;
}

export function startWatchers(options: WatchOptions): Watchers {
  // A session of its own; see `goFirst`. It ends when its channel does.
  const child = fork(join(import.meta.dirname, 'watcher-process.ts'), { serialization: 'advanced', detached: true });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let status = { due: 0, live: 0 };
  let onLooked: ((screens: readonly Screen[]) => void) | undefined;
  const { promise: ended, resolve, reject } = Promise.withResolvers<WatchResult>();
  // Also when nobody asks any more.
  ended.catch(() => {});
  child.on('message', (message) => {
    const reply = message as WatchReply;
    if (reply.kind === 'status') status = { due: reply.due, live: reply.live };
    else if (reply.kind === 'looked') onLooked?.(reply.screens);
    else resolve(reply.result);
  });
  child.once('exit', (code) => reject(new Error(`the full clients' process ended with ${code}`)));
  const tell = (order: WatchOrder) => {
    // One that has died is reported by `end`.
    if (child.connected) child.send(order, () => {});
  };
  tell({ kind: 'start', options });
  return {
    status: () => status,
    hush: () => tell({ kind: 'hush' }),
    async look(lineId) {
      const { promise, resolve } = Promise.withResolvers<readonly Screen[]>();
      onLooked = resolve;
      tell({ kind: 'look', lineId });
      return await Promise.race([promise, ended.then(() => [])]);
    },
    async end() {
      tell({ kind: 'end' });
      return await ended;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
