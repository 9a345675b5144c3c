/** Reads a folder of audio and video into tracks. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { type IAudioMetadata, type IPicture, parseFile } from 'music-metadata';
import { clipText } from '../../core/chat-text.ts';
import { SETLIST_MAX_TRACKS, TITLE_MAX_CHARS, TRACK_MAX_MS } from '../../schemas/limits.ts';
import {
  ART_EXTENSIONS,
  MEDIA_TYPES,
  type MediaFolder,
  type MediaTrack,
  type ServedFile,
  type SkippedFile,
} from './media-file.ts';
import { mp3DurationMs } from './mp3-duration.ts';

/** Pictures that lie beside the music, for files that carry none. */
const FOLDER_ART = /^(?:cover|folder|front)\.(?:jpe?g|png|webp|gif|svg)$/i;

/** The folder is missing, or there is nothing in it to play; the message says which. */
export class MediaFolderError extends Error {
  override readonly name = 'MediaFolderError';
}

interface Found {
  readonly track: MediaTrack;
  readonly folder: string;
  readonly file: string;
  readonly disc: number;
  readonly number: number;
}

const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * Tracks of `dir` and the folders in it, by folder, disc and track number, then by name; files that cannot be played are named in
 * `skipped`. Embedded pictures are written to `artDir`, once each, so that they are served like any file. Rejects with
 * MediaFolderError when nothing is left to play.
 */
export async function scanMedia(dir: string, artDir: string): Promise<MediaFolder> {
  const root = resolve(dir);
  const names = await mediaNames(root);
  if (names.length === 0) {
    throw new MediaFolderError(`The media folder ${root} has no ${Object.keys(MEDIA_TYPES).join(', ')} file in it.`);
  }
  await mkdir(artDir, { recursive: true });

  const found: Found[] = [];
  const skipped: SkippedFile[] = [];
  for (const file of names) {
    try {
      found.push(await read(root, file, artDir));
    } catch (error) {
      skipped.push({ file, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  if (found.length === 0) {
    const reasons = skipped.map(({ file, reason }) => `${file} (${reason})`).join('; ');
    throw new MediaFolderError(`Nothing in the media folder ${root} can be played: ${reasons}.`);
  }
  found.sort(inOrder);
  const over = found.splice(SETLIST_MAX_TRACKS);
  skipped.push(...over.map(({ file }) => ({ file, reason: `a setlist holds ${SETLIST_MAX_TRACKS} tracks` })));
  return { tracks: found.map(({ track }) => track), skipped };
}

/** Paths relative to `root`; hidden files and folders are not looked at. */
async function mediaNames(root: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(root, { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new MediaFolderError(`The media folder ${root} does not exist.`);
    if (code === 'ENOTDIR') throw new MediaFolderError(`${root} is not a folder.`);
    throw new MediaFolderError(`The media folder ${root} cannot be read (${code}).`);
  }
  return names
    .filter((name) => extname(name).toLowerCase() in MEDIA_TYPES && !name.split(/[/\\]/).some((part) => part.startsWith('.')))
    .toSorted(natural.compare);
}

async function read(root: string, file: string, artDir: string): Promise<Found> {
  const path = join(root, file);
  const { size, mtimeMs } = await stat(path);
  if (size === 0) throw new Error('it is empty');
  const extension = extname(file).toLowerCase();
  const { common, format } = await parseFile(path, { duration: true });
  const exactMs = extension === '.mp3' ? mp3DurationMs(await readFile(path)) : (format.duration ?? 0) * 1_000;
  const durationMs = Math.round(exactMs ?? 0);
  if (!Number.isFinite(durationMs) || durationMs < 1) throw new Error('it has no sound or picture that can be played');
  if (durationMs > TRACK_MAX_MS) throw new Error(`it is longer than ${TRACK_MAX_MS / 3_600_000} hours`);

  const track: MediaTrack = {
    file: { name: digest(`${file}\n${size}\n${mtimeMs}`) + extension, path, type: typeOf(extension, format) },
    art: (await embeddedArt(common.picture, artDir)) ?? (await folderArt(path)),
    title: tidy(common.title) || titleOf(file),
    artist: tidy(common.artist ?? common.albumartist),
    album: tidy(common.album),
    durationMs,
  };
  return { track, folder: dirname(file), file, disc: common.disk.no ?? 0, number: common.track.no ?? Number.POSITIVE_INFINITY };
}

function inOrder(a: Found, b: Found): number {
  return (
    natural.compare(a.folder, b.folder) ||
    a.disc - b.disc ||
    (a.number === b.number ? 0 : a.number - b.number) ||
    natural.compare(a.file, b.file)
  );
}

/** A container of either kind is called audio when there is no picture in it, so that pages do not make room for one. */
function typeOf(extension: string, format: IAudioMetadata['format']): string {
  const type = MEDIA_TYPES[extension] ?? 'application/octet-stream';
  return format.hasVideo === true ? type.replace('audio/', 'video/') : type.replace('video/', 'audio/');
}

async function embeddedArt(pictures: readonly IPicture[] | undefined, artDir: string): Promise<ServedFile | null> {
  const picture = pictures?.find(({ type }) => type === 'Cover (front)') ?? pictures?.[0];
  const extension = ART_EXTENSIONS[picture?.format.toLowerCase() ?? ''];
  if (picture === undefined || extension === undefined) return null;
  const name = digest(picture.data) + extension;
  const path = resolve(artDir, name);
  await writeFile(path, picture.data);
  return { name, path, type: picture.format.toLowerCase().replace('image/jpg', 'image/jpeg') };
}

async function folderArt(mediaPath: string): Promise<ServedFile | null> {
  const folder = dirname(mediaPath);
  const file = (await readdir(folder)).toSorted(natural.compare).find((name) => FOLDER_ART.test(name));
  if (file === undefined) return null;
  return artFile(join(folder, file));
}

async function artFile(path: string): Promise<ServedFile> {
  const { size, mtimeMs } = await stat(path);
  const extension = extname(path).toLowerCase();
  const type = extension === '.svg' ? 'image/svg+xml' : `image/${extension.slice(1).replace('jpg', 'jpeg')}`;
  return { name: digest(`${path}\n${size}\n${mtimeMs}`) + extension, path, type };
}

function digest(of: string | Uint8Array): string {
  return createHash('sha256').update(of).digest('hex').slice(0, 24);
}

function tidy(text: string | undefined): string {
  return clipText((text ?? '').replaceAll('\0', '').trim(), TITLE_MAX_CHARS).trim();
}

/** `03 - Night Bus.mp3` is called `Night Bus`. */
function titleOf(file: string): string {
  const bare = basename(file, extname(file)).replaceAll('_', ' ').trim();
  return tidy(bare.replace(/^\d{1,3}(?:\s*[-.]\s*|\s+)(?=\S)/, '')) || bare || 'Untitled';
}
