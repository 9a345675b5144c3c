import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { labelId } from '../../tests/contract/samples.ts';
import { startDeafProxy } from '../../tests/support/deaf-proxy.ts';
import { party, pgStores, slugOf } from '../../tests/support/pg-stores.ts';
import { startPgBouncer } from '../../tests/support/pgbouncer.ts';
import { until } from '../../tests/support/until.ts';

describe('a database that is slow, frozen or gone', function () {
  this.timeout(120_000);
  const stores = pgStores();

  it('PG5 answers `unavailable` when a lock is in the way, undoes what it had begun, and works on after', async () => {
    const { store } = await stores.open({});
    await store.saveEvent(party(1));
    const lock = await stores.hold('lock table events in access exclusive mode');
    await assert.rejects(store.eventBySlug(slugOf(1)), { code: 'unavailable' });
    await assert.rejects(store.saveEvent(party(1, { labelName: 'Renamed' })), { code: 'unavailable' });
    await until('the server has ended both', async () => !(await stores.isWaiting()));
    await lock.query('rollback');
    await lock.end();
    assert.deepEqual(await store.eventBySlug(slugOf(1)), party(1));
  });

  it('PG6 more callers than connections wait in a bounded line, and the connections stay as few as they are', async () => {
    const { store } = await stores.open({ max: 2 });
    await store.saveEvent(party(1));
    const lock = await stores.hold('lock table events in access exclusive mode');
    const outcomes = await Promise.allSettled(Array.from({ length: 1_000 }, () => store.eventBySlug(slugOf(1))));
    for (const outcome of outcomes) assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'unavailable');
    const [found] = await stores.query<{ n: number }>(
      "select count(*)::int as n from pg_stat_activity where application_name = 'front-row' and datname = current_database()",
    );
    assert.ok(found !== undefined && found.n <= 2, `${found?.n} connections`);
    await lock.query('rollback');
    await lock.end();
    await until('it works again', () => store.eventBySlug(slugOf(1)).then(Boolean, () => false));
  });

  it('PG7 finds its way back by itself after the server was stopped, killed, or frozen', async () => {
    const { store } = await stores.open({});
    await store.saveEvent(party(1));
    const ask = () => store.eventBySlug(slugOf(1));
    const works = () => ask().then(Boolean, () => false);
    for (const [leave, comeBack] of [
      [() => stores.server().stop(), () => stores.server().start()],
      [() => stores.server().kill(), () => stores.server().start()],
      [() => stores.server().freeze(), () => stores.server().thaw()],
    ] as const) {
      // Idle connections and one in use when it happens.
      await Promise.all([ask(), ask(), ask()]);
      const inUse = ask().catch((error: unknown) => error);
      await leave();
      await inUse;
      for (let i = 0; i < 5; i += 1) await assert.rejects(ask(), { code: 'unavailable' });
      await comeBack();
      await until('it works again', works, 30_000);
    }
  });

  it('PG7 also through PgBouncer', async () => {
    await using bouncer = await startPgBouncer(stores.server());
    const { store } = await stores.open({ url: bouncer.url(stores.database()) });
    await store.saveEvent(party(1));
    await stores.server().stop();
    await assert.rejects(store.eventBySlug(slugOf(1)), { code: 'unavailable' });
    await stores.server().start();
    await until('it works again', () => store.eventBySlug(slugOf(1)).then(Boolean, () => false), 30_000);
  });

  it('PG7 gives up connections whose other end is gone without a word', async () => {
    await using proxy = await startDeafProxy(stores.server().port);
    const { store } = await stores.open({ url: stores.url().replace(String(stores.server().port), String(proxy.port)) });
    await store.saveEvent(party(1));
    const ask = () => store.eventBySlug(slugOf(1));
    await Promise.all([ask(), ask(), ask()]);
    proxy.goDeaf();
    for (const outcome of await Promise.allSettled([ask(), ask(), ask()])) {
      assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'unavailable');
    }
    await until('it works again', () => ask().then(Boolean, () => false), 30_000);
  });

  it('PG5 a fault of ours is no outage', async () => {
    const { store } = await stores.open({});
    await stores.query('drop table label_bans');
    await assert.rejects(store.labelBans(labelId(1), 0), /label_bans/);
  });
});
