/** Opens sections ahead of need, on the processes with most room. */
import { placeSections, sectionsMissing, usableSeats } from '../../core/placement.ts';
import type { RoomId } from '../../schemas/ids.ts';
import type { KnownSection } from '../seats/seat-office.ts';

/** A process that was asked and offers nothing after this has died or will not; others are asked then. */
const ASKED_TTL_MS = 5_000;
const ASK_AGAIN_MS = 900;
/** Sections asked for in one go: a spike is met over a few seconds, not with a hundred rooms at once. */
const OPEN_AT_ONCE_MAX = 8;

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

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
  }

  /** Asks for what the figures call for. Resolves when what this process itself opens can be joined. */
  async plan(joinsPerS: number): Promise<void> {
    const { seatsPerSection: seats, nowMs, view } = this.#deps;
    const { processes, sections, returning, waiting: inLine } = view();
    const nowAtMs = nowMs();
    for (const [roomId, asked] of this.#asked) {
      const isThere = sections.some((section) => section.roomId === roomId);
      const isGone = !processes.some(({ processId }) => processId === asked.processId);
      if (isThere || isGone || nowAtMs - asked.sinceMs > ASKED_TTL_MS) this.#asked.delete(roomId);
    }
    const waiting = [...this.#asked.values()];
    const free = sections.reduce((sum, section) => sum + section.free, 0) + waiting.length * usableSeats(seats);
    const count = Math.min(
      OPEN_AT_ONCE_MAX,
      sectionsMissing(free, { seatsPerSection: seats, joinsPerS, returning, waiting: inLine }),
    );
    const places = processes.map(({ processId, room, utilisation }) => {
      const asked = waiting.filter((one) => one.processId === processId).length;
      const has = sections.filter((section) => section.processId === processId).length;
      return { processId, room: Math.max(0, room - asked * seats), sections: has + asked, utilisation };
    });
    for (const processId of placeSections(places, count, seats)) {
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
