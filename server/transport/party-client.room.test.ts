/** A client's object keeps the shape that it is made with: what else Colyseus put on it, or took off, would make it a dictionary. */
import assert from 'node:assert/strict';
import { type Client, matchMaker } from '@colyseus/core';
import { startTestParty, type TestParty } from '../../tests/support/test-party.ts';
import { until } from '../../tests/support/until.ts';
import { PartyClient } from './party-client.ts';
import type { PartySocket } from './party-socket.ts';

describe('clients on our sockets', () => {
  let party: TestParty;
  before(async () => void (party = await startTestParty()));
  after(() => party.close());

  it('FT3 stay what they were made as: joined, served and dropped', async () => {
    const granted = await party.ticket({ name: 'Shape' });
    const room = await party.sit(granted);
    const local = matchMaker.getLocalRoomById(granted.seat.roomId);
    const seated = () => local.clients.get(granted.seat.sessionId);
    const shape = Object.keys(new PartyClient('', {} as PartySocket));
    const assertShape = (client: Client | undefined) => {
      assert.ok(client instanceof PartyClient);
      assert.deepEqual(Object.keys(client), shape);
    };
    await room.request('clock', { t0: 1 });
    const first = seated();
    assertShape(first);
    assert.ok(first);
    first.send('later', 1, { afterNextPatch: true });
    assertShape(first);
    const token = first.reconnectionToken;
    (first.ref as unknown as PartySocket).terminate();
    await until('the seat is held', () => seated() === undefined && local.hasReservedSeat(granted.seat.sessionId, token));
    assertShape(first);
  });
});
