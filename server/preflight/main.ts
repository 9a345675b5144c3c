/** `npm run preflight`: what will break, at how many fans, and what to do about it. Exits 1 when it is below those expected. */
import { parseArgs } from 'node:util';
import { systemClock } from '../../core/clock.ts';
import { type ClusterPlan, readPlan } from '../cluster/plan.ts';
import { type ClusterRecord, readRecord } from '../cluster/record.ts';
import { ConfigError } from '../config.ts';
import { createLog } from '../observability/log.ts';
import type { Expected } from './capacity.ts';
import { broken, type Finding, isInTheWay } from './finding.ts';
import { isFrontHere } from './judge-settings.ts';
import { page, verdict } from './page.ts';
import { preflight } from './preflight.ts';
import { servicesOf } from './services.ts';

const USAGE = `Usage: npm run preflight -- [--fans N] [--machines M] [--json]

  --fans N       expected at once, over the whole event (110427)
  --machines M   that share them evenly; run this on each of them (1)
  --json         for programs: { fans, isReady, verdict, findings }

Reads the environment as "npm run cluster" does, and whether one runs in DATA_DIR. It changes nothing.
`;

class UsageError extends Error {}

function options(): { readonly fans: number; readonly machines: number; readonly json: boolean } | 'help' {
  try {
    const { values } = parseArgs({
      options: {
        fans: { type: 'string', default: '110427' },
        machines: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    return { fans: count('--fans', values.fans), machines: count('--machines', values.machines), json: values.json };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(option: string, value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new UsageError(`${option}: "${value}" is not a whole number above 0`);
  return Number(value);
}

/** The plan, as if Redis and secrets were in order when that alone is what is wrong with it. */
function planOf(env: NodeJS.ProcessEnv): ClusterPlan | readonly Finding[] {
  try {
    return readPlan(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) =>
      broken('settings', problem, 'No process starts like this: docs/operations.md, "Environment".'),
    );
  }
}

async function findingsOf(plan: ClusterPlan, record: ClusterRecord | undefined, expected: Expected): Promise<Finding[]> {
  const house = {
    config: plan.config,
    expected,
    services: await servicesOf(plan, record),
    ports: {
      first: record?.port ?? plan.config.port,
      processes: expected.processes,
      host: plan.config.host,
      probeHost: record?.host ?? plan.probeHost,
    },
  };
  return preflight(house, { clock: systemClock(), log: createLog('silent') });
}

async function main(): Promise<number> {
  const asked = options();
  if (asked === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const { json, ...crowd } = asked;
  const plan = planOf(process.env);
  const isPlan = (given: ClusterPlan | readonly Finding[]): given is ClusterPlan => 'config' in given;
  const record = isPlan(plan) ? await readRecord(plan.dir) : undefined;
  const expected: Expected = {
    ...crowd,
    processes: record?.processes ?? (isPlan(plan) ? plan.processes : 1),
    frontHere: isPlan(plan) && isFrontHere(plan.config),
  };
  const findings = isPlan(plan) ? await findingsOf(plan, record, expected) : plan;
  const isReady = !findings.some((finding) => isInTheWay(finding, expected.fans));
  const said = json
    ? JSON.stringify({ fans: expected.fans, isReady, verdict: verdict(findings, expected), findings }, null, 2)
    : page(findings, expected).join('\n');
  process.stdout.write(`${said}\n`);
  return isReady ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isMisuse = error instanceof UsageError;
  process.stderr.write(isMisuse ? `${error.message}\n\n${USAGE}` : `${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = isMisuse ? 2 : 1;
}
