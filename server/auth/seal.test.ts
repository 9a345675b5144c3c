import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSealer, type SealKind } from './seal.ts';

const KINDS: readonly SealKind[] = ['ticket', 'fan', 'staff', 'line'];
const OLD = 'an old secret of some length';
const NEW = 'a newer secret of some length';
const kind = fc.constantFrom(...KINDS);
const payload = fc.string({ unit: 'binary', maxLength: 120 }).filter((text) => Buffer.from(text).toString() === text);

describe('seal', () => {
  const sealer = createSealer([NEW, OLD]);

  it('TK1 opens what it sealed, for the purpose it was sealed for', () => {
    fc.assert(
      fc.property(kind, payload, (kind, payload) => assert.equal(sealer.open(kind, sealer.seal(kind, payload)), payload)),
    );
  });

  it('TK1 never opens a token for another purpose, with its prefix swapped or not', () => {
    fc.assert(
      fc.property(kind, kind, payload, (made, asked, payload) => {
        fc.pre(made !== asked);
        const token = sealer.seal(made, payload);
        const prefix = sealer.seal(asked, '').split('.')[0];
        assert.equal(sealer.open(asked, token), undefined);
        assert.equal(sealer.open(asked, token.replace(/^[^.]*/, `${prefix}`)), undefined);
      }),
    );
  });

  it('TK1 refuses a token with any single character changed', () => {
    fc.assert(
      fc.property(kind, payload, fc.nat(), fc.constantFrom(...'AZaz09-_.=+/ \u0000é'), (kind, payload, at, character) => {
        const token = sealer.seal(kind, payload);
        const where = at % token.length;
        fc.pre(token[where] !== character);
        assert.equal(sealer.open(kind, token.slice(0, where) + character + token.slice(where + 1)), undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  it('TK1 refuses a token that was cut short, extended, or joined from two', () => {
    fc.assert(
      fc.property(kind, payload, payload, fc.nat(), (kind, one, other, at) => {
        const [token, second] = [sealer.seal(kind, one), sealer.seal(kind, other)];
        assert.equal(sealer.open(kind, token.slice(0, at % token.length)), undefined);
        assert.equal(sealer.open(kind, `${token}A`), undefined);
        fc.pre(one !== other);
        const [prefix, body] = token.split('.');
        assert.equal(sealer.open(kind, `${prefix}.${body}.${second.split('.')[2]}`), undefined);
      }),
    );
  });

  it('TK1 answers any text whatever without throwing', () => {
    fc.assert(
      fc.property(kind, fc.string({ unit: 'binary', maxLength: 2_000 }), (kind, text) =>
        assert.equal(sealer.open(kind, text), undefined),
      ),
    );
  });

  it('TK2 signs with the newest secret and accepts every secret of the list', () => {
    const before = createSealer([OLD]).seal('fan', 'x');
    assert.equal(sealer.open('fan', before), 'x');
    assert.equal(createSealer([OLD]).open('fan', sealer.seal('fan', 'x')), undefined);
    assert.equal(createSealer([NEW]).open('fan', sealer.seal('fan', 'x')), 'x');
  });

  it('TK2 stops accepting a secret once it has left the list', () => {
    assert.equal(createSealer([NEW]).open('fan', createSealer([OLD]).seal('fan', 'x')), undefined);
  });
});
