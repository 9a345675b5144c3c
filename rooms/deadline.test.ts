import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { manualClock } from '../tests/support/manual-clock.ts';
import { withDeadline } from './deadline.ts';

/** A clock whose process is so busy that every timer is `lagMs` late. */
function busy(lagMs: number) {
  const clock = manualClock();
  return { ...clock, after: (delayMs: number, task: () => void) => clock.after(delayMs + lagMs, task) };
}

/** The answer, or `waiting` while there is none. */
const settled = (answer: Promise<string> | undefined) => Promise.race([answer ?? never, Promise.resolve('waiting')]);
const late = async () => 'late';
const never = new Promise<string>(() => undefined);

describe('deadline', () => {
  it('PG5 answers in time, whoever does not', async () => {
    const clock = manualClock();
    const answer = withDeadline(clock, never, late, 500);
    await clock.advance(499);
    assert.equal(await settled(answer), 'waiting');
    await clock.advance(1);
    assert.equal(await settled(answer), 'late');
    assert.equal(await withDeadline(clock, Promise.resolve('in time'), late, 500), 'in time');
  });

  it('PG19 calls nobody late whose answer a busy process has not had the turns to look at', async () => {
    const clock = busy(200);
    const { promise, resolve } = Promise.withResolvers<string>();
    const answers = [withDeadline(clock, promise, late, 500), withDeadline(clock, never, late, 500)];
    await clock.advance(2_000);
    resolve('came meanwhile');
    assert.equal(await answers[0], 'came meanwhile');
    await clock.advance(499);
    assert.equal(await settled(answers[1]), 'waiting');
    await clock.advance(1);
    assert.equal(await settled(answers[1]), 'late');
  });
});
