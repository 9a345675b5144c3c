import assert from 'node:assert/strict';
import { hostEn } from '../i18n/host-en.ts';
import { type Facts, spanOf } from './facts.ts';

describe('facts', () => {
  const atMs = new Date(2026, 0, 2, 21, 40, 5).getTime();
  const points = [{ atMs, fans: 3, lines: 1, reactions: 0 }] as unknown as Facts['points'];

  it('HC8 say what they cover, and when the journal went silent', () => {
    assert.equal(spanOf(hostEn, { points: [], atMs: 0, stale: false }, 30), hostEn.noFacts);
    assert.equal(spanOf(hostEn, { points, atMs, stale: false }, 30), hostEn.lastMinutes(30));
    assert.equal(spanOf(hostEn, { points: [], atMs: 0, stale: true }, 30), hostEn.factsAway);
    assert.match(spanOf(hostEn, { points, atMs, stale: true }, 30), /09:40:05|21:40:05/);
  });
});
