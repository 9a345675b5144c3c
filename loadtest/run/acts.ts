/** What happens to the full house. */
import type { Crowd } from '../crowd/types.ts';
import type { ActFact } from '../report/facts.ts';
import { banOutcast } from './outcast.ts';
import type { RunSet } from './run-set.ts';

/** Of somebody who is banned, at every door, for as long as those who lost their seats look for others. */
const DOOR_TRIES = 8;
const TRY_EVERY_MS = 1_000;

/** Does it, and resolves when it is done; what it does to fans goes on. */
export async function perform(
  { plan, house, host, sampler, random, clock, pause, say }: RunSet,
  crowd: Crowd,
): Promise<ActFact[]> {
  if (!plan.act) return [];
  const { act } = plan.act;
  switch (act.kind) {
    case 'crowd': {
      const atMs = clock.nowMs();
      const what = act.order.kind;
      say(`${what}: ${(act.order.share * 100).toFixed(0)}% of the fans`);
      await crowd.order(act.order);
      return [{ what, atMs, tookMs: null, outcast: [] }];
    }
    case 'kill': {
      const victims = (await sampler.look()).filter(
        ({ pid, sections, hasStage }) => pid !== null && (sections ?? 0) > 0 && !hasStage,
      );
      const victim = victims[Math.floor(random() * victims.length)];
      if (!victim?.pid || !house.isLocal) throw new Error('no process has sections without having the stage too');
      const outcast = host && (await banOutcast(clock, host, house));
      const atMs = clock.nowMs();
      process.kill(victim.pid, 'SIGKILL');
      say(`killed process ${victim.index}, with ${victim.fans} fans`);
      const answers: string[] = [];
      for (let n = 0; outcast && n < DOOR_TRIES; n += 1) {
        answers.push(...(await outcast.tryDoors()));
        await pause(TRY_EVERY_MS);
      }
      return [{ what: 'kill', atMs, tookMs: null, outcast: answers }];
    }
    case 'drain': {
      if (!house.deploy) throw new Error('this house is not ours to deploy');
      const atMs = clock.nowMs();
      say('deploying all processes, one after the other');
      await house.deploy();
      say('deployed');
      return [{ what: 'drain', atMs, tookMs: clock.nowMs() - atMs, outcast: [] }];
    }
  }
}
