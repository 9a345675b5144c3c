/** What every journal must do. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Journal } from '../../rooms/ports.ts';
import { command, eventId, fanId, line, lineId, staffId } from './samples.ts';

/** A fresh, empty journal; `dispose` gives back what it holds. */
export interface MadeJournal<J extends Journal = Journal> {
  readonly journal: J;
  dispose(): Promise<void>;
}

const ids = (lines: readonly { readonly id: string }[]) => lines.map(({ id }) => id);

export function describeJournal(name: string, make: () => Promise<MadeJournal>): void {
  describe(`Journal contract: ${name}`, () => {
    let made: MadeJournal;
    let journal: Journal;
    beforeEach(async () => {
      made = await make();
      journal = made.journal;
    });
    afterEach(() => made.dispose());

    it('JR1 gives back a line as it was appended, by id and by key', async () => {
      const said = line(1, {
        text: "O'Hara said: 100% 🎸 \\o/",
        replyTo: lineId(7),
        addressHash: null,
        atMs: 1_763_770_000_123.5,
      });
      await journal.appendLine(said);
      assert.deepEqual(await journal.findLine(eventId(1), said.id), said);
      assert.deepEqual(await journal.findByKey(eventId(1), said.fanId, said.key), said);
    });

    it('JR1 finds nothing under an unknown id or key, or in another event', async () => {
      await journal.appendLine(line(1));
      assert.equal(await journal.findLine(eventId(1), lineId(2)), null);
      assert.equal(await journal.findLine(eventId(2), lineId(1)), null);
      assert.equal(await journal.findByKey(eventId(2), fanId(1), 'key-1'), null);
      assert.equal(await journal.findByKey(eventId(1), fanId(2), 'key-1'), null);
    });

    it('JR2 keeps one line when the same line is appended twice', async () => {
      await journal.appendLine(line(1));
      await journal.appendLine(line(1));
      assert.deepEqual(ids(await journal.history(eventId(1), { limit: 10 })), [lineId(1)]);
    });

    it('JR3 refuses another line under a used key and keeps the first', async () => {
      await journal.appendLine(line(1));
      await assert.rejects(journal.appendLine(line(2, { key: 'key-1' })), { code: 'repeated' });
      assert.equal((await journal.findByKey(eventId(1), fanId(1), 'key-1'))?.id, lineId(1));
    });

    it('JR3 lets another author, and another event, use the same key', async () => {
      await journal.appendLine(line(1));
      await journal.appendLine(line(2, { key: 'key-1', fanId: fanId(2) }));
      await journal.appendLine(line(3, { key: 'key-1', eventId: eventId(2) }));
      assert.equal((await journal.findByKey(eventId(1), fanId(2), 'key-1'))?.id, lineId(2));
      assert.equal((await journal.findByKey(eventId(2), fanId(1), 'key-1'))?.id, lineId(3));
    });

    it('JR4 a look-up sees an append that was asked before it and not awaited', async () => {
      const appended = journal.appendLine(line(1));
      assert.equal((await journal.findByKey(eventId(1), fanId(1), 'key-1'))?.id, lineId(1));
      await appended;
    });

    it('JR4 keeps the order of appends that share a moment', async () => {
      await Promise.all([1, 2, 3, 4, 5].map((n) => journal.appendLine(line(n, { atMs: 1_000 }))));
      assert.deepEqual(ids(await journal.lastShown(eventId(1), 10)), [1, 2, 3, 4, 5].map(lineId));
    });

    it('JR5 fills a ring with the last lines that everyone could see, oldest first', async () => {
      await journal.appendLine(line(1));
      await journal.appendLine(line(2, { fate: 'section' }));
      await journal.appendLine(line(3));
      await journal.appendLine(line(4, { fate: 'held' }));
      await journal.appendLine(line(5));
      await journal.appendLine(line(6, { eventId: eventId(2) }));
      assert.deepEqual(ids(await journal.lastShown(eventId(1), 2)), [lineId(3), lineId(5)]);
    });

    it('JR6 leaves removed lines out of the ring and marks them in the history', async () => {
      for (const n of [1, 2, 3]) await journal.appendLine(line(n));
      await journal.removeLine(eventId(1), lineId(2));
      await journal.removeLine(eventId(1), lineId(2));
      assert.deepEqual(ids(await journal.lastShown(eventId(1), 10)), [lineId(1), lineId(3)]);
      const history = await journal.history(eventId(1), { limit: 10 });
      assert.deepEqual(
        history.map(({ id, removed }) => [id, removed]),
        [
          [lineId(3), false],
          [lineId(2), true],
          [lineId(1), false],
        ],
      );
    });

    it("JR6 removes a fan's lines up to a moment, that moment included, and nobody else's", async () => {
      for (const n of [1, 2, 3]) await journal.appendLine(line(n));
      await journal.appendLine(line(4, { fanId: fanId(2), atMs: 1_500 }));
      await journal.removeLinesOf(eventId(1), fanId(1), 2_000);
      await journal.removeLinesOf(eventId(1), fanId(1), 1_000);
      assert.deepEqual(ids(await journal.lastShown(eventId(1), 10)), [lineId(4), lineId(3)]);
    });

    it("JR6 removes everybody's lines up to a moment, in that event alone", async () => {
      for (const n of [1, 2, 3]) await journal.appendLine(line(n, { fanId: fanId(n) }));
      await journal.appendLine(line(4, { eventId: eventId(2), atMs: 1_000 }));
      await journal.removeAllLines(eventId(1), 2_000);
      assert.deepEqual(ids(await journal.lastShown(eventId(1), 10)), [lineId(3)]);
      assert.deepEqual(ids(await journal.lastShown(eventId(2), 10)), [lineId(4)]);
    });

    it('JR7 a mark holds for a line that arrives after it', async () => {
      await journal.removeLine(eventId(1), lineId(1));
      await journal.removeLinesOf(eventId(1), fanId(2), 5_000);
      await journal.appendLine(line(1));
      await journal.appendLine(line(2, { fanId: fanId(2) }));
      assert.deepEqual(await journal.lastShown(eventId(1), 10), []);
    });

    it('JR8 finds text anywhere, whatever its case, in any script', async () => {
      await journal.appendLine(line(1, { text: 'Encore! ENCORE!' }));
      await journal.appendLine(line(2, { text: 'ÄRGER im Publikum' }));
      await journal.appendLine(line(3, { text: 'ещё раз' }));
      const found = async (text: string) => ids(await journal.history(eventId(1), { text, limit: 10 }));
      assert.deepEqual(await found('encore'), [lineId(1)]);
      assert.deepEqual(await found('ärger IM'), [lineId(2)]);
      assert.deepEqual(await found('ЕЩЁ'), [lineId(3)]);
    });

    it('JR8 takes % _ and \\ in a search literally', async () => {
      await journal.appendLine(line(1, { text: '100% yes' }));
      await journal.appendLine(line(2, { text: '1000 yes' }));
      await journal.appendLine(line(3, { text: 'a_b' }));
      await journal.appendLine(line(4, { text: 'acb' }));
      await journal.appendLine(line(5, { text: 'back\\slash' }));
      const found = async (text: string) => ids(await journal.history(eventId(1), { text, limit: 10 }));
      assert.deepEqual(await found('0%'), [lineId(1)]);
      assert.deepEqual(await found('a_b'), [lineId(3)]);
      assert.deepEqual(await found('k\\s'), [lineId(5)]);
    });

    it('JR9 pages through the history of one fan, newest first', async () => {
      for (const n of [1, 2, 3, 4]) await journal.appendLine(line(n, { fanId: fanId(n % 2) }));
      const first = await journal.history(eventId(1), { fanId: fanId(1), limit: 1 });
      assert.deepEqual(ids(first), [lineId(3)]);
      const second = await journal.history(eventId(1), { fanId: fanId(1), beforeMs: 3_000, limit: 5 });
      assert.deepEqual(ids(second), [lineId(1)]);
      const { key: _key, eventId: _eventId, seq: _seq, addressHash: _addressHash, ...shown } = line(1);
      assert.deepEqual(second[0], { ...shown, removed: false });
    });

    it('JR10 lists the last commands, oldest first, by epoch and seq', async () => {
      await journal.appendCommand(command(9, { epoch: 1, seq: 9 }));
      await journal.appendCommand(command(2, { epoch: 2, seq: 2 }));
      await journal.appendCommand(command(1, { epoch: 2, seq: 1 }));
      await journal.appendCommand(command(1, { epoch: 2, seq: 1 }));
      const last = await journal.lastCommands(eventId(1), 2);
      assert.deepEqual(last, [command(1, { epoch: 2 }), command(2, { epoch: 2 })]);
    });

    it('JR10 finds a command by its key; what was done goes before what was refused', async () => {
      await journal.appendCommand(command(1, { key: 'again', result: 'stale_revision' }));
      assert.equal((await journal.findCommandByKey(eventId(1), staffId(1), 'again'))?.id, 'cmd-1');
      await journal.appendCommand(command(2, { key: 'again' }));
      assert.equal((await journal.findCommandByKey(eventId(1), staffId(1), 'again'))?.id, 'cmd-2');
      assert.equal(await journal.findCommandByKey(eventId(1), staffId(2), 'again'), null);
    });

    it('JR11 adds facts up over steps and sections; fans are the last of each step', async () => {
      const fact = (section: string, atMs: number, fans: number) => ({
        eventId: eventId(1),
        section,
        atMs,
        fans,
        joins: 1,
        leaves: 2,
        lines: 3,
        reactions: 4,
      });
      await journal.appendFacts([fact('a', 10_000, 5), fact('a', 14_000, 7), fact('b', 11_000, 100), fact('a', 15_000, 9)]);
      await journal.appendFacts([fact('a', 10_000, 5)]);
      assert.deepEqual(await journal.facts(eventId(1), 0, 5_000), [
        { atMs: 10_000, fans: 107, joins: 3, leaves: 6, lines: 9, reactions: 12 },
        { atMs: 15_000, fans: 9, joins: 1, leaves: 2, lines: 3, reactions: 4 },
      ]);
      assert.deepEqual(
        (await journal.facts(eventId(1), 15_000, 5_000)).map(({ atMs }) => atMs),
        [15_000],
      );
      assert.deepEqual(await journal.facts(eventId(2), 0, 5_000), []);
    });
  });
}
