import assert from 'node:assert/strict';
import { type Client, SchemaSerializer } from '@colyseus/core';
import { Decoder, Encoder, schema, t } from '@colyseus/schema';
import fc from 'fast-check';
import { CopyOnceSerializer } from './serializer.ts';
import type { SharedBytes } from './shared-bytes.ts';

const Big = schema({ n: t.uint32().default(0), text: t.string().default('') }, 'SerializerBig');

/** How often an encoding overflowed its buffer while a state larger than it was read, changed and read again. */
function overflowsOf(serializer: SchemaSerializer<InstanceType<typeof Big>>): number {
  const state = new Big();
  state.text = 'x'.repeat(Encoder.BUFFER_SIZE * 2);
  const { warn } = console;
  let count = 0;
  console.warn = () => void count++;
  try {
    serializer.reset(state);
    for (let n = 1; n <= 5; n++) {
      state.n = n;
      serializer.getFullState();
      serializer.applyPatches([]);
    }
  } finally {
    console.warn = warn;
  }
  return count;
}

describe('CopyOnceSerializer', () => {
  it('SE4 stock encodes a state that outgrew its buffer twice for every change', () => {
    assert.equal(overflowsOf(new SchemaSerializer()), 5);
  });

  it('SE4 encodes such a state twice once, and keeps the larger buffer', () => {
    assert.equal(overflowsOf(new CopyOnceSerializer<InstanceType<typeof Big>>(() => undefined)), 1);
  });

  it('SE4 hands out the same copy until the state changes, and never the buffer that is encoded into', () => {
    const serializer = new CopyOnceSerializer<InstanceType<typeof Big>>(() => undefined);
    const state = new Big();
    serializer.reset(state);
    serializer.applyPatches([]);
    const first = serializer.getFullState();
    assert.equal(serializer.getFullState(), first);
    const kept = Buffer.from(first);
    state.n = 7;
    serializer.applyPatches([]);
    assert.notEqual(serializer.getFullState(), first);
    assert.ok(kept.equals(first));
  });

  it('SE55 a newcomer ends with the state of now, whichever of its beats it comes at, and nearly none of them costs a whole encoding', () => {
    const changes = fc.array(fc.oneof(fc.constant('come' as const), fc.string(), fc.nat(40)), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(changes, (steps) => {
        const serializer = new CopyOnceSerializer<InstanceType<typeof Ring>>(() => undefined);
        const state = new Ring();
        serializer.reset(state);
        for (const [n, step] of steps.entries()) {
          if (step === 'come') assert.deepEqual(newcomer(serializer.getFullState() as SharedBytes), state.toJSON());
          else if (typeof step === 'string') state.lines.push(lineOf(n, step));
          else if (step < state.lines.length) state.lines.splice(step, 1);
          else state.lines.clear();
          serializer.applyPatches(SOMEBODY);
          assert.deepEqual(newcomer(serializer.getFullState() as SharedBytes), state.toJSON());
        }
      }),
    );
    const serializer = new CopyOnceSerializer<InstanceType<typeof Ring>>(() => undefined);
    const state = new Ring();
    for (let n = 0; n < 100; n += 1) state.lines.push(lineOf(n, 'what was said before'));
    serializer.reset(state);
    const { encodeAll } = Encoder.prototype;
    let encodings = 0;
    Encoder.prototype.encodeAll = function (this: Encoder, ...args: Parameters<typeof encodeAll>) {
      encodings += 1;
      return encodeAll.apply(this, args);
    };
    try {
      for (let n = 0; n < 90; n += 1) {
        const line = state.lines[n % 100];
        if (line !== undefined) line.text = `beat ${n}`;
        serializer.applyPatches(SOMEBODY);
        serializer.getFullState();
      }
    } finally {
      Encoder.prototype.encodeAll = encodeAll;
    }
    assert.equal(encodings, 10);
  });

  it('SE55 what changed while nobody was there is in the next state', () => {
    const serializer = new CopyOnceSerializer<InstanceType<typeof Ring>>(() => undefined);
    const state = new Ring();
    serializer.reset(state);
    serializer.getFullState();
    state.lines.push(lineOf(1, 'to nobody'));
    serializer.applyPatches([]);
    assert.deepEqual(newcomer(serializer.getFullState() as SharedBytes), state.toJSON());
  });
});

const Line = schema({ n: t.uint32().default(0), text: t.string().default('') }, 'SerializerLine');
const Ring = schema({ lines: t.array(Line) }, 'SerializerRing');
const SOMEBODY = [{}] as unknown as Client[];

function lineOf(n: number, text: string): InstanceType<typeof Line> {
  const line = new Line();
  line.n = n;
  line.text = text;
  return line;
}

/** What somebody has who is sent this and what follows it. */
function newcomer(state: SharedBytes): unknown {
  const decoder = new Decoder(new Ring());
  for (const message of [state, ...(state.followers ?? [])]) decoder.decode(Buffer.from(message), { offset: 1 });
  return decoder.state.toJSON();
}
