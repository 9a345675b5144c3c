/** A fan who was sent out, trying every way back in. */
import assert from 'node:assert/strict';
import { CLOSE_CODES } from '../../schemas/errors.ts';
import type { Seat } from '../../tests/support/colyseus-server.ts';
import { rawJoin } from '../../tests/support/raw-client.ts';
import { knock, startTestParty, type TestParty } from '../../tests/support/test-party.ts';
import { until } from '../../tests/support/until.ts';

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe('sanctions at the doors', () => {
  let party: TestParty;
  let host: Awaited<ReturnType<TestParty['host']>>;
  beforeEach(async () => {
    party = await startTestParty({ TRUSTED_PROXIES: 'loopback' });
    host = await party.host();
  });
  afterEach(() => party.close());

  /** A fan from a network of their own, seated by hand so that the reconnection token is ours to try. */
  async function fanFrom(address: string) {
    const from = { 'X-Forwarded-For': address };
    const granted = await party.ticket({ name: 'Troll' }, from);
    const seat = await rawJoin(party.base, granted.seat as Seat, `&_authToken=${granted.ticket}`);
    const [welcome = Uint8Array.of()] = seat.frames;
    const reconnectionToken = Buffer.from(welcome.subarray(2, 2 + (welcome[1] ?? 0))).toString();
    seat.acknowledge();
    await until('the state has come', () => seat.frames.length > 1);
    return { from, granted, seat, reconnectionToken };
  }

  it('TK12 closes a banned fan’s socket, and refuses the reconnection token, an unused ticket, a second tab and a new cookie', async () => {
    const fan = await fanFrom('203.0.113.7');
    const unused = await party.ticket({ name: 'Troll' }, { ...fan.from, ...bearer(fan.granted.fan.token) });
    await host.command('ban', { fanId: fan.granted.fan.id, forMs: 3_600_000, scope: 'event', reason: 'spam' });
    assert.equal(await fan.seat.closed, CLOSE_CODES.banned);

    const again = await knock(party.base, fan.granted.seat, {
      _authToken: fan.granted.ticket,
      reconnectionToken: fan.reconnectionToken,
    });
    assert.deepEqual([again.error?.refusal.code, again.closeCode], ['banned', CLOSE_CODES.banned]);
    const later = await knock(party.base, unused.seat, { _authToken: unused.ticket });
    assert.deepEqual([later.error?.refusal.code, later.closeCode], ['banned', CLOSE_CODES.banned]);

    const tab = await party.askDoors({ name: 'Troll' }, { ...fan.from, ...bearer(fan.granted.fan.token) });
    assert.deepEqual([tab.status, tab.json.code], [403, 'banned']);
    assert.ok(tab.json.retryInMs > 3_500_000 && tab.json.retryInMs <= 3_600_000);
    const newCookie = await party.askDoors({ name: 'Innocent' }, fan.from);
    assert.deepEqual([newCookie.status, newCookie.json.code], [403, 'banned']);
  });

  it('TK12 leaves a banned fan’s neighbours alone who were there before, and strangers', async () => {
    const neighbour = await party.ticket({ name: 'Neighbour' }, { 'X-Forwarded-For': '203.0.113.8' });
    const fan = await fanFrom('203.0.113.7');
    await host.command('ban', { fanId: fan.granted.fan.id, forMs: null, scope: 'event', reason: 'spam' });
    assert.equal(await fan.seat.closed, CLOSE_CODES.banned);
    await party.sit(neighbour);
    await party.ticket({ name: 'Neighbour' }, { 'X-Forwarded-For': '203.0.113.8', ...bearer(neighbour.fan.token) });
    await party.ticket({ name: 'Stranger' }, { 'X-Forwarded-For': '198.51.100.1' });
  });

  it('TK12 lets a fan in again once the ban is lifted', async () => {
    const fan = await fanFrom('203.0.113.7');
    await host.command('ban', { fanId: fan.granted.fan.id, forMs: null, scope: 'event', reason: 'spam' });
    await fan.seat.closed;
    const tab = await party.askDoors({ name: 'Troll' }, bearer(fan.granted.fan.token));
    assert.deepEqual([tab.json.code, tab.json.retryInMs], ['banned', undefined]);
    await host.command('unban', { fanId: fan.granted.fan.id });
    await party.ticket({ name: 'Sorry' }, bearer(fan.granted.fan.token));
  });

  it('TK12 sends a kicked fan out for a while, whatever they hold', async () => {
    const fan = await fanFrom('203.0.113.7');
    await host.command('kick', { fanId: fan.granted.fan.id, forMs: 60_000 });
    assert.equal(await fan.seat.closed, CLOSE_CODES.kicked);
    const again = await knock(party.base, fan.granted.seat, {
      _authToken: fan.granted.ticket,
      reconnectionToken: fan.reconnectionToken,
    });
    assert.deepEqual([again.error?.refusal.code, again.closeCode], ['kicked', CLOSE_CODES.kicked]);
    const tab = await party.askDoors({ name: 'Troll' }, bearer(fan.granted.fan.token));
    assert.equal(tab.json.code, 'kicked');
    assert.ok(tab.json.retryInMs > 50_000 && tab.json.retryInMs <= 60_000);
  });

  it('HT4 turns everyone away once the event is over, at the doors and with a ticket', async () => {
    const unused = await party.ticket({ name: 'Late' });
    await host.command('end', {});
    await until('the doors know', async () => (await party.askDoors({ name: 'Late' })).json.code === 'ended');
    assert.equal((await party.askDoors({ name: 'Late' })).status, 410);
    assert.equal((await (await party.fetch('/api/events/demo')).json()).state, 'ended');
    const knocked = await knock(party.base, unused.seat, { _authToken: unused.ticket });
    assert.deepEqual([knocked.error?.refusal.code, knocked.closeCode], ['ended', CLOSE_CODES.ended]);
  });
});
