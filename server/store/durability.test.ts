import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { eventId, line, lineId } from '../../tests/contract/samples.ts';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { openJournal } from './journal.ts';

const WRITER = new URL('../../tests/contract/append-forever.ts', import.meta.url).pathname;
const KILLS = 4;

/** Runs the writer until it has acknowledged `count` things, then kills it in the midst of the next; what it acknowledged. */
async function writeUntilKilled(path: string, first: number, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, path, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  let killed = false;
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
    if (!killed && out.split('\n').length > count) killed = child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
  return out.split('\n').slice(0, -1);
}

describe('durability', function () {
  this.timeout(120_000);

  it('JR14 nothing acknowledged is missing after kill -9 at random moments, and nothing is there twice', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
    console.log(`      SEED=${seed}`);
    const random = (n: number) => Math.abs(Math.sin(seed + n) * 10_000) % 1;
    const dir = await mkdtemp(join(tmpdir(), 'front-row-kill-'));
    const path = join(dir, 'journal.sqlite');
    const lines: number[] = [];
    let lastCommit = 0;
    let first = 1;
    for (let kill = 0; kill < KILLS; kill++) {
      for (const [what, n] of (await writeUntilKilled(path, first, 1 + Math.floor(random(kill) * 600))).map((text) =>
        text.split(' '),
      )) {
        if (what === 'line') lines.push(Number(n));
        else lastCommit = Number(n);
      }
      // Past whatever was under way when it was killed.
      first = Math.max(first, ...lines) + 1_000;
    }
    assert.ok(lines.length > KILLS && lastCommit > 0);

    const { journal, stageStore, close } = await openJournal({ path, clock: systemClock(), log: silentLog, deadlineMs: 60_000 });
    for (const n of lines) assert.deepEqual(await journal.findLine(eventId(1), lineId(n)), line(n), `line ${n} is lost`);
    const snapshot = await stageStore.load(eventId(1));
    assert.ok(snapshot !== null && snapshot.seq >= lastCommit, `commit ${lastCommit} is lost`);
    const [command] = await journal.lastCommands(eventId(1), 1);
    assert.equal(command?.seq, snapshot.seq, 'the snapshot and its command were written together');
    assert.equal(await stageStore.acquire(eventId(1)), KILLS + 1);
    await close();

    const db = new DatabaseSync(path);
    assert.equal(db.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
    assert.equal(db.prepare('SELECT count(*) - count(DISTINCT id) AS twice FROM lines').get()?.['twice'], 0);
    db.close();
    await rm(dir, { recursive: true });
  });
});
