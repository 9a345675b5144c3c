import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { withLock } from './lock.ts';

const run = (dir: string) => withLock(dir, 'npm run cluster', () => Promise.resolve('ran'));

describe('the lock of the cluster commands', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'front-row-lock-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** Another command, which has the lock and keeps it. */
  async function other(): Promise<ChildProcess> {
    const script = `const { withLock } = await import(process.env.LOCK);
      await withLock(process.env.DIR, 'npm run cluster:deploy', () => new Promise(() => { console.log('has it'); process.stdin.resume(); }));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, LOCK: join(import.meta.dirname, 'lock.ts'), DIR: dir },
    });
    if (child.stdout) await once(child.stdout, 'data');
    return child;
  }

  it('CL7 is given back when the command is done, and when it failed', async () => {
    assert.equal(await run(dir), 'ran');
    await assert.rejects(
      withLock(dir, 'two', () => Promise.reject(new Error('it failed'))),
      /it failed/,
    );
    assert.equal(await run(dir), 'ran');
  });

  it('CL7 keeps a second command out, naming the first, for as long as that lives', async () => {
    const first = await other();
    const gone = once(first, 'exit');
    try {
      await assert.rejects(run(dir), new RegExp(`npm run cluster:deploy \\(process ${first.pid}\\) is at work here`));
    } finally {
      first.kill('SIGKILL');
      await gone;
    }
    assert.equal(await run(dir), 'ran');
  });
});
