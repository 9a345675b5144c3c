/** How long to wait before the next attempt. */

export interface BackoffRule {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Full jitter: anywhere from 0 to `baseMs` × 2^attempt, at most `capMs`; `attempt` counts from 0.
 * The whole range, since a crowd that lost one process must not come back as one.
 */
export function backoffMs(attempt: number, rule: BackoffRule, random: () => number): number {
  const ceilingMs = Math.min(rule.capMs, rule.baseMs * 2 ** Math.max(0, attempt));
  return random() * ceilingMs;
}

/** `aroundMs`, more or less by up to `share` of it, so that equal timers drift apart. */
export function jitterMs(aroundMs: number, share: number, random: () => number): number {
  return aroundMs * (1 + (random() * 2 - 1) * share);
}
