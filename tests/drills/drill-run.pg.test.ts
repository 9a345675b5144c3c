import assert from 'node:assert/strict';
import { enter } from '../support/stranger.ts';
import { until } from '../support/until.ts';
import { missingFrom } from './drill-journals.ts';
import { type DrillRun, startDrillRun } from './drill-run.ts';

describe('the drill itself', function () {
  this.timeout(120_000);
  let run: DrillRun;
  before(async () => {
    run = await startDrillRun({ processes: 2 });
  });
  after(() => run[Symbol.asyncDispose]());

  it('VD1 draws victims that fit, kills, freezes, drains and starts them, and reads back what was kept', async () => {
    const staged = await run.victim(({ hasStage }) => hasStage);
    const other = await run.victim(({ process }) => process !== staged);
    await assert.rejects(
      run.victim(({ fans }) => fans > 0),
      /no process fits/,
    );
    const console = await run.console(other);
    const fan = await enter(other.origin, run.slug, { name: 'Ann' });
    const { id } = await fan.ask<{ id: string }>('chat', { key: 'k1', text: 'kept' });
    assert.deepEqual(missingFrom(run.linesInJournals(), [{ id }]), []);
    assert.deepEqual(missingFrom(run.linesInJournals(), [{ id: 'lost' }]), [{ id: 'lost' }]);
    await until('the line is in the database', async () => missingFrom(await run.linesInDatabase(), [{ id }]).length === 0);

    await staged.kill();
    await console.command('announce', { text: 'still here' });
    const [survivor] = await run.survey();
    assert.deepEqual([survivor?.process.index, survivor?.hasStage], [other.index, true]);
    await staged.start();
    await run.settled();

    staged.freeze();
    assert.deepEqual(
      (await run.survey()).map(({ process }) => process.index),
      [other.index],
    );
    staged.thaw();
    await until('it answers again', async () => (await staged.status()) !== undefined);
    assert.equal(await staged.drain(), 0);
    await staged.start();
    await run.settled();
  });
});
