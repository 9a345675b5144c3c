/** Commands that move the music or edit the setlist. Each becomes one cue: one revision, one moment. */

import type { Command } from '../../schemas/commands.ts';
import { TrackId } from '../../schemas/ids.ts';
import type { Playback, Setlist, Track } from '../../schemas/playback.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';
import { PartyError } from '../errors.ts';
import { assertNever } from '../invariant.ts';
import { addTrack, indexOfTrack, moveTrack, removeTrack } from '../setlist.ts';
import { inForce, type Playhead, playheadAt, reanchor, timelineOf } from '../timeline.ts';
import { promote } from './apply.ts';
import type { Decision } from './decision.ts';

/** Within this much of a track, `previous` means the track before. */
const PREVIOUS_WITHIN_MS = 3_000;

export type TransportCommand = Extract<
  Command,
  {
    name: 'play' | 'pause' | 'skip' | 'previous' | 'seek' | 'play-track' | 'add-track' | 'remove-track' | 'move-track';
  }
>;

/** The timeline as a new cue finds it. A cue that is still pending counts as in force: the new one takes its place. */
interface Scene {
  readonly playback: Playback;
  readonly setlist: Setlist;
  /** What the host means by "this": what is heard now, or what a pending cue has announced. */
  readonly heard: Playhead;
  /** Where the timeline will be when the new cue applies. */
  readonly due: Playhead;
  readonly applyAtMs: number;
}

type Aim = Pick<Playback, 'trackId' | 'status' | 'positionMs'>;

/** What a command asks for; undefined when it is so already. */
interface Wish {
  readonly aim: Aim;
  readonly setlist?: Track[];
}

/** The timeline's newest revision: of the pending cue, else of what plays. */
export function revisionOf({ next, playback }: Pick<StageSnapshot, 'next' | 'playback'>): number {
  return (next ?? playback).revision;
}

export function decideTransport(
  context: { readonly snapshot: StageSnapshot; readonly leadMs: number; readonly newId: (length: number) => string },
  command: TransportCommand,
  nowMs: number,
): Decision {
  const held = promote(context.snapshot, nowMs);
  const revision = revisionOf(held);
  if (command.payload.revision !== undefined && command.payload.revision !== revision) {
    throw new PartyError('stale_revision', 'The timeline has changed since you looked; look again.');
  }
  const scene = sceneOf(held, nowMs, nowMs + context.leadMs);
  const added = command.name === 'add-track' ? newTrack(command.payload, context.newId) : undefined;
  const wish = wishOf(scene, command, added);
  const made = added === undefined ? {} : { trackId: added.id };
  if (wish === undefined) {
    const pending = held.next === null ? {} : { applyAtMs: held.next.applyAtMs };
    return { changes: [], reply: { revision, ...pending }, effects: [] };
  }
  const { applyAtMs } = scene;
  // The edit of a pending cue that is being replaced must not be lost with it.
  const setlist = wish.setlist ?? held.next?.setlist ?? null;
  const next = { ...wish.aim, anchorMs: applyAtMs, rate: scene.playback.rate, revision: revision + 1, applyAtMs, setlist };
  return {
    changes: [{ kind: 'cue', playback: held.playback, setlist: replacesEdit(held) ? held.setlist : null, next }],
    reply: { revision: next.revision, applyAtMs, ...made },
    effects: [],
  };
}

/** Whoever hears of the new cue so late that the old one's edit is in force there needs the setlist to go back to. */
function replacesEdit({ next }: StageSnapshot): boolean {
  return next !== null && next.setlist !== null;
}

function sceneOf(held: StageSnapshot, nowMs: number, applyAtMs: number): Scene {
  const announcedAtMs = Math.max(nowMs, held.next?.applyAtMs ?? nowMs);
  // A shorter lead than that of the pending cue must not overtake it: nobody would know in time.
  const atMs = Math.max(applyAtMs, announcedAtMs);
  const { playback, setlist } = inForce(timelineOf(held), announcedAtMs);
  return {
    playback,
    setlist,
    heard: playheadAt(playback, setlist, announcedAtMs),
    due: playheadAt(playback, setlist, atMs),
    applyAtMs: atMs,
  };
}

function newTrack(
  payload: Extract<TransportCommand, { name: 'add-track' }>['payload'],
  newId: (length: number) => string,
): Track {
  const { key: _key, revision: _revision, atIndex: _atIndex, ...track } = payload;
  return { ...track, id: TrackId.parse(`trk_${newId(12)}`) };
}

function wishOf(scene: Scene, command: TransportCommand, added: Track | undefined): Wish | undefined {
  const { setlist, heard, due } = scene;
  switch (command.name) {
    case 'play':
      return play(scene);
    case 'pause':
      return isRunning(due) ? { aim: { ...placeOf(due), status: 'paused' } } : undefined;
    case 'skip':
      return skip(scene);
    case 'previous': {
      const current = trackOf(setlist, heard);
      const before = heard.positionMs < PREVIOUS_WITHIN_MS ? setlist[heard.index - 1] : undefined;
      return { aim: startOf(before ?? current, runningStatus(heard)) };
    }
    case 'seek': {
      const { id, durationMs } = trackOf(setlist, heard);
      if (durationMs === null) throw new PartyError('not_allowed', 'A live track cannot be moved within.');
      const { toMs } = command.payload;
      if (toMs > durationMs) throw new PartyError('bad_payload', `The track is only ${durationMs / 1_000} s long.`);
      return { aim: { trackId: id, positionMs: toMs, status: runningStatus(heard) } };
    }
    case 'play-track': {
      const { trackId } = command.payload;
      indexOfTrack(setlist, trackId);
      return { aim: { trackId, positionMs: 0, status: 'playing' } };
    }
    case 'add-track':
      return edit(scene, addTrack(setlist, added as Track, command.payload.atIndex));
    case 'remove-track':
      return remove(scene, command.payload.trackId);
    case 'move-track': {
      const { trackId, toIndex } = command.payload;
      const moved = moveTrack(setlist, trackId, toIndex);
      return indexOfTrack(setlist, trackId) === toIndex ? undefined : edit(scene, moved);
    }
    default:
      return assertNever(command);
  }
}

/** From the end: on with what was added behind it, else from the top. */
function play({ setlist, due }: Scene): Wish | undefined {
  if (isRunning(due)) return undefined;
  const first = setlist[0];
  if (first === undefined) throw new PartyError('unknown_track', 'The setlist is empty.');
  if (due.status === 'paused' && due.trackId !== null) return { aim: { ...placeOf(due), status: 'playing' } };
  return { aim: startOf(setlist[due.index + 1] ?? first, 'playing') };
}

function skip({ setlist, heard }: Scene): Wish | undefined {
  trackOf(setlist, heard);
  const following = setlist[heard.index + 1];
  if (following !== undefined) return { aim: startOf(following, runningStatus(heard)) };
  return heard.status === 'ended' ? undefined : { aim: endOf(setlist) };
}

/** Changes only what follows: the track that plays goes on where it is. */
function edit(scene: Scene, edited: Track[]): Wish {
  const { playback, setlist, heard, due, applyAtMs } = scene;
  if (due.trackId === null) {
    const [first] = edited;
    return { aim: first === undefined ? NOTHING : startOf(first, 'paused'), setlist: edited };
  }
  // Whoever adds a track during the last one's final moments wants the music to go on.
  if (due.status === 'ended' && isRunning(heard)) {
    const following = edited[edited.findIndex(({ id }) => id === due.trackId) + 1];
    if (following !== undefined) return { aim: startOf(following, 'playing'), setlist: edited };
  }
  const { trackId, status, positionMs } = reanchor(playback, setlist, applyAtMs);
  return { aim: { trackId, status, positionMs }, setlist: edited };
}

/** Taking away what plays moves on to what follows; without any, the music has ended. */
function remove(scene: Scene, trackId: TrackId): Wish {
  const { setlist, due } = scene;
  const edited = removeTrack(setlist, trackId);
  if (trackId !== due.trackId) return edit(scene, edited);
  const following = due.status === 'ended' ? undefined : edited[due.index];
  if (following !== undefined) return { aim: startOf(following, runningStatus(due)), setlist: edited };
  const before = edited[due.index - 1];
  if (before !== undefined) return { aim: endOf(edited.slice(0, due.index)), setlist: edited };
  const [first] = edited;
  return { aim: first === undefined ? NOTHING : startOf(first, 'paused'), setlist: edited };
}

const NOTHING: Aim = { trackId: null, status: 'paused', positionMs: 0 };

function startOf(track: Track, status: Playback['status']): Aim {
  return { trackId: track.id, status, positionMs: 0 };
}

function endOf(setlist: Setlist): Aim {
  const last = setlist.at(-1);
  return last === undefined ? NOTHING : { trackId: last.id, status: 'ended', positionMs: last.durationMs ?? 0 };
}

function placeOf({ trackId, positionMs }: Playhead): Pick<Aim, 'trackId' | 'positionMs'> {
  return { trackId, positionMs };
}

function trackOf(setlist: Setlist, head: Playhead): Track {
  const track = setlist[head.index];
  if (track === undefined) throw new PartyError('unknown_track', 'The setlist is empty.');
  return track;
}

function isRunning(head: Playhead): boolean {
  return head.status === 'playing' || head.status === 'waiting';
}

/** Moving about keeps a pause; otherwise it plays, from the end too. */
function runningStatus(head: Playhead): 'playing' | 'paused' {
  return head.status === 'paused' ? 'paused' : 'playing';
}
