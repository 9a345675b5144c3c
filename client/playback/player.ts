/** The player: two decks that take turns, so that whatever comes next is ready before it is due. */
import { computed, effect, signal, untracked } from '@preact/signals';
import type { Clock } from '../../core/clock.ts';
import { BENDING, SEEK_ONLY } from '../../core/drift.ts';
import { playheadOf, type Timeline, upcoming } from '../../core/timeline.ts';
import type { KeyValueStore, Page } from '../session/page.ts';
import { Deck } from './deck.ts';
import type { DeckDeps } from './deck-types.ts';
import { deviceDelays } from './device-delays.ts';
import type { MediaFactory } from './media.ts';
import { type Plan, planAt, preloadAtMs, type Run } from './plan.ts';
import { listenerSettings } from './settings.ts';
import type { NowPlaying, PartyPlayer, PlayerStatus, SyncQuality } from './types.ts';

export interface PlayerDeps {
  /** What is to sound; null for nothing. Read on every tick; a change of a signal that it reads is followed at once. */
  readonly timeline: () => Timeline | null;
  /** Event time now. */
  readonly eventNowMs: () => number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly storage: KeyValueStore;
  readonly page: Pick<Page, 'onWake' | 'hidden'>;
  readonly media: MediaFactory;
  /** False where a change of rate is heard: there the player seeks. */
  readonly steersByRate: boolean;
  /** Hears the playback error about once a second while it is known. */
  readonly onErrorMs?: (errorMs: number) => void;
}

const TICK_MS = 50;
/** A ticking page that has nothing to play looks this often whether that has changed. */
const IDLE_TICK_MS = 250;
const SHOW_EVERY_MS = 250;
const REPORT_EVERY_MS = 1_000;
/** The deck for what comes next is brought into place this long before. */
const CUE_AHEAD_MS = 6_000;
const LOCKED_IN_MS = 8;
const CLOSE_MS = 40;
const NOTHING: NowPlaying = { trackId: null, index: -1, positionMs: 0, durationMs: null };

/** A player for the page; silent until `unlock`. */
export function createPartyPlayer(deps: PlayerDeps): PartyPlayer {
  const { clock, random } = deps;
  const settings = listenerSettings(deps.storage);
  const unlocked = signal(false);
  const status = signal<PlayerStatus>('locked');
  const nowPlaying = signal<NowPlaying>(NOTHING);
  const errorMs = signal<number | null>(null);
  const hasVideo = signal(false);
  const crowdShare = random();
  const nowMs = () => deps.eventNowMs() + settings.nudgeMs.peek();

  const deckDeps: DeckDeps = {
    clock,
    random,
    nowMs,
    media: deps.media,
    driftRules: deps.steersByRate ? BENDING : SEEK_ONLY,
    delays: deviceDelays(deps.storage),
    onChange: () => show(),
    hidden: () => deps.page.hidden(),
    onLocked: () => lock(),
    onHushed(media) {
      // Where pictures cannot sound at once, the browser pauses the one before when the next is set off.
      const other = media === live.media ? spare.media : live.media;
      if (other.isPaused()) lock();
      return other.isPaused();
    },
    onResumed: () => {
      if (!unlocked.peek()) unlock();
    },
  };
  let live = new Deck(deckDeps);
  let spare = new Deck(deckDeps);
  let cancelTick = () => {};
  let shownAtMs = 0;
  let reportedAtMs = 0;

  const swap = () => {
    [live, spare] = [spare, live];
    // Art gives way to the picture, or the other way round, with the sound.
    hasVideo.value = live.media.hasPicture();
  };

  /** Whether the live deck, silent now, is already cued for what comes. */
  const waitsFor = ({ now, change }: Plan) => now?.kind === 'standing' && change !== null && live.isOn(change.run);

  const silence = () => {
    for (const deck of [live, spare]) {
      deck.clear();
      deck.media.setAudible(null);
    }
  };

  const holdTo = (plan: Plan) => {
    const { now } = plan;
    if (now === null) return silence();
    if (waitsFor(plan)) return;
    if (!live.isOn(now)) {
      // The deck that was made ready takes over; otherwise the one that holds the track, or the free one.
      if (spare.isOn(now) || (live.trackId !== now.track.id && live.trackId !== null)) {
        live.rest();
        swap();
      }
    }
    live.aim(now, nowMs());
    live.media.setAudible(now.track.id);
    spare.media.setAudible(null);
  };

  const makeReady = ({ now, change }: Plan, timeline: Timeline) => {
    const atMs = nowMs();
    const due = change?.run && change.atMs - atMs <= CUE_AHEAD_MS ? { run: change.run, atMs: change.atMs } : null;
    // What it was made ready for may have been called off.
    spare.restUnless(due?.run ?? null);
    if (due) {
      const isSilent = now?.kind === 'standing' && live.trackId === due.run.track.id;
      if (isSilent) live.aim(due.run, due.atMs);
      else if (due.run.kind === 'playing' || due.run.track.id !== now?.track.id) spare.aim(due.run, due.atMs);
      return;
    }
    const coming = upcoming(timeline, atMs);
    if (!coming || coming.startsAtMs === null || atMs < preloadAtMs(coming.startsAtMs, crowdShare)) return;
    if (coming.track.id !== live.trackId) spare.preload(coming.track);
  };

  const tick = () => {
    cancelTick();
    const timeline = deps.timeline();
    let delayMs = IDLE_TICK_MS;
    if (timeline === null) silence();
    else if (unlocked.peek()) {
      const plan = planAt(timeline, nowMs());
      holdTo(plan);
      makeReady(plan, timeline);
      live.tick();
      spare.tick();
      if (plan.now?.kind === 'playing' || plan.change !== null) delayMs = live.tickDelayMs() ?? TICK_MS;
      if (plan.change) delayMs = Math.min(delayMs, Math.max(0, Math.ceil(plan.change.atMs - nowMs())));
    }
    const atMs = clock.nowMs();
    if (atMs - shownAtMs >= SHOW_EVERY_MS) show();
    if (deps.onErrorMs && live.errorMs !== null && atMs - reportedAtMs >= REPORT_EVERY_MS) {
      reportedAtMs = atMs;
      deps.onErrorMs(live.errorMs);
    }
    cancelTick = clock.after(delayMs, tick);
  };

  const statusNow = (timeline: Timeline | null, run: Run | null): PlayerStatus => {
    if (!unlocked.peek()) return 'locked';
    if (timeline === null || run === null) return timeline?.playback.status === 'ended' ? 'ended' : 'idle';
    if (run.kind === 'standing') return run.over ? 'ended' : 'paused';
    switch (live.state.kind) {
      case 'running':
        return 'playing';
      case 'cued':
        // What is due any moment now is no reason to speak of loading.
        return live.state.startAtMs - nowMs() < TICK_MS ? 'playing' : 'loading';
      case 'stalled':
        return 'catching-up';
      case 'failed':
        return 'failed';
      default:
        return 'loading';
    }
  };

  function show(): void {
    shownAtMs = clock.nowMs();
    const timeline = deps.timeline();
    const atMs = deps.eventNowMs();
    if (timeline === null) nowPlaying.value = NOTHING;
    else {
      const { trackId, index, positionMs } = playheadOf(timeline, atMs);
      const { setlist, nextSetlist } = timeline;
      const track = setlist.find(({ id }) => id === trackId) ?? nextSetlist?.find(({ id }) => id === trackId);
      nowPlaying.value = { trackId, index, positionMs, durationMs: track?.durationMs ?? null };
    }
    status.value = statusNow(timeline, timeline && planAt(timeline, nowMs()).now);
    errorMs.value = live.errorMs;
    hasVideo.value = live.media.hasPicture();
  }

  const stopLoudness = effect(() => {
    for (const deck of [live, spare]) deck.media.setLoudness(settings.volume.value, settings.muted.value);
  });
  function lock(): void {
    unlocked.value = false;
    for (const deck of [live, spare]) deck.rest();
    show();
  }

  function unlock(): void {
    live.media.bless();
    spare.media.bless();
    unlocked.value = true;
    live.revive();
    tick();
  }

  const stopWake = deps.page.onWake(() => {
    for (const deck of [live, spare]) deck.revive();
    tick();
  });
  // A page in the background looks too seldom by itself to be there when the show begins.
  const stopFollowing = effect(() => {
    deps.timeline();
    untracked(tick);
  });

  return {
    status,
    nowPlaying,
    errorMs,
    quality: computed<SyncQuality>(() => {
      const error = errorMs.value;
      if (error === null) return status.value === 'loading' || status.value === 'catching-up' ? 'adjusting' : 'unknown';
      if (Math.abs(error) <= LOCKED_IN_MS) return 'locked-in';
      return Math.abs(error) <= CLOSE_MS ? 'close' : 'adjusting';
    }),
    volume: settings.volume,
    muted: settings.muted,
    nudgeMs: settings.nudgeMs,
    hasVideo,
    async unlock() {
      unlock();
    },
    lock,
    mountVideo(container) {
      live.media.mount(container);
      spare.media.mount(container);
    },
    dispose() {
      cancelTick();
      stopLoudness();
      stopWake();
      stopFollowing();
      settings.dispose();
      for (const deck of [live, spare]) {
        deck.clear();
        deck.media.dispose();
      }
    },
  };
}
