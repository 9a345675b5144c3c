import assert from 'node:assert/strict';
import { PartyError } from '../../core/errors.ts';
import { type ManualClock, manualClock } from '../../tests/support/manual-clock.ts';
import { partyEvent } from '../../tests/support/memory-events.ts';
import { silentLog } from '../../tests/support/quiet.ts';
import type { StageHolder } from '../ports.ts';
import { StageKeeper } from './stage-keeper.ts';

describe('the keeper of an event’s stage', () => {
  let clock: ManualClock;
  let holder: StageHolder | null | 'away';
  let silentMs: number;
  let isHere: boolean;
  let opened: number;
  let asked: number;
  let keeper: StageKeeper;
  beforeEach(() => {
    clock = manualClock();
    [holder, silentMs, isHere, opened, asked] = [null, 0, false, 0, 0];
    keeper = new StageKeeper({
      clock,
      log: silentLog,
      eventId: partyEvent(1).id,
      processId: () => 'me',
      silentMs: () => silentMs,
      hasNothingToDo: () => isHere,
      lease: {
        holder: async () => {
          asked++;
          if (holder === 'away') throw new PartyError('unavailable', 'away');
          return holder;
        },
      },
      open: async () => {
        opened++;
        isHere = true;
      },
    });
  });
  afterEach(() => keeper.stop());

  const pass = (ms: number) => clock.advance(ms);
  const heldBy = (processId: string) => ({ processId, publicAddress: null, epoch: 1 });

  it('BU26 asks nothing while the stage is heard', async () => {
    await pass(5_000);
    assert.deepEqual([asked, opened], [0, 0]);
  });

  it('BU26 opens the stage once it is silent and nobody’s turn, and then has nothing to do', async () => {
    silentMs = 1_300;
    holder = heldBy('other');
    await pass(1_000);
    assert.equal(opened, 0);
    holder = null;
    await pass(300);
    assert.equal(opened, 1);
    await pass(2_000);
    assert.equal(opened, 1);
  });

  it('BU26 takes back a lease of its own that has no stage', async () => {
    silentMs = 1_300;
    holder = heldBy('me');
    await pass(300);
    assert.equal(opened, 1);
  });

  it('BU27 after the store was away it leaves a living stage the time to renew', async () => {
    silentMs = 5_000;
    holder = 'away';
    await pass(2_000);
    holder = null;
    await pass(800);
    assert.equal(opened, 0);
    await pass(800);
    assert.equal(opened, 1);
  });
});
