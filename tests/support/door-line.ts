/** One process's line, and the answers of those who wait in it. */
import assert from 'node:assert/strict';
import { type DoorAnswer, DoorLine } from '../../core/admission.ts';
import { NOW } from './simulated-crowd.ts';

export function line(ratePerS: number, random = () => 0.5, processId = 'p0'): DoorLine {
  return new DoorLine('evt', processId, ratePerS, NOW, random);
}

export function waited(answer: DoorAnswer): Extract<DoorAnswer, { kind: 'wait' }> {
  assert.ok(answer.kind === 'wait');
  return answer;
}
