/** What there is to play: the files of a folder, or the demo's own music. */
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { DemoShow } from './demo.ts';
import { makeDemoMedia } from './media/demo/demo-media.ts';
import { type MediaTrack, type SkippedFile, trackOf } from './media/media-file.ts';
import { scanMedia } from './media/scan.ts';

export interface Show {
  readonly booked: DemoShow;
  /** To be served. */
  readonly files: readonly MediaTrack[];
  readonly skipped: readonly SkippedFile[];
}

/** Rejects with a MediaFolderError when the folder holds nothing to play. */
export async function openShow({ mediaDir, dataDir }: Pick<Config, 'mediaDir' | 'dataDir'>): Promise<Show> {
  const dir = mediaDir ?? (await makeDemoMedia(dataDir)).dir;
  const { tracks, skipped } = await scanMedia(dir, join(dataDir, 'art'));
  const [first] = tracks;
  const isOneAlbum =
    first !== undefined &&
    first.album !== '' &&
    tracks.every(({ album, artist }) => album === first.album && artist === first.artist);
  return {
    booked: {
      title: isOneAlbum ? first.album : 'Listening party',
      artist: isOneAlbum ? first.artist : '',
      setlist: tracks.map(trackOf),
    },
    files: tracks,
    skipped,
  };
}
