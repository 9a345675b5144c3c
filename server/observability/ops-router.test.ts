import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, it } from 'mocha';
import { Counter, Registry } from 'prom-client';
import { type OpsOptions, opsRouter } from './ops-router.ts';
import type { ProcessStatus } from './process-status.ts';

const STATUS: ProcessStatus = {
  pid: 4_711,
  processId: 'p0abc',
  ready: false,
  reasons: ['draining'],
  stages: ['demo'],
  sections: [{ roomId: 'sec-1', slug: 'demo', fans: 3 }],
  place: 'here:2567',
  startedAtMs: 1_000,
  epochs: [{ slug: 'demo', epoch: 4 }],
  services: [],
};

describe('the ops router', () => {
  let close: () => Promise<void> = async () => undefined;
  afterEach(() => close());

  async function serve(
    options: Partial<OpsOptions> = {},
  ): Promise<(path: string, headers?: Record<string, string>) => Promise<Response>> {
    const registry = new Registry();
    new Counter({ name: 'front_row_probes_total', help: 'Probes.', registers: [registry] }).inc(3);
    const app = express().use(
      opsRouter({
        registry,
        ready: () => true,
        status: () => STATUS,
        page: (_req, res) => void res.send('the page'),
        adminToken: 'right-token',
        trustLoopback: false,
        ...options,
      }),
    );
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    close = () => new Promise((resolve) => server.close(() => resolve()));
    const { port } = server.address() as AddressInfo;
    return (path, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close', ...headers } });
  }

  it('OB7 says that it is healthy while it answers', async () => {
    const get = await serve();
    assert.equal((await get('/healthz')).status, 200);
  });

  it('OB7 says ready, or 503 with every reason', async () => {
    let state: true | string[] = true;
    const get = await serve({ ready: () => state });
    assert.equal((await get('/readyz')).status, 200);
    state = ['the journal is not running', 'draining'];
    const refused = await get('/readyz');
    assert.equal(refused.status, 503);
    assert.deepEqual(await refused.json(), { code: 'unavailable', message: 'This process is not ready.', reasons: state });
  });

  it('OB8 gives the metrics to whoever has the admin token', async () => {
    const get = await serve();
    const answer = await get('/metrics', { authorization: 'Bearer right-token' });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(await answer.text(), /^front_row_probes_total 3$/m);
  });

  it('OB8 refuses a wrong token, a missing one, and any when none is configured', async () => {
    const get = await serve();
    for (const authorization of ['Bearer wrong', 'Bearer ', 'Basic right-token', 'right-token']) {
      const refused = await get('/metrics', { authorization });
      assert.equal(refused.status, 401, authorization);
      assert.equal(((await refused.json()) as { code: string }).code, 'unauthorized');
    }
    assert.equal((await get('/metrics')).status, 401);
    await close();
    for (const adminToken of [undefined, '']) {
      const without = await serve({ adminToken });
      assert.equal((await without('/metrics', { authorization: 'Bearer undefined' })).status, 401);
      await close();
    }
    close = async () => undefined;
  });

  it('OB12 looks at thirty wrong tokens a minute, and then at none', async () => {
    const get = await serve();
    const statusOf = async (token: string) => (await get('/metrics', { authorization: `Bearer ${token}` })).status;
    for (let n = 0; n < 30; n += 1) assert.equal(await statusOf(`guess ${n}`), 401);
    assert.equal(await statusOf('guess'), 429);
    assert.equal(await statusOf('right-token'), 429, 'nobody learns that it is the right one');
  });

  it('OB9 gives the metrics to this machine, but not to somebody who was forwarded', async () => {
    const get = await serve({ trustLoopback: true, adminToken: undefined });
    assert.equal((await get('/metrics')).status, 200);
    for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']) {
      assert.equal((await get('/metrics', { [header]: '127.0.0.1' })).status, 401, header);
    }
  });

  it('OB10 says what runs here to this machine and to whoever has the admin token, and to nobody else', async () => {
    const get = await serve({ trustLoopback: true });
    const answer = await get('/status');
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), STATUS);
    assert.equal((await get('/status', { 'x-forwarded-for': '127.0.0.1' })).status, 401);
    assert.equal((await get('/status', { 'x-forwarded-for': '127.0.0.1', authorization: 'Bearer right-token' })).status, 200);
  });
});
