/** What the house band plays: three songs, written down. */

/** MIDI notes of the pad, lowest first; the bass plays `root`. */
export interface Chord {
  readonly root: number;
  readonly notes: readonly number[];
}

export type Layer = 'pad' | 'keys' | 'bass' | 'beat' | 'lead';

export interface Song {
  readonly title: string;
  readonly beatsPerMinute: number;
  /** How late every second sixteenth comes, as a share of a sixteenth. */
  readonly swing: number;
  /** One per bar, around and around. */
  readonly chords: readonly Chord[];
  readonly sections: readonly { readonly bars: number; readonly layers: readonly Layer[] }[];
  /** Per sixteenth of a bar: which note of the chord the keys strike (past the top: an octave up), or null. */
  readonly keys: readonly (number | null)[];
  /** `[sixteenth, length in sixteenths, semitones above the root]` */
  readonly bass: readonly (readonly [at: number, length: number, above: number])[];
  /** `[sixteenth from the phrase's start, length in sixteenths, MIDI note]`, over four bars. */
  readonly lead: readonly (readonly [at: number, length: number, midi: number])[];
  /** One letter per sixteenth: x hit, o open or soft, . rest. */
  readonly kick: string;
  readonly snare: string;
  readonly hat: string;
  /** Hues of the cover, in degrees. */
  readonly hues: readonly [number, number];
}

export const SONGS: readonly Song[] = [
  {
    title: 'Doors Open',
    beatsPerMinute: 92,
    swing: 0.08,
    // F maj9 · Am7 · Dm9 · C/E
    chords: [
      { root: 41, notes: [57, 60, 64, 67] },
      { root: 45, notes: [55, 60, 64, 67] },
      { root: 38, notes: [53, 57, 60, 64] },
      { root: 40, notes: [55, 60, 64, 67] },
    ],
    sections: [
      { bars: 4, layers: ['pad', 'keys'] },
      { bars: 8, layers: ['pad', 'keys', 'bass', 'beat'] },
      { bars: 8, layers: ['pad', 'keys', 'bass', 'beat', 'lead'] },
      { bars: 4, layers: ['pad', 'keys', 'bass'] },
      { bars: 4, layers: ['pad', 'keys', 'bass', 'beat', 'lead'] },
    ],
    keys: [0, null, 2, null, 3, null, 1, 4, null, 3, 2, null, 5, null, 3, null],
    bass: [
      [0, 5, 0],
      [6, 2, 0],
      [10, 3, 7],
      [14, 2, 12],
    ],
    lead: [
      [0, 6, 72],
      [6, 2, 74],
      [8, 8, 76],
      [16, 4, 79],
      [20, 4, 76],
      [24, 8, 72],
      [32, 6, 74],
      [38, 2, 72],
      [40, 8, 69],
      [48, 4, 67],
      [52, 4, 69],
      [56, 8, 72],
    ],
    kick: 'x.....x.x.....o.',
    snare: '....x.......x...',
    hat: 'x.x.x.xox.x.x.x.',
    hues: [18, 318],
  },
  {
    title: 'Night Bus Home',
    beatsPerMinute: 78,
    swing: 0.3,
    // Dm9 · G13 · Cmaj9 · A7♯5
    chords: [
      { root: 38, notes: [53, 57, 60, 64] },
      { root: 43, notes: [53, 57, 59, 64] },
      { root: 36, notes: [52, 55, 59, 62] },
      { root: 45, notes: [55, 59, 61, 65] },
    ],
    sections: [
      { bars: 2, layers: ['keys'] },
      { bars: 6, layers: ['pad', 'keys', 'beat'] },
      { bars: 8, layers: ['pad', 'keys', 'bass', 'beat', 'lead'] },
      { bars: 4, layers: ['pad', 'bass', 'beat'] },
      { bars: 4, layers: ['pad', 'keys', 'bass', 'lead'] },
    ],
    keys: [0, null, null, 2, null, null, 3, null, null, 1, null, 4, null, null, 2, null],
    bass: [
      [0, 3, 0],
      [3, 3, 0],
      [8, 2, 7],
      [11, 3, 12],
      [14, 2, 10],
    ],
    lead: [
      [2, 3, 69],
      [5, 3, 72],
      [8, 6, 76],
      [16, 3, 74],
      [19, 3, 71],
      [22, 8, 69],
      [34, 3, 67],
      [37, 3, 71],
      [40, 6, 74],
      [48, 3, 73],
      [51, 3, 69],
      [54, 8, 65],
    ],
    kick: 'x..o......x..o..',
    snare: '....x.......x..o',
    hat: 'x.xox.x.x.xox.xo',
    hues: [230, 265],
  },
  {
    title: 'All in the Front Row',
    beatsPerMinute: 116,
    swing: 0,
    // E · B/D♯ · C♯m7 · Aadd9
    chords: [
      { root: 40, notes: [56, 59, 64, 68] },
      { root: 39, notes: [54, 59, 63, 66] },
      { root: 37, notes: [56, 59, 61, 64] },
      { root: 45, notes: [57, 59, 61, 64] },
    ],
    sections: [
      { bars: 4, layers: ['keys'] },
      { bars: 4, layers: ['pad', 'keys', 'bass'] },
      { bars: 8, layers: ['pad', 'keys', 'bass', 'beat'] },
      { bars: 8, layers: ['pad', 'keys', 'bass', 'beat', 'lead'] },
      { bars: 4, layers: ['pad', 'lead'] },
      { bars: 8, layers: ['pad', 'keys', 'bass', 'beat', 'lead'] },
    ],
    keys: [0, 2, 3, 5, 4, 3, 2, 3, 0, 2, 3, 5, 6, 5, 3, 2],
    bass: [
      [0, 2, 0],
      [2, 2, 0],
      [4, 2, 0],
      [6, 2, 12],
      [8, 2, 0],
      [10, 2, 0],
      [12, 2, 0],
      [14, 2, 12],
    ],
    lead: [
      [0, 4, 71],
      [4, 4, 76],
      [8, 2, 80],
      [10, 6, 78],
      [16, 4, 78],
      [20, 4, 75],
      [24, 8, 71],
      [32, 4, 73],
      [36, 4, 76],
      [40, 2, 80],
      [42, 6, 83],
      [48, 4, 81],
      [52, 4, 80],
      [56, 8, 76],
    ],
    kick: 'x...x...x...x.o.',
    snare: '....x.......x...',
    hat: 'o.xoo.xoo.xoo.xo',
    hues: [165, 205],
  },
];
