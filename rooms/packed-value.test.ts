import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { isOneValue } from './packed-value.ts';

interface Packers {
  readonly Packr: new (options?: { useRecords: boolean }) => { pack(value: unknown): Uint8Array };
}

/** The very one that the SDK and the rooms use: maps as maps, and, as the SDK sets it up, as records. */
const { Packr } = createRequire(import.meta.resolve('@colyseus/core'))('msgpackr') as Packers;
const packrs = [new Packr({ useRecords: false }), new Packr()];
const value = fc.jsonValue({ maxDepth: 6 });
const forms = (packed: unknown) => packrs.map((packr) => Uint8Array.from(packr.pack(packed)));

describe('packed values', () => {
  it('SE7 whatever JSON can say is one value, wherever it begins', () => {
    fc.assert(
      fc.property(value, fc.nat(9), (said, offset) => {
        for (const bytes of forms(said)) {
          assert.equal(isOneValue(Uint8Array.from([...new Uint8Array(offset), ...bytes]), offset), true);
        }
      }),
    );
  });

  it('SE7 what is cut short, or goes on, is none', () => {
    fc.assert(
      fc.property(value, fc.nat(), (said, at) => {
        for (const bytes of forms(said)) {
          assert.equal(isOneValue(bytes.subarray(0, at % bytes.length), 0), false);
          assert.equal(isOneValue(Uint8Array.of(...bytes, 1), 0), false);
        }
      }),
    );
  });

  it('SE7 knows a record by its number once its keys were told, and one that holds itself as endless', () => {
    const same = forms([{ a: 1 }, { a: 2 }, { a: undefined }])[1] as Uint8Array;
    assert.equal(isOneValue(same, 0), true);
    const endless = Uint8Array.of(0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, ...new Uint8Array(8_000).fill(0x40), 1);
    assert.equal(isOneValue(endless, 0), false);
    for (const keys of [[0x81, 0xa1, 0x61, 1], [0x91, 1], [0x92, 0xa1, 0x61], [1], []]) {
      assert.equal(isOneValue(Uint8Array.of(0xd4, 0x72, 0x40, ...keys, 1), 0), false);
    }
  });

  it('SE7 takes a field that is undefined, as the SDK packs it, and no other extension', () => {
    assert.equal(isOneValue(Uint8Array.of(0x81, 0xa1, 0x61, 0xd4, 0, 0), 0), true);
    for (const extension of [[0xd4, 0x65, 0], [0xd4, 0], [0xc7, 1, 0x65, 0], [0xc4, 1, 0], [0xc1], [0xd5, 0, 0, 0]]) {
      assert.equal(isOneValue(Uint8Array.from(extension), 0), false);
    }
  });

  it('SE7 refuses what is too deep, or promises more than can be there, without walking it', () => {
    assert.equal(isOneValue(new Uint8Array(8_000).fill(0x91), 0), false);
    for (const code of [0xdd, 0xdf, 0xdb]) assert.equal(isOneValue(Uint8Array.of(code, 0xff, 0xff, 0xff, 0xff, 0), 0), false);
  });

  it('SE7 says something of any bytes at all', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => assert.equal(typeof isOneValue(bytes, 0), 'boolean')));
  });
});
