/**
 * A process to be killed: appends lines and commits snapshots as fast as it can, and prints `line N` or `commit N` for each one
 * that was acknowledged. Arguments: path of the journal, number to begin with.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../core/clock.ts';
import { openJournal } from '../../server/store/journal.ts';
import { command, eventId, line, snapshot } from './samples.ts';
import { silentLog } from './silent-log.ts';

const [path = '', first = '1'] = process.argv.slice(2);
const { journal, stageStore } = await openJournal({ path, clock: systemClock(), log: silentLog, deadlineMs: 60_000 });
const epoch = await stageStore.acquire(eventId(1));

/** Synchronous, so that what was printed was acknowledged, and nothing acknowledged waits in a buffer. */
const acknowledge = (what: string) => writeSync(1, `${what}\n`);

for (let n = Number(first); ; n += 10) {
  const batch = Array.from({ length: 10 }, (_, k) => n + k);
  await Promise.all([
    ...batch.map(async (k) => {
      await journal.appendLine(line(k));
      acknowledge(`line ${k}`);
    }),
    stageStore.commit(snapshot(epoch, n), command(n)).then(() => acknowledge(`commit ${n}`)),
  ]);
}
