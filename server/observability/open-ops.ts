/** Everything by which a process is watched, put together: its own figures, what it hears of the others, and who may see it. */
import { hostname } from 'node:os';
import type { Presence } from '@colyseus/core';
import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { Clock } from '../../core/clock.ts';
import type { Log, PartyEvent } from '../../rooms/ports.ts';
import type { ProcessFigures as Load } from '../../rooms/seats/room-left.ts';
import type { Venue } from '../../rooms/venue.ts';
import type { EventId } from '../../schemas/ids.ts';
import type { Config } from '../config.ts';
import { measureHouse, type RedisFigures } from './house-metrics.ts';
import { watchHouse } from './house-watch.ts';
import { opsPageRouter } from './ops-page-router.ts';
import { opsRouter } from './ops-router.ts';
import { type FigureWatch, watchFigures } from './process-figures.ts';
import { measureProcess } from './process-metrics.ts';
import { processStatus, type ServiceStatus } from './process-status.ts';

export interface OpsDeps {
  readonly clock: Clock;
  readonly eventNowMs: () => number;
  readonly log: Log;
  readonly registry: Registry;
  readonly presence: Presence;
  readonly processId: () => string;
  /** Known once this process listens. */
  readonly port: () => number;
  readonly ready: () => true | readonly string[];
  readonly venue: Pick<Venue, 'occupancy' | 'view'>;
  readonly directory: { byId(id: EventId): PartyEvent | undefined };
  readonly load: () => Load;
  readonly lines: { loopDelayMs(): number };
  readonly transport: { bufferedBytes(): number };
  readonly storage: { waiting(): number; unready(): string | null };
  readonly meeting: { unready(): string | null; readonly redis: RedisFigures | undefined };
  readonly config: Pick<Config, 'redisUrl' | 'databaseUrl' | 'adminToken'>;
  readonly onClose: (name: string, run: () => unknown) => void;
}

export async function openOps(deps: OpsDeps): Promise<RequestHandler> {
  const { clock, eventNowMs, log, registry, port, ready, venue, directory, lines, transport, storage, meeting, config } = deps;
  const bufferedBytes = () => transport.bufferedBytes();
  measureProcess(registry, { bufferedBytes, journalWaiting: () => storage.waiting() });
  const figures = watchFigures({
    clock,
    log,
    registry,
    load: deps.load,
    loopDelayMs: () => lines.loopDelayMs(),
    memoryBytes: () => process.memoryUsage.rss(),
    bufferedBytes,
  });
  deps.onClose('figures', () => figures.stop());

  const services = (): ServiceStatus[] => [
    ...(config.redisUrl === undefined ? [] : [{ name: 'Redis', trouble: meeting.unready() }]),
    { name: 'Journal', trouble: storage.unready() },
    ...(config.databaseUrl === undefined ? [] : [{ name: 'Database', trouble: databaseTrouble(figures) }]),
  ];
  const startedAtMs = eventNowMs();
  const status = () =>
    processStatus({
      pid: process.pid,
      processId: deps.processId,
      ready,
      occupancy: () => venue.occupancy(),
      view: (id) => venue.view(id),
      eventById: (id) => directory.byId(id),
      place: () => `${hostname()}:${port()}`,
      startedAtMs,
      figures: () => figures.latest(),
      services,
    });
  measureHouse(registry, { isReady: () => ready() === true, stages: () => venue.occupancy().stages, redis: meeting.redis });
  const house = await watchHouse({
    presence: deps.presence,
    clock,
    eventNowMs,
    log,
    own: status,
    canHear: () => meeting.unready() === null,
  });
  deps.onClose('house', () => house.stop());
  const page = opsPageRouter({ clock, view: () => house.view() });
  return opsRouter({ registry, ready, status, page, adminToken: config.adminToken, trustLoopback: true });
}

/** The shipper is who asks the database all the time. */
function databaseTrouble(figures: FigureWatch): string | null {
  const failures = figures.valueOf('front_row_journal_failed_shipments');
  if (failures === 0) return null;
  return `does not take the journals, ${figures.valueOf('front_row_journal_unshipped_rows')} rows wait`;
}
