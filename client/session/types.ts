/** What the pages see of a session: signals to read, a few verbs to call. */
import type { ReadonlySignal } from '@preact/signals';
import type { Fate, Policy, Role } from '../../schemas/chat.ts';
import type { ErrorCode } from '../../schemas/errors.ts';
import type { EventSummary } from '../../schemas/http.ts';
import type { Playback, Track } from '../../schemas/playback.ts';

/** Where the fan is on the way in, or out. Moments are event time. */
export type SessionPhase =
  | { readonly kind: 'idle' }
  /** Doors are not open yet; the page counts down and tries again by itself. */
  | { readonly kind: 'before-doors'; readonly doorsAtMs: number }
  /** A host keeps the doors closed; the page keeps asking. */
  | { readonly kind: 'doors-closed'; readonly retryAtMs: number }
  /** `isSilent`: no doors have answered for some time; the page keeps asking. */
  | { readonly kind: 'joining'; readonly attempt: number; readonly isSilent: boolean }
  /** `wasIn`: on the way back to the party. */
  | { readonly kind: 'in-line'; readonly place: number; readonly retryAtMs: number; readonly wasIn: boolean }
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly sinceMs: number; readonly isSilent: boolean }
  | {
      readonly kind: 'closed';
      readonly why: ClosedWhy;
      /** Of the refusal that closed it, or null. */
      readonly code: ErrorCode | null;
      /** In English. */
      readonly message: string;
      /** What staff said, in their own words, or ''. */
      readonly reason: string;
      readonly untilMs: number | null;
    };

export type ClosedWhy = 'left' | 'banned' | 'kicked' | 'ended' | 'elsewhere' | 'outdated' | 'refused';

/** Everything the section's state says, as plain values, replaced whole after each patch. */
export interface PartyView {
  readonly playback: Playback;
  readonly next: (Playback & { readonly applyAtMs: number }) | null;
  readonly setlist: readonly Track[];
  /** The setlist from `next.applyAtMs` on, or null when the cue leaves it alone. */
  readonly nextSetlist: readonly Track[] | null;
  readonly policy: Policy;
  readonly reactions: Readonly<Record<string, number>>;
  readonly audience: { readonly event: number; readonly section: number };
  readonly chat: 'calm' | 'crowded';
  readonly shownShare: number;
  readonly ended: boolean;
}

/** A line as the page keeps it: from the ring, or its own before the ring shows it. */
export interface ShownLine {
  readonly id: string;
  /** Set on lines sent from this page: stays the same while `id` changes from the page's own to the section's. */
  readonly key?: string;
  readonly fanId: string;
  readonly name: string;
  readonly role: Role;
  readonly text: string;
  readonly atMs: number;
  readonly lane: 'event' | 'section';
  readonly replyTo: string;
  /** Ours: sent and not answered yet, refused, or accepted. */
  readonly mine:
    | { readonly kind: 'sending' }
    | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }
    | { readonly kind: 'accepted'; readonly fate: Fate }
    | null;
}

export interface ClockView {
  /** Event time now. */
  nowMs(): number;
  /** Shortest round trip seen, in ms; null before the first sample. */
  readonly roundTripMs: number | null;
  readonly samples: number;
}

export interface PartySession {
  readonly phase: ReadonlySignal<SessionPhase>;
  readonly event: ReadonlySignal<EventSummary | null>;
  readonly view: ReadonlySignal<PartyView | null>;
  /** Bounded, oldest first; removed lines are gone from it. */
  readonly lines: ReadonlySignal<readonly ShownLine[]>;
  readonly fan: ReadonlySignal<{ readonly id: string; readonly name: string } | null>;
  readonly clock: ClockView;
  /** Loads the event's summary. Rejects when there is no such event. */
  load(): Promise<void>;
  /** Goes to the doors with this name and stays until live, refused or left. Rejects with a coded refusal for a bad name. */
  enter(name: string): Promise<void>;
  /**
   * Says a line and shows it at once as `mine`. Rejects with the coded refusal, which the line shows too.
   * A line that nobody answered is sent again by itself on the same seat only, with the same key; on another seat
   * it shows as refused, for the fan to decide.
   */
  say(text: string, replyTo?: string): Promise<void>;
  /** Sends a refused line again, with its old key. */
  retry(lineId: string): Promise<void>;
  /** Forgets a refused line. */
  dismiss(lineId: string): void;
  /** While the reader looks back (`isHeld`), more lines are kept: see `HELD_MAX_LINES`. */
  holdLines(isHeld: boolean): void;
  react(emoji: string): void;
  report(lineId: string, reason: string): Promise<void>;
  /** Marked seats: the playback error that the next clock ping carries. */
  reportSyncError(errorMs: number): void;
  leave(): void;
}
