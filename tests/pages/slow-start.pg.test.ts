/** A real process that is started while its database is slow. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { quietMusic } from '../support/party-cluster.ts';
import { startParty } from '../support/party-process.ts';
import { pgStores } from '../support/pg-stores.ts';
import { until } from '../support/until.ts';

describe('a start with a slow database', function () {
  this.timeout(120_000);
  const stores = pgStores();

  it('PG18 tries again until the database answers, and is ready only then', async () => {
    await stores.open();
    const dir = mkdtempSync(join(tmpdir(), 'front-row-slow-'));
    const media = quietMusic(dir);
    const slow = await stores.hold('lock table events in access exclusive mode');
    let isUp = false;
    const starting = startParty({ media, dataDir: dir, env: { DATABASE_URL: stores.url() } }).then((party) => {
      isUp = true;
      return party;
    });
    try {
      const tries = new Set<string>();
      await until(
        'it has tried twice',
        async () => {
          const waiting = await stores.query<{ begun: string }>(
            "select xact_start::text as begun from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'front-row'",
          );
          for (const { begun } of waiting) tries.add(begun);
          return tries.size >= 2;
        },
        30_000,
      );
      assert.equal(isUp, false);
    } finally {
      await slow.query('rollback');
      await slow.end();
    }
    const party = await starting;
    assert.equal((await fetch(`${party.origin}/readyz`)).status, 200);
    assert.equal(await party.stop(), 0);
    rmSync(dir, { recursive: true });
  });
});
