import assert from 'node:assert/strict';
import { LocalPresence } from '@colyseus/core';
import { beforeEach, describe, it } from 'mocha';
import { Counter, Histogram, Registry } from 'prom-client';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { type ManualClock, manualClock } from '../../tests/support/manual-clock.ts';
import { type HouseView, type HouseWatch, watchHouse } from './house-watch.ts';
import { judgeHouse, totalsOf } from './judge-house.ts';
import { opsPage } from './ops-page.ts';
import { watchFigures } from './process-figures.ts';
import type { ProcessFigures, ProcessStatus } from './process-status.ts';

const FIGURES: ProcessFigures = {
  joinsPerS: 2.5,
  linesPerS: 4,
  framesPerS: 100,
  beatMs: 200,
  loopDelayMs: 3,
  utilisation: 0.2,
  descriptors: 150,
  descriptorsMax: 20_000,
  memoryBytes: 200_000_000,
  bufferedBytes: 0,
};

function status(n: number, more: Partial<ProcessStatus> = {}): ProcessStatus {
  return {
    pid: 100 + n,
    processId: `p${n}`,
    ready: true,
    reasons: [],
    stages: n === 0 ? ['demo'] : [],
    sections: [{ roomId: `sec-${n}`, slug: 'demo', fans: 10 }],
    place: `host:${2_567 + n}`,
    startedAtMs: 1,
    epochs: n === 0 ? [{ slug: 'demo', epoch: 1 }] : [],
    figures: FIGURES,
    services: [
      { name: 'Redis', trouble: null },
      { name: 'Journal', trouble: null },
    ],
    ...more,
  };
}

function viewOf(...all: ProcessStatus[]): HouseView {
  return { atMs: 1_000, incidents: [], processes: all.map((one) => ({ status: one, silentMs: 0, isLost: false })) };
}

describe('judging the house', () => {
  const troubles = (...all: ProcessStatus[]) => judgeHouse(viewOf(...all)).troubles;

  it('OB13 says that all is well, with what is in sight', () => {
    const { isWell, sentence } = judgeHouse(viewOf(status(0), status(1)));
    assert.equal(isWell, true);
    assert.equal(sentence, 'All is well: 20 fans, 1 event, 2 sections, 2 processes.');
  });

  it('OB13 says what is not, worst first', () => {
    const view = viewOf(
      status(0, { ready: false, reasons: ['closing'], stages: [] }),
      status(1, { services: [{ name: 'Redis', trouble: 'away' }] }),
    );
    const lost = { status: status(2), silentMs: 30_000, isLost: true };
    assert.deepEqual(judgeHouse({ ...view, processes: [...view.processes, lost] }).troubles, [
      'host:2569 is lost since 30 s',
      'no stage for demo',
      'Redis: away (one process)',
      'host:2567: closing',
    ]);
  });

  it('OB13 sees two stages, a service that all miss, and every way to be full or late', () => {
    assert.deepEqual(troubles(status(0), status(1, { stages: ['demo'] })), ['2 stages for demo']);
    const away = { services: [{ name: 'Redis', trouble: 'away' }] };
    assert.deepEqual(troubles(status(0, away), status(1, away)), ['Redis: away']);
    const full = (figures: Partial<ProcessFigures>) => troubles(status(0, { figures: { ...FIGURES, ...figures } }));
    assert.deepEqual(full({ descriptors: 19_000 }), ['host:2567: 19000 of 20000 descriptors are used']);
    assert.deepEqual(full({ utilisation: 0.97 }), ['host:2567: its loop is 97% busy']);
    assert.deepEqual(full({ loopDelayMs: 400 }), ['host:2567: its loop is 400 ms late']);
    assert.deepEqual(full({ beatMs: 2_500 }), [], 'a full house that keeps up');
    assert.deepEqual(full({ beatMs: 3_000 }), ['host:2567: beats take 3.0 s']);
    assert.deepEqual(full({ bufferedBytes: 300 * 1_048_576 }), ['host:2567: 300 MB wait for slow fans']);
    assert.deepEqual(full({}), []);
  });

  it('OB13 adds up rates and takes the worst of lengths', () => {
    const totals = totalsOf(viewOf(status(0), status(1, { figures: { ...FIGURES, beatMs: 900, loopDelayMs: 1 } })));
    assert.equal(totals.joinsPerS, 5);
    assert.equal(totals.beatMs, 900);
    assert.equal(totals.loopDelayMs, 3);
    assert.equal(totals.descriptorsMax, 40_000);
  });

  it('OB12 shows what others call themselves as text', () => {
    const html = opsPage(viewOf(status(0, { place: '<script>alert(1)</script>', stages: ['<b>'], reasons: [] })));
    assert.doesNotMatch(html, /<script>alert|<b>/);
  });
});

describe('watching the house', () => {
  let clock: ManualClock;
  let presence: LocalPresence;
  beforeEach(() => {
    clock = manualClock();
    presence = new LocalPresence();
  });

  async function watch(own: () => ProcessStatus, canHear = () => true): Promise<HouseWatch> {
    return watchHouse({ presence, clock, eventNowMs: () => clock.nowMs(), log: silentLog, own, canHear });
  }
  const says = (house: HouseWatch) => house.view().incidents.map((incident) => incident.says);
  const seen = (house: HouseWatch) => house.view().processes.map((one) => `${one.status.place}${one.isLost ? ' lost' : ''}`);

  it('OB13 hears of everybody, itself once, in the order of their places', async () => {
    const [third, first] = [await watch(() => status(10)), await watch(() => status(1))];
    await clock.advance(2_000);
    for (const house of [third, first]) assert.deepEqual(seen(house), ['host:2568', 'host:2577']);
  });

  it('OB14 misses who falls silent, and forgets them once another has their place', async () => {
    const house = await watch(() => status(0));
    presence.publish('house:status', JSON.stringify({ status: status(1), leaving: false }));
    await clock.advance(6_000);
    assert.deepEqual(seen(house), ['host:2567', 'host:2568']);
    await clock.advance(2_000);
    assert.deepEqual(seen(house), ['host:2567', 'host:2568 lost']);
    assert.deepEqual(says(house), ['host:2568 was lost without a goodbye']);
    presence.publish('house:status', JSON.stringify({ status: status(1, { processId: 'p1-again' }), leaving: false }));
    assert.deepEqual(seen(house), ['host:2567', 'host:2568']);
  });

  it('OB14 forgets after ten minutes', async () => {
    const house = await watch(() => status(0));
    presence.publish('house:status', JSON.stringify({ status: status(1), leaving: false }));
    await clock.advance(9 * 60_000);
    assert.deepEqual(seen(house), ['host:2567', 'host:2568 lost']);
    await clock.advance(2 * 60_000);
    assert.deepEqual(seen(house), ['host:2567']);
  });

  it('OB14 misses nobody who said goodbye, and nobody while nobody can be heard', async () => {
    let canHear = true;
    const house = await watch(
      () => status(0),
      () => canHear,
    );
    const other = await watch(() => status(1));
    await clock.advance(2_000);
    await other.stop();
    assert.deepEqual(seen(house), ['host:2567']);
    assert.deepEqual(says(house), ['host:2568 said goodbye']);
    presence.publish('house:status', JSON.stringify({ status: status(2), leaving: false }));
    canHear = false;
    await clock.advance(60_000);
    assert.deepEqual(seen(house), ['host:2567', 'host:2569']);
    canHear = true;
    await clock.advance(6_000);
    assert.deepEqual(seen(house), ['host:2567', 'host:2569']);
    await clock.advance(4_000);
    assert.deepEqual(seen(house), ['host:2567', 'host:2569 lost']);
  });

  it('OB14 lists stages that were taken over, once', async () => {
    let own = status(0);
    const house = await watch(() => own);
    await clock.advance(2_000);
    own = status(0, { stages: [], epochs: [] });
    const taken = status(1, { stages: ['demo'], epochs: [{ slug: 'demo', epoch: 2 }] });
    for (let n = 0; n < 3; n++) presence.publish('house:status', JSON.stringify({ status: taken, leaving: false }));
    assert.deepEqual(says(house), ['The stage of demo was taken over by host:2568 (epoch 2)']);
  });

  it('OB13 drops what it cannot read, and reads an older process', async () => {
    const house = await watch(() => status(0));
    for (const text of ['{', '{}', '{"status":{"pid":"x"},"leaving":false}', 7]) presence.publish('house:status', text);
    const { pid, processId, ready, reasons, stages, sections } = status(1);
    const old = { pid, processId, ready, reasons, stages, sections };
    presence.publish('house:status', JSON.stringify({ status: old, leaving: false }));
    assert.equal(house.view().processes.length, 2);
    assert.match(opsPage(house.view()), /<h3>p1<\/h3>/);
  });
});

describe('figures of a process', () => {
  it('OB13 are what its own series gained since the last look', async () => {
    const clock = manualClock();
    const registry = new Registry();
    const registers = [registry];
    const joins = new Counter({ name: 'front_row_joins_total', help: '-', labelNames: ['room', 'result'], registers });
    const beats = new Histogram({ name: 'front_row_beat_length_seconds', help: '-', registers });
    const failed = new Counter({ name: 'front_row_journal_failed_shipments', help: '-', registers });
    const watch = watchFigures({
      clock,
      log: silentLog,
      registry,
      load: () => ({ descriptors: 60, descriptorsMax: 1_000, utilisation: 0.5 }),
      loopDelayMs: () => 4,
      memoryBytes: () => 5,
      bufferedBytes: () => 6,
    });
    const look = () => clock.advance(2_000);
    joins.inc({ room: 'section', result: 'joined' }, 100);
    await look();
    joins.inc({ room: 'section', result: 'joined' }, 4);
    joins.inc({ room: 'stage', result: 'joined' }, 2);
    joins.inc({ room: 'none', result: 'banned' }, 50);
    beats.observe(0.1);
    beats.observe(0.3);
    failed.inc(3);
    await look();
    const { joinsPerS, beatMs, descriptors, loopDelayMs } = watch.latest();
    assert.equal(joinsPerS, 3);
    assert.ok(Math.abs(beatMs - 200) < 1e-6, String(beatMs));
    assert.equal(descriptors, 60);
    assert.equal(loopDelayMs, 4);
    assert.equal(watch.valueOf('front_row_journal_failed_shipments'), 3);
    await look();
    assert.equal(watch.latest().joinsPerS, 0);
    assert.equal(watch.latest().beatMs, 0);
    watch.stop();
  });
});
