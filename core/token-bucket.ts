/** A token bucket as a plain value: bursts up to its capacity, a steady rate over time. */

export interface BucketRule {
  /** The longest burst; a count above it can never be taken. */
  readonly capacity: number;
  readonly perS: number;
}

export interface TokenBucket {
  readonly tokens: number;
  readonly atMs: number;
}

export type Take =
  | { readonly taken: true; readonly bucket: TokenBucket }
  /** `retryInMs` is Infinity when waiting cannot help. */
  | { readonly taken: false; readonly bucket: TokenBucket; readonly retryInMs: number };

export function fullBucket(rule: BucketRule, nowMs: number): TokenBucket {
  return { tokens: rule.capacity, atMs: nowMs };
}

/** The bucket as it stands at `nowMs`; a clock that stepped back adds nothing and takes nothing. */
export function refill(bucket: TokenBucket, rule: BucketRule, nowMs: number): TokenBucket {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  return {
    tokens: Math.min(rule.capacity, bucket.tokens + (elapsedMs * rule.perS) / 1_000),
    atMs: Math.max(bucket.atMs, nowMs),
  };
}

/** Takes `count` tokens or none. */
export function take(bucket: TokenBucket, rule: BucketRule, nowMs: number, count = 1): Take {
  const filled = refill(bucket, rule, nowMs);
  // A hair of tolerance: whoever comes back after exactly `retryInMs` must not fail by rounding.
  if (filled.tokens + 1e-9 >= count) {
    return { taken: true, bucket: { tokens: Math.max(0, filled.tokens - count), atMs: filled.atMs } };
  }
  const possible = rule.perS > 0 && count <= rule.capacity;
  const retryInMs = possible ? Math.ceil(((count - filled.tokens) * 1_000) / rule.perS) + filled.atMs - nowMs : Infinity;
  return { taken: false, bucket: filled, retryInMs };
}
