/** A look at the world that may fail and that may hang. */
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../rooms/deadline.ts';

export type Probed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** What `look` finds within its time, or why it finds nothing. Never rejects. */
export async function probed<T>(clock: Clock, withinMs: number, look: () => Promise<T>): Promise<Probed<T>> {
  const late = () => Promise.reject(new Error(`no answer within ${withinMs / 1_000} s`));
  try {
    return { ok: true, value: await withDeadline(clock, Promise.resolve().then(look), late, withinMs) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** One line; never the address that was asked, which may hold a password. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ');
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').replace(/\b(\w+:\/\/)[^\s@/]*@/g, '$1…@');
}
