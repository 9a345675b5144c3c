/** One host name with TLS before a real cluster: the configuration that `nginx-conf.ts` writes, in a real nginx. */
import assert from 'node:assert/strict';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { after, before, describe, it } from 'mocha';
import { askForTicket, enter, type Stranger, takeSeat } from '../support/stranger.ts';
import { until } from '../support/until.ts';
import { type ClusterRun, prepareCluster, type StatusRow } from './cluster-run.ts';
import { type FrontRun, startFront } from './front-run.ts';

const SOON_MS = 60_000;
const TICKETS_PER_NETWORK = 40;
/** `DOORS_TIMEOUT_MS` of client/session/doors.ts. */
const PAGE_PATIENCE_MS = 8_000;

describe('the front', function () {
  this.timeout(300_000);
  let front: FrontRun;
  let cluster: ClusterRun;
  let hostUrl = '';
  let idleDescriptors = 0;
  const usual = getCACertificates();
  const fans: Stranger[] = [];
  before(async () => {
    cluster = await prepareCluster(2);
    front = await startFront({ port: cluster.port, processes: 2 });
    setDefaultCACertificates([...usual, front.certificate]);
    ({ hostUrl } = await cluster.start({
      PUBLIC_URL: front.origin,
      PUBLIC_ADDRESS: `localhost:${front.port}/p{n}`,
      TRUSTED_PROXIES: 'loopback',
      // So small that a handful of fans fills more than one process.
      SECTION_SEATS: '4',
      TICKETS_PER_MINUTE_PER_NETWORK: String(TICKETS_PER_NETWORK),
    }));
    idleDescriptors = front.descriptors();
  });
  after(async () => {
    for (const fan of fans) await fan.leave().catch(() => undefined);
    setDefaultCACertificates(usual);
    await cluster[Symbol.asyncDispose]();
    await front[Symbol.asyncDispose]();
  });

  const scriptOf = (page: string) => /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? assert.fail('the page has no script');

  it('CL11 serves pages over HTTP/2 and 1.1 with what the processes say of them', async () => {
    const [old, page] = [await front.ask('/e/demo'), await front.askH2('/e/demo')];
    for (const reply of [old, page]) {
      assert.equal(reply.status, 200);
      assert.match(String(reply.headers['content-type']), /^text\/html/);
      assert.match(String(reply.headers['strict-transport-security']), /max-age=\d{6,}/);
      assert.match(String(reply.headers['content-security-policy']), new RegExp(`wss://localhost:${front.port}`));
      assert.equal(reply.headers['x-powered-by'], undefined);
      assert.doesNotMatch(String(reply.headers['server'] ?? ''), /\d/);
    }
    assert.match(page.body, new RegExp(`https://localhost:${front.port}/`));
  });

  it('CL11 passes on assets as the build compressed them, for a year', async () => {
    const script = scriptOf((await front.ask('/e/demo')).body);
    const sizes: number[] = [];
    for (const [accepted, encoding] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip', 'gzip'],
      ['identity', undefined],
    ] as const) {
      const fromProcess = await front.ask(script, { headers: { 'accept-encoding': accepted } });
      const fromCache = await front.ask(script, { headers: { 'accept-encoding': accepted } });
      assert.equal(fromCache.body, fromProcess.body);
      for (const { status, headers } of [fromProcess, fromCache]) {
        assert.equal(status, 200);
        assert.equal(headers['content-encoding'], encoding);
        assert.match(String(headers['content-type']), /javascript/);
        assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
      }
      sizes.push(fromCache.body.length);
    }
    assert.ok((sizes[0] ?? 0) < (sizes[2] ?? 0) / 2, sizes.join(' '));
  });

  it('CL14 shows nobody what machines ask, neither directly nor through a socket path', async () => {
    for (const path of [
      '/metrics',
      '/status',
      '/readyz',
      '/healthz',
      '/status/',
      '/p0/metrics',
      '/p0/api/events/demo',
      '/p7/a/b',
    ]) {
      const { status, body } = await front.ask(path);
      assert.equal(status, 404, path);
      assert.doesNotMatch(body, /front_row_|processId/, path);
    }
    const upgrade = { connection: 'upgrade', upgrade: 'websocket' };
    assert.equal((await front.ask('/p0/metrics', { headers: upgrade })).status, 404);
    assert.equal((await front.ask('/p0/../metrics', { headers: upgrade })).status, 404);
    assert.equal((await front.ask('/p0/a/b')).status, 404);
  });

  it('CL11 leads each socket to the process that its fan has a seat on', async () => {
    while (new Set((await occupied()).map(({ index }) => index)).size < 2) {
      assert.ok(fans.length < 30, 'all fans were on one process');
      fans.push(await enter(front.origin, 'demo', { name: `Fan ${fans.length}` }));
      await until(
        'the fan is counted',
        async () => (await occupied()).reduce((sum, { fans }) => sum + fans, 0) === fans.length,
        SOON_MS,
      );
    }
    const rows = await cluster.status();
    const reply = await askForTicket(front.origin, 'demo', { name: 'Ada' });
    assert.equal(reply.status, 201, reply.body.message);
    const { seat } = reply.body as unknown as { seat: { processId: string; publicAddress: string } };
    const index = rows.find(({ processId }) => processId === seat.processId)?.index;
    assert.equal(seat.publicAddress, `localhost:${front.port}/p${index}`);
    fans.push(await takeSeat(front.origin, reply.body));
    const chatted = await fans[0]?.ask<{ id: string }>('chat', { key: 'k1', text: 'hello through the front' });
    assert.ok(chatted?.id);
    const host = await enter(front.origin, 'demo', { name: 'Olive', invite: hostUrl.split('=')[1] });
    fans.push(host);
    await host.ask('announce', { text: 'Welcome' });
    await until(
      'everyone reads the announcement',
      () => fans.every(({ room }) => room.state.policy.announcement === 'Welcome'),
      SOON_MS,
    );
  });

  it('CL13 takes two descriptors for each socket', async () => {
    assert.ok(fans.length >= 3);
    // What asked for tickets is kept open for a moment, and then goes.
    await until('each has two', () => front.descriptors() - idleDescriptors === 2 * fans.length, SOON_MS);
  });

  it('CL12 tells processes who is asking, whatever a client says of itself', async () => {
    const ask = async (localAddress: string, forwarded?: string) => {
      const headers = { 'content-type': 'application/json', ...(forwarded ? { 'x-forwarded-for': forwarded } : {}) };
      const { status } = await front.ask('/api/events/demo/tickets', { method: 'POST', localAddress, headers }, '{"name":"Ada"}');
      return status;
    };
    // Each of the two processes counts for itself.
    const asked = Array.from({ length: 2 * TICKETS_PER_NETWORK + 20 });
    for (const _ of asked) await ask('127.0.1.1');
    assert.equal(await ask('127.0.1.1'), 429);
    assert.equal(await ask('127.0.1.1', '8.8.8.8'), 429);
    assert.notEqual(await ask('127.0.2.1'), 429);
    assert.notEqual(await ask('127.0.2.1', '127.0.1.1'), 429);
  });

  it('CL15 answers before a page gives up while a process stands still', async () => {
    const [, { pid }] = (await cluster.status()) as [StatusRow, StatusRow];
    process.kill(pid ?? 0, 'SIGSTOP');
    try {
      for (let asked = 0; asked < 8; asked += 1) {
        const atMs = performance.now();
        assert.equal((await front.ask('/api/events/demo')).status, 200);
        assert.ok(performance.now() - atMs < PAGE_PATIENCE_MS);
      }
    } finally {
      process.kill(pid ?? 0, 'SIGCONT');
    }
    await until(
      'one process has the stage',
      async () => (await cluster.status()).flatMap(({ stages }) => stages).length === 1,
      SOON_MS,
    );
  });

  it('CL15 answers all the while when a process dies, and gives it work again when it is back', async () => {
    const before = await cluster.status();
    process.kill(before[1]?.pid ?? 0, 'SIGKILL');
    let back = false;
    const watching = until('it is back', async () => (await cluster.status()).every(({ ready }) => ready), SOON_MS).finally(
      () => {
        back = true;
      },
    );
    let answers = 0;
    while (!back) {
      for (const path of ['/e/demo', '/api/events/demo']) assert.equal((await front.ask(path)).status, 200, path);
      answers += 2;
    }
    await watching;
    assert.ok(answers > 10);
    assert.notEqual((await cluster.status())[1]?.pid, before[1]?.pid);
  });

  it('CL15 serves assets without any process, and refuses the rest as the contract has it', async () => {
    const script = scriptOf((await front.ask('/e/demo')).body);
    await front.ask(script, { headers: { 'accept-encoding': 'br' } });
    await cluster.run('stop');
    assert.equal((await front.ask(script, { headers: { 'accept-encoding': 'br' } })).status, 200);
    const { status, headers, body } = await front.ask('/api/events/demo');
    assert.equal(status, 503);
    assert.match(String(headers['content-type']), /^application\/json/);
    assert.equal(headers['retry-after'], '2');
    assert.deepEqual(JSON.parse(body), { code: 'unavailable', message: 'Nobody answers right now.', retryInMs: 2_000 });
  });

  it('CL14 writes no ticket into its log', () => {
    assert.doesNotMatch(front.errors(), /_authToken|ticket|sessionId/);
  });

  /** Processes with fans. */
  async function occupied(): Promise<{ readonly index: number; readonly fans: number }[]> {
    const asked = [0, 1].map(async (index) => {
      const status = await fetch(`http://127.0.0.1:${cluster.port + index}/status`);
      const { sections } = (await status.json()) as StatusRow;
      return { index, fans: sections.reduce((sum, { fans }) => sum + fans, 0) };
    });
    return (await Promise.all(asked)).filter(({ fans }) => fans > 0);
  }
});
