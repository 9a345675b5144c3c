import assert from 'node:assert/strict';
import fc from 'fast-check';
import { missedAfter, numberFrom, readAfter, slotOf } from './ring.ts';

const SLOTS = 8;

/** Writes as a room does: each entry into its own slot, never moved. */
function written(batches: readonly (readonly string[])[]): { seq: number; text: string }[] {
  const ring = Array.from({ length: SLOTS }, () => ({ seq: 0, text: '' }));
  let last = 0;
  for (const batch of batches) {
    for (const { seq, entry } of numberFrom(batch, last, SLOTS)) ring[slotOf(seq, SLOTS)] = { seq, text: entry };
    last += batch.length;
  }
  return ring;
}

describe('ring', () => {
  it('LN14 reads back the last entries in order, whatever the batches were', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { maxLength: 20 }), { maxLength: 12 }), (batches) => {
        const all = batches.flat();
        const read = readAfter(written(batches), 0);
        assert.deepEqual(
          read.map(({ text }) => text),
          all.slice(-SLOTS),
        );
        assert.deepEqual(
          read.map(({ seq }) => seq),
          all.map((_, index) => index + 1).slice(-SLOTS),
        );
      }),
    );
  });

  it('LN14 reads on from a cursor, and says how many were overwritten before', () => {
    const ring = written([Array.from({ length: 20 }, (_, index) => `line ${index + 1}`)]);
    assert.deepEqual(
      readAfter(ring, 18).map(({ seq }) => seq),
      [19, 20],
    );
    assert.equal(missedAfter(ring, 18), 0);
    assert.equal(missedAfter(ring, 10), 2);
    assert.equal(missedAfter(ring, 20), 0);
    assert.equal(missedAfter(ring, 0), 0, 'a newcomer missed nothing');
  });
});
