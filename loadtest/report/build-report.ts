/** Makes the report of what a run found out. */
import { percentile } from '../../core/statistics.ts';
import type { CrowdResult, Measure } from '../crowd/types.ts';
import type { CommandFact } from '../host/host-console.ts';
import { rehearsalFans } from '../plan.ts';
import { growthOf } from '../sampling/windows.ts';
import type { Timed } from '../watch/messages.ts';
import type { CostWindows, RunFacts } from './facts.ts';
import { countAbove, curveOf, percentilesOf } from './histogram.ts';
import type { Report } from './report.ts';
import { processRows, rounded, thinSeconds } from './series.ts';
import { targetsOf } from './targets.ts';

const US_PER_MS = 1_000;
const KB = 1_024;
/** A cue that is further off than this is heard to be. */
const LATE_US = 50_000;

export function buildReport(facts: RunFacts): Report {
  const { crowd, watchers, plan, startedAtMs } = facts;
  const atS = (atMs: number) => rounded((atMs - startedAtMs) / 1_000);
  const join = percentilesOf(crowd.histograms.join);
  const skew = percentilesOf(crowd.histograms.cueSkewUs, US_PER_MS);
  const seated = crowd.joined + watchers.joined;
  const refusedCommands = facts.commands.filter(({ result }) => result !== 'done').length;
  const measured = {
    profile: plan.profile,
    seconds: rounded((facts.endedAtMs - startedAtMs) / 1_000),
    fans: {
      requested: plan.fans,
      joined: Math.min(seated, facts.fansByServer.most),
      waiting: Math.max(0, plan.fans - seated - sumOf(crowd.failed) - sumOf(watchers.closed)),
      failed: sumOf(crowd.failed) + sumOf(watchers.closed),
      dropped: sumOf(crowd.dropped),
    },
    join: {
      perSecond: Math.max(0, ...crowd.perSecond.map(({ joins }) => joins)),
      p50Ms: join.p50,
      p99Ms: join.p99,
      maxMs: join.max,
      allInS: allInS(facts),
    },
    chat: chatOf(facts),
    command: {
      count: facts.commands.length,
      refused: refusedCommands,
      ackP99Ms: p99(facts.commands.map(({ tookMs }) => tookMs)),
      maxMs: rounded(Math.max(0, ...facts.commands.map(({ tookMs }) => tookMs))),
    },
    cue: {
      count: new Set(watchers.cues.map(({ atMs }) => atMs)).size,
      skewP99Ms: rounded(skew.p99),
      skewP999Ms: rounded(skew.p999),
      lateFans: countAbove(crowd.histograms.cueSkewUs, LATE_US),
    },
    cost: costOf(facts),
    notes: facts.notes,
    seed: facts.seed,
    pace: plan.pace,
    sprint: plan.sprint,
    startedAt: new Date(startedAtMs).toISOString(),
    house: facts.house,
    counted: {
      byServer: facts.fansByServer.most,
      seated,
      serverAtEnd: facts.fansByServer.atEnd,
      seatedAtEnd: facts.fansByServer.seatedAtEnd,
    },
    failedBy: merged(crowd.failed, watchers.closed),
    droppedBy: crowd.dropped,
    frames: crowd.frames,
    gaps: gapsOf(crowd, watchers.gaps),
    pages: {
      clients: facts.agreement.clients,
      joinP99Ms: p99Of(watchers.joins),
      ackP99Ms: p99Of(watchers.acks),
      lineAgeP99Ms: p99Of(watchers.ages),
      cueSkewP99Ms: p99Of(watchers.cues),
      sameState: facts.agreement.sameState,
      sawLastLine: facts.agreement.sawLastLine,
      lastLineMs: facts.agreement.lastLineMs,
    },
    generator: {
      cpuS: rounded(crowd.cpuS + watchers.cpuS),
      peakLagMs: rounded(crowd.peakLagMs),
      lagP99Ms: percentilesOf(crowd.histograms.generatorLag).p99,
    },
    asTen: asTenOf(facts.baseline.crowd, facts.baseline.commands),
    acts: facts.acts.map(({ what, atMs, tookMs, outcast }) => ({
      what,
      outcast: [...new Set(outcast)],
      atS: atS(atMs),
      tookMs: tookMs === null ? null : Math.round(tookMs),
    })),
    commands: facts.commands.map(({ name, atMs, tookMs, result }) => ({ name, atS: atS(atMs), tookMs: rounded(tookMs), result })),
    curves: curvesOf(crowd),
    perSecond: thinSeconds(crowd.perSecond, startedAtMs),
    perProcess: processRows(facts.samples, startedAtMs),
    machine: facts.machine,
    histograms: crowd.histograms,
  };
  const targets = targetsOf(measured, facts);
  return { ...measured, targets, met: targets.every(({ met }) => met) };
}

function chatOf({ crowd, watchers, journal }: RunFacts): Report['chat'] {
  const p99 = (measure: Measure) => percentilesOf(crowd.histograms[measure]).p99;
  return {
    acknowledged: crowd.acknowledged.length + watchers.acknowledged.length,
    lost: journal?.lost.length ?? null,
    duplicated: (journal?.duplicated.length ?? 0) + crowd.shownTwice,
    neverShown: crowd.neverShown,
    ackP99Ms: p99('chatAck'),
    deliveryP99Ms: p99('delivery'),
    deliveryLessBeatP99Ms: p99('deliveryLessBeat'),
    linesDelivered: crowd.linesDelivered + watchers.linesShown,
    shownTwice: crowd.shownTwice,
    sentAgain: crowd.sentAgain,
    unshipped: journal?.unshipped ?? null,
    unanswered: crowd.unanswered,
    refused: merged(crowd.refused, watchers.refused),
  };
}

function costOf({ cost, samples, plan, house, crowd, watchers, machineTime }: RunFacts): Report['cost'] {
  const floors = [cost.floorBeforeUs, cost.floorAfterUs].filter((us) => us !== null);
  const serverCpuS = growthOf(samples, 'cpuS');
  return {
    floorUsPerFrame: floors.length === 0 ? null : hundredth(floors.reduce((sum, us) => sum + us, 0) / floors.length),
    serverUsPerFrame: usPerFrame(cost),
    // What fans of the rehearsal left is there for as many of the night.
    serverKBPerFan:
      cost.rssBeforeBytes === null || cost.rssFullBytes === null
        ? null
        : hundredth(
            Math.max(0, cost.rssFullBytes - cost.rssBeforeBytes) / KB / (plan.fans - rehearsalFans(plan, house.processes)),
          ),
    idleUsPerFanSecond:
      cost.emptyUsPerS === null || cost.idleUsPerS === null
        ? null
        : hundredth(Math.max(0, cost.idleUsPerS - cost.emptyUsPerS) / plan.fans),
    serverCpuS: serverCpuS === null ? null : rounded(serverCpuS),
    generatorCpuS: rounded(crowd.cpuS + watchers.cpuS),
    machineBusyS: machineTime === null ? null : rounded(machineTime.busyS),
    machineStolenS: machineTime === null ? null : rounded(machineTime.stolenS),
    floorBeforeUs: cost.floorBeforeUs === null ? null : hundredth(cost.floorBeforeUs),
    floorAfterUs: cost.floorAfterUs === null ? null : hundredth(cost.floorAfterUs),
  };
}

function usPerFrame({ frames, framesUs }: CostWindows): number | null {
  return frames === null || framesUs === null || frames === 0 || framesUs === 0 ? null : hundredth(framesUs / frames);
}

function asTenOf({ histograms }: CrowdResult, commands: readonly CommandFact[]): Report['asTen'] {
  const of = (measure: Measure) => percentilesOf(histograms[measure]).p99;
  return {
    joinMs: of('join'),
    ackMs: of('chatAck'),
    commandMs: p99(commands.map(({ tookMs }) => tookMs)),
    deliveryLessBeatMs: of('deliveryLessBeat'),
    deliveryMs: of('delivery'),
  };
}

/** Since the first was due, when the last of them sat; null: not all did, or the seconds do not say. */
function allInS({ crowd, plan, startedAtMs }: RunFacts): number | null {
  const full = crowd.perSecond.find(({ live }) => live >= plan.light);
  return full ? rounded((full.atMs - startedAtMs) / 1_000) : null;
}

function gapsOf({ gaps }: CrowdResult, pages: readonly Timed[]): Report['gaps'] {
  const tookMs = [
    ...gaps.filter(({ inSyncAtMs }) => inSyncAtMs !== null).map(({ lostAtMs, inSyncAtMs }) => (inSyncAtMs ?? 0) - lostAtMs),
    ...pages.map(({ ms }) => ms),
  ];
  const at = (share: number) => Math.round(percentile(tookMs, share) ?? 0);
  const neverBack = gaps.filter(({ inSyncAtMs }) => inSyncAtMs === null).length;
  return { count: tookMs.length + neverBack, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), neverBack };
}

function curvesOf({ histograms }: CrowdResult): Report['curves'] {
  return {
    join: curveOf(histograms.join),
    chatAck: curveOf(histograms.chatAck),
    delivery: curveOf(histograms.delivery),
    deliveryLessBeat: curveOf(histograms.deliveryLessBeat),
    cueSkew: curveOf(histograms.cueSkewUs, US_PER_MS),
    generatorLag: curveOf(histograms.generatorLag),
  };
}

const p99 = (values: readonly number[]) => rounded(percentile(values, 0.99) ?? 0);
const p99Of = (timed: readonly Timed[]) => p99(timed.map(({ ms }) => ms));
const sumOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, count) => sum + count, 0);
const hundredth = (value: number) => Math.round(value * 100) / 100;

function merged(...all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const counts of all) for (const [what, count] of Object.entries(counts)) sum[what] = (sum[what] ?? 0) + count;
  return sum;
}
