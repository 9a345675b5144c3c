/** The bus over Colyseus Presence: in one process by default, between processes when Presence is Redis. */
import type { Presence } from '@colyseus/core';
import type { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { DownMessage, PageChanged, SeatOffer, UpMessage } from '../../schemas/bus-messages.ts';
import type { Log, Metrics, StageBus } from '../ports.ts';

/** Longer messages are a bug or an attack; a full batch is about a tenth of it. */
const MESSAGE_MAX_CHARS = 1_000_000;
/** A publish that Presence does not take by then counts as lost: the bus may lose. */
const PUBLISH_DEADLINE_MS = 500;

export interface BusDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** `prefix` keeps installations on one Redis apart. No promise of this bus rejects for a publish: loss is counted. */
export function presenceBus(presence: Presence, prefix: string, { clock, log, metrics }: BusDeps): StageBus {
  const here = `${prefix}here:`;

  function lost(reason: string, fields: object): void {
    metrics.busDropped(reason);
    log.warn({ reason, ...fields }, 'a bus message was lost');
  }

  function publish(topic: string, message: object): Promise<void> {
    const text = JSON.stringify(message);
    if (text.length > MESSAGE_MAX_CHARS) {
      lost('too_long', { topic, chars: text.length });
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const cancel = clock.after(PUBLISH_DEADLINE_MS, () => {
        lost('deadline', { topic });
        resolve();
      });
      Promise.resolve()
        .then(() => presence.publish(topic, text))
        .catch((err: unknown) => lost('publish_failed', { topic, err }))
        .finally(() => {
          cancel();
          resolve();
        });
    });
  }

  async function subscribe<T>(topic: string, schema: z.ZodType<T>, handler: (message: T) => void): Promise<() => Promise<void>> {
    const receive = (text: unknown): void => {
      const message = parse(schema, text);
      if (message === undefined) return lost('unreadable', { topic });
      try {
        handler(message);
      } catch (err) {
        metrics.handlerError('bus');
        log.error({ err, topic }, 'a bus handler threw');
      }
    };
    await presence.subscribe(topic, receive);
    return async () => {
      await presence.unsubscribe(topic, receive);
    };
  }

  return {
    publishDown: (eventId, message) => publish(`${prefix}down:${eventId}`, message),
    publishUp: (eventId, message) => publish(`${prefix}up:${eventId}`, message),
    publishSeats: (offer) => publish(`${prefix}seats`, offer),
    publishPage: (change) => publish(`${prefix}pages`, change),
    onDown: (eventId, handler) => subscribe(`${prefix}down:${eventId}`, DownMessage, handler),
    onUp: (eventId, handler) => subscribe(`${prefix}up:${eventId}`, UpMessage, handler),
    onSeats: (handler) => subscribe(`${prefix}seats`, SeatOffer, handler),
    onPage: (handler) => subscribe(`${prefix}pages`, PageChanged, handler),
    async attend(processId) {
      // A subscription is what ends with the connection.
      const nothingComes = () => undefined;
      await presence.subscribe(`${here}${processId}`, nothingComes);
      return async () => {
        await presence.unsubscribe(`${here}${processId}`, nothingComes);
      };
    },
    async present() {
      const channels = await presence.channels(`${here}*`);
      return new Set(channels.map((channel) => channel.slice(here.length)));
    },
  };
}

function parse<T>(schema: z.ZodType<T>, text: unknown): T | undefined {
  if (typeof text !== 'string' || text.length > MESSAGE_MAX_CHARS) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
