/** Plays a song: from what is written down to samples. Deterministic, always the same performance. */
import { duck, echo, master, reverb } from './effects.ts';
import type { Pcm } from './flac.ts';
import { type Bus, bass, bus, hat, keys, kick, lead, type Note, pad, RATE_HZ, snare, strike } from './instruments.ts';
import type { Chord, Layer, Song } from './songs.ts';

const SIXTEENTHS = 16;
const PHRASE_BARS = 4;
/** Left to ring after the last bar. */
const TAIL_S = 2.5;
/** How many different hits of each drum there are: one alone sounds like a machine. */
const DRUM_TAKES = 5;

interface Band {
  readonly strings: Bus;
  readonly keys: Bus;
  readonly rhythm: Bus;
  /** Renders a note when it is first played. */
  readonly note: (name: string, render: () => Note) => Note;
  readonly random: () => number;
  /** Filled while the band plays: when the kick hits. */
  readonly kicksS: number[];
}

export function perform(song: Song): Pcm {
  const bars = song.sections.flatMap(({ bars, layers }) => Array.from({ length: bars }, () => new Set(layers)));
  const barS = (60 / song.beatsPerMinute) * 4;
  const totalS = bars.length * barS + TAIL_S;
  const notes = new Map<string, Note>();
  const band: Band = {
    strings: bus(totalS),
    keys: bus(totalS),
    rhythm: bus(totalS),
    note(name, render) {
      const note = notes.get(name) ?? render();
      notes.set(name, note);
      return note;
    },
    random: seeded(song.title),
    kicksS: [],
  };
  bars.forEach((layers, bar) => playBar(song, band, layers, bar));
  playEnd(song, band, bars.length, barS);
  duck(band.strings, band.kicksS, 0.42, 0.28);
  echo(band.keys, (barS / SIXTEENTHS) * 3, 0.42);
  const room = reverb([
    [band.strings, 0.55],
    [band.keys, 0.4],
  ]);
  return { rateHz: RATE_HZ, ...master([band.strings, band.keys, band.rhythm, room], TAIL_S * 0.8) };
}

function playBar(song: Song, band: Band, layers: ReadonlySet<Layer>, bar: number): void {
  const stepS = 60 / song.beatsPerMinute / 4;
  const startS = bar * SIXTEENTHS * stepS;
  const at = (step: number) => startS + (step + (step % 2 === 1 ? song.swing : 0)) * stepS;
  const chord = song.chords[bar % song.chords.length];
  if (chord === undefined) return;
  if (layers.has('pad')) {
    const lengthS = SIXTEENTHS * stepS;
    for (const midi of chord.notes) {
      for (const side of [-1, 1])
        strike(
          band.strings,
          startS,
          band.note(`pad ${midi} ${side}`, () => pad(midi, lengthS, side)),
          0.11,
          side * 0.6,
        );
    }
  }
  if (layers.has('keys')) playKeys(song, band, chord, at, 2 * stepS);
  if (layers.has('bass')) {
    for (const [step, length, above] of song.bass) {
      const midi = chord.root + above;
      strike(
        band.rhythm,
        at(step),
        band.note(`bass ${midi} ${length}`, () => bass(midi, length * stepS * 0.92)),
        0.24,
        0,
      );
    }
  }
  if (layers.has('lead')) {
    const phraseStep = (bar % PHRASE_BARS) * SIXTEENTHS;
    for (const [step, length, midi] of song.lead) {
      if (step < phraseStep || step >= phraseStep + SIXTEENTHS) continue;
      strike(
        band.keys,
        at(step - phraseStep),
        band.note(`lead ${midi} ${length}`, () => lead(midi, length * stepS * 0.95)),
        0.13,
        0.08,
      );
    }
  }
  if (layers.has('beat')) playBeat(song, band, at, bar % 8 === 7);
}

function playKeys(song: Song, band: Band, chord: Chord, at: (step: number) => number, lengthS: number): void {
  song.keys.forEach((index, step) => {
    if (index === null) return;
    const octaves = Math.floor(index / chord.notes.length);
    const midi = (chord.notes[index % chord.notes.length] as number) + 12 * octaves + 12;
    // Struck by hand: never twice exactly alike.
    const level = (step % 4 === 0 ? 0.16 : 0.12) * (0.9 + 0.2 * band.random());
    strike(
      band.keys,
      at(step),
      band.note(`keys ${midi}`, () => keys(midi, lengthS)),
      level,
      step % 2 === 0 ? -0.35 : 0.35,
    );
  });
}

function playBeat(song: Song, { rhythm, note, random, kicksS }: Band, at: (step: number) => number, fill: boolean): void {
  const take = () => Math.floor(random() * DRUM_TAKES);
  const strikeSnare = (startS: number, level: number) =>
    strike(
      rhythm,
      startS,
      note(`snare ${take()}`, () => snare(random)),
      level,
      -0.06,
    );
  for (let step = 0; step < SIXTEENTHS; step++) {
    const startS = at(step);
    const [k, s, h] = [song.kick[step], song.snare[step], song.hat[step]];
    if (k === 'x' || k === 'o') strike(rhythm, startS, note('kick', kick), k === 'x' ? 0.5 : 0.3, 0);
    if (k === 'x') kicksS.push(startS);
    if (s === 'x' || s === 'o') strikeSnare(startS, s === 'x' ? 0.2 : 0.06);
    if (fill && step >= 13) strikeSnare(startS, 0.06 + 0.03 * (step - 13));
    if (h === 'x' || h === 'o') {
      const open = h === 'o' && step % 4 === 3;
      strike(
        rhythm,
        startS,
        note(`hat ${open} ${take()}`, () => hat(open, random)),
        (h === 'x' ? 0.13 : 0.08) * (0.8 + 0.4 * random()),
        0.32,
      );
    }
  }
}

/** The first chord once more, left to ring: the ear is home, and the song can begin again. */
function playEnd(song: Song, band: Band, bars: number, barS: number): void {
  const [home] = song.chords;
  if (home === undefined) return;
  strike(band.rhythm, bars * barS, bass(home.root, 2), 0.2, 0);
  for (const midi of home.notes) strike(band.keys, bars * barS, keys(midi + 12, 2), 0.13, 0);
}

/** Uniform in [0, 1) from the title (mulberry32). */
function seeded(title: string): () => number {
  let state = [...title].reduce((sum, letter) => Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x9e37_79b1), 1);
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
