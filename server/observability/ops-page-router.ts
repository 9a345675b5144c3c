/** `/ops`, the operator's page: who is let in is decided before. Nothing in it comes from elsewhere, and it changes nothing. */
import { Router } from 'express';
import helmet from 'helmet';
import type { Clock } from '../../core/clock.ts';
import type { HouseView } from './house-watch.ts';
import { opsPage, opsUpdate } from './ops-page.ts';
import { OPS_SCRIPT } from './ops-refresh.ts';
import { OPS_STYLE } from './ops-style.ts';

export interface OpsPageOptions {
  readonly clock: Clock;
  readonly view: () => HouseView;
}

const TELL_EVERY_MS = 2_000;

export function opsPageRouter({ clock, view }: OpsPageOptions): Router {
  const router = Router();
  router.use(
    helmet.contentSecurityPolicy({
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );
  router.get('/', (_req, res) => void res.type('html').send(opsPage(view())));
  router.get('/page.css', (_req, res) => void res.type('css').send(OPS_STYLE));
  router.get('/page.js', (_req, res) => void res.type('js').send(OPS_SCRIPT));
  router.get('/stream', (_req, res) => {
    // A front would hold it back until it has enough of it.
    res.type('text/event-stream').set('X-Accel-Buffering', 'no');
    const tell = () => void res.write(`data: ${JSON.stringify(opsUpdate(view()))}\n\n`);
    const stop = clock.every(TELL_EVERY_MS, tell);
    res.on('close', stop);
    tell();
  });
  return router;
}
