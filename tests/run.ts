/**
 * `npm test`: every test, with branch coverage of core, and the page tests once more in front of a cluster behind nginx with TLS;
 * `npm test -- FILE…` runs just those, without the coverage, in the house that FRONT_ROW_HOUSE says.
 * Each folder has a process of its own: what the tests before left in memory would make itself felt in the figures of those after. A file
 * that failed nevertheless is played once more, alone, when all others are through; not so what forbids a second try.
 * The last line is `N passed, N failed`, after what failed or needed another try. A run that ends early, or too little coverage, is one
 * more failure.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Counts, type FileCounts, NO_FILE } from './support/counting-reporter.ts';
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

const counts = chosen.length > 0 ? [run({ name: 'these', args: [], files: chosen, env: {} })] : runAll();
const { passed, failed } = total(counts);
rmSync(scratch, { recursive: true });
for (const remark of counts.flatMap(({ remarks }) => remarks)) console.log(remark);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

interface Run {
  readonly name: string;
  readonly args: readonly string[];
  readonly files: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

function runAll(): Counts[] {
  const covered = [...whole, '--require', './tests/support/cover-this-process-alone.ts'];
  const folders = byFolder(globSync(ALL_TESTS)).map(([name, files]) =>
    twice({ name, args: covered, files, env: { NODE_V8_COVERAGE: coverage } }),
  );
  const inCluster = byFolder(globSync(PAGE_TESTS)).map(([name, files]) =>
    twice({ name: `${name} in front of a cluster`, args: whole, files, env: { FRONT_ROW_HOUSE: 'cluster' } }),
  );
  const runs = [...folders, ...inCluster].map((again) => again());
  const isCovered = node(['node_modules/c8/bin/c8.js', 'report', '--temp-directory', coverage]);
  return isCovered ? runs : [...runs, failure('core is not covered as .c8rc.json asks')];
}

/** Plays the run now; the result plays what failed once more, each file in a process of its own, and says what it came to in the end. */
function twice(once: Run): () => Counts {
  const first = run(once);
  // Where no file is to blame, such as a run that died on the way, it may have been any.
  const again = once.files.filter((file) => {
    const { failed, final } = first.files[file] ?? { failed: 0, final: 0 };
    return NO_FILE in first.files || (failed > 0 && final === 0);
  });
  if (again.length === 0) return () => first;
  return () => {
    const later = again.map((file) => run({ ...once, name: `${file} once more`, files: [file] }));
    const kept = Object.entries(first.files).filter(([file]) => file !== NO_FILE);
    return {
      files: Object.assign(Object.fromEntries(kept), ...later.map(({ files }) => files)),
      remarks: [
        ...first.remarks.map((remark) => remark.replace(/^FAILED: /, 'played once more, alone: ')),
        ...later.flatMap(({ remarks }) => remarks),
      ],
    };
  };
}

/** By top folder, and those in `tests` by the folder there. */
function byFolder(files: readonly string[]): [folder: string, files: string[]][] {
  const folders = Object.groupBy(files.toSorted(), (file) => file.split('/', file.startsWith('tests/') ? 2 : 1).join('/'));
  return Object.entries(folders).map(([folder, files = []]) => [folder, files]);
}

function run({ name, args, files, env }: Run): Counts {
  const countsFile = join(scratch, 'counts.json');
  const startedAtMs = Date.now();
  rmSync(countsFile, { force: true });
  node([...mocha, '--reporter-option', `counts=${countsFile}`, ...args, ...files], { ...process.env, ...env });
  try {
    const counts = JSON.parse(readFileSync(countsFile, 'utf8')) as Counts;
    const { passed, failed } = total([counts]);
    console.log(`${name}: ${passed} passed, ${failed} failed, in ${Math.round((Date.now() - startedAtMs) / 1_000)} s`);
    return counts;
  } catch {
    return failure(`${name}: the tests did not run to their end`);
  }
}

function total(counts: readonly Counts[]): FileCounts {
  const files = counts.flatMap((one) => Object.values(one.files));
  const sum = (outcome: keyof FileCounts) => files.reduce((so, file) => so + file[outcome], 0);
  return { passed: sum('passed'), failed: sum('failed'), final: sum('final') };
}

function failure(why: string): Counts {
  return { files: { [NO_FILE]: { passed: 0, failed: 1, final: 0 } }, remarks: [`FAILED: ${why}`] };
}

function node(args: readonly string[], env: NodeJS.ProcessEnv = process.env): boolean {
  return spawnSync(process.execPath, args, { stdio: 'inherit', env }).status === 0;
}
