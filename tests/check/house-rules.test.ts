import assert from 'node:assert/strict';
import { violationsIn } from './house-rules.ts';

describe('house rules', () => {
  const long = 'const a = 1;\n'.repeat(301);

  it('HO4 refuses a file of more than 300 lines unless its top says why', () => {
    assert.equal(violationsIn('core/long.ts', long).length, 1);
    assert.deepEqual(violationsIn('core/long.ts', `/** Longer than 300 lines: one table. */\n${long}`), []);
    assert.deepEqual(violationsIn('core/short.ts', 'const a = 1;\n'.repeat(300)), []);
  });

  it('HO4 refuses names that are not kebab-case or say nothing', () => {
    assert.equal(violationsIn('core/fooBar.ts', '').length, 1);
    assert.equal(violationsIn('core/utils.ts', '').length, 1);
    assert.deepEqual(violationsIn('core/foo-bar.room.test.ts', ''), []);
  });

  const unfinished = ['TO', 'DO'].join('');

  it('HO4 refuses words that mean unfinished work', () => {
    assert.deepEqual(violationsIn('core/a.ts', ['ok', `// ${unfinished} later`, ''].join('\n')), [
      'core/a.ts:2: unfinished work',
    ]);
  });
});
