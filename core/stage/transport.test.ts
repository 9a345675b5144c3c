import assert from 'node:assert/strict';
import type { Command } from '../../schemas/commands.ts';
import { NewTrack } from '../../schemas/playback.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';
import { countingIds, setlistOf, staffOf, stageOf, trackIdOf } from '../../tests/support/samples.ts';
import { playheadOf, timelineOf } from '../timeline.ts';
import { applyNotice, promote } from './apply.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { revisionOf } from './transport.ts';

const LEAD_MS = 300;
const host = staffOf(1, 'host');

/** Gives a command at a moment; what comes back is the snapshot with it, and the decision. */
function give(
  snapshot: StageSnapshot,
  nowMs: number,
  command: Command,
  leadMs = LEAD_MS,
): { stage: StageSnapshot; decision: Decision } {
  const decision = decide({ snapshot, member: host, newId: countingIds(), leadMs }, command, nowMs);
  const notice = { epoch: snapshot.epoch, seq: snapshot.seq + 1, changes: decision.changes };
  return { stage: decision.changes.length === 0 ? snapshot : applyNotice(snapshot, notice), decision };
}

function run(snapshot: StageSnapshot, ...commands: readonly (readonly [nowMs: number, command: Command])[]): StageSnapshot {
  return commands.reduce((stage, [nowMs, command]) => give(stage, nowMs, command).stage, snapshot);
}

function headAt(stage: StageSnapshot, nowMs: number): readonly [track: string | null, positionMs: number, status: string] {
  const { trackId, positionMs, status } = playheadOf(timelineOf(stage), nowMs);
  return [trackId, positionMs, status];
}

const bare = (name: 'play' | 'pause' | 'skip' | 'previous'): Command => ({ name, payload: {} });
const seek = (toMs: number): Command => ({ name: 'seek', payload: { toMs } });
const playTrack = (n: number): Command => ({ name: 'play-track', payload: { trackId: trackIdOf(n) } });
const removeTrack = (n: number): Command => ({ name: 'remove-track', payload: { trackId: trackIdOf(n) } });
const moveTrack = (n: number, toIndex: number): Command => ({ name: 'move-track', payload: { trackId: trackIdOf(n), toIndex } });
const addTrack = (atIndex?: number): Command => {
  const track = NewTrack.parse({ title: 'New', source: { kind: 'file', url: '/new.mp3' }, durationMs: 30_000 });
  return { name: 'add-track', payload: atIndex === undefined ? track : { ...track, atIndex } };
};
/** The id of the first track that `addTrack` makes. */
const ADDED = trackIdOf(1);
/** Tracks 11, 12, 13 of a minute each, playing since 1,000: apart from the added one's id. */
const three = () => {
  const setlist = setlistOf(60_000, 60_000, 60_000).map((track, index) => ({ ...track, id: trackIdOf(11 + index) }));
  return stageOf(setlist);
};

describe('transport', () => {
  it('CU7 schedules each cue a lead ahead, from where the music will be then', () => {
    const { stage, decision } = give(three(), 11_000, bare('pause'));
    assert.deepEqual(decision.reply, { revision: 1, applyAtMs: 11_300 });
    assert.deepEqual(headAt(stage, 11_299), [trackIdOf(11), 10_299, 'playing']);
    assert.deepEqual(headAt(stage, 11_300), [trackIdOf(11), 10_300, 'paused']);
    assert.deepEqual(decision.changes, [
      {
        kind: 'cue',
        playback: three().playback,
        setlist: null,
        next: {
          trackId: trackIdOf(11),
          status: 'paused',
          positionMs: 10_300,
          anchorMs: 11_300,
          rate: 1,
          revision: 1,
          applyAtMs: 11_300,
          setlist: null,
        },
      },
    ]);
  });

  it('CU8 lets a cue that is due take effect before the next one is made', () => {
    const paused = give(three(), 11_000, bare('pause')).stage;
    const { stage, decision } = give(paused, 20_000, bare('play'));
    const [change] = decision.changes;
    assert.ok(change?.kind === 'cue');
    assert.equal(change.playback.revision, 1);
    assert.equal(change.playback.status, 'paused');
    assert.deepEqual(headAt(stage, 21_300), [trackIdOf(11), 11_300, 'playing']);
  });

  it('CU9 replaces a pending cue by the next one, made from where the timeline would be', () => {
    const first = give(three(), 10_000, seek(50_000)).stage;
    const { stage, decision } = give(first, 10_100, bare('pause'));
    assert.deepEqual(decision.reply, { revision: 2, applyAtMs: 10_400 });
    assert.deepEqual(headAt(stage, 10_399), [trackIdOf(11), 9_399, 'playing']);
    assert.deepEqual(headAt(stage, 10_400), [trackIdOf(11), 50_100, 'paused']);
  });

  it('CU9 never applies before the cue that it replaces, though the lead has become shorter', () => {
    const first = give(three(), 10_000, seek(50_000), 1_500).stage;
    assert.equal(give(first, 10_100, bare('pause'), 300).decision.reply.applyAtMs, 11_500);
  });

  it('CU9 keeps the edit of a pending cue that it replaces', () => {
    const stage = run(three(), [10_000, removeTrack(12)], [10_100, seek(5_000)]);
    assert.deepEqual(
      stage.next?.setlist?.map(({ id }) => id),
      [trackIdOf(11), trackIdOf(13)],
    );
    assert.equal(stage.setlist.length, 3);
    assert.equal(promote(stage, 10_400).setlist.length, 2);
  });

  it('CU9 says which setlist holds until then, for those who had the replaced edit in force already', () => {
    const edited = give(three(), 10_000, removeTrack(12)).stage;
    const { decision } = give(edited, 10_100, seek(5_000));
    const late = applyNotice(promote(edited, 10_350), { epoch: 1, seq: 2, changes: decision.changes });
    assert.deepEqual(late.setlist, three().setlist);
    assert.equal(promote(late, 10_400).setlist.length, 2);
  });

  it('CU10 refuses a command that was given while looking at another revision', () => {
    const stage = give(three(), 10_000, bare('pause')).stage;
    const stale: Command = { name: 'play', payload: { revision: 0 } };
    assert.throws(() => give(stage, 10_050, stale), { code: 'stale_revision' });
    assert.equal(give(stage, 10_050, { name: 'play', payload: { revision: 1 } }).decision.reply.revision, 2);
    assert.equal(revisionOf(stage), 1);
    assert.equal(revisionOf(promote(stage, 20_000)), 1);
  });

  it('ST1 changes nothing when asked for what is so already', () => {
    assert.deepEqual(give(three(), 5_000, bare('play')).decision, { changes: [], reply: { revision: 0 }, effects: [] });
    const paused = give(three(), 5_000, bare('pause')).stage;
    const again = give(paused, 5_100, bare('pause')).decision;
    assert.deepEqual(again, { changes: [], reply: { revision: 1, applyAtMs: 5_300 }, effects: [] });
    assert.deepEqual(give(three(), 5_000, moveTrack(12, 1)).decision.changes, []);
    assert.deepEqual(give(three(), 500_000, bare('skip')).decision.changes, [], 'nothing follows the end');
  });

  it('ST2 plays on from a pause', () => {
    const stage = run(three(), [11_000, bare('pause')], [20_000, bare('play')]);
    assert.deepEqual(headAt(stage, 20_299), [trackIdOf(11), 10_300, 'paused']);
    assert.deepEqual(headAt(stage, 20_301), [trackIdOf(11), 10_301, 'playing']);
  });

  it('ST3 starts again from the top after the end, or goes on with what was added since', () => {
    const again = run(three(), [500_000, bare('play')]);
    assert.deepEqual(headAt(again, 500_300), [trackIdOf(11), 0, 'playing']);
    const added = run(three(), [500_000, addTrack()]);
    assert.equal(headAt(added, 600_000)[2], 'ended', 'a track added after the end does not start by itself');
    assert.deepEqual(headAt(run(added, [600_000, bare('play')]), 600_300), [ADDED, 0, 'playing']);
    assert.deepEqual(headAt(run(added, [600_000, bare('skip')]), 600_300), [ADDED, 0, 'playing']);
  });

  it('ST4 skips to the start of the next track, keeping a pause, and from the last one to the end', () => {
    assert.deepEqual(headAt(run(three(), [11_000, bare('skip')]), 11_300), [trackIdOf(12), 0, 'playing']);
    const paused = run(three(), [11_000, bare('pause')], [12_000, bare('skip')]);
    assert.deepEqual(headAt(paused, 20_000), [trackIdOf(12), 0, 'paused']);
    assert.deepEqual(headAt(run(three(), [130_000, bare('skip')]), 130_300), [trackIdOf(13), 60_000, 'ended']);
    assert.deepEqual(headAt(run(stageOf(setlistOf(null)), [5_000, bare('skip')]), 5_300), [trackIdOf(1), 0, 'ended']);
  });

  it('ST5 goes back a track within the first three seconds, and to its start later', () => {
    assert.deepEqual(headAt(run(three(), [63_999, bare('previous')]), 64_299), [trackIdOf(11), 0, 'playing']);
    assert.deepEqual(headAt(run(three(), [64_000, bare('previous')]), 64_300), [trackIdOf(12), 0, 'playing']);
    assert.deepEqual(headAt(run(three(), [2_000, bare('previous')]), 2_300), [trackIdOf(11), 0, 'playing']);
    assert.deepEqual(headAt(run(three(), [900_000, bare('previous')]), 900_300), [trackIdOf(13), 0, 'playing']);
  });

  it('ST6 means the track that the host hears, though it may end within the lead', () => {
    const stage = three();
    assert.deepEqual(headAt(run(stage, [60_900, bare('skip')]), 61_200), [trackIdOf(12), 0, 'playing']);
    assert.deepEqual(headAt(run(stage, [60_900, seek(7_000)]), 61_200), [trackIdOf(11), 7_000, 'playing']);
    assert.deepEqual(headAt(run(stage, [10_000, bare('skip')], [10_100, bare('skip')]), 10_400), [trackIdOf(13), 0, 'playing']);
    assert.deepEqual(
      headAt(run(stage, [60_900, bare('pause')]), 61_200),
      [trackIdOf(12), 200, 'paused'],
      'a pause cuts nothing off',
    );
  });

  it('ST7 moves within the track up to its end, not beyond, and not within a live one', () => {
    assert.deepEqual(headAt(run(three(), [5_000, seek(42_000)]), 6_300), [trackIdOf(11), 43_000, 'playing']);
    assert.deepEqual(headAt(run(three(), [5_000, seek(60_000)]), 5_300), [trackIdOf(12), 0, 'playing']);
    assert.throws(() => run(three(), [5_000, seek(60_001)]), { code: 'bad_payload' });
    assert.throws(() => run(stageOf(setlistOf(null)), [5_000, seek(1)]), { code: 'not_allowed' });
    const paused = run(three(), [5_000, bare('pause')], [6_000, seek(1_000)]);
    assert.deepEqual(headAt(paused, 9_000), [trackIdOf(11), 1_000, 'paused']);
    assert.deepEqual(headAt(run(three(), [900_000, seek(1_000)]), 900_300), [trackIdOf(13), 1_000, 'playing']);
  });

  it('ST8 starts any track of the setlist', () => {
    const paused = run(three(), [5_000, bare('pause')], [6_000, playTrack(13)]);
    assert.deepEqual(headAt(paused, 6_300), [trackIdOf(13), 0, 'playing']);
    assert.throws(() => run(three(), [5_000, playTrack(99)]), { code: 'unknown_track' });
  });

  it('ST9 has nothing to move without a setlist', () => {
    for (const command of [bare('play'), bare('skip'), bare('previous'), seek(0)]) {
      assert.throws(() => run(stageOf([]), [5_000, command]), { code: 'unknown_track' });
    }
    assert.deepEqual(give(stageOf([]), 5_000, bare('pause')).decision.changes, []);
  });
});

describe('setlist edits', () => {
  it('ST10 are cues: until their moment the old setlist holds, and what plays goes on as it was', () => {
    const { stage, decision } = give(three(), 11_000, addTrack(0));
    assert.deepEqual(decision.reply, { revision: 1, applyAtMs: 11_300, trackId: ADDED });
    assert.equal(playheadOf(timelineOf(stage), 11_299).index, 0);
    assert.equal(playheadOf(timelineOf(stage), 11_300).index, 1);
    assert.deepEqual(headAt(stage, 11_299), [trackIdOf(11), 10_299, 'playing']);
    assert.deepEqual(headAt(stage, 11_301), [trackIdOf(11), 10_301, 'playing']);
    assert.equal(promote(stage, 11_300).setlist[0]?.id, ADDED);
  });

  it('ST10 change only what follows', () => {
    const stage = run(three(), [11_000, moveTrack(13, 1)]);
    assert.deepEqual(headAt(stage, 61_000), [trackIdOf(13), 0, 'playing']);
    const past = run(three(), [71_000, removeTrack(11)]);
    assert.deepEqual(headAt(past, 71_300), [trackIdOf(12), 10_300, 'playing']);
    const paused = run(three(), [11_000, bare('pause')], [12_000, moveTrack(11, 2)]);
    assert.deepEqual(headAt(paused, 99_000), [trackIdOf(11), 10_300, 'paused']);
  });

  it('ST11 go on with the following track when what plays is taken away', () => {
    assert.deepEqual(headAt(run(three(), [11_000, removeTrack(11)]), 11_300), [trackIdOf(12), 0, 'playing']);
    const paused = run(three(), [11_000, bare('pause')], [12_000, removeTrack(11)]);
    assert.deepEqual(headAt(paused, 12_300), [trackIdOf(12), 0, 'paused']);
    assert.deepEqual(headAt(run(three(), [130_000, removeTrack(13)]), 130_300), [trackIdOf(12), 60_000, 'ended']);
    const one = stageOf(setlistOf(60_000));
    assert.deepEqual(headAt(run(one, [5_000, removeTrack(1)]), 5_300), [null, 0, 'paused']);
    assert.throws(() => run(three(), [11_000, removeTrack(99)]), { code: 'unknown_track' });
  });

  it('ST11 stay ended when the track that ended last is taken away', () => {
    assert.deepEqual(headAt(run(three(), [900_000, removeTrack(13)]), 900_300), [trackIdOf(12), 60_000, 'ended']);
    const one = stageOf(setlistOf(60_000).map((track) => ({ ...track, id: trackIdOf(11) })));
    assert.deepEqual(headAt(run(one, [900_000, removeTrack(11)]), 900_300), [null, 0, 'paused']);
    const added = run(one, [900_000, addTrack()], [901_000, removeTrack(11)]);
    assert.deepEqual(headAt(added, 950_000), [ADDED, 0, 'paused']);
  });

  it('ST12 put the first track of an empty setlist at its start, paused', () => {
    const stage = run(stageOf([]), [5_000, addTrack()]);
    assert.deepEqual(headAt(stage, 5_299), [null, 0, 'paused']);
    assert.deepEqual(headAt(stage, 9_000), [ADDED, 0, 'paused']);
    assert.deepEqual(headAt(run(stage, [9_000, bare('play')]), 9_300), [ADDED, 0, 'playing']);
    assert.equal(run(stageOf([]), [5_000, addTrack()], [5_100, removeTrack(1)]).next?.trackId, null);
  });

  it('ST13 let the music go on when a track is added in the last one’s final moments', () => {
    const stage = run(three(), [180_900, addTrack()]);
    assert.deepEqual(headAt(stage, 181_100), [trackIdOf(13), 60_000, 'ended']);
    assert.deepEqual(headAt(stage, 181_200), [ADDED, 0, 'playing']);
    const before = run(three(), [180_900, addTrack(0)]);
    assert.deepEqual(headAt(before, 181_200), [trackIdOf(13), 60_000, 'ended'], 'only if it follows');
  });
});
