/** One run of one contestant: a crowd joins, stays, is spoken to, and stays quiet, while the server is measured from inside. */
import { cpus } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import type { Contestant } from './contestants.ts';
import type { Fan, Tally } from './fan.ts';
import { startMeasured } from './measured-server.ts';

export interface RunPlan {
  readonly fans: number;
  /** Joins in flight at once. */
  readonly atOnce: number;
  readonly speakForMs: number;
  readonly speakEveryMs: number;
  readonly quietForMs: number;
  /** How long to wait before a figure of something that should have come to rest. */
  readonly settleMs: number;
}

/** What a fan, a frame, a second came to. All of it the server's alone, but for `generatorUsPerJoin`. */
export interface RunFigures {
  readonly joinsPerS: number;
  readonly serverUsPerJoin: number;
  readonly generatorUsPerJoin: number;
  readonly rssKBPerFan: number;
  readonly heapKBPerFan: number;
  /** Beyond what the same crowd takes when nobody speaks. */
  readonly usPerFrame: number;
  readonly bytesPerFrame: number;
  readonly idleUsPerFanSecond: number;
  /** The same, less what the process takes without any fan. */
  readonly idleMarginalUsPerFanSecond: number;
  /** Longest time that the server's loop was not free while it spoke. */
  readonly longestTurnMs: number;
  readonly frames: number;
  /** Connections that ended by themselves. */
  readonly lost: number;
  /** Share of the machine's CPU that neither server nor generator used, 0 to 1. */
  readonly foreignShare: number;
}

export interface RunDeps {
  readonly clock: Clock;
  /** What servers inherit. */
  readonly env: NodeJS.ProcessEnv;
}

/** How often a page asks by itself, see DESIGN's clock pings. */
const IN_TOUCH_EVERY_MS = 30_000;
const WARM_UP_SHARE = 0.25;

export async function runOnce(contestant: Contestant, plan: RunPlan, { clock, env }: RunDeps): Promise<RunFigures> {
  await using server = await startMeasured(contestant, env);
  const machine = busy();
  const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const tally: Tally = { patches: 0, patchBytes: 0, lost: 0 };
  let names = 0;
  const crowd = async (count: number) => {
    const fans: Fan[] = [];
    const line = async () => {
      while (names < end) fans.push(await contestant.join(server.port, names++, tally));
    };
    const end = names + count;
    await Promise.all(Array.from({ length: plan.atOnce }, line));
    return fans;
  };

  await pause(plan.settleMs);
  const empty = await server.figures('settled');
  await pause(plan.settleMs);
  const emptyLater = await server.figures();

  // Code is compiled, and pools are filled, once in a process's life: what counts is the fan after those.
  const early = await crowd(Math.max(1, Math.floor(plan.fans * WARM_UP_SHARE)));
  await pause(plan.settleMs);
  const few = await server.figures('settled');

  const [startMs, ownCpu] = [clock.nowMs(), process.cpuUsage()];
  const late = await crowd(plan.fans - early.length);
  const joined = await server.figures();
  const [joinMs, ownUsed] = [clock.nowMs() - startMs, process.cpuUsage(ownCpu)];
  await pause(plan.settleMs);
  const full = await server.figures('settled');
  const fans = [...early, ...late];

  const before = { patches: tally.patches, patchBytes: tally.patchBytes };
  const speaking = await server.figures();
  const speakStartMs = clock.nowMs();
  const speakEndMs = speakStartMs + plan.speakForMs;
  for (let n = 0; clock.nowMs() < speakEndMs; n++) {
    contestant.speak(fans, n);
    await pause(plan.speakEveryMs);
  }
  await pause(plan.settleMs);
  const spoken = await server.figures();
  const speakS = (clock.nowMs() - speakStartMs) / 1_000;
  const [frames, bytes] = [tally.patches - before.patches, tally.patchBytes - before.patchBytes];

  const quietStartMs = clock.nowMs();
  const inTouch = Math.floor((fans.length * plan.quietForMs) / IN_TOUCH_EVERY_MS);
  for (let n = 0; n < inTouch; n++) {
    contestant.keepInTouch(fans[n] as Fan);
    if (n % 20 === 19) await pause((plan.quietForMs * 20) / inTouch);
  }
  await pause(Math.max(0, plan.quietForMs - (clock.nowMs() - quietStartMs)));
  const quiet = await server.figures();
  const quietS = (clock.nowMs() - quietStartMs) / 1_000;
  const { lost } = tally;
  const own = process.cpuUsage(machine.own);
  const { usedUs, capacityUs } = busy(machine);
  const foreignUs = usedUs - own.user - own.system - quiet.cpuUs;
  for (const fan of fans) fan.leave();

  const quietUs = quiet.cpuUs - spoken.cpuUs;
  const ownUs = (emptyLater.cpuUs - empty.cpuUs) / (plan.settleMs / 1_000);
  return {
    joinsPerS: (late.length * 1_000) / joinMs,
    serverUsPerJoin: (joined.cpuUs - few.cpuUs) / late.length,
    generatorUsPerJoin: (ownUsed.user + ownUsed.system) / late.length,
    rssKBPerFan: (full.rssBytes - few.rssBytes) / 1_024 / late.length,
    heapKBPerFan: (full.heapBytes - few.heapBytes) / 1_024 / late.length,
    usPerFrame: (spoken.cpuUs - speaking.cpuUs - (quietUs / quietS) * speakS) / frames,
    bytesPerFrame: bytes / frames,
    idleUsPerFanSecond: quietUs / quietS / fans.length,
    idleMarginalUsPerFanSecond: (quietUs / quietS - ownUs) / fans.length,
    longestTurnMs: spoken.longestTurnMs,
    frames,
    lost,
    foreignShare: Math.max(0, foreignUs / capacityUs),
  };
}

interface MachineTime {
  /** Time that all cores were busy, and had. */
  readonly usedUs: number;
  readonly capacityUs: number;
  readonly own: NodeJS.CpuUsage;
}

/** Since the machine was started, or since then. */
function busy(since: Omit<MachineTime, 'own'> = { usedUs: 0, capacityUs: 0 }): MachineTime {
  let [usedUs, capacityUs] = [-since.usedUs, -since.capacityUs];
  for (const { times } of cpus()) {
    const used = times.user + times.nice + times.sys + times.irq;
    usedUs += used * 1_000;
    capacityUs += (used + times.idle) * 1_000;
  }
  return { usedUs, capacityUs, own: process.cpuUsage() };
}
