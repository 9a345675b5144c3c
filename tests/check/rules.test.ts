/** docs/spec.md against the tests that say which of its rules they prove. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';

/** Suites that run over several implementations are no test files themselves. */
const SUITES = ['{schemas,core,rooms,server,client,loadtest,tests}/**/*.test.ts', 'tests/contract/*.ts'];

describe('docs/spec.md', () => {
  const given = [...readFileSync('docs/spec.md', 'utf8').matchAll(/^- (?:\*\*)?([A-Z]{2}\d+)\b/gm)].map(([, rule]) => rule ?? '');
  const titles = globSync(SUITES).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/\bit\(\s*['"`](.{0,60})/g)].map(([, title]) => ({ file, title: title ?? '' }));
  });

  it('HO13 gives no number twice', () => {
    assert.ok(given.length > 0);
    assert.deepEqual(
      given.filter((rule, n) => given.indexOf(rule) !== n),
      [],
    );
  });

  it('HO13 has the rules that every test begins with', () => {
    assert.ok(titles.length > 0);
    const rules = new Set(given);
    const strange = titles.filter(({ title }) => {
      const named = /^(?:[A-Z]{2}\d+ )+/.exec(title)?.[0].trim().split(' ') ?? [];
      return named.length === 0 || named.some((rule) => !rules.has(rule));
    });
    assert.deepEqual(strange, []);
  });
});
