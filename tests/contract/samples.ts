/** Values for contract suites: complete, valid, and different where the test says so. */
import type { JournalLine } from '../../rooms/ports.ts';
import { AddressHash, EventId, FanId, LabelId, LineId, Slug, StaffId } from '../../schemas/ids.ts';
import type { CommandEntry, StageSnapshot } from '../../schemas/stage.ts';

const digits = (n: number, length: number) => n.toString(36).padStart(length, '0');

export const eventId = (n: number) => EventId.parse(`evt_${digits(n, 12)}`);
export const labelId = (n: number) => LabelId.parse(`lbl_${digits(n, 12)}`);
export const fanId = (n: number) => FanId.parse(`fan_${digits(n, 12)}`);
export const staffId = (n: number) => StaffId.parse(`stf_${digits(n, 12)}`);
export const lineId = (n: number) => LineId.parse(`lin_${digits(n, 16)}`);
export const addressHash = (n: number) => AddressHash.parse(n.toString(16).padStart(16, '0'));

/** Line `n` of fan 1 in event 1, said at `n` seconds, visible to everyone. */
export function line(n: number, change: Partial<JournalLine> = {}): JournalLine {
  return {
    id: lineId(n),
    eventId: eventId(1),
    fanId: fanId(1),
    key: `key-${n}`,
    name: 'Ada',
    role: 'fan',
    text: `line ${n}`,
    atMs: n * 1_000,
    replyTo: '',
    section: 'sec-one',
    seq: n,
    fate: 'event',
    addressHash: addressHash(n),
    ...change,
  };
}

/** Command `n` of staff 1 in event 1. */
export function command(n: number, change: Partial<CommandEntry> = {}): CommandEntry {
  return {
    id: `cmd-${n}`,
    eventId: eventId(1),
    epoch: 1,
    seq: n,
    atMs: n * 1_000,
    staffId: staffId(1),
    staffName: 'Grace',
    command: 'seek',
    payload: { toMs: n },
    reason: '',
    result: 'done',
    key: `key-${n}`,
    reply: { revision: n },
    ...change,
  };
}

export function snapshot(epoch: number, seq: number, change: Partial<StageSnapshot> = {}): StageSnapshot {
  return {
    eventId: eventId(1),
    labelId: labelId(1),
    slug: Slug.parse('demo'),
    epoch,
    seq,
    ended: false,
    playback: { trackId: null, status: 'paused', positionMs: 1_234.567, anchorMs: 1_763_770_000_123.456, rate: 1, revision: seq },
    next: null,
    setlist: [],
    policy: { chatMode: 'open', slowMs: 0, links: 'everyone', pinnedLine: null, announcement: '', doors: 'open' },
    sanctions: [],
    removals: [],
    removalSeq: 0,
    staff: [],
    ...change,
  };
}
