/**
 * Processes of ours that PM2 does not keep any more, because its daemon was killed or the machine lost power. A number in a
 * file proves nothing: by now it may be anybody's, so a process is ours only if its command line or environment names our PM2's folder.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../../core/clock.ts';
import { holdsWithin } from './wait.ts';

/** As long as PM2 would have given it. */
const END_WITHIN_MS = 30_000;
/** Of everything that runs on a machine, with its environment. */
const LISTING_MAX_BYTES = 64 * 1_024 * 1_024;

interface Left {
  readonly name: string;
  readonly pid: number;
}

/** Ends the venue's processes first, then what they need; resolves with their names. */
export async function endLeftOvers(pm2Home: string, clock: Clock): Promise<string[]> {
  const left = await leftOvers(pm2Home);
  const isService = ({ name }: Left) => name === 'redis' || name === 'postgres';
  // The daemon first: it would start again what it sees end.
  await endAll(
    left.filter(({ name }) => name === 'pm2'),
    'SIGKILL',
    clock,
  );
  await endAll(
    left.filter((one) => one.name !== 'pm2' && !isService(one)),
    'SIGTERM',
    clock,
  );
  // For PostgreSQL this is the fast shutdown, which does not wait for its clients.
  await endAll(left.filter(isService), 'SIGINT', clock);
  await rm(join(pm2Home, 'pids'), { recursive: true, force: true });
  return left.map(({ name }) => name);
}

/** Ends whatever runs under this name, after PM2 was told to forget it. */
export async function endUnkept(pm2Home: string, name: string, clock: Clock): Promise<void> {
  const { stdout } = await promisify(execFile)('ps', ['axeww', '-o', 'pid=,command='], { maxBuffer: LISTING_MAX_BYTES });
  const isIt = (line: string) => [`PM2_HOME=${pm2Home}`, `name=${name}`].every((said) => `${line} `.includes(` ${said} `));
  const lines = stdout.split('\n').filter(isIt);
  await endAll(
    lines.map((line) => ({ name, pid: Number.parseInt(line, 10) })),
    'SIGTERM',
    clock,
  );
}

async function leftOvers(pm2Home: string): Promise<Left[]> {
  const pids = join(pm2Home, 'pids');
  const names = await readdir(pids).catch(() => []);
  const files = [...names.map((name) => join(pids, name)), join(pm2Home, 'pm2.pid')];
  const noted = await Promise.all(
    files.map(async (file) => ({ file, pid: Number(await readFile(file, 'utf8').catch(() => '')) })),
  );
  const found: Left[] = [];
  for (const { file, pid } of noted) {
    if (Number.isInteger(pid) && pid > 1 && (await isOurs(pid, pm2Home))) found.push({ name: nameIn(file), pid });
  }
  return found;
}

/** PM2 adds its own number to the name. */
const nameIn = (file: string) => /([^/\\]+?)(?:-\d+)?\.pid$/.exec(file)?.[1] ?? file;

async function isOurs(pid: number, pm2Home: string): Promise<boolean> {
  // `e`: with the environment, in which PM2 tells every process where its home is.
  const { stdout } = await promisify(execFile)('ps', ['eww', '-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.includes(pm2Home);
}

async function endAll(processes: readonly Left[], signal: NodeJS.Signals, clock: Clock): Promise<void> {
  for (const { pid } of processes) send(pid, signal);
  // A stopped process acts on a signal only once it goes on.
  for (const { pid } of processes) send(pid, 'SIGCONT');
  if (await holdsWithin(clock, END_WITHIN_MS, () => processes.every(({ pid }) => !send(pid, 0)))) return;
  for (const { pid } of processes) send(pid, 'SIGKILL');
  await holdsWithin(clock, END_WITHIN_MS, () => processes.every(({ pid }) => !send(pid, 0)));
}

/** Whether there was somebody to send it to; 0 only asks. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
