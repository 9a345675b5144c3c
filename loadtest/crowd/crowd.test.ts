/** The crowd against a real server in its own process, and what a harness has to notice. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { alteringWire } from '../../tests/support/altering-wire.ts';
import type { PartyProcess } from '../../tests/support/open-party.ts';
import { startParty } from '../../tests/support/party-process.ts';
import { enter, type Line, type Stranger } from '../../tests/support/stranger.ts';
import { MUSIC_DIR } from '../../tests/support/system-packages.ts';
import { until } from '../../tests/support/until.ts';
import { openCrowds, startCrowd } from './crowd.ts';
import type { Crowd, CrowdOptions, CrowdResult, Measure } from './types.ts';

const FANS = 60;
const PATCH = 15;
const SEED = 4_711;
const WITHIN_MS = 40_000;

describe('a crowd', function () {
  this.timeout(120_000);
  let party: PartyProcess;
  let host: Stranger;

  before(async () => {
    const env = { SECTION_SEATS: '25', TICKETS_PER_MINUTE_PER_FAN: '1000', ADMISSIONS_PER_S: '1000' };
    party = await startParty({ media: MUSIC_DIR, env });
    host = await enter(party.origin, party.slug, { name: 'Hana', invite: party.invite });
  });
  after(async () => {
    await host?.leave();
    await party?.stop();
  });

  const options = (more: Partial<CrowdOptions> = {}): CrowdOptions => ({
    slug: party.slug,
    origins: [party.origin],
    seed: SEED,
    processes: 2,
    count: FANS,
    arrivals: [[500, FANS]],
    ...more,
  });
  const everybody = (crowd: Crowd) =>
    until('everybody is live', () => crowd.status().live === FANS, WITHIN_MS).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify(crowd.status())}`);
    });
  const hdr = (result: CrowdResult, measure: Measure): Histogram => decodeFromCompressedBase64(result.histograms[measure]);
  /** Staff say something, and every fan has it. */
  const said = async (crowd: Crowd, text: string, perFan = 1) => {
    const before = crowd.status().frames;
    await host.ask('say', { text });
    await until(`everybody has "${text}"`, () => crowd.status().frames >= before + FANS * perFan, WITHIN_MS);
  };

  it('CW2 CW4 CW7 lets everybody in, checks every frame, and every acknowledged line is in the journal', async () => {
    await using crowd = await startCrowd(
      options({ chat: { share: 0.5, everyMs: 2_500 }, reactions: { share: 0.3, everyMs: 2_000 } }),
    );
    await everybody(crowd);
    await until('they chat', () => crowd.status().acknowledged >= 60, WITHIN_MS);
    const result = await crowd.end();
    assert.deepEqual([result.requested, result.joined, result.failed, result.dropped], [FANS, FANS, {}, {}]);
    assert.deepEqual([result.frames.wrong, result.shownTwice, result.unanswered], [0, 0, 0]);
    assert.deepEqual(Object.values(result.revisions), [FANS]);
    assert.equal(hdr(result, 'join').totalCount, FANS);
    assert.ok(result.linesDelivered > result.acknowledged.length, 'lines reach others');
    assert.equal(hdr(result, 'delivery').totalCount, result.linesDelivered);
    const journal = new Set<string>();
    for (const fanId of new Set(result.acknowledged.map((line) => line.fanId))) {
      const { lines } = await host.ask<{ lines: Line[] }>('history', { fanId, limit: 200 });
      for (const { id } of lines) journal.add(id);
    }
    for (const { id, key } of result.acknowledged)
      assert.ok(journal.has(id), `${key} was acknowledged and is not in the journal`);
    assert.equal(
      result.perSecond.reduce((so, { joins }) => so + joins, 0),
      FANS,
    );
  });

  for (const [what, alter] of [
    ['altered', (frame: Buffer) => frame.fill((frame.at(-1) as number) ^ 1, frame.length - 1)],
    ['lost', () => undefined],
  ] as const) {
    it(`CW4 reports one ${what} frame as exactly one`, async () => {
      await using wire = await alteringWire(Number(new URL(party.origin).port));
      await using crowd = await startCrowd(options({ origins: [`http://127.0.0.1:${wire.port}`] }));
      await everybody(crowd);
      await said(crowd, `before it is ${what}`);
      wire.alterNext(PATCH, alter);
      await host.ask('say', { text: `this one is ${what}` });
      await until('it happened', () => wire.altered() === 1);
      await said(crowd, `after it was ${what}`);
      await said(crowd, `long after it was ${what}`);
      const result = await crowd.end();
      assert.equal(result.frames.wrong, 1);
      assert.deepEqual([result.dropped, result.shownTwice], [{}, 0]);
    });
  }

  it('CW8 shows a server that stands still for a second', async () => {
    await using crowd = await startCrowd(options({ chat: { share: 0.5, everyMs: 2_500 } }));
    await everybody(crowd);
    await until('they chat', () => crowd.status().acknowledged >= 30, WITHIN_MS);
    const stoppedAtMs = performance.now();
    process.kill(party.pid, 'SIGSTOP');
    try {
      await until('it stood for more than a second', () => performance.now() - stoppedAtMs > 1_300);
    } finally {
      process.kill(party.pid, 'SIGCONT');
    }
    const before = crowd.status().acknowledged;
    await until('they chat again', () => crowd.status().acknowledged >= before + 10, WITHIN_MS);
    const result = await crowd.end();
    // 30 fans a line each in 2.5 s: in a run of some 6 s, those of one second are more than a tenth.
    assert.ok(hdr(result, 'chatAck').getValueAtPercentile(99) >= 1_000, 'acknowledgements');
    assert.ok(hdr(result, 'delivery').getValueAtPercentile(99) >= 1_000, 'delivery');
    assert.ok(Math.max(...result.perSecond.map(({ ackP99Ms }) => ackP99Ms)) >= 1_000, 'in its second');
    assert.deepEqual([result.frames.wrong, result.unanswered], [0, 0]);
  });

  it('CW3 brings everybody back who lost the network, and says how long each was away', async () => {
    await using crowd = await startCrowd(options());
    await everybody(crowd);
    const before = crowd.status().frames;
    await crowd.order({ kind: 'lose-network', share: 1 });
    await until('each has the state again', () => crowd.status().frames >= before + FANS, WITHIN_MS);
    await everybody(crowd);
    await said(crowd, 'welcome back');
    const result = await crowd.end();
    assert.equal(result.gaps.length, FANS);
    for (const { lostAtMs, seatedAtMs, inSyncAtMs, code } of result.gaps) {
      assert.ok(seatedAtMs !== null && inSyncAtMs !== null && inSyncAtMs >= seatedAtMs && seatedAtMs > lostAtMs);
      assert.equal(code, 1006);
    }
    assert.deepEqual([result.dropped, result.frames.wrong, result.shownTwice], [{}, 0, 0], 'it was ordered');
  });

  it('CW6 keeps planted clocks out of the cue skew, and shows a cue that comes late', async () => {
    await using wire = await alteringWire(Number(new URL(party.origin).port));
    const clocks = { offsetMs: 60_000, driftPpm: 100 };
    await using crowd = await startCrowd(options({ origins: [`http://127.0.0.1:${wire.port}`], clocks }));
    await everybody(crowd);
    const cue = async (toMs: number) => {
      const { revision } = await host.ask<{ revision: number }>('seek', { toMs });
      await until(
        'everybody has the cue',
        () => crowd.status().revision.newest === revision && crowd.status().revision.fans === FANS,
        WITHIN_MS,
      );
    };
    await said(crowd, 'one moment');
    await cue(10_000);
    wire.delay(1_500);
    await cue(20_000);
    const result = await crowd.end();
    const skew = hdr(result, 'cueSkewUs');
    assert.equal(skew.totalCount, FANS * 2);
    // Half of all are late by 1.5 s less the lead of some 0.3 s. Of the others no more is asked than that the minute that was
    // planted is gone: what queueing on a busy machine leaves is not the crowd's.
    const [onTimeUs, lateUs] = [skew.getValueAtPercentile(45), skew.getValueAtPercentile(60)];
    assert.ok(onTimeUs < 500_000, `${onTimeUs} µs although the clocks are corrected`);
    assert.ok(lateUs > 800_000, `${lateUs} µs although the cue came late`);
  });

  it('CW7 stops reading, floods, taps and leaves as it is told, and counts refusals by their code', async () => {
    await using crowd = await startCrowd(options());
    await everybody(crowd);
    await crowd.order({ kind: 'flood', share: 0.1, perSecond: 20, forMs: 1_000 });
    await crowd.order({ kind: 'react', share: 1, everyMs: 500 });
    await crowd.order({ kind: 'stop-reading', share: 0.2, forMs: 500 });
    await until('the quota is said', () => crowd.status().acknowledged >= 30, WITHIN_MS);
    await crowd.order({ kind: 'leave', share: 0.5 });
    await until('half are left', () => crowd.status().live === FANS / 2, WITHIN_MS);
    const result = await crowd.end();
    assert.ok((result.refused['rate_limited'] ?? 0) > 0, JSON.stringify(result.refused));
    assert.equal(hdr(result, 'chatAck').totalCount, 0, 'nobody waits for what a flood says');
    assert.deepEqual([result.dropped, result.frames.wrong, result.gaps], [{}, 0, []]);
  });

  it('CW9 says when one of its processes has died, and leaves nothing behind', async () => {
    const crowd = await startCrowd(options({ count: 4, processes: 2, arrivals: [[0, 4]] }));
    await until('all four are live', () => crowd.status().live === 4, WITHIN_MS);
    const [victim] = crowd.pids;
    process.kill(victim as number, 'SIGKILL');
    await assert.rejects(crowd.end(), /crowd process 0 ended with SIGKILL/);
    for (const pid of crowd.pids) assert.throws(() => process.kill(pid, 0));
  });

  it('CW9 LT20 carries one crowd after the other in the same processes, and ends them all', async () => {
    const crowds = openCrowds();
    const pids: (readonly number[])[] = [];
    const cpuS: number[] = [];
    for (const first of [0, 4]) {
      const crowd = await crowds.start(options({ first, count: 4, processes: 2, arrivals: [[0, 4]] }));
      await until('all four are live', () => crowd.status().live === 4, WITHIN_MS);
      const result = await crowd.end();
      assert.deepEqual([result.requested, result.joined, result.frames.wrong], [4, 4, 0]);
      await assert.rejects(crowd.order({ kind: 'leave', share: 1 }), /has ended/);
      pids.push(crowd.pids);
      cpuS.push(result.cpuS);
    }
    assert.deepEqual(pids[0], pids[1]);
    assert.ok((cpuS[1] as number) < (cpuS[0] as number), 'what the first took is not counted again');
    await using besides = await crowds.start(options({ count: 2, processes: 1, arrivals: [[0, 2]] }));
    await using more = await crowds.start(options({ first: 2, count: 2, processes: 2, arrivals: [[0, 2]] }));
    const all = [...besides.pids, ...more.pids];
    assert.equal(new Set(all).size, 3, 'crowds at one time have processes of their own');
    await crowds.end();
    for (const pid of all) assert.throws(() => process.kill(pid, 0));
  });

  it('CW10 goes before the house where the system lets it', async () => {
    const crowd = await startCrowd(options({ count: 2, processes: 1, arrivals: [[0, 2]] }));
    await until('both are live', () => crowd.status().live === 2, WITHIN_MS);
    const [pid = 0] = crowd.pids;
    const wanted = process.getuid?.() === 0 ? -3 : getPriority();
    assert.equal(getPriority(pid), wanted);
    const group = `/proc/${pid}/autogroup`;
    if (existsSync(group)) {
      assert.notEqual(readFileSync(group, 'utf8'), readFileSync('/proc/self/autogroup', 'utf8'));
      assert.match(readFileSync(group, 'utf8'), new RegExp(`nice ${wanted}$`, 'm'));
    }
    await crowd.end();
  });

  it('CW9 rejects without an event to go to', async () => {
    await assert.rejects(startCrowd(options({ slug: 'nowhere' })), /nowhere/);
  });
});
