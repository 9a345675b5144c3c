import type { Log } from './ports.ts';

/** Lets a promise run without anybody waiting for it; its failure is logged as `what`. */
export function inBackground(promise: Promise<unknown>, log: Log, what: string): void {
  promise.catch((err: unknown) => log.warn({ err }, what));
}
