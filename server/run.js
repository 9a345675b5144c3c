// @ts-check
/**
 * Runs one of our TypeScript entries on a machine that may have nothing but an older Node (18 or newer) and npm:
 *
 *   node server/run.js [--client] [ENTRY [ARGS…]]
 *
 * First installs the locked dependencies when `node_modules` is not what the lockfile says, then with `--client` builds
 * the pages when their sources changed, then hands over to the pinned Node, whose signals and exit code become ours.
 * What the set-up says goes to stderr, so that stdout stays the entry's. Plain JavaScript, since an old Node reads it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;
const ORPHAN_CHECK_MS = 500;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const WINDOWS = process.platform === 'win32';
const CLIENT_SOURCES = ['client', 'core', 'schemas', 'package-lock.json', 'tsconfig.json'];
const CLIENT_OUTPUT = join(ROOT, 'dist', 'client');
/** Beside the output, not in it: the build empties that folder, and everything in it is served. */
const CLIENT_STAMP = join(ROOT, 'dist', 'client.sources');

const args = process.argv.slice(2);
const withClient = args[0] === '--client';
const [entry, ...entryArgs] = withClient ? args.slice(1) : args;
if (!dependenciesMatch()) installDependencies();
const node = findNode();
if (withClient) buildClient(node);
if (entry) handOver(node, [entry, ...entryArgs]);

/**
 * Whether what npm noted in `node_modules` is what the lockfile asks for. An optional package may be absent: it is
 * another platform's.
 * @returns {boolean}
 */
function dependenciesMatch() {
  const wanted = lockedPackages(join(ROOT, 'package-lock.json'));
  const present = lockedPackages(join(ROOT, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  for (const [path, { version, integrity, optional }] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = present[path];
    if (found ? found.version !== version || found.integrity !== integrity : !optional) return false;
  }
  return Object.keys(present).every((path) => path in wanted);
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }> | undefined}
 */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** `npm ci` with the machine's own Node: the pinned one lies in the folder that is replaced. */
function installDependencies() {
  say('installing dependencies (npm ci)');
  const { status } = spawnSync('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'], {
    cwd: ROOT,
    env: { ...process.env, ...pathWithoutLocalBin() },
    stdio: ['ignore', 2, 2],
    shell: WINDOWS,
  });
  if (status !== 0) fail('npm ci failed; its message is above', status ?? 1);
}

/** @returns {NodeJS.ProcessEnv} */
function pathWithoutLocalBin() {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = (process.env[name] ?? '').split(delimiter);
  return { [name]: folders.filter((folder) => !folder.endsWith(join('node_modules', '.bin'))).join(delimiter) };
}

/**
 * The Node that the lockfile pins; where no package exists for the platform, the machine's, if it is new enough.
 * @returns {string}
 */
function findNode() {
  const local = join(ROOT, 'node_modules', `node-${WINDOWS ? 'win' : process.platform}-${process.arch}`, 'bin');
  const pinned = join(local, WINDOWS ? 'node.exe' : 'node');
  if (existsSync(pinned) && spawnSync(pinned, ['--version']).status === 0) return pinned;
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) return process.execPath;
  return fail(
    `Front Row runs on Node ${NODE_MAJOR}. No package of it runs on ${process.platform}-${process.arch}, and this is Node ` +
      `${process.versions.node}: install Node ${NODE_MAJOR} from https://nodejs.org and try again.`,
  );
}

/** @param {string} node */
function buildClient(node) {
  const sources = hashOf(CLIENT_SOURCES);
  if (existsSync(CLIENT_OUTPUT) && existsSync(CLIENT_STAMP) && readFileSync(CLIENT_STAMP, 'utf8') === sources) return;
  say('building the pages');
  const vite = join('node_modules', 'vite', 'bin', 'vite.js');
  const { status } = spawnSync(node, [vite, 'build', '--config', 'client/vite.config.ts', '--logLevel', 'error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) fail('the pages did not build; the reason is above', status ?? 1);
  writeFileSync(CLIENT_STAMP, sources);
}

/**
 * @param {readonly string[]} paths
 * @returns {string}
 */
function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesUnder(path))
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(ROOT, file)))
        .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]} every file that can reach a build, in a fixed order
 */
function filesUnder(path) {
  if (!statSync(join(ROOT, path)).isDirectory()) return /\.test\.tsx?$/.test(path) ? [] : [path];
  const names = readdirSync(join(ROOT, path));
  names.sort(); // toSorted is newer than some Node that runs this
  return names.flatMap((name) => filesUnder(`${path}/${name}`));
}

/**
 * @param {string} node
 * @param {readonly string[]} argv
 */
function handOver(node, argv) {
  const bin = join(ROOT, 'node_modules', '.bin');
  const { PATH = '', ...rest } = process.env;
  const env = WINDOWS ? process.env : { ...rest, PATH: [bin, PATH].join(delimiter) };
  const child = spawn(node, argv, { cwd: ROOT, env, stdio: 'inherit' });
  /** A terminal sends these to its whole foreground group, the child included. */
  const fromTerminal = new Set(process.stdin.isTTY ? ['SIGINT', 'SIGHUP', 'SIGQUIT'] : []);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'])) {
    if (WINDOWS && signal !== 'SIGINT' && signal !== 'SIGTERM') continue;
    process.on(signal, () => {
      if (!fromTerminal.has(signal)) child.kill(signal);
    });
  }
  // npm runs us in a shell, which a signal to npm kills without a word to us.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, ORPHAN_CHECK_MS);
  child.on('error', (error) => fail(`${node} did not start: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

/** @param {string} message */
function say(message) {
  process.stderr.write(`front-row: ${message}\n`);
}

/**
 * @param {string} message
 * @param {number} [status]
 * @returns {never}
 */
function fail(message, status = 1) {
  say(message);
  process.exit(status);
}
