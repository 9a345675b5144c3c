/** A stage that dies between the commit of a command and what else it has to do: whoever follows does it. */
import assert from 'node:assert/strict';
import { PartyError } from '../../core/errors.ts';
import { partyEvent } from '../../tests/support/memory-events.ts';
import { HOST, newStores, Party, type Stores, shownTexts } from '../../tests/support/party.ts';
import { until } from '../../tests/support/until.ts';

const away = () => Promise.reject(new PartyError('unavailable', 'The store is away.'));

describe('what a stage that died owed', function () {
  this.timeout(30_000);
  const event = partyEvent(1);
  let stores: Stores;
  let party: Party;
  beforeEach(async () => {
    stores = newStores([event]);
    party = await Party.start({ stores });
  });
  afterEach(() => party.stop());

  /** The store refuses what `names` write; call the result to have it back. */
  function refuse<T extends object>(store: T, ...names: (keyof T)[]): () => void {
    const own = names.map((name) => [name, store[name]] as const);
    for (const name of names) Object.assign(store, { [name]: away });
    return () => {
      for (const [name, value] of own) Object.assign(store, { [name]: value });
    };
  }

  async function restart(): Promise<void> {
    await party.stop();
    party = await Party.start({ stores });
  }

  it('SE53 a staff line, a ban of the label, an invitation: acknowledged by one stage, done by the next', async () => {
    const ann = await party.fan('Ann');
    const host = await party.staff(HOST);
    const back = [refuse(stores.journal, 'appendLine'), refuse(stores.events, 'saveLabelBan', 'saveInvite')];
    const said = await host.ask('say', { text: 'welcome', key: 's1' });
    const ban = { fanId: ann.id, forMs: null, scope: 'label', reason: 'x', key: 'b1' };
    const banned = await host.ask('ban', ban);
    const { url } = await host.ask<{ url: string }>('invite', { name: 'Mo', rank: 'moderator', forMs: 60_000 });
    await party.stop();
    for (const restore of back) restore();
    assert.deepEqual([stores.journal.lines.length, stores.events.bans.length, stores.events.invites.size], [0, 0, 0]);

    party = await Party.start({ stores });
    await until('all three are written', () => {
      return stores.journal.lines.length + stores.events.bans.length + stores.events.invites.size === 3;
    });
    assert.equal(stores.journal.lines[0]?.id, said['lineId']);
    assert.ok(url.endsWith([...stores.events.invites.keys()][0] ?? '?'));
    await assert.rejects(party.fan('Ann', { id: ann.id }), /banned/);
    const next = await party.staff(HOST);
    assert.deepEqual(await next.ask('ban', ban), banned, 'the same key has the same answer');
    const bob = await party.fan('Bob');
    await until('the line is shown', () => shownTexts(bob.state).includes('welcome'));
    assert.deepEqual(await next.ask('say', { text: 'welcome', key: 's1' }), said);
    assert.equal(stores.journal.lines.length, 1, 'and its effect once');
  });

  it('SE53 owes nothing that was decided otherwise since', async () => {
    const ann = await party.fan('Ann');
    const host = await party.staff(HOST);
    await host.ask('ban', { fanId: ann.id, forMs: null, scope: 'label', reason: 'x' });
    await host.ask('unban', { fanId: ann.id });
    await restart();
    await party.fan('Ann', { id: ann.id });
    assert.equal(stores.events.bans.length, 0);
  });

  it('SE54 a stage begins without the event store, from what the last one held, and catches up', async () => {
    const ann = await party.fan('Ann');
    const host = await party.staff(HOST);
    await host.ask('mute', { fanId: ann.id, forMs: 60_000 });
    await party.stop();
    const restore = refuse(stores.events, 'labelBans', 'staffOf');
    party = await Party.start({ stores });
    const again = await party.fan('Ann', { id: ann.id });
    assert.equal(await again.codeOf('chat', { key: 'k', text: 'hello' }), 'muted');
    restore();
    await stores.events.revokeStaff(event.id, HOST.id);
    await until('who was revoked meanwhile is known', () => {
      return party.venue.view(event.id)?.snapshot.staff.find(({ id }) => id === HOST.id)?.revoked === true;
    });
  });
});
