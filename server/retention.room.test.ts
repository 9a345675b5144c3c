import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { systemClock } from '../core/clock.ts';
import { manualClock } from '../tests/support/manual-clock.ts';
import { silentLog } from '../tests/support/quiet.ts';
import { startTestParty } from '../tests/support/test-party.ts';
import { until } from '../tests/support/until.ts';
import { startRetention } from './retention.ts';

const DAY_MS = 24 * 3_600_000;

describe('retention', function () {
  this.timeout(30_000);

  it('JR24 a start deletes what is past its retention, and nothing else', async () => {
    const secret = { TICKET_SECRET: 'a-secret-for-both-starts' };
    const clock = systemClock();
    const first = await startTestParty(secret);
    const room = await first.sit(await first.ticket({ name: 'Ada' }));
    await room.request('chat', { key: 'k1', text: 'a month ago' });
    const { id: fanId } = await first.ticket({ name: 'Troll' }).then(({ fan }) => fan);
    const ban = {
      labelId: first.demo.labelId,
      fanId,
      name: 'Troll',
      addressHash: null,
      atMs: 0,
      by: 'stf_000000000001',
      reason: '',
    };
    await first.events.saveLabelBan({ ...ban, untilMs: clock.nowMs() + DAY_MS } as never);
    await first.close({ keep: true });

    const history = async (days: number, env: Record<string, string>) => {
      const ahead = { ...clock, nowMs: () => clock.nowMs() + days * DAY_MS };
      const later = await startTestParty({ ...secret, ...env }, first.dataDir, ahead);
      const host = await later.host();
      const texts = async () => {
        const { lines } = (await host.command('history', { limit: 9 })) as { lines: { text: string }[] };
        return lines.map(({ text }) => text);
      };
      const bans = () => later.events.labelBans(later.demo.labelId, 0);
      return { later, texts, bans };
    };
    const kept = await history(29, {});
    await until('the ban that is over is forgotten', async () => (await kept.bans()).length === 0);
    assert.deepEqual(await kept.texts(), ['a month ago']);
    await kept.later.close({ keep: true });
    const gone = await history(31, {});
    await until('the line is forgotten', async () => (await gone.texts()).length === 0);
    await gone.later.close({ keep: true });
    await rm(first.dataDir, { recursive: true });
  });

  it('JR24 runs at the start and once a day, also after a day on which it failed', async () => {
    const clock = manualClock();
    const runs: (readonly [number, number])[] = [];
    const startMs = clock.nowMs();
    const prune = async (beforeMs: number, nowMs: number) => {
      runs.push([beforeMs - startMs, nowMs - startMs]);
      if (runs.length === 1) throw new Error('the disk is busy');
      return 0;
    };
    const stop = startRetention({ clock, eventNowMs: () => clock.nowMs(), days: 7, prune, log: silentLog });
    await clock.advance(2 * DAY_MS);
    stop();
    await clock.advance(5 * DAY_MS);
    assert.deepEqual(
      runs,
      [0, 1, 2].map((day) => [(day - 7) * DAY_MS, day * DAY_MS]),
    );
  });
});
