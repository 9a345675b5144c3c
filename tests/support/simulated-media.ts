/** A media element as far as the player can tell, on a clock that stands. */
import type { Media, MediaEvent } from '../../client/playback/media.ts';
import type { Track } from '../../schemas/playback.ts';
import type { ManualClock } from './manual-clock.ts';

export const START_DELAY_MS = 80;
const LOAD_MS = 100;

/** Loads slowly, starts late, can stall, fail, refuse, and be paused by the listener's device. */
export class SimulatedMedia implements Media {
  readonly #clock: ManualClock;
  readonly #onEvent: (event: MediaEvent) => void;
  readonly #durationMs: number;
  urls: string[] = [];
  broken = false;
  locked = false;
  audible: string | null = null;
  paused = true;
  rate = 1;
  startDelayMs = START_DELAY_MS;
  #loaded = false;
  #ready = false;
  #positionMs = 0;
  #fromMs = 0;
  #isToPlay = false;

  constructor(clock: ManualClock, durationMs: number, onEvent: (event: MediaEvent) => void) {
    this.#clock = clock;
    this.#durationMs = durationMs;
    this.#onEvent = onEvent;
  }

  load(source: Track['source']): void {
    this.unload();
    this.urls.push(source.url);
    this.#clock.after(LOAD_MS, () => {
      if (this.broken) return this.#onEvent('failed');
      this.#loaded = true;
      this.#ready = true;
      this.#onEvent('loaded');
    });
  }
  unload(): void {
    this.pause();
    this.#loaded = false;
    this.#ready = false;
    this.#positionMs = 0;
  }
  isLoaded = () => this.#loaded;
  isReady = () => this.#ready;
  isPaused = () => this.paused;
  isHushed = () => this.#isToPlay && this.paused && this.#ready;
  isOver = () => this.positionMs() >= this.#durationMs;
  livePositionMs = () => null;
  positionMs(): number {
    if (this.paused) return this.#positionMs;
    return Math.min(this.#durationMs, this.#positionMs + Math.max(0, this.#clock.nowMs() - this.#fromMs) * this.rate);
  }
  async play(): Promise<void> {
    if (this.locked) throw new DOMException('a tap, please', 'NotAllowedError');
    this.#fromMs = this.#clock.nowMs() + this.startDelayMs;
    this.#isToPlay = true;
    this.paused = false;
  }
  pause(): void {
    this.#isToPlay = false;
    this.#stop();
  }
  #stop(): void {
    this.#positionMs = this.positionMs();
    this.paused = true;
  }
  seek(toMs: number): void {
    this.#positionMs = toMs;
    this.#fromMs = this.#clock.nowMs() + START_DELAY_MS;
  }
  setRate(rate: number): void {
    this.#positionMs = this.positionMs();
    this.#fromMs = Math.max(this.#fromMs, this.#clock.nowMs());
    this.rate = rate;
  }
  setLoudness(): void {}
  setAudible(trackId: string | null): void {
    this.audible = trackId;
  }
  bless(): void {}
  hasPicture = () => false;
  mount(): void {}
  dispose(): void {}
  /** The listener's device pauses it: a media key, the lock screen. */
  hush(): void {
    this.#stop();
    this.#onEvent('paused');
  }
  /** The system has done with what it paused it for. */
  resume(): void {
    this.#fromMs = this.#clock.nowMs();
    this.paused = false;
    this.#onEvent('resumed');
  }
  /** The network runs dry for `forMs`. */
  stall(forMs: number): void {
    this.#stop();
    this.paused = false;
    this.#fromMs = Number.POSITIVE_INFINITY;
    this.#ready = false;
    this.#onEvent('stalled');
    this.#clock.after(forMs, () => {
      this.#ready = true;
      this.#onEvent('ready');
    });
  }
}
