/** One file of a media folder, as the setlist and the router know it. */
import { createHash } from 'node:crypto';
import { type NewTrack, Track } from '../../schemas/playback.ts';

/** What we serve, by extension. Browsers choose the player by the type, so none is left to guessing. */
export const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.ogg': 'audio/ogg',
  '.flac': 'audio/flac',
  '.webm': 'video/webm',
  '.mp4': 'video/mp4',
};

/** Pictures that may be embedded in a file; an embedded SVG is not among them, since it can carry scripts. */
export const ART_EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/jpg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/gif': '.gif',
};

export interface ServedFile {
  /** Last part of its URL: a digest and the extension. Says nothing about the file's name or place. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly type: string;
}

export interface MediaTrack {
  readonly file: ServedFile;
  readonly art: ServedFile | null;
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly durationMs: number;
}

/** Why a file is not in the setlist. */
export interface SkippedFile {
  /** Relative to the folder. */
  readonly file: string;
  readonly reason: string;
}

export interface MediaFolder {
  readonly tracks: readonly MediaTrack[];
  readonly skipped: readonly SkippedFile[];
}

export const MEDIA_PATH = '/media/';

/**
 * The track for a setlist. Its id and its URLs depend on the file alone, so that they survive a restart; the URLs are unsigned
 * and open nothing until `MediaSigner.fresh` has signed them.
 */
export function trackOf({ file, art, title, artist, album, durationMs }: MediaTrack): Track {
  const digest = BigInt(`0x${createHash('sha256').update(file.name).digest('hex').slice(0, 16)}`);
  const track: NewTrack = {
    source: { kind: 'file', url: MEDIA_PATH + file.name },
    title,
    artist,
    album,
    art: art === null ? '' : MEDIA_PATH + art.name,
    durationMs,
  };
  return Track.parse({ ...track, id: `trk_${digest.toString(36).padStart(12, '0').slice(-12)}` });
}
