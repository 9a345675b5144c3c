/**
 * `npm test`: every test, with branch coverage of core, and the page tests once more in front of a cluster behind nginx with TLS;
 * `npm test -- FILE…` runs just those, without the coverage, in the house that FRONT_ROW_HOUSE says.
 * Each folder has a process of its own: what the tests before left in memory would make itself felt in the figures of those after.
 * The last line is `N passed, N failed`, after what failed or needed a second try. A run that ends early, or too little coverage, is one
 * more failure.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Counts } from './support/counting-reporter.ts';
import { ensureSystemPackages } from './support/system-packages.ts';

const ALL_TESTS = '{schemas,core,rooms,server,client,loadtest,tests}/**/*.test.ts';
/** Those that need a whole house; see tests/support/house-kind.ts. */
const PAGE_TESTS = '{client/{fan,host},tests/e2e}/*.browser.test.ts';

if (!ensureSystemPackages(process.env.PATH ?? '')) {
  console.log('0 passed, 1 failed');
  process.exit(1);
}

const chosen = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'front-row-test-'));
const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', './tests/support/counting-reporter.ts'];
/** Real processes, browsers and clocks on a machine that others use too: one second try, which the remarks name. */
const whole = ['--forbid-only', '--forbid-pending', '--retries', '1'];
const coverage = join(scratch, 'coverage');

const counts = chosen.length > 0 ? [run('these', chosen, {})] : runAll();
const passed = counts.reduce((sum, one) => sum + one.passed, 0);
const failed = counts.reduce((sum, one) => sum + one.failed, 0);
rmSync(scratch, { recursive: true });
for (const remark of counts.flatMap(({ remarks }) => remarks)) console.log(remark);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function runAll(): Counts[] {
  const covered = ['--require', './tests/support/cover-this-process-alone.ts'];
  const counts = byFolder(globSync(ALL_TESTS)).map(([folder, files]) =>
    run(folder, [...whole, ...covered, ...files], { NODE_V8_COVERAGE: coverage }),
  );
  const isCovered = node(['node_modules/c8/bin/c8.js', 'report', '--temp-directory', coverage]);
  const covering: Counts = isCovered
    ? { passed: 0, failed: 0, remarks: [] }
    : { passed: 0, failed: 1, remarks: ['FAILED: core is not covered as .c8rc.json asks'] };
  const inCluster = byFolder(globSync(PAGE_TESTS)).map(([folder, files]) =>
    run(`${folder} in front of a cluster`, [...whole, ...files], { FRONT_ROW_HOUSE: 'cluster' }),
  );
  return [...counts, covering, ...inCluster];
}

/** By top folder, and those in `tests` by the folder there. */
function byFolder(files: readonly string[]): [folder: string, files: string[]][] {
  const folders = Object.groupBy(files.toSorted(), (file) => file.split('/', file.startsWith('tests/') ? 2 : 1).join('/'));
  return Object.entries(folders).map(([folder, files = []]) => [folder, files]);
}

function run(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Counts {
  const file = join(scratch, 'counts.json');
  const startedAtMs = Date.now();
  rmSync(file, { force: true });
  node([...mocha, '--reporter-option', `counts=${file}`, ...args], { ...process.env, ...env });
  try {
    const counts = JSON.parse(readFileSync(file, 'utf8')) as Counts;
    console.log(
      `${name}: ${counts.passed} passed, ${counts.failed} failed, in ${Math.round((Date.now() - startedAtMs) / 1_000)} s`,
    );
    return counts;
  } catch {
    return { passed: 0, failed: 1, remarks: [`FAILED: ${name}: the tests did not run to their end`] };
  }
}

function node(args: readonly string[], env: NodeJS.ProcessEnv = process.env): boolean {
  return spawnSync(process.execPath, args, { stdio: 'inherit', env }).status === 0;
}
