/** What the fans of one crowd process share. */
import type { DoorCall } from '../../client/session/door-call.ts';
import type { Clock } from '../../core/clock.ts';
import type { Census } from './census.ts';
import type { Ledger } from './ledger.ts';
import type { SectionMirror } from './mirror.ts';
import type { Road } from './road.ts';

export interface House {
  readonly slug: string;
  /** Names the run in every line. */
  readonly run: string;
  readonly emojis: readonly string[];
  readonly origins: readonly string[];
  /** True time. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly road: Road;
  readonly call: DoorCall;
  readonly ledger: Ledger;
  readonly census: Census;
  /** The mirror of a section, by its room. */
  readonly mirrorOf: (roomId: string) => SectionMirror;
}
