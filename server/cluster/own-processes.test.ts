import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { endLeftOvers, endUnkept } from './own-processes.ts';

describe('what an earlier run left behind', () => {
  let home = '';
  const children: ChildProcess[] = [];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'front-row-home-'));
    mkdirSync(join(home, 'pids'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
    rmSync(home, { recursive: true });
  });

  const note = (name: string, pid: number | undefined) => writeFileSync(join(home, 'pids', `${name}.pid`), String(pid));

  /** A process that lives until it is told otherwise, with this in its environment. */
  async function live(env: Record<string, string>, onTerm = 'process.exit(0)'): Promise<ChildProcess> {
    const script = `process.on('SIGTERM', () => { ${onTerm} }); process.stdin.resume(); console.log('up')`;
    const child = spawn(process.execPath, ['-e', script], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, ...env },
    });
    children.push(child);
    if (child.stdout) await once(child.stdout, 'data');
    return child;
  }

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  it('CL6 ends what names our PM2, also when it is stopped, and says what it was', async () => {
    const one = await live({ PM2_HOME: home });
    const stopped = await live({ PM2_HOME: home });
    const bothGone = Promise.all([once(one, 'exit'), once(stopped, 'exit')]);
    stopped.kill('SIGSTOP');
    note('front-row-0-2', one.pid);
    note('redis-0', stopped.pid);
    assert.deepEqual((await endLeftOvers(home, systemClock())).toSorted(), ['front-row-0', 'redis']);
    await bothGone;
    assert.ok(!existsSync(join(home, 'pids')));
  });

  it('CL10 ends what runs under a name that PM2 forgot, and nobody else', async () => {
    const [one, sister, stranger] = [
      await live({ PM2_HOME: home, name: 'front-row-1' }),
      await live({ PM2_HOME: home, name: 'front-row-10' }),
      await live({ PM2_HOME: `${home}-other`, name: 'front-row-1' }),
    ];
    const gone = once(one, 'exit');
    await endUnkept(home, 'front-row-1', systemClock());
    await gone;
    assert.deepEqual(
      [one, sister, stranger].map(({ exitCode, signalCode }) => exitCode === null && signalCode === null),
      [false, true, true],
    );
  });

  it('CL6 leaves alone whoever has the number of a process that is gone', async () => {
    const stranger = await live({});
    note('front-row-0-2', stranger.pid);
    note('front-row-1-3', 999_999_999);
    writeFileSync(join(home, 'pids', 'torn.pid'), '');
    assert.deepEqual(await endLeftOvers(home, systemClock()), []);
    assert.equal(stranger.exitCode, null);
    assert.equal(stranger.signalCode, null);
  });
});
