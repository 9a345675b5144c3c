/** `npm run cluster`: everything on this machine up and ready, or nothing of it left running. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DEMO_SLUG, freshInvite } from '../demo.ts';
import { openPgEventStore } from '../store/pg-event-store.ts';
import { ClusterError } from './cluster-error.ts';
import type { ClusterDeps } from './deps.ts';
import { portIsFree } from './free-port.ts';
import { openServices, type ServiceUrls } from './local-services.ts';
import { withLock } from './lock.ts';
import { lastWords } from './log-tail.ts';
import { endLeftOvers, endUnkept } from './own-processes.ts';
import { type ClusterPlan, givenTo, PROCESS_PREFIX, processName, readPlan } from './plan.ts';
import { type ClusterRecord, readRecord, writeRecord } from './record.ts';
import { endEverything } from './stop.ts';
import { logFileOf, survey } from './survey.ts';
import { holdsWithin } from './wait.ts';

/** After the process said that it is ready, or ended. */
const READY_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 2_000;
/** A person waits longer than a room may. */
const PATIENT = { statementMs: 10_000, deadlineMs: 15_000 };

export interface Started {
  readonly fanUrl: string;
  /** With a fresh owner's invitation. */
  readonly hostUrl: string;
}

/** Resolves once `/readyz` holds everywhere. Rejects with a ClusterError that says why not; what it had started has ended then. */
export function startCluster(plan: ClusterPlan, deps: ClusterDeps): Promise<Started> {
  return withLock(plan.dir, 'npm run cluster', async () => {
    const kept = await deps.pm2.list();
    const record = await readRecord(plan.dir);
    const runs = kept.some(({ name }) => name.startsWith(PROCESS_PREFIX));
    if (runs && record !== undefined) return joinRunning(plan, record, deps);
    if (runs) {
      deps.say('an earlier start was cut off: ending what it had started');
      await endEverything(plan, deps);
    }
    try {
      return await startAfresh(plan, deps);
    } catch (error) {
      deps.say('stopping what was started');
      await endEverything(plan, deps);
      throw error;
    }
  });
}

async function startAfresh(plan: ClusterPlan, deps: ClusterDeps): Promise<Started> {
  const { pm2, clock, say } = deps;
  const { config, processes } = plan;
  if (!(await pm2.isUp())) {
    const left = await endLeftOvers(plan.pm2Home, clock);
    if (left.length > 0) say(`ended what an earlier run had left: ${left.join(', ')}`);
  }
  await assertPortsFree(plan);
  const services = await servicesOf(plan, deps);
  const indexes = Array.from({ length: processes }, (_, index) => index);
  const sizes = await Promise.all(indexes.map((index) => sizeOf(logFileOf(plan.logDir, index))));
  // The first prepares what all share: secrets, schemas, the demo's music.
  for (const group of [indexes.slice(0, 1), indexes.slice(1)]) {
    if (group.length === 0) continue;
    say(`starting ${group.map(processName).join(', ')}`);
    await startProcesses(plan, services, group, sizes, deps);
  }
  const record = {
    port: config.port,
    processes,
    host: plan.probeHost,
    given: givenTo(plan),
    fanUrl: `${originOf(plan)}/e/${DEMO_SLUG}`,
  };
  await writeRecord(plan.dir, record);
  return urlsOf(record, services, deps);
}

/** A second start finds what runs: it mends what is down and says the URLs again. */
async function joinRunning(plan: ClusterPlan, record: ClusterRecord, deps: ClusterDeps): Promise<Started> {
  const { isAsked, config } = plan;
  const differs = (isAsked.port && config.port !== record.port) || (isAsked.processes && plan.processes !== record.processes);
  if (differs) {
    throw new ClusterError(
      `A cluster of ${record.processes} from port ${record.port} on runs already in ${config.dataDir}. End it first: npm run cluster:stop`,
    );
  }
  deps.say(`runs already: ${record.processes} processes from port ${record.port} on; new code: npm run cluster:deploy`);
  // As it was begun with, whatever this terminal's settings say.
  const [port, processes] = [record.port, record.processes].map(String);
  const begun = readPlan({
    ...plan.env,
    PORT: port,
    PROCESSES: processes,
    REDIS_URL: undefined,
    DATABASE_URL: undefined,
    ...record.given,
  });
  const services = await servicesOf(begun, deps);
  const surveyed = await survey(record, { pm2: deps.pm2, adminToken: config.adminToken });
  const indexes = surveyed.map(({ row }) => row.index);
  const sizes = await Promise.all(indexes.map((index) => sizeOf(logFileOf(plan.logDir, index))));
  // One that PM2 has just started may be on its way to end again for the same reason: who does not answer begins anew.
  for (const index of indexes.filter((index) => surveyed[index]?.row.processId === null)) {
    const name = processName(index);
    deps.say(`${name} is down: starting it`);
    // Begun as if it had never been: PM2 refuses to restart one that waits for its next try.
    await deps.pm2.remove(name);
    // One that PM2 has lost sight of would keep the port.
    await endUnkept(plan.pm2Home, name, deps.clock);
    await startProcesses(begun, services, [index], sizes, deps);
  }
  await assertReady(begun, indexes, sizes, deps);
  return urlsOf(record, services, deps);
}

async function startProcesses(
  plan: ClusterPlan,
  services: ServiceUrls,
  indexes: readonly number[],
  sizes: readonly number[],
  { pm2, root, ...deps }: ClusterDeps,
): Promise<void> {
  await pm2
    .with({ ...plan.env, ...services, PROCESSES: String(plan.processes) })
    .start(join(root, 'ecosystem.config.js'), indexes.map(processName));
  // A process that ended at once is started again by PM2, in vain as a rule: its first end is reason enough to stop.
  const ended = (await pm2.list()).filter(({ name, pid, restarts }) => {
    return indexes.some((index) => processName(index) === name) && (pid === 0 || restarts > 0);
  });
  const failed = indexes.filter((index) => ended.some(({ name }) => name === processName(index)));
  if (failed.length > 0) throw await failure(plan, failed, sizes, 'ended');
  await assertReady(plan, indexes, sizes, deps);
}

async function assertReady(
  plan: ClusterPlan,
  indexes: readonly number[],
  sizes: readonly number[],
  { clock, interrupted }: Pick<ClusterDeps, 'clock' | 'interrupted'>,
): Promise<void> {
  let late = indexes;
  const allReady = async () => {
    const ready = await Promise.all(late.map((index) => isReady(plan.probeHost, plan.config.port + index)));
    late = late.filter((_, n) => !ready[n]);
    return late.length === 0;
  };
  if (!(await holdsWithin(clock, READY_WITHIN_MS, allReady, interrupted)))
    throw await failure(plan, late, sizes, 'did not become ready');
}

async function isReady(host: string, port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const reply = await fetch(`http://${host}:${port}/readyz`, { headers: { connection: 'close' }, signal }).catch(() => undefined);
  await reply?.body?.cancel();
  return reply?.status === 200;
}

async function failure(plan: ClusterPlan, failed: readonly number[], sizes: readonly number[], what: string) {
  const words = failed.map(async (index) => {
    return `${processName(index)} ${what}. It said:\n${await lastWords(logFileOf(plan.logDir, index), sizes[index])}`;
  });
  return new ClusterError((await Promise.all(words)).join('\n'));
}

async function assertPortsFree({ config, processes }: ClusterPlan): Promise<void> {
  const ports = Array.from({ length: processes }, (_, index) => config.port + index);
  const free = await Promise.all(ports.map((port) => portIsFree(port, config.host)));
  const taken = ports.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const which = taken.length === 1 ? `Port ${taken[0]} is` : `Ports ${taken.join(', ')} are`;
  throw new ClusterError(`${which} taken by another program. Choose others with PORT: process n listens on PORT + n.`);
}

async function servicesOf(plan: ClusterPlan, { pm2, clock, say, interrupted }: ClusterDeps): Promise<ServiceUrls> {
  const running = (await pm2.list()).filter(({ status }) => status === 'online').map(({ name }) => name);
  const { dir, logDir, path, redisUrl, databaseUrl } = plan;
  return openServices({ dir, logDir, path, redisUrl, databaseUrl }, { pm2, clock, say, interrupted, running });
}

async function urlsOf(
  { fanUrl }: ClusterRecord,
  { DATABASE_URL }: ServiceUrls,
  { clock, log, newId }: ClusterDeps,
): Promise<Started> {
  const opened = await openPgEventStore({ url: DATABASE_URL, clock, log, max: 1, ...PATIENT });
  const events = opened.store;
  try {
    const demo = await events.eventBySlug(DEMO_SLUG);
    if (demo === null) throw new ClusterError(`The event "${DEMO_SLUG}" is not booked.`);
    const invite = await freshInvite({ events, newId }, demo, 'Owner', 'owner');
    return { fanUrl, hostUrl: `${new URL(fanUrl).origin}/host/${DEMO_SLUG}#invite=${invite}` };
  } finally {
    await opened.close();
  }
}

const originOf = ({ config }: ClusterPlan) => config.publicUrl ?? `http://localhost:${config.port}`;

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
