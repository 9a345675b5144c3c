/** Adds up what the processes of a crowd counted. */
import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { MEASURES, type ResultPart, type SecondPart, type Tally } from './crowd-messages.ts';
import { add } from './ledger.ts';
import type { CrowdResult, CrowdSecond, CrowdStatus, Measure } from './types.ts';

const SECOND_MS = 1_000;
/** A day in ms, or a minute and a half in µs: beyond it a value counts as the highest. */
const HIGHEST = 86_400_000;

interface Row {
  readonly parts: Map<number, SecondPart>;
  readonly tallies: Record<'join' | 'chatAck' | 'delivery', Tally>;
  joins: number;
  frames: number;
  bytes: number;
  lagMs: number;
}

export class CrowdSum {
  readonly #startAtMs: number;
  readonly #latest: (SecondPart | undefined)[];
  readonly #rows: Row[] = [];
  readonly #histograms: Record<Measure, Histogram>;

  constructor(startAtMs: number, processes: number) {
    this.#startAtMs = startAtMs;
    this.#latest = Array.from({ length: processes }, () => undefined);
    this.#histograms = Object.fromEntries(MEASURES.map((measure) => [measure, emptyHistogram()])) as Record<Measure, Histogram>;
  }

  second(process: number, part: SecondPart): void {
    this.#latest[process] = part;
    const row = this.#rowAt(part.atMs);
    row.parts.set(process, part);
    row.joins += part.joins;
    row.frames += part.frames;
    row.bytes += part.bytes;
    row.lagMs = Math.max(row.lagMs, part.lagMs);
    for (const measure of ['join', 'chatAck', 'delivery'] as const) {
      for (const [value, count] of part.tallies[measure]) add(row.tallies[measure], value, count);
    }
    for (const measure of MEASURES) {
      const histogram = this.#histograms[measure];
      for (const [value, count] of part.tallies[measure]) histogram.recordValueWithCount(Math.min(value, HIGHEST), count);
    }
  }

  status(): CrowdStatus {
    const parts = this.#latest.filter((part) => part !== undefined);
    const revisions = summed(parts.map((part) => part.revisions));
    const eventLanes = summed(parts.map((part) => part.eventLanes));
    const newest = Math.max(0, ...revisions.keys());
    return {
      due: total(parts, 'due'),
      live: total(parts, 'live'),
      waiting: total(parts, 'waiting'),
      reconnecting: total(parts, 'reconnecting'),
      failed: total(parts, 'failed'),
      acknowledged: total(parts, 'acknowledged'),
      frames: total(parts, 'framesInAll'),
      generatorLagMs: Math.max(0, ...parts.map(({ lagMs }) => lagMs)),
      revision: { newest, fans: revisions.get(newest) ?? 0 },
      eventLane: { fans: Math.max(0, ...eventLanes.values()) },
    };
  }

  result(parts: readonly ResultPart[]): CrowdResult {
    const shown = new Set(parts.flatMap(({ shownIds }) => shownIds));
    const acknowledged = parts.flatMap((part) => part.acknowledged);
    const sum = (value: (part: ResultPart) => number) => parts.reduce((so, part) => so + value(part), 0);
    return {
      requested: sum(({ requested }) => requested),
      joined: sum(({ joined }) => joined),
      failed: merged(parts.map(({ failed }) => failed)),
      dropped: merged(parts.map(({ dropped }) => dropped)),
      gaps: parts.flatMap(({ gaps }) => gaps),
      acknowledged,
      refused: merged(parts.map(({ refused }) => refused)),
      unanswered: sum(({ unanswered }) => unanswered),
      frames: {
        received: sum(({ frames }) => frames.received),
        bytes: sum(({ frames }) => frames.bytes),
        wrong: sum(({ frames }) => frames.wrong),
      },
      shownTwice: sum(({ shownTwice }) => shownTwice),
      sentAgain: sum(({ sentAgain }) => sentAgain),
      neverShown: acknowledged.filter(({ id }) => !shown.has(id)).length,
      linesDelivered: sum(({ linesDelivered }) => linesDelivered),
      revisions: merged(parts.map(({ revisions }) => revisions)),
      eventLanes: merged(parts.map(({ eventLanes }) => eventLanes)),
      histograms: Object.fromEntries(
        MEASURES.map((measure) => [measure, encodeIntoCompressedBase64(this.#histograms[measure])]),
      ) as Record<Measure, string>,
      perSecond: this.#perSecond(),
      cpuS: sum(({ cpuS }) => cpuS),
      peakLagMs: Math.max(0, ...parts.map(({ peakLagMs }) => peakLagMs)),
    };
  }

  #rowAt(atMs: number): Row {
    const index = Math.max(0, Math.floor((atMs - this.#startAtMs) / SECOND_MS));
    while (this.#rows.length <= index) {
      const tallies = { join: new Map(), chatAck: new Map(), delivery: new Map() };
      this.#rows.push({ parts: new Map(), tallies, joins: 0, frames: 0, bytes: 0, lagMs: 0 });
    }
    return this.#rows[index] as Row;
  }

  /** A process that said nothing in a second is where it was in the one before. */
  #perSecond(): CrowdSecond[] {
    const latest = new Map<number, SecondPart>();
    return this.#rows.map((row, index) => {
      for (const [process, part] of row.parts) latest.set(process, part);
      const parts = [...latest.values()];
      return {
        atMs: this.#startAtMs + index * SECOND_MS,
        due: total(parts, 'due'),
        live: total(parts, 'live'),
        joins: row.joins,
        joinP99Ms: p99(row.tallies.join),
        ackP99Ms: p99(row.tallies.chatAck),
        deliveryP99Ms: p99(row.tallies.delivery),
        frames: row.frames,
        bytes: row.bytes,
        generatorLagMs: row.lagMs,
      };
    });
  }
}

function emptyHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
  });
}

function total<Key extends string>(parts: readonly Record<Key, number>[], key: Key): number {
  return parts.reduce((so, part) => so + part[key], 0);
}

function summed<Key>(counts: readonly ReadonlyMap<Key, number>[]): Map<Key, number> {
  const sum = new Map<Key, number>();
  for (const map of counts) for (const [key, count] of map) add(sum, key, count);
  return sum;
}

function merged<Key extends string | number>(counts: readonly ReadonlyMap<Key, number>[]): Record<string, number> {
  return Object.fromEntries(summed(counts));
}

function p99(tally: Tally): number {
  const sorted = [...tally].toSorted(([a], [b]) => a - b);
  const all = sorted.reduce((so, [, count]) => so + count, 0);
  let left = Math.ceil(all * 0.99);
  for (const [value, count] of sorted) {
    left -= count;
    if (left <= 0) return value;
  }
  return 0;
}
