/** What a crowd at a listening party is called and says: varied enough to look and behave like one. */

const FIRST = [
  'Mara',
  'Jonas',
  'Aiko',
  'Theo',
  'Lucía',
  'Sami',
  'Noor',
  'Felix',
  'Inés',
  'Kofi',
  'Elif',
  'Robin',
  'Yuki',
  'Oskar',
];
const FLAVOUR = ['vinyl', 'north', 'static', 'moon', 'tape', 'river', 'neon', 'echo', 'paper', 'winter', 'velvet', 'copper'];

const OPENERS = ['ok', 'wait', 'honestly', 'no', 'yes!!', 'oh', 'hmm', 'friends,', 'whoever mixed this:', 'I swear'];
const SUBJECTS = [
  'that bass line',
  'the second verse',
  'this bridge',
  'the way the drums drop out',
  'that synth',
  'the harmony at the end',
  'this whole side',
  'the intro',
  'that guitar',
  'the key change',
];
const OPINIONS = [
  'is unreal',
  'gives me goosebumps',
  'sounds even better loud',
  'came out of nowhere',
  'is my favourite thing they have done',
  'reminds me of the first record',
  'made me pull over',
  'is going to be huge live',
  'is so much warmer than the single',
  'just broke me a little',
];
const ASIDES = [
  'hello from Lisbon',
  'listening with my dad, he says hi',
  'headphones on, lights off',
  'who else preordered?',
  'first time hearing this, no spoilers please',
  'my cat is dancing',
  'playing this at work, nobody tell my boss',
  'good evening from Osaka',
  'is there a tour date for Glasgow yet?',
  'three in the morning here and worth it',
  '🔥🔥🔥',
  '❤️',
  'goosebumps again',
  'can we have this on vinyl please',
];

export interface FanTalk {
  readonly name: () => string;
  /** Not what this fan said before, as far as there is anything left to say. */
  readonly line: () => string;
}

/** `random` is uniform in [0, 1); `index` keeps the names of a crowd apart. */
export function fanTalk(index: number, random: () => number): FanTalk {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? '';
  const compose = () => {
    if (random() < 0.35) return pick(ASIDES);
    return `${pick(SUBJECTS)} ${pick(OPINIONS)}`;
  };
  const said = new Set<string>();
  return {
    name: () => (index % 3 === 0 ? `${pick(FIRST)} ${index}` : `${pick(FLAVOUR)}${pick(FIRST).toLowerCase()}${index}`),
    line() {
      let next = compose();
      for (let tries = 0; said.has(next) && tries < 20; tries += 1) next = compose();
      said.add(next);
      return random() < 0.3 ? `${pick(OPENERS)} ${next}` : next;
    },
  };
}
