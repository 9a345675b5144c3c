/**
 * A venue to be hurt: real processes of one installation, one event, real services, and everything that a drill draws at random
 * from one seed, which is printed; DRILL_SEED=n runs the same draws again.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StaffSession } from '../../client/session/staff-types.ts';
import { seeded } from '../../core/seeded.ts';
import type { ProcessStatus } from '../../server/observability/process-status.ts';
import { freePorts } from '../support/free-ports.ts';
import { quietMusic } from '../support/party-cluster.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { openConsole } from './drill-console.ts';
import { type KeptLine, linesInDatabase, linesInJournals } from './drill-journals.ts';
import { type DrillProcess, type StartedProcess, startDrillProcess } from './drill-process.ts';
import { type DrillServices, startDrillServices } from './drill-services.ts';

export type { DrillProcess } from './drill-process.ts';

/** A whole crowd comes from one address here. */
export const ONE_NETWORK = { TICKETS_PER_MINUTE_PER_NETWORK: '10000000', REQUESTS_PER_MINUTE_PER_NETWORK: '10000000' };
const READY_WITHIN_MS = 60_000;

export interface DrillOptions {
  readonly processes?: number;
  /** Settings of every process, besides those of the drill. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A process that answered, and what it said. */
export interface Answered {
  readonly process: DrillProcess;
  readonly status: ProcessStatus;
  /** On this process, in all its sections. */
  readonly fans: number;
  readonly hasStage: boolean;
}

export interface DrillRun extends AsyncDisposable {
  readonly seed: number;
  /** Uniform in [0, 1), from the seed. */
  readonly random: () => number;
  /** A whole number from `low` to `high`, from the seed: moments and lengths. */
  between(low: number, high: number): number;
  readonly slug: string;
  readonly dataDir: string;
  readonly services: DrillServices;
  readonly redis: RedisServer;
  /** By index, whatever state each is in. */
  readonly processes: readonly DrillProcess[];
  /** Of all processes, dead or alive: a page knows them all. */
  readonly origins: readonly string[];
  /** Those that answer. */
  survey(): Promise<Answered[]>;
  /** One of those that answer, drawn at random of those that `fits`; rejects when none does. */
  victim(fits?: (answered: Answered) => boolean): Promise<DrillProcess>;
  /** Resolves once all processes that run are ready, each has a section, and one has the stage. */
  settled(): Promise<void>;
  /**
   * A host's console: a whole staff session, which finds the stage again by itself; as many as processes were ever started.
   * It begins at this door, by default the first that runs.
   */
  console(door?: DrillProcess): Promise<StaffSession>;
  /** Every line of every journal in the data folder. */
  linesInJournals(): KeptLine[];
  /** Every line in the database. */
  linesInDatabase(): Promise<KeptLine[]>;
}

export async function startDrillRun({ processes: count = 8, env = {} }: DrillOptions = {}): Promise<DrillRun> {
  const seed = drillSeed();
  const random = seeded(seed);
  const stack = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), 'front-row-drill-'));
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  try {
    const services = stack.use(await startDrillServices());
    const processes: StartedProcess[] = [];
    stack.defer(async () => void (await Promise.all(processes.map((process) => process.kill()))));
    const firstPort = await freePorts(count);
    const media = quietMusic(dataDir);
    const begin = async (index: number) => {
      const settings = { ...ONE_NETWORK, ...services.env, ...env };
      processes[index] = await startDrillProcess({ index, port: firstPort + index, media, dataDir, env: settings });
    };
    // The first prepares what all share; the others need not race it.
    await begin(0);
    for (let index = 1; index < count; index += 2) {
      await Promise.all([begin(index), ...(index + 1 < count ? [begin(index + 1)] : [])]);
    }
    const run = drillRun({ seed, random, dataDir, services, processes, stack });
    await run.settled();
    return run;
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** From DRILL_SEED, else from the clock; printed, so that a drill that failed can be run again. */
export function drillSeed(): number {
  const seed = Number(process.env['DRILL_SEED'] || Date.now() % 1_000_000);
  assert.ok(Number.isInteger(seed), 'DRILL_SEED must be a whole number');
  console.log(`DRILL_SEED=${seed}`);
  return seed;
}

interface Parts extends Pick<DrillRun, 'seed' | 'random' | 'dataDir' | 'services'> {
  readonly processes: readonly StartedProcess[];
  readonly stack: AsyncDisposableStack;
}

function drillRun({ seed, random, dataDir, services, processes, stack }: Parts): DrillRun {
  const { slug = '' } = processes[0] ?? {};
  const usedInvites = new Set<string>();

  async function survey(): Promise<Answered[]> {
    const asked = await Promise.all(processes.map(async (process) => ({ process, status: await process.status() })));
    return asked.flatMap(({ process, status }) => {
      if (status === undefined) return [];
      const fans = status.sections.reduce((sum, section) => sum + section.fans, 0);
      return [{ process, status, fans, hasStage: status.stages.includes(slug) }];
    });
  }

  return {
    seed,
    random,
    between: (low, high) => low + Math.floor(random() * (high - low + 1)),
    slug,
    dataDir,
    services,
    redis: services.redis,
    processes,
    origins: processes.map(({ origin }) => origin),
    survey,
    async victim(fits = () => true) {
      const fitting = (await survey()).filter(fits);
      const drawn = fitting[Math.floor(random() * fitting.length)];
      if (drawn === undefined) throw new Error('no process fits the victim that the drill asks for');
      return drawn.process;
    },
    settled() {
      const isSettled = async () => {
        const answered = await survey();
        const running = processes.filter(({ state }) => state === 'running');
        const isWhole = answered.every(({ status }) => status.ready && status.sections.length > 0);
        return isWhole && answered.length === running.length && answered.filter(({ hasStage }) => hasStage).length === 1;
      };
      return until('every process is ready and one has the stage', isSettled, READY_WITHIN_MS);
    },
    async console(door) {
      const at = processes.find((process) => (door === undefined ? process.state === 'running' : process === door));
      const invite = processes.map((process) => process.invite).find((printed) => !usedInvites.has(printed));
      if (at === undefined || invite === undefined) throw new Error('no door is open, or every invitation was used');
      usedInvites.add(invite);
      const session = await openConsole({ slug, origin: at.origin, invite, random });
      stack.defer(() => session.leave());
      return session;
    },
    linesInJournals: () => linesInJournals(dataDir),
    linesInDatabase: () => linesInDatabase(services.postgres, services.database),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
