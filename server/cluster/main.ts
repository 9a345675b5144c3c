/** `npm run cluster` and its companions: start, status, deploy, stop. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../core/clock.ts';
import { ConfigError } from '../config.ts';
import { createLog } from '../observability/log.ts';
import { randomId } from '../random-id.ts';
import { ClusterError } from './cluster-error.ts';
import { deployCluster } from './deploy.ts';
import type { ClusterDeps } from './deps.ts';
import { readPlan, settingsOf } from './plan.ts';
import { openPm2 } from './pm2.ts';
import { readRecord } from './record.ts';
import { startCluster } from './start.ts';
import { statusPage } from './status.ts';
import { stopCluster } from './stop.ts';
import { survey } from './survey.ts';

const USAGE = 'Usage: npm run cluster | cluster:status [-- --json] | cluster:deploy | cluster:stop\n';

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
  const [command, ...rest] = positionals;
  const plan = readPlan(process.env);
  const root = join(import.meta.dirname, '../..');
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupt.abort(new ClusterError(`interrupted by ${signal}`)));
  }
  const deps: ClusterDeps = {
    clock: systemClock(),
    newId: randomId,
    log: createLog('silent'),
    pm2: openPm2(plan.pm2Home, root, interrupt.signal, settingsOf(plan)),
    root,
    say: (line) => void process.stderr.write(`front-row: ${line}\n`),
    interrupted: interrupt.signal,
  };
  const { adminToken } = plan.config;
  if (rest.length > 0) return misused();
  switch (command) {
    case 'start': {
      const { fanUrl, hostUrl } = await startCluster(plan, deps);
      process.stdout.write(`fan  ${fanUrl}\nhost  ${hostUrl}\n`);
      return 0;
    }
    case 'status': {
      const record = await readRecord(plan.dir);
      const surveyed = record === undefined ? [] : await survey(record, { pm2: deps.pm2, adminToken });
      const { lines, isWell } = statusPage(surveyed);
      process.stdout.write(values.json ? `${JSON.stringify(surveyed.map(({ row }) => row))}\n` : `${lines.join('\n')}\n`);
      return values.json || isWell ? 0 : 1;
    }
    case 'deploy':
      await deployCluster(plan, deps);
      deps.say('every process was renewed');
      return 0;
    case 'stop':
      deps.say((await stopCluster(plan, deps)) ? 'stopped' : 'nothing ran');
      return 0;
    default:
      return misused();
  }
}

function misused(): number {
  process.stderr.write(USAGE);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isExpected = error instanceof ClusterError || error instanceof ConfigError;
  const reason = isExpected ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`front-row: ${reason}\n`);
  process.exitCode = 1;
}
