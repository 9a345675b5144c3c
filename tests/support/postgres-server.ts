/** A real PostgreSQL of the test's own: a temporary folder, a free port, stopped and deleted with its owner. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePorts } from './free-ports.ts';
import { findCommand } from './system-packages.ts';
import { until } from './until.ts';

const START_WITHIN_MS = 60_000;

export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** The processes' owner, who may do anything. */
  readonly user: string;
  /** Of the database `name`, which must have been made. */
  url(name?: string): string;
  /** Makes an empty database; resolves with its URL. */
  createDatabase(name: string): Promise<string>;
  /** One query over a connection of its own. */
  query<Row extends object>(text: string, database?: string): Promise<Row[]>;
  /** Ends it as `pg_ctl -m immediate` does: connections are cut, it recovers at the next start. */
  stop(): Promise<void>;
  /** Kills the server and every backend of it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Freezes the server with all its backends: sockets stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
}

/** `settings` as in postgresql.conf, e.g. `{ shared_preload_libraries: 'pg_stat_statements' }`. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const dir = mkdtempSync(join(tmpdir(), 'front-row-postgres-'));
  const who = unprivileged();
  own(dir);
  const data = join(dir, 'data');
  execFileSync(binary('initdb'), ['-D', data, '-U', 'tester', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], {
    ...who,
    cwd: dir,
    stdio: 'pipe',
  });
  const port = await freePorts();
  const options = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: dir,
    port: String(port),
    max_connections: '60',
    shared_buffers: '16MB',
    // A killed process leaves its writes to the system; only a power cut would lose them.
    fsync: 'off',
    ...settings,
  };
  const args = ['-D', data, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const url = (name = 'postgres') => `postgres://tester@127.0.0.1:${port}/${name}`;
  let server: { readonly child: ChildProcess; readonly gone: Promise<unknown> } | undefined;

  async function query<Row extends object>(text: string, database?: string): Promise<Row[]> {
    const client = new Client({ connectionString: url(database) });
    // A server that is being stopped ends the connection with an error besides rejecting the query.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    const child = spawn(binary('postgres'), args, { ...who, cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    server = { child, gone: once(child, 'exit') };
    process.once('exit', abandon);
    await until(
      'PostgreSQL answers',
      async () => {
        if (child.exitCode !== null) throw new Error(`PostgreSQL ended:\n${said}`);
        return query('select 1').then(
          () => true,
          () => false,
        );
      },
      START_WITHIN_MS,
    );
  }

  /** A test run that ends early leaves no server behind. */
  const abandon = () => void server?.child.kill('SIGQUIT');

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server === undefined) return;
    const { child, gone } = server;
    server = undefined;
    process.off('exit', abandon);
    const family = [child.pid ?? 0, ...childrenOf(child.pid ?? 0)];
    if (signal === 'SIGKILL') for (const pid of family) signalTo(pid, signal);
    else child.kill(signal);
    await gone;
    // The next start must not find shared memory in use by a backend that is still on its way out.
    await until('every backend is gone', () => family.every((pid) => !signalTo(pid, 0)));
  }

  const signalAll = (signal: NodeJS.Signals) => {
    const pid = server?.child.pid ?? 0;
    for (const each of [pid, ...childrenOf(pid)]) signalTo(each, signal);
  };

  await start();
  return {
    port,
    user: 'tester',
    url,
    query,
    start,
    stop: () => end('SIGQUIT'),
    kill: () => end('SIGKILL'),
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async createDatabase(name) {
      await query(`create database ${name}`);
      return url(name);
    },
    async [Symbol.asyncDispose]() {
      if (server !== undefined) signalAll('SIGCONT');
      await end('SIGQUIT');
      rmSync(dir, { recursive: true });
    },
  };
}

/** Gives these paths to whoever the servers run as. */
export function own(...paths: readonly string[]): void {
  const { uid, gid } = unprivileged();
  if (uid !== undefined && gid !== undefined) for (const path of paths) chownSync(path, uid, gid);
}

/** PostgreSQL refuses to run as root: then it runs as whoever is there to run it. */
export function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: '-u' | '-g', user: string) => Number(execFileSync('id', [flag, user], { stdio: 'pipe' }).toString());
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', user), gid: idOf('-g', user) };
    } catch {
      // No such user here.
    }
  }
  throw new Error('there is no user to run PostgreSQL as');
}

function binary(name: string): string {
  const versions = '/usr/lib/postgresql';
  const debian = () =>
    readdirSync(versions)
      .toSorted((a, b) => Number(b) - Number(a))
      .map((version) => join(versions, version, 'bin'));
  const path = process.env['PATH'] ?? '';
  return findCommand([name], path) ?? findCommand([name], debian().join(':')) ?? name;
}

function childrenOf(pid: number): number[] {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { stdio: 'pipe' })
      .toString()
      .split('\n')
      .map(Number)
      .filter(Boolean);
  } catch {
    return [];
  }
}

/** Whether there is such a process to receive it; a backend may end at any moment. */
function signalTo(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
