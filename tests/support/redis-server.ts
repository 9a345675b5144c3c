/** A real `redis-server` of a test's own, on a free port and in a folder of its own; it can be paused, killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePorts } from './free-ports.ts';
import { until } from './until.ts';

const STOP_WITHIN_MS = 5_000;

export interface RedisOptions {
  readonly password?: string;
  /** PEM files; with them the server speaks TLS only. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Keeps what it knows over a restart. */
  readonly durable?: boolean;
  /** An address besides loopback; without a password Redis refuses whoever comes by it. */
  readonly address?: string;
}

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: number;
  /** A connection of the test's own, for looking at what is there; closed with the server. */
  readonly probe: Redis;
  /** Freezes the process (SIGSTOP): connections stay, nothing answers. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends the process with `kill -9`; what was not durable is lost. */
  kill(): Promise<void>;
  /** Starts it again on the same port, after `kill`. */
  start(): Promise<void>;
  /** Calls of each command since the start or the last `forgetCalls`, by lower-case name. */
  calls(): Promise<Readonly<Record<string, number>>>;
  forgetCalls(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'front-row-redis-'));
  const port = await freePorts();
  const { password, tls, durable = false, address } = options;
  const args = [
    '--bind',
    '127.0.0.1',
    ...(address === undefined ? [] : [address]),
    '--dir',
    dir,
    '--save',
    '',
    '--enable-debug-command',
    'yes',
    '--appendonly',
    durable ? 'yes' : 'no',
  ];
  if (durable) args.push('--appendfsync', 'always');
  if (password) args.push('--requirepass', password);
  if (tls) {
    args.push('--port', '0', '--tls-port', `${port}`, '--tls-cert-file', tls.cert, '--tls-key-file', tls.key);
    args.push('--tls-ca-cert-file', tls.cert, '--tls-auth-clients', 'no');
  } else args.push('--port', `${port}`);
  const url = `${tls ? 'rediss' : 'redis'}://${password ? `:${encodeURIComponent(password)}@` : ''}127.0.0.1:${port}`;
  const probe = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => 20,
    ...(tls ? { tls: { rejectUnauthorized: false } } : {}),
  });
  probe.on('error', () => undefined);
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const started = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    process.once('exit', abandon);
    const said: string[] = [];
    for (const stream of [started.stdout, started.stderr]) stream?.on('data', (data: Buffer) => said.push(data.toString()));
    await until('redis-server answers', async () => {
      if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}:\n${said.join('')}`);
      return (await probe.ping().catch(() => '')) === 'PONG';
    });
  }

  /** A test run that ends early leaves no server behind. */
  const abandon = () => void child?.kill('SIGKILL');

  async function kill(): Promise<void> {
    process.off('exit', abandon);
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill('SIGKILL');
    const timer = setTimeout(() => ending.unref(), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  async function stop(): Promise<void> {
    probe.disconnect();
    await kill();
    rmSync(dir, { recursive: true, force: true });
  }

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    port,
    get pid() {
      return child?.pid ?? -1;
    },
    probe,
    async pause() {
      child?.kill('SIGSTOP');
      await until('redis-server stands still', () => isStopped(child?.pid ?? 0));
    },
    resume: () => void child?.kill('SIGCONT'),
    kill,
    start,
    async calls() {
      const info = await probe.info('commandstats');
      return Object.fromEntries(
        [...info.matchAll(/^cmdstat_([\w|-]+):calls=(\d+)/gm)].map(([, name, calls]) => [String(name), Number(calls)]),
      );
    },
    async forgetCalls() {
      await probe.config('RESETSTAT');
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** By its state in /proc; a stop signal takes a moment. */
function isStopped(pid: number): boolean {
  const [, state] = /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  return state === 'T';
}
