/** What fans cost the house: measured while nothing else is asked of it. */
import { measureFloor } from '../floor/floor.ts';
import { isOrder } from '../plan.ts';
import type { CostWindows } from '../report/facts.ts';
import { growthOf, totalOf } from '../sampling/windows.ts';
import type { RunSet } from './run-set.ts';

const US_PER_S = 1e6;
const EMPTY_MS = 10_000;
/** What was said last has been shown, and arrivals are told of. */
const SETTLE_MS = 5_000;
const IDLE_MS = 15_000;
/** So long that a frame's cost is not lost in what silence costs meanwhile. */
const LINES_FOR_MS = 30_000;
/**
 * Between two lines: 20,000 frames a second, which two cores carry beside whoever reads them, as far as lines are no farther apart than a beat of
 * a full house. Nearly each line is a frame of its own then, and few fans have many of them, or what silence costs would drown what they cost.
 */
const APART_MS_PER_FAN = 0.05;
const APART_MIN_MS = 250;
const APART_MAX_MS = 2_500;

export const UNMEASURED = { idleUsPerS: null, frames: null, framesUs: null, rssFullBytes: null };

export type Empty = Pick<CostWindows, 'emptyUsPerS' | 'rssBeforeBytes' | 'floorBeforeUs'>;

/** The house without a crowd, and the bare socket. */
export async function measureEmpty(set: RunSet): Promise<Empty> {
  const floorBeforeUs = await measureFloor(fansOfOne(set));
  const { cpuUs, ms } = await windowOf(set, EMPTY_MS);
  return { emptyUsPerS: perSecond(cpuUs, ms), rssBeforeBytes: totalOf(await set.sampler.look(), 'rssBytes'), floorBeforeUs };
}

/**
 * The house once its crowd has gone, in µs of CPU a second. Before the crowd came it still put away what the rehearsal had left, at times more than a
 * crowd in silence costs: the lesser of both is what it costs empty.
 */
export async function measureEmptied(set: RunSet): Promise<number | null> {
  await set.pause(SETTLE_MS);
  const { cpuUs, ms } = await windowOf(set, EMPTY_MS);
  return perSecond(cpuUs, ms);
}

/** Fans in one process of the full house. */
export function fansOfOne({ plan, house }: Pick<RunSet, 'plan' | 'house'>): number {
  return Math.ceil(plan.fans / house.origins.length);
}

/**
 * The house with a crowd that says nothing: left alone, then with lines by the host to everybody, then left alone again. What silence
 * costs drifts while clocks settle, and it is taken off what frames cost: the mean of before and after is what it was in between.
 */
export async function measureFull(
  set: RunSet,
): Promise<Pick<CostWindows, 'idleUsPerS' | 'frames' | 'framesUs' | 'rssFullBytes'>> {
  const { sampler, host, pause, clock } = set;
  set.say('measuring what fans cost who only listen');
  await pause(SETTLE_MS);
  const rssFullBytes = totalOf(await sampler.look(), 'rssBytes');
  const silence = async () => {
    const { cpuUs, ms } = await windowOf(set, IDLE_MS);
    return perSecond(cpuUs, ms);
  };
  // Whoever flooded is read from for long after (FT11), and answered: nobody is idle.
  if (isOrder(set.plan, 'flood')) return { ...UNMEASURED, rssFullBytes };
  const before = await silence();
  if (!host) return { idleUsPerS: before, frames: null, framesUs: null, rssFullBytes };
  const fromMs = clock.nowMs();
  await sampler.look();
  const apartMs = Math.min(APART_MAX_MS, Math.max(APART_MIN_MS, set.plan.fans * APART_MS_PER_FAN));
  for (let n = 0; n < LINES_FOR_MS / apartMs; n += 1) {
    await host.say(`One frame for everybody, number ${n + 1}`).catch(() => '');
    await pause(apartMs);
  }
  const { cpuUs, ms } = await since(set, fromMs);
  const frames = growthOf(sampler.samples, 'framesSent', fromMs);
  await pause(SETTLE_MS);
  const after = await silence();
  const idleUsPerS = before === null || after === null ? null : (before + after) / 2;
  const framesUs = cpuUs === null || idleUsPerS === null ? null : Math.max(0, cpuUs - (idleUsPerS * ms) / 1_000);
  return { idleUsPerS, frames, framesUs, rssFullBytes };
}

async function windowOf(set: RunSet, ms: number) {
  const fromMs = set.clock.nowMs();
  await set.sampler.look();
  await set.pause(ms);
  return since(set, fromMs);
}

async function since({ sampler, clock }: RunSet, fromMs: number) {
  await sampler.look();
  const cpuS = growthOf(sampler.samples, 'cpuS', fromMs);
  const within = sampler.samples.filter(({ atMs }) => atMs >= fromMs);
  return {
    cpuUs: cpuS === null ? null : cpuS * US_PER_S,
    ms: (within.at(-1)?.atMs ?? clock.nowMs()) - (within[0]?.atMs ?? fromMs),
  };
}

function perSecond(cpuUs: number | null, ms: number): number | null {
  return cpuUs === null || ms <= 0 ? null : (cpuUs * 1_000) / ms;
}
