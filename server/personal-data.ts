/**
 * `npm run personal-data -- export FAN_ID` prints all that is kept of a fan; `… erase FAN_ID` deletes it. For whoever runs the
 * house, on a machine of it, while it runs or not.
 */
import { systemClock } from '../core/clock.ts';
import { FanId } from '../schemas/ids.ts';
import { ConfigError, readConfig } from './config.ts';
import { openHouseRecords } from './house-records.ts';
import { createLog } from './observability/log.ts';

const USAGE = `Usage: npm run personal-data -- export|erase FAN_ID

  export   prints what is kept of the fan, as JSON: lines, what staff did about them, bans
  erase    deletes it; a ban that is in force goes on, without name and reason

  FAN_ID   such as fan_0123456789ab; staff see it with every line. Reads DATA_DIR and DATABASE_URL as the server does.
`;

async function main([action, id, ...more]: readonly string[]): Promise<number> {
  const fan = FanId.safeParse(id);
  if ((action !== 'export' && action !== 'erase') || !fan.success || more.length > 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  const config = readConfig(process.env, []);
  if (config === 'help') return 2;
  const records = await openHouseRecords(config, { clock: systemClock(), log: createLog('silent') });
  try {
    process.stdout.write(`${JSON.stringify(await records[action](fan.data), null, 2)}\n`);
    return 0;
  } finally {
    await records.close();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isExpected = error instanceof ConfigError;
  process.stderr.write(`${isExpected || !(error instanceof Error) ? String(error) : error.message}\n`);
  process.exitCode = 1;
}
