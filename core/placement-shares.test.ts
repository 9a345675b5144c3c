import assert from 'node:assert/strict';
import fc from 'fast-check';
import { partOfExpected, placeSections, sectionsMissing, shareOfSeats } from './placement.ts';

describe('placement over many processes', () => {
  it('BU30 the doors’ shares of a section add up to exactly what is free, and differ by one at most', () => {
    fc.assert(
      fc.property(fc.nat(3_000), fc.integer({ min: 1, max: 64 }), fc.string({ maxLength: 30 }), (free, doors, roomId) => {
        const shares = Array.from({ length: doors }, (_, place) => shareOfSeats(free, doors, place, roomId));
        assert.equal(
          shares.reduce((sum, share) => sum + share, 0),
          free,
        );
        assert.ok(Math.max(...shares) - Math.min(...shares) <= 1);
      }),
    );
  });

  it('BU31 every process that takes fans gets a section of its own, whatever the need', () => {
    const places = ['a', 'b', 'c'].map((processId, n) => ({
      processId,
      room: 10_000,
      sections: n === 0 ? 1 : 0,
      free: 0,
      utilisation: 0.1,
    }));
    assert.deepEqual(placeSections(places, 0, 2_000), ['b', 'c']);
  });

  it('BU31 further ones go where most room is, by what is left once those before are full', () => {
    const places = [
      { processId: 'a', room: 5_000, sections: 1, free: 0, utilisation: 0.1 },
      { processId: 'b', room: 8_000, sections: 1, free: 0, utilisation: 0.9 },
    ];
    assert.deepEqual(placeSections(places, 3, 2_000), ['b', 'b', 'a']);
  });

  it('BU31 a process that takes no more is never chosen, even when nobody else can be', () => {
    assert.deepEqual(placeSections([{ processId: 'a', room: 0, sections: 0, free: 0, utilisation: 0 }], 4, 2_000), []);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            room: fc.nat(9_000),
            sections: fc.nat(4),
            free: fc.nat(900),
            utilisation: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
          { maxLength: 8 },
        ),
        fc.nat(20),
        fc.nat(600),
        (rooms, count, part) => {
          const places = rooms.map((place, n) => ({ processId: `${n}`, ...place }));
          for (const processId of placeSections(places, count, 2_000, part)) {
            assert.ok((places.find((place) => place.processId === processId)?.room ?? 0) > 0);
          }
        },
      ),
    );
  });

  it('BU34 a process whose loop is full gets none while another has room, and its part when all are full', () => {
    const full = { processId: 'a', room: 9_000, sections: 1, free: 0, utilisation: 0.97 };
    const calm = { processId: 'b', room: 3_000, sections: 1, free: 0, utilisation: 0.3 };
    assert.deepEqual(placeSections([full, calm], 3, 2_000), ['b', 'b', 'a']);
    assert.deepEqual(placeSections([full, { ...calm, utilisation: 0.99 }], 2, 2_000), ['a', 'a']);
  });

  it('AD14 every process has its part of the seats that a crowd is to find, so that none of them lets all of it in', () => {
    const need = { seatsPerSection: 2_000, joinsPerS: 400 };
    assert.equal(partOfExpected(need, 4), 1_000);
    assert.equal(partOfExpected({ ...need, joinsPerS: 0, waiting: 2_000, returning: 400 }, 4), 600);
    const places = [1_500, 999, 0, 20].map((free, n) => ({
      processId: `${n}`,
      room: n === 3 ? 0 : 8_000,
      sections: 2,
      free,
      utilisation: 1,
    }));
    assert.deepEqual(
      placeSections(places, 1, 2_000, 1_000),
      ['2', '1'],
      'the one that has fewest first, and none where no more fit',
    );
    assert.deepEqual(
      placeSections(places, 4, 2_000, 1_000),
      ['2', '1', '0', '0'],
      'and what is missing besides where most room is',
    );
  });

  it('AD14 one that has no section yet gets one, not two, and one whose loop is full none while others are calm', () => {
    const empty = { processId: 'a', room: 8_000, sections: 0, free: 0, utilisation: 0.1 };
    const full = { processId: 'b', room: 8_000, sections: 1, free: 0, utilisation: 0.99 };
    assert.deepEqual(placeSections([empty, full], 0, 2_000, 500), ['a']);
  });

  it('AD14 a few fans need no seats everywhere', () => {
    assert.equal(partOfExpected({ seatsPerSection: 2_000, joinsPerS: 19 }, 4), 0);
    assert.equal(partOfExpected({ seatsPerSection: 2_000, joinsPerS: 20 }, 4), 50);
  });

  it('BU32 fans of a process that leaves count as arrivals', () => {
    const need = { seatsPerSection: 100, joinsPerS: 0 };
    assert.equal(sectionsMissing(90, need), 0);
    assert.equal(sectionsMissing(90, { ...need, returning: 200 }), 2);
  });
});
