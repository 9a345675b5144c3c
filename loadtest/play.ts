/** One load test from the opening of its house to its report, whoever asks for it. */
import type { Clock } from '../core/clock.ts';
import { seeded } from '../core/seeded.ts';
import { openCrowds } from './crowd/crowd.ts';
import { openHouse } from './house/open-house.ts';
import type { Options } from './options.ts';
import { buildReport } from './report/build-report.ts';
import type { Report } from './report/report.ts';
import { runLoadtest } from './run/run.ts';

export interface PlayDeps {
  readonly clock: Clock;
  /** The environment that a house of our own inherits. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Uniform in [0, 1), different each time: for what must not collide with another run. */
  readonly random: () => number;
  readonly say: (line: string) => void;
  readonly interrupted: AbortSignal;
}

/** The house is closed again when it resolves or rejects. */
export async function playLoadtest({ plan, seed, house: wish }: Options, deps: PlayDeps): Promise<Report> {
  await using house = await openHouse(wish, deps);
  await using crowds = openCrowds();
  const { clock, say, interrupted } = deps;
  const facts = await runLoadtest({ clock, random: seeded(seed), seed, plan, house, crowds, say, interrupted });
  return buildReport(facts);
}
