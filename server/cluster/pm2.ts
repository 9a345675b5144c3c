/** Our own PM2: its daemon lives in DATA_DIR, so that it never meets another PM2 of this machine or user. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { ClusterError } from './cluster-error.ts';

/** Longer than one process's start (`listen_timeout`) or end (`kill_timeout`). */
const CALL_WITHIN_MS = 180_000;
const LIST_WITHIN_MS = 15_000;
const STOPS_AT_MOST = 20;
/** What a Unix socket's path may have on every system, with room for the file's name. */
const SOCKET_PATH_MAX_BYTES = 90;
/** npm's and a surrounding PM2's own variables are nobody's settings. */
const NOT_SETTINGS = /^(npm_|PM2_|pm_)/i;

export type Env = Readonly<Record<string, string | undefined>>;

export interface Pm2Process {
  readonly name: string;
  /** 0 while it does not run. */
  readonly pid: number;
  /** `online`, `launching`, `stopping`, `stopped`, `errored` or `waiting restart`. */
  readonly status: string;
  /** Starts after the first, wanted or not. */
  readonly restarts: number;
}

export interface Pm2 {
  /** The same PM2, its processes seeing another environment. */
  with(env: Env): Pm2;
  /** Does its daemon answer? */
  isUp(): Promise<boolean>;
  /** Starts no daemon: none has no processes. */
  list(): Promise<Pm2Process[]>;
  /** Starts the processes of a configuration file, or those named; resolves when each said that it is ready, or ended. */
  start(file: string, only?: readonly string[]): Promise<void>;
  /** Ends one and starts it again, with what the environment sets now besides what it was started with. */
  restart(name: string): Promise<void>;
  /** Ends those whose names begin so, all at once, each within its `kill_timeout`. */
  end(prefix: string): Promise<void>;
  /** Ends one and forgets it, with its next try. Rejects with a ClusterError when PM2 keeps starting it. */
  remove(name: string): Promise<void>;
  /** Ends the daemon. */
  kill(): Promise<void>;
}

interface CallOptions {
  readonly withinMs?: number;
  /** Cuts the call short; what the daemon has begun goes on. */
  readonly signal?: AbortSignal;
}

const ALIVE: ReadonlySet<string> = new Set(['online', 'launching', 'stopping']);

const Listing = z.array(
  z.object({
    name: z.string(),
    pid: z.int().optional(),
    pm2_env: z.object({ status: z.string(), restart_time: z.int().default(0) }),
  }),
);

/**
 * `env`: what the processes see, unless their configuration says otherwise. Once `interrupted`, nothing is started any more, with
 * its reason; ending goes on.
 */
export function openPm2(home: string, root: string, interrupted: AbortSignal, env: Env): Pm2 {
  const cli = join(root, 'node_modules', 'pm2', 'bin', 'pm2');
  const sockets = socketsOf(home);

  async function run(args: readonly string[], { withinMs = CALL_WITHIN_MS, signal }: CallOptions = {}): Promise<string> {
    signal?.throwIfAborted();
    await mkdir(home, { recursive: true, mode: 0o700 });
    await mkdir(sockets.dir, { recursive: true, mode: 0o700 });
    // Empty counts as unset, as in the configuration: at a restart, what the process was started with stays.
    const settings = Object.entries(env).filter(
      ([name, value]) => value !== undefined && value !== '' && !NOT_SETTINGS.test(name),
    );
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: withinMs,
      killSignal: 'SIGKILL',
      env: {
        ...Object.fromEntries(settings),
        PM2_HOME: home,
        PM2_DAEMON_RPC_PORT: sockets.rpc,
        PM2_DAEMON_PUB_PORT: sockets.pub,
        PM2_DISABLE_VERSION_CHECK: 'true',
        PM2_CONCURRENT_ACTIONS: '64',
      },
    });
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    const stop = () => void child.kill('SIGKILL');
    signal?.addEventListener('abort', stop);
    const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    signal?.removeEventListener('abort', stop);
    signal?.throwIfAborted();
    if (code !== 0)
      throw new ClusterError(`pm2 ${args[0]} ${code === null ? 'took too long' : `ended with ${code}`}:\n${out}${err}`);
    return out;
  }

  const isUp = () => accepts(sockets.rpc);
  async function list(): Promise<Pm2Process[]> {
    if (!(await isUp())) return [];
    const said = await run(['jlist', '--silent'], { withinMs: LIST_WITHIN_MS });
    return Listing.parse(JSON.parse(said.slice(said.indexOf('[')))).map(({ name, pid = 0, pm2_env }) => ({
      name,
      // Of a process that ended, PM2 may still have the number.
      pid: ALIVE.has(pm2_env.status) ? pid : 0,
      status: pm2_env.status,
      restarts: pm2_env.restart_time,
    }));
  }

  /**
   * PM2 forgets that it was told to end a process when that had not yet said `ready`: it starts it again after its pause, even after it was
   * deleted, in which case it runs beside whatever has its name by then. A stop of one that rests takes the next start back; that it did rest
   * shows in the number of its starts. Resolves with it at rest, or with nothing where PM2 does not know it.
   */
  async function quieten(name: string): Promise<Pm2Process | undefined> {
    let before: Pm2Process | undefined;
    for (let stops = 0; stops < STOPS_AT_MOST; stops += 1) {
      const now = (await list()).find((one) => one.name === name);
      const rests = now?.status === 'stopped' && before?.status === 'stopped' && now.restarts === before.restarts;
      if (now === undefined || rests) return now;
      before = now;
      await run(['stop', name], { signal: interrupted });
    }
    throw new ClusterError(`PM2 starts ${name} again each time it is stopped.`);
  }

  return {
    with: (other) => openPm2(home, root, interrupted, other),
    isUp,
    list,
    async start(file, only = []) {
      await run(['start', file, ...(only.length > 0 ? ['--only', only.join(',')] : [])], { signal: interrupted });
    },
    async restart(name) {
      await run(['restart', name, '--update-env'], { signal: interrupted });
    },
    async end(prefix) {
      await run(['delete', `/^${prefix}/`]);
    },
    async remove(name) {
      const atRest = await quieten(name);
      if (atRest !== undefined) await run(['delete', name], { signal: interrupted });
    },
    async kill() {
      await run(['kill']);
    },
  };
}

/** The daemon's sockets; in a folder of the system's when the path to `home` is longer than a socket's may be. */
function socketsOf(home: string): { readonly dir: string; readonly rpc: string; readonly pub: string } {
  const short = join(tmpdir(), `front-row-pm2-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
  const dir = Buffer.byteLength(home) <= SOCKET_PATH_MAX_BYTES ? home : short;
  return { dir, rpc: join(dir, 'rpc.sock'), pub: join(dir, 'pub.sock') };
}

function accepts(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
