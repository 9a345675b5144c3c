import assert from 'node:assert/strict';
import type { Room } from '@colyseus/sdk';
import { EventSummary, TicketGranted, TicketInLine } from '../../schemas/http.ts';
import { EventId, Slug } from '../../schemas/ids.ts';
import type { StageState } from '../../schemas/stage-state.ts';
import { startTestParty, type TestParty } from '../../tests/support/test-party.ts';
import { until } from '../../tests/support/until.ts';

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const cookieOf = (headers: Headers) => (headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';

describe('doors', () => {
  let party: TestParty;
  before(async () => void (party = await startTestParty({ SECTION_SEATS: '40' })));
  after(() => party.close());

  const assertRefused = async (code: string, status: number, body: unknown, headers?: Record<string, string>, slug?: string) => {
    const reply = await party.askDoors(body, headers, slug);
    assert.deepEqual([reply.json.code, reply.status], [code, status]);
    assert.ok(reply.json.message.length > 0);
    return reply;
  };

  it('HT2 tells what the event is', async () => {
    const reply = await party.fetch('/api/events/demo');
    const summary = EventSummary.parse(await reply.json());
    assert.equal(summary.title, 'Night');
    assert.equal(summary.state, 'open');
    assert.deepEqual(summary.doors, [party.base]);
    assert.equal(reply.headers.get('cache-control'), 'no-store');
  });

  it('OB3 counts what doors answer', async () => {
    const answers = ['seat', 'bad_name', 'unknown_event'];
    const counts = async () => {
      const text = await (await party.fetch('/metrics')).text();
      return answers.map((answer) =>
        Number(new RegExp(`^front_row_asks_total{answer="${answer}"} (\\d+)$`, 'm').exec(text)?.[1] ?? 0),
      );
    };
    const before = await counts();
    await party.askDoors({ name: 'Counted' });
    await party.askDoors({ name: '' });
    await party.askDoors({ name: 'Counted' }, {}, 'nowhere');
    assert.deepEqual(
      await counts(),
      before.map((count) => count + 1),
    );
  });

  it('HT3 answers a name with ticket, seat, identity and event time', async () => {
    const reply = await party.askDoors({ name: '  Zoë   K ' });
    assert.equal(reply.status, 201);
    const granted = TicketGranted.parse(reply.json);
    assert.equal(granted.fan.name, 'Zoë K');
    assert.equal(granted.seat.name, 'section');
    assert.ok(Math.abs(granted.serverTimeMs - Date.now()) < 5_000);
    assert.match(reply.headers.getSetCookie()[0] ?? '', /^front_row_fan=f1\.[^;]+;.*HttpOnly; SameSite=Lax$/);
  });

  it('SE17 marks every seat of a small room, and the console has its sync figure', async () => {
    const host = await party.host();
    const granted = await party.ticket({ name: 'Marked' });
    assert.equal(granted.marked, true);
    const fan = await party.sit(granted);
    await fan.request('clock', { t0: 1, errorMs: -12 });
    const crowd = () => (host.room.state as StageState).crowd;
    await until('the error has reached the console', () => crowd().syncP50Ms === 12);
    await Promise.all([fan.leave(), host.leave()]);
  });

  it('TK5 keeps a fan’s identity by cookie and by bearer', async () => {
    const first = await party.askDoors({ name: 'Same' });
    const byCookie = await party.ticket({ name: 'Same' }, { Cookie: cookieOf(first.headers) });
    const byBearer = await party.ticket({ name: 'Same' }, bearer(first.json.fan.token));
    assert.equal(byCookie.fan.id, first.json.fan.id);
    assert.equal(byBearer.fan.id, first.json.fan.id);
    assert.notEqual((await party.ticket({ name: 'Same' })).fan.id, first.json.fan.id);
  });

  it('TK5 gives whoever tampered a new identity, without a word', async () => {
    const { fan } = await party.ticket({ name: 'Tamper' });
    const forged = `${fan.token.slice(0, -2)}xx`;
    const cookies = await party.ticket({ name: 'Tamper' }, { Cookie: `front_row_fan=${forged}` });
    const bearers = await party.ticket({ name: 'Tamper' }, bearer(forged));
    assert.equal(new Set([fan.id, cookies.fan.id, bearers.fan.id]).size, 3);
  });

  it('HT5 refuses names that cannot be used', async () => {
    for (const name of ['', '   ', 'x'.repeat(33), 'Front Row', 'Fr\u043ent R\u043ew', '\u202eevil'])
      await assertRefused('bad_name', 422, { name });
    await assertRefused('bad_name', 422, {});
  });

  it('HT5 refuses what is not the request', async () => {
    await assertRefused('bad_request', 400, '{"name":');
    await assertRefused('bad_request', 400, '[]');
    await assertRefused('bad_request', 400, { name: 'A', rank: 'owner' });
    await assertRefused('bad_request', 400, { name: 7 });
    await assertRefused('payload_too_large', 413, { name: 'x'.repeat(5_000) });
    await assertRefused('bad_request', 400, { name: 'x'.repeat(201) });
    await assertRefused('bad_request', 400, { name: 'A' }, {}, '%zz');
  });

  it('HT2 knows no other event', async () => {
    await assertRefused('unknown_event', 404, { name: 'A' }, {}, 'nobody');
    await assertRefused('unknown_event', 404, { name: 'A' }, {}, '..%2f');
    assert.equal((await party.fetch('/e/nobody')).status, 404);
  });

  it('HT4 keeps fans out before doors, and says how long', async () => {
    const id = EventId.parse('evt_00000000soon');
    await party.events.saveEvent({ ...party.demo, id, slug: Slug.parse('soon'), doorsAtMs: Date.now() + 60_000 });
    await party.refreshEvents();
    await until('the event is open here', () => party.venue.view(id) !== undefined);
    assert.equal((await (await party.fetch('/api/events/soon')).json()).state, 'before');
    const { json, headers } = await assertRefused('doors_closed', 403, { name: 'Early' }, {}, 'soon');
    assert.ok(json.retryInMs > 30_000 && json.retryInMs <= 60_000);
    assert.equal(headers.get('retry-after'), String(Math.ceil(json.retryInMs / 1_000)));
  });

  it('HT4 keeps fans out while a host has the doors closed', async () => {
    const host = await party.host();
    const early = await party.ticket({ name: 'Early' });
    const id = EventId.parse('evt_0000000other');
    await party.events.saveEvent({ ...party.demo, id, slug: Slug.parse('other') });
    await party.refreshEvents();
    await until('the other event has seats', async () => (await party.askDoors({ name: 'Other' }, {}, 'other')).status === 201);
    const elsewhere = (await party.askDoors({ name: 'Other' }, {}, 'other')).json.fan.token;
    await host.command('doors', { open: false });
    const back = await party.ticket({ name: 'Early' }, bearer(early.fan.token));
    assert.equal(back.fan.id, early.fan.id, 'who was in has only lost the connection');
    await assertRefused('doors_closed', 403, { name: 'Other' }, bearer(elsewhere));
    const { json } = await assertRefused('doors_closed', 403, { name: 'Late' });
    assert.ok(json.retryInMs > 0);
    await host.command('doors', { open: true });
    await party.ticket({ name: 'Late' });
    await host.leave();
  });

  it('HT4 says that an event is over, also where nothing of it is left', async () => {
    const slug = Slug.parse('last-year');
    const { id } = await party.events.saveEvent({ ...party.demo, id: EventId.parse('evt_0000lastyear'), slug });
    await party.events.setEventState(id, 'ended');
    await assertRefused('ended', 410, { name: 'Late' }, {}, slug);
    assert.equal(party.venue.view(id), undefined);
  });

  it('HT7 exchanges an invitation once, for an identity that lasts', async () => {
    const invite = await party.invite();
    const first = await party.ticket({ invite });
    assert.equal(first.seat.name, 'stage');
    await assertRefused('bad_invite', 403, { invite });
    await assertRefused('bad_invite', 403, { invite: 'guess' });
    const again = await party.ticket({}, bearer(first.fan.token));
    assert.equal(again.fan.id, first.fan.id);
    assert.equal(again.seat.name, 'stage');
    assert.notEqual(again.seat.sessionId, first.seat.sessionId);
    await assertRefused('bad_invite', 403, {}, bearer(`${first.fan.token}x`));
  });

  it('HT7 refuses an invitation at another event’s door, without using it up', async () => {
    const other = { ...party.demo, id: EventId.parse('evt_otherdoor000'), slug: Slug.parse('other-door') };
    const { id } = await party.events.saveEvent(other);
    await party.refreshEvents();
    await party.venue.openEvent(id);
    const invite = await party.invite();
    const { status, json } = await party.askDoors({ invite }, {}, 'other-door');
    assert.deepEqual([status, json.code], [403, 'bad_invite']);
    assert.equal((await party.ticket({ invite })).seat.name, 'stage');
    await party.events.setEventState(id, 'ended');
  });

  it('HT7 forgets staff as soon as they are revoked', async () => {
    const host = await party.host();
    const { url } = (await host.command('invite', { name: 'Mo', rank: 'moderator', forMs: 3_600_000 })) as { url: string };
    const [, invite = ''] = url.split('#invite=');
    const mo = await party.ticket({ invite });
    assert.equal(mo.fan.name, 'Mo');
    await host.command('revoke', { staffId: mo.fan.id });
    await assertRefused('bad_invite', 403, {}, bearer(mo.fan.token));
    await host.leave();
  });

  it('HT9 answers the event’s own pages elsewhere, and refuses any other', async () => {
    await party.events.saveEvent({ ...party.demo, allowedOrigins: ['https://band.example'] });
    await party.refreshEvents();
    const preflight = await party.fetch('/api/events/demo/tickets', {
      method: 'OPTIONS',
      headers: { Origin: 'https://band.example' },
    });
    assert.equal(preflight.status, 204);
    const { headers } = preflight;
    assert.equal(headers.get('access-control-allow-origin'), 'https://band.example');
    assert.equal(headers.get('access-control-allow-credentials'), 'true');
    assert.match(headers.get('access-control-allow-headers') ?? '', /Authorization/);
    const foreign = await assertRefused('forbidden_origin', 403, { name: 'A' }, { Origin: 'https://evil.example' });
    assert.equal(foreign.headers.get('access-control-allow-origin'), null);
    await assertRefused('forbidden_origin', 403, { name: 'A' }, { Origin: 'null' });
    const own = await party.askDoors({ name: 'Own' }, { Origin: party.base });
    assert.equal(own.status, 201);
    assert.equal(own.headers.get('access-control-allow-origin'), null);
  });
});

/** A test asks again sooner than any page. */
const PATIENCE = { TICKETS_PER_MINUTE_PER_FAN: '100000', TICKETS_PER_MINUTE_PER_NETWORK: '100000' };

describe('doors under pressure', () => {
  it('HT6 gives a place in line when every seat is taken, and a seat when its turn comes', async () => {
    const party = await startTestParty({ SECTION_SEATS: '2', ...PATIENCE });
    try {
      const seated: Room[] = [];
      let reply = await party.askDoors({ name: 'Fan 0' });
      // The venue opens sections as they fill; a line forms as soon as it has no seat to offer.
      while (reply.status === 201 && seated.length < 200) {
        seated.push(await party.sit(reply.json));
        reply = await party.askDoors({ name: `Fan ${seated.length}` });
      }
      assert.equal(reply.status, 202);
      const place = TicketInLine.parse(reply.json);
      assert.match(await (await party.fetch('/metrics')).text(), /^front_row_asks_total\{answer="line"\} 1$/m);
      assert.ok(place.placeInLine >= 1);
      assert.ok(place.retryInMs > 0);
      assert.match(reply.headers.getSetCookie()[0] ?? '', /front_row_fan/);
      let { lineToken } = place;
      await seated[0]?.leave();
      let admitted: TicketGranted | undefined;
      await until('the line moves', async () => {
        const next = await party.askDoors({ name: 'Patient', lineToken });
        if (next.status === 201) admitted = next.json;
        else lineToken = next.json.lineToken;
        return admitted !== undefined;
      });
      await party.sit(TicketGranted.parse(admitted));
    } finally {
      await party.close();
    }
  });

  it('HT6 lets in no more per second than it is told to bear', async () => {
    const party = await startTestParty({ ADMISSIONS_PER_S: '1', ...PATIENCE });
    try {
      const [first, second, third] = [
        await party.askDoors({ name: 'A' }),
        await party.askDoors({ name: 'B' }),
        await party.askDoors({ name: 'C' }),
      ];
      assert.deepEqual([first.status, second.status, third.status], [201, 202, 202]);
      assert.equal(third.json.placeInLine >= second.json.placeInLine, true);
      let { lineToken } = second.json;
      let status = 202;
      await until('the second is admitted', async () => {
        const retry = await party.askDoors({ name: 'B', lineToken });
        ({ status } = retry);
        lineToken = retry.json.lineToken ?? lineToken;
        return status === 201;
      });
    } finally {
      await party.close();
    }
  });

  it('HT8 limits tickets by network, whatever the cookie, and by fan', async () => {
    const party = await startTestParty({
      TICKETS_PER_MINUTE_PER_NETWORK: '6',
      TICKETS_PER_MINUTE_PER_FAN: '3',
      TRUSTED_PROXIES: 'loopback',
    });
    try {
      const from = (address: string, more: Record<string, string> = {}) =>
        party.askDoors({ name: 'A' }, { 'X-Forwarded-For': address, ...more });
      for (let n = 0; n < 6; n += 1) assert.equal((await from('203.0.113.1')).status, 201);
      const { status, json, headers } = await from('203.0.113.2');
      assert.deepEqual([status, json.code], [429, 'rate_limited']);
      assert.ok(json.retryInMs > 0 && json.retryInMs <= 60_000);
      assert.ok(Number(headers.get('retry-after')) > 0);

      const fan = (await from('198.51.100.1')).json.fan.token as string;
      for (let n = 0; n < 2; n += 1) assert.equal((await from(`198.51.${n}.1`, bearer(fan))).status, 201);
      assert.equal((await from('198.51.9.1', bearer(fan))).json.code, 'rate_limited');
    } finally {
      await party.close();
    }
  });
});
