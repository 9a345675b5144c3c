/**
 * What each process knows of all: every one says its status to the others every two seconds, over the same Presence that rooms
 * use, so that any of them can show the whole house, over machines too, without an address or a token of the others.
 */
import type { Presence } from '@colyseus/core';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { inBackground } from '../../rooms/in-background.ts';
import type { Log } from '../../rooms/ports.ts';
import { ProcessStatus } from './process-status.ts';

export interface SeenProcess {
  readonly status: ProcessStatus;
  /** Since it was last heard; 0 for the one that asks. */
  readonly silentMs: number;
  /** Too long not to have heard of it. */
  readonly isLost: boolean;
}

/** Something that happened to the house. */
export interface Incident {
  /** Event time. */
  readonly atMs: number;
  readonly says: string;
}

export interface HouseView {
  readonly atMs: number;
  /** In the order of their places. */
  readonly processes: readonly SeenProcess[];
  /** Newest first. */
  readonly incidents: readonly Incident[];
}

export interface HouseWatch {
  view(): HouseView;
  /** Says goodbye, so that nobody misses this process. */
  stop(): Promise<void>;
}

export interface HouseWatchDeps {
  readonly presence: Pick<Presence, 'publish' | 'subscribe' | 'unsubscribe'>;
  readonly clock: Clock;
  readonly eventNowMs: () => number;
  readonly log: Log;
  readonly own: () => ProcessStatus;
  /** Whether the others can be heard at all. */
  readonly canHear: () => boolean;
}

const TOPIC = 'house:status';
const TELL_EVERY_MS = 2_000;
const LOST_AFTER_MS = 7_000;
/** Then it is no longer missed: somebody made the house smaller. */
const FORGET_AFTER_MS = 10 * 60_000;
const INCIDENTS_MAX = 20;

const Message = z.object({ status: ProcessStatus, leaving: z.boolean() });

interface Heard {
  readonly status: ProcessStatus;
  atMs: number;
  isLost: boolean;
}

export async function watchHouse({ presence, clock, eventNowMs, log, own, canHear }: HouseWatchDeps): Promise<HouseWatch> {
  const others = new Map<string, Heard>();
  const epochs = new Map<string, number>();
  const incidents: Incident[] = [];
  let deafAtMs = clock.nowMs();

  function note(says: string): void {
    incidents.unshift({ atMs: eventNowMs(), says });
    incidents.length = Math.min(incidents.length, INCIDENTS_MAX);
  }

  /** A stage under a higher epoch than the one known was taken over. */
  function noteEpochs({ epochs: said, place }: ProcessStatus): void {
    for (const { slug, epoch } of said) {
      const known = epochs.get(slug);
      if (known !== undefined && epoch > known) note(`The stage of ${slug} was taken over by ${place} (epoch ${epoch})`);
      if (known === undefined || epoch > known) epochs.set(slug, epoch);
    }
  }

  function hear(text: unknown): void {
    const message = Message.safeParse(parsed(text));
    if (!message.success) return log.debug({}, 'a status that cannot be read');
    const { status, leaving } = message.data;
    if (status.processId === own().processId) return;
    // Whoever listens at a place that another had is what came after it.
    for (const [id, { status: before, isLost }] of others) {
      if (isLost && id !== status.processId && before.place === status.place) others.delete(id);
    }
    noteEpochs(status);
    if (leaving) {
      if (others.delete(status.processId)) note(`${status.place} said goodbye`);
      return;
    }
    const known = others.get(status.processId);
    if (known?.isLost) note(`${status.place} is heard again`);
    others.set(status.processId, { status, atMs: clock.nowMs(), isLost: false });
  }

  function look(): void {
    const nowMs = clock.nowMs();
    noteEpochs(own());
    if (!canHear()) deafAtMs = nowMs;
    for (const [id, heard] of others) {
      // While nobody can be heard, nobody is missed.
      const silentMs = nowMs - Math.max(heard.atMs, deafAtMs);
      if (silentMs > FORGET_AFTER_MS) others.delete(id);
      else if (silentMs > LOST_AFTER_MS && !heard.isLost) {
        heard.isLost = true;
        note(`${heard.status.place} was lost without a goodbye`);
      }
    }
  }

  async function tell(leaving: boolean): Promise<void> {
    await presence.publish(TOPIC, JSON.stringify({ status: own(), leaving }));
  }
  const tellInBackground = () => inBackground(tell(false), log, 'the others were not told how this process is');

  await presence.subscribe(TOPIC, hear);
  const stopTelling = clock.every(TELL_EVERY_MS, () => {
    look();
    tellInBackground();
  });
  tellInBackground();

  return {
    view() {
      look();
      const nowMs = clock.nowMs();
      const all = [...others.values()].map(({ status, atMs, isLost }) => ({ status, silentMs: nowMs - atMs, isLost }));
      const here = { status: own(), silentMs: 0, isLost: false };
      const inOrder = [here, ...all].toSorted((a, b) => comparePlaces(a.status.place, b.status.place));
      return { atMs: eventNowMs(), processes: inOrder, incidents: [...incidents] };
    },
    async stop() {
      stopTelling();
      await Promise.allSettled([tell(true), presence.unsubscribe(TOPIC, hear)]);
    },
  };
}

const byNumbers = new Intl.Collator('en', { numeric: true });
const comparePlaces = (a: string, b: string) => byNumbers.compare(a, b);

/** Redis hands on the text of a text, the local Presence the text itself. */
function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : text;
  } catch {
    return undefined;
  }
}
