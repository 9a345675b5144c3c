/** Marks in this process's journal what staff took away: its lines are here, wherever the stage is. */
import type { EventId } from '../../schemas/ids.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';
import { AfterWork } from '../after-work.ts';
import { inBackground } from '../in-background.ts';
import type { Journal, Log } from '../ports.ts';

type Removals = StageSnapshot['removals'];

export class RemovalRecord {
  readonly #journal: Pick<Journal, 'removeLine' | 'removeLinesOf' | 'removeAllLines'>;
  readonly #eventId: EventId;
  readonly #log: Log;
  readonly #work: AfterWork;
  #seq = 0;

  constructor(journal: Pick<Journal, 'removeLine' | 'removeLinesOf' | 'removeAllLines'>, eventId: EventId, log: Log) {
    this.#journal = journal;
    this.#eventId = eventId;
    this.#log = log;
    this.#work = new AfterWork(log);
  }

  /** Marks what this snapshot takes away besides what an earlier one did. */
  follow({ removals, removalSeq }: Pick<StageSnapshot, 'removals' | 'removalSeq'>): void {
    for (const { seq, removal } of removals) {
      if (seq <= this.#seq) continue;
      const marked = this.#work.do('removal', () => this.#mark(removal));
      inBackground(marked, this.#log, 'a removal was not recorded');
    }
    this.#seq = removalSeq;
  }

  /** To be called now and then: a mark that the journal could not take is not forgotten. */
  tryAgain(): void {
    this.#work.tryAgain();
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
