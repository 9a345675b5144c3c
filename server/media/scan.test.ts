import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Track } from '../../schemas/playback.ts';
import { decodedMs, ffmpeg } from '../../tests/support/ffmpeg.ts';
import { trackOf } from './media-file.ts';
import { MediaFolderError, scanMedia } from './scan.ts';

const ASC_MUSIC = '/usr/share/games/asc/music';

const tone = (seconds: number) => ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}:sample_rate=44100`];
const picture = (seconds: number) => ['-f', 'lavfi', '-i', `testsrc=size=64x64:rate=25:duration=${seconds}`];
const tags = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);

describe('scanMedia', () => {
  let dir: string;
  let artDir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'front-row-media-'));
    artDir = join(dir, '.art');
  });
  afterEach(() => rm(dir, { recursive: true }));

  const scan = () => scanMedia(dir, artDir);
  const titles = async () => (await scan()).tracks.map(({ title }) => title);
  const sound = (name: string, values: Readonly<Record<string, string>> = {}) =>
    ffmpeg([...tone(0.3), ...tags(values), join(dir, name)]);

  it('ME1 reads mp3, m4a, ogg, flac, webm and mp4: tags, type, and a duration that the sound confirms', async () => {
    const named = (title: string) => tags({ title, artist: 'The Testers', album: 'Six Ways' });
    for (const name of ['a.mp3', 'b.m4a', 'c.ogg', 'd.flac']) await ffmpeg([...tone(3.217), ...named(name), join(dir, name)]);
    for (const name of ['e.webm', 'f.mp4']) await ffmpeg([...picture(3.2), ...tone(3.217), ...named(name), join(dir, name)]);
    const { tracks, skipped } = await scan();
    assert.deepEqual(skipped, []);
    assert.deepEqual(
      tracks.map(({ title, file }) => [title, file.type]),
      [
        ['a.mp3', 'audio/mpeg'],
        ['b.m4a', 'audio/mp4'],
        ['c.ogg', 'audio/ogg'],
        ['d.flac', 'audio/flac'],
        ['e.webm', 'video/webm'],
        ['f.mp4', 'video/mp4'],
      ],
    );
    for (const { file, title, artist, album, durationMs } of tracks) {
      assert.equal(artist, 'The Testers');
      // ffmpeg writes WebM's album where Matroska's own rules do not look for it.
      if (title !== 'e.webm') assert.equal(album, 'Six Ways', title);
      // AAC and Opus carry a frame of lead-in that the container counts.
      const toleranceMs = ['a.mp3', 'c.ogg', 'd.flac'].includes(title) ? 1 : 35;
      const heardMs = await decodedMs(file.path);
      assert.ok(Math.abs(durationMs - heardMs) <= toleranceMs, `${title}: ${durationMs} ms, heard ${heardMs} ms`);
      assert.ok(Track.safeParse(trackOf(tracks.find((track) => track.file === file) as (typeof tracks)[number])).success);
    }
  });

  it('ME2 knows the length of an mp3 to the millisecond at constant, variable and mono, with and without an encoder header', async () => {
    const variants: Readonly<Record<string, readonly string[]>> = {
      'cbr.mp3': ['-b:a', '80k', '-write_xing', '0'],
      'cbr-header.mp3': ['-b:a', '128k'],
      'vbr.mp3': ['-q:a', '4'],
      'mono-22k.mp3': ['-b:a', '40k', '-ac', '1', '-ar', '22050', '-write_xing', '0'],
    };
    for (const [name, options] of Object.entries(variants)) await ffmpeg([...tone(61.7), ...options, join(dir, name)]);
    for (const { title, file, durationMs } of (await scan()).tracks) {
      const heardMs = await decodedMs(file.path);
      // Without a header nobody knows the encoder's lead-in, and decoders play it.
      assert.ok(Math.abs(durationMs - heardMs) <= 1, `${title}: ${durationMs} ms, heard ${heardMs} ms`);
    }
  });

  it("ME2 agrees with the sound of Debian's asc-music where it is installed, and of a like-made file where not", async () => {
    const files = ['frontiers.mp3', 'machine_wars.mp3', 'time_to_strike.mp3'];
    try {
      for (const file of files) await copyFile(join(ASC_MUSIC, file), join(dir, file));
    } catch {
      for (const file of files)
        await ffmpeg([...tone(291.3), '-ar', '22050', '-b:a', '80k', '-write_xing', '0', '-id3v2_version', '0', join(dir, file)]);
    }
    const { tracks } = await scan();
    assert.deepEqual(
      tracks.map(({ title }) => title),
      ['frontiers', 'machine wars', 'time to strike'],
    );
    for (const { title, file, durationMs } of tracks) {
      const heardMs = await decodedMs(file.path);
      assert.ok(Math.abs(durationMs - heardMs) <= 1, `${title}: ${durationMs} ms, heard ${heardMs} ms`);
    }
  });

  it('ME3 names a file that cannot be read, with the reason, and plays the rest', async () => {
    await sound('good.flac');
    await writeFile(join(dir, 'empty.mp3'), '');
    await writeFile(join(dir, 'words.mp3'), 'this is not music at all, only words. '.repeat(200));
    await writeFile(join(dir, 'words.flac'), 'nor is this');
    await writeFile(join(dir, 'notes.txt'), 'not looked at');
    const { tracks, skipped } = await scan();
    assert.deepEqual(
      tracks.map(({ title }) => title),
      ['good'],
    );
    assert.deepEqual(
      skipped.map(({ file }) => file),
      ['empty.mp3', 'words.flac', 'words.mp3'],
    );
    for (const { reason } of skipped) assert.ok(reason.length > 5, reason);
  });

  it('ME4 says what is wrong with a folder: missing, a file, empty, or nothing in it to play', async () => {
    const fails = (path: string, message: RegExp) =>
      assert.rejects(scanMedia(path, artDir), (error) => error instanceof MediaFolderError && message.test(error.message));
    await fails(join(dir, 'nowhere'), /nowhere does not exist/);
    await fails(dir, /has no \.mp3, .* file in it/);
    await writeFile(join(dir, 'bad.ogg'), 'x');
    await fails(join(dir, 'bad.ogg'), /is not a folder/);
    await fails(dir, /Nothing .* can be played: bad\.ogg \(.+\)/);
  });

  it('ME5 sorts by disc and track number, then by name as people count', async () => {
    await sound('z.flac', { title: 'one-two', disc: '1', track: '2' });
    await sound('y.flac', { title: 'one-ten', disc: '1', track: '10' });
    await sound('x.flac', { title: 'two-one', disc: '2', track: '1' });
    await sound('w.flac', { title: 'one-one', disc: '1', track: '1/12' });
    assert.deepEqual(await titles(), ['one-one', 'one-two', 'one-ten', 'two-one']);
  });

  it('ME5 sorts files without numbers as people count, folders one after another, and takes the name as title', async () => {
    await mkdir(join(dir, 'CD2'));
    await mkdir(join(dir, 'CD10'));
    for (const name of ['10 - Ten.flac', '2. Two.flac', '1_One_More.flac', 'CD10/1 Late.flac', 'CD2/1 Early.flac'])
      await sound(name);
    assert.deepEqual(await titles(), ['One More', 'Two', 'Ten', 'Early', 'Late']);
  });

  it('ME6 keeps embedded art, once for all tracks that share it', async () => {
    const png = join(dir, '.cover.png');
    await ffmpeg(['-f', 'lavfi', '-i', 'color=red:size=32x32', '-frames:v', '1', png]);
    for (const name of ['a.mp3', 'b.mp3']) {
      await ffmpeg([
        ...tone(0.3),
        '-i',
        png,
        '-map',
        '0:a',
        '-map',
        '1:v',
        '-c:v',
        'copy',
        '-disposition:v',
        'attached_pic',
        join(dir, name),
      ]);
    }
    const arts = (await scan()).tracks.map(({ art }) => art);
    assert.equal(arts[0]?.type, 'image/png');
    assert.equal(arts[0]?.name, arts[1]?.name);
    assert.deepEqual(await readFile(arts[0]?.path ?? ''), await readFile(png));
  });

  it('ME6 takes a cover that lies beside the music', async () => {
    await sound('a.flac');
    await ffmpeg(['-f', 'lavfi', '-i', 'color=red:size=32x32', '-frames:v', '1', join(dir, 'Cover.JPG')]);
    assert.equal((await scan()).tracks[0]?.art?.type, 'image/jpeg');
  });

  it('ME7 gives a file the same id and address after a restart, and neither tells its name', async () => {
    await sound('Unreleased Hit.flac');
    const [first] = (await scan()).tracks.map(trackOf);
    const [second] = (await scan()).tracks.map(trackOf);
    assert.deepEqual(first, second);
    assert.match(first?.source.url ?? '', /^\/media\/[0-9a-f]{24}\.flac$/);
  });
});
