/** What becomes of a line's text before anybody judges it, and what it then is: empty, emoji only, a link. */

/** Marks stacked on one character; no script that people write needs more. */
const MARKS_MAX = 4;

/** Reorder or hide what stands around them: overrides, embeddings, isolates, annotations, invisible operators. */
const DECEPTIVE = /[\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]/gu;
/** Tag characters spell hidden text, except within a flag. */
const TAGS = /(\u{1f3f4}[\u{e0020}-\u{e007e}]{1,6}\u{e007f})|[\u{e0000}-\u{e007f}]/gu;
const CONTROLS = /[\p{Cc}\p{Cs}]/gu;
const SPACES = /[\s\u0085]+/gu;
const STACKED = new RegExp(`((?:[\\p{Mn}\\p{Me}]\\p{Cf}*){${MARKS_MAX}})(?:[\\p{Mn}\\p{Me}]\\p{Cf}*)+`, 'gu');

/**
 * One line of visible text: NFC, whitespace and newlines collapsed to single spaces, controls, direction overrides
 * and hidden characters taken out, at most four marks on a character. Cleaning twice changes nothing.
 */
export function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replace(DECEPTIVE, '')
    .replace(TAGS, '$1')
    .replace(SPACES, ' ')
    .replace(CONTROLS, '')
    .normalize('NFC')
    .replace(STACKED, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Characters as people count them in limits: code points. */
export function charCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/**
 * The beginning of a text, at most `maxUnits` UTF-16 units, never half a character: the state's encoder gives a lone
 * surrogate another length than it writes, and whoever decodes that reads nonsense from there on.
 */
export function clipText(text: string, maxUnits: number): string {
  return text
    .slice(0, maxUnits)
    .replace(/[\ud800-\udbff]$/, '')
    .toWellFormed();
}

/** Whether something in it can be seen: not just spaces, fillers, joiners, or marks without a letter. */
export function isVisible(text: string): boolean {
  return /[^\s\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

/** Taken out one after the other: an alternation of the two would backtrack without end on a long line. */
const EMOJI = /\p{RGI_Emoji}/gv;
/** Hearts and the like as some keyboards send them, without their variation selector; signs that are text stay. */
const BARE_PICTOGRAPH = /[\p{Extended_Pictographic}--[©®™]][\ufe0e\ufe0f]?/gv;

/** Whether the line is emoji and spaces, and at least one emoji. */
export function isEmojiOnly(text: string): boolean {
  return text.trim() !== '' && text.replace(EMOJI, '').replace(BARE_PICTOGRAPH, '').trim() === '';
}

/** Endings that are hardly ever anything but a site's when written without a space around the dot. */
const SITE_ENDINGS = new Set(
  (
    'com net org info biz edu gov io gg tv app dev xyz shop store site online website link click top vip icu bet casino porn xxx sex ' +
    'ly co cc ru cn jp kr uk br au nl se pl fr ch eu ua cz gr hu fi dk pt tk ml ga cf gq su rs bg ro sk mx ar cl pe рф xn--p1ai'
  ).split(' '),
);

const SCHEME = /(?:[a-z][a-z0-9+.-]{1,20}:\/\/|\bwww\.|\b(?:mailto|javascript|data):)\S/iu;
/** Dots in disguise: full-width and ideographic ones, and `[.]`, `(dot)` between words. */
const DOTS = /[\u3002\uff0e\uff61\u2024]|\s?[[({]\s?(?:\.|dot)\s?[\])}]\s?/giu;
const HOST = /(?<![\p{L}\p{N}.-])([\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+)(:\d{2,5}|[/?#][^\s])?/gu;
/** A host whose ending could be a site's, and one in numbers. */
const NAMED = /\.(?:\p{L}{2,}|xn--[a-z0-9-]+)$/iu;
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/u;

/**
 * Whether the line holds a link: a scheme or `www.`; a dotted name one of whose endings is a common site ending
 * (`example.com`, `shop.example.co.uk`, `mail@example.org`); or any dotted name with a letter ending that a path or
 * port follows (`t.me/x`, `hello.world/x`). A missing space after a full stop (`hello.world`, `so good.it was`), a
 * number (`3.5`) and a file's name (`demo.mp3`) are not links.
 */
export function hasLink(text: string): boolean {
  if (SCHEME.test(text)) return true;
  const dotted = text.normalize('NFKC').replace(DOTS, '.');
  for (const match of dotted.matchAll(HOST)) {
    const [, host, path] = match as unknown as [string, string, string | undefined];
    const endings = host.toLowerCase().split('.').slice(1);
    if (endings.some((ending) => SITE_ENDINGS.has(ending))) return true;
    if (path !== undefined && (NAMED.test(host) || ADDRESS.test(host))) return true;
  }
  return false;
}

/**
 * A number that two lines share when they say the same thing: letter case, spaces, punctuation and drawn-out
 * letters (`sooo`) do not make a line new.
 */
export function likeness(text: string): number {
  const folded = text.normalize('NFKC').toLowerCase();
  const words = folded.replace(/[\s\p{P}\p{Cf}]+/gu, '').replace(/(\p{L})\1{2,}/gu, '$1$1');
  // cyrb53: 53 bits keep the author's memory small however long the lines are.
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const char of words === '' ? folded : words) {
    const code = char.codePointAt(0) as number;
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}
