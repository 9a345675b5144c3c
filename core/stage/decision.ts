/** What the stage decides from, and what it decides. */
import type { Line, Role, Sanction, StaffMember } from '../../schemas/chat.ts';
import type { CommandPayload } from '../../schemas/commands.ts';
import type { AddressHash, FanId, LineId, StaffId, TrackId } from '../../schemas/ids.ts';
import type { StageChange, StageSnapshot } from '../../schemas/stage.ts';

export interface TargetFan {
  readonly id: FanId;
  readonly name: string;
  /** The network the fan was last seen on, if known; a ban keeps it out. */
  readonly addressHash: AddressHash | null;
  readonly role: Role;
}

export interface StageContext {
  readonly snapshot: StageSnapshot;
  /** Who acts. The snapshot's word on the same member (revoked, say) goes before this one. */
  readonly member: StaffMember;
  /** `length` characters of [0-9a-z] that nobody can guess. */
  readonly newId: (length: number) => string;
  /** How far ahead a cue is scheduled, in ms. */
  readonly leadMs: number;
  /** The line that `pin` or `delete-line` names; undefined: nobody remembers it. */
  readonly line?: Line | undefined;
  /** The fan that `purge`, `mute`, `kick` or `ban` names; undefined: nobody knows them. */
  readonly fan?: TargetFan | undefined;
}

/** What a command answers. Queries and invitations add what their effect finds. */
export interface StageReply {
  /** The timeline's newest revision. */
  readonly revision: number;
  /** When the cue applies, in event time. */
  readonly applyAtMs?: number;
  readonly trackId?: TrackId;
  readonly lineId?: LineId;
  readonly staffId?: StaffId;
}

/** What is to be done outside the snapshot, once the changes are committed. */
export type StageEffect =
  /** A staff line for the event lane and the journal. */
  | { readonly kind: 'say'; readonly line: Line }
  /** Save the invitation; the answer gets its `url`. */
  | { readonly kind: 'invite'; readonly inviteId: string; readonly member: StaffMember }
  | { readonly kind: 'revoke'; readonly staffId: StaffId }
  /** The ban is in the changes too; this keeps it for the label's other events. */
  | { readonly kind: 'label-ban'; readonly sanction: Sanction }
  | { readonly kind: 'lift-label-ban'; readonly fanId: FanId }
  /** In the changes too; this tells those who list events. */
  | { readonly kind: 'end' }
  /** Queries: nothing changes; the answer gets what they find. */
  | { readonly kind: 'find-fan'; readonly query: CommandPayload<'find-fan'> }
  | { readonly kind: 'history'; readonly query: CommandPayload<'history'> }
  | { readonly kind: 'facts'; readonly query: CommandPayload<'facts'> };

/**
 * No changes: nothing to publish, the command asked for what is so already (or only reads).
 * Removals and sanctions are in the changes: whoever keeps a record of them reads them there.
 */
export interface Decision {
  readonly changes: readonly StageChange[];
  readonly reply: StageReply;
  readonly effects: readonly StageEffect[];
}
