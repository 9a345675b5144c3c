/** The cluster's commands as a person runs them, in a data folder and on ports of the test's own. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePorts } from '../support/free-ports.ts';

const COMMAND_WITHIN_MS = 240_000;

type Env = Readonly<Record<string, string>>;

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface StatusRow {
  readonly index: number;
  readonly pid: number | null;
  readonly port: number;
  readonly processId: string | null;
  readonly ready: boolean;
  readonly stages: readonly string[];
  readonly sections: readonly { readonly roomId: string; readonly slug: string; readonly fans: number }[];
}

export interface ClusterRun extends AsyncDisposable {
  readonly dataDir: string;
  readonly port: number;
  /** `npm run cluster`, or `npm run cluster:<command>`; `env` besides the cluster's own. */
  run(command: 'start' | 'status' | 'deploy' | 'stop', args?: readonly string[], env?: Env): Promise<CommandResult>;
  /** The same, to be interrupted; `heard` has what it said so far. */
  begin(command: 'start' | 'deploy'): {
    readonly child: ChildProcess;
    readonly ended: Promise<CommandResult>;
    readonly heard: () => string;
  };
  /** Starts it, or the test fails with what it said. */
  start(env?: Env): Promise<{ readonly fanUrl: string; readonly hostUrl: string }>;
  status(): Promise<StatusRow[]>;
  /** What runs on this machine and names this cluster's folder, one command line each. */
  alive(): string[];
  pidOf(name: string): number;
}

/** `through`: what goes before each command line, for a machine that is not this one. */
export async function prepareCluster(
  processes: number,
  settings: Env = {},
  through: readonly string[] = [],
): Promise<ClusterRun> {
  const dir = mkdtempSync(join(tmpdir(), 'front-row-cluster-'));
  // PostgreSQL runs as somebody else when the test is root.
  chmodSync(dir, 0o755);
  const dataDir = join(dir, 'data');
  const port = await freePorts(processes);
  const own = { PORT: String(port), PROCESSES: String(processes), DATA_DIR: dataDir, HOST: '127.0.0.1', LOG_LEVEL: 'warn' };

  function begin(command: string, args: readonly string[] = [], env: Env = {}) {
    const [program = '', ...line] = [...through, process.execPath, 'server/cluster/main.ts', command, ...args];
    const child = spawn(program, line, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, REDIS_URL: '', DATABASE_URL: '', ...own, ...settings, ...env },
      timeout: COMMAND_WITHIN_MS,
    });
    const code = new Promise<number | null>((resolve) => child.once('close', resolve));
    let heard = '';
    child.stderr.on('data', (chunk: Buffer) => {
      heard += chunk;
    });
    const ended = Promise.all([code, text(child.stdout)]).then(([code, out]) => ({ code, out, err: heard }));
    return { child, ended, heard: () => heard };
  }
  const run = (...asked: Parameters<typeof begin>) => begin(...asked).ended;

  const alive = () => {
    const all = execFileSync('ps', ['axeww', '-o', 'pid=,command='], { maxBuffer: 64 * 1_024 * 1_024, encoding: 'utf8' });
    return all.split('\n').filter((line) => line.includes(dir) && !line.includes('ps axeww'));
  };

  return {
    dataDir,
    port,
    run,
    begin,
    alive,
    async start(env) {
      const { code, out, err } = await run('start', [], env);
      assert.equal(code, 0, `npm run cluster ended with ${code}:\n${err}`);
      const [, fanUrl = '', hostUrl = ''] = /^fan {2}(\S+)\nhost {2}(\S+)\n$/.exec(out) ?? assert.fail(`it printed:\n${out}`);
      return { fanUrl, hostUrl };
    },
    async status() {
      const { code, out, err } = await run('status', ['--json']);
      assert.equal(code, 0, err);
      return JSON.parse(out) as StatusRow[];
    },
    pidOf(name) {
      const line = alive().find((line) => line.includes(`name=${name} `)) ?? assert.fail(`${name} does not run`);
      return Number.parseInt(line, 10);
    },
    async [Symbol.asyncDispose]() {
      await run('stop');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
