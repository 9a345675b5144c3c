import assert from 'node:assert/strict';
import { SchemaSerializer } from '@colyseus/core';
import { Encoder, schema, t } from '@colyseus/schema';
import { CopyOnceSerializer } from './serializer.ts';

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
});
