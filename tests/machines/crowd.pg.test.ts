/**
 * Two machines that share a crowd: MACHINES_FANS light fans (1,000 unless it says otherwise; 20,000 are ten minutes of a
 * quiet box), each of whose frames is checked.
 */
import assert from 'node:assert/strict';
import type { StaffSession } from '../../client/session/staff-types.ts';
import { seeded } from '../../core/seeded.ts';
import { startCrowd } from '../../loadtest/crowd/crowd.ts';
import type { Crowd } from '../../loadtest/crowd/types.ts';
import { keepFigures } from '../drills/drill-figures.ts';
import { until } from '../support/until.ts';
import { hostAt } from './guests.ts';
import { type House, startTwoMachines, type TwoMachines } from './two-machines.ts';

/** Fewer would not fill the sections that are opened for them ahead of need, and sit wherever chance has them. */
const FANS = Number(process.env['MACHINES_FANS'] ?? 1_000);
const SEED = Number(process.env['MACHINES_SEED'] ?? Date.now() % 1_000_000);
const ARRIVALS_PER_S = 150;
const FANS_PER_CROWD_PROCESS = 10_000;
/** Enough for both lanes, whatever the crowd's size. */
const LINES_PER_S = 8;
const CHAT_EVERY_MS = 3_000;
const IN_WITHIN_MS = 30_000 + (FANS / ARRIVALS_PER_S) * 2_000;
const CUT_MS = 5_000;
const ELSEWHERE_WITHIN_MS = 40_000;
const SETTLED_WITHIN_MS = 30_000;
/** More than the lines by which the crowd compares event lanes. */
const LAST_WORDS = 24;

describe(`two machines with ${FANS} fans`, function () {
  this.timeout(240_000 + 2 * IN_WITHIN_MS);
  let two: TwoMachines;
  let host: StaffSession;
  let crowd: Crowd | undefined;

  before(async () => {
    console.log(`    MACHINES_SEED=${SEED}`);
    // Such that the crowd fills several on each machine.
    const sectionSeats = Math.min(2_500, Math.max(50, Math.ceil(FANS / 6)));
    const env = {
      SECTION_SEATS: String(sectionSeats),
      TICKETS_PER_MINUTE_PER_NETWORK: '1000000',
      REQUESTS_PER_MINUTE_PER_NETWORK: '1000000',
    };
    two = await startTwoMachines({ env });
    host = await hostAt(two.a.hostUrl, seeded(SEED));
  });
  // A second try finds the house as the first did.
  afterEach(async () => {
    for (const { machine } of [two.a, two.b]) for (const wire of [machine.house, machine.street]) wire.plugIn();
    await crowd?.[Symbol.asyncDispose]();
  });
  after(async () => {
    host?.leave();
    await two?.[Symbol.asyncDispose]();
  });

  const fansAt = async ({ status }: House) =>
    (await status()).flatMap(({ sections }) => sections).reduce((sum, { fans }) => sum + fans, 0);
  const allIn = (crowd: Crowd, what: string, withinMs: number) =>
    until(what, () => crowd.status().live === FANS, withinMs).catch((error: unknown) => {
      assert.fail(`${String(error)}: ${JSON.stringify(crowd.status())}`);
    });

  it('TM5 carry half of a crowd each, keep it while one is away from the house, and take it all when one is gone', async () => {
    const isEmpty = async () => (await fansAt(two.a)) + (await fansAt(two.b)) === 0;
    await until('one has the stage, and nobody is there', async () => (await two.staged()) && isEmpty(), SETTLED_WITHIN_MS);
    const fans = await startCrowd({
      slug: 'demo',
      origins: [...two.a.origins, ...two.b.origins],
      seed: SEED,
      processes: Math.ceil(FANS / FANS_PER_CROWD_PROCESS),
      count: FANS,
      arrivals: [[(FANS / ARRIVALS_PER_S) * 1_000, FANS]],
      chat: { share: Math.min(1, (LINES_PER_S * CHAT_EVERY_MS) / 1_000 / FANS), everyMs: CHAT_EVERY_MS },
      clocks: { offsetMs: 2_000, driftPpm: 50 },
    });
    crowd = fans;
    await allIn(fans, 'everybody is in', IN_WITHIN_MS);
    const shares = await Promise.all([fansAt(two.a), fansAt(two.b)]);
    assert.equal(shares[0] + shares[1], FANS);
    assert.ok(Math.min(...shares) >= FANS / 4, `${shares.join(' and ')} fans`);

    const { staged: victim, other } = await two.staged();
    victim.machine.house.unplug();
    await new Promise((resolve) => setTimeout(resolve, CUT_MS)).finally(() => victim.machine.house.plugIn());
    await until('one of them has the stage', () => two.staged().then(Boolean, () => false), SETTLED_WITHIN_MS);
    assert.deepEqual([fans.status().live, fans.status().reconnecting], [FANS, 0]);

    const moved = await fansAt(victim);
    const cutAtMs = performance.timeOrigin + performance.now();
    victim.machine.house.unplug();
    victim.machine.street.unplug();
    await until('all are at the other', async () => (await fansAt(other)) === FANS, 2 * ELSEWHERE_WITHIN_MS).catch(
      async (error: unknown) => {
        assert.fail(`${String(error)}: ${await fansAt(other)} of ${FANS}, ${moved} moved: ${JSON.stringify(fans.status())}`);
      },
    );
    await allIn(fans, 'all are live', SETTLED_WITHIN_MS);
    victim.machine.house.plugIn();
    victim.machine.street.plugIn();

    await fans.order({ kind: 'hush', share: 1 });
    for (let n = 1; n <= LAST_WORDS; n += 1) await host.command('say', { text: `Last word ${n}` });
    const { revision } = await host.command('seek', { toMs: 1_000 });
    await until(
      'everybody has the last cue and the last words',
      () => {
        const { revision: has, eventLane } = fans.status();
        return has.newest === revision && has.fans === FANS && eventLane.fans === FANS;
      },
      SETTLED_WITHIN_MS,
    );
    const result = await fans.end();
    const elsewhereMs = result.gaps
      .map(({ inSyncAtMs }) => (inSyncAtMs ?? Number.POSITIVE_INFINITY) - cutAtMs)
      .toSorted((a, b) => a - b);
    keepFigures(`machine of two cut off for good, ${FANS} fans`, {
      seed: SEED,
      fans: FANS,
      moved,
      elsewhereP50Ms: Math.round(elsewhereMs[Math.floor(elsewhereMs.length / 2)] ?? 0),
      elsewhereMaxMs: Math.round(elsewhereMs.at(-1) ?? 0),
      acknowledged: result.acknowledged.length,
    });
    assert.deepEqual([result.joined, result.failed], [FANS, {}]);
    assert.equal(result.gaps.length, moved, 'whoever was not on the victim kept the seat');
    assert.ok((elsewhereMs.at(-1) ?? 0) <= ELSEWHERE_WITHIN_MS, `the last was elsewhere after ${elsewhereMs.at(-1)} ms`);
    assert.deepEqual([result.frames.wrong, result.shownTwice], [0, 0]);
    assert.deepEqual(Object.values(result.revisions), [FANS]);
    assert.deepEqual(Object.values(result.eventLanes), [FANS]);
    const ids = result.acknowledged.map(({ id }) => `'${id}'`).join();
    await until(
      'every acknowledged line is in the database, once',
      async () => {
        const [row] = await two.postgres.query<{ n: string }>(
          `select count(*) n from journal_lines where id in (${ids})`,
          'party',
        );
        return Number(row?.n) === result.acknowledged.length;
      },
      SETTLED_WITHIN_MS,
    );
  });
});
