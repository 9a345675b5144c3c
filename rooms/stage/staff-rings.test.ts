import assert from 'node:assert/strict';
import { Line } from '../../schemas/chat.ts';
import { FEED_RING_SLOTS } from '../../schemas/limits.ts';
import { StageState } from '../../schemas/stage-state.ts';
import { StaffRings } from './staff-rings.ts';

const HALF = FEED_RING_SLOTS / 2;

function lineOf(n: number): Line {
  const id = `lin_${n.toString(36).padStart(16, '0')}`;
  return Line.parse({ id, fanId: 'fan_aaaaaaaaaaaa', name: 'Ada', role: 'fan', text: `line ${n}`, atMs: n, replyTo: '' });
}

describe('the staff feed', () => {
  it('HC11 keeps a reported line while the room talks on', () => {
    const state = new StageState();
    const rings = new StaffRings(state);
    rings.line(lineOf(0), 'sec');
    rings.report(lineOf(0), 'sec', 'spam');
    for (let n = 1; n <= 5 * FEED_RING_SLOTS; n++) rings.line(lineOf(n), 'sec');
    rings.project();
    const reported = [...state.feed].filter(({ reports }) => reports > 0);
    assert.deepEqual(
      reported.map(({ line, reason }) => [line.text, reason]),
      [['line 0', 'spam']],
    );
    const texts = [...state.feed].map(({ line }) => line.text);
    assert.ok(texts.includes(`line ${5 * FEED_RING_SLOTS}`) && new Set(texts).size === FEED_RING_SLOTS);
  });

  it('HC11 lets the oldest reports give way once they fill half of the ring', () => {
    const state = new StageState();
    const rings = new StaffRings(state);
    for (let n = 1; n <= FEED_RING_SLOTS; n++) rings.report(lineOf(n), 'sec', 'spam');
    for (let n = FEED_RING_SLOTS + 1; n <= 3 * FEED_RING_SLOTS; n++) rings.line(lineOf(n), 'sec');
    rings.project();
    const reported = [...state.feed].filter(({ reports }) => reports > 0).map(({ line }) => line.atMs);
    assert.equal(reported.length, HALF);
    assert.ok(Math.min(...reported) > HALF, 'the younger half is left');
  });
});
