/**
 * A process's own journal and what all journals say together, as one. Writes are local; what others wrote comes from the
 * database, about half a second late. While the database is away, everybody knows what they wrote themselves.
 */
import type { Journal, Log, StageRecords } from '../../rooms/ports.ts';
import type { EventId } from '../../schemas/ids.ts';
import type { HistoryLine, StageSnapshot } from '../../schemas/stage.ts';
import type { History } from './pg-history.ts';

/** `findByKey` stays local: fans wait for it with every line. */
export function journalEverywhere<Local extends Journal>(local: Local, all: History, log: Log): Local {
  const orElse = <T>(asked: Promise<T>, fallback: () => Promise<T>): Promise<T> =>
    asked.catch((err: unknown) => {
      log.warn({ err }, 'the journals of other processes cannot be read');
      return fallback();
    });
  const none = async () => [];
  const missing = async () => null;

  return {
    ...local,
    async findLine(eventId, lineId) {
      return (await local.findLine(eventId, lineId)) ?? orElse(all.findLine(eventId, lineId), missing);
    },
    // Marks of removal are in the journal of the stage's process: ours alone may show what was taken away.
    lastShown: (eventId, limit) => orElse(all.lastShown(eventId, limit), () => local.lastShown(eventId, limit)),
    async history(eventId, query) {
      const [own, others] = await Promise.all([local.history(eventId, query), orElse(all.history(eventId, query), none)]);
      const byId = new Map<string, HistoryLine>(others.map((line) => [line.id, line]));
      for (const line of own) byId.set(line.id, { ...line, removed: line.removed || byId.get(line.id)?.removed === true });
      return [...byId.values()].toSorted((a, b) => b.atMs - a.atMs).slice(0, query.limit);
    },
    async lastCommands(eventId, limit) {
      const [own, others] = await Promise.all([
        local.lastCommands(eventId, limit),
        orElse(all.lastCommands(eventId, limit), none),
      ]);
      const byId = new Map([...others, ...own].map((entry) => [entry.id, entry]));
      return [...byId.values()].toSorted((a, b) => a.epoch - b.epoch || a.seq - b.seq || a.atMs - b.atMs).slice(-limit);
    },
    async findCommandByKey(eventId, staffId, key) {
      const own = await local.findCommandByKey(eventId, staffId, key);
      if (own?.result === 'done') return own;
      return (await orElse(all.findCommandByKey(eventId, staffId, key), missing)) ?? own;
    },
    facts: (...args) => orElse(all.facts(...args), () => local.facts(...args)),
  };
}

/** Stages as this process and the database know them: whichever is newer. */
export function recordsEverywhere(local: StageRecords, database: StageRecords, log: Log): StageRecords {
  const told = new Map<EventId, number>();
  return {
    async newest(eventId) {
      const away = (err: unknown) => {
        log.warn({ err, event: eventId }, 'what the database knows of a stage cannot be read');
        return { epoch: 0, snapshot: null };
      };
      const [own, other] = await Promise.all([local.newest(eventId), database.newest(eventId).catch(away)]);
      return { epoch: Math.max(own.epoch, other.epoch), snapshot: newer(own.snapshot, other.snapshot) };
    },
    async keep(snapshot, entry) {
      const { eventId, epoch } = snapshot;
      // The rest is shipped; of a new stage the database learns at once, and refuses the writes of the one before.
      if ((told.get(eventId) ?? 0) < epoch) {
        told.set(eventId, epoch);
        database.keep(snapshot, null).catch((err: unknown) => log.warn({ err, event: eventId }, 'a new stage is told later'));
      }
      await local.keep(snapshot, entry);
    },
    keepCommands: (entries) => local.keepCommands(entries),
  };
}

function newer(a: StageSnapshot | null, b: StageSnapshot | null): StageSnapshot | null {
  if (a === null || b === null) return a ?? b;
  return b.epoch > a.epoch || (b.epoch === a.epoch && b.seq > a.seq) ? b : a;
}
