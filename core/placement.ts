/** Which section a fan gets a seat in, and when to open another one. */

/** Part of a section's seats that is not given away at the doors: for those who come back, and for late counts. */
const SLACK_SHARE = 0.05;
/** Sections are opened for the arrivals of this long ahead. */
const LOOK_AHEAD_S = 10;
/** Fewer fans than this are no crowd, so sections grow to it one after the other. */
const LIVELY_FANS = 50;

export interface SectionFill {
  readonly roomId: string;
  readonly fans: number;
  /** Granted and not taken yet. */
  readonly pending: number;
  readonly seats: number;
}

/** Seats that doors may still give in a section. */
export function freeSeatsIn({ fans, pending, seats }: SectionFill): number {
  return Math.max(0, Math.floor(seats * (1 - SLACK_SHARE)) - fans - pending);
}

/** Seats of an empty section that doors may give. */
export function usableSeats(seats: number): number {
  return freeSeatsIn({ roomId: '', fans: 0, pending: 0, seats });
}

export interface Need {
  readonly seatsPerSection: number;
  readonly joinsPerS: number;
  /** Fans of processes that are on their way out, who come back all at once. */
  readonly returning?: number;
  /** Fans in the doors' lines: whoever was not let in is no join, and wants a seat all the same. */
  readonly waiting?: number;
}

/** Fans who are to find a seat: who waits, and the arrivals of the next ten seconds; an event is ready for one at least. */
function expectedFans({ joinsPerS, returning = 0, waiting = 0 }: Need): number {
  return Math.max(1, Math.ceil(joinsPerS * LOOK_AHEAD_S) + returning + waiting);
}

/** How many sections to open beside `free` seats so that whoever is expected finds one. */
export function sectionsMissing(free: number, need: Need): number {
  return Math.max(0, Math.ceil((expectedFans(need) - free) / Math.max(1, usableSeats(need.seatsPerSection))));
}

/** Seats that each of `processes` is to have free, since a crowd that finds them at one of them only is let in by that one alone; 0: too few are expected to matter. */
export function partOfExpected(need: Need, processes: number): number {
  const part = Math.floor(expectedFans(need) / Math.max(1, processes));
  return part < LIVELY_FANS ? 0 : part;
}

/** As `sectionsMissing`, for sections whose fill is known. */
export function sectionsToOpen({ sections, ...need }: Need & { readonly sections: readonly SectionFill[] }): number {
  return sectionsMissing(
    sections.reduce((sum, section) => sum + freeSeatsIn(section), 0),
    need,
  );
}

/** A process as a place for sections of one event. */
export interface SectionPlace {
  readonly processId: string;
  /** Fans who would fit into sections that it has yet to open; 0: it takes no more. */
  readonly room: number;
  /** Sections of this event that it has, or was asked to open, and the seats that are free in them. */
  readonly sections: number;
  readonly free: number;
  /** The busy share of its event loop, 0 to 1. */
  readonly utilisation: number;
}

/** A process whose loop is busier gets a section only when all others are, too: a slow party is better than a closed one. */
export const LOOP_FULL = 0.92;

/**
 * Which process opens each of `count` sections: the one with most room, by what is left when those before it are full. A process
 * without a section gets one in any case, so that fans spread and no process is without its part of the event; so does one that has fewer
 * than `part` seats free.
 */
export function placeSections(places: readonly SectionPlace[], count: number, seatsPerSection: number, part = 0): string[] {
  const left = places.filter(({ room }) => room > 0).map((place) => ({ ...place }));
  const chosen: string[] = [];
  const choose = (place: { processId: string; room: number; sections: number }) => {
    place.room -= seatsPerSection;
    place.sections++;
    chosen.push(place.processId);
  };
  for (const place of left) if (place.sections === 0) choose(place);
  const scarce = ableOf(left).filter(({ processId, free }) => free < part && !chosen.includes(processId));
  for (const place of scarce.toSorted((a, b) => a.free - b.free)) choose(place);
  while (chosen.length < count) {
    const [first, ...others] = ableOf(left);
    if (first === undefined) break;
    choose(others.reduce((a, b) => (b.room > a.room ? b : a), first));
  }
  return chosen;
}

/** Those that take more: the calm ones, or all of them when none is. */
function ableOf<P extends Pick<SectionPlace, 'room' | 'utilisation'>>(places: readonly P[]): P[] {
  const able = places.filter(({ room }) => room > 0);
  const calm = able.filter(({ utilisation }) => utilisation <= LOOP_FULL);
  return calm.length > 0 ? calm : able;
}

/**
 * One door's part of a section's free seats, by its place among the doors: all parts add up to exactly `free`, and who gets the
 * odd ones differs from section to section.
 */
export function shareOfSeats(free: number, doors: number, place: number, roomId: string): number {
  let start = 0;
  for (const char of roomId) start = (start * 31 + char.charCodeAt(0)) % doors;
  const isOdd = (place + start) % doors < free % doors;
  return Math.floor(free / doors) + (isOdd ? 1 : 0);
}

/**
 * The section that the next fan joins; undefined when all are full. While some section is too small to be a crowd,
 * the largest such one. After that the emptier of two at random, which fills evenly without every process choosing
 * the same.
 */
export function chooseSection<S extends SectionFill>(sections: readonly S[], random: () => number): S | undefined {
  return chooseFree(
    sections.map((section) => ({ ...section, free: freeSeatsIn(section), section })),
    random,
  )?.section;
}

/** A section as a door sees it, wherever it is. */
export interface FreeSection {
  readonly fans: number;
  readonly pending: number;
  /** Seats that this door may give. */
  readonly free: number;
}

/** As `chooseSection`, where how many seats are free is known. */
export function chooseFree<S extends FreeSection>(sections: readonly S[], random: () => number): S | undefined {
  const free = sections.filter((section) => section.free > 0);
  const quiet = free.filter((section) => filled(section) < LIVELY_FANS);
  if (quiet.length > 0) return quiet.reduce((a, b) => (filled(b) > filled(a) ? b : a));
  const first = free[Math.floor(random() * free.length)];
  const second = free[Math.floor(random() * free.length)];
  if (first === undefined || second === undefined) return undefined;
  return second.free > first.free ? second : first;
}

function filled({ fans, pending }: FreeSection): number {
  return fans + pending;
}
