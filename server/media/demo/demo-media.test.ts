import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { ffmpeg } from '../../../tests/support/ffmpeg.ts';
import { scanMedia } from '../scan.ts';
import { makeDemoMedia } from './demo-media.ts';
import { encodeFlac } from './flac.ts';
import { perform } from './perform.ts';
import { SONGS } from './songs.ts';

describe('the demo', function () {
  this.timeout(120_000);
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'front-row-demo-'));
    assert.equal((await makeDemoMedia(dataDir)).made, SONGS.length);
  });
  after(() => rm(dataDir, { recursive: true }));

  it('ME12 is a media folder like any other: three songs of 60 to 90 s, with names and covers', async () => {
    const { tracks, skipped } = await scanMedia(join(dataDir, 'demo'), join(dataDir, 'art'));
    assert.deepEqual(skipped, []);
    assert.deepEqual(
      tracks.map(({ title, artist }) => [title, artist]),
      SONGS.map(({ title }) => [title, 'The House Band']),
    );
    for (const { title, durationMs, art } of tracks) {
      assert.ok(durationMs >= 60_000 && durationMs <= 90_000, `${title}: ${durationMs}`);
      assert.equal(art?.type, 'image/svg+xml');
      assert.match(await readFile(art.path, 'utf8'), new RegExp(`<text[^>]*>${title}</text>`));
    }
    assert.equal(new Set(tracks.map(({ art }) => art?.name)).size, SONGS.length);
  });

  it('ME12 is made once', async () => {
    const song = join(dataDir, 'demo', '1.1', `${SONGS[0]?.title}.flac`);
    const { mtimeMs } = await stat(song);
    assert.equal((await makeDemoMedia(dataDir)).made, 0);
    assert.equal((await stat(song)).mtimeMs, mtimeMs);
  });

  it('ME13 decodes to the very samples that the band played, which are the same each time', async () => {
    const [song] = SONGS;
    assert.ok(song);
    const { left, right } = perform(song);
    const decoded = await ffmpeg(['-i', join(dataDir, 'demo', '1.1', `${song.title}.flac`), '-f', 's16le', '-']);
    const expected = Buffer.alloc(left.length * 4);
    left.forEach((value, n) => expected.writeInt16LE(value, 4 * n));
    right.forEach((value, n) => expected.writeInt16LE(value, 4 * n + 2));
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(decoded), digest(expected));
  });

  it('ME13 is audible throughout, never clips, and begins and ends in silence', () => {
    for (const song of SONGS) {
      const { left, right } = perform(song);
      for (const side of [left, right]) {
        let peak = 0;
        for (const value of side) peak = Math.max(peak, Math.abs(value));
        assert.ok(peak > 16_000 && peak < 32_000, `${song.title}: peak ${peak}`);
        assert.ok(Math.abs(side[0] ?? 1) < 50 && Math.abs(side.at(-1) ?? 1) < 50, `${song.title}: ends`);
        for (let at = 44_100; at + 44_100 * 4 < side.length; at += 44_100) {
          const second = side.subarray(at, at + 44_100);
          const power = Math.sqrt(second.reduce((sum, value) => sum + value * value, 0) / second.length);
          assert.ok(power > 300, `${song.title}: silent at ${at / 44_100} s`);
        }
      }
    }
  });

  it('ME13 encodes what is hard for an encoder: silence, noise, full-scale steps, odd lengths', async () => {
    const length = 3 * 4_096 + 77;
    let seed = 1;
    const noise = () => (seed = Math.imul(seed, 1_103_515_245) + 12_345) >> 16;
    const left = Int16Array.from({ length }, (_, n) => (n < 4_096 ? 0 : n < 8_192 ? noise() : n % 50 < 25 ? 32_767 : -32_768));
    const right = Int16Array.from({ length }, (_, n) => (n < 4_096 ? 0 : n < 8_192 ? noise() : n % 50 < 25 ? -32_768 : 32_767));
    const file = join(dataDir, 'hard.flac');
    await writeFile(file, encodeFlac({ rateHz: 44_100, left, right }, { comments: {}, picture: null }));
    const decoded = await ffmpeg(['-i', file, '-f', 's16le', '-']);
    const samples = new Int16Array(decoded.buffer, decoded.byteOffset, decoded.length / 2);
    assert.equal(samples.length, 2 * length);
    for (let n = 0; n < length; n++) {
      if (samples[2 * n] !== left[n] || samples[2 * n + 1] !== right[n]) assert.fail(`sample ${n} differs`);
    }
  });
});
