/** Real HLS, cut by ffmpeg, whose every picture tells its own number: as a file, and as a live source that is made of it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ffmpeg } from './ffmpeg.ts';

export const FRAMES_PER_S = 25;
const SEGMENT_S = 2;
/** Black and white columns, lowest bit first: a number that survives any codec. */
export const CODE_BITS = 16;
const COLUMN_PX = 16;
/** A picture in which frame N shows N; `seconds` long. */
const codedFrames = (seconds: number) =>
  `nullsrc=size=${CODE_BITS * COLUMN_PX}x144:rate=${FRAMES_PER_S}:duration=${seconds},format=gray,` +
  `geq=lum='235*mod(floor(N/pow(2,floor(X/${COLUMN_PX}))),2)',format=yuv420p`;

export interface HlsSpec {
  readonly segments: 'fmp4' | 'mpegts';
  readonly picture: boolean;
  readonly seconds: number;
}

export interface HlsFiles {
  /** By name: `master.m3u8`, `list.m3u8`, segments. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** In order. */
  readonly segments: readonly { readonly name: string; readonly seconds: number }[];
}

export async function makeHls({ segments, picture, seconds }: HlsSpec): Promise<HlsFiles> {
  const dir = await mkdtemp(join(tmpdir(), 'front-row-hls-'));
  const gop = `${SEGMENT_S * FRAMES_PER_S}`;
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', gop, '-keyint_min', gop, '-sc_threshold', '0'];
  try {
    await ffmpeg([
      ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
      ...(picture ? ['-f', 'lavfi', '-i', codedFrames(seconds), ...video] : []),
      ...['-c:a', 'aac', '-f', 'hls', '-hls_time', `${SEGMENT_S}`, '-hls_list_size', '0', '-hls_segment_type', segments],
      ...['-hls_flags', 'independent_segments', '-master_pl_name', 'master.m3u8', join(dir, 'list.m3u8')],
    ]);
    const names = await readdir(dir);
    const files = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name))] as const)));
    const list = (files.get('list.m3u8') as Buffer).toString();
    const entries = [...list.matchAll(/#EXTINF:([\d.]+),\n(\S+)/g)];
    return { files, segments: entries.map(([, length, name]) => ({ name: name as string, seconds: Number(length) })) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/**
 * The playlist of a live source at `nowMs` that began at `startedAtMs` and shows what was made: the last `listed` segments that
 * are over, dated.
 */
export function livePlaylist({ files, segments }: HlsFiles, startedAtMs: number, nowMs: number, listed = 6): Buffer {
  const map = /#EXT-X-MAP:.*\n/.exec((files.get('list.m3u8') as Buffer).toString())?.[0] ?? '';
  let atMs = startedAtMs;
  const dated = segments.map((segment) => {
    const fromMs = atMs;
    atMs += segment.seconds * 1_000;
    return { ...segment, fromMs, toMs: atMs };
  });
  const over = dated.filter(({ toMs }) => toMs <= nowMs);
  const shown = over.slice(-listed);
  const head = `#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:${SEGMENT_S}\n#EXT-X-MEDIA-SEQUENCE:${over.length - shown.length}\n`;
  const entries = shown.map(
    ({ name, seconds, fromMs }) =>
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(fromMs).toISOString()}\n#EXTINF:${seconds.toFixed(6)},\n${name}\n`,
  );
  return Buffer.from(`${head}${map}${entries.join('')}`);
}
