import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { MediaTrack } from './media-file.ts';
import { mediaRouter } from './media-router.ts';
import { MEDIA_WINDOW_MS, type MediaSigner, mediaSigner } from './signer.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const BYTES = Buffer.from(Array.from({ length: 1_000 }, (_, n) => n % 256));

describe('the media router', () => {
  let dir: string;
  let signer: MediaSigner;
  let nowMs: number;
  let port: number;
  let close: () => Promise<void>;

  beforeEach(async () => {
    // A hidden folder on the way, as DATA_DIR may well have.
    dir = await mkdtemp(join(tmpdir(), '.front-row-media-'));
    await writeFile(join(dir, 'Secret Song.mp3'), BYTES);
    await writeFile(join(dir, 'cover.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(join(dir, 'private.txt'), 'not for you');
    const tracks: MediaTrack[] = [
      {
        file: { name: 'abc.mp3', path: join(dir, 'Secret Song.mp3'), type: 'audio/mpeg' },
        art: { name: 'abc.svg', path: join(dir, 'cover.svg'), type: 'image/svg+xml' },
        title: 'Secret Song',
        artist: '',
        album: '',
        durationMs: 1_000,
      },
    ];
    nowMs = 1_763_770_000_000;
    signer = mediaSigner(['newest', 'older']);
    const server = express()
      .use(mediaRouter({ tracks, signer, nowMs: () => nowMs }))
      .listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    port = (server.address() as AddressInfo).port;
    close = () => new Promise((resolve) => server.close(() => resolve()));
  });
  afterEach(async () => {
    await close();
    await rm(dir, { recursive: true });
  });

  /** The path goes out as it is, dots and all. */
  function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      })
        .on('error', reject)
        .end();
    });
  }
  const code = ({ body }: Pick<Answer, 'body'>) => (JSON.parse(body.toString()) as { code: string }).code;

  it('ME8 serves a file whole to a signed URL, typed and cacheable', async () => {
    const { status, headers, body } = await get(signer.mediaUrl('abc.mp3', nowMs));
    assert.equal(status, 200);
    assert.deepEqual(body, BYTES);
    assert.equal(headers['content-type'], 'audio/mpeg');
    assert.equal(headers['accept-ranges'], 'bytes');
    assert.match(headers['cache-control'] ?? '', /^private, max-age=\d+/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  it('ME8 serves ranges: from, between, the last bytes, and 416 past the end', async () => {
    const url = signer.mediaUrl('abc.mp3', nowMs);
    const cases: readonly (readonly [string, number, number])[] = [
      ['bytes=0-99', 0, 100],
      ['bytes=990-', 990, 1_000],
      ['bytes=-10', 990, 1_000],
      ['bytes=500-5000', 500, 1_000],
    ];
    for (const [range, from, to] of cases) {
      const { status, headers, body } = await get(url, { range });
      assert.equal(status, 206, range);
      assert.equal(headers['content-range'], `bytes ${from}-${to - 1}/1000`);
      assert.deepEqual(body, BYTES.subarray(from, to));
    }
    const beyond = await get(url, { range: 'bytes=1000-' });
    assert.equal(beyond.status, 416);
    assert.equal(beyond.headers['content-range'], 'bytes */1000');
    assert.equal(code(beyond), 'bad_request');
  });

  it('ME8 answers HEAD and a known ETag without a body', async () => {
    const url = signer.mediaUrl('abc.mp3', nowMs);
    const head = await get(url, {}, 'HEAD');
    assert.equal(head.headers['content-length'], '1000');
    assert.equal(head.body.length, 0);
    const again = await get(url, { 'if-none-match': String(head.headers.etag) });
    assert.equal(again.status, 304);
  });

  it('ME8 serves art, and lets no script run in it', async () => {
    const { status, headers } = await get(signer.mediaUrl('abc.svg', nowMs));
    assert.equal(status, 200);
    assert.match(headers['content-type'] ?? '', /^image\/svg\+xml/);
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*sandbox/);
  });

  it('ME9 refuses a URL that is unsigned, altered, for another file, or signed by somebody else', async () => {
    const url = signer.mediaUrl('abc.mp3', nowMs);
    const [, query = ''] = url.split('?');
    const forged = [
      '/media/abc.mp3',
      '/media/abc.mp3?e=zzzzzzzzzz&s=',
      `/media/abc.svg?${query}`,
      url.replace('e=', 'e=z'),
      url.slice(0, -2),
      `${url}&s=another`,
      mediaSigner(['stranger']).mediaUrl('abc.mp3', nowMs),
    ];
    for (const path of forged) {
      const answer = await get(path);
      assert.equal(answer.status, 403, path);
      assert.equal(code(answer), 'unauthorized');
      assert.equal(answer.headers['cache-control'], 'no-store');
    }
  });

  it('ME9 refuses an expired URL and says so', async () => {
    const url = signer.signMedia('/media/abc.mp3', nowMs + 1_000);
    nowMs += 999;
    assert.equal((await get(url)).status, 200);
    nowMs += 1;
    const expired = await get(url);
    assert.equal(expired.status, 403);
    assert.match(expired.body.toString(), /expired/);
  });

  it('ME9 still takes what an older secret signed', async () => {
    assert.equal((await get(mediaSigner(['older']).mediaUrl('abc.mp3', nowMs))).status, 200);
  });

  it('ME10 leads nowhere but to scanned files, even with a signature', async () => {
    for (const name of [
      'private.txt',
      'Secret%20Song.mp3',
      'none.mp3',
      '../private.txt',
      '..%2fprivate.txt',
      '%2e%2e/private.txt',
    ]) {
      const signatures = [name, decodeURIComponent(name)].map((path) => signer.mediaUrl(path, nowMs).split('?')[1]);
      for (const query of ['', ...signatures]) {
        const { status, body } = await get(`/media/${name}?${query}`);
        assert.ok(status === 403 || status === 404, `${status} for ${name}`);
        assert.ok(!body.includes('not for you'), name);
      }
    }
    assert.equal((await get(signer.mediaUrl('private.txt', nowMs))).status, 404);
  });

  it('ME10 says 404 when a scanned file has gone', async () => {
    await rm(join(dir, 'Secret Song.mp3'));
    const gone = await get(signer.mediaUrl('abc.mp3', nowMs));
    assert.equal(gone.status, 404);
    assert.equal(code(gone), 'not_found');
    assert.equal(gone.headers['cache-control'], 'no-store');
  });

  it('ME11 signs alike within a window and keeps every URL good for eight hours at least, twelve at most', async () => {
    const windowStartMs = Math.ceil(nowMs / MEDIA_WINDOW_MS) * MEDIA_WINDOW_MS;
    const early = signer.mediaUrl('abc.mp3', windowStartMs);
    const late = signer.mediaUrl('abc.mp3', windowStartMs + MEDIA_WINDOW_MS - 1);
    assert.equal(early, late);
    assert.notEqual(signer.mediaUrl('abc.mp3', windowStartMs + MEDIA_WINDOW_MS), early);
    nowMs = windowStartMs + MEDIA_WINDOW_MS - 1 + 8 * 3_600_000;
    assert.equal((await get(late)).status, 200);
    nowMs = windowStartMs + 12 * 3_600_000;
    assert.equal((await get(early)).status, 403);
  });

  it('ME11 signs any of our URLs anew, and leaves those of others alone', () => {
    const fresh = signer.mediaUrl('abc.mp3', nowMs);
    assert.equal(signer.fresh('/media/abc.mp3', nowMs), fresh);
    assert.equal(signer.fresh(signer.signMedia('/media/abc.mp3', 1), nowMs), fresh);
    for (const url of ['https://cdn.example/media/abc.mp3?x=1', '/other/abc.mp3', ''])
      assert.equal(signer.fresh(url, nowMs), url);
  });
});
