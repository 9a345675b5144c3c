import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DRIFT_MAX, DRIFT_USUAL, driftOf } from './clock-drift.ts';
import type { ClockSample } from './clock-sample.ts';

/** Every half minute, as a page asks. */
function samplesOf(
  count: number,
  driftPpm: number,
  tripMs: (n: number) => number,
  errorMs: (n: number) => number,
  everyMs = 28_000,
): ClockSample[] {
  return Array.from({ length: count }, (_, n) => {
    const t3 = 5_000 + n * everyMs;
    const t0 = t3 - tripMs(n);
    const t1 = (t0 + t3) / 2 + 700 + (t3 * driftPpm) / 1e6 + errorMs(n);
    return { t0, t1, t2: t1, t3 };
  });
}

describe('clock drift', () => {
  it('CS9 reads how fast clocks part, the better the longer it looks', () => {
    const errorOf = (count: number) =>
      Math.abs(
        (driftOf(
          samplesOf(
            count,
            40,
            () => 10,
            () => 0,
          ),
        ) ?? 0) *
          1e6 -
          40,
      );
    assert.ok(errorOf(12) < 2, `${errorOf(12)} ppm`);
    assert.ok(errorOf(4) > errorOf(6) && errorOf(6) > errorOf(12));
  });

  it('CS9 says nothing from fewer than three samples, from less than a minute, or from round trips that are not alike', () => {
    const quick = () => 10;
    assert.equal(driftOf([]), null);
    assert.equal(driftOf(samplesOf(2, 40, quick, () => 0)), null);
    assert.equal(driftOf(samplesOf(4, 40, quick, () => 0, 14_000)), null);
    assert.equal(
      driftOf(
        samplesOf(
          6,
          40,
          (n) => 10 + 5 * n,
          () => 0,
        ),
      ),
      null,
    );
    assert.notEqual(
      driftOf(
        samplesOf(
          6,
          40,
          (n) => 40 + 2 * (n % 3),
          () => 0,
        ),
      ),
      null,
    );
  });

  it('CS9 is not led far astray by a ms of noise, nor ever beyond what clocks do', () => {
    const noise = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), noise, fc.integer({ min: 4, max: 12 }), (ppm, errors, count) => {
        const drift =
          driftOf(
            samplesOf(
              count,
              ppm,
              () => 10,
              (n) => errors[n] ?? 0,
            ),
          ) ?? 0;
        const spanMs = (count - 1) * 28_000;
        assert.ok(Math.abs(drift - ppm / 1e6) <= 2 / spanMs + Math.abs(ppm / 1e6) + DRIFT_USUAL / 4, `${drift * 1e6} of ${ppm}`);
      }),
    );
    assert.equal(
      driftOf(
        samplesOf(
          12,
          5_000,
          () => 10,
          () => 0,
        ),
      ),
      DRIFT_MAX,
    );
    assert.equal(
      driftOf(
        samplesOf(
          12,
          -5_000,
          () => 10,
          () => 0,
        ),
      ),
      -DRIFT_MAX,
    );
  });
});
