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
import { refusalText } from '../i18n/refusal-text.ts';
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

export type PanelName = 'fan' | 'reports' | 'room' | 'pulse' | 'team' | 'log';

/** How long a message with nothing to undo stays; the other kind stays longer. */
const TOAST_MS = 5_000;
const UNDO_TOAST_MS = 12_000;

export class Desk {
  readonly session: StaffSession;
  readonly clock: Clock;
  readonly person: Signal<Person | null> = signal(null);
  readonly answering: Signal<ChosenLine | null> = signal(null);
  readonly panel: Signal<PanelName> = signal('room');
  readonly toast: ReadonlySignal<Toast | null>;
  readonly #toast = signal<Toast | null>(null);
  #cancelToast = () => {};

  constructor(session: StaffSession, clock: Clock) {
    this.session = session;
    this.clock = clock;
    this.toast = this.#toast;
  }

  /** Our rank; moderator, the lowest, until the stage has said. */
  get rank(): Rank {
    const me = this.session.me.value?.id;
    return this.session.view.value?.staff.find((member) => member.id === me)?.rank ?? 'moderator';
  }

  may(name: CommandName): boolean {
    return atLeast(this.rank, COMMANDS[name].rank);
  }

  /** Runs a command; a refusal is shown, and undefined returned. `done`: what to say when it worked. */
  async run<N extends CommandName>(
    name: N,
    payload: CommandPayload<N>,
    done?: { readonly text: string; readonly undo?: () => void },
  ): Promise<CommandAnswer<N> | undefined> {
    try {
      const answer = await this.session.command(name, payload);
      if (done !== undefined) this.say(done.text, done.undo);
      return answer;
    } catch (error) {
      this.refuse(error instanceof PartyError ? refusalText(error) : String(error));
      return undefined;
    }
  }

  say(text: string, undo: (() => void) | null = null): void {
    this.#show({ text, bad: false, undo });
  }

  refuse(text: string): void {
    this.#show({ text, bad: true, undo: null });
  }

  dismissToast(): void {
    this.#cancelToast();
    this.#toast.value = null;
  }

  look(person: Person): void {
    this.person.value = person;
    this.panel.value = 'fan';
  }

  #show(toast: Toast): void {
    this.#cancelToast();
    this.#toast.value = toast;
    this.#cancelToast = this.clock.after(toast.undo === null ? TOAST_MS : UNDO_TOAST_MS, () => {
      this.#toast.value = null;
    });
  }
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
