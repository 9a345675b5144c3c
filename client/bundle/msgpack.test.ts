import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { Packr, RESERVE_START_SPACE, unpack } from './msgpack.ts';

interface Reference {
  readonly Packr: new (options: { useRecords: boolean }) => { pack(value: unknown): Uint8Array };
  readonly unpack: (bytes: Uint8Array) => unknown;
}

/** The very one that the server's rooms use. */
const reference = createRequire(import.meta.resolve('@colyseus/core'))('msgpackr') as Reference;
/** As they set it up. */
const server = new reference.Packr({ useRecords: false });
/** The reference renames this key; the wire has none such. */
const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes('__proto__'));

describe('the page’s MessagePack', () => {
  it('FP30 reads what msgpackr writes', () => {
    // The reference has no negative zero; JSON neither.
    const written = json.map((value) => JSON.parse(JSON.stringify(value)) as typeof value);
    fc.assert(fc.property(written, (value) => assert.deepEqual(unpack(server.pack(value)), value)));
  });

  it('FP30 is read by msgpackr', () => {
    fc.assert(fc.property(json, (value) => assert.deepEqual(reference.unpack(new Packr().pack(value)), value)));
  });

  it('FP30 keeps the moments and long texts of the protocol exact', () => {
    for (const value of [
      Date.UTC(2031, 1, 3) + 0.125,
      2 ** 32 - 1,
      2 ** 32,
      -1,
      -33,
      'ü'.repeat(70_000),
      Array.from({ length: 70_000 }, () => 1),
    ]) {
      assert.deepEqual(reference.unpack(new Packr().pack(value)), value);
      assert.deepEqual(unpack(server.pack(value)), value);
    }
    assert.deepEqual(unpack(server.pack({ retryInMs: undefined, code: 'muted' })), { retryInMs: undefined, code: 'muted' });
  });

  it('FP30 leaves the reserved bytes free in front', () => {
    const packed = new Packr().pack({ text: 'hello' }, RESERVE_START_SPACE | 7);
    packed.set([1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(unpack(packed, { start: 7 }), { text: 'hello' });
  });

  it('FP30 refuses frames that are cut short, lie about a length or hold no JSON', () => {
    const whole = server.pack({ a: ['some text', 1.5] });
    for (let end = 0; end < whole.length; end += 1) assert.throws(() => unpack(whole.subarray(0, end)), RangeError);
    assert.throws(() => unpack(new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff])), RangeError);
    assert.throws(() => unpack(new Uint8Array([0xc1])), TypeError);
    assert.throws(() => new Packr().pack(() => 1), TypeError);
  });
});
