/** What an address most likely is. Pure. */

/** What pages play; or what none of them can: a video of YouTube, or what a page may not fetch (the headers forbid plain http). */
export type AddressKind = 'file' | 'hls' | 'youtube' | 'insecure';

/** `pageOrigin`: where the page comes from, such as `https://party.example`; what lies there is always fetched. */
export function sourceKindOf(url: string, pageOrigin: string): AddressKind {
  if (/^https?:\/\/(?:[\w-]+\.)*(?:youtube(?:-nocookie)?\.com|youtu\.be)(?:[:/?#]|$)/i.test(url)) return 'youtube';
  if (/^http:/i.test(url) && !url.toLowerCase().startsWith(`${pageOrigin.toLowerCase()}/`)) return 'insecure';
  return /\.m3u8(?:[?#]|$)/i.test(url) ? 'hls' : 'file';
}
