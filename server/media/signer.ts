/**
 * Signed URLs for media: whoever has one can play the file until it expires; nobody can make one or guess one.
 *
 * The setlist keeps the unsigned URL, which is stable and opens nothing. Whoever shows the setlist to people passes each URL
 * through `fresh`. It signs by windows: within a window of four hours every caller gets the same URL, so that the state does not
 * change and caches work, and it stays valid to the end of the second window after. A page therefore holds a URL for at least eight
 * hours, longer than an event; a fan who joins late gets the window's URL, never the rest of an old one; and a leaked URL is
 * dead within twelve hours.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { invariant } from '../../core/invariant.ts';
import { MEDIA_PATH } from './media-file.ts';

export const MEDIA_WINDOW_MS = 4 * 3_600_000;
/** How many windows a URL lives, its own included. */
const WINDOWS = 3;

export type MediaVerdict = 'valid' | 'expired' | 'forged';

export interface MediaSigner {
  /** The path with its expiry and signature: `/media/x.mp3?e=…&s=…`. */
  signMedia(path: string, expiresAtMs: number): string;
  /** The URL of a served file, by `ServedFile.name`. */
  mediaUrl(name: string, nowMs: number): string;
  /** A media URL of ours (unsigned, signed, or expired) signed for now; any other URL as it is. */
  fresh(url: string, nowMs: number): string;
  verify(path: string, query: { readonly e?: unknown; readonly s?: unknown }, nowMs: number): MediaVerdict;
}

/** `secrets`: newest first; the first one signs, every one verifies. */
export function mediaSigner(secrets: readonly string[]): MediaSigner {
  // A key of its own: a signature made for media is worth nothing elsewhere, nor the other way round.
  const keys = secrets.map((secret) => createHmac('sha256', secret).update('front-row media url').digest());
  const [newest] = keys;
  invariant(newest !== undefined, 'media URLs need a secret');

  const signature = (key: Buffer, path: string, expiry: string) =>
    createHmac('sha256', key).update(`${path}\n${expiry}`).digest();

  function signMedia(path: string, expiresAtMs: number): string {
    const expiry = Math.floor(expiresAtMs).toString(36);
    return `${path}?e=${expiry}&s=${signature(newest as Buffer, path, expiry).toString('base64url')}`;
  }

  function fresh(url: string, nowMs: number): string {
    if (!url.startsWith(MEDIA_PATH)) return url;
    const [path = url] = url.split('?', 1);
    return signMedia(path, (Math.floor(nowMs / MEDIA_WINDOW_MS) + WINDOWS) * MEDIA_WINDOW_MS);
  }

  return {
    signMedia,
    mediaUrl: (name, nowMs) => fresh(MEDIA_PATH + name, nowMs),
    fresh,
    verify(path, { e, s }, nowMs) {
      if (typeof e !== 'string' || typeof s !== 'string') return 'forged';
      const given = Buffer.from(s, 'base64url');
      const genuine = keys.some((key) => {
        const expected = signature(key, path, e);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
      if (!genuine) return 'forged';
      return Number.parseInt(e, 36) > nowMs ? 'valid' : 'expired';
    },
  };
}
