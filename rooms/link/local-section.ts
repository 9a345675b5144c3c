/** What a link knows of a section in its process. */
import type { Digest, FoundFans, SectionFacts } from '../../schemas/bus-messages.ts';
import type { RoomId } from '../../schemas/ids.ts';
import type { StageChange, StageSnapshot } from '../../schemas/stage.ts';
import type { SecondFacts } from '../ports.ts';

export interface LocalSection {
  readonly roomId: RoomId;
  readonly fans: number;
  /** The event changed; `changes` null: anything may have, so look at all of it. Acts on sanctions and cues at once. */
  follow(snapshot: StageSnapshot, changes: readonly StageChange[] | null): void;
  /** The event lane's news. */
  hear(digest: Digest): void;
  /** Figures since the last call, for the stage. */
  drainFacts(): SectionFacts;
  /** Figures since the last call, for the journal. */
  drainSecond(atMs: number): SecondFacts;
  /** Fans here whose name contains `words`, in lower case, or whose id they are. */
  find(words: string): FoundFans['fans'];
}
