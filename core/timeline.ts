/** Where the music is: pure functions of playback, setlist and event time, the same in every actor, page and bot. */
import type { TrackId } from '../schemas/ids.ts';
import type { Cue, Playback, Setlist, Track } from '../schemas/playback.ts';

export interface Playhead {
  /** null: nothing to play, because the setlist is empty or does not hold the track. */
  readonly trackId: TrackId | null;
  /** Place of the track in the setlist; −1 when there is none. */
  readonly index: number;
  /** Milliseconds of the track that have played; never beyond its `durationMs`. */
  readonly positionMs: number;
  /** `waiting`: a start that is scheduled for later stands at its position until then. */
  readonly status: 'playing' | 'paused' | 'waiting' | 'ended';
  /** Event time when the next track starts or the end comes; null when nothing will change by itself. */
  readonly changeAtMs: number | null;
}

/** All that a listener knows about what plays. `next` with `nextSetlist` (null: unchanged) holds from `next.applyAtMs` on. */
export interface Timeline {
  readonly playback: Playback;
  readonly next: (Playback & { readonly applyAtMs: number }) | null;
  readonly setlist: Setlist;
  readonly nextSetlist: Setlist | null;
}

/** What plays, over which setlist. */
export interface InForce {
  readonly playback: Playback;
  readonly setlist: Setlist;
}

/** A track to have ready. */
export interface Upcoming {
  readonly track: Track;
  readonly index: number;
  /** Where in the track it will start. */
  readonly positionMs: number;
  /** Event time of its start; null while that depends on a host (a pause, a live track). */
  readonly startsAtMs: number | null;
}

/**
 * Playhead at `nowMs` (event time), walking on through the setlist from the anchor track.
 * A track plays for its `durationMs`, whatever the in and out points of its source; a live track (null) never ends.
 * Each step of the walk is a re-anchoring at the boundary, so that `changeAtMs` is exactly the next track's first moment.
 */
export function playheadAt(playback: Playback, setlist: Setlist, nowMs: number): Playhead {
  const anchorIndex = setlist.findIndex((track) => track.id === playback.trackId);
  const anchorTrack = setlist[anchorIndex];
  if (anchorTrack === undefined) return nowhere(playback.status === 'paused' ? 'paused' : 'ended');
  if (playback.status !== 'playing') {
    return standing(anchorTrack, anchorIndex, playback.positionMs, playback.status);
  }
  const atMs = Math.max(nowMs, playback.anchorMs);
  const status = nowMs < playback.anchorMs ? 'waiting' : 'playing';
  let { positionMs, anchorMs } = playback;
  let last = anchorTrack;
  for (const [step, track] of setlist.slice(anchorIndex).entries()) {
    const index = anchorIndex + step;
    const playedMs = positionMs + (atMs - anchorMs) * playback.rate;
    if (track.durationMs === null) return { trackId: track.id, index, positionMs: playedMs, status, changeAtMs: null };
    const changeAtMs = anchorMs + (track.durationMs - positionMs) / playback.rate;
    if (atMs < changeAtMs) {
      return { trackId: track.id, index, positionMs: Math.min(playedMs, track.durationMs), status, changeAtMs };
    }
    anchorMs = changeAtMs;
    positionMs = 0;
    last = track;
  }
  return standing(last, setlist.length - 1, Number.POSITIVE_INFINITY, 'ended');
}

function nowhere(status: 'paused' | 'ended'): Playhead {
  return { trackId: null, index: -1, positionMs: 0, status, changeAtMs: null };
}

function standing(track: Track, index: number, positionMs: number, status: 'paused' | 'ended'): Playhead {
  return {
    trackId: track.id,
    index,
    positionMs: track.durationMs === null ? positionMs : Math.min(positionMs, track.durationMs),
    status,
    changeAtMs: null,
  };
}

/** What applies at `nowMs`: from `next.applyAtMs` on, `next` does, over its own setlist when it brings one. */
export function inForce(timeline: Timeline, nowMs: number): InForce {
  const { playback, next, setlist, nextSetlist } = timeline;
  if (next === null || nowMs < next.applyAtMs) return { playback, setlist };
  return { playback: next, setlist: nextSetlist ?? setlist };
}

/** The playhead of whatever is in force at `nowMs`. */
export function playheadOf(timeline: Timeline, nowMs: number): Playhead {
  const { playback, setlist } = inForce(timeline, nowMs);
  return playheadAt(playback, setlist, nowMs);
}

/** The timeline of anything that keeps a cue's setlist inside the cue, as the stage's snapshot does. */
export function timelineOf(held: { playback: Playback; next: Cue | null; setlist: Setlist }): Timeline {
  return { playback: held.playback, next: held.next, setlist: held.setlist, nextSetlist: held.next?.setlist ?? null };
}

/**
 * The same playback, anchored at `atMs`: from then on its playhead is what it was.
 * A start that is scheduled for later keeps its own anchor.
 */
export function reanchor(playback: Playback, setlist: Setlist, atMs: number): Playback {
  const head = playheadAt(playback, setlist, atMs);
  return {
    ...playback,
    trackId: head.trackId,
    status: head.status === 'waiting' ? 'playing' : head.status,
    positionMs: head.positionMs,
    anchorMs: head.status === 'waiting' ? playback.anchorMs : atMs,
  };
}

/** The next track to have ready, and when it starts; null when nothing follows. */
export function upcoming(timeline: Timeline, nowMs: number): Upcoming | null {
  const { setlist } = inForce(timeline, nowMs);
  const current = playheadOf(timeline, nowMs);
  const cue = timeline.next !== null && timeline.next.applyAtMs > nowMs ? timeline.next : null;
  if (cue === null) return following(current, setlist);
  if (current.changeAtMs !== null && current.changeAtMs < cue.applyAtMs) {
    const walked = following(current, setlist);
    if (walked !== null) return walked;
  }
  const cuedSetlist = timeline.nextSetlist ?? setlist;
  const cued = playheadAt(cue, cuedSetlist, cue.applyAtMs);
  const track = cuedSetlist[cued.index];
  if (track !== undefined && cued.status !== 'ended' && cued.trackId !== current.trackId) {
    return { track, index: cued.index, positionMs: cued.positionMs, startsAtMs: cue.applyAtMs };
  }
  return following(cued, cuedSetlist);
}

function following(head: Playhead, setlist: Setlist): Upcoming | null {
  const index = head.index + 1;
  const track = setlist[index];
  if (track === undefined || head.trackId === null || head.status === 'ended') return null;
  return { track, index, positionMs: 0, startsAtMs: head.changeAtMs };
}
