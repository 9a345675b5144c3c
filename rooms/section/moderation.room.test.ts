import assert from 'node:assert/strict';
import { reserve } from '../../tests/support/colyseus-server.ts';
import { fanId, HOST, MODERATOR, Party, shownTexts } from '../../tests/support/party.ts';
import { JOIN_ROOM, rawJoin } from '../../tests/support/raw-client.ts';
import { until } from '../../tests/support/until.ts';

const HOME = '00000000000000aa';

describe('moderation reaches every section within one beat', () => {
  let party: Party;
  beforeEach(async () => {
    party = await Party.start();
  });
  afterEach(() => party.stop());

  it('SE21 a banned fan is told why and until when, then closed with 4200, in every tab', async () => {
    const id = fanId();
    const [tab, other, bob, host] = await Promise.all([
      party.fan('Ann', { id }),
      party.fan('Ann', { id }),
      party.fan('Bob'),
      party.staff(HOST),
    ]);
    await host.ask('ban', { fanId: id, forMs: 60_000, scope: 'event', reason: 'slurs' });
    await until('both tabs are closed', () => tab.closeCode === 4200 && other.closeCode === 4200);
    const [code, message] = tab.errors[0] ?? [0, '{}'];
    const refusal = JSON.parse(message) as { code: string; message: string; retryInMs: number };
    assert.deepEqual([code, refusal.code], [4200, 'banned']);
    assert.match(refusal.message, /slurs/);
    assert.ok(refusal.retryInMs > 50_000 && refusal.retryInMs <= 60_000);
    assert.equal(bob.closeCode, undefined);
    await until('staff see the ban', () => host.state.sanctions.has(`ban:${id}`));
  });

  it('SE21 a kicked fan is closed with 4201 and may come back when it is over', async () => {
    const id = fanId();
    const [ann, host] = await Promise.all([party.fan('Ann', { id }), party.staff(MODERATOR)]);
    await host.ask('kick', { fanId: id, forMs: 1_000 });
    await until('she is out', () => ann.closeCode === 4201);
    await assert.rejects(party.fan('Ann', { id }), /kicked/);
    await until(
      'the kick is over',
      async () => party.venue.view(party.eventId)?.refusal({ fanId: id, addressHash: null, sinceMs: 0 }) === undefined,
    );
    assert.ok(await party.fan('Ann', { id }));
  });

  it('SE22 a ban takes back the reconnection token', async () => {
    const [ann, bob, host] = await Promise.all([party.fan('Ann'), party.fan('Bob'), party.staff(HOST)]);
    const token = ann.room.reconnectionToken.split(':')[1];
    ann.room.connection.close();
    await until('her seat is held', () => ann.closeCode !== undefined);
    await host.ask('ban', { fanId: ann.id, forMs: null, scope: 'event', reason: 'x' });
    const seat = { name: 'section', roomId: ann.room.roomId, sessionId: ann.claims.sessionId, processId: 'any' };
    const back = await rawJoin(party.server.origin, seat, `&reconnectionToken=${token}`);
    await back.closed;
    assert.ok(!back.frames.some(([code]) => code === JOIN_ROOM));
    assert.equal(party.venue.admit(ann.claims, true), 'banned');
    await until('she is no longer counted', () => bob.state.audience.section === 1);
  });

  it('SE22 a ban takes back pending seats and unused tickets', async () => {
    const id = fanId();
    const [ann, host] = await Promise.all([party.fan('Ann', { id }), party.staff(HOST)]);
    const unused = party.claims('Ann', { id });
    const pending = party.claims('Ann', { id });
    const seat = await reserve(pending.roomId, 'section', pending);
    await host.ask('ban', { fanId: ann.id, forMs: null, scope: 'event', reason: 'x' });
    const refused = await rawJoin(party.server.origin, seat);
    await refused.closed;
    assert.ok(!refused.frames.some(([code]) => code === JOIN_ROOM));
    assert.equal(party.venue.admit(unused, false), 'banned');
    assert.equal(party.venue.admit(pending, false), 'banned');
  });

  it('SE22 a new cookie from the banned network is the same guest; neighbours from before are not touched', async () => {
    const sinceMs = party.deps.eventNowMs() - 60_000;
    const [ann, neighbour, host] = await Promise.all([
      party.fan('Ann', { address: HOME, sinceMs }),
      party.fan('Neighbour', { address: HOME, sinceMs }),
      party.staff(HOST),
    ]);
    await host.ask('ban', { fanId: ann.id, forMs: null, scope: 'event', reason: 'x' });
    await until('she is out', () => ann.closeCode === 4200);
    await assert.rejects(party.fan('Anna', { address: HOME }), /banned/);
    assert.equal(neighbour.closeCode, undefined);
    assert.equal(await neighbour.codeOf('chat', { key: 'k1', text: 'still here' }), 'accepted');
    assert.ok(await party.fan('Anna', { address: '00000000000000bb' }));
  });

  it('SE22 lifting the ban lets the fan in again', async () => {
    const id = fanId();
    const [ann, host] = await Promise.all([party.fan('Ann', { id }), party.staff(HOST)]);
    await host.ask('ban', { fanId: id, forMs: null, scope: 'event', reason: 'x' });
    await until('she is out', () => ann.closeCode === 4200);
    await host.ask('unban', { fanId: id });
    assert.ok(await party.fan('Ann', { id }));
  });

  it('SE23 a mute refuses lines at once and says for how long', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(MODERATOR)]);
    await host.ask('mute', { fanId: ann.id, forMs: 60_000 });
    assert.equal(await ann.codeOf('chat', { key: 'k1', text: 'hello' }), 'muted');
    await host.ask('unmute', { fanId: ann.id });
    assert.equal(await ann.codeOf('chat', { key: 'k2', text: 'hello' }), 'accepted');
  });

  it('SE24 a deleted line leaves every ring, for late joiners too, and pages are told to drop it', async () => {
    const [ann, bob, host] = await Promise.all([party.fan('Ann'), party.fan('Bob'), party.staff(MODERATOR)]);
    const { id } = await ann.ask('chat', { key: 'k1', text: 'rude' });
    await ann.ask('chat', { key: 'k2', text: 'kind' });
    await until('bob read both', () => shownTexts(bob.state).length === 2);
    await host.ask('delete-line', { lineId: id });
    await until('it is gone', () => [ann, bob, host].every(({ state }) => !shownTexts(state).includes('rude')));
    assert.ok([...bob.state.removals].some(({ lineId }) => lineId === id));
    assert.equal(await bob.codeOf('report', { lineId: id, reason: 'rude' }), 'unknown_line');
    const late = await party.fan('Late');
    assert.deepEqual(shownTexts(late.state), ['kind']);
    assert.ok(![...late.state.lines].some((line) => line.id === id || line.text === 'rude'));
    assert.ok(![...host.state.feed].some((entry) => entry.line.text === 'rude'));
  });

  it('SE24 purge takes all of a fan’s lines, clear-chat everybody’s, and what is said afterwards stays', async () => {
    const [ann, bob, host] = await Promise.all([party.fan('Ann'), party.fan('Bob'), party.staff(MODERATOR)]);
    await ann.ask('chat', { key: 'k1', text: 'spam' });
    await bob.ask('chat', { key: 'k1', text: 'hello' });
    await until('both are shown', () => shownTexts(bob.state).length === 2);
    await host.ask('purge', { fanId: ann.id });
    await until('hers are gone', () => shownTexts(bob.state).join() === 'hello');
    await ann.ask('chat', { key: 'k2', text: 'sorry' });
    await until('what she says now is shown', () => shownTexts(bob.state).join() === 'hello,sorry');
    await host.ask('clear-chat');
    await until('the chat is empty', () => shownTexts(bob.state).length === 0);
    await bob.ask('chat', { key: 'k3', text: 'a fresh start' });
    await until('and goes on', () => shownTexts(ann.state).join() === 'a fresh start');
  });

  it('SE25 the end closes every fan with 4202 and lets nobody in', async () => {
    const [ann, bob, host] = await Promise.all([party.fan('Ann'), party.fan('Bob'), party.staff(HOST)]);
    const unused = party.claims('Cleo');
    await host.ask('end');
    await until('both are out', () => ann.closeCode === 4202 && bob.closeCode === 4202);
    assert.equal(ann.errors[0]?.[0], 4202);
    assert.equal(party.venue.admit(unused, false), 'ended');
    assert.equal(party.venue.grantSeat(party.eventId), undefined);
    await until('its sections are gone', () => party.venue.occupancy().sections.length === 0);
    assert.equal(party.venue.admit(unused, false), 'ended');
    await until('the store knows', () => party.stores.events.events.get(party.eventId)?.state === 'ended');
    assert.equal(await host.codeOf('play'), 'not_allowed');
  });
});
