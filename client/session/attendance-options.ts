/** What a session is given by its page, and an attendance by its session. */
import type { BackoffRule } from '../../core/backoff.ts';
import type { Clock } from '../../core/clock.ts';
import type { TicketGranted } from '../../schemas/http.ts';
import type { DoorCall, Fetch } from './door-call.ts';
import type { KeyValueStore, Page } from './page.ts';
import type { TakeSeat } from './seat.ts';

export interface SessionDeps {
  readonly slug: string;
  /** Where doors are asked first, such as `https://party.example`. */
  readonly origin: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly storage: KeyValueStore;
  readonly fetch: Fetch;
  /** The page around the session; a program without one leaves it out. */
  readonly page?: Page;
}

export interface AttendanceDeps extends Omit<SessionDeps, 'fetch' | 'page'> {
  readonly call: DoorCall;
  readonly page: Page;
}

export interface AttendanceOptions<State> {
  readonly stateClass: new () => State;
  /** How a ticket becomes a seat; by the SDK unless said otherwise. */
  readonly takeSeat?: TakeSeat<State>;
  /** How a lost seat's return is spread, and how attempts that fail are. */
  readonly returnRule: BackoffRule;
  /** How asks of somebody who was never in are spread while doors keep silent: they have more to hear than they can. */
  readonly silentRule: BackoffRule;
  readonly bearer: () => string | null;
  readonly isPlaying: () => boolean;
  readonly takeErrorMs: () => number | undefined;
  /** A new seat: its state, numbers and neighbours are other ones. */
  readonly onSeat: (granted: TicketGranted) => void;
  readonly onState: (state: State) => void;
}
