import assert from 'node:assert/strict';
import { partyEvent, staffMember } from '../../tests/support/memory-events.ts';
import { HOST, MODERATOR, newStores, Party, type Stores, shownTexts } from '../../tests/support/party.ts';
import { until } from '../../tests/support/until.ts';

const BAN = { forMs: null, scope: 'label', reason: 'x' } as const;

describe('what a stage knows from elsewhere, and what elsewhere knows from it', function () {
  this.timeout(30_000);
  const [one, two] = [partyEvent(1), partyEvent(2)];
  let stores: Stores;
  let party: Party;
  beforeEach(async () => {
    stores = newStores([one, two]);
    party = await Party.start({ stores });
  });
  afterEach(() => party.stop());

  it('SE48 a ban of the label reaches its other events while they run, and so does its end', async () => {
    const ann = await party.fan('Ann', { address: '00000000000000aa' }, two.id);
    const neighbour = await party.fan('Ned', { address: '00000000000000aa' }, two.id);
    const here = await party.fan('Ann', { id: ann.id, address: '00000000000000aa' }, one.id);
    const host = await party.staff(HOST, one.id);
    await host.ask('ban', { ...BAN, fanId: ann.id });
    await until('she is out here', () => here.closeCode === 4200);
    await until('and there', () => ann.closeCode === 4200);
    await assert.rejects(party.fan('Ann', { id: ann.id }, two.id), /banned/);
    const again = party.claims('Innocent', { address: '00000000000000aa' }, two.id);
    assert.equal(party.venue.admit(again, false), 'banned');
    assert.equal(neighbour.closeCode, undefined);
    await host.ask('unban', { fanId: ann.id });
    const back = party.claims('Ann', { id: ann.id }, two.id);
    await until('she may come there too', () => party.venue.admit(back, false) === undefined);
    await party.sit(back);
  });

  it('SE48 a host of another event lifts it everywhere; what an event banned for itself stays', async () => {
    const [ann, bob] = [await party.fan('Ann', {}, one.id), await party.fan('Bob', {}, one.id)];
    const [host, other] = [await party.staff(HOST, one.id), await party.staff(HOST, two.id)];
    await host.ask('ban', { ...BAN, fanId: ann.id });
    await host.ask('ban', { ...BAN, scope: 'event', fanId: bob.id });
    await until('the other event knows', () => other.state.sanctions.size === 1);
    await other.ask('unban', { fanId: ann.id });
    await until('so does this one', () => [...host.state.sanctions.values()].every(({ fanId }) => fanId !== ann.id));
    assert.equal(host.state.sanctions.size, 1);
  });

  it('SE37 staff who were invited or revoked elsewhere are known while the stage runs', async () => {
    const moderator = await party.staff(MODERATOR, one.id);
    const invited = { ...staffMember(9, 'host'), name: 'Tilda' };
    await stores.events.saveInvite({ id: 'i', eventId: one.id, staff: invited, rank: 'host', openedAtMs: null });
    await until('her name is taken', () => party.venue.view(one.id)?.takenNames.includes('Tilda') === true);
    await stores.events.revokeStaff(one.id, MODERATOR.id);
    await until('he is sent away', () => moderator.closeCode === 4201);
  });

  it('SE49 what a command writes elsewhere is written as soon as it can be, and the command stands', async () => {
    const ann = await party.fan('Ann', {}, one.id);
    const host = await party.staff(HOST, one.id);
    const { saveLabelBan, saveInvite } = stores.events;
    let isDown = true;
    const down = () => Promise.reject(new Error('the database is away'));
    stores.events.saveLabelBan = (ban) => (isDown ? down() : saveLabelBan.call(stores.events, ban));
    stores.events.saveInvite = (invite) => (isDown ? down() : saveInvite.call(stores.events, invite));
    const ban = { ...BAN, fanId: ann.id, key: 'b1' };
    const answers = [await host.ask('ban', ban), await host.ask('ban', ban)];
    assert.deepEqual(answers[0], answers[1]);
    const { url } = await host.ask<{ url: string }>('invite', { name: 'Mo', rank: 'moderator', forMs: 60_000 });
    await until('she is out', () => ann.closeCode === 4200);
    assert.deepEqual([stores.events.bans.length, stores.events.invites.size], [0, 0]);
    isDown = false;
    await until('both are written', () => stores.events.bans.length === 1 && stores.events.invites.size === 1);
    assert.ok(url.endsWith([...stores.events.invites.keys()][0] ?? '?'));
    assert.equal(await host.codeOf('unban', { fanId: ann.id }), 'accepted');
  });

  it('SE49 a staff line is shown although the journal does not take it, and is in the journal once it does', async () => {
    const ann = await party.fan('Ann', {}, one.id);
    const host = await party.staff(HOST, one.id);
    const { journal } = stores;
    const { appendLine } = journal;
    let isDown = true;
    journal.appendLine = (line) => (isDown ? Promise.reject(new Error('the disk is full')) : appendLine.call(journal, line));
    await host.ask('say', { text: 'welcome', key: 's1' });
    await until('it is shown', () => shownTexts(ann.state).includes('welcome'));
    isDown = false;
    await until('it is in the journal', async () => {
      return (await journal.history(one.id, { limit: 9 })).some(({ text }) => text === 'welcome');
    });
  });
});
