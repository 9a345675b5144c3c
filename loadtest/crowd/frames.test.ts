import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as ws from 'ws';
import { type FrameReader, FramingError, maskedFrame, OPCODE, readFrames } from './frames.ts';

/** Exported, but not in the package's types. */
const { Receiver, Sender } = ws as unknown as {
  Receiver: new (options: { isServer: boolean }) => NodeJS.WritableStream & NodeJS.EventEmitter;
  Sender: { frame(data: Buffer, options: object): Buffer[] };
};

type Seen = [opcode: number, text: string];

/** What a reader finds in these chunks. */
function readAll(chunks: readonly Buffer[]): Seen[] {
  const seen: Seen[] = [];
  let reader: FrameReader | null = null;
  // As on the road: every chunk is lent in one and the same buffer.
  const lent = Buffer.alloc(Math.max(1, ...chunks.map(({ length }) => length)) + 7);
  for (const chunk of chunks) {
    chunk.copy(lent, 7);
    reader = readFrames(reader, lent, 7, 7 + chunk.length, {
      frame: (opcode, bytes, start, end) => void seen.push([opcode, bytes.toString('hex', start, end)]),
    });
    lent.fill(0);
  }
  return seen;
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}

/** Frames as `ws` writes them for a server. */
const serverFrame = (opcode: number, data: Buffer, fin = true) =>
  Buffer.concat(Sender.frame(data, { fin, opcode, mask: false, readOnly: true, rsv1: false }));

const message = fc.record({
  opcode: fc.constantFrom(OPCODE.text, OPCODE.binary, OPCODE.ping, OPCODE.pong),
  bytes: fc.oneof(fc.nat(125), fc.nat(130), fc.constantFrom(126, 65_535, 65_536, 70_001)),
  parts: fc.nat(3),
  fill: fc.nat(255),
});

describe('frames', () => {
  it('CW1 reads the same messages however the bytes are chunked', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 40 }), (messages, cuts) => {
        const wanted: Seen[] = [];
        const stream: Buffer[] = [];
        for (const { opcode, bytes, parts, fill } of messages) {
          const isControl = opcode >= OPCODE.close;
          const data = Buffer.alloc(isControl ? Math.min(bytes, 125) : bytes, fill);
          wanted.push([opcode, data.toString('hex')]);
          if (isControl || parts === 0) stream.push(serverFrame(opcode, data));
          else {
            const pieces = cut(
              data,
              Array.from({ length: parts }, (_, n) => Math.floor((bytes * (n + 1)) / (parts + 1))),
            );
            pieces.forEach((piece, n) => {
              stream.push(serverFrame(n === 0 ? opcode : OPCODE.continuation, piece, n === pieces.length - 1));
            });
          }
        }
        assert.deepEqual(readAll(cut(Buffer.concat(stream), cuts)), wanted);
      }),
      // One that is nothing but its head, cut within it.
      { numRuns: 200, examples: [[[{ opcode: OPCODE.text, bytes: 0, parts: 0, fill: 0 }], [1_614_874_147]]] },
    );
  });

  it('CW1 reads byte by byte, and a ping between the parts of a message', () => {
    const stream = Buffer.concat([
      serverFrame(OPCODE.binary, Buffer.from('one'), false),
      serverFrame(OPCODE.ping, Buffer.from('?')),
      serverFrame(OPCODE.continuation, Buffer.from('two')),
    ]);
    const hex = (text: string) => Buffer.from(text).toString('hex');
    const wanted = [
      [OPCODE.ping, hex('?')],
      [OPCODE.binary, hex('onetwo')],
    ];
    assert.deepEqual(readAll(Array.from(stream, (byte) => Buffer.of(byte))), wanted);
  });

  it('CW1 writes what a server reads, whatever the length and the mask', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.nat(130), fc.constantFrom(125, 126, 65_535, 65_536)),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        async (length, mask) => {
          const payload = Buffer.from(Array.from({ length }, (_, n) => (n * 7) & 255));
          const receiver = new Receiver({ isServer: true });
          const read = new Promise<Buffer>((resolve, reject) => {
            receiver.once('message', resolve);
            receiver.once('error', reject);
          });
          receiver.write(maskedFrame(OPCODE.binary, payload, mask));
          assert.ok((await read).equals(payload));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('CW1 refuses what no server may send', () => {
    const broken = [
      Buffer.of(0x82 | 0x40, 0),
      Buffer.of(0x83, 0),
      Buffer.of(0x82, 0x80, 1, 2, 3, 4),
      Buffer.of(0x09, 0),
      Buffer.of(0x89, 126, 0, 200),
      Buffer.of(0x80, 0),
      Buffer.concat([Buffer.of(0x82, 127), Buffer.alloc(8, 0x7f)]),
    ];
    for (const bytes of broken) assert.throws(() => readAll([bytes]), FramingError, bytes.toString('hex'));
  });
});
