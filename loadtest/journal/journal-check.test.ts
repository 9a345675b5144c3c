import assert from 'node:assert/strict';
import { checkJournal } from './journal-check.ts';

const said = (...ids: readonly string[]) => ids.map((id) => ({ id, fanId: 'fan_a', atMs: 0 }));

describe('what the journal is asked', () => {
  it('LT8 finds an acknowledged line that is in no journal', () => {
    const verdict = checkJournal(said('a', 'b', 'c'), { local: new Map([['a', 1]]), shipped: new Set(['b']) });
    assert.deepEqual(verdict, { lost: ['c'], duplicated: [], unshipped: 2, checked: 3 });
  });

  it('LT8 finds one that was kept twice, and counts each line once however often it was acknowledged', () => {
    const local = new Map([
      ['a', 2],
      ['b', 1],
      ['of somebody else', 2],
    ]);
    assert.deepEqual(checkJournal(said('a', 'b', 'b'), { local, shipped: null }), {
      lost: [],
      duplicated: ['a'],
      unshipped: null,
      checked: 2,
    });
  });
});
