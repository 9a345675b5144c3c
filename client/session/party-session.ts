/** A fan's session: the seat in a section, and what the page reads and says through it. */
import { signal } from '@preact/signals';
import type { BackoffRule } from '../../core/backoff.ts';
import { PartyError } from '../../core/errors.ts';
import { SectionState } from '../../schemas/section-state.ts';
import { Attendance } from './attendance.ts';
import type { SessionDeps } from './attendance-options.ts';
import { Chat } from './chat.ts';
import { callsBy } from './door-call.ts';
import type { OwnLine } from './line-log.ts';
import { NO_PAGE } from './page.ts';
import { partyView } from './party-view.ts';
import { tapBatch } from './tap-batch.ts';
import type { PartySession, PartyView } from './types.ts';

export type { SessionDeps } from './attendance-options.ts';

/** A killed process's fans come back over these five seconds. */
export const FAN_RETURN: BackoffRule = { baseMs: 5_000, capMs: 20_000 };
/** A crowd that asks silent doors again at once keeps them from ever getting through it: they hear out those alone who still wait. */
export const FAN_SILENT: BackoffRule = { baseMs: 10_000, capMs: 120_000 };
const MAX_ERROR_MS = 60_000;

/** A session for the event `slug`; nothing happens before `load` or `enter`. */
export function createPartySession(deps: SessionDeps): PartySession {
  const { clock, random } = deps;
  const view = signal<PartyView | null>(null);
  const fan = signal<{ readonly id: string; readonly name: string } | null>(null);
  const chat = new Chat();
  /** Kept for as long as the page lives: an identity for origins that do not see the cookie. */
  let fanToken: string | null = null;
  let marked = false;
  let errorMs: number | undefined;

  const attendance = new Attendance<SectionState>(
    { ...deps, call: callsBy(deps.fetch), page: deps.page ?? NO_PAGE },
    {
      stateClass: SectionState,
      returnRule: FAN_RETURN,
      silentRule: FAN_SILENT,
      bearer: () => fanToken,
      isPlaying: () => view.value?.playback.status === 'playing',
      takeErrorMs: () => {
        const taken = errorMs;
        errorMs = undefined;
        return taken;
      },
      onSeat: (granted) => {
        fanToken = granted.fan.token;
        marked = granted.marked;
        fan.value = { id: granted.fan.id, name: granted.fan.name };
        chat.newSeat();
      },
      onState: (state) => {
        view.value = partyView(state, view.value);
        chat.merge(state, fan.value?.id ?? null);
      },
    },
  );
  const taps = tapBatch(clock, (emoji, count) => {
    // A reaction that is lost or refused is not worth a word.
    attendance.seat?.ask('react', { emoji, count }).catch(() => {});
  });
  const newKey = () => `${Math.floor(clock.nowMs()).toString(36)}-${random().toString(36).slice(2, 12)}`;

  return {
    phase: attendance.phase,
    event: attendance.event,
    view,
    lines: chat.lines,
    fan,
    clock: attendance.eventClock,
    load: () => attendance.load(),
    enter: (name) => attendance.enter(() => ({ name })),
    async say(text, replyTo = '') {
      const me = fan.value;
      if (!me) throw new PartyError('unavailable', 'You are not in yet.');
      const atMs = attendance.eventClock.nowMs();
      await chat.say(attendance, { key: newKey(), fanId: me.id, name: me.name, role: 'fan', text, atMs, replyTo });
    },
    async retry(lineId) {
      const line: OwnLine | undefined = chat.refusedLine(lineId);
      if (line) await chat.say(attendance, { ...line, atMs: attendance.eventClock.nowMs() });
    },
    dismiss: (lineId) => chat.dismiss(lineId),
    holdLines: (isHeld) => chat.hold(isHeld),
    react: (emoji) => taps.tap(emoji),
    async report(lineId, reason) {
      const seat = attendance.seat;
      if (!seat) throw new PartyError('unavailable', 'You are not connected right now.');
      await seat.ask('report', { lineId, reason });
    },
    reportSyncError(heardLessPlayheadMs) {
      if (marked && Math.abs(heardLessPlayheadMs) <= MAX_ERROR_MS) errorMs = heardLessPlayheadMs;
    },
    leave() {
      taps.dispose();
      attendance.leave();
    },
  };
}
