import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { startPgBouncer } from '../../tests/support/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../tests/support/postgres-server.ts';
import { migratePg } from '../store/pg-migrate.ts';
import { PG_MIGRATIONS } from '../store/pg-schema.ts';
import { readDatabase } from './database-facts.ts';
import { judgeDatabase } from './judge-database.ts';
import { probed } from './probed.ts';

describe('looking at PostgreSQL', () => {
  const clock = systemClock();
  const known = Object.keys(PG_MIGRATIONS);
  let postgres: PostgresServer;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres[Symbol.asyncDispose]());

  it('PF5 reads what a real one is, before and after its migrations', async () => {
    const url = await postgres.createDatabase('fresh');
    const before = await readDatabase(url, clock);
    assert.ok(before.versionNumber > 120_000, String(before.versionNumber));
    assert.ok(before.latencyMs > 0);
    assert.equal(before.connectionsMax, 57);
    assert.ok(before.connections >= 1);
    assert.equal(before.isStandby, false);
    assert.equal(before.mayCreate, true);
    assert.equal(before.pooler, 'none');
    assert.equal(before.migrations, null);
    await migratePg({ url, clock, log: silentLog });
    assert.deepEqual((await readDatabase(url, clock)).migrations?.toSorted(), known.toSorted());
  });

  it('PF5 sees a newer version’s migration in a real database, and says that this one will not start', async () => {
    const url = await postgres.createDatabase('newer');
    await migratePg({ url, clock, log: silentLog });
    await postgres.query(`insert into front_row_migrations values ('zzz-from-tomorrow', now())`, 'newer');
    const findings = judgeDatabase(await probed(clock, 5_000, () => readDatabase(url, clock)), known, {
      fans: 10,
      machines: 1,
      processes: 2,
      frontHere: false,
    });
    assert.deepEqual(
      findings.filter(({ kind }) => kind === 'broken').map(({ check }) => check),
      ['migrations'],
    );
  });

  it('PF5 tells PgBouncer in transaction mode, with one server connection or several, from none', async () => {
    await postgres.createDatabase('pooled');
    for (const poolSize of [1, 3]) {
      await using bouncer = await startPgBouncer(postgres, { poolSize });
      assert.equal((await readDatabase(bouncer.url('pooled'), clock)).pooler, 'transaction', `pool of ${poolSize}`);
    }
  });

  it('PF7 says why one cannot be asked, and waits no longer than its time', async () => {
    const missing = await probed(clock, 5_000, () => readDatabase(postgres.url('nowhere'), clock));
    assert.deepEqual(missing, { ok: false, reason: 'database "nowhere" does not exist' });
    postgres.freeze();
    try {
      const frozen = await probed(clock, 300, () => readDatabase(postgres.url(), clock));
      assert.deepEqual(frozen, { ok: false, reason: 'no answer within 0.3 s' });
    } finally {
      postgres.thaw();
    }
  });
});
