import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assertOrderPerFan, ids, line, NOW, randoms, someLines } from '../tests/support/lane-lines.ts';
import { goesFirst, type LaneLine } from './chat-lanes.ts';
import { chooseUp, fairPick, freshOnce } from './chat-lanes-choose.ts';

describe('choosing lines', () => {
  it('LN4 picks fairly: nobody has a second line before everyone had a first', () => {
    fc.assert(
      fc.property(someLines, fc.nat(40), randoms, (said, count, random) => {
        const lines = freshOnce(said, NOW);
        const picked = fairPick(lines, count, random);
        assert.equal(picked.length, Math.min(count, lines.length));
        assertOrderPerFan(picked, lines);
        const share = (fanId: string, of: readonly LaneLine[]): number => of.filter((one) => one.fanId === fanId).length;
        const fans = new Set(lines.map(({ fanId }) => fanId));
        for (const a of fans) {
          for (const b of fans) {
            if (share(b, picked) < share(b, lines)) assert.ok(share(a, picked) <= share(b, picked) + 1);
          }
        }
      }),
    );
  });

  it('LN4 gives every fan the same chance', () => {
    let state = 1;
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const lines = [
      ...Array.from({ length: 50 }, (_, index) => line(`loud ${index}`, 'loud')),
      ...['a', 'b', 'c'].map((fan) => line(fan, fan)),
    ];
    const wins = new Map<string, number>();
    for (let round = 0; round < 4_000; round += 1) {
      for (const { fanId } of fairPick(lines, 1, random)) wins.set(fanId, (wins.get(fanId) ?? 0) + 1);
    }
    for (const fan of ['loud', 'a', 'b', 'c']) assert.ok(Math.abs((wins.get(fan) ?? 0) - 1_000) < 150, `${fan} ${wins.get(fan)}`);
  });

  it('LN5 sends up at most what the batch has room for, lines by staff and replies to staff first', () => {
    fc.assert(
      fc.property(someLines, fc.nat(30), randoms, (lines, room, random) => {
        const { up, later } = chooseUp({ lines, room, nowMs: NOW, random });
        const fresh = freshOnce(lines, NOW);
        assert.ok(up.length <= room);
        assert.equal(new Set(ids(up)).size, up.length);
        assertOrderPerFan(
          up.filter((one) => !goesFirst(one)),
          fresh,
        );
        assert.deepEqual(
          new Set(ids([...up.filter(goesFirst), ...later])),
          new Set(ids(fresh.filter(goesFirst))),
          'none of the first kind is lost',
        );
        if (later.length > 0) assert.ok(up.every(goesFirst));
        else assert.equal(up.length, Math.min(room, fresh.length));
      }),
    );
  });
});
