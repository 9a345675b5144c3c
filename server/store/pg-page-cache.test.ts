import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { PartyError } from '../../core/errors.ts';
import { seeded } from '../../core/seeded.ts';
import { Slug } from '../../schemas/ids.ts';
import { eventId, labelId } from '../../tests/contract/samples.ts';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { silentLog } from '../../tests/support/quiet.ts';
import type { EventPage } from './event-rows.ts';
import { createPageCache } from './pg-page-cache.ts';

const slugOf = (n: number) => Slug.parse(`party-${n}`);
const pageOf = (n: number, title = `Party ${n}`, labelName = 'Night Bus') =>
  ({ id: eventId(n), slug: slugOf(n), title, labelId: labelId(1), labelName, doorsAtMs: n }) as unknown as EventPage;
const changeOf = ({ slug, labelId: label, labelName }: EventPage) =>
  ({ kind: 'page-changed', slug, labelId: label, labelName }) as const;

/** A database whose every answer waits for the test. */
function cacheOf(...stored: EventPage[]) {
  const clock = manualClock();
  const rows = new Map(stored.map((page) => [page.slug as string, page]));
  const asked: string[] = [];
  const held: (() => void)[] = [];
  const state = { isAway: false, isHolding: false };
  const cache = createPageCache({
    clock,
    eventNowMs: () => clock.nowMs(),
    random: seeded(7),
    log: silentLog,
    pages: {
      async pageBySlug(slug) {
        asked.push(slug);
        const read = rows.get(slug) ?? null;
        if (state.isHolding) await new Promise<void>((resolve) => held.push(resolve));
        if (state.isAway) throw new PartyError('unavailable', 'away');
        return read;
      },
      async likelyPages(_aroundMs, limit) {
        asked.push('likely');
        return [...rows.values()].slice(0, limit);
      },
    },
  });
  return { cache, clock, rows, asked, state, answer: () => held.splice(0).forEach((resolve) => resolve()) };
}

describe('page cache', () => {
  it('PG9 asks once for however many want a page at once, and not at all while it is known', async () => {
    const { cache, asked, state, answer } = cacheOf(pageOf(1));
    state.isHolding = true;
    const cold = Array.from({ length: 5_000 }, () => cache.find('party-1'));
    await Promise.resolve();
    answer();
    for (const page of await Promise.all(cold)) assert.equal(page?.title, 'Party 1');
    assert.equal((await cache.find('party-1'))?.title, 'Party 1');
    assert.deepEqual(asked, ['party-1']);
  });

  it('PG10 knows what is likely to be wanted before anybody asks', async () => {
    const { cache, asked } = cacheOf(pageOf(1), pageOf(2));
    await cache.warm();
    assert.equal((await cache.find('party-2'))?.title, 'Party 2');
    assert.deepEqual(asked, ['likely']);
  });

  it('PG11 asks anew after an edit anywhere, also when the answer to an earlier question is still on its way', async () => {
    const { cache, rows, asked, state, answer } = cacheOf(pageOf(1, 'Old'));
    state.isHolding = true;
    const early = cache.find('party-1');
    await Promise.resolve();
    rows.set('party-1', pageOf(1, 'New'));
    cache.invalidate(changeOf(pageOf(1)));
    answer();
    assert.equal((await early)?.title, 'Old');
    state.isHolding = false;
    assert.equal((await cache.find('party-1'))?.title, 'New');
    assert.deepEqual(asked, ['party-1', 'party-1']);
  });

  it('PG11 asks anew for every page of a label that was renamed, and only for those', async () => {
    const other = { ...pageOf(3), labelId: labelId(2) };
    const { cache, rows, asked } = cacheOf(pageOf(1), pageOf(2), other);
    await cache.warm();
    for (const n of [1, 2]) rows.set(slugOf(n), pageOf(n, 'T', 'Day Bus'));
    cache.invalidate(changeOf(pageOf(1, 'T', 'Day Bus')));
    for (const n of [1, 2]) assert.equal((await cache.find(slugOf(n)))?.labelName, 'Day Bus');
    assert.equal((await cache.find(slugOf(3)))?.labelName, 'Night Bus');
    assert.deepEqual(asked, ['likely', 'party-1', 'party-2']);
  });

  it('PG12 expires, so that an edit whose message was lost is seen too, and not all pages at the same moment', async () => {
    const pages = Array.from({ length: 50 }, (_, n) => pageOf(n));
    const { cache, clock, asked } = cacheOf(...pages);
    await cache.warm();
    await clock.advance(30_000 * 0.8 - 1);
    for (const { slug } of pages) await cache.find(slug);
    assert.deepEqual(asked, ['likely']);
    await clock.advance(6_000);
    for (const { slug } of pages) await cache.find(slug);
    const early = asked.length - 1;
    assert.ok(early > 5 && early < 45, `${early} of 50 had expired`);
    await clock.advance(6_002);
    for (const { slug } of pages) await cache.find(slug);
    assert.ok(new Set(asked).size === 51, 'every page was asked for again');
  });

  it('PG13 remembers for a while which slugs are free, in bounded memory, and an event booked meanwhile is found', async () => {
    const { cache, clock, rows, asked } = cacheOf();
    for (let i = 0; i < 3; i += 1) assert.equal(await cache.find('party-1'), undefined);
    assert.deepEqual(asked, ['party-1']);
    rows.set('party-1', pageOf(1));
    cache.invalidate(changeOf(pageOf(1)));
    assert.equal((await cache.find('party-1'))?.title, 'Party 1');
    for (let n = 0; n < 2_001; n += 1) {
      await clock.advance(10);
      await cache.find(`guess-${n}`);
    }
    asked.length = 0;
    await clock.advance(10);
    await cache.find('guess-2000');
    assert.deepEqual(asked, []);
    await cache.find('guess-0');
    assert.deepEqual(asked, ['guess-0'], 'the oldest made room');
    assert.equal((await cache.find('party-1'))?.title, 'Party 1', 'guesses crowd out no page');
    await clock.advance(36_001);
    await cache.find('guess-2000');
    assert.deepEqual(asked, ['guess-0', 'guess-2000']);
  });

  it('PG13 looks a hundred unknown slugs up a second, whoever guesses; what is known stays known', async () => {
    const { cache, clock, asked } = cacheOf(pageOf(1));
    await cache.warm();
    const guess = async (from: number) => {
      const outcomes = [];
      for (let n = from; n < from + 1_000; n += 1) outcomes.push(...(await Promise.allSettled([cache.find(`guess-${n}`)])));
      return outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => (reason as PartyError).code);
    };
    assert.deepEqual([...new Set(await guess(0))], ['unavailable']);
    assert.equal(asked.length, 1 + 100);
    await clock.advance(500);
    await guess(1_000);
    assert.equal(asked.length, 1 + 150);
    await clock.advance(36_001);
    await guess(2_000);
    assert.equal((await cache.find('party-1'))?.title, 'Party 1');
    assert.equal(asked.at(-1), 'party-1', 'guesses keep nobody from a page that expired');
  });

  it('PG13 never asks for what cannot be a slug, and for few at once', async () => {
    const { cache, asked, state, answer } = cacheOf(pageOf(1));
    for (const slug of ['', '..', 'A B', 'x'.repeat(99), '__proto__']) assert.equal(await cache.find(slug), undefined);
    assert.deepEqual(asked, []);
    state.isHolding = true;
    const guesses = Array.from({ length: 40 }, (_, n) => cache.find(`guess-${n}`));
    const outcomes = Promise.allSettled(guesses);
    await Promise.resolve();
    answer();
    const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected');
    assert.equal(refused.length, 24);
    for (const { reason } of refused) assert.equal((reason as PartyError).code, 'unavailable');
  });

  it('PG14 shows a page as it was last known while the database is away, and asks again now and then', async () => {
    const { cache, clock, rows, asked, state } = cacheOf(pageOf(1, 'Old'));
    await cache.find('party-1');
    state.isAway = true;
    rows.set('party-1', pageOf(1, 'New'));
    cache.invalidate(changeOf(pageOf(1)));
    for (let i = 0; i < 3; i += 1) assert.equal((await cache.find('party-1'))?.title, 'Old');
    await assert.rejects(cache.find('party-2'), { code: 'unavailable' });
    assert.deepEqual(asked, ['party-1', 'party-1', 'party-2']);
    state.isAway = false;
    await clock.advance(2_401);
    assert.equal((await cache.find('party-1'))?.title, 'New');
  });
});
