/** One HTTP call to a door, within a deadline. */
import type { Clock } from '../../core/clock.ts';

/** The part of `fetch` that a session uses: `globalThis.fetch` is one. */
export type Fetch = (url: string, init: RequestInit) => Promise<Pick<Response, 'status' | 'json'>>;

export interface DoorRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface CallLimits {
  /** The caller's own, by which answers are timed. */
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** When a call left and its answer came back, on the caller's clock, in ms. */
export interface Timed<Value> {
  readonly value: Value;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

/** `value`: the body's JSON, null when it is none. */
export interface HttpAnswer extends Timed<unknown> {
  readonly status: number;
}

/** 'silent' when the deadline passed or the call was called off, 'lost' when the network failed. Never rejects. */
export type DoorCall = (url: string, request: DoorRequest, limits: CallLimits) => Promise<HttpAnswer | 'silent' | 'lost'>;

/** Calls by `fetch`, with cookies. */
export function callsBy(fetch: Fetch): DoorCall {
  return async (url, request, { clock, timeoutMs, signal }) => {
    const deadline = new AbortController();
    const abort = () => deadline.abort();
    signal.addEventListener('abort', abort);
    const cancel = clock.after(timeoutMs, abort);
    const sentAtMs = clock.nowMs();
    try {
      const response = await fetch(url, { ...request, credentials: 'include', signal: deadline.signal });
      const receivedAtMs = clock.nowMs();
      const value: unknown = await response.json().catch(() => null);
      if (deadline.signal.aborted) return 'silent';
      return { status: response.status, value, sentAtMs, receivedAtMs };
    } catch {
      return deadline.signal.aborted ? 'silent' : 'lost';
    } finally {
      cancel();
      signal.removeEventListener('abort', abort);
    }
  };
}
