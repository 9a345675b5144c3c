/**
 * `npm run drills [-- FILE…]`: the drills one after another, those of two machines and what pages cost too, with what they
 * measured written to docs/reports/drills.json. Exits 1 when one of them failed.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { ensureSystemPackages } from '../support/system-packages.ts';

if (!ensureSystemPackages(process.env.PATH ?? '')) process.exit(1);

const chosen = process.argv.slice(2);
const drills = chosen.length > 0 ? chosen : globSync('tests/{drills,machines,pages}/*.test.ts').toSorted();
const failed = drills.filter((drill) => {
  // Each in a process of its own: one that ends early takes no other with it.
  const { status } = spawnSync(process.execPath, ['node_modules/mocha/bin/mocha.js', drill], {
    stdio: 'inherit',
    env: { ...process.env, DRILL_REPORT: '1' },
  });
  return status !== 0;
});
console.log(failed.length === 0 ? `${drills.length} drills, all is well` : `failed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
