/** The built pages' files. Their names carry a hash, so they never change; the build compressed them once for everyone. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';

const YEAR_MS = 365 * 24 * 3_600_000;
/** Best first. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** Serves `<clientDir>/assets` under `/assets`. */
export function assetsRouter(clientDir: string): Router {
  const root = join(clientDir, 'assets');
  const router = Router();
  const files = express.static(root, { immutable: true, maxAge: YEAR_MS, index: false, redirect: false });
  router.use('/assets', precompressed(new Set(listing(root))), files);
  return router;
}

/** Points the request at the compressed twin that the client takes, keeping the type of the original. */
function precompressed(names: ReadonlySet<string>): RequestHandler {
  return (req, res, next) => {
    const name = req.path.slice(1);
    if (!names.has(name)) return next();
    res.vary('Accept-Encoding');
    const encoding = ENCODINGS.find(
      ({ name: encoding, suffix }) => names.has(name + suffix) && req.acceptsEncodings(encoding) === encoding,
    );
    if (encoding) {
      req.url = `/${name}${encoding.suffix}`;
      res.type(name.slice(name.lastIndexOf('.'))).set('Content-Encoding', encoding.name);
    }
    next();
  };
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }).map(String);
  } catch {
    // Not built: the pages say so themselves.
    return [];
  }
}
