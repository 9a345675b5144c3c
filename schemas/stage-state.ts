/** The state that staff receive: all of a section's, plus the crowd, the staff, the feed and the log. */
import { type SchemaType, schema, t } from '@colyseus/schema';
import { LineState, sharedFields } from './section-state.ts';

const CrowdState = schema(
  {
    fans: t.uint32().default(0),
    sections: t.uint16().default(0),
    joinsPerS: t.float32().default(0),
    linesPerS: t.float32().default(0),
    shownShare: t.float32().default(1),
    /** |playback error| over the marked fans' last minute, in ms; −1 while nobody has reported. */
    syncP50Ms: t.float32().default(-1),
    syncP95Ms: t.float32().default(-1),
  },
  'CrowdState',
);
type CrowdState = SchemaType<typeof CrowdState>;

export const StaffState = schema(
  {
    id: t.string().default(''),
    name: t.string().default(''),
    rank: t.string().default('moderator'),
    online: t.boolean().default(false),
    revoked: t.boolean().default(false),
  },
  'StaffState',
);
export type StaffState = SchemaType<typeof StaffState>;

/** A slot of the feed: a line that staff should see, reported or recent. `seq` 0 is an empty slot. */
export const FeedState = schema(
  {
    seq: t.uint32().default(0),
    line: t.ref(LineState).default(() => new LineState()),
    section: t.string().default(''),
    /** '' for a recent line, else the fan's reason. */
    reason: t.string().default(''),
    reports: t.uint16().default(0),
  },
  'FeedState',
);
export type FeedState = SchemaType<typeof FeedState>;

/** A slot of the command log. `seq` 0 is an empty slot. */
export const LogState = schema(
  {
    seq: t.uint32().default(0),
    atMs: t.number().default(0),
    staffName: t.string().default(''),
    command: t.string().default(''),
    /** The payload in one line, for reading. */
    detail: t.string().default(''),
    reason: t.string().default(''),
    result: t.string().default(''),
  },
  'LogState',
);
export type LogState = SchemaType<typeof LogState>;

/** A mute, kick or ban in force. */
export const SanctionState = schema(
  {
    kind: t.string().default('mute'),
    fanId: t.string().default(''),
    name: t.string().default(''),
    scope: t.string().default('event'),
    /** 0: until it is lifted. */
    untilMs: t.number().default(0),
    reason: t.string().default(''),
  },
  'SanctionState',
);
export type SanctionState = SchemaType<typeof SanctionState>;

export const StageState = schema(
  {
    ...sharedFields,
    epoch: t.uint32().default(0),
    crowd: t.ref(CrowdState).default(() => new CrowdState()),
    staff: t.map(StaffState),
    feed: t.array(FeedState),
    log: t.array(LogState),
    /** By `kind:fanId`. */
    sanctions: t.map(SanctionState),
  },
  'StageState',
);
export type StageState = SchemaType<typeof StageState>;
