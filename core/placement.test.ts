import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chooseSection, freeSeatsIn, sectionsMissing, sectionsToOpen } from './placement.ts';

function section(
  roomId: string,
  fans: number,
  seats = 2_000,
  pending = 0,
): { roomId: string; fans: number; pending: number; seats: number } {
  return { roomId, fans, pending, seats };
}

describe('placement', () => {
  it('AD10 opens the first section of an event, and none while there is room enough', () => {
    assert.equal(sectionsToOpen({ sections: [], seatsPerSection: 2_000, joinsPerS: 0 }), 1);
    assert.equal(sectionsToOpen({ sections: [section('a', 0)], seatsPerSection: 2_000, joinsPerS: 100 }), 0);
  });

  it('AD10 opens ahead of need: what arrives in ten seconds finds a seat', () => {
    assert.equal(sectionsToOpen({ sections: [section('a', 1_500)], seatsPerSection: 2_000, joinsPerS: 100 }), 1);
    fc.assert(
      fc.property(fc.array(fc.nat(2_200), { maxLength: 60 }), fc.nat(3_000), (fans, joinsPerS) => {
        const sections = fans.map((count, index) => section(`${index}`, count));
        const opened = sectionsToOpen({ sections, seatsPerSection: 2_000, joinsPerS });
        const fresh = Array.from({ length: opened }, (_, index) => section(`new ${index}`, 0));
        const free = [...sections, ...fresh].reduce((sum, one) => sum + freeSeatsIn(one), 0);
        assert.ok(free >= joinsPerS * 10 && free >= 1);
        if (opened > 0) assert.ok(free - 1_900 < Math.max(1, joinsPerS * 10), 'no section too many');
      }),
    );
  });

  it('AD10 opens for those who wait, though nobody joins because there is no seat', () => {
    const need = { seatsPerSection: 1_000, joinsPerS: 0 };
    assert.equal(sectionsMissing(3, need), 0, 'a few are left, in the shares of several doors');
    assert.equal(sectionsMissing(3, { ...need, waiting: 40 }), 1);
    assert.equal(sectionsMissing(3, { ...need, waiting: 4_000 }), 5);
  });

  it('AD11 keeps 5% of the seats, counts granted seats, and never chooses a full section', () => {
    assert.equal(freeSeatsIn(section('a', 1_800, 2_000, 50)), 50);
    assert.equal(freeSeatsIn(section('a', 1_950)), 0);
    assert.equal(
      chooseSection([section('a', 1_900), section('b', 1_990)], () => 0),
      undefined,
    );
    fc.assert(
      fc.property(
        fc.array(fc.nat(2_000), { minLength: 1, maxLength: 20 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (fans, randoms) => {
          const sections = fans.map((count, index) => section(`${index}`, count));
          const chosen = chooseSection(sections, () => randoms.next().value as number);
          assert.equal(
            chosen === undefined,
            sections.every((one) => freeSeatsIn(one) === 0),
          );
          if (chosen !== undefined) assert.ok(freeSeatsIn(chosen) > 0);
        },
      ),
    );
  });

  it('AD11 makes a crowd of one section before it begins the next', () => {
    assert.equal(chooseSection([section('a', 3), section('b', 20), section('c', 900)], () => 0.5)?.roomId, 'b');
  });

  it('AD11 takes the emptier of two otherwise, so that sections fill evenly', () => {
    const two = [section('a', 900), section('b', 400)];
    const randoms = [0, 0.9, 0.9, 0];
    const next = (): number => randoms.shift() ?? 0;
    assert.equal(chooseSection(two, next)?.roomId, 'b');
    assert.equal(chooseSection(two, next)?.roomId, 'b');
  });
});
