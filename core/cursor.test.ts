import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Cursor, StageChange, StageSnapshot } from '../schemas/stage.ts';
import { lineIdOf, stageOf } from '../tests/support/samples.ts';
import { place } from './cursor.ts';
import { applyNotice } from './stage/apply.ts';

describe('cursor', () => {
  it('CU3 takes the next notice, drops what is known, and sees what is missing', () => {
    const cursor = { epoch: 2, seq: 5 };
    assert.equal(place(cursor, { epoch: 2, seq: 6 }), 'next');
    assert.equal(place(cursor, { epoch: 2, seq: 5 }), 'stale');
    assert.equal(place(cursor, { epoch: 2, seq: 7 }), 'gap');
  });

  it('CU4 drops notices of a stage that was replaced, and sees that another took over', () => {
    const cursor = { epoch: 2, seq: 5 };
    assert.equal(place(cursor, { epoch: 1, seq: 6 }), 'stale');
    assert.equal(place(cursor, { epoch: 3, seq: 1 }), 'gap');
  });

  it('CU5 ends where the stage is, whatever the bus loses, repeats and reorders', () => {
    // The stage: some epochs, each with some notices; the snapshot is written before its notice.
    const epochs = fc.array(fc.nat(8), { minLength: 1, maxLength: 4 });
    const delivery = fc.array(fc.record({ pick: fc.nat(), times: fc.nat(2) }), { maxLength: 40 });
    fc.assert(
      fc.property(epochs, delivery, (lengths, deliveries) => {
        const { notices, stored, last } = stageHistory(lengths);
        let link = stageOf();
        let written = -1;
        for (const { pick, times } of deliveries) {
          const index = pick % Math.max(1, notices.length);
          const notice = notices[index];
          written = Math.max(written, index);
          for (let n = 0; n <= times && notice !== undefined; n += 1) {
            link = receive(link, notice, stored[written] ?? link);
            assert.ok(isAtMost(link, stored[written] ?? link), 'never ahead of the stage');
          }
        }
        // The stage repeats its cursor: to whoever has all of it that is stale, to everyone else a lost last notice.
        if (place(link, last) !== 'stale') link = last;
        assert.deepEqual(link, last);
      }),
    );
  });

  it('CU6 applies in-order notices one by one to the same state, without any snapshot', () => {
    fc.assert(
      fc.property(fc.nat(80), (length) => {
        const { notices, last } = stageHistory([length]);
        const link = notices.reduce((held, notice) => {
          assert.equal(place(held, notice), 'next');
          return applyNotice(held, notice);
        }, stageOf());
        assert.deepEqual(link, last);
      }),
    );
  });
});

type SentNotice = Cursor & { changes: StageChange[] };

/** `stored[i]`: the snapshot that is in the store when notice i goes out. */
function stageHistory(lengths: readonly number[]): { notices: SentNotice[]; stored: StageSnapshot[]; last: StageSnapshot } {
  const notices: SentNotice[] = [];
  const stored: StageSnapshot[] = [];
  let stage = stageOf();
  for (const [index, length] of lengths.entries()) {
    if (index > 0) stage = { ...stage, epoch: index + 1, seq: 0 };
    for (let seq = 1; seq <= length; seq += 1) {
      const changes: StageChange[] = [{ kind: 'removal', removal: { kind: 'line', lineId: lineIdOf(index * 100 + seq) } }];
      notices.push({ epoch: stage.epoch, seq, changes });
      stage = applyNotice(stage, { epoch: stage.epoch, seq, changes });
      stored.push(stage);
    }
  }
  return { notices, stored, last: stage };
}

/** What a link does. */
function receive(link: StageSnapshot, notice: SentNotice, inStore: StageSnapshot): StageSnapshot {
  const where = place(link, notice);
  if (where === 'gap') return inStore;
  return where === 'next' ? applyNotice(link, notice) : link;
}

function isAtMost(link: Cursor, stage: Cursor): boolean {
  return link.epoch < stage.epoch || (link.epoch === stage.epoch && link.seq <= stage.seq);
}
