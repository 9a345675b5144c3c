import assert from 'node:assert/strict';
import { systemClock } from '../core/clock.ts';
import { playheadOf, timelineOf } from '../core/timeline.ts';
import type { SectionState } from '../schemas/section-state.ts';
import { lossyBus } from '../tests/support/lossy-bus.ts';
import { partyEvent } from '../tests/support/memory-events.ts';
import { cued, fanId, type Guest, HOST, newStores, Party, shownTexts } from '../tests/support/party.ts';
import { until } from '../tests/support/until.ts';

describe('a venue', () => {
  let party: Party;
  afterEach(() => party.stop());

  it('SE40 opens more sections ahead of need, and fans of all of them hear each other', async () => {
    party = await Party.start({ deps: { sectionSeats: 4 } });
    const fans: Guest<SectionState>[] = [];
    for (let n = 0; n < 12; n++) {
      await until('a seat is free', () => party.venue.freeSeats(party.eventId) > 0);
      fans.push(await party.fan(`Fan ${n}`));
    }
    const sections = new Set(fans.map(({ room }) => room.roomId));
    assert.ok(sections.size >= 4, `${sections.size} sections`);
    await fans[0]?.ask('chat', { key: 'k1', text: 'hello all' });
    await until('all of them read it', () => fans.every(({ state }) => shownTexts(state).includes('hello all')));
    const host = await party.staff(HOST);
    await until('all are counted', () => host.state.crowd.fans === 12 && host.state.crowd.sections >= 4);
    await until('fans see the whole crowd', () => fans[11]?.state.audience.event === 12);
  });

  it('SE41 after a restart the event goes on: position to the millisecond, bans, mutes, policy, last lines', async () => {
    party = await Party.start();
    const banned = fanId();
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    await party.fan('Banned', { id: banned });
    await ann.ask('chat', { key: 'k1', text: 'kept' });
    const { id: gone } = await ann.ask('chat', { key: 'k2', text: 'deleted' });
    await until('both are shown', () => shownTexts(ann.state).length === 2);
    await host.ask('delete-line', { lineId: gone });
    await host.ask('seek', { toMs: 60_000 });
    await host.ask('announce', { text: 'still on' });
    await host.ask('ban', { fanId: banned, forMs: null, scope: 'event', reason: 'x' });
    await host.ask('mute', { fanId: ann.id, forMs: 600_000 });
    const atMs = party.deps.eventNowMs() + 5_000;
    const before = party.venue.view(party.eventId)?.snapshot;
    assert.ok(before);
    const { stores } = party;
    await party.stop();

    party = await Party.start({ stores });
    const after = party.venue.view(party.eventId)?.snapshot;
    assert.ok(after);
    assert.equal(after.epoch, before.epoch + 1);
    assert.deepEqual(playheadOf(timelineOf(after), atMs), playheadOf(timelineOf(before), atMs));
    const again = await party.fan('Ann', { id: ann.id });
    assert.deepEqual(shownTexts(again.state), ['kept']);
    assert.equal(again.state.policy.announcement, 'still on');
    assert.equal(await again.codeOf('chat', { key: 'k3', text: 'hm' }), 'muted');
    await assert.rejects(party.fan('Banned', { id: banned }), /banned/);
    const host2 = await party.staff(HOST);
    assert.ok([...host2.state.log].some(({ command }) => command === 'announce'));
    assert.equal(host2.state.epoch, after.epoch);
  });

  it('SE41 a ban of the label holds at its other events', async () => {
    const stores = newStores([partyEvent(1)]);
    party = await Party.start({ stores });
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    await host.ask('ban', { fanId: ann.id, forMs: null, scope: 'label', reason: 'x' });
    await party.stop();
    const later = newStores([partyEvent(2)]);
    later.events.bans.push(...stores.events.bans);
    party = await Party.start({ stores: later });
    await assert.rejects(party.fan('Ann', { id: ann.id }), /banned/);
  });

  it('SE42 two events in one process know nothing of each other', async () => {
    const [one, two] = [partyEvent(1), partyEvent(2)];
    party = await Party.start({ stores: newStores([one, two]) });
    const [ann, bob, host] = await Promise.all([
      party.fan('Ann', {}, one.id),
      party.fan('Bob', {}, two.id),
      party.staff(HOST, one.id),
    ]);
    await host.ask('pause');
    await host.ask('announce', { text: 'only here' });
    await ann.ask('chat', { key: 'k1', text: 'hello' });
    await bob.ask('chat', { key: 'k1', text: 'other night' });
    await host.ask('ban', { fanId: bob.id, forMs: null, scope: 'event', reason: 'x' }).catch(() => undefined);
    await until('each sees its own', () => shownTexts(ann.state).length === 1 && shownTexts(bob.state).length === 1);
    assert.deepEqual([shownTexts(ann.state), shownTexts(bob.state)], [['hello'], ['other night']]);
    await until('Ann has it', () => ann.state.policy.announcement === 'only here' && cued(ann.state).status === 'paused');
    assert.deepEqual([bob.state.policy.announcement, cued(bob.state).status, bob.closeCode], ['', 'playing', undefined]);
    assert.equal(
      party.venue.admit({ ...ann.claims, roomId: bob.claims.roomId, sessionId: 'another-session-id-1' }, false),
      'ticket_elsewhere',
    );
  });

  it('SE43 over a bus that loses, repeats and reorders, everyone ends with what staff decided', async () => {
    const clock = systemClock();
    party = await Party.start({
      bus: (bus) => lossyBus(bus, clock, { seed: 7, lost: 0.4, repeated: 0.3, delayMaxMs: 60 }),
      deps: { sectionSeats: 4 },
    });
    const fans: Guest<SectionState>[] = [];
    for (let n = 0; n < 6; n++) {
      await until('a seat is free', () => party.venue.freeSeats(party.eventId) > 0);
      fans.push(await party.fan(`Fan ${n}`));
    }
    const host = await party.staff(HOST);
    const [bad, ...others] = fans;
    assert.ok(bad);
    for (let n = 1; n <= 10; n++) {
      await host.ask('announce', { text: `news ${n}` });
      await host.ask('slow-mode', { everyMs: n * 1_000 });
    }
    // Whether anybody knows the fan is asked over the same bus.
    const ban = { fanId: bad.id, forMs: null, scope: 'event', reason: 'x' };
    await until('the ban was accepted', async () => (await host.codeOf('ban', ban)) === 'accepted');
    await host.ask('seek', { toMs: 42_000 });
    await until('the ban arrived', () => bad.closeCode === 4200);
    await until('everyone agrees', () =>
      others.every(({ state }) => {
        return state.policy.announcement === 'news 10' && state.policy.slowMs === 10_000 && cued(state).positionMs === 42_000;
      }),
    );
    assert.ok(party.metrics.calls.some(([name]) => name === 'busGap'));
  });

  it('SE44 closing sends everyone to new doors with 4100, and gives no more seats', async () => {
    party = await Party.start();
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    const unused = party.claims('Bob');
    await party.venue.close();
    await until('both are told', () => ann.closeCode === 4100 && host.closeCode === 4100);
    assert.equal(party.venue.grantSeat(party.eventId), undefined);
    assert.equal(party.venue.admit(unused, false), 'section_gone');
  });

  it('SE45 seats are granted from memory, and a grant that nobody takes is given again', async () => {
    let aheadMs = 0;
    const clock = systemClock();
    party = await Party.start({ deps: { sectionSeats: 20, eventNowMs: () => clock.nowMs() + aheadMs } });
    const free = party.venue.freeSeats(party.eventId);
    for (let n = 0; n < free; n++) assert.ok(party.venue.grantSeat(party.eventId));
    assert.equal(party.venue.freeSeats(party.eventId), 0);
    assert.equal(party.venue.grantSeat(party.eventId), undefined);
    aheadMs = 31_000;
    assert.equal(party.venue.freeSeats(party.eventId), free);
  });
});
