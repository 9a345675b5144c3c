/** `npm run cluster:stop`: ends all that was started here; doing it again does nothing. */
import { ClusterError } from './cluster-error.ts';
import type { ClusterDeps } from './deps.ts';
import { withLock } from './lock.ts';
import { endLeftOvers } from './own-processes.ts';
import { type ClusterPlan, PROCESS_PREFIX } from './plan.ts';
import { forgetRecord } from './record.ts';
import { holdsWithin } from './wait.ts';

const DAEMON_GONE_WITHIN_MS = 10_000;

type Dirs = Pick<ClusterPlan, 'dir' | 'pm2Home'>;

/** Resolves with whether there was anything to end. Nobody's data is touched. */
export function stopCluster(dirs: Dirs, deps: ClusterDeps): Promise<boolean> {
  return withLock(dirs.dir, 'npm run cluster:stop', () => endEverything(dirs, deps));
}

/** The venue's processes first, all at once, each with its time to say goodbye; then Redis and PostgreSQL; then PM2 itself. */
export async function endEverything(
  dirs: Dirs,
  { pm2, clock, say }: Pick<ClusterDeps, 'pm2' | 'clock' | 'say'>,
): Promise<boolean> {
  const wasUp = await pm2.isUp();
  if (wasUp) {
    try {
      const kept = await pm2.list();
      if (kept.some(({ name }) => name.startsWith(PROCESS_PREFIX))) await pm2.end(PROCESS_PREFIX);
      await pm2.kill();
      await holdsWithin(clock, DAEMON_GONE_WITHIN_MS, async () => !(await pm2.isUp()));
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      say(`PM2 does not do it, so it is done without: ${error.message}`);
    }
  }
  const left = await endLeftOvers(dirs.pm2Home, clock);
  await forgetRecord(dirs.dir);
  return wasUp || left.length > 0;
}
