import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import { binaryFrame, closeFrame, frame, OPCODE, PROTOCOL_ERROR, TOO_BIG } from './frames.ts';

const MAX_BYTES = 300;

/** What came out of a reader, in order. */
class Heard implements FrameSink {
  readonly events: string[] = [];
  takeMessage = (bytes: Buffer) => void this.events.push(`message ${bytes.toString('hex')}`);
  takePing = (bytes: Buffer) => void this.events.push(`ping ${bytes.toString('hex')}`);
  takePong = () => void this.events.push('pong');
  takeClose = (code: number) => void this.events.push(`close ${code}`);
  takeViolation = (code: number) => void this.events.push(`violation ${code}`);
}

interface Sent {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly final?: boolean;
  readonly mask?: readonly number[];
}

/** A client's frame, as RFC 6455 has it. */
function masked({ opcode, payload, final = true, mask = [1, 2, 3, 4] }: Sent): Buffer {
  const whole = frame(opcode, payload);
  const head = whole.subarray(0, whole.length - payload.length);
  head[0] = (final ? 0x80 : 0) | opcode;
  head[1] = (head[1] as number) | 0x80;
  return Buffer.concat([head, Uint8Array.from(mask), payload.map((byte, at) => byte ^ (mask[at % 4] as number))]);
}

/** Feeds `bytes` in pieces of the given lengths, each a buffer of its own, as the network would. */
function feed(bytes: Buffer, cuts: readonly number[] = []): string[] {
  const heard = new Heard();
  const reader = new FrameReader(MAX_BYTES);
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    reader.read(Buffer.from(bytes.subarray(at, at + cut)), heard, 1_000);
    at = Math.min(bytes.length, at + cut);
  }
  return heard.events;
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const mask = fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 255 })));
const cuts = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 });

describe('frames of clients', () => {
  it('FT6 arrive whole and in order, however the network cut them', () => {
    const message = fc.record({ opcode: fc.constantFrom(OPCODE.text, OPCODE.binary), payload: bytes(MAX_BYTES), mask });
    const control = fc.record({ opcode: fc.constantFrom(OPCODE.ping, OPCODE.pong), payload: bytes(125), mask });
    fc.assert(
      fc.property(fc.array(fc.oneof(message, control), { maxLength: 12 }), cuts, (frames, pieces) => {
        const expected = frames.map(({ opcode, payload }) => {
          const hex = Buffer.from(payload).toString('hex');
          return opcode === OPCODE.pong ? 'pong' : `${opcode === OPCODE.ping ? 'ping' : 'message'} ${hex}`;
        });
        assert.deepEqual(feed(Buffer.concat(frames.map(masked)), pieces), expected);
      }),
    );
  });

  it('FT6 a message in fragments is one message, and pings may come between them', () => {
    fc.assert(
      fc.property(fc.array(bytes(60), { minLength: 2, maxLength: 5 }), cuts, (parts, pieces) => {
        const frames = parts.flatMap((payload, at) => {
          const opcode = at === 0 ? OPCODE.binary : OPCODE.continuation;
          const ping = { opcode: OPCODE.ping, payload: Uint8Array.of(at) };
          return [masked({ opcode, payload, final: at === parts.length - 1 }), masked(ping)];
        });
        const events = feed(Buffer.concat(frames), pieces);
        const whole = `message ${Buffer.concat(parts).toString('hex')}`;
        assert.deepEqual(
          events.filter((event) => event.startsWith('message')),
          [whole],
        );
        assert.equal(events.filter((event) => event.startsWith('ping')).length, parts.length);
      }),
    );
  });

  it('FT11 a message in many small fragments takes the room of one message', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heap = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const heard = new Heard();
    const fragment = { payload: Uint8Array.of(7), final: false };
    const begun = Array.from({ length: 300 }, () => new FrameReader(MAX_BYTES));
    for (const reader of begun) reader.read(masked({ ...fragment, opcode: OPCODE.binary }), heard, 1);
    const before = heap();
    for (const reader of begun) {
      for (let n = 1; n < MAX_BYTES; n++) reader.read(masked({ ...fragment, opcode: OPCODE.continuation }), heard, 1);
    }
    assert.ok(heap() - before < 1_000_000);
    for (const reader of begun) reader.read(masked({ opcode: OPCODE.continuation, payload: new Uint8Array() }), heard, 1);
    assert.deepEqual(new Set(heard.events), new Set([`message ${'07'.repeat(MAX_BYTES)}`]));
    assert.equal(heard.events.length, begun.length);
  });

  it('FT11 no more frames are read than were asked for; the others wait', () => {
    const [heard, reader] = [new Heard(), new FrameReader(MAX_BYTES)];
    const frames = [1, 2, 3].map((byte) => masked({ opcode: OPCODE.binary, payload: Uint8Array.of(byte) }));
    assert.equal(reader.read(Buffer.concat(frames), heard, 2), 0);
    assert.deepEqual(heard.events, ['message 01', 'message 02']);
    assert.equal(reader.read(Buffer.alloc(0), heard, 2), 1);
    assert.deepEqual(heard.events, ['message 01', 'message 02', 'message 03']);
  });

  const one = Uint8Array.of(7);
  const message = masked({ opcode: OPCODE.binary, payload: one });
  const withByte = (at: number, change: (byte: number) => number) => {
    const changed = Buffer.from(message);
    changed[at] = change(changed[at] as number);
    return changed;
  };
  for (const [what, sent] of [
    ['without a mask', Buffer.from(binaryFrame(one))],
    ['with a reserved bit', withByte(0, (byte) => byte | 0x40)],
    ['of an unknown kind', masked({ opcode: 3, payload: one })],
    ['of an unknown control kind', masked({ opcode: 11, payload: one })],
    ['that continues nothing', masked({ opcode: OPCODE.continuation, payload: one })],
    [
      'that begins while another goes on',
      Buffer.concat([
        masked({ opcode: OPCODE.binary, payload: one, final: false }),
        masked({ opcode: OPCODE.binary, payload: one }),
      ]),
    ],
    ['that is a ping in fragments', masked({ opcode: OPCODE.ping, payload: one, final: false })],
    ['that is a ping of 126 bytes', masked({ opcode: OPCODE.ping, payload: new Uint8Array(126) })],
    ['that closes with half a code', masked({ opcode: OPCODE.close, payload: one })],
    ['that closes with a code nobody may send', masked({ opcode: OPCODE.close, payload: Uint8Array.of(3, 0xed) })],
  ] as const) {
    it(`FT7 a frame ${what} ends the connection with 1002, and nothing behind it is read`, () => {
      assert.deepEqual(feed(Buffer.concat([sent, message])), [`violation ${PROTOCOL_ERROR}`]);
    });
  }

  it('FT7 a frame that is too long is refused by its head alone, in one piece or in fragments', () => {
    const head = (length: number) => masked({ opcode: OPCODE.binary, payload: new Uint8Array(length) }).subarray(0, 10);
    for (const length of [MAX_BYTES + 1, 70_000]) assert.deepEqual(feed(head(length)), [`violation ${TOO_BIG}`]);
    const huge = Buffer.of(0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
    assert.deepEqual(feed(huge), [`violation ${TOO_BIG}`]);
    const half = { opcode: OPCODE.binary, payload: new Uint8Array(200), final: false };
    const rest = { opcode: OPCODE.continuation, payload: new Uint8Array(101) };
    assert.deepEqual(feed(Buffer.concat([masked(half), masked(rest)])), [`violation ${TOO_BIG}`]);
  });

  it('FT7 whatever bytes come, reading them ends or waits, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (garbage, pieces) => {
        const events = feed(Buffer.from(garbage), pieces);
        const end = events.findIndex((event) => /^(violation|close)/.test(event));
        assert.ok(end === -1 || end === events.length - 1);
        assert.deepEqual(events, feed(Buffer.from(garbage)));
      }),
      { numRuns: 500 },
    );
  });

  it('FT6 a goodbye carries its code, or none', () => {
    const payloadOf = (whole: Buffer) => whole.subarray(2);
    assert.deepEqual(feed(masked({ opcode: OPCODE.close, payload: payloadOf(closeFrame(4000, 'bye')) })), ['close 4000']);
    assert.deepEqual(feed(masked({ opcode: OPCODE.close, payload: new Uint8Array() })), ['close 1005']);
  });
});
