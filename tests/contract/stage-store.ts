/** What every stage store must do. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Journal, StageRecords, StageStore } from '../../rooms/ports.ts';
import { command, eventId, snapshot, staffId } from './samples.ts';

/** A fresh, empty store with the journal that its commits write to. */
export interface MadeStageStore {
  readonly stageStore: StageStore;
  readonly journal: Journal;
  dispose(): Promise<void>;
}

export function describeStageStore(name: string, make: () => Promise<MadeStageStore>): void {
  describe(`StageStore contract: ${name}`, () => {
    let made: MadeStageStore;
    let store: StageStore;
    beforeEach(async () => {
      made = await make();
      store = made.stageStore;
    });
    afterEach(() => made.dispose());

    it('JR12 gives each incarnation an epoch above every one before, for each event on its own', async () => {
      assert.equal(await store.acquire(eventId(1)), 1);
      assert.equal(await store.acquire(eventId(1)), 2);
      assert.equal(await store.acquire(eventId(2)), 1);
      const many = await Promise.all(Array.from({ length: 20 }, () => store.acquire(eventId(1))));
      assert.equal(new Set(many).size, 20);
    });

    it('JR12 starts above the newest epoch that the caller has seen anywhere', async () => {
      assert.equal(await store.acquire(eventId(1), 7), 8);
      assert.equal(await store.acquire(eventId(1), 3), 9);
      assert.equal(await store.acquire(eventId(2)), 1);
    });

    it('JR12 has no snapshot before the first commit, and then the last one, to the fraction of a millisecond', async () => {
      const epoch = await store.acquire(eventId(1));
      assert.equal(await store.load(eventId(1)), null);
      assert.equal(await store.commit(snapshot(epoch, 1), null), 'committed');
      assert.equal(await store.commit(snapshot(epoch, 2), null), 'committed');
      assert.deepEqual(await store.load(eventId(1)), snapshot(epoch, 2));
    });

    it('JR13 writes the snapshot and its command together', async () => {
      const epoch = await store.acquire(eventId(1));
      await store.commit(snapshot(epoch, 1), command(1));
      assert.deepEqual(await made.journal.lastCommands(eventId(1), 10), [command(1)]);
      assert.deepEqual(await made.journal.findCommandByKey(eventId(1), staffId(1), 'key-1'), command(1));
    });

    it('JR13 a fenced stage writes nothing, neither snapshot nor command', async () => {
      const old = await store.acquire(eventId(1));
      await store.commit(snapshot(old, 1), null);
      const young = await store.acquire(eventId(1));
      assert.equal(await store.commit(snapshot(old, 2), command(2)), 'fenced');
      assert.deepEqual(await store.load(eventId(1)), snapshot(old, 1));
      assert.deepEqual(await made.journal.lastCommands(eventId(1), 10), []);
      assert.equal(await store.commit(snapshot(young, 2), command(3)), 'committed');
    });

    it('JR13 an epoch that was never given commits nothing', async () => {
      assert.equal(await store.commit(snapshot(1, 1), command(1)), 'fenced');
      await store.acquire(eventId(1));
      assert.equal(await store.commit(snapshot(2, 1), command(1)), 'fenced');
      assert.equal(await store.load(eventId(1)), null);
      assert.deepEqual(await made.journal.lastCommands(eventId(1), 10), []);
    });
  });
}

/** What every keeper of stage records must do, for a process whose stages commit elsewhere. */
export function describeStageRecords(
  name: string,
  make: () => Promise<{ readonly stageRecords: StageRecords; readonly journal: Journal; dispose(): Promise<void> }>,
): void {
  describe(`StageRecords contract: ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>;
    let records: StageRecords;
    beforeEach(async () => {
      made = await make();
      records = made.stageRecords;
    });
    afterEach(() => made.dispose());

    it('RD19 knows nothing of an event that never was on stage here', async () => {
      assert.deepEqual(await records.newest(eventId(1)), { epoch: 0, snapshot: null });
    });

    it('RD19 keeps the newest snapshot by epoch and seq, whatever order they come in, and each event on its own', async () => {
      await records.keep(snapshot(2, 5), null);
      await records.keep(snapshot(2, 4), null);
      assert.deepEqual(await records.newest(eventId(1)), { epoch: 2, snapshot: snapshot(2, 5) });
      await records.keep(snapshot(3, 0), null);
      await records.keep(snapshot(2, 9), null);
      assert.deepEqual(await records.newest(eventId(1)), { epoch: 3, snapshot: snapshot(3, 0) });
      await records.keep(snapshot(3, 10), null);
      await records.keep(snapshot(3, 9), null);
      assert.deepEqual(await records.newest(eventId(1)), { epoch: 3, snapshot: snapshot(3, 10) });
      assert.deepEqual(await records.newest(eventId(2)), { epoch: 0, snapshot: null });
    });

    it('RD19 keeps every command once, also of a snapshot that is older', async () => {
      await records.keep(snapshot(2, 5), command(1));
      await records.keep(snapshot(2, 4), command(2));
      await records.keepCommands([command(1), command(2), command(3)]);
      assert.deepEqual(await made.journal.lastCommands(eventId(1), 10), [command(1), command(2), command(3)]);
    });
  });
}
