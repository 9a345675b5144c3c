/** What a refusal says in the current language. */
import { PartyError } from '../../core/errors.ts';
import { messages } from './language.ts';

/** Our translation of the code, else the message that came with it; something honest for what is no refusal at all. */
export function refusalText(error: unknown): string {
  if (!(error instanceof PartyError)) return messages.value.unreachableTitle;
  return messages.value.refusals[error.code] ?? error.message;
}
