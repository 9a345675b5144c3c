import assert from 'node:assert/strict';
import { EventId, FanId, StaffId } from '../../schemas/ids.ts';
import { fanCookie, fanOf, sealFan, sealStaff, staffOf } from './identity.ts';
import { createSealer } from './seal.ts';

const sealer = createSealer(['a secret of some length']);
const ada = { id: FanId.parse('fan_aaaaaaaaaaaa'), sinceMs: 5 };
const bob = { id: FanId.parse('fan_bbbbbbbbbbbb'), sinceMs: 7 };
const staff = { id: StaffId.parse('stf_aaaaaaaaaaaa'), eventId: EventId.parse('evt_aaaaaaaaaaaa'), name: 'Ada', untilMs: null };

describe('identity', () => {
  it('TK5 knows a fan by cookie, among other cookies', () => {
    assert.deepEqual(fanOf(sealer, { cookie: `a=b; ${fanCookie(sealFan(sealer, ada), true).split(';')[0]}; c=d` }), ada);
  });

  it('TK5 prefers the bearer over the cookie', () => {
    const headers = { authorization: `Bearer ${sealFan(sealer, bob)}`, cookie: `front_row_fan=${sealFan(sealer, ada)}` };
    assert.deepEqual(fanOf(sealer, headers), bob);
  });

  it('TK5 takes a tampered identity for none at all', () => {
    const token = sealFan(sealer, ada);
    const forged = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A');
    for (const headers of [{ cookie: `front_row_fan=${forged}` }, { authorization: `Bearer ${forged}` }, { cookie: 'x' }, {}]) {
      assert.equal(fanOf(sealer, headers), undefined);
    }
  });

  it('TK6 knows staff by bearer only, and tells a forged staff token from a fan', () => {
    const token = sealStaff(sealer, staff);
    assert.deepEqual(staffOf(sealer, { authorization: `Bearer ${token}` }), staff);
    assert.equal(staffOf(sealer, { cookie: `front_row_fan=${token}` }), 'none');
    assert.equal(staffOf(sealer, { authorization: `Bearer ${sealFan(sealer, ada)}` }), 'none');
    assert.equal(staffOf(sealer, { authorization: `Bearer ${token.slice(0, -4)}` }), 'refused');
    assert.equal(fanOf(sealer, { authorization: `Bearer ${token}` }), undefined);
  });
});
