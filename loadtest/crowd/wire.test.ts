import assert from 'node:assert/strict';
import { decode } from '@colyseus/schema';
import fc from 'fast-check';
import { unpack } from '../../client/bundle/msgpack.ts';
import { isOneValue } from '../../rooms/packed-value.ts';
import { requestFrame } from './wire.ts';

describe('requests of light fans', () => {
  it('CW1 are what a room reads: a number, a name and one value', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40, unit: 'grapheme' }),
      fc.string({ minLength: 30, maxLength: 500, unit: 'grapheme' }).filter((long) => Buffer.byteLength(long) <= 2_048),
    );
    // Zero has one sign on the wire.
    const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const number = fc.oneof(fc.integer(), fc.nat(200), double);
    const payloads = fc.dictionary(fc.stringMatching(/^[a-z]\w{0,11}$/), fc.oneof(text, number), { maxKeys: 5 });
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('chat', 'clock', 'react'), payloads, (id, name, payload) => {
        const frame = requestFrame(id, name, payload);
        const it = { offset: 1 };
        assert.deepEqual([decode.number(frame, it), decode.string(frame, it)], [id, name]);
        assert.ok(isOneValue(frame, it.offset));
        assert.deepEqual(unpack(frame.subarray(it.offset)), { ...payload });
      }),
    );
  });
});
