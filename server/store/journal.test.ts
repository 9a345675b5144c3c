import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { addressHash, command, eventId, fanId, line, lineId, snapshot, staffId } from '../../tests/contract/samples.ts';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { type JournalOptions, type OpenJournal, openJournal } from './journal.ts';
import { JOURNAL_STEPS } from './journal-schema.ts';

describe('the SQLite journal', () => {
  let dir: string;
  let path: string;
  let opened: OpenJournal[];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'front-row-journal-'));
    path = join(dir, 'deep', 'journal.sqlite');
    opened = [];
  });
  afterEach(async () => {
    for (const { close } of opened) await close();
    await rm(dir, { recursive: true });
  });

  async function open(options: Partial<JournalOptions> = {}): Promise<OpenJournal> {
    const made = await openJournal({ path, clock: systemClock(), log: silentLog, deadlineMs: 10_000, ...options });
    opened.push(made);
    return made;
  }

  /** Asks again while the answer is `unavailable`. */
  async function persist<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        assert.equal((error as { code: string }).code, 'unavailable');
      }
    }
  }

  it('JR15 close finishes what was asked before it, and later calls are refused', async () => {
    const { journal, close } = await open();
    const appends = Array.from({ length: 500 }, (_, n) => journal.appendLine(line(n)));
    await close();
    await Promise.all(appends);
    await assert.rejects(journal.appendLine(line(1_000)), { code: 'unavailable' });
    await assert.rejects(journal.history(eventId(1), { limit: 1 }), { code: 'unavailable' });
    const again = await open();
    assert.equal((await again.journal.lastShown(eventId(1), 1_000)).length, 500);
  });

  it('JR16 answers `unavailable` when the disk does not answer in time, and works on after', async () => {
    const { journal } = await open({ deadlineMs: 200 });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(journal.appendLine(line(1)), { code: 'unavailable' });
    other.exec('ROLLBACK');
    other.close();
    // The same id and key again, until it is taken: what was refused may be there already, and stays one line.
    await persist(() => journal.appendLine(line(1)));
    assert.deepEqual(
      (await journal.history(eventId(1), { limit: 10 })).map(({ id }) => id),
      [lineId(1)],
    );
  });

  it('JR16 a line may take longer than all else: it is late rather than refused', async () => {
    const { journal } = await open({ deadlineMs: 300 });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const late = journal.appendLine(line(1));
    await assert.rejects(journal.removeLine(eventId(1), lineId(1)), { code: 'unavailable' });
    other.exec('ROLLBACK');
    other.close();
    await late;
    assert.equal((await journal.findByKey(eventId(1), fanId(1), line(1).key))?.id, lineId(1));
  });

  it('JR26 a stage whose commit was refused, but written after all, is fenced, and whoever follows begins from it', async () => {
    const { stageStore, journal } = await open({ deadlineMs: 300 });
    const epoch = await stageStore.acquire(eventId(1));
    assert.equal(await stageStore.commit(snapshot(epoch, 1), null), 'committed');
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const late = { ...command(2), epoch, seq: 2 };
    await assert.rejects(stageStore.commit(snapshot(epoch, 2), late), { code: 'unavailable' });
    other.exec('ROLLBACK');
    other.close();
    const outcome = await persist(() => stageStore.commit(snapshot(epoch, 2, { ended: true }), null));
    const stored = await persist(() => stageStore.load(eventId(1)));
    assert.deepEqual([outcome, stored?.seq, stored?.ended], ['fenced', 2, false]);
    assert.equal((await journal.lastCommands(eventId(1), 1))[0]?.id, late.id);
    const next = await stageStore.acquire(eventId(1));
    assert.equal(await stageStore.commit(snapshot(next, 0), null), 'committed');
    assert.equal(await stageStore.commit(snapshot(next, 1), null), 'committed');
  });

  it('JR17 a thread that dies rejects what was under way, says so, and comes back with everything acknowledged', async () => {
    const threads: Worker[] = [];
    const { journal, unready } = await open({
      spawn: (workerData) => {
        const worker = new Worker(new URL('./journal-worker.ts', import.meta.url), { workerData });
        threads.push(worker);
        return worker;
      },
    });
    await journal.appendLine(line(1));
    assert.equal(unready(), null);
    const [writer] = threads;
    assert.ok(writer);
    const exited = new Promise((resolve) => writer.once('exit', resolve));
    // A message that cannot be read ends the thread as a bug in it would.
    writer.postMessage(null);
    const underWay = journal.appendLine(line(2));
    await assert.rejects(underWay, { code: 'unavailable' });
    await exited;
    assert.match(unready() ?? '', /not running/);
    while (unready() !== null) await new Promise((resolve) => setImmediate(resolve));
    await journal.appendLine(line(3));
    assert.equal((await journal.findLine(eventId(1), lineId(1)))?.text, 'line 1');
  });

  it('JR18 a failing request fails alone: its neighbours in the same group are kept', async () => {
    const { journal } = await open();
    const bad = { ...line(2), seq: 'not a number' } as unknown as ReturnType<typeof line>;
    const results = await Promise.allSettled([journal.appendLine(line(1)), journal.appendLine(bad), journal.appendLine(line(3))]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal((await journal.lastShown(eventId(1), 10)).length, 2);
  });

  it('JR19 flushes each commit to the disk itself, in WAL mode', async () => {
    const { journal } = await open();
    await journal.appendLine(line(1));
    const db = new DatabaseSync(path, { readOnly: true });
    assert.equal(db.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
    db.close();
    const { openSqlite } = await import('./sqlite.ts');
    const ours = openSqlite(join(dir, 'ours.sqlite'));
    assert.equal(ours.prepare('PRAGMA synchronous').get()?.['synchronous'], 2);
    ours.close();
  });

  it('JR20 opens a file that it made before, and refuses one of a newer version, unchanged', async () => {
    await (await open()).close();
    await (await open()).close();
    const db = new DatabaseSync(path);
    assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], JOURNAL_STEPS.length);
    db.exec('PRAGMA user_version = 999');
    db.close();
    await assert.rejects(
      open(),
      /journal\.sqlite was written by a newer version of Front Row \(schema 999, this version knows \d+\)/,
    );
    const after = new DatabaseSync(path);
    assert.equal(after.prepare('PRAGMA user_version').get()?.['user_version'], 999);
    after.close();
  });

  it('JR20 says why a file that is no database cannot be opened', async () => {
    const { mkdir, writeFile } = await import('node:fs/promises');
    await mkdir(join(dir, 'deep'));
    await writeFile(path, 'these are words, not a database. '.repeat(100));
    await assert.rejects(open(), /not a database/);
  });

  it('JR21 exports all that is kept of a fan', async () => {
    const { journal } = await open();
    await journal.appendLine(line(1));
    await journal.appendLine(line(2, { eventId: eventId(2) }));
    await journal.appendLine(line(3, { fanId: fanId(2) }));
    const muted = command(1, { command: 'mute', payload: { fanId: fanId(1), forMs: 1_000 }, reason: 'loud' });
    await journal.appendCommand(muted);
    await journal.appendCommand(command(2, { command: 'mute', payload: { fanId: fanId(2), forMs: 1_000 } }));
    const record = await journal.export(fanId(1));
    assert.deepEqual(
      record.lines.map(({ id, eventId: of, addressHash: address }) => [id, of, address]),
      [
        [lineId(1), eventId(1), addressHash(1)],
        [lineId(2), eventId(2), addressHash(2)],
      ],
    );
    assert.deepEqual(record.commands, [muted]);
  });

  it('JR22 erases a fan from lines, commands and the snapshots of ended events, and nobody else', async () => {
    const { journal, stageStore, close } = await open();
    await journal.appendLine(line(1, { text: 'my secret words', name: 'Adaline' }));
    await journal.appendLine(line(2, { fanId: fanId(2) }));
    await journal.appendCommand(
      command(1, { command: 'mute', payload: { fanId: fanId(1), reason: 'said a secret' }, reason: 'said a secret' }),
    );
    const sanction = (n: number) => ({
      kind: 'ban' as const,
      fanId: fanId(n),
      name: n === 1 ? 'Adaline' : 'Bob',
      addressHash: addressHash(n),
      scope: 'event' as const,
      atMs: 0,
      untilMs: null,
      by: staffId(1),
      reason: '',
    });
    const epoch = await stageStore.acquire(eventId(1));
    await stageStore.commit(snapshot(epoch, 1, { ended: true, sanctions: [sanction(1), sanction(2)] }), null);

    assert.equal(await journal.erase(fanId(1)), 1);
    assert.deepEqual(await journal.export(fanId(1)), { lines: [], commands: [] });
    assert.equal((await journal.export(fanId(2))).lines.length, 1);
    assert.deepEqual((await journal.lastCommands(eventId(1), 1))[0]?.payload, { fanId: 'erased' });
    assert.deepEqual((await stageStore.load(eventId(1)))?.sanctions, [sanction(2)]);
    await close();
    const { readFile } = await import('node:fs/promises');
    const bytes = (await readFile(path)).toString('latin1');
    for (const trace of ['my secret words', 'Adaline', 'said a secret', fanId(1)])
      assert.ok(!bytes.includes(trace), `${trace} is still in the file`);
  });

  it('JR22 keeps the sanction of an erased fan while the event runs', async () => {
    const { journal, stageStore } = await open();
    const epoch = await stageStore.acquire(eventId(1));
    const running = snapshot(epoch, 1, {
      sanctions: [
        {
          kind: 'ban',
          fanId: fanId(1),
          name: 'Ada',
          addressHash: null,
          scope: 'event',
          atMs: 0,
          untilMs: null,
          by: staffId(1),
          reason: '',
        },
      ],
    });
    await stageStore.commit(running, null);
    await journal.erase(fanId(1));
    assert.deepEqual(await stageStore.load(eventId(1)), running);
  });

  it('JR23 prunes what is older than its retention, however much, and never gives an epoch twice', async () => {
    const { journal, stageStore } = await open({ clock: { ...systemClock(), nowMs: () => 1_500_000 } });
    await Promise.all(
      Array.from({ length: 2_500 }, (_, n) => journal.appendLine(line(n + 1, { fanId: fanId(n % 7), eventId: eventId(n % 3) }))),
    );
    await journal.appendCommand(command(1, { atMs: 10 }));
    await journal.appendCommand(command(2, { atMs: 3_000_000 }));
    const fact = { eventId: eventId(1), section: 'a', fans: 1, joins: 0, leaves: 0, lines: 0, reactions: 0 };
    await journal.appendFacts([
      { ...fact, atMs: 10 },
      { ...fact, atMs: 3_000_000 },
    ]);
    await journal.removeAllLines(eventId(1), 1_999_999);
    const epoch = await stageStore.acquire(eventId(1));
    await stageStore.commit(snapshot(epoch, 1, { ended: true }), null);
    const other = await stageStore.acquire(eventId(2));
    await stageStore.commit(snapshot(other, 1, { eventId: eventId(2) }), null);

    // 1,999 lines, a command, a fact, a mark and an ended snapshot.
    assert.equal(await journal.prune(2_000_000), 1_999 + 4);
    assert.equal(await journal.prune(2_000_000), 0);
    const kept = (await Promise.all([0, 1, 2].map((n) => journal.history(eventId(n), { limit: 1_000 })))).flat();
    assert.equal(kept.length, 501);
    assert.ok(kept.every(({ atMs }) => atMs >= 2_000_000));
    assert.equal((await journal.lastCommands(eventId(1), 10)).length, 1);
    assert.equal((await journal.facts(eventId(1), 0, 1_000)).length, 1);
    assert.equal(await stageStore.load(eventId(1)), null);
    assert.notEqual(await stageStore.load(eventId(2)), null);
    assert.equal(await stageStore.acquire(eventId(1)), epoch + 1);
  });
});
