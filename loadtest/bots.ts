/**
 * `npm run loadtest:bots -- [--bot fan|chatter|heckler|host] --url http://127.0.0.1:2567 --event demo --fans 200 [--lines 3]`
 * Sends @colyseus/loadtest bots to a running server, without their screen; prints what it came to, exits 1 on any error.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../core/clock.ts';
import type { BotSummary } from './bots/bot-run.ts';

/** Far more than a healthy run takes, so that one that hangs ends. */
const GIVE_UP_MS = 120_000;
const GIVE_UP_MS_PER_FAN = 200;
const ERRORS_SHOWN = 10;

const { values } = parseArgs({
  options: {
    bot: { type: 'string', default: 'fan' },
    url: { type: 'string', default: 'http://127.0.0.1:2567' },
    event: { type: 'string', default: 'demo' },
    fans: { type: 'string' },
    lines: { type: 'string', default: '3' },
    'host-url': { type: 'string' },
  },
});
const BOTS = ['fan', 'chatter', 'heckler', 'host'];
/** An invitation is opened once: a host is alone. */
const fans = values.fans ?? (values.bot === 'host' ? '1' : '200');
if (!BOTS.includes(values.bot) || !/^[1-9]\d*$/.test(fans) || !/^[1-9]\d*$/.test(values.lines) || !URL.canParse(values.url)) {
  console.error(
    'usage: npm run loadtest:bots -- [--bot fan|chatter|heckler|host] [--url URL] [--event SLUG] [--fans N] [--lines N] [--host-url URL]',
  );
  process.exit(2);
}

const scratch = mkdtempSync(join(tmpdir(), 'front-row-bots-'));
const file = join(scratch, 'summary.json');
const args = ['--endpoint', new URL(values.url).origin, '--room', values.event, '--numClients', fans];
if (values['host-url']) args.push('--host-url', values['host-url']);
const bots = spawn(
  process.execPath,
  [join(import.meta.dirname, 'bots', `${values.bot}.ts`), ...args, '--lines', values.lines, '--summary', file],
  {
    // The tool paints its screen on stdout.
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
const cancel = systemClock().after(GIVE_UP_MS + GIVE_UP_MS_PER_FAN * Number(fans), () => {
  console.error('the bots did not finish');
  bots.kill('SIGKILL');
});
bots.on('exit', (code) => {
  cancel();
  const summary = readSummary();
  rmSync(scratch, { recursive: true });
  if (!summary) {
    console.error('the bots ended without a summary');
    process.exit(1);
  }
  const { errors, counts, ...rest } = summary;
  console.log(JSON.stringify({ ...rest, ...counts, errors: errors.length }));
  for (const error of errors.slice(0, ERRORS_SHOWN)) console.error(error);
  process.exit(code ?? 1);
});

function readSummary(): BotSummary | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BotSummary;
  } catch {
    return undefined;
  }
}
