import assert from 'node:assert/strict';
import { admissionRate, type DoorRate, RATE_MAX_PER_S, RATE_MIN_PER_S, startRate } from './admission-rate.ts';

describe('the rate of admission', () => {
  it('AD9 keeps the rate when something else strains the process, and comes back to where it began while nobody comes', () => {
    const idle = { admittedPerS: 3, seatedPerS: 3, loopDelayMs: 400, wayMs: 9_000 };
    assert.equal(admissionRate({ ratePerS: 400, bestPerS: 90, wasStrained: true }, idle, 1).ratePerS, 400);
    const smooth = { ...idle, loopDelayMs: 10, wayMs: 0 };
    let rate: DoorRate = { ratePerS: RATE_MIN_PER_S, bestPerS: 0, wasStrained: true };
    for (let second = 0; second < 60; second += 1) rate = admissionRate(rate, smooth, 1);
    assert.ok(rate.ratePerS >= 400 && rate.ratePerS < 481, `${rate.ratePerS}`);
    assert.equal(startRate(1).ratePerS, 400);
    assert.equal(startRate(0.25).ratePerS, 100);
    assert.equal(startRate(0.01).ratePerS, RATE_MIN_PER_S);
    assert.equal(admissionRate({ ratePerS: 120, bestPerS: 0, wasStrained: false }, smooth, 0.25).ratePerS, 120);
  });

  it('AD9 falls below what it seats when the process or the way to a seat is strained, and rises when smooth and in use', () => {
    const before: DoorRate = { ratePerS: 400, bestPerS: 300, wasStrained: true };
    const smooth = { admittedPerS: 400, seatedPerS: 200, loopDelayMs: 20, wayMs: 80 };
    const next = (load: Partial<typeof smooth>, last = before) => admissionRate(last, { ...smooth, ...load }, 1).ratePerS;
    assert.equal(next({}), 480);
    assert.equal(next({ admittedPerS: 40 }), 400);
    assert.equal(next({ loopDelayMs: 150 }), 400);
    assert.equal(next({ wayMs: 1_500 }), 400);
    assert.ok(next({ loopDelayMs: 300 }) < 270 && next({ loopDelayMs: 300 }) > 250);
    assert.equal(next({ wayMs: 2_500 }), next({ loopDelayMs: 300 }));
    assert.equal(next({ wayMs: 2_500 }, { ...before, wasStrained: false }), 400, 'one second alone says little');
    assert.equal(next({ wayMs: 2_500, seatedPerS: 440 }), 396);
    assert.equal(next({ wayMs: 2_500, seatedPerS: 900 }), 400, 'what is strained never rises');
    assert.equal(next({ admittedPerS: RATE_MAX_PER_S }, { ...before, ratePerS: RATE_MAX_PER_S }), RATE_MAX_PER_S);
    assert.equal(next({ loopDelayMs: 999, seatedPerS: 0 }, { ...before, ratePerS: 60, bestPerS: 0 }), RATE_MIN_PER_S);
  });

  it('AD9 does not fall any further while the best second is remembered', () => {
    let rate: DoorRate = { ratePerS: 400, bestPerS: 400, wasStrained: false };
    const strained = { admittedPerS: 400, seatedPerS: 0, loopDelayMs: 999, wayMs: 0 };
    for (let second = 0; second < 10; second += 1) rate = admissionRate(rate, strained, 1);
    assert.ok(rate.ratePerS > 290 && rate.ratePerS < 360, `${rate.ratePerS}`);
  });
});
