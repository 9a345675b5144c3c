/** A host who does not give up: a console tries each command for some seconds, which a crowded machine may not be done in. */
import { PartyError } from '../../core/errors.ts';
import { until } from '../support/until.ts';

const PATIENCE_MS = 30_000;

/** Gives the command until the stage answers it; resolves with the answer. */
export async function untilTaken<Answer>(give: () => Promise<Answer>): Promise<Answer> {
  let answer: { readonly value: Answer } | undefined;
  await until(
    'the stage takes a command',
    async () => {
      try {
        answer = { value: await give() };
      } catch (error) {
        if (!(error instanceof PartyError) || error.code !== 'stage_unavailable') throw error;
      }
      return answer !== undefined;
    },
    PATIENCE_MS,
  );
  if (answer === undefined) throw new Error('the stage answered nothing');
  return answer.value;
}
