/**
 * One of the player's two decks: a media element that is brought to sound a run of the timeline from a given moment
 * on, and is then held to it. Every start is made the same way: paused, sought to where the run will be, and taken off
 * for its moment; so there is one loss to learn, and the moment is met whether the run begins with a cue, a track
 * change, a late join or after a stall.
 */
import { assertNever } from '../../core/invariant.ts';
import type { Track } from '../../schemas/playback.ts';
import type { DeckDeps, DeckState } from './deck-types.ts';
import { Loader } from './loader.ts';
import type { Media, MediaEvent } from './media.ts';
import { isSameRun, type Run, runPositionMs } from './plan.ts';
import { type Steering, steering } from './steering.ts';
import { takeOff } from './take-off.ts';

/** A start that cannot wait is set this far ahead, twice as far after each miss. */
const PREPARE_MS = 150;
const PREPARE_MAX_MS = 2_400;
const SEEK_GRACE_MS = 1_500;
/** What is missing where it stalled may be there where the crowd is by now: it goes there after this many preparations. */
const LEAP_AFTER_PREPARATIONS = 20;

export class Deck {
  readonly media: Media;
  readonly #deps: DeckDeps;
  readonly #loader: Loader;
  #state: DeckState = { kind: 'empty' };
  #run: Run | null = null;
  #startsAtMs = 0;
  #prepareMs = PREPARE_MS;
  #steering: Steering | null = null;
  #soughtAtMs = Number.NEGATIVE_INFINITY;
  #stalledAtMs = Number.NEGATIVE_INFINITY;
  #cancel = () => {};

  constructor(deps: DeckDeps) {
    this.#deps = deps;
    this.media = deps.media((event) => this.#onMedia(event));
    this.#loader = new Loader(this.media, deps.clock, deps.random);
  }

  get state(): DeckState {
    return this.#state;
  }

  get trackId(): string | null {
    return this.#loader.trackId;
  }

  /** Signed, in ms: where the media is minus where it should be; null while unknown. */
  get errorMs(): number | null {
    return this.#state.kind === 'running' ? (this.#steering?.errorMs(this.#deps.clock.nowMs()) ?? null) : null;
  }

  isOn(run: Run | null): boolean {
    return this.#run !== null && isSameRun(this.#run, run);
  }

  /** Fetches a track without sounding it. */
  preload(track: Track): void {
    if (this.trackId === track.id) return this.#loader.renew(track);
    this.clear();
    this.#load(track);
  }

  /** Sounds `run` from `startsAtMs` on, or as soon after that as it can; a standing run is shown at its place. */
  aim(run: Run, startsAtMs: number): void {
    if (this.isOn(run)) {
      // The same music; its address may have been renewed.
      this.#run = run;
      this.#loader.renew(run.track);
      return;
    }
    if (this.trackId !== run.track.id) this.clear();
    this.#cancel();
    this.#run = run;
    this.#startsAtMs = startsAtMs;
    this.#prepareMs = PREPARE_MS;
    if (this.trackId === null || this.#state.kind === 'failed') this.#load(run.track);
    else this.#approach();
  }

  /** Falls silent and keeps what is loaded, unless it is on `run`. */
  restUnless(run: Run | null): void {
    if (this.#run !== null && !(run !== null && this.isOn(run))) this.rest();
  }

  /** Falls silent and keeps what is loaded. */
  rest(): void {
    this.#cancel();
    this.#run = null;
    this.#steering = null;
    this.media.pause();
    if (this.#state.kind !== 'empty' && this.#state.kind !== 'failed') this.#become({ kind: 'loading' });
  }

  clear(): void {
    this.rest();
    if (this.trackId === null) return;
    this.#loader.unload();
    this.#become({ kind: 'empty' });
  }

  /** Tries again at once what had failed. */
  revive(): void {
    if (this.#run !== null && this.#state.kind === 'failed') this.#load(this.#run.track);
  }

  /** When to call `tick` next. */
  tickDelayMs(): number | null {
    return this.#state.kind === 'running' ? (this.#steering?.delayMs(this.#deps.clock.nowMs(), this.#deps.random) ?? null) : null;
  }

  /** To be called after `tickDelayMs`, or a few times a second. */
  tick(): void {
    const run = this.#run;
    if (run === null || run.kind !== 'playing') return;
    if (this.#state.kind === 'running') this.#follow(run);
    else if (this.#state.kind !== 'cued') this.#watch();
    else if (this.#deps.hidden() && this.#deps.nowMs() > this.#state.startAtMs) this.#approach();
  }

  #follow(run: Run & { kind: 'playing' }): void {
    const { media } = this;
    const nowMs = this.#deps.nowMs();
    const positionMs = media.positionMs();
    const { endMs } = run.track.source;
    if (media.isOver() || (endMs !== undefined && positionMs >= endMs)) return media.pause();
    if (media.isPaused()) {
      if (!(media.isHushed() && this.#deps.onHushed(media))) this.#lose();
      return;
    }
    const wantedMs = this.#mediaMs(run, nowMs);
    if (wantedMs === null || this.#steering === null) return;
    this.#loader.progress();
    const atMs = this.#deps.clock.nowMs();
    const correction = this.#steering.sample({ atMs, heardMs: positionMs, targetMs: wantedMs });
    switch (correction.kind) {
      case 'hold':
        return media.setRate(run.rate);
      case 'rate':
        return media.setRate(run.rate * correction.rate);
      case 'seek':
        this.#soughtAtMs = atMs;
        media.setRate(run.rate);
        return media.seek(correction.toMs);
      default:
        return assertNever(correction);
    }
  }

  #watch(): void {
    if (this.#loader.isStuck()) return this.#retry();
    if (this.#state.kind !== 'stalled' || !this.media.isLoaded()) return;
    const waitedMs = this.#deps.clock.nowMs() - this.#stalledAtMs;
    if (this.media.isReady() || waitedMs > this.#prepareMs * LEAP_AFTER_PREPARATIONS) this.#approach();
  }

  /** Seeks to where the run will be at a moment that can be met. */
  #approach(): void {
    const run = this.#run;
    if (run === null || !this.media.isLoaded()) return;
    this.#cancel();
    this.#steering = null;
    this.media.pause();
    this.media.setRate(run.kind === 'playing' ? run.rate : 1);
    const { delays, hidden } = this.#deps;
    const nowMs = this.#deps.nowMs();
    const soonestMs = nowMs + delays.leadMs('start');
    // No timer of a hidden page would meet another moment: what it missed sounds at once.
    const isOverdue = run.kind === 'playing' && hidden() && soonestMs >= this.#startsAtMs;
    const startAtMs = isOverdue ? soonestMs : Math.max(this.#startsAtMs, soonestMs + this.#prepareMs);
    const toMs = this.#mediaMs(run, startAtMs);
    if (startAtMs === this.#startsAtMs) this.#loader.progress(this.#deps.clock.nowMs() + startAtMs - nowMs);
    this.#become(run.kind === 'standing' ? { kind: 'standing' } : { kind: 'cued', startAtMs });
    if (toMs !== null && Math.abs(toMs - this.media.positionMs()) > 0.5) this.media.seek(toMs);
    if (isOverdue) this.#setOff(startAtMs - nowMs);
    else if (run.kind === 'playing') this.#arm(run, startAtMs);
  }

  /** At full speed from here, `aimMs` ahead of the run. */
  #setOff(aimMs: number): void {
    this.#soughtAtMs = this.#deps.clock.nowMs();
    this.media.play().catch((error: unknown) => this.#refused(error));
    this.#airborne(aimMs);
  }

  #airborne(aimMs: number): void {
    const { clock, delays, driftRules } = this.#deps;
    this.#steering = steering(driftRules, delays, aimMs, clock.nowMs());
    this.#loader.succeeded();
    this.#become({ kind: 'running' });
  }

  #refused(error: unknown): void {
    if (!(error instanceof Error && error.name === 'NotAllowedError')) return;
    this.#cancel();
    this.#become({ kind: 'stalled' });
    this.#deps.onLocked();
  }

  #arm(run: Run & { kind: 'playing' }, startAtMs: number): void {
    const { clock, delays, driftRules, nowMs } = this.#deps;
    const { media } = this;
    const route = { media, clock, nowMs, rolls: driftRules.bends, lossMs: delays.leadMs('start') };
    this.#cancel = takeOff(route, {
      startAtMs,
      rate: run.rate,
      wantedMs: (atMs) => this.#mediaMs(run, atMs),
      onMissed: () => {
        this.#prepareMs = Math.min(PREPARE_MAX_MS, this.#prepareMs * 2);
        if (media.isReady()) this.#approach();
        else this.#become({ kind: 'stalled' });
      },
      onAirborne: (aimMs) => {
        if (aimMs < 0 && this.#deps.hidden()) this.#approach();
        else this.#airborne(aimMs);
      },
      onRefused: (error) => this.#refused(error),
    });
  }

  /** The place is lost: a stall, a jump, a browser that paused us. */
  #lose(): void {
    this.#steering = null;
    this.media.pause();
    if (this.media.isReady()) this.#approach();
    else this.#become({ kind: 'stalled' });
  }

  #onMedia(event: MediaEvent): void {
    switch (event) {
      case 'loaded':
        if (this.#state.kind === 'failed') this.#become({ kind: 'loading' });
        if (this.#run && (this.#state.kind === 'loading' || this.#state.kind === 'stalled')) this.#approach();
        return;
      case 'ready':
        if (this.#state.kind === 'stalled' && this.media.isReady()) this.#approach();
        return;
      case 'stalled':
        if (this.#state.kind === 'running' && !this.media.isReady() && !this.media.isOver() && !this.#isSeeking()) this.#lose();
        return;
      case 'failed':
        if (this.trackId !== null) this.#retry();
        return;
      case 'paused':
        return this.tick();
      case 'resumed':
        // It goes on where the crowd is, if it is to.
        this.media.pause();
        return this.#deps.onResumed();
      case 'picture':
        return this.#deps.onChange();
      default:
        assertNever(event);
    }
  }

  /** Our own seek empties the element for a moment: that is no stall. */
  #isSeeking(): boolean {
    return this.#deps.clock.nowMs() - this.#soughtAtMs < SEEK_GRACE_MS;
  }

  #load(track: Track): void {
    this.#become({ kind: 'loading' });
    this.#loader.load(track);
  }

  #retry(): void {
    this.#cancel();
    this.#steering = null;
    // A preload that fails is not yet missed by anybody.
    if (!this.#loader.retry()) this.#become({ kind: 'failed' });
    else this.#become({ kind: this.#run === null ? 'loading' : 'stalled' });
  }

  /** Where the source should be at `nowMs`; null for a live source that does not say, which plays at its own edge. */
  #mediaMs(run: Run, nowMs: number): number | null {
    if (run.track.durationMs === null) return this.media.livePositionMs(nowMs);
    return (run.track.source.startMs ?? 0) + runPositionMs(run, nowMs);
  }

  #become(state: DeckState): void {
    const changed = state.kind !== this.#state.kind;
    if (changed && state.kind === 'stalled') this.#stalledAtMs = this.#deps.clock.nowMs();
    this.#state = state;
    if (changed) this.#deps.onChange();
  }
}
