/** `npm run check`: every static check, all of them even when one fails; exits 1 when any did. */
import { spawnSync } from 'node:child_process';
import { protocolPage, protocolPageOnDisk } from '../../docs/protocol-page.ts';
import { houseRuleViolations } from './house-rules.ts';

const FOLDERS = ['schemas', 'core', 'rooms', 'server', 'client', 'loadtest', 'tests', 'docs'];

const CHECKS: readonly { readonly name: string; readonly holds: () => boolean }[] = [
  { name: 'types', holds: () => runs('tsc', '--noEmit', '-p', '.') },
  { name: 'lint', holds: () => runs('oxlint', '--type-aware', '--deny-warnings') },
  { name: 'format', holds: () => runs('biome', 'ci', '--error-on-warnings') },
  {
    name: 'direction',
    holds: () =>
      runs(
        process.execPath,
        '--import',
        './tests/check/swc-syntax.ts',
        'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
        '--config',
        '.dependency-cruiser.js',
        ...FOLDERS,
      ),
  },
  { name: 'dead code', holds: () => runs('knip', '--no-progress') },
  { name: 'house rules', holds: () => nothingIn(houseRuleViolations(trackedFiles())) },
  {
    name: 'protocol page',
    holds: () => nothingIn(protocolPage() === protocolPageOnDisk() ? [] : ['docs/protocol.md is old: npm run docs:protocol']),
  },
];

const failed = CHECKS.filter(({ name, holds }) => {
  console.log(`── ${name}`);
  return !holds();
});
console.log(failed.length === 0 ? 'check: clean' : `check: failed: ${failed.map(({ name }) => name).join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);

function runs(command: string, ...args: readonly string[]): boolean {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) console.log(`${command} did not run: ${error.message}`);
  return status === 0;
}

function nothingIn(complaints: readonly string[]): boolean {
  for (const complaint of complaints) console.log(complaint);
  return complaints.length === 0;
}

/** What is in the repository or about to be: not what .gitignore leaves out. */
function trackedFiles(): string[] {
  const { stdout, status } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error('git ls-files failed: the check needs a git clone');
  return stdout.split('\0').filter(Boolean);
}
