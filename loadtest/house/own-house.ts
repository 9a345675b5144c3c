/** Houses that are started for a run: on free ports, in a folder of their own, gone without a trace afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { freePortsFrom } from './free-ports.ts';
import { CROWD_SETTINGS, type House, inviteIn, printedUrls } from './house.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_WITHIN_MS = 180_000;
/** Longer than the slowest that meets its target. */
const DEPLOY_WITHIN_MS = 600_000;
const STOP_WITHIN_MS = 60_000;

export interface OwnHouseDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is going on, for the person at the terminal. */
  readonly say: (line: string) => void;
}

type Env = Readonly<Record<string, string | undefined>>;

/** `npm run cluster`, of so many processes. Rejects with what it said when it does not start; nothing of it is left then. */
export async function openCluster(processes: number, { clock, random, env, say }: OwnHouseDeps): Promise<House> {
  const dir = mkdtempSync(join(tmpdir(), 'front-row-loadtest-'));
  // PostgreSQL runs as somebody else when we are root.
  chmodSync(dir, 0o755);
  const dataDir = join(dir, 'data');
  const port = await freePortsFrom(processes, random);
  const own: Env = { ...inherited(env), DATA_DIR: dataDir, PORT: String(port), PROCESSES: String(processes) };
  const command = (name: string, withinMs = START_WITHIN_MS) => runToEnd(clock, ['server/cluster/main.ts', name], own, withinMs);
  const stop = async () => {
    await command('stop').catch((error: unknown) => say(String(error)));
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    say(`starting a cluster of ${processes} from port ${port} on`);
    const { fan, host } = printedUrls(await command('start')) ?? { fan: '', host: '' };
    const { port: first } = new URL(fan);
    const origins = Array.from({ length: processes }, (_, n) => `http://127.0.0.1:${Number(first) + n}`);
    return {
      kind: 'cluster',
      origins,
      slug: slugIn(fan),
      invite: inviteIn(host),
      adminToken: null,
      isLocal: true,
      dataDir,
      databaseUrl: localDatabase(dataDir),
      deploy: async () => void (await command('deploy', DEPLOY_WITHIN_MS)),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `npm start`: one process with everything embedded. */
export async function openOne({ clock, env }: OwnHouseDeps): Promise<House> {
  const dataDir = mkdtempSync(join(tmpdir(), 'front-row-loadtest-'));
  const child = spawn(process.execPath, ['server/main.ts'], {
    cwd: ROOT,
    env: { ...inherited(env), DATA_DIR: dataDir, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A terminal's Ctrl-C is for the run, which ends the house when its guests have left.
    detached: true,
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    const cancel = clock.after(STOP_WITHIN_MS, () => child.kill('SIGKILL'));
    await exited;
    cancel();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const { fan, host } = await urlsOf(clock, child);
    return {
      kind: 'one',
      origins: [`http://127.0.0.1:${new URL(fan).port}`],
      slug: slugIn(fan),
      invite: inviteIn(host),
      adminToken: null,
      isLocal: true,
      dataDir,
      databaseUrl: null,
      deploy: null,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Our own surroundings, without what would make the house another one. */
function inherited(env: Env): Env {
  return {
    ...env,
    HOST: '127.0.0.1',
    LOG_LEVEL: env['LOG_LEVEL'] || 'warn',
    // A URL and an address of the house that this machine may have otherwise.
    PUBLIC_URL: '',
    PUBLIC_ADDRESS: '',
    TRUSTED_PROXIES: '',
    ADMIN_TOKEN: '',
    TICKET_SECRET: '',
    REDIS_URL: '',
    DATABASE_URL: '',
    PROCESS_INDEX: '',
    PROCESSES: '',
    ...CROWD_SETTINGS,
  };
}

function slugIn(fanUrl: string): string {
  return new URL(fanUrl).pathname.split('/').at(-1) ?? '';
}

/** Where the cluster's own PostgreSQL is, as it wrote it down itself. */
function localDatabase(dataDir: string): string {
  const kept = JSON.parse(readFileSync(join(dataDir, 'cluster', 'local-services.json'), 'utf8')) as {
    readonly password: string;
    readonly postgresPort: number;
  };
  return `postgres://front_row:${kept.password}@127.0.0.1:${kept.postgresPort}/front_row`;
}

/** What it printed. Rejects with what it complained of when it ends otherwise than with 0. */
async function runToEnd(clock: Clock, args: readonly string[], env: Env, withinMs: number): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const cancel = clock.after(withinMs, () => child.kill('SIGTERM'));
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => void (out += chunk));
  child.stderr.on('data', (chunk: Buffer) => void (err += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  cancel();
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${err}`);
  return out;
}

async function urlsOf(clock: Clock, child: ChildProcess): Promise<{ readonly fan: string; readonly host: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly fan: string; readonly host: string }>();
  let said = '';
  const hear = (chunk: Buffer) => {
    said += chunk;
    const urls = printedUrls(said);
    if (urls) resolve(urls);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const cancel = clock.after(START_WITHIN_MS, () => reject(new Error(`the server did not start:\n${said}`)));
  child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  return await promise.finally(cancel);
}
