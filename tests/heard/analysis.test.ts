import assert from 'node:assert/strict';
import { seeded } from '../../core/seeded.ts';
import { lagMs, silenceMs, TONES_HZ, toneChanges } from './analysis.ts';

const RATE = 48_000;

/** Tones one after the other, each from its second to its second. */
function tones(lengthS: number, ...parts: readonly { hertz: number; fromS: number; toS: number }[]): Float32Array {
  const sound = new Float32Array(lengthS * RATE);
  for (const { hertz, fromS, toS } of parts) {
    for (let i = Math.round(fromS * RATE); i < toS * RATE; i++) {
      sound[i] = (sound[i] as number) + 0.2 * Math.sin((2 * Math.PI * hertz * i) / RATE);
    }
  }
  return sound;
}

const [low, high] = TONES_HZ;

describe('what a recording says', () => {
  it('PL15 finds the silence at a track change', () => {
    const sound = tones(4, { hertz: low, fromS: 0, toS: 2 }, { hertz: high, fromS: 2.03, toS: 4 });
    const changes = toneChanges(sound, RATE);
    assert.equal(changes.length, 1);
    assert.ok(Math.abs((changes[0]?.silenceMs ?? 0) - 30) < 0.5, `${changes[0]?.silenceMs}`);
    assert.ok(Math.abs((changes[0]?.atS ?? 0) - 2.03) < 0.01);
    assert.equal(changes[0]?.overlapMs, 0);
  });

  it('PL15 finds no silence in a seamless change, and the overlap in an early one', () => {
    const seamless = toneChanges(tones(4, { hertz: high, fromS: 0, toS: 2 }, { hertz: low, fromS: 2, toS: 4 }), RATE);
    assert.deepEqual(
      seamless.map((change) => change.silenceMs),
      [0],
    );
    const [early] = toneChanges(tones(4, { hertz: high, fromS: 0, toS: 2.04 }, { hertz: low, fromS: 2, toS: 4 }), RATE);
    assert.equal(early?.silenceMs, 0);
    assert.ok(Math.abs((early?.overlapMs ?? 0) - 40) <= 3, `${early?.overlapMs}`);
  });

  it('PL15 takes a tone’s passing through zero for no silence', () => {
    assert.equal(silenceMs(tones(1, { hertz: low, fromS: 0, toS: 1 }), RATE, 0, 1), 0);
  });

  it('PL15 tells by how much one page is later, to a hundredth of a ms', () => {
    const random = seeded(7);
    const noise = Float32Array.from({ length: 2 * RATE }, () => random() - 0.5);
    // What music is: little above 4 kHz.
    for (let i = 1; i < noise.length; i++) noise[i] = 0.2 * (noise[i] as number) + 0.8 * (noise[i - 1] as number);
    for (const samples of [0, 37, -1_200, 6_000]) {
      const lag = lagMs(noise.slice(20_000, 20_000 + RATE), noise.slice(20_000 - samples, 20_000 - samples + RATE), RATE);
      assert.ok(Math.abs((lag ?? Number.NaN) - samples / 48) < 0.01, `${lag} for ${samples / 48}`);
    }
  });

  it('PL15 compares nothing with silence or with other music', () => {
    const random = seeded(3);
    const noise = () => Float32Array.from({ length: RATE }, () => random() - 0.5);
    assert.equal(lagMs(noise(), new Float32Array(RATE), RATE), null);
    assert.equal(lagMs(noise(), noise(), RATE), null);
  });
});
