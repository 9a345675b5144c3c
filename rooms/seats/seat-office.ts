/**
 * Who has room, over all processes. Each says once a second what its sections have free; from that any door gives tickets for any
 * section, each door from its share. A process that has not spoken for three seconds has nothing to offer, nor has one that is
 * gone from the bus.
 */
import { chooseFree, freeSeatsIn, shareOfSeats } from '../../core/placement.ts';
import type { SeatOffer } from '../../schemas/bus-messages.ts';
import type { EventId, RoomId } from '../../schemas/ids.ts';
import { inBackground } from '../in-background.ts';
import type { GrantedSeat, VenueDeps } from '../venue.ts';
import { Grants } from './grants.ts';
import { roomLeft } from './room-left.ts';

const OFFER_EVERY_MS = 1_000;
const OFFER_TTL_MS = 3_000;
/** A killed process is offered no longer than this, or its fans would be sent back to it. */
const LOOK_EVERY_MS = 500;
/** A process whose loop is busier is chosen only when all are. */
const BUSY = 0.9;
/** How long a door goes on with what it knows of the sections: a ticket is not worth a look at all of them. */
const DOOR_VIEW_MS = 50;
/** How long what is known of the neighbours holds while nothing is heard: one that has gone silent is forgotten that much later. */
const NEIGHBOURS_VIEW_MS = 500;

/** A section of this process. */
export interface OwnSection {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly fans: number;
}

export interface SeatOfficeDeps {
  readonly deps: VenueDeps;
  /** Sections of this process that take fans. */
  readonly own: () => readonly OwnSection[];
  readonly isLeaving: () => boolean;
}

/** A section anywhere, as the stage's planner sees it. */
export interface KnownSection {
  readonly roomId: RoomId;
  readonly processId: string;
  readonly fans: number;
  /** For all doors together. */
  readonly free: number;
}

interface DoorSection extends Omit<KnownSection, 'free'> {
  /** For this door; what it gives is taken off at once. */
  free: number;
  pending: number;
  readonly publicAddress: string | null;
  readonly busy: boolean;
}

interface DoorView {
  readonly untilMs: number;
  readonly sections: readonly DoorSection[];
  free: number;
}

export class SeatOffice {
  readonly #own: SeatOfficeDeps;
  readonly #grants: Grants;
  /** What others offered, and when it was heard, by process. */
  readonly #heard = new Map<string, { readonly offer: SeatOffer; readonly atMs: number }>();
  /** Those that were seen on the bus: one of an older version never is. */
  #present: ReadonlySet<string> = new Set();
  readonly #stops: (() => unknown)[] = [];
  readonly #doorViews = new Map<EventId, DoorView>();
  #neighbours: { readonly untilMs: number; readonly offers: readonly SeatOffer[] } | undefined;
  #n = 0;

  constructor(own: SeatOfficeDeps) {
    this.#own = own;
    this.#grants = new Grants(own.deps.eventNowMs);
  }

  /** Listens and begins to offer. Resolves once it listens. */
  async open(): Promise<void> {
    const { bus, clock, log } = this.#own.deps;
    this.#stops.push(await bus.attend(this.#own.deps.processId()));
    this.#stops.push(await bus.onSeats((offer) => this.#hear(offer)));
    this.#stops.push(clock.every(OFFER_EVERY_MS, () => this.publish()));
    this.#stops.push(clock.every(LOOK_EVERY_MS, () => inBackground(this.#look(), log, 'nobody knows who is there')));
    this.publish();
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) await stop();
  }

  /** Says now what this process offers; done every second by itself. */
  publish(): void {
    const { bus, log } = this.#own.deps;
    const offer = { ...this.#ownOffer(++this.#n), lines: this.#ownLines() };
    this.#grants.keepOnly(new Set(this.offers().flatMap(({ sections }) => sections.map(({ roomId }) => roomId))));
    inBackground(bus.publishSeats(offer), log, 'an offer was not published');
  }

  /** What holds now: this process's own, and the others' last ones; in the same order everywhere. */
  offers(): SeatOffer[] {
    return [...this.#others(), this.#ownOffer(this.#n)].toSorted(byProcess);
  }

  /** Processes besides this one that stay: the same list as long as nothing is heard, since every ticket names them. */
  neighbours(): readonly SeatOffer[] {
    const nowMs = this.#own.deps.clock.nowMs();
    if (this.#neighbours === undefined || nowMs >= this.#neighbours.untilMs) {
      const offers = this.#others().filter(({ leaving }) => !leaving);
      this.#neighbours = { untilMs: nowMs + NEIGHBOURS_VIEW_MS, offers: offers.toSorted(byProcess) };
    }
    return this.#neighbours.offers;
  }

  /** All sections of an event that still take fans. */
  sections(eventId: EventId): KnownSection[] {
    return this.offers().flatMap(({ processId, leaving, sections }) => {
      if (leaving) return [];
      return sections.filter((section) => section.eventId === eventId).map((section) => ({ ...section, processId }));
    });
  }

  /** Fans of the event whose processes are on their way out. */
  returning(eventId: EventId): number {
    const leaving = this.offers().filter((offer) => offer.leaving);
    return leaving.flatMap(({ sections }) => sections).reduce((sum, one) => sum + (one.eventId === eventId ? one.fans : 0), 0);
  }

  /** Seats that this door may give now. */
  free(eventId: EventId): number {
    return this.#atThisDoor(eventId).free;
  }

  grant(eventId: EventId): GrantedSeat | undefined {
    const door = this.#atThisDoor(eventId);
    const chosen =
      chooseFree(
        door.sections.filter(({ busy }) => !busy),
        this.#own.deps.random,
      ) ?? chooseFree(door.sections, this.#own.deps.random);
    if (chosen === undefined) return undefined;
    const { roomId, processId, publicAddress } = chosen;
    this.#grants.add(roomId);
    chosen.free -= 1;
    chosen.pending += 1;
    door.free -= 1;
    return { roomId, processId, publicAddress };
  }

  tookSeat(roomId: RoomId): void {
    this.#grants.took(roomId);
  }

  /** Forgets the offers of those that were on the bus and are not any more; one that is back speaks within a second. */
  async #look(): Promise<void> {
    const present = await this.#own.deps.bus.present();
    for (const processId of this.#present) if (!present.has(processId)) this.#heard.delete(processId);
    this.#present = present;
    this.#lookAnew();
  }

  #others(): SeatOffer[] {
    const cutoffMs = this.#own.deps.clock.nowMs() - OFFER_TTL_MS;
    for (const [processId, { atMs }] of this.#heard) if (atMs < cutoffMs) this.#heard.delete(processId);
    return [...this.#heard.values()].map(({ offer }) => offer);
  }

  #hear(offer: SeatOffer): void {
    const { deps } = this.#own;
    if (offer.processId === deps.processId()) return;
    const last = this.#heard.get(offer.processId);
    if (last !== undefined && offer.n <= last.offer.n) return;
    this.#heard.set(offer.processId, { offer, atMs: deps.clock.nowMs() });
    this.#lookAnew();
    // A newcomer hears of us at once, so that it knows those who come from our pages.
    if (last === undefined) this.publish();
    for (const { eventId, ...line } of offer.lines) deps.lines?.hear(eventId, { processId: offer.processId, ...line });
  }

  #lookAnew(): void {
    this.#doorViews.clear();
    this.#neighbours = undefined;
  }

  #atThisDoor(eventId: EventId): DoorView {
    const nowMs = this.#own.deps.eventNowMs();
    const known = this.#doorViews.get(eventId);
    if (known !== undefined && nowMs < known.untilMs) return known;
    const sections = this.#lookFromThisDoor(eventId);
    const free = sections.reduce((sum, one) => sum + one.free, 0);
    const view = { untilMs: nowMs + DOOR_VIEW_MS, sections, free };
    this.#doorViews.set(eventId, view);
    return view;
  }

  #lookFromThisDoor(eventId: EventId): DoorSection[] {
    const me = this.#own.deps.processId();
    const offers = this.offers().filter(({ leaving }) => !leaving);
    const place = offers.findIndex(({ processId }) => processId === me);
    // A process that is leaving gives no seats away.
    if (place < 0) return [];
    const known = offers.flatMap(({ processId, publicAddress, utilisation, sections }) =>
      sections
        .filter((section) => section.eventId === eventId)
        .map(({ roomId, fans, free }) => {
          const recent = this.#grants.recent(roomId);
          const isOwn = processId === me;
          // Our own figure has what we gave already taken off; the share is of what all doors began with.
          const share = shareOfSeats(isOwn ? free + recent : free, offers.length, place, roomId) - recent;
          const mine = Math.max(0, isOwn ? Math.min(free, share) : share);
          const pending = isOwn ? this.#grants.open(roomId) : recent;
          return { roomId, processId, publicAddress, fans, pending, free: mine, busy: utilisation > BUSY };
        }),
    );
    return known.toSorted(byOpening);
  }

  #ownOffer(n: number): SeatOffer {
    const { deps, own, isLeaving } = this.#own;
    const leaving = isLeaving();
    let headroom = roomLeft(deps.load?.());
    const sections = own().map(({ roomId, eventId, fans }) => {
      const open = this.#grants.open(roomId);
      const wanted = freeSeatsIn({ roomId, fans, pending: open, seats: deps.sectionSeats });
      const free = leaving ? 0 : Math.min(wanted, headroom);
      headroom -= free;
      return { eventId, roomId, free, fans };
    });
    return {
      kind: 'seats',
      processId: deps.processId(),
      n: Math.max(1, n),
      publicAddress: deps.publicAddress,
      leaving,
      room: leaving ? 0 : headroom,
      utilisation: deps.load?.().utilisation ?? 0,
      sections,
      lines: [],
    };
  }

  #ownLines(): SeatOffer['lines'] {
    return [...(this.#own.deps.lines?.reports((eventId) => this.free(eventId) > 0) ?? [])].map(
      ([eventId, { atMs, markMs, ratePerS, waiting }]) => ({
        eventId,
        atMs,
        markMs,
        ratePerS,
        waiting: waiting.map(([slice, fans]): [number, number] => [slice, fans]),
      }),
    );
  }
}

/** Those that were opened first, first, which is the order of their numbers. All doors begin with the same one, and go on to other processes. */
function byOpening({ roomId: a }: DoorSection, { roomId: b }: DoorSection): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

function byProcess(a: SeatOffer, b: SeatOffer): number {
  return a.processId < b.processId ? -1 : 1;
}
