import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { until } from '../../tests/support/until.ts';
import { openPm2, type Pm2 } from './pm2.ts';

const root = join(import.meta.dirname, '../..');

describe('our own PM2', () => {
  let dir = '';
  let pm2: Pm2;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'front-row-pm2-'));
    pm2 = openPm2(join(dir, 'home'), root, new AbortController().signal, process.env);
  });
  afterEach(async () => {
    await pm2.kill();
    rmSync(dir, { recursive: true });
  });

  it('CL5 starts no more what was removed while it started in vain', async () => {
    const script = join(dir, 'in-vain.js');
    writeFileSync(script, 'setTimeout(() => process.exit(1), 500);');
    const app = { name: 'in-vain', script, wait_ready: true, exp_backoff_restart_delay: 200, pmx: false, vizion: false };
    writeFileSync(join(dir, 'apps.config.js'), `module.exports = { apps: [${JSON.stringify(app)}] };`);
    await pm2.start(join(dir, 'apps.config.js'));
    await until('it is started again', async () => (await pm2.list()).some(({ status }) => status === 'launching'));
    await pm2.remove('in-vain');
    // They take longer together than the pause before its next start.
    for (let looks = 0; looks < 5; looks += 1) assert.deepEqual(await pm2.list(), []);
  });
});
