/**
 * `npm run loadtest:ci [-- --record]`: smoke and a 5,000-fan tweet at high pace, against a cluster of their own, held to what a change
 * may not make worse: a figure that a busy machine may have spoilt is broken when a second run says so, too. `--record` adds their figures to docs/reports/history.jsonl and draws docs/reports/history.html anew.
 */
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../core/clock.ts';
import { type HistoryLine, historyLine, historyPage, readHistory } from './ci/history.ts';
import { type Judged, judge } from './ci/standards.ts';
import { type Options, readOptions } from './options.ts';
import { playLoadtest } from './play.ts';
import type { Report } from './report/report.ts';
import { writeReport } from './report/write-report.ts';

const RUNS = [
  ['smoke', '--one'],
  ['tweet', '--fans', '5000', '--pace', '20', '--minutes', '0.25'],
] as const;
const REPORTS = join(import.meta.dirname, '../docs/reports');
const OUT = join(import.meta.dirname, '../data/loadtest');

const say = (line: string) => void process.stderr.write(`${line}\n`);
const { values } = parseArgs({ options: { record: { type: 'boolean', default: false } } });
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => interrupt.abort(new Error(`interrupted by ${signal}`)));

let failed = 0;
const lines: HistoryLine[] = [];
for (const run of RUNS) {
  let { report, judged } = await play(run);
  if (judged.some(({ met }) => !met) && !judged.some(({ met, exact }) => exact && !met)) ({ report, judged } = await play(run));
  failed += judged.filter(({ met }) => !met).length;
  lines.push(historyLine(report.startedAt, commit(), report.profile, report.fans.requested, judged));
}
if (values.record) await record(lines);
process.stdout.write(failed === 0 ? 'the load test holds\n' : `${failed} figures of the load test are broken\n`);
process.exit(failed === 0 ? 0 : 1);

async function play(run: readonly string[]): Promise<{ report: Report; judged: readonly Judged[] }> {
  const options = readOptions(run, null, Math.random) as Options;
  say(`${run.join(' ')}, seed ${options.seed}`);
  const deps = { clock: systemClock(), env: process.env, random: Math.random, say, interrupted: interrupt.signal };
  const report = await playLoadtest(options, deps);
  await writeReport(report, join(OUT, `ci-${report.profile}`));
  const judged = judge(report);
  for (const { name, atMost, measured, met } of judged)
    process.stdout.write(`${met ? 'holds ' : 'BROKEN'}  ${report.profile}: ${name}: ${measured}, at most ${atMost}\n`);
  return { report, judged };
}

async function record(fresh: readonly HistoryLine[]): Promise<void> {
  await mkdir(REPORTS, { recursive: true });
  const file = join(REPORTS, 'history.jsonl');
  await appendFile(file, fresh.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await writeFile(join(REPORTS, 'history.html'), historyPage(readHistory(await readFile(file, 'utf8'))));
}

function commit(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim();
}
