/** One process, whole: stores, rooms, doors and pages. Tests start it on port 0; `main.ts` starts it for good. */
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { matchMaker } from '@colyseus/core';
import { Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import { presenceBus } from '../rooms/bus/presence-bus.ts';
import { closeStockMatchmaking } from '../rooms/colyseus-private.ts';
import { createVenue } from '../rooms/create-venue.ts';
import type { EventStore, Log, PartyEvent } from '../rooms/ports.ts';
import type { Venue } from '../rooms/venue.ts';
import { trustProxies } from './auth/proxies.ts';
import { createSealer } from './auth/seal.ts';
import { type Config, nameOf } from './config.ts';
import { secretOf } from './config-secret.ts';
import { bookDemo, DEMO_SLUG, freshInvite } from './demo.ts';
import { startDemoHost } from './demo-host.ts';
import { openEventListing } from './event-listing.ts';
import { createDoors } from './http/doors.ts';
import { eventRoutes } from './http/event-routes.ts';
import { createHttpApp } from './http/http-app.ts';
import { createLines } from './http/lines.ts';
import { createOrigins } from './http/origins.ts';
import { builtPages } from './http/pages.ts';
import { createRateLimits } from './http/rate-limits.ts';
import { baseHeaderValues } from './http/security-headers.ts';
import { createSisters, doorsFrom } from './http/sisters.ts';
import { ticketDesk } from './http/ticket-desk.ts';
import { mediaRouter } from './media/media-router.ts';
import { mediaSigner } from './media/signer.ts';
import { openMeetingPoint } from './meeting-point.ts';
import { descriptorsMax } from './observability/descriptors.ts';
import { createMetrics } from './observability/metrics.ts';
import { openOps } from './observability/open-ops.ts';
import { readiness } from './observability/ops-router.ts';
import { startRetention } from './retention.ts';
import type { Show } from './show.ts';
import { type ShutdownStep, shutDown } from './shutdown.ts';
import { openStorage } from './storage.ts';
import { announced, announcedState, type PublishPage } from './store/pg-announced.ts';
import { PartyTransport } from './transport/party-transport.ts';
import { whenAvailable } from './when-available.ts';

export interface PartyDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** `length` characters of [0-9a-z] that nobody can guess. */
  readonly newId: (length: number) => string;
  readonly log: Log;
  /** What the demo plays. */
  readonly show: Show;
  /** Where the pages were built. */
  readonly clientDir: string;
}

export interface Party {
  readonly port: number;
  /** Where fans come in. */
  readonly origin: string;
  readonly events: EventStore;
  readonly venue: Venue;
  readonly registry: Registry;
  readonly demo: PartyEvent;
  /** The host console with a fresh owner's invitation. */
  hostUrl(): Promise<string>;
  /** Looks for events that were booked or changed since; done by itself every few seconds. */
  refreshEvents(): Promise<void>;
  /** Counts and logs what nobody caught. */
  caught(where: string, error: unknown): void;
  /** Stops taking fans, moves those who are there, writes what is pending. Bounded in time; never rejects. */
  close(): Promise<void>;
}

/** Long enough to hand the stages and all fans over; see `rooms/handover.ts`. */
const VENUE_CLOSE_MS = 16_000;
/** Files, databases, the listening socket. */
const OTHER_DESCRIPTORS = 50;
const STEP_MS = 4_000;

/** Resolves when fans can join. When it rejects, everything it had opened is closed again. */
export async function startParty(config: Config, deps: PartyDeps): Promise<Party> {
  const steps: ShutdownStep[] = [];
  try {
    return await open(config, deps, steps);
  } catch (error) {
    await shutDown(steps, deps.clock, deps.log);
    throw error;
  }
}

async function open(config: Config, deps: PartyDeps, steps: ShutdownStep[]): Promise<Party> {
  const { clock, random, newId, log, show, clientDir } = deps;
  const onClose = (name: string, run: () => unknown, withinMs = STEP_MS) =>
    steps.unshift({ name, withinMs, run: async () => run() });
  let state: 'starting' | 'open' | 'closing' = 'starting';

  await mkdir(config.dataDir, { recursive: true });
  const secrets = config.ticketSecrets ?? [await secretOf(config.dataDir)];
  const sealer = createSealer(secrets);
  const signer = mediaSigner(secrets);
  const registry = new Registry();
  const metrics = createMetrics(registry);

  const caught = (where: string, error: unknown) => {
    metrics.handlerError(where);
    log.error({ err: error, where }, 'an error that nobody caught');
  };

  let [port, listens] = [config.port, false];
  const originOf = () => config.publicUrl ?? `http://localhost:${port}`;
  const consoleUrl = (slug: string, inviteId: string) => `${originOf()}/host/${slug}#invite=${inviteId}`;
  /** Alone, sockets go where the page came from; of many processes each has an address of its own. */
  const publicAddress = () => {
    return config.publicAddress ?? (config.redisUrl === undefined ? null : `${nameOf(config.host)}:${port}`);
  };

  const storage = await openStorage(config, { clock, random, log, onClose });
  const { journal } = storage;
  const { eventNowMs, stageStore, ...meeting } = await openMeetingPoint(config, {
    clock,
    log,
    storage,
    publicAddress,
    onListenerError: (error) => caught('presence', error),
    onClose,
  });
  closeStockMatchmaking();
  const bus = presenceBus(matchMaker.presence, 'bus:', { clock, log, metrics });
  const publish: PublishPage = (change) => bus.publishPage(change);
  const events = announced(storage.events, publish, log);
  const { stageEvents } = storage;
  const patiently = <T>(task: () => Promise<T>) => whenAvailable({ clock, random, log }, task);
  const demo = await patiently(() => bookDemo({ events, stageStore, eventNowMs, newId }, show.booked));
  onClose('retention', startRetention({ clock, eventNowMs, days: config.retentionDays, prune: storage.prune, log }));
  const coreShare = Math.min(1, availableParallelism() / config.processes);
  const lines = createLines({
    clock,
    eventNowMs,
    random,
    processId: () => matchMaker.processId,
    admissionsPerS: config.admissionsPerS,
    seated: () => venue.seated(),
    coreShare,
  });
  onClose('lines', () => lines.stop());
  const descriptorLimit = descriptorsMax();
  const load = () => ({
    descriptors: OTHER_DESCRIPTORS + transport.connections,
    descriptorsMax: descriptorLimit,
    utilisation: lines.utilisation(),
  });
  const mediaUrl = (url: string) => signer.fresh(url, eventNowMs());
  const venue = createVenue({
    clock,
    eventNowMs,
    random,
    newId,
    processId: () => matchMaker.processId,
    get publicAddress() {
      return publicAddress();
    },
    sectionSeats: config.sectionSeats,
    bus,
    stageStore,
    ...(meeting.stageLease && { stageLease: meeting.stageLease }),
    ...(stageEvents && { stageEvents: (id, epoch) => announcedState(stageEvents(id, epoch), events, publish, log) }),
    journal,
    events,
    metrics,
    log,
    loopDelayMs: () => lines.loopDelayMs(),
    coreShare,
    load,
    lines,
    mediaUrl,
    inviteUrl: consoleUrl,
  });
  matchMaker.defineRoomType('stage', venue.rooms.stage);
  matchMaker.defineRoomType('section', venue.rooms.section);
  await matchMaker.accept();

  const keepOpen = (event: PartyEvent) => {
    if (!listens || state === 'closing') return; // Others' changes are heard before anybody can reach us; we look again then.
    venue.openEvent(event.id).catch((error: unknown) => log.error({ err: error, event: event.id }, 'could not open an event'));
  };
  const directory = await openEventListing({ clock, eventNowMs, random, log, bus, events, storage, keepOpen, onClose });
  const trusts = trustProxies(config.trustedProxies);
  const sisters = createSisters({
    isOneOfMany: config.redisUrl !== undefined,
    own: publicAddress,
    neighbours: () => venue.neighbours(),
  });
  const origins = createOrigins(config.publicUrl, sisters);
  const transport = new PartyTransport({
    clock,
    eventNowMs,
    sealer,
    venue,
    originAllowed: (req, eventId) =>
      origins.isAllowed(
        req,
        eventId === undefined ? directory.open() : [directory.byId(eventId)].filter((event) => event !== undefined),
      ),
    metrics,
    log,
  });
  const ready = () => readiness(state, storage.unready(), meeting.unready());
  const ops = await openOps({
    clock,
    eventNowMs,
    log,
    registry,
    presence: matchMaker.presence,
    processId: () => matchMaker.processId,
    port: () => port,
    ready,
    venue,
    directory,
    load,
    lines,
    transport,
    storage,
    meeting,
    config,
    onClose,
  });
  // On the way out the rooms say goodbye first, while the sockets are still there.
  onClose('sockets', () => transport.close());
  onClose('matchmaker', () => matchMaker.gracefullyShutdown());
  onClose('venue', () => venue.close(), VENUE_CLOSE_MS);
  storage.measureShipping(registry, eventNowMs);

  const doors = createDoors({ eventNowMs, random, newId, sealer, venue, events, lines, isTakingFans: () => state !== 'closing' });
  const [addressKey] = secrets.slice(-1);
  const access = {
    directory,
    origins,
    doorsFrom: doorsFrom(config.publicUrl, sisters),
    limits: createRateLimits(config.limits),
    trusts,
    addressKey: addressKey ?? '',
  };
  const app = createHttpApp({
    trusts,
    publicUrl: config.publicUrl,
    clientDir,
    pages: builtPages(clientDir),
    directory,
    mediaUrl,
    sisters,
    ops,
    media: mediaRouter({ tracks: show.files, signer, nowMs: eventNowMs }),
    api: eventRoutes({ ...access, venue, mediaUrl, eventNowMs }),
    log,
    metrics,
  });
  const headers = baseHeaderValues(config.publicUrl);
  const { publicUrl } = config;
  const desk = ticketDesk({ ...access, doors, sealer, publicUrl, random, nextTurn: setImmediate, headers, log, metrics }, app);
  transport.server.on('request', desk);
  [port, listens] = [await transport.open(config.port, config.host), true];

  await patiently(() => venue.openEvent(demo.id));
  await patiently(() => directory.refresh());
  const invite = (name: string, rank: 'host' | 'owner') => patiently(() => freshInvite({ events, newId }, demo, name, rank));
  onClose(
    'demo host',
    startDemoHost({
      clock,
      eventNowMs,
      // One process restarts it: the one that has its stage.
      view: () => (venue.occupancy().stages.includes(demo.id) ? venue.view(demo.id) : undefined),
      origin: `http://localhost:${port}`,
      slug: DEMO_SLUG,
      freshInvite: () => invite('House', 'host'),
      log,
    }),
  );
  state = 'open';

  let closing: Promise<void> | undefined;
  return {
    port,
    origin: originOf(),
    events,
    venue,
    registry,
    demo,
    hostUrl: async () => consoleUrl(demo.slug, await invite('Owner', 'owner')),
    refreshEvents: () => directory.refresh(),
    caught,
    close() {
      state = 'closing';
      closing ??= shutDown(steps, clock, log);
      return closing;
    },
  };
}
