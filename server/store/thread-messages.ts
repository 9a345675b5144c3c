/** What crosses between a room's thread and a journal's thread, by structured clone. */
import type { Refusal } from '../../schemas/errors.ts';

export interface ThreadRequest {
  readonly id: number;
  /** A name of `JournalTables`, or 'close'. */
  readonly op: string;
  readonly args: readonly unknown[];
}

export type ThreadReply =
  | { readonly id: number; readonly kind: 'done'; readonly value: unknown }
  /** Decided by the tables, with its code. */
  | { readonly id: number; readonly kind: 'refused'; readonly refusal: Refusal }
  /** SQLite's own words; never carries values. */
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };

export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'cannot-open'; readonly message: string }
  | { readonly kind: 'replies'; readonly replies: readonly ThreadReply[] };

export interface ThreadData {
  readonly path: string;
  readonly readOnly: boolean;
}
