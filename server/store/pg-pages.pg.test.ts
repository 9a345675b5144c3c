import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { seeded } from '../../core/seeded.ts';
import type { PartyEvent } from '../../rooms/ports.ts';
import type { PageChanged } from '../../schemas/bus-messages.ts';
import { Slug } from '../../schemas/ids.ts';
import { eventId } from '../../tests/contract/samples.ts';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { party, pgStores, slugOf } from '../../tests/support/pg-stores.ts';
import { until } from '../../tests/support/until.ts';
import { announced, announcedState } from './pg-announced.ts';
import { createPageCache } from './pg-page-cache.ts';

const clock = systemClock();
const pageOf = ({ setlist: _setlist, reservedNames: _names, autoplay: _autoplay, ...page }: PartyEvent) => page;

describe('page rows', function () {
  this.timeout(120_000);
  const stores = pgStores({ shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all' });

  it('PG8 whoever writes an event or renames a label keeps the pages', async () => {
    const { store, pages } = await stores.open();
    await store.saveEvent(party(1));
    await store.saveEvent(party(2));
    assert.deepEqual(await pages.pageBySlug(slugOf(1)), pageOf(party(1)));
    await store.saveEvent(party(2, { title: 'New', labelName: 'Day Bus', setlist: [] }));
    assert.deepEqual(await pages.pageBySlug(slugOf(2)), pageOf(party(2, { title: 'New', labelName: 'Day Bus' })));
    assert.equal((await pages.pageBySlug(slugOf(1)))?.labelName, 'Day Bus');
    await store.setEventState(eventId(1), 'ended');
    assert.equal((await pages.pageBySlug(slugOf(1)))?.state, 'ended');
    await stores.query("update events set title = 'By hand', slug = 'moved' where slug = 'party-2'");
    assert.equal((await pages.pageBySlug(Slug.parse('moved')))?.title, 'By hand');
    assert.equal(await pages.pageBySlug(slugOf(2)), null);
    await stores.query("delete from events where slug = 'moved'");
    assert.equal(await pages.pageBySlug(Slug.parse('moved')), null);
  });

  it('PG8 an event that is saved while its label is renamed gets the new name', async () => {
    const { store, pages } = await stores.open();
    await store.saveEvent(party(1));
    const renaming = await stores.hold("update labels set name = 'Day Bus'");
    const saving = stores.query(
      "insert into events select 'evt_000000000009', label_id, 'late', title, artist, theme, doors_at_ms, state, emojis, reserved_names, allowed_origins, setlist, autoplay from events",
    );
    await until('it waits for the rename', stores.isWaiting);
    await renaming.query('commit');
    await renaming.end();
    await saving;
    assert.equal((await pages.pageBySlug(Slug.parse('late')))?.labelName, 'Day Bus');
  });

  it('PG9 five thousand cold loads at once cost one query, a warm load none, and an edit is seen', async () => {
    const { store, pages, stages } = await stores.open();
    await stores.query('create extension pg_stat_statements');
    const cache = createPageCache({ clock, eventNowMs: () => 0, random: seeded(1), pages, log: silentLog });
    const publish = async (change: PageChanged) => cache.invalidate(change);
    const announcing = announced(store, publish, silentLog);
    for (const n of [1, 2]) await announcing.saveEvent(party(n));

    /** Everything that anybody but the test asked of this database since. */
    const statements = () =>
      stores.query<{ query: string; calls: number }>(
        `select query, calls::int from pg_stat_statements s join pg_database d on d.oid = s.dbid
         where d.datname = current_database() and query not like '%pg_stat_statements%'`,
      );
    const reset = () => stores.query('select pg_stat_statements_reset()');
    const selects = (found: readonly { query: string; calls: number }[]) => found.filter(({ query }) => /^select/i.test(query));

    await reset();
    const cold = await Promise.all(Array.from({ length: 5_000 }, () => cache.find('party-1')));
    for (const page of cold) assert.deepEqual(page, pageOf(party(1)));
    const asked = await statements();
    assert.deepEqual(
      selects(asked).map(({ calls }) => calls),
      [1],
      JSON.stringify(asked),
    );
    assert.match(selects(asked)[0]?.query ?? '', /^select \* from "event_pages" where "slug" = \$1$/);
    assert.ok(
      asked.every(({ calls }) => calls === 1),
      'one transaction around it',
    );

    await reset();
    for (let i = 0; i < 1_000; i += 1) await cache.find('party-1');
    assert.deepEqual(await statements(), []);

    await announcing.saveEvent(party(1, { title: 'Edited' }));
    await until('the edit is seen', async () => (await cache.find('party-1'))?.title === 'Edited');
    await announcedState(stages.asStage(eventId(1), 1), store, publish, silentLog).setEventState(eventId(1), 'ended');
    await until('the end is seen', async () => (await cache.find('party-1'))?.state === 'ended');

    await reset();
    await cache.warm();
    assert.equal((await cache.find('party-2'))?.title, 'Party 2');
    assert.deepEqual(
      selects(await statements()).map(({ calls }) => calls),
      [1],
    );
  });

  it('PG10 what is warmed is what is not over, closest to its doors first', async () => {
    const { store, pages } = await stores.open();
    for (const n of [1, 2, 3, 4]) await store.saveEvent(party(n, { state: n === 3 ? 'ended' : 'open' }));
    assert.deepEqual(
      (await pages.likelyPages(3_100, 2)).map(({ slug }) => slug),
      [slugOf(4), slugOf(2)],
    );
  });
});
