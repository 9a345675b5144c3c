import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { trimSchema } from './trim-schema.ts';

describe('what the page leaves out of the schema library', () => {
  const code = readFileSync(fileURLToPath(import.meta.resolve('@colyseus/schema')), 'utf8');

  it('FP33 takes out what encodes whole states, and the collections that no state of ours has', () => {
    const trimmed = trimSchema(code);
    assert.doesNotMatch(trimmed, /new Encoder\(|registerType\("(?:set|collection|stream)"/);
    assert.match(trimmed, /^registerType\("array"/m);
    assert.match(trimmed, /^registerType\("map"/m);
    assert.match(trimmed, /^Reflection\.decode = /m);
    assert.match(trimmed, /throw new Error\("SetSchema is left out of this page"\)/);
  });

  it('FP33 says so when the library has changed', () => {
    assert.throws(() => trimSchema('export {};'), /any more/);
  });
});
