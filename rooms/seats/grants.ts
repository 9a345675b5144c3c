/** Seats that this process's doors gave away, per section, oldest first. */
import type { RoomId } from '../../schemas/ids.ts';
import { TICKET_TTL_MS } from '../../schemas/limits.ts';

/** From a ticket to the joined fan, and on to the offer that counts it: what was granted lately is in no offer yet. */
const UNSEEN_MS = 2_000;

interface Granted {
  /** Not sat on yet; only sections of this process know. */
  open: number[];
  /** All of the last moments, sat on or not. */
  recent: number[];
}

export class Grants {
  readonly #eventNowMs: () => number;
  readonly #sections = new Map<RoomId, Granted>();

  constructor(eventNowMs: () => number) {
    this.#eventNowMs = eventNowMs;
  }

  add(roomId: RoomId): void {
    const granted = this.#of(roomId);
    const nowMs = this.#eventNowMs();
    granted.open.push(nowMs);
    granted.recent.push(nowMs);
  }

  /** One of them was sat on. */
  took(roomId: RoomId): void {
    this.#sections.get(roomId)?.open.shift();
  }

  /** Tickets that are still good. */
  open(roomId: RoomId): number {
    return since(this.#sections.get(roomId)?.open, this.#eventNowMs() - TICKET_TTL_MS);
  }

  /** Given since the section's last offer can have been made. */
  recent(roomId: RoomId): number {
    return since(this.#sections.get(roomId)?.recent, this.#eventNowMs() - UNSEEN_MS);
  }

  /** Drops sections that nobody offers any more. */
  keepOnly(offered: ReadonlySet<RoomId>): void {
    for (const roomId of this.#sections.keys()) if (!offered.has(roomId)) this.#sections.delete(roomId);
  }

  #of(roomId: RoomId): Granted {
    const known = this.#sections.get(roomId);
    if (known !== undefined) return known;
    const made: Granted = { open: [], recent: [] };
    this.#sections.set(roomId, made);
    return made;
  }
}

function since(atMs: number[] | undefined, cutoffMs: number): number {
  if (atMs === undefined) return 0;
  let gone = 0;
  for (const one of atMs) {
    if (one >= cutoffMs) break;
    gone++;
  }
  if (gone > 0) atMs.splice(0, gone);
  return atMs.length;
}
