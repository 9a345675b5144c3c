/** `kill -9`, and the same data folder again: nothing acknowledged is missing. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PartyProcess } from '../support/open-party.ts';
import { startParty } from '../support/party-process.ts';
import { askForTicket, enter, enterWhenLet, playing, refusalOf } from '../support/stranger.ts';
import { MUSIC_DIR } from '../support/system-packages.ts';
import { until } from '../support/until.ts';

describe('kill -9 and restart', function () {
  this.timeout(60_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'front-row-restart-'));
  const secret = { TICKET_SECRET: 'the-secret-of-this-test-alone' };
  let party: PartyProcess | undefined;

  const start = async () => {
    party = await startParty({ media: MUSIC_DIR, dataDir, env: secret });
    return party;
  };
  after(async () => {
    await party?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('HO7 resumes position, policy, bans, mutes and the last lines', async () => {
    const first = await start();
    const host = await enter(first.origin, first.slug, { name: 'Hana', invite: first.invite });
    const fan = await enter(first.origin, first.slug, { name: 'Ada' });
    const acknowledged: string[] = [];
    for (const text of ['the first thing I said', 'and another thing', 'one more before the crash']) {
      acknowledged.push((await fan.ask<{ id: string }>('chat', { key: text.replaceAll(' ', '-'), text })).id);
    }
    await host.ask('seek', { toMs: 20_000 });
    await host.ask('announce', { text: 'back in a moment' });
    const { revision } = await host.ask<{ revision: number }>('skip', {});
    await until('the skip is known', () => playing(fan.room.state, Number.POSITIVE_INFINITY).revision === revision);
    const cue = { ...playing(fan.room.state, Number.POSITIVE_INFINITY) };
    await host.ask('mute', { fanId: fan.fan.id, forMs: 600_000 });
    await host.ask('ban', { fanId: fan.fan.id, forMs: null, scope: 'event', reason: 'test' });

    await first.stop('SIGKILL');
    const second = await start();

    const banned = await askForTicket(second.origin, second.slug, { name: 'Ada' }, fan.fan.token);
    assert.equal(banned.body.code, 'banned');
    const staff = await enter(second.origin, second.slug, { name: 'Hana', invite: second.invite });
    await staff.ask('unban', { fanId: fan.fan.id });
    const back = await enterWhenLet(second.origin, second.slug, 'Ada', fan.fan.token, 'banned');
    const now = playing(back.room.state, Number.POSITIVE_INFINITY);
    assert.deepEqual(
      [now.trackId, now.status, now.positionMs, now.anchorMs],
      [cue.trackId, 'playing', cue.positionMs, cue.anchorMs],
    );
    assert.equal(back.room.state.policy.announcement, 'back in a moment');
    const shown = new Set([...back.room.state.lines].map(({ id }) => id));
    assert.deepEqual(
      acknowledged.filter((id) => !shown.has(id)),
      [],
    );
    assert.equal(await refusalOf(back.ask('chat', { key: 'after', text: 'am I heard?' })), 'muted');
    await Promise.all([staff, back].map((guest) => guest.leave()));
  });
});
