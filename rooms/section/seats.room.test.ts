import assert from 'node:assert/strict';
import { systemClock } from '../../core/clock.ts';
import type { SectionState } from '../../schemas/section-state.ts';
import { fanId, type Guest, Party } from '../../tests/support/party.ts';
import { JOIN_ROOM, rawJoin } from '../../tests/support/raw-client.ts';
import { until } from '../../tests/support/until.ts';

describe('seats', () => {
  let party: Party;
  /** Added to the room's clock, so that time-outs need no waiting. */
  let aheadMs = 0;
  beforeEach(async () => {
    aheadMs = 0;
    const clock = systemClock();
    party = await Party.start({ deps: { clock: { ...clock, nowMs: () => clock.nowMs() + aheadMs } } });
  });
  afterEach(() => party.stop());

  it('SE26 a fourth tab closes the fan’s oldest with 4203', async () => {
    const id = fanId();
    const tabs: Guest<SectionState>[] = [];
    for (let n = 0; n < 4; n++) tabs.push(await party.fan('Ann', { id }));
    await until('the first is closed', () => tabs[0]?.closeCode === 4203);
    assert.deepEqual(
      tabs.map(({ closeCode }) => closeCode),
      [4203, undefined, undefined, undefined],
    );
    assert.equal(await tabs[3]?.codeOf('chat', { key: 'k1', text: 'hello' }), 'accepted');
  });

  it('SE27 a ticket is good for one join', async () => {
    const claims = party.claims('Ann');
    await party.sit(claims);
    assert.equal(party.venue.admit(claims, false), 'ticket_used');
    await assert.rejects(party.seat(claims), /ticket_used/);
  });

  it('SE27 until it was sat on, the same ticket may try again', async () => {
    const claims = party.claims('Ann');
    await party.seat(claims);
    assert.equal(party.venue.admit(claims, false), undefined);
  });

  it('SE28 a join that is never acknowledged ends with 4103', async () => {
    const silent = await rawJoin(party.server.origin, await party.seat(party.claims('Ann')));
    const bob = await party.fan('Bob');
    await until('both are counted', () => bob.state.audience.section === 2);
    aheadMs = 10_000;
    assert.equal(await silent.closed, 4103);
    await until('the seat is free', () => bob.state.audience.section === 1);
    assert.equal(bob.closeCode, undefined);
  });

  it('SE29 a fan whose network failed finds the own seat again', async () => {
    const [ann, bob] = await Promise.all([party.fan('Ann'), party.fan('Bob')]);
    await until('both are counted', () => bob.state.audience.section === 2);
    const token = ann.room.reconnectionToken.split(':')[1];
    ann.room.connection.close();
    await until('the socket is gone', () => ann.closeCode !== undefined);
    const seat = { name: 'section', roomId: ann.room.roomId, sessionId: ann.claims.sessionId, processId: 'any' };
    const back = await rawJoin(party.server.origin, seat, `&reconnectionToken=${token}`);
    assert.equal(back.frames[0]?.[0], JOIN_ROOM);
    back.acknowledge();
    await until('the state came', () => back.frames.length > 1);
    assert.equal(bob.state.audience.section, 2);
    back.socket.close();
  });

  it('SE29 a fan who left on purpose has no seat to find', async () => {
    const [ann, bob] = await Promise.all([party.fan('Ann'), party.fan('Bob')]);
    await until('both are counted', () => bob.state.audience.section === 2);
    const token = ann.room.reconnectionToken.split(':')[1];
    await ann.room.leave();
    await until('she is gone', () => bob.state.audience.section === 1);
    const seat = { name: 'section', roomId: ann.room.roomId, sessionId: ann.claims.sessionId, processId: 'any' };
    const back = await rawJoin(party.server.origin, seat, `&reconnectionToken=${token}`);
    await back.closed;
    assert.ok(!back.frames.some(([code]) => code === JOIN_ROOM));
  });

  it('SE30 a section stays when the last fan has left', async () => {
    const ann = await party.fan('Ann');
    const { roomId } = ann.room;
    await ann.room.leave();
    await until('she is gone', () => party.metrics.calls.some(([name]) => name === 'left'));
    const bob = await party.fan('Bob');
    assert.equal(bob.room.roomId, roomId);
  });
});
