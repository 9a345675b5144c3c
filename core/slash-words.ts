/** How a typed command falls into words. */
import { PartyError } from './errors.ts';

export interface Taken {
  readonly word: string;
  /** '' and quoted is an empty word; '' and not quoted is none. */
  readonly quoted: boolean;
  readonly rest: string;
}

/** A word, or several in quotes; an `@` may stand before either quote or name. */
const WORD = /^(@?)(?:"([^"]*)"|“([^”]*)”|((?!@?["“])\S+))(?=\s|$)/u;

/** The next word and what follows it. Refuses a quotation that does not end where a word does. */
export function takeWord(text: string): Taken {
  const input = text.trimStart();
  if (input === '') return { word: '', quoted: false, rest: '' };
  const match = WORD.exec(input);
  if (match === null) throw new PartyError('bad_payload', `A quotation is not closed: ${input}`);
  const [all, at = '', straight, curly, plain] = match;
  return { word: at + (plain ?? straight ?? curly ?? ''), quoted: plain === undefined, rest: input.slice(all.length) };
}

/** All that is left, without the quotes when it is one quotation. */
export function takeRest(text: string): Taken {
  const word = text.trim();
  const quotation = /^(?:"([^"]*)"|“([^”]*)”)$/u.exec(word);
  if (quotation === null) return { word, quoted: false, rest: '' };
  return { word: quotation[1] ?? quotation[2] ?? '', quoted: true, rest: '' };
}
