import assert from 'node:assert/strict';
import { signal } from '@preact/signals';
import { PartyError } from '../../core/errors.ts';
import type { CommandName } from '../../schemas/commands.ts';
import { TrackId } from '../../schemas/ids.ts';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { hostEn } from '../i18n/host-en.ts';
import type { StaffSession, StageView } from '../session/staff-types.ts';
import { Desk } from './desk.ts';

/** A stage that answers when it is told to. */
function simulatedStage() {
  const clock = manualClock();
  const given: { readonly name: CommandName; readonly payload: unknown }[] = [];
  const answers: ((answer: { revision: number } | PartyError) => void)[] = [];
  const showing = (revision: number) => ({ next: null, playback: { revision } }) as StageView;
  const view = signal<StageView | null>(showing(4));
  const command = (name: CommandName, payload: unknown) =>
    new Promise((resolve, reject) => {
      given.push({ name, payload });
      answers.push((answer) => (answer instanceof PartyError ? reject(answer) : resolve(answer)));
    });
  const session = { view, command } as unknown as StaffSession;
  return {
    desk: new Desk(session, clock),
    clock,
    given,
    answer: (answer: { revision: number } | PartyError) => answers.shift()?.(answer),
    show: (revision: number) => {
      view.value = showing(revision);
    },
  };
}

const trackId = TrackId.parse('trk_00000000000a');

describe('the desk', () => {
  it('HC13 gives a command once, however often it is pressed while it is under way', async () => {
    const { desk, given, answer } = simulatedStage();
    const presses = [desk.run('play', {}), desk.run('play', {})];
    assert.ok(desk.isUnderWay('play'));
    assert.ok(!desk.isUnderWay('play-track'), 'another one is another one');
    answer({ revision: 5 });
    assert.deepEqual(await Promise.all(presses), [{ revision: 5 }, { revision: 5 }]);
    assert.equal(given.length, 1);
    assert.ok(!desk.isUnderWay('play'));
    const third = desk.run('play', {});
    assert.equal(given.length, 2, 'afterwards it is meant again');
    answer({ revision: 5 });
    await third;
  });

  it('HC13 is under way until the screen shows what came of it, or for a second', async () => {
    const { desk, clock, given, answer, show } = simulatedStage();
    const first = desk.run('skip', {});
    answer({ revision: 5 });
    await clock.advance(200);
    const impatient = desk.run('skip', {});
    assert.equal(given.length, 1);
    show(5);
    await Promise.all([first, impatient]);
    const second = desk.run('skip', {});
    assert.equal(given.length, 2);
    answer({ revision: 6 });
    await clock.advance(1_000);
    await second;
    assert.ok(!desk.isUnderWay('skip'));
  });

  it('HC14 says which timeline is meant, where two hosts could mean different ones', async () => {
    const { desk, given, answer } = simulatedStage();
    const presses = [
      desk.run('skip', {}),
      desk.run('previous', {}),
      desk.run('seek', { toMs: 5_000 }),
      desk.run('remove-track', { trackId }),
      desk.run('move-track', { trackId, toIndex: 1 }),
      desk.run('pause', {}),
    ];
    for (const _ of presses) answer({ revision: 4 });
    await Promise.all(presses);
    assert.deepEqual(
      given.map(({ payload }) => payload),
      [
        { revision: 4 },
        { revision: 4 },
        { toMs: 5_000, revision: 4 },
        { trackId, revision: 4 },
        { trackId, toIndex: 1, revision: 4 },
        {},
      ],
    );
  });

  it('HC14 says in words that somebody was quicker', async () => {
    const { desk, answer } = simulatedStage();
    const skip = desk.run('skip', {});
    answer(new PartyError('stale_revision', 'The timeline has changed since you looked; look again.'));
    assert.equal(await skip, undefined);
    assert.deepEqual(desk.toasts.value, [{ text: hostEn.staleRevision, bad: true, undo: null }]);
  });

  it('HC6 keeps a way back on offer, whatever is refused or said meanwhile', async () => {
    const { desk, clock } = simulatedStage();
    const undo = () => {};
    const texts = () => desk.toasts.value.map(({ text }) => text);
    desk.say('Ada is muted', undo);
    desk.refuse('no');
    desk.refuse('no again');
    assert.deepEqual(texts(), ['Ada is muted', 'no again']);
    await clock.advance(5_000);
    assert.deepEqual(texts(), ['Ada is muted']);
    desk.say('Ben is muted', undo);
    await clock.advance(11_000);
    assert.deepEqual(texts(), ['Ben is muted'], 'the next one has its whole time');
    await clock.advance(1_000);
    assert.deepEqual(texts(), []);
  });

  it('HC6 forgets a message that was dismissed', async () => {
    const { desk, clock } = simulatedStage();
    desk.refuse('no');
    const [toast] = desk.toasts.value;
    assert.ok(toast);
    desk.dismiss(toast);
    assert.deepEqual(desk.toasts.value, []);
    await clock.advance(5_000);
    assert.deepEqual(desk.toasts.value, []);
  });
});
