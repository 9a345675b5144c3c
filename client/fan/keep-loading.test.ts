import assert from 'node:assert/strict';
import { PartyError } from '../../core/errors.ts';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { keepLoading, type LoadProblem } from './keep-loading.ts';

function atDoors(answers: readonly (Error | null)[]) {
  const clock = manualClock();
  const script = [...answers];
  const said: LoadProblem[] = [];
  let asked = 0;
  const load = async () => {
    asked++;
    const answer = script.shift() ?? null;
    if (answer) throw answer;
  };
  const stop = keepLoading({ session: { load }, clock, random: () => 0.5 }, (problem) => said.push(problem));
  return { clock, said, stop, asked: () => asked };
}

describe('the first look at the event', () => {
  const away = new PartyError('unavailable', 'away');

  it('PS17 is repeated by itself until somebody answers, and says so meanwhile', async () => {
    const { clock, said, asked } = atDoors([away, new TypeError('nonsense'), null]);
    await clock.advance(10_000);
    assert.deepEqual(said, ['silent', 'silent', null]);
    assert.equal(asked(), 3);
  });

  it('PS17 is not repeated for an event that there is not, nor once nobody wants it', async () => {
    const gone = atDoors([new PartyError('unknown_event', 'no'), null]);
    await gone.clock.advance(60_000);
    assert.deepEqual(gone.said, ['unknown']);
    const left = atDoors([away, null]);
    await left.clock.advance(0);
    left.stop();
    await left.clock.advance(60_000);
    assert.equal(left.asked(), 1);
  });
});
