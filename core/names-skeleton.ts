/** What a name looks like: two names with the same skeleton can be mistaken for each other. */

/** Look-alikes by the Latin letter that they pass for, upper and lower case apart because their shapes differ. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'аАαΑᴀ@4ɑꓮᎪ',
  b: 'вВьЬЪΒβʙ8ɓꓐᏴ',
  c: 'сСςϲᴄꓚᏟ',
  d: 'ԁđĐðÐᴅɗɖꓓᎠ',
  e: 'еЕєЄεΕзЗэᴇ3ꓰᎬ',
  f: 'ғϝꜰꓝ',
  g: 'ɡɢ9ꓖᏀ',
  h: 'һҺнНΗħĦհʜɦꓧᎻ𐌷',
  j: 'јЈϳȷᴊꓙᎫ',
  k: 'кКκΚᴋꓗᏦ',
  // I, l, 1 and | are one stroke in most typefaces; i goes with its capital.
  l: 'iI1|!ıіІїιΙӏӀłŁꓲʟɪƚꓡᏞᎥ',
  m: 'мМΜᴍɱꓟᎷ',
  n: 'пηΝոɴиИɲɳŋꓠ',
  o: 'оОοΟσøØօᴏ0ꓳ',
  p: 'рРρΡþÞᴘꓑᏢ',
  q: 'ԛգ',
  r: 'гГяЯʀꓣᎡᏒ',
  s: 'ѕЅꜱ5$ʂꓢᏚ',
  t: 'тТτΤŧŦᴛ7ꓔᎢ',
  u: 'υսᴜμꓴ',
  v: 'νѵѴᴠꓦᏙ',
  w: 'ԝшШωᴡꓪᎳ',
  x: 'хХχΧꓫ',
  y: 'уУүγΥʏꓬᎩ',
  z: 'ζΖᴢꓜᏃ',
  ae: 'æÆ',
  oe: 'œŒ',
  ss: 'ßẞ',
};

const LATIN: ReadonlyMap<string, string> = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);

/** Where alphabets of symbols begin that no normalisation turns into letters: circled, then squared on black, flags' halves. */
const SYMBOL_ALPHABETS = [0x1f150, 0x1f170, 0x1f1e6];

/**
 * Compatibility forms (fullwidth, mathematical, circled) become plain letters, accents of European scripts and look-alikes
 * become the Latin letter they pass for, case and everything between letters and digits goes.
 * A name without any letter or digit is its own skeleton.
 */
export function skeletonOf(name: string): string {
  const bare = name.normalize('NFKD').replace(/[\u0300-\u036f]/gu, '');
  const latin = Array.from(bare, (character) => LATIN.get(character) ?? letterOf(character)).join('');
  const folded = Array.from(latin.toLowerCase(), (character) => LATIN.get(character) ?? character).join('');
  const shape = folded
    .replace(/[^\p{L}\p{N}\p{M}]|\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
  return shape === '' ? name.normalize('NFKC').replace(/\s/gu, '') : shape;
}

function letterOf(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  const first = SYMBOL_ALPHABETS.find((start) => codePoint >= start && codePoint < start + 26);
  return first === undefined ? character : String.fromCharCode(0x61 + codePoint - first);
}
