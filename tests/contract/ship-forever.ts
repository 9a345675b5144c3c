/**
 * A process of a machine: takes a journal of the folder, appends lines to it, ships it and whatever it finds, and prints
 * `journal PATH`, then `line ID` for each line that was acknowledged and `adopted N` whenever it has shipped another one's.
 * Arguments: folder, URL of the database, number of the first line, number of lines.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../core/clock.ts';
import { openJournal } from '../../server/store/journal.ts';
import { openPgJournal } from '../../server/store/pg-journal.ts';
import { claimJournal } from '../../server/store/ship-slots.ts';
import { startShipper } from '../../server/store/shipper.ts';
import { line } from './samples.ts';
import { silentLog } from './silent-log.ts';

const [dir = '', url = '', first = '1', count = '0'] = process.argv.slice(2);
const clock = systemClock();
const common = { clock, log: silentLog, deadlineMs: 60_000 };
/** Synchronous, so that what was printed was acknowledged, and nothing acknowledged waits in a buffer. */
const say = (what: string) => writeSync(1, `${what}\n`);

const slot = claimJournal(dir);
say(`journal ${slot.path}`);
const { journal, shipping } = await openJournal({ path: slot.path, ...common });
const shipper = startShipper({
  clock,
  random: Math.random,
  log: silentLog,
  own: shipping,
  sink: openPgJournal({ url, clock, log: silentLog }),
  dir,
  openJournal: async (path) => {
    const adopted = await openJournal({ path, ...common });
    return { ...adopted.shipping, close: adopted.close };
  },
});
let adopted = 0;
setInterval(() => {
  const now = shipper.status().adopted;
  if (now !== adopted) say(`adopted ${now}`);
  adopted = now;
}, 50);
for (let n = Number(first); n < Number(first) + Number(count); n += 1) {
  const said = line(n);
  await journal.appendLine(said);
  say(`line ${said.id}`);
}
