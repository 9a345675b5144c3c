import assert from 'node:assert/strict';
import type { Timeline } from '../../core/timeline.ts';
import { playbackOf, setlistOf, trackIdOf, trackOf } from '../../tests/support/samples.ts';
import { isSameRun, planAt, preloadAtMs, runPositionMs } from './plan.ts';

const setlist = setlistOf(60_000, 30_000);
const playing = (over: Partial<Timeline> = {}): Timeline => ({
  playback: playbackOf(),
  next: null,
  setlist,
  nextSetlist: null,
  ...over,
});

describe('plan', () => {
  it('PL1 walks from a track to the next at the exact moment', () => {
    const { now, change } = planAt(playing(), 11_000);
    assert.equal(now && runPositionMs(now, 11_000), 10_000);
    assert.equal(change?.atMs, 61_000);
    assert.equal(change?.run?.track.id, trackIdOf(2));
    assert.equal(change?.run && runPositionMs(change.run, 61_000), 0);
  });

  it('PL1 stands at the start of a scheduled play until its anchor', () => {
    const { now, change } = planAt(playing({ playback: playbackOf({ anchorMs: 5_000, positionMs: 700 }) }), 4_000);
    assert.equal(now?.kind, 'standing');
    assert.equal(change?.atMs, 5_000);
    assert.equal(change?.run?.kind, 'playing');
  });

  it('PL1 does not take a cue that only edits the setlist for a change of what sounds', () => {
    const edited = [...setlist, trackOf(3)];
    const next = { ...playbackOf({ positionMs: 19_000, anchorMs: 20_000, revision: 1 }), applyAtMs: 20_000 };
    const { now, change } = planAt(playing({ next, nextSetlist: edited }), 19_500);
    assert.equal(now?.track.id, trackIdOf(1));
    assert.equal(change?.atMs, 61_000, 'the end of the track, not the cue');
    assert.ok(isSameRun(now, planAt(playing({ next, nextSetlist: edited }), 20_500).now));
  });

  it('PL1 sees a pause and a seek coming', () => {
    const pause = { ...playbackOf({ status: 'paused', positionMs: 14_000, anchorMs: 15_000, revision: 1 }), applyAtMs: 15_000 };
    assert.equal(planAt(playing({ next: pause }), 14_900).change?.run?.kind, 'standing');
    const seek = { ...playbackOf({ positionMs: 50_000, anchorMs: 15_000, revision: 1 }), applyAtMs: 15_000 };
    const { now, change } = planAt(playing({ next: seek }), 14_900);
    assert.equal(isSameRun(now, change?.run ?? null), false);
    assert.equal(change?.run && runPositionMs(change.run, 15_000), 50_000);
  });

  it('PL1 ends standing at the end of the last track', () => {
    const { now, change } = planAt(playing(), 200_000);
    assert.deepEqual(now && { kind: now.kind, over: now.kind === 'standing' && now.over }, { kind: 'standing', over: true });
    assert.equal(change, null);
  });

  it('PL5 spreads a crowd over the time before a track starts', () => {
    assert.equal(preloadAtMs(100_000, 0), 88_000);
    assert.equal(preloadAtMs(100_000, 1), 43_000);
  });
});
