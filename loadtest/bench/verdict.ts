/** What several runs of a bench come to: medians with their range, and the ratios that hold on another machine too. */
import { median } from '../../core/statistics.ts';
import type { ContestantName } from './contestants.ts';
import type { RunFigures } from './run.ts';

/** One run of each contestant, close together in time. */
export type Round = Readonly<Record<ContestantName, RunFigures>>;

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Row {
  readonly figure: Measured;
  readonly name: string;
  readonly floor: Spread;
  readonly stock: Spread;
  readonly ours: Spread;
  /** Of the same round each time, so that a slow minute of the machine cancels out. */
  readonly oursToStock: Spread;
  readonly oursToFloor: Spread;
}

const NAMES = {
  usPerFrame: 'a frame, µs of server CPU',
  serverUsPerJoin: 'a join, µs of server CPU',
  generatorUsPerJoin: 'a join, µs of generator CPU',
  joinsPerS: 'joins per second',
  rssKBPerFan: 'memory per fan, KB resident',
  heapKBPerFan: 'of it on the heap, KB',
  idleUsPerFanSecond: 'an idle fan, µs per second, all of the process',
  idleMarginalUsPerFanSecond: 'an idle fan, µs per second, beyond the empty process',
  longestTurnMs: 'longest turn of the loop while speaking, ms',
} as const satisfies Partial<Record<keyof RunFigures, string>>;

export type Measured = keyof typeof NAMES;

/** More than this of the machine in other hands, and a run says more about them. */
export const FOREIGN_MAX = 0.15;
const QUIET_ROUNDS_MIN = 3;

export interface Verdict {
  readonly rows: readonly Row[];
  readonly rounds: number;
  readonly discarded: number;
  /** Too few rounds were quiet, so all were kept: the ratios still say something, the absolute figures little. */
  readonly disturbed: boolean;
}

/**
 * The rule for discarding, written down before any run: a round is left out when something else took more than `FOREIGN_MAX` of the
 * machine in any of its runs, or when a connection was lost. With fewer than three rounds left, all are kept, and it is said.
 */
export function verdictOf(rounds: readonly Round[]): Verdict {
  const isQuiet = (round: Round) =>
    Object.values(round).every(({ foreignShare, lost }) => foreignShare <= FOREIGN_MAX && lost === 0);
  const quiet = rounds.filter(isQuiet);
  const disturbed = quiet.length < Math.min(QUIET_ROUNDS_MIN, rounds.length);
  const kept = disturbed ? rounds : quiet;
  const rows = (Object.keys(NAMES) as Measured[]).map((figure) => rowOf(figure, kept));
  return { rows, rounds: kept.length, discarded: rounds.length - kept.length, disturbed };
}

function rowOf(figure: Measured, rounds: readonly Round[]): Row {
  const of = (name: ContestantName) => spreadOf(rounds.map((round) => round[name][figure]));
  const ratioTo = (name: ContestantName) => spreadOf(rounds.map(({ ours, [name]: other }) => ours[figure] / other[figure]));
  return {
    figure,
    name: NAMES[figure],
    floor: of('floor'),
    stock: of('stock'),
    ours: of('ours'),
    oursToStock: ratioTo('stock'),
    oursToFloor: ratioTo('floor'),
  };
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values) ?? Number.NaN, min: Math.min(...values), max: Math.max(...values) };
}

/** A table for a terminal and for a page. */
export function tableOf({ rows }: Verdict): string {
  const cells = rows.map(({ name, floor, stock, ours, oursToStock, oursToFloor }) => [
    name,
    ...[floor, stock, ours].map(text),
    ...[oursToStock, oursToFloor].map((ratio) => ratio.median.toFixed(2)),
  ]);
  const table = [['', 'floor', 'stock', 'ours', 'ours/stock', 'ours/floor'], ...cells];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) => `| ${row.map((cell, column) => pad(cell, widths[column] ?? 0, column > 0)).join(' | ')} |`);
  const rule = `| ${widths.map((width, column) => (column > 0 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function pad(cell: string, width: number, isNumber: boolean): string {
  return isNumber ? cell.padStart(width) : cell.padEnd(width);
}

function text({ median: middle, min, max }: Spread): string {
  const digits = Math.abs(middle) >= 100 ? 0 : Math.abs(middle) >= 10 ? 1 : 2;
  return `${middle.toFixed(digits)} [${min.toFixed(digits)}, ${max.toFixed(digits)}]`;
}
