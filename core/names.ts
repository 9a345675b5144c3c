/** Which names a guest may carry: readable, visible, and nobody else's of note. */
import { NAME_MAX_CHARS } from '../schemas/limits.ts';
import { PartyError } from './errors.ts';
import { skeletonOf } from './names-skeleton.ts';

/** As many marks as any living script puts on one letter; more is a tower of them. */
const MARKS_MAX_IN_A_ROW = 4;

/** Joiners are letters' business in Persian and Hindi, and emoji's; the selector chooses emoji's colours. */
const JOINERS =
  /(?<=[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])[\u200c\u200d](?=[\p{L}\p{Extended_Pictographic}])/gu;
const EMOJI_STYLE = /(?<=[\p{Emoji}])\ufe0f/gu;
/** Controls, direction overrides, fillers, private and unassigned characters, and whatever else draws nothing. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
const TOWER = new RegExp(`\\p{M}{${MARKS_MAX_IN_A_ROW + 1}}`, 'u');

/** A name that can be used, or why it cannot. */
export type NameVerdict = { readonly name: string } | { readonly problem: string };

/**
 * `takenNames` (staff, reserved words) may not be taken nor imitated: neither in another case, nor with look-alike letters.
 * The name comes back in NFC, trimmed, with single spaces.
 */
export function judgeName(raw: string, takenNames: readonly string[]): NameVerdict {
  const name = raw
    .normalize('NFC')
    .replace(/\p{Zs}+/gu, ' ')
    .trim();
  if (name === '') return { problem: 'Please choose a name.' };
  if (name.length > NAME_MAX_CHARS) return { problem: `A name has at most ${NAME_MAX_CHARS} characters.` };
  if (UNSEEN.test(name.replace(JOINERS, '').replace(EMOJI_STYLE, ''))) {
    return { problem: 'The name contains characters that cannot be seen.' };
  }
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(name) || /^\p{M}/u.test(name)) {
    return { problem: 'The name needs something that can be seen.' };
  }
  if (TOWER.test(name)) return { problem: 'The name has too many marks on one letter.' };
  const skeleton = skeletonOf(name);
  if (takenNames.some((taken) => skeletonOfTaken(taken) === skeleton)) {
    return { problem: 'That name is taken, or looks like one that is.' };
  }
  return { name };
}

/** Names that are taken are few, and asked about with every fan who comes. */
const TAKEN_MAX = 1_000;
const taken = new Map<string, string>();

function skeletonOfTaken(name: string): string {
  const known = taken.get(name);
  if (known !== undefined) return known;
  if (taken.size >= TAKEN_MAX) taken.clear();
  const skeleton = skeletonOf(name);
  taken.set(name, skeleton);
  return skeleton;
}

/** The cleaned name; throws `PartyError('bad_name')` with the reason. */
export function checkName(raw: string, takenNames: readonly string[]): string {
  const verdict = judgeName(raw, takenNames);
  if ('problem' in verdict) throw new PartyError('bad_name', verdict.problem);
  return verdict.name;
}
