/** Writes an event's plain values into the schema that fans and staff receive. Called right before a patch, nowhere else. */
import { ArraySchema } from '@colyseus/schema';
import { shouldTellAudience } from '../core/beat.ts';
import { slotOf } from '../core/ring.ts';
import type { Policy } from '../schemas/chat.ts';
import { REMOVAL_RING_SLOTS } from '../schemas/limits.ts';
import type { Playback, Setlist, Track } from '../schemas/playback.ts';
import {
  CueState,
  LineState,
  type PlaybackState,
  type PolicyState,
  RemovalState,
  type SectionState,
  SourceState,
  TrackState,
} from '../schemas/section-state.ts';
import type { StageSnapshot } from '../schemas/stage.ts';
import { LineRing, writeLine } from './line-ring.ts';

export interface LaneFigures {
  readonly mode: 'calm' | 'crowded';
  readonly shownShare: number;
  readonly reactions: Readonly<Record<string, number>>;
}

/** See `VenueDeps.mediaUrl`. */
type MediaUrl = (url: string) => string;

/** `sample`: one of our own media addresses as it was signed, '' when the setlist has none. */
interface ShownSetlist {
  readonly tracks: Setlist;
  readonly sample: string;
}
const NOTHING_SHOWN: ShownSetlist = { tracks: [], sample: '' };

/** One room's projection; remembers what it wrote, so that only what changed is written again. */
export class Projection {
  readonly #state: SectionState;
  readonly #mediaUrl: MediaUrl;
  #setlist: ShownSetlist = NOTHING_SHOWN;
  #nextSetlist: ShownSetlist = NOTHING_SHOWN;
  #removalSeq = 0;
  #audienceAtMs = Number.NEGATIVE_INFINITY;

  constructor(state: SectionState, mediaUrl: MediaUrl = (url) => url) {
    this.#state = state;
    this.#mediaUrl = mediaUrl;
    LineRing.install(state.lines);
    for (let slot = 0; slot < REMOVAL_RING_SLOTS; slot++) state.removals.push(new RemovalState());
  }

  snapshot(snapshot: StageSnapshot): void {
    const state = this.#state;
    writePlayback(state.playback, snapshot.playback);
    const { next } = snapshot;
    if (next === null) {
      if (state.next !== undefined) state.next = undefined;
    } else {
      state.next ??= new CueState();
      writePlayback(state.next, next);
      state.next.applyAtMs = next.applyAtMs;
    }
    const setlist = this.#shown(snapshot.setlist);
    if (!isShown(this.#setlist, setlist)) state.setlist = trackStates(setlist.tracks, this.#mediaUrl);
    this.#setlist = setlist;
    const nextSetlist = this.#shown(next?.setlist ?? []);
    if (!isShown(this.#nextSetlist, nextSetlist)) state.nextSetlist = trackStates(nextSetlist.tracks, this.#mediaUrl);
    this.#nextSetlist = nextSetlist;
    writePolicy(state.policy, snapshot.policy);
    this.#removals(snapshot);
    state.ended = snapshot.ended;
  }

  lanes({ mode, shownShare, reactions }: LaneFigures): void {
    this.#state.chat = mode;
    this.#state.shownShare = Math.round(shownShare * 100) / 100;
    for (const [emoji, total] of Object.entries(reactions)) {
      if (this.#state.reactions.get(emoji) !== total) this.#state.reactions.set(emoji, total);
    }
  }

  /** Whether the counts are worth a frame to everyone now. */
  isAudienceDue(eventFans: number, sectionFans: number, nowMs: number): boolean {
    const { audience } = this.#state;
    return (
      shouldTellAudience(audience.event, eventFans, this.#audienceAtMs, nowMs) ||
      shouldTellAudience(audience.section, sectionFans, this.#audienceAtMs, nowMs)
    );
  }

  audience(eventFans: number, sectionFans: number, nowMs: number): void {
    if (!this.isAudienceDue(eventFans, sectionFans, nowMs)) return;
    this.#state.audience.event = eventFans;
    this.#state.audience.section = sectionFans;
    this.#audienceAtMs = nowMs;
  }

  #shown(tracks: Setlist): ShownSetlist {
    const own = tracks.find(({ source }) => source.url.startsWith('/'));
    return { tracks, sample: own === undefined ? '' : this.#mediaUrl(own.source.url) };
  }

  #removals({ removals, removalSeq }: StageSnapshot): void {
    for (const { seq, removal } of removals) {
      if (seq <= this.#removalSeq) continue;
      const slot = this.#state.removals.at(slotOf(seq, REMOVAL_RING_SLOTS));
      if (slot === undefined) continue;
      slot.seq = seq;
      slot.lineId = removal.kind === 'line' ? removal.lineId : '';
      slot.fanId = removal.kind === 'fan' ? removal.fanId : '';
      slot.beforeMs = removal.kind === 'line' ? 0 : removal.beforeMs;
    }
    this.#removalSeq = Math.max(this.#removalSeq, removalSeq);
  }
}

function writePlayback(state: PlaybackState | CueState, playback: Playback): void {
  state.trackId = playback.trackId ?? '';
  state.status = playback.status;
  state.positionMs = playback.positionMs;
  state.anchorMs = playback.anchorMs;
  state.rate = playback.rate;
  state.revision = playback.revision;
}

function writePolicy(state: PolicyState, policy: Policy): void {
  state.chatMode = policy.chatMode;
  state.slowMs = policy.slowMs;
  state.links = policy.links;
  state.announcement = policy.announcement;
  state.doors = policy.doors;
  if ((state.pinnedLine?.id ?? '') === (policy.pinnedLine?.id ?? '')) return;
  if (policy.pinnedLine === null) state.pinnedLine = undefined;
  else {
    const pinned = new LineState();
    writeLine(pinned, policy.pinnedLine, 'event', 1);
    state.pinnedLine = pinned;
  }
}

/** Tracks are never edited in place, so a list is the same when its tracks are, and signed as it was when one of its addresses is. */
function isShown(a: ShownSetlist, b: ShownSetlist): boolean {
  if (a.sample !== b.sample) return false;
  if (a.tracks === b.tracks) return true;
  return a.tracks.length === b.tracks.length && JSON.stringify(a.tracks) === JSON.stringify(b.tracks);
}

function trackStates(setlist: Setlist, mediaUrl: MediaUrl): ArraySchema<TrackState> {
  return new ArraySchema(...setlist.map((track) => trackState(track, mediaUrl)));
}

function trackState(track: Track, mediaUrl: MediaUrl): TrackState {
  const { id, title, artist, album, art, durationMs, source } = track;
  const state = new TrackState();
  Object.assign(state, { id, title, artist, album, art: mediaUrl(art) });
  if (durationMs !== null) state.durationMs = durationMs;
  const sourceState = new SourceState();
  sourceState.kind = source.kind;
  sourceState.url = mediaUrl(source.url);
  if (source.startMs !== undefined) sourceState.startMs = source.startMs;
  if (source.endMs !== undefined) sourceState.endMs = source.endMs;
  state.source = sourceState;
  return state;
}
