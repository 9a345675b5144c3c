/** Which of the figures to beat a run can show, and whether it did. */
import { endsProcesses, isOrder } from '../plan.ts';
import type { RunFacts } from './facts.ts';
import type { Report, Target } from './report.ts';
import { honestBeforeAndDuring, memoryGrownMb, worstQuota } from './struck.ts';

type Measured = Omit<Report, 'targets' | 'met'>;

/** What a larger crowd may add to what ten fans had: half as much again, or 50 ms. */
const AS_TEN_TIMES = 1.5;
const AS_TEN_MORE_MS = 50;
/** Below this many fans, what a fan costs is lost in what a process costs by itself. */
export const FANS_FOR_COST = 1_000;
const FULL_HOUSE = 100_000;
/** Lines that a page can show: what 1,100,000 deliveries a second are to 110,427 fans. */
const LINES_PER_FAN_SECOND = 9.96;

export function targetsOf(report: Measured, facts: RunFacts): Target[] {
  const { fans, join, chat, cue, counted, asTen, command, pages } = report;
  const act = facts.plan.act?.act ?? null;
  const isFlood = isOrder(facts.plan, 'flood');
  const shakes = act !== null && !isFlood && !isOrder(facts.plan, 'stop-reading');
  const found: (Target | null)[] = [
    atMost('joins that failed', 'fans', 0, fans.failed),
    atMost('fans never let in', 'fans', 0, fans.waiting),
    act === null || isFlood ? atMost('fans dropped', 'fans', 0, fans.dropped) : null,
    atLeast('fans that the house reports, matched by ticket', 'fans', fans.requested, fans.joined),
    counted.serverAtEnd === null
      ? null
      : atMost('house and tickets differ at the end by', 'fans', 0, Math.abs(counted.serverAtEnd - counted.seatedAtEnd)),
    chat.lost === null ? null : atMost('acknowledged lines lost', 'lines', 0, chat.lost),
    atMost('lines kept or shown twice', 'lines', 0, chat.duplicated),
    chat.unshipped === null ? null : atMost('acknowledged lines missing in PostgreSQL', 'lines', 0, chat.unshipped),
    atMost('frames that could not be read or were out of order', 'frames', 0, report.frames.wrong),
    shakes ? null : atMost('requests without an answer', 'requests', 0, chat.unanswered),
    // Whoever is without a seat when a cue comes into force learns of it on the way back: how soon that is has its own target.
    cue.count === 0 || shakes ? null : atMost('cue skew p99.9', 'ms', 50, cue.skewP999Ms),
    command.count === 0 || act?.kind === 'drain' ? null : atMost('commands refused', 'commands', 0, command.refused),
    atLeast('full clients that show what the console shows', 'clients', pages.clients, pages.sameState),
    facts.agreement.lastLineMs === null && pages.sawLastLine === 0
      ? null
      : atLeast("full clients that show the host's last line", 'clients', pages.clients, pages.sawLastLine),
    chat.linesDelivered === 0
      ? null
      : atMost('line on the screen p99, the beat included', 'ms', fans.requested > 1_000 ? 3_000 : 1_000, chat.deliveryP99Ms),
    ...(act === null ? asIfTen(report) : []),
    facts.plan.sprint && join.allInS !== null ? atMost('all in', 's', 60, join.allInS) : null,
    ...costTargets(report, facts),
    ...struckTargets(report, facts),
  ];
  if (fans.requested >= FULL_HOUSE && chat.linesDelivered > 0) {
    found.push(
      atLeast(
        'lines delivered',
        'lines/s',
        Math.round(LINES_PER_FAN_SECOND * fans.requested),
        Math.round(linesPerSecond(report)),
      ),
    );
  }
  if (asTen.deliveryMs > 0) found.push(atMost('line on the screen of one of ten p99', 'ms', 250, asTen.deliveryMs));
  return found.filter((target) => target !== null);
}

function asIfTen({ join, chat, command, asTen }: Measured): Target[] {
  const bound = (baseMs: number) => Math.round(Math.max(AS_TEN_TIMES * baseMs, baseMs + AS_TEN_MORE_MS));
  return [
    atMost('join p99, as if ten', 'ms', bound(asTen.joinMs), join.p99Ms),
    ...(chat.acknowledged === 0
      ? []
      : [
          atMost('chat acknowledged p99, as if ten', 'ms', bound(asTen.ackMs), chat.ackP99Ms),
          atMost('delivery less the beat p99, as if ten', 'ms', bound(asTen.deliveryLessBeatMs), chat.deliveryLessBeatP99Ms),
        ]),
    ...(command.count === 0
      ? []
      : [atMost('command acknowledged p99, as if ten', 'ms', bound(asTen.commandMs), command.ackP99Ms)]),
  ];
}

function costTargets({ cost, fans }: Measured, { plan }: RunFacts): (Target | null)[] {
  if (fans.requested < FANS_FOR_COST || endsProcesses(plan)) return [];
  const { serverUsPerFrame, floorUsPerFrame, serverKBPerFan, idleUsPerFanSecond } = cost;
  return [
    serverUsPerFrame === null || floorUsPerFrame === null
      ? null
      : atMost(
          'server CPU per frame over the bare socket',
          '×',
          1.06,
          Math.round((100 * serverUsPerFrame) / floorUsPerFrame) / 100,
        ),
    serverKBPerFan === null ? null : atMost('server memory per fan', 'KB', 10, serverKBPerFan),
    idleUsPerFanSecond === null ? null : atMost('idle fan', 'µs/s', 2.2, idleUsPerFanSecond),
  ];
}

/** What an act may do to those whom it meets, and to all others. */
function struckTargets(report: Measured, facts: RunFacts): (Target | null)[] {
  const act = facts.plan.act?.act;
  const { gaps } = report;
  const back = (p99Ms: number, maxMs: number | null) => [
    atMost('fans who never came back', 'fans', 0, gaps.neverBack),
    atMost('in sync again p99', 'ms', p99Ms, gaps.p99Ms),
    maxMs === null ? null : atMost('in sync again, the last', 'ms', maxMs, gaps.maxMs),
  ];
  const others = (times: number) => {
    const honest = honestBeforeAndDuring(facts);
    if (honest === null) return null;
    const bound = Math.round(Math.max(times * honest.beforeMs, honest.beforeMs + (times > 1.2 ? AS_TEN_MORE_MS : 10)));
    return atMost("others' chat acknowledged p99", 'ms', bound, honest.duringMs);
  };
  const grownMb = memoryGrownMb(facts);
  if (!act) return [];
  if (act.kind === 'kill') {
    const letIn = facts.acts.flatMap(({ outcast }) => outcast).filter((answer) => answer === 'let in').length;
    return [...back(8_000, 15_000), others(1.5), atMost('doors that let a banned fan in', 'doors', 0, letIn)];
  }
  if (act.kind === 'drain') {
    const tookMs = facts.acts.find(({ what }) => what === 'drain')?.tookMs ?? null;
    return [...back(2_000, null), tookMs === null ? null : atMost('the whole deploy', 's', 240, Math.round(tookMs / 1_000))];
  }
  switch (act.order.kind) {
    case 'lose-network':
      return back(8_000, 15_000);
    case 'stop-reading':
      return [others(1.2), ...back(10_000, null), grownMb === null ? null : atMost('memory grown meanwhile', 'MB', 71, grownMb)];
    case 'flood':
      return [others(1.2), atMost('accepted of a flooder, beside the quota', 'lines', 1, worstQuota(facts))];
    default:
      return [];
  }
}

/** To the full house: fans who came late got their part, so it goes by the time that fans were there. */
function linesPerSecond({ chat, perSecond }: Measured): number {
  const fanSeconds = perSecond.reduce((sum, { live, atS }, n) => sum + live * Math.max(0, atS - (perSecond[n - 1]?.atS ?? 0)), 0);
  const house = Math.max(0, ...perSecond.map(({ live }) => live));
  return fanSeconds === 0 ? 0 : (chat.linesDelivered / fanSeconds) * house;
}

function atMost(name: string, unit: string, target: number, measured: number): Target {
  return { name, about: aboutOf(unit), target, is: 'at most', unit, measured, met: measured <= target };
}

function atLeast(name: string, unit: string, target: number, measured: number): Target {
  return { name, about: aboutOf(unit), target, is: 'at least', unit, measured, met: measured >= target };
}

/** Whatever is counted in fans or lines is right or wrong on any machine; times and costs depend on what else it does. */
function aboutOf(unit: string): Target['about'] {
  return ['ms', 's', '×', 'KB', 'MB', 'µs/s', 'lines/s'].includes(unit) ? 'speed' : 'correctness';
}
