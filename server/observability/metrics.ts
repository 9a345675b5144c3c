/**
 * The actors' figures as Prometheus series. Names end in their unit; labels take values from closed lists only, so that
 * neither a fan nor a caller can make series.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Metrics } from '../../rooms/ports.ts';
import { COMMANDS } from '../../schemas/commands.ts';
import { HTTP_ERROR_CODES, REQUEST_ERROR_CODES, TICKET_ERROR_CODES } from '../../schemas/errors.ts';
import { labelsUpTo, labelsWithin } from './label-bounds.ts';

const CODES = [...HTTP_ERROR_CODES, ...REQUEST_ERROR_CODES, ...TICKET_ERROR_CODES];
const JOIN_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BEAT_BUCKETS_S = [0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5];
const FAN_OUT_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];
const COMMAND_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3];

/** Free-form places of errors that get their own series; the rest are counted together. */
const PLACES_MAX = 50;

/** Registers the series in `registry`, once. */
export function createMetrics(registry: Registry): Metrics {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name: `front_row_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []) =>
    new Histogram({ name: `front_row_${name}`, help, buckets, labelNames, registers });

  const code = labelsWithin(CODES);
  const command = labelsWithin(Object.keys(COMMANDS));
  const answer = labelsWithin(['seat', 'line', ...CODES]);
  const result = labelsWithin(['done', ...CODES]);
  const place = labelsUpTo(PLACES_MAX);
  const dropReason = labelsUpTo(PLACES_MAX);

  const joins = counter('joins_total', 'Joins by room and result: joined, or the code of the refusal.', ['room', 'result']);
  const asks = counter('asks_total', 'Tickets asked for, by answer: seat, line, or the code of the refusal.', ['answer']);
  const joinDuration = histogram('join_duration_seconds', 'From the upgrade to the acknowledged join.', JOIN_BUCKETS_S, ['room']);
  const leaves = counter('leaves_total', 'Departures by room.', ['room']);
  const accepted = counter('lines_accepted_total', 'Chat lines accepted.');
  const refused = counter('lines_refused_total', 'Chat lines refused, by code.', ['reason']);
  const beatLength = histogram('beat_length_seconds', 'Length of the beats that were sent.', BEAT_BUCKETS_S);
  const fanOut = histogram('beat_fan_out_seconds', "Time to hand one beat to all of a section's sockets.", FAN_OUT_BUCKETS_S);
  const frames = counter('sent_frames_total', 'Frames handed to sockets.');
  const bytes = counter('sent_bytes_total', 'Bytes of those frames.');
  const commands = histogram('command_duration_seconds', 'Staff commands, by name and result.', COMMAND_BUCKETS_S, [
    'command',
    'result',
  ]);
  const gaps = counter('bus_gaps_total', 'Notices missed, each cured by fetching the snapshot.');
  const dropped = counter('bus_dropped_messages_total', 'Bus messages that were not usable, by reason.', ['reason']);
  const shown = new Gauge({ name: 'front_row_shown_ratio', help: 'Share of accepted lines that reach everyone.', registers });
  const moderation = histogram(
    'moderation_effect_seconds',
    'From the arrival of a moderation command to the patch that carries it.',
    [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5],
  );
  const errors = counter('handler_errors_total', 'Errors that handlers did not foresee, by place.', ['where']);
  const audience = fansGauge(registry);

  return {
    joined(room, tookMs) {
      joins.inc({ room, result: 'joined' });
      joinDuration.observe({ room }, tookMs / 1_000);
    },
    refusedJoin: (refusal) => joins.inc({ room: 'none', result: code(refusal) }),
    asked: (said) => asks.inc({ answer: answer(said) }),
    left: (room) => leaves.inc({ room }),
    lineAccepted: () => accepted.inc(),
    lineRefused: (refusal) => refused.inc({ reason: code(refusal) }),
    beat(lengthMs, fanOutMs, sentFrames, sentBytes) {
      beatLength.observe(lengthMs / 1_000);
      fanOut.observe(fanOutMs / 1_000);
      frames.inc(sentFrames);
      bytes.inc(sentBytes);
    },
    command: (name, outcome, tookMs) => commands.observe({ command: command(name), result: result(outcome) }, tookMs / 1_000),
    busGap: () => gaps.inc(),
    busDropped: (reason) => dropped.inc({ reason: dropReason(reason) }),
    shownShare: (share) => shown.set(share),
    moderationEffect: (tookMs) => moderation.observe(tookMs / 1_000),
    handlerError: (where) => errors.inc({ where: place(where) }),
    ...audience,
  };
}

/** Fans and sections per event on this process; an event whose last section is gone leaves no series behind. */
function fansGauge(registry: Registry): Pick<Metrics, 'fans' | 'roomGone'> {
  const sections = new Map<string, { readonly eventId: string; readonly fans: number }>();
  new Gauge({
    name: 'front_row_fans',
    help: 'Fans in the sections of this process, by event.',
    labelNames: ['event'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { eventId, fans } of sections.values()) this.inc({ event: eventId }, fans);
    },
  });
  new Gauge({
    name: 'front_row_sections',
    help: 'Sections on this process.',
    registers: [registry],
    collect() {
      this.set(sections.size);
    },
  });
  return {
    fans: (eventId, section, fans) => void sections.set(section, { eventId, fans }),
    roomGone: (section) => void sections.delete(section),
  };
}
