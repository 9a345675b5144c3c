import assert from 'node:assert/strict';
import { Playback, Track } from '../../schemas/playback.ts';
import { judge, trackChanges } from './verdict.ts';

const [first, second] = ['trk_aaaaaaaaaaaa', 'trk_bbbbbbbbbbbb'].map((id) =>
  Track.parse({ id, source: { kind: 'file', url: '/media/a.mp3' }, title: id, durationMs: 10_000 }),
);
const playback = Playback.parse({ trackId: first?.id, status: 'playing', positionMs: 0, anchorMs: 1_000, rate: 1, revision: 1 });
const forces = [{ fromMs: 0, playback, setlist: [first, second].filter((track) => track !== undefined) }];
const heard = (trackId: string | undefined, positionMs: number, paused = false) => ({
  trackId: trackId ?? '',
  positionMs,
  paused,
});

describe('the verdict on sync', () => {
  it('HO11 measures against the playhead, across a track change', () => {
    const samples = [
      { atMs: 3_000, heard: heard(first?.id, 2_010) },
      { atMs: 12_000, heard: heard(second?.id, 996) },
    ];
    const { p50Ms, p99Ms, wrong, maxMs } = judge(samples, forces, [], 3_000);
    assert.deepEqual([p50Ms, p99Ms, wrong, maxMs], [4, 10, 0, 10]);
  });

  it('HO11 counts silence and the wrong track as infinitely far off', () => {
    const samples = [
      { atMs: 3_000, heard: null },
      { atMs: 3_100, heard: heard(first?.id, 2_100, true) },
      { atMs: 3_200, heard: heard(second?.id, 2_200) },
    ];
    const { p99Ms, wrong } = judge(samples, forces, [], 3_000);
    assert.deepEqual([p99Ms, wrong], [Number.POSITIVE_INFINITY, 3]);
  });

  it('HO11 leaves out what has not had its time to settle, and nothing else', () => {
    const samples = [2_999, 3_000, 5_999, 6_000].map((atMs) => ({ atMs, heard: heard(first?.id, atMs - 1_000) }));
    const { settled, maxAfterMs } = judge(samples, forces, [3_000], 3_000);
    assert.deepEqual([settled, maxAfterMs], [2, 3_000]);
  });

  it('HO11 finds where tracks end by themselves', () => {
    assert.deepEqual(trackChanges(forces, 60_000), [11_000, 21_000]);
    assert.deepEqual(trackChanges(forces, 15_000), [11_000]);
  });
});
