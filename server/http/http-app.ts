/** The HTTP side of a process, put together: machines first, then files, pages and the interface, refusals last. */
import express, { type Express, type RequestHandler } from 'express';
import type { Log, Metrics } from '../../rooms/ports.ts';
import type { TrustProxy } from '../auth/proxies.ts';
import { assetsRouter } from './assets.ts';
import { errorHandler, notFound } from './errors.ts';
import type { EventDirectory } from './event-directory.ts';
import { type PageKind, type PageSource, renderList, renderPage, shownTheme } from './pages.ts';
import { baseHeaders, pageHeaders } from './security-headers.ts';
import type { Sisters } from './sisters.ts';

export interface HttpAppDeps {
  readonly trusts: TrustProxy;
  readonly publicUrl: string | undefined;
  readonly clientDir: string;
  readonly pages: PageSource;
  readonly directory: EventDirectory;
  /** The address that a media URL is fetched at. */
  readonly mediaUrl: (url: string) => string;
  readonly sisters: Pick<Sisters, 'hosts'>;
  /** `/healthz`, `/readyz`, `/metrics`. */
  readonly ops: RequestHandler;
  /** `/media`. */
  readonly media: RequestHandler;
  /** `/api`. */
  readonly api: RequestHandler;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'handlerError'>;
}

export function createHttpApp({
  trusts,
  publicUrl,
  clientDir,
  pages,
  directory,
  mediaUrl,
  sisters,
  ops,
  media,
  api,
  log,
  metrics,
}: HttpAppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trusts);
  app.use(baseHeaders(publicUrl));
  app.use(ops);
  app.use(assetsRouter(clientDir));
  app.use(media);

  const page = (kind: PageKind): RequestHandler<{ slug: string }> => {
    return async (req, res) => {
      const event = await directory.find(req.params.slug);
      const template = await pages(kind, req.originalUrl);
      res.set('Cache-Control', 'no-cache').type('html');
      // The page itself says that nothing plays here, in the reader's language.
      if (!event) return void res.status(404).send(template);
      const shown = { ...event, theme: shownTheme(event.theme, mediaUrl) };
      res.send(renderPage(template, kind, shown, publicUrl ?? `${req.protocol}://${req.host}`));
    };
  };
  const headers = pageHeaders(publicUrl, async (slug) => (await directory.find(slug))?.allowedOrigins ?? [], sisters.hosts);
  app.get('/e/:slug', headers, page('fan'));
  app.get('/host/:slug', headers, page('host'));
  app.get('/', (_req, res) => {
    const events = directory.open();
    const [only] = events;
    if (only && events.length === 1) return res.redirect(302, `/e/${only.slug}`);
    res.set('Cache-Control', 'no-cache').type('html').send(renderList(events));
  });
  app.use('/api', api);
  app.use(notFound);
  app.use(errorHandler(log, metrics));
  return app;
}
