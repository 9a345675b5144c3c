import assert from 'node:assert/strict';
import type { StageBus } from '../../rooms/ports.ts';
import { MODERATOR, Party, shownTexts } from '../../tests/support/party.ts';
import { until } from '../../tests/support/until.ts';

/** Keeps the event lane's digests back until they are let go. */
function holdingDigests(bus: StageBus): StageBus & { letGo(): Promise<void> } {
  let held: (() => Promise<void>)[] | null = [];
  return {
    ...bus,
    onUp: (...args) => bus.onUp(...args),
    onDown: (...args) => bus.onDown(...args),
    publishUp: (...args) => bus.publishUp(...args),
    async publishDown(eventId, message) {
      const publish = () => bus.publishDown(eventId, message);
      if (held === null || message.kind !== 'digest' || message.lines.length === 0) return publish();
      held.push(publish);
    },
    async letGo() {
      const all = held ?? [];
      held = null;
      for (const publish of all) await publish();
    },
  };
}

describe('a line on its way', () => {
  it('SE24 is shown to nobody once moderation has taken it away', async () => {
    let digests: ReturnType<typeof holdingDigests> | undefined;
    const party = await Party.start({ bus: (bus) => (digests = holdingDigests(bus)) });
    try {
      const [ann, bob, host] = await Promise.all([party.fan('Ann'), party.fan('Bob'), party.staff(MODERATOR)]);
      const { id } = await ann.ask('chat', { key: 'k1', text: 'rude' });
      await until('staff see it', () => [...host.state.feed].some((entry) => entry.line.id === id));
      await until('it is on its way', () => shownTexts(host.state).includes('rude'));
      await host.ask('delete-line', { lineId: id });
      await until('pages are told', () => [...bob.state.removals].some(({ lineId }) => lineId === id));
      await digests?.letGo();
      await ann.ask('chat', { key: 'k2', text: 'kind' });
      await until('what came after it is shown', () => shownTexts(bob.state).includes('kind'));
      assert.deepEqual(shownTexts(bob.state), ['kind']);
      assert.equal(await bob.codeOf('report', { lineId: id, reason: 'rude' }), 'unknown_line');
    } finally {
      await party.stop();
    }
  });
});
