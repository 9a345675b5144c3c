/** What a ring that opens late shows: the last lines that everyone could see. */
import type { Line } from '../schemas/chat.ts';
import { LINE_RING_SLOTS } from '../schemas/limits.ts';
import type { EventLink } from './link/event-link.ts';
import type { Journal } from './ports.ts';

/** From this process's journal, and from what the stage carried while this process followed the event; oldest first. */
export async function lastLines(journal: Pick<Journal, 'lastShown'>, link: EventLink): Promise<Line[]> {
  const { id, lane } = link;
  const byId = new Map<string, Line>();
  for (const line of [...(await journal.lastShown(id, LINE_RING_SLOTS)), ...lane.shown]) byId.set(line.id, line);
  return [...byId.values()]
    .filter((line) => !link.isTaken(line))
    .toSorted((a, b) => a.atMs - b.atMs)
    .slice(-LINE_RING_SLOTS)
    .map(({ id: lineId, fanId, name, role, text, atMs, replyTo }) => ({ id: lineId, fanId, name, role, text, atMs, replyTo }));
}
