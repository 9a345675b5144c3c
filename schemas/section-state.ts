/**
 * The state that fans receive. Written only by a room's `project()`, right before a patch, so that between
 * patches nothing is pending and whoever joins in mid-beat gets exactly what the last patch left.
 */
import { type SchemaType, schema, t } from '@colyseus/schema';

export const SourceState = schema(
  {
    kind: t.string().default('file'),
    url: t.string().default(''),
    startMs: t.number().optional(),
    endMs: t.number().optional(),
  },
  'SourceState',
);
export type SourceState = SchemaType<typeof SourceState>;

export const TrackState = schema(
  {
    id: t.string().default(''),
    title: t.string().default(''),
    artist: t.string().default(''),
    album: t.string().default(''),
    art: t.string().default(''),
    source: t.ref(SourceState),
    /** Absent: live, without an end. */
    durationMs: t.number().optional(),
  },
  'TrackState',
);
export type TrackState = SchemaType<typeof TrackState>;

const playbackFields = {
  trackId: t.string().default(''),
  status: t.string().default('paused'),
  positionMs: t.number().default(0),
  anchorMs: t.number().default(0),
  rate: t.number().default(1),
  revision: t.uint32().default(0),
};

export const PlaybackState = schema(playbackFields, 'PlaybackState');
export type PlaybackState = SchemaType<typeof PlaybackState>;

export const CueState = schema({ ...playbackFields, applyAtMs: t.number().default(0) }, 'CueState');
export type CueState = SchemaType<typeof CueState>;

/** One slot of the ring; `seq` 0 is an empty slot. */
export const LineState = schema(
  {
    seq: t.uint32().default(0),
    id: t.string().default(''),
    fanId: t.string().default(''),
    name: t.string().default(''),
    role: t.string().default('fan'),
    text: t.string().default(''),
    atMs: t.number().default(0),
    lane: t.string().default('section'),
    replyTo: t.string().default(''),
  },
  'LineState',
);
export type LineState = SchemaType<typeof LineState>;

/** `lineId` set: that line. `fanId` set: all of the fan's lines up to `beforeMs`. Neither: everybody's. */
export const RemovalState = schema(
  {
    seq: t.uint32().default(0),
    lineId: t.string().default(''),
    fanId: t.string().default(''),
    beforeMs: t.number().default(0),
  },
  'RemovalState',
);
export type RemovalState = SchemaType<typeof RemovalState>;

export const PolicyState = schema(
  {
    chatMode: t.string().default('open'),
    slowMs: t.uint32().default(0),
    links: t.string().default('everyone'),
    pinnedLine: t.ref(LineState).optional(),
    announcement: t.string().default(''),
    doors: t.string().default('open'),
  },
  'PolicyState',
);
export type PolicyState = SchemaType<typeof PolicyState>;

const AudienceState = schema({ event: t.uint32().default(0), section: t.uint32().default(0) }, 'AudienceState');
type AudienceState = SchemaType<typeof AudienceState>;

/** What both the sections and the stage show. */
export const sharedFields = {
  playback: t.ref(PlaybackState).default(() => new PlaybackState()),
  /** The scheduled cue, or absent. */
  next: t.ref(CueState).optional(),
  setlist: t.array(TrackState),
  /** The setlist from `next.applyAtMs` on; empty when the cue leaves it alone. */
  nextSetlist: t.array(TrackState),
  lines: t.array(LineState),
  removals: t.array(RemovalState),
  policy: t.ref(PolicyState).default(() => new PolicyState()),
  /** Running totals since doors, per emoji: a merged or lost frame loses nothing. */
  reactions: t.map('uint32'),
  audience: t.ref(AudienceState).default(() => new AudienceState()),
  /** 'calm': every line reaches everyone. 'crowded': a fair sample, and the neighbours. */
  chat: t.string().default('calm'),
  /** Share of accepted lines that reach everyone, 0 to 1. */
  shownShare: t.float32().default(1),
  ended: t.boolean().default(false),
};

export const SectionState = schema(sharedFields, 'SectionState');
export type SectionState = SchemaType<typeof SectionState>;
