/** Ships one journal: what it holds goes to the sink in order, and its own file remembers how far it is. */
import { PartyError } from '../../core/errors.ts';
import type { Log } from '../../rooms/ports.ts';
import type { JournalSink } from './pg-journal.ts';
import { type Backlog, SHIPPED_KINDS, type Shipment, type ShippedKind } from './ship-table.ts';

/** The side of a journal that is shipped; its calls reject with `unavailable` as the journal's own do. */
export interface ShippedJournal {
  unshipped(kind: ShippedKind, limit: number): Promise<Shipment | null>;
  markShipped(kind: ShippedKind, upTo: number): Promise<void>;
  backlog(): Promise<Backlog>;
}

/** Rows of a kind in one statement. A few hundred bytes each: what is held in memory is bounded by this, not by the backlog. */
const SHIPMENT_ROWS = 500;

export interface Shipped {
  readonly rows: number;
  /** Rows that the database refuses for what they are: left out, logged, still in the journal. */
  readonly refused: number;
  /** Nothing was left when it was looked at last. */
  readonly isAll: boolean;
}

/**
 * One shipment of every kind that has something. Rejects when journal or sink is away: what was sent and not marked is sent
 * again, which the sink takes once.
 */
export async function shipSome(journal: ShippedJournal, sink: Pick<JournalSink, 'take'>, log: Log): Promise<Shipped> {
  let [rows, refused, isAll] = [0, 0, true];
  for (const kind of SHIPPED_KINDS) {
    let limit = SHIPMENT_ROWS;
    const shipment = await journal.unshipped(kind, limit);
    if (shipment === null) continue;
    isAll = false;
    for (let next: Shipment | null = shipment; next !== null; ) {
      const outcome = await take(sink, next);
      if (outcome === 'taken' || next.count === 1) {
        if (outcome !== 'taken') {
          refused += 1;
          log.error({ err: outcome.error, kind, n: next.upTo }, 'the database refuses a row of the journal; it is left out');
        }
        await journal.markShipped(kind, next.upTo);
        rows += next.count;
        next = null;
      } else {
        // One of them: halve until it is alone, and lose none of its neighbours.
        limit = Math.ceil(next.count / 2);
        next = await journal.unshipped(kind, limit);
      }
    }
  }
  return { rows, refused, isAll };
}

async function take(sink: Pick<JournalSink, 'take'>, { kind, rows }: Shipment): Promise<'taken' | { readonly error: unknown }> {
  try {
    await sink.take(kind, rows);
    return 'taken';
  } catch (error) {
    if (error instanceof PartyError) throw error;
    return { error };
  }
}
