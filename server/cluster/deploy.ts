/** `npm run cluster:deploy`: new code and settings without closing the doors, one process after the other. */
import { ClusterError } from './cluster-error.ts';
import type { ClusterDeps } from './deps.ts';
import { withLock } from './lock.ts';
import { lastWords } from './log-tail.ts';
import { type ClusterPlan, givenTo, processName } from './plan.ts';
import { readRecord, writeRecord } from './record.ts';
import { logFileOf, type Surveyed, survey } from './survey.ts';
import { holdsWithin } from './wait.ts';

/** A crash or two while its port or its lease is freed is forgiven. */
const CRASHES_FORGIVEN = 2;
const BACK_WITHIN_MS = 60_000;

/**
 * Ends one process, which moves its fans first; starts it again; goes on to the next once it is ready and every event has its
 * stage and its sections again. Rejects with a ClusterError at the first that does not come back: the others are left as they are.
 */
export function deployCluster(plan: ClusterPlan, deps: ClusterDeps): Promise<void> {
  return withLock(plan.dir, 'npm run cluster:deploy', async () => {
    const record = await readRecord(plan.dir);
    if (record === undefined || !(await deps.pm2.isUp())) throw new ClusterError('No cluster runs here: npm run cluster');
    const look = () => survey(record, { pm2: deps.pm2, adminToken: plan.config.adminToken });
    const before = await look();
    const down = before.filter(({ row }) => !row.ready);
    if (down.length > 0) {
      const which = down.map(({ row, state }) => `${processName(row.index)} (${state})`).join(', ');
      throw new ClusterError(`Not every process is ready: ${which}. Mend that first: npm run cluster`);
    }
    const events = slugsOf(before);
    for (const index of inOrder(before)) {
      deps.say(`${processName(index)}: draining`);
      await renew(index, look, plan.logDir, deps);
      await settle(index, events, look, deps);
      deps.say(`${processName(index)}: renewed`);
    }
    const { REDIS_URL, DATABASE_URL } = givenTo(plan);
    const given = { REDIS_URL: REDIS_URL ?? record.given.REDIS_URL, DATABASE_URL: DATABASE_URL ?? record.given.DATABASE_URL };
    await writeRecord(plan.dir, { ...record, given });
  });
}

/** Those with a stage last, so that a stage moves to a process that stays. */
function inOrder(surveyed: readonly Surveyed[]): number[] {
  return surveyed.toSorted((a, b) => a.row.stages.length - b.row.stages.length).map(({ row }) => row.index);
}

type Look = () => Promise<Surveyed[]>;

async function renew(index: number, look: Look, logDir: string, { pm2, clock, interrupted }: ClusterDeps): Promise<void> {
  const old = (await look())[index];
  await pm2.restart(processName(index));
  let now: Surveyed | undefined;
  const isDecided = async () => {
    now = (await look())[index];
    const crashes = (now?.restarts ?? 0) - (old?.restarts ?? 0) - 1;
    return isRenewed(old, now) || crashes > CRASHES_FORGIVEN;
  };
  await holdsWithin(clock, BACK_WITHIN_MS, isDecided, interrupted);
  if (isRenewed(old, now)) return;
  throw new ClusterError(
    `${processName(index)} did not come back (${now?.state ?? 'gone'}); the others were left as they are. It said:\n` +
      (await lastWords(logFileOf(logDir, index))),
  );
}

function isRenewed(old: Surveyed | undefined, now: Surveyed | undefined): boolean {
  return now !== undefined && now.row.ready && now.row.pid !== old?.row.pid && now.row.processId !== old?.row.processId;
}

async function settle(index: number, events: ReadonlySet<string>, look: Look, { clock, interrupted }: ClusterDeps) {
  let waiting: string[] = [];
  const isSettled = async () => {
    const ready = (await look()).filter(({ row }) => row.ready);
    const stages = new Set(ready.flatMap(({ row }) => row.stages));
    const sections = new Set(ready.flatMap(({ row }) => row.sections.map(({ slug }) => slug)));
    waiting = [...events].filter((slug) => !stages.has(slug) || !sections.has(slug));
    return waiting.length === 0;
  };
  if (await holdsWithin(clock, BACK_WITHIN_MS, isSettled, interrupted)) return;
  throw new ClusterError(
    `After ${processName(index)} was renewed, no process has a stage and a section for ${waiting.join(', ')}; ` +
      'the others were left as they are. See npm run cluster:status.',
  );
}

function slugsOf(surveyed: readonly Surveyed[]): Set<string> {
  return new Set(surveyed.flatMap(({ row }) => row.stages));
}
