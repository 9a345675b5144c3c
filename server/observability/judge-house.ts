/** Is the house well? In one sentence, worst first. */
import { LOOP_FULL } from '../../core/placement.ts';
import { BEAT_FULL_HOUSE_MS } from '../../schemas/limits.ts';
import type { HouseView, SeenProcess } from './house-watch.ts';

export interface HouseVerdict {
  readonly isWell: boolean;
  /** What is wrong, worst first. */
  readonly troubles: readonly string[];
  readonly sentence: string;
}

export interface HouseTotals {
  readonly fans: number;
  readonly sections: number;
  readonly processes: number;
  readonly events: number;
  readonly joinsPerS: number;
  readonly linesPerS: number;
  readonly framesPerS: number;
  /** The longest of all processes. */
  readonly beatMs: number;
  readonly loopDelayMs: number;
  readonly memoryBytes: number;
  readonly descriptors: number;
  readonly descriptorsMax: number;
}

/** A loop this late is felt by fans. */
const LOOP_LATE_MS = 150;
const DESCRIPTORS_FULL = 0.88;
/** Beats are longer than a full house needs only where a loop is late. */
const BEAT_LATE_MS = BEAT_FULL_HOUSE_MS + 200;
const BUFFERED_MAX_BYTES = 256 * 1_048_576;

export function judgeHouse(view: HouseView): HouseVerdict {
  const living = view.processes.filter(({ isLost }) => !isLost);
  const troubles = [
    ...view.processes
      .filter(({ isLost }) => isLost)
      .map(({ status, silentMs }) => `${status.place} is lost since ${age(silentMs)}`),
    ...stageTroubles(living),
    ...serviceTroubles(living),
    ...living
      .filter(({ status }) => !status.ready)
      .map(({ status }) => `${status.place}: ${status.reasons.join(', ') || 'not ready'}`),
    ...living.flatMap(loadTroubles),
  ];
  const { fans, sections, processes, events } = totalsOf(view);
  const sum = `${count(fans, 'fan')}, ${count(events, 'event')}, ${count(sections, 'section')}, ${count(processes, 'process', 'processes')}`;
  const isWell = troubles.length === 0;
  return { isWell, troubles, sentence: isWell ? `All is well: ${sum}.` : `Not well: ${troubles.join('; ')}. In sight: ${sum}.` };
}

export function totalsOf({ processes }: HouseView): HouseTotals {
  const living = processes.filter(({ isLost }) => !isLost).map(({ status }) => status);
  const figures = living.flatMap(({ figures }) => (figures === undefined ? [] : [figures]));
  const sections = living.flatMap((status) => status.sections);
  const sum = (of: (one: (typeof figures)[number]) => number) => figures.reduce((total, one) => total + of(one), 0);
  const most = (of: (one: (typeof figures)[number]) => number) => figures.reduce((max, one) => Math.max(max, of(one)), 0);
  return {
    fans: sections.reduce((total, { fans }) => total + fans, 0),
    sections: sections.length,
    processes: living.length,
    events: new Set([...sections.map(({ slug }) => slug), ...living.flatMap(({ stages }) => stages)]).size,
    joinsPerS: sum(({ joinsPerS }) => joinsPerS),
    linesPerS: sum(({ linesPerS }) => linesPerS),
    framesPerS: sum(({ framesPerS }) => framesPerS),
    beatMs: most(({ beatMs }) => beatMs),
    loopDelayMs: most(({ loopDelayMs }) => loopDelayMs),
    memoryBytes: sum(({ memoryBytes }) => memoryBytes),
    descriptors: sum(({ descriptors }) => descriptors),
    descriptorsMax: sum(({ descriptorsMax }) => descriptorsMax),
  };
}

function stageTroubles(living: readonly SeenProcess[]): string[] {
  const stages = living.flatMap(({ status }) => status.stages);
  const slugs = new Set([...stages, ...living.flatMap(({ status }) => status.sections.map(({ slug }) => slug))]);
  return [...slugs].flatMap((slug) => {
    const of = stages.filter((stage) => stage === slug).length;
    if (of === 1) return [];
    return [of === 0 ? `no stage for ${slug}` : `${of} stages for ${slug}`];
  });
}

/** The same trouble of several processes is said once. */
function serviceTroubles(living: readonly SeenProcess[]): string[] {
  const by = new Map<string, number>();
  for (const { status } of living)
    for (const { name, trouble } of status.services)
      if (trouble !== null) by.set(`${name}: ${trouble}`, (by.get(`${name}: ${trouble}`) ?? 0) + 1);
  return [...by].map(([says, of]) => (of === 1 && living.length > 1 ? `${says} (one process)` : says));
}

function loadTroubles({ status: { place, figures } }: SeenProcess): string[] {
  if (figures === undefined) return [];
  const { descriptors, descriptorsMax, loopDelayMs, utilisation, beatMs, bufferedBytes } = figures;
  return [
    descriptors > descriptorsMax * DESCRIPTORS_FULL ? `${place}: ${descriptors} of ${descriptorsMax} descriptors are used` : '',
    utilisation > LOOP_FULL ? `${place}: its loop is ${Math.round(utilisation * 100)}% busy` : '',
    loopDelayMs > LOOP_LATE_MS ? `${place}: its loop is ${Math.round(loopDelayMs)} ms late` : '',
    beatMs > BEAT_LATE_MS ? `${place}: beats take ${(beatMs / 1_000).toFixed(1)} s` : '',
    bufferedBytes > BUFFERED_MAX_BYTES ? `${place}: ${Math.round(bufferedBytes / 1_048_576)} MB wait for slow fans` : '',
  ].filter((trouble) => trouble !== '');
}

export function age(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}
