import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../core/clock.ts';
import { command, eventId, fanId, line, snapshot } from '../../tests/contract/samples.ts';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { party, pgStores } from '../../tests/support/pg-stores.ts';
import { openJournal } from './journal.ts';
import { openPgJournal } from './pg-journal.ts';
import { openPgRecords } from './pg-records.ts';
import { shipSome } from './ship-journal.ts';

const DAY_MS = 24 * 3_600_000;

describe('personal data in PostgreSQL', function () {
  this.timeout(120_000);
  const stores = pgStores();

  it('JR25 is exported, erased and pruned where all journals come together', async () => {
    const { store } = await stores.open();
    await store.saveEvent(party(1));
    const options = { url: stores.url(), clock: systemClock(), log: silentLog };
    const dir = await mkdtemp(join(tmpdir(), 'front-row-records-'));
    const local = await openJournal({ path: join(dir, 'journal.sqlite'), ...options, deadlineMs: 10_000 });
    const sink = openPgJournal(options);
    const { records, close } = openPgRecords(options);
    const { journal, stageStore } = local;

    await journal.appendLine({ ...line(1), fanId: fanId(1), atMs: DAY_MS });
    await journal.appendLine({ ...line(2), fanId: fanId(2), atMs: 3 * DAY_MS });
    await journal.appendCommand({ ...command(1), payload: { fanId: fanId(1) }, reason: 'rude', atMs: 3 * DAY_MS });
    const epoch = await stageStore.acquire(eventId(1));
    const given = { kind: 'ban', fanId: fanId(1), name: 'Ada', addressHash: null, scope: 'event' } as const;
    const ban = { ...given, atMs: 0, untilMs: null, by: command(1).staffId, reason: 'rude' };
    await stageStore.commit({ ...snapshot(1, epoch), ended: true, sanctions: [ban] }, null);
    while (!(await shipSome(local.shipping, sink, silentLog)).isAll) {}

    const kept = await records.export(fanId(1));
    assert.deepEqual([kept.lines.map(({ id }) => id), kept.commands.map(({ reason }) => reason)], [[line(1).id], ['rude']]);
    assert.equal(await records.erase(fanId(1)), 1);
    assert.deepEqual(await records.export(fanId(1)), { lines: [], commands: [] });
    const [stage] = await stores.query<{ snapshot: string }>('select snapshot from stages');
    assert.ok(stage && !stage.snapshot.includes(fanId(1)) && !stage.snapshot.includes('Ada'));

    assert.equal(await records.prune(2 * DAY_MS), 0);
    assert.equal((await records.export(fanId(2))).lines.length, 1);
    assert.equal(await records.prune(4 * DAY_MS), 2);
    assert.deepEqual(await stores.query('select id from journal_lines union all select id from journal_commands'), []);
    await close();
    await sink.close();
    await local.close();
    await rm(dir, { recursive: true });
  });
});
