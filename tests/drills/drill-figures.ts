/** What drills measured, for docs/reports/drills.json: written when DRILL_REPORT is set, else only printed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { goFirst } from '../heard/priority.ts';

const REPORT = join(import.meta.dirname, '../../docs/reports/drills.json');

/** Plain values, however deep. */
export type Figures = { readonly [name: string]: number | string | boolean | null | object };

/** Keeps the figures of one drill; those of other drills stay as they are. */
export function keepFigures(drill: string, figures: Figures): void {
  const kept = { ...figures, cores: availableParallelism(), loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10 };
  console.log(`${drill}: ${JSON.stringify(kept)}`);
  if (!process.env['DRILL_REPORT']) return;
  const all = { ...readReport(), [drill]: kept };
  const sorted = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(REPORT, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** While figures are written: what else runs on this machine must not be what is measured. To be called after something was started. */
export function measureFirst(): void {
  if (process.env['DRILL_REPORT']) goFirst();
}

function readReport(): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(REPORT, 'utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
