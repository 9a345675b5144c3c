import assert from 'node:assert/strict';
import { Page } from '../tests/support/simulated-page.ts';
import { BENDING, correct, errorMs, jumped, leadMs, learnLoss, newDrift, SEEK_ONLY, sampleDelayMs } from './drift.ts';
import { percentile } from './statistics.ts';

function p99(values: readonly number[]): number {
  return percentile(values.map(Math.abs), 0.99) ?? Number.NaN;
}

function changes(values: readonly number[]): number {
  return values.filter((value, index) => index > 0 && value !== values[index - 1]).length;
}

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);
const START_MS = 1_000;
const SETTLED_MS = START_MS + 3_000;

describe('drift', () => {
  it('DR1 is within 15 ms at p99, as the element tells it, from 3 s after a start on an unknown device', () => {
    for (const seed of SEEDS) {
      const page = new Page(seed);
      page.jump('start');
      page.run(9_000);
      const settled = page.since(SETTLED_MS);
      assert.ok(p99(settled.map((one) => one.toldMs)) <= 15, `seed ${seed}, told`);
      assert.ok(p99(settled.map((one) => one.trueMs)) <= 5, `seed ${seed}, heard`);
    }
  });

  it('DR1 also when the start was not compensated at all, by one compensated seek', () => {
    for (const seed of SEEDS.slice(0, 100)) {
      const page = new Page(seed);
      page.jump('start', 0);
      page.run(9_000);
      assert.equal(page.seeksAtMs.length, 1, `seed ${seed}`);
      assert.ok(p99(page.since(SETTLED_MS).map((one) => one.toldMs)) <= 15, `seed ${seed}`);
    }
  });

  it('DR1 by the rate alone, without a seek, when the start is at most 35 ms off', () => {
    for (const seed of SEEDS.slice(0, 100)) {
      const page = new Page(seed);
      page.jump('start', page.element.lossMs + (page.random() - 0.5) * 60);
      page.run(9_000);
      assert.deepEqual(page.seeksAtMs, [], `seed ${seed}`);
      assert.ok(p99(page.since(SETTLED_MS).map((one) => one.toldMs)) <= 15, `seed ${seed}`);
    }
  });

  it('DR2 changes nothing for a single wild sample', () => {
    const page = new Page(7);
    page.jump('start');
    page.run(8_000);
    const { drift } = page;
    assert.equal(drift.phase.kind, 'holding');
    const wild = { atMs: page.nowMs + 100, heardMs: page.nowMs + 600, targetMs: page.nowMs + 100 };
    assert.deepEqual(correct(drift, wild).correction, { kind: 'hold' });
  });

  it('DR2 does nothing before it has seen a quarter of a second, and nothing while the element lands', () => {
    const drift = jumped(newDrift(BENDING, 0), 'start', 67, 0);
    const landing = correct(drift, { atMs: 100, heardMs: 900, targetMs: 100 });
    assert.deepEqual(landing.correction, { kind: 'hold' });
    assert.equal(landing.drift, drift);
    let state = drift;
    for (let atMs = 130; atMs <= 360; atMs += 23) {
      const { drift: next, correction } = correct(state, { atMs, heardMs: atMs + 30, targetMs: atMs });
      assert.deepEqual(correction, { kind: 'hold' });
      assert.equal(errorMs(next, atMs), null);
      state = next;
    }
  });

  it('DR3 bends by at most 3% in the first 3 s after a jump, 2% later, and half a per cent within 10 ms', () => {
    for (const seed of SEEDS.slice(0, 25)) {
      const page = new Page(seed);
      page.jump('start', page.element.lossMs + 30);
      page.run(9_000);
      page.element.stall(20 + page.random() * 180, page.nowMs);
      page.run(20_000);
      for (const { atMs, rate, knownMs } of page.seen) {
        const bend = Math.abs(rate - 1);
        assert.ok(bend <= 0.03 + 1e-9, `seed ${seed}`);
        if (atMs < SETTLED_MS) continue;
        assert.ok(bend <= 0.02 + 1e-9, `seed ${seed}`);
        if (knownMs !== null && Math.abs(knownMs) <= 10)
          assert.ok(bend <= 0.005 + 1e-9, `seed ${seed}: ${bend} at ${knownMs} ms`);
      }
    }
  });

  it('DR4 bends back a stall of up to a quarter of a second, and seeks after a longer one', () => {
    for (const seed of SEEDS.slice(0, 25)) {
      const page = new Page(seed);
      page.jump('start');
      page.run(8_000);
      page.element.stall(150, page.nowMs);
      page.run(16_000);
      assert.deepEqual(page.seeksAtMs, [], `seed ${seed}`);
      assert.ok(p99(page.since(page.nowMs - 2_000).map((one) => one.toldMs)) <= 15, `seed ${seed}, bent`);
      page.element.stall(900, page.nowMs);
      const stalledAtMs = page.nowMs;
      page.run(6_000);
      assert.equal(page.seeksAtMs.length, 1, `seed ${seed}`);
      assert.ok(p99(page.since(stalledAtMs + 900 + 3_000).map((one) => one.toldMs)) <= 15, `seed ${seed}, sought`);
    }
  });

  it('DR5 aims by the median of what this device lost, which a few jumps teach', () => {
    for (const seed of SEEDS.slice(0, 25)) {
      const page = new Page(seed);
      for (let jump = 0; jump < 5; jump += 1) {
        page.jump('start');
        page.run(3_000);
      }
      assert.ok(Math.abs(leadMs(page.drift, 'start') - page.element.lossMs) < 6, `seed ${seed}`);
    }
    assert.equal(leadMs(newDrift(BENDING, 0), 'seek'), 67);
    assert.equal(
      leadMs(
        [50, 90, 60].reduce((drift, lossMs) => learnLoss(drift, 'seek', lossMs), newDrift(BENDING, 0)),
        'seek',
      ),
      60,
    );
  });

  it('DR5 learns nothing from a jump that waited for the network', () => {
    const drift = learnLoss(newDrift(BENDING, 0), 'seek', 1_200);
    assert.equal(leadMs(drift, 'seek'), 67);
  });

  it('DR6 waits longer and longer between seeks that do not help', () => {
    let drift = newDrift(BENDING, 0);
    const seeksAtMs: number[] = [];
    for (let atMs = 0; atMs < 300_000; atMs += 100) {
      const next = correct(drift, { atMs, heardMs: atMs, targetMs: atMs + 2_000 });
      drift = next.drift;
      if (next.correction.kind === 'seek') seeksAtMs.push(atMs);
    }
    const gaps = seeksAtMs.slice(1).map((atMs, index) => atMs - (seeksAtMs[index] as number));
    assert.deepEqual(gaps.slice(0, 6), [5_000, 10_000, 20_000, 40_000, 80_000, 80_000]);
  });

  it('DR6 seeks again at once for a new cue', () => {
    let drift = newDrift(BENDING, 0);
    const run = (fromMs: number, toMs: number): number => {
      let seeks = 0;
      for (let atMs = fromMs; atMs < toMs; atMs += 25) {
        const next = correct(drift, { atMs, heardMs: atMs, targetMs: atMs + 2_000 });
        drift = next.drift;
        if (next.correction.kind === 'seek') seeks += 1;
      }
      return seeks;
    };
    assert.equal(run(0, 4_000), 1);
    drift = jumped(drift, 'seek', 67, 4_000);
    assert.equal(run(4_000, 5_000), 1);
  });

  it('DR7 never bends where rates do not work, and seeks there only when far off', () => {
    for (const seed of SEEDS.slice(0, 25)) {
      const page = new Page(seed, SEEK_ONLY);
      page.jump('start', 0);
      page.run(20_000);
      assert.equal(page.seeksAtMs.length, 1, `seed ${seed}`);
      page.element.stall(200, page.nowMs);
      page.run(20_000);
      assert.equal(page.seeksAtMs.length, 2, `seed ${seed}`);
      assert.ok(page.seen.every((one) => one.rate === 1));
      assert.ok(p99(page.since(page.nowMs - 5_000).map((one) => one.trueMs)) <= 25, `seed ${seed}`);
    }
  });

  it('DR8 does not swing: once settled it crosses the playhead at most a few times a minute, and mostly holds', () => {
    for (const seed of SEEDS.slice(0, 25)) {
      const page = new Page(seed);
      page.jump('start');
      page.run(63_000);
      const settled = page.since(SETTLED_MS);
      const directions = settled.map((one) => Math.sign(one.rate - 1)).filter((direction) => direction !== 0);
      assert.ok(changes(directions) <= 4, `seed ${seed}: ${changes(directions)} turns`);
      const holding = settled.filter((one) => one.rate === 1).length / settled.length;
      assert.ok(holding > 0.6, `seed ${seed}: holds ${holding}`);
    }
  });

  it('DR9 knows its error to 4 ms, signed, and null before it does', () => {
    assert.equal(errorMs(newDrift(BENDING, 0), 0), null);
    for (const seed of SEEDS.slice(0, 25)) {
      const page = new Page(seed);
      page.jump('start', page.element.lossMs - 25);
      page.run(600);
      for (let step = 0; step < 40; step += 1) {
        page.run(100);
        const known = errorMs(page.drift, page.nowMs);
        assert.ok(known !== null && Math.abs(known - (page.seen.at(-1)?.trueMs ?? Infinity)) < 4, `seed ${seed}`);
      }
    }
  });

  it('DR10 looks often after a jump and while bending, ten times a second while holding', () => {
    const page = new Page(3);
    page.jump('start');
    assert.equal(
      sampleDelayMs(page.drift, page.nowMs, () => 0.5),
      25,
    );
    page.run(9_000);
    assert.equal(page.drift.phase.kind, 'holding');
    assert.equal(
      sampleDelayMs(page.drift, page.nowMs, () => 0.5),
      100,
    );
  });

  it('DR10 settles without swinging on a page in the background that looks once a second', () => {
    for (const seed of SEEDS.slice(0, 25)) {
      const page = new Page(seed);
      page.jump('start', page.element.lossMs + (page.random() - 0.5) * 60);
      page.run(60_000, () => 1_000);
      const settled = page.since(START_MS + 30_000);
      assert.ok(p99(settled.map((one) => one.trueMs)) <= 9, `seed ${seed}: ${p99(settled.map((one) => one.trueMs))}`);
      assert.ok(
        changes(settled.map((one) => Math.sign(one.rate - 1)).filter((direction) => direction !== 0)) <= 8,
        `seed ${seed}`,
      );
    }
  });
});
