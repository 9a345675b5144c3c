/** The whole interface of docs/protocol.md from outside: a stranger's client, effects seen by others than the one who asks. */
import assert from 'node:assert/strict';
import type { PartyProcess } from '../support/open-party.ts';
import { startParty } from '../support/party-process.ts';
import {
  askForTicket,
  enter,
  enterWhenLet,
  type Line,
  type PartyState,
  playing,
  refusalOf,
  type Stranger,
} from '../support/stranger.ts';
import { MUSIC_DIR } from '../support/system-packages.ts';
import { until } from '../support/until.ts';

describe('the contract, from outside', function () {
  this.timeout(60_000);
  let party: PartyProcess;
  let host: Stranger;
  let fan: Stranger;
  let other: Stranger;
  let eventAheadMs = 0;
  const commandsRun = new Set<string>();

  before(async () => {
    party = await startParty({ media: MUSIC_DIR });
    host = await enter(party.origin, party.slug, { name: 'Hana', invite: party.invite });
    fan = await enter(party.origin, party.slug, { name: 'Ada' });
    other = await enter(party.origin, party.slug, { name: 'Ben' });
    const { t1 } = await fan.ask<{ t1: number }>('clock', { t0: 0 });
    eventAheadMs = t1 - performance.now();
  });

  after(async () => {
    for (const guest of [host, fan, other]) await guest?.leave();
    await party?.stop();
  });

  const eventNowMs = () => performance.now() + eventAheadMs;
  const state = (): PartyState => other.room.state;
  const lines = (): Line[] => [...state().lines].filter(({ seq }) => seq > 0);
  const trackIds = () => [...state().setlist].map(({ id }) => id);
  const now = () => playing(state(), eventNowMs());

  async function command<Answer = unknown>(name: string, payload: object = {}): Promise<Answer> {
    commandsRun.add(name);
    return host.ask<Answer>(name, payload);
  }

  let keys = 0;
  const chat = (who: Stranger, text: string) => who.ask<{ id: string; fate: string }>('chat', { key: `k${++keys}`, text });
  const phrases =
    'quiet rooms echo|drums like thunder|paper boats|what a chorus|slow dancing|copper wires|cold coffee|violet hour'.split('|');
  const freshLine = () => phrases.pop() ?? 'nothing left to say';

  describe('by fans', () => {
    it('HO6 shows a line to the others and gives its author the echo', async () => {
      const { id, fate } = await chat(fan, 'hello from outside');
      assert.equal(fate, 'event');
      await until('the line is shown', () => lines().some((line) => line.id === id));
      const shown = lines().find((line) => line.id === id);
      assert.deepEqual([shown?.text, shown?.name, shown?.role], ['hello from outside', 'Ada', 'fan']);
    });

    it('HO6 counts the same key as the same line', async () => {
      const first = await fan.ask<{ id: string }>('chat', { key: 'twice', text: 'said only once' });
      const second = await fan.ask<{ id: string }>('chat', { key: 'twice', text: 'said only once' });
      assert.equal(second.id, first.id);
    });

    it('HO6 adds reactions for everyone', async () => {
      const { emojis } = (await (await fetch(`${party.origin}/api/events/${party.slug}`)).json()) as { emojis: string[] };
      const emoji = emojis[0] ?? '';
      assert.deepEqual(await fan.ask('react', { emoji, count: 7 }), {});
      await until('the reactions are counted', () => new Map(state().reactions).get(emoji) === 7);
    });

    it('HO6 answers clock in event time', async () => {
      const pong = await fan.ask<{ t0: number; t1: number; t2: number }>('clock', { t0: 12.5 });
      assert.equal(pong.t0, 12.5);
      assert.ok(pong.t2 >= pong.t1 && Math.abs(pong.t1 - Date.now()) < 60_000);
    });

    it('HO6 takes a report to the staff', async () => {
      const { id } = await chat(fan, 'buy my tickets at half price');
      await until('the line is shown', () => lines().some((line) => line.id === id));
      assert.deepEqual(await other.ask('report', { lineId: id, reason: 'spam' }), {});
      const feed = () => [...(host.room.state as unknown as { feed: Iterable<{ line: Line; reports: number }> }).feed];
      await until('staff see it', () => feed().some(({ line, reports }) => line.id === id && reports > 0));
    });

    it('HO6 refuses what it cannot read without a disconnect', async () => {
      assert.equal(await refusalOf(fan.ask('chat', { nonsense: true })), 'bad_payload');
      assert.equal(await refusalOf(fan.ask('chat', { key: 'long', text: 'x'.repeat(501) })), 'too_long');
      assert.equal(await refusalOf(fan.ask('chat', { key: 'none', text: '   ' })), 'empty');
      assert.equal(fan.room.connection.isOpen, true);
    });
  });

  describe('playback and setlist by a host', () => {
    it('HO6 pause, seek, play', async () => {
      await command('pause');
      await until('it pauses', () => now().status === 'paused');
      await until('the cue is settled', () => state().playback.status === 'paused' && !state().next);
      await command('seek', { toMs: 30_000 });
      await until('it stands at 30 s', () => now().positionMs === 30_000 && now().status === 'paused');
      const answer = await command<{ revision: number; applyAtMs: number }>('play');
      await until('it plays', () => now().status === 'playing' && now().revision === answer.revision);
      assert.equal(now().anchorMs, answer.applyAtMs);
      assert.equal(now().positionMs, 30_000);
    });

    it('HO6 skip, previous, play-track', async () => {
      const [first, second, third] = trackIds();
      await command('skip');
      await until('the second track plays', () => now().trackId === second);
      await command('previous');
      await until('the first track plays', () => now().trackId === first);
      await command('play-track', { trackId: third });
      await until('the third track plays', () => now().trackId === third);
    });

    it('HO6 add-track, move-track, remove-track', async () => {
      const source = { kind: 'file', url: 'https://media.example/b-side.mp3' };
      const { trackId } = await command<{ trackId: string }>('add-track', { source, title: 'B-side', durationMs: 61_000 });
      await until('it is on the setlist', () => trackIds().at(-1) === trackId);
      await command('move-track', { trackId, toIndex: 0 });
      await until('it comes first', () => trackIds()[0] === trackId);
      await command('remove-track', { trackId });
      await until('it is gone', () => !trackIds().includes(trackId));
    });

    it('HO6 refuses an older revision and a track nobody has', async () => {
      assert.equal(await refusalOf(command('pause', { revision: 0 })), 'stale_revision');
      assert.equal(await refusalOf(command('play-track', { trackId: 'trk_000000000000' })), 'unknown_track');
    });
  });

  describe('words and policy by staff', () => {
    it('HO6 say, announce, clear-announcement', async () => {
      await command('say', { text: 'welcome, everyone' });
      await until('the staff line is shown', () =>
        lines().some(({ text, role }) => text === 'welcome, everyone' && role !== 'fan'),
      );
      await command('announce', { text: 'Vinyl is out at midnight' });
      await until('it is announced', () => state().policy.announcement === 'Vinyl is out at midnight');
      await command('clear-announcement');
      await until('it is gone', () => state().policy.announcement === '');
    });

    it('HO6 pin, unpin', async () => {
      const { id } = await chat(other, 'pin me please');
      await command('pin', { lineId: id });
      await until('it is pinned', () => state().policy.pinnedLine?.id === id);
      await command('unpin');
      await until('nothing is pinned', () => !state().policy.pinnedLine?.id);
    });

    it('HO6 chat-mode, slow-mode', async () => {
      await command('chat-mode', { mode: 'closed' });
      await until('chat is closed', () => state().policy.chatMode === 'closed');
      assert.equal(await refusalOf(chat(fan, freshLine())), 'chat_closed');
      await command('chat-mode', { mode: 'emoji' });
      await until('chat is for emoji', () => state().policy.chatMode === 'emoji');
      assert.equal(await refusalOf(chat(fan, freshLine())), 'emoji_only');
      await command('chat-mode', { mode: 'open' });
      await until('chat is open', () => state().policy.chatMode === 'open');
      await command('slow-mode', { everyMs: 600_000 });
      await until('chat is slow', () => state().policy.slowMs === 600_000);
      assert.equal(await refusalOf(chat(fan, freshLine())), 'slow_mode');
      await command('slow-mode', { everyMs: 0 });
      await until('chat is not slow', () => state().policy.slowMs === 0);
    });

    it('HO6 delete-line, purge, clear-chat', async () => {
      const { id } = await chat(other, freshLine());
      await command('delete-line', { lineId: id, reason: 'test' });
      await until('the line is taken away', () => [...state().removals].some(({ lineId }) => lineId === id));
      await command('purge', { fanId: fan.fan.id });
      await until("the fan's lines are taken away", () => [...state().removals].some(({ fanId }) => fanId === fan.fan.id));
      await command('clear-chat');
      await until('all lines are taken away', () =>
        [...state().removals].some(({ seq, lineId, fanId }) => seq > 0 && lineId === '' && fanId === ''),
      );
    });
  });

  describe('moderation by staff', () => {
    it('HO6 mute, unmute', async () => {
      await command('mute', { fanId: fan.fan.id, forMs: 600_000, reason: 'test' });
      await until('the fan is muted', async () => (await refusalOf(chat(fan, 'am I muted'))) === 'muted');
      await command('unmute', { fanId: fan.fan.id });
      await until('the fan speaks again', async () => (await refusalOf(chat(fan, 'and now I am not'))) === 'accepted');
    });

    it('HO6 find-fan, history', async () => {
      const { fans } = await command<{ fans: { id: string; name: string }[] }>('find-fan', { name: 'Ben' });
      assert.deepEqual(
        fans.map(({ id, name }) => [id, name]),
        [[other.fan.id, 'Ben']],
      );
      const { lines: read } = await command<{ lines: { text: string }[] }>('history', { fanId: fan.fan.id, limit: 100 });
      assert.ok(read.some(({ text }) => text === 'hello from outside'));
    });

    it('HO6 kick sends a fan out for a while, with its code', async () => {
      await command('kick', { fanId: fan.fan.id, forMs: 1_000 });
      assert.equal(await fan.closed, 4201);
      fan = await enterWhenLet(party.origin, party.slug, 'Ada', fan.fan.token, 'kicked');
    });

    it('HO6 ban keeps a fan out, in any guise, until unban', async () => {
      await command('ban', { fanId: fan.fan.id, forMs: null, scope: 'event', reason: 'test' });
      assert.equal(await fan.closed, 4200);
      const again = await askForTicket(party.origin, party.slug, { name: 'Ada' }, fan.fan.token);
      assert.deepEqual([again.status, again.body.code], [403, 'banned']);
      const newcomer = await askForTicket(party.origin, party.slug, { name: 'Adele' });
      assert.deepEqual([newcomer.status, newcomer.body.code], [403, 'banned']);
      await command('unban', { fanId: fan.fan.id });
      fan = await enterWhenLet(party.origin, party.slug, 'Ada', fan.fan.token, 'banned');
    });

    it('HO6 invite, revoke', async () => {
      const { url } = await command<{ url: string }>('invite', { name: 'Mod', rank: 'moderator', forMs: 3_600_000 });
      const invite = new URLSearchParams(new URL(url).hash.slice(1)).get('invite');
      const moderator = await enter(party.origin, party.slug, { name: 'Mod', invite });
      assert.equal(await refusalOf(moderator.ask('skip', {})), 'not_allowed');
      const used = await askForTicket(party.origin, party.slug, { name: 'Thief', invite });
      assert.equal(used.body.code, 'bad_invite');
      await command('revoke', { staffId: moderator.fan.id });
      assert.ok((await moderator.closed) >= 4200);
    });
  });

  describe('the end', () => {
    it('HO6 doors', async () => {
      await command('doors', { open: false });
      await until('the doors are closed', () => state().policy.doors === 'closed');
      const late = await askForTicket(party.origin, party.slug, { name: 'Late' });
      assert.equal(late.body.code, 'doors_closed');
      await command('doors', { open: true });
      await until('the doors are open', () => state().policy.doors === 'open');
      assert.equal((await askForTicket(party.origin, party.slug, { name: 'Late' })).status, 201);
    });

    it('HO6 end', async () => {
      await command('end');
      assert.deepEqual(await Promise.all([fan.closed, other.closed]), [4202, 4202]);
      const event = (await (await fetch(`${party.origin}/api/events/${party.slug}`)).json()) as { state: string };
      assert.equal(event.state, 'ended');
      const late = await askForTicket(party.origin, party.slug, { name: 'Late' });
      assert.equal(late.body.code, 'ended');
    });

    it('HO6 has run every command of the table', () => {
      const table =
        'play pause skip previous seek play-track add-track remove-track move-track say announce clear-announcement pin unpin ' +
        'chat-mode slow-mode delete-line purge clear-chat mute unmute kick ban unban doors end find-fan history invite revoke';
      assert.deepEqual(
        table.split(' ').filter((name) => !commandsRun.has(name)),
        [],
      );
    });
  });
});
