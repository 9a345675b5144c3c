/** `npm start`: one process with everything embedded. Prints the fan's and the host's URL once both can be opened. */
import { join } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { startParty } from './app.ts';
import { ConfigError, readConfig, USAGE } from './config.ts';
import { MediaFolderError } from './media/scan.ts';
import { logColyseus } from './observability/colyseus-log.ts';
import { createLog } from './observability/log.ts';
import { randomId } from './random-id.ts';
import { openShow } from './show.ts';

/** Longer than all steps of a shutdown together; whatever still hangs then is left behind. */
const EXIT_WITHIN_MS = 25_000;

async function main(): Promise<void> {
  const config = readConfig(process.env, process.argv.slice(2));
  if (config === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const clock = systemClock();
  const show = await openShow(config);
  for (const { file, reason } of show.skipped) process.stderr.write(`skipped ${file}: ${reason}\n`);
  const log = createLog(config.logLevel);
  logColyseus(log);
  const starting = startParty(config, {
    clock,
    random: Math.random,
    newId: randomId,
    log,
    show,
    clientDir: join(import.meta.dirname, '../dist/client'),
  });
  const caught = (where: string, error: unknown) => {
    // A start that failed says so itself; until then the log has the error alone.
    void starting.then(
      (party) => party.caught(where, error),
      () => log.error({ err: error, where }, 'an error that nobody caught'),
    );
  };
  let leaving = false;
  const leave = (exitCode: number) => {
    if (leaving) return;
    leaving = true;
    clock.after(EXIT_WITHIN_MS, () => process.exit(exitCode));
    const closed = starting.then((started) => started.close());
    void closed.catch(() => {}).finally(() => process.exit(exitCode));
  };
  process.on('SIGTERM', () => leave(0));
  process.on('SIGINT', () => leave(0));
  process.on('unhandledRejection', (error) => caught('unhandledRejection', error));
  process.on('uncaughtException', (error) => {
    caught('uncaughtException', error);
    // What it left half done nobody knows: write what is pending, move the fans, and let the supervisor start afresh.
    leave(1);
  });

  const party = await starting;
  // Whoever starts several says where to go when all are ready; an invitation has no place in a supervisor's log.
  if (process.send) process.send('ready');
  else process.stdout.write(`fan  ${party.origin}/e/${party.demo.slug}\nhost  ${await party.hostUrl()}\n`);
}

main().catch((error: unknown) => {
  const isExpected = error instanceof ConfigError || error instanceof MediaFolderError;
  process.stderr.write(`${isExpected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
