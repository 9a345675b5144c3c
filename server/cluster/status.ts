/** `npm run cluster:status`: the whole cluster at a glance. */
import type { Surveyed } from './survey.ts';

export interface StatusPage {
  readonly lines: readonly string[];
  readonly isWell: boolean;
}

const HEADINGS = ['process', 'port', 'pid', 'restarts', 'stages', 'sections', 'fans', 'state'];

/** All is well when every process is ready and no event is without a stage or has two. */
export function statusPage(surveyed: readonly Surveyed[]): StatusPage {
  if (surveyed.length === 0) return { lines: ['No cluster runs here: npm run cluster'], isWell: false };
  const rows = surveyed.map(({ row, state, restarts }) => [
    String(row.index),
    String(row.port),
    row.pid === null ? '-' : String(row.pid),
    String(restarts),
    row.stages.join(' ') || '-',
    String(row.sections.length),
    String(fansOf(row.sections)),
    state,
  ]);
  const complaints = complaintsOf(surveyed);
  const sections = surveyed.flatMap(({ row }) => row.sections);
  const events = new Set([...sections.map(({ slug }) => slug), ...surveyed.flatMap(({ row }) => row.stages)]);
  const sum = `${count(surveyed.length, 'process', 'processes')}, ${count(events.size, 'event')}, ${count(sections.length, 'section')}, ${count(fansOf(sections), 'fan')}`;
  const verdict = complaints.length === 0 ? `All is well: ${sum}.` : `NOT WELL: ${complaints.join('; ')}. In sight: ${sum}.`;
  return { lines: [...table([HEADINGS, ...rows]), '', verdict], isWell: complaints.length === 0 };
}

function complaintsOf(surveyed: readonly Surveyed[]): string[] {
  const unready = surveyed.filter(({ state }) => state !== 'ready').map(({ row, state }) => `process ${row.index}: ${state}`);
  const stages = surveyed.flatMap(({ row }) => row.stages);
  const slugs = new Set([...stages, ...surveyed.flatMap(({ row }) => row.sections.map(({ slug }) => slug))]);
  const strange = [...slugs].flatMap((slug) => {
    const of = stages.filter((stage) => stage === slug).length;
    return of === 1 ? [] : [of === 0 ? `no stage for ${slug}` : `${of} stages for ${slug}`];
  });
  return [...unready, ...strange];
}

const fansOf = (sections: readonly { readonly fans: number }[]) => sections.reduce((sum, { fans }) => sum + fans, 0);

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
