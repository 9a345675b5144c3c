import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { freePorts } from '../../tests/support/free-ports.ts';
import { type RedisServer, startRedis } from '../../tests/support/redis-server.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('npm run preflight', () => {
  const dir = mkdtempSync(join(tmpdir(), 'front-row-preflight-'));
  let redis: RedisServer;
  let port: number;
  before(async () => {
    redis = await startRedis({ password: 'very-secret-word', durable: true });
    port = await freePorts(2);
  });
  after(async () => {
    await redis.stop();
    rmSync(dir, { recursive: true });
  });

  function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
    const given = { PATH: process.env['PATH'], DATA_DIR: dir, PROCESSES: '2', PORT: String(port), HOST: '127.0.0.1', ...env };
    return new Promise((resolve) => {
      execFile(process.execPath, ['server/preflight/main.ts', ...args], { env: given }, (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
      });
    });
  }

  it('PF1 says ready for a crowd that this machine bears, and exits 0', async () => {
    const { code, out } = await run(['--fans', '50'], { REDIS_URL: redis.url });
    assert.equal(code, 0, out);
    assert.match(out, /^Pre-flight for 50 fans: 2 processes here\.$/m);
    assert.match(out, /^Ready for 50 fans: the first thing to break is .+, above [\d,]+ fans\.$/m);
    assert.doesNotMatch(out, /very-secret-word/);
  });

  it('PF1 says what breaks below the crowd and what to do about it, and exits 1', async () => {
    const { code, out } = await run(['--fans', '90000000'], { REDIS_URL: redis.url });
    assert.equal(code, 1);
    assert.match(out, /^BREAKS +descriptors +.+breaks above [\d,]+ fans\n +→ Give every process [\d,]+: ulimit -n \d+/m);
    assert.match(out, /^NOT ready for 90,000,000 fans: \d+ will break below that/m);
  });

  it('PF1 answers programs in JSON, worst news included', async () => {
    const { code, out } = await run(['--fans', '50', '--json'], { REDIS_URL: 'redis://:very-secret-word@127.0.0.1:1' });
    const { isReady, findings, verdict } = JSON.parse(out) as {
      isReady: boolean;
      verdict: string;
      findings: { check: string; kind: string; fix?: string }[];
    };
    assert.equal(code, 1);
    assert.equal(isReady, false);
    assert.match(verdict, /1 broken now/);
    assert.deepEqual(
      findings.filter(({ kind }) => kind === 'broken').map(({ check }) => check),
      ['Redis'],
    );
    assert.doesNotMatch(out, /very-secret-word/);
  });

  it('PF1 names every wrong setting', async () => {
    const { code, out } = await run([], { LOG_LEVEL: 'loud', RETENTION_DAYS: 'many' });
    assert.equal(code, 1);
    assert.match(out, /BROKEN +settings +LOG_LEVEL/);
    assert.match(out, /BROKEN +settings +RETENTION_DAYS/);
  });

  it('PF1 refuses what it does not understand', async () => {
    for (const args of [['--fans', 'many'], ['--fans', '0'], ['--crowd'], ['--machines', '-1']]) {
      const { code, out, err } = await run(args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(out, '');
      assert.match(err, /Usage: npm run preflight/);
    }
  });
});
