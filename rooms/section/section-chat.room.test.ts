import assert from 'node:assert/strict';
import { PartyError } from '../../core/errors.ts';
import { fanId, HOST, MODERATOR, Party, shownTexts } from '../../tests/support/party.ts';
import { until } from '../../tests/support/until.ts';

describe('chat in a section', () => {
  let party: Party;
  beforeEach(async () => {
    party = await Party.start();
  });
  afterEach(() => party.stop());

  it('SE10 an accepted line reaches everyone, its author included, under the id of the answer', async () => {
    const [ann, bob] = await Promise.all([party.fan('Ann'), party.fan('Bob')]);
    const { id, seq, fate } = await ann.ask('chat', { key: 'k1', text: '  hello  ' });
    assert.deepEqual({ seq, fate }, { seq: 1, fate: 'event' });
    await until('both read it', () => [ann, bob].every(({ state }) => shownTexts(state).includes('hello')));
    const line = [...bob.state.lines].find((one) => one.id === id);
    assert.deepEqual([line?.name, line?.role, line?.lane, line?.fanId], ['Ann', 'fan', 'event', ann.id]);
  });

  it('SE11 is acknowledged only once it is in the journal', async () => {
    const ann = await party.fan('Ann');
    let open = () => {};
    party.stores.journal.gate = new Promise((resolve) => {
      open = resolve;
    });
    let answered = false;
    const answer = ann.ask('chat', { key: 'k1', text: 'hello' }).finally(() => {
      answered = true;
    });
    await ann.ask('clock', { t0: 0 });
    assert.equal(answered, false);
    open();
    await answer;
    assert.equal(party.stores.journal.lines.length, 1);
  });

  it('SE12 the same key is the same line, sent twice at once or later', async () => {
    const ann = await party.fan('Ann');
    const answers = await Promise.all([1, 2, 3].map(() => ann.ask('chat', { key: 'k1', text: 'once' })));
    answers.push(await ann.ask('chat', { key: 'k1', text: 'once' }));
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
    assert.equal(party.stores.journal.lines.length, 1);
    await ann.ask('chat', { key: 'k2', text: 'twice' });
    await until('both lines are shown', () => shownTexts(ann.state).length === 2);
    assert.deepEqual(shownTexts(ann.state), ['once', 'twice']);
  });

  it('SE12 the same key sent at once from two sections is one line, with one answer', async () => {
    await party.stop();
    party = await Party.start({ deps: { sectionSeats: 2 } });
    const one = await party.fan('Ann');
    await until(
      'there is another section',
      () => party.venue.freeSeats(party.eventId) > 0 && party.venue.occupancy().sections.length > 1,
    );
    let two = await party.fan('Ann', { id: one.id });
    for (; two.room.roomId === one.room.roomId; two = await party.fan('Ann', { id: one.id })) await two.room.leave();
    const answers = await Promise.all([one, two].map((seat) => seat.ask('chat', { key: 'k1', text: 'once' })));
    assert.deepEqual(answers[0], answers[1]);
    assert.equal(party.stores.journal.lines.length, 1);
    await until('both seats show it', () => [one, two].every(({ state }) => shownTexts(state).length > 0));
    assert.deepEqual([shownTexts(one.state), shownTexts(two.state)], [['once'], ['once']]);
  });

  it('SE12 a line that the journal did not take can be sent again, and is no repeat', async () => {
    const ann = await party.fan('Ann');
    const { journal } = party.stores;
    const { appendLine } = journal;
    journal.appendLine = () => Promise.reject(new PartyError('unavailable', 'The journal did not answer in time.', 1_000));
    assert.equal(await ann.codeOf('chat', { key: 'k1', text: 'hello' }), 'stage_unavailable');
    journal.appendLine = appendLine;
    assert.equal(await ann.codeOf('chat', { key: 'k1', text: 'hello' }), 'accepted');
    assert.equal(await ann.codeOf('chat', { key: 'k2', text: 'hello' }), 'repeated');
  });

  it('SE52 a flood does not live on the journal: not while it takes lines, and not while it does not', async () => {
    const [ann, bob] = [await party.fan('Ann'), await party.fan('Bob')];
    const { journal } = party.stores;
    const { appendLine, findByKey } = journal;
    let [appends, lookups] = [0, 0];
    journal.findByKey = (...args) => {
      lookups += 1;
      return findByKey.call(journal, ...args);
    };
    journal.appendLine = (...args) => {
      appends += 1;
      return appendLine.call(journal, ...args);
    };
    const flood = (fan: typeof ann, word: string) =>
      Promise.all(Array.from({ length: 40 }, (_, n) => fan.codeOf('chat', { key: `${word}-${n}`, text: `${word} number ${n}` })));
    const heeded = await flood(ann, 'heeded');
    assert.equal(heeded.filter((code) => code === 'accepted').length, 5);
    assert.deepEqual([appends, lookups], [5, 0]);
    journal.appendLine = () => {
      appends += 1;
      return Promise.reject(new PartyError('unavailable', 'The journal did not answer in time.', 1_000));
    };
    const lost = await flood(bob, 'lost');
    Object.assign(journal, { appendLine, findByKey });
    assert.ok(lost.includes('rate_limited') && lost.every((code) => code !== 'accepted'));
    assert.ok(appends >= 10 && appends <= 20, `${appends} lines`);
    assert.equal(lookups, 0);
  });

  it('SE52 a line that was taken before and would be refused now has the answer that it had', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    const first = await ann.ask('chat', { key: 'k1', text: 'hello' });
    await host.ask('chat-mode', { mode: 'closed' });
    assert.equal(await ann.codeOf('chat', { key: 'k2', text: 'me too' }), 'chat_closed');
    assert.deepEqual(await ann.ask('chat', { key: 'k1', text: 'hello' }), first);
    assert.equal(party.stores.journal.lines.length, 1);
  });

  it('SE12 the same key in another seat, after the process was replaced, is still the same line', async () => {
    const ann = await party.fan('Ann');
    const first = await ann.ask('chat', { key: 'k1', text: 'once' });
    const { id, claims } = ann;
    await party.stop();
    party = await Party.start({ stores: party.stores });
    const again = await party.fan(claims.who.name, { id });
    assert.deepEqual(await again.ask('chat', { key: 'k1', text: 'once' }), first);
    assert.equal(party.stores.journal.lines.length, 1);
    await until('it is shown once', () => shownTexts(again.state).length > 0);
    assert.deepEqual(shownTexts(again.state), ['once']);
  });

  it('SE13 whoever joins late sees the lines so far', async () => {
    const ann = await party.fan('Ann');
    for (const [index, text] of ['one', 'two', 'three'].entries()) await ann.ask('chat', { key: `k${index}`, text });
    await until('Ann sees them', () => shownTexts(ann.state).length === 3);
    const late = await party.fan('Late');
    assert.deepEqual(shownTexts(late.state), ['one', 'two', 'three']);
  });

  it('SE14 the policy’s refusals arrive with their codes, and hosts change it for everyone', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    assert.equal(await ann.codeOf('chat', { key: 'a', text: '   ' }), 'empty');
    assert.equal(await ann.codeOf('chat', { key: 'b', text: 'x'.repeat(501) }), 'too_long');
    await host.ask('chat-mode', { mode: 'emoji' });
    assert.equal(await ann.codeOf('chat', { key: 'c', text: 'words' }), 'emoji_only');
    await host.ask('chat-mode', { mode: 'closed' });
    assert.equal(await ann.codeOf('chat', { key: 'd', text: '🔥' }), 'chat_closed');
    await host.ask('chat-mode', { mode: 'open' });
    await host.ask('links', { allow: 'staff' });
    assert.equal(await ann.codeOf('chat', { key: 'e', text: 'see https://spam.example' }), 'links_closed');
    await host.ask('slow-mode', { everyMs: 60_000 });
    assert.equal(await ann.codeOf('chat', { key: 'f', text: 'first' }), 'accepted');
    assert.equal(await ann.codeOf('chat', { key: 'g', text: 'second' }), 'slow_mode');
    await until('the page knows', () => ann.state.policy.slowMs === 60_000 && ann.state.policy.links === 'staff');
    assert.equal(party.stores.journal.lines.length, 1);
  });

  it('SE15 reactions are running totals, of the event’s emojis only', async () => {
    const [ann, bob] = await Promise.all([party.fan('Ann'), party.fan('Bob')]);
    await ann.ask('react', { emoji: '🔥', count: 3 });
    await until('both see three', () => [ann, bob].every(({ state }) => state.reactions.get('🔥') === 3));
    await bob.ask('react', { emoji: '🔥', count: 3 });
    await until('both see six', () => [ann, bob].every(({ state }) => state.reactions.get('🔥') === 6));
    assert.equal(await ann.codeOf('react', { emoji: '💣', count: 1 }), 'bad_payload');
    const codes = await Promise.all(Array.from({ length: 5 }, () => ann.codeOf('react', { emoji: '❤️', count: 20 })));
    assert.ok(codes.includes('rate_limited'));
  });

  it('SE16 a report reaches the staff’s feed with its reason, counted once per report', async () => {
    const [ann, bob, cleo, host] = await Promise.all([
      party.fan('Ann'),
      party.fan('Bob'),
      party.fan('Cleo'),
      party.staff(MODERATOR),
    ]);
    const { id } = await ann.ask('chat', { key: 'k1', text: 'rude' });
    await bob.ask('report', { lineId: id, reason: 'not nice' });
    await cleo.ask('report', { lineId: id, reason: 'not nice at all' });
    await until('staff see both', () => [...host.state.feed].some((entry) => entry.line.id === id && entry.reports === 2));
    assert.equal(await bob.codeOf('report', { lineId: 'lin_0000000000000000', reason: 'what' }), 'unknown_line');
    assert.equal(await bob.codeOf('report', { lineId: id, reason: '\u200b' }), 'bad_payload');
    await cleo.ask('report', { lineId: id, reason: 'see\u202e\nhere' });
    await until('staff read it', () => [...host.state.feed].some((entry) => entry.line.id === id && entry.reason === 'see here'));
  });

  it('SE17 the clock answers in event time, and marked seats alone report their error', async () => {
    const [ann, marked, host] = await Promise.all([party.fan('Ann'), party.fan('Max', { marked: true }), party.staff(HOST)]);
    const before = party.deps.eventNowMs();
    const pong = await ann.ask<{ t0: number; t1: number; t2: number }>('clock', { t0: 42.5, errorMs: 900 });
    assert.equal(pong.t0, 42.5);
    assert.ok(before <= pong.t1 && pong.t1 <= pong.t2 && pong.t2 <= party.deps.eventNowMs());
    await marked.ask('clock', { t0: 1, errorMs: -12 });
    await until('the crowd’s figure is there', () => host.state.crowd.syncP50Ms === 12);
    assert.equal(host.state.crowd.syncP95Ms, 12);
  });

  it('SE18 above what a person can read the lanes part: neighbours, a fair sample, and nobody is told a lie', async () => {
    const fans = await Promise.all(Array.from({ length: 16 }, (_, n) => party.fan(`Fan ${n}`)));
    const replies = await Promise.all(
      fans.flatMap((fan, n) => [1, 2, 3, 4].map((k) => fan.ask('chat', { key: `k${k}`, text: `line ${k} of ${n}` }))),
    );
    const fates = new Set(replies.map(({ fate }) => fate));
    assert.ok(fates.has('held'), [...fates].join());
    await until('the page says so', () => fans[0]?.state.chat === 'crowded');
    assert.equal(party.stores.journal.lines.length, 64);
    const promised = replies.filter(({ fate }) => fate !== 'held').map(({ id }) => id);
    await until('what was promised to the room is shown', () => {
      const shown = new Set([...(fans[1]?.state.lines ?? [])].map(({ id }) => id));
      return promised.every((id) => shown.has(id as string));
    });
  });

  it('SE19 a staff reply is a staff line, and an answer to it is always carried', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    const { lineId } = await host.ask('say', { text: 'who is from Oslo?' });
    await until('Ann reads it', () => shownTexts(ann.state).includes('who is from Oslo?'));
    const { fate } = await ann.ask('chat', { key: 'k1', text: 'me', replyTo: lineId });
    assert.equal(fate, 'event');
    const line = [...ann.state.lines].find(({ id }) => id === lineId);
    assert.deepEqual([line?.role, line?.fanId, line?.lane], ['host', HOST.id, 'event']);
  });

  it('SE20 figures of every second are in the journal, per section', async () => {
    const id = fanId();
    const ann = await party.fan('Ann', { id });
    await ann.ask('chat', { key: 'k1', text: 'hello' });
    await ann.ask('react', { emoji: '🔥', count: 2 });
    const { seconds } = party.stores.journal;
    const sum = (what: 'joins' | 'lines' | 'reactions') => seconds.reduce((total, second) => total + second[what], 0);
    await until('the second is over', () => sum('joins') === 1 && sum('lines') === 1 && sum('reactions') === 2);
    assert.equal(seconds[0]?.section, ann.room.roomId);
  });
});
