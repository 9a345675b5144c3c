/** How often one fan may do what costs others something. */
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { type BucketRule, fullBucket, type TokenBucket, take } from '../../core/token-bucket.ts';
import type { FanId } from '../../schemas/ids.ts';

const RULES = {
  /** Taps: a burst of sixty, then fifteen a second. */
  react: { capacity: 60, perS: 15 },
  /** Five, then one every twelve seconds. */
  report: { capacity: 5, perS: 1 / 12 },
  /** Lines that the journal was asked for: what is refused after that, by whatever, costs its author nothing else, and a flood must not live on it. */
  journal: { capacity: 10, perS: 1 },
} as const satisfies Record<string, BucketRule>;

export class Pace {
  readonly #clock: Clock;
  readonly #buckets = new Map<FanId, Partial<Record<keyof typeof RULES, TokenBucket>>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `rate_limited`, with the time after which it works, and then nothing is taken. */
  pay(fanId: FanId, what: keyof typeof RULES, count = 1): void {
    const nowMs = this.#clock.nowMs();
    const buckets = this.#buckets.get(fanId) ?? {};
    const taken = take(buckets[what] ?? fullBucket(RULES[what], nowMs), RULES[what], nowMs, count);
    this.#buckets.set(fanId, { ...buckets, [what]: taken.bucket });
    if (!taken.taken) throw new PartyError('rate_limited', 'That was a lot at once.', taken.retryInMs);
  }

  /** The fan is gone from here. */
  forget(fanId: FanId): void {
    this.#buckets.delete(fanId);
  }
}
