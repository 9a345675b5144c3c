/** What every part of the console is given: the session, whom and what is selected, and one way to run a command. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import { atLeast } from '../../core/moderation.ts';
import type { Rank } from '../../schemas/chat.ts';
import { COMMANDS, type CommandName, type CommandPayload } from '../../schemas/commands.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { refusalText } from '../i18n/refusal-text.ts';
import { deferred } from '../session/deferred.ts';
import type { CommandAnswer, StaffSession, StageView } from '../session/staff-types.ts';

/** Someone a moderator looks at. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** A line that is selected, for `/pin this` and replies. */
export interface ChosenLine extends Person {
  readonly lineId: string;
  readonly text: string;
}

export interface Toast {
  readonly text: string;
  readonly bad: boolean;
  readonly undo: (() => void) | null;
}

/** What to say when a command worked, with the way back where there is one. */
interface Done {
  readonly text: string;
  readonly undo?: () => void;
}

export type PanelName = 'fan' | 'reports' | 'room' | 'pulse' | 'team' | 'log';

/** How long a message with nothing to undo stays; the other kind stays longer. */
const TOAST_MS = 5_000;
const UNDO_TOAST_MS = 12_000;
/** A cue that has not reached the screen by then came and went, or the stage did. */
const SHOWN_WITHIN_MS = 1_000;

/** Commands whose meaning depends on what is on the screen: of two hosts who press the same button at once, one is told so. */
const AS_SEEN: Partial<Readonly<Record<CommandName, true>>> = {
  previous: true,
  skip: true,
  seek: true,
  'remove-track': true,
  'move-track': true,
};

export class Desk {
  readonly session: StaffSession;
  readonly clock: Clock;
  readonly person: Signal<Person | null> = signal(null);
  readonly answering: Signal<ChosenLine | null> = signal(null);
  readonly panel: Signal<PanelName> = signal('room');
  /** The last invitation made here: `url` is good once. */
  readonly invitation: Signal<{ readonly name: string; readonly url: string } | null> = signal(null);
  /** At most two: one that can be undone, and one that cannot. */
  readonly toasts: ReadonlySignal<readonly Toast[]>;
  readonly #toasts = signal<readonly Toast[]>([]);
  readonly #cancels = new Map<Toast, () => void>();
  /** The commands without an answer yet, by name and payload. */
  readonly #underWay = signal<ReadonlyMap<string, Promise<unknown>>>(new Map());

  constructor(session: StaffSession, clock: Clock) {
    this.session = session;
    this.clock = clock;
    this.toasts = this.#toasts;
  }

  /** Our rank; moderator, the lowest, until the stage has said. */
  get rank(): Rank {
    const me = this.session.me.value?.id;
    return this.session.view.value?.staff.find((member) => member.id === me)?.rank ?? 'moderator';
  }

  may(name: CommandName): boolean {
    return atLeast(this.rank, COMMANDS[name].rank);
  }

  isUnderWay(name: CommandName): boolean {
    return [...this.#underWay.value.keys()].some((given) => given.startsWith(`${name} `));
  }

  /**
   * Runs a command; a refusal is shown, and undefined returned. `done`: what to say when it worked.
   * Pressed again while it is under way it is not given again: both presses have the one answer.
   */
  async run<N extends CommandName>(name: N, payload: CommandPayload<N>, done?: Done): Promise<CommandAnswer<N> | undefined> {
    const given = `${name} ${JSON.stringify(payload)}`;
    const underWay = this.#underWay.peek().get(given) as Promise<CommandAnswer<N> | undefined> | undefined;
    if (underWay !== undefined) return await underWay;
    const answer = this.#give(name, payload, done);
    this.#underWay.value = new Map([...this.#underWay.value, [given, answer]]);
    return await answer.finally(() => {
      this.#underWay.value = new Map([...this.#underWay.value].filter(([other]) => other !== given));
    });
  }

  async #give<N extends CommandName>(name: N, payload: CommandPayload<N>, done?: Done): Promise<CommandAnswer<N> | undefined> {
    try {
      const seen = this.session.view.peek();
      const asSeen = name in AS_SEEN && seen !== null ? { revision: revisionOf(seen) } : {};
      const answer = await this.session.command(name, { ...payload, ...asSeen });
      if (done !== undefined) this.say(done.text, done.undo);
      if (name in AS_SEEN) await this.#shown(answer.revision);
      return answer;
    } catch (error) {
      const isStale = error instanceof PartyError && error.code === 'stale_revision';
      const text = error instanceof PartyError ? refusalText(error) : String(error);
      this.refuse(isStale ? hostMessages.value.staleRevision : text);
      return undefined;
    }
  }

  /** Until the screen shows `revision`: a press before that would mean a timeline that is gone, and be refused. */
  async #shown(revision: number): Promise<void> {
    const { promise, resolve } = deferred<void>();
    const cancel = this.clock.after(SHOWN_WITHIN_MS, resolve);
    const stop = this.session.view.subscribe((view) => {
      if (view !== null && revisionOf(view) >= revision) resolve();
    });
    await promise.finally(() => {
      cancel();
      stop();
    });
  }

  say(text: string, undo: (() => void) | null = null): void {
    this.#show({ text, bad: false, undo });
  }

  refuse(text: string): void {
    this.#show({ text, bad: true, undo: null });
  }

  dismiss(toast: Toast): void {
    this.#cancels.get(toast)?.();
    this.#cancels.delete(toast);
    this.#toasts.value = this.#toasts.value.filter((other) => other !== toast);
  }

  look(person: Person): void {
    this.person.value = person;
    this.panel.value = 'fan';
  }

  /** Takes the place of the one like it: a way back stays on offer, whatever else there is to say. */
  #show(toast: Toast): void {
    const before = this.#toasts.value.find(({ undo }) => (undo === null) === (toast.undo === null));
    if (before !== undefined) this.dismiss(before);
    this.#toasts.value = [...this.#toasts.value, toast];
    this.#cancels.set(
      toast,
      this.clock.after(toast.undo === null ? TOAST_MS : UNDO_TOAST_MS, () => this.dismiss(toast)),
    );
  }
}

/** The newest that the screen knows of: of the pending cue, else of what plays. */
function revisionOf({ next, playback }: StageView): number {
  return (next ?? playback).revision;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  invariant(desk !== null, 'the console is rendered within a desk');
  return desk;
}

/** The stage's view; the console's parts are only rendered once there is one. */
export function useStage(): StageView {
  const view = useDesk().session.view.value;
  invariant(view !== null, 'the stage has been seen');
  return view;
}
