/** Ids, tracks, lines and whole stages as values, and fast-check's generators of them. */
import fc from 'fast-check';
import { initialSnapshot } from '../../core/stage/initial.ts';
import { type Line, Line as LineSchema, type Rank, type Role, type Sanction, type StaffMember } from '../../schemas/chat.ts';
import { AddressHash, EventId, FanId, LabelId, LineId, Slug, StaffId, TrackId } from '../../schemas/ids.ts';
import { type Playback, Track } from '../../schemas/playback.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';

const digits = (n: number, length: number) => n.toString(36).padStart(length, '0');

export const trackIdOf = (n: number) => TrackId.parse(`trk_${digits(n, 12)}`);
export const fanIdOf = (n: number) => FanId.parse(`fan_${digits(n, 12)}`);
export const staffIdOf = (n: number) => StaffId.parse(`stf_${digits(n, 12)}`);
export const lineIdOf = (n: number) => LineId.parse(`lin_${digits(n, 16)}`);
export const addressOf = (n: number) => AddressHash.parse(n.toString(16).padStart(16, '0'));
const eventIdOf = (n: number) => EventId.parse(`evt_${digits(n, 12)}`);
const labelIdOf = (n: number) => LabelId.parse(`lbl_${digits(n, 12)}`);

/** `newId` that counts, so that what was made can be told apart. */
export function countingIds(): (length: number) => string {
  let n = 0;
  return (length) => {
    n += 1;
    return digits(n, length);
  };
}

export function trackOf(n: number, durationMs: number | null = 60_000): Track {
  return Track.parse({ id: trackIdOf(n), title: `Track ${n}`, source: { kind: 'file', url: `/media/${n}.mp3` }, durationMs });
}

/** Tracks 1, 2, 3 … of these lengths. */
export function setlistOf(...durationsMs: readonly (number | null)[]): Track[] {
  return durationsMs.map((durationMs, index) => trackOf(index + 1, durationMs));
}

export function playbackOf(over: Partial<Playback> = {}): Playback {
  return { trackId: trackIdOf(1), status: 'playing', positionMs: 0, anchorMs: 1_000, rate: 1, revision: 0, ...over };
}

export function lineOf(n: number, over: { fanId?: Line['fanId']; role?: Role; atMs?: number; text?: string } = {}): Line {
  return LineSchema.parse({
    id: lineIdOf(n),
    fanId: fanIdOf(n),
    name: `Fan ${n}`,
    role: 'fan',
    text: `line ${n}`,
    atMs: 0,
    replyTo: '',
    ...over,
  });
}

export function staffOf(n: number, rank: Rank, over: Partial<StaffMember> = {}): StaffMember {
  return { id: staffIdOf(n), name: `Staff ${n}`, rank, untilMs: null, revoked: false, ...over };
}

export function sanctionOf(over: Partial<Sanction> = {}): Sanction {
  return {
    kind: 'ban',
    fanId: fanIdOf(1),
    name: 'Fan 1',
    addressHash: null,
    scope: 'event',
    atMs: 0,
    untilMs: null,
    by: staffIdOf(1),
    reason: 'spam',
    ...over,
  };
}

/** A stage at epoch 1 that plays the first track since `nowMs`, unless `autoplay` is off. */
export function stageOf(
  setlist: readonly Track[] = setlistOf(60_000, 60_000, 60_000),
  { nowMs = 1_000, autoplay = true, staff = [] as readonly StaffMember[] } = {},
): StageSnapshot {
  const event = { id: eventIdOf(1), labelId: labelIdOf(1), slug: Slug.parse('demo'), state: 'open', setlist, autoplay } as const;
  return initialSnapshot(event, 1, nowMs, { staff });
}

/** Setlists of up to six tracks, live ones among them only if `live`. */
export function setlists({ live = true, minLength = 0 } = {}): fc.Arbitrary<Track[]> {
  const duration = fc.integer({ min: 1, max: 600_000 });
  const anyDuration = live ? fc.option(duration, { nil: null, freq: 8 }) : duration;
  return fc.array(anyDuration, { minLength, maxLength: 6 }).map((durationsMs) => setlistOf(...durationsMs));
}

/** A playing timeline over its setlist, anchored at about `ANCHORS_AROUND_MS`. */
export const ANCHORS_AROUND_MS = 1_700_000_000_000;

export function playing({ live = true } = {}): fc.Arbitrary<{ setlist: Track[]; playback: Playback }> {
  return setlists({ live, minLength: 1 }).chain((setlist) =>
    fc.record({
      setlist: fc.constant(setlist),
      playback: fc.nat(setlist.length - 1).chain((index) => {
        const track = setlist[index] as Track;
        return fc.record({
          trackId: fc.constant(track.id),
          status: fc.constant('playing' as const),
          positionMs: fc.nat(track.durationMs ?? 600_000),
          anchorMs: fc.integer({ min: ANCHORS_AROUND_MS, max: ANCHORS_AROUND_MS + 1_000_000 }),
          rate: fc.constantFrom(0.25, 0.5, 1, 1, 1, 1.25, 2, 4),
          revision: fc.nat(1_000),
        });
      }),
    }),
  );
}
