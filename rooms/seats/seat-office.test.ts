import assert from 'node:assert/strict';
import { LocalPresence } from '@colyseus/core';
import type { LineReport } from '../../core/admission.ts';
import type { EventId, RoomId } from '../../schemas/ids.ts';
import { type ManualClock, manualClock } from '../../tests/support/manual-clock.ts';
import { partyEvent } from '../../tests/support/memory-events.ts';
import { countingMetrics, silentLog } from '../../tests/support/quiet.ts';
import { presenceBus } from '../bus/presence-bus.ts';
import type { VenueDeps } from '../venue.ts';
import { sectionIdOf } from '../venue-floor.ts';
import { SeatOffice } from './seat-office.ts';

const { id: EVENT, slug } = partyEvent(1);
const SEATS = 100;
const USABLE = 95;

interface House {
  readonly office: SeatOffice;
  readonly fans: Map<RoomId, number>;
  leaving: boolean;
}

describe('seat offices of several processes', () => {
  let clock: ManualClock;
  let presence: LocalPresence;
  let houses: House[];
  beforeEach(() => {
    clock = manualClock();
    presence = new LocalPresence();
    houses = [];
  });
  afterEach(() => Promise.all(houses.map(({ office }) => office.close())));

  async function open(processId: string, more: Partial<VenueDeps> = {}): Promise<House> {
    const fans = new Map<RoomId, number>([[sectionIdOf(slug, houses.length + 1, 1), 0]]);
    const deps = {
      clock,
      eventNowMs: () => clock.nowMs(),
      random: () => 0.5,
      processId: () => processId,
      publicAddress: `${processId}.example`,
      sectionSeats: SEATS,
      bus: presenceBus(presence, '', { clock, log: silentLog, metrics: countingMetrics() }),
      log: silentLog,
      ...more,
    } as unknown as VenueDeps;
    const house: House = {
      fans,
      leaving: false,
      office: new SeatOffice({
        deps,
        own: () => [...fans].map(([roomId, count]) => ({ roomId, eventId: EVENT, fans: count })),
        isLeaving: () => house.leaving,
      }),
    };
    houses.push(house);
    await house.office.open();
    return house;
  }

  /** Lets every process speak once. */
  const second = () => clock.advance(1_000);

  function grantAll({ office }: House, eventId: EventId = EVENT) {
    const granted = [];
    for (let seat = office.grant(eventId); seat !== undefined; seat = office.grant(eventId)) granted.push(seat);
    return granted;
  }

  it('BU30 alone, a door gives every seat of its sections', async () => {
    const a = await open('a');
    assert.equal(a.office.free(EVENT), USABLE);
    assert.equal(grantAll(a).length, USABLE);
  });

  it('BU30 together, all doors give each seat of every section once, with its process and address', async () => {
    const [a, b] = [await open('a'), await open('b')];
    await second();
    const granted = [...grantAll(a), ...grantAll(b)];
    for (const [n, processId] of ['a', 'b'].entries()) {
      const seats = granted.filter(({ roomId }) => roomId === sectionIdOf(slug, n + 1, 1));
      assert.equal(seats.length, USABLE);
      assert.ok(seats.every((seat) => seat.processId === processId && seat.publicAddress === `${processId}.example`));
    }
  });

  it('AD11 all doors begin with the section that was opened first, whichever process has it and however many it opened since', async () => {
    const [b, a] = [await open('b'), await open('a')];
    for (const n of [3, 10]) a.fans.set(sectionIdOf(slug, n, 1), 0);
    await second();
    const inOrder = [b, a].map((house) => [...new Set(grantAll(house).map(({ roomId }) => roomId))]);
    const numbered = [1, 2, 3, 10].map((n) => sectionIdOf(slug, n, 1));
    assert.deepEqual(inOrder, [numbered, numbered]);
  });

  it('BU30 what was granted lately is not granted again from the next offer, which cannot know of it yet', async () => {
    const [a, b] = [await open('a'), await open('b')];
    await second();
    const before = grantAll(a).length;
    await second();
    assert.equal(grantAll(a).length, 0);
    assert.ok(before > 0);
    b.fans.set(sectionIdOf(slug, 2, 1), 40);
    for (let n = 0; n < 4; n++) await second();
    const more = grantAll(a).filter(({ processId }) => processId === 'b').length;
    assert.ok(more > 0 && more <= (USABLE - 40) / 2 + 1, `${more}`);
  });

  it('BU33 a process that falls silent has nothing to offer after 3 s, and one that leaves has nothing at once', async () => {
    const [a, b, c] = [await open('a'), await open('b'), await open('c')];
    await second();
    assert.equal(a.office.sections(EVENT).length, 3);
    c.fans.set(sectionIdOf(slug, 3, 1), 30);
    c.leaving = true;
    c.office.publish();
    await clock.advance(0);
    assert.deepEqual(
      a.office.sections(EVENT).map(({ processId }) => processId),
      ['a', 'b'],
    );
    assert.equal(a.office.returning(EVENT), 30);
    assert.deepEqual(grantAll(c), []);
    await b.office.close();
    for (let n = 0; n < 4; n++) await second();
    assert.deepEqual(
      a.office.sections(EVENT).map(({ processId }) => processId),
      ['a'],
    );
    assert.deepEqual(a.office.neighbours(), []);
  });

  it('BU33 a process that dies is gone from the bus, and its offer with it, within half a second', async () => {
    const [a, b] = [await open('a'), await open('b')];
    await second();
    assert.deepEqual(
      a.office.neighbours().map(({ processId }) => processId),
      ['b'],
    );
    presence.unsubscribe('here:b');
    await clock.advance(500);
    assert.deepEqual(a.office.neighbours(), []);
    assert.equal(a.office.sections(EVENT).length, 1);
    b.office.publish();
    await clock.advance(0);
    assert.equal(a.office.sections(EVENT).length, 2);
  });

  it('BU34 near its limit of descriptors a process offers what still fits, and takes no further sections', async () => {
    const load = () => ({ descriptors: 880, descriptorsMax: 1_000, utilisation: 0.2 });
    const a = await open('a', { load });
    assert.equal(a.office.free(EVENT), 20);
    assert.equal(a.office.offers()[0]?.room, 0);
  });

  it('BU34 one whose loop is full says so, and is passed over while others have seats', async () => {
    const busy = await open('a', { load: () => ({ descriptors: 0, descriptorsMax: 20_000, utilisation: 0.97 }) });
    await open('b', { load: () => ({ descriptors: 0, descriptorsMax: 20_000, utilisation: 0.1 }) });
    await second();
    assert.equal(busy.office.offers().find(({ processId }) => processId === 'a')?.utilisation, 0.97);
    assert.equal(busy.office.grant(EVENT)?.processId, 'b');
  });

  it('AD7 what doors say of their lines travels with the offers', async () => {
    const report: LineReport = { processId: 'a', atMs: 5, markMs: 7, ratePerS: 9, waiting: [[100, 3]] };
    const heard: unknown[] = [];
    await open('b', { lines: { reports: () => new Map(), hear: (...args) => heard.push(args), waiting: () => 0 } });
    await open('a', { lines: { reports: () => new Map([[EVENT, report]]), hear: () => undefined, waiting: () => 0 } });
    await second();
    assert.deepEqual(heard[0], [EVENT, report]);
  });
});
