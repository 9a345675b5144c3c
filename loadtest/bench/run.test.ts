import assert from 'node:assert/strict';
import { systemClock } from '../../core/clock.ts';
import { CONTESTANTS } from './contestants.ts';
import { runOnce } from './run.ts';

const FANS = 24;

describe('a run of the bench', () => {
  for (const contestant of CONTESTANTS) {
    it(`FT9 seats everybody with ${contestant.name}, hears every frame, and measures each figure`, async () => {
      const plan = { fans: FANS, atOnce: 6, speakForMs: 900, speakEveryMs: 300, quietForMs: 300, settleMs: 300 };
      const figures = await runOnce(contestant, plan, { clock: systemClock(), env: process.env });
      const { frames, lost, foreignShare, usPerFrame, serverUsPerJoin, joinsPerS, bytesPerFrame, heapKBPerFan } = figures;
      assert.equal(lost, 0);
      // On a busy machine all lines may come to share one frame; it reaches everybody.
      assert.ok(frames >= FANS, `${frames} frames`);
      for (const figure of [serverUsPerJoin, joinsPerS, bytesPerFrame]) assert.ok(figure > 0, String(figure));
      // Differences: with so few fans their sign is chance.
      for (const figure of [usPerFrame, heapKBPerFan]) assert.ok(Number.isFinite(figure), String(figure));
      assert.ok(foreignShare >= 0 && foreignShare < 1);
    });
  }
});
