/**
 * What crosses the bus between the stage and the links. The bus may lose, repeat and reorder.
 * Notices must all arrive (numbered, with a snapshot behind them); digests and up batches may be lost.
 */
import { z } from 'zod';
import { UpLine } from './chat.ts';
import { AddressHash, EventId, LabelId, LineId, RoomId, Slug } from './ids.ts';
import { FIND_MAX_FANS, TITLE_MAX_CHARS } from './limits.ts';
import { FoundFan, ReportEntry, StageChange } from './stage.ts';

/** Down, in order: the changes of one command. */
export const Notice = z.strictObject({
  kind: z.literal('notice'),
  epoch: z.int().min(1),
  seq: z.int().min(1),
  changes: z.array(StageChange).min(1),
});
export type Notice = z.infer<typeof Notice>;

/** Down, every second: where the stage is in its stream, so that a lost last notice is seen too, and where staff find it. */
export const Heartbeat = z.strictObject({
  kind: z.literal('heartbeat'),
  epoch: z.int().min(1),
  seq: z.int().min(0),
  roomId: RoomId,
  processId: z.string(),
  publicAddress: z.string().nullable(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

/** Down, once a beat when there is something to say: the event lane. Numbered on its own, never replayed late. */
export const Digest = z.strictObject({
  kind: z.literal('digest'),
  epoch: z.int().min(1),
  n: z.int().min(1),
  atMs: z.number(),
  lines: z.array(UpLine),
  mode: z.enum(['calm', 'crowded']),
  /** Lines per second that a section's own lane may use. */
  sectionBudgetPerS: z.number().min(0),
  shownShare: z.number().min(0).max(1),
  fans: z.int().min(0),
  /** Running totals since doors, per emoji. */
  reactions: z.record(z.string(), z.int().min(0)),
});
export type Digest = z.infer<typeof Digest>;

/** Down: staff look for a fan; every link answers on the up channel. */
export const FindFans = z.strictObject({ kind: z.literal('find-fans'), requestId: z.string().max(64), name: z.string() });
export type FindFans = z.infer<typeof FindFans>;

/** Down: which line is meant? Answered by the link that remembers it. */
export const FindLine = z.strictObject({ kind: z.literal('find-line'), requestId: z.string().max(64), lineId: LineId });
export type FindLine = z.infer<typeof FindLine>;

/** Down: this process shall have section `n` of this stage. Repeated until the section is offered; asked twice, it is one section. */
export const OpenSection = z.strictObject({
  kind: z.literal('open-section'),
  epoch: z.int().min(1),
  n: z.int().min(1),
  processId: z.string(),
});
export type OpenSection = z.infer<typeof OpenSection>;

/** Down: the stage has given the event back, so whoever likes may take it at once. */
const StageLeft = z.strictObject({ kind: z.literal('stage-left'), epoch: z.int().min(1) });
export type StageLeft = z.infer<typeof StageLeft>;

export const DownMessage = z.discriminatedUnion('kind', [Notice, Heartbeat, Digest, FindFans, FindLine, OpenSection, StageLeft]);
export type DownMessage = z.infer<typeof DownMessage>;

/** A section's figures since its process's last batch. */
export const SectionFacts = z.strictObject({
  roomId: RoomId,
  fans: z.int().min(0),
  joins: z.int().min(0),
  leaves: z.int().min(0),
  accepted: z.int().min(0),
  shown: z.int().min(0),
  reactions: z.record(z.string(), z.int().min(0)),
  /** How long it was, at the last beat, until every fan's frame had left. */
  fanOutMs: z.number().min(0),
});
export type SectionFacts = z.infer<typeof SectionFacts>;

/** Up: one bounded batch per process and beat. */
export const UpBatch = z.strictObject({
  kind: z.literal('batch'),
  processId: z.string(),
  n: z.int().min(1),
  atMs: z.number(),
  sections: z.array(SectionFacts),
  lines: z.array(UpLine),
  reports: z.array(ReportEntry),
  /** Signed playback errors of marked fans, in ms. */
  syncErrorsMs: z.array(z.number()),
});
export type UpBatch = z.infer<typeof UpBatch>;

export const FoundFans = z.strictObject({
  kind: z.literal('found-fans'),
  requestId: z.string(),
  processId: z.string(),
  fans: z.array(FoundFan.extend({ addressHash: AddressHash.nullable() })).max(FIND_MAX_FANS),
});
export type FoundFans = z.infer<typeof FoundFans>;

export const FoundLine = z.strictObject({ kind: z.literal('found-line'), requestId: z.string(), line: UpLine });
export type FoundLine = z.infer<typeof FoundLine>;

export const UpMessage = z.discriminatedUnion('kind', [UpBatch, FoundFans, FoundLine]);
export type UpMessage = z.infer<typeof UpMessage>;

/** Fans who may still be seated in a section, all doors together. */
const OfferedSection = z.strictObject({ eventId: EventId, roomId: RoomId, free: z.int().min(0), fans: z.int().min(0) });
export type OfferedSection = z.infer<typeof OfferedSection>;

/** What a process's doors have to say of an event's line: `LineReport` of core, but for whose it is. */
const OfferedLine = z.strictObject({
  eventId: EventId,
  atMs: z.number(),
  markMs: z.number(),
  ratePerS: z.number().min(0),
  waiting: z.array(z.tuple([z.number(), z.int().min(0)])),
});
export type OfferedLine = z.infer<typeof OfferedLine>;

/** Between processes, once a second: who has room. */
export const SeatOffer = z.strictObject({
  kind: z.literal('seats'),
  processId: z.string(),
  /** Rises with every offer of the process. */
  n: z.int().min(1),
  publicAddress: z.string().nullable(),
  /** On its way out: its fans are about to look for seats elsewhere, and its doors are shut. */
  leaving: z.boolean(),
  /** Fans who would fit into sections that it has yet to open. */
  room: z.int().min(0),
  /** The busy share of its event loop in the last second. */
  utilisation: z.number().min(0),
  sections: z.array(OfferedSection),
  lines: z.array(OfferedLine),
});
export type SeatOffer = z.infer<typeof SeatOffer>;

/** Between processes: what the pages of an event say has changed; of its label's other events, when its name did. */
export const PageChanged = z.strictObject({
  kind: z.literal('page-changed'),
  slug: Slug,
  labelId: LabelId,
  labelName: z.string().max(TITLE_MAX_CHARS),
});
export type PageChanged = z.infer<typeof PageChanged>;
