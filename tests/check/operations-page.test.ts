/** docs/operations.md against the code that it describes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { houseSeries } from './series.ts';

describe('docs/operations.md', () => {
  const page = readFileSync('docs/operations.md', 'utf8');

  it('HO5 names every environment variable that the configuration reads', () => {
    const names = [...readFileSync('server/config.ts', 'utf8').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name ?? '');
    assert.ok(names.includes('PORT') && names.includes('DATABASE_URL'));
    assert.deepEqual(
      names.filter((name) => !page.includes(`\`${name}\``)),
      [],
    );
  });

  it('HO5 names every series of our own, and none that is gone', async () => {
    const ours = [...(await houseSeries(new Registry()))].filter((name) => name.startsWith('front_row_'));
    const named = [...page.matchAll(/`(front_row_[a-z_]+)`/g)].map(([, name]) => name ?? '');
    assert.deepEqual([...new Set(named)].toSorted(), ours.toSorted());
  });
});
