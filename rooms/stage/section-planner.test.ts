import assert from 'node:assert/strict';
import type { RoomId } from '../../schemas/ids.ts';
import { type HouseView, SectionPlanner } from './section-planner.ts';

/** A planner in front of two processes, the second of which has `free` seats at first. */
function planner(free: number) {
  const opened: string[] = [];
  const houseWith = (left: number): HouseView => ({
    processes: ['p0', 'p1'].map((processId) => ({ processId, room: 9_000, utilisation: 0.5 })),
    sections: [
      { roomId: 'a' as RoomId, processId: 'p0', fans: 0, free: 1_900 },
      { roomId: 'b' as RoomId, processId: 'p1', fans: 1_900 - left, free: left },
    ],
    returning: 0,
    waiting: 0,
  });
  let house = houseWith(free);
  const plan = new SectionPlanner({
    seatsPerSection: 2_000,
    view: () => house,
    roomIdOf: (n) => `sec-${n}` as RoomId,
    open: async (processId) => void opened.push(processId),
    nowMs: () => 0,
  });
  return { plan, opened, leave: (left: number) => void (house = houseWith(left)) };
}

describe('sections ahead of need', () => {
  it('AD14 are opened where a crowd finds too few, though there are enough elsewhere', async () => {
    const { plan, opened } = planner(0);
    await plan.plan(2);
    assert.deepEqual(opened, []);
    await plan.plan(100);
    assert.deepEqual(opened, ['p1']);
  });

  it('AD14 forgets a crowd that is over', async () => {
    const { plan, opened, leave } = planner(500);
    await plan.plan(30);
    for (let second = 0; second < 120; second += 1) await plan.plan(0);
    leave(0);
    await plan.plan(0);
    assert.deepEqual(opened, []);
  });

  it('AD14 are opened for a crowd that is held up: what came in the busiest second is expected for a while', async () => {
    for (const busiest of [0, 30]) {
      const { plan, opened, leave } = planner(500);
      await plan.plan(busiest);
      assert.deepEqual(opened, []);
      leave(0);
      await plan.plan(0);
      assert.deepEqual(opened, busiest === 0 ? [] : ['p1']);
    }
  });
});
