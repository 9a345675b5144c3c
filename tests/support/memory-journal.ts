/** The journal and the stage's store in memory: what a restart of the venue finds again in the same process. */
import { PartyError } from '../../core/errors.ts';
import type { Journal, JournalLine, SecondFacts, StageStore } from '../../rooms/ports.ts';
import type { EventId } from '../../schemas/ids.ts';
import type { CommandEntry, StageSnapshot } from '../../schemas/stage.ts';

export interface MemoryJournal extends Journal {
  readonly lines: JournalLine[];
  readonly commands: CommandEntry[];
  readonly seconds: SecondFacts[];
  /** While set, appends wait for it. */
  gate: Promise<void> | undefined;
}

export function memoryJournal(): MemoryJournal {
  const lines: JournalLine[] = [];
  const removed = new Set<string>();
  const commands: CommandEntry[] = [];
  const seconds: SecondFacts[] = [];
  const of = (eventId: EventId) => lines.filter((line) => line.eventId === eventId);
  const removeIf = (eventId: EventId, goes: (line: JournalLine) => boolean) => {
    for (const line of of(eventId)) if (goes(line)) removed.add(line.id);
  };
  return {
    lines,
    commands,
    seconds,
    gate: undefined,
    async appendLine(line) {
      await this.gate;
      const known = lines.find((one) => one.eventId === line.eventId && one.fanId === line.fanId && one.key === line.key);
      if (known?.id === line.id) return;
      if (known) throw new PartyError('repeated', 'This key was used for another line already.');
      lines.push(line);
    },
    findByKey: async (eventId, authorId, key) => of(eventId).find((line) => line.fanId === authorId && line.key === key) ?? null,
    findLine: async (eventId, lineId) => of(eventId).find((line) => line.id === lineId) ?? null,
    lastShown: async (eventId, limit) => {
      return of(eventId)
        .filter((line) => line.fate === 'event' && !removed.has(line.id))
        .slice(-limit);
    },
    removeLine: async (eventId, lineId) => removeIf(eventId, (line) => line.id === lineId),
    removeLinesOf: async (eventId, fanId, beforeMs) => removeIf(eventId, (l) => l.fanId === fanId && l.atMs <= beforeMs),
    removeAllLines: async (eventId, beforeMs) => removeIf(eventId, (line) => line.atMs <= beforeMs),
    history: async (eventId, { fanId, text, beforeMs = Number.POSITIVE_INFINITY, limit }) => {
      return of(eventId)
        .filter((line) => (fanId === undefined || line.fanId === fanId) && line.atMs < beforeMs && line.text.includes(text ?? ''))
        .toReversed()
        .slice(0, limit)
        .map(({ id, fanId: author, name, role, text: said, atMs, replyTo, section, fate }) => {
          return { id, fanId: author, name, role, text: said, atMs, replyTo, section, fate, removed: removed.has(id) };
        });
    },
    lastCommands: async (eventId, limit) => commands.filter((entry) => entry.eventId === eventId).slice(-limit),
    findCommandByKey: async (eventId, staffId, key) => {
      const found = commands.filter((entry) => entry.eventId === eventId && entry.staffId === staffId && entry.key === key);
      return found.find(({ result }) => result === 'done') ?? found[0] ?? null;
    },
    appendCommand: async (entry) => void commands.push(entry),
    appendFacts: async (facts) => void seconds.push(...facts),
    facts: async (eventId, sinceMs) => {
      return seconds
        .filter((second) => second.eventId === eventId && second.atMs >= sinceMs)
        .map(({ atMs, fans, joins, leaves, lines: said, reactions }) => ({ atMs, fans, joins, leaves, lines: said, reactions }));
    },
  };
}

export interface MemoryStageStore extends StageStore {
  /** As another process would: whoever holds the event now is fenced. */
  readonly epochs: Map<EventId, number>;
  /** While true, commits never answer. */
  isStuck: boolean;
}

/** Keeps snapshots as text, as a real store does, so that nothing is shared with whoever committed them. */
export function memoryStageStore(journal: Pick<MemoryJournal, 'commands'>): MemoryStageStore {
  const epochs = new Map<EventId, number>();
  const snapshots = new Map<EventId, string>();
  return {
    epochs,
    isStuck: false,
    async acquire(eventId, atLeastEpoch = 0) {
      const epoch = Math.max(epochs.get(eventId) ?? 0, atLeastEpoch) + 1;
      epochs.set(eventId, epoch);
      return epoch;
    },
    async load(eventId) {
      const text = snapshots.get(eventId);
      return text === undefined ? null : (JSON.parse(text) as StageSnapshot);
    },
    async commit(snapshot, entry) {
      if (this.isStuck) return new Promise(() => {});
      if (snapshot.epoch !== epochs.get(snapshot.eventId)) return 'fenced';
      snapshots.set(snapshot.eventId, JSON.stringify(snapshot));
      if (entry !== null) journal.commands.push(structuredClone(entry));
      return 'committed';
    },
  };
}
