import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decideFate, laneBudget, laneRule } from '../../core/chat-lanes.ts';
import { fullBucket } from '../../core/token-bucket.ts';
import type { Fate, UpLine } from '../../schemas/chat.ts';
import { LINES_PER_S } from '../../schemas/limits.ts';
import { addressOf, fanIdOf, lineIdOf } from '../../tests/support/samples.ts';
import { SectionLanes } from './section-lanes.ts';

const BEAT_MS = 500;
const SAID_PER_BEAT = 10;

describe('the lanes of a section', () => {
  let said = 0;
  const line = (name: string, atMs: number, toStaff = false): UpLine => {
    const n = said++;
    return {
      id: lineIdOf(n),
      fanId: fanIdOf(n),
      name,
      role: 'fan',
      text: name,
      atMs,
      replyTo: '',
      section: 'here',
      addressHash: addressOf(n),
      toStaff,
    };
  };

  it('LN3 the neighbours see what was promised to everyone with the first beat of a crowd, and once', () => {
    const lanes = new SectionLanes(0);
    const promised = [line('first', 0), line('second', 10)];
    const [reply, carried] = [line('reply', 20, true), line('carried', 30)];
    for (const one of [...promised, reply, carried]) lanes.accept(one, 'event');
    const names = () => lanes.ring.lines().map(({ line: { name } }) => name);
    assert.deepEqual([lanes.beat(100, 'calm').shown, names()], [0, []]);
    lanes.hear([carried]);
    assert.deepEqual([lanes.beat(600, 'crowded').shown, names()], [3, ['first', 'second', 'carried']]);
    assert.deepEqual(
      lanes.ring.lines().map(({ lane }) => lane),
      ['section', 'section', 'event'],
    );
    // The stage takes replies to staff before all else, and the others when it has room after all.
    lanes.hear([...promised, reply]);
    assert.deepEqual([lanes.beat(1_100, 'crowded').shown, names().at(-1), lanes.backlog], [1, 'reply', 0]);
  });

  it('LN3 a burst that becomes a lasting crowd delays lines for seconds, not for good', () => {
    const lanes = new SectionLanes(0);
    const { eventPerS, sectionPerS } = laneBudget('crowded', { meanPerS: (SAID_PER_BEAT * 1_000) / BEAT_MS, count: 40 });
    const waited: { readonly shownAtMs: number; readonly forMs: number }[] = [];
    const fates = new Set<Fate>();
    const shown = new Set<string>();
    let bucket = fullBucket(laneRule(LINES_PER_S), 0);
    // Said in calm, for everyone: the stage has room for none of them, since all sections said as much.
    for (let n = 0; n < 30; n += 1) lanes.accept(line('burst', 0), 'event');
    for (let nowMs = BEAT_MS; nowMs <= 60_000; nowMs += BEAT_MS) {
      for (let n = 0; n < SAID_PER_BEAT; n += 1) {
        const own = line('own', nowMs - BEAT_MS / 2);
        const { backlog } = lanes;
        const asked = { mode: 'crowded', sectionPerS, bucket, line: own, backlog, stageAway: false, nowMs } as const;
        const decided = decideFate(asked);
        bucket = decided.bucket;
        fates.add(decided.fate);
        lanes.accept(own, decided.fate);
      }
      lanes.keepPromises(nowMs);
      const fromStage = Math.floor((nowMs * eventPerS) / 1_000) - Math.floor(((nowMs - BEAT_MS) * eventPerS) / 1_000);
      lanes.hear(Array.from({ length: fromStage }, () => line('event', nowMs - BEAT_MS)));
      lanes.beat(nowMs, 'crowded');
      for (const { line } of lanes.ring.lines()) {
        if (!shown.has(line.id)) waited.push({ shownAtMs: nowMs, forMs: nowMs - line.atMs });
        shown.add(line.id);
      }
    }
    const longest = (fromMs: number) =>
      Math.max(...waited.filter(({ shownAtMs }) => shownAtMs > fromMs).map(({ forMs }) => forMs));
    assert.ok(longest(0) <= 6_000, `${longest(0)} ms at first`);
    assert.ok(longest(15_000) <= 1_500, `${longest(15_000)} ms later`);
    assert.deepEqual([...fates].toSorted(), ['held', 'section']);
    assert.ok(waited.length >= 9 * 60, 'the budget is used');
  });
});
