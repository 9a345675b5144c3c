import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countdownParts, parseTrackTime, trackTime } from './format.ts';

describe('durations', () => {
  it('FP5 shows minutes and seconds, and hours when there are some', () => {
    assert.equal(trackTime(0), '0:00');
    assert.equal(trackTime(245_999), '4:05');
    assert.equal(trackTime(3_723_000), '1:02:03');
    assert.equal(trackTime(-50), '0:00');
  });

  it('FP5 reads back what it shows, to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_399 }), (seconds) =>
        assert.equal(parseTrackTime(trackTime(seconds * 1_000)), seconds * 1_000),
      ),
    );
    for (const text of ['', 'soon', '1:99', '1:2:3:4', '-3']) assert.equal(parseTrackTime(text), undefined, text);
  });

  it('FP4 counts down to one second and then to none', () => {
    assert.deepEqual(countdownParts(90_061_000), { days: 1, hours: 1, minutes: 1, seconds: 1 });
    assert.equal(countdownParts(1).seconds, 1);
    assert.deepEqual(countdownParts(-5), { days: 0, hours: 0, minutes: 0, seconds: 0 });
  });
});
