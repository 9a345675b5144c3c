/** Holds what fans were told against what the journal has. */

export interface Acknowledged {
  readonly id: string;
  readonly fanId: string;
  readonly atMs: number;
}

export interface JournalVerdict {
  /** Acknowledged, and in no journal. */
  readonly lost: readonly string[];
  /** In the journals more than once. */
  readonly duplicated: readonly string[];
  /** Acknowledged, and not in the database that the journals are shipped to; null: there is none. */
  readonly unshipped: number | null;
  /** Lines that were looked for. */
  readonly checked: number;
}

/** How often each line is in the journals of the processes, and which are in the database (null: there is none). */
export interface JournalRows {
  readonly local: ReadonlyMap<string, number>;
  readonly shipped: ReadonlySet<string> | null;
}

export function checkJournal(acknowledged: readonly Acknowledged[], { local, shipped }: JournalRows): JournalVerdict {
  const ids = [...new Set(acknowledged.map(({ id }) => id))];
  return {
    lost: ids.filter((id) => !local.has(id) && !shipped?.has(id)),
    duplicated: ids.filter((id) => (local.get(id) ?? 0) > 1),
    unshipped: shipped && ids.filter((id) => !shipped.has(id)).length,
    checked: ids.length,
  };
}
