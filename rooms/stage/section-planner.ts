/** Opens sections ahead of need, on the processes with most room. */
import { partOfExpected, placeSections, sectionsMissing, usableSeats } from '../../core/placement.ts';
import type { RoomId } from '../../schemas/ids.ts';
import type { KnownSection } from '../seats/seat-office.ts';

/** A process that was asked and offers nothing after this has died or will not; others are asked then. */
const ASKED_TTL_MS = 5_000;
const ASK_AGAIN_MS = 900;
/** Sections asked for in one go: a spike is met over a few seconds, not with a hundred rooms at once. */
const OPEN_AT_ONCE_MAX = 8;
/** How much of the busiest seconds is still expected a second later: a crowd that is held up for want of seats is not over. */
const BEST_KEPT = 0.98;

/** What is known of all processes now. */
export interface HouseView {
  readonly processes: readonly { readonly processId: string; readonly room: number; readonly utilisation: number }[];
  readonly sections: readonly KnownSection[];
  /** Fans of processes that are on their way out. */
  readonly returning: number;
  /** Fans in the doors' lines. */
  readonly waiting: number;
}

export interface PlannerDeps {
  readonly seatsPerSection: number;
  readonly view: () => HouseView;
  readonly roomIdOf: (n: number) => RoomId;
  /** Has the process open the section numbered `n`, which it may be asked again and again; resolves once it was asked. */
  readonly open: (processId: string, n: number) => Promise<void>;
  readonly nowMs: () => number;
}

interface Asked {
  readonly n: number;
  readonly processId: string;
  readonly sinceMs: number;
  atMs: number;
}

export class SectionPlanner {
  readonly #deps: PlannerDeps;
  /** Asked for and not offered yet. */
  readonly #asked = new Map<RoomId, Asked>();
  #n = 0;
  #bestPerS = 0;

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
  }

  /** Asks for what the figures call for; to be called every second. Resolves when what this process itself opens can be joined. */
  async plan(joinsPerS: number): Promise<void> {
    const { seatsPerSection: seats, nowMs, view } = this.#deps;
    const { processes, sections, returning, waiting: inLine } = view();
    const nowAtMs = nowMs();
    for (const [roomId, asked] of this.#asked) {
      const isThere = sections.some((section) => section.roomId === roomId);
      const isGone = !processes.some(({ processId }) => processId === asked.processId);
      if (isThere || isGone || nowAtMs - asked.sinceMs > ASKED_TTL_MS) this.#asked.delete(roomId);
    }
    this.#bestPerS = Math.max(joinsPerS, this.#bestPerS * BEST_KEPT);
    const need = { seatsPerSection: seats, joinsPerS: this.#bestPerS, returning, waiting: inLine };
    const waiting = [...this.#asked.values()];
    const places = processes.map(({ processId, room, utilisation }) => {
      const asked = waiting.filter((one) => one.processId === processId).length;
      const has = sections.filter((section) => section.processId === processId);
      const free = has.reduce((sum, section) => sum + section.free, 0) + asked * usableSeats(seats);
      return { processId, room: Math.max(0, room - asked * seats), sections: has.length + asked, free, utilisation };
    });
    const free = places.reduce((sum, place) => sum + place.free, 0);
    const count = Math.min(OPEN_AT_ONCE_MAX, sectionsMissing(free, need));
    const part = partOfExpected(need, places.filter((place) => place.room > 0 || place.free > 0).length);
    for (const processId of placeSections(places, count, seats, part)) {
      const n = ++this.#n;
      this.#asked.set(this.#deps.roomIdOf(n), { n, processId, sinceMs: nowAtMs, atMs: Number.NEGATIVE_INFINITY });
    }
    await this.#askAll(nowAtMs);
  }

  async #askAll(nowAtMs: number): Promise<void> {
    const due = [...this.#asked.values()].filter(({ atMs }) => nowAtMs - atMs >= ASK_AGAIN_MS);
    for (const asked of due) asked.atMs = nowAtMs;
    await Promise.all(due.map(({ processId, n }) => this.#deps.open(processId, n)));
  }
}
