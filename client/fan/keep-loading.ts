/** The first look at the event, repeated until somebody answers. */
import { type BackoffRule, backoffMs } from '../../core/backoff.ts';
import { PartyError } from '../../core/errors.ts';
import { background } from '../ui/background.ts';
import type { Party } from './party.ts';

/** `silent`: nobody answers yet. */
export type LoadProblem = 'unknown' | 'silent' | null;

const RULE: BackoffRule = { baseMs: 2_000, capMs: 15_000 };

/** Says how it goes; call the result to stop. */
export function keepLoading(
  { session, clock, random }: Pick<Party, 'clock' | 'random'> & { readonly session: Pick<Party['session'], 'load'> },
  say: (problem: LoadProblem) => void,
): () => void {
  let isStopped = false;
  let cancel = () => {};
  const load = async (failures: number): Promise<void> => {
    const problem = await session.load().then(() => null, problemOf);
    if (isStopped) return;
    say(problem);
    if (problem === 'silent') cancel = clock.after(backoffMs(failures, RULE, random), () => background(load(failures + 1)));
  };
  background(load(0));
  return () => {
    isStopped = true;
    cancel();
  };
}

function problemOf(error: unknown): LoadProblem {
  return error instanceof PartyError && error.code === 'unknown_event' ? 'unknown' : 'silent';
}
