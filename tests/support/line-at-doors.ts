/** A line at the doors of a house, whichever of its processes answers. */
import { askForTicket } from './stranger.ts';
import { until } from './until.ts';

/** More in a row than a front asks one process. */
const IN_A_ROW = 3;
const ARRIVALS_EVERY_MS = 400;

/** People who never come back keep arriving, more than are let in (ADMISSIONS_PER_S: 1); resolves once everybody has to wait. Dispose: no more arrive. */
export async function lineUp({ origin, slug }: { readonly origin: string; readonly slug: string }): Promise<AsyncDisposable> {
  let [waiting, isOver] = [0, false];
  const arrive = async () => {
    while (!isOver) {
      const { status } = await askForTicket(origin, slug, { name: 'Early' });
      waiting = status === 202 ? waiting + 1 : 0;
      if (waiting >= IN_A_ROW) await new Promise((resolve) => setTimeout(resolve, ARRIVALS_EVERY_MS));
    }
  };
  const arriving = arrive();
  const end = async () => {
    isOver = true;
    await arriving;
  };
  await until('there is a line', () => waiting >= IN_A_ROW, 20_000).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return { [Symbol.asyncDispose]: end };
}
