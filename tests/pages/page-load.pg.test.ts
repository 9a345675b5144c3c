/** What pages, tickets, joins and leaves cost PostgreSQL and Redis, counted there, with two real processes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { hopMs } from '../../core/beat.ts';
import { EventSummary } from '../../schemas/http.ts';
import { BEAT_MIN_MS } from '../../schemas/limits.ts';
import { keepFigures } from '../drills/drill-figures.ts';
import { askForTicket, enter } from '../support/stranger.ts';
import { until } from '../support/until.ts';
import { type Asked, type Calls, type PageHouse, startPageHouse } from './page-house.ts';
import { askAtOnce } from './pipelined.ts';

const LOADS = 250;
const FANS = 300;
const AT_ONCE = 10;
const COLD_LOADS = 5_000;
const SEEN_WITHIN_MS = 2_000;
/** What happens by itself happens a little more or less often from one window to the next. */
const UNEVEN = { share: 1.5, calls: 20 };
/** Publishes at most, of one process: each hop (BT5) what its sections report and what its stage passes on. */
const PUBLISHES_PER_S = (2 * 1_000) / hopMs(BEAT_MIN_MS);

describe('what pages cost', function () {
  this.timeout(180_000);
  let house: PageHouse;
  const figures: Record<string, number> = { coldLoads: COLD_LOADS, warmLoads: LOADS * 3, fans: FANS };
  let idle: Asked;
  before(async () => {
    house = await startPageHouse();
    idle = await house.asked(async () => undefined);
  });
  after(async () => {
    await house?.[Symbol.asyncDispose]();
    keepFigures('page loads', figures);
  });

  const get = async (origin: string, path: string) => (await fetch(origin + path)).text();
  const summary = async (origin: string, slug: string) =>
    EventSummary.parse(JSON.parse(await get(origin, `/api/events/${slug}`)));

  /** Nothing was asked that an idle house does not ask about as often in that time; `extra`: calls that may come on top, by name. */
  function assertAsIdle(of: 'postgres' | 'redis', asked: Calls, beats: number, extra: Calls = {}): void {
    const longer = (beats / idle.beats) * UNEVEN.share;
    const most = (name: string) => (idle[of][name] ?? 0) * longer + UNEVEN.calls + (extra[name] ?? 0);
    assert.deepEqual(
      Object.entries(asked).filter(([name, calls]) => calls > most(name)),
      [],
    );
  }

  it('PG16 five thousand cold loads at once cost each process one query', async () => {
    const [slug = ''] = house.coldSlugs;
    const paths = Array.from({ length: COLD_LOADS }, (_, n) => (n % 2 === 0 ? `/e/${slug}` : `/api/events/${slug}`));
    const { postgres, beats } = await house.asked(async () => {
      const answers = await Promise.all(house.processes.map(({ origin }) => askAtOnce(origin, paths)));
      assert.deepEqual(answers, [{ 200: COLD_LOADS }, { 200: COLD_LOADS }]);
    });
    const bySlug = Object.entries(postgres).filter(([text]) => /from "event_pages" where "slug"/.test(text));
    assert.deepEqual(
      bySlug.map(([, calls]) => calls),
      [house.processes.length],
    );
    figures['queriesPerProcessForColdLoads'] = (bySlug[0]?.[1] ?? 0) / house.processes.length;
    assertAsIdle('postgres', { ...postgres, [bySlug[0]?.[0] ?? '']: 0 }, beats);
  });

  it('PG16 warm pages and tickets cost no query and no Redis command', async () => {
    const [cold = ''] = house.coldSlugs;
    const asked = await house.asked(async () => {
      for (let n = 0; n < LOADS; n += 1) {
        await Promise.all(
          house.processes.map(async ({ origin, slug }) => {
            assert.match(await get(origin, `/e/${slug}`), /<title>Quiet/);
            assert.equal((await summary(origin, slug)).state, 'open');
            assert.equal((await summary(origin, cold)).state, 'ended');
            assert.ok([201, 202].includes((await askForTicket(origin, slug, { name: `Fan ${n}` })).status));
          }),
        );
      }
    });
    assertAsIdle('postgres', asked.postgres, asked.beats);
    assertAsIdle('redis', asked.redis, asked.beats);
  });

  it('RD25 fans who join and leave cost no Redis command: a hop tells of all of them at once', async () => {
    let tookMs = 0;
    const { redis, beats } = await house.asked(async () => {
      const beganAtMs = performance.now();
      const rows = house.processes.flatMap(({ origin, slug }) =>
        Array.from({ length: AT_ONCE }, async (_, row) => {
          for (let n = row; n < FANS; n += AT_ONCE) {
            const fan = await enter(origin, slug, { name: `Fan ${n}` });
            await fan.leave();
          }
        }),
      );
      await Promise.all(rows);
      tookMs = performance.now() - beganAtMs;
    });
    const publish = (house.processes.length * PUBLISHES_PER_S * tookMs) / 1_000;
    const joinsAndLeaves = 2 * house.processes.length * FANS;
    assert.ok(publish < joinsAndLeaves, `too slow to tell: ${tookMs} ms`);
    assertAsIdle('redis', redis, beats, { publish });
  });

  it('PG17 an edit by hand is seen on every process within 2 s: of an open event, and of one that only the cache knows', async () => {
    const [, cold = ''] = house.coldSlugs;
    const slugs = [house.processes[0].slug, cold];
    for (const { origin } of house.processes) for (const slug of slugs) await summary(origin, slug);
    const [title, accent, doorsAtMs] = ['Edited by hand', '#12ab34', 123_456];
    const list = slugs.map((slug) => `'${slug}'`).join();
    await house.byHand(
      `update events set title = '${title}', doors_at_ms = ${doorsAtMs}, theme = jsonb_set(theme::jsonb, '{accent}', '"${accent}"')::text
       where slug in (${list})`,
    );
    const atMs = performance.now();
    await until('everybody sees it', async () => {
      const seen = house.processes.flatMap(({ origin }) => slugs.map((slug) => summary(origin, slug)));
      return (await Promise.all(seen)).every((event) => {
        return event.title === title && event.theme.accent === accent && event.doorsAtMs === doorsAtMs;
      });
    });
    const tookMs = performance.now() - atMs;
    figures['editSeenEverywhereMs'] = Math.round(tookMs);
    assert.ok(tookMs <= SEEN_WITHIN_MS, `${tookMs} ms`);
    for (const { origin } of house.processes) {
      const html = await get(origin, `/e/${cold}`);
      assert.match(html, new RegExp(`<title>${title}`));
      const [, sheet = ''] = /href="([^"]*theme\.css[^"]*)"/.exec(html) ?? [];
      assert.match(await get(origin, sheet), new RegExp(`--accent: ${accent}`));
    }
  });

  it('PG17 an event that was booked by hand opens on every process within 2 s, also if somebody had asked for it', async () => {
    for (const { origin } of house.processes) assert.equal((await fetch(`${origin}/api/events/party-9`)).status, 404);
    await house.byHand(
      `insert into events select 'evt_000000000009', label_id, 'party-9', title, artist, theme, doors_at_ms, 'open', emojis,
         reserved_names, allowed_origins, setlist, autoplay from events where slug = 'party-3'`,
    );
    const atMs = performance.now();
    await until('everybody has it', async () => {
      const replies = await Promise.all(house.processes.map(({ origin }) => fetch(`${origin}/api/events/party-9`)));
      return replies.every(({ status }) => status === 200);
    });
    const tookMs = performance.now() - atMs;
    figures['bookingSeenEverywhereMs'] = Math.round(tookMs);
    assert.ok(tookMs <= SEEN_WITHIN_MS, `${tookMs} ms`);
  });
});
