import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyNotice } from '../../core/stage/apply.ts';
import { initialSnapshot } from '../../core/stage/initial.ts';
import type { Digest, Notice } from '../../schemas/bus-messages.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';
import { partyEvent } from '../../tests/support/memory-events.ts';
import { until } from '../../tests/support/until.ts';
import { DownStream } from './down-stream.ts';

const START = initialSnapshot(partyEvent(1), 1, 1_000);

const NO_NEWS = {
  kind: 'digest',
  lines: [],
  mode: 'calm',
  sectionBudgetPerS: 10,
  shownShare: 1,
  fans: 0,
  reactions: {},
} as const satisfies Partial<Digest>;

/** A stage that writes its snapshot before each notice, as ours does. */
function stage() {
  let stored: StageSnapshot = START;
  let digests = 0;
  return {
    load: async () => structuredClone(stored),
    say(announcement: string): Notice {
      const { epoch, seq } = stored;
      const notice: Notice = { kind: 'notice', epoch, seq: seq + 1, changes: [{ kind: 'policy', policy: { announcement } }] };
      stored = applyNotice(stored, notice);
      return notice;
    },
    restart(): void {
      stored = { ...stored, epoch: stored.epoch + 1, seq: 0 };
    },
    heartbeat: () => ({ kind: 'heartbeat' as const, epoch: stored.epoch, seq: stored.seq }),
    digest: (atMs: number): Digest => ({
      ...NO_NEWS,
      epoch: stored.epoch,
      n: ++digests,
      atMs,
    }),
    get snapshot() {
      return stored;
    },
  };
}

async function listener(from: ReturnType<typeof stage>) {
  const heard = { changes: 0, wholes: 0, gaps: 0, digests: [] as number[] };
  const stream = new DownStream({
    load: from.load,
    onSnapshot: (_snapshot, changes) => void (changes === null ? heard.wholes++ : heard.changes++),
    onDigest: ({ n }) => void heard.digests.push(n),
    onGap: () => void heard.gaps++,
    onError: (error) => assert.fail(String(error)),
    eventNowMs: () => 5_000,
  });
  await stream.reload();
  return { stream, heard };
}

describe("a link's place in the stage's stream", () => {
  it('BU4 applies notices in their order, without loading anything', async () => {
    const from = stage();
    const { stream, heard } = await listener(from);
    for (const text of ['a', 'b', 'c']) stream.hear(from.say(text));
    assert.equal(stream.snapshot?.policy.announcement, 'c');
    assert.deepEqual(heard, { changes: 3, wholes: 1, gaps: 0, digests: [] });
  });

  it('BU4 a notice that comes twice, or late, is dropped', async () => {
    const from = stage();
    const { stream } = await listener(from);
    const [first, second] = [from.say('a'), from.say('b')];
    for (const notice of [first, second, second, first]) stream.hear(notice);
    assert.equal(stream.snapshot?.policy.announcement, 'b');
  });

  it('BU5 a missed notice is a gap: the snapshot is loaded instead', async () => {
    const from = stage();
    const { stream, heard } = await listener(from);
    from.say('lost');
    stream.hear(from.say('b'));
    await until('the snapshot was loaded', () => heard.wholes === 2);
    assert.equal(heard.gaps, 1);
    assert.deepEqual(stream.snapshot, from.snapshot);
  });

  it('BU6 the last notice lost is seen by the next heartbeat', async () => {
    const from = stage();
    const { stream, heard } = await listener(from);
    from.say('lost');
    assert.equal(stream.snapshot?.policy.announcement, '');
    stream.hear(from.heartbeat());
    await until('the snapshot was loaded', () => heard.wholes === 2);
    assert.equal(stream.snapshot?.policy.announcement, 'lost');
    stream.hear(from.heartbeat());
    assert.equal(heard.gaps, 1);
  });

  it('BU7 a new epoch is a gap, and what the stage before it says afterwards is nothing', async () => {
    const from = stage();
    const { stream, heard } = await listener(from);
    const woken = from.say('from the first stage');
    from.restart();
    stream.hear(from.heartbeat());
    await until('the snapshot was loaded', () => heard.wholes === 2);
    stream.hear({ ...woken, seq: 9 });
    stream.hear({ kind: 'heartbeat', epoch: 1, seq: 99 });
    assert.equal(heard.gaps, 1);
    assert.equal(stream.snapshot?.epoch, 2);
  });

  it('BU8 a digest that comes twice, late, or after ten seconds is dropped; a lost one is no gap', async () => {
    const from = stage();
    const { stream, heard } = await listener(from);
    const [first, second, third, old] = [from.digest(5_000), from.digest(5_000), from.digest(4_000), from.digest(-5_001)];
    for (const digest of [second, second, first, third, old]) stream.hear(digest);
    assert.deepEqual(heard.digests, [2, 3]);
    assert.equal(heard.gaps, 0);
  });

  it('BU9 whatever is lost, repeated and reordered, the heartbeat that arrives last leaves the stage’s own snapshot', async () => {
    const delivery = fc.array(fc.record({ lost: fc.boolean(), twice: fc.boolean(), at: fc.nat(1_000) }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(delivery, fc.array(fc.nat(29), { maxLength: 3 }), async (deliveries, restarts) => {
        const from = stage();
        const { stream } = await listener(from);
        const sent = deliveries.flatMap(({ lost, twice, at }, index) => {
          if (restarts.includes(index)) from.restart();
          const notice = from.say(`n${index}`);
          if (lost) return [];
          return twice
            ? [
                { notice, at },
                { notice, at: at + 7 },
              ]
            : [{ notice, at }];
        });
        for (const { notice } of sent.toSorted((a, b) => a.at - b.at)) {
          stream.hear(notice);
          if (notice.seq % 3 === 0) await Promise.resolve();
        }
        stream.hear(from.heartbeat());
        // Loading takes a few turns of the microtask queue, which all run before this.
        await new Promise((resolve) => setImmediate(resolve));
        assert.deepEqual(stream.snapshot, from.snapshot);
      }),
      { numRuns: 200 },
    );
  });
});
