import assert from 'node:assert/strict';
import type { TrackState } from '../../schemas/section-state.ts';
import { cued, fanId, type Guest, HOST, MODERATOR, newId, Party, shownTexts } from '../../tests/support/party.ts';
import { until } from '../../tests/support/until.ts';

const NEW_TRACK = { source: { kind: 'file', url: '/m/9.mp3' }, title: 'Nine', durationMs: 60_000 };

function titles(setlist: Iterable<TrackState>): string[] {
  return [...setlist].map(({ title }) => title);
}

describe('staff commands', () => {
  let party: Party;
  beforeEach(async () => {
    party = await Party.start();
  });
  afterEach(() => party.stop());

  it('SE31 a cue is scheduled ahead, reaches fans and staff before it applies, and answers its revision and moment', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    const { revision, applyAtMs } = await host.ask<{ revision: number; applyAtMs: number }>('seek', { toMs: 90_000 });
    assert.ok(applyAtMs > party.deps.eventNowMs());
    await until('both know', () => [ann, host].every(({ state }) => cued(state).revision === revision));
    assert.ok(party.deps.eventNowMs() < applyAtMs, 'known in time');
    const { next } = ann.state;
    assert.deepEqual(
      [next?.positionMs, next?.anchorMs, next?.applyAtMs, next?.status],
      [90_000, applyAtMs, applyAtMs, 'playing'],
    );
  });

  it('SE31 a scrub of many seeks ends where the last one pointed, for everyone', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => host.ask('seek', { toMs: 1_000 * (n + 1) })));
    assert.deepEqual(
      replies.map(({ revision }) => revision),
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    await until('the last one won', () => cued(ann.state).positionMs === 20_000);
    assert.equal(cued(ann.state).revision, 20);
  });

  it('SE32 setlist edits, moves and removals leave late joiners and those present with the same lists', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    const joiners: Guest<typeof ann.state>[] = [ann];
    const { trackId } = await host.ask('add-track', { ...NEW_TRACK, atIndex: 1 });
    joiners.push(await party.fan('Bob'));
    await host.ask('move-track', { trackId, toIndex: 3 });
    joiners.push(await party.fan('Cleo'));
    await host.ask('remove-track', { trackId: 'trk_000000000002' });
    joiners.push(await party.fan('Dan'));
    const expected = ['Track 1', 'Track 3', 'Nine'];
    await until('all of them agree', () => {
      return joiners.every(
        ({ state }) => titles(state.nextSetlist).join() === expected.join() || titles(state.setlist).join() === expected.join(),
      );
    });
    await host.ask('pause');
    await host.ask('play');
    const [first] = joiners;
    for (const { state } of joiners) {
      assert.deepEqual(titles(state.setlist), titles(first?.state.setlist ?? []));
      assert.deepEqual(
        [...state.setlist].map(({ source }) => source.url),
        [...(first?.state.setlist ?? [])].map(({ source }) => source.url),
      );
    }
  });

  it('SE33 the same key has its effect once and gets the same answer, at once, later, and after a restart', async () => {
    const host = await party.staff(HOST);
    const payload = { key: 'k1', ...NEW_TRACK };
    const answers = await Promise.all([1, 2].map(() => host.ask('add-track', payload)));
    answers.push(await host.ask('add-track', payload));
    await party.stop();
    party = await Party.start({ stores: party.stores });
    const again = await party.staff(HOST);
    answers.push(await again.ask('add-track', payload));
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
    assert.equal(party.stores.journal.commands.filter(({ command }) => command === 'add-track').length, 1);
    const { setlist, next } = party.venue.view(party.eventId)?.snapshot ?? {};
    assert.equal((next?.setlist ?? setlist)?.length, 4);
  });

  it('SE34 who may not is refused, and that is journalled too, with who, what, when and why not', async () => {
    const moderator = await party.staff(MODERATOR);
    assert.equal(await moderator.codeOf('pause'), 'not_allowed');
    assert.equal(await moderator.codeOf('ban', { fanId: fanId(), forMs: null, scope: 'label', reason: 'x' }), 'not_allowed');
    const [refused] = party.stores.journal.commands;
    assert.deepEqual([refused?.command, refused?.staffId, refused?.result], ['pause', MODERATOR.id, 'not_allowed']);
    await until('staff see it in the log', () =>
      [...moderator.state.log].some(({ command, result }) => command === 'pause' && result === 'not_allowed'),
    );
  });

  it('SE34 a command looks at the revision that its sender saw', async () => {
    const host = await party.staff(HOST);
    await host.ask('seek', { toMs: 5_000 });
    assert.equal(await host.codeOf('seek', { toMs: 9_000, revision: 0 }), 'stale_revision');
    assert.equal(await host.codeOf('seek', { toMs: 9_000, revision: 1 }), 'accepted');
    assert.equal(await host.codeOf('play-track', { trackId: 'trk_zzzzzzzzzzzz' }), 'unknown_track');
    assert.equal(await host.codeOf('delete-line', { lineId: 'lin_zzzzzzzzzzzzzzzz' }), 'unknown_line');
    assert.equal(await host.codeOf('seek', { toMs: 'soon' }), 'bad_payload');
  });

  it('SE35 a fan is found by a part of the name, in whatever section, with what holds against them', async () => {
    const [ann, , host] = await Promise.all([party.fan('Ann Other'), party.fan('Bob'), party.staff(MODERATOR)]);
    await host.ask('mute', { fanId: ann.id, forMs: 60_000 });
    const { fans } = await host.ask<{ fans: { id: string }[] }>('find-fan', { name: 'ann' });
    assert.equal(fans.length, 1);
    const [found] = fans as unknown as [Record<string, unknown>];
    assert.ok(typeof found['joinedAtMs'] === 'number');
    assert.deepEqual(
      { ...found, joinedAtMs: 0 },
      { id: ann.id, name: 'Ann Other', section: ann.room.roomId, joinedAtMs: 0, muted: true, banned: false },
    );
    assert.deepEqual(await host.ask('find-fan', { name: 'nobody' }).then(({ fans: none }) => none), []);
  });

  it('SE35 history reads the journal, held and removed lines included', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(MODERATOR)]);
    const { id } = await ann.ask('chat', { key: 'k1', text: 'first' });
    await ann.ask('chat', { key: 'k2', text: 'second' });
    await host.ask('delete-line', { lineId: id });
    const { lines } = await host.ask<{ lines: { text: string; removed: boolean }[] }>('history', { fanId: ann.id, limit: 10 });
    assert.deepEqual(
      lines.map(({ text, removed }) => [text, removed]),
      [
        ['second', false],
        ['first', true],
      ],
    );
  });

  it('SE36 an announcement and a pin reach everyone; what is deleted does not stay pinned', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    const { id } = await ann.ask('chat', { key: 'k1', text: 'pin me' });
    await host.ask('announce', { text: 'Vinyl is out' });
    await host.ask('pin', { lineId: id });
    await until(
      'Ann sees both',
      () => ann.state.policy.announcement === 'Vinyl is out' && ann.state.policy.pinnedLine?.text === 'pin me',
    );
    const late = await party.fan('Late');
    assert.equal(late.state.policy.pinnedLine?.id, id);
    await host.ask('delete-line', { lineId: id });
    await until('the pin is gone', () => [ann, late].every(({ state }) => state.policy.pinnedLine === undefined));
  });

  it('SE37 an invitation has a URL, its member is taken on, and ends at once when revoked', async () => {
    const [host, moderator] = await Promise.all([party.staff(HOST), party.staff(MODERATOR)]);
    const { url, staffId } = await host.ask<{ url: string; staffId: string }>('invite', {
      name: 'Mo',
      rank: 'moderator',
      forMs: 60_000,
    });
    const [, inviteId] = url.split('#invite=');
    assert.ok(party.stores.events.invites.has(inviteId ?? ''));
    const member = { ...MODERATOR, id: staffId as typeof MODERATOR.id, name: 'Mo' };
    const mo = await party.staff(member);
    await until('they are seen online', () => host.state.staff.get(staffId)?.online === true);
    assert.equal(await moderator.codeOf('revoke', { staffId }), 'not_allowed');
    await host.ask('revoke', { staffId });
    await until('they are out', () => mo.closeCode === 4201);
    await assert.rejects(party.staff(member), /ticket_invalid/);
  });

  it('SE37 a member who was invited while the stage ran is known when they come', async () => {
    const staff = { ...HOST, id: `stf_${newId(12)}` as typeof HOST.id, name: 'Late host' };
    await party.stores.events.saveInvite({ id: 'i', eventId: party.eventId, staff, rank: 'host', openedAtMs: null });
    const late = await party.staff(staff);
    assert.equal(await late.codeOf('pause'), 'accepted');
  });

  it('SE38 a stage that another one has replaced refuses everything and gives up', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    await party.stores.stageStore.acquire(party.eventId);
    const before = JSON.stringify(ann.state.playback);
    assert.equal(await host.codeOf('pause'), 'stage_unavailable');
    await until('its staff are sent to find the other', () => host.closeCode === 4100);
    assert.equal(ann.state.next, undefined);
    assert.equal(JSON.stringify(ann.state.playback), before);
    assert.equal(ann.closeCode, undefined);
  });

  it('SE38 a store that does not answer within its deadline refuses the command, and changes nothing', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    party.stores.stageStore.isStuck = true;
    assert.equal(await host.codeOf('announce', { text: 'hello' }), 'stage_unavailable');
    party.stores.stageStore.isStuck = false;
    await host.ask('announce', { text: 'hello again' });
    await until('the next one works', () => ann.state.policy.announcement === 'hello again');
  });

  it('SE39 the crowd is counted: fans, sections, lines, and who is here', async () => {
    const host = await party.staff(HOST);
    const fans = await Promise.all(['Ann', 'Bob', 'Cleo'].map((name) => party.fan(name)));
    await fans[0]?.ask('chat', { key: 'k1', text: 'hello' });
    await until('three fans are counted', () => host.state.crowd.fans === 3 && host.state.crowd.sections === 1);
    await until('the line is in the feed', () => [...host.state.feed].some(({ line }) => line.text === 'hello'));
    await until('its lane shows it', () => shownTexts(host.state).includes('hello'));
    assert.equal(host.state.staff.get(HOST.id)?.online, true);
    await fans[0]?.room.leave();
    await until('two are left', () => host.state.crowd.fans === 2);
  });

  it('SE46 a long line of emoji leaves every console readable, those that are there and those that come', async () => {
    const host = await party.staff(HOST);
    await host.ask('say', { text: '😀'.repeat(250) });
    const late = await party.staff(MODERATOR);
    await host.ask('announce', { text: 'after it' });
    for (const { state } of [host, late]) {
      await until('the console reads on', () => state.policy.announcement === 'after it');
      const log = [...state.log].filter(({ seq }) => seq > 0);
      assert.deepEqual(log.map(({ command }) => command).toSorted(), ['announce', 'say']);
      assert.match(log.find(({ command }) => command === 'say')?.detail ?? '', /^text (?:😀)+$/u);
    }
  });

  it('SE35 facts reach back as far as a bounded number of points', async () => {
    const host = await party.staff(HOST);
    const { journal } = party.stores;
    const asked: number[] = [];
    const { facts } = journal;
    journal.facts = (eventId, sinceMs, stepMs) => {
      asked.push(sinceMs);
      return facts.call(journal, eventId, sinceMs, stepMs);
    };
    const recentMs = party.deps.eventNowMs() - 60_000;
    await host.ask('facts', { sinceMs: recentMs, stepMs: 1_000 });
    await host.ask('facts', { sinceMs: 0, stepMs: 1_000 });
    const [recent, bounded] = asked;
    assert.equal(recent, recentMs);
    assert.ok(bounded !== undefined && bounded > party.deps.eventNowMs() - 2_001_000);
  });
});
