/** `/api/events/:slug`: what the event is, and its colours. The doors: ticket-desk.ts. */
import { type Request, Router } from 'express';
import { PartyError } from '../../core/errors.ts';
import type { Venue } from '../../rooms/venue.ts';
import type { EventSummary } from '../../schemas/http.ts';
import { PROTOCOL_VERSION } from '../../schemas/protocol.ts';
import { hashAddress } from '../auth/network.ts';
import { askedOrigin, clientAddress, type TrustProxy } from '../auth/proxies.ts';
import type { EventPage } from '../store/event-rows.ts';
import { type EventDirectory, stateOf } from './event-directory.ts';
import { cors, corsHeaders, type Origins } from './origins.ts';
import { shownTheme, themeCss, themeVersion } from './pages.ts';
import type { RateLimits } from './rate-limits.ts';

export interface EventRoutesDeps {
  readonly directory: EventDirectory;
  readonly venue: Pick<Venue, 'view'>;
  readonly origins: Origins;
  /** All doors of the house, for a page that asked at this origin. */
  readonly doorsFrom: (origin: string) => string[];
  readonly limits: RateLimits;
  readonly trusts: TrustProxy;
  readonly addressKey: string;
  /** The address that a media URL is fetched at: ours, signed for a while; any other as it is. */
  readonly mediaUrl: (url: string) => string;
  readonly eventNowMs: () => number;
}

type EventRequest = Request<{ slug: string }>;

export function eventRoutes(deps: EventRoutesDeps): Router {
  const { directory, venue, limits, trusts, addressKey, mediaUrl, eventNowMs, doorsFrom } = deps;
  const router = Router();

  const eventOf = async (req: EventRequest): Promise<EventPage> => {
    const event = await directory.find(req.params.slug);
    if (!event) throw new PartyError('unknown_event', 'There is no such event.');
    return event;
  };

  router.use(async (req, res, next) => {
    if (deps.origins.isAllowed(req, [])) res.set(corsHeaders(deps.origins, req, []));
    await limits.request(hashAddress(addressKey, clientAddress(req, trusts)) ?? 'unknown');
    res.set('Cache-Control', 'no-store');
    next();
  });
  router.use(
    cors(deps.origins, async (slug) => {
      const event = slug === undefined ? undefined : await directory.find(slug);
      return event ? [event] : [];
    }),
  );

  router.get('/events/:slug', async (req, res) => {
    const event = await eventOf(req);
    const nowMs = eventNowMs();
    const summary: EventSummary = {
      slug: event.slug,
      title: event.title,
      artist: event.artist,
      label: event.labelName,
      theme: shownTheme(event.theme, mediaUrl),
      doorsAtMs: event.doorsAtMs,
      state: stateOf(event, venue.view(event.id), nowMs),
      emojis: [...event.emojis],
      doors: doorsFrom(askedOrigin(req, trusts)),
      protocol: PROTOCOL_VERSION,
      serverTimeMs: nowMs,
    };
    res.json(summary);
  });

  router.get('/events/:slug/theme.css', async (req, res) => {
    const event = await eventOf(req);
    // Named by its content, it never changes; a process that has not heard of an edit yet must not be remembered.
    const isNamed = req.query['v'] === themeVersion(event.theme);
    res.set('Cache-Control', isNamed ? 'public, max-age=86400' : 'no-cache');
    res.type('css').send(themeCss(event.theme));
  });

  return router;
}
