/** Serves the files of media folders, ranges and all, to whoever has a signed URL. */
import { basename, dirname } from 'node:path';
import { type Response, Router } from 'express';
import type { Refusal } from '../../schemas/errors.ts';
import { MEDIA_PATH, type MediaTrack, type ServedFile } from './media-file.ts';
import type { MediaSigner } from './signer.ts';

export interface MediaRouterOptions {
  readonly tracks: readonly MediaTrack[];
  readonly signer: MediaSigner;
  readonly nowMs: () => number;
}

/** A browser may keep what it has for this long without asking; the URL's own end comes later. */
const CACHE_S = 4 * 3_600;

/**
 * Answers `/media/<name>`. Only names of scanned files exist, so no path can lead elsewhere. 206 and 416 as RFC 9110 has them;
 * 403 for a URL that is forged or expired; 404 for a signed one whose file is gone.
 */
export function mediaRouter({ tracks, signer, nowMs }: MediaRouterOptions): Router {
  const files = new Map<string, ServedFile>(
    tracks.flatMap(({ file, art }) => (art === null ? [file] : [file, art])).map((file) => [file.name, file]),
  );
  const router = Router();
  // Embedding pages play from another origin; the URL itself is the permission.
  router.use(MEDIA_PATH, (_req, res, next) => {
    res.set({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'Accept-Ranges, Content-Length, Content-Range',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'X-Content-Type-Options': 'nosniff',
    });
    next();
  });
  router.get(`${MEDIA_PATH}:name`, (req, res, next) => {
    const { name } = req.params;
    const verdict = signer.verify(MEDIA_PATH + name, req.query, nowMs());
    if (verdict === 'expired')
      return refuse(res, 403, { code: 'unauthorized', message: 'This link has expired; take a new one from the setlist.' });
    if (verdict === 'forged') return refuse(res, 403, { code: 'unauthorized', message: 'This link was not made here.' });
    const file = files.get(name);
    if (file === undefined) return refuse(res, 404, { code: 'not_found', message: 'This file is no longer here.' });
    res.type(file.type);
    // A picture opened by itself must not be able to run anything.
    if (file.type === 'image/svg+xml')
      res.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    res.set('Cache-Control', `private, max-age=${CACHE_S}, immutable`);
    res.sendFile(basename(file.path), { root: dirname(file.path), dotfiles: 'allow', cacheControl: false }, (error) => {
      if (error === undefined || res.headersSent) return; // a listener who left in mid-file is no error
      res.removeHeader('Cache-Control');
      if ((error as { status?: number }).status === 416) {
        return refuse(res, 416, { code: 'bad_request', message: 'There is no such range in this file.' });
      }
      if ((error as { status?: number }).status === 404) {
        return refuse(res, 404, { code: 'not_found', message: 'This file is no longer here.' });
      }
      next(error);
    });
  });
  return router;
}

function refuse(res: Response, status: number, refusal: Refusal): void {
  res.status(status).set('Cache-Control', 'no-store').json(refusal);
}
