/**
 * `npm run bench [-- --quick] [--record] [--fans N] [--rounds N] [--only NAME]`: ours against Colyseus as shipped and against bare
 * sockets, on this machine, now. Rounds alternate their order; servers and generator are processes of their own; `--record` writes
 * docs/reports/bench.json. What is left out and why: see `verdictOf`.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { systemClock } from '../../core/clock.ts';
import { CONTESTANTS, type ContestantName } from './contestants.ts';
import { type RunFigures, type RunPlan, runOnce } from './run.ts';
import { type Round, tableOf, verdictOf } from './verdict.ts';

const REPORT = 'docs/reports/bench.json';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    fans: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
  },
});
const plan: RunPlan = values.quick
  ? { fans: 2_000, atOnce: 64, speakForMs: 4_000, speakEveryMs: 200, quietForMs: 5_000, settleMs: 1_000 }
  : { fans: 4_000, atOnce: 64, speakForMs: 6_000, speakEveryMs: 200, quietForMs: 10_000, settleMs: 1_500 };
const planned: RunPlan = { ...plan, fans: Number(values.fans ?? plan.fans) };
const count = Number(values.rounds ?? (values.quick ? 2 : 5));
const deps = { clock: systemClock(), env: process.env };

if (values.only === undefined) await compare();
else await runOnly(values.only);
// Sockets and the pool of the generator have nothing left to do.
process.exit(0);

async function compare(): Promise<void> {
  const rounds: Round[] = [];
  for (let n = 0; n < count; n++) {
    const order = n % 2 === 0 ? CONTESTANTS : CONTESTANTS.toReversed();
    const figures: Partial<Record<ContestantName, RunFigures>> = {};
    for (const contestant of order) {
      process.stderr.write(`round ${n + 1} of ${count}: ${contestant.name}\n`);
      figures[contestant.name] = await runOnce(contestant, planned, deps);
    }
    rounds.push(figures as Round);
  }
  const verdict = verdictOf(rounds);
  const { disturbed, discarded } = verdict;
  process.stdout.write(`${tableOf(verdict)}\n\n${count} rounds of ${planned.fans} fans, ${discarded} discarded.\n`);
  if (disturbed) process.stdout.write('Others used this machine in most rounds: believe the ratios, not the figures.\n');
  if (values.record) {
    const [cpu] = cpus();
    const machine = {
      cpus: cpus().length,
      model: cpu?.model,
      memoryGB: totalmem() / 2 ** 30,
      node: process.version,
      loadavg: loadavg(),
    };
    writeFileSync(REPORT, `${JSON.stringify({ machine, plan: planned, ...verdict, raw: rounds }, null, 2)}\n`);
  }
}

/** For whoever looks for a bottleneck. */
async function runOnly(name: string): Promise<void> {
  const contestant = CONTESTANTS.find((one) => one.name === name);
  if (contestant === undefined) throw new Error(`--only takes one of ${CONTESTANTS.map((one) => one.name).join(', ')}`);
  for (let n = 0; n < count; n++) process.stdout.write(`${JSON.stringify(await runOnce(contestant, planned, deps), null, 2)}\n`);
}
