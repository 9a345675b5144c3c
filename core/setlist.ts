/** Edits of the setlist as plain values. What they do to the music is the stage's business: every edit is a cue. */
import type { TrackId } from '../schemas/ids.ts';
import { SETLIST_MAX_TRACKS } from '../schemas/limits.ts';
import type { Setlist, Track } from '../schemas/playback.ts';
import { PartyError } from './errors.ts';

/** Puts `track` at `atIndex`, at the end unless said otherwise. */
export function addTrack(setlist: Setlist, track: Track, atIndex = setlist.length): Track[] {
  if (setlist.length >= SETLIST_MAX_TRACKS) {
    throw new PartyError('not_allowed', `A setlist holds at most ${SETLIST_MAX_TRACKS} tracks.`);
  }
  if (atIndex > setlist.length) throw outOfRange(setlist.length + 1);
  const { startMs = 0, endMs } = track.source;
  if (endMs !== undefined && endMs <= startMs) {
    throw new PartyError('bad_payload', 'A track must end after it starts: endMs is not after startMs.');
  }
  return setlist.toSpliced(atIndex, 0, track);
}

/** Takes a track away. */
export function removeTrack(setlist: Setlist, trackId: TrackId): Track[] {
  return setlist.toSpliced(indexOfTrack(setlist, trackId), 1);
}

/** Moves a track so that its place afterwards is `toIndex`. */
export function moveTrack(setlist: Setlist, trackId: TrackId, toIndex: number): Track[] {
  const fromIndex = indexOfTrack(setlist, trackId);
  if (toIndex >= setlist.length) throw outOfRange(setlist.length);
  const [track] = setlist.slice(fromIndex);
  return setlist.toSpliced(fromIndex, 1).toSpliced(toIndex, 0, track as Track);
}

/** Place of a track in the setlist; refuses one that is not there. */
export function indexOfTrack(setlist: Setlist, trackId: TrackId): number {
  const index = setlist.findIndex((track) => track.id === trackId);
  if (index < 0) throw new PartyError('unknown_track', 'That track is not on the setlist.');
  return index;
}

function outOfRange(places: number): PartyError {
  return new PartyError('bad_payload', `There is no such place: the setlist has places 1 to ${places}.`);
}
