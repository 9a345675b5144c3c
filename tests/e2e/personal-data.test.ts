/** What an operator does when somebody asks what we keep of them, and when somebody asks to be forgotten; while the party runs. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PartyProcess } from '../support/open-party.ts';
import { startParty } from '../support/party-process.ts';
import { enter, refusalOf, type Stranger } from '../support/stranger.ts';
import { MUSIC_DIR } from '../support/system-packages.ts';

interface Kept {
  readonly lines: readonly { readonly text: string; readonly name: string }[];
  readonly commands: readonly { readonly command: string; readonly reason: string }[];
  readonly labelBans: readonly { readonly name: string; readonly reason: string }[];
}

describe('personal data', function () {
  this.timeout(60_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'front-row-personal-'));
  let party: PartyProcess;
  let ada: Stranger;
  let ben: Stranger;

  const run = async (...args: string[]) => {
    const env = { ...process.env, DATA_DIR: dataDir };
    const { stdout } = await promisify(execFile)(process.execPath, ['server/personal-data.ts', ...args], { env });
    return JSON.parse(stdout);
  };
  const kept = (fan: Stranger): Promise<Kept> => run('export', fan.fan.id);

  before(async () => {
    party = await startParty({ media: MUSIC_DIR, dataDir });
    const host = await enter(party.origin, party.slug, { invite: party.invite });
    ada = await enter(party.origin, party.slug, { name: 'Ada' });
    ben = await enter(party.origin, party.slug, { name: 'Ben' });
    for (const [fan, text] of [
      [ada, 'my number is 555-0100'],
      [ada, 'never mind'],
      [ben, 'who was that'],
    ] as const) {
      await fan.ask('chat', { key: text.replaceAll(' ', '-'), text });
    }
    await host.ask('ban', { fanId: ada.fan.id, forMs: null, scope: 'label', reason: 'shared a number' });
    await ada.closed;
  });
  after(async () => {
    await party?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('JR25 exports all that is kept of one fan, and of nobody else', async () => {
    const { lines, commands, labelBans } = await kept(ada);
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['my number is 555-0100', 'never mind'],
    );
    assert.deepEqual(
      commands.map(({ command, reason }) => [command, reason]),
      [['ban', 'shared a number']],
    );
    assert.deepEqual(
      labelBans.map(({ name, reason }) => [name, reason]),
      [['Ada', 'shared a number']],
    );
  });

  it('JR25 erases it, leaves others alone, and keeps the ban in force', async () => {
    assert.deepEqual(await run('erase', ada.fan.id), { lines: 2, labelBans: 1 });
    const { lines, commands, labelBans } = await kept(ada);
    assert.deepEqual([lines, commands], [[], []]);
    assert.deepEqual(
      labelBans.map(({ name, reason }) => [name, reason]),
      [['', '']],
    );
    assert.equal((await kept(ben)).lines.length, 1);
    assert.equal(await refusalOf(ben.ask('chat', { key: 'k2', text: 'the party goes on' })), 'accepted');
    const again = enter(party.origin, party.slug, { name: 'Ada' }, ada.fan.token);
    await assert.rejects(again, /403 banned/);
  });

  it('JR25 says how it is used, and touches nothing, when it is not understood', async () => {
    for (const args of [
      ['forget', ben.fan.id],
      ['erase', 'Ben'],
      ['erase', ben.fan.id, ada.fan.id],
    ]) {
      await assert.rejects(run(...args), (error: { code: number; stderr: string }) => {
        assert.equal(error.code, 2);
        assert.match(error.stderr, /^Usage: npm run personal-data/);
        return true;
      });
    }
    assert.equal((await kept(ben)).lines.length, 2);
  });
});
