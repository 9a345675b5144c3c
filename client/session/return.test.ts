import assert from 'node:assert/strict';
import { PROTOCOL_VERSION } from '../../schemas/protocol.ts';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { inLine, type Said, SILENT, said } from '../../tests/support/scripted-doors.ts';
import { Attendance } from './attendance.ts';
import { deferred } from './deferred.ts';
import { callsBy } from './door-call.ts';
import { memoryStorage } from './memory-storage.ts';
import { NO_PAGE } from './page.ts';
import type { SeatEnd } from './seat.ts';

const GRANTED = {
  status: 201,
  body: {
    ticket: 'ticket',
    seat: { name: 'section', sessionId: 's', roomId: 'r', processId: 'p' },
    fan: { id: 'fan_1', token: 'token', name: 'Ada' },
    serverTimeMs: 1_000_000,
    doors: [],
    marked: false,
    protocol: PROTOCOL_VERSION,
  },
};
const AWAY = { status: 503, body: { code: 'unavailable', message: 'busy' } };
const SHUT = { status: 403, body: { code: 'doors_closed', message: 'closed', retryInMs: 20_000 } };

/** A fan in a seat, and what doors will say once it is lost. */
async function seated(script: readonly Said[]) {
  const clock = manualClock();
  const answers = [GRANTED, ...script];
  let lose: (end: SeatEnd) => void = () => {};
  const attendance = new Attendance<object>(
    {
      slug: 'demo',
      origin: 'http://one',
      clock,
      random: () => 0.5,
      storage: memoryStorage(),
      call: callsBy((_url, init) => said(answers.shift() ?? AWAY, init)),
      page: NO_PAGE,
    },
    {
      stateClass: Object,
      returnRule: { baseMs: 1_000, capMs: 1_000 },
      silentRule: { baseMs: 60_000, capMs: 60_000 },
      bearer: () => null,
      isPlaying: () => true,
      takeErrorMs: () => undefined,
      onSeat: () => {},
      onState: () => {},
      takeSeat: (_deps, _origin, _granted, _stateClass, hooks) => {
        const { promise: ended, resolve } = deferred<SeatEnd>();
        lose = resolve;
        clock.after(0, () => hooks.onState({}));
        const ask = async <Answer>() => ({ t1: clock.nowMs(), t2: clock.nowMs() }) as Answer;
        return { ended, ask, drop: () => {}, leave: () => {}, heardAtMs: clock.nowMs() };
      },
    },
  );
  const entered = attendance.enter(() => ({ name: 'Ada' }));
  await clock.advance(10);
  await entered;
  assert.equal(attendance.phase.value.kind, 'live');
  return { clock, attendance, lose: () => lose({ code: 1006, refusal: null }) };
}

describe('the way back to a seat', () => {
  it('PS18 keeps in mind, in line, that the fan was in', async () => {
    const { clock, attendance, lose } = await seated([inLine(12), GRANTED]);
    lose();
    await clock.advance(1_000);
    const { phase } = attendance;
    assert.deepEqual(phase.value, { kind: 'in-line', place: 12, retryAtMs: 1_004_510, wasIn: true });
    await clock.advance(5_000);
    assert.equal(phase.value.kind, 'live');
  });

  it('PS3 waits for doors that a host closed meanwhile, and is let in again', async () => {
    const { clock, attendance, lose } = await seated([SHUT, SHUT, GRANTED]);
    lose();
    await clock.advance(30_000);
    assert.equal(attendance.phase.value.kind, 'reconnecting');
    await clock.advance(60_000);
    assert.equal(attendance.phase.value.kind, 'live');
  });

  it('PS20 does not keep whoever was in from asking silent doors again soon', async () => {
    const { clock, attendance, lose } = await seated([SILENT, SILENT, GRANTED]);
    lose();
    // Half a second, 8 s of silence, half a second, 8 s of silence, half a second.
    await clock.advance(17_300);
    assert.equal(attendance.phase.value.kind, 'reconnecting');
    await clock.advance(400);
    assert.equal(attendance.phase.value.kind, 'live');
  });

  it('PS17 says that nobody answers on the way back, too', async () => {
    const { clock, attendance, lose } = await seated([AWAY, AWAY, AWAY, AWAY, GRANTED]);
    lose();
    const isSilent = () => attendance.phase.value.kind === 'reconnecting' && attendance.phase.value.isSilent;
    await clock.advance(1_000);
    assert.equal(isSilent(), false);
    await clock.advance(3_000);
    assert.equal(isSilent(), true);
    await clock.advance(20_000);
    assert.equal(attendance.phase.value.kind, 'live');
  });
});
