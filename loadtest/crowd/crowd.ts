/** Spawns a crowd's processes and steers them: their seconds and results are added up here. */
import { type Clock, systemClock } from '../../core/clock.ts';
import { eventSummary } from '../doors.ts';
import { CrewHandle } from './crew-handle.ts';
import { CrowdSum } from './crowd-sum.ts';
import { endpointOf } from './road.ts';
import type { Crowd, CrowdOptions, CrowdOrder, CrowdResult } from './types.ts';

/** Between everybody's being ready and the first arrival. */
const START_IN_MS = 100;
/**
 * Of the 28,232 local ports that a source has towards one destination. Linux tries one half of them first, each in turn: once most of that half
 * is taken, every further connection costs milliseconds of its time.
 */
const CONNECTIONS_PER_ADDRESS = 9_000;

/** Crowds of one run, whose processes are the same: those of the night have compiled their code in its rehearsal. */
export interface Crowds extends AsyncDisposable {
  /**
   * Resolves once all processes are ready and the arrivals' clock runs. Rejects when the event cannot be reached, or a process has died.
   * Crowds at one time have processes of their own.
   */
  start(options: CrowdOptions): Promise<Crowd>;
  /** Ends all processes, idle or not. */
  end(): Promise<void>;
}

/** None is left when it is disposed of. */
export function openCrowds(clock: Clock = systemClock()): Crowds {
  const all: CrewHandle[] = [];
  const idle: CrewHandle[] = [];
  const end = async () => {
    idle.length = 0;
    await Promise.all(all.splice(0).map((crew) => crew.kill()));
  };
  return {
    end,
    async start(options) {
      for (const origin of options.origins) endpointOf(origin);
      const [first] = options.origins;
      if (first === undefined || options.processes < 1) throw new RangeError('a crowd needs an origin and a process');
      const { emojis } = await eventSummary({ origin: first, slug: options.slug });
      while (idle.length < options.processes) {
        const crew = new CrewHandle(clock, all.length);
        all.push(crew);
        idle.push(crew);
      }
      return startWith(clock, idle.splice(0, options.processes), options, emojis, (crew) => idle.push(crew));
    },
    [Symbol.asyncDispose]: end,
  };
}

/** A crowd with processes of its own, which end with it. */
export async function startCrowd(options: CrowdOptions): Promise<Crowd> {
  const crowds = openCrowds();
  const endOf = async (crowd: Crowd) => {
    try {
      return await crowd.end();
    } finally {
      await crowds.end();
    }
  };
  try {
    const crowd = await crowds.start(options);
    let ended: Promise<CrowdResult> | undefined;
    return {
      ...crowd,
      end: () => (ended ??= endOf(crowd)),
      async [Symbol.asyncDispose]() {
        await ended?.catch(() => undefined);
        await crowds.end();
      },
    };
  } catch (error) {
    await crowds.end();
    throw error;
  }
}

async function startWith(
  clock: Clock,
  crews: readonly CrewHandle[],
  options: CrowdOptions,
  emojis: readonly string[],
  release: (crew: CrewHandle) => void,
): Promise<Crowd> {
  const run = Math.floor(clock.nowMs()).toString(36) + (options.seed >>> 0).toString(36);
  const needsAddresses = options.count / new Set(options.origins).size > CONNECTIONS_PER_ADDRESS;
  // A source that is chosen has each of its ports once, whatever the destination.
  const each = needsAddresses ? Math.ceil(options.count / options.processes / CONNECTIONS_PER_ADDRESS) : 0;
  const kill = () => Promise.all(crews.map((crew) => crew.kill()));
  try {
    await Promise.all(
      crews.map((crew, index) => {
        const localAddresses = Array.from({ length: each }, (_, n) => `127.0.0.${2 + index * each + n}`);
        return crew.muster({ options, index, run, emojis, localAddresses });
      }),
    );
  } catch (error) {
    await kill();
    throw error;
  }
  const startAtMs = clock.nowMs() + START_IN_MS;
  const sum = new CrowdSum(startAtMs, options.processes);
  for (const [index, crew] of crews.entries()) crew.go(startAtMs, (part) => sum.second(index, part));
  let ended: Promise<CrowdResult> | undefined;

  const end = async (): Promise<CrowdResult> => {
    try {
      const parts = await Promise.all(crews.map((crew) => crew.end()));
      for (const crew of crews) release(crew);
      return sum.result(parts);
    } catch (error) {
      await kill();
      throw error;
    }
  };

  return {
    pids: crews.map(({ pid }) => pid),
    status: () => sum.status(),
    async order(order: CrowdOrder) {
      if (ended !== undefined) throw new Error('the crowd has ended');
      await Promise.all(crews.map((crew) => crew.order(order)));
    },
    end: () => (ended ??= end()),
    async [Symbol.asyncDispose]() {
      if (ended === undefined) await kill();
      else await ended.catch(() => undefined);
    },
  };
}
