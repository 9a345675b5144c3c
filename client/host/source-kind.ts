/** What an address most likely is. Pure. */
import type { TrackSource } from '../../schemas/playback.ts';

export function sourceKindOf(url: string): TrackSource['kind'] {
  if (/^https?:\/\/(?:(?:www|m|music)\.)?(?:youtube\.com|youtu\.be)\//i.test(url)) return 'youtube';
  return /\.m3u8(?:[?#]|$)/i.test(url) ? 'hls' : 'file';
}
