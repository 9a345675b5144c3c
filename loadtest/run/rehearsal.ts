/**
 * The hour before the doors, as the runbook has it: a part of the crowd comes and goes, so that no process meets its first fans on the night,
 * neither of the house nor of the crowd.
 */
import { crowdProcesses, rehearsalFans } from '../plan.ts';
import { holdsWithin } from './patience.ts';
import type { RunSet } from './run-set.ts';

const ARRIVALS_PER_PROCESS_AND_S = 60;
const JOIN_WITHIN_MS = 30_000;
/** Until what thousands leave behind is put away: what comes next is what everything is compared with. */
const SETTLE_MS = 5_000;

/** They have left when it resolves. */
export async function rehearse({ house, plan, seed, crowds, clock, pause, say }: RunSet): Promise<void> {
  const processes = house.origins.length;
  const count = rehearsalFans(plan, processes);
  if (count === 0) return;
  say(`a rehearsal with ${count} fans`);
  const takesMs = (count / processes / ARRIVALS_PER_PROCESS_AND_S) * 1_000;
  await using crowd = await crowds.start({
    slug: house.slug,
    origins: house.origins,
    seed: seed + 2,
    processes: crowdProcesses(plan),
    first: plan.fans * 2,
    count,
    arrivals: [
      [0, 0],
      [takesMs, count],
    ],
  });
  await holdsWithin(clock, pause, takesMs + JOIN_WITHIN_MS, () => crowd.status().live === count);
  await crowd.end();
  await pause(SETTLE_MS);
}
