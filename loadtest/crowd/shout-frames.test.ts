import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { OPCODE } from './frames.ts';
import { SHOUTS_FROM, ShoutFrames } from './shout-frames.ts';
import { requestFrame } from './wire.ts';

describe('what is shouted', () => {
  it('CW7 is what each line would be by itself, however many come together, and none twice', () => {
    const payload = (shout: number) => ({ key: `r1-7-f${shout}`, text: `crowd r1 fan 7 line ${shout} at 0, 1111111` });
    const frames = new ShoutFrames('chat', 3, payload);
    const expected = Array.from({ length: 9 }, (_, n) =>
      Buffer.from(requestFrame(SHOUTS_FROM + n, 'chat', payload(SHOUTS_FROM + n))).toString('latin1'),
    );
    const heard: string[] = [];
    for (let time = 0; time < 3; time++) {
      const bytes = Buffer.from(frames.next());

      heard.push(...unmasked(bytes));
    }
    assert.deepEqual(heard, expected);
  });
});

/** The messages of masked frames that are shorter than 64 KB. */
function unmasked(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    assert.equal(bytes[at], 0x80 | OPCODE.binary);
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const [length, maskAt] = short === 126 ? [bytes.readUInt16BE(at + 2), at + 4] : [short, at + 2];
    const end = maskAt + 4 + length;
    assert.deepEqual([...bytes.subarray(maskAt, maskAt + 4)], [0, 0, 0, 0]);
    found.push(bytes.toString('latin1', maskAt + 4, end));
    at = end;
  }
  return found;
}
