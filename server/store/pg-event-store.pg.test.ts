import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { describe, it } from 'mocha';
import { Client } from 'pg';
import { systemClock } from '../../core/clock.ts';
import { addressHash, eventId, fanId, labelId, snapshot, staffId } from '../../tests/contract/samples.ts';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { party, pgStores, slugOf } from '../../tests/support/pg-stores.ts';
import { startPgBouncer } from '../../tests/support/pgbouncer.ts';
import { until } from '../../tests/support/until.ts';
import { migratePg } from './pg-migrate.ts';
import { PG_MIGRATIONS } from './pg-schema.ts';

const PROCESS = new URL('../../tests/contract/open-pg-event-store.ts', import.meta.url).pathname;
const clock = systemClock();

describe('the PostgreSQL event store', function () {
  this.timeout(120_000);
  const stores = pgStores();

  it('PG2 leaves nothing on a connection that the next one could notice', async () => {
    await using bouncer = await startPgBouncer(stores.server(), { poolSize: 1 });
    const { store } = await stores.open({ url: bouncer.url(stores.database()) });
    await store.saveEvent(party(1));
    await store.eventBySlug(slugOf(1));
    const next = new Client({ connectionString: bouncer.url(stores.database()) });
    await next.connect();
    assert.deepEqual((await next.query('show statement_timeout')).rows, [{ statement_timeout: '0' }]);
    assert.deepEqual((await next.query('select name from pg_prepared_statements')).rows, []);
    assert.deepEqual((await next.query("select * from pg_locks where locktype = 'advisory'")).rows, []);
    await next.end();
  });

  describe('migrations', () => {
    it('PG3 eight processes that start at once on an empty database migrate it once', async () => {
      const processes = Array.from({ length: 8 }, () => {
        const child = spawn(process.execPath, [PROCESS, stores.url()], { stdio: ['pipe', 'pipe', 'inherit'] });
        const said: string[] = [];
        createInterface({ input: child.stdout }).on('line', (text) => said.push(text));
        return { child, said, gone: once(child, 'close') };
      });
      await until('all are there', () => processes.every(({ said }) => said.includes('here')), 60_000);
      for (const { child } of processes) child.stdin.end('go\n');
      for (const { gone, said } of processes) {
        assert.deepEqual(await gone, [0, null]);
        assert.deepEqual(said, ['here', '0 events']);
      }
      const found = await stores.query<{ name: string }>('select name from front_row_migrations order by migrated_at, name');
      assert.deepEqual(
        found.map(({ name }) => name),
        Object.keys(PG_MIGRATIONS),
      );
    });

    it('PG3 one at a time also through PgBouncer, where a lock of the session would be lost or stay', async () => {
      await using bouncer = await startPgBouncer(stores.server(), { poolSize: 2 });
      let inside = 0;
      let most = 0;
      const slow = {
        '0001-slow': {
          async up(db: Parameters<(typeof PG_MIGRATIONS)[string]['up']>[0]) {
            inside += 1;
            most = Math.max(most, inside);
            await sql`create table once (n integer)`.execute(db);
            await sql`select pg_sleep(0.05)`.execute(db);
            inside -= 1;
          },
        },
      };
      const options = { url: bouncer.url(stores.database()), clock, log: silentLog };
      await Promise.all(Array.from({ length: 6 }, () => migratePg(options, slow)));
      assert.equal(most, 1);
      assert.deepEqual(await stores.query("select * from pg_locks where locktype = 'advisory'"), []);
    });

    it('PG4 a migration that fails leaves nothing behind, and is tried again', async () => {
      const options = { url: stores.url(), clock, log: silentLog };
      const failing = {
        '0001-good': { up: async (db: never) => void (await sql`create table good (n integer)`.execute(db)) },
        '0002-bad': { up: async (db: never) => void (await sql`create table good (n integer)`.execute(db)) },
      };
      await assert.rejects(migratePg(options, failing), /already exists/);
      assert.deepEqual(await stores.query("select tablename from pg_tables where schemaname = 'public'"), []);
      await migratePg(options, { '0001-good': failing['0001-good'] });
      assert.equal((await stores.query('select * from good')).length, 0);
    });

    it('PG4 refuses a database of a newer version, unchanged', async () => {
      await stores.open();
      await stores.query("insert into front_row_migrations values ('pg-9999-from-the-future', now())");
      await assert.rejects(stores.open(), /newer version of Front Row \(schema pg-9999-from-the-future/);
    });
  });

  describe('fence', () => {
    const member = { id: staffId(2), name: 'Late', rank: 'host', untilMs: null, revoked: false } as const;
    const ban = {
      labelId: labelId(1),
      fanId: fanId(1),
      name: 'Mallory',
      addressHash: addressHash(1),
      atMs: 1,
      untilMs: null,
      by: staffId(1),
      reason: 'spam',
    };

    it('PG15 a stage that was overtaken writes nothing; the one that took over does', async () => {
      const { store, stages } = await stores.open();
      await store.saveEvent(party(1));
      await stages.keep(snapshot(3, 0), null);
      const woken = stages.asStage(eventId(1), 2);
      const refused = { code: 'stage_unavailable' };
      await assert.rejects(woken.setEventState(eventId(1), 'ended'), refused);
      await assert.rejects(woken.saveLabelBan(ban), refused);
      await assert.rejects(woken.liftLabelBan(labelId(1), fanId(1)), refused);
      await assert.rejects(woken.revokeStaff(eventId(1), staffId(1)), refused);
      const invite = { id: 'secret', eventId: eventId(1), staff: member, rank: member.rank, openedAtMs: null };
      await assert.rejects(woken.saveInvite(invite), refused);
      assert.equal((await store.eventById(eventId(1)))?.state, 'open');
      assert.deepEqual(await store.labelBans(labelId(1), 0), []);
      assert.deepEqual(await store.staffOf(eventId(1)), []);

      const current = stages.asStage(eventId(1), 3);
      await current.saveInvite(invite);
      await current.saveLabelBan(ban);
      await current.setEventState(eventId(1), 'ended');
      assert.equal((await store.openInvite(eventId(1), 'secret', 0))?.staff.id, member.id);
      assert.deepEqual(await store.labelBans(labelId(1), 0), [ban]);
      assert.equal((await store.eventById(eventId(1)))?.state, 'ended');
    });

    it('PG15 a write that waits while another stage takes over is refused', async () => {
      const { store, stages } = await stores.open();
      await store.saveEvent(party(1));
      await stages.keep(snapshot(2, 0), null);
      const takingOver = await stores.hold('update stages set epoch = 3');
      const write = assert.rejects(stages.asStage(eventId(1), 2).setEventState(eventId(1), 'ended'), {
        code: 'stage_unavailable',
      });
      await until('it waits', stores.isWaiting);
      await takingOver.query('commit');
      await takingOver.end();
      await write;
      assert.equal((await store.eventById(eventId(1)))?.state, 'open');
    });
  });
});
