import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../core/clock.ts';
import { openJournal } from '../../server/store/journal.ts';
import { describeJournal } from './journal.ts';
import { silentLog } from './silent-log.ts';
import { describeStageRecords, describeStageStore } from './stage-store.ts';

async function make() {
  const dir = await mkdtemp(join(tmpdir(), 'front-row-journal-'));
  const opened = await openJournal({
    path: join(dir, 'journal.sqlite'),
    clock: systemClock(),
    log: silentLog,
    deadlineMs: 10_000,
  });
  return {
    ...opened,
    async dispose() {
      await opened.close();
      await rm(dir, { recursive: true });
    },
  };
}

describeJournal('SQLite', make);
describeStageStore('SQLite', make);
describeStageRecords('SQLite', make);
