/** A run that nobody played, for the tests of what a report makes of one. */
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { CrowdResult, Measure } from '../../loadtest/crowd/types.ts';
import { planOf } from '../../loadtest/plan.ts';
import type { RunFacts } from '../../loadtest/report/facts.ts';
import type { ProcessSample } from '../../loadtest/sampling/sampler.ts';
import type { WatchResult } from '../../loadtest/watch/messages.ts';

export const STARTED_AT_MS = 1_800_000_000_000;

export function histogramOf(values: readonly number[]): string {
  const histogram = build();
  for (const value of values) histogram.recordValue(value);
  return encodeIntoCompressedBase64(histogram);
}

export function madeUpHistograms(changes: Partial<Record<Measure, readonly number[]>> = {}): CrowdResult['histograms'] {
  const values: Record<Measure, readonly number[]> = {
    join: [10, 20, 30],
    chatAck: [5, 6, 7],
    delivery: [80, 90, 100],
    deliveryLessBeat: [8, 9, 10],
    cueSkewUs: [100, 900, 2_000],
    generatorLag: [0, 1],
    ...changes,
  };
  return {
    join: histogramOf(values.join),
    chatAck: histogramOf(values.chatAck),
    delivery: histogramOf(values.delivery),
    deliveryLessBeat: histogramOf(values.deliveryLessBeat),
    cueSkewUs: histogramOf(values.cueSkewUs),
    generatorLag: histogramOf(values.generatorLag),
  };
}

export function madeUpCrowd(changes: Partial<CrowdResult> = {}): CrowdResult {
  return {
    requested: 198,
    joined: 198,
    failed: {},
    dropped: {},
    gaps: [],
    acknowledged: [{ id: 'lin_a', fanId: 'fan_a', key: 'k', atMs: STARTED_AT_MS }],
    refused: {},
    unanswered: 0,
    sentAgain: 0,
    frames: { received: 1_000, bytes: 40_000, wrong: 0 },
    shownTwice: 0,
    neverShown: 0,
    linesDelivered: 500,
    revisions: {},
    eventLanes: {},
    histograms: madeUpHistograms(),
    perSecond: [0, 1, 2, 3].map((second) => ({
      atMs: STARTED_AT_MS + second * 1_000,
      due: Math.min(198, second * 99),
      live: Math.min(198, second * 99),
      joins: second < 3 ? 99 : 0,
      joinP99Ms: 30,
      ackP99Ms: 7,
      deliveryP99Ms: 100,
      frames: 300,
      bytes: 9_000,
      generatorLagMs: 1,
    })),
    cpuS: 2,
    peakLagMs: 3,
    ...changes,
  };
}

export function madeUpWatchers(changes: Partial<WatchResult> = {}): WatchResult {
  const timed = [{ atMs: STARTED_AT_MS + 1_000, ms: 12 }];
  return {
    requested: 2,
    joined: 2,
    closed: {},
    joins: timed,
    acks: timed,
    ages: timed,
    cues: timed,
    gaps: [],
    acknowledged: [],
    refused: {},
    linesShown: 20,
    cpuS: 1,
    ...changes,
  };
}

export function madeUpSample(changes: Partial<ProcessSample> = {}): ProcessSample {
  return {
    atMs: STARTED_AT_MS,
    index: 0,
    pid: 1,
    cpuS: 1,
    rssBytes: 100 * 1_024 * 1_024,
    loopP99Ms: 11,
    loopMaxMs: 20,
    fans: 200,
    sections: 1,
    hasStage: true,
    framesSent: 0,
    bytesSent: 0,
    joins: 200,
    ...changes,
  };
}

/** All is well in it; `changes` are what is not. */
export function madeUpFacts(changes: Partial<RunFacts> = {}): RunFacts {
  return {
    plan: planOf({ profile: 'smoke' }),
    seed: 7,
    house: { kind: 'cluster', processes: 1 },
    startedAtMs: STARTED_AT_MS,
    endedAtMs: STARTED_AT_MS + 20_000,
    baseline: { crowd: madeUpCrowd(), commands: [{ name: 'seek', atMs: STARTED_AT_MS, tookMs: 9, result: 'done' }] },
    crowd: madeUpCrowd(),
    watchers: madeUpWatchers(),
    commands: [{ name: 'seek', atMs: STARTED_AT_MS + 4_000, tookMs: 12, result: 'done' }],
    samples: [madeUpSample(), madeUpSample({ atMs: STARTED_AT_MS + 1_000, cpuS: 1.5, framesSent: 600 })],
    machineTime: { busyS: 5, stolenS: 1 },
    fansByServer: { most: 200, atEnd: 200, seatedAtEnd: 200 },
    journal: { lost: [], duplicated: [], unshipped: 0, checked: 1 },
    cost: {
      emptyUsPerS: null,
      idleUsPerS: null,
      frames: null,
      framesUs: null,
      rssBeforeBytes: 50 * 1_024 * 1_024,
      rssFullBytes: null,
      floorBeforeUs: 8,
      floorAfterUs: 10,
    },
    acts: [],
    agreement: { clients: 2, sameState: 2, sawLastLine: 2, lastLineMs: 120 },
    machine: {
      cpus: 2,
      cpuModel: 'Made Up',
      memoryGiB: 24,
      kernel: 'Linux',
      node: 'v24',
      versions: {},
      settings: {},
      descriptors: '20000',
      loadBefore: 0,
      loadAfter: 1,
    },
    notes: [],
    ...changes,
  };
}
