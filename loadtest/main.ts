/** `npm run loadtest -- PROFILE`: plays it, writes the report, exits 1 when a target is missed. */
import { join } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { playLoadtest } from './play.ts';
import { verdictLines } from './report/verdict.ts';
import { writeReport } from './report/write-report.ts';

const MISUSED = 2;
/** As a shell says it of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(options: Options): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!interrupt.signal.aborted) say('\nending what was started; this takes some seconds');
      interrupt.abort(new Error(`interrupted by ${signal}`));
    });
  }
  say(`${options.plan.profile}, ${options.plan.fans} fans, seed ${options.seed}`);
  try {
    const deps = { clock: systemClock(), env: process.env, random: Math.random, say, interrupted: interrupt.signal };
    const report = await playLoadtest(options, deps);
    await writeReport(report, options.out);
    for (const line of verdictLines(report)) process.stdout.write(`${line}\n`);
    process.stdout.write(`${join(options.out, 'report.html')}\n`);
    return report.met ? 0 : 1;
  } catch (error) {
    if (interrupt.signal.aborted) return INTERRUPTED;
    throw error;
  }
}

function wished(): Options | 'help' | null {
  try {
    return readOptions(process.argv.slice(2), process.env.ADMIN_TOKEN ?? null, Math.random);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return null;
  }
}

const options = wished();
if (options === 'help') process.stdout.write(USAGE);
else if (options === null) process.exitCode = MISUSED;
else {
  process.exitCode = await main(options).catch((error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  });
  // Nothing of ours is left; what a library may still hold must not keep the terminal.
  process.exit();
}
