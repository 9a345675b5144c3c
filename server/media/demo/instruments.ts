/**
 * The house band's instruments. Each renders one note at full level; lengths in seconds, pitches in MIDI numbers. A song has few
 * different notes and plays them often, so notes are rendered once and laid over the bus wherever they are struck.
 */

export const RATE_HZ = 44_100;
const TABLE = 4_096;

export interface Bus {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

export function bus(seconds: number): Bus {
  const length = Math.round(seconds * RATE_HZ);
  return { left: new Float32Array(length), right: new Float32Array(length) };
}

/** One cycle made of harmonics, one entry longer than its length so that interpolation needs no wrap. */
function wave(harmonics: readonly number[]): Float32Array {
  const sum = harmonics.reduce((total, level) => total + Math.abs(level), 0);
  return Float32Array.from({ length: TABLE + 1 }, (_, n) =>
    harmonics.reduce((value, level, h) => value + (level / sum) * Math.sin((2 * Math.PI * (h + 1) * n) / TABLE), 0),
  );
}

const SINE = wave([1]);
const STRINGS = wave([1, 0.5, 0.34, 0.22, 0.16, 0.1, 0.07, 0.05, 0.03]);
const ROUND = wave([1, 0.42, 0.14, 0.06, 0.02]);

function read(table: Float32Array, phase: number): number {
  const at = (phase - Math.floor(phase)) * TABLE;
  const n = at | 0;
  const low = table[n] as number;
  return low + ((table[n + 1] as number) - low) * (at - n);
}

function hertz(midi: number): number {
  return 440 * 2 ** ((midi - 69) / 12);
}

/** One note, mono. */
export type Note = Float32Array;

function render(lengthS: number, sample: (t: number) => number): Note {
  const note = new Float32Array(Math.round(lengthS * RATE_HZ));
  for (let n = 0; n < note.length; n++) note[n] = sample(n / RATE_HZ);
  return note;
}

/** Lays a note over the bus, `pan` from −1 (left) to 1; what would sound past the end is left out. */
export function strike({ left, right }: Bus, startS: number, note: Note, level: number, pan: number): void {
  const from = Math.max(0, Math.round(startS * RATE_HZ));
  const length = Math.min(note.length, left.length - from);
  const toLeft = level * Math.cos(((pan + 1) * Math.PI) / 4);
  const toRight = level * Math.sin(((pan + 1) * Math.PI) / 4);
  for (let n = 0; n < length; n++) {
    const value = note[n] as number;
    left[from + n] = (left[from + n] as number) + value * toLeft;
    right[from + n] = (right[from + n] as number) + value * toRight;
  }
}

/** One of the two voices that make warm strings: slightly detuned to its `side`, −1 or 1. */
export function pad(midi: number, lengthS: number, side: number): Note {
  const release = 0.9;
  const hz = hertz(midi + side * 0.06);
  return render(lengthS + release, (t) => {
    const swell = Math.min(1, t / 0.45) * (t > lengthS ? Math.max(0, 1 - (t - lengthS) / release) : 1);
    const breath = 1 + 0.12 * read(SINE, 0.23 * t + midi * 0.1 + side * 0.25);
    return swell * swell * breath * read(STRINGS, hz * t);
  });
}

/** Electric piano: a sine bent by another, brighter when struck. */
export function keys(midi: number, lengthS: number): Note {
  const hz = hertz(midi);
  const ring = 0.5 + 30 / midi;
  return render(lengthS + 0.9, (t) => {
    const fade = Math.exp(-t / ring) * Math.min(1, t / 0.004) * (t > lengthS ? Math.exp(-(t - lengthS) / 0.15) : 1);
    const bend = 0.32 * Math.exp(-t / 0.28) * read(SINE, 2 * hz * t) + 0.05 * Math.exp(-t / 0.05) * read(SINE, 11 * hz * t);
    return fade * read(SINE, hz * t + bend);
  });
}

/** A singing lead with a late vibrato. */
export function lead(midi: number, lengthS: number): Note {
  const hz = hertz(midi);
  return render(lengthS + 0.35, (t) => {
    const vibrato = 0.0016 * Math.min(1, Math.max(0, t - 0.25) * 3) * read(SINE, 5.2 * t) * (hz / 30);
    const shape =
      Math.min(1, t / 0.03) * (0.72 + 0.28 * Math.exp(-t / 0.3)) * (t > lengthS ? Math.exp(-(t - lengthS) / 0.09) : 1);
    return shape * read(ROUND, hz * t + vibrato);
  });
}

export function bass(midi: number, lengthS: number): Note {
  const hz = hertz(midi);
  return render(lengthS + 0.12, (t) => {
    const shape = Math.min(1, t / 0.008) * Math.exp(-t / 1.4) * (t > lengthS ? Math.exp(-(t - lengthS) / 0.03) : 1);
    return shape * Math.tanh(1.6 * read(ROUND, hz * t) + 0.5 * Math.exp(-t / 0.05) * read(SINE, 3 * hz * t));
  });
}

export function kick(): Note {
  return render(0.42, (t) => {
    const phase = 47 * t + 3.1 * (1 - Math.exp(-t / 0.035));
    return Math.exp(-t / 0.13) * read(SINE, phase) + 0.15 * Math.exp(-t / 0.003) * read(SINE, 900 * t);
  });
}

/** `random`: uniform in [0, 1). */
export function snare(random: () => number): Note {
  let low = 0;
  return render(0.3, (t) => {
    const noise = 2 * random() - 1;
    low += 0.45 * (noise - low);
    const body = 0.5 * Math.exp(-t / 0.06) * read(SINE, 186 * t);
    return body + 0.7 * Math.exp(-t / 0.085) * (noise - low) + 0.25 * Math.exp(-t / 0.05) * low;
  });
}

export function hat(open: boolean, random: () => number): Note {
  let last = 0;
  let high = 0;
  const decay = open ? 0.11 : 0.028;
  return render(decay * 5, (t) => {
    const noise = 2 * random() - 1;
    high = 0.35 * (high + noise - last);
    last = noise;
    return Math.exp(-t / decay) * high;
  });
}
