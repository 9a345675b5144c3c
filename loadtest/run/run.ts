/** A run from the first fan to the last: what `npm run loadtest` does to a house that is open. */
import type { CrowdOptions, CrowdResult } from '../crowd/types.ts';
import { measureFloor } from '../floor/floor.ts';
import { type HostConsole, openHostConsole } from '../host/host-console.ts';
import { crowdProcesses, endsProcesses, type Plan, partOf, rehearsalFans } from '../plan.ts';
import type { ActFact, CostWindows, RunFacts } from '../report/facts.ts';
import { FANS_FOR_COST } from '../report/targets.ts';
import { startSampler } from '../sampling/sampler.ts';
import { mostFans } from '../sampling/windows.ts';
import type { WatchResult } from '../watch/messages.ts';
import { startWatchers } from '../watch/watchers.ts';
import { perform } from './acts.ts';
import { playBaseline } from './baseline.ts';
import { type Empty, fansOfOne, measureEmptied, measureEmpty, measureFull, UNMEASURED } from './cost.ts';
import { agreementOf, countAtEnd, readBack } from './ending.ts';
import { loadNow, machineFacts } from './machine.ts';
import { pausing } from './patience.ts';
import { showProgress } from './progress.ts';
import { rehearse } from './rehearsal.ts';
import type { RunDeps, RunSet } from './run-set.ts';

/** Planted in the fans' own clocks, which are wrong as those of phones are. */
const CLOCKS = { offsetMs: 5_000, driftPpm: 50 };
/** Full clients talk a little, so that somebody honest is timed: often enough that a percentile of what is timed within an act is one. */
const PAGES_SAY_EVERY_MS = 200;
/** As often as one fan may. */
const PAGE_SAYS_EVERY_MS = 2_000;

/** How often each process is asked how it is. To ask seven of them each second takes a fortieth of two cores, which a long night's plot does not need. */
const LOOK_EVERY_MS = 1_000;
const LONG_MS = 10 * 60_000;
const LOOK_EVERY_LONG_MS = 5_000;

/** What the main part of a run found out. */
interface Show {
  readonly startedAtMs: number;
  readonly crowd: CrowdResult;
  readonly watchers: WatchResult;
  readonly acts: readonly ActFact[];
  readonly full: Omit<CostWindows, keyof Empty | 'floorAfterUs'>;
  readonly agreement: RunFacts['agreement'];
  readonly counts: { readonly atEnd: number | null; readonly seatedAtEnd: number };
  /** From which to which of the host's. */
  readonly commands: readonly [from: number, to: number];
}

/** Rejects when interrupted, or when the generator itself fails; whatever the house does is a fact. Leaves nothing behind. */
export async function runLoadtest(deps: RunDeps): Promise<RunFacts> {
  const { clock, house, plan, seed, interrupted, say } = deps;
  const loadBefore = loadNow();
  using sampler = startSampler(clock, house, plan.endAtMs > LONG_MS ? LOOK_EVERY_LONG_MS : LOOK_EVERY_MS);
  using host = await hostOf(deps);
  const set: RunSet = { ...deps, sampler, host, pause: pausing(clock, interrupted) };
  await rehearse(set);
  const baseline = await playBaseline(set);
  const empty = await measureEmpty(set);
  const machineBefore = sampler.machine.at(-1);
  const samplesBefore = sampler.samples.length;
  const show = await playShow(set);
  const machineAfter = sampler.machine.at(-1);
  // What the house costs empty, and a bare socket, is measured without them.
  await set.crowds.end();
  say('looking for every acknowledged line');
  const acknowledged = [baseline.crowd, show.crowd, show.watchers].flatMap((result) => result.acknowledged);
  const journal = await readBack(set, house, acknowledged);
  const emptiedUsPerS = measuresCost(plan) ? await measureEmptied(set) : null;
  const emptyUsPerS = least(empty.emptyUsPerS, emptiedUsPerS);
  const floorAfterUs = await measureFloor(fansOfOne(deps));
  const samples = sampler.samples.slice(samplesBefore);
  return {
    plan,
    seed,
    house: { kind: house.kind, processes: house.origins.length },
    startedAtMs: show.startedAtMs,
    endedAtMs: clock.nowMs(),
    baseline,
    crowd: show.crowd,
    watchers: show.watchers,
    commands: host?.facts.slice(...show.commands) ?? [],
    samples,
    machineTime:
      machineBefore === undefined || machineAfter === undefined
        ? null
        : { busyS: machineAfter.busyS - machineBefore.busyS, stolenS: machineAfter.stolenS - machineBefore.stolenS },
    fansByServer: { most: mostFans(samples), ...show.counts },
    journal,
    cost: { ...empty, ...show.full, emptyUsPerS, floorAfterUs },
    acts: show.acts,
    agreement: show.agreement,
    machine: machineFacts(loadBefore),
    notes: notesOf(deps, journal === null),
  };
}

async function playShow(set: RunSet): Promise<Show> {
  const { clock, plan, house, seed, host, pause, sampler, say } = set;
  say(`${plan.fans} fans from now on`);
  const commandsBefore = host?.facts.length ?? 0;
  const startedAtMs = clock.nowMs();
  await using crowd = await set.crowds.start(crowdOptions(set));
  await using watchers = startWatchers({
    slug: house.slug,
    origins: house.origins,
    seed: seed + 2,
    count: plan.full,
    first: plan.light,
    arrivals: partOf(plan.arrivals, plan.full),
    startAtMs: startedAtMs,
    sayEveryMs: plan.chat && Math.max(PAGES_SAY_EVERY_MS, PAGE_SAYS_EVERY_MS / plan.full),
  });
  const sources = { startedAtMs, crowd: () => crowd.status(), watchers: () => watchers.status(), samples: sampler.samples };
  const stopProgress = showProgress(clock, process.stderr.isTTY, say, sources);
  const stopCommands = plan.commandEveryMs === null ? () => {} : (host?.every(plan.commandEveryMs) ?? (() => {}));
  try {
    const until = (atMs: number) => pause(startedAtMs + atMs - clock.nowMs());
    await until(plan.act?.atMs ?? plan.endAtMs);
    const acts = await perform(set, crowd);
    await until(plan.endAtMs);
    stopCommands();
    const commandsAfter = host?.facts.length ?? 0;
    watchers.hush();
    await crowd.order({ kind: 'hush', share: 1 });
    const full = measuresCost(plan) ? await measureFull(set) : UNMEASURED;
    const agreement = await agreementOf(set, watchers);
    const counts = await countAtEnd(set, crowd, watchers);
    stopProgress();
    say('everybody leaves');
    const [crowdResult, watchResult] = await Promise.all([crowd.end(), watchers.end()]);
    return {
      startedAtMs,
      crowd: crowdResult,
      watchers: watchResult,
      acts,
      full,
      agreement,
      counts,
      commands: [commandsBefore, commandsAfter],
    };
  } finally {
    stopProgress();
    stopCommands();
  }
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** A house that has lost a process, or has renewed all of them, has another memory than the one that was empty before. */
function measuresCost(plan: Plan): boolean {
  return plan.fans >= FANS_FOR_COST && !endsProcesses(plan);
}

function crowdOptions({ house, plan, seed }: RunSet): CrowdOptions {
  return {
    slug: house.slug,
    origins: house.origins,
    seed,
    processes: crowdProcesses(plan),
    first: 0,
    count: plan.light,
    arrivals: partOf(plan.arrivals, plan.light),
    ...(plan.chat && { chat: plan.chat }),
    ...(plan.reactions && { reactions: plan.reactions }),
    clocks: CLOCKS,
  };
}

async function hostOf({ house, clock, random, say }: RunDeps): Promise<HostConsole | null> {
  if (house.invite === null) {
    say('no --host-url: nobody gives commands');
    return null;
  }
  const origin = house.origins[0] ?? '';
  return openHostConsole({ clock, random, origin, slug: house.slug, invite: house.invite });
}

function notesOf({ house, plan }: RunDeps, isUnread: boolean): string[] {
  const found = [
    house.invite === null ? 'Without --host-url no command was given and no cue was measured.' : '',
    isUnread ? 'Without --data or --database nobody looked for acknowledged lines in the journal.' : '',
    rehearsalFans(plan, house.origins.length) > 0
      ? 'A part of the crowd had come and gone before, as in the hour before any night: processes had compiled their code.'
      : '',
    house.kind === 'one' ? 'One process with everything embedded: neither Redis nor PostgreSQL took part.' : '',
    plan.pace > 1 ? `Arrivals and commands came ${plan.pace} times as fast as in the profile; what fans say did not.` : '',
  ];
  return found.filter((note) => note !== '');
}
