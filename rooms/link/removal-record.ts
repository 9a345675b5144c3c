/** Marks in this process's journal what staff took away: its lines are here, wherever the stage is. */
import type { EventId } from '../../schemas/ids.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';
import { inBackground } from '../in-background.ts';
import type { Journal, Log } from '../ports.ts';

type Removals = StageSnapshot['removals'];

export class RemovalRecord {
  readonly #journal: Pick<Journal, 'removeLine' | 'removeLinesOf' | 'removeAllLines'>;
  readonly #eventId: EventId;
  readonly #log: Log;
  #seq = 0;

  constructor(journal: Pick<Journal, 'removeLine' | 'removeLinesOf' | 'removeAllLines'>, eventId: EventId, log: Log) {
    this.#journal = journal;
    this.#eventId = eventId;
    this.#log = log;
  }

  /** Marks what this snapshot takes away besides what an earlier one did. */
  follow({ removals, removalSeq }: Pick<StageSnapshot, 'removals' | 'removalSeq'>): void {
    for (const { seq, removal } of removals) {
      if (seq > this.#seq) inBackground(this.#mark(removal), this.#log, 'a removal was not recorded');
    }
    this.#seq = removalSeq;
  }

  #mark(removal: Removals[number]['removal']): Promise<void> {
    switch (removal.kind) {
      case 'line':
        return this.#journal.removeLine(this.#eventId, removal.lineId);
      case 'fan':
        return this.#journal.removeLinesOf(this.#eventId, removal.fanId, removal.beforeMs);
      case 'all':
        return this.#journal.removeAllLines(this.#eventId, removal.beforeMs);
    }
  }
}
