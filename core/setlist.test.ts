import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SETLIST_MAX_TRACKS } from '../schemas/limits.ts';
import { setlistOf, setlists, trackIdOf, trackOf } from '../tests/support/samples.ts';
import { addTrack, indexOfTrack, moveTrack, removeTrack } from './setlist.ts';

const setlist = setlistOf(1_000, 2_000, 3_000);
const idsOf = (tracks: readonly { id: string }[]) => tracks.map(({ id }) => id);

describe('setlist', () => {
  it('TL15 puts a track where it is told, at the end otherwise', () => {
    assert.deepEqual(idsOf(addTrack(setlist, trackOf(9))), [1, 2, 3, 9].map(trackIdOf));
    assert.deepEqual(idsOf(addTrack(setlist, trackOf(9), 1)), [1, 9, 2, 3].map(trackIdOf));
    assert.deepEqual(idsOf(addTrack([], trackOf(9), 0)), [trackIdOf(9)]);
  });

  it('TL15 refuses a place behind the end, a full setlist, and a source that ends before it starts', () => {
    assert.throws(() => addTrack(setlist, trackOf(9), 4), { code: 'bad_payload' });
    const full = setlistOf(...Array<number>(SETLIST_MAX_TRACKS).fill(1_000));
    assert.throws(() => addTrack(full, trackOf(999)), { code: 'not_allowed' });
    const source = { kind: 'file' as const, url: '/a.mp3', endMs: 5_000 };
    assert.throws(() => addTrack(setlist, { ...trackOf(9), source: { ...source, startMs: 5_000 } }), { code: 'bad_payload' });
    assert.equal(addTrack(setlist, { ...trackOf(9), source }).length, 4);
  });

  it('TL16 takes a track away, and refuses one that is not there', () => {
    assert.deepEqual(idsOf(removeTrack(setlist, trackIdOf(2))), [1, 3].map(trackIdOf));
    assert.throws(() => removeTrack(setlist, trackIdOf(9)), { code: 'unknown_track' });
  });

  it('TL17 moves a track so that its place afterwards is the one asked for', () => {
    assert.deepEqual(idsOf(moveTrack(setlist, trackIdOf(1), 2)), [2, 3, 1].map(trackIdOf));
    assert.throws(() => moveTrack(setlist, trackIdOf(9), 0), { code: 'unknown_track' });
    assert.throws(() => moveTrack(setlist, trackIdOf(1), 3), { code: 'bad_payload' });
    fc.assert(
      fc.property(setlists({ minLength: 1 }), fc.nat(), fc.nat(), (tracks, from, to) => {
        const { id } = tracks[from % tracks.length] as (typeof tracks)[number];
        const toIndex = to % tracks.length;
        const moved = moveTrack(tracks, id, toIndex);
        assert.equal(indexOfTrack(moved, id), toIndex);
        assert.deepEqual(idsOf(removeTrack(moved, id)), idsOf(removeTrack(tracks, id)), 'the others keep their order');
      }),
    );
  });

  it('TL17 leaves the setlist that it was given alone', () => {
    const before = structuredClone(setlist);
    addTrack(setlist, trackOf(9), 0);
    removeTrack(setlist, trackIdOf(1));
    moveTrack(setlist, trackIdOf(1), 2);
    assert.deepEqual(setlist, before);
  });
});
