import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { systemClock } from '../../core/clock.ts';
import { CLOSE_CODES } from '../../schemas/errors.ts';
import type { TicketGranted } from '../../schemas/http.ts';
import { EventId, Slug } from '../../schemas/ids.ts';
import { TICKET_TTL_MS } from '../../schemas/limits.ts';
import type { Seat } from '../../tests/support/colyseus-server.ts';
import { JOIN_ROOM, rawJoin } from '../../tests/support/raw-client.ts';
import { type Knock, knock, startTestParty, type TestParty } from '../../tests/support/test-party.ts';
import { until } from '../../tests/support/until.ts';

describe('sockets', () => {
  let party: TestParty;
  let shiftMs = 0;
  const clock = systemClock();
  const shifting = { ...clock, nowMs: () => clock.nowMs() + shiftMs };
  before(async () => void (party = await startTestParty({}, undefined, shifting)));
  after(() => party.close());

  const assertRefused = (knocked: Knock, code: string, closeCode: number) => {
    assert.equal(knocked.error?.code, closeCode);
    assert.equal(knocked.error?.refusal.code, code);
    assert.ok(knocked.error.refusal.message.length > 0);
    assert.equal(knocked.closeCode, closeCode);
    assert.equal(knocked.closeReason, code);
  };
  const query = ({ ticket }: TicketGranted) => ({ _authToken: ticket });

  it('TK4 seats a fan with one HTTP call and one socket, as the SDK does it', async () => {
    const granted = await party.ticket({ name: 'Zoë' });
    const room = await party.sit(granted);
    assert.equal(room.sessionId, granted.seat.sessionId);
    const answer = await room.request<unknown, { t0: number; t1: number }>('clock', { t0: 7 });
    assert.equal(answer.t0, 7);
    await room.leave();
  });

  it('TK10 refuses a ticket that is forged, missing, or shown for another session', async () => {
    const granted = await party.ticket({ name: 'Forger' });
    const forged = `${granted.ticket.slice(0, -2)}${granted.ticket.endsWith('AA') ? 'BB' : 'AA'}`;
    assertRefused(await knock(party.base, granted.seat, { _authToken: forged }), 'ticket_invalid', CLOSE_CODES.ticketInvalid);
    assertRefused(await knock(party.base, granted.seat, {}), 'ticket_invalid', CLOSE_CODES.ticketInvalid);
    assertRefused(
      await knock(party.base, granted.seat, { _authToken: granted.fan.token }),
      'ticket_invalid',
      CLOSE_CODES.ticketInvalid,
    );
    const seat = { ...granted.seat, sessionId: 'somebody-elses-session' };
    assertRefused(await knock(party.base, seat, query(granted)), 'ticket_invalid', CLOSE_CODES.ticketInvalid);
  });

  it('TK9 tells an SDK client number and code', async () => {
    const granted = await party.ticket({ name: 'Reader' });
    const error = await party.sit({ ...granted, ticket: 'nonsense' }).then(
      () => assert.fail('was seated'),
      (error: { code: number; message: string }) => error,
    );
    assert.equal(error.code, CLOSE_CODES.ticketInvalid);
    assert.equal(JSON.parse(error.message).code, 'ticket_invalid');
  });

  it('TK10 refuses a ticket for another room', async () => {
    const [fan, host] = [await party.ticket({ name: 'Lost' }), await party.ticket({ invite: await party.invite() })];
    const seat = { ...fan.seat, roomId: host.seat.roomId };
    assertRefused(await knock(party.base, seat, query(fan)), 'ticket_elsewhere', CLOSE_CODES.ticketElsewhere);
    const nowhere = { ...fan.seat, roomId: 'sec-nowhere-1-1' };
    assertRefused(await knock(party.base, nowhere, query(fan)), 'ticket_elsewhere', CLOSE_CODES.ticketElsewhere);
  });

  it('TK10 refuses a ticket for another event', async () => {
    const other = await party.events.saveEvent({
      ...party.demo,
      id: EventId.parse('evt_otherevent00'),
      slug: Slug.parse('other'),
    });
    await party.refreshEvents();
    await party.venue.openEvent(other.id);
    const { json } = await party.askDoors({ name: 'Wrong door' }, {}, 'other');
    const here = await party.ticket({ name: 'Right door' });
    assert.ok(json.seat.roomId.startsWith('sec-other-'));
    assertRefused(await knock(party.base, json.seat, query(here)), 'ticket_elsewhere', CLOSE_CODES.ticketElsewhere);
    assertRefused(await knock(party.base, here.seat, query(json)), 'ticket_elsewhere', CLOSE_CODES.ticketElsewhere);
  });

  it('TK10 refuses a ticket that has expired', async () => {
    const granted = await party.ticket({ name: 'Late' });
    shiftMs = TICKET_TTL_MS + 1;
    try {
      assertRefused(await knock(party.base, granted.seat, query(granted)), 'ticket_expired', CLOSE_CODES.ticketExpired);
    } finally {
      shiftMs = 0;
    }
  });

  it('TK10 refuses a ticket that was used, while its owner sits and after', async () => {
    const granted = await party.ticket({ name: 'Twice' });
    const room = await party.sit(granted);
    assertRefused(await knock(party.base, granted.seat, query(granted)), 'ticket_used', CLOSE_CODES.ticketUsed);
    await room.leave();
    assertRefused(await knock(party.base, granted.seat, query(granted)), 'ticket_used', CLOSE_CODES.ticketUsed);
  });

  it('TK10 seats one of many who come with the same ticket at once', async () => {
    const granted = await party.ticket({ name: 'Many' });
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => party.sit(granted)));
    assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const outcome of tries) {
      if (outcome.status === 'rejected') assert.equal(outcome.reason.code, CLOSE_CODES.ticketUsed);
    }
  });

  it('TK10 refuses a staff ticket that was used', async () => {
    const granted = await party.ticket({ invite: await party.invite() });
    await party.sit(granted);
    assertRefused(await knock(party.base, granted.seat, query(granted)), 'ticket_used', CLOSE_CODES.ticketUsed);
  });

  it('TK11 lets a dropped fan back onto the same seat, and nobody without the reconnection token', async () => {
    const granted = await party.ticket({ name: 'Tunnel' });
    const first = await rawJoin(party.base, granted.seat as Seat, `&_authToken=${granted.ticket}`);
    const [welcome = Uint8Array.of()] = first.frames;
    const token = Buffer.from(welcome.subarray(2, 2 + (welcome[1] ?? 0))).toString();
    first.acknowledge();
    await until('the state has come', () => first.frames.length > 1);
    first.socket.terminate();
    await first.closed;
    const wrong = await knock(party.base, granted.seat, { ...query(granted), reconnectionToken: `${token}x` });
    assertRefused(wrong, 'section_gone', CLOSE_CODES.sectionGone);
    const forged = await knock(party.base, granted.seat, { _authToken: 'x', reconnectionToken: token });
    assertRefused(forged, 'ticket_invalid', CLOSE_CODES.ticketInvalid);
    const again = await rawJoin(party.base, granted.seat as Seat, `&_authToken=${granted.ticket}&reconnectionToken=${token}`);
    assert.equal(again.frames[0]?.[0], JOIN_ROOM);
    again.socket.terminate();
  });

  it('TK13 turns a foreign origin away before the upgrade, and only that', async () => {
    const granted = await party.ticket({ name: 'Framed' });
    const foreign = await knock(party.base, granted.seat, query(granted), { Origin: 'https://evil.example' });
    assert.equal(foreign.refusedUpgrade, 403);
    const opaque = await knock(party.base, granted.seat, query(granted), { Origin: 'null' });
    assert.equal(opaque.refusedUpgrade, 403);
    const own = await knock(party.base, granted.seat, { _authToken: 'x' }, { Origin: party.base });
    assertRefused(own, 'ticket_invalid', CLOSE_CODES.ticketInvalid);
  });

  it('TK13 lets a page of the event’s allow-list connect', async () => {
    await party.events.saveEvent({ ...party.demo, allowedOrigins: ['https://band.example'] });
    const granted = await party.ticket({ name: 'Embedded' });
    await party.refreshEvents();
    const allowed = await knock(party.base, granted.seat, { _authToken: 'x' }, { Origin: 'https://band.example' });
    assertRefused(allowed, 'ticket_invalid', CLOSE_CODES.ticketInvalid);
    const other = await knock(party.base, granted.seat, query(granted), { Origin: 'https://band.example.evil.example' });
    assert.equal(other.refusedUpgrade, 403);
  });

  it('TK10 refuses a socket that names no room', async () => {
    const seat = { processId: '', roomId: '', sessionId: 'x' };
    assertRefused(await knock(party.base, seat, {}), 'ticket_invalid', CLOSE_CODES.ticketInvalid);
  });

  it('FT12 answers a client that offers another protocol, and gets the same as if it had not', async () => {
    const body = JSON.stringify({ name: 'Java' });
    const headers = {
      Connection: 'Upgrade, HTTP2-Settings',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AAMAAABk',
      'Content-Type': 'application/json',
      'Content-Length': body.length,
    };
    const asked = request(`${party.base}/api/events/demo/tickets`, { method: 'POST', headers });
    asked.end(body);
    const [reply] = (await once(asked, 'response')) as [IncomingMessage];
    assert.equal(reply.statusCode, 201);
    const granted = JSON.parse(Buffer.concat(await reply.toArray()).toString());
    assert.ok(granted.ticket);
  });

  it('TK15 ends a connection that sends more than any page would', async () => {
    const room = await party.sit(await party.ticket({ name: 'Loud' }));
    const closed = new Promise<number>((resolve) => room.onLeave((code) => resolve(code)));
    room.connection.send(new Uint8Array(17_000));
    assert.equal(await closed, 1009);
  });
});
