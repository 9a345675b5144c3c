/** What a recording says: silence between tracks, and how far apart two pages sound. Pure. */

/** Tones of tracks in turn: two octaves apart, so that a few ms tell them apart. */
export const TONES_HZ = [440, 1_760] as const;
/** Below −54 dB of full scale nothing is heard; the tones are 40 dB above. */
const AUDIBLE = 0.002;
/** A tone passes through zero: shorter than this is no silence. */
const SILENCE_FROM_MS = 1.5;
/** A tone counts as heard from half its usual strength on. */
const HEARD_SHARE = 0.5;
/** A tone has taken over once it was heard alone for this long. */
const ALONE_MS = 20;
const FRAME_MS = 5;
const STEP_MS = 1;

export interface Change {
  /** Where in the recording one tone gives way to the other. */
  readonly atS: number;
  /** Time without a single audible sample around it. */
  readonly silenceMs: number;
  /** Time during which both tones are heard. */
  readonly overlapMs: number;
}

/** Strength of one tone over time, in steps of 1 ms. */
function strength(sound: Float32Array, rate: number, hertz: number): Float32Array {
  const step = Math.round((rate * STEP_MS) / 1_000);
  const frame = Math.round((rate * FRAME_MS) / 1_000);
  const steps = Math.max(0, Math.floor((sound.length - frame) / step));
  const strengths = new Float32Array(steps);
  // A window, since the frame holds no whole number of periods.
  const shape = Array.from({ length: frame }, (_, i) => (1 - Math.cos((2 * Math.PI * i) / frame)) * (2 / frame));
  const cosines = shape.map((weight, i) => weight * Math.cos((2 * Math.PI * hertz * i) / rate));
  const sines = shape.map((weight, i) => weight * Math.sin((2 * Math.PI * hertz * i) / rate));
  for (let n = 0; n < steps; n++) {
    let re = 0;
    let im = 0;
    for (let i = 0; i < frame; i++) {
      const sample = sound[n * step + i] as number;
      re += sample * (cosines[i] as number);
      im += sample * (sines[i] as number);
    }
    strengths[n] = Math.hypot(re, im);
  }
  return strengths;
}

/** The longest run of inaudible samples between two moments, in ms. */
export function silenceMs(sound: Float32Array, rate: number, fromS: number, toS: number): number {
  let longest = 0;
  let run = 0;
  const last = Math.min(sound.length, Math.round(toS * rate));
  for (let i = Math.max(0, Math.round(fromS * rate)); i < last; i++) {
    run = Math.abs(sound[i] as number) < AUDIBLE ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  const ms = (longest / rate) * 1_000;
  return ms < SILENCE_FROM_MS ? 0 : ms;
}

/** Every moment at which one of `TONES_HZ` gives way to the other. `aroundMs`: how far from it silence and overlap are looked for. */
export function toneChanges(sound: Float32Array, rate: number, aroundMs = 600): Change[] {
  const [low, high] = TONES_HZ.map((hertz) => strength(sound, rate, hertz)) as [Float32Array, Float32Array];
  const usual = Math.max(typical(low), typical(high));
  const isHeard = (strengths: Float32Array, n: number) => (strengths[n] as number) > usual * HEARD_SHARE;
  const changes: Change[] = [];
  const changeAt = (step: number): Change => {
    let overlapMs = 0;
    for (let n = Math.max(0, step - aroundMs); n < Math.min(low.length, step + aroundMs); n++) {
      if (isHeard(low, n) && isHeard(high, n)) overlapMs += STEP_MS;
    }
    const atS = (step * STEP_MS + FRAME_MS / 2) / 1_000;
    return { atS, silenceMs: silenceMs(sound, rate, atS - aroundMs / 1_000, atS + aroundMs / 1_000), overlapMs };
  };
  let sounding: 'low' | 'high' | null = null;
  let alone: { tone: 'low' | 'high' | null; sinceStep: number } = { tone: null, sinceStep: 0 };
  for (let n = 0; n < low.length; n++) {
    const [isLow, isHigh] = [isHeard(low, n), isHeard(high, n)];
    const tone = isLow === isHigh ? null : isLow ? 'low' : 'high';
    if (tone !== alone.tone) alone = { tone, sinceStep: n };
    if (tone === null || tone === sounding || n - alone.sinceStep < ALONE_MS) continue;
    if (sounding !== null) changes.push(changeAt(alone.sinceStep));
    sounding = tone;
  }
  return changes;
}

/** What a tone's strength is while it sounds. */
function typical(strengths: Float32Array): number {
  const sounding = strengths.filter((value) => value > AUDIBLE * 10).toSorted();
  return sounding[Math.floor(sounding.length / 2)] ?? Number.POSITIVE_INFINITY;
}

const COARSE_BY = 12;

/**
 * How much later `b` sounds than `a` in ms, for one window; null where there is too little to compare.
 * Correlates coarsely over ± `withinMs`, then to a fraction of a sample around the best.
 */
export function lagMs(a: Float32Array, b: Float32Array, rate: number, withinMs = 250): number | null {
  const [roughA, roughB] = [thinned(a), thinned(b)];
  const reach = Math.round(((rate / COARSE_BY) * withinMs) / 1_000);
  const rough = bestLag(roughA, roughB, 0, reach);
  if (rough === null) return null;
  const fine = bestLag(a, b, rough.lag * COARSE_BY, 2 * COARSE_BY);
  return fine === null || fine.likeness < 0.5 ? null : ((fine.lag + fine.fraction) / rate) * 1_000;
}

function thinned(sound: Float32Array): Float32Array {
  const thin = new Float32Array(Math.floor(sound.length / COARSE_BY));
  for (let n = 0; n < thin.length; n++) {
    let sum = 0;
    for (let i = 0; i < COARSE_BY; i++) sum += sound[n * COARSE_BY + i] as number;
    thin[n] = sum / COARSE_BY;
  }
  return thin;
}

function bestLag(a: Float32Array, b: Float32Array, around: number, reach: number) {
  const margin = Math.abs(around) + reach;
  const length = a.length - 2 * margin;
  if (length <= 0) return null;
  const likeness = (lag: number) => {
    let product = 0;
    let powerA = 0;
    let powerB = 0;
    for (let i = margin; i < margin + length; i++) {
      const left = a[i] as number;
      const right = b[i + lag] as number;
      product += left * right;
      powerA += left * left;
      powerB += right * right;
    }
    return powerA * powerB === 0 ? 0 : product / Math.sqrt(powerA * powerB);
  };
  let best = { lag: around, likeness: Number.NEGATIVE_INFINITY };
  for (let lag = around - reach; lag <= around + reach; lag++) {
    const found = likeness(lag);
    if (found > best.likeness) best = { lag, likeness: found };
  }
  if (best.likeness <= 0) return null;
  const atEdge = Math.abs(best.lag - around) === reach;
  return { ...best, fraction: atEdge ? 0 : summit(likeness(best.lag - 1), best.likeness, likeness(best.lag + 1)) };
}

/** Where between three equally spaced values a parabola has its top, in steps from the middle one. */
function summit(before: number, middle: number, after: number): number {
  const bend = before - 2 * middle + after;
  return bend === 0 ? 0 : (before - after) / (2 * bend);
}
