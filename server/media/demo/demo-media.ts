/** The media folder of the demo event: made on the first start, found on every later one. */
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coverOf } from './cover.ts';
import { encodeFlac } from './flac.ts';
import { perform } from './perform.ts';
import { SONGS, type Song } from './songs.ts';

/** Changes with the music, so that an older version's files are not taken for these. */
const EDITION = 1;

const DEMO_ARTIST = 'The House Band';
const DEMO_ALBUM = 'Front Row Sessions';

export interface DemoFolder {
  readonly dir: string;
  /** How many files had to be made. */
  readonly made: number;
}

/**
 * Makes `<dataDir>/demo`: three songs as FLAC with title, artist, album and number, each with its cover beside it. About a second
 * of CPU per song, once. A file appears whole or not at all, so a start that was interrupted is repaired by the next.
 */
export async function makeDemoMedia(dataDir: string): Promise<DemoFolder> {
  const dir = join(dataDir, 'demo');
  let made = 0;
  for (const [n, song] of SONGS.entries()) {
    const folder = join(dir, `${EDITION}.${n + 1}`);
    const path = join(folder, `${song.title}.flac`);
    if (await exists(path)) continue;
    await mkdir(folder, { recursive: true });
    await writeWhole(join(folder, 'cover.svg'), Buffer.from(coverOf(song)));
    await writeWhole(path, songFile(song, n + 1));
    made += 1;
  }
  return { dir, made };
}

function songFile(song: Song, number: number): Uint8Array {
  const comments = { TITLE: song.title, ARTIST: DEMO_ARTIST, ALBUM: DEMO_ALBUM, TRACKNUMBER: String(number) };
  return encodeFlac(perform(song), { comments, picture: null });
}

async function writeWhole(path: string, data: Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, data);
  await rename(`${path}.part`, path);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
