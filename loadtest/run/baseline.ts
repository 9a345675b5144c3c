/** Ten fans, alone: what everything is compared with. */
import type { CrowdOptions } from '../crowd/types.ts';
import type { RunFacts } from '../report/facts.ts';
import { holdsWithin } from './patience.ts';
import type { RunSet } from './run-set.ts';

const FANS = 10;
const ARRIVE_WITHIN_MS = 1_000;
const JOIN_WITHIN_MS = 10_000;
const STAY_MS = 9_000;
/** As often as a fan may. */
const CHAT_EVERY_MS = 2_200;
const COMMANDS = 10;

/** Takes about ten seconds. They have left when it resolves. */
export async function playBaseline({
  house,
  plan,
  seed,
  crowds,
  host,
  clock,
  pause,
  say,
}: RunSet): Promise<RunFacts['baseline']> {
  say('ten fans first, for comparison');
  const options: CrowdOptions = {
    slug: house.slug,
    origins: house.origins,
    seed: seed + 1,
    processes: 1,
    first: plan.fans,
    count: FANS,
    arrivals: [
      [0, 0],
      [ARRIVE_WITHIN_MS, FANS],
    ],
    ...(plan.chat && { chat: { share: 1, everyMs: CHAT_EVERY_MS } }),
  };
  await using crowd = await crowds.start(options);
  const before = host?.facts.length ?? 0;
  await holdsWithin(clock, pause, JOIN_WITHIN_MS, () => crowd.status().live === FANS);
  for (let n = 0; n < COMMANDS; n += 1) {
    if (plan.commandEveryMs !== null) await host?.next(clock.nowMs());
    await pause(STAY_MS / COMMANDS);
  }
  const result = await crowd.end();
  return { crowd: result, commands: host?.facts.slice(before) ?? [] };
}
