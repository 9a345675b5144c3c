/** Playback and setlist as plain values: what the timeline is computed from. */
import { z } from 'zod';
import { TrackId } from './ids.ts';
import { TITLE_MAX_CHARS, TRACK_MAX_MS, URL_MAX_CHARS } from './limits.ts';

const MediaUrl = z
  .string()
  .max(URL_MAX_CHARS)
  .regex(/^(?:https?:\/\/|\/)[^\s]+$/);

export const TrackSource = z.strictObject({
  kind: z.enum(['file', 'hls', 'youtube']),
  url: MediaUrl,
  /** In and out points within the source. */
  startMs: z.int().min(0).max(TRACK_MAX_MS).optional(),
  endMs: z.int().min(1).max(TRACK_MAX_MS).optional(),
});
export type TrackSource = z.infer<typeof TrackSource>;

/** A track as staff add it; the stage gives it an id. */
export const NewTrack = z.strictObject({
  source: TrackSource,
  title: z.string().trim().min(1).max(TITLE_MAX_CHARS),
  artist: z.string().trim().max(TITLE_MAX_CHARS).default(''),
  album: z.string().trim().max(TITLE_MAX_CHARS).default(''),
  art: z.union([z.literal(''), MediaUrl]).default(''),
  /** null: live, without an end. */
  durationMs: z.int().min(1).max(TRACK_MAX_MS).nullable(),
});
export type NewTrack = z.infer<typeof NewTrack>;

export const Track = NewTrack.extend({ id: TrackId });
export type Track = z.infer<typeof Track>;
export type Setlist = readonly Track[];

const PLAYBACK_STATUSES = ['playing', 'paused', 'ended'] as const;

/**
 * Where the event is on its timeline.
 * Playing: playhead = positionMs + max(0, now − anchorMs) × rate in `trackId`, walking on through the setlist.
 * Paused or ended: positionMs in `trackId`. `trackId` is null only while the setlist is empty.
 */
export const Playback = z.strictObject({
  trackId: TrackId.nullable(),
  status: z.enum(PLAYBACK_STATUSES),
  positionMs: z.number().min(0),
  anchorMs: z.number().min(0),
  rate: z.number().min(0.25).max(4),
  revision: z.int().min(0),
});
export type Playback = z.infer<typeof Playback>;

/** A cue: from `applyAtMs` on, this is what plays, over `setlist` when the cue edits it. */
export const Cue = Playback.extend({
  applyAtMs: z.number().min(0),
  setlist: z.array(Track).nullable(),
});
export type Cue = z.infer<typeof Cue>;
