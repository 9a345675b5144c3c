/**
 * Gets a seat and keeps one: doors, line, seat, and back to doors when it is lost. What fans and staff share.
 * Close codes decide what follows a lost seat; the wait before doors is spread so that a crowd does not return as one.
 */

import { type ReadonlySignal, signal } from '@preact/signals';
import { type BackoffRule, jitterMs } from '../../core/backoff.ts';
import { PartyError } from '../../core/errors.ts';
import { assertNever } from '../../core/invariant.ts';
import type { EventSummary, TicketGranted, TicketRequest } from '../../schemas/http.ts';
import { PROTOCOL_VERSION } from '../../schemas/protocol.ts';
import { AskAgain, DOORS_FAILED, SILENT_IN_LINE } from './ask-again.ts';
import type { AttendanceDeps, AttendanceOptions } from './attendance-options.ts';
import { deferred } from './deferred.ts';
import { DoorList } from './door-order.ts';
import { askDoors, type DoorsDeps, loadEvent } from './doors.ts';
import { awaitDoors } from './doors-wait.ts';
import { EventClock, Heartbeat } from './event-clock.ts';
import { nap } from './nap.ts';
import { afterRefusal, closedBy, closedByCode, isNews } from './refusals.ts';
import { returnWaitMs } from './return-wait.ts';
import { type Seat, type SeatEnd, takeSeat } from './seat.ts';
import type { SessionPhase } from './types.ts';

/** When no doors have answered this many times in a row, the page says so. */
const SILENT_AFTER = 3;
const LINE_JITTER = 0.15;
const RELOADED_KEY = 'front-row:reloaded-for';

export class Attendance<State> {
  readonly phase: ReadonlySignal<SessionPhase>;
  readonly event: ReadonlySignal<EventSummary | null>;
  readonly eventClock: EventClock;
  readonly #phase = signal<SessionPhase>({ kind: 'idle' });
  readonly #event = signal<EventSummary | null>(null);
  readonly #deps: AttendanceDeps;
  readonly #doors: DoorsDeps;
  readonly #options: AttendanceOptions<State>;
  readonly #doorList: DoorList;
  #seat: Seat | null = null;
  #run: AbortController | null = null;
  #lineToken: string | undefined;
  /** Whether the last seat was given up because nobody answered on it, rather than closed. */
  #fellSilent = false;

  constructor(deps: AttendanceDeps, options: AttendanceOptions<State>) {
    this.#deps = deps;
    const { clock, call, slug, origin } = deps;
    this.#doorList = new DoorList(origin, deps.random());
    this.#doors = { clock, call, slug, isNamed: (asked) => this.#doorList.isNamed(asked) };
    this.#options = options;
    this.phase = this.#phase;
    this.event = this.#event;
    this.eventClock = new EventClock(deps.clock, options.isPlaying);
  }

  /** The seat while it is live, else null. */
  get seat(): Seat | null {
    return this.#phase.value.kind === 'live' ? this.#seat : null;
  }

  /** Resolves with true once this very seat is live, with false once it is lost for good. */
  async regained(seat: Seat): Promise<boolean> {
    const { promise, resolve } = deferred<boolean>();
    const stop = this.phase.subscribe(({ kind }) => {
      if (this.#seat !== seat || kind === 'closed') resolve(false);
      else if (kind === 'live') resolve(true);
    });
    return await Promise.race([promise, seat.ended.then(() => false)]).finally(stop);
  }

  async load(signal = new AbortController().signal): Promise<void> {
    const reply = await loadEvent(this.#doors, this.#doorList.origins, signal);
    this.eventClock.addReply(reply);
    this.#event.value = reply.value;
    this.#doorList.learn(reply.value.doors);
    if (this.#checkProtocol(reply.value.protocol) && reply.value.state === 'ended')
      this.#close(closedBy('ended', 'The party is over.'));
  }

  /** `body` is what doors are asked with, each time. Resolves when live or closed. Rejects with the coded refusal when what was sent is at fault; then all is idle again. */
  async enter(body: () => TicketRequest): Promise<void> {
    this.#run?.abort();
    const run = new AbortController();
    this.#run = run;
    this.#lineToken = undefined;
    this.#phase.value = { kind: 'joining', attempt: 0, isSilent: false };
    const { promise, resolve, reject } = deferred<void>();
    const stop = this.phase.subscribe((phase) => {
      if (phase.kind === 'live' || phase.kind === 'closed') resolve();
    });
    this.#attend(body, run.signal).catch((error: unknown) => {
      if (this.#run === run) this.#phase.value = { kind: 'idle' };
      reject(error instanceof Error ? error : new Error(String(error)));
    });
    await promise.finally(stop);
  }

  leave(): void {
    this.#close(closedBy('left', 'You left the party.'));
  }

  async #attend(body: () => TicketRequest, signal: AbortSignal): Promise<void> {
    const { random } = this.#deps;
    let lostAtMs: number | null = null;
    for (let attempt = 0; !signal.aborted; ) {
      const begin = (isSilent = false): SessionPhase =>
        lostAtMs === null
          ? { kind: 'joining', attempt, isSilent }
          : { kind: 'reconnecting', attempt, sinceMs: lostAtMs, isSilent };
      const granted = await this.#ticket(body, begin, lostAtMs !== null, signal);
      if (!granted) return;
      let wasLive = false;
      const end = await this.#sit(granted.origin, granted.ticket, signal, () => {
        wasLive = true;
        lostAtMs = null;
      });
      if (signal.aborted) return;
      attempt = wasLive ? 0 : attempt + 1;
      if (wasLive) lostAtMs = this.eventClock.nowMs();
      const lost = { code: end.code, fellSilent: this.#fellSilent, attempt };
      const waitMs = returnWaitMs(lost, this.#options.returnRule, random);
      if (waitMs === null) return this.#close(closedByCode(end, this.eventClock.nowMs()));
      this.#phase.value = begin();
      await nap(this.#deps.clock, waitMs, signal);
    }
  }

  /** Asks doors until they grant; undefined when closed. */
  async #ticket(
    body: () => TicketRequest,
    begin: (isSilent?: boolean) => SessionPhase,
    returning: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly origin: string; readonly ticket: TicketGranted } | undefined> {
    const { clock, random, page } = this.#deps;
    const again = new AskAgain();
    let silences = 0;
    for (;;) {
      const isSilent = silences >= SILENT_AFTER;
      const { kind } = this.#phase.value;
      if (isSilent || (kind !== 'in-line' && kind !== 'doors-closed')) this.#phase.value = begin(isSilent);
      const request = { ...body(), ...(this.#lineToken ? { lineToken: this.#lineToken } : {}) };
      const answer = await askDoors(this.#doors, this.#doorList.origins, request, this.#options.bearer(), signal);
      if (signal.aborted) return undefined;
      silences = answer.kind === 'unreachable' ? silences + 1 : 0;
      switch (answer.kind) {
        case 'granted': {
          const { value } = answer.reply;
          this.#lineToken = undefined;
          this.eventClock.addReply(answer.reply);
          this.#doorList.learn(value.doors);
          if (!this.#checkProtocol(value.protocol)) return undefined;
          return { origin: answer.origin, ticket: value };
        }
        case 'in-line': {
          const { placeInLine, retryInMs, lineToken } = answer.line;
          this.#doorList.stayWith(answer.asked, retryInMs);
          const waitMs = jitterMs(retryInMs, LINE_JITTER, random);
          this.#lineToken = lineToken;
          const retryAtMs = this.eventClock.nowMs() + waitMs;
          this.#phase.value = { kind: 'in-line', place: placeInLine, retryAtMs, wasIn: returning };
          again.begin();
          await nap(clock, waitMs, signal);
          break;
        }
        case 'unreachable': {
          if (silences >= SILENT_AFTER) this.#phase.value = begin(true);
          this.#doorList.passOver(answer.asked);
          const rule = answer.fellSilent ? this.#silentRule(returning) : DOORS_FAILED;
          await nap(clock, (answer.retryInMs ?? 0) + again.waitMs(rule, random), signal, page);
          break;
        }
        case 'refused': {
          const known = { event: this.event.value, nowMs: this.eventClock.nowMs() };
          if (!returning && isNews(answer.error, known)) await this.#look(signal);
          if (signal.aborted) return undefined;
          const next = afterRefusal(answer.error, { event: this.event.value, nowMs: this.eventClock.nowMs(), returning });
          if (next.kind === 'give-back') throw answer.error;
          if (next.kind === 'closed') {
            this.#close(next);
            return undefined;
          }
          if (next.kind === 'before-doors') await this.#awaitDoors(next.doorsAtMs, signal);
          else {
            // It may be this one alone that too many ask.
            if (answer.error.code === 'rate_limited') this.#doorList.passOver(answer.asked);
            const waitMs = next.waitMs + again.waitMs(DOORS_FAILED, random);
            if (next.kind === 'doors-closed')
              this.#phase.value = { kind: 'doors-closed', retryAtMs: this.eventClock.nowMs() + waitMs };
            await nap(clock, waitMs, signal);
          }
          break;
        }
        default:
          assertNever(answer);
      }
      if (signal.aborted) return undefined;
    }
  }

  #silentRule(returning: boolean): BackoffRule {
    const { returnRule, silentRule } = this.#options;
    if (returning) return returnRule;
    return this.#lineToken ? SILENT_IN_LINE : silentRule;
  }

  async #awaitDoors(doorsAtMs: number, signal: AbortSignal): Promise<void> {
    const { clock, random, page } = this.#deps;
    const eventNowMs = () => this.eventClock.nowMs();
    const onMoment = (momentMs: number) => {
      this.#phase.value = { kind: 'before-doors', doorsAtMs: momentMs };
    };
    const look = async () => {
      const event = await this.#look(signal);
      return event && (event.state === 'before' ? event.doorsAtMs : eventNowMs());
    };
    await awaitDoors({ clock, random, page, eventNowMs, onMoment, look }, doorsAtMs, signal);
  }

  /** The event as it is now, which sets the clock as well; null when nobody says. */
  async #look(signal: AbortSignal): Promise<EventSummary | null> {
    try {
      await this.load(signal);
    } catch (error) {
      if (!(error instanceof PartyError)) throw error;
      return null;
    }
    return this.event.value;
  }

  /** Sits until the seat is lost. */
  async #sit(origin: string, granted: TicketGranted, signal: AbortSignal, onLive: () => void): Promise<SeatEnd> {
    const { clock, random, page } = this.#deps;
    let heartbeat: Heartbeat | null = null;
    const quiet = () => {
      heartbeat?.stop();
      heartbeat = null;
    };
    this.#options.onSeat(granted);
    this.#fellSilent = false;
    const take = this.#options.takeSeat ?? takeSeat<State>;
    const seat = take({ clock, random }, origin, granted, this.#options.stateClass, {
      onState: (state) => {
        this.#options.onState(state);
        if (heartbeat) return;
        this.#fellSilent = false;
        onLive();
        this.eventClock.rejoined();
        const { eventClock } = this;
        const drop = () => {
          this.#fellSilent = true;
          seat.drop();
        };
        const { takeErrorMs } = this.#options;
        const ask = <Answer>(...question: Parameters<Seat['ask']>) => seat.ask<Answer>(...question);
        heartbeat = new Heartbeat(
          { clock, random, page, eventClock, takeErrorMs },
          { ask, drop, heardAtMs: () => seat.heardAtMs },
        );
        this.#phase.value = { kind: 'live' };
      },
      onDrop: () => {
        quiet();
        this.#phase.value = { kind: 'reconnecting', attempt: 0, sinceMs: this.eventClock.nowMs(), isSilent: false };
      },
    });
    this.#seat = seat;
    const leave = () => seat.leave();
    signal.addEventListener('abort', leave);
    const end = await seat.ended;
    signal.removeEventListener('abort', leave);
    quiet();
    if (this.#seat === seat) this.#seat = null;
    if (this.#fellSilent) this.#doorList.avoid(granted.seat.publicAddress ?? new URL(origin).host);
    return end;
  }

  #close(phase: SessionPhase): void {
    this.#phase.value = phase;
    this.#run?.abort();
  }

  /** A page of another version reloads itself, once per version. Returns whether the versions agree. */
  #checkProtocol(version: number): boolean {
    const { storage, page } = this.#deps;
    if (version === PROTOCOL_VERSION) return true;
    const reloaded = storage.getItem(RELOADED_KEY) === String(version);
    this.#close(closedBy('outdated', 'This page is out of date. Please reload it.'));
    if (!reloaded) {
      storage.setItem(RELOADED_KEY, String(version));
      page.reload();
    }
    return false;
  }
}
