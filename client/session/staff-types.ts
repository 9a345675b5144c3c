/** What the host console sees of a session on the stage. */
import type { ReadonlySignal } from '@preact/signals';
import type { Line } from '../../schemas/chat.ts';
import type { CommandName, CommandPayload } from '../../schemas/commands.ts';
import type { EventSummary } from '../../schemas/http.ts';
import type { FactPoint, FoundFan, HistoryLine } from '../../schemas/stage.ts';
import type { ClockView, PartyView, SessionPhase, ShownLine } from './types.ts';

export interface CrowdView {
  readonly fans: number;
  readonly sections: number;
  readonly joinsPerS: number;
  readonly linesPerS: number;
  readonly shownShare: number;
  /** |playback error| of the marked fans, in ms; null while nobody has reported. */
  readonly syncP50Ms: number | null;
  readonly syncP95Ms: number | null;
}

export interface StaffView {
  readonly id: string;
  readonly name: string;
  readonly rank: 'moderator' | 'host' | 'owner';
  readonly online: boolean;
  readonly revoked: boolean;
}

/** A line that staff should see; `reason` is '' for one that nobody reported. */
export interface FeedView {
  readonly seq: number;
  readonly line: Line;
  readonly section: string;
  readonly reason: string;
  readonly reports: number;
}

export interface LogView {
  readonly seq: number;
  readonly atMs: number;
  readonly staffName: string;
  readonly command: string;
  readonly detail: string;
  readonly reason: string;
  /** 'done', or the code of the refusal. */
  readonly result: string;
}

export interface SanctionView {
  readonly kind: 'mute' | 'kick' | 'ban';
  readonly fanId: string;
  readonly name: string;
  readonly scope: 'event' | 'label';
  /** null: until it is lifted. */
  readonly untilMs: number | null;
  readonly reason: string;
}

/** The stage's state as plain values: what fans see, and what staff see. */
export interface StageView extends PartyView {
  readonly epoch: number;
  readonly crowd: CrowdView;
  readonly staff: readonly StaffView[];
  /** Newest first. */
  readonly feed: readonly FeedView[];
  /** Newest first. */
  readonly log: readonly LogView[];
  readonly sanctions: readonly SanctionView[];
}

interface Answers {
  'add-track': { readonly trackId: string };
  say: { readonly lineId: string };
  'find-fan': { readonly fans: readonly FoundFan[] };
  history: { readonly lines: readonly HistoryLine[] };
  facts: { readonly points: readonly FactPoint[] };
  invite: { readonly url: string; readonly staffId: string };
}

/** What the stage answers to a command. */
export type CommandAnswer<N extends CommandName> = {
  readonly revision: number;
  readonly applyAtMs?: number;
} & (N extends keyof Answers ? Answers[N] : unknown);

export interface StaffSession {
  readonly phase: ReadonlySignal<SessionPhase>;
  readonly event: ReadonlySignal<EventSummary | null>;
  readonly view: ReadonlySignal<StageView | null>;
  /** The staff's chat: everything the stage shows. */
  readonly lines: ReadonlySignal<readonly ShownLine[]>;
  readonly me: ReadonlySignal<{ readonly id: string; readonly name: string } | null>;
  readonly clock: ClockView;
  load(): Promise<void>;
  /**
   * Takes the seat on the stage: with an invitation, which is exchanged once for an identity that this browser keeps,
   * or with the identity kept from before. Rejects with `bad_invite` when there is neither or it is over.
   */
  enter(invite: string | null): Promise<void>;
  /**
   * Runs a command. Rejects with the stage's coded refusal. While the stage is away the command waits for it, and is
   * sent again with the same key, so that it has its effect once; after 6 s it is `stage_unavailable`.
   */
  command<N extends CommandName>(name: N, payload: CommandPayload<N>): Promise<CommandAnswer<N>>;
  leave(): void;
}
