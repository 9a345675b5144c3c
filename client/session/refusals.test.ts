import assert from 'node:assert/strict';
import { PartyError } from '../../core/errors.ts';
import { CLOSE_CODES, type ErrorCode } from '../../schemas/errors.ts';
import type { EventSummary } from '../../schemas/http.ts';
import { afterRefusal, closedByCode } from './refusals.ts';

const event = { doorsAtMs: 5_000 } as EventSummary;
const after = (code: ErrorCode, { nowMs = 10_000, returning = false, retryInMs = undefined as number | undefined } = {}) =>
  afterRefusal(new PartyError(code, 'no', retryInMs), { event, nowMs, returning });

describe('refusals', () => {
  it('PS3 gives a bad name back to whoever entered it, and closes for whoever was in', () => {
    assert.equal(after('bad_name').kind, 'give-back');
    assert.deepEqual(after('bad_name', { returning: true }), { kind: 'closed', why: 'refused', message: 'no', untilMs: null });
  });

  it('PS3 waits for doors that will open, and closes at doors that a host closed', () => {
    assert.deepEqual(after('doors_closed', { nowMs: 4_000 }), { kind: 'before-doors', doorsAtMs: 5_000 });
    assert.equal((after('doors_closed') as { why?: string }).why, 'doors-closed');
  });

  it('PS3 says until when a kick holds', () => {
    assert.deepEqual(after('kicked', { retryInMs: 60_000 }), { kind: 'closed', why: 'kicked', message: 'no', untilMs: 70_000 });
  });

  it('PS3 waits as long as a busy server asks', () => {
    assert.deepEqual(after('rate_limited', { retryInMs: 900 }), { kind: 'wait', waitMs: 900 });
  });

  it('PS4 names why a seat ended for good, in the room’s own words when it said some', () => {
    const refusal = new PartyError('banned', 'spam', 1_000);
    assert.deepEqual(closedByCode({ code: CLOSE_CODES.banned, refusal }, 5), {
      kind: 'closed',
      why: 'banned',
      message: 'spam',
      untilMs: 1_005,
    });
    assert.equal(closedByCode({ code: CLOSE_CODES.openedElsewhere, refusal: null }, 5).why, 'elsewhere');
    assert.equal(closedByCode({ code: CLOSE_CODES.ended, refusal: null }, 5).why, 'ended');
  });
});
