import assert from 'node:assert/strict';
import { signal } from '@preact/signals';
import { isAtShow, soundingView } from './phases.ts';
import { closedBy } from './refusals.ts';
import type { PartyView, SessionPhase } from './types.ts';

const view = { ended: false } as PartyView;
const inLine = (wasIn: boolean) => ({ kind: 'in-line', place: 3, retryAtMs: 0, wasIn }) as const;
const heard = (phase: SessionPhase, seen: PartyView | null = view) => soundingView({ phase: signal(phase), view: signal(seen) });

describe('phases', () => {
  it('PS18 sounds what the room plays in a seat and on the way back to one, by the line too', () => {
    const back = { kind: 'reconnecting', attempt: 4, sinceMs: 0, isSilent: true } as const;
    for (const phase of [{ kind: 'live' } as const, back, inLine(true)]) {
      assert.equal(heard(phase), view);
      assert.equal(isAtShow(phase), true);
    }
  });

  it('PS18 sounds nothing outside, on the first way in, and once the event is over', () => {
    const outside: SessionPhase[] = [
      { kind: 'idle' },
      { kind: 'joining', attempt: 0, isSilent: false },
      inLine(false),
      closedBy('left', ''),
      closedBy('kicked', ''),
    ];
    for (const phase of outside) assert.equal(heard(phase), null, phase.kind);
    assert.equal(heard({ kind: 'live' }, { ...view, ended: true }), null);
    assert.equal(heard({ kind: 'live' }, null), null);
  });
});
