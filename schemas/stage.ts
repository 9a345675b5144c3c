/** What the stage holds and says: its snapshot, and the changes that notices carry. */
import { z } from 'zod';
import { Line, Policy, Removal, Sanction, StaffMember } from './chat.ts';
import { EventId, FanId, LabelId, Slug, StaffId } from './ids.ts';
import { REMOVAL_RING_SLOTS } from './limits.ts';
import { Cue, Playback, Track } from './playback.ts';

/** Where a listener is in the stage's stream of notices. A new epoch is a new incarnation of the stage. */
export const Cursor = z.strictObject({ epoch: z.int().min(0), seq: z.int().min(0) });
export type Cursor = z.infer<typeof Cursor>;

const NumberedRemoval = z.strictObject({ seq: z.int().min(1), removal: Removal });
type NumberedRemoval = z.infer<typeof NumberedRemoval>;

/** Everything about an event that must survive its stage: plain, complete, small. */
export const StageSnapshot = z.strictObject({
  eventId: EventId,
  labelId: LabelId,
  slug: Slug,
  epoch: z.int().min(0),
  seq: z.int().min(0),
  ended: z.boolean(),
  playback: Playback,
  next: Cue.nullable(),
  setlist: z.array(Track),
  policy: Policy,
  /** In force or lately so; expiry is decided by the reader's clock. */
  sanctions: z.array(Sanction),
  removals: z.array(NumberedRemoval).max(REMOVAL_RING_SLOTS),
  removalSeq: z.int().min(0),
  staff: z.array(StaffMember),
});
export type StageSnapshot = z.infer<typeof StageSnapshot>;

/** One change of the snapshot. The stage and every link apply the same ones with the same reducer. */
export const StageChange = z.discriminatedUnion('kind', [
  /** `playback` is what plays until `next.applyAtMs`; both together are one revision. */
  z.strictObject({ kind: z.literal('cue'), playback: Playback, setlist: z.array(Track).nullable(), next: Cue.nullable() }),
  z.strictObject({ kind: z.literal('policy'), policy: Policy.partial() }),
  z.strictObject({ kind: z.literal('removal'), removal: Removal }),
  z.strictObject({ kind: z.literal('sanction'), sanction: Sanction }),
  z.strictObject({ kind: z.literal('lift'), sanction: z.enum(['mute', 'kick', 'ban']), fanId: FanId }),
  z.strictObject({ kind: z.literal('staff'), member: StaffMember }),
  z.strictObject({ kind: z.literal('ended') }),
]);
export type StageChange = z.infer<typeof StageChange>;

/** What one command did, as it is written to the journal. */
export const CommandEntry = z.strictObject({
  id: z.string().max(64),
  eventId: EventId,
  epoch: z.int().min(0),
  seq: z.int().min(0),
  atMs: z.number().min(0),
  staffId: StaffId,
  staffName: z.string(),
  command: z.string().max(32),
  /** The payload without its key; what was asked. */
  payload: z.record(z.string(), z.unknown()),
  reason: z.string(),
  /** 'done', or the code of the refusal. */
  result: z.string().max(32),
  /** The sender's key, for commands sent twice; null when it sent none. */
  key: z.string().nullable(),
  /** The answer that was given, so that a repeat gets the same. */
  reply: z.record(z.string(), z.unknown()),
});
export type CommandEntry = z.infer<typeof CommandEntry>;

/** A reported line in the staff feed. */
export const ReportEntry = z.strictObject({
  line: Line,
  section: z.string(),
  reason: z.string(),
  by: FanId,
  atMs: z.number(),
});
export type ReportEntry = z.infer<typeof ReportEntry>;

export const FoundFan = z.strictObject({
  id: FanId,
  name: z.string(),
  section: z.string(),
  joinedAtMs: z.number(),
  muted: z.boolean(),
  banned: z.boolean(),
});
export type FoundFan = z.infer<typeof FoundFan>;

/** A line as `history` returns it. */
export const HistoryLine = Line.extend({ section: z.string(), fate: z.enum(['event', 'section', 'held']), removed: z.boolean() });
export type HistoryLine = z.infer<typeof HistoryLine>;

export const FactPoint = z.strictObject({
  atMs: z.number(),
  fans: z.int(),
  joins: z.int(),
  leaves: z.int(),
  lines: z.int(),
  reactions: z.int(),
});
export type FactPoint = z.infer<typeof FactPoint>;
