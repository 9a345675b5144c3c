import assert from 'node:assert/strict';
import { LocalPresence } from '@colyseus/core';
import type { Heartbeat } from '../../schemas/bus-messages.ts';
import { RoomId } from '../../schemas/ids.ts';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { partyEvent } from '../../tests/support/memory-events.ts';
import { memoryJournal, memoryStageStore } from '../../tests/support/memory-journal.ts';
import { countingMetrics, silentLog } from '../../tests/support/quiet.ts';
import { presenceBus } from '../bus/presence-bus.ts';
import { ProcessLoad } from '../process-load.ts';
import { EventLink } from './event-link.ts';

const ignore = () => undefined;

describe('a link’s view of the stage', () => {
  it('BU28 staff are not sent to a stage that is silent for longer than 1.5 s, and to the next one from its first word', async () => {
    const clock = manualClock();
    const journal = memoryJournal();
    const shared = { clock, log: silentLog, metrics: countingMetrics() };
    const bus = presenceBus(new LocalPresence(), 'p:', shared);
    const event = partyEvent(1);
    const deps = {
      ...shared,
      eventNowMs: () => clock.nowMs(),
      random: () => 0.5,
      bus,
      stageStore: memoryStageStore(journal),
      journal,
      processId: () => 'here',
    };
    const link = await EventLink.open(deps, event, new ProcessLoad(clock, () => 0), {
      onOpenSection: ignore,
      onStageLeft: ignore,
      onEpoch: ignore,
    });
    const beat = (epoch: number): Heartbeat => {
      const roomId = RoomId.parse(`stage-night-${epoch}`);
      return { kind: 'heartbeat', epoch, seq: 1, roomId, processId: `p${epoch}`, publicAddress: null };
    };
    const seatOn = () => link.stage?.processId;
    assert.equal(seatOn(), undefined);
    await bus.publishDown(event.id, beat(1));
    await clock.advance(1_400);
    assert.equal(seatOn(), 'p1');
    await clock.advance(200);
    assert.equal(seatOn(), undefined);
    assert.equal(link.stageAway, false);
    await bus.publishDown(event.id, beat(2));
    await clock.advance(0);
    assert.equal(seatOn(), 'p2');
    await link.close();
  });
});
