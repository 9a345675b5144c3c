/** Lines for tests of the lanes: by hand, and by the hundred. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LaneLine } from '../../core/chat-lanes.ts';

export const NOW = 1_000_000;

export function line(id: string, fan: string, atMs = NOW, more: Partial<LaneLine> = {}): LaneLine {
  return { id: id as LaneLine['id'], fanId: fan as LaneLine['fanId'], role: 'fan', toStaff: false, atMs, ...more };
}

const anyLine = fc
  .record({
    id: fc.integer({ min: 0, max: 60 }),
    fan: fc.integer({ min: 0, max: 8 }),
    ageMs: fc.integer({ min: 0, max: 14_000 }),
    kind: fc.constantFrom('fan', 'fan', 'fan', 'fan', 'staff', 'reply'),
  })
  .map(({ id, fan, ageMs, kind }) =>
    line(`lin_${id}`, `fan_${fan}`, NOW - ageMs, { role: kind === 'staff' ? 'host' : 'fan', toStaff: kind === 'reply' }),
  );
/** As they arrive: in the order in which they were said. */
export const someLines = fc.array(anyLine, { maxLength: 80 }).map((lines) => lines.toSorted((a, b) => a.atMs - b.atMs));
export const randoms = fc
  .infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map((stream) => () => stream.next().value as number);

export function ids(lines: readonly LaneLine[]): string[] {
  return lines.map(({ id }) => id);
}

export function assertOrderPerFan(lines: readonly LaneLine[], of: readonly LaneLine[]): void {
  const order = new Map(of.map(({ id }, index) => [id, index] as const));
  const last = new Map<string, number>();
  for (const { id, fanId } of lines) {
    const at = order.get(id) ?? -1;
    assert.ok(at > (last.get(fanId) ?? -1));
    last.set(fanId, at);
  }
}
