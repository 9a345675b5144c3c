// @ts-check
/**
 * The processes of the venue under PM2, as `npm run cluster` starts them: PROCESSES of them, process n on PORT + n.
 * Settings come from the environment and pass through; see docs/operations.md.
 */
import { join, resolve } from 'node:path';

const root = import.meta.dirname;
/** @param {string} name @param {string} otherwise */
const setting = (name, otherwise) => process.env[name] || otherwise;
const processes = Number(setting('PROCESSES', '1'));
const logs = join(resolve(root, setting('DATA_DIR', 'data')), 'cluster', 'logs');

export const apps = Array.from({ length: processes }, (_, n) => ({
  name: `front-row-${n}`,
  cwd: root,
  script: 'server/main.ts',
  // The pinned one: PM2's own Node may be older.
  interpreter: join(root, 'node_modules', '.bin', 'node'),
  // V8's memory reducer collects everything whenever 100 s have passed without: half a second of standstill in a full house, in all processes at
  // once. Without it a heap is kept small by collecting it when it has grown by a fifth.
  node_args: ['--no-memory-reducer', '--heap-growing-percent=20', '--max-semi-space-size=8'],
  exec_mode: 'fork',
  env: { PROCESS_INDEX: String(n), PROCESSES: String(processes) },
  // The process says `ready` once fans can join.
  wait_ready: true,
  listen_timeout: 60_000,
  // A shutdown moves fans and writes what is pending; it bounds itself below this.
  kill_timeout: 30_000,
  exp_backoff_restart_delay: 200,
  out_file: join(logs, `front-row-${n}.log`),
  error_file: join(logs, `front-row-${n}.log`),
  merge_logs: true,
  // Nothing of PM2's own runs inside the process, and nothing asks git.
  pmx: false,
  vizion: false,
}));
