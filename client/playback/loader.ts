/** Fetches a deck's source, and again when it fails: soon at first, and for as long as it is wanted. */
import { type BackoffRule, backoffMs } from '../../core/backoff.ts';
import type { Clock } from '../../core/clock.ts';
import type { Track } from '../../schemas/playback.ts';
import type { Media } from './media.ts';

const RETRY: BackoffRule = { baseMs: 1_000, capMs: 15_000 };
export const RETRIES = 6;
/** From then on it is fetched after this, and up to as long again: an outage may end at any time, and a crowd waits for it. */
const KEEP_TRYING_MS = 15_000;
/** A source that has not made progress for this long is fetched again. */
const STUCK_AFTER_MS = 12_000;

export class Loader {
  readonly #media: Media;
  readonly #clock: Clock;
  readonly #random: () => number;
  #track: Track | null = null;
  #failures = 0;
  #progressAtMs = 0;
  #cancel = () => {};

  constructor(media: Media, clock: Clock, random: () => number) {
    this.#media = media;
    this.#clock = clock;
    this.#random = random;
  }

  get trackId(): string | null {
    return this.#track?.id ?? null;
  }

  load(track: Track): void {
    this.#cancel();
    this.#track = track;
    this.#failures = 0;
    this.#fetch();
  }

  /** The same track; its address may have been renewed, which counts from the next fetch on. */
  renew(track: Track): void {
    if (this.#track?.id === track.id) this.#track = track;
  }

  unload(): void {
    this.#cancel();
    this.#track = null;
    this.#media.unload();
  }

  /** It sounds, or waits for a moment of its own: no reason to worry until `atMs` (the page's clock), and some time after. */
  progress(atMs = this.#clock.nowMs()): void {
    this.#progressAtMs = Math.max(this.#progressAtMs, atMs);
  }

  succeeded(): void {
    this.#failures = 0;
  }

  isStuck(): boolean {
    return this.#clock.nowMs() - this.#progressAtMs > STUCK_AFTER_MS;
  }

  /** Fetches once more after a while; false: this has failed so often that the listener is to know. */
  retry(): boolean {
    this.#cancel();
    const isHopeful = this.#failures < RETRIES;
    if (!isHopeful) this.#media.unload();
    const waitMs = isHopeful ? backoffMs(this.#failures++, RETRY, this.#random) : KEEP_TRYING_MS * (1 + this.#random());
    this.progress(this.#clock.nowMs() + waitMs);
    this.#cancel = this.#clock.after(waitMs, () => this.#fetch());
    return isHopeful;
  }

  #fetch(): void {
    if (this.#track === null) return;
    this.progress();
    this.#media.load(this.#track.source);
  }
}
