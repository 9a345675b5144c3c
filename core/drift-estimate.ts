/**
 * Where the sound is, against where it should be. A media element's `currentTime` is a sawtooth of several ms, so no
 * single sample counts: the rates that we set ourselves are taken out of the samples, and a line is put through the rest.
 */
import { fitLine, lineAt, median } from './statistics.ts';

export interface DriftSample {
  /** A steady clock, such as the page's. */
  readonly atMs: number;
  /** The element's position, and the playhead at the same moment. */
  readonly heardMs: number;
  readonly targetMs: number;
}

interface Reading {
  readonly atMs: number;
  /** Heard minus target, without what our own bending has added since `resetAtMs`. */
  readonly plainMs: number;
}

export interface Estimator {
  readonly readings: readonly Reading[];
  /** What bending had added at `bentAtMs`, and the rate since. */
  readonly bentMs: number;
  readonly bentAtMs: number;
  readonly rate: number;
}

/** Long enough to average the sawtooth, short enough to follow the hardware. */
const WINDOW_MS = 4_000;
/** A page in the background looks once a second, so its last few readings count for longer. */
const SPARSE_WINDOW_MS = 15_000;
const SPARSE_READINGS = 8;
/** Over a shorter span a slope would be noise. */
const SLOPE_SPAN_MS = 2_000;
/** Before this much has been seen nothing is known. */
const MIN_SPAN_MS = 250;
const MIN_READINGS = 6;
/** So many readings in a row this far to one side are no noise: the sound stalled or jumped. */
const STEP_READINGS = 3;
const STEP_MS = 25;

export function newEstimator(atMs: number): Estimator {
  return { readings: [], bentMs: 0, bentAtMs: atMs, rate: 1 };
}

function bentBy({ bentMs, bentAtMs, rate }: Estimator, atMs: number): number {
  return bentMs + (rate - 1) * Math.max(0, atMs - bentAtMs);
}

/** From `atMs` on the element runs at `rate`. */
export function withRate(estimator: Estimator, rate: number, atMs: number): Estimator {
  return { ...estimator, bentMs: bentBy(estimator, atMs), bentAtMs: atMs, rate };
}

/** Takes in a sample; readings from before a step of the sound are dropped. */
export function withSample(estimator: Estimator, sample: DriftSample): Estimator {
  const reading = { atMs: sample.atMs, plainMs: sample.heardMs - sample.targetMs - bentBy(estimator, sample.atMs) };
  const sparseFrom = estimator.readings.length - SPARSE_READINGS;
  const kept = estimator.readings.filter(({ atMs }, index) => {
    const ageMs = sample.atMs - atMs;
    return ageMs > 0 && ageMs <= (index >= sparseFrom ? SPARSE_WINDOW_MS : WINDOW_MS);
  });
  const readings = [...kept, reading];
  const latest = readings.slice(-STEP_READINGS);
  const before = median(readings.slice(0, -STEP_READINGS).map(({ plainMs }) => plainMs));
  const stepped =
    before !== undefined &&
    (latest.every(({ plainMs }) => plainMs - before > STEP_MS) || latest.every(({ plainMs }) => before - plainMs > STEP_MS));
  return { ...estimator, readings: stepped ? latest : readings };
}

/** Time between the last two looks. */
export function lookGapMs({ readings }: Estimator): number {
  const [before, last] = readings.slice(-2);
  return before === undefined || last === undefined ? 0 : last.atMs - before.atMs;
}

/** Error in ms at `atMs` (positive: ahead), or undefined while too little was seen. */
export function errorAt(estimator: Estimator, atMs: number): number | undefined {
  const { readings } = estimator;
  const line = fitLine(readings.map((reading) => ({ x: reading.atMs - atMs, y: reading.plainMs })));
  if (line === undefined || readings.length < MIN_READINGS) return undefined;
  const spanMs = (readings.at(-1) as Reading).atMs - (readings[0] as Reading).atMs;
  if (spanMs < MIN_SPAN_MS) return undefined;
  const plainMs = spanMs < SLOPE_SPAN_MS ? line.y : lineAt(line, 0);
  return plainMs + bentBy(estimator, atMs);
}
