import assert from 'node:assert/strict';
import type { Clock } from '../../core/clock.ts';
import type { PartyEvent } from '../../rooms/ports.ts';
import type { EventView } from '../../rooms/venue.ts';
import { EventId } from '../../schemas/ids.ts';
import { silentLog } from '../../tests/support/quiet.ts';
import { createEventDirectory, stateOf } from './event-directory.ts';

const eventOf = (n: number, slug: string, state: PartyEvent['state'] = 'open') =>
  ({ id: EventId.parse(`evt_${String(n).padStart(12, '0')}`), slug, state, doorsAtMs: 1_000 }) as unknown as PartyEvent;
const idle: Clock = { nowMs: () => 0, after: () => () => {}, every: () => () => {} };

function directoryOf(stored: PartyEvent[]) {
  const asked: string[] = [];
  const opened: string[] = [];
  const held: (() => void)[] = [];
  const state = { looks: 0, isHolding: false };
  const directory = createEventDirectory({
    clock: idle,
    events: {
      openEvents: async () => {
        state.looks += 1;
        const found = stored.filter((event) => event.state !== 'ended');
        if (state.isHolding) await new Promise<void>((resolve) => held.push(resolve));
        return found;
      },
    },
    pages: {
      find: async (slug) => {
        asked.push(slug);
        return stored.find((event) => event.slug === slug);
      },
    },
    keepOpen: ({ slug }) => opened.push(slug),
    log: silentLog,
  });
  return { directory, asked, opened, state, answer: () => held.splice(0).forEach((resolve) => resolve()) };
}

describe('event directory', () => {
  it('HT2 answers what it follows from memory, and asks the page cache for any other', async () => {
    const { directory, asked } = directoryOf([eventOf(1, 'one'), eventOf(2, 'over', 'ended')]);
    await directory.refresh();
    assert.equal((await directory.find('one'))?.slug, 'one');
    assert.equal((await directory.find('over'))?.slug, 'over');
    assert.equal(await directory.find('nobody'), undefined);
    assert.deepEqual(asked, ['over', 'nobody']);
  });

  it('HT2 finds an event that was booked after somebody asked for it, and keeps open what is open', async () => {
    const stored: PartyEvent[] = [];
    const { directory, asked, opened } = directoryOf(stored);
    assert.equal(await directory.find('late'), undefined);
    stored.push(eventOf(3, 'late'));
    await directory.refresh();
    assert.equal((await directory.find('late'))?.slug, 'late');
    assert.deepEqual(opened, ['late']);
    stored[0] = eventOf(3, 'late', 'ended');
    await directory.refresh();
    assert.deepEqual(opened, ['late']);
    assert.equal((await directory.find('late'))?.state, 'ended', 'the cache says how it ended');
    assert.deepEqual(asked, ['late', 'late']);
    assert.equal(directory.byId(eventOf(3, 'late').id)?.slug, 'late');
  });

  it('PG11 looks once more for changes that are told while it looks, however many, and misses none', async () => {
    const stored = [eventOf(1, 'one')];
    const { directory, state, answer } = directoryOf(stored);
    state.isHolding = true;
    const first = directory.refresh();
    stored.push(eventOf(2, 'two'));
    const told = Promise.all(Array.from({ length: 50 }, () => directory.refresh()));
    state.isHolding = false;
    answer();
    await Promise.all([first, told]);
    assert.equal((await directory.find('two'))?.slug, 'two');
    assert.equal(state.looks, 2);
    assert.deepEqual(
      directory.open().map(({ slug }) => slug),
      ['one', 'two'],
    );
  });

  it('HT4 is before, open or ended, whoever says first that it is over', () => {
    const event = eventOf(1, 'one');
    const view = (ended: boolean) => ({ snapshot: { ended } }) as unknown as EventView;
    assert.equal(stateOf(event, undefined, 999), 'before');
    assert.equal(stateOf(event, view(false), 1_000), 'open');
    assert.equal(stateOf(event, view(true), 999), 'ended');
    assert.equal(stateOf(eventOf(1, 'one', 'ended'), undefined, 999), 'ended');
  });
});
