/** Whole stages under any sequence of commands: the reducer, and what every listener relies on. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Notice } from '../../schemas/bus-messages.ts';
import { COMMAND_NAMES, COMMANDS, type Command } from '../../schemas/commands.ts';
import { REMOVAL_RING_SLOTS } from '../../schemas/limits.ts';
import { StageSnapshot } from '../../schemas/stage.ts';
import {
  countingIds,
  fanIdOf,
  lineIdOf,
  lineOf,
  sanctionOf,
  setlistOf,
  setlists,
  staffIdOf,
  staffOf,
  stageOf,
  trackIdOf,
} from '../../tests/support/samples.ts';
import { PartyError } from '../errors.ts';
import { playheadOf, timelineOf } from '../timeline.ts';
import { applyChange, applyNotice, promote } from './apply.ts';
import { decide } from './decide.ts';
import { initialSnapshot } from './initial.ts';
import { revisionOf } from './transport.ts';

const owner = staffOf(9, 'owner');

/** A letter that NFC takes apart. */
const LONGER_WHEN_CLEAN = '\u095c';

/** One field for every name that occurs in a payload; each command takes its own. */
const fields = fc.record({
  toMs: fc.nat(600_000),
  trackId: fc.integer({ min: 1, max: 8 }).map(trackIdOf),
  source: fc.constant({ kind: 'file' as const, url: '/new.mp3' }),
  title: fc.constant('New'),
  durationMs: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: null }),
  atIndex: fc.option(fc.nat(3), { nil: undefined }),
  toIndex: fc.nat(3),
  text: fc.constantFrom('hello', 'hi '.repeat(160), LONGER_WHEN_CLEAN.repeat(400)),
  lineId: fc.integer({ min: 1, max: 4 }).map(lineIdOf),
  mode: fc.constantFrom('open', 'emoji', 'staff', 'closed'),
  everyMs: fc.constantFrom(0, 5_000),
  allow: fc.constantFrom('everyone', 'staff'),
  reason: fc.constantFrom('why', LONGER_WHEN_CLEAN.repeat(150)),
  fanId: fc.integer({ min: 1, max: 4 }).map(fanIdOf),
  forMs: fc.integer({ min: 1_000, max: 60_000 }),
  scope: fc.constantFrom('event', 'label'),
  open: fc.boolean(),
  name: fc.constantFrom('Jo', 'Mo'),
  limit: fc.constant(10),
  sinceMs: fc.constant(0),
  stepMs: fc.constant(1_000),
  rank: fc.constantFrom('moderator', 'host'),
  staffId: fc.integer({ min: 1, max: 4 }).map(staffIdOf),
});

/** Any command that the registry knows, `end` only now and then: nothing much happens after it. */
const commands: fc.Arbitrary<Command> = fc
  .tuple(fc.constantFrom(...COMMAND_NAMES), fc.nat(9), fields)
  .map(([name, n, values]): Command => {
    if (name === 'end' && n > 0) return { name: 'clear-chat', payload: {} };
    const known = Object.entries(values).filter(([field]) => field in COMMANDS[name].payload.shape);
    return { name, payload: COMMANDS[name].payload.parse(Object.fromEntries(known)) } as Command;
  });
const steps = fc.array(fc.record({ command: commands, afterMs: fc.nat(2_000), leadMs: fc.integer({ min: 300, max: 1_500 }) }), {
  maxLength: 40,
});

interface Sent {
  readonly notice: Notice;
  readonly atMs: number;
}

/** Runs commands as a stage does; what is refused changes nothing. Calls `seen` after each. */
function play(
  start: StageSnapshot,
  sequence: readonly { command: Command; afterMs: number; leadMs: number }[],
  seen: (before: StageSnapshot, after: StageSnapshot, nowMs: number) => void = () => {},
): { stage: StageSnapshot; sent: Sent[]; nowMs: number } {
  const newId = countingIds();
  const sent: Sent[] = [];
  let stage = start;
  let nowMs = start.playback.anchorMs;
  for (const { command, afterMs, leadMs } of sequence) {
    nowMs += afterMs;
    // A stage may bring its own cue into force whenever it likes: nobody must be able to tell.
    if (afterMs % 2 === 0) stage = promote(stage, nowMs);
    const before = stage;
    const payload = command.payload as { fanId?: ReturnType<typeof fanIdOf>; lineId?: ReturnType<typeof lineIdOf> };
    const fan = { id: payload.fanId ?? fanIdOf(1), name: 'Fan', addressHash: null, role: 'fan' } as const;
    const line = { ...lineOf(1), id: payload.lineId ?? lineIdOf(1) };
    try {
      const { changes } = decide({ snapshot: stage, member: owner, newId, leadMs, fan, line }, command, nowMs);
      if (changes.length === 0) continue;
      const notice: Notice = { kind: 'notice', epoch: stage.epoch, seq: stage.seq + 1, changes: [...changes] };
      stage = applyNotice(stage, notice);
      sent.push({ notice, atMs: nowMs });
    } catch (error) {
      assert.ok(error instanceof PartyError, String(error));
    }
    seen(before, stage, nowMs);
  }
  return { stage, sent, nowMs };
}

const starts = setlists().map((setlist) => stageOf(setlist, { staff: [staffOf(1, 'moderator'), staffOf(2, 'host')] }));

describe('stage', () => {
  it('ST30 is whole after any sequence of commands: its snapshot and its notices parse', () => {
    fc.assert(
      fc.property(starts, steps, (start, sequence) => {
        const { stage, sent } = play(start, sequence);
        assert.deepEqual(StageSnapshot.parse(stage), stage);
        for (const { notice } of sent) assert.deepEqual(Notice.parse(notice), notice);
        assert.equal(stage.seq, sent.length);
      }),
      { numRuns: 300 },
    );
  });

  it('ST31 holds the same as a link that received the same notices over the wire, early or late', () => {
    fc.assert(
      fc.property(starts, steps, fc.nat(5_000), (start, sequence, lateMs) => {
        const { stage, sent, nowMs } = play(start, sequence);
        let link = StageSnapshot.parse(JSON.parse(JSON.stringify(start)));
        for (const { notice, atMs } of sent) {
          // Some links bring a cue into force by their own clock before they hear that another took its place.
          if (lateMs % 3 === 0) link = promote(link, atMs + lateMs);
          link = applyNotice(link, Notice.parse(JSON.parse(JSON.stringify(notice))));
        }
        assert.deepEqual(promote(link, nowMs + lateMs), promote(stage, nowMs + lateMs));
      }),
      { numRuns: 300 },
    );
  });

  it('CU11 never changes what plays before the lead is over, and raises the revision once per cue', () => {
    fc.assert(
      fc.property(starts, steps, (start, sequence) => {
        play(start, sequence, (before, after, nowMs) => {
          assert.deepEqual(playheadOf(timelineOf(after), nowMs), playheadOf(timelineOf(before), nowMs));
          assert.ok(revisionOf(after) - revisionOf(before) <= 1);
          if (after.next !== null && after.next !== before.next) {
            assert.ok(after.next.applyAtMs >= nowMs + 300);
            assert.equal(after.next.revision, revisionOf(before) + 1);
            assert.ok(after.playback.revision < after.next.revision);
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  it('CU12 always has a track of its setlist to play, or an empty setlist', () => {
    fc.assert(
      fc.property(starts, steps, (start, sequence) => {
        play(start, sequence, (_before, after) => {
          const nextSetlist = after.next?.setlist ?? after.setlist;
          for (const [playback, setlist] of [[after.playback, after.setlist] as const, [after.next, nextSetlist] as const]) {
            if (playback === null) continue;
            const isThere = setlist.some(({ id }) => id === playback.trackId);
            assert.ok(isThere || (setlist.length === 0 && playback.trackId === null && playback.status === 'paused'));
          }
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('reducer', () => {
  it('ST32 numbers removals without end and keeps the last ones', () => {
    let stage = stageOf();
    for (let n = 1; n <= REMOVAL_RING_SLOTS + 3; n += 1) {
      stage = applyChange(stage, { kind: 'removal', removal: { kind: 'line', lineId: lineIdOf(n) } });
    }
    assert.equal(stage.removalSeq, REMOVAL_RING_SLOTS + 3);
    assert.equal(stage.removals.length, REMOVAL_RING_SLOTS);
    assert.deepEqual(stage.removals[0], { seq: 4, removal: { kind: 'line', lineId: lineIdOf(4) } });
    assert.equal(stage.removals.at(-1)?.seq, REMOVAL_RING_SLOTS + 3);
  });

  it('ST33 keeps one sanction of a kind per fan, and forgets those that were over', () => {
    const given = [
      sanctionOf({ kind: 'mute', untilMs: 5_000 }),
      sanctionOf({ fanId: fanIdOf(2), untilMs: 900 }),
      sanctionOf({ untilMs: 5_000, atMs: 1_000 }),
      sanctionOf({ untilMs: 7_000, atMs: 2_000 }),
    ];
    const stage = given.reduce((held, sanction) => applyChange(held, { kind: 'sanction', sanction }), stageOf());
    assert.deepEqual(stage.sanctions, [given[0], given[3]]);
    const lifted = applyChange(stage, { kind: 'lift', sanction: 'ban', fanId: fanIdOf(1) });
    assert.deepEqual(lifted.sanctions, [given[0]]);
  });

  it('ST34 leaves alone what a partial policy does not name', () => {
    const stage = applyChange(stageOf(), { kind: 'policy', policy: { slowMs: 5_000, chatMode: undefined } });
    assert.deepEqual(stage.policy, { ...stageOf().policy, slowMs: 5_000 });
  });

  it('ST35 starts an event for the first time: autoplay plays the first track, otherwise it stands at its start', () => {
    assert.deepEqual(stageOf(setlistOf(1_000)).playback, {
      trackId: trackIdOf(1),
      status: 'playing',
      positionMs: 0,
      anchorMs: 1_000,
      rate: 1,
      revision: 0,
    });
    assert.equal(stageOf(setlistOf(1_000), { autoplay: false }).playback.status, 'paused');
    const empty = stageOf([]).playback;
    assert.deepEqual([empty.trackId, empty.status], [null, 'paused']);
    const { eventId: id, labelId, slug } = stageOf();
    const known = { staff: [owner], sanctions: [sanctionOf({ scope: 'label' })] };
    const over = initialSnapshot({ id, labelId, slug, state: 'ended', setlist: [], autoplay: true }, 3, 1_000, known);
    assert.deepEqual([over.ended, over.epoch, over.staff, over.sanctions], [true, 3, known.staff, known.sanctions]);
    assert.deepEqual(initialSnapshot({ id, labelId, slug, state: 'open', setlist: [], autoplay: true }, 1, 0).staff, []);
  });
});
