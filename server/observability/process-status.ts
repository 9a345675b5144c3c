/**
 * What one process says about itself to whoever runs the house: `GET /status`, read by `npm run cluster:status`, and told to the
 * other processes, so that any of them can show the whole house.
 */
import { z } from 'zod';
import type { PartyEvent } from '../../rooms/ports.ts';
import type { EventView, Occupancy } from '../../rooms/venue.ts';
import type { EventId } from '../../schemas/ids.ts';

/** How it does, over the last seconds. */
const ProcessFigures = z.object({
  joinsPerS: z.number(),
  linesPerS: z.number(),
  framesPerS: z.number(),
  /** Mean length of the beats that were sent; 0: none was. */
  beatMs: z.number(),
  /** How late the event loop runs, 99th percentile of the last second. */
  loopDelayMs: z.number(),
  /** Busy share of the event loop, 0 to 1. */
  utilisation: z.number(),
  descriptors: z.int(),
  descriptorsMax: z.int(),
  memoryBytes: z.number(),
  bufferedBytes: z.number(),
});
export type ProcessFigures = z.infer<typeof ProcessFigures>;

/** Something that the process cannot do without for long. `trouble` null: all is well with it. */
const ServiceStatus = z.object({ name: z.string(), trouble: z.string().nullable() });
export type ServiceStatus = z.infer<typeof ServiceStatus>;

/** Not strict: while a deploy is under way, an older command may read a newer process, and the other way round. */
export const ProcessStatus = z.object({
  pid: z.int(),
  processId: z.string(),
  ready: z.boolean(),
  /** Why it is not ready. */
  reasons: z.array(z.string()),
  /** Slugs of the events whose stage is here. */
  stages: z.array(z.string()),
  sections: z.array(z.object({ roomId: z.string(), slug: z.string(), fans: z.int() })),
  /** The machine and the port that it listens on. */
  place: z.string().default(''),
  /** Event time. */
  startedAtMs: z.number().default(0),
  /** As `stages`, with the incarnation: it rises whenever a stage is taken over. */
  epochs: z.array(z.object({ slug: z.string(), epoch: z.int() })).default([]),
  figures: ProcessFigures.optional(),
  services: z.array(ServiceStatus).default([]),
});
export type ProcessStatus = z.infer<typeof ProcessStatus>;

export interface ProcessStatusSources {
  readonly pid: number;
  readonly processId: () => string;
  readonly ready: () => true | readonly string[];
  readonly occupancy: () => Occupancy;
  readonly view: (id: EventId) => Pick<EventView, 'snapshot'> | undefined;
  readonly eventById: (id: EventId) => PartyEvent | undefined;
  readonly place: () => string;
  readonly startedAtMs: number;
  readonly figures: () => ProcessFigures;
  readonly services: () => readonly ServiceStatus[];
}

export function processStatus(sources: ProcessStatusSources): ProcessStatus {
  const { pid, processId, ready, occupancy, view, eventById, place, startedAtMs, figures, services } = sources;
  const state = ready();
  const { stages, sections } = occupancy();
  const slugOf = (id: EventId) => eventById(id)?.slug ?? id;
  return {
    pid,
    processId: processId(),
    ready: state === true,
    reasons: state === true ? [] : [...state],
    stages: stages.map(slugOf).toSorted(),
    sections: sections.map(({ roomId, eventId, fans }) => ({ roomId, slug: slugOf(eventId), fans })),
    place: place(),
    startedAtMs,
    epochs: stages.map((id) => ({ slug: slugOf(id), epoch: view(id)?.snapshot.epoch ?? 0 })),
    figures: figures(),
    services: [...services()],
  };
}
