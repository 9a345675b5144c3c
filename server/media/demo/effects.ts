/** The room the house band plays in: echo, reverberation, and the last step to 16 bits. */
import { type Bus, RATE_HZ } from './instruments.ts';

/** Echoes that cross from side to side, duller each time; in place. */
export function echo({ left, right }: Bus, delayS: number, feedback: number): void {
  const delay = Math.round(delayS * RATE_HZ);
  const size = left.length;
  const fromLeft = new Float32Array(delay);
  const fromRight = new Float32Array(delay);
  let dullLeft = 0;
  let dullRight = 0;
  for (let n = 0, at = 0; n < size; n++, at = at + 1 === delay ? 0 : at + 1) {
    const wetLeft = fromLeft[at] as number;
    const wetRight = fromRight[at] as number;
    dullLeft += 0.4 * (wetLeft - dullLeft);
    dullRight += 0.4 * (wetRight - dullRight);
    fromLeft[at] = (left[n] as number) + dullRight * feedback;
    fromRight[at] = (right[n] as number) * 0.6 + dullLeft * feedback;
    left[n] = (left[n] as number) + 0.32 * wetLeft;
    right[n] = (right[n] as number) + 0.32 * wetRight;
  }
}

const COMBS_S = [0.0297, 0.0371, 0.0411, 0.0437];
const ALLPASS_S = [0.005, 0.0017];

/** What the room gives back of one channel (Schroeder: combs, then all-passes). `spread` sets the sides apart. */
function roomOf(dry: Float32Array, spread: number): Float32Array {
  let wet = new Float32Array(dry.length);
  for (const seconds of COMBS_S) {
    const size = Math.round((seconds + spread) * RATE_HZ);
    const line = new Float32Array(size);
    let dull = 0;
    for (let n = 0, at = 0; n < dry.length; n++, at = at + 1 === size ? 0 : at + 1) {
      const out = line[at] as number;
      dull += 0.55 * (out - dull);
      line[at] = (dry[n] as number) + 0.83 * dull;
      wet[n] = (wet[n] as number) + 0.25 * out;
    }
  }
  for (const seconds of ALLPASS_S) {
    const size = Math.round((seconds + spread / 4) * RATE_HZ);
    const line = new Float32Array(size);
    const next = new Float32Array(wet.length);
    for (let n = 0, at = 0; n < wet.length; n++, at = at + 1 === size ? 0 : at + 1) {
      const held = line[at] as number;
      const value = (wet[n] as number) + 0.6 * held;
      next[n] = held - 0.6 * value;
      line[at] = value;
    }
    wet = next;
  }
  return wet;
}

/** The room around several buses: each sends its share, one room answers them all. */
export function reverb(sends: readonly (readonly [bus: Bus, share: number])[]): Bus {
  const side = (of: 'left' | 'right', spread: number): Float32Array => {
    const dry = new Float32Array(sends[0]?.[0][of].length ?? 0);
    for (const [{ [of]: channel }, share] of sends) {
      for (let n = 0; n < dry.length; n++) dry[n] = (dry[n] as number) + share * (channel[n] as number);
    }
    return roomOf(dry, spread);
  };
  return { left: side('left', 0), right: side('right', 0.0007) };
}

/** Lets a bus breathe with the kick: pulled down at each hit, back within `recoverS`. */
export function duck({ left, right }: Bus, hitsS: readonly number[], depth: number, recoverS: number): void {
  for (const hit of hitsS) {
    const from = Math.round(hit * RATE_HZ);
    const to = Math.min(left.length, from + Math.round(recoverS * RATE_HZ));
    for (let n = from; n < to; n++) {
      const back = (n - from) / (to - from);
      const gain = 1 - depth * (1 - back) * (1 - back) * Math.min(1, (n - from) / 200);
      left[n] = (left[n] as number) * gain;
      right[n] = (right[n] as number) * gain;
    }
  }
}

/** Root mean square of the finished song, of full scale: about −13 LUFS. */
const LOUDNESS = 0.19;

/** Sums the buses, brings all songs to the same loudness, rounds softly what sticks out, fades the very ends. */
export function master(buses: readonly Bus[], fadeOutS: number): { readonly left: Int16Array; readonly right: Int16Array } {
  const left = sum(buses.map((bus) => bus.left));
  const right = sum(buses.map((bus) => bus.right));
  let energy = 0;
  for (let n = 0; n < left.length; n++) energy += (left[n] as number) ** 2 + (right[n] as number) ** 2;
  const drive = LOUDNESS / Math.sqrt(energy / (2 * left.length));
  return { left: finish(left, drive, fadeOutS), right: finish(right, drive, fadeOutS) };
}

function sum(channels: readonly Float32Array[]): Float32Array {
  const total = new Float32Array(channels[0]?.length ?? 0);
  for (const channel of channels) for (let n = 0; n < total.length; n++) total[n] = (total[n] as number) + (channel[n] as number);
  return total;
}

function finish(channel: Float32Array, drive: number, fadeOutS: number): Int16Array {
  const fadeIn = 0.01 * RATE_HZ;
  const fadeOut = fadeOutS * RATE_HZ;
  const samples = new Int16Array(channel.length);
  for (let n = 0; n < samples.length; n++) {
    const edge = Math.min(1, n / fadeIn, (samples.length - 1 - n) / fadeOut);
    samples[n] = Math.round(31_000 * Math.tanh(drive * (channel[n] as number)) * edge);
  }
  return samples;
}
