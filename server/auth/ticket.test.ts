import assert from 'node:assert/strict';
import type { SeatClaims } from '../../rooms/venue.ts';
import { AddressHash, EventId, FanId, RoomId, SessionId, StaffId } from '../../schemas/ids.ts';
import { createSealer } from './seal.ts';
import { openTicket, sealTicket } from './ticket.ts';

const sealer = createSealer(['a secret of some length']);
const seat = {
  sessionId: SessionId.parse('abcdefghij0123456789klmn'),
  eventId: EventId.parse('evt_0123456789ab'),
  roomId: RoomId.parse('sec-evt_0123456789ab-1-1'),
  expiresAtMs: 1_700_000_000_000.25,
};
const fan: SeatClaims = {
  ...seat,
  addressHash: AddressHash.parse('0123456789abcdef'),
  who: { kind: 'fan', id: FanId.parse('fan_0123456789ab'), name: 'Zoë 🎧', sinceMs: 1_699_999_999_999.5, marked: true },
};
const host: SeatClaims = {
  ...seat,
  addressHash: null,
  who: { kind: 'staff', id: StaffId.parse('stf_0123456789ab'), name: 'Ada' },
};

describe('ticket', () => {
  for (const claims of [fan, host]) {
    it(`TK3 carries all that was claimed for a ${claims.who.kind}`, () => {
      assert.deepEqual(openTicket(sealer, sealTicket(sealer, claims)), claims);
    });
  }

  it('TK3 travels in a URL unescaped and stays short', () => {
    const ticket = sealTicket(sealer, fan);
    assert.equal(encodeURIComponent(ticket), ticket);
    assert.ok(ticket.length < 400, `${ticket.length} characters`);
  });

  it('TK3 is nobody else’s: what was sealed as something else is no ticket', () => {
    assert.equal(openTicket(sealer, sealer.seal('fan', JSON.stringify(['fan_0123456789ab', 1]))), undefined);
  });
});
