import assert from 'node:assert/strict';
import { PartyError } from '../../core/errors.ts';
import { CLOSE_CODES, type ErrorCode } from '../../schemas/errors.ts';
import type { EventSummary } from '../../schemas/http.ts';
import { afterRefusal, closedByCode, isNews } from './refusals.ts';

const event = { doorsAtMs: 5_000, state: 'open' } as EventSummary;
const after = (code: ErrorCode, { nowMs = 10_000, returning = false, retryInMs = undefined as number | undefined } = {}) =>
  afterRefusal(new PartyError(code, 'no', retryInMs), { event, nowMs, returning });

describe('refusals', () => {
  it('PS3 gives a bad name back to whoever entered it, and closes for whoever was in', () => {
    assert.equal(after('bad_name').kind, 'give-back');
    assert.deepEqual(after('bad_name', { returning: true }), {
      kind: 'closed',
      why: 'refused',
      code: 'bad_name',
      message: 'no',
      reason: '',
      untilMs: null,
    });
  });

  it('PS3 waits for doors that will open, and for a host who closed them', () => {
    assert.deepEqual(after('doors_closed', { nowMs: 4_000, retryInMs: 1_000 }), { kind: 'before-doors', doorsAtMs: 5_000 });
    assert.deepEqual(after('doors_closed', { retryInMs: 20_000 }), { kind: 'doors-closed', waitMs: 20_000 });
    assert.deepEqual(after('doors_closed'), { kind: 'doors-closed', waitMs: 15_000 });
  });

  it('PS3 keeps whoever was in waiting for closed doors, half a minute at most each time', () => {
    assert.deepEqual(after('doors_closed', { returning: true, retryInMs: 20_000 }), { kind: 'wait', waitMs: 20_000 });
    assert.deepEqual(after('doors_closed', { returning: true, retryInMs: 3_600_000 }), { kind: 'wait', waitMs: 30_000 });
  });

  it('PS16 looks the event up when closed doors are not what it knows', () => {
    const closed = (retryInMs?: number) => new PartyError('doors_closed', 'no', retryInMs);
    assert.equal(isNews(closed(60_000), { event: { ...event, doorsAtMs: 61_000 }, nowMs: 0 }), false);
    assert.equal(isNews(closed(60_000), { event, nowMs: 0 }), true, 'another hour');
    assert.equal(isNews(closed(20_000), { event, nowMs: 10_000 }), true, 'open once, and closed by the host');
    assert.equal(isNews(closed(20_000), { event: null, nowMs: 0 }), true);
    assert.equal(isNews(new PartyError('kicked', 'no'), { event: null, nowMs: 0 }), false);
  });

  it('PS3 says until when a kick holds', () => {
    assert.deepEqual(after('kicked', { retryInMs: 60_000 }), {
      kind: 'closed',
      why: 'kicked',
      code: 'kicked',
      message: 'no',
      reason: '',
      untilMs: 70_000,
    });
  });

  it('PS3 waits as long as a busy server asks', () => {
    assert.deepEqual(after('rate_limited', { retryInMs: 900 }), { kind: 'wait', waitMs: 900 });
  });

  it('PS4 names why a seat ended for good, with the reason in the staff’s own words', () => {
    const message = 'You were banned from this party: spam: twice';
    assert.deepEqual(closedByCode({ code: CLOSE_CODES.banned, refusal: new PartyError('banned', message, 1_000) }, 5), {
      kind: 'closed',
      why: 'banned',
      code: 'banned',
      message,
      reason: 'spam: twice',
      untilMs: 1_005,
    });
    const refusal = new PartyError('kicked', 'You were sent out of this party.');
    assert.equal(closedByCode({ code: CLOSE_CODES.kicked, refusal }, 5).reason, '');
    assert.equal(closedByCode({ code: CLOSE_CODES.openedElsewhere, refusal: null }, 5).why, 'elsewhere');
    assert.equal(closedByCode({ code: CLOSE_CODES.ended, refusal: null }, 5).why, 'ended');
  });
});
