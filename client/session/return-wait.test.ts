import assert from 'node:assert/strict';
import { returnWaitMs } from './return-wait.ts';

const RULE = { baseMs: 5_000, capMs: 20_000 };
const lost = (code: number, over: object = {}) => ({ code, fellSilent: false, attempt: 0, ...over });

describe('the way back to the doors', () => {
  it('PS5 is spread over the rule’s range when a live seat broke off', () => {
    assert.equal(
      returnWaitMs(lost(1006), RULE, () => 0),
      0,
    );
    assert.equal(
      returnWaitMs(lost(1006), RULE, () => 0.5),
      2_500,
    );
  });

  it('PS15 is short for a seat that fell silent, and spread again when the next one fails too', () => {
    const latest = () => 1;
    assert.equal(returnWaitMs(lost(1006, { fellSilent: true }), RULE, latest), 400);
    assert.equal(returnWaitMs(lost(1006, { fellSilent: true, attempt: 1 }), RULE, latest), 5_000);
  });

  it('PS5 is not longer after one more seat that could not be reached, and doubles from then on', () => {
    const waits = [0, 1, 2, 3, 4].map((attempt) => returnWaitMs(lost(1006, { attempt }), RULE, () => 1));
    assert.deepEqual(waits, [5_000, 5_000, 10_000, 20_000, 20_000]);
  });

  it('PS4 is short where the room has spread its fans, and never after a farewell', () => {
    const latest = () => 1;
    assert.equal(returnWaitMs(lost(4100), RULE, latest), 400);
    assert.equal(returnWaitMs(lost(4102), RULE, latest), 5_000);
    for (const code of [4000, 4200, 4201]) assert.equal(returnWaitMs(lost(code), RULE, latest), null);
  });
});
