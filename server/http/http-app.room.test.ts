import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { SCRIPT, startTestParty, type TestParty } from '../../tests/support/test-party.ts';

/** `fetch` decodes by itself and chooses its own headers; this does neither. */
function raw(party: TestParty, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    request(party.base + path, { headers }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks) }));
    })
      .on('error', reject)
      .end();
  });
}

/** The policy as a map from directive to its values. */
function policyOf(header: unknown): Map<string, string[]> {
  const directives = String(header)
    .split(';')
    .map((directive) => directive.trim().split(/\s+/));
  return new Map(directives.map(([name = '', ...values]) => [name, values]));
}

describe('http', () => {
  let party: TestParty;
  before(async () => void (party = await startTestParty()));
  after(() => party.close());

  for (const path of ['/e/demo', '/host/demo']) {
    it(`HT10 serves ${path} with a policy that leaves nothing inline`, async () => {
      const page = await raw(party, path);
      assert.equal(page.status, 200);
      assert.match(String(page.headers['content-type']), /^text\/html/);
      const policy = policyOf(page.headers['content-security-policy']);
      assert.deepEqual(policy.get('default-src'), ["'none'"]);
      assert.deepEqual(policy.get('script-src'), ["'self'"]);
      assert.deepEqual(policy.get('style-src'), ["'self'"]);
      assert.deepEqual(policy.get('object-src'), ["'none'"]);
      assert.deepEqual(policy.get('base-uri'), ["'none'"]);
      assert.deepEqual(policy.get('frame-ancestors'), ["'self'"]);
      assert.ok(policy.get('connect-src')?.includes(`ws://127.0.0.1:${party.port}`));
      assert.ok(policy.get('media-src')?.includes('blob:'));
      assert.ok(![...policy.values()].flat().some((value) => value.startsWith("'unsafe")));
      assert.equal(page.headers['x-content-type-options'], 'nosniff');
      assert.equal(page.headers['x-frame-options'], undefined);
      const html = page.body.toString();
      assert.match(html, /<title>Night · Ada/);
      assert.doesNotMatch(html, /<style|style="|<script(?![^>]* src=)/);
    });
  }

  it('HT10 lets the event’s allow-list, and nobody else, embed its page', async () => {
    await party.events.saveEvent({ ...party.demo, allowedOrigins: ['https://band.example'] });
    await party.refreshEvents();
    const policy = policyOf((await raw(party, '/e/demo')).headers['content-security-policy']);
    assert.deepEqual(policy.get('frame-ancestors'), ["'self'", 'https://band.example']);
  });

  it('HT10 keeps a hostile host header out of the policy', async () => {
    const page = await raw(party, '/e/demo', { Host: "x; script-src 'unsafe-inline'" });
    const policy = policyOf(page.headers['content-security-policy']);
    assert.deepEqual(policy.get('script-src'), ["'self'"]);
    assert.ok(!String(page.headers['content-security-policy']).includes('unsafe-inline'));
  });

  it('HT10 serves the event’s colours as a style sheet', async () => {
    const css = await raw(party, '/api/events/demo/theme.css');
    assert.match(String(css.headers['content-type']), /^text\/css/);
    assert.match(css.body.toString(), /--accent: #/);
    assert.equal(css.headers['cache-control'], 'no-cache');
    const [, named = ''] = /href="([^"]*theme\.css\?v=[^"]*)"/.exec((await raw(party, '/e/demo')).body.toString()) ?? [];
    assert.equal((await raw(party, named)).headers['cache-control'], 'public, max-age=86400');
  });

  it('HT12 serves assets for a year', async () => {
    const asset = await raw(party, '/assets/fan-abc.js');
    assert.equal(asset.body.toString(), SCRIPT);
    assert.equal(asset.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.match(String(asset.headers['content-type']), /javascript/);
    assert.equal((await raw(party, '/assets/../index.html')).status, 404);
    assert.equal((await raw(party, '/assets/missing.js')).status, 404);
    assert.equal((await raw(party, '/index.html')).status, 404);
  });

  it('HT13 has no matchmaking routes', async () => {
    for (const method of ['joinOrCreate/section', 'create/stage', 'joinById/sec-demo-1-1', 'reconnect/sec-demo-1-1']) {
      const reply = await party.fetch(`/matchmake/${method}`, { method: 'POST', body: '{}' });
      assert.deepEqual([reply.status, (await reply.json()).code], [404, 'not_found']);
    }
  });

  it('HT1 answers what does not exist with a code', async () => {
    for (const path of ['/nowhere', '/api/nowhere', '/api/events/demo/nowhere', '/e/%zz']) {
      const reply = await party.fetch(path);
      const refusal = await reply.json();
      assert.ok(['not_found', 'bad_request'].includes(refusal.code), `${path}: ${refusal.code}`);
      assert.ok(reply.status === 404 || reply.status === 400);
      assert.equal(typeof refusal.message, 'string');
    }
  });

  it('HT14 leads from the bare address to the only event', async () => {
    const reply = await party.fetch('/', { redirect: 'manual' });
    assert.deepEqual([reply.status, reply.headers.get('location')], [302, '/e/demo']);
  });

  it('HT1 answers whether it lives and is ready, and shows metrics to this machine', async () => {
    assert.equal((await party.fetch('/healthz')).status, 200);
    assert.equal((await party.fetch('/readyz')).status, 200);
    const metrics = await (await party.fetch('/metrics')).text();
    assert.ok(metrics.includes('# TYPE front_row_joins_total counter'));
    assert.equal((await party.fetch('/metrics', { headers: { 'X-Forwarded-For': '203.0.113.1' } })).status, 401);
  });
});

describe('http with a compressed build', () => {
  it('HT12 sends what the build compressed, best first, to those who take it', async () => {
    const party = await startTestParty();
    const assets = join(party.dataDir, 'client', 'assets');
    await writeFile(join(assets, 'fan-abc.js.br'), brotliCompressSync(SCRIPT));
    await writeFile(join(assets, 'fan-abc.js.gz'), gzipSync(SCRIPT));
    await party.close({ keep: true });
    const again = await startTestParty({}, party.dataDir);
    try {
      for (const [accepts, encoding] of [
        ['gzip, br', 'br'],
        ['gzip', 'gzip'],
        ['identity', undefined],
      ] as const) {
        const asset = await raw(again, '/assets/fan-abc.js', { 'Accept-Encoding': accepts });
        assert.equal(asset.headers['content-encoding'], encoding);
        assert.match(String(asset.headers['content-type']), /javascript/);
        assert.match(String(asset.headers.vary), /Accept-Encoding/);
        const expected =
          encoding === 'br' ? brotliCompressSync(SCRIPT) : encoding === 'gzip' ? gzipSync(SCRIPT) : Buffer.from(SCRIPT);
        assert.deepEqual(asset.body, expected);
      }
    } finally {
      await again.close();
    }
  });
});
