/** Results of runs gone by, a line each, and their plot. */
import { z } from 'zod';
import { html } from '../report/html/markup.ts';
import { plot, type Series } from '../report/html/plot.ts';
import { linearScale, spanScale } from '../report/html/scale.ts';
import { STYLE } from '../report/html/style.ts';
import { count } from '../report/html/wording.ts';
import type { Judged } from './standards.ts';

const HistoryLine = z.object({
  at: z.string(),
  /** Of the change that was tried. */
  commit: z.string(),
  profile: z.string(),
  fans: z.number(),
  /** By the names of the standards. */
  figures: z.record(z.string(), z.object({ measured: z.number(), atMost: z.number() })),
});
export type HistoryLine = z.infer<typeof HistoryLine>;

export function historyLine(at: string, commit: string, profile: string, fans: number, judged: readonly Judged[]): HistoryLine {
  const figures = Object.fromEntries(judged.map(({ name, measured, atMost }) => [name, { measured, atMost }]));
  return { at, commit, profile, fans, figures };
}

/** Throws for a line that is not one: history is not thrown away silently. */
export function readHistory(text: string): HistoryLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => HistoryLine.parse(JSON.parse(line)));
}

/** A page with one plot per figure: runs from left to right, each profile a line, the bound dashed. */
export function historyPage(history: readonly HistoryLine[]): string {
  const profiles = [...new Set(history.map(({ profile }) => profile))];
  const names = [...new Set(history.flatMap(({ figures }) => Object.keys(figures)))];
  const plots = names.map((name) => {
    const series: Series[] = profiles.map((profile, colour) => ({
      name: profile,
      colour,
      points: history
        .filter((line) => line.profile === profile && line.figures[name])
        .map((line) => [history.indexOf(line) + 1, line.figures[name]?.measured ?? null]),
    }));
    const bound = history.findLast(({ figures }) => figures[name])?.figures[name]?.atMost ?? 0;
    const max = Math.max(bound, ...series.flatMap(({ points }) => points.map(([, value]) => value ?? 0)));
    return plot({
      title: name,
      note: `At most ${count(bound)}.`,
      series,
      x: spanScale(1, history.length),
      y: linearScale(max),
      xText: (run) => (Number.isInteger(run) ? `run ${run}` : ''),
      yText: count,
      bound,
    });
  });
  const rows = history.map(
    ({ at, commit, profile, fans }, n) =>
      html`<tr><td class="n">${n + 1}</td><td>${at.slice(0, 16)}</td><td><code>${commit.slice(0, 10)}</code></td><td>${profile}</td><td class="n">${count(fans)}</td></tr>`,
  );
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Load over time · Front Row</title><style>${{ html: STYLE }}</style></head>
<body><main>
<header><p class="eyebrow">Front Row · load test</p><h1>Change by change</h1><p class="lead">Each recorded run of the continuous load test. Costs are in bare-socket frames of the same run, so that machines and moods compare.</p></header>
<section><h2>Figures</h2><div class="plots">${plots}</div></section>
<section><h2>Runs</h2><div class="scroll"><table><thead><tr><th class="n">run</th><th>when</th><th>commit</th><th>profile</th><th class="n">fans</th></tr></thead><tbody>${rows}</tbody></table></div></section>
</main></body>
</html>
`.html;
}
