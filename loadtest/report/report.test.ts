import assert from 'node:assert/strict';
import {
  histogramOf,
  madeUpCrowd,
  madeUpFacts,
  madeUpHistograms,
  madeUpSample,
  madeUpWatchers,
  STARTED_AT_MS,
} from '../../tests/loadtest/made-up-run.ts';
import { planOf } from '../plan.ts';
import type { ProfileName } from '../profiles.ts';
import { buildReport } from './build-report.ts';
import type { RunFacts } from './facts.ts';
import { countAbove, curveOf, percentilesOf } from './histogram.ts';

/** Names of the targets that a run misses. */
function missed(changes: Partial<RunFacts>): string[] {
  return buildReport(madeUpFacts(changes))
    .targets.filter(({ met }) => !met)
    .map(({ name }) => name);
}

const crowd = (changes: Parameters<typeof madeUpCrowd>[0]): Partial<RunFacts> => ({ crowd: madeUpCrowd(changes) });
const play = (profile: ProfileName, fans = 200) => planOf({ profile, fans });

describe('report', () => {
  it('LT10 has the keys of the contract', () => {
    const report = buildReport(madeUpFacts());
    const { fans, join, chat, command, cue, cost } = report;
    assert.deepEqual([report.profile, report.seconds], ['smoke', 20]);
    assert.deepEqual(fans, { requested: 200, joined: 200, waiting: 0, failed: 0, dropped: 0 });
    assert.deepEqual(join, { perSecond: 99, p50Ms: 20, p99Ms: 30, maxMs: 30, allInS: 2 });
    assert.deepEqual([chat.acknowledged, chat.lost, chat.duplicated, chat.neverShown], [1, 0, 0, 0]);
    assert.deepEqual([chat.ackP99Ms, chat.deliveryP99Ms, chat.deliveryLessBeatP99Ms, chat.linesDelivered], [7, 100, 10, 520]);
    assert.deepEqual([command.count, command.ackP99Ms], [1, 12]);
    assert.deepEqual([cue.count, cue.skewP999Ms, cue.lateFans], [1, 2, 0]);
    assert.deepEqual([cost.floorUsPerFrame, cost.serverCpuS, cost.generatorCpuS], [9, 0.5, 3]);
    assert.ok(report.met);
  });

  it('LT10 misses no target when all is well, and says so of each that is not', () => {
    assert.deepEqual(missed({}), []);
    assert.deepEqual(missed(crowd({ failed: { rate_limited: 2, timeout: 1 }, joined: 195 })), [
      'joins that failed',
      'fans that the house reports, matched by ticket',
    ]);
    assert.deepEqual(missed(crowd({ dropped: { '1006': 1 } })), ['fans dropped']);
    assert.deepEqual(missed(crowd({ frames: { received: 1, bytes: 1, wrong: 1 } })), [
      'frames that could not be read or were out of order',
    ]);
    assert.deepEqual(missed(crowd({ unanswered: 1 })), ['requests without an answer']);
    assert.deepEqual(missed(crowd({ shownTwice: 1 })), ['lines kept or shown twice']);
    assert.deepEqual(missed(crowd({ histograms: madeUpHistograms({ cueSkewUs: [100, 51_000] }) })), ['cue skew p99.9']);
    assert.deepEqual(missed({ journal: { lost: ['lin_a'], duplicated: [], unshipped: 1, checked: 1 } }), [
      'acknowledged lines lost',
      'acknowledged lines missing in PostgreSQL',
    ]);
    assert.deepEqual(missed({ agreement: { clients: 2, sameState: 1, sawLastLine: 0, lastLineMs: null } }), [
      'full clients that show what the console shows',
    ]);
    assert.deepEqual(missed({ commands: [{ name: 'seek', atMs: STARTED_AT_MS, tookMs: 1, result: 'stage_unavailable' }] }), [
      'commands refused',
    ]);
  });

  it('LT5 counts fans by the house and by their tickets, and takes the lesser', () => {
    assert.deepEqual(missed({ fansByServer: { most: 190, atEnd: 190, seatedAtEnd: 200 } }), [
      'fans that the house reports, matched by ticket',
      'house and tickets differ at the end by',
    ]);
    assert.equal(buildReport(madeUpFacts({ fansByServer: { most: 190, atEnd: 190, seatedAtEnd: 200 } })).fans.joined, 190);
    assert.equal(buildReport(madeUpFacts(crowd({ joined: 90 }))).fans.joined, 92);
  });

  it('LT11 allows half as much again as ten fans had, or 50 ms more', () => {
    const joins = (ten: number, all: number) => ({
      baseline: { crowd: madeUpCrowd({ histograms: madeUpHistograms({ join: [ten] }) }), commands: [] },
      ...crowd({ histograms: madeUpHistograms({ join: [all] }) }),
      commands: [],
    });
    assert.deepEqual(missed(joins(10, 60)), []);
    assert.deepEqual(missed(joins(10, 61)), ['join p99, as if ten']);
    assert.deepEqual(missed(joins(200, 300)), []);
    assert.deepEqual(missed(joins(200, 301)), ['join p99, as if ten']);
  });

  it('LT12 measures cost per frame over the bare socket, memory and idling per fan', () => {
    const cost: RunFacts['cost'] = {
      emptyUsPerS: 1_000,
      idleUsPerS: 5_000,
      frames: 10_000,
      framesUs: 95_400,
      rssBeforeBytes: 1_024_000,
      rssFullBytes: 1_024_000 + 2_000 * 9 * 1_024,
      floorBeforeUs: 8,
      floorAfterUs: 10,
    };
    const plan = play('steady', 2_000);
    const report = buildReport(madeUpFacts({ plan, cost }));
    assert.deepEqual([report.cost.serverUsPerFrame, report.cost.serverKBPerFan, report.cost.idleUsPerFanSecond], [9.54, 9, 2]);
    const names = report.targets
      .filter(({ unit }) => ['×', 'KB', 'µs/s'].includes(unit))
      .map(({ measured, met }) => [measured, met]);
    assert.deepEqual(names, [
      [1.06, true],
      [9, true],
      [2, true],
    ]);
    const rehearsed = play('steady', 20_000);
    const more = { ...cost, rssFullBytes: 1_024_000 + 16_040 * 9 * 1_024 };
    const { serverKBPerFan } = buildReport(
      madeUpFacts({ plan: rehearsed, cost: more, house: { kind: 'cluster', processes: 2 } }),
    ).cost;
    assert.equal(serverKBPerFan, 9, 'what the 3,960 of the rehearsal left is there for as many');
    const dear = buildReport(
      madeUpFacts({ plan, cost: { ...cost, framesUs: 97_000, idleUsPerS: 6_000, rssFullBytes: 2 ** 26 } }),
    );
    const about = ['server CPU per frame over the bare socket', 'server memory per fan', 'idle fan'];
    assert.deepEqual(
      dear.targets.filter(({ name, met }) => about.includes(name) && !met).map(({ name }) => name),
      about,
    );
  });

  it('LT13 wants everybody back within 8 s at p99 and 15 s at most after a kill, and others undisturbed', () => {
    const plan = play('kill');
    const kill = { what: 'kill', atMs: STARTED_AT_MS + 60_000, tookMs: null };
    const acks = (duringMs: number) => [
      { atMs: STARTED_AT_MS + 50_000, ms: 10 },
      { atMs: STARTED_AT_MS + 61_000, ms: duringMs },
    ];
    const gap = (tookMs: number | null) => ({
      fan: 1,
      code: 1006,
      lostAtMs: STARTED_AT_MS,
      seatedAtMs: tookMs === null ? null : STARTED_AT_MS + tookMs,
      inSyncAtMs: tookMs === null ? null : STARTED_AT_MS + tookMs,
    });
    const struck = (gaps: ReturnType<typeof gap>[], duringMs: number, outcast = ['banned', 'no answer']) =>
      missed({
        plan,
        acts: [{ ...kill, outcast }],
        ...crowd({ gaps, dropped: { '1006': gaps.length } }),
        watchers: madeUpWatchers({ acks: acks(duringMs) }),
      });
    assert.deepEqual(struck([gap(5_000), gap(7_900)], 60), []);
    assert.deepEqual(struck([gap(5_000), gap(15_500)], 60), ['in sync again p99', 'in sync again, the last']);
    assert.deepEqual(struck([gap(5_000), gap(null)], 60), ['fans who never came back']);
    assert.deepEqual(struck([gap(5_000)], 61), ["others' chat acknowledged p99"]);
    assert.deepEqual(struck([gap(5_000)], 60, ['banned', 'let in']), ['doors that let a banned fan in']);
  });

  it('LT13 lets memory grow by 71 MB while some stop reading, over all processes', () => {
    const plan = play('slow');
    const atMs = STARTED_AT_MS + 65_000;
    const at = (index: number, sinceMs: number, mb: number) =>
      madeUpSample({ index, atMs: atMs + sinceMs, rssBytes: mb * 1e6, fans: 100 });
    const slow = (grownMb: number) =>
      missed({
        plan,
        acts: [{ what: 'stop-reading', atMs, tookMs: null, outcast: [] }],
        samples: [at(0, -1_000, 100), at(1, -900, 200), at(0, 5_000, 100 + grownMb), at(1, 5_100, 230), at(0, 40_000, 900)],
      });
    assert.deepEqual(slow(41), []);
    assert.deepEqual(slow(42), ['memory grown meanwhile']);
  });

  it('LT13 gives a flooder its quota, and nobody more', () => {
    const plan = play('flood', 42);
    const atMs = STARTED_AT_MS + 65_000;
    const acts = [{ what: 'flood', atMs, tookMs: null, outcast: [] }];
    const lines = (fanId: string, count: number) =>
      Array.from({ length: count }, (_, n) => ({ id: `${fanId}-${n}`, fanId, key: `${n}`, atMs: atMs + n }));
    // 5% of 41 light fans are two; a burst of 5, and 10 more in the 20 s.
    const flood = (first: number, second: number) =>
      missed({
        plan,
        acts,
        fansByServer: { most: 42, atEnd: 42, seatedAtEnd: 42 },
        ...crowd({ joined: 41, acknowledged: [...lines('a', first), ...lines('b', second), ...lines('c', 1)] }),
        watchers: madeUpWatchers({ joined: 1 }),
      });
    assert.deepEqual(flood(15, 15), []);
    assert.deepEqual(flood(17, 15), ['accepted of a flooder, beside the quota']);
    assert.deepEqual(flood(15, 12), ['accepted of a flooder, beside the quota']);
  });

  it('LT9 asks percentiles of merged histograms, up to the maximum', () => {
    const encoded = histogramOf([...Array.from({ length: 990 }, () => 10), ...Array.from({ length: 10 }, (_, n) => 1_000 + n)]);
    assert.deepEqual(percentilesOf(encoded), { count: 1_000, p50: 10, p99: 10, p999: 1_008, max: 1_009 });
    assert.equal(countAbove(encoded, 50), 10);
    assert.equal(countAbove(encoded, 1_009), 0);
    assert.deepEqual(curveOf(encoded, 10).at(-1), [1, 100.9]);
    assert.ok(!curveOf(encoded).some(([share]) => share === 0.9999));
    assert.deepEqual(percentilesOf(histogramOf([])), { count: 0, p50: 0, p99: 0, p999: 0, max: 0 });
    assert.deepEqual([countAbove(histogramOf([]), 1), curveOf(histogramOf([]))], [0, []]);
  });

  it('LT14 keeps a long night small: at most 400 points, counts as they were last, latencies at their worst', () => {
    const perSecond = Array.from({ length: 2_400 }, (_, n) => ({
      atMs: STARTED_AT_MS + n * 1_000,
      due: n,
      live: n,
      joins: 2,
      joinP99Ms: n === 100 ? 900 : 5,
      ackP99Ms: 1,
      deliveryP99Ms: 1,
      frames: 10,
      bytes: 100,
      generatorLagMs: 0,
    }));
    const samples = perSecond.map(({ atMs }, n) => madeUpSample({ atMs, cpuS: n / 2 }));
    const report = buildReport(madeUpFacts({ ...crowd({ perSecond }), samples }));
    assert.ok(report.perSecond.length <= 400 && report.perSecond.length > 300);
    assert.equal(report.perSecond.at(-1)?.live, 2_399);
    assert.equal(Math.max(...report.perSecond.map(({ joinP99Ms }) => joinP99Ms)), 900);
    assert.ok(report.perSecond.every(({ joins, frames }) => joins === 2 && frames === 10));
    assert.ok((report.perProcess[0]?.length ?? 0) <= 400);
    assert.equal(report.perProcess[0]?.at(-1)?.cpu, 0.5);
  });
});
